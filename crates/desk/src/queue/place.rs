//! Which group a row stands in, and when it goes beyond the desk.

use super::settings::Settings;
use crate::event::Actor;
use crate::message::StaffRole;
use crate::review::{Review, SHIFT};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::{Flag, Severity};

/// The groups of the queue, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// A deadline has passed.
    Overdue,
    /// Less than five minutes.
    FiveMinutes,
    /// Less than an hour.
    Hour,
    /// Before the shift ends.
    Shift,
    /// After that, or without a deadline.
    Later,
    /// Held by a person until a time.
    Held,
    /// It was raised while nobody was on, and nothing is running now.
    Unwatched,
    /// The record has answered it, or what it rested on is no longer so; nobody has looked.
    Answered,
}

impl Group {
    /// Every group, in order.
    pub const ALL: [Self; 8] = [
        Self::Overdue,
        Self::FiveMinutes,
        Self::Hour,
        Self::Shift,
        Self::Later,
        Self::Held,
        Self::Unwatched,
        Self::Answered,
    ];
}

/// Who must see that a row is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The specialists.
    Desk,
    /// The supervisor too.
    Supervisor,
    /// Whoever is on call too.
    OnCall,
}

/// How far a row that nobody has taken has climbed. A function of the instant: nothing has to be written down for it to rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// Whom it has reached.
    pub level: Level,
    /// Since when nobody has had it.
    pub since: Timestamp,
    /// Whom it reaches next, and when, if nobody takes it.
    pub next: Option<(Level, Timestamp)>,
}

/// When "this shift" ends: this person's, else the latest of the specialists on, else 12 h from now.
pub(super) fn shift_ends(state: &State, now: Timestamp, who: Option<&Actor>) -> Timestamp {
    let own = who.and_then(|who| state.reviews.shift_of(who)).map(|s| s.until);
    let on = || state.reviews.shifts_on().filter(|s| s.role == StaffRole::Specialist).map(|s| s.until).max();
    own.or_else(on).filter(|until| *until > now).unwrap_or_else(|| now.plus(SHIFT))
}

/// When the shift in which something came up ends: of the last specialist to come on before it; 12 h where nobody was on.
pub(super) fn shift_end_of(state: &State, at: Timestamp) -> Timestamp {
    let shifts = state.reviews.shifts().rev();
    let on = shifts.filter(|s| s.role == StaffRole::Specialist && s.from <= at).take(4);
    let on = on.filter(|s| s.ended.is_none_or(|ended| ended > at) && s.until > at).map(|s| s.until).max();
    on.unwrap_or_else(|| at.plus(SHIFT))
}

/// Whether whoever has a review was on shift once and is no more: then nobody has it.
pub(super) fn has_gone(state: &State, who: &Actor) -> bool {
    let reviews = &state.reviews;
    reviews.shift_of(who).is_none() && reviews.shifts().any(|s| s.staff == *who)
}

/// Which group the time until which something must be decided belongs to.
pub(super) fn group_by(
    settings: &Settings,
    now: Timestamp,
    shift_ends: Timestamp,
    decide_by: Option<Timestamp>,
) -> Group {
    match decide_by {
        None => Group::Later,
        Some(by) if by <= now => Group::Overdue,
        Some(by) if by < now.plus(settings.soon) => Group::FiveMinutes,
        Some(by) if by < now.plus(settings.hour) => Group::Hour,
        Some(by) if by <= shift_ends => Group::Shift,
        Some(_) => Group::Later,
    }
}

impl Escalation {
    /// Of a row with open flags that nobody has; nothing where there is no flag of S1 or S2.
    pub(super) fn of(
        state: &State,
        settings: &Settings,
        open: &[&Flag],
        reviews: &[&Review],
        now: Timestamp,
    ) -> Option<Self> {
        let lead = open.first()?;
        let severity = lead.now.severity;
        let (wait, then) = match severity {
            Severity::S1 => (settings.s1_untaken, settings.s1_supervisor),
            Severity::S2 => (settings.s2_untaken, settings.s2_supervisor),
            Severity::S3 => return None,
        };
        let reached = |flag: &&Flag| flag.raised.iter().find(|(_, s)| *s >= severity).map(|r| r.0);
        let raised = open.iter().filter(|f| f.now.severity == severity).filter_map(reached).min()?;
        let gone = |who: &Actor| state.reviews.shifts().rev().find(|s| s.staff == *who).and_then(|s| s.ended);
        let freed = reviews.iter().filter_map(|r| {
            let left = r.holder.as_ref().and_then(|h| gone(&h.who).map(|ended| ended.max(h.since)));
            [r.free_since, left, r.held.as_ref().map(|h| h.until)].into_iter().flatten().max()
        });
        let since = freed.max().map_or(raised, |freed| freed.max(raised));
        // While no specialist is on, an S1 is the supervisor's at once.
        let is_covered = state.reviews.is_on(StaffRole::Specialist);
        let to_supervisor = if severity == Severity::S1 && !is_covered { since } else { since.plus(wait) };
        let to_on_call = to_supervisor.plus(then);
        Some(if now >= to_on_call {
            Self { level: Level::OnCall, since, next: None }
        } else if now >= to_supervisor {
            Self { level: Level::Supervisor, since, next: Some((Level::OnCall, to_on_call)) }
        } else {
            Self { level: Level::Desk, since, next: Some((Level::Supervisor, to_supervisor)) }
        })
    }
}
