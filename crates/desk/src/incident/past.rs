//! An incident that has been quiet for so long that only what history needs of it is kept.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Contact, Grading, Incident, Involvement, Opening};
use crate::message::Level;
use crate::stamp::{IncidentId, Stamp};
use crate::time::Timestamp;
use crate::watch::Policy;

/// What history keeps of an incident.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Past {
    /// The source system's reference.
    pub reference: Arc<str>,
    /// How it was opened.
    pub opening: Option<Opening>,
    /// When it was opened, or first heard of.
    pub opened_at: Timestamp,
    /// Whether it was domestic abuse.
    pub da: bool,
    /// Who was on it.
    pub people: Vec<Involvement>,
    /// The last grade.
    pub grading: Option<Grading>,
    /// When she was last seen on it.
    pub seen: Option<Stamp>,
    /// The last level assessed.
    pub level: Option<Level>,
    /// The harm of its crimes in days, where the force scores harm.
    pub harm: u64,
    /// Contacts by it.
    pub contacts: Vec<Contact>,
    /// What it told of: indicators of risk, each with the first message that told of it at a contact.
    pub told_of: Vec<(Arc<str>, Stamp)>,
    /// When anything about it was last known.
    pub last_known: Timestamp,
    /// The incident that went on in its place.
    pub merged_into: Option<IncidentId>,
}

impl Past {
    /// What is kept of an incident.
    pub fn of(incident: Incident, policy: &Policy) -> Self {
        Self {
            told_of: incident.told_of(policy),
            opened_at: incident.opened_at(),
            da: incident.is_da(),
            seen: incident.sightings().last().map(|s| (*s).clone()),
            level: incident.level(),
            harm: incident.harm(),
            reference: incident.reference,
            opening: incident.opening,
            people: incident.people,
            grading: incident.gradings.into_iter().last(),
            contacts: incident.contacts,
            last_known: incident.last_known,
            merged_into: incident.merged_into,
        }
    }

    /// The incident again, because a message about it came after all. Its old clocks have long run out.
    pub fn revive(self, id: IncidentId) -> Incident {
        let mut incident = Incident::bare(id, self.reference, self.last_known);
        incident.opening = self.opening;
        incident.people = self.people;
        incident.gradings = self.grading.into_iter().collect();
        incident.contacts = self.contacts;
        incident.pair_known = self.da.then_some(self.last_known);
        incident.merged_into = self.merged_into;
        incident.asleep = true;
        incident
    }
}
