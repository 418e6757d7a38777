//! What a rule is judged on: each grade given, each unit that left, each contact, and so on.
//!
//! An item is something in the world with a message that made it; that message's id is the episode.

use std::sync::Arc;

use crate::aspect::Aspects;
use crate::call::Call;
use crate::incident::{Incident, Sign, Start};
use crate::message::{Grade, Role};
use crate::order::Order;
use crate::person::{Disclosure, Match, Released};
use crate::stamp::{Evidence, IncidentId, RecordId, Stamp};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::flag::Subject;
use crate::watch::indicated::{self, Indicated};
use crate::watch::third_party;
use crate::watch::{check, disclosing, force, matched, pair, relay, safe_contact};

/// The kinds of things that rules are judged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The incident as a whole.
    Incident,
    /// Each grade given.
    Grading,
    /// Each unit that left.
    Departure,
    /// Each call that ended.
    Call,
    /// The last entry by a person.
    LastEntry,
    /// Each suspect who was named.
    Suspect,
    /// Each victim.
    Victim,
    /// Each contact by or about each victim.
    Contact,
    /// Each putting-off, appointment or closing.
    Turning,
    /// Each lowering of the grade, and each redirecting of the caller.
    StandingDown,
    /// Each assessment.
    Assessment,
    /// Each time the last unit there left, a closing after a unit was there, or words that only the suspect was spoken to.
    Leaving,
    /// Each order that protects a victim at a contact.
    Protection,
    /// Each release, for each victim.
    Release,
    /// Each time the log says that checks were made.
    Claim,
    /// Each indicator in words that the control room put on the log.
    Sign,
    /// Each victim with each suspect.
    Pair,
    /// Each named suspect, and each application for disclosure about a person.
    Disclosing,
    /// Each match between records that the incident brought up.
    Match,
    /// Each time the log was passed to another force.
    Passing,
    /// Each call-back that the suspect answered, and each time he was spoken to first or in her hearing.
    UnsafeContact,
    /// Each time video was offered or held.
    Video,
    /// That the incident tells of what the rule is about, in words, answers or markers.
    Indication,
    /// The same for each victim, to be held against what her other contacts told of.
    Pattern,
    /// That somebody other than the pair reports it.
    ThirdParty,
}

impl On {
    const WORDS: &'static [(&'static str, Self, Aspects)] = &[
        ("incident", Self::Incident, Aspects::ENDING),
        ("grading", Self::Grading, Aspects::GRADE),
        ("departure", Self::Departure, Aspects::UNITS),
        ("call", Self::Call, Aspects::CALL),
        ("last_entry", Self::LastEntry, Aspects::ENTRY),
        ("suspect", Self::Suspect, Aspects::PEOPLE),
        ("victim", Self::Victim, Aspects::HISTORY),
        ("contact", Self::Contact, Aspects::CALL),
        ("turning", Self::Turning, Aspects::WORDS),
        ("standing_down", Self::StandingDown, Aspects::WORDS),
        ("assessment", Self::Assessment, Aspects::ASSESSED),
        ("leaving", Self::Leaving, Aspects::UNITS),
        ("protection", Self::Protection, Aspects::ORDER),
        ("release", Self::Release, Aspects::CUSTODY),
        ("claim", Self::Claim, Aspects::WORDS),
        ("sign", Self::Sign, Aspects::WORDS),
        ("pair", Self::Pair, Aspects::PEOPLE),
        ("disclosing", Self::Disclosing, Aspects::PEOPLE),
        ("match", Self::Match, Aspects::MATCH),
        ("passing", Self::Passing, Aspects::PASSED),
        ("unsafe_contact", Self::UnsafeContact, Aspects::WORDS),
        ("video", Self::Video, Aspects::VIDEO),
        ("indication", Self::Indication, Aspects::WORDS),
        ("pattern", Self::Pattern, Aspects::WORDS),
        ("third_party", Self::ThirdParty, Aspects::PEOPLE),
    ];

    /// From the policy's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|w| w.0 == word).map(|w| w.1)
    }

    /// The policy's word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|w| w.1 == self).map_or("", |w| w.0)
    }

    /// What can make or unmake such an item.
    pub fn reads(self) -> Aspects {
        let own = Self::WORDS.iter().find(|w| w.1 == self).map_or(Aspects::ALL, |w| w.2);
        match self {
            Self::Turning | Self::StandingDown => own.and(Aspects::GRADE).and(Aspects::ENDING),
            Self::Leaving => own.and(Aspects::ENDING).and(Aspects::WORDS),
            Self::Contact => own.and(Aspects::HISTORY),
            Self::Protection => own.and(Aspects::PEOPLE).and(Aspects::HISTORY).and(Aspects::CALL),
            Self::LastEntry => own.and(Aspects::UNITS).and(Aspects::ENDING).and(Aspects::GRADE),
            Self::Release => Aspects::ALL,
            Self::Sign => own.and(Aspects::UNITS),
            Self::Pair => own.and(Aspects::HISTORY),
            Self::Disclosing => own.and(Aspects::DISCLOSURE),
            Self::Match => own.and(Aspects::PEOPLE).and(Aspects::HISTORY),
            Self::UnsafeContact => own.and(Aspects::CALL),
            Self::Indication => own.and(Aspects::ASSESSED).and(Aspects::MARKER).and(Aspects::PEOPLE),
            Self::Pattern => Self::Indication.reads().and(Aspects::HISTORY).and(Aspects::ELSEWHERE),
            Self::ThirdParty => {
                own.and(Aspects::WORDS).and(Aspects::ENDING).and(Aspects::HISTORY).and(Aspects::ELSEWHERE)
            }
            _ => own,
        }
    }

    /// Whether such items hang on a subject.
    pub fn fits(self, subject: Subject) -> bool {
        match subject {
            Subject::Call(_) => self == Self::Call,
            Subject::Person(_) => matches!(self, Self::Release | Self::Disclosing),
            Subject::Incident(_) => !matches!(self, Self::Call | Self::Release),
        }
    }
}

