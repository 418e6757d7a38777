//! From a document's parts to messages of the feed.

use std::collections::{BTreeMap, BTreeSet};

use alongside_desk::message::{Born, read_value};
use alongside_desk::time::Timestamp;
use axum::body::Bytes;
use serde_json::{Map, Value, json};

use super::seen::{self, Seen};
use super::types::{Dispatch, Person, Place, Prologue, Reference, Resource};
use super::word::{NAMES, ended_how, first_text, is_outgoing, line_of, number_of, reference, role_of};
use super::{Eido, EidoMap, UnitState, location_of, text_of};
use crate::intake::{ContentDigest, FeedId, Offered};
use crate::offer::live;

/// What was made of a document.
#[derive(Clone, Debug)]
pub struct Made {
    /// Who issued the document.
    pub issuer: String,
    /// The incident's reference in every message.
    pub incident: String,
    /// The messages, in the order in which they are to be taken.
    pub messages: Vec<MadeMessage>,
    /// What the schema knows and the feed has no place for, or the force's map no word: how many of each.
    pub not_translated: BTreeMap<&'static str, usize>,
}

/// One message that was made.
#[derive(Clone, Debug)]
pub struct MadeMessage {
    /// The message, as FEED.md has it.
    pub value: Value,
    /// Of what it says apart from its time: the same fact in a later snapshot is the same fact.
    pub content: ContentDigest,
    pub(super) aspect: Option<(String, seen::Value)>,
}

impl MadeMessage {
    /// As it is offered to the intake.
    pub fn offer(&self, received: Timestamp) -> Offered {
        let raw = Bytes::from(self.value.to_string());
        let reading = read_value(&self.value).and_then(|read| live(read, received));
        Offered { size: raw.len(), raw, content: self.content, reading }
    }
}

/// Translates a document. `seen` says what was said before; it is not changed here.
pub fn translate(eido: &Eido, map: &EidoMap, feed: &FeedId, seen: &Seen) -> Made {
    let incident = reference(&eido.id);
    let key = Seen::key(feed, &eido.issuer, &incident);
    let made = Made { issuer: eido.issuer.clone(), incident, messages: Vec::new(), not_translated: BTreeMap::new() };
    // Looked up once: a document full of references costs no more than its length.
    let mut places = BTreeMap::new();
    for place in &eido.places {
        let found = || place.location_by_value.as_deref().and_then(location_of);
        places.entry(place.prologue.id.as_str()).or_insert_with(|| (place, found()));
    }
    let mut dispatched = BTreeMap::new();
    for dispatch in &eido.dispatches {
        for unit in &dispatch.emergency_resource_reference.0 {
            dispatched.entry(unit.to.as_str()).or_insert(dispatch);
        }
    }
    let mut make = Make { eido, map, seen, key, places, dispatched, made };
    make.incident();
    make.persons();
    make.calls();
    make.notes();
    make.units();
    make.others();
    make.status();
    make.made
}

/// A place of the document, and what its XML says.
type Found<'a> = (&'a Place, Option<Map<String, Value>>);

struct Make<'a> {
    eido: &'a Eido,
    map: &'a EidoMap,
    seen: &'a Seen,
    key: String,
    places: BTreeMap<&'a str, Found<'a>>,
    dispatched: BTreeMap<&'a str, &'a Dispatch>,
    made: Made,
}

