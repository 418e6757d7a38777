//! What an incident tells of, as a rule is judged on it: the first message that told of it, and what has been done since.

use std::sync::Arc;

use super::fact::{View, count};
use super::item::{Item, Kind};
use crate::incident::{HowTold, Incident};
use crate::message::{ActKind, Interpreter, Level, Marker, OutcomeKind, Role, Tool};
use crate::person::SupportStep;
use crate::stamp::{Evidence, IncidentId, RecordId, Stamp};
use crate::state::State;
use crate::time::Timestamp;

/// No item carries more than this many messages: the first ones are kept (D).
const MOST: usize = 24;

/// The indicators that a rule is about, and every message that tells of one.
#[derive(Debug)]
pub struct Indicated<'a> {
    /// The indicators.
    pub about: &'a [Arc<str>],
    /// When it was first known, and the entry by which it was.
    pub first: (Timestamp, u64),
    /// Whether a unit on the incident told of it itself.
    pub by_unit: bool,
}

/// Something that tells of it: a message on the incident, or a marker together with what put its holder there.
struct Indication<'a> {
    stamp: &'a Stamp,
    known: (Timestamp, u64),
    also: Vec<Evidence>,
    by_unit: bool,
}

/// The item of an incident that tells of any of these indicators.
pub fn item<'a>(state: &'a State, i: &'a Incident, about: &'a [Arc<str>]) -> Option<Item<'a>> {
    let mut found: Vec<Indication> = Vec::new();
    for indicator in about {
        for (stamp, how) in i.tells_of(indicator, &state.policy) {
            let by_unit = reported_by_unit(i, stamp, how);
            found.push(Indication { stamp, known: (stamp.known, stamp.seq), also: Vec::new(), by_unit });
        }
        for (marker, _) in state.policy.tables.told_by.markers.iter().filter(|(_, told)| *told == indicator) {
            found.extend(markers(state, i, *marker));
        }
    }
    found.sort_by(|a, b| (a.known, &a.stamp.id).cmp(&(b.known, &b.stamp.id)));
    let first = found.first()?;
    let indicated = Indicated { about, first: first.known, by_unit: found.iter().any(|f| f.by_unit) };
    let mut item = Item::new(i, first.stamp, Kind::Indication(Box::new(indicated)));
    item.known = first.known.0;
    if !first.also.is_empty() {
        // A marker stands on many incidents: on each it is another fact.
        item.at = first.known.0;
        item.episode = format!("{}/{}", first.stamp.id, i.reference).into();
    }
    item.evidence = found.iter().flat_map(|f| f.also.iter().cloned().chain([f.stamp.evidence()])).take(MOST).collect();
    Some(item)
}

/// The same for each victim, to be held against what her other contacts told of.
pub fn patterns<'a>(state: &'a State, i: &'a Incident, about: &'a [Arc<str>]) -> Vec<Item<'a>> {
    let each = i.victims().filter_map(|victim| {
        let mut item = item(state, i, about)?.about(state, victim);
        item.episode = format!("{}/{}", item.episode, victim.0).into();
        let view = View { state, item: &item };
        let elsewhere = view.told_elsewhere();
        if elsewhere.is_empty() {
            item.leans_on.clear();
        }
        item.evidence.extend(elsewhere);
        Some(item)
    });
    each.collect()
}

/// A unit on the incident wrote it, or asked her when it was there.
fn reported_by_unit(i: &Incident, stamp: &Stamp, how: HowTold) -> bool {
    let wrote = stamp.by.as_ref().is_some_and(|by| i.stints.iter().any(|s| s.unit == *by));
    let asked = matches!(how, HowTold::Answer(Tool::Dash | Tool::Dara))
        && i.first_arrival().is_some_and(|arrived| arrived.at <= stamp.at);
    wrote || asked
}

/// A marker that somebody on the incident holds: a suspect, or, of a certificate for firearms, a victim of the same house.
fn markers<'a>(state: &'a State, i: &'a Incident, marker: Marker) -> Vec<Indication<'a>> {
    let Some(contact) = i.contacts.last().map(|c| &c.stamp).or_else(|| i.entries.first().map(|e| &e.stamp)) else {
        return Vec::new();
    };
    let counts = |role| role == Role::Suspect || (role == Role::Victim && marker == Marker::FirearmsCertificate);
    let mut found = Vec::new();
    for person in i.people.iter().filter(|p| counts(p.role)) {
        for record in state.people.counted(person.record).0 {
            let held = state.people.record(record).markers.iter().filter(|m| {
                m.marker == marker && m.stamp.at <= contact.at && m.until.is_none_or(|until| until > contact.at)
            });
            found.extend(held.map(|m| Indication {
                stamp: &m.stamp,
                known:
                    [&m.stamp, &person.stamp, contact].map(|s| (s.known, s.seq)).into_iter().max().unwrap_or_default(),
                also: vec![person.stamp.evidence()],
                by_unit: false,
            }));
        }
    }
    found
}

