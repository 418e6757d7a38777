//! Prompts as whoever listens sends them: written, sent once, followed to what became of them, and taken back.

use std::collections::BTreeSet;

use alongside_desk::call::Call;
use alongside_desk::listening::prompt::{Outcome, PhraseBook, Prompt, PromptAsk, PromptEvent, Says};
use alongside_desk::listening::{Heard, ListeningAsk, ListeningEvent};
use alongside_desk::review::{Ask, StaffEvent};
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::{Refusal, State};
use alongside_node::Refused;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::door::{Action, Asked, Decision, Session, Subject as Whose, authorise};
use crate::rooms::act::{self, form_id};
use crate::rooms::desk::Teller;
use crate::rooms::naming;
use crate::rooms::words::{Texts, What, plain};
use crate::rooms::{Room, nowhere};
use crate::views::moment;
use crate::views::part::{Step, StepState};
use crate::views::prompt::{Now, Prompting, Send, Sent as Line};

/// Prompts are measured over this time (D: long enough for a pattern, short enough that it is this month's room).
const MEASURED_OVER: Period = Period::hours(24 * 7);

/// What was sent.
#[derive(Deserialize)]
pub struct Sent {
    #[serde(default)]
    form_id: String,
    /// The key of a ready line; empty for words that were typed.
    #[serde(default)]
    phrase: String,
    #[serde(default)]
    words: String,
}

pub async fn send(room: Room, asked: Asked, Path(key): Path<String>, Form(sent): Form<Sent>) -> Response {
    let found =
        asked.session.as_ref().filter(|session| room.may_prompt(session)).and_then(|session| room.find(session, &key));
    let Some(Heard::Call(call)) = found.map(|target| target.heard) else { return nowhere(&asked) };
    let says = match &*sent.phrase {
        "" => Says::Typed(sent.words.into()),
        key => Says::Phrase(key.into()),
    };
    let ask = PromptAsk::Send { call, says };
    room.prompt(&asked, &sent.form_id, ask, &format!("/listening/{key}")).await
}

pub async fn withdraw(room: Room, asked: Asked, Path(prompt): Path<u64>, Form(sent): Form<act::Sent>) -> Response {
    let call = room.node.read(|desk| desk.state().prompts.get(prompt).map(|prompt| prompt.call));
    let target = asked.session.as_ref().zip(call).and_then(|(session, call)| room.target(session, &Heard::Call(call)));
    let (Some(call), Some(_)) = (call, target) else { return nowhere(&asked) };
    room.prompt(&asked, &sent.form_id, PromptAsk::Withdraw { prompt }, &format!("/listening/c{}", call.0)).await
}

impl Room {
    /// Whether this person may send prompts: who may listen under the force's sign-off may.
    fn may_prompt(&self, session: &Session) -> bool {
        self.node.read(|desk| may_prompt(desk.state(), session))
    }

    /// Does what a form asks. A page that somebody listens on is never left for an answer: its script is told in words.
    async fn prompt(&self, asked: &Asked, form_id: &str, ask: PromptAsk, then: &str) -> Response {
        let ask = Ask::Listening(ListeningAsk::Prompt(ask));
        if !asked.sheet {
            return self.act(asked, form_id.to_owned(), ask, then).await;
        }
        match self.ask(asked, form_id, ask).await {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(Refused::Overtaken { .. }) => {
                (StatusCode::CONFLICT, "Somebody sent a prompt while you wrote. Yours was not sent.").into_response()
            }
            Err(Refused::Desk(Refusal::NoSuch(_))) => {
                (StatusCode::NOT_FOUND, "This can no longer be done. The call may have ended.").into_response()
            }
            Err(refused) => self.refused_in_words(&refused),
        }
    }
}

fn may_prompt(state: &State, session: &Session) -> bool {
    let signed = state.hearings.sign_off().map(|sign_off| &sign_off.roles[..]).unwrap_or_default();
    let signed_for: Vec<_> = signed.iter().filter_map(|role| naming::role(*role)).collect();
    authorise(session, Action::Prompt, Whose::LiveAudio { signed_for: &signed_for }) == Decision::Allow
}

/// The words of a prompt, which stand in its entry.
pub fn words(texts: &Texts, prompt: u64) -> String {
    let gone = || "taken out of the record".to_owned();
    let Some(What::Staff(_, event)) = texts.get(prompt).map(|said| &said.what) else { return gone() };
    match &**event {
        StaffEvent::Listening(ListeningEvent::Prompt(PromptEvent::Sent { words, .. })) => plain(words),
        _ => gone(),
    }
}

/// Whose words a page shows that shows a call's prompts: the call's, for the log of views.
pub fn subjects(state: &State, call: &Call) -> BTreeSet<String> {
    let has_any = state.prompts.of(call.id).next().is_some();
    has_any.then(|| format!("call:{}", call.reference)).into_iter().collect()
}

/// What became of a prompt, in a word or two.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Used => "Used",
        Outcome::Cannot => "Can’t",
        Outcome::TooLate => "Too late",
        Outcome::Withdrawn => "Taken back",
        Outcome::CallEnded => "Open when the call ended",
    }
}

/// `after 3 s`, by the world's clock.
fn spell(period: Period) -> String {
    if period < Period::seconds(1) { "within 1 s".to_owned() } else { format!("after {}", moment::age(period)) }
}

