//! What a member of staff's command comes to. Nothing is changed here.

use std::sync::Arc;

use super::{
    About, Action, ActionId, Answerable, Ask, Disposition, HandedOn, Progress, SHIFT, StaffCommand, StaffEvent, Work,
    overtaken, unfit,
};
use crate::event::{Actor, Refusal};
use crate::listening::ListeningAsk;
use crate::message::{ActKind, StaffRole};
use crate::person::Answer;
use crate::stamp::{FlagId, IncidentId, RecordId};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::{Mode, Subject};

impl StaffCommand {
    /// What it is about.
    pub fn about(&self, state: &State) -> About {
        match &self.ask {
            Ask::StartShift { .. } | Ask::EndShift { .. } | Ask::Undo { .. } => About::Staff,
            Ask::NameOnCall { .. } => About::OnCall,
            Ask::SwitchRule { .. } => About::Rules,
            Ask::Listening(ListeningAsk::Prompt(ask)) => ask.call(state).map_or(About::Listening, About::Prompts),
            Ask::Listening(ListeningAsk::Tick(ask)) => About::Ticks(ask.call),
            Ask::Listening(_) => About::Listening,
            Ask::Feedback(ask) => ask.call(state).map_or(About::Staff, About::Feedback),
            Ask::Open { subject }
            | Ask::Take { subject }
            | Ask::Release { subject }
            | Ask::Hold { subject, .. }
            | Ask::HandOver { subject, .. }
            | Ask::Dispose { subject, .. }
            | Ask::NotAbuse { subject, .. }
            | Ask::Note { subject, .. } => About::Subject(state.home(*subject)),
            Ask::Confirm { flag, .. } | Ask::SetAside { flag, .. } => {
                state.flags.get(*flag).map_or(About::Staff, |f| About::Subject(state.home_of(f)))
            }
            Ask::AcknowledgeAction { action }
            | Ask::FinishAction { action, .. }
            | Ask::DeclineAction { action, .. } => About::Action(*action),
            Ask::NoteForHandOver { work: Work::Action(action), .. } => About::Action(*action),
            Ask::NoteForHandOver { work: Work::Review(review), .. } => {
                state.reviews.review(*review).map_or(About::Staff, |r| About::Subject(state.home(r.subject)))
            }
            Ask::Join { a, b, .. } | Ask::Split { a, b, .. } => About::Record(*a.min(b)),
            Ask::AcknowledgeHistory { incident, .. } | Ask::Reason { incident, .. } => {
                About::Subject(state.home(Subject::Incident(*incident)))
            }
        }
    }
}

impl State {
    pub(crate) fn decide_staff(
        &self,
        command: &StaffCommand,
        who: &Actor,
        now: Timestamp,
    ) -> Result<Vec<StaffEvent>, Refusal> {
        if let Ask::Listening(ask) = &command.ask {
            let events = self.decide_listening(ask, who, now)?;
            return Ok(events.into_iter().map(StaffEvent::Listening).collect());
        }
        if let Ask::Feedback(ask) = &command.ask {
            let events = self.decide_feedback(ask, who, now)?;
            return Ok(events.into_iter().map(StaffEvent::Feedback).collect());
        }
        let asked = Asked { state: self, who, now };
        asked.decide(command.ask.clone()).map(|event| vec![event])
    }
}

struct Asked<'a> {
    state: &'a State,
    who: &'a Actor,
    now: Timestamp,
}

