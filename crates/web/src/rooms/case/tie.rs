//! Whether two records are one person: a specialist's word, with a reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use alongside_desk::review::{About, Ask};
use alongside_desk::stamp::RecordId;
use alongside_desk::watch::Subject;
use alongside_node::Topic;
use axum::extract::{Form, Path};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::banner::name;
use crate::door::{Action, Asked, Decision, Door, Session, Subject as Whose, authorise};
use crate::rooms::act::form_id;
use crate::rooms::{Drawing, Head, Room, Sight, key, naming, nowhere};
use crate::views::review::{Field, FieldKind, Review as View};

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/records/{pair}/same", show_same)
        .route(Method::POST, "/records/{pair}/same", same)
        .route(Method::GET, "/records/{pair}/not-same", show_not_same)
        .route(Method::POST, "/records/{pair}/not-same", not_same)
}

/// Where two records are said to be one person, or two.
pub fn path(a: RecordId, b: RecordId, is_same: bool) -> String {
    format!("/records/{}-{}/{}", a.0, b.0, if is_same { "same" } else { "not-same" })
}

async fn show_same(room: Room, asked: Asked, Path(pair): Path<String>) -> Response {
    show(&room, &asked, &pair, true).await
}

async fn show_not_same(room: Room, asked: Asked, Path(pair): Path<String>) -> Response {
    show(&room, &asked, &pair, false).await
}

async fn same(
    room: Room,
    asked: Asked,
    Path(pair): Path<String>,
    Form(sent): Form<BTreeMap<String, String>>,
) -> Response {
    send(&room, &asked, &pair, true, &sent).await
}

async fn not_same(
    room: Room,
    asked: Asked,
    Path(pair): Path<String>,
    Form(sent): Form<BTreeMap<String, String>>,
) -> Response {
    send(&room, &asked, &pair, false, &sent).await
}

/// The two records of an address, if this person may know of both.
fn reach(room: &Room, session: &Session, pair: &str) -> Option<(RecordId, RecordId)> {
    let (a, b) = pair.split_once('-')?;
    let (a, b) = (RecordId(a.parse().ok()?), RecordId(b.parse().ok()?));
    room.node.read(|desk| {
        let state = desk.state();
        let may = |record: RecordId| {
            let staff = naming::staff_in(state, Subject::Person(record), &session.account);
            authorise(session, Action::Link, Whose::Record { staff: &staff }) == Decision::Allow
        };
        let is_there = |record: RecordId| record.at() < state.people.records().len();
        (a != b && is_there(a) && is_there(b) && may(a) && may(b)).then_some((a, b))
    })
}

async fn show(room: &Room, asked: &Asked, pair: &str, is_same: bool) -> Response {
    let Some((a, b)) = asked.session.as_ref().and_then(|session| reach(room, session, pair)) else {
        return nowhere(asked);
    };
    let about = About::Record(a.min(b));
    let by = asked.session.as_ref().map(naming::actor).unwrap_or_else(alongside_desk::Actor::desk);
    let (topic, seq) = room.node.read(|desk| (Topic::of_work(desk.state(), &about, &by), desk.state().seq));
    let version = room.node.version(&topic).ok();
    let verb = if is_same { "same" } else { "not-same" };
    let id = form_id(verb, &format!("{}-{}", a.0, b.0), seq, version);
    room.page(asked, &Asking { a, b, is_same, id, reason: String::new(), error: String::new() }).await
}

async fn send(room: &Room, asked: &Asked, pair: &str, is_same: bool, sent: &BTreeMap<String, String>) -> Response {
    let Some((a, b)) = asked.session.as_ref().and_then(|session| reach(room, session, pair)) else {
        return nowhere(asked);
    };
    let of = |field: &str| sent.get(field).map(|text| text.trim().to_owned()).unwrap_or_default();
    let (id, reason) = (of("form_id"), of("reason"));
    if reason.is_empty() {
        let error = "Say why, in a few words.".to_owned();
        let mut page = room.page(asked, &Asking { a, b, is_same, id, reason, error }).await;
        if page.status() == StatusCode::OK {
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        return page;
    }
    let reason: Arc<str> = reason.into();
    let ask = if is_same { Ask::Join { a, b, reason } } else { Ask::Split { a, b, reason } };
    let back = room.node.read(|desk| format!("/cases/{}", key::case(desk.state(), a).0));
    room.act(asked, id, ask, &back).await
}

struct Asking {
    a: RecordId,
    b: RecordId,
    is_same: bool,
    id: String,
    reason: String,
    error: String,
}

impl Sight for Asking {
    type View = View;

    fn head(&self) -> Head {
        Head { title: "Decide", screen: "review", action: Action::Link, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        room.node.read(|desk| {
            let state = desk.state();
            let (title, lead, submit) = if self.is_same {
                (
                    "The same person",
                    "Their logs become one history from now on. It can be taken back.",
                    "They are the same",
                )
            } else {
                (
                    "Not the same person",
                    "What rested on it is withdrawn, visibly. It can be taken back.",
                    "They are not the same",
                )
            };
            let field = Field {
                name: "reason",
                label: "How do you know?".to_owned(),
                hint: String::new(),
                error: self.error.clone(),
                value: self.reason.clone(),
                kind: FieldKind::Text,
            };
            let view = View {
                frame: room.frame(desk, session, nonce, &self.head()),
                notices: Vec::new(),
                title: title.to_owned(),
                about: format!("{} · {}", name(state, self.a), name(state, self.b)),
                lead: lead.to_owned(),
                action: path(self.a, self.b, self.is_same),
                back: format!("/cases/{}", key::case(state, self.a).0),
                form_id: self.id.clone(),
                fields: vec![field],
                submit: submit.to_owned(),
            };
            let subjects = [self.a, self.b].map(|record| format!("record:{}", record.0)).into();
            Some(Drawing { view, seq: state.seq, subjects })
        })
    }
}
