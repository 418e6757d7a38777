//! Sealing: salt and payload together under a stream's key, the stream's key under the force's.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit, Nonce, Tag};
use sha2::{Digest, Sha256};

const NONCE: usize = 12;
const TAG: usize = 16;
const SALT: usize = 16;

/// Randomness taken from the system a page at a time: a bulk append needs 28 bytes an entry and a system call costs as much as
/// the rest of the sealing.
pub(crate) struct Randomness {
    page: Box<[u8; 4096]>,
    used: usize,
}

impl Randomness {
    pub fn new() -> Self {
        Self { page: Box::new([0; 4096]), used: 4096 }
    }

    /// Fresh bytes, never given twice.
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], getrandom::Error> {
        if self.used + N > self.page.len() {
            getrandom::fill(&mut self.page[..])?;
            self.used = 0;
        }
        let from = &mut self.page[self.used..self.used + N];
        let mut out = [0; N];
        out.copy_from_slice(from);
        from.fill(0);
        self.used += N;
        Ok(out)
    }
}

/// SHA-256 over salt and payload.
pub(crate) fn digest(salt: &[u8; SALT], payload: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(payload);
    hash.finalize().into()
}

/// A key that seals.
#[derive(Clone)]
pub(crate) struct Sealer(ChaCha20Poly1305);

impl Sealer {
    pub fn new(key: &[u8; 32]) -> Self {
        Self(ChaCha20Poly1305::new(&Key::from(*key)))
    }

    /// `nonce ‖ sealed(parts) ‖ tag`, bound to `context`.
    pub fn seal(&self, nonce: [u8; NONCE], context: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut out = Vec::with_capacity(NONCE + length + TAG);
        out.extend_from_slice(&nonce);
        for part in parts {
            out.extend_from_slice(part);
        }
        let tag = self
            .0
            .encrypt_inout_detached(&Nonce::from(nonce), context, (&mut out[NONCE..]).into())
            .expect("a body is far shorter than the cipher's limit of 256 GiB");
        out.extend_from_slice(&tag);
        out
    }

    /// What was sealed, or `None` when the bytes, the context or the key are not those it was sealed with.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
        let (text, tag) = rest.split_last_chunk::<TAG>()?;
        let mut out = text.to_vec();
        self.0
            .decrypt_inout_detached(&Nonce::from(*nonce), context, out.as_mut_slice().into(), &Tag::from(*tag))
            .ok()?;
        Some(out)
    }

    /// Salt and payload of a sealed body.
    pub fn open_body(&self, context: &[u8], sealed: &[u8]) -> Option<([u8; SALT], Vec<u8>)> {
        let mut body = self.open(context, sealed)?;
        let salt = *body.first_chunk::<SALT>()?;
        body.drain(..SALT);
        Some((salt, body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_what_it_sealed_in_the_same_context() {
        let sealer = Sealer::new(&[1; 32]);
        let mut random = Randomness::new();
        let sealed = sealer.seal(random.take().expect("randomness"), b"entry 1", &[b"salt", b"text"]);
        assert_eq!(sealer.open(b"entry 1", &sealed).as_deref(), Some(&b"salttext"[..]));
        assert_eq!(sealer.open(b"entry 2", &sealed), None);
        assert_eq!(Sealer::new(&[2; 32]).open(b"entry 1", &sealed), None);
        for place in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[place] ^= 1;
            assert_eq!(sealer.open(b"entry 1", &flipped), None, "byte {place}");
        }
        assert_eq!(sealer.open(b"entry 1", &sealed[..20]), None);
    }

    #[test]
    fn randomness_is_never_given_twice() {
        let mut random = Randomness::new();
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..2000 {
            assert!(seen.insert(random.take::<16>().expect("randomness")));
        }
    }
}
