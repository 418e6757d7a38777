//! Folding what staff did. Nothing is judged here.

use std::sync::Arc;

use super::undo::Done;
use super::{
    Action, ActionId, Disposed, Disposition, HandedOn, Held, Holder, Judgement, Note, Review, ReviewId, Reviews, Shift,
    StaffEvent, Tie, Verdict, Work,
};
use crate::aspect::Aspects;
use crate::event::{Actor, Changes, Entry};
use crate::incident::Act;
use crate::message::{ActKind, StaffRole};
use crate::stamp::{FlagId, IncidentId, RecordId, Stamp, insert_by_time};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::{Agenda, Subject, Switch};

/// Who did it, when, and in which entry.
#[derive(Clone, Copy)]
struct By<'a> {
    who: &'a Actor,
    at: Timestamp,
    seq: u64,
}

impl By<'_> {
    fn note(self) -> Note {
        Note { by: self.who.clone(), at: self.at, words: self.seq }
    }
}

impl State {
    pub(crate) fn apply_staff(
        &mut self,
        event: &StaffEvent,
        entry: &Entry,
        agenda: &mut Agenda,
        changes: &mut Changes,
    ) {
        let by = By { who: &entry.actor, at: entry.known, seq: entry.seq };
        changes.lists = true;
        let within = self.undo_within();
        self.reviews.settle(by.at, within);
        let mut done = Done::new(by.seq, by.at);
        match event {
            StaffEvent::ShiftStarted { role, until, seed, sample } => {
                self.reviews.start(by, *role, *until, *seed, sample)
            }
            StaffEvent::ShiftEnded { handed } => self.reviews.end(by, handed),
            StaffEvent::OnCallNamed { staff } => self.reviews.on_call.clone_from(staff),
            StaffEvent::RuleSwitched { rule, to, .. } => {
                let switch = Switch { mode: *to, by: by.who.clone(), at: by.at, words: by.seq };
                self.switches.switch(rule, switch);
                done.switched = Some(rule.clone());
            }
            StaffEvent::ReviewOpened { subject } | StaffEvent::Taken { subject } => {
                let review = self.change_review(*subject, by, &mut done);
                review.holder = Some(Holder { who: by.who.clone(), since: by.at, from: None });
                review.free_since = None;
            }
            StaffEvent::Released { subject } => {
                let review = self.change_review(*subject, by, &mut done);
                (review.holder, review.held, review.free_since) = (None, None, Some(by.at));
            }
            StaffEvent::Held { subject, until, .. } => {
                let review = self.change_review(*subject, by, &mut done);
                let holder = Holder { who: by.who.clone(), since: by.at, from: None };
                review.holder.get_or_insert(holder);
                review.held = Some(Held { until: *until, by: by.who.clone(), at: by.at, words: by.seq });
            }
            StaffEvent::HandedOver { subject, to, .. } => {
                let review = self.change_review(*subject, by, &mut done);
                review.holder = Some(Holder { who: to.clone(), since: by.at, from: Some(by.who.clone()) });
                (review.handed, review.free_since) = (Some(by.note()), None);
            }
            StaffEvent::Confirmed { flag, .. } => {
                // What is confirmed asks for a disposition: the row stays with whoever confirmed it until then.
                if let Some(home) = self.flags.get(*flag).map(|f| self.home_of(f)) {
                    let review = self.change_review(home, by, &mut done);
                    review.holder.get_or_insert(Holder { who: by.who.clone(), since: by.at, from: None });
                }
                self.reviews.judge_all(&[*flag], Judgement::Confirmed, by, &mut done);
            }
            StaffEvent::SetAside { flag, .. } => {
                self.reviews.judge_all(&[*flag], Judgement::SetAside, by, &mut done);
            }
            StaffEvent::Disposed { subject, flags, disposition, .. } => {
                self.dispose(*subject, flags, *disposition, by, &mut done);
            }
            StaffEvent::ActionAcknowledged { action } => {
                if let Some(action) = self.reviews.change_action(*action, &mut done) {
                    action.acknowledged = Some((by.who.clone(), by.at));
                    action.declined = None;
                }
            }
            StaffEvent::ActionDone { action, .. } => {
                if let Some(action) = self.reviews.change_action(*action, &mut done) {
                    action.done = Some(by.note());
                }
            }
            StaffEvent::ActionDeclined { action, .. } => {
                if let Some(action) = self.reviews.change_action(*action, &mut done) {
                    action.declined = Some(by.note());
                }
            }
            StaffEvent::NotedForHandOver { work: Work::Review(review), .. } => {
                if let Some(review) = self.reviews.keep_review(*review, &mut done) {
                    review.handed = Some(by.note());
                }
            }
            StaffEvent::NotedForHandOver { work: Work::Action(action), .. } => {
                if let Some(action) = self.reviews.change_action(*action, &mut done) {
                    action.handed = Some(by.note());
                }
            }
            StaffEvent::Noted { subject, .. } => {
                let home = self.home(*subject);
                self.reviews.notes.entry(home).or_default().push(by.note());
                done.noted = Some(home);
            }
            StaffEvent::Joined { a, b, .. } => self.said_of_records(*a, *b, true, by, changes),
            StaffEvent::Split { a, b, .. } => self.said_of_records(*a, *b, false, by, changes),
            StaffEvent::HistoryAcknowledged { incident, answers } => {
                self.put_act(*incident, ActKind::Acknowledged, answers.clone(), by, agenda);
            }
            StaffEvent::Reasoned { incident, answers, .. } => {
                self.put_act(*incident, ActKind::Reasoned, answers.clone(), by, agenda);
            }
            StaffEvent::Listening(event) => self.apply_listening(event, entry),
            StaffEvent::Feedback(event) => self.feedbacks.apply(event, entry),
            StaffEvent::Undone { act } => {
                if let Some(undone) = self.reviews.undo(by.who, *act) {
                    if let Some(rule) = &undone.switched {
                        self.switches.take_back(rule, *act);
                        // As after any switch, what it would have raised meanwhile is judged now.
                        agenda.begin_anew(self);
                    }
                    self.show(&undone, changes);
                }
            }
        }
        if let StaffEvent::HistoryAcknowledged { incident, .. } | StaffEvent::Reasoned { incident, .. } = event {
            show_incident(self.going_on(*incident), changes);
        }
        self.show(&done, changes);
        if done.changed_something() {
            self.reviews.recent.entry(by.who.clone()).or_default().push(done);
        }
    }

