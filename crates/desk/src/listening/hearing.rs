//! Who listens to which live call: asked, begun and ended, each an entry of the journal.
//!
//! There is no private mode: whoever listens stands in the state from the entry on that let them, and the handler of the call
//! and the supervisor are shown it. Words that people write (reasons, the notice) stand in their entries alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::prompt::{PromptAsk, PromptEvent};
use super::recording::{RecordingAsk, RecordingEvent};
use super::sign_off::SignOff;
use super::tick::{TickAsk, Ticked};
use crate::event::Actor;
use crate::message::StaffRole;
use crate::stamp::CallId;
use crate::time::Timestamp;

/// A live call that can be heard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// A call that a feed has told of.
    Call(CallId),
    /// One that no feed has told of yet, by the name that the switch gave its recording session.
    Session(Arc<str>),
}

/// What somebody listens for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Her safety, in this call.
    Safety,
    /// Feedback to the call handler on how she is met.
    Feedback,
}

/// Why somebody listens no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ceased {
    /// They stopped.
    Stopped,
    /// The call ended.
    CallEnded,
    /// Their browser was not heard from any more.
    Lost,
    /// They began to listen again, to this call or another.
    Again,
    /// Their session ended, or the right was taken from them.
    NoRight,
    /// The force took its sign-off back.
    Withdrawn,
    /// The server stopped, or its audio did.
    ServerStopped,
}

/// What a member of staff asks about listening.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListeningAsk {
    /// To enter the force's legal sign-off: from then on live audio is on.
    SignOff {
        /// The force's own name for this version of it.
        version: Arc<str>,
        /// The notice that callers and staff are given, whole.
        notice: Arc<str>,
        /// Who signed for the force: an office, and where the paper is kept.
        signed_by: Arc<str>,
        /// Who may listen: specialists, supervisors or both.
        roles: Vec<StaffRole>,
    },
    /// To take it back: live audio is off from then on, and whoever listens stops.
    Withdraw {
        /// Why.
        reason: Arc<str>,
    },
    /// To listen.
    Start {
        /// To which call.
        heard: Heard,
        /// What for.
        purpose: Purpose,
        /// Why this call.
        reason: Arc<str>,
    },
    /// To end somebody's listening.
    Stop {
        /// The entry by which it began.
        hearing: u64,
        /// Why.
        why: Ceased,
    },
    /// Something about prompts to the handler.
    Prompt(PromptAsk),
    /// Something about recordings of calls.
    Recording(RecordingAsk),
    /// A handler's tick on the checklist of their call.
    Tick(TickAsk),
}

/// What became of it, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListeningEvent {
    /// The force's legal sign-off was entered.
    SignedOff {
        /// The force's own name for this version of it.
        version: Arc<str>,
        /// The notice.
        notice: Arc<str>,
        /// Who signed for the force.
        signed_by: Arc<str>,
        /// Who may listen.
        roles: Vec<StaffRole>,
    },
    /// It was taken back.
    Withdrawn {
        /// Why.
        reason: Arc<str>,
    },
    /// Somebody began to listen.
    Started {
        /// To which call.
        heard: Heard,
        /// What for.
        purpose: Purpose,
        /// Why this call.
        reason: Arc<str>,
        /// The entry of the sign-off that allows it.
        under: u64,
    },
    /// Somebody listens no longer.
    Ended {
        /// The entry by which it began.
        hearing: u64,
        /// Why.
        why: Ceased,
    },
    /// Something about prompts to the handler.
    Prompt(PromptEvent),
    /// Something about recordings of calls.
    Recording(RecordingEvent),
    /// A handler's tick on the checklist of their call.
    Tick(Ticked),
}

/// Somebody's listening to a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hearing {
    /// The entry by which it began. It holds the reason.
    pub id: u64,
    /// Who.
    pub who: Actor,
    /// To which call.
    pub heard: Heard,
    /// What for.
    pub purpose: Purpose,
    /// Since when.
    pub since: Timestamp,
    /// When it ended, and why.
    pub ended: Option<(Timestamp, Ceased)>,
}

/// The sign-offs, and every listening.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Hearings {
    pub(super) sign_offs: Vec<SignOff>,
    pub(super) open: BTreeMap<u64, Hearing>,
    pub(super) ended: BTreeMap<Heard, Vec<Hearing>>,
    /// The listening of each person that ended last.
    pub(super) last: BTreeMap<Actor, Hearing>,
}

impl Hearings {
    /// The sign-off in force; nothing while live audio is off.
    pub fn sign_off(&self) -> Option<&SignOff> {
        self.sign_offs.last().filter(|last| last.withdrawn.is_none())
    }

    /// Every sign-off, the oldest first.
    pub fn sign_offs(&self) -> &[SignOff] {
        &self.sign_offs
    }

    /// Everybody who listens now, in the order in which they began.
    pub fn open(&self) -> impl Iterator<Item = &Hearing> {
        self.open.values()
    }

    /// A listening that goes on, by the entry by which it began.
    pub fn get(&self, id: u64) -> Option<&Hearing> {
        self.open.get(&id)
    }

    /// What somebody listens to now: one call at a time.
    pub fn of(&self, who: &Actor) -> Option<&Hearing> {
        self.open.values().find(|hearing| hearing.who == *who)
    }

    /// What somebody listens to now, and what they listened to and that has ended.
    pub fn of_late<'a>(&'a self, who: &'a Actor) -> impl Iterator<Item = &'a Hearing> {
        self.open.values().chain(self.ended.values().flatten()).filter(move |hearing| hearing.who == *who)
    }

    /// The listening of somebody that ended last.
    pub fn last_of(&self, who: &Actor) -> Option<&Hearing> {
        self.last.get(who)
    }

    /// Every listening to a call under that very name that has ended, the oldest first.
    pub fn ended(&self, heard: &Heard) -> &[Hearing] {
        self.ended.get(heard).map_or(&[], Vec::as_slice)
    }
}
