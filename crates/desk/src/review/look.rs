//! Looking reviews up.

use std::collections::BTreeMap;

use super::{Action, ActionId, Note, Review, ReviewId, Reviews, Shift, Tie, Verdict, Work};
use crate::event::Actor;
use crate::message::StaffRole;
use crate::stamp::{FlagId, IncidentId, RecordId};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::{Flag, Subject};

impl Reviews {
    /// A review.
    pub fn review(&self, id: ReviewId) -> Option<&Review> {
        self.reviews.get(&id)
    }

    /// Reviews that have not ended.
    pub fn open(&self) -> impl Iterator<Item = &Review> {
        self.open.values().filter_map(|id| self.reviews.get(id))
    }

    /// Every review of a subject under that very key, oldest first. See [`State::reviews_of`].
    pub fn of(&self, subject: Subject) -> impl Iterator<Item = &Review> {
        self.of.get(&subject).into_iter().flatten().filter_map(|id| self.reviews.get(id))
    }

    /// Flags that nobody has disposed of, oldest first, each with the entry that last changed it.
    pub fn waiting(&self) -> impl Iterator<Item = (FlagId, u64)> {
        self.waiting.iter().map(|(flag, changed)| (*flag, *changed))
    }

    /// Whether a flag waits for a person.
    pub fn is_waiting(&self, flag: FlagId) -> bool {
        self.waiting.contains_key(&flag)
    }

    /// Whether a flag was raised while no specialist was on shift.
    pub fn was_unattended(&self, flag: FlagId) -> bool {
        self.unattended.contains(&flag)
    }

    /// What people said of a flag, newest last.
    pub fn verdicts(&self, flag: FlagId) -> &[Verdict] {
        self.verdicts.get(&flag).map_or(&[], Vec::as_slice)
    }

    /// Every verdict on every flag: each rule's record is counted from these.
    pub fn all_verdicts(&self) -> &BTreeMap<FlagId, Vec<Verdict>> {
        &self.verdicts
    }

    /// An action.
    pub fn action(&self, id: ActionId) -> Option<&Action> {
        self.actions.get(&id)
    }

    /// Every action, oldest first.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.actions.values()
    }

    /// The notes on a subject under that very key, oldest first. See [`State::notes_of`].
    pub fn notes(&self, subject: Subject) -> &[Note] {
        self.notes.get(&subject).map_or(&[], Vec::as_slice)
    }

    /// The shift that a person is on.
    pub fn shift_of(&self, who: &Actor) -> Option<&Shift> {
        self.on.get(who).and_then(|seq| self.shifts.get(seq))
    }

    /// Every shift, oldest first.
    pub fn shifts(&self) -> impl DoubleEndedIterator<Item = &Shift> {
        self.shifts.values()
    }

    /// The shifts that are on, oldest first.
    pub fn shifts_on(&self) -> impl Iterator<Item = &Shift> {
        self.shifts.values().filter(|s| s.ended.is_none())
    }

    /// Whether anybody is on shift in a role.
    pub fn is_on(&self, role: StaffRole) -> bool {
        self.on.values().any(|seq| self.shifts.get(seq).is_some_and(|s| s.role == role))
    }

    /// Who is on call.
    pub fn on_call(&self) -> Option<&Actor> {
        self.on_call.as_ref()
    }

    /// Incidents drawn to be read that nobody has disposed of yet.
    pub fn samples(&self) -> impl Iterator<Item = IncidentId> {
        self.samples.iter().copied()
    }

    /// Whether an incident was ever drawn to be read.
    pub fn was_sampled(&self, incident: IncidentId) -> bool {
        self.sampled.contains(&incident)
    }

    /// What people said on whether two records are one person, oldest first.
    pub fn ties(&self, a: RecordId, b: RecordId) -> &[Tie] {
        self.ties.get(&(a.min(b), a.max(b))).map_or(&[], Vec::as_slice)
    }
}

impl State {
    /// What a subject's row stands under: the incident that goes on, where there is one.
    pub fn home(&self, subject: Subject) -> Subject {
        match subject {
            Subject::Incident(id) => Subject::Incident(self.going_on(id)),
            Subject::Call(id) => match self.calls.get(&id).and_then(|c| c.incident) {
                Some(incident) => Subject::Incident(self.going_on(incident)),
                None => subject,
            },
            Subject::Person(_) => subject,
        }
    }

