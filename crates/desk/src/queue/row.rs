//! A row of the queue.

use std::sync::Arc;

use super::clocks::Running;
use super::history::History;
use super::order::{Band, Rank};
use super::place::{Escalation, Group, group_by, has_gone, shift_end_of};
use super::settings::Settings;
use super::{Draft, ids, leading, sentence};
use crate::event::Actor;
use crate::incident::Incident;
use crate::message::Grade;
use crate::review::{Held, Holder, Note, ReviewId};
use crate::stamp::{FlagId, IncidentId, RecordId};
use crate::state::State;
use crate::time::{Period, Timestamp};
use crate::watch::{Flag, Severity, Standing, Subject};

/// A row of the queue: one incident, or a call or a person that belongs to none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub subject: Subject,
    /// The incident.
    pub incident: Option<IncidentId>,
    /// The incident's reference, or the call's.
    pub reference: Option<Arc<str>>,
    /// Where it stands.
    pub group: Group,
    /// What is left or over, to do what.
    pub deadline: Option<Deadline>,
    /// Until when the desk must decide: the deadline, or for what has none the end of the shift. The group goes by it.
    pub decide_by: Option<Timestamp>,
    /// Of the most severe open flag; nothing on a row that is due, drawn or only opened.
    pub severity: Option<Severity>,
    /// Why it is here, in one line.
    pub why: String,
    /// The flags that wait for a person; the one that speaks for the row first, open ones before answered ones.
    pub flags: Vec<FlagId>,
    /// How many of those are open.
    pub open_flags: usize,
    /// Clocks that run and have raised nothing, soonest first.
    pub clocks: Vec<Running>,
    /// The grade in force.
    pub grade: Option<Grade>,
    /// The grade before that, where it was another.
    pub previous_grade: Option<Grade>,
    /// When the grade's target ends or ended.
    pub target: Option<Timestamp>,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// Whether the log is open; nothing where there is no live log.
    pub is_open: Option<bool>,
    /// Contacts and incidents before.
    pub history: History,
    /// Victims' records.
    pub victims: Vec<RecordId>,
    /// Suspects' records.
    pub suspects: Vec<RecordId>,
    /// The review that is open.
    pub review: Option<ReviewId>,
    /// Who has it.
    pub holder: Option<Holder>,
    /// Whether whoever has it has gone off shift: it can climb as if nobody had it.
    pub holder_gone: bool,
    /// Whether the person who asked has it.
    pub is_mine: bool,
    /// Until when it is held, by whom and why.
    pub held: Option<Held>,
    /// The newest hand-over note.
    pub handed: Option<Note>,
    /// Drawn at random to be read.
    pub is_sample: bool,
    /// Every open flag was raised while no specialist was on.
    pub is_unwatched: bool,
    /// Of a row whose flags are all answered or withdrawn: when, and how late.
    pub delay: Option<Delay>,
    /// How far it has climbed; nothing while somebody has it or holds it.
    pub escalation: Option<Escalation>,
    /// Why it stands where it stands in its group.
    pub rank: Rank,
    /// The entry that last changed it.
    pub changed: u64,
}

/// A deadline: `4:48 left to arrive`, `13:52 over to send a unit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The rule that sets it.
    pub rule: Arc<str>,
    /// When it ends or ended.
    pub due: Timestamp,
    /// When its time began.
    pub from: Timestamp,
    /// What is to be done: `to arrive`.
    pub to: Arc<str>,
}

impl Deadline {
    /// What is left; negative when it is over.
    pub fn left(&self, now: Timestamp) -> Period {
        self.due.since(now)
    }
}

/// What became of what was flagged, and how late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    /// The flag.
    pub flag: FlagId,
    /// When it was answered or withdrawn.
    pub at: Timestamp,
    /// How long after it was due; zero for in time. What was withdrawn has none.
    pub late: Option<Period>,
}

/// Makes rows.
pub(super) struct Maker<'a> {
    pub state: &'a State,
    pub settings: &'a Settings,
    pub now: Timestamp,
    pub shift_ends: Timestamp,
    pub for_staff: Option<&'a Actor>,
}

