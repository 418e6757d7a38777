//! Checks in other systems: those that the log speaks of, and those that were really made.

use super::fact::View;
use super::item::{Item, Kind};
use crate::check::{name_key, phone_key, place_key, reference_key};
use crate::incident::{Check, Incident};
use crate::person::{phone, place};
use crate::stamp::Stamp;
use crate::time::Timestamp;

/// Each message on the log that says that checks were made.
pub fn claims(i: &Incident) -> Vec<Item<'_>> {
    let mut found: Vec<Item> = Vec::new();
    for sign in i.signs.iter().filter(|s| s.stated && !s.told && &*s.indicator == "checked") {
        if !found.iter().any(|f| f.episode == sign.stamp.id) {
            found.push(Item::new(i, &sign.stamp, Kind::Whole));
        }
    }
    found
}

impl<'a> View<'a> {
    /// Checks that name the incident, or were about its victims and suspects, their numbers or addresses, the number that
    /// called or its place; by time, each once.
    pub(super) fn checks(&self) -> Vec<&'a Check> {
        let Some(incident) = self.incident() else { return Vec::new() };
        let mut found: Vec<&Check> = incident.checks.iter().collect();
        let mut add = |key: &str| {
            for check in self.state.checks.about(key) {
                if !found.iter().any(|f| f.stamp.id == check.stamp.id) {
                    found.push(check);
                }
            }
        };
        for part in incident.victims().chain(incident.suspects()) {
            for record in self.state.people.counted(part).0 {
                let record = self.state.people.record(record);
                record.force_ref.iter().for_each(|r| add(&reference_key(r)));
                name_key(&record.person).iter().for_each(|k| add(k));
                record.person.phones.iter().filter_map(|p| phone(p)).for_each(|p| add(&phone_key(&p)));
                record.person.location.as_ref().and_then(place).iter().for_each(|p| add(&place_key(p)));
            }
        }
        for call in &incident.calls {
            let from = self.state.calls.get(call).and_then(|c| c.from.as_ref());
            from.iter().for_each(|f| add(&phone_key(f)));
        }
        incident.place.iter().for_each(|p| add(&place_key(&p.key)));
        found.sort_by_key(|c| (c.stamp.at, c.stamp.seq));
        found
    }

    fn claimant(&self) -> Option<&'a Stamp> {
        self.incident()?.entries.iter().map(|e| &e.stamp).find(|s| s.id == self.item.episode)
    }

    /// When whoever wrote it had last made a check on somebody of the incident. A query whose maker is not known may be theirs.
    pub(super) fn own_check_at(&self) -> i64 {
        let by = self.claimant().and_then(|c| c.by.as_ref());
        self.last_check(|c| by.is_none() || c.stamp.by.is_none() || c.stamp.by.as_ref() == by)
    }

    pub(super) fn any_check_at(&self) -> i64 {
        self.last_check(|_| true)
    }

    fn last_check(&self, by: impl Fn(&Check) -> bool) -> i64 {
        let upto = self.item.at;
        let earlier = |c: &&&Check| c.stamp.at <= upto && by(c);
        self.checks().iter().filter(earlier).map(|c| c.stamp.at.ms()).max().unwrap_or(0)
    }

    pub(super) fn checked_since(&self) -> bool {
        self.checks().iter().any(|c| c.stamp.at > self.item.at)
    }

    pub(super) fn told_since(&self) -> bool {
        self.incident().is_some_and(|i| i.told_onward().any(|told| told.at >= self.item.at))
    }

    /// Whether the log says, since an instant, that nobody will go now.
    pub(super) fn put_off_from(&self, from: Timestamp) -> bool {
        let put_off =
            |s: &crate::incident::Sign| s.stated && !s.told && &*s.indicator == "put_off" && s.stamp.at >= from;
        self.incident().is_some_and(|i| i.signs.iter().any(put_off))
    }
}
