//! The supervisor's board: what is over, what goes over next, what nobody has, and who covers.

use std::sync::Arc;

use super::place::{Group, Level};
use super::work::{ActionItem, item};
use super::{Row, Settings, queue};
use crate::desk::Desk;
use crate::event::Actor;
use crate::message::StaffRole;
use crate::review::Progress;
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::{Standing, Subject};

/// The board at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// The instant.
    pub at: Timestamp,
    /// Past its deadline, in the order of the queue.
    pub overdue: Vec<Row>,
    /// Within the hour, soonest first.
    pub next: Vec<Row>,
    /// What nobody has and has reached the supervisor or whoever is on call, longest first.
    pub untaken: Vec<Row>,
    /// Actions that nobody has acknowledged, that were declined, or whose time has passed; longest first.
    pub unacknowledged: Vec<ActionItem>,
    /// Who is on shift, oldest first.
    pub cover: Vec<Cover>,
    /// Whether any specialist is.
    pub is_covered: bool,
    /// Who is on call.
    pub on_call: Option<Actor>,
    /// Feeds, by name.
    pub feeds: Vec<FeedState>,
    /// Counts of tonight.
    pub counts: Counts,
}

/// Somebody on shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Who.
    pub staff: Actor,
    /// As what.
    pub role: StaffRole,
    /// Since when.
    pub from: Timestamp,
    /// The planned end.
    pub until: Timestamp,
    /// How much they have open.
    pub open: usize,
}

/// How a feed is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedState {
    /// Which.
    pub feed: Arc<str>,
    /// When its last message was known.
    pub last_heard: Timestamp,
    /// Whether its silence can be told from quiet.
    pub sends_alive: bool,
    /// Silent since, while it is silent beyond its time.
    pub silent_since: Option<Timestamp>,
}

/// Counts since a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Since when: the beginning of the oldest specialist shift that is on, else 12 h ago.
    pub since: Timestamp,
    /// Domestic abuse incidents opened.
    pub incidents: usize,
    /// Of those, looked at: a review is taken or has ended.
    pub looked_at: usize,
    /// Flags raised since that had a deadline and have been answered or are over.
    pub timed: usize,
    /// Of those, answered in time.
    pub in_time: usize,
    /// Rows with a flag raised while nobody was on.
    pub unattended: usize,
    /// Actions that left the desk.
    pub actions: usize,
    /// Of those, acknowledged or done.
    pub acknowledged: usize,
}

/// The board at an instant.
pub fn board(desk: &Desk, now: Timestamp) -> Board {
    let state = desk.state();
    let queue = queue(desk, now, None);
    let of = |groups: &[Group]| queue.rows.iter().filter(|r| groups.contains(&r.group)).cloned().collect::<Vec<_>>();
    let has_climbed = |r: &&Row| r.escalation.is_some_and(|e| e.level > Level::Desk);
    let mut untaken: Vec<Row> = queue.rows.iter().filter(has_climbed).cloned().collect();
    untaken.sort_by_key(|r| (r.escalation.map(|e| e.since), r.subject));
    let actions = state.reviews.actions().filter(|a| a.is_open()).map(|a| item(state, a, now));
    let mut unacknowledged: Vec<ActionItem> =
        actions.filter(|i| matches!(i.progress, Progress::Sent | Progress::Declined) || i.is_late).collect();
    unacknowledged.sort_by_key(|i| (i.action.asked_at, i.action.id));
    let cover: Vec<Cover> = state.reviews.shifts_on().map(|s| cover(state, s)).collect();
    let unattended = super::unattended(&queue, desk).len();
    Board {
        at: now,
        overdue: of(&[Group::Overdue]),
        next: of(&[Group::FiveMinutes, Group::Hour]),
        untaken,
        unacknowledged,
        is_covered: state.reviews.is_on(StaffRole::Specialist),
        cover,
        on_call: state.reviews.on_call().cloned(),
        feeds: feeds(state),
        counts: counts(state, now, unattended),
    }
}

fn cover(state: &State, shift: &crate::review::Shift) -> Cover {
    Cover {
        staff: shift.staff.clone(),
        role: shift.role,
        from: shift.from,
        until: shift.until,
        open: state.open_work(&shift.staff).len(),
    }
}

fn feeds(state: &State) -> Vec<FeedState> {
    let feed = |(name, health): (&Arc<str>, &crate::state::FeedHealth)| FeedState {
        feed: name.clone(),
        last_heard: health.last_heard,
        sends_alive: health.sends_alive,
        silent_since: health.silent_since,
    };
    state.feeds.iter().map(feed).collect()
}

fn counts(state: &State, now: Timestamp, unattended: usize) -> Counts {
    let on = state.reviews.shifts_on().filter(|s| s.role == StaffRole::Specialist).map(|s| s.from).min();
    let since = on.unwrap_or_else(|| now.minus(Settings::default().tonight));
    let mut counts = Counts { since, unattended, ..Counts::default() };
    for incident in state.incidents.values().filter(|i| i.last_known >= since && i.merged_into.is_none() && i.is_da()) {
        if incident.opened_at() < since {
            continue;
        }
        counts.incidents += 1;
        let mut reviews = state.reviews.of(Subject::Incident(incident.id));
        counts.looked_at += usize::from(reviews.any(|r| r.holder.is_some() || r.disposed.is_some()));
    }
    for flag in state.flags.all().iter().rev().take_while(|f| f.raised_at() >= since) {
        let has_period = flag.now.due > flag.now.from;
        let is_over = flag.now.due <= now;
        match &flag.standing {
            Standing::Answered { at, .. } if has_period => {
                counts.timed += 1;
                counts.in_time += usize::from(*at <= flag.now.due);
            }
            Standing::Open if has_period && is_over => counts.timed += 1,
            _ => {}
        }
    }
    for action in state.reviews.actions().filter(|a| a.leaves_at >= since && a.leaves_at <= now) {
        counts.actions += 1;
        counts.acknowledged += usize::from(action.acknowledged.is_some() || action.done.is_some());
    }
    counts
}
