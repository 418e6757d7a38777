//! SIP messages (RFC 3261, section 7): what is needed to answer a recording client, and no more.
//!
//! Everything is read leniently and nothing is quoted in an error: a message holds callers' numbers.

mod frame;
mod message;
mod reply;

pub(super) use frame::Frames;
pub(super) use message::{Message, Start, host_of, parameter};
pub(super) use reply::{Reply, request};
