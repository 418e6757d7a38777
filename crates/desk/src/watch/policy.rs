//! The policy file: the force's codes and times, and its rules, compiled.
//!
//! A mistake is named with its line and column and nothing of the file is used; the policy in force stays.

mod area;
mod compile;
mod file;
mod recording;
mod tables;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use area::Area;
pub(crate) use compile::{Expression, Part, Setting, Template};
pub use compile::{Rule, Step};
pub use recording::Recorded;
pub use tables::Tables;
pub(crate) use tables::end_of_shift;
pub use written::{Written, WrittenStep};

use super::lexicon::Problem;
use crate::message::Grade;
use crate::time::{Period, Timestamp};

/// The default policy, as the project ships it.
pub const POLICY: &str = include_str!("../../../../policy/policy.toml");

/// A policy in force.
#[derive(Debug)]
pub struct Policy {
    /// A hash of the text, as 16 hexadecimal digits.
    pub version: Arc<str>,
    /// The file, whole.
    pub text: Arc<str>,
    /// Before this instant messages build history and raise nothing.
    pub live_from: Option<Timestamp>,
    /// The force's target for each grade that has one.
    pub targets: BTreeMap<Grade, Period>,
    /// The grade above all others.
    pub top_grade: Grade,
    /// Ids in `by` that are systems, not people.
    pub systems: BTreeSet<Arc<str>>,
    /// Days that are no working days besides weekends.
    pub holidays: Vec<jiff::civil::Date>,
    /// A feed that sends `feed.alive` is silent after this long without a message.
    pub feed_silence: Period,
    /// A clock that has run this share of its period may stand in the queue as due, in hundredths.
    pub due_after: i64,
    /// Whether live calls are recorded, and for how long their files are kept.
    pub recording: Recorded,
    /// What the force's offences, questions, markers and shifts are called.
    pub tables: Tables,
    /// The rules, in the order of the file.
    pub rules: Vec<Rule>,
    /// Postcodes and numbers of other forces.
    pub areas: Vec<Area>,
    /// Questions of assessments that describe an offence when they are answered with yes.
    pub offence_answers: BTreeSet<Arc<str>>,
    da_words: Vec<String>,
    da_parts: Vec<String>,
    offence_parts: Vec<String>,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// Every mistake found, with line and column.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        file::read(text)
    }

    /// The policy that the project ships.
    ///
    /// # Panics
    /// Never: a test reads the shipped file.
    pub fn shipped() -> Self {
        Self::parse(POLICY).expect("the shipped policy is read by every test")
    }

    /// A rule by id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| &*r.id == id)
    }

    /// Whether a code or qualifier is domestic abuse.
    pub fn is_da_code(&self, code: &str) -> bool {
        let upper = code.to_uppercase();
        let mut words = upper.split(|c: char| !c.is_alphanumeric());
        words.any(|w| self.da_words.iter().any(|d| d == w)) || self.da_parts.iter().any(|p| upper.contains(p.as_str()))
    }

    /// Whether a code or qualifier is an offence.
    pub fn is_offence_code(&self, code: &str) -> bool {
        let upper = code.to_uppercase();
        self.offence_parts.iter().any(|p| upper.contains(p.as_str()))
    }
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(|_| serde::de::Error::custom("the policy in the snapshot cannot be read"))
    }
}
