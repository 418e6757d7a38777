//! Actions: what a specialist asked of a role, and how far it has come.

use serde::{Deserialize, Serialize};

use super::{Note, ReviewId};
use crate::event::Actor;
use crate::message::StaffRole;
use crate::time::Timestamp;
use crate::watch::Subject;

/// An action, by the journal entry that asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ActionId(pub u64);

/// Something that a role was asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Its id, which is also the entry that holds the words.
    pub id: ActionId,
    /// About what.
    pub subject: Subject,
    /// The review that asked for it.
    pub review: ReviewId,
    /// Whom it is asked of.
    pub role: StaffRole,
    /// By when it is to be done.
    pub by: Timestamp,
    /// Who follows it: who asked, or whom they handed it to; nobody after a hand-over by note.
    pub asker: Option<Actor>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it leaves the desk and is shown to the role: the asker can take it back until then.
    pub leaves_at: Timestamp,
    /// Acknowledged.
    pub acknowledged: Option<(Actor, Timestamp)>,
    /// Done; the note's entry holds what was done.
    pub done: Option<Note>,
    /// Cannot be done; the note's entry holds why.
    pub declined: Option<Note>,
    /// The newest note of a hand-over.
    pub handed: Option<Note>,
    /// The entry that last changed it.
    pub changed: u64,
}

/// How far an action has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// It can still be taken back and is not shown to the role.
    Leaving,
    /// Shown to the role; nobody has acknowledged it.
    Sent,
    /// Acknowledged.
    Acknowledged,
    /// It cannot be done: whoever asked must think again.
    Declined,
    /// Done.
    Done,
}

impl Action {
    /// How far it has come at an instant.
    pub fn progress(&self, now: Timestamp) -> Progress {
        match self {
            Self { done: Some(_), .. } => Progress::Done,
            Self { declined: Some(_), .. } => Progress::Declined,
            Self { acknowledged: Some(_), .. } => Progress::Acknowledged,
            _ if now < self.leaves_at => Progress::Leaving,
            _ => Progress::Sent,
        }
    }

    /// Whether it waits for somebody: not done. One that was declined waits for whoever asked.
    pub fn is_open(&self) -> bool {
        self.done.is_none()
    }

    /// Whether this person has it: they follow it, or have acknowledged it and neither done nor declined it.
    pub fn is_with(&self, who: &Actor) -> bool {
        let does = self.declined.is_none() && self.acknowledged.as_ref().is_some_and(|(by, _)| by == who);
        self.is_open() && (does || self.asker.as_ref() == Some(who))
    }
}