    /// The review of a subject, opened if there is none, with what it was before put down for undoing.
    fn change_review(&mut self, subject: Subject, by: By, done: &mut Done) -> &mut Review {
        let open = self.open_review(subject).map(|r| r.id);
        let home = self.home(subject);
        let id = open.unwrap_or(ReviewId(by.seq));
        let reviews = &mut self.reviews;
        done.review = Some((id, reviews.reviews.get(&id).cloned()));
        if open.is_none() {
            reviews.open.insert(home, id);
            reviews.of.entry(home).or_default().push(id);
        }
        let review = reviews.reviews.entry(id).or_insert_with(|| Review {
            id,
            subject: home,
            opened_at: by.at,
            opened_by: by.who.clone(),
            holder: None,
            free_since: None,
            held: None,
            handed: None,
            disposed: None,
            changed: by.seq,
        });
        review.changed = by.seq;
        review
    }

    fn dispose(&mut self, subject: Subject, flags: &[FlagId], how: Disposition, by: By, done: &mut Done) {
        let home = self.home(subject);
        let review = self.change_review(home, by, done);
        let (id, key) = (review.id, review.subject);
        review.holder.get_or_insert(Holder { who: by.who.clone(), since: by.at, from: None });
        review.held = None;
        review.disposed = Some(Disposed { how, by: by.who.clone(), at: by.at, flags: flags.to_vec(), words: by.seq });
        self.reviews.open.remove(&key);
        self.reviews.judge_all(flags, how.judgement(), by, done);
        if let Subject::Incident(incident) = home
            && self.reviews.samples.remove(&incident)
        {
            done.sample = Some(incident);
        }
        if let Disposition::NeedsAction { role, by: due } = how {
            let action = Action {
                id: ActionId(by.seq),
                subject: home,
                review: id,
                role,
                by: due,
                asker: Some(by.who.clone()),
                asked_at: by.at,
                leaves_at: by.at.plus(self.undo_within()),
                acknowledged: None,
                done: None,
                declined: None,
                handed: None,
                changed: by.seq,
            };
            done.action = Some((action.id, None));
            self.reviews.actions.insert(action.id, action);
        }
    }

    /// A person's word on two records. What rests on it is touched where the entry is folded.
    fn said_of_records(&mut self, a: RecordId, b: RecordId, same: bool, by: By, changes: &mut Changes) {
        self.tie(a, b, same);
        let tie = Tie { same, by: by.who.clone(), at: by.at, words: by.seq };
        self.reviews.ties.entry((a.min(b), a.max(b))).or_default().push(tie);
        for record in [a, b] {
            if !changes.records.contains(&record) {
                changes.records.push(record);
            }
        }
    }

