//! A text as words: case, diacritics, curly quotes and spaces folded away, each word with its bytes in the original.

use deunicode::deunicode_char;

/// The longest word that the lexicon can hold; a longer one is read past, as a word nobody knows.
pub(super) const LETTERS_MAX: usize = 16;

/// A word's letters, packed: equal keys are equal words, and no text is copied to compare them.
pub(super) type Key = u128;

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    /// A space, or nothing that parts two words of one phrase.
    None,
    /// A comma or a bracket: a list may go on behind it.
    Soft,
    /// A colon or a dash: another clause.
    Hard,
    /// The end of a sentence.
    Sentence,
    /// The end of a question.
    Question,
}

/// What a word is made of, for those that the vocabulary does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Letters,
    /// Digits alone.
    Number,
    /// `4th`.
    Nth,
    /// `10am`, `14:30`, `1430hrs`.
    Time,
    /// One to three letters and one to three digits, as units are called: `BX22`, `Y9`.
    Callsign,
    /// Letters that do not fold to a to z, or more of them than [`LETTERS_MAX`].
    Other,
}

/// One word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub key: Key,
    pub letters: u8,
    pub start: u32,
    pub end: u32,
    pub before: Break,
    pub kind: Kind,
}

/// Packs letters into a key; `None` when there are none or too many.
pub(super) fn key_of(letters: &[u8]) -> Option<Key> {
    if letters.is_empty() || letters.len() > LETTERS_MAX {
        return None;
    }
    Some(letters.iter().enumerate().fold(0, |key, (place, &letter)| key | (Key::from(letter) << (8 * place))))
}

/// The letters of a key.
pub(super) fn letters_of(key: Key) -> ([u8; LETTERS_MAX], usize) {
    (key.to_le_bytes(), (16 - key.leading_zeros() as usize / 8).min(LETTERS_MAX))
}