/// One thing that a rule is judged on.
#[derive(Debug)]
pub struct Item<'a> {
    /// The episode: the message that made it, with the victim where several may be meant.
    pub episode: Arc<str>,
    /// When it happened.
    pub at: Timestamp,
    /// When all that it is made of was known.
    pub known: Timestamp,
    /// The incident it belongs to.
    pub incident: Option<&'a Incident>,
    /// That incident's id, however long ago it was.
    pub incident_id: Option<IncidentId>,
    /// The victim it concerns.
    pub victim: Option<RecordId>,
    /// The records that count as her.
    pub hers: Vec<RecordId>,
    /// Matches that counting them leans on.
    pub leans_on: Vec<&'a Match>,
    /// The messages it is made of.
    pub evidence: Vec<Evidence>,
    /// Which.
    pub kind: Kind<'a>,
}

/// What an item is.
#[derive(Debug)]
pub enum Kind<'a> {
    /// The incident as a whole, or its last entry, or one of its victims.
    Whole,
    /// A grade, by its place.
    Grading(usize),
    /// A unit's stint, by its place.
    Departure(usize),
    /// A call.
    Call(&'a Call),
    /// A suspect.
    Suspect(RecordId),
    /// What was done, in words.
    Act(&'static str, Option<usize>),
    /// An assessment, by its place.
    Assessment(usize),
    /// An order, and when it and what it bears on were all known.
    Protection(&'a Order, Timestamp),
    /// A release.
    Release(&'a Released, RecordId),
    /// An indicator, by the lexicon's name, as words first told of it.
    Sign(&'a Sign),
    /// An application for disclosure, and whom it is about.
    Application(&'a Disclosure, RecordId),
    /// A match.
    Match(&'a Match),
    /// A passing, by its place.
    Passing(usize),
    /// Video, by its place.
    Video(usize),
    /// What the incident tells of.
    Indication(Box<Indicated<'a>>),
}

impl<'a> Item<'a> {
    pub(super) fn new(incident: &'a Incident, stamp: &Stamp, kind: Kind<'a>) -> Self {
        Self {
            episode: stamp.id.clone(),
            at: stamp.at,
            known: stamp.known,
            incident: Some(incident),
            incident_id: Some(incident.id),
            victim: None,
            hers: Vec::new(),
            leans_on: Vec::new(),
            evidence: vec![stamp.evidence()],
            kind,
        }
    }

    pub(super) fn about(mut self, state: &'a State, victim: RecordId) -> Self {
        let (hers, leans_on) = state.people.counted(victim);
        (self.victim, self.hers, self.leans_on) = (Some(victim), hers, leans_on);
        self
    }
}

/// The items of a kind on a subject, in the order in which they happened.
pub fn items<'a>(state: &'a State, on: On, about: &'a [Arc<str>], subject: Subject) -> Vec<Item<'a>> {
    match subject {
        Subject::Incident(id) => state
            .incident(id)
            .filter(|i| i.merged_into.is_none())
            .map_or_else(Vec::new, |i| of_incident(state, i, on, about)),
        Subject::Call(id) => state.calls.get(&id).and_then(|call| of_call(state, call)).into_iter().collect(),
        Subject::Person(id) if on == On::Disclosing => disclosing::applications(state, id),
        Subject::Person(id) => releases(state, id),
    }
}

fn of_incident<'a>(state: &'a State, i: &'a Incident, on: On, about: &'a [Arc<str>]) -> Vec<Item<'a>> {
    match on {
        On::Indication => indicated::item(state, i, about).into_iter().collect(),
        On::Pattern => indicated::patterns(state, i, about),
        On::ThirdParty => third_party::item(state, i).into_iter().collect(),
        On::Incident => whole(i).into_iter().collect(),
        On::LastEntry => last_entry(i).into_iter().collect(),
        On::Grading => {
            let each = i.gradings.iter().enumerate();
            each.map(|(n, g)| Item::new(i, &g.stamp, Kind::Grading(n))).collect()
        }
        On::Departure => {
            let each = i.stints.iter().enumerate();
            each.filter_map(|(n, s)| s.left.as_ref().map(|left| Item::new(i, left, Kind::Departure(n)))).collect()
        }
        On::Suspect => i
            .in_role(Role::Suspect)
            .filter(|p| p.named)
            .map(|p| Item::new(i, &p.stamp, Kind::Suspect(p.record)))
            .collect(),
        On::Victim => {
            i.in_role(Role::Victim).map(|p| Item::new(i, &p.stamp, Kind::Whole).about(state, p.record)).collect()
        }
        On::Contact => contacts(state, i),
        On::Assessment => {
            let each = i.assessments.iter().enumerate();
            each.map(|(n, a)| Item::new(i, &a.stamp, Kind::Assessment(n))).collect()
        }
        On::Turning => turnings(i),
        On::StandingDown => standings_down(i),
        On::Leaving => leavings(i),
        On::Protection => protections(state, i),
        On::Claim => check::claims(i),
        On::Sign => relay::signs(state, i),
        On::Pair => pair::pairs(state, i),
        On::Disclosing => disclosing::suspects(i),
        On::Match => matched::matches(state, i),
        On::Passing => force::passings(i),
        On::UnsafeContact => safe_contact::unsafe_contacts(state, i),
        On::Video => safe_contact::videos(i),
        On::Call | On::Release => Vec::new(),
    }
}

fn whole(i: &Incident) -> Option<Item<'_>> {
    let stamp = i.opening.as_ref().map(|o| &o.stamp).or_else(|| i.entries.first().map(|e| &e.stamp))?;
    let mut item = Item::new(i, stamp, Kind::Whole);
    item.episode = i.reference.clone();
    Some(item)
}

fn last_entry(i: &Incident) -> Option<Item<'_>> {
    let entry = i.entries.iter().rev().find(|e| e.by_person).map(|e| &e.stamp);
    entry.or_else(|| i.opening.as_ref().map(|o| &o.stamp)).map(|stamp| Item::new(i, stamp, Kind::Whole))
}

fn contacts<'a>(state: &'a State, i: &'a Incident) -> Vec<Item<'a>> {
    let victims: Vec<RecordId> = i.victims().collect();
    let mut found = Vec::new();
    for contact in &i.contacts {
        if victims.is_empty() {
            found.push(Item::new(i, &contact.stamp, Kind::Whole));
        }
        for victim in &victims {
            let mut item = Item::new(i, &contact.stamp, Kind::Whole).about(state, *victim);
            item.episode = format!("{}/{}", contact.stamp.id, victim.0).into();
            found.push(item);
        }
    }
    found
}

fn signs<'a>(i: &'a Incident, indicator: &'static str) -> impl Iterator<Item = &'a Stamp> {
    i.signs.iter().filter(move |s| s.stated && !s.told && &*s.indicator == indicator).map(|s| &s.stamp)
}

fn in_order<'a>(i: &'a Incident, mut acts: Vec<(&'a Stamp, &'static str, Option<usize>)>) -> Vec<Item<'a>> {
    acts.sort_by_key(|(stamp, ..)| (stamp.at, stamp.seq));
    acts.dedup_by(|b, a| a.0.id == b.0.id);
    acts.into_iter().map(|(stamp, what, place)| Item::new(i, stamp, Kind::Act(what, place))).collect()
}

fn turnings(i: &Incident) -> Vec<Item<'_>> {
    let mut acts: Vec<_> = signs(i, "put_off").map(|s| (s, "Put off", None)).collect();
    for (n, pair) in i.gradings.windows(2).enumerate() {
        if pair[1].start == Start::Regrade && pair[1].grade == Grade::Scheduled && pair[0].grade < Grade::Scheduled {
            acts.push((&pair[1].stamp, "Turned into an appointment", Some(n + 1)));
        }
    }
    acts.extend(i.endings.iter().filter(|e| e.closed).map(|e| (&e.stamp, "Closed", None)));
    in_order(i, acts)
}

