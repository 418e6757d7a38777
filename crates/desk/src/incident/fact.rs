//! The facts an incident is made of.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::message::{Born, Channel, Grade, Level, OutcomeKind, Relationship, Role, Tool};
use crate::stamp::{CallId, IncidentId, RecordId, Stamp};
use crate::time::Timestamp;

/// How an incident was opened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Opening {
    /// Its source.
    pub stamp: Stamp,
    /// How the report came.
    pub channel: Option<Channel>,
    /// The call that it was opened from.
    pub call: Option<CallId>,
}

/// One message on the log, without its words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its source.
    pub stamp: Stamp,
    /// The message type of FEED.md.
    pub kind: EntryKind,
    /// Written by a person (not by one of the ids that the policy lists as systems) as an `incident.*` message.
    pub by_person: bool,
    /// Hashes of its content words, kept only where an assessment's reason may later refer to them.
    pub words: Vec<u32>,
}

/// A message type, as an index into the contract's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryKind(pub u8);

impl EntryKind {
    /// From the type's name.
    pub fn of(type_name: &str) -> Self {
        let place = crate::message::place_of_type(type_name).unwrap_or(usize::MAX);
        Self(u8::try_from(place).unwrap_or(u8::MAX))
    }

    /// The type's name.
    pub fn name(self) -> &'static str {
        crate::message::type_names().nth(usize::from(self.0)).unwrap_or("unknown")
    }
}

/// What started the clock of a grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Start {
    /// Given at opening.
    Opening,
    /// Given later.
    Regrade,
    /// In force again because the log was reopened.
    Reopening,
}

/// A grade given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grading {
    /// Its source.
    pub stamp: Stamp,
    /// The grade.
    pub grade: Grade,
    /// Whether a reason was written with it.
    pub reasoned: bool,
    /// What started its clock.
    pub start: Start,
}

/// A code given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Coding {
    /// Its source.
    pub stamp: Stamp,
    /// The force's code and qualifiers, as one line.
    pub code: Arc<str>,
    /// Whether the policy reads it as domestic abuse.
    pub da: bool,
    /// Whether the policy reads it as an offence.
    pub offence: bool,
}

/// A person on an incident.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Involvement {
    /// Its source.
    pub stamp: Stamp,
    /// What they are to the incident.
    pub role: Role,
    /// Their record.
    pub record: RecordId,
    /// What they are to the victim.
    pub relationship: Option<Relationship>,
    /// Whether the message names them (a reference or any name).
    pub named: bool,
    /// Whether the message says that they need an interpreter.
    pub interpreter: bool,
    /// Whether the message says that they are pregnant.
    pub pregnant: bool,
    /// When they were born, as the message says.
    pub born: Option<Born>,
}

/// A unit's time on an incident.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stint {
    /// The unit.
    pub unit: Arc<str>,
    /// Sent.
    pub assigned: Option<Stamp>,
    /// There.
    pub arrived: Option<Stamp>,
    /// Gone again, whether or not it had arrived.
    pub left: Option<Stamp>,
}

impl Stint {
    /// When it began, by whatever is known of it.
    pub fn began_at(&self) -> Timestamp {
        [&self.assigned, &self.arrived, &self.left].into_iter().flatten().map(|s| s.at).min().unwrap_or_default()
    }

    /// Sent or there at an instant, and not gone by then.
    pub fn active_at(&self, at: Timestamp) -> bool {
        self.began_at() <= at && self.left.as_ref().is_none_or(|l| l.at > at)
    }

    /// There at an instant: arrived, not gone by then.
    pub fn there_at(&self, at: Timestamp) -> bool {
        self.arrived.as_ref().is_some_and(|a| a.at <= at) && self.left.as_ref().is_none_or(|l| l.at > at)
    }
}

/// Something passed to a unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Telling {
    /// Its source.
    pub stamp: Stamp,
    /// The unit, where the message says.
    pub unit: Option<Arc<str>>,
}

/// A risk assessment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Assessment {
    /// Its source.
    pub stamp: Stamp,
    /// The tool.
    pub tool: Tool,
    /// The level reached.
    pub level: Option<Level>,
    /// Whether a reason was written with it.
    pub reasoned: bool,
    /// The answers, by question id.
    pub answers: Vec<(Arc<str>, Arc<str>)>,
    /// Hashes of the reason's content words, kept only where the level fell.
    pub words: Vec<u32>,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// Its source.
    pub stamp: Stamp,
    /// What.
    pub kind: OutcomeKind,
    /// Of whom, where the message says.
    pub record: Option<RecordId>,
    /// Whether a detail was written with it.
    pub detailed: bool,
    /// Of a crime recorded: the policy's names for the offences that the detail speaks of.
    pub offences: Vec<Arc<str>>,
}

/// A closing or a reopening.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ending {
    /// Its source.
    pub stamp: Stamp,
    /// Closed (true) or reopened (false).
    pub closed: bool,
}

/// A crime recorded from an incident.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Crime {
    /// The force's crime reference.
    pub crime: Arc<str>,
    /// Recorded.
    pub recorded: Option<Stamp>,
    /// Given to somebody.
    pub allocated: Option<Stamp>,
    /// Closed.
    pub closed: Option<Stamp>,
    /// Whether the suspect was spoken to, as the closing says.
    pub suspect_spoken: Option<bool>,
    /// Its harm score in days, where the force scores harm; the highest said.
    pub harm: Option<u64>,
    /// The policy's names for the offence, as it was recorded or given to somebody.
    pub offences: Vec<Arc<str>>,
}

/// An indicator found in words: where it stands, never the words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sign {
    /// The message it stands in.
    pub stamp: Stamp,
    /// The lexicon's name for it.
    pub indicator: Arc<str>,
    /// First byte in the field's text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Said, not denied and not hearsay of long ago, and nobody's name.
    pub stated: bool,
    /// Whether the lexicon counts it as an indicator of risk.
    pub risk: bool,
    /// Whether it stands in what was told to a unit or another force rather than on the log.
    pub told: bool,
    /// What the lexicon read, before anybody's name was held against it.
    pub read: bool,
    /// Keys of its words that stand as a name would; where one is a name on the log it is not said.
    pub names: Vec<u32>,
}

/// A contact by or about a victim.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contact {
    /// Its source: the opening, or the attaching of a call.
    pub stamp: Stamp,
    /// The call, where it was one.
    pub call: Option<CallId>,
}

/// A link to another incident.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Link {
    /// Its source.
    pub stamp: Stamp,
    /// The other incident.
    pub to: IncidentId,
}

/// Handed to another force, taken by it, or sent back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Passing {
    /// Its source.
    pub stamp: Stamp,
    /// Which of the three.
    pub kind: EntryKind,
}

/// What a person did about an incident in the desk, as a file's `desk.*` line says it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Act {
    /// Its source.
    pub stamp: Stamp,
    /// What was done.
    pub kind: crate::message::ActKind,
    /// The fact that it makes true, where it says; else every one that an act of its kind does.
    pub answers: Option<Arc<str>>,
    /// Done by a supervisor, by their shift or the staff list.
    pub by_supervisor: bool,
}

impl Act {
    /// Whether it makes a fact true, by its name.
    pub fn makes(&self, fact: &str) -> bool {
        self.answers.as_deref().is_none_or(|answers| answers == fact)
    }
}

/// An arrest made by `person.arrested`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Arrest {
    /// Its source.
    pub stamp: Stamp,
    /// Who.
    pub record: RecordId,
}

/// Where an incident is, by what identifies a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Unique property reference number, or the postcode and first line folded: never shown, only compared.
    pub key: Arc<str>,
}
