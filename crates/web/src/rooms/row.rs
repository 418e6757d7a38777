//! A row of the queue: what is left, why, who, and what can be done with it.

use alongside_desk::message::Grade;
use alongside_desk::person::{Answer, Match};
use alongside_desk::queue::{Group as QueueGroup, Level, Row as QueueRow};
use alongside_desk::stamp::RecordId;
use alongside_desk::watch::{Severity, Subject};

use super::desk::Teller;
use super::words::apart;
use super::{act, key, naming};
use crate::door::Action;
use crate::views::desk::{Holder, Row};
use crate::views::moment;
use crate::views::part::{Act, Countdown, Left, Tag};

impl Teller<'_> {
    /// A row of the queue as it is shown.
    pub fn row(&self, row: &QueueRow) -> Row {
        let state = self.state();
        let key = key::of(row.subject);
        let href = |verb: &str| format!("/rows/{key}/{verb}");
        let holder = match &row.holder {
            _ if row.holder_gone => Holder::Nobody,
            None => Holder::Nobody,
            Some(holder) if holder.who == self.who => Holder::You(holder.since),
            Some(holder) => Holder::Other(self.staff.name(&holder.who), holder.since),
        };
        let mut acts = vec![Act::open("why", "Why here", "W", href("why"))];
        let (is_free, is_mine) = (matches!(holder, Holder::Nobody), matches!(holder, Holder::You(_)));
        if self.may(Action::Judge) && (is_free || is_mine) {
            acts.push(Act::open("not-da", "Not DA, with reason", "3", href("not-da")));
            acts.push(Act::open("hold", "Hold until", "H", href("hold")));
        }
        if is_mine && self.may(Action::Take) {
            acts.push(Act::open("hand-over", "Hand over", "", href("hand-over")));
            acts.push(self.post("release", "Let go", "", &key));
        }
        acts.extend(self.asks(&row.victims));
        let step = match holder {
            Holder::Nobody if self.may(Action::Take) => Some(self.post("take", "Take", "1", &key)),
            Holder::You(_) => Some(Act::open("dispose", "Decide", "", href("dispose"))),
            _ => None,
        };
        Row {
            id: format!("r-{key}"),
            left: self.left(row),
            tag: self.tag(row),
            why: apart(&row.why).0,
            why_act: Act::open("why", "Why here", "W", href("why")),
            who: naming::pair(state, &row.victims, &row.suspects),
            about: self.about(row),
            grade: row.grade.map_or("no live log", grade).to_owned(),
            grade_note: match (row.previous_grade, row.target) {
                (Some(before), _) => format!("was {}", grade(before)),
                (None, Some(target)) => format!("by {}", moment::minutes(target)),
                (None, None) => String::new(),
            },
            log: self.log_line(row),
            holder,
            open: Act::open("open", "Open", "", key::opens(state, row.subject, &row.victims)),
            step,
            acts,
        }
    }

    /// Where it is asked whether she is the same person as another record; nothing where nobody asks.
    pub fn asks(&self, victims: &[RecordId]) -> Option<Act> {
        let state = self.state();
        let asked = |record: &RecordId| {
            let open = |found: &&Match| found.answer == Answer::Asked;
            let may_see = |record: RecordId| self.may_see(Subject::Person(record));
            state.people.matches_of(*record).filter(open).any(|found| may_see(found.of) && may_see(found.with))
        };
        let hers = victims.iter().find(|victim| state.people.identity(**victim).iter().any(asked))?;
        let href = format!("/cases/{}#asked", key::case(state, *hers).0);
        self.may(Action::Link).then(|| Act::open("link", "The same person?", "2", href))
    }

    /// A form with one button, sent once for each state of the desk that it was shown in.
    pub fn post(&self, verb: &'static str, says: &str, pressed: &'static str, key: &str) -> Act {
        let id = act::form_id(verb, key, self.state().seq, None);
        Act::post(verb, says, pressed, format!("/rows/{key}/{verb}"), id)
    }

    fn log_line(&self, row: &QueueRow) -> String {
        let closed = if row.is_open == Some(false) { ", closed" } else { "" };
        let age = row
            .opened_at
            .map(|at| format!(" · {}", moment::age(self.now.since(at)).replace(' ', "\u{a0}")))
            .unwrap_or_default();
        format!("{}{closed}{age}", self.log(row.subject))
    }

    fn left(&self, row: &QueueRow) -> Left {
        if let Some(held) = &row.held {
            let until = Countdown { at: held.until, from: Some(held.at), to: "held".into(), up: false };
            return Left::Clock(until);
        }
        if let Some(delay) = &row.delay {
            let late = delay.late.filter(|late| late.ms() > 0).map(|late| format!("{} late", moment::age(late)));
            return Left::Words(moment::minutes(delay.at), late.unwrap_or_else(|| "answered".to_owned()));
        }
        match &row.deadline {
            Some(deadline) if deadline.due > deadline.from => Left::Clock(Countdown {
                at: deadline.due,
                from: Some(deadline.from),
                to: deadline.to.to_string(),
                up: false,
            }),
            Some(deadline) => {
                Left::Clock(Countdown { at: deadline.from, from: None, to: deadline.to.to_string(), up: true })
            }
            None if row.group == QueueGroup::Later => Left::Words("later".into(), "to review".into()),
            None if row.is_sample => Left::Words("this shift".into(), "to read".into()),
            None => Left::Words("this shift".into(), "to review".into()),
        }
    }

    fn tag(&self, row: &QueueRow) -> Tag {
        let flags = row.flags.iter().filter_map(|id| self.state().flags.get(*id));
        match row.severity.or_else(|| flags.map(|flag| flag.now.severity).max()) {
            Some(severity) => severe(severity),
            None if row.is_sample => Tag::Sample,
            None if !row.clocks.is_empty() => Tag::Due,
            None if row.flags.is_empty() => Tag::Unflagged,
            None => Tag::S3,
        }
    }

    fn about(&self, row: &QueueRow) -> Vec<String> {
        let history = &row.history;
        let mut about = Vec::new();
        let unseen = if history.seen == Some(false) { ", not seen" } else { "" };
        match history.contacts_tonight {
            0 | 1 => about.extend((!unseen.is_empty()).then(|| "not seen yet".to_owned())),
            n => about.push(format!("{n} contacts tonight{unseen}")),
        }
        match history.earlier {
            0 => {}
            1 => about.push("1 earlier report".to_owned()),
            n => about.push(format!("{n} earlier reports")),
        }
        match row.open_flags {
            0 | 1 => {}
            2 => about.push("1 more flag".to_owned()),
            n => about.push(format!("{} more flags", n - 1)),
        }
        if row.holder_gone {
            about.push("whoever had it has gone off shift".to_owned());
        }
        match row.escalation.map(|escalation| escalation.level) {
            Some(Level::Supervisor) => about.push("nobody took it: with the supervisor".to_owned()),
            Some(Level::OnCall) => about.push(match self.state().reviews.on_call() {
                Some(who) => format!("nobody took it: with {}, on call", self.staff.name(who)),
                None => "nobody took it: with the supervisor, nobody is on call".to_owned(),
            }),
            _ => {}
        }
        about
    }
}

/// A grade as people say it.
pub fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Immediate => "Immediate",
        Grade::Priority => "Priority",
        Grade::Scheduled => "Scheduled",
        Grade::Telephone => "Telephone",
        Grade::None => "No grade",
    }
}

/// The tag of a severity.
pub(super) const fn severe(severity: Severity) -> Tag {
    match severity {
        Severity::S1 => Tag::S1,
        Severity::S2 => Tag::S2,
        Severity::S3 => Tag::S3,
    }
}
