//! The victim-suspect pair: its earlier incidents, how grave they were, how close together.

use super::fact::{View, count};
use super::item::{Item, Kind};
use crate::incident::Incident;
use crate::message::Role;
use crate::stamp::{IncidentId, RecordId};
use crate::state::State;
use crate::time::Timestamp;

/// Each victim with each suspect of an incident.
pub fn pairs<'a>(state: &'a State, i: &'a Incident) -> Vec<Item<'a>> {
    let mut found = Vec::new();
    for victim in i.in_role(Role::Victim) {
        for suspect in i.in_role(Role::Suspect) {
            let later = if suspect.stamp.at > victim.stamp.at { &suspect.stamp } else { &victim.stamp };
            let mut item = Item::new(i, later, Kind::Suspect(suspect.record)).about(state, victim.record);
            item.episode = format!("{}/{}", victim.stamp.id, suspect.stamp.id).into();
            item.known = victim.stamp.known.max(suspect.stamp.known);
            item.evidence = vec![victim.stamp.evidence(), suspect.stamp.evidence()];
            found.push(item);
        }
    }
    found
}

impl View<'_> {
    /// The pair's domestic abuse incidents up to this one, which comes last, each with when it was opened.
    fn pair_incidents(&self) -> Vec<(Timestamp, IncidentId)> {
        let Some(incident) = self.incident() else { return Vec::new() };
        let (here, opened) = (incident.id, incident.opened_at());
        let theirs = self.state.incidents_of(&self.suspects(), Role::Suspect);
        let hers = self.state.incidents_of(&self.victims(), Role::Victim);
        let both = hers.into_iter().filter(|id| *id != here && theirs.contains(id) && self.state.is_da(*id));
        let mut found: Vec<_> =
            both.filter_map(|id| Some((self.state.opened_at(id)?, id))).filter(|(at, _)| *at <= opened).collect();
        found.sort_unstable();
        found.push((opened, here));
        found
    }

    pub(super) fn harm(&self) -> i64 {
        self.incident().map_or(0, |i| i64::try_from(i.harm()).unwrap_or(i64::MAX))
    }

    pub(super) fn earlier_harms(&self) -> Vec<i64> {
        let mut all = self.pair_incidents();
        all.pop();
        let harms = all.into_iter().map(|(_, id)| self.state.harm_of(id)).filter(|h| *h > 0);
        harms.map(|h| i64::try_from(h).unwrap_or(i64::MAX)).collect()
    }

    /// The times between the pair's incidents in milliseconds, the newest first.
    pub(super) fn gaps(&self) -> Vec<i64> {
        let all = self.pair_incidents();
        all.windows(2).rev().map(|pair| pair[1].0.since(pair[0].0).ms()).collect()
    }

    /// When the pair was last referred to a MARAC or heard there, before the incident.
    pub(super) fn marac_before_at(&self) -> i64 {
        let opened = self.incident().map_or(self.item.at, Incident::opened_at);
        let before = self.maracs(&self.suspects()).into_iter().filter(|m| m.stamp.at < opened);
        before.map(|m| m.stamp.at.ms()).max().unwrap_or(0)
    }

    pub(super) fn marac_referred_since(&self) -> bool {
        let opened = self.incident().map_or(self.item.at, Incident::opened_at);
        self.maracs(&self.suspects()).iter().any(|m| !m.heard && m.stamp.at >= opened)
    }

    /// How many victims the suspect is linked to by domestic abuse incidents. Records that may be one woman count once, and
    /// one without a force reference counts on this incident alone.
    pub(super) fn victims_linked(&self) -> i64 {
        let mut known: Vec<RecordId> = self.incident().into_iter().flat_map(Incident::victims).collect();
        for id in self.state.incidents_of(&self.suspects(), Role::Suspect) {
            if self.state.is_da(id) {
                let referenced = |r: &RecordId| self.state.people.record(*r).force_ref.is_some();
                known.extend(self.state.victims_of(id).into_iter().filter(referenced));
            }
        }
        let mut apart: Vec<Vec<RecordId>> = Vec::new();
        for victim in known {
            if !apart.iter().any(|women| women.contains(&victim)) {
                apart.push(self.state.people.maybe_same(victim));
            }
        }
        count(apart.len())
    }

    /// Suspects of the incident who are its victims too, or were victims of domestic abuse before.
    pub(super) fn victims_as_suspects(&self) -> i64 {
        let Some(incident) = self.incident() else { return 0 };
        let opened = incident.opened_at();
        let was = |suspect: &RecordId| {
            let records = self.state.people.counted(*suspect).0;
            self.state.incidents_of(&records, Role::Victim).into_iter().any(|id| {
                id == incident.id || (self.state.is_da(id) && self.state.opened_at(id).is_some_and(|at| at <= opened))
            })
        };
        count(incident.suspects().filter(was).count())
    }
}
