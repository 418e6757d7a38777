//! Feedback on a call while it is written: each point quotes a moment that the writer marked, and what went well comes first.

use std::collections::{BTreeMap, BTreeSet};

use alongside_desk::call::Call;
use alongside_desk::feedback::{FeedbackAsk, FeedbackEvent, Moment, Said, Went};
use alongside_desk::review::Ask;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;

use super::mark::call_for_feedback;
use super::{said, second, theme, words_of};
use crate::door::{Action, Asked, Session};
use crate::rooms::act::form_id;
use crate::rooms::desk::Teller;
use crate::rooms::naming::{self, Staff};
use crate::rooms::words::{Texts, plain};
use crate::rooms::{Drawing, Head, Room, Sight, nowhere};
use crate::views::feedback::{Quote, Write as View};

/// What people wrote, by the names of the fields.
type Answers = BTreeMap<String, String>;

pub async fn page(room: Room, asked: Asked, Path(key): Path<String>) -> Response {
    room.page(&asked, &Writing { key, answers: None }).await
}

pub async fn write(room: Room, asked: Asked, Path(key): Path<String>, Form(answers): Form<Answers>) -> Response {
    let Some(session) = &asked.session else { return nowhere(&asked) };
    let staff = Staff::of(&room.gate);
    let found = room.node.read(|desk| {
        let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: room.now() };
        let call = call_for_feedback(&teller, &key)?;
        let moments: Vec<Moment> = teller.unsent(call).cloned().collect();
        Some((call.id, moments))
    });
    let Some((call, moments)) = found else { return nowhere(&asked) };
    let send = answers.get("do").is_some_and(|what| what == "send");
    if send && !wrong(&moments, &answers).is_empty() {
        let mut page = room.page(&asked, &Writing { key, answers: Some(answers) }).await;
        if page.status() == StatusCode::OK {
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        return page;
    }
    let points = moments.iter().filter(|moment| is_chosen(&answers, moment));
    let points = points.map(|moment| Said { moment: moment.id, words: written(&answers, moment).into() }).collect();
    let over = answers.get("over").and_then(|over| over.parse().ok()).unwrap_or(0);
    let form_id = answers.get("form_id").cloned().unwrap_or_default();
    let then = if send { "/feedback".to_owned() } else { format!("/feedback/calls/{key}") };
    room.act(&asked, form_id, Ask::Feedback(FeedbackAsk::Write { call, over, points, send }), &then).await
}

fn is_chosen(answers: &Answers, moment: &Moment) -> bool {
    answers.contains_key(&format!("quote-{}", moment.id))
}

fn written<'a>(answers: &'a Answers, moment: &Moment) -> &'a str {
    answers.get(&format!("words-{}", moment.id)).map(|words| words.trim()).unwrap_or_default()
}

/// What keeps feedback from being sent: where to go, and the sentence.
fn wrong(moments: &[Moment], answers: &Answers) -> Vec<(String, String)> {
    let chosen: Vec<&Moment> = moments.iter().filter(|moment| is_chosen(answers, moment)).collect();
    let mut wrong = Vec::new();
    if !chosen.iter().any(|moment| moment.went == Went::Well) {
        wrong.push(("well".to_owned(), "Quote at least one moment that went well.".to_owned()));
    }
    for moment in chosen.into_iter().filter(|moment| moment.went == Went::Try && written(answers, moment).is_empty()) {
        let says = format!("Say in words what there is to try at {}, {}.", second(moment.second), theme(moment));
        wrong.push((format!("words-{}", moment.id), says));
    }
    wrong
}

struct Writing {
    key: String,
    /// What was sent and lacks something.
    answers: Option<Answers>,
}

impl Sight for Writing {
    type View = View;

    fn head(&self) -> Head {
        Head { title: "Feedback", screen: "feedback-one", action: Action::GiveFeedback, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        Texts::settle(room, |desk, texts| {
            let state = desk.state();
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let call = call_for_feedback(&teller, &self.key)?;
            let draft = state.feedbacks.draft(call.id, &teller.who);
            let over = draft.map_or(0, |draft| draft.written.0);
            let moments: Vec<Moment> = teller.unsent(call).cloned().collect();
            let errors = self.answers.as_ref().map(|answers| wrong(&moments, answers)).unwrap_or_default();
            let kept: Option<&[Said]> = match draft.map(|draft| said(texts, draft.written.0)) {
                Some(Some(FeedbackEvent::Written { points, .. })) => Some(points),
                _ => None,
            };
            let mut quotes: Vec<(Went, u32, Quote)> = Vec::new();
            for moment in &moments {
                let point = kept.map(|kept| kept.iter().find(|point| point.moment == moment.id));
                let note = moment.note.map(|entry| words_of(texts, entry)).unwrap_or_default();
                // What was kept stands as it was kept; without a draft each moment is quoted with what was noted on it.
                let (chosen, words) = match (&self.answers, point) {
                    (Some(answers), _) => (is_chosen(answers, moment), written(answers, moment).to_owned()),
                    (None, Some(Some(point))) => (true, plain(&point.words)),
                    (None, Some(None)) => (false, note),
                    (None, None) => (true, note),
                };
                let at = format!("words-{}", moment.id);
                let error = errors.iter().find(|(place, _)| *place == at).map(|_| "Say it in words.");
                let error = error.unwrap_or_default().to_owned();
                quotes.push((moment.went, moment.second, Quote { chosen, error, ..teller.quote(moment, words) }));
            }
            quotes.sort_by_key(|(_, second, quote)| (*second, quote.id));
            let of = |wanted: Went| {
                let these = quotes.iter().filter(|(went, ..)| *went == wanted);
                these.map(|(.., quote)| quote.clone()).collect()
            };
            let view = View {
                title: format!("Feedback on the call of {}", teller.began(call)),
                about: format!("{}, taken by {}", teller.log_of(call), teller.handler(call)),
                href: format!("/feedback/calls/{}", self.key),
                form_id: form_id("write", &self.key, state.seq, None),
                over,
                well: of(Went::Well),
                tries: of(Went::Try),
                to: teller.addressee(call),
                errors,
                evaluate: format!("/feedback/calls/{}/evaluation", self.key),
                notices: Vec::new(),
                frame,
            };
            let subjects: BTreeSet<String> = teller.subjects_of_call(call).into_iter().collect();
            Some(Drawing { view, seq: state.seq, subjects })
        })
    }
}

impl Teller<'_> {
    /// The moments of a call that this person marked and has not sent.
    fn unsent<'a>(&'a self, call: &Call) -> impl Iterator<Item = &'a Moment> {
        let feedbacks = &self.state().feedbacks;
        self.own_moments(call.id).filter(move |moment| feedbacks.sent_with(moment).is_none())
    }

    /// To whom feedback on a call goes, by name; else why it cannot.
    fn addressee(&self, call: &Call) -> Result<String, String> {
        let number = self.state().addressee(call).map_err(str::to_owned)?;
        let has_account = self.staff.all().any(|account| account.staff.as_deref() == Some(&*number));
        if has_account {
            Ok(self.handler(call))
        } else {
            Err(format!("Handler {number} has no account here, so nobody would read it."))
        }
    }
}
