//! Reports by others than the pair: a neighbour, a friend, a parent, a service.

use std::sync::Arc;

use super::fact::View;
use super::item::{Item, Kind};
use crate::incident::{Incident, Involvement};
use crate::message::{Channel, Person, Relationship, Role};
use crate::person::phone;
use crate::stamp::{Evidence, RecordId, Stamp};
use crate::state::State;
use crate::time::Timestamp;

/// The item of an incident that somebody other than the pair reported.
pub fn item<'a>(state: &'a State, i: &'a Incident) -> Option<Item<'a>> {
    let opening = i.opening.as_ref();
    let by_service = opening.filter(|o| o.channel == Some(Channel::Partner)).map(|o| &o.stamp);
    let callers = others(state, &i.people).into_iter().map(|p| &p.stamp);
    let words = i.words_of("third_party").map(|s| &s.stamp);
    let mut reports: Vec<&Stamp> = callers.chain(words).chain(by_service).collect();
    reports.sort_by_key(|s| (s.known, s.seq));
    let mut item = Item::new(i, reports.first()?, Kind::Whole);
    item.at = i.opened_at();
    item.episode = i.reference.clone();
    item.evidence = reports.iter().take(8).map(|s| s.evidence()).collect();
    item.evidence.extend(opening.map(|o| o.stamp.evidence()));
    let victims = i.victims().collect::<Vec<_>>();
    if let [victim, ..] = victims[..] {
        item = item.about(state, victim);
        let view = View { state, item: &item };
        let elsewhere: Vec<Evidence> = view.reporters().into_iter().map(|r| r.1).collect();
        if elsewhere.iter().all(|e| item.evidence.contains(e)) {
            item.leans_on.clear();
        }
        item.evidence.extend(elsewhere);
    }
    Some(item)
}

/// The callers who are neither of the pair, by what they are to her and by who they are.
fn others<'a>(state: &State, people: &'a [Involvement]) -> Vec<&'a Involvement> {
    let of_the_pair = |p: &Involvement| {
        let by_word = matches!(p.relationship, Some(Relationship::Partner | Relationship::ExPartner));
        let pair = people.iter().filter(|q| matches!(q.role, Role::Victim | Role::Suspect));
        by_word || pair.into_iter().any(|q| state.people.counts_as(p.record, q.record))
    };
    people.iter().filter(|p| p.role == Role::Caller && !of_the_pair(p)).collect()
}

/// Whether two callers may be one: no flag counts a neighbour twice because nobody joined the records of her two calls.
fn is_same(state: &State, a: RecordId, b: RecordId) -> bool {
    let (one, other) = (&state.people.record(a).person, &state.people.record(b).person);
    let numbers = |p: &Person| -> Vec<String> { p.phones.iter().filter_map(|n| phone(n)).collect() };
    let shared = numbers(one).iter().any(|n| numbers(other).contains(n));
    let named_alike =
        one.full_name().is_some_and(|name| other.full_name().is_some_and(|n| n.eq_ignore_ascii_case(&name)));
    state.people.counts_as(a, b) || shared || named_alike
}

impl<'a> View<'a> {
    /// Everybody other than the pair who reported about it up to this incident: when last, the message, and who.
    pub(super) fn reporters(&self) -> Vec<(Timestamp, Evidence, RecordId)> {
        let Some(here) = self.incident() else { return Vec::new() };
        let his: Vec<RecordId> = here.in_role(Role::Suspect).filter(|p| p.named).map(|p| p.record).collect();
        let mut found: Vec<(Timestamp, Evidence, RecordId)> = Vec::new();
        let mut incidents = self.earlier_incidents();
        incidents.extend(self.item.incident_id);
        for id in incidents {
            let live = self.state.incident(id).map(|i| &i.people);
            let Some(people) = live.or_else(|| self.state.past.get(&id).map(|p| &p.people)) else { continue };
            // About one pair: where both name a suspect, it is the same one.
            let mut theirs = people.iter().filter(|p| p.role == Role::Suspect && p.named).peekable();
            let another = theirs.peek().is_some()
                && !his.is_empty()
                && !theirs.any(|p| his.iter().any(|h| self.state.people.counts_as(p.record, *h)));
            if another {
                continue;
            }
            for caller in others(self.state, people) {
                let known = caller.named || !self.state.people.record(caller.record).person.phones.is_empty();
                if !known {
                    continue;
                }
                let at = self.state.opened_at(id).unwrap_or(caller.stamp.at);
                match found.iter_mut().find(|f| is_same(self.state, f.2, caller.record)) {
                    Some(same) if same.0 < at => *same = (at, caller.stamp.evidence(), same.2),
                    Some(_) => {}
                    None => found.push((at, caller.stamp.evidence(), caller.record)),
                }
            }
        }
        found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        found
    }

    pub(super) fn reporter_words(&self) -> Vec<Arc<str>> {
        let people = self.incident().map(|i| others(self.state, &i.people)).unwrap_or_default();
        let mut words: Vec<Arc<str>> =
            people.iter().filter_map(|p| p.relationship).map(|r| Arc::from(r.word())).collect();
        words.dedup();
        words
    }
}
