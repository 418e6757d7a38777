//! An incident (a CAD log) as a fold of its messages: facts with their sources and times, never texts.
//!
//! Facts stand in the order in which they happened, whatever order they came in. What a correction or withdrawal takes
//! back is taken out by its message id, so nothing here outlives the message it stands on.

mod fact;
mod past;
mod seen;
mod step;
mod told_of;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use fact::*;
pub use past::Past;
pub use step::*;
pub use told_of::HowTold;

use crate::message::Grade;
use crate::stamp::{CallId, IncidentId, RecordId, Stamp, insert_by_time};
use crate::time::Timestamp;

/// Everything the desk knows about one incident.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Incident {
    /// Its id in the desk.
    pub id: IncidentId,
    /// The source system's reference.
    pub reference: Arc<str>,
    /// How it was opened; nothing while it is a bare incident, known only through other messages.
    pub opening: Option<Opening>,
    /// Every message on it, in the order in which they happened.
    pub entries: Vec<LogEntry>,
    /// Grades given.
    pub gradings: Vec<Grading>,
    /// Codes given.
    pub codings: Vec<Coding>,
    /// People and what they are to it.
    pub people: Vec<Involvement>,
    /// Records that a message on it named without giving them a part in it (custody, what a victim was told).
    pub mentioned: Vec<RecordId>,
    /// Units, each from being assigned to having left.
    pub stints: Vec<Stint>,
    /// What was passed to units.
    pub tellings: Vec<Telling>,
    /// Risk assessments.
    pub assessments: Vec<Assessment>,
    /// Outcomes.
    pub outcomes: Vec<Outcome>,
    /// Closings and reopenings.
    pub endings: Vec<Ending>,
    /// Crimes recorded from it.
    pub crimes: Vec<Crime>,
    /// Indicators found in words.
    pub signs: Vec<Sign>,
    /// Contacts that came by it: its opening, and calls attached to it.
    pub contacts: Vec<Contact>,
    /// Calls that belong to it.
    pub calls: Vec<CallId>,
    /// Other incidents it is linked to.
    pub links: Vec<Link>,
    /// The incident that goes on in its place.
    pub merged_into: Option<IncidentId>,
    /// Handed to another force, taken, returned.
    pub passings: Vec<Passing>,
    /// What people did about it in the desk.
    pub acts: Vec<Act>,
    /// Arrests of people in it, by `person.arrested`.
    pub arrests: Vec<Arrest>,
    /// Orders thought of.
    pub considered: Vec<Considered>,
    /// Who interprets.
    pub interpreters: Vec<Interpreting>,
    /// Video offered or held.
    pub videos: Vec<Video>,
    /// Checks that name it, or were about its people, numbers or places as they were known then.
    pub checks: Vec<Check>,
    /// What gives a number or an address of it to another force, by the policy's area table.
    pub elsewhere: Vec<Stamp>,
    /// Recognised as domestic abuse by the desk itself, and since when.
    pub recognised: Option<Timestamp>,
    /// Where it is, as last said.
    pub place: Option<Place>,
    /// Known as domestic abuse because the pair is known, and since when.
    pub pair_known: Option<Timestamp>,
    /// Fetched back from history by a late word about it (a crime closed, say): its old clocks are not judged again, until
    /// somebody makes contact, reopens or regrades it, or a unit is sent.
    pub asleep: bool,
    /// When anything about it was last known.
    pub last_known: Timestamp,
}

impl Incident {
    /// A bare incident, known by reference alone.
    pub fn bare(id: IncidentId, reference: Arc<str>, known: Timestamp) -> Self {
        Self {
            id,
            reference,
            opening: None,
            entries: Vec::new(),
            gradings: Vec::new(),
            codings: Vec::new(),
            people: Vec::new(),
            mentioned: Vec::new(),
            stints: Vec::new(),
            tellings: Vec::new(),
            assessments: Vec::new(),
            outcomes: Vec::new(),
            endings: Vec::new(),
            crimes: Vec::new(),
            signs: Vec::new(),
            contacts: Vec::new(),
            calls: Vec::new(),
            links: Vec::new(),
            merged_into: None,
            passings: Vec::new(),
            acts: Vec::new(),
            arrests: Vec::new(),
            considered: Vec::new(),
            interpreters: Vec::new(),
            videos: Vec::new(),
            checks: Vec::new(),
            elsewhere: Vec::new(),
            recognised: None,
            place: None,
            pair_known: None,
            asleep: false,
            last_known: known,
        }
    }

    /// When it was opened; of a bare incident, when its first message happened.
    pub fn opened_at(&self) -> Timestamp {
        match &self.opening {
            Some(opening) => opening.stamp.at,
            None => self.entries.first().map_or(self.last_known, |e| e.stamp.at),
        }
    }

    /// The grade in force.
    pub fn grade(&self) -> Option<Grade> {
        self.gradings.last().map(|g| g.grade)
    }

    /// Whether a code, a qualifier, a known pair or the desk's own recognition makes it domestic abuse. Once it is, no later
    /// code takes that away.
    pub fn is_da(&self) -> bool {
        self.pair_known.is_some() || self.recognised.is_some() || self.codings.iter().any(|c| c.da)
    }

    /// Messages that handed the log on to another force.
    pub fn handed_on(&self) -> impl Iterator<Item = &Stamp> {
        self.passings.iter().filter(|p| p.kind.name() == "incident.passed").map(|p| &p.stamp)
    }

    /// What those who must act were told: units, and another force by the log that it was handed.
    pub fn told_onward(&self) -> impl Iterator<Item = &Stamp> {
        self.tellings.iter().map(|t| &t.stamp).chain(self.handed_on())
    }

    /// The level last assessed.
    pub fn level(&self) -> Option<crate::message::Level> {
        self.assessments.iter().rev().find_map(|a| a.level)
    }

