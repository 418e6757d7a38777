//! What is done besides the log: checks, support, MARAC, disclosure, orders thought of, interpreters, video.

use std::sync::Arc;

use super::list_once;
use super::touch::Touch;
use crate::aspect::Aspects;
use crate::check::{key_of, name_key};
use crate::incident::{Check, Considered, Interpreting, Video};
use crate::message::{Body, CheckAbout, Person, Role, Scheme};
use crate::person::{Disclosure, Marac, Support, SupportStep, phone, place};
use crate::stamp::{IncidentId, RecordId, Stamp, insert_by_time};
use crate::state::State;

/// A query by name alone that names no incident is looked for on this many of the newest incidents (D).
const NEWEST: usize = 512;

impl State {
    /// Folds a message of this kind; any other is left alone.
    pub(super) fn care(&mut self, body: &Body, on: Option<IncidentId>, stamp: &Stamp, touch: &mut Touch) {
        match body {
            Body::Checked { system, about } => {
                self.check(about, &Check { stamp: stamp.clone(), system: *system }, on, touch);
            }
            Body::SupportReferred { person, kind, .. } => {
                self.support(person, (SupportStep::Referred, *kind), on, stamp, touch)
            }
            Body::SupportContacted { person, kind, .. } => {
                self.support(person, (SupportStep::Contacted, *kind), on, stamp, touch)
            }
            Body::SupportDeclined { person, kind, .. } => {
                self.support(person, (SupportStep::Declined, *kind), on, stamp, touch)
            }
            Body::MaracReferred { person, suspect, .. } => {
                self.marac(person, suspect.as_ref(), false, on, stamp, touch)
            }
            Body::MaracHeard { person, suspect, .. } => self.marac(person, suspect.as_ref(), true, on, stamp, touch),
            Body::DisclosureApplied { scheme, person, at_risk, decision } => {
                let parties = (person, at_risk.as_ref());
                self.disclosure(*scheme, parties, (false, decision.as_deref()), on, stamp, touch);
            }
            Body::DisclosureDecided { scheme, person, at_risk, decision } => {
                let parties = (person, at_risk.as_ref());
                self.disclosure(*scheme, parties, (true, decision.as_deref()), on, stamp, touch);
            }
            Body::OrderConsidered { kinds, subject, .. } => self.consider(kinds, subject.as_ref(), on, stamp, touch),
            Body::InterpreterBooked { who, .. } => {
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                incident.interpreters.push(Interpreting { stamp: stamp.clone(), who: *who });
                touch.incident(incident.id, Aspects::LANGUAGE);
            }
            Body::VideoOffered { suspect_present, safe_room, .. }
            | Body::VideoHeld { suspect_present, safe_room, .. } => {
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                let held = matches!(body, Body::VideoHeld { .. });
                let (suspect_present, safe_room) = (*suspect_present, *safe_room);
                let video = Video { stamp: stamp.clone(), held, suspect_present, safe_room };
                insert_by_time(&mut incident.videos, video, |v| v.stamp.at);
                touch.incident(incident.id, Aspects::VIDEO);
            }
            Body::FirearmsReviewed { person, .. } => {
                let record = self.mention_maybe(person, stamp, on, Role::Suspect);
                self.people.record_mut(record).reviewed.push(stamp.clone());
                self.touch_incidents_of(record, Aspects::MARKER, touch);
            }
            _ => {}
        }
    }

    /// Notes that a message gives an address or a number of the incident to another force.
    pub(super) fn note_elsewhere(&mut self, id: IncidentId, is_elsewhere: bool, stamp: &Stamp, touch: &mut Touch) {
        if let Some(incident) = self.incidents.get_mut(&id).filter(|_| is_elsewhere)
            && !incident.elsewhere.iter().any(|s| s.id == stamp.id)
        {
            incident.elsewhere.push(stamp.clone());
            touch.incident(id, Aspects::PASSED);
        }
    }

    fn support(
        &mut self,
        person: &Person,
        (step, kind): (SupportStep, crate::message::ServiceKind),
        on: Option<IncidentId>,
        stamp: &Stamp,
        touch: &mut Touch,
    ) {
        let record = self.mention_maybe(person, stamp, on, Role::Victim);
        let support = Support { stamp: stamp.clone(), step, kind, incident: on };
        insert_by_time(&mut self.people.record_mut(record).support, support, |s| s.stamp.at);
        self.touch_incidents_of(record, Aspects::SUPPORT, touch);
        if let Some(id) = on {
            touch.incident(id, Aspects::SUPPORT);
        }
    }

