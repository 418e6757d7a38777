//! **The desk**: events in, state, flags and queue out.
//!
//! Three functions, and everything else hangs on them: [`Desk::decide`], [`Desk::apply`], [`Desk::due`].
//!
//! Invariants, above all what is absent here: no clock, no file, no socket, no randomness, no iteration over hash maps,
//! no floating point in state or order. `decide` judges and changes nothing; `apply` changes and judges nothing.

mod apply;
pub mod aspect;
pub mod assessment;
pub mod call;
pub mod check;
mod desk;
mod drive;
pub mod event;
pub mod feedback;
pub mod incident;
pub mod lab;
pub mod listening;
pub mod message;
pub mod order;
pub mod person;
pub mod queue;
pub mod register;
pub mod replay;
pub mod review;
pub mod stamp;
mod state;
pub mod time;
pub mod watch;

pub use desk::Desk;
pub use event::{Actor, Changes, Command, Entry, Event, Refusal, Take};
pub use state::{FeedHealth, State};
