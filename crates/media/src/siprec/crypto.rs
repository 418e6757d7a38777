//! How a line of media is to be protected (RFC 4568): `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:...`.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::srtp::{Key, Suite};

/// With padding or without, as vendors have it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An offered protection that is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crypto {
    /// What the answer calls it by: digits.
    pub tag: String,
    /// The key that the other side sends with.
    pub key: Key,
}

impl Crypto {
    /// Reads what follows `crypto:`. Nothing for another suite, several keys, or a parameter that may not be passed over.
    pub(super) fn read(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let tag = words.next().filter(|tag| tag.len() <= 9 && tag.bytes().all(|byte| byte.is_ascii_digit()))?;
        let suite = Suite::named(words.next()?)?;
        let (method, told) = words.next()?.split_once(':')?;
        // Only a hint to the window's size, and what says of itself that it may be passed over (section 6.3.7).
        let is_optional = |word: &str| word.starts_with('-') || word.starts_with("WSH=");
        if !method.eq_ignore_ascii_case("inline") || told.contains(';') || !words.all(is_optional) {
            return None;
        }
        let mut parts = told.split('|');
        let bytes = BASE64.decode(parts.next()?).ok()?;
        // A lifetime, which no call reaches, and the name of the key with its length in each packet.
        let mki = parts.find_map(|part| part.split_once(':')).map_or(Some(0), |(_, length)| length.parse().ok())?;
        Some(Self { tag: tag.to_owned(), key: Key::new(suite, &bytes, mki)? })
    }
}

/// The attribute that answers an offered protection: by its tag, with a key of our own, which protects nothing since nothing
/// is ever sent, and which the standard asks for all the same (section 5.1.2).
pub(super) struct Answered<'a> {
    pub tag: &'a str,
    pub own: &'a Key,
}

impl fmt::Display for Answered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a=crypto:{} {} inline:{}", self.tag, self.own.suite().name(), BASE64.encode(self.own.bytes()))
    }
}
