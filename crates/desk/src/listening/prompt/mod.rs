//! Prompts: one silent line from a specialist to the companion of the handler whose call it is.
//!
//! Invariants: at most one is open on a call; only the handler of that call sees it and says what became of it, or the call's
//! end is recorded, which says nothing in anybody's name; words stand in their entry alone.

mod book;
mod decide;
mod measure;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use book::{PHRASES, Phrase, PhraseBook, PhraseFault};
pub use measure::Measures;

use crate::event::{Actor, Entry};
use crate::stamp::CallId;
use crate::time::Timestamp;

/// What became of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The handler used it.
    Used,
    /// The handler cannot.
    Cannot,
    /// It came too late, says the handler.
    TooLate,
    /// Whoever may send took it back.
    Withdrawn,
    /// The call ended before anybody said anything of it.
    CallEnded,
}

/// What a handler can say of a prompt.
pub const ANSWERS: [Outcome; 3] = [Outcome::Used, Outcome::Cannot, Outcome::TooLate];

/// What is asked about prompts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptAsk {
    /// To send one.
    Send {
        /// On which call.
        call: CallId,
        /// What it says.
        says: Says,
    },
    /// To take an open one back.
    Withdraw {
        /// Which, by its entry.
        prompt: u64,
    },
    /// It is on the handler's screen, drawn and visible.
    Seen {
        /// Which, by its entry.
        prompt: u64,
        /// Whose screen: the staff number of whoever asks.
        handler: Arc<str>,
    },
    /// The handler says what became of it.
    Answer {
        /// Which, by its entry.
        prompt: u64,
        /// The staff number of whoever asks.
        handler: Arc<str>,
        /// One of [`ANSWERS`].
        outcome: Outcome,
    },
}

/// What a prompt says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// A ready line, by its key in the phrase book.
    Phrase(Arc<str>),
    /// Words that somebody typed.
    Typed(Arc<str>),
}

/// What became of it, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptEvent {
    /// A prompt was sent.
    Sent {
        /// On which call.
        call: CallId,
        /// To whom: the staff number of whoever had taken the call.
        handler: Arc<str>,
        /// What it says.
        words: Arc<str>,
        /// The ready line that says so, by its key.
        phrase: Option<Arc<str>>,
    },
    /// The handler's page had drawn it where it could be seen.
    Seen {
        /// Which, by its entry.
        prompt: u64,
    },
    /// It is open no longer.
    Closed {
        /// Which, by its entry.
        prompt: u64,
        /// What became of it.
        outcome: Outcome,
    },
}

/// A prompt. Its words stand in its entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Its entry.
    pub id: u64,
    /// On which call.
    pub call: CallId,
    /// Who sent it.
    pub by: Actor,
    /// When.
    pub sent: Timestamp,
    /// When it was seen.
    pub seen: Option<Timestamp>,
    /// What became of it, when, and who said so.
    pub closed: Option<(Outcome, Timestamp, Actor)>,
}

/// The prompts of the calls that something was heard of lately.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Prompts {
    all: BTreeMap<u64, Prompt>,
    of: BTreeMap<CallId, Vec<u64>>,
}

impl Prompts {
    /// A prompt by its entry.
    pub fn get(&self, id: u64) -> Option<&Prompt> {
        self.all.get(&id)
    }

    /// The prompts of a call, the oldest first.
    pub fn of(&self, call: CallId) -> impl DoubleEndedIterator<Item = &Prompt> {
        self.of.get(&call).into_iter().flatten().filter_map(|id| self.all.get(id))
    }

    /// The prompt of a call that is open.
    pub fn open(&self, call: CallId) -> Option<&Prompt> {
        self.of(call).next_back().filter(|last| last.closed.is_none())
    }

    /// How many entries there are about a call's prompts: the version on which a decision to send another stands.
    pub fn version(&self, call: CallId) -> u64 {
        let entries = |prompt: &Prompt| 1 + u64::from(prompt.seen.is_some()) + u64::from(prompt.closed.is_some());
        self.of(call).map(entries).sum()
    }

    /// Every prompt, the oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Prompt> {
        self.all.values()
    }

    /// Those of a call that the desk forgets.
    pub(crate) fn forget(&mut self, call: CallId) {
        for id in self.of.remove(&call).unwrap_or_default() {
            self.all.remove(&id);
        }
    }

    pub(super) fn apply(&mut self, event: &PromptEvent, entry: &Entry) {
        let (by, at, id) = (entry.actor.clone(), entry.known, entry.seq);
        match event {
            PromptEvent::Sent { call, .. } => {
                self.of.entry(*call).or_default().push(id);
                self.all.insert(id, Prompt { id, call: *call, by, sent: at, seen: None, closed: None });
            }
            PromptEvent::Seen { prompt } => {
                if let Some(prompt) = self.all.get_mut(prompt) {
                    prompt.seen.get_or_insert(at);
                }
            }
            PromptEvent::Closed { prompt, outcome } => {
                // A call's end is nobody's word.
                let by = if *outcome == Outcome::CallEnded { Actor::desk() } else { by };
                if let Some(prompt) = self.all.get_mut(prompt) {
                    prompt.closed.get_or_insert((*outcome, at, by));
                }
            }
        }
    }
}
