//! The words that the lexicon knows, found in one look; and its longer words by a spelling that is one slip away.

use std::collections::BTreeMap;

use super::text::{self, Key, Kind, LETTERS_MAX, Word};

/// A word of the vocabulary.
pub(super) type WordId = u16;

/// A word that the lexicon does not hold.
pub(super) const UNKNOWN: WordId = 0;
/// The built-in classes: digits, and letters with digits, that the vocabulary does not hold as they are.
pub(super) const KINDS: [(&str, WordId); 4] = [("number", 1), ("nth", 2), ("time", 3), ("callsign", 4)];
/// Shorter words are never taken as misspelt: too many other words lie one letter away.
pub(super) const MISSPELT_LETTERS_MIN: usize = 6;
/// Ids from here on are shorthand, written out as several words.
const SHORTHAND: WordId = 0x8000;

/// One word of a text, as the vocabulary knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub word: WordId,
    /// The text's letters were one slip away from the word's.
    pub misspelt: bool,
    pub before: text::Break,
    pub start: u32,
    pub end: u32,
}

/// Collects words while the data is read; [`Collector::close`] makes the vocabulary of them.
#[derive(Debug, Default)]
pub(super) struct Collector {
    ids: BTreeMap<Key, WordId>,
    words: Vec<Key>,
    misspelt: Vec<bool>,
    shorthand: Vec<Vec<WordId>>,
}

impl Collector {
    pub fn new() -> Self {
        let mut collector = Self::default();
        for _ in 0..=KINDS.len() {
            collector.words.push(0);
            collector.misspelt.push(false);
        }
        collector
    }

    /// The words that a key stands for: itself (taken up if it is new), or what it is shorthand for.
    pub fn words(&mut self, key: Key) -> Vec<WordId> {
        let next = self.words.len() as WordId;
        let id = *self.ids.entry(key).or_insert(next);
        if id >= SHORTHAND {
            return self.shorthand[usize::from(id - SHORTHAND)].clone();
        }
        if id == next {
            self.words.push(key);
            self.misspelt.push(false);
        }
        vec![id]
    }

    /// Makes `key` shorthand for some words; false when it already stands for something.
    pub fn shorten(&mut self, key: Key, words: Vec<WordId>) -> bool {
        if self.ids.contains_key(&key) {
            return false;
        }
        self.ids.insert(key, SHORTHAND + self.shorthand.len() as WordId);
        self.shorthand.push(words);
        true
    }

    /// This word may be written with one slip.
    pub fn allow_slip(&mut self, word: WordId) {
        self.misspelt[usize::from(word)] = true;
    }

    /// Whether one more word has an id left.
    pub fn has_room(&self) -> bool {
        self.words.len() < usize::from(SHORTHAND) - 1
    }

    pub fn close(self) -> Vocabulary {
        let bits = (self.ids.len() * 2).next_power_of_two().trailing_zeros().max(4);
        let mut slots = vec![(0, UNKNOWN); 1 << bits];
        for (&key, &id) in &self.ids {
            let mut slot = slot_of(key, bits);
            while slots[slot].0 != 0 {
                slot = (slot + 1) & (slots.len() - 1);
            }
            slots[slot] = (key, id);
        }
        let (mut heads, mut tails) = (Vec::new(), Vec::new());
        for (id, &key) in self.words.iter().enumerate() {
            let (letters, long) = text::letters_of(key);
            if self.misspelt[id] && long >= MISSPELT_LETTERS_MIN {
                heads.push((three(&letters[..3]), long as u8, id as WordId));
                tails.push((three(&letters[long - 3..long]), long as u8, id as WordId));
            }
        }
        heads.sort_unstable();
        tails.sort_unstable();
        Vocabulary { slots, bits, words: self.words, shorthand: self.shorthand, heads, tails }
    }
}

