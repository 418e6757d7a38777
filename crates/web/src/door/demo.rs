//! Sign-in links of a demonstration: they live in memory, as digests, and end with the process that printed them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::account::Account;
use super::token::{NoRandomness, Token};

/// The links of one demonstration. A server outside demo mode has none, and its route answers as if it were not there.
#[derive(Debug, Default)]
pub struct DemoLinks(Mutex<BTreeMap<[u8; 32], String>>);

impl DemoLinks {
    /// Makes a link that signs `account` in as often as it is opened, until the process ends. Gives its path.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub fn make(&self, account: &Account) -> Result<String, NoRandomness> {
        let token = Token::new()?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(token.digest(), account.name.clone());
        Ok(format!("/demo/{}", token.hex()))
    }

    /// The sign-in name that a link stands for.
    pub fn name_of(&self, token: &Token) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&token.digest()).cloned()
    }
}
