//! What is known the moment a call rings, before anybody speaks: whose number and address it is, and what came before.
//!
//! A number is not a person. What is found says by what it was found, and nobody is said to be the caller.

use crate::call::Call;
use crate::incident::{Incident, Stint};
use crate::message::Role;
use crate::person::MOST_SHARERS;
use crate::stamp::{IncidentId, RecordId};
use crate::state::State;
use crate::time::{Period, Timestamp};

/// A call that has not ended by then is not shown as going on.
const LONGEST_CALL: Period = Period::hours(2);

/// So many of the newest calls are looked through for one that goes on.
const MOST_CALLS: usize = 2000;

/// By what somebody was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// They are the victim on the log that the call belongs to.
    Log,
    /// By the number that rings.
    Number,
    /// By where it rings from.
    Place,
}

/// Somebody who may be ringing, or about whom the call may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// One of their records; others may count as the same person.
    pub record: RecordId,
    /// By what they were found, the nearest first.
    pub by: By,
    /// Whether they were ever a victim.
    pub victim: bool,
}

/// An earlier contact after which nobody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// When it came.
    pub at: Timestamp,
    /// Whether it is known that nobody came: a feed that is silent may have an arrival to tell.
    pub is_known: bool,
}

/// The calls that go on now, each with when it began.
pub fn live_calls(state: &State, now: Timestamp) -> impl Iterator<Item = (Timestamp, &Call)> {
    let calls = state.calls.values().rev().take(MOST_CALLS).filter(|call| call.ended.is_none());
    let begun = calls.filter_map(|call| Some((call.started.as_ref()?.at, call)));
    begun.filter(move |(at, _)| now.since(*at) < LONGEST_CALL)
}

/// The newest call of a handler (a staff number) that goes on now.
pub fn live_call_of<'a>(state: &'a State, handler: &str, now: Timestamp) -> Option<&'a Call> {
    let theirs = live_calls(state, now).filter(|(_, call)| call.handler.as_deref() == Some(handler));
    theirs.max_by_key(|(at, call)| (*at, call.id)).map(|(_, call)| call)
}

impl Known {
    /// Everybody who is known by a call's log, number or place; victims first, then by what they were found, each person once.
    pub fn of(state: &State, call: &Call) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        let mut add = |records: Vec<RecordId>, by: By| {
            for record in records {
                if found.iter().any(|other| state.people.counts_as(other.record, record)) {
                    continue;
                }
                let (all, _) = state.people.counted(record);
                let victim = !state.incidents_of(&all, Role::Victim).is_empty();
                found.push(Self { record, by, victim });
            }
        };
        if let Some(log) = call.incident {
            add(state.victims_of(state.going_on(log)), By::Log);
        }
        if let Some(from) = call.from.as_deref() {
            let by_calls = state.by_number.get(from).map_or(&[][..], Vec::as_slice);
            add(sharers(state, state.people.by_phone(from), by_calls), By::Number);
        }
        if let Some(place) = call.place.as_deref() {
            let by_logs = state.by_place.get(place).map_or(&[][..], Vec::as_slice);
            add(sharers(state, state.people.by_place(place), by_logs), By::Place);
        }
        found.sort_by_key(|known| (!known.victim, known.by));
        found
    }
}

/// The records that have a value, and the victims of the logs that have it; nobody, when too many share it.
fn sharers(state: &State, records: &[RecordId], logs: &[IncidentId]) -> Vec<RecordId> {
    let mut found = records.to_vec();
    for record in logs.iter().flat_map(|id| state.victims_of(state.going_on(*id))) {
        if !found.contains(&record) {
            found.push(record);
        }
        if found.len() > MOST_SHARERS {
            return Vec::new();
        }
    }
    found
}

/// What came within this long before a call is "tonight" (D, as for H02).
pub const TONIGHT: Period = Period::hours(12);

/// What came before a call, of somebody whom it may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// Contacts on domestic abuse logs within [`TONIGHT`].
    pub tonight: usize,
    /// Other domestic abuse logs, on which nothing came tonight.
    pub earlier: usize,
    /// Whether anybody has seen her since the first contact tonight.
    pub seen: bool,
}

impl Before {
    /// By somebody's logs and records; the call itself is not counted.
    pub fn of(state: &State, call: &Call, logs: &[IncidentId], records: &[RecordId], now: Timestamp) -> Self {
        let began = call.began_at().unwrap_or(now);
        let (mut tonight, mut earlier) = (Vec::new(), 0);
        for id in logs.iter().filter(|id| state.is_da(**id)) {
            let live = state.incident(*id).map(|incident| &incident.contacts);
            let Some(contacts) = live.or_else(|| state.past.get(id).map(|past| &past.contacts)) else { continue };
            let before = contacts.iter().filter(|contact| contact.call != Some(call.id) && contact.stamp.at < began);
            let recent = before.map(|contact| contact.stamp.at).filter(|at| began.since(*at) < TONIGHT);
            let counted = tonight.len();
            tonight.extend(recent);
            earlier += usize::from(tonight.len() == counted && Some(*id) != call.incident);
        }
        let first = tonight.iter().min().copied();
        let seen = first.is_some_and(|first| state.sightings(records).iter().any(|stamp| stamp.at >= first));
        Self { tonight: tonight.len(), earlier, seen }
    }
}

/// The newest contact by these logs before an instant and within a period, after which no unit has arrived on any of them.
pub fn missed(state: &State, logs: &[IncidentId], before: Timestamp, within: Period) -> Option<Missed> {
    let from = before.minus(within);
    let live: Vec<&Incident> = logs.iter().filter_map(|id| state.incident(*id)).collect();
    let contacts = live.iter().flat_map(|incident| &incident.contacts).map(|contact| contact.stamp.at);
    let last = contacts.filter(|at| *at < before && *at > from).max()?;
    // Whoever came later, or was there and had not left, has come.
    let came = |stint: &Stint| {
        stint.arrived.as_ref().is_some_and(|arrived| arrived.at >= last)
            || (stint.arrived.is_some() && stint.left.as_ref().is_none_or(|left| left.at > last))
    };
    if live.iter().flat_map(|incident| &incident.stints).any(came) {
        return None;
    }
    let is_known = state.feeds.values().all(|feed| feed.silent_since.is_none());
    Some(Missed { at: last, is_known })
}
