//! What is asked about prompts comes to. Nothing is changed here.

use std::sync::Arc;

use super::{ANSWERS, Outcome, PhraseBook, Prompt, PromptAsk, PromptEvent, Says};
use crate::call::Call;
use crate::event::{Actor, Refusal};
use crate::listening::Heard;
use crate::listening::ringing::live_call_of;
use crate::message::Body;
use crate::stamp::CallId;
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::clock;

impl PromptAsk {
    /// The call whose prompts it is about.
    pub fn call(&self, state: &State) -> Option<CallId> {
        match self {
            Self::Send { call, .. } => Some(*call),
            Self::Withdraw { prompt } | Self::Seen { prompt, .. } | Self::Answer { prompt, .. } => {
                state.prompts.get(*prompt).map(|prompt| prompt.call)
            }
        }
    }
}

impl PromptEvent {
    /// The call whose prompts it is about.
    pub fn call(&self, state: &State) -> Option<CallId> {
        match self {
            Self::Sent { call, .. } => Some(*call),
            Self::Seen { prompt } | Self::Closed { prompt, .. } => state.prompts.get(*prompt).map(|prompt| prompt.call),
        }
    }
}

impl State {
    pub(crate) fn decide_prompt(
        &self,
        ask: &PromptAsk,
        who: &Actor,
        now: Timestamp,
    ) -> Result<Vec<PromptEvent>, Refusal> {
        match ask {
            PromptAsk::Send { call, says } => Ok(vec![self.send(*call, says, who, now)?]),
            PromptAsk::Withdraw { prompt } => {
                let found = self.prompts.get(*prompt).ok_or(Refusal::NoSuch("prompt"))?;
                let call = self.calls.get(&found.call);
                if call.is_none_or(|call| self.is_kept_from_call(who, call)) {
                    return Err(Refusal::NoSuch("prompt"));
                }
                still_open(found, now)?;
                Ok(vec![closed(found, Outcome::Withdrawn)])
            }
            PromptAsk::Seen { prompt, handler } => {
                let found = self.prompt_for(*prompt, handler)?;
                // Seen on a second screen, or while it closed: there is nothing to add.
                let is_new = found.seen.is_none() && found.closed.is_none();
                Ok(is_new.then_some(PromptEvent::Seen { prompt: found.id }).into_iter().collect())
            }
            PromptAsk::Answer { prompt, handler, outcome } => {
                let found = self.prompt_for(*prompt, handler)?;
                if !ANSWERS.contains(outcome) {
                    return Err(Refusal::NoSuch("answer"));
                }
                still_open(found, now)?;
                // Whoever says what became of it has seen it, also on a page whose script does not run.
                let seen = found.seen.is_none().then_some(PromptEvent::Seen { prompt: found.id });
                Ok(seen.into_iter().chain([closed(found, *outcome)]).collect())
            }
        }
    }

    fn send(&self, call: CallId, says: &Says, who: &Actor, now: Timestamp) -> Result<PromptEvent, Refusal> {
        if self.hearings.sign_off().is_none() {
            return Err(unfit("Live audio is off: the force’s legal sign-off is not entered."));
        }
        self.hearable(&Heard::Call(call), who, now)?;
        let found = self.calls.get(&call).ok_or(Refusal::NoSuch("call"))?;
        let handler = self.companion_of(found, now).map_err(unfit)?;
        if let Some(open) = self.prompts.open(call) {
            let text = format!("{} sent a prompt at {}, and it is open", open.by.0, clock(open.sent, now));
            return Err(Refusal::Overtaken(text.into()));
        }
        let book = PhraseBook::shipped();
        let phrase = match says {
            Says::Phrase(key) => Some(book.phrase(key).ok_or(Refusal::NoSuch("ready line"))?),
            Says::Typed(words) => book.saying(words.trim()),
        };
        let words = match (phrase, says) {
            (Some(phrase), _) => phrase.says.clone(),
            (None, Says::Typed(words) | Says::Phrase(words)) => book.line(words).ok_or_else(|| {
                Refusal::Unfit(format!("A prompt is one line of 1 to {} characters.", book.longest).into())
            })?,
        };
        Ok(PromptEvent::Sent { call, handler, words, phrase: phrase.map(|phrase| phrase.key.clone()) })
    }

    /// The handler (a staff number) whose companion shows a call now.
    ///
    /// # Errors
    /// Why nobody's does, in a sentence.
    pub fn companion_of(&self, call: &Call, now: Timestamp) -> Result<Arc<str>, &'static str> {
        let Some(handler) = &call.handler else {
            return Err("No feed has told who took this call, so nobody’s companion shows it.");
        };
        // Whoever is in the record is shown nothing about it; whoever could warn them must not be told why (law 12).
        let is_shown = live_call_of(self, handler, now).is_some_and(|shown| shown.id == call.id);
        if !is_shown || self.is_kept_from_call(&Actor(handler.clone()), call) {
            return Err("The handler’s companion does not show this call now.");
        }
        Ok(handler.clone())
    }

    /// A prompt as the handler of its call knows of it. To anybody else there is none.
    fn prompt_for(&self, id: u64, handler: &Arc<str>) -> Result<&Prompt, Refusal> {
        let none = Refusal::NoSuch("prompt");
        let Some(found) = self.prompts.get(id) else { return Err(none) };
        let Some(call) = self.calls.get(&found.call) else { return Err(none) };
        let is_theirs = call.handler.as_ref() == Some(handler);
        if is_theirs && !self.is_kept_from_call(&Actor(handler.clone()), call) { Ok(found) } else { Err(none) }
    }

    /// What a message of a feed means for the prompt that is open on its call: with the call's end nobody can use it any more.
    pub(crate) fn prompt_left_open(&self, message: &Body) -> Option<PromptEvent> {
        let Body::CallEnded { call, .. } = message else { return None };
        let open = self.prompts.open(*self.call_by_reference.get(call)?)?;
        Some(closed(open, Outcome::CallEnded))
    }
}

fn closed(prompt: &Prompt, outcome: Outcome) -> PromptEvent {
    PromptEvent::Closed { prompt: prompt.id, outcome }
}

fn still_open(prompt: &Prompt, now: Timestamp) -> Result<(), Refusal> {
    let Some((outcome, at, by)) = &prompt.closed else { return Ok(()) };
    let at = clock(*at, now);
    let text = match outcome {
        Outcome::Withdrawn => format!("{} took this prompt back at {at}", by.0),
        Outcome::CallEnded => format!("The call ended at {at}"),
        Outcome::Used | Outcome::Cannot | Outcome::TooLate => format!("{} answered this prompt at {at}", by.0),
    };
    Err(Refusal::Overtaken(text.into()))
}

fn unfit(why: &str) -> Refusal {
    Refusal::Unfit(why.into())
}
