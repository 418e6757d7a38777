//! One feedback: read by whoever wrote it, by the handler to whom it was sent, and, once it is disputed, by supervisors.

use std::collections::BTreeSet;
use std::sync::Arc;

use alongside_desk::call::Call;
use alongside_desk::feedback::{Answered, Back, Feedback, FeedbackAsk, FeedbackEvent, Went};
use alongside_desk::review::Ask;
use axum::extract::{Form, Path};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::{may, said, words_of};
use crate::door::{Action, Asked, Session};
use crate::rooms::act::{self, form_id};
use crate::rooms::desk::Teller;
use crate::rooms::naming::{self, Staff};
use crate::rooms::words::{Texts, plain};
use crate::rooms::{Drawing, Head, Room, Sight, nowhere};
use crate::views::feedback::{Answer, Form as Fields, One as View, Quote};
use crate::views::moment;
use crate::views::part::Act;

/// What a handler can say, in the form.
const ANSWERS: [(&str, &str, Answered); 3] = [
    ("said", "Answer", Answered::Said),
    ("thanked", "Thank", Answered::Thanked),
    ("disputed", "Dispute it", Answered::Disputed),
];

/// What was sent.
#[derive(Clone, Default, Deserialize)]
pub struct Sent {
    #[serde(default)]
    form_id: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    how: String,
}

pub async fn page(room: Room, asked: Asked, Path(id): Path<u64>) -> Response {
    room.page(&asked, &One { id, sent: None }).await
}

pub async fn line(room: Room, asked: Asked, headers: HeaderMap, Path(id): Path<u64>) -> Response {
    room.line(&asked, &headers, One { id, sent: None }).await
}

/// The page itself says that it has drawn the feedback where it can be seen.
pub async fn seen(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<act::Sent>) -> Response {
    let Some(handler) = room.handler_of(&asked, id) else { return nowhere(&asked) };
    let ask = FeedbackAsk::Open { feedback: id, handler };
    room.act(&asked, sent.form_id, Ask::Feedback(ask), &format!("/feedback/{id}")).await
}

pub async fn answer(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<Sent>) -> Response {
    let Some(handler) = room.handler_of(&asked, id) else { return nowhere(&asked) };
    let Some((.., how)) = ANSWERS.into_iter().find(|(word, ..)| *word == sent.how) else { return nowhere(&asked) };
    if how != Answered::Thanked && sent.words.trim().is_empty() {
        return again(&room, &asked, One { id, sent: Some(sent) }).await;
    }
    let ask = FeedbackAsk::Answer { feedback: id, handler, how, words: sent.words.into() };
    room.act(&asked, sent.form_id, Ask::Feedback(ask), &format!("/feedback/{id}")).await
}

pub async fn take_answer_back(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<act::Sent>) -> Response {
    let Some(handler) = room.handler_of(&asked, id) else { return nowhere(&asked) };
    let ask = FeedbackAsk::TakeBack { what: Back::Answer(id), handler: Some(handler) };
    room.act(&asked, sent.form_id, Ask::Feedback(ask), &format!("/feedback/{id}")).await
}

pub async fn settle(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<Sent>) -> Response {
    let stands = match &*sent.how {
        "stands" => true,
        "falls" => false,
        _ => return nowhere(&asked),
    };
    if room.feedback_for(&asked, id, Action::SettleFeedback).is_none() {
        return nowhere(&asked);
    }
    if sent.words.trim().is_empty() {
        return again(&room, &asked, One { id, sent: Some(sent) }).await;
    }
    let ask = FeedbackAsk::Settle { feedback: id, stands, words: sent.words.into() };
    room.act(&asked, sent.form_id, Ask::Feedback(ask), &format!("/feedback/{id}")).await
}

pub async fn take_settled_back(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<act::Sent>) -> Response {
    room.take_back_of(&asked, id, Action::SettleFeedback, Back::Settled(id), sent.form_id, format!("/feedback/{id}"))
        .await
}

pub async fn take_back(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<act::Sent>) -> Response {
    let call = room.feedback_for(&asked, id, Action::GiveFeedback).map(|one| one.call);
    let then = call.map_or_else(String::new, |call| format!("/feedback/calls/c{}", call.0));
    room.take_back_of(&asked, id, Action::GiveFeedback, Back::Sent(id), sent.form_id, then).await
}

