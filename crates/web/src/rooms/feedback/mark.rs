//! Moments of a call: marked by whoever hears it, by keys, without leaving the page; noted in words, and taken back.

use std::collections::BTreeSet;

use alongside_desk::Refusal;
use alongside_desk::feedback::{Back, FeedbackAsk, Moment, Themes, Went};
use alongside_desk::listening::{Heard, Hearing};
use alongside_desk::review::Ask;
use alongside_desk::time::Period;
use alongside_node::Refused;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{call_of, second, theme, words_of};
use crate::door::{Action, Asked, Session};
use crate::rooms::act::{self, form_id};
use crate::rooms::desk::Teller;
use crate::rooms::naming::{self, Staff};
use crate::rooms::words::Texts;
use crate::rooms::{Drawing, Head, Room, Sight, nowhere};
use crate::views::feedback::Marking;
use crate::views::part::Act;
use crate::views::review::{Field, FieldKind, Review};

/// What was sent.
#[derive(Deserialize)]
pub struct Sent {
    #[serde(default)]
    form_id: String,
    #[serde(default)]
    theme: String,
    /// How far behind the call one hears it, in milliseconds.
    #[serde(default)]
    behind: i64,
    #[serde(default)]
    words: String,
}

pub async fn mark(room: Room, asked: Asked, Path(key): Path<String>, Form(sent): Form<Sent>) -> Response {
    let found = asked.session.as_ref().and_then(|session| room.find(session, &key));
    let Some(Heard::Call(call)) = found.map(|target| target.heard) else { return nowhere(&asked) };
    let place = room.place(&asked).await;
    let ask = FeedbackAsk::Mark { call, theme: sent.theme.into(), behind: Period::from_ms(sent.behind), place };
    room.mark_in_words(&asked, &sent.form_id, ask, &format!("/listening/{key}")).await
}

pub async fn take_back(room: Room, asked: Asked, Path(moment): Path<u64>, Form(sent): Form<act::Sent>) -> Response {
    let Some(call) = room.own_moment(&asked, moment).map(|moment| moment.call) else { return nowhere(&asked) };
    let ask = FeedbackAsk::TakeBack { what: Back::Moment(moment), handler: None };
    room.act(&asked, sent.form_id, Ask::Feedback(ask), &format!("/listening/c{}", call.0)).await
}

pub async fn show_note(room: Room, asked: Asked, Path(moment): Path<u64>) -> Response {
    room.page(&asked, &Noting(moment)).await
}

pub async fn note(room: Room, asked: Asked, Path(moment): Path<u64>, Form(sent): Form<Sent>) -> Response {
    let Some(call) = room.own_moment(&asked, moment).map(|moment| moment.call) else { return nowhere(&asked) };
    let ask = FeedbackAsk::Note { moment, words: sent.words.into() };
    room.act(&asked, sent.form_id, Ask::Feedback(ask), &format!("/listening/c{}", call.0)).await
}

impl Room {
    /// A moment that this person marked, on a call that they may know of.
    fn own_moment(&self, asked: &Asked, id: u64) -> Option<Moment> {
        let session = asked.session.as_ref()?;
        let staff = Staff::of(&self.gate);
        self.node.read(|desk| {
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: self.now() };
            teller.own_moment(id).cloned()
        })
    }

    /// Does what a form asks. A page that somebody listens on is never left for an answer: its script is told in words.
    async fn mark_in_words(&self, asked: &Asked, form_id: &str, ask: FeedbackAsk, then: &str) -> Response {
        if !asked.sheet {
            return self.act(asked, form_id.to_owned(), Ask::Feedback(ask), then).await;
        }
        match self.ask(asked, form_id, Ask::Feedback(ask)).await {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(Refused::Desk(Refusal::NoSuch(_))) => {
                (StatusCode::NOT_FOUND, "This can no longer be marked. The call may have ended.").into_response()
            }
            Err(refused) => self.refused_in_words(&refused),
        }
    }
}

/// Whose call a page names that shows somebody's own moments of it, for the log of views.
pub fn subjects(teller: &Teller<'_>, heard: &Heard) -> Vec<String> {
    let Heard::Call(id) = heard else { return Vec::new() };
    let has_any = teller.may(Action::GiveFeedback) && teller.own_moments(*id).next().is_some();
    let call = teller.call_known(*id).filter(|_| has_any);
    call.map(|call| format!("call:{}", call.reference)).into_iter().collect()
}

