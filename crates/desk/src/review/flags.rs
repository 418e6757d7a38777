//! Which flags wait for a person, and what people said of the others.

use serde::{Deserialize, Serialize};

use super::{Disposition, Reviews};
use crate::event::Actor;
use crate::message::StaffRole;
use crate::stamp::FlagId;
use crate::time::Timestamp;
use crate::watch::{Flags, Raised};

/// What a person said of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// A missed opportunity: the flag is a finding.
    Confirmed,
    /// The flag was right, and it had been handled already.
    Handled,
    /// The flag was right, and somebody must act.
    ActionAsked,
    /// Set aside.
    SetAside,
}

/// A person's judgement of a flag, kept for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What.
    pub judgement: Judgement,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The entry that holds the reason.
    pub words: u64,
}

impl Disposition {
    /// What it says of the flags that it covers.
    pub const fn judgement(&self) -> Judgement {
        match self {
            Self::MissedOpportunity => Judgement::Confirmed,
            Self::AlreadyHandled => Judgement::Handled,
            Self::NeedsAction { .. } => Judgement::ActionAsked,
            Self::NotAnOpportunity | Self::NotAbuse => Judgement::SetAside,
        }
    }
}

impl Reviews {
    /// A flag was raised: it waits until a person disposes of it.
    pub(crate) fn flag_raised(&mut self, flag: FlagId, seq: u64) {
        self.waiting.insert(flag, seq);
        if !self.is_on(StaffRole::Specialist) {
            self.unattended.insert(flag);
        }
    }

    /// A flag is about to grow or rise. What a person disposed of comes back when it rises or covers another episode.
    pub(crate) fn flag_grows(&mut self, flags: &Flags, flag: FlagId, more: &Raised, rose: bool, seq: u64) {
        let is_new = flags.get(flag).is_some_and(|f| !f.episodes.contains(&more.episode));
        if rose || is_new || self.waiting.contains_key(&flag) {
            self.waiting.insert(flag, seq);
        }
    }

    /// A flag was answered or withdrawn: it goes on waiting until a person has looked.
    pub(crate) fn flag_stands(&mut self, flag: FlagId, seq: u64) {
        if let Some(changed) = self.waiting.get_mut(&flag) {
            *changed = seq;
        }
    }

    pub(super) fn judge(&mut self, flag: FlagId, verdict: Verdict) {
        self.waiting.remove(&flag);
        self.verdicts.entry(flag).or_default().push(verdict);
    }

    /// Takes back the judgement written by an entry.
    pub(super) fn unjudge(&mut self, flag: FlagId, entry: u64, changed: u64) {
        if let Some(list) = self.verdicts.get_mut(&flag) {
            list.retain(|v| v.words != entry);
            if list.is_empty() {
                self.verdicts.remove(&flag);
            }
        }
        self.waiting.entry(flag).or_insert(changed);
    }
}
