//! The queue: what needs a specialist, what can still be saved first, and the lists beside it.
//!
//! Invariants: everything here is a function of the desk and an instant, and changes nothing; a row is there because a flag
//! waits for a person, a review is open, an incident was drawn to be read, or a clock has run most of its period; every place
//! is explained by whole numbers that a person can check ([`Rank`]); nothing about a person but what happened to them counts.
//! Names are not here: whoever draws a page looks them up by record.
//!
//! The order is argued for in `docs/decisions/0008-queue-order.md`.

mod board;
mod calls;
mod clocks;
mod history;
mod order;
mod place;
mod row;
mod sentence;
mod settings;
#[cfg(test)]
mod tests;
mod why;
mod work;

pub use board::{Board, Counts, Cover, FeedState, board};
pub use calls::{LiveCall, calls};
pub use clocks::Running;
pub use history::History;
pub use order::{Band, Rank};
pub use place::{Escalation, Group, Level};
pub use row::{Deadline, Delay, Row};
pub use settings::Settings;
pub use why::{Clears, Looked, Savable, Unknown, Why, why};
pub use work::{ActionItem, OpenItem, actions_for, handover, my_work, unattended};

use std::collections::BTreeMap;

use crate::desk::Desk;
use crate::event::Actor;
use crate::review::Review;
use crate::stamp::{FlagId, RecordId};
use crate::time::Timestamp;
use crate::watch::{Flag, Subject};

/// The queue at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// The instant.
    pub at: Timestamp,
    /// When the shift that "this shift" means ends.
    pub shift_ends: Timestamp,
    /// Every row, group by group and in order within each.
    pub rows: Vec<Row>,
}

impl Queue {
    /// The rows of a group, in order.
    pub fn group(&self, group: Group) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.group == group)
    }

    /// The row of a subject, with its place from 1.
    pub fn find(&self, subject: Subject) -> Option<(usize, &Row)> {
        self.rows.iter().enumerate().find(|(_, row)| row.subject == subject).map(|(n, row)| (n + 1, row))
    }
}

/// What a row is made of.
#[derive(Default)]
struct Draft<'a> {
    flags: Vec<(&'a Flag, u64)>,
    reviews: Vec<&'a Review>,
    clocks: Vec<Running>,
    sample: bool,
    /// Victims who are known by what rings, where no log names one.
    known: Vec<RecordId>,
}

/// The queue at an instant, as this person may see it.
pub fn queue(desk: &Desk, now: Timestamp, for_staff: Option<&Actor>) -> Queue {
    let (state, settings) = (desk.state(), Settings::default());
    let mut drafts: BTreeMap<Subject, Draft> = BTreeMap::new();
    for (id, changed) in state.reviews.waiting() {
        if let Some(flag) = state.flags.get(id) {
            drafts.entry(state.home_of(flag)).or_default().flags.push((flag, changed));
        }
    }
    for review in state.reviews.open() {
        drafts.entry(state.home(review.subject)).or_default().reviews.push(review);
    }
    for incident in state.reviews.samples() {
        drafts.entry(state.home(Subject::Incident(incident))).or_default().sample = true;
    }
    for (subject, running) in clocks::running(desk, now) {
        let is_due = running.iter().any(|clock| clock.is_due(now, state.policy.due_after));
        if is_due || drafts.contains_key(&subject) {
            drafts.entry(subject).or_default().clocks = running;
        }
    }
    let shift_ends = place::shift_ends(state, now, for_staff);
    let maker = row::Maker { state, settings: &settings, now, shift_ends, for_staff };
    let mut rows: Vec<Row> = drafts
        .into_iter()
        .filter(|(subject, _)| for_staff.is_none_or(|who| !state.is_kept_from(who, *subject)))
        .map(|(subject, draft)| maker.row(subject, &draft))
        .collect();
    rows.sort_by_cached_key(order::place);
    Queue { at: now, shift_ends, rows }
}

/// Flags in the order in which they speak for their row: the most severe, those with a period before those without, the soonest.
fn leading<'a>(flags: &[(&'a Flag, u64)]) -> Vec<&'a Flag> {
    let mut sorted: Vec<&Flag> = flags.iter().map(|(flag, _)| *flag).collect();
    sorted.sort_by_key(|f| {
        let has_period = f.now.due > f.now.from;
        (std::cmp::Reverse((f.is_open(), f.now.severity, has_period)), f.now.due, f.id)
    });
    sorted
}

/// Ids of flags.
fn ids(flags: &[&Flag]) -> Vec<FlagId> {
    flags.iter().map(|f| f.id).collect()
}
