//! Things by the name that the world outside gives them: references, numbers, places, message ids.
//!
//! A name is looked up with every message, among hundreds of thousands. So it is kept as the first half of its SHA-256, which is
//! compared where it stands; a list of names would have to be followed to a text for each comparison. Half a digest is enough:
//! two of 2^40 names agree in it by chance less often than once in 2^48 lists, and nobody can make two that do at will.
//! Nothing is ever walked in order of name, and no name can be read back from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Things by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register<V>(BTreeMap<u128, V>);

impl<V> Default for Register<V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<V> Register<V> {
    /// What has that name.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.0.get(&key(name))
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        self.0.get_mut(&key(name))
    }

    /// Puts a thing under a name, in place of whatever had it.
    pub(crate) fn insert(&mut self, name: &str, value: V) -> Option<V> {
        self.0.insert(key(name), value)
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<V> {
        self.0.remove(&key(name))
    }

    /// What has that name, made now if nothing has.
    pub(crate) fn or_default(&mut self, name: &str) -> &mut V
    where
        V: Default,
    {
        self.0.entry(key(name)).or_default()
    }

    /// Puts a thing under a name that nothing has yet.
    pub(crate) fn insert_new(&mut self, name: &str, value: V) {
        self.0.entry(key(name)).or_insert(value);
    }

    /// Keeps only what the test says.
    pub(crate) fn retain(&mut self, mut test: impl FnMut(&mut V) -> bool) {
        self.0.retain(|_, value| test(value));
    }

    /// How many names are taken.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no name is taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn key(name: &str) -> u128 {
    let digest: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_what_was_put_under_it_last() {
        let mut register = Register::default();
        assert_eq!(
            (register.insert("CAD-1", 1), register.insert("CAD-2", 2), register.insert("CAD-1", 3)),
            (None, None, Some(1))
        );
        register.insert_new("CAD-2", 9);
        *register.or_default("ਸਿੰਘ") += 5;
        assert_eq!(
            ["CAD-1", "CAD-2", "ਸਿੰਘ", "CAD-3"].map(|n| register.get(n).copied()),
            [Some(3), Some(2), Some(5), None]
        );
        register.retain(|n| *n != 2);
        assert_eq!((register.remove("CAD-2"), register.remove("CAD-1"), register.len()), (None, Some(3), 1));
    }

    #[test]
    fn the_key_is_the_first_half_of_the_digest() {
        // FIPS 180-2, appendix B.1: the digest of "abc".
        assert_eq!(key("abc"), 0xba78_16bf_8f01_cfea_4141_40de_5dae_2223);
    }
}
