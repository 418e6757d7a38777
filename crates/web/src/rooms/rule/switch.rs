//! The form by which a supervisor switches a rule off, tries it silently, or makes it live, with a reason.

use std::collections::BTreeSet;

use alongside_desk::review::Ask;
use alongside_desk::watch::Mode;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::says;
use crate::door::{Action, Asked, Session};
use crate::rooms::act::form_id;
use crate::rooms::{Drawing, Head, Room, Sight};
use crate::views::review::{Field, FieldKind, Review as View};

/// The words that the form sends.
const WORDS: [(&str, Mode); 3] = [("live", Mode::Live), ("shadow", Mode::Shadow), ("off", Mode::Off)];

pub(super) async fn show(room: Room, asked: Asked, Path(id): Path<String>) -> Response {
    room.page(&asked, &Switching { id, sent: None }).await
}

/// What was sent.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    form_id: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    reason: String,
}

impl Sent {
    fn mode(&self) -> Option<Mode> {
        WORDS.iter().find(|(word, _)| *word == self.to).map(|(_, mode)| *mode)
    }
}

pub(super) async fn send(room: Room, asked: Asked, Path(id): Path<String>, Form(sent): Form<Sent>) -> Response {
    let reason = sent.reason.trim();
    let Some(to) = sent.mode().filter(|_| !reason.is_empty()) else {
        let mut page = room.page(&asked, &Switching { id, sent: Some(sent) }).await;
        if page.status() == StatusCode::OK {
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        return page;
    };
    let ask = Ask::SwitchRule { rule: id.as_str().into(), to, reason: reason.into() };
    // The id goes back into an address: only one that the policy knows.
    let then = if room.knows_rule(&id) { format!("/rules/{id}") } else { "/rules".to_owned() };
    room.act(&asked, sent.form_id, ask, &then).await
}

struct Switching {
    id: String,
    sent: Option<Sent>,
}

impl Sight for Switching {
    type View = View;

    fn head(&self) -> Head {
        Head { title: "Rules", screen: "review", action: Action::SwitchRules, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        room.node.read(|desk| {
            let state = desk.state();
            let rule = state.policy.rule(&self.id)?;
            let mode = state.switches.mode(&rule.id);
            let hint = |mode| match mode {
                Mode::Live => "what it raises stands in the queue",
                Mode::Shadow => "what it would raise is counted on its page, and nobody is told",
                Mode::Off => "it raises nothing; what it raised stands until a person disposes of it",
            };
            let others = WORDS.iter().filter(|(_, each)| *each != mode);
            let ways = others.map(|(word, each)| ((*word).to_owned(), says(*each).to_owned(), hint(*each).to_owned()));
            let missing = |is: bool, words: &str| if is { words.to_owned() } else { String::new() };
            let (to, reason) = self.sent.as_ref().map_or(("", ""), |sent| (sent.to.as_str(), sent.reason.as_str()));
            let no_mode = self.sent.as_ref().is_some_and(|sent| sent.mode().is_none());
            let no_reason = self.sent.as_ref().is_some_and(|sent| sent.reason.trim().is_empty());
            let view = View {
                frame: room.frame(desk, session, nonce, &self.head()),
                notices: Vec::new(),
                title: format!("How should {} run?", rule.id),
                about: rule.name.to_string(),
                lead: format!("It is {} now. Nothing that it raised is taken back.", says(mode).to_lowercase()),
                action: format!("/rules/{}/switch", rule.id),
                back: format!("/rules/{}", rule.id),
                form_id: form_id("rule", &rule.id, state.seq, None),
                fields: vec![
                    Field {
                        name: "to",
                        label: "From now on".to_owned(),
                        hint: String::new(),
                        error: missing(no_mode, "Choose how it should run."),
                        value: to.to_owned(),
                        kind: FieldKind::Radios(ways.collect()),
                    },
                    Field {
                        name: "reason",
                        label: "Why?".to_owned(),
                        hint: "It is kept with your name and shown on the rule’s page".to_owned(),
                        error: missing(no_reason, "Write why, so that whoever reads the record understands it."),
                        value: reason.to_owned(),
                        kind: FieldKind::Text,
                    },
                ],
                submit: "Switch it".to_owned(),
            };
            Some(Drawing { view, seq: state.seq, subjects: BTreeSet::new() })
        })
    }
}
