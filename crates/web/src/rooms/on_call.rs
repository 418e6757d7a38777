//! Who is on call: the last to whom something urgent climbs when nobody takes it. A supervisor names them.

use std::collections::BTreeSet;

use alongside_desk::Actor;
use alongside_desk::review::Ask;
use axum::extract::Form;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::act::form_id;
use super::naming::Staff;
use super::{Drawing, Head, Room, Sight};
use crate::door::{Account, Action, Asked, Door, Role, Session};
use crate::views::review::{Field, FieldKind, Review as View};

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/on-call", show).route(Method::POST, "/on-call", name)
}

/// The value that says that nobody is.
const NOBODY: &str = "nobody";

async fn show(room: Room, asked: Asked) -> Response {
    room.page(&asked, &OnCall { wrong: false }).await
}

/// Who was chosen.
#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    form_id: String,
    #[serde(default)]
    who: String,
}

async fn name(room: Room, asked: Asked, Form(sent): Form<Chosen>) -> Response {
    let staff = Staff::of(&room.gate);
    let chosen = match sent.who.as_str() {
        NOBODY => Some(None),
        id => staff.all().find(|account| fits(account) && account.id == id).map(|account| Some(account.id.as_str())),
    };
    let Some(chosen) = chosen else {
        let mut page = room.page(&asked, &OnCall { wrong: true }).await;
        if page.status() == StatusCode::OK {
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        return page;
    };
    let ask = Ask::NameOnCall { staff: chosen.map(|id| Actor(id.into())) };
    room.act(&asked, sent.form_id, ask, "/board").await
}

/// Whom urgent things may climb to.
fn fits(account: &Account) -> bool {
    !account.locked && [Role::Specialist, Role::Supervisor].iter().any(|role| account.roles.contains(role))
}

struct OnCall {
    wrong: bool,
}

impl Sight for OnCall {
    type View = View;

    fn head(&self) -> Head {
        Head { title: "Decide", screen: "review", action: Action::NameOnCall, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let mut options = vec![(NOBODY.to_owned(), "Nobody".to_owned())];
        options.extend(staff.all().filter(|account| fits(account)).map(|a| (a.id.clone(), a.shown.clone())));
        room.node.read(|desk| {
            let state = desk.state();
            let now = state.reviews.on_call().map_or(NOBODY, |who| &*who.0).to_owned();
            let view = View {
                frame: room.frame(desk, session, nonce, &self.head()),
                notices: Vec::new(),
                title: "Who is on call?".to_owned(),
                about: String::new(),
                lead: "What is urgent and nobody takes goes to the supervisor, and then to whoever is named here."
                    .to_owned(),
                action: "/on-call".to_owned(),
                back: "/board".to_owned(),
                form_id: form_id("on-call", "desk", state.seq, None),
                fields: vec![Field {
                    name: "who",
                    label: "Who?".to_owned(),
                    hint: String::new(),
                    error: if self.wrong { "Choose a colleague, or nobody.".to_owned() } else { String::new() },
                    value: now,
                    kind: FieldKind::Select(options),
                }],
                submit: "Name them".to_owned(),
            };
            Some(Drawing { view, seq: state.seq, subjects: BTreeSet::new() })
        })
    }
}
