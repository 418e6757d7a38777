//! The right to know and the right to ask: who is at risk from a suspect, and what was decided.

use super::fact::View;
use super::item::{Item, Kind};
use crate::incident::Incident;
use crate::message::{Role, Scheme};
use crate::person::Disclosure;
use crate::stamp::RecordId;
use crate::state::State;

/// Each named suspect of an incident.
pub fn suspects(i: &Incident) -> Vec<Item<'_>> {
    let named = i.in_role(Role::Suspect).filter(|p| p.named);
    named.map(|p| Item::new(i, &p.stamp, Kind::Suspect(p.record))).collect()
}

/// Each application for disclosure about a person.
pub fn applications(state: &State, about: RecordId) -> Vec<Item<'_>> {
    let mut found = Vec::new();
    for application in state.people.record(about).disclosures.iter().filter(|d| !d.decided) {
        let (hers, leans_on) = application.at_risk.map(|r| state.people.counted(r)).unwrap_or_default();
        let incident_id = application.incident.map(|id| state.going_on(id));
        found.push(Item {
            episode: application.stamp.id.clone(),
            at: application.stamp.at,
            known: application.stamp.known,
            incident: incident_id.and_then(|id| state.incident(id)),
            incident_id,
            victim: application.at_risk,
            hers,
            leans_on,
            evidence: vec![application.stamp.evidence()],
            kind: Kind::Application(application, about),
        });
    }
    found
}

impl<'a> View<'a> {
    fn application(&self) -> Option<(&'a Disclosure, RecordId)> {
        if let Kind::Application(application, about) = self.item.kind { Some((application, about)) } else { None }
    }

    pub(super) fn applied_at(&self) -> i64 {
        self.application().map_or(0, |(a, _)| a.stamp.at.ms())
    }

    fn decisions(&self, about: RecordId) -> impl Iterator<Item = &'a Disclosure> {
        let records = self.state.people.counted(about).0;
        let state = self.state;
        records.into_iter().flat_map(move |r| &state.people.record(r).disclosures).filter(|d| d.decided)
    }

    /// Whether the application was decided: by the same route, for the same person at risk where both name one.
    pub(super) fn application_decided(&self) -> bool {
        let Some((application, about)) = self.application() else { return false };
        let same = |d: &&Disclosure| match (application.at_risk, d.at_risk) {
            (Some(a), Some(b)) => self.state.people.counts_as(a, b),
            _ => true,
        };
        let of = |d: &&Disclosure| d.scheme == application.scheme && d.stamp.at >= application.stamp.at;
        self.decisions(about).filter(of).any(|d| same(&d))
    }

    /// Whether it was decided if a victim of the incident has the right to know about the suspect.
    pub(super) fn right_to_know_decided(&self) -> bool {
        let Kind::Suspect(suspect) = self.item.kind else { return false };
        let victims = self.victims();
        let hers = |d: &Disclosure| d.at_risk.is_none_or(|r| victims.is_empty() || victims.contains(&r));
        self.decisions(suspect).any(|d| d.scheme == Scheme::RightToKnow && hers(d))
    }
}
