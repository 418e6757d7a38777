//! The messages of the feed (FEED.md): their types, how they are read, and their JSON Schema.
//!
//! One table, [`table::TYPES`], says which fields each type has; reading and the schema both go by it.
//! A message is read whole or not at all: a fault names its place with a JSON pointer and repeats no content.

mod json;
mod person;
mod read;
mod schema;
mod table;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use person::{Born, Location, Person};
pub use read::{Fault, Read, read, read_line, read_person, read_value};
pub use schema::json_schema;
pub use words::*;

use crate::time::Timestamp;

/// Every type of the contract, in its order. New types go to the end of the list only, since state refers to them by place.
pub fn type_names() -> impl Iterator<Item = &'static str> {
    table::TYPES.iter().map(|t| t.0)
}

/// The place of a type in that order.
pub fn place_of_type(name: &str) -> Option<usize> {
    table::place(name)
}

/// Longest `id` and reference, in characters (FEED.md "Envelope").
pub const LONGEST_ID: usize = 200;

/// One message of a feed: its envelope and what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Unique within the feed, 1 to 200 characters.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// When the force's systems had it, if the line says so.
    pub known: Option<Timestamp>,
    /// The source system's incident reference.
    pub incident: Option<String>,
    /// Who did it in the source system: a staff or unit id.
    pub by: Option<String>,
    /// What it says.
    pub body: Body,
}

/// What a message says, one variant a `type` of FEED.md. Field names are those of the contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Body {
    Opened {
        channel: Option<Channel>,
        grade: Option<Grade>,
        code: Option<String>,
        qualifiers: Vec<String>,
        text: Option<String>,
        location: Option<Location>,
        call: Option<String>,
    },
    Logged {
        text: String,
    },
    Graded {
        grade: Grade,
        reason: Option<String>,
    },
    Coded {
        code: Option<String>,
        qualifiers: Vec<String>,
    },
    Located {
        location: Location,
    },
    Involved {
        role: Role,
        person: Person,
        relationship: Option<Relationship>,
    },
    Linked {
        to: String,
        why: Option<String>,
    },
    Unlinked {
        to: String,
        why: Option<String>,
    },
    Merged {
        into: String,
    },
    Closed {
        code: Option<String>,
        reason: Option<String>,
    },
    Reopened {
        code: Option<String>,
        reason: Option<String>,
    },
    Passed {
        to: Option<String>,
        text: Option<String>,
    },
    Accepted {
        by_force: Option<String>,
        text: Option<String>,
    },
    Returned {
        by_force: Option<String>,
        text: Option<String>,
    },
    Assessed {
        tool: Tool,
        answers: BTreeMap<String, String>,
        level: Option<Level>,
        reason: Option<String>,
    },
    Outcome {
        kind: OutcomeKind,
        person: Option<Person>,
        detail: Option<String>,
    },
    Corrected {
        corrects: String,
        fields: Option<serde_json::Map<String, serde_json::Value>>,
        withdrawn: bool,
    },
    UnitAssigned {
        unit: String,
    },
    UnitArrived {
        unit: String,
    },
    UnitLeft {
        unit: String,
    },
    UnitTold {
        unit: Option<String>,
        text: String,
    },
    CallStarted {
        call: String,
        line: Option<Line>,
        from: Option<String>,
        handler: Option<String>,
        location: Option<Location>,
        sip: Option<String>,
    },
    CallEnded {
        call: String,
        how: CallEnd,
    },
    CallBack {
        call: String,
        answered_by: AnsweredBy,
    },
    CallAttached {
        call: String,
        incident: String,
    },
    OrderMade {
        order: String,
        kind: OrderKind,
        subject: Person,
        protects: Vec<Person>,
        conditions: Vec<String>,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    },
    OrderEnded {
        order: String,
        why: Option<String>,
    },
    OrderConsidered {
        kinds: Vec<String>,
        subject: Option<Person>,
        decision: Consideration,
        reason: Option<String>,
    },
    Marked {
        person: Person,
        marker: Marker,
        until: Option<Timestamp>,
    },
    PersonMerged {
        from: String,
        to: String,
    },
    Arrested {
        person: Person,
        offence: Option<String>,
    },
    Released {
        person: Person,
        how: Release,
        conditions: Vec<String>,
        protects: Vec<Person>,
    },
    CrimeRecorded {
        crime: String,
        offence: Option<String>,
        harm: Option<u64>,
        reason: Option<String>,
    },
    CrimeAllocated {
        crime: String,
        offence: Option<String>,
        harm: Option<u64>,
        reason: Option<String>,
    },
    CrimeClosed {
        crime: String,
        offence: Option<String>,
        reason: Option<String>,
        suspect_spoken: Option<bool>,
    },
    Checked {
        system: CheckSystem,
        about: CheckAbout,
    },
    Told {
        what: ToldWhat,
        person: Person,
        about: Option<Person>,
    },
    MaracReferred {
        person: Person,
        suspect: Option<Person>,
        repeat: Option<bool>,
    },
    MaracHeard {
        person: Person,
        suspect: Option<Person>,
        repeat: Option<bool>,
    },
    DisclosureApplied {
        scheme: Scheme,
        person: Person,
        at_risk: Option<Person>,
        decision: Option<String>,
    },
    DisclosureDecided {
        scheme: Scheme,
        person: Person,
        at_risk: Option<Person>,
        decision: Option<String>,
    },
    SupportReferred {
        person: Person,
        service: Option<String>,
        kind: ServiceKind,
        consent: Option<bool>,
    },
    SupportContacted {
        person: Person,
        service: Option<String>,
        kind: ServiceKind,
        consent: Option<bool>,
    },
    SupportDeclined {
        person: Person,
        service: Option<String>,
        kind: ServiceKind,
        consent: Option<bool>,
    },
    FirearmsReviewed {
        person: Person,
        decision: Option<String>,
    },
    InterpreterBooked {
        language: Option<String>,
        who: Interpreter,
    },
    VideoOffered {
        person: Option<Person>,
        with: Option<String>,
        suspect_present: Option<bool>,
        safe_room: Option<bool>,
    },
    VideoHeld {
        person: Option<Person>,
        with: Option<String>,
        suspect_present: Option<bool>,
        safe_room: Option<bool>,
    },
    StaffListed {
        staff: String,
        role: StaffRole,
        team: Option<String>,
        from: Option<Timestamp>,
        person: Option<Person>,
    },
    Alive {
        sent: Option<u64>,
    },
    /// A person's act in the desk, as `export` writes it and `replay` reads it (`desk.*`).
    Act {
        kind: ActKind,
        flag: Option<String>,
        /// The fact of docs/facts.md that it makes true.
        answers: Option<String>,
        record: Option<String>,
        to: Option<String>,
        text: Option<String>,
    },
}