    /// What a flag's row stands under.
    pub fn home_of(&self, flag: &Flag) -> Subject {
        flag.now.incident.map_or_else(|| self.home(flag.now.subject), |id| Subject::Incident(self.going_on(id)))
    }

    /// The review of a subject that has not ended, whatever it was opened under.
    pub fn open_review(&self, subject: Subject) -> Option<&Review> {
        let home = self.home(subject);
        let direct = self.reviews.open.get(&home).and_then(|id| self.reviews.reviews.get(id));
        direct.or_else(|| self.reviews.open().find(|r| self.home(r.subject) == home))
    }

    /// Every review of a subject, whatever each was opened under, oldest first.
    pub fn reviews_of(&self, subject: Subject) -> Vec<&Review> {
        let home = self.home(subject);
        let mut found: Vec<&Review> = self.reviews.of(home).collect();
        // Reviews under another key are those of an incident that was merged, or of a call that found its incident.
        if let Subject::Incident(id) = home
            && let Some(incident) = self.incident(id)
        {
            found.extend(incident.calls.iter().flat_map(|c| self.reviews.of(Subject::Call(*c))));
        }
        let moved = self.reviews.of.keys().filter(|key| matches!(key, Subject::Incident(_)) && **key != home);
        found.extend(moved.filter(|key| self.home(**key) == home).flat_map(|key| self.reviews.of(*key)));
        found.sort_by_key(|r| r.id);
        found
    }

    /// The notes on a subject, whatever each was written under, oldest first.
    pub fn notes_of(&self, subject: Subject) -> Vec<&Note> {
        let home = self.home(subject);
        let under = self.reviews.notes.iter().filter(|(key, _)| self.home(**key) == home);
        let mut found: Vec<&Note> = under.flat_map(|(_, notes)| notes).collect();
        found.sort_by_key(|n| n.words);
        found
    }

    /// The flags of a row that wait for a person, oldest first.
    pub fn waiting_on(&self, subject: Subject) -> Vec<&Flag> {
        let home = self.home(subject);
        let waiting = self.reviews.waiting.keys().filter_map(|id| self.flags.get(*id));
        waiting.filter(|f| self.home_of(f) == home).collect()
    }

    /// What the desk knows of a person's role: their shift, else the staff list.
    pub fn role_of(&self, who: &Actor) -> Option<StaffRole> {
        self.reviews.shift_of(who).map(|s| s.role).or_else(|| self.staff.get(&who.0).copied())
    }

    /// Whether a member of staff is kept from a subject because they are a person in it (law 12), as far as the staff list says
    /// who they are. Whoever asks must not be told why.
    pub fn is_kept_from(&self, who: &Actor, subject: Subject) -> bool {
        let Some(&own) = self.staff_records.get(&who.0) else { return false };
        let (own, _) = self.people.counted(own);
        match self.home(subject) {
            Subject::Incident(id) => {
                let people = self.incident(id).map(|i| &i.people).or_else(|| self.past.get(&id).map(|p| &p.people));
                people.is_some_and(|people| people.iter().any(|p| own.contains(&p.record)))
            }
            Subject::Call(_) => false,
            Subject::Person(record) => own.contains(&record),
        }
    }

    /// What a person has open: reviews that they have, actions that they follow or have acknowledged.
    pub fn open_work(&self, who: &Actor) -> Vec<Work> {
        let reviews = self.reviews.open().filter(|r| r.holder.as_ref().is_some_and(|h| h.who == *who));
        let mut found: Vec<Work> = reviews.map(|r| Work::Review(r.id)).collect();
        found.extend(self.reviews.actions().filter(|a| a.is_with(who)).map(|a| Work::Action(a.id)));
        found.sort_unstable();
        found
    }

    /// Whether the person who has something open has written a note on it for the next.
    pub fn has_hand_over_note(&self, work: Work, who: &Actor) -> bool {
        let note = match work {
            Work::Review(id) => self.reviews.review(id).and_then(|r| r.handed.as_ref()),
            Work::Action(id) => self.reviews.action(id).and_then(|a| a.handed.as_ref()),
        };
        note.is_some_and(|n| n.by == *who)
    }

    /// When a review of this subject last ended.
    pub(crate) fn last_looked_at(&self, subject: Subject) -> Option<Timestamp> {
        self.reviews.of(self.home(subject)).filter_map(|r| r.disposed.as_ref().map(|d| d.at)).max()
    }
}
