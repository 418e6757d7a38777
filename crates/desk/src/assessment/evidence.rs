//! What the record says about a question: in the words and facts of her logs, and in other assessments.

use std::sync::Arc;

use super::questionnaire::{Fact, Meaning, Question, Questionnaires};
use crate::incident::{HowTold, Incident, Involvement};
use crate::message::{Marker, Role, Tool};
use crate::order::Order;
use crate::person::Record;
use crate::stamp::{IncidentId, RecordId, Stamp};
use crate::state::State;
use crate::time::Timestamp;

/// A log that counts as hers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HerLog {
    /// Which.
    pub id: IncidentId,
    /// It counts as hers by a sure match alone, which nobody has confirmed.
    pub leans: bool,
}

/// Something of the record that speaks about a question.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The log that it stands on; nothing for what hangs on a person (a marker, an arrest).
    pub on: Option<IncidentId>,
    /// The message, and when it happened and was known.
    pub stamp: Stamp,
    /// How it speaks.
    pub how: How,
    /// When, seen from the assessment.
    pub when: When,
    /// It counts as hers by a match that nobody has confirmed.
    pub leans: bool,
    /// The log names suspects, and none of them is one of the assessment's log.
    pub of_another_suspect: bool,
    /// Of another time than the question asks about: longer ago, or of another log where it asks of this one.
    pub of_another_time: bool,
}

/// How the record speaks about a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// Words on the log say so: from which byte to which of the message's text.
    Words(Arc<str>, u32, u32),
    /// Words speak of it and do not say so: denied, asked, supposed, or of another time.
    Mentioned(Arc<str>, u32, u32),
    /// A log kept as history told of it, in words, by an answer or by what it said of a person.
    Kept(Arc<str>),
    /// What a message says of a person tells of it.
    Person(Arc<str>),
    /// Another assessment answered a question about it with yes: the tool, the question, the answer.
    Answer(Tool, Arc<str>, Arc<str>),
    /// A fact of the record.
    Fact(Fact),
}

/// When something was known, seen from the assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// It was on the record when the question was answered.
    Before,
    /// It had happened, and was learned after the answer.
    LearnedLater,
    /// It happened after the answer.
    Since,
}

impl Evidence {
    /// Whether it says yes to the question, and does not only mention it or tell of another time.
    pub fn says_so(&self) -> bool {
        !self.of_another_time && !matches!(self.how, How::Mentioned(..))
    }
}

/// The logs on which any of these people is a victim, as far as a page is of them, with the log at hand, newest first.
pub fn her_logs(state: &State, log: IncidentId, page_is_of: &[IncidentId]) -> Vec<HerLog> {
    let log = state.going_on(log);
    let mut own: Vec<RecordId> = Vec::new();
    let mut counted: Vec<RecordId> = Vec::new();
    for victim in state.victims_of(log) {
        own.extend(state.people.identity(victim));
        counted.extend(state.people.counted(victim).0);
    }
    let surely = state.incidents_of(&own, Role::Victim);
    let mut ids = state.incidents_of(&counted, Role::Victim);
    ids.retain(|id| *id != log && page_is_of.contains(id));
    ids.push(log);
    ids.sort_by_key(|id| std::cmp::Reverse((state.opened_at(*id), *id)));
    ids.into_iter().map(|id| HerLog { id, leans: id != log && !surely.contains(&id) }).collect()
}

/// Collects what speaks about questions, seen from one assessment.
pub(super) struct Search<'a> {
    pub state: &'a State,
    pub forms: &'a Questionnaires,
    pub logs: &'a [HerLog],
    /// The log of the assessment.
    pub log: IncidentId,
    /// The assessment's own message.
    pub made: &'a Stamp,
    pub tool: Tool,
}

