//! The id that makes a retry recognisable: a keyed hash, so that nobody who sees it can guess what it was made from.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// The id of what an entry came from; the journal holds each at most once (DESIGN.md, law 5).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceId(pub [u8; 16]);

impl fmt::Debug for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Makes source ids. A feed's own ids may hold a log number or a telephone number; without this key they cannot be guessed
/// from the hash.
#[derive(Clone)]
pub struct SourceKey(Hmac<Sha256>);

impl SourceKey {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    /// The id for what `feed` calls `id`: HMAC-SHA256 over both, cut to 16 bytes. The feed's length goes before it, so that no
    /// two pairs run together.
    pub fn source_id(&self, feed: &str, id: &str) -> SourceId {
        let mut mac = self.0.clone();
        mac.update(&(feed.len() as u64).to_be_bytes());
        mac.update(feed.as_bytes());
        mac.update(id.as_bytes());
        let mut out = [0; 16];
        out.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        SourceId(out)
    }
}

impl fmt::Debug for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SourceKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_pair_gives_the_same_id_and_no_other_pair_does() {
        let key = SourceKey::new(&[7; 32]);
        assert_eq!(key.source_id("cad", "1"), key.source_id("cad", "1"));
        for (feed, id) in [("cad", "2"), ("ca", "d1"), ("cad1", ""), ("", "cad1"), ("tel", "1")] {
            assert_ne!(key.source_id("cad", "1"), key.source_id(feed, id), "{feed} {id}");
        }
        assert_ne!(key.source_id("cad", "1"), SourceKey::new(&[8; 32]).source_id("cad", "1"));
    }
}
