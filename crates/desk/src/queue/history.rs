//! What happened to her before: contacts and incidents, counted, and nothing else about her.

use super::settings::Settings;
use crate::incident::Contact;
use crate::message::Role;
use crate::stamp::{IncidentId, RecordId};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::{Flag, Subject};

/// What is known of what happened before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Contacts by or about her in the last 12 hours, this one included.
    pub contacts_tonight: u32,
    /// The last contact.
    pub last_contact: Option<Timestamp>,
    /// Earlier domestic abuse incidents of hers in the last 12 months.
    pub earlier: u32,
    /// Whether a unit has seen her since this began; nothing, where there is no incident to tell by.
    pub seen: Option<bool>,
    /// Earlier records count as hers by a person's word.
    pub joined: bool,
    /// Earlier records count as hers by a match that nobody has answered yet.
    pub leans: bool,
}

impl History {
    /// Of a row.
    pub(super) fn of(
        state: &State,
        subject: Subject,
        victims: &[RecordId],
        flags: &[&Flag],
        now: Timestamp,
        settings: &Settings,
    ) -> Self {
        let own = match subject {
            Subject::Incident(id) => Some(id),
            Subject::Call(_) | Subject::Person(_) => None,
        };
        let mut history = Self::default();
        let mut records: Vec<RecordId> = Vec::new();
        for victim in victims {
            let (counted, leant_on) = state.people.counted(*victim);
            history.leans |= !leant_on.is_empty();
            history.joined |= state.people.identity(*victim).len() > 1;
            records.extend(counted);
        }
        let mut incidents = state.incidents_of(&records, Role::Victim);
        incidents.extend(own.filter(|id| !incidents.contains(id)));
        let tonight = now.minus(settings.tonight);
        let (began, year) = (own.and_then(|id| state.opened_at(id)).unwrap_or(now), now.minus(settings.year));
        for id in incidents {
            for contact in contacts(state, id).iter().filter(|c| c.stamp.at <= now) {
                history.contacts_tonight += u32::from(contact.stamp.at > tonight);
                history.last_contact = history.last_contact.max(Some(contact.stamp.at));
            }
            let opened = state.opened_at(id).unwrap_or(now);
            history.earlier += u32::from(Some(id) != own && opened <= began && opened > year && state.is_da(id));
        }
        if let Subject::Call(id) = subject {
            history.contacts_tonight = history.contacts_tonight.max(1);
            history.last_contact = history.last_contact.max(state.calls.get(&id).and_then(crate::call::Call::began_at));
        }
        history.last_contact = history.last_contact.or_else(|| flags.iter().map(|f| f.now.from).max());
        history.seen = own.and_then(|id| state.incident(id)).map(|incident| {
            let from = flags.iter().filter(|f| f.is_open()).map(|f| f.now.from).max().unwrap_or(incident.opened_at());
            incident.seen_from(from).is_some()
        });
        history
    }

    /// Whether earlier reports count as hers that come from other records than the one at hand.
    pub fn is_linked(&self) -> bool {
        self.earlier > 0 && (self.joined || self.leans)
    }
}

fn contacts(state: &State, id: IncidentId) -> &[Contact] {
    state
        .incident(id)
        .map(|i| &i.contacts)
        .or_else(|| state.past.get(&id).map(|p| &p.contacts))
        .map_or(&[], Vec::as_slice)
}
