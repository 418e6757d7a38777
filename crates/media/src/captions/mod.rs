//! **Captions**: what is said on a call that somebody listens to, written by a machine, for specialists who do not hear it.
//!
//! - [`Segmenter`]: two voices cut at their pauses. No clock: instants and packets come in, [`Utterance`]s come out.
//! - [`Server`]: the program that turns an utterance into words, by HTTP, on this site.
//! - [`Scribe`]: the threads that carry the one to the other.
//! - [`Captions`]: what was written, while its call goes on.
//! - [`read`] and what writes it: the same beside a recording, sealed.
//!
//! Who may read them is nobody's business here.
//!
//! # Invariants
//! - Only what somebody listens to is written: the tap gives nothing else.
//! - Audio goes to an address of this machine or of a private network and to no other: no name that could be looked up
//!   elsewhere, no proxy, no redirection.
//! - Nobody who listens waits for it: what waits is bounded, and what does not fit is counted as missing.
//! - No words are in a log or in an error.

mod kept;
mod said;
mod scribe;
mod segmenter;
mod server;
mod speech;
#[cfg(test)]
mod tests;

pub use kept::{Kept, ReadError, path, read, recordings_in};
pub use said::{Captions, Line, Standing, Told, Written};
pub use scribe::Scribe;
pub use segmenter::{LONGEST, PAUSE, Segmenter, Utterance};
pub use server::{AddressError, AskError, Server, TIMEOUT};
pub use speech::speech;

pub use crate::recording::Side;
