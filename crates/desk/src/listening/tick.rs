//! What a handler ticks on the checklist of their own call. It stands beside what the log says and never in its place: a point
//! without a tick is not on the log and not ticked, which never means that it was not done.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::checklist::{CHECKLIST, Checklist};
use super::ringing::live_call_of;
use crate::event::{Actor, Entry, Refusal};
use crate::stamp::CallId;
use crate::state::State;
use crate::time::Timestamp;

/// A handler's word on a point of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TickAsk {
    /// On which call.
    pub call: CallId,
    /// Which point, by its key.
    pub point: Arc<str>,
    /// The staff number of whoever asks.
    pub handler: Arc<str>,
    /// Whether it is ticked, or the tick is taken back.
    pub on: bool,
}

/// What became of it, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticked {
    /// On which call.
    pub call: CallId,
    /// Which point, by its key.
    pub point: Arc<str>,
    /// Whether it is ticked, or the tick was taken back.
    pub on: bool,
}

/// How a point stands for the handler of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// When it was ticked; nothing where that was taken back.
    pub at: Option<Timestamp>,
    /// The entry that says so; 0 while there is none.
    pub entry: u64,
}

/// The ticks of the calls that something was heard of lately.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ticks(BTreeMap<CallId, BTreeMap<Arc<str>, Tick>>);

impl Ticks {
    /// How a point of a call stands.
    pub fn of(&self, call: CallId, point: &str) -> Tick {
        self.0.get(&call).and_then(|of| of.get(point)).copied().unwrap_or_default()
    }

    pub(crate) fn forget(&mut self, call: CallId) {
        self.0.remove(&call);
    }

    pub(super) fn apply(&mut self, event: &Ticked, entry: &Entry) {
        let tick = Tick { at: event.on.then_some(entry.known), entry: entry.seq };
        self.0.entry(event.call).or_default().insert(event.point.clone(), tick);
    }
}

impl State {
    /// The handler of a call ticks while their companion shows it.
    pub(super) fn tick(&self, ask: &TickAsk, now: Timestamp) -> Result<Option<Ticked>, Refusal> {
        let shown = live_call_of(self, &ask.handler, now).filter(|call| call.id == ask.call);
        if shown.is_none_or(|call| self.is_kept_from_call(&Actor(ask.handler.clone()), call)) {
            return Err(Refusal::NoSuch("call"));
        }
        // The checklist ships with the program, and a test reads it.
        let list = Checklist::read(CHECKLIST).ok();
        if list.and_then(|list| list.point(&ask.point).map(|_| ())).is_none() {
            return Err(Refusal::NoSuch("point of the checklist"));
        }
        let (call, point, on) = (ask.call, ask.point.clone(), ask.on);
        let is_new = self.ticks.of(call, &point).at.is_some() != on;
        Ok(is_new.then_some(Ticked { call, point, on }))
    }
}
