//! Running the desk over recorded messages with the clock that they carry: no waiting, no server, no database.
//!
//! FEED.md "Replay" and "Three times": the order of lines is the order of receipt; a line is known when it says so, else at the
//! latest `at` of the lines so far; a line more than 24 h ahead of both its neighbours is a fault and moves no clock.

use std::sync::Arc;

use serde::Serialize;

use crate::desk::Desk;
use crate::drive::Driven;
use crate::event::{Actor, Command, Entry, Event, Refusal, Take};
use crate::message::{Body, Fault, Message, read_line};
use crate::register::Register;
use crate::review::{Ask, StaffCommand};
use crate::time::{Period, Timestamp};
use crate::watch::{Flag, Severity};

/// How far ahead of both its neighbours a line may be.
const AHEAD: Period = Period::hours(24);

/// Messages older than one to two of these are no longer held against later ones with the same id (D).
const REMEMBERED: Period = Period::hours(24 * 35);

/// One line of the answer: a flag raised (or risen) or cleared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FlagLine {
    /// When it could first be known.
    pub at: Timestamp,
    /// `raised` or `cleared`.
    pub flag: &'static str,
    /// The rule.
    pub rule: Arc<str>,
    /// How severe.
    pub severity: Severity,
    /// The incident's reference.
    pub incident: Option<Arc<str>>,
    /// The force's reference of the victim, or `case-N`.
    pub victim: Option<String>,
    /// The messages it rests on.
    pub evidence: Vec<Arc<str>>,
    /// Why.
    pub reason: Arc<str>,
}

/// A line that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// Which, as the caller counts.
    pub line: u64,
    /// Everything wrong with it.
    pub faults: Vec<Fault>,
}

#[derive(Clone)]
struct Waiting {
    line: u64,
    raw: Arc<str>,
    message: Arc<Message>,
}

/// A replay under way. A copy goes on by itself from where it was made.
#[derive(Clone)]
pub struct Replay {
    desk: Desk,
    clock: Timestamp,
    last_at: Option<Timestamp>,
    until: Option<Timestamp>,
    seq: u64,
    waiting: Option<Waiting>,
    /// What was taken lately, by id.
    young: Register<Arc<str>>,
    old: Register<Arc<str>>,
    turned_at: Timestamp,
    faults: Vec<LineFault>,
    out: Vec<FlagLine>,
    feed: Arc<str>,
    journal: Option<Vec<Entry>>,
}

impl Replay {
    /// Over a desk that knows nothing yet, up to an instant if one is given.
    pub fn new(desk: Desk, until: Option<Timestamp>) -> Self {
        Self {
            desk,
            clock: Timestamp::default(),
            last_at: None,
            until,
            seq: 0,
            waiting: None,
            young: Register::default(),
            old: Register::default(),
            turned_at: Timestamp::default(),
            faults: Vec::new(),
            out: Vec::new(),
            feed: "replay".into(),
            journal: None,
        }
    }

    /// Keeps every entry, as a journal would.
    #[must_use]
    pub fn keeping_entries(mut self) -> Self {
        self.journal = Some(Vec::new());
        self
    }

    /// The entries kept.
    pub fn entries(&self) -> &[Entry] {
        self.journal.as_deref().unwrap_or_default()
    }

    /// The desk as it stands.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Takes the next line; blank lines are nothing. Flags come out by [`Replay::drain`].
    pub fn line(&mut self, number: u64, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        match read_line(line) {
            Ok(read) => {
                self.message(Waiting { line: number, raw: line.trim().into(), message: Arc::new(read.message) })
            }
            Err(faults) => self.faults.push(LineFault { line: number, faults }),
        }
    }

    /// Takes what still waits, then lets the clock run on.
    pub fn finish(&mut self, settle: Period) {
        self.take_waiting();
        let end = self.clock.plus(settle);
        let end = self.until.map_or(end, |until| until.min(end));
        if self.seq > 0 {
            self.run_to(end, true);
        }
    }

    /// Takes what still waits, then lets the clock run to an instant, what falls due at that very instant included.
    pub fn run_until(&mut self, at: Timestamp) {
        self.take_waiting();
        self.run_to(at, true);
        self.judge_changes();
    }

    /// A member of staff does something at the instant to which the clock has run.
    ///
    /// # Errors
    /// [`Refusal`], as the desk refuses it; nothing has changed then.
    pub fn act(&mut self, ask: Ask, who: &Actor) -> Result<(), Refusal> {
        let command = Command::Staff(StaffCommand { request: format!("replay-{}", self.seq + 1).into(), ask });
        let now = self.clock;
        let events = self.desk.decide(&command, who, now)?;
        self.write(events, who, now, now);
        self.judge_changes();
        Ok(())
    }

    fn take_waiting(&mut self) {
        if let Some(last) = self.waiting.take() {
            self.accept(last);
        }
    }

    /// The flag lines since the last call.
    pub fn drain(&mut self) -> Vec<FlagLine> {
        std::mem::take(&mut self.out)
    }

