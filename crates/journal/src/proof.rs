//! The Merkle tree over headers and digests (RFC 6962, 2.1): what proves that nothing was changed, taken out or put in.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The right edge of a tree: all that is needed to add a leaf or to give the root. At most 64 hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The roots of the full subtrees, largest first: one for each bit set in `size`.
    roots: Vec<Hash>,
}

impl Frontier {
    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf's hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.roots.pop().expect("one root for each bit of the size");
            node = inner(&left, &node);
        }
        self.roots.push(node);
        self.size += 1;
    }

    /// The root; for no leaves at all, the hash of nothing (RFC 6962, 2.1).
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(last) = roots.next() else { return Sha256::digest([]).into() };
        roots.fold(*last, |right, left| inner(left, &right))
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.roots.concat()
    }

    pub(crate) fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (roots, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && roots.len() == size.count_ones() as usize).then(|| Self { size, roots: roots.to_vec() })
    }
}

fn inner(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(n: u64) -> Hash {
        Sha256::digest([&[0][..], &n.to_be_bytes()].concat()).into()
    }

    /// The definition, word for word: split at the largest power of two below the size.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            more => {
                let split = 1 << (usize::BITS - 1 - (more.len() - 1).leading_zeros());
                inner(&by_definition(&more[..split]), &by_definition(&more[split..]))
            }
        }
    }

    #[test]
    fn the_root_is_the_one_that_rfc_6962_defines() {
        let mut frontier = Frontier::default();
        let mut leaves = Vec::new();
        for n in 0..130 {
            assert_eq!(frontier.root(), by_definition(&leaves), "{n} leaves");
            assert_eq!(Frontier::from_bytes(n, &frontier.to_bytes()), Some(frontier.clone()));
            frontier.push(leaf(n));
            leaves.push(leaf(n));
        }
    }

    #[test]
    fn a_frontier_of_another_size_is_refused() {
        let mut frontier = Frontier::default();
        (0..5).for_each(|n| frontier.push(leaf(n)));
        assert_eq!(Frontier::from_bytes(7, &frontier.to_bytes()), None);
        assert_eq!(Frontier::from_bytes(5, &frontier.to_bytes()[1..]), None);
    }
}
