//! Resubmitting a message that was not taken, and putting it aside with a reason.

use std::collections::BTreeSet;

use alongside_feeds::node::read_live;
use alongside_node::{Receipt, Refused, RejectId, RejectedFor};
use axum::body::Bytes;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{One, reach, words};
use crate::door::{Action, Asked, Session};
use crate::rooms::act::form_id;
use crate::rooms::{Drawing, Head, Room, Sight, nowhere};
use crate::views::part::Notice;
use crate::views::review::{Field, FieldKind, Review};

/// What somebody resubmitted, and why it was not taken.
pub struct Sent {
    /// As they mended it; nothing when it was sent as it came.
    pub text: Option<String>,
    why: RejectedFor,
}

impl Sent {
    pub fn notice(&self) -> Notice {
        let faults = words::faults(&self.why);
        let each = |fault: &crate::views::reject::Fault| match fault.pointer.as_str() {
            "" => fault.says.clone(),
            pointer => format!("{} ({pointer})", fault.says),
        };
        let says = faults.iter().map(each).collect::<Vec<_>>().join("; ");
        Notice::Error("It was not taken.".to_owned(), format!("{says}. Nothing has changed."), None)
    }
}

/// A mended text; nothing to send it as it came.
#[derive(Deserialize)]
pub struct Mended {
    text: Option<String>,
}

pub async fn resubmit(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<Mended>) -> Response {
    let Some(session) = &asked.session else { return nowhere(&asked) };
    let id = RejectId(id);
    let Some((line, raw)) = reach(&room, session, id) else { return nowhere(&asked) };
    // Browsers end the lines of a form in their own way.
    let text = sent.text.map(|text| text.replace("\r\n", "\n"));
    let message = text.clone().map_or_else(|| Bytes::from(raw), Bytes::from);
    let now = room.now();
    let offer = read_live(message, now);
    let why = match room.node.resubmit(&line.feed, now, id, offer, &session.account.id).await {
        Ok(Receipt::Taken | Receipt::Duplicate) => return to(id),
        Ok(Receipt::Conflict) => RejectedFor::Conflict,
        Ok(Receipt::Rejected(faults)) => RejectedFor::Faults(faults),
        Err(refused) => return not_done(&room, &asked, session, id, &refused),
    };
    wrong(room.page(&asked, &One { id, sent: Some(Sent { text, why }) }).await)
}

pub async fn show_put_aside(room: Room, asked: Asked, Path(id): Path<u64>) -> Response {
    room.page(&asked, &Aside { id: RejectId(id), sent: None }).await
}

/// Why it need not be taken.
#[derive(Deserialize)]
pub struct Reason {
    #[serde(default)]
    reason: String,
}

pub async fn put_aside(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<Reason>) -> Response {
    let Some(session) = &asked.session else { return nowhere(&asked) };
    let id = RejectId(id);
    let Some((line, _)) = reach(&room, session, id) else { return nowhere(&asked) };
    let reason = sent.reason.trim();
    if reason.is_empty() {
        return wrong(room.page(&asked, &Aside { id, sent: Some(String::new()) }).await);
    }
    match room.node.put_aside(&line.feed, id, reason, &session.account.id).await {
        Ok(()) => to(id),
        Err(refused) => not_done(&room, &asked, session, id, &refused),
    }
}

fn to(id: RejectId) -> Response {
    Redirect::to(&format!("/rejects/{}", id.0)).into_response()
}

/// The same form once more is the same act: whoever did it is shown that it is done.
fn not_done(room: &Room, asked: &Asked, session: &Session, id: RejectId, refused: &Refused) -> Response {
    match refused {
        Refused::DealtWith(dealt) if *dealt.by == *session.account.id => to(id),
        refused => room.refused(asked, refused),
    }
}

fn wrong(mut page: Response) -> Response {
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    page
}

/// The form that asks why.
struct Aside {
    id: RejectId,
    sent: Option<String>,
}

impl Sight for Aside {
    type View = Review;

    fn head(&self) -> Head {
        Head { title: "Not taken", screen: "review", action: Action::MendRejects, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<Review>> {
        let (line, _) = reach(room, session, self.id)?;
        let first = words::faults(&line.why).into_iter().next().map(|fault| fault.says).unwrap_or_default();
        room.node.read(|desk| {
            let error = match &self.sent {
                Some(reason) if reason.is_empty() => "Write why, so that whoever reads the list understands it.",
                _ => "",
            };
            let view = Review {
                frame: room.frame(desk, session, nonce, &self.head()),
                notices: Vec::new(),
                title: "Put this message aside".to_owned(),
                about: format!("{} · {first}", line.feed),
                lead: "The desk never hears what it says. It is kept, and can still be resubmitted.".to_owned(),
                action: format!("/rejects/{}/put-aside", line.id.0),
                back: format!("/rejects/{}", line.id.0),
                form_id: form_id("put-aside", &line.id.0.to_string(), desk.state().seq, None),
                fields: vec![Field {
                    name: "reason",
                    label: "Why need it not be taken?".to_owned(),
                    hint: "It is kept with your name and shown with the message".to_owned(),
                    error: error.to_owned(),
                    value: self.sent.clone().unwrap_or_default(),
                    kind: FieldKind::Text,
                }],
                submit: "Put it aside".to_owned(),
            };
            Some(Drawing { view, seq: desk.state().seq, subjects: BTreeSet::from([format!("reject:{}", line.id.0)]) })
        })
    }
}
