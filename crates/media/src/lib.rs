//! **Live calls**: their audio in, and to those who may hear it out.
//!
//! - [`rtp`]: a port for each stream of a call, and what comes to it.
//! - [`srtp`]: what is protected on its way, opened and sealed.
//! - [`forward`]: to listeners by WebRTC, live and up to two minutes back.
//! - [`recording`]: both parties sealed as they speak, where a force records.
//! - [`captions`]: what is said, written by a machine, where a force has one.
//! - [`siprec`]: what a switch's recording client says of a call, as far as its bodies: parts, offers and answers.
//! - [`calls`]: the calls that go on, for whoever shows them.
//! - [`call`]: what calls and streams are called.
//! - [`g711`]: the audio of telephones, against sixteen bits.
//!
//! # Invariants
//! - **Listening cannot transmit.** A call's sockets have no method that writes, the kernel refuses what would be written to
//!   them, and whatever a listener's browser sends is dropped where it arrives.
//! - State machines have no clock and no socket: instants and bytes come in, bytes go out. Threads and sockets are at the rim.
//! - No audio is mixed or coded anew on its way to a listener.
//! - Nothing of a call is logged. Who a caller is stays what the switch wrote; who may listen is not decided here.

pub mod call;
pub mod calls;
pub mod captions;
pub mod forward;
pub mod g711;
pub mod recording;
pub mod rtp;
pub mod siprec;
pub mod srtp;
