//! Blocking keys: what two records must share, one of these at least, to be compared at all.

use super::birth::Birth;
use super::features::Features;
use super::marks::{Kind, Mark, mix, of};
use super::name::{Part, Token};
use super::names::{NameClass, table};

/// Words of each part that make keys.
const WORDS: usize = 2;
/// Full names that a short form makes keys for, besides its own.
const FULL: usize = 3;

/// A key: 32 bits of a hash. That two keys fall together now and then costs a comparison, never a wrong answer.
pub type Block = u32;

#[derive(Clone, Copy)]
#[repr(u8)]
enum Rule {
    Mark = 1,
    House,
    PostcodeFamily,
    PostcodeGiven,
    BornName,
    BornSound,
    SoundYear,
    NamePair,
    Born,
    Postcode,
    PairYear,
    PairDay,
    StreetName,
}

/// The key of one value.
pub fn of_mark(mark: Mark) -> Block {
    block(Rule::Mark, mark.whole(), 0)
}

/// The key of a home: postcode and numbers.
pub fn of_house(marks: &[Mark]) -> Option<Block> {
    let (postcode, numbers) = (of(marks, Kind::Postcode).first()?, of(marks, Kind::Number));
    (!numbers.is_empty()).then(|| {
        let numbers = numbers.iter().fold(0, |all, n| mix(all ^ n.whole()));
        block(Rule::House, postcode.whole(), numbers)
    })
}

/// Street and numbers, as one number.
fn street_and_numbers(marks: &[Mark]) -> Option<u64> {
    let (street, numbers) = (of(marks, Kind::Street).first()?, of(marks, Kind::Number));
    (!numbers.is_empty()).then(|| numbers.iter().fold(street.whole(), |all, n| mix(all ^ n.whole())))
}

/// The key of a name's first words, order aside; nothing where it has not both.
pub fn of_name_pair(name: &[Token]) -> Option<Block> {
    let word = |part| name.iter().find(|t| t.part() == part && !t.is_initial());
    let (a, b) = (word(Part::Given)?.class(), word(Part::Family)?.class());
    Some(block(Rule::NamePair, u64::from(a.min(b)), u64::from(a.max(b))))
}

/// Every key of a record, sorted, each once.
pub fn of_features(features: &Features) -> Vec<Block> {
    let marks = &features.marks;
    let mut keys = Vec::with_capacity(24);
    for kind in [Kind::Reference, Kind::Phone, Kind::Email, Kind::Vehicle, Kind::Uprn] {
        keys.extend(of(marks, kind).iter().map(|m| of_mark(*m)));
    }
    keys.extend(of_house(marks));
    let mut given: Vec<NameClass> = Vec::new();
    let mut family: Vec<NameClass> = Vec::new();
    for name in names(&features.names) {
        let words = |part| name.iter().filter(move |t| t.part() == part && !t.is_initial()).take(WORDS);
        let (first, last) = (Classes::of(words(Part::Given)), Classes::of(words(Part::Family)));
        // Order aside, so that a name the other way round has the same key.
        for a in &first.0 {
            let whole = |b: &NameClass| u64::from(*a.min(b)) << 32 | u64::from(*a.max(b));
            for pair in last.0.iter().map(whole) {
                keys.push(block(Rule::NamePair, pair >> 32, pair & u64::from(u32::MAX)));
                // Of namesakes there may be too many; these part them, with one of year and day wrong.
                if features.born.is_known() {
                    keys.push(block(Rule::PairYear, pair, u64::from(features.born.year())));
                }
                if features.born.is_full() {
                    let day = u64::from(Birth::either_way_round(features.born)) & 0x3ff;
                    keys.push(block(Rule::PairDay, pair, day));
                }
            }
        }
        for word in words(Part::Family) {
            if let Some(postcode) = of(marks, Kind::Postcode).first() {
                keys.push(block(Rule::PostcodeFamily, postcode.whole(), u64::from(word.sound())));
            }
            if features.born.is_known() {
                keys.push(block(Rule::SoundYear, u64::from(word.sound()), u64::from(features.born.year())));
            }
        }
        if features.born.is_full() {
            let day = u64::from(Birth::either_way_round(features.born));
            let sounds = words(Part::Given).chain(words(Part::Family)).map(|w| u64::from(w.sound()));
            keys.extend(sounds.map(|sound| block(Rule::BornSound, day, sound)));
        }
        given.extend(first.0);
        family.extend(last.0);
    }
    if let Some(home) = street_and_numbers(marks) {
        // Without a postcode, or with a slip in it. Towns have streets of the same name, so a name goes with it.
        keys.extend(given.iter().chain(&family).map(|c| block(Rule::StreetName, home, u64::from(*c))));
    }
    if features.born.is_full() {
        // By itself too: it finds only while few share it.
        keys.push(block(Rule::Born, u64::from(Birth::either_way_round(features.born)), 0));
    }
    if let Some(postcode) = of(marks, Kind::Postcode).first() {
        keys.push(block(Rule::Postcode, postcode.whole(), 0));
        keys.extend(given.iter().map(|c| block(Rule::PostcodeGiven, postcode.whole(), u64::from(*c))));
    }
    if features.born.is_full() {
        let day = u64::from(Birth::either_way_round(features.born));
        keys.extend(given.iter().chain(&family).map(|c| block(Rule::BornName, day, u64::from(*c))));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The names of a record, one slice each.
pub fn names(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    tokens.chunk_by(|a, b| a.name() == b.name())
}

/// Classes of words. A short form stands for its full names too, so that two short forms of one name meet there.
struct Classes(Vec<NameClass>);

impl Classes {
    fn of<'a>(words: impl Iterator<Item = &'a Token>) -> Self {
        let mut classes = Vec::new();
        for word in words {
            classes.push(word.class());
            classes.extend(table().full(word.class()).take(FULL));
        }
        classes.sort_unstable();
        classes.dedup();
        Self(classes)
    }
}

const fn block(rule: Rule, a: u64, b: u64) -> Block {
    (mix(a ^ mix(b ^ (rule as u64) << 56)) >> 32) as Block
}