impl Body {
    /// The `type` of FEED.md.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "incident.opened",
            Self::Logged { .. } => "incident.logged",
            Self::Graded { .. } => "incident.graded",
            Self::Coded { .. } => "incident.coded",
            Self::Located { .. } => "incident.located",
            Self::Involved { .. } => "incident.person",
            Self::Linked { .. } => "incident.linked",
            Self::Unlinked { .. } => "incident.unlinked",
            Self::Merged { .. } => "incident.merged",
            Self::Closed { .. } => "incident.closed",
            Self::Reopened { .. } => "incident.reopened",
            Self::Passed { .. } => "incident.passed",
            Self::Accepted { .. } => "incident.accepted",
            Self::Returned { .. } => "incident.returned",
            Self::Assessed { .. } => "incident.assessed",
            Self::Outcome { .. } => "incident.outcome",
            Self::Corrected { .. } => "incident.corrected",
            Self::UnitAssigned { .. } => "unit.assigned",
            Self::UnitArrived { .. } => "unit.arrived",
            Self::UnitLeft { .. } => "unit.left",
            Self::UnitTold { .. } => "unit.told",
            Self::CallStarted { .. } => "call.started",
            Self::CallEnded { .. } => "call.ended",
            Self::CallBack { .. } => "call.back",
            Self::CallAttached { .. } => "call.attached",
            Self::OrderMade { .. } => "order.made",
            Self::OrderEnded { .. } => "order.ended",
            Self::OrderConsidered { .. } => "order.considered",
            Self::Marked { .. } => "person.marked",
            Self::PersonMerged { .. } => "person.merged",
            Self::Arrested { .. } => "person.arrested",
            Self::Released { .. } => "person.released",
            Self::CrimeRecorded { .. } => "crime.recorded",
            Self::CrimeAllocated { .. } => "crime.allocated",
            Self::CrimeClosed { .. } => "crime.closed",
            Self::Checked { .. } => "check.made",
            Self::Told { .. } => "victim.told",
            Self::MaracReferred { .. } => "marac.referred",
            Self::MaracHeard { .. } => "marac.heard",
            Self::DisclosureApplied { .. } => "disclosure.applied",
            Self::DisclosureDecided { .. } => "disclosure.decided",
            Self::SupportReferred { .. } => "support.referred",
            Self::SupportContacted { .. } => "support.contacted",
            Self::SupportDeclined { .. } => "support.declined",
            Self::FirearmsReviewed { .. } => "firearms.reviewed",
            Self::InterpreterBooked { .. } => "interpreter.booked",
            Self::VideoOffered { .. } => "video.offered",
            Self::VideoHeld { .. } => "video.held",
            Self::StaffListed { .. } => "staff.listed",
            Self::Alive { .. } => "feed.alive",
            Self::Act { kind, .. } => kind.type_name(),
        }
    }

    /// The free text in which the lexicon looks for words, with the field it stands in.
    pub fn text(&self) -> Option<(&'static str, &str)> {
        let found = match self {
            Self::Opened { text, .. } | Self::Passed { text, .. } | Self::Returned { text, .. } => {
                ("text", text.as_deref()?)
            }
            Self::Logged { text } | Self::UnitTold { text, .. } => ("text", text.as_str()),
            Self::Graded { reason, .. } | Self::Closed { reason, .. } | Self::Assessed { reason, .. } => {
                ("reason", reason.as_deref()?)
            }
            Self::Outcome { detail, .. } => ("detail", detail.as_deref()?),
            _ => return None,
        };
        Some(found)
    }
}

/// What a real query of `check.made` was about: exactly one thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum CheckAbout {
    Person(Box<Person>),
    Phone(String),
    Location(Box<Location>),
}

#[cfg(test)]
mod tests;
