//! **Recordings**: both parties of a call in A-law, sealed as they are made.
//!
//! - [`Tape`]: two voices on one time line. No clock: instants come in, stretches of audio come out.
//! - [`Sealer`] and [`Opener`]: the file. Each stretch is a chunk of its own, so that a crash takes at most what was not sealed.
//! - [`wav`]: what a player reads.
//! - [`Keeper`]: the thread that does it for every call.
//!
//! Whether a call may be recorded, who may hear it and how long it is kept is nobody's business here.
//!
//! # Invariants
//! - A crash loses at most a second: a stretch is [`CHUNK`] long and waits [`LATENESS`] for what comes late.
//! - A chunk opens only in its own place of its own recording; that a recording is whole is sealed too. What is damaged is
//!   named, and everything else can still be heard.
//! - A recording's key lies in its file, sealed under the site's key, and nowhere else.
//! - No audio is mixed; µ-law, where a switch sends it, is written as A-law by ITU-T G.711's own table.

mod file;
mod keeper;
pub(crate) mod key;
mod law;
mod opener;
mod sealer;
mod tape;
#[cfg(test)]
mod tests;
mod wave;

use std::time::Duration;

pub use file::{Fault, RecordingId, bytes_before, length};
pub use keeper::{Keeper, KeeperSettings, Kept, Sum, name, of_name, path, recordings_in, sum};
pub use key::SiteKey;
pub use opener::{OpenError, Opener};
pub use sealer::{SealError, Sealer, Shelf};
pub use tape::{Side, Stretch, Tape};
pub use wave::wav;

/// How long a stretch of audio is.
pub const CHUNK: Duration = Duration::from_millis(500);

/// How long a stretch is kept open for packets that come late.
pub const LATENESS: Duration = Duration::from_millis(200);

/// Left and right.
const SIDES: usize = 2;

/// Samples of one side in a chunk.
const CHUNK_SAMPLES: usize = 4_000;
