//! The master key of one direction of one stream, as the two sides told it each other (RFC 4568).

use std::fmt;

/// How packets are protected: AES in counter mode and HMAC-SHA1 (RFC 3711, RFC 6188), or AES in Galois/counter mode (RFC 7714).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// A key of 128 bits, a tag of 80.
    Aes128Tag80,
    /// A key of 128 bits, a tag of 32.
    Aes128Tag32,
    /// A key of 256 bits, a tag of 80.
    Aes256Tag80,
    /// A key of 256 bits, a tag of 32.
    Aes256Tag32,
    /// Galois/counter mode, a key of 128 bits, a tag of 128.
    Aes128Gcm,
    /// Galois/counter mode, a key of 256 bits, a tag of 128.
    Aes256Gcm,
}

impl Suite {
    /// Every suite that is understood.
    pub const ALL: [Self; 6] =
        [Self::Aes128Tag80, Self::Aes128Tag32, Self::Aes256Tag80, Self::Aes256Tag32, Self::Aes128Gcm, Self::Aes256Gcm];

    /// The suite of a name (RFC 4568, section 6.2; RFC 6188, section 4; RFC 7714, section 14.2).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name().eq_ignore_ascii_case(name))
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Aes128Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Self::Aes128Tag32 => "AES_CM_128_HMAC_SHA1_32",
            Self::Aes256Tag80 => "AES_256_CM_HMAC_SHA1_80",
            Self::Aes256Tag32 => "AES_256_CM_HMAC_SHA1_32",
            Self::Aes128Gcm => "AEAD_AES_128_GCM",
            Self::Aes256Gcm => "AEAD_AES_256_GCM",
        }
    }

    /// Bytes of a master key, and of a key for packets.
    pub(crate) fn key_length(self) -> usize {
        match self {
            Self::Aes128Tag80 | Self::Aes128Tag32 | Self::Aes128Gcm => 16,
            Self::Aes256Tag80 | Self::Aes256Tag32 | Self::Aes256Gcm => 32,
        }
    }

    /// Bytes of a salt.
    pub(crate) fn salt_length(self) -> usize {
        if self.is_gcm() { 12 } else { 14 }
    }

    pub(super) fn is_gcm(self) -> bool {
        matches!(self, Self::Aes128Gcm | Self::Aes256Gcm)
    }

    /// Bytes of a packet's tag.
    pub(super) fn tag_length(self) -> usize {
        match self {
            Self::Aes128Tag80 | Self::Aes256Tag80 => 10,
            Self::Aes128Tag32 | Self::Aes256Tag32 => 4,
            Self::Aes128Gcm | Self::Aes256Gcm => 16,
        }
    }
}

/// A packet names its key by at most so many bytes (RFC 4568, section 6.1).
const MOST_MKI: usize = 128;

/// A master key and its salt. `Debug` tells the suite alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    suite: Suite,
    /// The key, and the salt behind it.
    bytes: Vec<u8>,
    mki: usize,
}

impl Key {
    /// A key with its salt behind it. `mki` says by how many bytes each packet names it. Nothing when a length does not fit.
    #[must_use]
    pub fn new(suite: Suite, bytes: &[u8], mki: usize) -> Option<Self> {
        let fits = bytes.len() == suite.key_length() + suite.salt_length() && mki <= MOST_MKI;
        fits.then(|| Self { suite, bytes: bytes.to_vec(), mki })
    }

    /// A key that nobody has had before.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub fn random(suite: Suite) -> Result<Self, getrandom::Error> {
        let mut bytes = vec![0; suite.key_length() + suite.salt_length()];
        getrandom::fill(&mut bytes)?;
        Ok(Self { suite, bytes, mki: 0 })
    }

    /// How packets are protected with it.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// The key and its salt, for whoever it is told to.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn halves(&self) -> (&[u8], &[u8]) {
        self.bytes.split_at(self.suite.key_length())
    }

    pub(super) fn mki(&self) -> usize {
        self.mki
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.suite.name())
    }
}