fn standings_down(i: &Incident) -> Vec<Item<'_>> {
    let mut acts: Vec<_> = signs(i, "redirected").map(|s| (s, "The caller was redirected", None)).collect();
    for (n, pair) in i.gradings.windows(2).enumerate() {
        if pair[1].start == Start::Regrade && pair[1].grade > pair[0].grade {
            acts.push((&pair[1].stamp, "The grade was lowered", Some(n + 1)));
        }
    }
    in_order(i, acts)
}

fn leavings(i: &Incident) -> Vec<Item<'_>> {
    let Some(arrived) = i.first_arrival().map(|a| a.at) else { return Vec::new() };
    let mut acts: Vec<_> = Vec::new();
    for stint in &i.stints {
        if let (Some(_), Some(left)) = (&stint.arrived, &stint.left)
            && !i.unit_there_at(left.at)
        {
            acts.push((left, "The last unit there left", None));
        }
    }
    acts.extend(i.endings.iter().filter(|e| e.closed && e.stamp.at >= arrived).map(|e| (&e.stamp, "Closed", None)));
    let spoke = signs(i, "suspect_alone_spoke").filter(|s| s.at >= arrived);
    acts.extend(spoke.map(|s| (s, "Only the suspect was spoken to", None)));
    in_order(i, acts)
}