impl Teller<'_> {
    /// The prompts of a call for whoever may send them; nothing for anybody else, or while nobody may.
    pub fn prompting(&self, texts: &Texts, heard: &Heard) -> Option<Prompting> {
        let state = self.state();
        if !may_prompt(state, self.session) {
            return None;
        }
        let Heard::Call(id) = heard else {
            let now = Now::Off("No feed has told of this call yet, so nobody’s companion shows it.".to_owned());
            return Some(Prompting {
                handler: "the call handler".to_owned(),
                now,
                say: String::new(),
                sent: Vec::new(),
            });
        };
        let call = state.calls.get(id)?;
        let sent: Vec<&Prompt> = state.prompts.of(*id).rev().collect();
        let key = format!("c{}", id.0);
        let now = match (state.prompts.open(*id), state.companion_of(call, self.now)) {
            (Some(open), _) => {
                let form = form_id("withdraw", &open.id.to_string(), open.id, None);
                Now::Open(format!("/prompts/{}/withdraw", open.id), form)
            }
            (None, _) if call.ended.is_some() => Now::Off("The call has ended.".to_owned()),
            (None, Err(why)) => Now::Off(why.to_owned()),
            (None, Ok(handler)) if !self.has_companion(&handler) => {
                Now::Off(format!("Handler {handler} has no account here, so no companion shows a prompt to them."))
            }
            (None, Ok(_)) => {
                let book = PhraseBook::shipped();
                let lines = book.phrases.iter().enumerate();
                Now::Send(Send {
                    href: format!("/listening/{key}/prompt"),
                    // It stands on what was sent before: whoever comes second is told, and the same form twice is one prompt.
                    form_id: form_id("prompt", &key, state.prompts.version(*id), Some(state.prompts.version(*id))),
                    longest: book.longest,
                    phrases: lines.map(|(n, phrase)| (n + 1, &*phrase.key, &*phrase.says)).collect(),
                })
            }
        };
        let say = sent.first().and_then(|last| Some(self.last_step(last)?.says));
        Some(Prompting {
            handler: self.handler(call),
            now,
            say: say.map(|step| format!("Prompt: {step}")).unwrap_or_default(),
            sent: sent.into_iter().map(|prompt| self.line(texts, prompt)).collect(),
        })
    }

    /// Whether somebody with this staff number can open a companion here.
    fn has_companion(&self, number: &str) -> bool {
        self.staff.all().any(|account| account.staff.as_deref() == Some(number))
    }

    fn after(&self, prompt: &Prompt, at: Timestamp) -> String {
        let ms = at.since(prompt.sent).ms().max(0) / i64::from(self.state().pace.max(1));
        spell(Period::from_ms(ms))
    }

    fn seen_step(&self, prompt: &Prompt) -> Option<Step> {
        let says = format!("Seen {}", self.after(prompt, prompt.seen?));
        Some(Step { says, state: StepState::Done })
    }

    fn closed_step(&self, prompt: &Prompt) -> Option<Step> {
        let (how, at, by) = prompt.closed.as_ref()?;
        let after = self.after(prompt, *at);
        let says = match how {
            Outcome::Withdrawn if *by != prompt.by => format!("Taken back by {} {after}", self.staff.name(by)),
            Outcome::CallEnded => format!("Call ended {after}, not answered"),
            other => format!("{} {after}", outcome(*other)),
        };
        let state = if *how == Outcome::Used { StepState::Done } else { StepState::Refused };
        Some(Step { says, state })
    }

    fn last_step(&self, prompt: &Prompt) -> Option<Step> {
        self.closed_step(prompt).or_else(|| self.seen_step(prompt))
    }

    fn line(&self, texts: &Texts, prompt: &Prompt) -> Line {
        let sent = Step { says: "Sent".to_owned(), state: StepState::Done };
        let waits = if prompt.seen.is_some() { "No answer yet" } else { "Not seen" };
        Line {
            at: prompt.sent,
            words: words(texts, prompt.id),
            by: if prompt.by == self.who { String::new() } else { self.staff.name(&prompt.by) },
            steps: [Some(sent), self.seen_step(prompt), self.closed_step(prompt)].into_iter().flatten().collect(),
            waits: prompt.closed.is_none().then(|| (waits, prompt.seen.unwrap_or(prompt.sent))),
        }
    }

    /// How prompts did lately, in a line; empty when none was sent.
    pub fn prompts_measured(&self) -> String {
        let state = self.state();
        let found = state.prompts.measured(self.now.minus(MEASURED_OVER), state.pace);
        if found.sent == 0 {
            return String::new();
        }
        let middle = |period: Option<Period>| period.map_or_else(|| "not yet".to_owned(), spell);
        let open = found.sent - found.used - found.cannot - found.too_late - found.withdrawn - found.call_ended;
        let parts = [
            (found.used, "used"),
            (found.cannot, "could not be"),
            (found.too_late, "too late"),
            (found.withdrawn, "taken back"),
            (found.call_ended, "open when the call ended"),
            (open, "open now"),
        ];
        let parts: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, says)| format!("{count} {says}")).collect();
        format!(
            "Prompts in 7 days: {} sent, {} seen. In the middle seen {}, answered {}. {}.",
            found.sent,
            found.seen,
            middle(found.to_seen),
            middle(found.to_answer),
            parts.join(", ")
        )
    }
}
