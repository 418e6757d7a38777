//! **The synthetic force**: people, years of history, live nights, and the truth about them, from one seed.
//!
//! Four ways in: [`write_history`] (a records extract), [`night`] (the live feed, a message at a time with the instant at
//! which it is due), [`write_truth`] (what was missed, and who is who: never part of the feed), [`write_persons`] with
//! [`write_queries`] (records and callers for judging the linker). A fifth speaks: [`voice`] has its calls recorded as a switch does. The messages are those of FEED.md. What is published and what is assumed stands in `docs/synthetic-force.md`.
//!
//! Invariants, above all what is absent here: no clock, no randomness but the seed's (every thing draws from a branch of its
//! own, so one more draw shifts nothing else), no iteration over hash maps, no real person, place, postcode or telephone
//! number, and no word of the desk's lexicon: the phrase bank was written without sight of it.

mod aftermath;
mod assessment;
mod attendance;
mod before;
mod calendar;
mod draw;
mod extract;
mod grade;
mod history;
mod incident;
mod line;
mod mistake;
mod name;
mod night;
mod opening;
mod other;
mod pair;
mod person;
pub mod phrase;
mod place;
mod record;
mod script;
mod sheet;
mod sign;
mod staff;
mod tail;
#[cfg(test)]
mod tests;
mod truth;
pub mod voice;

pub use calendar::{Calendar, Options, Report};
pub use draw::{Draw, Seed};
pub use extract::{Extract, write_persons, write_queries};
pub use history::{History, history, write_history, write_history_truth};
pub use line::Line;
pub use night::{Due, Night, Truth, night, truth, write_truth};
pub use pair::{HOURS, Offence, Pair};
pub use person::{Force, PEOPLE, Person, Phone};
pub use place::Home;
pub use script::ScriptTimes;
pub use truth::{Handled, Mention, Missed};