/// The page once more, with what is missing.
async fn again(room: &Room, asked: &Asked, one: One) -> Response {
    let mut page = room.page(asked, &one).await;
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    page
}

impl Room {
    /// Feedback that this person may do this with.
    fn feedback_for(&self, asked: &Asked, id: u64, action: Action) -> Option<Feedback> {
        let session = asked.session.as_ref()?;
        let staff = Staff::of(&self.gate);
        self.node.read(|desk| {
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: self.now() };
            teller.feedback(id, action).map(|(one, _)| one.clone())
        })
    }

    /// The staff number of whoever asks, if feedback was sent to them.
    fn handler_of(&self, asked: &Asked, id: u64) -> Option<Arc<str>> {
        Some(self.feedback_for(asked, id, Action::AnswerFeedback)?.sent?.0)
    }

    async fn take_back_of(
        &self,
        asked: &Asked,
        id: u64,
        action: Action,
        what: Back,
        form_id: String,
        then: String,
    ) -> Response {
        if self.feedback_for(asked, id, action).is_none() {
            return nowhere(asked);
        }
        let ask = FeedbackAsk::TakeBack { what, handler: None };
        self.act(asked, form_id, Ask::Feedback(ask), &then).await
    }
}

struct One {
    id: u64,
    /// What was sent and lacks something.
    sent: Option<Sent>,
}

impl Sight for One {
    type View = View;

    fn head(&self) -> Head {
        let line = Some(format!("/live/feedback/{}", self.id));
        Head { title: "Feedback", screen: "feedback-one", action: Action::SeeFeedback, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        Texts::settle(room, |desk, texts| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let (one, call) = teller.feedback(self.id, Action::SeeFeedback).filter(|(one, _)| one.sent.is_some())?;
            let told = Told { teller: &teller, texts, one, call };
            let (well, tries) = told.quotes();
            let own = may(session, Action::AnswerFeedback, one);
            let view = View {
                title: format!("Feedback on {} call of {}", if own { "your" } else { "the" }, teller.began(call)),
                about: told.about(own),
                stands: if own { String::new() } else { teller.stands(one) },
                well,
                tries,
                answers: told.answers(),
                seen: told.seen(),
                form: told.form(self.sent.as_ref()),
                acts: told.acts(),
                notices: Vec::new(),
                frame,
            };
            let subjects: BTreeSet<String> = teller.subjects_of_call(call).into_iter().collect();
            Some(Drawing { view, seq: desk.state().seq, subjects })
        })
    }
}

/// One feedback as one person reads it.
struct Told<'a> {
    teller: &'a Teller<'a>,
    texts: &'a Texts,
    one: &'a Feedback,
    call: &'a Call,
}

