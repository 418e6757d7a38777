//! The force's legal sign-off for listening: how it is shown, entered and taken back.

use std::collections::BTreeSet;

use alongside_desk::listening::{ListeningAsk, ListeningEvent, SignOff};
use alongside_desk::message::StaffRole;
use alongside_desk::review::{Ask, StaffEvent};
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::who::role;
use crate::door::{Action, Asked, Session};
use crate::rooms::act::form_id;
use crate::rooms::desk::Teller;
use crate::rooms::words::{Texts, What, plain};
use crate::rooms::{Drawing, Head, Room, Sight};
use crate::views::listening::SignOff as View;
use crate::views::moment;
use crate::views::part::Act;
use crate::views::review::{Field, FieldKind, Review};

/// Who may be allowed to listen, as the form sends it.
const ALLOWED: [(&str, &str, &[StaffRole]); 3] = [
    ("specialist", "Specialists", &[StaffRole::Specialist]),
    ("supervisor", "Supervisors", &[StaffRole::Supervisor]),
    ("both", "Both", &[StaffRole::Specialist, StaffRole::Supervisor]),
];

/// A notice is never longer, in bytes (D).
const LONGEST_NOTICE: usize = 8_000;

/// The sign-offs, the newest first.
pub fn told(teller: &Teller<'_>, texts: &Texts) -> Vec<View> {
    teller.state().hearings.sign_offs().iter().rev().map(|sign_off| one(teller, texts, sign_off)).collect()
}

fn one(teller: &Teller<'_>, texts: &Texts, sign_off: &SignOff) -> View {
    let gone = || "taken out of the record".to_owned();
    let (notice, signed_by) = match said(texts, sign_off.id) {
        Some(ListeningEvent::SignedOff { notice, signed_by, .. }) => (plain(notice), plain(signed_by)),
        _ => (gone(), gone()),
    };
    let roles: Vec<&str> = sign_off.roles.iter().map(|of| role(*of)).collect();
    let withdrawn = sign_off.withdrawn.as_ref().map(|note| {
        let by = format!("{}, {}", teller.staff.name(&note.by), moment::fact(note.at, teller.now));
        match said(texts, note.words) {
            Some(ListeningEvent::Withdrawn { reason }) => format!("taken back by {by}: {}", plain(reason)),
            Some(ListeningEvent::SignedOff { .. }) => format!("replaced by {by}"),
            _ => format!("taken back by {by}"),
        }
    });
    View {
        version: plain(&sign_off.version),
        roles: roles.join(" and "),
        signed_by,
        notice,
        entered: format!("{}, {}", teller.staff.name(&sign_off.by), moment::fact(sign_off.at, teller.now)),
        withdrawn: withdrawn.unwrap_or_default(),
    }
}

fn said(texts: &Texts, seq: u64) -> Option<&ListeningEvent> {
    match &texts.get(seq)?.what {
        What::Staff(_, event) => match &**event {
            StaffEvent::Listening(event) => Some(event),
            _ => None,
        },
        _ => None,
    }
}

/// What this person may do about it.
pub fn acts(teller: &Teller<'_>) -> Vec<Act> {
    if !teller.may(Action::SignOffListening) {
        return Vec::new();
    }
    let enter = Act::open("sign-off", "Enter a sign-off", "", "/listening/sign-off");
    let take_back = Act::open("withdraw", "Take it back: listening stops", "", "/listening/withdraw");
    let is_on = teller.state().hearings.sign_off().is_some();
    [enter].into_iter().chain(is_on.then_some(take_back)).collect()
}

/// What was sent.
#[derive(Clone, Default, Deserialize)]
pub struct Sent {
    #[serde(default)]
    form_id: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    notice: String,
    #[serde(default)]
    signed_by: String,
    #[serde(default)]
    roles: String,
    #[serde(default)]
    reason: String,
}

impl Sent {
    fn allowed(&self) -> Option<&'static [StaffRole]> {
        ALLOWED.iter().find(|(word, ..)| *word == self.roles).map(|(.., roles)| *roles)
    }
}

pub async fn show_sign_off(room: Room, asked: Asked) -> Response {
    room.page(&asked, &Entering(None)).await
}

pub async fn sign_off(room: Room, asked: Asked, Form(sent): Form<Sent>) -> Response {
    let texts = [&sent.version, &sent.notice, &sent.signed_by];
    let is_whole = texts.iter().all(|text| !text.trim().is_empty()) && sent.notice.len() <= LONGEST_NOTICE;
    let Some(roles) = sent.allowed().filter(|_| is_whole) else {
        return again(&room, &asked, Entering(Some(sent))).await;
    };
    let [version, notice, signed_by] = texts.map(|text| text.trim().into());
    let ask = ListeningAsk::SignOff { version, notice, signed_by, roles: roles.to_vec() };
    room.act(&asked, sent.form_id, Ask::Listening(ask), "/listening").await
}

