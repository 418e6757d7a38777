//! The synthetic force's calls as they sound: invented dialogues, recorded to a server as a switch does it.
//!
//! - [`dialogue`]: what is said, as data, and which call has which.
//! - [`speech`]: a dialogue as two voices in A-law, spoken by `espeak-ng` where it is installed, else as tones.
//! - [`dialog`]: the messages of one recording session (RFC 7866), as text.
//! - [`switch`]: the sockets and the clock that carry both.
//!
//! Invariants: no word is of a log, and no person is real; nothing is played that a listener sends, and nothing is read but SIP.

mod dialog;
mod dialogue;
mod speech;
mod switch;
#[cfg(test)]
mod tests;

pub use dialogue::{Dialogue, dialogues};
pub use speech::{Speech, Voices};
pub use switch::{Ringing, Switch};
