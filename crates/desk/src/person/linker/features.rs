//! What is kept of a record for comparing it.

use serde::{Deserialize, Serialize};

use super::address;
use super::birth::Birth;
use super::marks::{self, Mark};
use super::name::{self, Token};
use crate::message::{Born, Person};

/// Aliases that are looked at besides the name.
const ALIASES: usize = 3;
/// Phones, e-mail addresses and vehicles that are looked at, of each.
const VALUES: usize = 4;

/// One record, as its source wrote it (FEED.md `person`). Empty texts count as not given.
#[derive(Clone, Debug, Default)]
pub struct FeaturesInput<'a> {
    /// The force's nominal id.
    pub reference: Option<&'a str>,
    /// The name in one line, `Given Family` or `FAMILY, Given`. Not read where `given` or `family` is there.
    pub name: Option<&'a str>,
    /// First and middle names.
    pub given: Option<&'a str>,
    /// Family name.
    pub family: Option<&'a str>,
    /// Other names, each in one line; the first three count.
    pub aliases: &'a [String],
    /// Birth date.
    pub born: Option<Born>,
    /// Sex, as the source writes it.
    pub sex: Option<&'a str>,
    /// Phone numbers; the first four count.
    pub phones: &'a [String],
    /// E-mail addresses; the first four count.
    pub emails: &'a [String],
    /// Registration marks; the first four count.
    pub vehicles: &'a [String],
    /// Address in one line.
    pub address: Option<&'a str>,
    /// Postcode.
    pub postcode: Option<&'a str>,
    /// Unique property reference number, digits.
    pub uprn: Option<&'a str>,
}

impl<'a> From<&'a Person> for FeaturesInput<'a> {
    fn from(person: &'a Person) -> Self {
        let place = person.location.as_ref();
        Self {
            reference: person.ref_.as_deref(),
            name: person.name.as_deref(),
            given: person.given.as_deref(),
            family: person.family.as_deref(),
            aliases: &person.aliases,
            born: person.born,
            sex: person.sex.as_deref(),
            phones: &person.phones,
            emails: &person.emails,
            vehicles: &person.vehicles,
            address: place.and_then(|l| l.address.as_deref()),
            postcode: place.and_then(|l| l.postcode.as_deref()),
            uprn: place.and_then(|l| l.uprn.as_deref()),
        }
    }
}

/// Sex, where the source says one of two; anything else is not known and weighs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sex {
    /// Not known.
    #[default]
    Unknown,
    /// `f`, `female`, `woman`.
    Female,
    /// `m`, `male`, `man`.
    Male,
}

impl Sex {
    fn read(text: &str) -> Self {
        match text.trim().to_lowercase().as_str() {
            "f" | "female" | "woman" | "w" => Self::Female,
            "m" | "male" | "man" => Self::Male,
            _ => Self::Unknown,
        }
    }
}

/// What is kept of a record for comparing it: packed names, a birth date, marks. About 150 bytes. It stands for the
/// record in snapshots too, so it holds personal data and goes wherever personal data may go, and nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Features {
    pub(super) names: Box<[Token]>,
    /// Sorted.
    pub(super) marks: Box<[Mark]>,
    pub(super) born: Birth,
    pub(super) sex: Sex,
}

impl Features {
    /// Reads a record: transliterated, folded, split, put in sounds. The same input gives the same features always.
    pub fn new(input: &FeaturesInput<'_>) -> Self {
        let mut names = Vec::new();
        match (input.given, input.family) {
            (None, None) => name::read_line(&mut names, 0, input.name.unwrap_or_default()),
            (given, family) => {
                name::read_parts(&mut names, 0, given.unwrap_or_default(), family.unwrap_or_default());
            }
        }
        for (alias, number) in input.aliases.iter().take(ALIASES).zip(1..) {
            name::read_line(&mut names, number, alias);
        }
        let mut all = Vec::new();
        all.extend(input.reference.and_then(marks::reference));
        all.extend(input.phones.iter().filter_map(|p| marks::phone(p)).take(VALUES));
        all.extend(input.emails.iter().filter_map(|e| marks::email(e)).take(VALUES));
        all.extend(input.vehicles.iter().filter_map(|v| marks::vehicle(v)).take(VALUES));
        address::read(&mut all, input.address, input.postcode, input.uprn);
        all.sort_unstable();
        all.dedup();
        Self {
            names: names.into_boxed_slice(),
            marks: all.into_boxed_slice(),
            born: Birth::new(input.born),
            sex: input.sex.map(Sex::read).unwrap_or_default(),
        }
    }

    /// Whether there is anything to compare.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.marks.is_empty() && !self.born.is_known()
    }
}
