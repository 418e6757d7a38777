//! Names: read into tokens, and two names held against each other.

use std::sync::LazyLock;

use deunicode::deunicode;
use rapidfuzz::distance::osa;
use rphonetic::{DoubleMetaphone, Encoder};
use serde::{Deserialize, Serialize};

use super::evidence::Agreement;
use super::names::{NameClass, is_known, table};
use super::script;
use super::settings::NameWeights;

/// Letters of a name that are kept.
const LETTERS: usize = 12;
/// Characters of a name that are looked at: a bound on what a source can make us do.
const LENGTH: usize = 160;
/// Names of one part of a name that are kept.
const WORDS: usize = 3;

static METAPHONE: LazyLock<DoubleMetaphone> = LazyLock::new(DoubleMetaphone::default);

/// Which part of a name a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Part {
    Given = 0,
    Family = 1,
}

/// One word of a name: up to twelve letters, its sound and its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Five bits a letter, the first lowest; above them the number of the name (2 bits) and its part (1 bit).
    text: u64,
    /// The Double Metaphone code, four letters.
    sound: u32,
    class: NameClass,
}

const TEXT: u64 = (1 << 60) - 1;

impl Token {
    fn new(word: &str, part: Part, name: u8) -> Self {
        let table = table();
        let letters = word.bytes().take(LETTERS).enumerate();
        let text = letters.fold(0, |text, (at, b)| text | u64::from(b - b'a' + 1) << (5 * at));
        let code = if script::is_bare(word) {
            METAPHONE.encode(&script::spoken(word))
        } else {
            METAPHONE.encode(&table.respelled(word))
        };
        Self {
            text: text | u64::from(name & 3) << 61 | (part as u64) << 60,
            sound: code.bytes().take(4).fold(0, |sound, b| sound << 8 | u32::from(b)),
            class: if part == Part::Family { table.family_class(word) } else { table.class(word) },
        }
    }

    /// The letters as a number.
    pub const fn text(self) -> u64 {
        self.text & TEXT
    }

    pub const fn sound(self) -> u32 {
        self.sound
    }

    pub const fn class(self) -> NameClass {
        self.class
    }

    pub const fn part(self) -> Part {
        if self.text >> 60 & 1 == 0 { Part::Given } else { Part::Family }
    }

    /// The number of the name: 0 is the name, the others are aliases.
    pub const fn name(self) -> u8 {
        (self.text >> 61) as u8 & 3
    }

    /// The same word as another part of a name.
    #[must_use]
    pub const fn standing_as(self, part: Part) -> Self {
        Self { text: self.text & !(1 << 60) | (part as u64) << 60, ..self }
    }

    /// One letter only.
    pub const fn is_initial(self) -> bool {
        self.text() < 32
    }

    pub const fn first_letter(self) -> u8 {
        b'a' - 1 + (self.text & 31) as u8
    }

    /// Without a vowel, as names from scripts are that write none.
    fn is_bare(self) -> bool {
        let (letters, length) = self.letters();
        !letters[..length].iter().any(|letter| b"aeiou".contains(letter))
    }

    fn letters(self) -> ([u8; LETTERS], usize) {
        let mut letters = [0; LETTERS];
        let mut length = 0;
        let mut rest = self.text();
        while rest > 0 {
            letters[length] = b'a' - 1 + (rest & 31) as u8;
            rest >>= 5;
            length += 1;
        }
        (letters, length)
    }
}

