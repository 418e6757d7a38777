//! **SIPREC in** (RFC 7866): the recording server that a switch sends the copy of a call to.
//!
//! - [`parts`]: the bodies inside a message's body.
//! - [`Offer`]: the audio that is offered, and the answer that only ever hears.
//! - [`Metadata`]: who speaks on which stream, and what the call is known by.
//! - [`Recorder`]: every session with every switch. No clock, no socket: messages and instants come in and go out.
//! - [`fuzz`]: every parser here as a plain function of bytes.
//! - [`Server`]: the thread that owns the sockets: UDP, TCP, and [`Tls`].
//!
//! Vendors differ in almost everything here. Whatever is broken gives a value and a list of [`Problem`]s: a call that can be
//! heard is heard.
//!
//! # Invariants
//! - **An answer never offers to send.** Each of its lines is `recvonly`, `inactive`, or refused; so is each offer of ours.
//! - From an address that is not on the list nothing is read, and nothing is answered.
//! - A call that can be heard is not ended for a message that was lost.
//! - Nothing of a message is logged, or comes out of `Debug`.

mod ask;
mod crypto;
pub mod fuzz;
mod metadata;
mod multipart;
mod recorder;
mod sdp;
mod server;
mod sip;
#[cfg(test)]
mod tests;

pub use ask::Ask;
pub use crypto::Crypto;
pub use metadata::{Metadata, Participant, Update};
pub use multipart::{Part, find, parts};
pub use recorder::{Flow, Hearing, Policy, Recorder, Transport};
pub use sdp::{Answer, Line, Offer, Port};
pub use server::{Server, ServerError, ServerSettings, Tls, TlsError, TlsFiles};

/// What was wrong with a body that was read all the same. It quotes nothing, so that it may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A `multipart` type that names no boundary: the whole body stands as one part.
    NoBoundary,
    /// The closing boundary, or the end of an element, is missing: the message may have been cut off.
    NotClosed,
    /// More parts, lines of media or elements than are read: the rest is left out, or refused.
    TooMany,
    /// A line of media, a connection or a piece of XML that makes no sense.
    Unreadable,
    /// Two streams by one label: metadata cannot tell them apart.
    SameLabel,
}
