//! Listeners that are WebRTC clients, on a clock that the test turns.

mod client;
mod hearing;
mod past;
mod silence;
mod socket;
mod tone;
mod world;
