//! The orders in which a room may look at what it has.

use std::collections::BTreeMap;

use alongside_desk::Desk;
use alongside_desk::message::Grade;
use alongside_desk::queue::{Group, Row, queue};
use alongside_desk::stamp::IncidentId;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Subject;

/// Which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Without the desk: every domestic abuse log of the last day as it came, those nobody has looked at first.
    LogsByTime,
    /// The same by grade, then as they came.
    LogsByGrade,
    /// The desk's rows, longest there first.
    RowsByTime,
    /// The desk's rows by grade, then longest there.
    RowsByGrade,
    /// The desk's rows in the desk's order.
    Desk,
}

impl Order {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::LogsByTime, Self::LogsByGrade, Self::RowsByTime, Self::RowsByGrade, Self::Desk];

    /// In plain words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::LogsByTime => "every log, as it came",
            Self::LogsByGrade => "every log, by grade",
            Self::RowsByTime => "what is flagged, as it came",
            Self::RowsByGrade => "what is flagged, by grade",
            Self::Desk => "what is flagged, in the desk's order",
        }
    }

    const fn is_of_rows(self) -> bool {
        matches!(self, Self::RowsByTime | Self::RowsByGrade | Self::Desk)
    }
}

/// What to look at next: what it is, and the incidents that whoever looks sees.
pub struct Next {
    pub subject: Subject,
    pub incidents: Vec<IncidentId>,
}

/// When each log was last looked at.
pub type Looked = BTreeMap<IncidentId, Timestamp>;

/// A log is on a plain list for a day.
const LISTED: Period = Period::hours(24);

/// What comes next by an order; nothing when there is nothing that nobody has, or nothing has changed since all was seen.
pub fn next(order: Order, desk: &Desk, now: Timestamp, looked: &Looked, busy: &[Subject]) -> Option<Next> {
    if order.is_of_rows() { next_row(order, desk, now) } else { next_log(order, desk, now, looked, busy) }
}

fn next_row(order: Order, desk: &Desk, now: Timestamp) -> Option<Next> {
    let rows = queue(desk, now, None).rows;
    let free = rows.into_iter().filter(|row| row.holder.is_none() && row.group != Group::Held);
    let came = |row: &Row| {
        let flags = row.flags.iter().filter_map(|flag| desk.state().flags.get(*flag));
        flags.map(|flag| flag.raised_at()).min().or(row.opened_at)
    };
    let first = match order {
        Order::RowsByTime => free.min_by_key(|row| (came(row), row.subject)),
        Order::RowsByGrade => free.min_by_key(|row| (row.grade.unwrap_or(Grade::None), came(row), row.subject)),
        _ => free.into_iter().next(),
    }?;
    let incidents = seen_with(desk, &first);
    Some(Next { subject: first.subject, incidents })
}

/// The incidents that are on the page of a row: its own and those of its flags.
pub fn seen_with(desk: &Desk, row: &Row) -> Vec<IncidentId> {
    let flags = row.flags.iter().filter_map(|flag| desk.state().flags.get(*flag));
    let mut incidents: Vec<IncidentId> = row.incident.into_iter().chain(flags.filter_map(|f| f.now.incident)).collect();
    incidents.sort_unstable();
    incidents.dedup();
    incidents
}

fn next_log(order: Order, desk: &Desk, now: Timestamp, looked: &Looked, busy: &[Subject]) -> Option<Next> {
    let logs = desk.state().incidents.values().filter(|incident| {
        let is_listed = incident.is_da() && incident.merged_into.is_none() && now.since(incident.opened_at()) <= LISTED;
        let is_new = looked.get(&incident.id).is_none_or(|at| incident.last_known > *at);
        is_listed && is_new && !busy.contains(&Subject::Incident(incident.id))
    });
    let first = logs.min_by_key(|incident| {
        let seen = looked.get(&incident.id).copied();
        let grade = incident.grade().filter(|_| order == Order::LogsByGrade).unwrap_or(Grade::None);
        (seen.is_some(), grade, seen.unwrap_or(incident.opened_at()), incident.id)
    })?;
    Some(Next { subject: Subject::Incident(first.id), incidents: vec![first.id] })
}
