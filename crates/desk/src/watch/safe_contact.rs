//! How she was spoken to: on call-backs, before him, through an interpreter, by video.

use std::sync::Arc;

use super::fact::{View, count};
use super::item::{Item, Kind};
use crate::incident::Incident;
use crate::message::{ActKind, AnsweredBy, OutcomeKind, Role};
use crate::stamp::Stamp;
use crate::state::State;

/// Each call-back that the suspect answered, and each time words say that he was spoken to first or in her hearing.
pub fn unsafe_contacts<'a>(state: &'a State, i: &'a Incident) -> Vec<Item<'a>> {
    let backs = i.calls.iter().filter_map(|c| state.calls.get(c)).flat_map(|c| &c.backs);
    let answered = backs.filter(|(_, by)| *by == AnsweredBy::Suspect).map(|(stamp, _)| stamp);
    let words = i.signs.iter().filter(|s| s.stated && !s.told && &*s.indicator == "suspect_spoke").map(|s| &s.stamp);
    let mut stamps: Vec<&Stamp> = answered.chain(words).collect();
    stamps.sort_by_key(|s| (s.at, s.seq));
    stamps.dedup_by(|b, a| a.id == b.id);
    stamps.into_iter().map(|stamp| Item::new(i, stamp, Kind::Whole)).collect()
}

/// Each time video was offered or held.
pub fn videos(i: &Incident) -> Vec<Item<'_>> {
    i.videos.iter().enumerate().map(|(n, v)| Item::new(i, &v.stamp, Kind::Video(n))).collect()
}

impl<'a> View<'a> {
    /// Whether a later call-back was answered by her.
    pub(super) fn caller_reached_since(&self) -> bool {
        let calls = self.incident().into_iter().flat_map(|i| &i.calls).filter_map(|c| self.state.calls.get(c));
        let reached = |b: &(Stamp, AnsweredBy)| b.1 == AnsweredBy::Caller && b.0.at > self.item.at;
        calls.flat_map(|c| &c.backs).any(reached)
    }

    pub(super) fn victim_seen_since(&self) -> bool {
        let on_log = |o: &crate::incident::Outcome| o.kind == OutcomeKind::VictimSeen && o.stamp.at > self.item.at;
        self.incident().is_some_and(|i| i.outcomes.iter().any(on_log)) || self.seen().any(|s| s.at > self.item.at)
    }

    /// Whether a person noted in the desk who the primary aggressor is; any other note is none of it.
    pub(super) fn aggressor_noted(&self) -> bool {
        let of = |a: &crate::incident::Act| a.kind == ActKind::Noted && a.answers.as_deref() == Some("aggressor_noted");
        self.incident().is_some_and(|i| i.acts.iter().any(of))
    }

    /// People on it who need an interpreter, as a message about them says; a suspect's need is custody's.
    pub(super) fn interpreters_needed(&self) -> i64 {
        let people = self.incident().into_iter().flat_map(|i| &i.people);
        count(people.filter(|p| p.interpreter && p.role != Role::Suspect).count())
    }

    pub(super) fn interpreters(&self) -> Vec<Arc<str>> {
        self.incident().into_iter().flat_map(|i| &i.interpreters).map(|i| i.who.word().into()).collect()
    }

    pub(super) fn language_told(&self) -> Vec<&'a Stamp> {
        let Some(incident) = self.incident() else { return Vec::new() };
        let words = incident
            .signs
            .iter()
            .filter(|s| s.stated && !s.told && matches!(&*s.indicator, "language_need" | "family_interprets"));
        let people = incident.people.iter().filter(|p| p.interpreter && p.role != Role::Suspect).map(|p| &p.stamp);
        let booked = incident.interpreters.iter().map(|i| &i.stamp);
        words.map(|s| &s.stamp).chain(people).chain(booked).collect()
    }

    pub(super) fn video(&self) -> Option<&'a crate::incident::Video> {
        let (Kind::Video(n), Some(incident)) = (&self.item.kind, self.incident()) else { return None };
        incident.videos.get(*n)
    }

    /// The grade in force at the item.
    pub(super) fn grade_then(&self) -> &'static str {
        let gradings = self.incident().into_iter().flat_map(|i| &i.gradings);
        gradings.rev().find(|g| g.stamp.at <= self.item.at).map_or("", |g| g.grade.word())
    }

    /// Whether an order in force then protects her from a suspect of the incident, or from whoever it may be.
    pub(super) fn order_against_suspect(&self) -> bool {
        let Some(incident) = self.incident() else { return false };
        let named: Vec<_> = incident.in_role(Role::Suspect).filter(|p| p.named).map(|p| p.record).collect();
        self.victims().iter().flat_map(|v| &self.state.people.record(*v).protected_by).any(|o| {
            let order = &self.state.orders[o.at()];
            order.in_force_at(self.item.at)
                && order.made.known <= self.item.known
                && (named.is_empty() || named.iter().any(|s| self.state.people.counts_as(*s, order.subject)))
        })
    }
}
