//! Reviews: what specialists and other staff do in the desk.
//!
//! Invariants: a flag leaves the queue only when a named person disposes of it, and comes back when it rises or covers
//! something new; nothing here changes a fact of the record or lowers anything by itself; words that people write are kept
//! in the journal and only pointed at from here; a shift does not end while something open has neither a note nor a name;
//! taking an act back restores exactly what it changed. There is no clock here: every instant comes with the command.

mod action;
mod answer;
mod apply;
mod command;
mod decide;
mod flags;
mod look;
mod record;
mod review;
mod shift;
#[cfg(test)]
pub(crate) mod tests;
mod undo;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use action::{Action, ActionId, Progress};
pub use answer::{ANSWERABLE, Answerable};
pub use command::{About, Ask, HandedOn, StaffCommand, StaffEvent, Work};
pub use flags::{Judgement, Verdict};
pub(crate) use record::{FEW_PEOPLE, hide, hide_where};
pub use record::{Group, GroupedBy, RECORD_OF, RuleRecord, Shown};
pub use review::{Disposed, Disposition, Held, Holder, Note, Review, ReviewId};
pub use shift::{Shift, Tie};
pub use undo::Undoable;

use crate::event::Actor;
use crate::stamp::{FlagId, IncidentId, RecordId};
use crate::time::Period;
use crate::watch::Subject;

/// How long one's own last act can be taken back, in seconds of the world; what an act sends leaves when this has run out (D).
/// [`crate::State::undo_within`] gives it by the desk's clock, which a demonstration runs faster.
pub const UNDO_WITHIN: Period = Period::seconds(10);

/// How many unflagged incidents are drawn for a specialist's shift to read (D).
pub const SAMPLE: usize = 3;

/// The sample is drawn from incidents opened this long before the shift (D).
pub const SAMPLE_FROM: Period = Period::hours(24);

/// A shift lasts this long where nothing else is said (RULES.md "Working days": end of shift).
pub const SHIFT: Period = Period::hours(12);

/// Every review, verdict, action, note and shift.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Reviews {
    reviews: BTreeMap<ReviewId, Review>,
    open: BTreeMap<Subject, ReviewId>,
    of: BTreeMap<Subject, Vec<ReviewId>>,
    /// Flags that nobody has disposed of, each with the entry that last changed it.
    waiting: BTreeMap<FlagId, u64>,
    /// Flags raised while no specialist was on shift.
    unattended: BTreeSet<FlagId>,
    verdicts: BTreeMap<FlagId, Vec<Verdict>>,
    actions: BTreeMap<ActionId, Action>,
    notes: BTreeMap<Subject, Vec<Note>>,
    shifts: BTreeMap<u64, Shift>,
    on: BTreeMap<Actor, u64>,
    on_call: Option<Actor>,
    /// Drawn to be read and not yet disposed of.
    samples: BTreeSet<IncidentId>,
    /// Ever drawn.
    sampled: BTreeSet<IncidentId>,
    ties: BTreeMap<(RecordId, RecordId), Vec<Tie>>,
    recent: BTreeMap<Actor, Vec<undo::Done>>,
}

/// The pseudonym, a space and what they did at what time: what a person who came second is told.
fn overtaken(by: &Actor, did: &str, at: crate::time::Timestamp, now: crate::time::Timestamp) -> crate::event::Refusal {
    let text: Arc<str> = format!("{} {did} at {}", by.0, crate::watch::clock(at, now)).into();
    crate::event::Refusal::Overtaken(text)
}

fn unfit(why: &str) -> crate::event::Refusal {
    crate::event::Refusal::Unfit(why.into())
}