fn protections<'a>(state: &'a State, i: &'a Incident) -> Vec<Item<'a>> {
    let mut found: Vec<Item> = Vec::new();
    for involved in i.in_role(Role::Victim) {
        for record in state.people.counted(involved.record).0 {
            for id in &state.people.record(record).protected_by {
                let order = &state.orders[id.at()];
                let Some(contact) = i.contacts.iter().find(|c| order.in_force_at(c.stamp.at)) else { continue };
                let known = order.made.known.max(contact.stamp.known).max(involved.stamp.known);
                let mut item =
                    Item::new(i, &contact.stamp, Kind::Protection(order, known)).about(state, involved.record);
                item.episode = format!("{}/{}", order.reference, i.reference).into();
                item.known = known;
                item.evidence.push(order.made.evidence());
                if !found.iter().any(|f| f.episode == item.episode) {
                    found.push(item);
                }
            }
        }
    }
    found
}

fn of_call<'a>(state: &'a State, call: &'a Call) -> Option<Item<'a>> {
    let (ended, _) = call.ended.as_ref()?;
    let incident = call.incident.map(|id| state.going_on(id)).and_then(|id| state.incident(id));
    let evidence = call.started.iter().chain(Some(ended)).map(Stamp::evidence).collect();
    Some(Item {
        episode: ended.id.clone(),
        at: ended.at,
        known: ended.known,
        incident,
        incident_id: incident.map(|i| i.id),
        victim: incident.and_then(|i| i.victims().next()),
        hers: Vec::new(),
        leans_on: Vec::new(),
        evidence,
        kind: Kind::Call(call),
    })
}

fn releases(state: &State, suspect: RecordId) -> Vec<Item<'_>> {
    let mut found = Vec::new();
    for release in &state.people.record(suspect).releases {
        // The incident the release names, else the one of the last arrest before it, else the pair's last.
        let theirs = state.incidents_of(&state.people.counted(suspect).0, Role::Suspect);
        let of_arrest = || {
            let arrests = &state.people.record(suspect).arrests;
            arrests.iter().filter(|(s, _)| s.at <= release.stamp.at).filter_map(|(_, i)| *i).next_back()
        };
        let before =
            |id: &&IncidentId| state.opened_at(**id).is_some_and(|at| at <= release.stamp.at) && state.is_da(**id);
        let incident_id = release.incident.or_else(of_arrest).or_else(|| theirs.iter().rev().find(before).copied());
        let incident_id = incident_id.map(|id| state.going_on(id));
        let mut victims: Vec<RecordId> = incident_id.map(|id| state.victims_of(id)).unwrap_or_default();
        for protected in &release.protects {
            if !victims.iter().any(|v| state.people.counts_as(*v, *protected)) {
                victims.push(*protected);
            }
        }
        for victim in victims {
            let (hers, leans_on) = state.people.counted(victim);
            found.push(Item {
                episode: format!("{}/{}", release.stamp.id, victim.0).into(),
                at: release.stamp.at,
                known: release.stamp.known,
                incident: incident_id.and_then(|id| state.incident(id)),
                incident_id,
                victim: Some(victim),
                hers,
                leans_on,
                evidence: vec![release.stamp.evidence()],
                kind: Kind::Release(release, suspect),
            });
        }
    }
    found
}
