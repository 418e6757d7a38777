//! Values that are compared whole: each a number with its kind in the top four bits.

use rapidfuzz::distance::osa;
use serde::{Deserialize, Serialize};

/// What a mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    Reference = 1,
    Phone,
    Email,
    Vehicle,
    Uprn,
    Postcode,
    /// A house or flat number.
    Number,
    /// A word of the street.
    Street,
    /// What kind of way the street is: road, lane, close.
    Way,
}

/// A value of one kind: a number, a packed text or 60 bits of a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(u64);

const VALUE: u64 = (1 << 60) - 1;

impl Mark {
    pub const fn new(kind: Kind, value: u64) -> Self {
        Self((kind as u64) << 60 | value & VALUE)
    }

    /// Kind and value as one number.
    pub const fn whole(self) -> u64 {
        self.0
    }
}

/// A hash that stays the same on every machine and in every version (FNV-1a, then mixed).
pub fn hash(bytes: &[u8]) -> u64 {
    let fnv = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
    mix(fnv)
}

/// Spreads the bits of a number (the finisher of SplitMix64).
pub const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A phone number, as [`super::phone`] reads it.
pub fn phone(text: &str) -> Option<Mark> {
    super::phone(text).map(|number| Mark::new(Kind::Phone, number))
}

/// An e-mail address, case and surrounding space aside.
pub fn email(text: &str) -> Option<Mark> {
    let text = text.trim().to_lowercase();
    text.contains('@').then(|| Mark::new(Kind::Email, hash(text.as_bytes())))
}

/// Letters and digits only, in capitals, packed in base 37: at most eleven.
pub fn packed(text: &str) -> Option<u64> {
    let kept: Vec<char> = text.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    (2..=11).contains(&kept.len()).then(|| {
        // A letter or digit is always one in base 36.
        kept.iter().filter_map(|c| c.to_digit(36)).fold(0, |value, digit| value * 37 + u64::from(digit) + 1)
    })
}

/// A vehicle's registration mark.
pub fn vehicle(text: &str) -> Option<Mark> {
    packed(text).map(|v| Mark::new(Kind::Vehicle, v))
}

/// The force's nominal id, case and what is no letter or digit aside: packed where that is short, so that a slip of the pen
/// can be seen, else a hash. One without letters and digits stands as it is written.
pub fn reference(text: &str) -> Option<Mark> {
    let text = text.trim();
    let folded: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let hashed = |text: &str| hash(text.as_bytes()) | 1 << 59;
    let value = match packed(&folded).filter(|_| folded.is_ascii()) {
        // Packed values stay below bit 58.
        Some(value) => value,
        None if folded.is_empty() => hashed(text),
        None => hashed(&folded),
    };
    (!text.is_empty()).then(|| Mark::new(Kind::Reference, value))
}

/// Whether two packed values are a slip apart: one letter other, missing or too many, or two neighbours exchanged.
pub fn one_slip(a: Mark, b: Mark) -> bool {
    if (a.0 | b.0) & 1 << 59 != 0 {
        return false;
    }
    // The first twelve digits of base 37; a place with nothing in it is no letter.
    let unpacked = |m: Mark| {
        let mut rest = m.0 & VALUE;
        let digits = std::array::from_fn::<u64, 12, _>(|_| {
            let digit = rest % 37;
            rest /= 37;
            digit
        });
        digits.into_iter().filter(|d| *d > 0)
    };
    osa::distance(unpacked(a), unpacked(b)) <= 1
}

/// The marks of one kind, from a sorted list.
pub fn of(marks: &[Mark], kind: Kind) -> &[Mark] {
    let start = marks.partition_point(|m| m.whole() >> 60 < kind as u64);
    let end = marks.partition_point(|m| m.whole() >> 60 <= kind as u64);
    &marks[start..end]
}