    /// The harm of its crimes in days; 0 where the force scores none.
    pub fn harm(&self) -> u64 {
        self.crimes.iter().filter_map(|c| c.harm).fold(0, u64::saturating_add)
    }

    /// Open: not closed since it was last opened or reopened, and not merged into another.
    pub fn is_open(&self) -> bool {
        self.merged_into.is_none() && !self.endings.last().is_some_and(|e| e.closed)
    }

    /// People in a role, by record, without repeats.
    pub fn in_role(&self, role: crate::message::Role) -> impl Iterator<Item = &Involvement> {
        self.people.iter().enumerate().filter_map(move |(i, p)| {
            let again = self.people[..i].iter().any(|q| q.role == role && q.record == p.record);
            (p.role == role && !again).then_some(p)
        })
    }

    /// The records of its victims.
    pub fn victims(&self) -> impl Iterator<Item = RecordId> {
        self.in_role(crate::message::Role::Victim).map(|p| p.record)
    }

    /// The records of its suspects.
    pub fn suspects(&self) -> impl Iterator<Item = RecordId> {
        self.in_role(crate::message::Role::Suspect).map(|p| p.record)
    }

    /// Whether a message with that id already stands here.
    pub fn holds(&self, message: &str) -> bool {
        self.entries.iter().any(|e| &*e.stamp.id == message)
    }

    /// Takes out everything that rests on a message (it was withdrawn, or is about to be put in corrected).
    pub fn retract(&mut self, message: &str) {
        let of = |stamp: &Stamp| &*stamp.id == message;
        if self.opening.as_ref().is_some_and(|o| of(&o.stamp)) {
            self.opening = None;
        }
        self.entries.retain(|e| !of(&e.stamp));
        self.gradings.retain(|g| !of(&g.stamp));
        self.codings.retain(|c| !of(&c.stamp));
        self.people.retain(|p| !of(&p.stamp));
        for stint in &mut self.stints {
            for end in [&mut stint.assigned, &mut stint.arrived, &mut stint.left] {
                if end.as_ref().is_some_and(of) {
                    *end = None;
                }
            }
        }
        self.stints.retain(|s| s.assigned.is_some() || s.arrived.is_some() || s.left.is_some());
        self.tellings.retain(|t| !of(&t.stamp));
        self.assessments.retain(|a| !of(&a.stamp));
        self.outcomes.retain(|o| !of(&o.stamp));
        self.endings.retain(|e| !of(&e.stamp));
        for crime in &mut self.crimes {
            for step in [&mut crime.recorded, &mut crime.allocated, &mut crime.closed] {
                if step.as_ref().is_some_and(of) {
                    *step = None;
                }
            }
        }
        self.crimes.retain(|c| c.recorded.is_some() || c.allocated.is_some() || c.closed.is_some());
        self.signs.retain(|s| !of(&s.stamp));
        self.contacts.retain(|c| !of(&c.stamp));
        self.links.retain(|l| !of(&l.stamp));
        self.passings.retain(|p| !of(&p.stamp));
        self.acts.retain(|a| !of(&a.stamp));
        self.arrests.retain(|a| !of(&a.stamp));
        self.considered.retain(|c| !of(&c.stamp));
        self.interpreters.retain(|i| !of(&i.stamp));
        self.videos.retain(|v| !of(&v.stamp));
        self.checks.retain(|c| !of(&c.stamp));
        self.elsewhere.retain(|s| !of(s));
    }

    /// Takes in everything of an incident that was merged into this one. Its grades and closings stay behind: this one's go on.
    pub fn absorb(&mut self, mut other: Self) {
        for entry in other.entries.drain(..) {
            insert_by_time(&mut self.entries, entry, |e| e.stamp.at);
        }
        for coding in other.codings.drain(..) {
            insert_by_time(&mut self.codings, coding, |c| c.stamp.at);
        }
        for person in other.people.drain(..) {
            insert_by_time(&mut self.people, person, |p| p.stamp.at);
        }
        for stint in other.stints.drain(..) {
            insert_by_time(&mut self.stints, stint, Stint::began_at);
        }
        for telling in other.tellings.drain(..) {
            insert_by_time(&mut self.tellings, telling, |t| t.stamp.at);
        }
        for assessment in other.assessments.drain(..) {
            insert_by_time(&mut self.assessments, assessment, |a| a.stamp.at);
        }
        for outcome in other.outcomes.drain(..) {
            insert_by_time(&mut self.outcomes, outcome, |o| o.stamp.at);
        }
        for sign in other.signs.drain(..) {
            insert_by_time(&mut self.signs, sign, |s| s.stamp.at);
        }
        for contact in other.contacts.drain(..) {
            insert_by_time(&mut self.contacts, contact, |c| c.stamp.at);
        }
        for passing in other.passings.drain(..) {
            insert_by_time(&mut self.passings, passing, |p| p.stamp.at);
        }
        for video in other.videos.drain(..) {
            insert_by_time(&mut self.videos, video, |v| v.stamp.at);
        }
        self.considered.append(&mut other.considered);
        self.interpreters.append(&mut other.interpreters);
        self.checks.append(&mut other.checks);
        self.elsewhere.append(&mut other.elsewhere);
        self.mentioned.append(&mut other.mentioned);
        self.crimes.append(&mut other.crimes);
        self.calls.append(&mut other.calls);
        self.links.append(&mut other.links);
        self.arrests.append(&mut other.arrests);
        self.acts.append(&mut other.acts);
        if self.place.is_none() {
            self.place = other.place;
        }
        self.pair_known = self.pair_known.or(other.pair_known);
        self.recognised = self.recognised.or(other.recognised);
        self.last_known = self.last_known.max(other.last_known);
    }
}
