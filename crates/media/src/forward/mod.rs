//! **From calls to listeners**: G.711 by WebRTC, untouched, a track for each party of a call.
//!
//! - [`Forwarder`]: rooms, listeners and what passes between them. No clock, no socket: instants and datagrams come in,
//!   datagrams come out.
//! - [`Listening`]: the thread that owns the sockets and turns the forwarder's wheel.
//! - [`tap`]: the same for whoever keeps what was said, or writes it down, beside those who listen.
//! - [`Offer`]: what a browser asks for, with everything struck out that would let it speak.
//!
//! # Invariants
//! - **Listening cannot transmit** (law 11). A call's ports are [`Ear`](crate::rtp::Ear)s, which cannot write. A listener's
//!   answer never says `recvonly` or `sendrecv`, whatever was offered, and no packet of a listener's goes anywhere.
//! - What was said is kept in memory for [`REWIND`] and ends with its call. Nothing here writes to a disk.
//! - No audio is decoded, mixed or changed.
//! - Nothing is sent to an address that has not proved, by the password in its offer's answer, that it asked for it.
//! - Nothing here knows who a caller is, and nothing here is logged.

mod agreed;
mod batch;
mod drive;
mod forwarder;
mod gather;
mod link;
mod links;
mod listener;
mod memory;
mod offer;
mod outbox;
mod seam;
mod tap;
#[cfg(test)]
mod tests;
mod wheel;

use std::time::Duration;

pub use drive::{Ended, Listening, ListeningError, OpenError, Settings};
pub use forwarder::{Forwarder, Notice};
pub use listener::{ListenerId, Track};
pub use memory::REWIND;
pub use offer::{Answer, Offer, OfferError};
pub use outbox::Datagrams;
pub use tap::{Said, Silent, Tap, Tapped, Tapping, tap};

/// A listener who was answered and never came is forgotten after this.
const NEVER_CAME: Duration = Duration::from_secs(30);

/// More than this many people on one call is a fault of somebody's: a control room has fewer.
const MOST_LISTENERS: usize = 64;