pub async fn show_withdraw(room: Room, asked: Asked) -> Response {
    room.page(&asked, &Withdrawing(None)).await
}

pub async fn withdraw(room: Room, asked: Asked, Form(sent): Form<Sent>) -> Response {
    if sent.reason.trim().is_empty() {
        return again(&room, &asked, Withdrawing(Some(sent))).await;
    }
    let ask = ListeningAsk::Withdraw { reason: sent.reason.trim().into() };
    room.act(&asked, sent.form_id, Ask::Listening(ask), "/listening").await
}

/// The form once more, with what is missing.
/// The form once more, with what was wrong with it.
pub(super) async fn again(room: &Room, asked: &Asked, form: impl Sight) -> Response {
    let mut page = room.page(asked, &form).await;
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    page
}

struct Entering(Option<Sent>);

impl Sight for Entering {
    type View = Review;

    fn head(&self) -> Head {
        Head { title: "Calls", screen: "review", action: Action::SignOffListening, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<Review>> {
        let sent = self.0.clone().unwrap_or_default();
        let missing = |text: &str, says: &str| {
            if self.0.is_some() && text.trim().is_empty() { says.to_owned() } else { String::new() }
        };
        let field = |name, label: &str, hint: &str, value: &str, kind, error| Field {
            name,
            label: label.to_owned(),
            hint: hint.to_owned(),
            error,
            value: value.to_owned(),
            kind,
        };
        let too_long = sent.notice.len() > LONGEST_NOTICE;
        let no_notice = if too_long {
            "Shorten the notice to 8,000 characters.".to_owned()
        } else {
            missing(&sent.notice, "Paste the notice as the force has signed it.")
        };
        let no_roles = if self.0.is_some() && sent.allowed().is_none() { "Choose who may listen." } else { "" };
        let options = ALLOWED.map(|(word, says, _)| (word.to_owned(), says.to_owned(), String::new())).to_vec();
        let fields = vec![
            field(
                "version",
                "Version",
                "As the force calls it, such as LISTEN-2026-1",
                &sent.version,
                FieldKind::Line,
                missing(&sent.version, "Give the version that the force has signed."),
            ),
            field(
                "notice",
                "The notice, whole",
                "What callers and staff are told about being listened to",
                &sent.notice,
                FieldKind::Text,
                no_notice,
            ),
            field(
                "signed_by",
                "Signed by",
                "The office that signed for the force, and where the paper is kept",
                &sent.signed_by,
                FieldKind::Line,
                missing(&sent.signed_by, "Say who signed it for the force."),
            ),
            field("roles", "Who may listen", "", &sent.roles, FieldKind::Radios(options), no_roles.to_owned()),
        ];
        Some(form(room, session, nonce, &self.head(), |seq| {
            Review {
            title: "Enter the force’s legal sign-off".to_owned(),
            lead: "Live audio is on from the moment that you send this. It is kept with your name. One that is in force now is replaced, and whoever listens under it stops."
                .to_owned(),
            action: "/listening/sign-off".to_owned(),
            form_id: form_id("sign-off", "listening", seq, None),
            fields,
            submit: "Enter it".to_owned(),
            ..blank(room, session, nonce, &self.head())
        }
        }))
    }
}

struct Withdrawing(Option<Sent>);

impl Sight for Withdrawing {
    type View = Review;

    fn head(&self) -> Head {
        Head { title: "Calls", screen: "review", action: Action::SignOffListening, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<Review>> {
        let error = self.0.as_ref().map_or("", |_| "Write why, so that whoever reads the record understands it.");
        let reason = Field {
            name: "reason",
            label: "Why?".to_owned(),
            hint: "It is kept with your name".to_owned(),
            error: error.to_owned(),
            value: String::new(),
            kind: FieldKind::Text,
        };
        Some(form(room, session, nonce, &self.head(), |seq| Review {
            title: "Take the sign-off back?".to_owned(),
            lead: "Live audio is off from the moment that you send this. Everybody who listens stops at once."
                .to_owned(),
            action: "/listening/withdraw".to_owned(),
            form_id: form_id("withdraw", "listening", seq, None),
            fields: vec![reason],
            submit: "Take it back".to_owned(),
            ..blank(room, session, nonce, &self.head())
        }))
    }
}

fn form(room: &Room, _: &Session, _: &str, _: &Head, view: impl FnOnce(u64) -> Review) -> Drawing<Review> {
    let seq = room.node.read(|desk| desk.state().seq);
    Drawing { view: view(seq), seq, subjects: BTreeSet::new() }
}

fn blank(room: &Room, session: &Session, nonce: &str, head: &Head) -> Review {
    Review {
        frame: room.node.read(|desk| room.frame(desk, session, nonce, head)),
        notices: Vec::new(),
        title: String::new(),
        about: String::new(),
        lead: String::new(),
        action: String::new(),
        back: "/listening".to_owned(),
        form_id: String::new(),
        fields: Vec::new(),
        submit: String::new(),
    }
}