impl<'a> View<'a> {
    fn indicated(&self) -> Option<(&Indicated<'a>, &'a Incident)> {
        match (&self.item.kind, self.incident()) {
            (Kind::Indication(indicated), Some(incident)) => Some((indicated, incident)),
            _ => None,
        }
    }

    fn is_since(&self, stamp: &Stamp) -> bool {
        self.indicated().is_some_and(|(it, _)| (stamp.known, stamp.seq) >= it.first)
    }

    fn is_about(&self, indicator: &str) -> bool {
        self.indicated().is_some_and(|(it, _)| it.about.iter().any(|a| &**a == indicator))
    }

    /// Messages that passed it on to a unit or to another force.
    pub(super) fn passed_on(&self) -> Vec<&'a Stamp> {
        let signs = self.incident().map(|i| i.signs.iter()).into_iter().flatten();
        signs.filter(|s| s.told && s.stated && self.is_about(&s.indicator)).map(|s| &s.stamp).collect()
    }

    pub(super) fn unit_knows(&self) -> bool {
        self.indicated().is_some_and(|(it, _)| it.by_unit) || !self.passed_on().is_empty()
    }

    /// What a unit or another force was told without it, after it was known.
    pub(super) fn tellings_without(&self) -> Vec<&'a Stamp> {
        let Some(incident) = self.incident() else { return Vec::new() };
        if self.unit_knows() {
            return Vec::new();
        }
        incident.told_onward().filter(|s| self.is_since(s)).collect()
    }

    /// The last level assessed since it was told of, in the same message too.
    pub(super) fn level_since(&self) -> Option<Level> {
        let assessments = self.incident()?.assessments.iter().rev();
        assessments.filter(|a| self.is_since(&a.stamp)).find_map(|a| a.level)
    }

    pub(super) fn level_till_then(&self) -> Option<Level> {
        let assessments = self.incident()?.assessments.iter().rev();
        assessments.filter(|a| !self.is_since(&a.stamp)).find_map(|a| a.level)
    }

    pub(super) fn level_risen_since(&self) -> bool {
        self.level_till_then().zip(self.level_since()).is_some_and(|(before, now)| now > before)
    }

    pub(super) fn put_off_since(&self) -> bool {
        self.incident().is_some_and(|i| i.words_of("put_off").any(|s| self.is_since(&s.stamp)))
    }

    /// The last unit that was there left after it was told of.
    pub(super) fn unit_left_since(&self) -> bool {
        let Some(incident) = self.incident() else { return false };
        let left = incident.stints.iter().filter(|s| s.arrived.is_some()).filter_map(|s| s.left.as_ref());
        !incident.unit_there() && left.into_iter().any(|l| self.is_since(l))
    }

    pub(super) fn had_outcome(&self, kind: OutcomeKind) -> bool {
        self.incident().is_some_and(|i| i.outcomes.iter().any(|o| o.kind == kind))
    }

    pub(super) fn offences_recorded(&self) -> Vec<Arc<str>> {
        let Some(incident) = self.incident() else { return Vec::new() };
        let crimes = incident.crimes.iter().flat_map(|c| &c.offences);
        let mut all: Vec<Arc<str>> =
            crimes.chain(incident.outcomes.iter().flat_map(|o| &o.offences)).cloned().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(super) fn questions_asked(&self) -> Vec<Arc<str>> {
        let assessments = self.incident().map(|i| i.assessments.iter()).into_iter().flatten();
        let answers = assessments.flat_map(|a| &a.answers);
        let mut all: Vec<Arc<str>> =
            answers.filter(|(_, answer)| self.state.policy.is_asked(answer)).map(|(q, _)| q.clone()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn says_yes(&self, assessment: &crate::incident::Assessment) -> bool {
        let policy = &self.state.policy;
        let asks = |question: &str| policy.asks_about(assessment.tool, question).is_some_and(|i| self.is_about(i));
        assessment.answers.iter().any(|(question, answer)| policy.is_yes(answer) && asks(question))
    }

    pub(super) fn answered_yes(&self) -> bool {
        self.incident().is_some_and(|i| i.assessments.iter().any(|a| self.says_yes(a)))
    }

    /// Assessments made since by a tool that asks about it, which do not say so.
    pub(super) fn assessed_without(&self) -> Vec<&'a Stamp> {
        let Some((it, incident)) = self.indicated() else { return Vec::new() };
        let asks = |tool| it.about.iter().any(|indicator| self.state.policy.tool_asks(tool, indicator));
        let since = incident.assessments.iter().filter(|a| self.is_since(&a.stamp) && asks(a.tool));
        since.filter(|a| !self.says_yes(a)).map(|a| &a.stamp).collect()
    }

    /// Everything else that the incident tells of, in words or answers.
    pub(super) fn told_of(&self) -> Vec<Arc<str>> {
        let Some(incident) = self.incident() else { return Vec::new() };
        let policy = &self.state.policy;
        let words = incident.signs.iter().filter(|s| s.stated && !s.told).map(|s| s.indicator.clone());
        let answers = incident.assessments.iter().flat_map(|a| a.answers.iter().map(move |answer| (a.tool, answer)));
        let yes = answers.filter(|(_, (_, answer))| policy.is_yes(answer));
        let asked = yes.filter_map(|(tool, (question, _))| policy.asks_about(tool, question)).map(Arc::from);
        let mut all: Vec<Arc<str>> = words.chain(asked).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn parties(&self) -> Vec<RecordId> {
        let involved = self.incident().map(|i| i.people.iter()).into_iter().flatten();
        let parties = involved.filter(|p| matches!(p.role, Role::Victim | Role::Suspect));
        let mut all: Vec<RecordId> = parties.flat_map(|p| self.state.people.counted(p.record).0).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(super) fn certificate_held(&self) -> bool {
        let Some(incident) = self.incident() else { return false };
        let markers = markers(self.state, incident, Marker::FirearmsCertificate);
        !markers.is_empty() || !incident.tells_of("firearm", &self.state.policy).is_empty()
    }

    pub(super) fn certificate_reviewed(&self) -> bool {
        let opened = self.incident().map_or(self.item.at, Incident::opened_at);
        let reviewed = |r: &RecordId| self.state.people.record(*r).reviewed.iter().any(|s| s.at >= opened);
        self.parties().iter().any(reviewed)
    }

    pub(super) fn services_engaged(&self) -> Vec<Arc<str>> {
        let opened = self.incident().map_or(self.item.at, Incident::opened_at);
        let of = |r: &RecordId| &self.state.people.record(*r).support;
        let parties = self.parties();
        let since = parties.iter().flat_map(of).filter(|s| s.stamp.at >= opened && s.step != SupportStep::Declined);
        let mut kinds: Vec<Arc<str>> = since.map(|s| Arc::from(s.kind.word())).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// Messages that use a relative as an interpreter or as the contact.
    pub(super) fn relatives(&self) -> Vec<&'a Stamp> {
        let Some(incident) = self.incident() else { return Vec::new() };
        let related = |who| matches!(who, Interpreter::Family | Interpreter::Child);
        let interpreting = incident.interpreters.iter().filter(|i| related(i.who)).map(|i| &i.stamp);
        let words = ["family_interprets", "relative_speaks"].into_iter().flat_map(|w| incident.words_of(w));
        interpreting.chain(words.map(|s| &s.stamp)).collect()
    }

    pub(super) fn referred_in_desk(&self) -> bool {
        let mut acts = self.incident().map(|i| i.acts.iter()).into_iter().flatten();
        acts.any(|a| a.kind == ActKind::Referred && a.makes("referred_in_desk") && self.is_since(&a.stamp))
    }

    /// Her other domestic abuse incidents, up to this one.
    pub(super) fn earlier_incidents(&self) -> Vec<IncidentId> {
        let opened = self.incident().map_or(self.item.at, Incident::opened_at);
        let hers = self.state.incidents_of(&self.victims(), Role::Victim).into_iter();
        let earlier = |id: &IncidentId| self.state.opened_at(*id).is_some_and(|at| at <= opened);
        hers.filter(|id| Some(*id) != self.item.incident_id && self.state.is_da(*id) && earlier(id)).collect()
    }

    /// The messages that told of it at her earlier contacts, on other incidents.
    pub(super) fn told_elsewhere(&self) -> Vec<Evidence> {
        let Some((it, _)) = self.indicated() else { return Vec::new() };
        let mut found = Vec::new();
        for id in self.earlier_incidents() {
            for indicator in it.about {
                match self.state.incident(id) {
                    Some(incident) => {
                        let told = incident.told_at_contacts(indicator, &self.state.policy);
                        found.extend(told.into_iter().map(Stamp::evidence));
                    }
                    None => {
                        let told = self.state.past.get(&id).map(|p| p.told_of.iter()).into_iter().flatten();
                        found.extend(told.filter(|(name, _)| name == indicator).map(|(_, s)| s.evidence()));
                    }
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// At how many contacts of hers, up to this incident's, it was told of.
    pub(super) fn contacts_telling(&self) -> i64 {
        let Some((it, incident)) = self.indicated() else { return 0 };
        let mut here: Vec<&Stamp> =
            it.about.iter().flat_map(|indicator| incident.told_at_contacts(indicator, &self.state.policy)).collect();
        here.sort_by(|a, b| a.id.cmp(&b.id));
        here.dedup_by(|b, a| a.id == b.id);
        count(here.len().max(1) + self.told_elsewhere().len())
    }
}
