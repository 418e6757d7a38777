//! A bounded cache in two generations.

use std::collections::HashMap;
use std::hash::Hash;

/// Entries in one generation; two generations of a stream's key are about 10 MB.
const GENERATION: usize = 32_768;

/// Keeps what was used lately: when the young generation is full it becomes the old one, and the old one goes.
pub(crate) struct Cache<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash + Copy, V: Clone> Cache<K, V> {
    pub fn new() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }

    pub fn get(&mut self, key: K) -> Option<V> {
        if let Some(value) = self.young.get(&key) {
            return Some(value.clone());
        }
        let value = self.old.remove(&key)?;
        self.put(key, value.clone());
        Some(value)
    }

    pub fn put(&mut self, key: K, value: V) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_bounded_and_keeps_what_is_used() {
        let mut cache = Cache::new();
        cache.put(0, "kept");
        for key in 1..200_000_u64 {
            cache.put(key, "passing");
            if key % 1000 == 0 {
                assert_eq!(cache.get(0), Some("kept"), "after {key}");
            }
            assert!(cache.young.len() + cache.old.len() <= 2 * GENERATION);
        }
        assert_eq!(cache.get(1), None);
    }

    #[test]
    fn the_newest_value_wins() {
        let mut cache = Cache::new();
        cache.put(1, "old");
        for key in 2..=(GENERATION as u64 + 1) {
            cache.put(key, "");
        }
        cache.put(1, "new");
        assert_eq!(cache.get(1), Some("new"));
    }
}
