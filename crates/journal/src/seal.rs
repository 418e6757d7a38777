//! Sealing: salt and payload together under a stream's key, the stream's key under the force's.

use std::sync::Arc;

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
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

/// A key that seals: ChaCha20-Poly1305 (RFC 8439).
#[derive(Clone)]
pub(crate) struct Sealer(Arc<LessSafeKey>);

impl Sealer {
    pub fn new(key: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).expect("a key of this cipher is 32 bytes");
        Self(Arc::new(LessSafeKey::new(key)))
    }

    /// `nonce ‖ sealed(parts) ‖ tag`, bound to `context`.
    pub fn seal(&self, nonce: [u8; NONCE], context: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut out = Vec::with_capacity(NONCE + length + TAG);
        out.extend_from_slice(&nonce);
        for part in parts {
            out.extend_from_slice(part);
        }
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(context), &mut out[NONCE..])
            .expect("a body is far shorter than the cipher's limit of 256 GiB");
        out.extend_from_slice(tag.as_ref());
        out
    }

    /// What was sealed, or `None` when the bytes, the context or the key are not those it was sealed with.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
        let (text, tag) = rest.split_last_chunk::<TAG>()?;
        let mut out = vec![0; text.len()];
        let nonce = Nonce::assume_unique_for_key(*nonce);
        self.0.open_separate_gather(nonce, Aad::from(context), text, tag, &mut out).ok()?;
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

    /// RFC 8439, section 2.8.2: whatever library seals, a journal that another one sealed is opened.
    #[test]
    fn seals_as_the_standard_has_it_in_its_example() {
        let key: [u8; 32] = std::array::from_fn(|at| 0x80 + u8::try_from(at).expect("below 32"));
        let nonce = [7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47];
        let context = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let sealed = Sealer::new(&key).seal(nonce, &context, &[text]);
        assert_eq!(sealed[..NONCE], nonce);
        assert_eq!(sealed[NONCE..NONCE + 4], [0xd3, 0x1a, 0x8d, 0x34]);
        let tag = [0x1a, 0xe1, 0x0b, 0x59, 0x4f, 0x09, 0xe2, 0x6a, 0x7e, 0x90, 0x2e, 0xcb, 0xd0, 0x60, 0x06, 0x91];
        assert_eq!(sealed[sealed.len() - TAG..], tag);
        assert_eq!(Sealer::new(&key).open(&context, &sealed).as_deref(), Some(&text[..]));
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
