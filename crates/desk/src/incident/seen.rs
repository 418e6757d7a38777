//! Whether a unit has seen her (RULES.md "Seen").

use super::Incident;
use crate::message::{OutcomeKind, Tool};
use crate::stamp::Stamp;
use crate::time::Timestamp;

impl Incident {
    /// The first arrival of any unit.
    pub fn first_arrival(&self) -> Option<&Stamp> {
        self.stints.iter().filter_map(|s| s.arrived.as_ref()).min_by_key(|a| a.at)
    }

    /// What counts as having seen her: after a unit arrived, `victim_seen`, a DASH or DARA, or an outcome `arrest`.
    /// THRIVE, done by telephone, and `person.arrested` alone do not. In the order in which it happened.
    pub fn sightings(&self) -> Vec<&Stamp> {
        let Some(arrived) = self.first_arrival().map(|a| a.at) else { return Vec::new() };
        let outcomes = self.outcomes.iter().filter(|o| matches!(o.kind, OutcomeKind::VictimSeen | OutcomeKind::Arrest));
        let assessments = self.assessments.iter().filter(|a| a.tool != Tool::Thrive);
        let stamps = outcomes.map(|o| &o.stamp).chain(assessments.map(|a| &a.stamp));
        let mut seen: Vec<&Stamp> = stamps.filter(|s| s.at >= arrived).collect();
        seen.sort_by_key(|s| (s.at, s.seq));
        seen
    }

    /// The first sighting at or after an instant.
    pub fn seen_from(&self, from: Timestamp) -> Option<&Stamp> {
        self.sightings().into_iter().find(|s| s.at >= from)
    }

    /// Whether any unit is there at an instant.
    pub fn unit_there_at(&self, at: Timestamp) -> bool {
        self.stints.iter().any(|s| s.there_at(at))
    }

    /// Whether any unit is there and has not left.
    pub fn unit_there(&self) -> bool {
        self.stints.iter().any(|s| s.arrived.is_some() && s.left.is_none())
    }
}