const FOLD: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let is = byte as u8;
        if is.is_ascii_alphanumeric() {
            table[byte] = is.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Reads a text word by word and returns what stands behind the last of them.
#[inline]
pub(super) fn read(text: &str, mut each: impl FnMut(Word)) -> Break {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut before = Break::Sentence;
    // Abbreviations with points ("a.m.") do not end a sentence: a single letter before the point tells them.
    let mut last_letters = 0;
    while let Some(&byte) = bytes.get(at) {
        if FOLD[byte as usize] != 0 || (byte >= 0x80 && begins_word(text, at)) {
            let (word, tail, next) = word_at(text, at, before);
            last_letters = word.letters;
            each(word);
            if let Some(tail) = tail {
                each(tail);
            }
            before = Break::None;
            at = next;
        } else {
            let (found, wide) = between(text, at, last_letters);
            before = before.max(found);
            at += wide;
        }
    }
    before
}

/// What one character between words means, and how many bytes to go on.
fn between(text: &str, at: usize, last_letters: u8) -> (Break, usize) {
    let bytes = text.as_bytes();
    let next = bytes.get(at + 1).copied().unwrap_or(b' ');
    let prior = if at == 0 { b' ' } else { bytes[at - 1] };
    match bytes[at] {
        b',' | b'(' | b')' | b'[' | b']' => (Break::Soft, 1),
        b':' => (Break::Hard, 1),
        b';' | b'!' | b'|' | b'\n' | b'\r' => (Break::Sentence, 1),
        // "?drunk" is the shorthand for a doubt about the word, not the end of a question.
        b'?' if prior.is_ascii_whitespace() && next.is_ascii_alphanumeric() => (Break::None, 1),
        b'?' => (Break::Question, 1),
        b'/' if next == b'/' => (Break::Sentence, 2),
        b'/' | b'-' if prior.is_ascii_whitespace() || next.is_ascii_whitespace() || next == b'-' => (Break::Hard, 1),
        b'.' if next == b'.' => (Break::Soft, bytes[at..].iter().take_while(|&&byte| byte == b'.').count()),
        b'.' if last_letters <= 1 || next.is_ascii_digit() => (Break::None, 1),
        b'.' => (Break::Sentence, 1),
        byte if byte < 0x80 => (Break::None, 1),
        _ => {
            let wide = char_at(text, at);
            let found = match wide {
                '–' | '—' => Break::Hard,
                '…' => Break::Soft,
                '؟' => Break::Question,
                '。' | '۔' | '\u{2028}' | '\u{2029}' => Break::Sentence,
                _ => Break::None,
            };
            (found, wide.len_utf8())
        }
    }
}

fn char_at(text: &str, at: usize) -> char {
    text[at..].chars().next().unwrap_or(' ')
}

/// Whether a word begins here. The modifier apostrophe counts as a letter to Unicode, and begins none of ours.
fn begins_word(text: &str, at: usize) -> bool {
    let is = char_at(text, at);
    is.is_alphanumeric() && !is_apostrophe(is)
}

/// Characters that nobody sees and that part no word: soft hyphen, joiners, marks of direction, combining accents.
fn is_unseen(is: char) -> bool {
    matches!(is, '\u{AD}' | '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

fn is_apostrophe(is: char) -> bool {
    matches!(is, '\'' | '’' | '‘' | 'ʼ' | '´' | '`' | '′' | '＇')
}

/// Latin letters with marks fold to a to z; other scripts stay what they are, so that no transliteration of a name
/// can look like a word of the lexicon.
fn folds(is: char) -> bool {
    matches!(is, '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' | '\u{FF10}'..='\u{FF5A}')
}

/// The tails that an apostrophe parts from a word, and the word that each stands for. `'s` and `'d` stay themselves:
/// they may be "is", "has" or a possession.
const TAILS: [(&[u8], &[u8]); 6] =
    [(b"s", b"'s"), (b"ll", b"will"), (b"ve", b"have"), (b"d", b"'d"), (b"re", b"are"), (b"m", b"am")];

struct Letters {
    packed: [u8; LETTERS_MAX],
    count: usize,
    digits: usize,
    other: bool,
    time: bool,
}

impl Letters {
    #[inline]
    fn push(&mut self, letter: u8) {
        if self.count < LETTERS_MAX {
            self.packed[self.count] = letter;
        }
        self.count += 1;
        self.digits += usize::from(letter.is_ascii_digit());
    }

    fn kind(&self) -> Kind {
        if self.other || self.count > LETTERS_MAX {
            return Kind::Other;
        }
        if self.digits == 0 {
            return Kind::Letters;
        }
        if self.time {
            return Kind::Time;
        }
        let letters = self.count - self.digits;
        if (1..=3).contains(&letters) && self.digits <= 3 && self.packed[..letters].iter().all(u8::is_ascii_alphabetic)
        {
            return Kind::Callsign;
        }
        match &self.packed[self.digits.min(self.count)..self.count] {
            _ if !self.packed[..self.digits].iter().all(u8::is_ascii_digit) => Kind::Letters,
            [] => Kind::Number,
            b"st" | b"nd" | b"rd" | b"th" => Kind::Nth,
            b"am" | b"pm" | b"hrs" | b"hr" | b"h" => Kind::Time,
            _ => Kind::Letters,
        }
    }
}

/// The word that begins at `at`, the tail that an apostrophe parts from it, and where to go on.
#[inline]
fn word_at(text: &str, start: usize, before: Break) -> (Word, Option<Word>, usize) {
    let bytes = text.as_bytes();
    let mut letters = Letters { packed: [0; LETTERS_MAX], count: 0, digits: 0, other: false, time: false };
    let (mut at, mut end) = (start, start);
    let mut tail = None;
    while let Some(&byte) = bytes.get(at) {
        let letter = FOLD[byte as usize];
        if letter != 0 {
            letters.push(letter);
            at += 1;
            end = at;
            continue;
        }
        if byte < 0x80 && byte != b'\'' && byte != b'`' {
            let in_time = matches!(byte, b':' | b'.')
                && letters.digits == letters.count
                && letters.count > 0
                && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            if !in_time {
                break;
            }
            letters.time = true;
            at += 1;
            continue;
        }
        let is = char_at(text, at);
        let next = at + is.len_utf8();
        if is_apostrophe(is) {
            let rest = &bytes[next..];
            let long = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            if long == 0 || letters.count == 0 {
                break;
            }
            let found = TAILS.iter().find(|(written, _)| rest[..long].eq_ignore_ascii_case(written));
            if let Some((_, stands_for)) = found {
                let tail_end = next + long;
                tail = key_of(stands_for).map(|key| Word {
                    key,
                    letters: stands_for.len() as u8,
                    start: at as u32,
                    end: tail_end as u32,
                    before: Break::None,
                    kind: Kind::Letters,
                });
                at = tail_end;
                break;
            }
        } else if folds(is) && is.is_alphanumeric() {
            for &plain in deunicode_char(is).unwrap_or("").as_bytes() {
                let plain = FOLD[plain as usize];
                if plain == 0 {
                    letters.other = true;
                } else {
                    letters.push(plain);
                }
            }
            end = next;
        } else if is.is_alphanumeric() {
            letters.other = true;
            end = next;
        } else if !is_unseen(is) {
            break;
        } else if matches!(is, '\u{300}'..='\u{36F}') {
            end = next;
        }
        at = next;
    }
    let kind = letters.kind();
    let count = letters.count.min(LETTERS_MAX);
    let key = if kind == Kind::Other { 0 } else { Key::from_le_bytes(letters.packed) };
    let word = Word { key, letters: count as u8, start: start as u32, end: end as u32, before, kind };
    (word, tail, at.max(start + char_at(text, start).len_utf8()))
}
