//! What each screen shows: plain values, made for a template, with no rule and no clock of their own.
//!
//! Invariants: a title never holds a name, a place or what the desk is for; all text is escaped by the template engine;
//! a screen's `page` block is the whole of what changes, so the last live message equals a fresh page.

pub mod accounts;
pub mod actions;
pub mod board;
pub mod captions;
pub mod case;
pub mod companion;
pub mod desk;
pub mod feedback;
pub mod frame;
pub mod hand_over;
pub mod incident;
pub mod keys;
pub mod lab;
pub mod list;
pub mod listening;
pub mod moment;
pub mod part;
pub mod prompt;
pub mod recording;
pub mod reject;
pub mod review;
pub mod rule;
pub mod sign_in;
pub mod state;
pub mod why;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
