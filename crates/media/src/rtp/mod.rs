//! **RTP in**: a port for each stream, and the datagrams that come to it.
//!
//! - [`Datagram`]: the header read, the payload borrowed (RFC 3550, section 5.1).
//! - [`Source`]: one stream of audio made out of whatever was sent to its port: one numbering across transfers, without
//!   what is no audio.
//! - [`Placing`]: where its packets lie in time.
//! - [`Ports`] and [`Ear`]: the sockets.
//!
//! Invariant: **nothing here can send.** An [`Ear`] has no method that writes, and the kernel refuses what would be written
//! to its socket behind its back.

mod datagram;
mod place;
mod port;
mod source;

pub use datagram::Datagram;
pub(crate) use datagram::{FIXED_HEADER, payload_at};
pub use place::{Placing, samples};
pub use port::{Ear, Ports, PortsError};
pub use source::{Law, Packet, Source};

/// Samples a second of G.711, and ticks a second of its RTP clock (RFC 3551, table 4).
pub const SAMPLES_PER_S: u32 = 8_000;
