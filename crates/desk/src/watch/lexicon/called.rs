//! Where a sign's words may be somebody's name: "Bailey came back" tells of no bail where a Bailey is on the log.
//!
//! Only the log knows who is on it. Here is told which words of a sign stand as a name would; whether one of them is a name
//! there is for whoever holds the log.

use super::program::Found;
use super::stance::Sentence;
use super::text::{self, Break};
use super::vocabulary::WordId;
use super::{Lexicon, Span};

impl Lexicon {
    /// The words that a pattern itself named which may be a name, as they stand.
    pub(super) fn names(&self, sentence: &Sentence<'_>, found: Found) -> [Option<Span>; 2] {
        let mut spans =
            (found.start..found.end).filter(|&at| found.names(at) && self.may_be_name(sentence, at)).map(|at| {
                let token = sentence.tokens[at];
                Span { start: token.start, end: token.end }
            });
        [spans.next(), spans.next()]
    }

    /// A word read with a slip, or one that is nobody's English: always. Any other where it is written large and its neighbours
    /// are not: "with Mark", and neither "Mark on her neck" nor "MARK ON NECK".
    fn may_be_name(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let token = sentence.tokens[at];
        if token.misspelt || self.names.binary_search(&token.word).is_ok() {
            return true;
        }
        let written = &sentence.text[token.start as usize..token.end as usize];
        let is_large = written.chars().next().is_some_and(char::is_uppercase);
        let stands_out = written.chars().any(char::is_lowercase) || !is_in_capitals(sentence.text);
        is_large && stands_out && token.before < Break::Sentence
    }
}

/// More capitals than small letters.
fn is_in_capitals(text: &str) -> bool {
    let (large, small) = text.chars().fold((0_usize, 0_usize), |(large, small), letter| {
        (large + usize::from(letter.is_uppercase()), small + usize::from(letter.is_lowercase()))
    });
    large > small
}

/// The words of a name or a text as they are compared: letters folded and hashed, each word by itself.
pub fn name_keys(text: &str) -> impl Iterator<Item = u32> {
    let mut keys = Vec::new();
    text::read(text, |word| {
        if word.key != 0 && word.letters > 2 {
            let bytes = word.key.to_le_bytes();
            keys.push(
                bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)),
            );
        }
    });
    keys.into_iter()
}

/// The ids of words, sorted, to be looked up.
pub(super) fn sorted(mut words: Vec<WordId>) -> Vec<WordId> {
    words.sort_unstable();
    words.dedup();
    words
}
