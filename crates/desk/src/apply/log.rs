//! Incidents and calls: found, opened, merged, written on, and put away when they have long been quiet.

use std::sync::Arc;

use super::list_once;
use super::touch::Touch;
use crate::aspect::Aspects;
use crate::call::Call;
use crate::event::FoundSign;
use crate::incident::{Coding, Contact, EntryKind, Incident, LogEntry, Past, Place, Sign};
use crate::message::{Body, Level, Message, Tool};
use crate::person::place;
use crate::stamp::{CallId, IncidentId, RecordId, Stamp, insert_by_time};
use crate::state::{QUIET_FOR, State};
use crate::time::{Period, Timestamp};
use crate::watch::content_words;
use crate::watch::lexicon::name_keys;

/// One day, for the sweep of quiet incidents.
const DAY_MS: i64 = 86_400_000;

/// A call that belongs to no incident is remembered for this long (D).
const LOOSE_CALL_FOR: Period = Period::hours(24 * 14);

/// No more different questions than this are counted as mapped to nothing: a source may send anything as an id (D).
const MOST_UNMAPPED: usize = 256;

impl State {
    /// Notes the message on the incident's log, with the indicators found in it.
    pub(super) fn log(
        &mut self,
        id: IncidentId,
        message: &Message,
        signs: &[FoundSign],
        stamp: &Stamp,
        touch: &mut Touch,
    ) {
        let type_name = message.body.type_name();
        let system = stamp.by.as_ref().is_none_or(|by| self.policy.systems.contains(by));
        let Some(incident) = self.incidents.get_mut(&id) else { return };
        incident.last_known = incident.last_known.max(stamp.known);
        let wakes = matches!(
            message.body,
            Body::Opened { .. }
                | Body::Reopened { .. }
                | Body::Graded { .. }
                | Body::Logged { .. }
                | Body::CallAttached { .. }
                | Body::CallStarted { .. }
                | Body::UnitAssigned { .. }
                | Body::UnitArrived { .. }
        );
        incident.asleep &= !wakes;
        let assessed_above_standard = incident.assessments.iter().any(|a| a.level > Some(Level::Standard));
        let words = match message.body.text() {
            Some((_, text)) if assessed_above_standard => content_words(text),
            _ => Vec::new(),
        };
        let by_person = !system && type_name.starts_with("incident.");
        let entry = LogEntry { stamp: stamp.clone(), kind: EntryKind::of(type_name), by_person, words };
        insert_by_time(&mut incident.entries, entry, |e| e.stamp.at);
        // A log passed to another force is what that force is told, as the dispatch text is to a unit.
        let told = matches!(message.body, Body::UnitTold { .. } | Body::Passed { .. });
        let text = message.body.text().map_or("", |(_, text)| text);
        for sign in signs {
            let names = sign.names.iter().filter_map(|span| span.words(text)).flat_map(name_keys);
            let sign = Sign {
                stamp: stamp.clone(),
                indicator: sign.indicator.clone(),
                start: sign.start,
                end: sign.end,
                stated: sign.stated,
                risk: sign.risk,
                told,
                read: sign.stated,
                names: names.collect(),
            };
            insert_by_time(&mut incident.signs, sign, |s| s.stamp.at);
        }
        let elsewhere = signs.iter().any(|s| s.stated && s.risk);
        let mut aspects = if by_person { Aspects::ENTRY } else { Aspects::NONE };
        if !signs.is_empty() {
            aspects |= Aspects::WORDS;
        }
        if incident.entries.len() == 1 {
            aspects |= Aspects::ALL;
        }
        touch.incident(id, aspects);
        if elsewhere {
            self.touch_others(id, Aspects::ELSEWHERE, touch);
        }
        self.tell_names(id, touch);
    }

