//! Flags: what a rule raised, what it rests on, and what became of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::stamp::{CallId, Evidence, FlagId, IncidentId, RecordId};
use crate::time::Timestamp;

/// How much a flag asks of the desk, least first, so that a rise is an increase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Review and coaching.
    S3,
    /// This shift.
    S2,
    /// Interrupt now.
    S1,
}

impl Severity {
    /// `S1`, `S2` or `S3`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::S1 => "S1",
            Self::S2 => "S2",
            Self::S3 => "S3",
        }
    }
}

/// What a rule is judged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An incident.
    Incident(IncidentId),
    /// A call that belongs to no incident.
    Call(CallId),
    /// A person in custody.
    Person(RecordId),
}

/// What raising, growing or rising says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Raised {
    /// The rule.
    pub rule: Arc<str>,
    /// The policy's version.
    pub policy: Arc<str>,
    /// How severe.
    pub severity: Severity,
    /// What it was judged on.
    pub subject: Subject,
    /// The incident it concerns.
    pub incident: Option<IncidentId>,
    /// The victim it concerns.
    pub victim: Option<RecordId>,
    /// The message that started the clock or made the fact.
    pub episode: Arc<str>,
    /// The messages it rests on, oldest first.
    pub evidence: Vec<Evidence>,
    /// Why, in one sentence.
    pub reason: Arc<str>,
    /// When its clock began.
    pub from: Timestamp,
    /// When what it asks for was due.
    pub due: Timestamp,
}

/// Where a flag stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing has answered it.
    Open,
    /// The record answered it.
    Answered {
        /// When that was known.
        at: Timestamp,
        /// How.
        how: Arc<str>,
    },
    /// What it rested on is no longer so.
    Withdrawn {
        /// When that was known.
        at: Timestamp,
        /// Why.
        why: Arc<str>,
    },
}

/// A flag.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flag {
    /// Its id.
    pub id: FlagId,
    /// What it says now: the highest severity so far, and all evidence.
    pub now: Raised,
    /// Every episode it covers, the first first.
    pub episodes: Vec<Arc<str>>,
    /// When it was first raised, and every rise since.
    pub raised: Vec<(Timestamp, Severity)>,
    /// The journal entry that raised it.
    pub seq: u64,
    /// Where it stands.
    pub standing: Standing,
}

impl Flag {
    /// Whether nothing has answered or withdrawn it.
    pub fn is_open(&self) -> bool {
        self.standing == Standing::Open
    }

    /// When it was first raised.
    pub fn raised_at(&self) -> Timestamp {
        self.raised.first().map_or(self.now.due, |r| r.0)
    }
}

/// Every flag.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Flags {
    all: Vec<Flag>,
    of: BTreeMap<Subject, Vec<FlagId>>,
    /// By the incident that they concern, those that were judged on a call or a person.
    about: BTreeMap<IncidentId, BTreeSet<(Subject, FlagId)>>,
}

impl Flags {
    /// One flag.
    pub fn get(&self, id: FlagId) -> Option<&Flag> {
        self.all.get(id.at())
    }

    /// Every flag, oldest first.
    pub fn all(&self) -> &[Flag] {
        &self.all
    }

    /// The id that the next flag gets.
    pub fn next_id(&self) -> FlagId {
        FlagId(u32::try_from(self.all.len()).unwrap_or(u32::MAX))
    }

    /// The flags judged on a subject, oldest first.
    pub fn on(&self, subject: Subject) -> impl Iterator<Item = &Flag> {
        self.of.get(&subject).into_iter().flatten().filter_map(|id| self.get(*id))
    }

    /// The flags that concern an incident, whatever they were judged on.
    pub fn of_incident(&self, incident: IncidentId) -> impl Iterator<Item = &Flag> {
        let own = self.on(Subject::Incident(incident));
        let others = self.about.get(&incident).into_iter().flatten();
        own.chain(others.filter_map(|(_, id)| self.get(*id)))
    }

    /// The calls on which a flag is open.
    pub(crate) fn calls_flagged(&self) -> Vec<CallId> {
        let calls = self.of.range(Subject::Call(CallId(0))..=Subject::Call(CallId(u32::MAX)));
        let open = calls.filter(|(_, ids)| ids.iter().any(|id| self.get(*id).is_some_and(Flag::is_open)));
        open.filter_map(|(subject, _)| if let Subject::Call(call) = subject { Some(*call) } else { None }).collect()
    }

    pub(crate) fn raise(&mut self, raised: Raised, at: Timestamp, seq: u64) -> FlagId {
        let id = self.next_id();
        self.of.entry(raised.subject).or_default().push(id);
        self.note_about(id, raised.subject, raised.incident);
        let (episodes, first) = (vec![raised.episode.clone()], vec![(at, raised.severity)]);
        self.all.push(Flag { id, now: raised, episodes, raised: first, seq, standing: Standing::Open });
        id
    }

    pub(crate) fn grow(&mut self, id: FlagId, more: &Raised, rise: Option<(Timestamp, Severity)>) {
        let Some(flag) = self.all.get_mut(id.at()) else { return };
        if !flag.episodes.contains(&more.episode) {
            flag.episodes.push(more.episode.clone());
        }
        for evidence in &more.evidence {
            if !flag.now.evidence.contains(evidence) {
                flag.now.evidence.push(evidence.clone());
            }
        }
        flag.now.evidence.sort();
        flag.now.victim = flag.now.victim.or(more.victim);
        let found = if flag.now.incident.is_none() { more.incident } else { None };
        flag.now.incident = flag.now.incident.or(found);
        let subject = flag.now.subject;
        if let Some((at, severity)) = rise {
            flag.now.severity = severity;
            flag.now.reason = more.reason.clone();
            flag.now.due = more.due;
            flag.raised.push((at, severity));
        }
        self.note_about(id, subject, found);
    }

    fn note_about(&mut self, id: FlagId, subject: Subject, incident: Option<IncidentId>) {
        if let (Some(incident), Subject::Call(_) | Subject::Person(_)) = (incident, subject) {
            self.about.entry(incident).or_default().insert((subject, id));
        }
    }

    pub(crate) fn stand(&mut self, id: FlagId, standing: Standing) {
        if let Some(flag) = self.all.get_mut(id.at()) {
            flag.standing = standing;
        }
    }
}