    /// An act in the desk makes a fact true exactly as a feed message does.
    fn put_act(&mut self, incident: IncidentId, kind: ActKind, answers: Arc<str>, by: By, agenda: &mut Agenda) {
        let by_supervisor = self.role_of(by.who) == Some(StaffRole::Supervisor);
        let id = self.going_on(incident);
        let Some(found) = self.incidents.get_mut(&id) else { return };
        let name: Arc<str> = format!("desk-{}", by.seq).into();
        let stamp = Stamp { at: by.at, known: by.at, seq: by.seq, id: name, by: Some(by.who.0.clone()) };
        insert_by_time(&mut found.acts, Act { stamp, kind, answers: Some(answers), by_supervisor }, |a| a.stamp.at);
        agenda.touch(Subject::Incident(id), Aspects::ACTS);
    }

    fn show(&self, done: &Done, changes: &mut Changes) {
        let review = done.review.as_ref().and_then(|(id, before)| self.reviews.review(*id).or(before.as_ref()));
        let action = done.action.as_ref().and_then(|(id, before)| self.reviews.action(*id).or(before.as_ref()));
        let flags = done.judged.iter().filter_map(|(id, _)| self.flags.get(*id)).map(|f| self.home_of(f));
        let subjects = [review.map(|r| r.subject), action.map(|a| a.subject), done.noted];
        let homes: Vec<Subject> = subjects.into_iter().flatten().map(|s| self.home(s)).chain(flags).collect();
        for home in homes {
            match home {
                Subject::Incident(id) => show_incident(id, changes),
                Subject::Person(id) if !changes.records.contains(&id) => changes.records.push(id),
                Subject::Person(_) | Subject::Call(_) => {}
            }
        }
    }
}

impl Reviews {
    fn judge_all(&mut self, flags: &[FlagId], judgement: Judgement, by: By, done: &mut Done) {
        for flag in flags {
            if let Some(&changed) = self.waiting.get(flag) {
                done.judged.push((*flag, changed));
                self.judge(*flag, Verdict { judgement, by: by.who.clone(), at: by.at, words: by.seq });
            }
        }
    }

    /// An action, with what it was before put down for undoing.
    fn change_action(&mut self, id: ActionId, done: &mut Done) -> Option<&mut Action> {
        let action = self.actions.get_mut(&id)?;
        done.action = Some((id, Some(action.clone())));
        action.changed = done.seq;
        Some(action)
    }

    /// A review by id, with what it was before put down for undoing.
    fn keep_review(&mut self, id: ReviewId, done: &mut Done) -> Option<&mut Review> {
        let review = self.reviews.get_mut(&id)?;
        done.review = Some((id, Some(review.clone())));
        review.changed = done.seq;
        Some(review)
    }

    fn start(&mut self, by: By, role: StaffRole, until: Timestamp, seed: u64, sample: &[IncidentId]) {
        let shift = Shift {
            seq: by.seq,
            staff: by.who.clone(),
            role,
            from: by.at,
            until,
            ended: None,
            seed,
            sample: sample.to_vec(),
        };
        self.shifts.insert(by.seq, shift);
        self.on.insert(by.who.clone(), by.seq);
        self.samples.extend(sample);
        self.sampled.extend(sample);
    }

    fn end(&mut self, by: By, handed: &[HandedOn]) {
        if let Some(shift) = self.on.remove(by.who).and_then(|seq| self.shifts.get_mut(&seq)) {
            shift.ended = Some(by.at);
        }
        for each in handed {
            let noted = each.note.as_ref().map(|_| by.note());
            match each.work {
                Work::Review(id) => {
                    let Some(review) = self.reviews.get_mut(&id) else { continue };
                    let holder = |to: &Actor| Holder { who: to.clone(), since: by.at, from: Some(by.who.clone()) };
                    review.holder = each.to.as_ref().map(holder);
                    review.free_since = each.to.is_none().then_some(by.at);
                    review.handed = noted.or(review.handed.take());
                    review.changed = by.seq;
                }
                Work::Action(id) => {
                    let Some(action) = self.actions.get_mut(&id) else { continue };
                    if action.asker.as_ref() == Some(by.who) {
                        action.asker.clone_from(&each.to);
                    }
                    if action.acknowledged.as_ref().is_some_and(|(who, _)| who == by.who) {
                        action.acknowledged = each.to.clone().map(|to| (to, by.at));
                    }
                    action.handed = noted.or(action.handed.take());
                    action.changed = by.seq;
                }
            }
        }
    }
}

fn show_incident(id: IncidentId, changes: &mut Changes) {
    if !changes.incidents.contains(&id) {
        changes.incidents.push(id);
    }
}