impl Asked<'_> {
    fn decide(&self, ask: Ask) -> Result<StaffEvent, Refusal> {
        Ok(match ask {
            Ask::StartShift { role, until, seed } => self.start(role, until, seed)?,
            Ask::EndShift { handed } => self.end(handed)?,
            Ask::NameOnCall { staff } => StaffEvent::OnCallNamed { staff },
            Ask::SwitchRule { rule, to, reason } => self.switch(rule, to, reason)?,
            Ask::Open { subject } => StaffEvent::ReviewOpened { subject: self.take(subject)? },
            Ask::Take { subject } => StaffEvent::Taken { subject: self.take(subject)? },
            Ask::Release { subject } => StaffEvent::Released { subject: self.held_by_me(subject)? },
            Ask::Hold { subject, until, reason } => self.hold(subject, until, reason)?,
            Ask::HandOver { subject, to, note } => self.hand_over(subject, to, note)?,
            Ask::Confirm { flag, reason } => StaffEvent::Confirmed { flag: self.judging(flag)?, reason },
            Ask::SetAside { flag, reason } => {
                StaffEvent::SetAside { flag: self.judging(flag)?, reason: written(reason)? }
            }
            Ask::Dispose { subject, flags, disposition, reason } => {
                self.dispose(subject, flags, disposition, reason)?
            }
            Ask::NotAbuse { subject, flags, reason } => self.dispose(subject, flags, Disposition::NotAbuse, reason)?,
            Ask::AcknowledgeAction { action } => {
                let asked = self.action(action)?;
                if let Some((by, at)) = &asked.acknowledged {
                    return Err(overtaken(by, "acknowledged it", *at, self.now));
                }
                StaffEvent::ActionAcknowledged { action }
            }
            Ask::FinishAction { action, note } => {
                self.action(action)?;
                StaffEvent::ActionDone { action, note }
            }
            Ask::DeclineAction { action, reason } => {
                let asked = self.action(action)?;
                if let Some(declined) = &asked.declined {
                    return Err(overtaken(&declined.by, "said that it cannot be done,", declined.at, self.now));
                }
                StaffEvent::ActionDeclined { action, reason: written(reason)? }
            }
            Ask::NoteForHandOver { work, note } => {
                if !self.is_mine(work) {
                    return Err(Refusal::NoSuch("open work of yours"));
                }
                StaffEvent::NotedForHandOver { work, note: written(note)? }
            }
            Ask::Note { subject, note } => StaffEvent::Noted { subject: self.known(subject)?, note: written(note)? },
            Ask::Join { a, b, reason } => self.join(a, b, reason)?,
            Ask::Split { a, b, reason } => self.split(a, b, reason)?,
            Ask::AcknowledgeHistory { incident, answers } => {
                let incident = self.answering(incident, ActKind::Acknowledged, &answers)?;
                StaffEvent::HistoryAcknowledged { incident, answers }
            }
            Ask::Reason { incident, answers, reason } => {
                let incident = self.answering(incident, ActKind::Reasoned, &answers)?;
                StaffEvent::Reasoned { incident, answers, reason: written(reason)? }
            }
            // Decided before, since one ask of these can come to several events.
            Ask::Listening(_) => return Err(Refusal::NoSuch("listening")),
            Ask::Feedback(_) => return Err(Refusal::NoSuch("feedback")),
            Ask::Undo { act } => {
                self.state.may_undo(self.who, act, self.now)?;
                StaffEvent::Undone { act }
            }
        })
    }

    fn switch(&self, rule: Arc<str>, to: Mode, reason: Arc<str>) -> Result<StaffEvent, Refusal> {
        if self.state.policy.rule(&rule).is_none() {
            return Err(Refusal::NoSuch("rule"));
        }
        if self.state.switches.mode(&rule) == to {
            return Err(match self.state.switches.of(&rule).last() {
                Some(last) => overtaken(&last.by, "switched it so", last.at, self.now),
                None => unfit("It runs like that already."),
            });
        }
        Ok(StaffEvent::RuleSwitched { rule, to, reason: written(reason)? })
    }

    fn start(&self, role: StaffRole, until: Option<Timestamp>, seed: u64) -> Result<StaffEvent, Refusal> {
        if self.state.reviews.shift_of(self.who).is_some() {
            return Err(unfit("You are on shift already."));
        }
        let until = until.unwrap_or_else(|| self.now.plus(SHIFT));
        if until <= self.now {
            return Err(unfit("A shift must end after it begins."));
        }
        let sample = if role == StaffRole::Specialist { self.state.draw_sample(seed, self.now) } else { Vec::new() };
        Ok(StaffEvent::ShiftStarted { role, until, seed, sample })
    }

    fn end(&self, handed: Vec<HandedOn>) -> Result<StaffEvent, Refusal> {
        if self.state.reviews.shift_of(self.who).is_none() {
            return Err(unfit("You are not on shift."));
        }
        let open = self.state.open_work(self.who);
        let handed: Vec<HandedOn> = handed.into_iter().filter(|h| open.contains(&h.work)).collect();
        let is_handed = |work: &Work| {
            self.state.has_hand_over_note(*work, self.who)
                || handed.iter().any(|h| {
                    let noted = h.note.as_ref().is_some_and(|n| !n.trim().is_empty());
                    h.work == *work && (noted || h.to.as_ref().is_some_and(|to| to != self.who))
                })
        };
        match open.iter().filter(|w| !is_handed(w)).count() {
            0 => {}
            1 => return Err(unfit("1 thing is open and has neither a note nor a name on it.")),
            n => {
                return Err(Refusal::Unfit(
                    format!("{n} things are open and have neither a note nor a name on them.").into(),
                ));
            }
        }
        // What was noted before and is not named in the command is handed on by its note.
        let mut all = handed;
        for work in open {
            if !all.iter().any(|h| h.work == work) {
                all.push(HandedOn { work, to: None, note: None });
            }
        }
        for each in &mut all {
            each.to = each.to.take().filter(|to| to != self.who);
        }
        Ok(StaffEvent::ShiftEnded { handed: all })
    }

    /// The subject under the incident that goes on, if there is such a thing.
    fn known(&self, subject: Subject) -> Result<Subject, Refusal> {
        let state = self.state;
        let home = state.home(subject);
        match home {
            _ if state.is_kept_from(self.who, home) => Err(Refusal::NoSuch("incident")),
            Subject::Incident(id) if state.reference(id).is_some() => Ok(home),
            Subject::Call(id) if state.calls.contains_key(&id) || !state.waiting_on(home).is_empty() => Ok(home),
            Subject::Person(id) if id.at() < state.people.records().len() => Ok(home),
            Subject::Incident(_) => Err(Refusal::NoSuch("incident")),
            Subject::Call(_) => Err(Refusal::NoSuch("call")),
            Subject::Person(_) => Err(Refusal::NoSuch("person")),
        }
    }

    /// An incident that acts can stand on.
    fn live(&self, incident: IncidentId) -> Result<IncidentId, Refusal> {
        match self.known(Subject::Incident(incident))? {
            Subject::Incident(id) if self.state.incident(id).is_some() => Ok(id),
            _ => Err(Refusal::NoSuch("incident")),
        }
    }

    /// An incident on which an act of this person makes a fact true.
    fn answering(&self, incident: IncidentId, kind: ActKind, fact: &str) -> Result<IncidentId, Refusal> {
        let incident = self.live(incident)?;
        let Some(answerable) = Answerable::named(fact).filter(|answerable| answerable.kind == kind) else {
            return Err(Refusal::NoSuch("fact that this answers"));
        };
        match answerable.only {
            Some(role) if self.state.role_of(self.who) != Some(role) => {
                Err(Refusal::Unfit(format!("Only a {} on shift can give this.", role.word()).into()))
            }
            _ => Ok(incident),
        }
    }

    /// Refuses where somebody else has it.
    fn free(&self, home: Subject) -> Result<(), Refusal> {
        match self.state.open_review(home).and_then(|r| r.holder.as_ref()) {
            Some(holder) if holder.who != *self.who => Err(overtaken(&holder.who, "took it", holder.since, self.now)),
            _ => Ok(()),
        }
    }

    fn take(&self, subject: Subject) -> Result<Subject, Refusal> {
        let home = self.known(subject)?;
        self.free(home)?;
        if self.state.open_review(home).is_some_and(|r| r.holder.is_some()) {
            return Err(unfit("You have it already."));
        }
        let concerns = match home {
            Subject::Incident(id) => self.state.is_da(id) || self.state.flags.of_incident(id).next().is_some(),
            Subject::Call(_) | Subject::Person(_) => true,
        };
        if concerns {
            Ok(home)
        } else {
            Err(unfit("This incident is not coded as domestic abuse and carries no flag."))
        }
    }

    fn held_by_me(&self, subject: Subject) -> Result<Subject, Refusal> {
        let home = self.known(subject)?;
        self.free(home)?;
        match self.state.open_review(home).and_then(|r| r.holder.as_ref()) {
            Some(_) => Ok(home),
            None => Err(unfit("You do not have it.")),
        }
    }

    fn hold(&self, subject: Subject, until: Timestamp, reason: Arc<str>) -> Result<StaffEvent, Refusal> {
        let home = self.known(subject)?;
        self.free(home)?;
        if until <= self.now {
            return Err(unfit("The time until which it is held must lie ahead."));
        }
        Ok(StaffEvent::Held { subject: home, until, reason: written(reason)? })
    }

    fn hand_over(&self, subject: Subject, to: Actor, note: Arc<str>) -> Result<StaffEvent, Refusal> {
        let home = self.known(subject)?;
        let Some(review) = self.state.open_review(home) else { return Err(unfit("Nobody has it: it can be taken.")) };
        if self.state.role_of(self.who) != Some(StaffRole::Supervisor) {
            self.held_by_me(home)?;
        }
        if review.holder.as_ref().is_some_and(|h| h.who == to) {
            return Err(unfit("They have it already."));
        }
        if self.state.is_kept_from(&to, home) {
            return Err(unfit("It cannot be given to them."));
        }
        Ok(StaffEvent::HandedOver { subject: home, to, note })
    }

    /// A flag that waits, on a row that nobody else has.
    fn judging(&self, flag: FlagId) -> Result<FlagId, Refusal> {
        let Some(found) = self.state.flags.get(flag) else { return Err(Refusal::NoSuch("flag")) };
        let home = self.known(self.state.home_of(found))?;
        self.waiting(flag)?;
        self.free(home)?;
        Ok(flag)
    }

    fn waiting(&self, flag: FlagId) -> Result<(), Refusal> {
        let reviews = &self.state.reviews;
        match reviews.verdicts(flag).last() {
            _ if reviews.is_waiting(flag) => Ok(()),
            Some(verdict) => Err(overtaken(&verdict.by, "disposed of it", verdict.at, self.now)),
            None => Err(Refusal::NoSuch("flag")),
        }
    }

    fn dispose(
        &self,
        subject: Subject,
        flags: Vec<FlagId>,
        disposition: Disposition,
        reason: Arc<str>,
    ) -> Result<StaffEvent, Refusal> {
        let home = self.known(subject)?;
        self.free(home)?;
        let mut own: Vec<FlagId> = Vec::new();
        for flag in flags {
            let Some(found) = self.state.flags.get(flag) else { return Err(Refusal::NoSuch("flag")) };
            if self.state.home_of(found) != home {
                return Err(unfit("One of the flags belongs to another incident."));
            }
            // What was confirmed or set aside by itself in this review keeps that.
            if self.state.reviews.is_waiting(flag) && !own.contains(&flag) {
                own.push(flag);
            }
        }
        if own.is_empty() && self.state.open_review(home).is_none() {
            let ended = self.state.reviews_of(home).into_iter().rev().find_map(|r| r.disposed.as_ref());
            return Err(match ended {
                Some(ended) => overtaken(&ended.by, "disposed of it", ended.at, self.now),
                None => Refusal::NoSuch("open review"),
            });
        }
        if let Disposition::NeedsAction { role, by } = disposition {
            use StaffRole::{Dispatcher, Handler, Officer, Supervisor};
            if !matches!(role, Dispatcher | Handler | Officer | Supervisor) {
                return Err(unfit("An action is asked of a dispatcher, a supervisor, a handler or an officer."));
            }
            if by <= self.now {
                return Err(unfit("The time by which it is to be done must lie ahead."));
            }
        }
        Ok(StaffEvent::Disposed { subject: home, flags: own, disposition, reason: written(reason)? })
    }

    /// An action that has left the desk and is not done, if this person may answer for its role.
    fn action(&self, id: ActionId) -> Result<&Action, Refusal> {
        let Some(action) = self.state.reviews.action(id) else { return Err(Refusal::NoSuch("action")) };
        match (action.progress(self.now), &action.done) {
            (Progress::Leaving, _) => return Err(Refusal::NoSuch("action")),
            (_, Some(done)) => return Err(overtaken(&done.by, "did it", done.at, self.now)),
            _ => {}
        }
        match self.state.role_of(self.who) {
            Some(role)
                if role != action.role && role != StaffRole::Supervisor && action.asker.as_ref() != Some(self.who) =>
            {
                Err(Refusal::Unfit(format!("This was asked of the {}.", action.role.word()).into()))
            }
            _ => Ok(action),
        }
    }

    fn is_mine(&self, work: Work) -> bool {
        self.state.open_work(self.who).contains(&work)
    }

    fn records(&self, a: RecordId, b: RecordId) -> Result<(), Refusal> {
        let known = self.state.people.records().len();
        if a.at() >= known || b.at() >= known {
            return Err(Refusal::NoSuch("record"));
        }
        if a == b {
            return Err(unfit("A record cannot be compared with itself."));
        }
        let kept = [a, b].iter().any(|r| self.state.is_kept_from(self.who, Subject::Person(*r)));
        if kept { Err(Refusal::NoSuch("record")) } else { Ok(()) }
    }

    fn join(&self, a: RecordId, b: RecordId, reason: Arc<str>) -> Result<StaffEvent, Refusal> {
        self.records(a, b)?;
        if self.state.people.identity(a).contains(&b) {
            let said = self.state.reviews.ties(a, b).last();
            return Err(said.map_or_else(
                || unfit("They are one person already."),
                |tie| overtaken(&tie.by, "joined them", tie.at, self.now),
            ));
        }
        Ok(StaffEvent::Joined { a, b, reason: written(reason)? })
    }

    fn split(&self, a: RecordId, b: RecordId, reason: Arc<str>) -> Result<StaffEvent, Refusal> {
        self.records(a, b)?;
        let people = &self.state.people;
        let asked = people.matches_of(a).any(|m| (m.of == b || m.with == b) && m.answer != Answer::NotSame);
        if !asked && !people.tied(a, b) {
            return Err(unfit("Nothing ties these two records to one another."));
        }
        if !asked && self.state.reviews.ties(a, b).last().is_some_and(|t| !t.same) {
            return Err(unfit("They have been said not to be the same already."));
        }
        Ok(StaffEvent::Split { a, b, reason: written(reason)? })
    }
}

/// A reason or note that has words.
fn written(words: Arc<str>) -> Result<Arc<str>, Refusal> {
    if words.trim().is_empty() { Err(unfit("A reason is needed, in words.")) } else { Ok(words) }
}
