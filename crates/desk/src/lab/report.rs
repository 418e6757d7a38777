//! What a trial came to, beside what was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::past::{Past, Was};
use crate::review::{GroupedBy, Judgement, Shown, hide};
use crate::stamp::RecordId;
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::{Flag, Severity, Subject, end_of_shift};

/// What a policy would have raised over a span, beside what was raised then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The beginning of the span.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// Each rule that the tried policy has, or that raised something then, by its id.
    pub rules: Vec<RuleLine>,
    /// The victims' groups, over all rules.
    pub groups: Vec<(GroupedBy, Vec<GroupLine>)>,
    /// What was raised made this much work.
    pub was: Workload,
    /// What would have been raised makes this much.
    pub would: Workload,
}

/// One rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleLine {
    /// Its id.
    pub rule: Arc<str>,
    /// Flags raised then.
    pub was: u32,
    /// Flags that the tried policy raises.
    pub would: u32,
    /// Of them, flags for the same thing.
    pub both: u32,
    /// Of those, raised sooner than then.
    pub sooner: u32,
    /// Of those, raised later than then.
    pub later: u32,
    /// Of those, more severe at the end than then.
    pub severer: u32,
    /// Of those, less severe.
    pub milder: u32,
    /// Raised then, and not by the tried policy: by what people said of the flag.
    pub dropped: ByWord,
    /// Raised by the tried policy alone: by how people ended their review of its incident, flag or no flag.
    pub new: ByWord,
}

/// Flags by what people said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByWord {
    /// A missed opportunity.
    pub confirmed: u32,
    /// Right, and handled already, or somebody was asked to act.
    pub in_hand: u32,
    /// Set aside.
    pub set_aside: u32,
    /// Nobody has said anything.
    pub unsaid: u32,
}

impl ByWord {
    fn add(&mut self, word: Option<Judgement>) {
        *match word {
            Some(Judgement::Confirmed) => &mut self.confirmed,
            Some(Judgement::Handled | Judgement::ActionAsked) => &mut self.in_hand,
            Some(Judgement::SetAside) => &mut self.set_aside,
            None => &mut self.unsaid,
        } += 1;
    }

    /// All of them.
    pub fn all(&self) -> u32 {
        self.confirmed + self.in_hand + self.set_aside + self.unsaid
    }
}

/// A group of victims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLine {
    /// What it is called.
    pub name: &'static str,
    /// Flags raised then about people of it.
    pub was: Shown,
    /// Flags that the tried policy raises about people of it.
    pub would: Shown,
}

/// How much work flags make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// Flags raised.
    pub flags: u32,
    /// Of them, those that became S1.
    pub urgent: u32,
    /// Shifts that the span has.
    pub shifts: u32,
    /// Flags raised in the middle one of them; of an even number the lower middle.
    pub middle: u32,
    /// Flags raised in the fullest.
    pub most: u32,
}

pub(super) fn report(state: &State, past: &Past, from: Timestamp, until: Timestamp) -> Report {
    let inside = |at: Timestamp| at >= from && at <= until;
    let mut lines: BTreeMap<Arc<str>, RuleLine> = BTreeMap::new();
    for rule in &state.policy.rules {
        line(&mut lines, &rule.id);
    }
    let found = pair(state, past);
    let mut would: Vec<&Flag> = Vec::new();
    for (flag, was) in state.flags.all().iter().zip(&found) {
        match was.and_then(|at| past.flags.get(at)) {
            // What was raised before the span and went on in it is no find of the tried policy.
            Some(was) if !inside(was.raised_at) => continue,
            Some(was) => both(line(&mut lines, &flag.now.rule), flag, was),
            None => {
                let word = past.end_of(state.home_of(flag));
                line(&mut lines, &flag.now.rule).new.add(word);
            }
        }
        line(&mut lines, &flag.now.rule).would += 1;
        would.push(flag);
    }
    let kept: BTreeSet<usize> = found.iter().flatten().copied().collect();
    let mut was: Vec<Counted> = Vec::new();
    for (at, flag) in past.flags.iter().enumerate().filter(|(_, flag)| inside(flag.raised_at)) {
        let of_rule = line(&mut lines, &flag.rule);
        of_rule.was += 1;
        if !kept.contains(&at) {
            of_rule.dropped.add(flag.word());
        }
        was.push((flag.raised_at, flag.severity, flag.victim));
    }
    let would: Vec<Counted> = would.iter().map(|f| (f.raised_at(), f.now.severity, f.now.victim)).collect();
    let by = [GroupedBy::Sex, GroupedBy::Age, GroupedBy::Ethnicity];
    Report {
        from,
        until,
        rules: lines.into_values().collect(),
        groups: by.map(|by| (by, groups(state, by, &was, &would))).into(),
        was: workload(state, &was, from, until),
        would: workload(state, &would, from, until),
    }
}

