//! **The calls that go on**: a list that the recording server fills and that pages watch.
//!
//! ```ignore
//! let calls = Calls::new()?;                      // one for the process; clone it freely
//! let mut watching = calls.watch();               // tokio: `watching.changed().await`, then `watching.borrow_and_update()`
//! for call in calls.list().iter() { .. }          // a snapshot: the oldest call first
//! ```
//!
//! A call is listed from the moment it can be heard until it has ended, whether or not any incident is known for it. What it
//! may be found by are its [`KnownAs`]: what the switch wrote, unproved, and nobody's incident number until somebody who
//! knows the force's numbers says so.
//!
//! # Invariants
//! - Nothing of a call that belongs to a person comes out of `Debug`: no number, no name, no id.
//! - A call's id is never given again, not even after a restart: a page that was left open reaches that call or none.

mod call;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use tokio::sync::watch;

pub use call::{By, KnownAs, LiveCall, NoPlace, Party, PartyState, Role};

use crate::call::{CallId, StreamId};

/// Every call at one moment, the oldest first.
pub type List = Arc<[Arc<LiveCall>]>;

/// The calls that go on. A handle: clones are the same list.
#[derive(Clone)]
pub struct Calls {
    list: Arc<watch::Sender<List>>,
    next: Arc<AtomicU64>,
}

/// This machine gives no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("no random number to count calls from")]
pub struct NoRandom(#[source] getrandom::Error);

impl Calls {
    /// An empty list.
    ///
    /// # Errors
    /// When this machine gives no random number: ids are counted from one, so that a restart does not give them again.
    pub fn new() -> Result<Self, NoRandom> {
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(NoRandom)?;
        // Below 2^53, which is what a browser's numbers hold exactly, with room to count.
        let first = u64::from_be_bytes(seed) >> 12;
        Ok(Self { list: Arc::new(watch::Sender::new(Arc::from([]))), next: Arc::new(AtomicU64::new(first)) })
    }

    /// Every call at this moment, the oldest first.
    #[must_use]
    pub fn list(&self) -> List {
        self.list.borrow().clone()
    }

    /// One call, while it goes on.
    #[must_use]
    pub fn get(&self, id: CallId) -> Option<Arc<LiveCall>> {
        self.list.borrow().iter().find(|call| call.id == id).cloned()
    }

    /// The list as it changes. Changes that come faster than they are looked at are seen as one.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<List> {
        self.list.subscribe()
    }

    /// A new call begins: its id.
    pub fn begin(&self, began_at: SystemTime, known_as: Vec<KnownAs>, parties: Vec<Party>) -> CallId {
        let id = CallId(self.number());
        let call = Arc::new(LiveCall { id, began_at, known_as, parties });
        self.list.send_modify(|list| *list = list.iter().cloned().chain([call]).collect());
        id
    }

    /// Changes a call; nobody is told when `change` changes nothing. False when it has ended.
    pub fn change(&self, id: CallId, change: impl FnOnce(&mut LiveCall)) -> bool {
        let mut is_there = false;
        self.list.send_if_modified(|list| {
            let Some(before) = list.iter().find(|call| call.id == id) else { return false };
            is_there = true;
            let mut after = LiveCall::clone(before);
            change(&mut after);
            after.id = id;
            if after == **before {
                return false;
            }
            let after = Arc::new(after);
            *list = list.iter().map(|call| Arc::clone(if call.id == id { &after } else { call })).collect();
            true
        });
        is_there
    }

    /// A call has ended. False when it had already.
    pub fn end(&self, id: CallId) -> bool {
        self.list.send_if_modified(|list| {
            let before = list.len();
            *list = list.iter().filter(|call| call.id != id).cloned().collect();
            list.len() < before
        })
    }

    /// An id for a stream of a call.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        StreamId(self.number())
    }

    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Calls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Calls({})", self.list.borrow().len())
    }
}