impl Make<'_> {
    /// Adds a fact: its id is made from what it says, so that saying it again is a retry.
    fn fact(&mut self, part: &str, kind: &str, at: Timestamp, by: Option<&Reference>, fields: Map<String, Value>) {
        let content = self.digest(part, kind, &fields, None);
        self.push(content, content, kind, at, by, fields, None);
    }

    /// Adds the current value of an aspect, if it is news.
    fn aspect(&mut self, aspect: &str, kind: &str, at: Timestamp, by: Option<&Reference>, fields: Map<String, Value>) {
        let said = self.digest(aspect, kind, &fields, None);
        let value = seen::Value { digest: said.0, at };
        if self.seen.is_news(&self.key, aspect, &value) {
            // The time is part of the id: a value that comes back (graded up again) is a new statement.
            let id = self.digest(aspect, kind, &fields, Some(at));
            self.push(id, said, kind, at, by, fields, Some((aspect.to_owned(), value)));
        }
    }

    fn digest(&self, part: &str, kind: &str, fields: &Map<String, Value>, at: Option<Timestamp>) -> ContentDigest {
        let at = at.map(Timestamp::ms);
        ContentDigest::of_value(&json!([self.eido.issuer, self.made.incident, part, kind, fields, at]))
    }

    #[allow(clippy::too_many_arguments)]
    fn push(
        &mut self,
        id: ContentDigest,
        content: ContentDigest,
        kind: &str,
        at: Timestamp,
        by: Option<&Reference>,
        mut fields: Map<String, Value>,
        aspect: Option<(String, seen::Value)>,
    ) {
        fields.insert("id".into(), format!("eido:{}", &id.hex()[..40]).into());
        fields.insert("at".into(), at.rfc3339_local().into());
        fields.insert("type".into(), kind.into());
        fields.entry("incident").or_insert_with(|| self.made.incident.as_str().into());
        if let Some(by) = by {
            fields.insert("by".into(), reference(&by.to).into());
        }
        self.made.messages.push(MadeMessage { value: Value::Object(fields), content, aspect });
    }

    fn not_translated(&mut self, what: &'static str, count: usize) {
        if count > 0 {
            *self.made.not_translated.entry(what).or_default() += count;
        }
    }

    /// When a part says it changed; a part without a readable time has the document's.
    fn at(&mut self, prologue: &Prologue) -> Timestamp {
        let at = prologue.updated.as_deref().and_then(|t| Timestamp::parse(t).ok());
        if at.is_none() {
            self.not_translated("lastUpdateTimeStamp", 1);
        }
        at.unwrap_or(self.eido.updated)
    }

    fn incident(&mut self) {
        let eido = self.eido;
        let started = eido.calls.iter().filter_map(|c| Timestamp::parse(c.call_start_timestamp.as_deref()?).ok()).min();
        let first = eido.incidents.first();
        let changed = first.map(|i| self.at(&i.prologue));
        let call = eido.calls.iter().find(|c| !is_outgoing(c));
        let mut fields = Map::new();
        if let Some(channel) = call.and_then(line_of) {
            fields.insert("channel".into(), channel.into());
        }
        if let Some(call) = call {
            fields.insert("call".into(), reference(&call.prologue.id).into());
        }
        let at = started.into_iter().chain(changed).min().unwrap_or(eido.updated);
        // An incident opens once: whatever a later snapshot says about it, this message stays the first one's.
        let once = self.digest("incident", "incident.opened", &Map::new(), None);
        self.push(once, once, "incident.opened", at, None, fields, None);

        let (Some(incident), Some(at)) = (first, changed) else { return };
        self.not_translated("incidentComponent", eido.incidents.len() - 1);
        let by = incident.prologue.agent.as_ref();
        let codes = [&incident.incident_type_internal_code, &incident.incident_type_common_registry_text];
        if let Some(code) = codes.iter().find_map(|c| c.as_deref()) {
            let mut qualifiers: Vec<&String> = Vec::new();
            for each in codes.iter().filter_map(|c| c.as_deref()).filter_map(|c| self.map.qualifiers.get(c)).flatten() {
                if !qualifiers.contains(&each) {
                    qualifiers.push(each);
                }
            }
            self.aspect(
                "code",
                "incident.coded",
                at,
                by,
                fields_of([("code", code.into()), ("qualifiers", json!(qualifiers))]),
            );
        }
        let number = incident
            .incident_common_priority_number
            .as_ref()
            .map(|n| n.as_str().map_or_else(|| n.to_string(), str::to_owned));
        let text = incident.incident_priority_internal_text.as_deref();
        match self.map.grade(text, number.as_deref()) {
            Some(grade) => self.aspect("grade", "incident.graded", at, by, fields_of([("grade", grade.word().into())])),
            None => self.not_translated("priority", usize::from(text.is_some() || number.is_some())),
        }
        if let Some(location) = self.place(&incident.location_reference.0, None) {
            self.aspect("location", "incident.located", at, by, fields_of([("location", location.into())]));
        }
        self.not_translated("vehicleReference", incident.vehicle_reference.0.len());
    }

    /// The best place of those referred to; without references, of those that are the incident's by their type.
    fn place(&mut self, references: &[Reference], from: Option<&str>) -> Option<Map<String, Value>> {
        const BEST: [&str; 3] = ["CurrentIncident", "InitialIncident", "Caller"];
        const NEVER: [&str; 2] = ["RoutingLocation", "TowerLocation"];
        let is = |place: &Place, kind: &str| place.location_type_description_registry_text.0.iter().any(|t| t == kind);
        let mut candidates: Vec<&Found> = references.iter().filter_map(|r| self.places.get(r.to.as_str())).collect();
        if references.is_empty() && from.is_none() {
            let own = |place: &Place| BEST[..2].iter().any(|kind| is(place, kind));
            candidates = self.places.values().filter(|(place, _)| own(place)).collect();
        }
        candidates.retain(|(place, _)| !NEVER.iter().any(|kind| is(place, kind)));
        candidates.sort_by_key(|(place, _)| BEST.iter().position(|kind| is(place, kind)).unwrap_or(BEST.len()));
        let found = candidates.iter().find_map(|(_, found)| found.clone());
        let count = candidates.len();
        if found.is_none() && count > 0 {
            // By reference only, or in a form that says nothing: fetching it is not this door's work.
            self.not_translated("locationComponent", count);
        }
        let mut found = found?;
        if let Some(from) = from {
            found.insert("from".into(), from.into());
        }
        Some(found)
    }

    fn phones(&self, callback: Option<&Reference>) -> Vec<String> {
        let Some(callback) = callback.and_then(|r| self.eido.callbacks.iter().find(|c| c.prologue.id == r.to)) else {
            return Vec::new();
        };
        let mut numbers: Vec<String> =
            callback.call_back_information_uri.0.iter().filter_map(|uri| number_of(uri)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn persons(&mut self) {
        for person in &self.eido.persons {
            let at = self.at(&person.prologue);
            let mut said = self.person(person);
            let phones = self.phones(person.call_back_reference.as_ref());
            if !phones.is_empty() {
                said.insert("phones".into(), json!(phones));
            }
            if let Some(place) = self.place(&person.location_reference.0, Some("caller")) {
                said.insert("location".into(), place.into());
            }
            let roles = &person.person_incident_role_registry_text.0;
            let mut words: Vec<&str> = roles.iter().map(|role| role_of(role)).collect();
            words.sort_unstable();
            words.dedup();
            // Somebody who is nothing else to it is still somebody who was there.
            if words.is_empty() {
                words.push("other");
            }
            for word in words {
                let fields = fields_of([("role", word.into()), ("person", said.clone().into())]);
                let part = format!("person {}", person.prologue.id);
                self.fact(&part, "incident.person", at, person.prologue.agent.as_ref(), fields);
            }
        }
    }

    /// The NIEM person as far as the feed has a place for it.
    fn person(&mut self, person: &Person) -> Map<String, Value> {
        let mut said = Map::new();
        let Some(Value::Object(niem)) = &person.nc_person_component else { return said };
        let mut used = 0;
        for (name, value) in niem {
            let lower = name.to_ascii_lowercase();
            if lower.ends_with("name") && lower != "personnamecomment" {
                let name = if let Value::Array(list) = value { list.first().unwrap_or(value) } else { value };
                for (field, keys) in NAMES {
                    if let Some(text) = keys.iter().find_map(|k| first_text(name.get(k)?, 0)) {
                        said.insert((*field).to_owned(), text.into());
                    }
                }
                used += 1;
            } else if lower == "birthdate" || lower == "personbirthdate" {
                let text = first_text(value, 0).unwrap_or_default();
                let born = text.get(..10).and_then(Born::parse).or_else(|| Born::parse(&text));
                if let Some(born) = born {
                    said.insert("born".into(), born.to_string().into());
                    used += 1;
                }
            } else if matches!(lower.as_str(), "sex" | "sexcode" | "personsex" | "personsexcode") {
                if let Some(text) = first_text(value, 0) {
                    said.entry("sex").or_insert_with(|| text.into());
                    used += 1;
                }
            } else if name.starts_with('@') {
                used += 1;
            }
        }
        self.not_translated("ncPersonComponent", niem.len() - used);
        said
    }

    fn calls(&mut self) {
        let hung_up =
            self.eido.incidents.iter().any(|i| i.incident_type_common_registry_text.as_deref() == Some("911H"));
        for call in &self.eido.calls {
            let at = self.at(&call.prologue);
            let part = format!("call {}", call.prologue.id);
            if is_outgoing(call) {
                self.not_translated("outgoing call", 1);
                continue;
            }
            let mut fields = fields_of([("call", reference(&call.prologue.id).into())]);
            if let Some(line) = line_of(call) {
                fields.insert("line".into(), line.into());
            }
            if let Some(from) = self.phones(call.call_back_reference.as_ref()).first() {
                fields.insert("from".into(), reference(from).into());
            }
            let handler = call.agent_reference.0.first();
            if let Some(handler) = handler {
                fields.insert("handler".into(), reference(&handler.to).into());
            }
            if let Some(place) = self.place(&call.location_reference.0, Some("caller")) {
                fields.insert("location".into(), place.into());
            }
            let started = call.call_start_timestamp.as_deref().and_then(|t| Timestamp::parse(t).ok()).unwrap_or(at);
            self.fact(&part, "call.started", started, handler, fields);
            let attached = fields_of([("call", reference(&call.prologue.id).into())]);
            self.fact(&part, "call.attached", started, handler, attached);
            if let Some(how) = ended_how(call.call_state_registry_text.as_deref().unwrap_or_default(), hung_up) {
                let fields = fields_of([("call", reference(&call.prologue.id).into()), ("how", how.into())]);
                self.fact(&part, "call.ended", at, handler, fields);
            }
        }
    }

    fn notes(&mut self) {
        for note in &self.eido.notes {
            let at = self.at(&note.prologue);
            let text = text_of(note.note());
            if text.is_empty() {
                self.not_translated("empty note", 1);
                continue;
            }
            let by = note.agent_reference.as_ref().or(note.prologue.agent.as_ref());
            let part = format!("note {}", note.prologue.id);
            self.fact(&part, "incident.logged", at, by, fields_of([("text", text.into())]));
        }
    }

    fn units(&mut self) {
        for unit in &self.eido.resources {
            let at = self.at(&unit.prologue);
            let dispatch = self.dispatched.get(unit.prologue.id.as_str()).copied();
            let state = self.unit_state(unit).or(dispatch.map(|_| UnitState::Assigned));
            let kind = match state {
                Some(UnitState::Assigned) => "unit.assigned",
                Some(UnitState::Arrived) => "unit.arrived",
                Some(UnitState::Left) => "unit.left",
                Some(UnitState::Nothing) => continue,
                None => {
                    self.not_translated("unit status", 1);
                    continue;
                }
            };
            let by = dispatch.and_then(|d| d.agent_reference.0.first()).or(unit.prologue.agent.as_ref());
            let name =
                unit.emergency_resource_name.as_deref().filter(|n| !n.trim().is_empty()).unwrap_or(&unit.prologue.id);
            let aspect = format!("unit {}", unit.prologue.id);
            self.aspect(&aspect, kind, at, by, fields_of([("unit", reference(name.trim()).into())]));
        }
        let parts: BTreeSet<&str> = self.eido.resources.iter().map(|unit| unit.prologue.id.as_str()).collect();
        let without = self.dispatched.keys().filter(|unit| !parts.contains(*unit)).count();
        self.not_translated("dispatched unit without a part", without);
    }

    /// The most particular status that the force's map knows.
    fn unit_state(&self, unit: &Resource) -> Option<UnitState> {
        let internal = unit.unit_status_internal.0.iter();
        let registry = unit.secondary_unit_status_registry_text.0.iter().chain(&unit.primary_unit_status_registry_text);
        internal.chain(registry).find_map(|status| self.map.unit(status))
    }

    /// Merges, splits and links with other incidents.
    fn others(&mut self) {
        for merge in &self.eido.merges {
            let at = self.at(&merge.prologue);
            let (this, other) = (self.made.incident.clone(), reference(&merge.incident_tracking_identifier));
            let (by, part) = (merge.prologue.agent.as_ref(), format!("merge {}", merge.prologue.id));
            match merge.incident_merge_direction_code.as_deref().map(str::to_ascii_uppercase).as_deref() {
                // This one goes on in place of the other.
                Some("REPLACING") => {
                    self.fact(
                        &part,
                        "incident.merged",
                        at,
                        by,
                        fields_of([("incident", other.into()), ("into", this.into())]),
                    );
                }
                Some("REPLACED") => self.fact(&part, "incident.merged", at, by, fields_of([("into", other.into())])),
                Some("SPLIT") => {
                    self.fact(
                        &part,
                        "incident.linked",
                        at,
                        by,
                        fields_of([("to", other.into()), ("why", "split".into())]),
                    );
                }
                _ => self.not_translated("mergeComponent", 1),
            }
        }
        for link in &self.eido.links {
            let at = self.at(&link.prologue);
            let other = reference(&link.incident_tracking_identifier);
            let direction = link.link_direction_code.as_deref().map(str::to_ascii_uppercase);
            let kind = match direction.as_deref() {
                Some("UNLINK") => "incident.unlinked",
                Some("PARENT" | "CHILD" | "RELATED") => "incident.linked",
                _ => {
                    self.not_translated("linkComponent", 1);
                    continue;
                }
            };
            let mut fields = fields_of([("to", other.as_str().into())]);
            if let Some(why) = link.transaction_reason_text.as_deref() {
                fields.insert("why".into(), why.into());
            }
            self.aspect(&format!("link {other}"), kind, at, link.prologue.agent.as_ref(), fields);
        }
    }

    fn status(&mut self) {
        let Some(incident) = self.eido.incidents.first() else { return };
        let at = self.at(&incident.prologue);
        let is = |words: &[&str]| {
            incident
                .incident_status_common_registry_text
                .0
                .iter()
                .any(|s| words.iter().any(|w| w.eq_ignore_ascii_case(s)))
        };
        let kind = if is(&["ReOpened"]) {
            "incident.reopened"
        } else if is(&["Closed", "Cancelled"]) {
            "incident.closed"
        } else {
            return;
        };
        let primary = |d: &&super::types::Disposition| d.disposition_primary_indicator == Some(true);
        let all = &incident.disposition_component.0;
        let mut fields = Map::new();
        if let (Some(disposition), "incident.closed") = (all.iter().find(primary).or(all.first()), kind) {
            let code = [&disposition.disposition_common_registry_code, &disposition.disposition_category_text];
            if let Some(code) = code.iter().find_map(|c| c.as_deref()) {
                fields.insert("code".into(), code.into());
            }
            if let Some(reason) = disposition.disposition_description_text.as_deref() {
                fields.insert("reason".into(), text_of(reason).into());
            }
        }
        self.aspect("status", kind, at, incident.prologue.agent.as_ref(), fields);
    }
}

fn fields_of<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

impl super::Note {
    fn note(&self) -> &str {
        self.notes_action_comments.as_deref().unwrap_or_default()
    }
}
