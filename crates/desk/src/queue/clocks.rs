//! Clocks that run on incidents and have not raised anything yet.
//!
//! A clock's start is its end less the shortest period that its rule names; a rule whose periods are not elapsed times
//! (targets by grade, working days) stands in the queue by its flags alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::desk::Desk;
use crate::time::{Period, Timestamp};
use crate::watch::{Rule, Subject};

/// A clock that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// The rule.
    pub rule: Arc<str>,
    /// What is to be done: `to assess`.
    pub to: Arc<str>,
    /// Its start, where that is known.
    pub from: Option<Timestamp>,
    /// Its end.
    pub due: Timestamp,
}

impl Running {
    /// Whether it has run that share of its period, in hundredths.
    pub fn is_due(&self, now: Timestamp, share: i64) -> bool {
        self.from.is_some_and(|from| {
            now.since(from).ms().saturating_mul(100) >= self.due.since(from).ms().saturating_mul(share)
        })
    }
}

/// The elapsed times that the steps of a rule name.
fn periods(rule: &Rule) -> Vec<Period> {
    let shown = |name: &str| rule.settings_shown.iter().find(|(setting, _, _)| &**setting == name);
    let mut found = Vec::new();
    for due in rule.steps.iter().filter_map(|step| step.due.as_ref()) {
        let references = due.program.references();
        let written = references.variables().into_iter().filter_map(shown);
        found.extend(written.filter_map(|(_, value, _)| Period::parse(value.trim_matches('"'))));
    }
    found
}

/// The clocks that run on incidents on which one could: those that something was heard of within the longest period.
pub fn running(desk: &Desk, now: Timestamp) -> Vec<(Subject, Vec<Running>)> {
    let state = desk.state();
    let rules: BTreeMap<&str, (&Rule, Option<Period>)> =
        state.policy.rules.iter().map(|rule| (&*rule.id, (rule, periods(rule).into_iter().min()))).collect();
    let longest = state.policy.rules.iter().flat_map(periods).max().unwrap_or(Period::ZERO);
    let since = now.minus(longest);
    let mut found = Vec::new();
    for incident in state.incidents.values().filter(|i| i.last_known >= since && i.merged_into.is_none() && i.is_da()) {
        let clocks: Vec<Running> = desk
            .clocks(incident.id)
            .into_iter()
            .filter_map(|(id, due)| {
                let (rule, period) = rules.get(&*id)?;
                let from = period.map(|p| due.minus(p));
                Some(Running { rule: id, to: rule.to.clone(), from, due })
            })
            .collect();
        if !clocks.is_empty() {
            found.push((Subject::Incident(incident.id), clocks));
        }
    }
    found
}
