//! Who may send to which feed: bearer tokens, held only as hashes.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::intake::FeedId;

/// What a token allows, on its one feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// To send messages.
    Send,
    /// To see the rejects list and to resubmit.
    Administer,
}

/// A token's hash and what it is good for, as the configuration holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The feed.
    pub feed: FeedId,
    /// The force that the feed belongs to, such as `avon`.
    pub force: String,
    /// What the token allows.
    pub scope: Scope,
    /// SHA-256 of the token, 64 hexadecimal digits.
    pub sha256: String,
}

/// A bearer token in the clear. It is shown once, to whoever sets up the feed, and never kept or printed.
pub struct Token(String);

impl Token {
    /// From 32 random bytes, made at the rim.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The text that goes after `Bearer `.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The hash that a [`Grant`] holds. Tokens are 256 random bits, so one pass of SHA-256 cannot be guessed back.
    pub fn sha256(&self) -> String {
        hash(&self.0)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Why a grant was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotGranted {
    /// A feed belongs to one force.
    #[error("the feed belongs to another force")]
    OtherForce,
    /// A token belongs to one feed.
    #[error("the token belongs to another feed")]
    OtherFeed,
    /// Not 64 hexadecimal digits.
    #[error("the hash is not 64 lower-case hexadecimal digits")]
    NotAHash,
}

/// Why a request may not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No token, or one that nobody holds.
    #[error("no valid token")]
    NoToken,
    /// A token of another feed or force, or one that does not allow this.
    #[error("the token does not allow this here")]
    NotHere,
}

/// Every token in force. Grants and revocations take effect with the next request.
#[derive(Debug, Default)]
pub struct Tokens(RwLock<BTreeMap<String, Grant>>);

impl Tokens {
    /// Adds a grant.
    ///
    /// # Errors
    /// When the feed is another force's, the token another feed's, or the hash is none.
    pub fn grant(&self, grant: Grant) -> Result<(), NotGranted> {
        let hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if grant.sha256.len() != 64 || !grant.sha256.bytes().all(hex) {
            return Err(NotGranted::NotAHash);
        }
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if held.values().any(|other| other.feed == grant.feed && other.force != grant.force) {
            return Err(NotGranted::OtherForce);
        }
        if held.get(&grant.sha256).is_some_and(|other| other.feed != grant.feed) {
            return Err(NotGranted::OtherFeed);
        }
        held.insert(grant.sha256.clone(), grant);
        Ok(())
    }

    /// Takes a token back, by its hash. Whether it was there.
    pub fn revoke(&self, sha256: &str) -> bool {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(sha256).is_some()
    }

    /// Whether the `Authorization` header allows `scope` on the feed.
    ///
    /// # Errors
    /// [`Denied`]. A feed that does not exist and one that is another's are the same answer.
    pub fn allow(&self, authorization: Option<&str>, feed: &str, scope: Scope) -> Result<FeedId, Denied> {
        let (scheme, token) = authorization.and_then(|h| h.split_once(' ')).ok_or(Denied::NoToken)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Denied::NoToken);
        }
        // Looking up the hash, not the token: how long it takes says nothing about the token.
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let grant = held.get(&hash(token.trim())).ok_or(Denied::NoToken)?;
        if grant.feed.as_str() == feed && grant.scope == scope { Ok(grant.feed.clone()) } else { Err(Denied::NotHere) }
    }
}

fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(feed: &str, force: &str, token: &Token) -> Grant {
        let feed = FeedId::parse(feed).expect("a feed's name");
        Grant { feed, force: force.into(), scope: Scope::Send, sha256: token.sha256() }
    }

    #[test]
    fn a_token_belongs_to_one_feed_and_a_feed_to_one_force() {
        let (tokens, one, two) = (Tokens::default(), Token::from_random([1; 32]), Token::from_random([2; 32]));
        assert_eq!(tokens.grant(grant("cad", "north", &one)), Ok(()));
        assert_eq!(tokens.grant(grant("cad", "south", &two)), Err(NotGranted::OtherForce));
        assert_eq!(tokens.grant(grant("telephony", "north", &one)), Err(NotGranted::OtherFeed));
        let bearer = format!("Bearer {}", one.reveal());
        assert!(tokens.allow(Some(&bearer), "cad", Scope::Send).is_ok());
        assert_eq!(tokens.allow(Some(&bearer), "cad", Scope::Administer), Err(Denied::NotHere));
        assert_eq!(tokens.allow(Some(&bearer), "telephony", Scope::Send), Err(Denied::NotHere));
        assert!(tokens.revoke(&one.sha256()));
        assert_eq!(tokens.allow(Some(&bearer), "cad", Scope::Send), Err(Denied::NoToken));
    }

    #[test]
    fn a_token_never_shows_itself() {
        let token = Token::from_random([7; 32]);
        assert!(!format!("{token:?}").contains(token.reveal()) && token.sha256() != token.reveal());
    }
}
