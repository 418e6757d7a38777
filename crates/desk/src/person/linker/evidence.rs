//! What a match rests on, field by field.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::index::RecordKey;

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The first and middle names.
    Given,
    /// The family name.
    Family,
    /// The birth date.
    Born,
    /// The sex.
    Sex,
    /// The phone numbers.
    Phone,
    /// The e-mail addresses.
    Email,
    /// Property reference, postcode, house number, street.
    Address,
    /// The registration marks of vehicles.
    Vehicle,
    /// The force's nominal id, where both have one and they differ.
    Reference,
    /// Somebody of theirs is probably on the log too: the pair again.
    Beside,
}

impl Field {
    /// Every field, in the order in which a comparison holds them.
    pub const ALL: [Self; 10] = [
        Self::Given,
        Self::Family,
        Self::Born,
        Self::Sex,
        Self::Phone,
        Self::Email,
        Self::Address,
        Self::Vehicle,
        Self::Reference,
        Self::Beside,
    ];

    /// The field in plain words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Given => "first name",
            Self::Family => "family name",
            Self::Born => "birth date",
            Self::Sex => "sex",
            Self::Phone => "phone",
            Self::Email => "e-mail",
            Self::Address => "address",
            Self::Vehicle => "vehicle",
            Self::Reference => "force reference",
            Self::Beside => "the other of the pair",
        }
    }
}

/// How two values of a field stand to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// The same.
    Exact,
    /// Another spelling, a short form or a feminine form of the same name.
    Variant,
    /// First and family name, or day and month, the other way round.
    Swapped,
    /// A slip of the pen, or the same by ear.
    Close,
    /// As far as it goes: an initial, one of two family names, the year alone, the postcode alone.
    Partial,
    /// One side or both do not say.
    #[default]
    Missing,
    /// Different.
    Disagree,
}

impl Agreement {
    /// The agreement in plain words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Exact => "the same",
            Self::Variant => "another spelling",
            Self::Swapped => "the other way round",
            Self::Close => "almost the same",
            Self::Partial => "the same in part",
            Self::Missing => "not known",
            Self::Disagree => "different",
        }
    }
}

/// What a match's weight means (RULES.md "Joining").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Too weak to ask.
    No,
    /// Asked; counts in nothing until a person confirms it.
    Likely,
    /// Asked, and counted by the rules meanwhile.
    Sure,
}

/// One field of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldEvidence {
    /// Which field.
    pub field: Field,
    /// How the two stand to each other.
    pub agreement: Agreement,
    /// What it adds, in hundredths of a bit; below zero it speaks against.
    pub weight: i32,
}

impl FieldEvidence {
    /// The evidence in plain words: `phone the same +9.1`.
    pub fn words(&self) -> String {
        format!("{} {} {}", self.field.words(), self.agreement.words(), bits(self.weight))
    }
}

/// A record that may be the same person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The record found.
    pub key: RecordKey,
    /// Prior and evidence together, in hundredths of a bit: 0 is as likely as not. Absolute.
    pub weight: i32,
    /// The same as a probability, in parts per million.
    pub probability_ppm: u32,
    /// What it means.
    pub class: Class,
    /// Every field that both sides know, heaviest first. With the prior they add up to `weight`.
    pub evidence: Vec<FieldEvidence>,
}

impl Match {
    /// The evidence in a sentence: `phone +9.1, first name +4.0, address -3.9`.
    pub fn sentence(&self) -> String {
        let mut sentence = String::new();
        for (i, e) in self.evidence.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(sentence, "{comma}{} {}", e.field.words(), bits(e.weight));
        }
        sentence
    }

    /// The evidence on one field, where both sides know it.
    pub fn on(&self, field: Field) -> Option<FieldEvidence> {
        self.evidence.iter().copied().find(|e| e.field == field)
    }
}

/// A weight as people read it: one digit after the point, always with its sign.
fn bits(weight: i32) -> String {
    let tenths = (weight.abs() + 5) / 10;
    format!("{}{}.{}", if weight < 0 { '-' } else { '+' }, tenths / 10, tenths % 10)
}
