//! **SIPREC in** (RFC 7866): what a recording client says of a call, read without a clock or a socket.
//!
//! - [`parts`]: the bodies inside a message's body.
//! - [`Offer`]: the audio that is offered, and the answer that only ever hears.
//! - [`Metadata`]: who speaks on which stream, and what the call is known by.
//!
//! Vendors differ in almost everything here. Whatever is broken gives a value and a list of [`Problem`]s: a call that can be
//! heard is heard.
//!
//! Invariant: **an answer never offers to send.** Each of its lines is `recvonly`, `inactive`, or refused.

mod metadata;
mod multipart;
mod sdp;
#[cfg(test)]
mod tests;

pub use metadata::{Metadata, Participant, Update};
pub use multipart::{Part, find, parts};
pub use sdp::{Answer, Line, Offer, Port};

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