/// A flag as it is counted: when it was raised, how severe it became, about whom.
type Counted = (Timestamp, Severity, Option<RecordId>);

fn line<'a>(lines: &'a mut BTreeMap<Arc<str>, RuleLine>, rule: &Arc<str>) -> &'a mut RuleLine {
    lines.entry(rule.clone()).or_insert_with(|| RuleLine { rule: rule.clone(), ..RuleLine::default() })
}

/// For each flag of the trial the place of the flag that was raised for the same thing: one of the same rule on the same subject
/// that shares an episode with it.
fn pair(state: &State, past: &Past) -> Vec<Option<usize>> {
    let mut waiting: BTreeMap<(Arc<str>, Subject), Vec<usize>> = BTreeMap::new();
    for (at, was) in past.flags.iter().enumerate() {
        waiting.entry((was.rule.clone(), was.subject)).or_default().push(at);
    }
    let mut same = |flag: &Flag| {
        let waiting = waiting.get_mut(&(flag.now.rule.clone(), flag.now.subject))?;
        let shares = |at: &usize| past.flags[*at].episodes.iter().any(|episode| flag.episodes.contains(episode));
        waiting.iter().position(shares).map(|place| waiting.remove(place))
    };
    state.flags.all().iter().map(&mut same).collect()
}

fn both(line: &mut RuleLine, flag: &Flag, was: &Was) {
    line.both += 1;
    line.sooner += u32::from(flag.raised_at() < was.raised_at);
    line.later += u32::from(flag.raised_at() > was.raised_at);
    line.severer += u32::from(flag.now.severity > was.severity);
    line.milder += u32::from(flag.now.severity < was.severity);
}

fn groups(state: &State, by: GroupedBy, was: &[Counted], would: &[Counted]) -> Vec<GroupLine> {
    let column = |flags: &[Counted]| {
        let mut counts = vec![0_u32; by.names().len()];
        for (at, _, victim) in flags {
            let person = victim.map(|victim| &state.people.record(victim).person);
            counts[by.place(person, *at)] += 1;
        }
        hide(&counts)
    };
    let both = column(was).into_iter().zip(column(would));
    by.names().iter().zip(both).map(|(name, (was, would))| GroupLine { name, was, would }).collect()
}

fn workload(state: &State, flags: &[Counted], from: Timestamp, until: Timestamp) -> Workload {
    let tables = &state.policy.tables;
    let mut ends = Vec::new();
    let mut at = from;
    while at < until {
        at = end_of_shift(at, &tables.shift_ends, tables.shift_length).max(at.plus(crate::time::Period::minutes(1)));
        ends.push(at);
    }
    let mut counts = vec![0_u32; ends.len()];
    for (raised, ..) in flags {
        // A flag at the very end of the last shift is of that shift.
        let shift = ends.partition_point(|end| end <= raised).min(ends.len().saturating_sub(1));
        if let Some(count) = counts.get_mut(shift) {
            *count += 1;
        }
    }
    counts.sort_unstable();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Workload {
        flags: count(flags.len()),
        urgent: count(flags.iter().filter(|(_, severity, _)| *severity == Severity::S1).count()),
        shifts: count(counts.len()),
        middle: counts.len().checked_sub(1).and_then(|last| counts.get(last / 2)).copied().unwrap_or_default(),
        most: counts.last().copied().unwrap_or_default(),
    }
}