impl Maker<'_> {
    pub fn row(&self, subject: Subject, draft: &Draft) -> Row {
        let (state, now) = (self.state, self.now);
        let id = match subject {
            Subject::Incident(id) => Some(id),
            Subject::Call(_) | Subject::Person(_) => None,
        };
        let incident = id.and_then(|id| state.incident(id));
        let flags = leading(&draft.flags);
        let open: Vec<&Flag> = flags.iter().copied().filter(|f| f.is_open()).collect();
        let mut clocks = draft.clocks.clone();
        clocks.sort_by(|a, b| (a.due, &a.rule).cmp(&(b.due, &b.rule)));
        let (mut victims, suspects) = self.people(id, incident, &flags);
        if victims.is_empty() {
            victims.clone_from(&draft.known);
        }
        let history = History::of(state, subject, &victims, &flags, now, self.settings);
        let is_savable = self.is_savable(incident, &open, &history);
        let review = draft.reviews.iter().find(|r| r.holder.is_some()).or(draft.reviews.first());
        let holder = review.and_then(|r| r.holder.clone());
        let holder_gone = holder.as_ref().is_some_and(|h| has_gone(state, &h.who));
        let (deadline, decide_by) = self.deadline(&open, &clocks, is_savable, draft);
        let delay = if open.is_empty() { delay(&flags) } else { None };
        let held = review.and_then(|r| r.held.clone()).filter(|h| {
            let rose = |f: &&Flag| f.raised.last().is_some_and(|r| r.0 > h.at) && f.now.severity == Severity::S1;
            h.until > now && !open.iter().any(rose)
        });
        let severity = open.first().map(|f| f.now.severity);
        let is_unwatched = !open.is_empty() && open.iter().all(|f| state.reviews.was_unattended(f.id));
        let group = if held.is_some() {
            Group::Held
        } else if delay.is_some() {
            Group::Answered
        } else if is_unwatched && !(severity == Some(Severity::S1) && is_savable) {
            Group::Unwatched
        } else {
            group_by(self.settings, now, self.shift_ends, decide_by)
        };
        let is_free = (holder.is_none() || holder_gone) && held.is_none();
        let escalation = is_free.then(|| Escalation::of(state, self.settings, &open, &draft.reviews, now)).flatten();
        let looked_at = state.last_looked_at(subject).is_some() || holder.is_some();
        let going = incident.is_some_and(|i| i.stints.iter().any(|s| s.active_at(now)));
        let band = match (severity, is_savable) {
            (Some(Severity::S1), true) if going => Band::OnTheWay,
            (Some(Severity::S1), true) => Band::Alone,
            (Some(Severity::S1), false) => Band::Urgent,
            (_, true) => Band::Savable,
            _ => Band::Rest,
        };
        let ranked: &[&Flag] = if open.is_empty() { &flags } else { &open };
        let waits = (!looked_at, escalation.map(|e| now.since(e.since)));
        let rank = Rank::of(self.settings, band, ranked, &history, waits, now);
        let grade = incident.and_then(Incident::grade).or_else(|| Some(state.past.get(&id?)?.grading.as_ref()?.grade));
        let changes = draft.flags.iter().map(|(_, seq)| *seq).chain(draft.reviews.iter().map(|r| r.changed));
        let last_entry = incident.and_then(|i| i.entries.last()).map(|e| e.stamp.seq);
        Row {
            subject,
            incident: id,
            reference: match subject {
                Subject::Incident(id) => state.reference(id).cloned(),
                Subject::Call(id) => state.calls.get(&id).map(|c| c.reference.clone()),
                Subject::Person(_) => None,
            },
            group,
            deadline,
            decide_by,
            severity,
            why: self.why(&flags, &open, &clocks, &history, draft.sample),
            flags: ids(&flags),
            open_flags: open.len(),
            clocks,
            grade,
            previous_grade: incident.and_then(|i| i.gradings.iter().rev().map(|g| g.grade).find(|g| Some(*g) != grade)),
            target: incident.and_then(|i| {
                let grading = i.gradings.last()?;
                Some(grading.stamp.at.plus(*state.policy.targets.get(&grading.grade)?))
            }),
            opened_at: id.and_then(|id| state.opened_at(id)),
            is_open: incident.map(Incident::is_open),
            history,
            victims,
            suspects,
            review: review.map(|r| r.id),
            is_mine: self.for_staff.is_some_and(|who| holder.as_ref().is_some_and(|h| h.who == *who)),
            holder,
            holder_gone,
            held,
            handed: review.and_then(|r| r.handed.clone()),
            is_sample: draft.sample,
            is_unwatched,
            delay,
            escalation,
            rank,
            changed: changes.chain(last_entry).max().unwrap_or(0),
        }
    }

    fn people(
        &self,
        id: Option<IncidentId>,
        incident: Option<&Incident>,
        flags: &[&Flag],
    ) -> (Vec<RecordId>, Vec<RecordId>) {
        use crate::message::Role;
        let (mut victims, suspects) = match incident {
            Some(incident) => (incident.victims().collect(), incident.suspects().collect()),
            None => {
                let people = id.and_then(|id| self.state.past.get(&id)).map_or(&[][..], |p| &p.people);
                let of =
                    |role: Role| people.iter().filter(move |p| p.role == role).map(|p| p.record).collect::<Vec<_>>();
                (of(Role::Victim), of(Role::Suspect))
            }
        };
        for victim in flags.iter().filter_map(|f| f.now.victim) {
            if victims.is_empty() {
                victims.push(victim);
            }
        }
        (victims, suspects)
    }

    /// Whether looking now can still change it: the log is open, or she has not been seen, and it is not long ago.
    fn is_savable(&self, incident: Option<&Incident>, open: &[&Flag], history: &History) -> bool {
        let since = self.now.minus(self.settings.savable);
        let is_recent = history.last_contact.is_none_or(|at| at > since) || open.iter().any(|f| f.now.due > since);
        let is_running = incident.is_none_or(|i| i.is_open() || history.seen == Some(false));
        is_recent && is_running && open.iter().any(|f| f.now.severity >= Severity::S2)
    }

    /// What is left to do what, and until when the desk must decide.
    fn deadline(
        &self,
        open: &[&Flag],
        clocks: &[Running],
        is_savable: bool,
        draft: &Draft,
    ) -> (Option<Deadline>, Option<Timestamp>) {
        let Some(lead) = open.first() else {
            let clock = clocks.iter().find(|c| c.is_due(self.now, self.state.policy.due_after));
            if let Some(clock) = clock.filter(|_| draft.flags.is_empty()) {
                let from = clock.from.unwrap_or(clock.due);
                let deadline = Deadline { rule: clock.rule.clone(), due: clock.due, from, to: clock.to.clone() };
                return (Some(deadline), Some(clock.due));
            }
            // Drawn or opened: to be read in this shift.
            return (None, Some(self.shift_ends));
        };
        let running = clocks.iter().find(|c| c.rule == lead.now.rule);
        let due = running.map_or(lead.now.due, |c| c.due);
        let to = self.state.policy.rule(&lead.now.rule).map_or_else(|| "".into(), |r| r.to.clone());
        let has_period = due > lead.now.from;
        let is_timed = running.is_some() || has_period || lead.now.severity == Severity::S1;
        let deadline = is_timed.then(|| Deadline { rule: lead.now.rule.clone(), due, from: lead.now.from, to });
        let decide_by = match lead.now.severity {
            Severity::S1 => Some(due),
            Severity::S2 if running.is_some() || (has_period && is_savable) => Some(due),
            Severity::S2 => Some(shift_end_of(self.state, lead.raised_at())),
            Severity::S3 => None,
        };
        (deadline, decide_by)
    }

    fn why(&self, flags: &[&Flag], open: &[&Flag], clocks: &[Running], history: &History, sample: bool) -> String {
        if !open.is_empty() {
            return sentence::open(self.state, open, history);
        }
        if let Some(first) = flags.first() {
            return sentence::answered(self.state, first);
        }
        let clock = clocks.iter().find(|c| c.is_due(self.now, self.state.policy.due_after));
        match clock {
            _ if sample => "Drawn at random: nothing flagged, please read".to_owned(),
            Some(clock) => sentence::due(self.state, clock),
            None => "Opened for review without a flag".to_owned(),
        }
    }
}

/// The longest delay among flags of which none is open.
fn delay(flags: &[&Flag]) -> Option<Delay> {
    let of = |flag: &&Flag| match &flag.standing {
        Standing::Open => None,
        Standing::Answered { at, .. } => {
            Some(Delay { flag: flag.id, at: *at, late: Some(Period::from_ms(at.since(flag.now.due).ms().max(0))) })
        }
        Standing::Withdrawn { at, .. } => Some(Delay { flag: flag.id, at: *at, late: None }),
    };
    flags.iter().filter_map(of).max_by_key(|d| (d.late, std::cmp::Reverse(d.flag)))
}
