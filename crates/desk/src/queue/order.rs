//! The order of rows: whole numbers, each of which can be said in a sentence.

use std::cmp::Reverse;

use super::history::History;
use super::place::Group;
use super::row::Row;
use super::settings::Settings;
use crate::time::{Period, Timestamp};
use crate::watch::{Flag, Severity, Subject};

/// What can be saved, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// S1 that can still be saved, and nobody is going.
    Alone,
    /// S1 that can still be saved, and a unit is assigned or there.
    OnTheWay,
    /// S1 that can no longer be saved by looking now, or that only a person's word is missing for.
    Urgent,
    /// Anything else that can still be saved.
    Savable,
    /// The rest.
    Rest,
}

/// Why a row stands where it stands within its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank {
    /// What can be saved.
    pub band: Band,
    /// Points of its flags.
    pub severity: u64,
    /// How recent the last contact is, in thousandths: 1,000 is now, 500 an hour ago.
    pub recency: u64,
    /// History, in hundredths: 100 is none.
    pub history: u64,
    /// Severity, recency and history multiplied.
    pub harm: u64,
    /// More while nobody has looked.
    pub unseen: u64,
    /// More while nobody has taken it.
    pub climb: u64,
}

impl Rank {
    /// What rows of one band are ordered by, highest first.
    pub const fn weight(&self) -> u64 {
        self.harm + self.unseen + self.climb
    }

    pub(super) fn of(
        settings: &Settings,
        band: Band,
        open: &[&Flag],
        history: &History,
        waits: (bool, Option<Period>),
        now: Timestamp,
    ) -> Self {
        let place = |severity: Severity| match severity {
            Severity::S1 => 0,
            Severity::S2 => 1,
            Severity::S3 => 2,
        };
        let lead = open.first();
        let mut severity = settings.severity[lead.map_or(3, |f| place(f.now.severity))];
        for (n, flag) in open.iter().enumerate().skip(1) {
            let is_further = !open[..n].iter().any(|other| other.now.rule == flag.now.rule);
            severity += if is_further { settings.further[place(flag.now.severity)] } else { 0 };
        }
        let half = minutes(settings.half_after).max(1);
        let age = history.last_contact.map_or(0, |at| minutes(now.since(at)));
        let recency = (1000 * half / (half + age)).max(1);
        let more = |count: u32, (each, most): (u64, u64)| u64::from(count).min(most) * each;
        let again = history.contacts_tonight.saturating_sub(1);
        let history = 100 + more(history.earlier, settings.earlier) + more(again, settings.contact);
        let harm = severity * recency * history / 1000;
        let (unseen, untaken) = waits;
        let climbed = untaken.map_or(0, |p| minutes(p).min(settings.climb.1) * settings.climb.0);
        Self {
            band,
            severity,
            recency,
            history,
            harm,
            unseen: if unseen { harm * settings.unseen / 100 } else { 0 },
            climb: harm * climbed / 100,
        }
    }
}

/// Whole minutes of a period; 0 when it lies ahead.
pub(super) fn minutes(period: Period) -> u64 {
    u64::try_from(period.ms() / 60_000).unwrap_or(0)
}

/// A row's place: its group, and in it what can still be saved, soonest first.
pub(super) fn place(row: &Row) -> (Group, i64, Band, Reverse<u64>, i64, Subject) {
    let due = row.deadline.as_ref().map_or(i64::MAX, |d| d.due.ms());
    let first = match row.group {
        // With time left, the time decides; once it has run out, or while there is none, what can be saved does.
        Group::FiveMinutes | Group::Hour | Group::Shift => row.decide_by.map_or(i64::MAX, Timestamp::ms),
        Group::Held => row.held.as_ref().map_or(i64::MAX, |h| h.until.ms()),
        Group::Overdue | Group::Later | Group::Unwatched | Group::Answered => 0,
    };
    (row.group, first, row.rank.band, Reverse(row.rank.weight()), due, row.subject)
}
