//! Branching randomness: each thing draws from a generator of its own, so that one more draw here shifts nothing there.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A place in the tree of generators. Two places with different paths are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// The root.
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x5e1f_5eed_a10e_51de))
    }

    /// The branch of that name and number.
    #[must_use]
    pub const fn branch(self, name: &str, index: u64) -> Self {
        // FNV-1a over the name: short, and the same on every machine.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let bytes = name.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
            i += 1;
        }
        Self(mix(mix(self.0 ^ hash).wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15))))
    }

    /// The generator of this place, from its beginning.
    pub fn draw(self) -> Draw {
        Draw(ChaCha8Rng::seed_from_u64(self.0))
    }

    /// One number of this place, without making a generator: for what is only asked once.
    pub const fn number(self) -> u64 {
        mix(self.0 ^ 0x00c0_ffee)
    }
}

/// SplitMix64's finisher (public domain, S. Vigna).
const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A generator.
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// A number below `bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A place in a list of `len` things; 0 when it is empty.
    pub fn place(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low).max(0) as u64 + 1) as i64
    }

    /// True in so many of a hundred.
    pub fn percent(&mut self, of_hundred: u32) -> bool {
        self.below(100) < u64::from(of_hundred)
    }

    /// One of the list.
    ///
    /// # Panics
    /// When the list is empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.place(list.len())]
    }

    /// A place in a list of weights, by weight; the last when all are 0.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total: u64 = weights.clone().map(u64::from).sum();
        let mut left = self.below(total);
        let mut last = 0;
        for (i, weight) in weights.enumerate() {
            if left < u64::from(weight) {
                return i;
            }
            left -= u64::from(weight);
            last = i;
        }
        last
    }
}
