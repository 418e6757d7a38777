//! A live call, seen from beside it: what is known the moment it rings, and what the handler goes through.
//!
//! Invariants: nothing here is kept or judged, everything is read from the state; nothing here can reach the call.

mod checklist;
mod ringing;

pub use checklist::{CHECKLIST, Checklist, ChecklistFault, Point};
pub use ringing::{Before, By, Known, Missed, TONIGHT, live_call_of, missed};
