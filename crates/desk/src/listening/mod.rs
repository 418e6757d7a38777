//! A live call, seen from beside it: what is known the moment it rings, what the handler goes through, and who listens.
//!
//! Invariants: nobody listens without the force's sign-off, and nobody listens unseen; what is known when a call rings is
//! neither kept nor judged, it is read from the state; nothing here can reach the call.

mod checklist;
mod hearing;
pub mod prompt;
pub mod recording;
mod ringing;
mod sign_off;
mod tick;

pub use checklist::{CHECKLIST, Checklist, ChecklistFault, Point};
pub use hearing::{Ceased, Heard, Hearing, Hearings, ListeningAsk, ListeningEvent, Purpose};
pub use ringing::{Before, By, Known, Missed, TONIGHT, live_call_of, live_calls, missed};
pub use sign_off::SignOff;
pub use tick::{Tick, TickAsk, Ticked, Ticks};