impl Told<'_> {
    fn may(&self, action: Action) -> bool {
        may(self.teller.session, action, self.one)
    }

    fn about(&self, own: bool) -> String {
        let (teller, log) = (self.teller, self.teller.log_of(self.call));
        let log = format!("{}{}", log[..1].to_uppercase(), &log[1..]);
        let from = teller.staff.name(&self.one.by);
        let at = self.one.sent.as_ref().map(|(_, at)| moment::fact(at, teller.now)).unwrap_or_default();
        if own {
            format!("{log}, from {from}, {at}")
        } else {
            format!("{log}, {from} to {}, {at}", teller.handler(self.call))
        }
    }

    /// What went well, and what to try: each with what was said of it when it was written last.
    fn quotes(&self) -> (Vec<Quote>, Vec<Quote>) {
        let words = |id: u64| match said(self.texts, self.one.written.0) {
            Some(FeedbackEvent::Written { points, .. }) => {
                points.iter().find(|point| point.moment == id).map(|point| plain(&point.words)).unwrap_or_default()
            }
            _ => "taken out of the record".to_owned(),
        };
        let moments = self.one.moments.iter().filter_map(|id| self.teller.state().feedbacks.moment(*id));
        let (well, tries): (Vec<_>, Vec<_>) = moments.partition(|moment| moment.went == Went::Well);
        let quotes = |of: Vec<_>| {
            let quoted = |moment: &alongside_desk::feedback::Moment| self.teller.quote(moment, words(moment.id));
            of.into_iter().map(quoted).collect()
        };
        (quotes(well), quotes(tries))
    }

    fn answers(&self) -> Vec<Answer> {
        let handler = self.teller.handler(self.call);
        let said = self.one.answers.iter().map(|(how, note)| Answer {
            by: handler.clone(),
            at: note.at,
            did: match how {
                Answered::Said => "answers",
                Answered::Thanked => "says thank you",
                Answered::Disputed => "disputes it",
            },
            words: words_of(self.texts, note.words),
        });
        let settled = self.one.settled.iter().map(|(stands, note)| Answer {
            by: self.teller.staff.name(&note.by),
            at: note.at,
            did: if *stands { "says that it stands" } else { "says that it does not stand" },
            words: words_of(self.texts, note.words),
        });
        let mut all: Vec<Answer> = said.chain(settled).collect();
        all.sort_by_key(|answer| answer.at);
        all
    }

    fn seen(&self) -> Option<(String, String)> {
        let (id, is_new) = (self.one.id, self.one.opened.is_none() && self.may(Action::AnswerFeedback));
        is_new.then(|| (format!("/feedback/{id}/seen"), form_id("seen", &id.to_string(), self.sent_in(), None)))
    }

    /// Told apart by when it was sent: what was taken back and is sent again is opened again.
    fn sent_in(&self) -> u64 {
        self.one.written.0
    }

    fn form(&self, sent: Option<&Sent>) -> Option<Fields> {
        let (one, id) = (self.one, self.one.id);
        let error = if sent.is_some() { "Say it in words." } else { "" };
        let (verb, href, label, hint, buttons) = if self.may(Action::AnswerFeedback) {
            let settled = one.settled.is_some() || one.is_disputed();
            let buttons = ANSWERS.into_iter().filter(|(.., how)| *how != Answered::Disputed || !settled);
            let hint = if settled {
                "The specialist reads it. Thanks need no words."
            } else {
                "The specialist reads it. Thanks need no words. What you dispute goes to a supervisor, who reads all of this page."
            };
            let buttons = buttons.map(|(word, says, _)| (word, says)).collect();
            ("answer", "answer", "Your answer", hint, buttons)
        } else if self.may(Action::SettleFeedback) && one.is_disputed() && one.by != self.teller.who {
            let hint = "Both read it. What does not stand is counted nowhere.";
            (
                "settle",
                "settle",
                "Why it stands, or does not",
                hint,
                vec![("stands", "It stands"), ("falls", "It does not stand")],
            )
        } else {
            return None;
        };
        // Another answer is another form.
        let version = one.answers.last().map_or(0, |(_, note)| note.words);
        Some(Fields {
            href: format!("/feedback/{id}/{href}"),
            form_id: form_id(verb, &id.to_string(), version, None),
            label,
            hint,
            words: sent.map(|sent| sent.words.clone()).unwrap_or_default(),
            error: error.to_owned(),
            buttons,
        })
    }

    fn acts(&self) -> Vec<Act> {
        let (one, id) = (self.one, self.one.id);
        let act = |says: &str, path: &str, entry: u64| {
            let form = form_id("back", &id.to_string(), entry, None);
            Act::post("take-back", says, "", format!("/feedback/{id}/{path}"), form)
        };
        let sent = (self.may(Action::GiveFeedback) && one.opened.is_none())
            .then(|| act("Take it back: it is a draft again", "take-back", self.sent_in()));
        let answer = one.answers.last().filter(|_| self.may(Action::AnswerFeedback) && one.settled.is_none());
        let answer = answer.map(|(_, note)| act("Take your last answer back", "answer/take-back", note.words));
        let within = self.teller.state().undo_within();
        let settled = one.settled.as_ref().filter(|(_, note)| {
            note.by == self.teller.who && self.may(Action::SettleFeedback) && self.teller.now <= note.at.plus(within)
        });
        let settled = settled.map(|(_, note)| act("Take back what you settled", "settle/take-back", note.words));
        [sent, answer, settled].into_iter().flatten().collect()
    }
}
