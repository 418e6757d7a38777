//! Live calls, in the order of the queue: each stands where the most pressing row that it may be about stands.

use std::collections::BTreeMap;

use super::place::shift_ends;
use super::row::{Maker, Row};
use super::settings::Settings;
use super::{Draft, order, queue};
use crate::call::Call;
use crate::desk::Desk;
use crate::event::Actor;
use crate::listening::{Known, live_calls};
use crate::message::Role;
use crate::stamp::{CallId, RecordId};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::Subject;

/// A call that goes on, and the row that it stands by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveCall {
    /// The call.
    pub call: CallId,
    /// When it began.
    pub began: Timestamp,
    /// The most pressing row of the queue that it may be about: of its log, or of somebody who is known by its number or place.
    /// Without one in the queue, the row that it would be by what came before.
    pub row: Row,
    /// Whether that row is in the queue.
    pub is_queued: bool,
    /// Whether it may be about domestic abuse ([`State::may_be_abuse`]).
    pub may_be_abuse: bool,
}

/// Calls that go on at an instant, as this person may see them; the most pressing first.
pub fn calls(desk: &Desk, now: Timestamp, for_staff: Option<&Actor>) -> Vec<LiveCall> {
    let (state, settings) = (desk.state(), Settings::default());
    let queue = queue(desk, now, for_staff);
    let rows: BTreeMap<Subject, &Row> = queue.rows.iter().map(|row| (row.subject, row)).collect();
    let shift_ends = shift_ends(state, now, for_staff);
    let maker = Maker { state, settings: &settings, now, shift_ends, for_staff };
    let may_see = |call: &Call| for_staff.is_none_or(|who| !state.is_kept_from_call(who, call));
    let ranked = live_calls(state, now).filter(|(_, call)| may_see(call)).map(|(began, call)| {
        let victims: Vec<RecordId> = Known::of(state, call).iter().filter(|k| k.victim).map(|k| k.record).collect();
        let home = state.home(Subject::Call(call.id));
        let queued = about(state, home, &victims).into_iter().filter_map(|subject| rows.get(&subject).copied());
        let own = maker.row(home, &Draft { known: victims, ..Draft::default() });
        let best = queued.min_by_key(|row| order::place(row)).filter(|row| order::place(row) <= order::place(&own));
        let is_queued = best.is_some();
        let (call, may_be_abuse) = (call.id, state.may_be_abuse(call));
        LiveCall { call, began, row: best.cloned().unwrap_or(own), is_queued, may_be_abuse }
    });
    let mut ranked: Vec<LiveCall> = ranked.collect();
    ranked.sort_by_cached_key(|call| (order::place(&call.row), call.began, call.call));
    ranked
}

/// The rows that a call may be about: its log's, and those of whoever may be ringing.
fn about(state: &State, home: Subject, victims: &[RecordId]) -> Vec<Subject> {
    let mut found = vec![home];
    for victim in victims {
        let (records, _) = state.people.counted(*victim);
        found.extend(state.incidents_of(&records, Role::Victim).into_iter().map(Subject::Incident));
        found.extend(records.into_iter().map(Subject::Person));
    }
    found
}