impl<'a> Search<'a> {
    /// Everything that speaks about a question, newest first, each message once for each way in which it does.
    pub fn about(&self, question: &Question, call_outs: &[Evidence]) -> Vec<Evidence> {
        let mut found: Vec<Evidence> = Vec::new();
        let asked = self.state.policy.asks_about(self.tool, &question.id).filter(|sign| !sign.is_empty());
        let mut signs: Vec<&str> = asked.into_iter().chain(question.signs.iter().map(|sign| &**sign)).collect();
        signs.sort_unstable();
        signs.dedup();
        for log in self.logs {
            match self.state.incident(log.id) {
                Some(incident) => {
                    signs.iter().for_each(|sign| self.told(incident, *log, sign, &mut found));
                    self.answers(incident, *log, question, asked, &mut found);
                    question.facts.iter().for_each(|fact| self.on_log(incident, *log, fact, &mut found));
                }
                None => {
                    let told = self.state.past.get(&log.id).map_or(&[][..], |past| &past.told_of);
                    for (sign, stamp) in told.iter().filter(|(sign, _)| signs.contains(&&**sign)) {
                        self.push(Some(*log), stamp, How::Kept(sign.clone()), &mut found);
                    }
                }
            }
        }
        for fact in &question.facts {
            match fact {
                Fact::Relationship(what) => {
                    for log in self.logs {
                        for person in people(self.state, log.id).filter(|p| p.relationship == Some(*what)) {
                            self.push(Some(*log), &person.stamp, How::Fact(fact.clone()), &mut found);
                        }
                    }
                }
                Fact::Marker(marker) => self.markers(Role::Suspect, *marker, fact, &mut found),
                Fact::HerMarker(marker) => self.markers(Role::Victim, *marker, fact, &mut found),
                Fact::Arrest => {
                    for (record, leans) in self.records(Role::Suspect) {
                        for (stamp, _) in &record.arrests {
                            self.push(None, stamp, How::Fact(Fact::Arrest), &mut found);
                            found.last_mut().into_iter().for_each(|last| last.leans = leans);
                        }
                    }
                }
                Fact::ContactUnderOrder => self.under_order(&mut found),
                Fact::CallOuts => found.extend(call_outs.iter().cloned()),
                Fact::Crime(_) => {}
            }
        }
        let from = question.within.as_ref().map(|within| self.made.at.back(within.is));
        for evidence in &mut found {
            let is_past = from.is_some_and(|from| evidence.stamp.at < from);
            let is_elsewhere = question.this_log && evidence.on.is_none_or(|on| on != self.log);
            evidence.of_another_time |= is_past || is_elsewhere;
        }
        found.sort_by_key(|e| std::cmp::Reverse((e.stamp.at, e.stamp.seq)));
        found.dedup_by(|b, a| a.stamp.seq == b.stamp.seq && a.how == b.how);
        found
    }

    /// Something of a log, or of a person, seen from the assessment.
    pub fn evidence(&self, log: Option<HerLog>, stamp: &Stamp, how: How) -> Evidence {
        let when = if stamp.seq == self.made.seq || stamp.known <= self.made.at {
            When::Before
        } else if stamp.at <= self.made.at {
            When::LearnedLater
        } else {
            When::Since
        };
        Evidence {
            on: log.map(|log| log.id),
            stamp: stamp.clone(),
            how,
            when,
            leans: log.is_some_and(|log| log.leans),
            of_another_suspect: log.is_some_and(|log| self.is_of_another(log.id)),
            of_another_time: false,
        }
    }

    fn push(&self, log: Option<HerLog>, stamp: &Stamp, how: How, found: &mut Vec<Evidence>) {
        found.push(self.evidence(log, stamp, how));
    }

    fn told(&self, incident: &Incident, log: HerLog, sign: &str, found: &mut Vec<Evidence>) {
        for said in incident.signs.iter().filter(|s| !s.told && &*s.indicator == sign) {
            let how = if said.stated { How::Words } else { How::Mentioned };
            self.push(Some(log), &said.stamp, how(said.indicator.clone(), said.start, said.end), found);
        }
        let of_people =
            incident.tells_of(sign, &self.state.policy).into_iter().filter(|(_, how)| *how == HowTold::Person);
        for (stamp, _) in of_people {
            self.push(Some(log), stamp, How::Person(sign.into()), found);
        }
    }

    /// What other assessments answered with yes: the same question of the same tool, or one about the same thing.
    fn answers(
        &self,
        incident: &Incident,
        log: HerLog,
        question: &Question,
        asked: Option<&str>,
        found: &mut Vec<Evidence>,
    ) {
        let policy = &self.state.policy;
        for other in incident.assessments.iter().filter(|other| other.stamp.seq != self.made.seq) {
            let scale = self.forms.of(other.tool);
            let means_yes = |answer: &str| {
                policy.is_yes(answer)
                    || scale.and_then(|s| s.scaled(answer)).is_some_and(|(_, scaled)| scaled.means == Meaning::Yes)
            };
            for (id, answer) in other.answers.iter().filter(|(_, answer)| means_yes(answer)) {
                let about = policy.asks_about(other.tool, id).filter(|sign| !sign.is_empty());
                let same = other.tool == self.tool && *id == question.id;
                // Two questions of one form are about two things, also where the words that speak of them are the same.
                if same || (other.tool != self.tool && asked.is_some() && about == asked) {
                    self.push(Some(log), &other.stamp, How::Answer(other.tool, id.clone(), answer.clone()), found);
                }
            }
        }
    }

