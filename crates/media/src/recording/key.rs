//! Keys: one for each recording, sealed under the site's.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, XChaCha20Poly1305};

use super::file::RecordingId;

/// The key of a site, under which its recordings' keys are sealed.
#[derive(Clone)]
pub struct SiteKey([u8; 32]);

impl SiteKey {
    /// From 32 bytes that nobody can guess.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for SiteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SiteKey(..)")
    }
}

/// A nonce of 24 bytes, the key of 32 and its tag of 16.
pub(crate) const WRAPPED: usize = 24 + 32 + 16;

/// What a key is for: one for the other opens nothing.
pub(crate) const AUDIO: &[u8] = b"alongside recording key 1";
/// The key of a recording's captions.
pub(crate) const CAPTIONS: &[u8] = b"alongside captions key 1";

/// A new key, and the same sealed.
pub(crate) fn make(
    site: &SiteKey,
    id: RecordingId,
    purpose: &[u8],
) -> Result<(ChaCha20Poly1305, [u8; WRAPPED]), getrandom::Error> {
    let (mut key, mut nonce) = ([0; 32], [0; 24]);
    getrandom::fill(&mut key)?;
    getrandom::fill(&mut nonce)?;
    let aad = [purpose, &id.0].concat();
    let sealed = XChaCha20Poly1305::new(&site.0.into())
        .encrypt(&nonce.into(), Payload { msg: &key, aad: &aad })
        .unwrap_or_default();
    let mut wrapped = [0; WRAPPED];
    wrapped[..24].copy_from_slice(&nonce);
    // Sealing 32 bytes gives 48.
    wrapped[24..].copy_from_slice(&sealed);
    Ok((ChaCha20Poly1305::new(&key.into()), wrapped))
}

/// The key that was sealed; nothing when it is another site's, or another recording's.
pub(crate) fn unwrap(
    site: &SiteKey,
    id: RecordingId,
    purpose: &[u8],
    wrapped: &[u8; WRAPPED],
) -> Option<ChaCha20Poly1305> {
    let (nonce, sealed) = wrapped.split_first_chunk::<24>()?;
    let aad = [purpose, &id.0].concat();
    let key =
        XChaCha20Poly1305::new(&site.0.into()).decrypt(&(*nonce).into(), Payload { msg: sealed, aad: &aad }).ok()?;
    let key: [u8; 32] = key.try_into().ok()?;
    Some(ChaCha20Poly1305::new(&key.into()))
}
