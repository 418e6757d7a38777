//! What is to be judged next, and which clocks run. A cache: everything in it follows from the state and the policy.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::evaluate::Evaluator;
use super::flag::Subject;
use crate::aspect::Aspects;
use crate::stamp::RecordId;
use crate::state::State;
use crate::time::Timestamp;

/// The agenda.
#[derive(Debug, Default)]
pub struct Agenda {
    changed: BTreeMap<Subject, Aspects>,
    look_up: BTreeSet<RecordId>,
    clocks: BTreeSet<(Timestamp, Subject, u16)>,
    /// By subject, in the order of the rules.
    clocks_of: BTreeMap<Subject, Vec<(u16, Timestamp)>>,
    parked: BTreeSet<Subject>,
    /// Made from the policy in force; making one costs far more than using it.
    evaluator: Option<(Arc<str>, Evaluator)>,
    /// Whether nobody reads what is said of a flag, so that its sentences are not made.
    wordless: bool,
}

impl Agenda {
    /// Everything that something was heard of lately, and since the force went live, to be judged anew.
    pub fn of_everything(state: &State) -> Self {
        let mut agenda = Self::default();
        let live = |known: Timestamp| state.policy.live_from.is_none_or(|from| known >= from);
        for (id, incident) in state.incidents.iter().filter(|(_, i)| live(i.last_known)) {
            agenda.touch(Subject::Incident(*id), Aspects::ALL);
            incident.suspects().for_each(|s| agenda.touch(Subject::Person(s), Aspects::ALL));
        }
        for (id, _) in state.calls.iter().filter(|(_, c)| c.ended.as_ref().is_some_and(|e| live(e.0.known))) {
            agenda.touch(Subject::Call(*id), Aspects::ALL);
        }
        for record in state.people.records().iter().filter(|r| {
            r.releases.iter().any(|x| live(x.stamp.known)) || r.disclosures.iter().any(|d| live(d.stamp.known))
        }) {
            agenda.touch(Subject::Person(record.id), Aspects::ALL);
        }
        agenda
    }

    /// Everything is to be judged by other rules than before: their clocks are set anew, and who waits to be looked up still waits.
    pub fn begin_anew(&mut self, state: &State) {
        let look_up = std::mem::take(&mut self.look_up);
        *self = Self { look_up, wordless: self.wordless, ..Self::of_everything(state) };
    }

    /// Notes that something about a subject is other than before.
    pub fn touch(&mut self, subject: Subject, aspects: Aspects) {
        *self.changed.entry(subject).or_default() |= aspects;
    }

    /// Notes that a record is to be looked up by the linker.
    pub fn look_up(&mut self, record: RecordId) {
        self.look_up.insert(record);
    }

    /// Takes off whoever waits to be looked up.
    pub fn look_nobody_up(&mut self) {
        self.look_up.clear();
    }

    /// From now on no sentence is made: nobody reads what is said of a flag.
    pub fn say_nothing(&mut self) {
        self.wordless = true;
    }

    /// Whether no sentence is made.
    pub(super) fn is_wordless(&self) -> bool {
        self.wordless
    }

    /// Whether anything waits to be judged.
    pub fn has_changes(&self) -> bool {
        !self.changed.is_empty() || !self.look_up.is_empty()
    }

    /// When the next clock runs out.
    pub fn next(&self) -> Option<Timestamp> {
        self.clocks.first().map(|c| c.0)
    }

    pub(super) fn take_evaluator(&mut self) -> Option<(Arc<str>, Evaluator)> {
        self.evaluator.take()
    }

    pub(super) fn keep_evaluator(&mut self, policy: Arc<str>, evaluator: Evaluator) {
        self.evaluator = Some((policy, evaluator));
    }

    pub(super) fn take_changes(&mut self) -> BTreeMap<Subject, Aspects> {
        std::mem::take(&mut self.changed)
    }

    pub(super) fn take_look_ups(&mut self) -> BTreeSet<RecordId> {
        std::mem::take(&mut self.look_up)
    }

    /// The clocks that have run out by an instant, each with its rule; they are taken off.
    pub(super) fn take_due(&mut self, by: Timestamp) -> Vec<(Timestamp, Subject, u16)> {
        let mut due = Vec::new();
        while let Some(&clock) = self.clocks.first().filter(|c| c.0 <= by) {
            self.clocks.remove(&clock);
            let mut own = self.take_clocks(clock.1);
            own.retain(|(rule, _)| *rule != clock.2);
            self.keep_clocks(clock.1, own);
            due.push(clock);
        }
        due
    }

    /// The clocks of a subject, to be set by [`Agenda::set_clock`] and given back to [`Agenda::keep_clocks`].
    pub(super) fn take_clocks(&mut self, subject: Subject) -> Vec<(u16, Timestamp)> {
        self.clocks_of.remove(&subject).unwrap_or_default()
    }

    /// Keeps the clocks of a subject.
    pub(super) fn keep_clocks(&mut self, subject: Subject, own: Vec<(u16, Timestamp)>) {
        if !own.is_empty() {
            self.clocks_of.insert(subject, own);
        }
    }

    /// Sets, moves or stops the clock of a rule on a subject, whose clocks were taken.
    pub(super) fn set_clock(
        &mut self,
        own: &mut Vec<(u16, Timestamp)>,
        subject: Subject,
        rule: u16,
        due: Option<Timestamp>,
    ) {
        let place = own.binary_search_by_key(&rule, |c| c.0);
        if place.ok().map(|at| own[at].1) == due {
            return;
        }
        if let Ok(at) = place {
            self.clocks.remove(&(own.remove(at).1, subject, rule));
        }
        if let Some(due) = due {
            let at = own.partition_point(|c| c.0 < rule);
            own.insert(at, (rule, due));
            self.clocks.insert((due, subject, rule));
        }
    }

    /// The clocks that run on a subject: rule and end.
    pub fn clocks_of(&self, subject: Subject) -> impl Iterator<Item = (u16, Timestamp)> {
        self.clocks_of.get(&subject).into_iter().flatten().copied()
    }

    /// Puts a subject aside while a feed is silent.
    pub(super) fn park(&mut self, subject: Subject) {
        self.parked.insert(subject);
    }

    /// Judges again what was put aside.
    pub fn unpark(&mut self) {
        for subject in std::mem::take(&mut self.parked) {
            self.touch(subject, Aspects::ALL);
        }
    }
}