    /// Counts the questions of an assessment that the policy maps to no indicator, for people to see.
    pub(super) fn count_unmapped<'q>(&mut self, tool: Tool, questions: impl Iterator<Item = &'q String>) {
        for question in questions {
            if self.policy.asks_about(tool, question).is_none() {
                let name = format!("{} {question}", tool.word());
                if self.unmapped.len() < MOST_UNMAPPED || self.unmapped.contains_key(name.as_str()) {
                    *self.unmapped.entry(name.into()).or_default() += 1;
                }
            }
        }
    }

    pub(super) fn coding(&self, code: Option<&str>, qualifiers: &[String], stamp: &Stamp) -> Coding {
        let words = || code.into_iter().chain(qualifiers.iter().map(String::as_str));
        Coding {
            stamp: stamp.clone(),
            code: words().collect::<Vec<_>>().join(", ").into(),
            da: words().any(|w| self.policy.is_da_code(w)),
            offence: words().any(|w| self.policy.is_offence_code(w)),
        }
    }

    pub(super) fn locate(&mut self, id: IncidentId, location: &crate::message::Location) {
        let Some(key) = place(location) else { return };
        let key: Arc<str> = key.into();
        list_once(self.by_place.or_default(&key), id);
        if let Some(incident) = self.incidents.get_mut(&id) {
            incident.place = Some(Place { key });
        }
    }

    pub(super) fn attach(&mut self, call: CallId, incident: IncidentId, touch: &mut Touch) {
        let Some(known) = self.calls.get_mut(&call) else { return };
        if let Some(before) = known.incident.replace(incident).filter(|before| *before != incident) {
            list_once(&mut known.former, before);
        }
        let began = known.started.clone();
        if let Some(from) = known.from.clone() {
            if let Some(started) = began {
                self.note_elsewhere(incident, self.policy.is_number_elsewhere(&from), &started, touch);
            }
            if let Some(list) = self.loose_calls.get_mut(&from) {
                list.retain(|c| *c != call);
            }
            // It was a contact of whoever has the number; from now on it is one of its incident's victims.
            if let Some(began) = self.calls.get(&call).and_then(Call::began_at) {
                self.touch_called(&from, began, touch);
            }
            list_once(self.by_number.or_default(&from), incident);
        }
        if let Some(incident) = self.incidents.get_mut(&incident) {
            list_once(&mut incident.calls, call);
        }
        touch.incident(incident, Aspects::CALL.and(Aspects::HISTORY));
        touch.call(call);
    }

    /// A call on an incident is a contact, unless it is the one that the incident was opened from. To what came after it on her
    /// other logs it is one more before it.
    pub(super) fn contact(&mut self, id: IncidentId, call: CallId, stamp: &Stamp, touch: &mut Touch) {
        let Some(incident) = self.incidents.get_mut(&id) else { return };
        if incident.contacts.iter().any(|c| c.call == Some(call)) {
            return;
        }
        let contact = Contact { stamp: stamp.clone(), call: Some(call) };
        insert_by_time(&mut incident.contacts, contact, |c| c.stamp.at);
        let victims: Vec<RecordId> = incident.victims().collect();
        for victim in victims {
            self.touch_contacts_from(id, victim, stamp.at, touch);
        }
    }

    pub(super) fn merge(&mut self, id: IncidentId, into: IncidentId, stamp: &Stamp, touch: &mut Touch) {
        if id == into {
            return;
        }
        let Some(incident) = self.incidents.get_mut(&id) else { return };
        let bare = Incident::bare(id, incident.reference.clone(), stamp.known);
        let gone = std::mem::replace(incident.as_mut(), bare);
        incident.merged_into = Some(into);
        incident.last_known = stamp.known;
        for call in &gone.calls {
            if let Some(call) = self.calls.get_mut(call).filter(|call| call.incident == Some(id)) {
                call.incident = Some(into);
            }
        }
        if let Some(goes_on) = self.incidents.get_mut(&into) {
            goes_on.absorb(gone);
        }
        self.tell_names(into, touch);
        touch.incident(id, Aspects::ALL);
        touch.incident(into, Aspects::ALL);
        self.touch_others(into, Aspects::ALL, touch);
    }

    /// The incident of that reference, opened as a bare one if nobody has heard of it, and fetched from history if it was there.
    pub(super) fn incident_for(&mut self, reference: &str, known: Timestamp) -> IncidentId {
        if let Some(id) = self.find(reference) {
            if let Some(past) = self.past.remove(&id) {
                self.incidents.insert(id, Box::new(past.revive(id)));
            }
            return id;
        }
        let id = IncidentId(u32::try_from(self.by_reference.len()).unwrap_or(u32::MAX));
        let reference: Arc<str> = reference.into();
        self.by_reference.insert(&reference, id);
        self.incidents.insert(id, Box::new(Incident::bare(id, reference, known)));
        id
    }

    pub(super) fn call_for(&mut self, reference: &str) -> CallId {
        if let Some(id) = self.call_by_reference.get(reference) {
            return *id;
        }
        let id = CallId(self.calls_ever);
        self.calls_ever += 1;
        let reference: Arc<str> = reference.into();
        self.call_by_reference.insert(&reference, id);
        self.calls.insert(id, Call::bare(id, reference));
        id
    }

    /// A call's recording session, which a feed may tell again, and otherwise.
    pub(super) fn name_session(&mut self, id: CallId, session: Option<&str>) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let session: Option<Arc<str>> = session.filter(|session| !session.is_empty()).map(Arc::from);
        if let Some(before) = std::mem::replace(&mut call.session, session.clone())
            && self.calls_by_session.get(&before) == Some(&id)
        {
            self.calls_by_session.remove(&before);
        }
        if let Some(session) = session {
            self.calls_by_session.insert(&session, id);
        }
    }

    /// Keeps of quiet incidents and old calls only what history needs. Once a day of the desk's clock.
    pub(super) fn sweep(&mut self) {
        let day = self.clock.ms().div_euclid(DAY_MS);
        if day == self.swept {
            return;
        }
        self.swept = day;
        let quiet_since = self.clock.minus(QUIET_FOR);
        let quiet: Vec<IncidentId> = self
            .incidents
            .iter()
            .filter(|(id, i)| {
                i.last_known < quiet_since && !self.flags.of_incident(**id).any(crate::watch::Flag::is_open)
            })
            .map(|(id, _)| *id)
            .collect();
        for id in quiet {
            if let Some(incident) = self.incidents.remove(&id) {
                self.past.insert(id, Past::of(*incident, &self.policy));
            }
        }
        self.checks.sweep(self.clock);
        let old = self.clock.minus(LOOSE_CALL_FOR);
        let gone: Vec<CallId> = self
            .calls
            .iter()
            .filter(|(_, c)| {
                c.began_at().is_none_or(|at| at < old) && c.incident.is_none_or(|i| !self.incidents.contains_key(&i))
            })
            // Feedback is looked back on for weeks, and what waits for somebody does not leave by itself (law 6).
            .filter(|(id, c)| !self.feedbacks.keeps(**id, c.began_at().is_some_and(|at| at >= quiet_since)))
            .filter(|(_, c)| !self.recordings.keeps(c))
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            self.prompts.forget(id);
            self.ticks.forget(id);
            self.feedbacks.forget(id);
            if let Some(call) = self.calls.remove(&id) {
                self.recordings.forget(&call);
                self.call_by_reference.remove(&call.reference);
                if let Some(session) = call.session.as_ref().filter(|name| self.calls_by_session.get(name) == Some(&id))
                {
                    self.calls_by_session.remove(session);
                }
                if let Some(list) = call.from.as_ref().and_then(|from| self.loose_calls.get_mut(from)) {
                    list.retain(|c| *c != id);
                }
            }
        }
        self.loose_calls.retain(|list| !list.is_empty());
    }
}
