//! Why a row stands where it stands: the sums, what would clear it, and what is not known.

use std::sync::Arc;

use super::Queue;
use super::order::{Band, Rank};
use super::row::Row;
use crate::desk::Desk;
use crate::event::Actor;
use crate::person::Answer;
use crate::stamp::{Evidence, FlagId, RecordId};
use crate::time::Timestamp;
use crate::watch::{Severity, Subject};

/// The reasons for a row's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The row.
    pub row: Row,
    /// Its place in the queue, from 1.
    pub place: usize,
    /// Of how many.
    pub of: usize,
    /// The row just below it, with its sums.
    pub above: Option<(Subject, Rank)>,
    /// Can it be saved?
    pub savable: Savable,
    /// Every waiting flag: the rule, how severe, and its sentence; the one that speaks for the row first.
    pub flags: Vec<(FlagId, Arc<str>, Severity, Arc<str>)>,
    /// What the open flags rest on, oldest first, without repeats.
    pub rests_on: Vec<Evidence>,
    /// Who has looked.
    pub looked: Looked,
    /// What would clear each open flag.
    pub clears: Vec<Clears>,
    /// What is not known.
    pub unknown: Vec<Unknown>,
}

/// Whether looking now can still change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Savable {
    /// Yes, and nobody is going.
    NobodyGoing,
    /// Yes, and a unit is assigned or there.
    UnitOnTheWay,
    /// Yes.
    Yes,
    /// It can no longer be changed by looking now, or a person's word is all that is missing.
    No,
}

/// Who has looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Who has it.
    pub by: Option<Actor>,
    /// When a review of it last ended.
    pub last: Option<Timestamp>,
    /// Since when its oldest waiting flag stands in the queue.
    pub waiting_since: Option<Timestamp>,
}

/// What would clear a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clears {
    /// The flag.
    pub flag: FlagId,
    /// The rule.
    pub rule: Arc<str>,
    /// What is to be done: `to send a unit`.
    pub to: Arc<str>,
}

/// Something that is not known, and is said as plainly as what is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// A feed is silent: what it would say may be missing.
    Feed {
        /// Which.
        feed: Arc<str>,
        /// Since when.
        since: Timestamp,
    },
    /// Nobody has said who she is.
    Victim,
    /// Nobody has said who the suspect is.
    Suspect,
    /// Whether she is safe: no unit has seen her.
    NotSeen,
    /// How high the risk is: there is no assessment.
    Risk,
    /// Whether a record is the same person: nobody has answered.
    Same {
        /// Her record.
        record: RecordId,
        /// The other.
        with: RecordId,
    },
}

/// The reasons for the place of a subject's row; nothing if it has none.
pub fn why(queue: &Queue, desk: &Desk, subject: Subject) -> Option<Why> {
    let state = desk.state();
    let home = state.home(subject);
    let (place, row) = queue.find(home)?;
    let flags: Vec<_> = row.flags.iter().filter_map(|id| state.flags.get(*id)).collect();
    let open = || flags.iter().filter(|f| f.is_open());
    let mut rests_on: Vec<Evidence> = open().flat_map(|f| f.now.evidence.iter().cloned()).collect();
    rests_on.sort();
    rests_on.dedup();
    let to = |rule: &str| state.policy.rule(rule).map_or_else(|| "".into(), |r| r.to.clone());
    Some(Why {
        place,
        of: queue.rows.len(),
        above: queue.rows.get(place).map(|next| (next.subject, next.rank)),
        savable: match row.rank.band {
            Band::Alone => Savable::NobodyGoing,
            Band::OnTheWay => Savable::UnitOnTheWay,
            Band::Savable => Savable::Yes,
            Band::Urgent | Band::Rest => Savable::No,
        },
        looked: Looked {
            by: row.holder.as_ref().map(|h| h.who.clone()),
            last: state.last_looked_at(home),
            waiting_since: flags.iter().map(|f| f.raised_at()).min(),
        },
        clears: open().map(|f| Clears { flag: f.id, rule: f.now.rule.clone(), to: to(&f.now.rule) }).collect(),
        unknown: unknown(desk, row),
        flags: flags.iter().map(|f| (f.id, f.now.rule.clone(), f.now.severity, f.now.reason.clone())).collect(),
        rests_on,
        row: row.clone(),
    })
}

fn unknown(desk: &Desk, row: &Row) -> Vec<Unknown> {
    let state = desk.state();
    let silent = state.feeds.iter().filter_map(|(feed, health)| Some((feed.clone(), health.silent_since?)));
    let mut found: Vec<Unknown> = silent.map(|(feed, since)| Unknown::Feed { feed, since }).collect();
    if let Some(incident) = row.incident.and_then(|id| state.incident(id)) {
        found.extend(row.victims.is_empty().then_some(Unknown::Victim));
        found.extend(row.suspects.is_empty().then_some(Unknown::Suspect));
        found.extend((row.history.seen == Some(false)).then_some(Unknown::NotSeen));
        found.extend(incident.level().is_none().then_some(Unknown::Risk));
    }
    for record in &row.victims {
        let asked = state.people.matches_of(*record).filter(|m| m.answer == Answer::Asked);
        found.extend(
            asked.map(|m| Unknown::Same { record: *record, with: if m.of == *record { m.with } else { m.of } }),
        );
    }
    found
}