    fn on_log(&self, incident: &Incident, log: HerLog, fact: &Fact, found: &mut Vec<Evidence>) {
        if let Fact::Crime(offence) = fact {
            for crime in incident.crimes.iter().filter(|crime| crime.offences.contains(offence)) {
                if let Some(stamp) = crime.recorded.as_ref().or(crime.allocated.as_ref()) {
                    self.push(Some(log), stamp, How::Fact(fact.clone()), found);
                }
            }
            for outcome in incident.outcomes.iter().filter(|outcome| outcome.offences.contains(offence)) {
                self.push(Some(log), &outcome.stamp, How::Fact(fact.clone()), found);
            }
        }
    }

    fn markers(&self, role: Role, marker: Marker, fact: &Fact, found: &mut Vec<Evidence>) {
        for (record, leans) in self.records(role) {
            for held in record.markers.iter().filter(|held| held.marker == marker) {
                let mut evidence = self.evidence(None, &held.stamp, How::Fact(fact.clone()));
                evidence.leans = leans;
                evidence.of_another_time = held.until.is_some_and(|until| until < self.made.at);
                found.push(evidence);
            }
        }
    }

    /// Logs opened while an order or condition protected her, unless they name other suspects alone.
    fn under_order(&self, found: &mut Vec<Evidence>) {
        let mut orders: Vec<&Order> = Vec::new();
        for (record, _) in self.records(Role::Victim) {
            orders.extend(record.protected_by.iter().filter_map(|id| self.state.orders.get(id.at())));
        }
        for log in self.logs {
            let Some(opened) = opening(self.state, log.id) else { continue };
            let named: Vec<RecordId> = suspects(self.state, log.id).collect();
            let binds = |order: &&Order| {
                order.in_force_at(opened.at)
                    && (named.is_empty() || named.iter().any(|s| self.state.people.counts_as(*s, order.subject)))
            };
            if orders.iter().any(binds) {
                self.push(Some(*log), opened, How::Fact(Fact::ContactUnderOrder), found);
            }
        }
    }

    /// The people of her logs in a role, by record, each with whether all that ties it to her is an unconfirmed match.
    fn records(&self, role: Role) -> Vec<(&'a Record, bool)> {
        let mut found: Vec<(RecordId, bool)> = Vec::new();
        for log in self.logs {
            for person in people(self.state, log.id).filter(|person| person.role == role) {
                match found.iter_mut().find(|(record, _)| *record == person.record) {
                    Some((_, leans)) => *leans &= log.leans,
                    None => found.push((person.record, log.leans)),
                }
            }
        }
        found.into_iter().map(|(record, leans)| (self.state.people.record(record), leans)).collect()
    }

    fn is_of_another(&self, log: IncidentId) -> bool {
        let here: Vec<RecordId> = suspects(self.state, self.log).collect();
        let mut there = suspects(self.state, log).peekable();
        log != self.log
            && !here.is_empty()
            && there.peek().is_some()
            && !there.any(|one| here.iter().any(|other| self.state.people.counts_as(one, *other)))
    }
}

fn people(state: &State, id: IncidentId) -> impl Iterator<Item = &Involvement> {
    let past = || state.past.get(&id).map(|past| &past.people);
    state.incident(id).map(|incident| &incident.people).or_else(past).into_iter().flatten()
}

fn suspects(state: &State, id: IncidentId) -> impl Iterator<Item = RecordId> + '_ {
    people(state, id).filter(|person| person.role == Role::Suspect).map(|person| person.record)
}

/// The message that opened a log; of a bare one, its first.
pub(super) fn opening(state: &State, id: IncidentId) -> Option<&Stamp> {
    let Some(incident) = state.incident(id) else { return state.past.get(&id)?.opening.as_ref().map(|o| &o.stamp) };
    incident.opening.as_ref().map(|o| &o.stamp).or_else(|| incident.entries.first().map(|entry| &entry.stamp))
}

/// When an instant lies within so long before another, both ends in.
pub(super) fn within(at: Timestamp, from: Timestamp, until: Timestamp) -> bool {
    at >= from && at <= until
}
