//! People: records, what joins them, and what is asked about them.
//!
//! A record is one person as one source knows them. Equal force references are one record; a person's word joins two;
//! every other match is asked, and a sure one counts meanwhile (RULES.md "Joining"). Nothing is ever merged away: a join is
//! an edge between records, so taking it back restores exactly what was.

mod care;
pub mod linker;
mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use care::{Disclosure, Marac, Support, SupportStep};
pub use record::{Marked, Record, Released, Told, phone, place};

use self::linker::{Class, Features, FeaturesInput, Field, Index, Other, RecordKey};
use crate::event::Event;
use crate::message::{Person, Role};
use crate::register::Register;
use crate::stamp::{Evidence, IncidentId, RecordId, Stamp};
use crate::state::State;

/// How sure a match is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Counts in nothing until a person confirms it.
    Likely,
    /// Counted by the rules at once, and said so first.
    Sure,
}

/// What became of a match that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Nobody has answered.
    Asked,
    /// A person said: the same.
    Same,
    /// A person said: not the same.
    NotSame,
}

/// A match between two records, as the linker found it and as people answered it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Match {
    /// The newer record.
    pub of: RecordId,
    /// The record it may be the same person as.
    pub with: RecordId,
    /// How sure.
    pub certainty: Certainty,
    /// Absolute match weight, in hundredths of a bit.
    pub weight: i32,
    /// Probability, in parts per million.
    pub probability_ppm: u32,
    /// The reason per field, in plain words, strongest first.
    pub reasons: Vec<String>,
    /// What people said.
    pub answer: Answer,
    /// The message that brought it up.
    pub evidence: Evidence,
}

/// Every record, and what ties them together.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct People {
    records: Vec<Record>,
    by_ref: Register<RecordId>,
    by_phone: Register<Vec<RecordId>>,
    by_place: Register<Vec<RecordId>>,
    joins: BTreeMap<RecordId, Vec<RecordId>>,
    matches: Vec<Match>,
    matches_of: BTreeMap<RecordId, Vec<u32>>,
    index: Index,
    /// Whether nobody is ever looked up here, so that the index is not filled.
    #[serde(skip)]
    unindexed: bool,
}

/// A value seen on more people than this stops counting as theirs (a hostel, a police number) (D).
pub(crate) const MOST_SHARERS: usize = 25;

impl People {
    /// Every record, oldest first.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// One record.
    pub fn record(&self, id: RecordId) -> &Record {
        &self.records[id.at()]
    }

    pub(crate) fn record_mut(&mut self, id: RecordId) -> &mut Record {
        &mut self.records[id.at()]
    }

    /// The record with a force reference.
    pub fn by_ref(&self, reference: &str) -> Option<RecordId> {
        self.by_ref.get(reference).copied()
    }

    /// Records with a telephone number (already in one form, see [`phone`]); none when too many share it.
    pub fn by_phone(&self, number: &str) -> &[RecordId] {
        self.by_phone.get(number).filter(|l| l.len() <= MOST_SHARERS).map_or(&[], Vec::as_slice)
    }

    /// Records at a place (see [`place`]); none when too many share it.
    pub fn by_place(&self, key: &str) -> &[RecordId] {
        self.by_place.get(key).filter(|l| l.len() <= MOST_SHARERS).map_or(&[], Vec::as_slice)
    }

    /// Takes in a mention: by its force reference, else as the record the same incident has in that role under a name that
    /// does not differ, else as a new record. Returns the record, and whether it is new or says something new.
    pub(crate) fn mention(
        &mut self,
        person: &Person,
        stamp: &Stamp,
        on: Option<(IncidentId, Role)>,
        same_incident: &[RecordId],
    ) -> (RecordId, bool) {
        let known = person.ref_.as_deref().and_then(|r| self.by_ref(r));
        let known = known.or_else(|| same_incident.iter().copied().find(|&id| self.may_be(id, person)));
        let (id, news) = match known {
            Some(id) => {
                let news = self.records[id.at()].learn(person, stamp);
                if let (None, Some(reference)) = (&self.records[id.at()].force_ref, person.ref_.as_deref()) {
                    self.records[id.at()].force_ref = Some(reference.into());
                    self.records[id.at()].person.ref_ = Some(reference.to_owned());
                }
                (id, news)
            }
            None => {
                let id = RecordId(u32::try_from(self.records.len()).unwrap_or(u32::MAX));
                self.records.push(Record::new(id, person, stamp));
                (id, true)
            }
        };
        if let Some(reference) = person.ref_.as_deref() {
            self.by_ref.insert_new(reference, id);
        }
        if news {
            if !self.unindexed {
                let features = Features::new(&FeaturesInput::from(&self.records[id.at()].person));
                self.index.insert(RecordKey(id.0), &features);
            }
            for number in person.phones.iter().filter_map(|p| phone(p)) {
                list_once(self.by_phone.or_default(&number), id);
            }
            if let Some(key) = person.location.as_ref().and_then(place) {
                list_once(self.by_place.or_default(&key), id);
            }
        }
        if let Some(involvement) = on
            && !self.records[id.at()].involvements.contains(&involvement)
        {
            self.records[id.at()].involvements.push(involvement);
        }
        (id, news)
    }

