//! What the control room put on the log, and what of it reached the units and other forces.

use super::fact::View;
use super::item::{Item, Kind};
use crate::incident::{Incident, Sign};
use crate::message::StaffRole;
use crate::stamp::Stamp;
use crate::state::State;

/// Each indicator in words that the control room put on the log, by its first words. What officers write is theirs already.
pub fn signs<'a>(state: &'a State, i: &'a Incident) -> Vec<Item<'a>> {
    let mut found: Vec<Item> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for sign in i.signs.iter().filter(|s| s.stated && !s.told) {
        if seen.contains(&&*sign.indicator) || !of_control_room(state, i, &sign.stamp) {
            continue;
        }
        seen.push(&sign.indicator);
        let mut item = Item::new(i, &sign.stamp, Kind::Sign(sign));
        item.episode = format!("{}/{}", sign.stamp.id, sign.indicator).into();
        found.push(item);
    }
    found
}

/// Message types in which the control room writes down what it is told.
const TOLD_TO_IT: &[&str] = &["incident.opened", "incident.logged", "incident.graded", "incident.returned"];

fn of_control_room(state: &State, i: &Incident, stamp: &Stamp) -> bool {
    let by_unit = |by: &std::sync::Arc<str>| {
        i.stints.iter().any(|s| s.unit == *by) || state.staff.get(by) == Some(&StaffRole::Officer)
    };
    let kind = i.entries.iter().find(|e| e.stamp.id == stamp.id).map(|e| e.kind.name());
    kind.is_some_and(|k| TOLD_TO_IT.contains(&k)) && !stamp.by.as_ref().is_some_and(by_unit)
}

impl<'a> View<'a> {
    pub(super) fn sign(&self) -> Option<&'a Sign> {
        if let Kind::Sign(sign) = self.item.kind { Some(sign) } else { None }
    }

    /// What reached the units: what was told to those that were not pulled off before they arrived; if all were, everything.
    fn unit_tellings(&self) -> Vec<&'a Stamp> {
        let Some(incident) = self.incident() else { return Vec::new() };
        let pulled_off = |unit: &str| {
            let last = incident.stints.iter().rev().find(|s| &*s.unit == unit);
            last.is_some_and(|s| s.arrived.is_none() && s.left.is_some())
        };
        let all = || incident.tellings.iter();
        let goes: Vec<&Stamp> =
            all().filter(|t| !t.unit.as_deref().is_some_and(pulled_off)).map(|t| &t.stamp).collect();
        if goes.is_empty() { all().map(|t| &t.stamp).collect() } else { goes }
    }

    /// What reached other forces.
    fn force_tellings(&self) -> Vec<&'a Stamp> {
        self.incident().map(|i| i.handed_on().collect()).unwrap_or_default()
    }

    fn holds_sign(&self, tellings: &[&Stamp]) -> bool {
        let (Some(sign), Some(incident)) = (self.sign(), self.incident()) else { return false };
        incident
            .signs
            .iter()
            .any(|s| s.told && s.stated && s.indicator == sign.indicator && tellings.iter().any(|t| t.id == s.stamp.id))
    }

    /// How often somebody was told anything.
    pub(super) fn tellings_count(&self) -> i64 {
        super::fact::count(self.unit_tellings().len() + self.force_tellings().len())
    }

    /// The tellings without the sign, to units or to other forces, where none of those to them holds it.
    pub(super) fn tellings_lacking(&self) -> Vec<&'a Stamp> {
        let mut lacking = Vec::new();
        for told in [self.unit_tellings(), self.force_tellings()] {
            if !self.holds_sign(&told) {
                lacking.extend(told);
            }
        }
        lacking
    }

    pub(super) fn told_lacking_since(&self) -> bool {
        let Some(sign) = self.sign() else { return false };
        let since = |t: &&Stamp| t.known >= sign.stamp.known && t.at >= sign.stamp.at;
        self.tellings_lacking().iter().any(since)
    }

    /// Whether there is still somebody to tell: a unit on its way or there, or another force.
    pub(super) fn somebody_to_tell(&self) -> bool {
        let units = self.incident().is_some_and(|i| i.stints.iter().any(|s| s.left.is_none()));
        let told = self.unit_tellings();
        let force = self.force_tellings();
        (units && !told.is_empty() && !self.holds_sign(&told)) || (!force.is_empty() && !self.holds_sign(&force))
    }
}
