//! The commands, a file each.

pub mod admin;
pub mod demo;
pub mod import;
pub mod input;
pub mod lab;
pub mod link;
pub mod policy;
pub mod progress;
pub mod replay;
pub mod serve;
pub mod sim;
pub mod verify;

use alongside_desk::time::{Period, Timestamp};

/// How a command prints what it found.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a person.
    Text,
    /// For a program: an object a line.
    Jsonl,
}

/// Reads an instant for clap.
pub fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|e| e.to_string())
}

/// Reads a duration for clap.
pub fn period(text: &str) -> Result<Period, String> {
    Period::parse(text).ok_or_else(|| "not an ISO 8601 duration such as PT2H".to_owned())
}