/// Lower-case words of Latin letters: transliterated, accents and apostrophes gone. A first name may begin as the Arabic article
/// does; a family name that does so has it.
fn folded(text: &str, part: Part) -> Vec<String> {
    let bounded: String = text.chars().take(LENGTH).collect();
    let mut words: Vec<String> = Vec::new();
    for written in bounded.split_whitespace() {
        // Behind a word that binds it the article is part of the whole: Abd al-Rahman.
        let has_article = words.last().map_or(part == Part::Family, |before| !table().binds(before));
        let written = if has_article { script::without_article(written) } else { written };
        let text: String = deunicode(written).chars().filter(|c| !matches!(c, '\'' | '`' | '\u{2019}')).collect();
        for word in text.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty()) {
            let word = word.to_ascii_lowercase();
            let keep = !script::is_consonantal(written) || is_known(table().class(&word));
            words.push(if keep { word } else { script::bared(&word) });
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

/// The words of a name without titles and particles, bound words together.
fn words(text: &str, part: Part) -> Vec<String> {
    let table = table();
    let all = folded(text, part);
    let plain: Vec<&String> = all.iter().filter(|w| !table.is_title(w)).collect();
    let named: Vec<&String> = plain.iter().copied().filter(|w| !table.is_particle(w)).collect();
    // A name that is nothing but particles is a name.
    let kept = if named.is_empty() { plain } else { named };
    let mut words: Vec<String> = Vec::new();
    let mut bound = String::new();
    for word in kept {
        bound.push_str(word);
        if !table.binds(word) {
            words.push(std::mem::take(&mut bound));
        }
    }
    if !bound.is_empty() {
        words.push(bound);
    }
    words
}

/// Reads a name that its source split.
pub fn read_parts(tokens: &mut Vec<Token>, name: u8, given: &str, family: &str) {
    read_words(tokens, name, words(given, Part::Given), words(family, Part::Family));
}

/// Reads a name in one line: `Given Family` or `FAMILY, Given`. One word alone is taken for a first name; comparing
/// looks at it the other way round too.
pub fn read_line(tokens: &mut Vec<Token>, name: u8, line: &str) {
    if let Some((family, given)) = line.split_once(',') {
        return read_words(tokens, name, words(given, Part::Given), words(family, Part::Family));
    }
    // A double-barrelled family name is the whole of the last word.
    if let Some((given, family)) = line.trim().rsplit_once(' ').filter(|(_, family)| family.contains('-')) {
        return read_words(tokens, name, words(given, Part::Given), words(family, Part::Family));
    }
    let mut given = words(line, Part::Given);
    let family = if given.len() > 1 { given.pop() } else { None };
    read_words(tokens, name, given, family.into_iter().collect());
}

fn read_words(tokens: &mut Vec<Token>, name: u8, given: Vec<String>, family: Vec<String>) {
    let table = table();
    let token = |word: &String, part| Token::new(word, part, name);
    let mut first: Vec<Token> = given.iter().map(|w| token(w, Part::Given)).collect();
    let mut last: Vec<Token> = family.iter().map(|w| token(w, Part::Family)).collect();
    if first.len() > 1 {
        // `Harpreet Kaur` Dhillon: what stands in the middle is as good as a second family name.
        let (middle, own): (Vec<_>, Vec<_>) =
            first.iter().zip(0..).partition(|(t, at)| *at > 0 && table.is_shared_family(t.class));
        last.extend(middle.iter().map(|(t, _)| Token { text: t.text | 1 << 60, ..**t }));
        first = own.into_iter().map(|(t, _)| *t).collect();
        let called = first.iter().position(|t| !table.is_before_call_name(t.class) && !t.is_initial());
        first.rotate_left(called.unwrap_or(0));
    }
    tokens.extend(first.into_iter().take(WORDS));
    tokens.extend(last.into_iter().take(WORDS));
}

/// How two words stand to each other. `Partial` is an initial that fits, or a likeness that may well be two names.
pub fn alike(a: Token, b: Token) -> Agreement {
    if a.text() == b.text() {
        return Agreement::Exact;
    }
    if a.class == b.class || table().related(a.class, b.class) {
        return Agreement::Variant;
    }
    if a.is_initial() || b.is_initial() {
        return if a.first_letter() == b.first_letter() { Agreement::Partial } else { Agreement::Disagree };
    }
    if is_known(a.class) && is_known(b.class) {
        return Agreement::Disagree;
    }
    let ((letters_a, length_a), (letters_b, length_b)) = (a.letters(), b.letters());
    let longer = length_a.max(length_b);
    let apart = osa::distance(letters_a[..length_a].iter().copied(), letters_b[..length_b].iter().copied());
    let first_letters_fit = table().may_sound_alike(a.first_letter(), b.first_letter());
    let sounds_alike = a.sound == b.sound && a.sound > 0xff && apart * 5 <= longer * 2 + 2;
    let slip = apart <= 1 && longer >= 6 || apart <= 2 && longer >= 8;
    if first_letters_fit && (sounds_alike || slip) || consonants_alike(a, b) {
        Agreement::Close
    } else if apart <= 1 && longer >= 3
        || first_letters_fit && apart <= 2 && longer >= 5
        || is_cut_short(a, b)
        || is_cut_short(b, a)
        || first_letters_fit && may_be_heard_as(a, b)
        || is_slip_of(a, b)
        || is_slip_of(b, a)
    {
        Agreement::Partial
    } else {
        Agreement::Disagree
    }
}

/// Whether one is the beginning of the other, as Kev is of Kevin, or its end, as Seun is of Oluwaseun. One letter less is no
/// short form: Amin and Amina are brother and sister.
fn is_cut_short(short: Token, long: Token) -> bool {
    let ((short, n), (long, m)) = (short.letters(), long.letters());
    let (short, long) = (&short[..n], &long[..m]);
    n >= 3 && m >= n + 2 && (long.starts_with(short) || n >= 4 && long.ends_with(short))
}

/// Whether `slip` is a slip of the pen from another spelling or a short form of `name`, as Bbo is of Bob for Robert. A word
/// that is itself a name is no slip, and the first letter is seldom the one that slips.
fn is_slip_of(slip: Token, name: Token) -> bool {
    if is_known(slip.class) || !is_known(name.class) {
        return false;
    }
    let (letters, length) = slip.letters();
    length >= 2
        && table().written(name.class).any(|text| {
            text.len() >= 3
                && text.as_bytes()[0] == letters[0]
                && text.len().abs_diff(length) <= 1
                && osa::distance(letters[..length].iter().copied(), text.bytes().take(LETTERS)) <= 1
        })
}

/// Whether one sounds as the other does and goes on, as Rianne and Rhiannon do; of given names alone, where a mishearing
/// is likelier than another name.
fn may_be_heard_as(a: Token, b: Token) -> bool {
    let (short, long) = (a.sound.min(b.sound), a.sound.max(b.sound));
    let goes_on = short > 0xff && (long == short || long >> 8 == short || long >> 16 == short);
    a.part() == Part::Given && b.part() == Part::Given && goes_on
}

/// Whether one has no vowels, as names from Arabic script have none, and the other has the same consonants.
fn consonants_alike(a: Token, b: Token) -> bool {
    let ((letters_a, length_a), (letters_b, length_b)) = (a.letters(), b.letters());
    let (a, b) = (&letters_a[..length_a], &letters_b[..length_b]);
    let bare = |l: &[u8]| l.len() >= 3 && !l.iter().any(|l| b"aeiou".contains(l));
    if !bare(a) && !bare(b) {
        return false;
    }
    let (mut own, mut other) = ([0; LETTERS], [0; LETTERS]);
    let (n, m) = (script::consonants(a, &mut own), script::consonants(b, &mut other));
    n >= 2 && own[..n] == other[..m]
}

/// Weight of a name's agreement, from how many people have it. Kept for the words of the record that is looked up.
#[derive(Clone, Copy, Debug)]
pub struct Rarity {
    /// Of this very spelling.
    pub spelling: i32,
    /// Of the name in all spellings.
    pub class: i32,
}

/// Holds one part of a name against the same part of another. `rarity` is that of `a`'s words, one each; `other` finds
/// that of a word of `b`.
pub fn compare_part(
    a: &[Token],
    rarity: &[Rarity],
    b: &[Token],
    other: &impl Fn(Token) -> Rarity,
    differs: i32,
    weights: &NameWeights,
) -> (Agreement, i32) {
    let mut best: Option<(usize, usize, Agreement, i32)> = None;
    for (i, &word) in a.iter().enumerate() {
        for (j, &against) in b.iter().enumerate() {
            let agreement = alike(word, against);
            let rare = rarity[i];
            let plain = match agreement {
                Agreement::Exact if word.is_initial() => weights.initial,
                Agreement::Exact if word.part() == against.part() => rare.spelling,
                // The other way round, one of the two stands in a place where it is seldom seen; that does not make it
                // rare.
                Agreement::Exact => rare.spelling.min(other(against).spelling),
                Agreement::Variant => rare.class.min(other(against).class) - weights.variant,
                Agreement::Partial if word.is_initial() || against.is_initial() => weights.initial,
                // What came down to its consonants is the same name, and no slip.
                Agreement::Close if word.is_bare() || against.is_bare() => {
                    rare.spelling.min(other(against).spelling) - weights.close
                }
                Agreement::Close => slip(rare, other(against), weights.close, weights),
                Agreement::Partial => slip(rare, other(against), weights.doubtful, weights),
                _ => continue,
            };
            let weight = if i == 0 && j == 0 { plain } else { plain - weights.out_of_place };
            if best.is_none_or(|(.., so_far)| weight > so_far) {
                best = Some((i, j, agreement, weight));
            }
        }
    }
    match best {
        _ if a.is_empty() || b.is_empty() => (Agreement::Missing, 0),
        None => (Agreement::Disagree, differs),
        Some((i, j, agreement, weight)) => {
            let agreement =
                if agreement == Agreement::Exact && a[i].is_initial() { Agreement::Partial } else { agreement };
            if !rest_differs(a, i, b, j) {
                return (agreement, weight);
            }
            // Two who share a second name only, or whose first names agree and the next do not.
            let weight = weight - weights.rest_differs;
            if (i, j) == (0, 0) && weight > 0 { (Agreement::Partial, weight) } else { (Agreement::Disagree, differs) }
        }
    }
}

/// What two spellings weigh that are a slip apart: as much as the more common one less what slips take off, and no more
/// than the rarer one less what this very slip, of all that could have been made, takes off. Of doubtful likenesses there are
/// more, so that takes off as much more: Emma and Amy are two sisters.
fn slip(a: Rarity, b: Rarity, off: i32, weights: &NameWeights) -> i32 {
    (a.spelling.min(b.spelling) - off).min(a.spelling.max(b.spelling) - weights.slip - (off - weights.close).max(0))
}

/// Whether both have more words than the pair that agrees, and none of those agree.
fn rest_differs(a: &[Token], i: usize, b: &[Token], j: usize) -> bool {
    a.len() > 1
        && b.len() > 1
        && a.iter().enumerate().filter(|(at, _)| *at != i).all(|(_, x)| {
            b.iter().enumerate().filter(|(at, _)| *at != j).all(|(_, y)| alike(*x, *y) == Agreement::Disagree)
        })
}
