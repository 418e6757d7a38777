//! A review: a specialist's look at an incident, with a disposition.

use serde::{Deserialize, Serialize};

use crate::event::Actor;
use crate::message::StaffRole;
use crate::stamp::FlagId;
use crate::time::Timestamp;
use crate::watch::Subject;

/// A review, by the journal entry that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReviewId(pub u64);

/// A review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// Of what, as it was when opened; [`crate::State::home`] leads to the incident that goes on.
    pub subject: Subject,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// By whom.
    pub opened_by: Actor,
    /// Who has it.
    pub holder: Option<Holder>,
    /// Since when nobody has it, once somebody had.
    pub free_since: Option<Timestamp>,
    /// Set aside until a time.
    pub held: Option<Held>,
    /// The newest note of a hand-over.
    pub handed: Option<Note>,
    /// How it ended.
    pub disposed: Option<Disposed>,
    /// The entry that last changed it.
    pub changed: u64,
}

/// Who has something, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Who.
    pub who: Actor,
    /// Since when.
    pub since: Timestamp,
    /// Who gave it to them; nobody, where they took it.
    pub from: Option<Actor>,
}

/// Set aside until a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Until when.
    pub until: Timestamp,
    /// Who did it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The entry that holds the reason.
    pub words: u64,
}

/// Something that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The entry that holds the words.
    pub words: u64,
}

/// How a review ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposed {
    /// How.
    pub how: Disposition,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The flags it covers.
    pub flags: Vec<FlagId>,
    /// The entry that holds the reason.
    pub words: u64,
}

/// What a review comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// A confirmed missed opportunity.
    MissedOpportunity,
    /// It had been handled already.
    AlreadyHandled,
    /// There was no opportunity.
    NotAnOpportunity,
    /// Somebody must act.
    NeedsAction {
        /// Who: dispatcher, supervisor, handler or officer.
        role: StaffRole,
        /// By when.
        by: Timestamp,
    },
    /// It is not domestic abuse.
    NotAbuse,
}

impl Review {
    /// Whether somebody other than this person has it.
    pub fn is_anothers(&self, who: &Actor) -> bool {
        self.holder.as_ref().is_some_and(|h| h.who != *who)
    }
}
