//! The form by which a call is evaluated, alone; and evaluations side by side, once two stand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alongside_desk::feedback::{Apart, Back, Calibration, FeedbackAsk, Form as Asks};
use alongside_desk::review::Ask;
use alongside_desk::stamp::CallId;
use axum::extract::{Form, Path};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::mark::call_for_feedback;
use super::{call_of, words_of};
use crate::door::{Action, Asked, Session};
use crate::rooms::act::{self, form_id};
use crate::rooms::desk::Teller;
use crate::rooms::naming::{self, Staff};
use crate::rooms::words::Texts;
use crate::rooms::{Drawing, Head, Room, Sight, nowhere};
use crate::views::feedback::{Evaluate as View, Part, Row, SideBySide};
use crate::views::part::Act;

/// What people chose and wrote, by the names of the fields.
type Answers = BTreeMap<String, String>;

/// What stands in the form where a part cannot be said.
const CANNOT: &str = "x";

pub async fn page(room: Room, asked: Asked, Path(key): Path<String>) -> Response {
    room.page(&asked, &Evaluating { key, answers: None }).await
}

pub async fn evaluate(room: Room, asked: Asked, Path(key): Path<String>, Form(answers): Form<Answers>) -> Response {
    let Some(call) = room.call_to_evaluate(&asked, &key) else { return nowhere(&asked) };
    let steps: Option<BTreeMap<Arc<str>, Option<u8>>> =
        Asks::shipped().parts.iter().map(|part| Some((part.key.clone(), chosen(&answers, &part.key)?))).collect();
    let Some(steps) = steps else {
        let mut page = room.page(&asked, &Evaluating { key, answers: Some(answers) }).await;
        if page.status() == StatusCode::OK {
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        return page;
    };
    let words = answers.get("words").map(String::as_str).unwrap_or_default().into();
    let form_id = answers.get("form_id").cloned().unwrap_or_default();
    room.act(&asked, form_id, Ask::Feedback(FeedbackAsk::Evaluate { call, steps, words }), "/feedback").await
}

pub async fn take_back(room: Room, asked: Asked, Path(key): Path<String>, Form(sent): Form<act::Sent>) -> Response {
    let Some(call) = room.call_to_evaluate(&asked, &key) else { return nowhere(&asked) };
    let ask = FeedbackAsk::TakeBack { what: Back::Evaluation(call), handler: None };
    room.act(&asked, sent.form_id, Ask::Feedback(ask), "/feedback").await
}

pub async fn side_by_side(room: Room, asked: Asked, Path(key): Path<String>) -> Response {
    room.page(&asked, &Beside { key }).await
}

pub async fn side_by_side_line(room: Room, asked: Asked, headers: HeaderMap, Path(key): Path<String>) -> Response {
    room.line(&asked, &headers, Beside { key }).await
}

/// A step that was chosen, or that it cannot be said; nothing where nothing was.
fn chosen(answers: &Answers, part: &str) -> Option<Option<u8>> {
    match answers.get(part).map(String::as_str)? {
        CANNOT => Some(None),
        step => step.parse().ok().map(Some),
    }
}

impl Room {
    fn call_to_evaluate(&self, asked: &Asked, key: &str) -> Option<CallId> {
        let session = asked.session.as_ref()?;
        let staff = Staff::of(&self.gate);
        self.node.read(|desk| {
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: self.now() };
            call_for_feedback(&teller, key).map(|call| call.id)
        })
    }
}

struct Evaluating {
    key: String,
    /// What was sent and lacks something.
    answers: Option<Answers>,
}

impl Sight for Evaluating {
    type View = View;

