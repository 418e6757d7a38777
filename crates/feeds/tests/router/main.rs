//! The feed's routes, without a socket: every documented answer.

#[path = "../desk_side/mod.rs"]
mod desk_side;

mod contract;
mod door;
mod eido;
mod messages;
mod rejects;
