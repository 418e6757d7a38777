//! **The desk**: events in, state, flags and queue out.
//!
//! Invariants, above all what is absent here: no clock, no file, no socket, no randomness, no iteration over hash maps,
//! no floating point in state or order. `decide` judges and changes nothing; `apply` changes and judges nothing.

pub mod message;
pub mod time;