/// All words, frozen.
#[derive(Debug)]
pub(super) struct Vocabulary {
    slots: Vec<(Key, WordId)>,
    bits: u32,
    words: Vec<Key>,
    shorthand: Vec<Vec<WordId>>,
    heads: Vec<(u32, u8, WordId)>,
    tails: Vec<(u32, u8, WordId)>,
}

impl Vocabulary {
    /// How many ids there are; a [`Token`]'s word is always below it.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Reads a text as tokens; returns what stands behind the last.
    pub fn read(&self, text: &str, tokens: &mut Vec<Token>) -> text::Break {
        text::read(text, |word| {
            let (id, misspelt) = self.find(&word);
            let token = Token { word: id, misspelt, before: word.before, start: word.start, end: word.end };
            if id < SHORTHAND {
                tokens.push(token);
            } else {
                for (place, &part) in self.shorthand[usize::from(id - SHORTHAND)].iter().enumerate() {
                    let before = if place == 0 { word.before } else { text::Break::None };
                    tokens.push(Token { word: part, before, ..token });
                }
            }
        })
    }

    #[inline]
    fn find(&self, word: &Word) -> (WordId, bool) {
        if word.kind == Kind::Other || word.key == 0 {
            return (UNKNOWN, false);
        }
        let mut slot = slot_of(word.key, self.bits);
        loop {
            let (key, id) = self.slots[slot];
            if key == word.key {
                return (id, false);
            }
            if key == 0 {
                break;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        match word.kind {
            Kind::Number => (KINDS[0].1, false),
            Kind::Nth => (KINDS[1].1, false),
            Kind::Time => (KINDS[2].1, false),
            Kind::Callsign => (KINDS[3].1, false),
            Kind::Letters if usize::from(word.letters) >= MISSPELT_LETTERS_MIN => self.find_near(word.key),
            _ => (UNKNOWN, false),
        }
    }

    /// One slip leaves the first three letters or the last three whole, so two looks find every candidate. The first
    /// letter must be right: people who type fast seldom miss it, and the words that differ there are other words.
    fn find_near(&self, key: Key) -> (WordId, bool) {
        let (letters, long) = text::letters_of(key);
        let letters = &letters[..long];
        for (index, three) in [(&self.heads, three(&letters[..3])), (&self.tails, three(&letters[long - 3..]))] {
            let from = index.partition_point(|&(known, ..)| known < three);
            for &(_, known_long, id) in index[from..].iter().take_while(|&&(known, ..)| known == three) {
                if usize::from(known_long).abs_diff(long) > 1 {
                    continue;
                }
                let (known, known_long) = text::letters_of(self.words[usize::from(id)]);
                if known[0] == letters[0] && is_near(letters, &known[..known_long]) {
                    return (id, true);
                }
            }
        }
        (UNKNOWN, false)
    }
}

fn three(letters: &[u8]) -> u32 {
    letters.iter().fold(0, |packed, &letter| packed << 8 | u32::from(letter))
}

/// Multiplicative hashing; the table is ours and holds only the lexicon's words, so nobody can crowd it.
#[inline]
fn slot_of(key: Key, bits: u32) -> usize {
    let mixed = (key as u64 ^ ((key >> 64) as u64).rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (64 - bits)) as usize
}

/// One letter too many, one missing, one other, or two neighbours swapped.
fn is_near(written: &[u8], known: &[u8]) -> bool {
    let same = written.iter().zip(known).take_while(|(a, b)| a == b).count();
    let (written, known) = (&written[same..], &known[same..]);
    match (written, known) {
        ([], [_]) | ([_], []) => true,
        ([_, w @ ..], [_, k @ ..]) => {
            w == k
                || w == known
                || written == k
                || matches!((w, k), ([a, w @ ..], [b, k @ ..])
                if *a == known[0] && *b == written[0] && w == k)
        }
        _ => false,
    }
}

const _: () = assert!(LETTERS_MAX == size_of::<Key>());