    /// The faulty lines so far.
    pub fn faults(&self) -> &[LineFault] {
        &self.faults
    }

    /// A line waits for the next, since only its neighbour can show that its time is out of place.
    fn message(&mut self, next: Waiting) {
        let Some(this) = self.waiting.replace(next) else { return };
        let next_at = self.waiting.as_ref().map(|n| n.message.at);
        let ahead = |of: Option<Timestamp>| of.is_some_and(|of| this.message.at > of.plus(AHEAD));
        if ahead(next_at) && (self.last_at.is_none() || ahead(self.last_at)) {
            let what = "is more than 24 h ahead of the lines beside it".to_owned();
            self.faults.push(LineFault { line: this.line, faults: vec![Fault { pointer: "/at".into(), what }] });
            return;
        }
        self.accept(this);
    }

    fn accept(&mut self, this: Waiting) {
        let Waiting { line, raw, message } = this;
        self.last_at = Some(message.at);
        if let Some(before) = self.taken_lately(&message.id) {
            if !same_content(before, &raw) {
                let what = "a line before has the same id and says something else".to_owned();
                self.faults.push(LineFault { line, faults: vec![Fault { pointer: "/id".into(), what }] });
            }
            return;
        }
        let known = message.known.unwrap_or_else(|| self.clock.max(message.at));
        if self.until.is_some_and(|until| known > until) {
            return;
        }
        self.remember(&message, &raw, known);
        self.run_to(known, false);
        let original = match &message.body {
            Body::Corrected { corrects, .. } => self.taken_lately(corrects).cloned(),
            _ => None,
        };
        self.clock = self.clock.max(known);
        let (at, actor) = (message.at, Actor(self.feed.clone()));
        let take = Take { feed: self.feed.clone(), raw, message, known, original };
        self.step(&Command::Take(Box::new(take)), &actor, at, known);
        self.judge_changes();
    }

    fn remember(&mut self, message: &Message, raw: &Arc<str>, known: Timestamp) {
        if known > self.turned_at.plus(REMEMBERED) {
            self.old = std::mem::take(&mut self.young);
            self.turned_at = known;
        }
        self.young.insert(&message.id, raw.clone());
    }

    fn taken_lately(&self, id: &str) -> Option<&Arc<str>> {
        self.young.get(id).or_else(|| self.old.get(id))
    }

    fn step(&mut self, command: &Command, actor: &Actor, at: Timestamp, known: Timestamp) {
        let Ok(events) = self.desk.decide(command, actor, known) else { return };
        self.write(events, actor, at, known);
    }

    fn write(&mut self, events: Vec<Event>, actor: &Actor, at: Timestamp, known: Timestamp) {
        for event in events {
            self.seq += 1;
            let before = answered_flag(&event).and_then(|id| self.desk.state().flags.get(id)).cloned();
            let entry = Entry { seq: self.seq, at, known, received: known, actor: actor.clone(), event: Some(event) };
            self.desk.apply(&entry);
            if let Some(event) = &entry.event {
                self.say(event, before.as_ref(), self.clock.max(known));
            }
            if let Some(journal) = &mut self.journal {
                journal.push(entry);
            }
        }
    }

    fn say(&mut self, event: &Event, before: Option<&Flag>, at: Timestamp) {
        let state = self.desk.state();
        let (word, flag, reason) = match event {
            Event::FlagRaised(raised) => ("raised", state.flags.all().last(), raised.reason.clone()),
            Event::FlagRose { flag, now, .. } => ("raised", state.flags.get(*flag), now.reason.clone()),
            Event::FlagAnswered { how, .. } => ("cleared", before, how.clone()),
            Event::FlagWithdrawn { why, .. } => ("cleared", before, why.clone()),
            _ => return,
        };
        let Some(flag) = flag else { return };
        let victim = flag.now.victim.map(|v| {
            let record = state.people.record(v);
            record.force_ref.as_deref().map_or_else(|| format!("case-{}", v.0), str::to_owned)
        });
        self.out.push(FlagLine {
            at,
            flag: word,
            rule: flag.now.rule.clone(),
            severity: flag.now.severity,
            incident: flag.now.incident.and_then(|id| state.reference(id)).cloned(),
            victim,
            evidence: flag.now.evidence.iter().map(|e| e.id.clone()).collect(),
            reason,
        });
    }
}

impl Driven for Replay {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn clock(&mut self) -> &mut Timestamp {
        &mut self.clock
    }

    fn wake(&mut self, at: Timestamp) {
        self.step(&Command::Wake, &Actor::desk(), at, at);
    }
}

fn answered_flag(event: &Event) -> Option<crate::stamp::FlagId> {
    match event {
        Event::FlagAnswered { flag, .. } | Event::FlagWithdrawn { flag, .. } => Some(*flag),
        _ => None,
    }
}

/// Whether two deliveries say the same, however they are written down.
pub fn same_content(a: &str, b: &str) -> bool {
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    a == b || value(a).is_some_and(|a| value(b).is_some_and(|b| a == b))
}
