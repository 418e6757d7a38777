//! How a recording lies in its file.
//!
//! ```text
//! "ALONGREC" 1  recording id (16)  nonce (24)  sealed key (48)
//! chunk 0: a byte that says whether it is the last, 2 of its length (8,000), so much audio sealed, 16 of tag
//! chunk 1: ...
//! the last: the same, with as much audio as there was
//! ```
//! Every chunk but the last has the same length, so that a chunk's place is known without reading those before it, and damage
//! in one never hides the next. The last is sealed as the last: a file without one was cut.

use std::time::Duration;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, Payload};

use super::key::WRAPPED;
use super::{CHUNK_SAMPLES, SIDES};
use crate::rtp::SAMPLES_PER_S;

/// Which recording: random, and in every chunk's seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordingId(pub [u8; 16]);

/// What is wrong with a recording. Chunks are counted from 0; each is half a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The audio of a chunk is not what was sealed.
    #[error("chunk {chunk} is not as it was sealed")]
    Changed {
        /// Which.
        chunk: u64,
    },
    /// A chunk stands where another was.
    #[error("chunk {chunk} is in truth chunk {truly}")]
    Displaced {
        /// Where it stands.
        chunk: u64,
        /// Where it belongs.
        truly: u64,
    },
    /// The recording breaks off: a crash, or somebody took its end away.
    #[error("the recording breaks off after chunk {chunks}")]
    Cut {
        /// How many whole chunks there are.
        chunks: u64,
    },
    /// Something stands behind the last chunk.
    #[error("something stands behind the last chunk, {chunk}")]
    Behind {
        /// The last.
        chunk: u64,
    },
}

pub(super) const MAGIC: &[u8; 9] = b"ALONGREC\x01";
pub(super) const HEADER: usize = MAGIC.len() + 16 + WRAPPED;
/// Audio in every chunk but the last.
pub(super) const AUDIO: usize = CHUNK_SAMPLES * SIDES;
const TAG: usize = 16;
/// Whether it is the last, and how long it is.
const HEAD: usize = 3;
/// A whole chunk in the file.
pub(super) const SEALED: usize = HEAD + AUDIO + TAG;

/// How much can be heard of a file so many bytes long, when it is as it was made.
pub fn length(bytes: u64) -> Duration {
    let rest = bytes.saturating_sub(HEADER as u64);
    let chunks = rest.div_ceil(SEALED as u64);
    let audio = rest.saturating_sub(chunks * (HEAD + TAG) as u64);
    Duration::from_millis(audio / (SIDES as u64 * u64::from(SAMPLES_PER_S) / 1_000))
}

/// How many bytes of what can be heard come before a time in it.
pub fn bytes_before(at: Duration) -> usize {
    let samples = at.as_millis().saturating_mul(u128::from(SAMPLES_PER_S) / 1_000);
    usize::try_from(samples).unwrap_or(usize::MAX).saturating_mul(SIDES)
}

/// A chunk as it lies in the file. Nothing only for more audio than a chunk holds.
pub(super) fn seal(
    key: &ChaCha20Poly1305,
    id: RecordingId,
    chunk: u64,
    audio: &[u8],
    is_last: bool,
) -> Option<Vec<u8>> {
    let length = u16::try_from(audio.len()).ok().filter(|_| audio.len() <= AUDIO)?;
    let aad = aad(id, chunk, is_last);
    let mut sealed = vec![u8::from(is_last)];
    sealed.extend(length.to_be_bytes());
    sealed.extend(key.encrypt(&nonce(chunk).into(), Payload { msg: audio, aad: &aad }).ok()?);
    Some(sealed)
}

/// A chunk that was opened.
pub(super) struct Opened {
    pub audio: Vec<u8>,
    pub is_last: bool,
    /// Bytes stand behind it that are not its own.
    pub is_followed: bool,
}

/// Opens a chunk at the beginning of `bytes`, which may hold less than a whole one.
pub(super) fn open(key: &ChaCha20Poly1305, id: RecordingId, chunk: u64, bytes: &[u8]) -> Result<Opened, Fault> {
    let cut = Fault::Cut { chunks: chunk };
    let (&[last, high, low], rest) = bytes.split_first_chunk::<HEAD>().ok_or(cut)?;
    let length = usize::from(u16::from_be_bytes([high, low])) + TAG;
    if bytes.len() < SEALED && rest.len() < length {
        return Err(cut);
    }
    let changed = Fault::Changed { chunk };
    let is_last = last == 1;
    if last > 1 || (!is_last && length != AUDIO + TAG) {
        return Err(changed);
    }
    let (sealed, behind) = rest.split_at_checked(length).ok_or(changed)?;
    let aad = aad(id, chunk, is_last);
    let audio = key.decrypt(&nonce(chunk).into(), Payload { msg: sealed, aad: &aad }).map_err(|_| changed)?;
    Ok(Opened { audio, is_last, is_followed: !behind.is_empty() })
}

/// The counter. No two chunks of a recording share one, and no two recordings share a key.
fn nonce(chunk: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&chunk.to_be_bytes());
    nonce
}

fn aad(id: RecordingId, chunk: u64, is_last: bool) -> [u8; 25] {
    let mut aad = [0; 25];
    aad[..16].copy_from_slice(&id.0);
    aad[16..24].copy_from_slice(&chunk.to_be_bytes());
    aad[24] = u8::from(is_last);
    aad
}