    /// Whether a mention on the same incident in the same role may be this record: no field that both have differs.
    fn may_be(&self, id: RecordId, person: &Person) -> bool {
        let record = &self.records[id.at()];
        if record.force_ref.is_some() && person.ref_.is_some() {
            return false;
        }
        let differ =
            |a: Option<String>, b: Option<String>| matches!((a, b), (Some(a), Some(b)) if !a.eq_ignore_ascii_case(&b));
        !differ(record.person.full_name(), person.full_name())
            && !matches!((record.person.born, person.born), (Some(a), Some(b)) if a.year() != b.year())
    }

    /// Joins two records: from now on they are one person.
    pub(crate) fn join(&mut self, a: RecordId, b: RecordId) {
        if a != b {
            list_once(self.joins.entry(a).or_default(), b);
            list_once(self.joins.entry(b).or_default(), a);
            self.tell_index(a);
        }
    }

    /// Takes a join back.
    pub(crate) fn split(&mut self, a: RecordId, b: RecordId) {
        for (one, other) in [(a, b), (b, a)] {
            if let Some(list) = self.joins.get_mut(&one) {
                list.retain(|r| *r != other);
                if list.is_empty() {
                    self.joins.remove(&one);
                }
            }
        }
        self.tell_index(a);
        self.tell_index(b);
    }

    /// From now on nobody is looked up, and nothing is kept for it.
    pub(crate) fn look_nobody_up(&mut self) {
        self.unindexed = true;
    }

    /// The linker counts the records of one person once where it counts who shares a value.
    fn tell_index(&mut self, of: RecordId) {
        let all = self.identity(of);
        for record in &all {
            self.index.assign(RecordKey(record.0), RecordKey(all[0].0));
        }
    }

    /// Notes a match that the linker found.
    pub(crate) fn note_match(&mut self, found: Match) {
        let place = u32::try_from(self.matches.len()).unwrap_or(u32::MAX);
        self.matches_of.entry(found.of).or_default().push(place);
        self.matches_of.entry(found.with).or_default().push(place);
        self.matches.push(found);
    }

    /// A person's answer to a match between two records, if one was asked.
    pub(crate) fn answer_match(&mut self, a: RecordId, b: RecordId, answer: Answer) {
        let places = self.matches_of.get(&a).cloned().unwrap_or_default();
        for place in places {
            if let Some(found) = self.matches.get_mut(place as usize)
                && (found.of == b || found.with == b)
            {
                found.answer = answer;
            }
        }
    }

    /// Those of some records that hold something from a message.
    pub(crate) fn holding(&self, message: &str, among: &[RecordId]) -> Vec<RecordId> {
        let of = |stamp: &Stamp| &*stamp.id == message;
        let holds = |r: &RecordId| {
            let r = self.record(*r);
            r.markers.iter().any(|m| of(&m.stamp))
                || r.arrests.iter().any(|(s, _)| of(s))
                || r.releases.iter().any(|x| of(&x.stamp))
                || r.told.iter().any(|t| of(&t.stamp))
                || r.support.iter().any(|s| of(&s.stamp))
                || r.considered.iter().any(|c| of(&c.stamp))
                || r.maracs.iter().any(|m| of(&m.stamp))
                || r.disclosures.iter().any(|d| of(&d.stamp))
                || r.reviewed.iter().any(of)
        };
        among.iter().copied().filter(holds).collect()
    }

    /// Every match of a record, as found, whatever was answered.
    pub fn matches_of(&self, id: RecordId) -> impl Iterator<Item = &Match> {
        self.matches_of.get(&id).into_iter().flatten().filter_map(|&i| self.matches.get(i as usize))
    }

    /// Whether two records were ever matched or joined, so that they are not asked about again.
    pub fn tied(&self, a: RecordId, b: RecordId) -> bool {
        self.matches_of(a).any(|m| m.of == b || m.with == b) || self.joins.get(&a).is_some_and(|l| l.contains(&b))
    }

    /// All records of one person: this one and what equal references or a person's word have joined to it. Ascending.
    pub fn identity(&self, id: RecordId) -> Vec<RecordId> {
        let mut found = vec![id];
        let mut next = 0;
        while next < found.len() {
            for &other in self.joins.get(&found[next]).into_iter().flatten() {
                list_once(&mut found, other);
            }
            next += 1;
        }
        found.sort_unstable();
        found
    }