impl Teller<'_> {
    fn own_moment(&self, id: u64) -> Option<&Moment> {
        let found = self.state().feedbacks.moment(id).filter(|moment| moment.by == self.who)?;
        (self.may(Action::GiveFeedback) && self.call_known(found.call).is_some()).then_some(found)
    }

    /// The moments of a call that this person marked, in the order in which they did.
    pub(super) fn own_moments(&self, call: alongside_desk::stamp::CallId) -> impl DoubleEndedIterator<Item = &Moment> {
        self.state().feedbacks.moments(call).filter(|moment| moment.by == self.who)
    }

    /// The moments of a call for whoever may mark them, with `own` their listening to it; nothing for anybody else.
    pub fn marking(&self, texts: &Texts, heard: &Heard, own: Option<&Hearing>) -> Option<Marking> {
        if !self.may(Action::GiveFeedback) {
            return None;
        }
        let themes = Themes::shipped().all().iter().enumerate();
        let themes = themes.map(|(n, theme)| (n + 1, &*theme.key, &*theme.says, theme.went == Went::Well)).collect();
        let Heard::Call(id) = heard else {
            let why = "No feed has told of this call yet, so nothing can be kept with it.".to_owned();
            return Some(Marking { form: Err(why), themes, marked: Vec::new(), write: None });
        };
        let key = format!("c{}", id.0);
        let form = match own {
            // The page's script makes each sending one of its own: a theme can be marked twice.
            Some(hearing) => Ok((format!("/listening/{key}/moments"), form_id("mark", &key, hearing.id, None))),
            None => Err("Moments are marked while you listen: M and a digit.".to_owned()),
        };
        let marked: Vec<_> = self.own_moments(*id).rev().map(|moment| self.marked(texts, moment)).collect();
        let write = (!marked.is_empty()).then(|| format!("/feedback/calls/{key}"));
        Some(Marking { form, themes, marked, write })
    }

    fn marked(&self, texts: &Texts, moment: &Moment) -> (crate::views::feedback::Quote, Act, Option<Act>) {
        let words = moment.note.map(|entry| words_of(texts, entry)).unwrap_or_default();
        let says = if words.is_empty() { "Note words" } else { "Change the words" };
        let note = Act::open("note-moment", says, "", format!("/moments/{}/note", moment.id));
        let back = self.state().feedbacks.sent_with(moment).is_none().then(|| {
            let form = form_id("back", &moment.id.to_string(), moment.id, None);
            Act::post("take-back", "Take it back", "", format!("/moments/{}/take-back", moment.id), form)
        });
        (self.quote(moment, words), note, back)
    }
}

/// The form that notes words on a moment.
struct Noting(u64);

impl Sight for Noting {
    type View = Review;

    fn head(&self) -> Head {
        Head { title: "Calls", screen: "review", action: Action::GiveFeedback, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<Review>> {
        let staff = Staff::of(&room.gate);
        Texts::settle(room, |desk, texts| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let moment = teller.own_moment(self.0)?;
            let call = teller.call_known(moment.call)?;
            let words = moment.note.map(|entry| words_of(texts, entry)).unwrap_or_default();
            let theme = theme(moment);
            let about = format!("{} into the call of {}", second(moment.second), teller.began(call));
            let field = Field {
                name: "words",
                label: "What did you hear?".to_owned(),
                hint: "Her words or theirs, as they were. Yours alone until you quote it in feedback.".to_owned(),
                error: String::new(),
                value: words,
                kind: FieldKind::Text,
            };
            let seq = desk.state().seq;
            let view = Review {
                frame,
                notices: Vec::new(),
                title: theme,
                about,
                lead: String::new(),
                action: format!("/moments/{}/note", moment.id),
                back: format!("/listening/c{}", moment.call.0),
                form_id: form_id("note", &moment.id.to_string(), seq, None),
                fields: vec![field],
                submit: "Keep the words".to_owned(),
            };
            let subjects: BTreeSet<String> = teller.subjects_of_call(call).into_iter().collect();
            Some(Drawing { view, seq, subjects })
        })
    }
}

/// A call's address as these pages write it, if this person may give feedback on it.
pub(super) fn call_for_feedback<'a>(teller: &'a Teller<'_>, key: &str) -> Option<&'a alongside_desk::call::Call> {
    let id = call_of(key).filter(|_| teller.may(Action::GiveFeedback))?;
    teller.call_known(id)
}