    fn marac(
        &mut self,
        person: &Person,
        suspect: Option<&Person>,
        heard: bool,
        on: Option<IncidentId>,
        stamp: &Stamp,
        touch: &mut Touch,
    ) {
        let record = self.mention_maybe(person, stamp, on, Role::Victim);
        let suspect = suspect.map(|p| self.mention_maybe(p, stamp, on, Role::Suspect));
        let marac = Marac { stamp: stamp.clone(), heard, suspect };
        insert_by_time(&mut self.people.record_mut(record).maracs, marac, |m| m.stamp.at);
        self.touch_incidents_of(record, Aspects::MARAC, touch);
    }

    fn disclosure(
        &mut self,
        scheme: Scheme,
        (person, at_risk): (&Person, Option<&Person>),
        (decided, decision): (bool, Option<&str>),
        on: Option<IncidentId>,
        stamp: &Stamp,
        touch: &mut Touch,
    ) {
        let record = self.mention_maybe(person, stamp, on, Role::Suspect);
        let at_risk = at_risk.map(|p| self.mention_maybe(p, stamp, on, Role::Victim));
        let decision = decision.map(Arc::from);
        let disclosure = Disclosure { stamp: stamp.clone(), decided, scheme, at_risk, incident: on, decision };
        insert_by_time(&mut self.people.record_mut(record).disclosures, disclosure, |d| d.stamp.at);
        self.touch_incidents_of(record, Aspects::DISCLOSURE, touch);
        for same in self.people.counted(record).0 {
            touch.person(same, Aspects::DISCLOSURE);
        }
    }

    fn consider(
        &mut self,
        kinds: &[String],
        subject: Option<&Person>,
        on: Option<IncidentId>,
        stamp: &Stamp,
        touch: &mut Touch,
    ) {
        let subject = subject.map(|p| self.mention_maybe(p, stamp, on, Role::Suspect));
        let considered = Considered {
            stamp: stamp.clone(),
            subject,
            kinds: kinds.iter().map(|k| Arc::from(k.to_lowercase())).collect(),
        };
        let mut about: Vec<RecordId> = subject.into_iter().collect();
        if let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) {
            insert_by_time(&mut incident.considered, considered.clone(), |c| c.stamp.at);
            incident.suspects().for_each(|s| list_once(&mut about, s));
            touch.incident(incident.id, Aspects::ORDER);
        }
        if let Some(subject) = subject {
            insert_by_time(&mut self.people.record_mut(subject).considered, considered, |c| c.stamp.at);
        }
        for record in about {
            for same in self.people.counted(record).0 {
                touch.person(same, Aspects::ORDER);
            }
        }
    }

    fn check(&mut self, about: &CheckAbout, check: &Check, on: Option<IncidentId>, touch: &mut Touch) {
        if let Some(key) = key_of(about) {
            self.checks.note(key, check.clone());
        }
        let mut touched: Vec<IncidentId> = on.into_iter().collect();
        match about {
            CheckAbout::Person(person) => match person.ref_.as_deref() {
                Some(reference) => {
                    let record = self.people.by_ref(reference);
                    touched.extend(record.into_iter().flat_map(|r| self.live_incidents_of(r)));
                }
                None => {
                    let key = name_key(person);
                    let named = |i: &crate::incident::Incident| {
                        i.people.iter().any(|p| name_key(&self.people.record(p.record).person) == key)
                    };
                    let newest = self.incidents.iter().rev().take(NEWEST);
                    touched.extend(newest.filter(|(_, i)| key.is_some() && named(i)).map(|(id, _)| *id));
                }
            },
            CheckAbout::Phone(number) => {
                if let Some(number) = phone(number) {
                    touched.extend(self.by_number.get(number.as_str()).into_iter().flatten());
                    let records = self.people.by_phone(&number);
                    touched.extend(records.iter().flat_map(|r| self.live_incidents_of(*r)));
                }
            }
            CheckAbout::Location(location) => {
                if let Some(place) = place(location) {
                    touched.extend(self.by_place.get(place.as_str()).into_iter().flatten());
                    let records = self.people.by_place(&place);
                    touched.extend(records.iter().flat_map(|r| self.live_incidents_of(*r)));
                }
            }
        }
        touched.sort_unstable();
        touched.dedup();
        for id in touched {
            let id = self.going_on(id);
            if let Some(incident) = self.incidents.get_mut(&id) {
                if !incident.checks.iter().any(|c| c.stamp.id == check.stamp.id) {
                    insert_by_time(&mut incident.checks, check.clone(), |c| c.stamp.at);
                }
                touch.incident(id, Aspects::CHECK);
            }
        }
    }
}