    /// The records that the rules count as this person: its identity, and what a sure match adds that nobody has rejected.
    /// The second value holds the matches that were needed, for the sentence that says so first.
    pub fn counted(&self, id: RecordId) -> (Vec<RecordId>, Vec<&Match>) {
        let mut all = self.identity(id);
        let mut leant_on = Vec::new();
        for own in all.clone() {
            for found in self.matches_of(own) {
                let other = if found.of == own { found.with } else { found.of };
                if found.certainty == Certainty::Sure && found.answer == Answer::Asked && !all.contains(&other) {
                    leant_on.push(found);
                    for each in self.identity(other) {
                        list_once(&mut all, each);
                    }
                }
            }
        }
        all.sort_unstable();
        (all, leant_on)
    }

    /// Every record that is this person, or that a match which nobody has rejected says may be.
    pub fn maybe_same(&self, id: RecordId) -> Vec<RecordId> {
        let mut all = self.identity(id);
        let mut next = 0;
        while next < all.len() {
            for found in self.matches_of(all[next]).filter(|m| m.answer != Answer::NotSame) {
                let other = if found.of == all[next] { found.with } else { found.of };
                self.identity(other).into_iter().for_each(|r| list_once(&mut all, r));
            }
            next += 1;
        }
        all
    }

    /// Whether two records count as one person.
    pub fn counts_as(&self, a: RecordId, b: RecordId) -> bool {
        a == b || self.counted(a).0.contains(&b)
    }
}

/// No record is asked about more than this many others at once (D).
const MOST_ASKED: usize = 32;

/// Looks records up: what they may be the same person as, of what has not been asked or joined yet.
pub(crate) fn look_up(state: &State, records: BTreeSet<RecordId>) -> Vec<Event> {
    let people = &state.people;
    let mut events = Vec::new();
    // Named only once something is found: its version is a hash of all its settings.
    let mut linker: Option<Arc<str>> = None;
    for id in records {
        let own = people.identity(id);
        let mut candidates = people.index.candidates_of(RecordKey(id.0), MOST_ASKED);
        add_known_pairs(state, id, &mut candidates);
        for found in candidates {
            let with = RecordId(found.key.0);
            let certainty = match found.class {
                Class::No => continue,
                Class::Likely => Certainty::Likely,
                Class::Sure => Certainty::Sure,
            };
            if own.contains(&with) || people.tied(id, with) {
                continue;
            }
            let mut fields: Vec<_> = Field::ALL.iter().filter_map(|f| found.on(*f)).collect();
            fields.sort_by_key(|f| -f.weight);
            events.push(Event::Matched {
                found: Box::new(Match {
                    of: id,
                    with,
                    certainty,
                    weight: found.weight,
                    probability_ppm: found.probability_ppm,
                    reasons: fields.iter().filter(|f| f.weight != 0).map(linker::FieldEvidence::words).collect(),
                    answer: Answer::Asked,
                    evidence: people.record(id).said_by.clone(),
                }),
                linker: linker.get_or_insert_with(|| people.index.settings().version().into()).clone(),
            });
        }
    }
    events
}

/// Logs of a record, the newest, on which it is looked who else is there (D).
const LOGS: usize = 4;

/// Adds what speaks for a candidate because somebody with whom they were a pair before is on this record's log too, or probably
/// is.
fn add_known_pairs(state: &State, id: RecordId, candidates: &mut [linker::Match]) {
    let people = &state.people;
    let opposite = |role| match role {
        Role::Victim => Some(Role::Suspect),
        Role::Suspect => Some(Role::Victim),
        _ => None,
    };
    let logs = || people.record(id).involvements.iter().rev().take(LOGS);
    let beside = logs().filter_map(|(log, role)| Some((state.incident(*log)?, opposite(*role)?)));
    let beside: BTreeSet<RecordId> =
        beside.flat_map(|(log, role)| log.in_role(role).map(|part| part.record)).filter(|r| *r != id).collect();
    if candidates.is_empty() || beside.is_empty() {
        return;
    }
    let mut others: Vec<Other> = Vec::new();
    for record in beside {
        others.extend(people.identity(record).iter().map(|r| Other { key: RecordKey(r.0), weight: None }));
        others.extend(people.index.candidates_of(RecordKey(record.0), MOST_ASKED).iter().map(Other::from));
    }
    // Two who are on one log together are two people: only other logs tell of a pair.
    let here: Vec<IncidentId> = logs().map(|(log, _)| state.going_on(*log)).collect();
    linker::add_pairs(candidates, &others, people.index.settings(), |one, other| {
        let (one, other) = (people.identity(RecordId(one.0)), people.identity(RecordId(other.0)));
        [(Role::Victim, Role::Suspect), (Role::Suspect, Role::Victim)].into_iter().any(|(role, across)| {
            let theirs = state.incidents_of(&other, across);
            state.incidents_of(&one, role).iter().any(|log| theirs.contains(log) && !here.contains(log))
        })
    });
}

fn list_once<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
