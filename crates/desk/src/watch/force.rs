//! Other forces: what points to one, what was handed to one, and who owns the report.

use super::fact::View;
use super::item::{Item, Kind};
use crate::incident::{Incident, Passing};
use crate::stamp::Stamp;

/// Each time the log was passed to another force.
pub fn passings(i: &Incident) -> Vec<Item<'_>> {
    let each = i.passings.iter().enumerate().filter(|(_, p)| p.kind.name() == "incident.passed");
    each.map(|(n, p)| Item::new(i, &p.stamp, Kind::Passing(n))).collect()
}

impl<'a> View<'a> {
    /// What points to another force: words, a log passed either way, an address or number that the policy gives to one.
    pub(super) fn other_force(&self) -> Vec<&'a Stamp> {
        let Some(incident) = self.incident() else { return Vec::new() };
        let words = incident.signs.iter().filter(|s| s.stated && !s.told && &*s.indicator == "other_force");
        let passed = incident.passings.iter().map(|p| &p.stamp);
        let mut found: Vec<&Stamp> = words.map(|s| &s.stamp).chain(passed).chain(&incident.elsewhere).collect();
        found.sort_by_key(|s| (s.at, s.seq));
        found
    }

    /// Systems that were queried about the incident's people, numbers or places since it was opened.
    pub(super) fn systems_checked(&self) -> Vec<std::sync::Arc<str>> {
        let opened = self.incident().map_or(self.item.at, Incident::opened_at);
        let since = self.checks().into_iter().filter(|c| c.stamp.at >= opened);
        since.map(|c| c.system.word().into()).collect()
    }

    fn after_passing(&self, kind: &str) -> impl Iterator<Item = &'a Passing> {
        let (at, kind) = (self.item.at, kind.to_owned());
        let all = self.incident().into_iter().flat_map(|i| &i.passings);
        all.filter(move |p| p.kind.name() == kind && p.stamp.at >= at)
    }

    pub(super) fn returned(&self) -> Option<&'a Stamp> {
        let Kind::Passing(_) = self.item.kind else { return None };
        self.after_passing("incident.returned").map(|p| &p.stamp).next()
    }

    /// Whether the other force took it and did not send it back, or a unit of ours is on it.
    pub(super) fn owned(&self) -> bool {
        let back = self.after_passing("incident.returned").map(|p| p.stamp.at).max();
        let taken = self.after_passing("incident.accepted").any(|p| back.is_none_or(|back| p.stamp.at >= back));
        let ours = |s: &crate::incident::Stint| s.left.as_ref().is_none_or(|l| l.at > self.item.at);
        taken || self.incident().is_some_and(|i| i.stints.iter().any(ours))
    }
}
