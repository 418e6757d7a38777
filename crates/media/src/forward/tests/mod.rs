//! Listeners that are WebRTC clients, on a clock that the test turns.

mod client;
mod cost;
mod ear;
mod hearing;
mod past;
mod secure;
mod silence;
mod socket;
mod tcp;
mod tone;
mod world;
