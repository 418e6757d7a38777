//! Records that may be the same person, as the incident that brought it up asks.

use super::fact::View;
use super::item::{Item, Kind};
use crate::incident::Incident;
use crate::message::Role;
use crate::person::{Answer, Match};
use crate::stamp::RecordId;
use crate::state::State;

/// Each match that a message on the incident brought up, of one of its victims or suspects.
pub fn matches<'a>(state: &'a State, i: &'a Incident) -> Vec<Item<'a>> {
    let mut found: Vec<Item> = Vec::new();
    for role in [Role::Victim, Role::Suspect] {
        for part in i.in_role(role) {
            let own = state.people.matches_of(part.record).filter(|m| m.of == part.record);
            for brought_up in own.filter(|m| i.holds(&m.evidence.id)) {
                let mut item = Item::new(i, &part.stamp, Kind::Match(brought_up));
                item.episode = format!("match/{}/{}", brought_up.of.0, brought_up.with.0).into();
                item.victim = (role == Role::Victim).then_some(part.record);
                item.evidence = vec![brought_up.evidence.clone()];
                if !found.iter().any(|f| f.episode == item.episode) {
                    found.push(item);
                }
            }
        }
    }
    found
}

impl<'a> View<'a> {
    pub(super) fn brought_up(&self) -> Option<&'a Match> {
        if let Kind::Match(found) = self.item.kind { Some(found) } else { None }
    }

    /// Whether the other record is a victim or suspect of domestic abuse elsewhere, or holds a marker of it.
    pub(super) fn match_has_history(&self) -> bool {
        let Some(found) = self.brought_up() else { return false };
        let record = self.state.people.record(found.with);
        record.involvements.iter().any(|(id, role)| {
            let id = self.state.going_on(*id);
            matches!(role, Role::Victim | Role::Suspect) && Some(id) != self.item.incident_id && self.state.is_da(id)
        })
    }

    pub(super) fn match_answered(&self) -> bool {
        let Some(found) = self.brought_up() else { return false };
        let joined = |a: RecordId, b: RecordId| self.state.people.identity(a).contains(&b);
        found.answer != Answer::Asked || joined(found.of, found.with)
    }
}