    fn head(&self) -> Head {
        Head { title: "Feedback", screen: "feedback-one", action: Action::GiveFeedback, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        Texts::settle(room, |desk, texts| {
            let (state, form) = (desk.state(), Asks::shipped());
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let call = call_for_feedback(&teller, &self.key)?;
            let own = state.feedbacks.evaluation(call.id, &teller.who);
            let stand = state.feedbacks.evaluated(call.id);
            let is_frozen = own.is_some() && stand > 1;
            let can = if is_frozen {
                Err("Another evaluation stands beside yours, and each has been shown to the other.".to_owned())
            } else if state.has_heard(&teller.who, call) {
                Ok(())
            } else {
                Err("Whoever evaluates a call has listened to it, and you have not.".to_owned())
            };
            let value = |key: &Arc<str>| match (&self.answers, own.and_then(|own| own.steps.get(key))) {
                (Some(answers), _) => answers.get(&**key).cloned().unwrap_or_default(),
                (None, Some(Some(step))) => step.to_string(),
                (None, Some(None)) => CANNOT.to_owned(),
                (None, None) => String::new(),
            };
            let missing = |key: &Arc<str>| {
                let lacks = self.answers.as_ref().is_some_and(|answers| chosen(answers, key).is_none());
                if lacks { "choose what you heard, or that it cannot be said." } else { "" }
            };
            let parts = form.parts.iter().map(|part| {
                let steps = form.scale.iter().zip(&part.steps).enumerate();
                let steps = steps.map(|(n, (word, heard))| (n.to_string(), format!("{word}."), heard.to_string()));
                let cannot = (CANNOT.to_owned(), format!("{}.", form.cannot), String::new());
                Part {
                    key: part.key.to_string(),
                    says: part.says.to_string(),
                    asks: part.asks.to_string(),
                    source: part.source.to_string(),
                    steps: steps.chain([cannot]).collect(),
                    value: value(&part.key),
                    error: missing(&part.key),
                }
            });
            let words = own.map(|own| words_of(texts, own.said.words)).unwrap_or_default();
            let back = own.filter(|_| !is_frozen).map(|own| {
                let form = form_id("back", &self.key, own.said.words, None);
                let href = format!("/feedback/calls/{}/evaluation/take-back", self.key);
                Act::post("take-back", "Take my evaluation back", "", href, form)
            });
            let view = View {
                title: form.name.to_string(),
                about: format!("call of {}, {}", teller.began(call), teller.log_of(call)),
                stands: stands(stand, own.is_some()),
                href: format!("/feedback/calls/{}/evaluation", self.key),
                form_id: form_id("evaluate", &self.key, state.seq, None),
                parts: parts.collect(),
                words: self.answers.as_ref().and_then(|answers| answers.get("words").cloned()).unwrap_or(words),
                can,
                acts: back.into_iter().collect(),
                notices: Vec::new(),
                frame,
            };
            let subjects: BTreeSet<String> = teller.subjects_of_call(call).into_iter().collect();
            Some(Drawing { view, seq: state.seq, subjects })
        })
    }
}

/// How many stand, and what that means for whoever reads it.
fn stands(stand: usize, own: bool) -> String {
    match (stand, own) {
        (0, _) => "Nobody has evaluated this call. You do it alone: a second is shown beside yours when both stand.",
        (1, true) => "Yours stands. You can change it until a second one stands; then both are shown side by side.",
        (_, true) => "Yours stands beside another: neither is changed any more.",
        (1, false) => "A colleague’s stands. You do yours alone, and see theirs when yours stands.",
        (_, false) => "Colleagues’ stand. You do yours alone, and see theirs when yours stands.",
    }
    .to_owned()
}

struct Beside {
    key: String,
}

impl Sight for Beside {
    type View = SideBySide;

    fn head(&self) -> Head {
        let line = Some(format!("/live/feedback/calls/{}/side-by-side", self.key));
        Head { title: "Feedback", screen: "feedback-one", action: Action::SeeSideBySide, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<SideBySide>> {
        let staff = Staff::of(&room.gate);
        Texts::settle(room, |desk, texts| {
            let (state, form) = (desk.state(), Asks::shipped());
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let call = teller.call_known(call_of(&self.key)?)?;
            let sides = state.feedbacks.calibration(call.id, form, teller.evaluates_alone())?;
            let by = sides
                .evaluations
                .iter()
                .map(|one| (staff.name(&one.said.by), one.said.at, words_of(texts, one.said.words)));
            let view = SideBySide {
                about: format!("call of {}, {}", teller.began(call), teller.log_of(call)),
                finding: finding(&sides),
                mixed: if sides.mixed {
                    "One was made by another version of the form: its steps may not mean the same."
                } else {
                    ""
                },
                by: by.collect(),
                parts: sides.parts.iter().map(|part| row(part, form)).collect(),
                notices: Vec::new(),
                frame,
            };
            let subjects: BTreeSet<String> = teller.subjects_of_call(call).into_iter().collect();
            Some(Drawing { view, seq: state.seq, subjects })
        })
    }
}

impl Teller<'_> {
    /// Whoever evaluates calls sees no evaluation of it before their own stands.
    pub(super) fn evaluates_alone(&self) -> Option<&alongside_desk::Actor> {
        self.may(Action::GiveFeedback).then_some(&self.who)
    }
}

fn finding(sides: &Calibration<'_>) -> String {
    let apart: Vec<String> =
        sides.parts.iter().filter(|part| part.is_apart()).map(|part| part.part.says.to_lowercase()).collect();
    match apart.split_last() {
        None => "They heard the same in every part".to_owned(),
        Some((one, [])) => format!("They came apart in {one}"),
        Some((last, others)) => format!("They came apart in {} and {last}", others.join(", ")),
    }
}

fn row(part: &Apart<'_>, form: &Asks) -> Row {
    let step = |step: &Option<u8>| {
        let at = step.map(usize::from);
        let word = at.and_then(|at| form.scale.get(at)).unwrap_or(&form.cannot);
        let heard = at.and_then(|at| part.part.steps.get(at)).map(ToString::to_string).unwrap_or_default();
        (word.to_string(), heard)
    };
    let apart = match part.by {
        _ if part.unlike => "one could say it, one could not".to_owned(),
        None | Some(0) => "the same".to_owned(),
        Some(1) => "1 step apart".to_owned(),
        Some(n) => format!("{n} steps apart"),
    };
    Row {
        says: part.part.says.to_string(),
        steps: part.steps.iter().map(step).collect(),
        apart,
        is_apart: part.is_apart(),
    }
}
