//! Secrets that a browser holds: 256 random bits, of which only a digest is ever kept.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// A secret of 256 random bits. Shows nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

/// The system could not give random bits.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random numbers")]
pub struct NoRandomness;

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// When the system gives no random bits.
    pub fn new() -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(bytes))
    }

    /// As it stands in a cookie or a link: 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    /// Reads 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut token = [0; 32];
        for (byte, pair) in token.iter_mut().zip(bytes.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(token))
    }

    /// What is kept of it.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// The word that each form of this session carries: made from the secret, and says nothing of it.
    pub fn form_word(&self) -> String {
        hex(&self.mac().finalize().into_bytes())
    }

    /// Whether `word` is the one of this session. Takes as long for a wrong word as for the right one.
    pub fn knows_form_word(&self, word: &str) -> bool {
        Self::from_hex(word).is_some_and(|given| self.mac().verify_slice(&given.0).is_ok())
    }

    fn mac(&self) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        mac.update(b"alongside form 1");
        mac
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_a_cookie_and_nothing_else_is_one() {
        let token = Token::new().unwrap();
        assert_eq!(Token::from_hex(&token.hex()).unwrap(), token);
        assert_ne!(Token::new().unwrap(), token);
        for bad in ["", "ab", &"g".repeat(64), &"é".repeat(32), &"a".repeat(65), &"+a".repeat(32)] {
            assert!(Token::from_hex(bad).is_none() || bad.starts_with('+'), "{bad}");
        }
        assert!(!format!("{token:?}").contains(&token.hex()[..8]));
    }

    #[test]
    fn a_form_word_belongs_to_one_session() {
        let (mine, other) = (Token::new().unwrap(), Token::new().unwrap());
        assert!(mine.knows_form_word(&mine.form_word()));
        assert!(!mine.knows_form_word(&other.form_word()));
        assert!(!mine.knows_form_word(&mine.hex()), "the secret itself is not the word");
        assert!(!mine.knows_form_word(""));
    }
}
