//! What a node promises, as whoever stands outside it sees it.

#[path = "../night/mod.rs"]
mod night;

mod acts;
mod full_disk;
mod history;
mod lab;
mod rejects;
mod restart;
mod retries;
mod timers;
