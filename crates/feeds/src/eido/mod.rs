//! One EIDO document (NENA-STA-021, Emergency Incident Data Object, JSON) into messages of the feed.
//!
//! A document is a snapshot; the feed wants facts. Each fact becomes one message whose id is made from the document's
//! own ids, so a document that is sent again is a retry. What has a current value (grade, code, status, a unit's state)
//! becomes a message when it changes: [`Seen`] remembers the last value of each, bounded, and only after it was durable.
//!
//! Invariants: what is not understood is kept (the whole document) and counted, never guessed; a part that cannot be
//! read never takes the others with it; nothing of the content goes into a fault.

mod html;
mod map;
mod place;
mod seen;
mod translate;
mod types;
mod word;

use std::collections::BTreeMap;

use alongside_desk::message::Fault;
use alongside_desk::time::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use html::text_of;
pub use map::{EidoMap, MapFault, UnitState};
pub use place::location_of;
pub use seen::Seen;
pub use translate::{Made, MadeMessage, translate};

use crate::offer::fault;
use types::{Call, Callback, Dispatch, Incident, Link, Merge, Note, Part, Person, Place, Resource};

/// Most parts in one document.
const MOST_PARTS: usize = 5_000;

/// A document, read.
#[derive(Clone, Debug)]
pub struct Eido {
    /// The incident's tracking id: the document's `$id`.
    pub id: String,
    /// When the document last changed.
    pub updated: Timestamp,
    /// Who issued it.
    pub issuer: String,
    incidents: Vec<Incident>,
    calls: Vec<Call>,
    callbacks: Vec<Callback>,
    dispatches: Vec<Dispatch>,
    resources: Vec<Resource>,
    notes: Vec<Note>,
    places: Vec<Place>,
    persons: Vec<Person>,
    merges: Vec<Merge>,
    links: Vec<Link>,
    /// How many things each part held that are not known here, by the part's name in the schema.
    pub unknown: BTreeMap<&'static str, usize>,
    /// Parts that could not be read.
    pub faulty: Vec<FaultyPart>,
}

/// A part that could not be read.
#[derive(Clone, Debug)]
pub struct FaultyPart {
    /// Its place in the document, and what is wrong.
    pub fault: Fault,
    /// As it came.
    pub raw: Value,
}

/// Reads a document.
///
/// # Errors
/// Its faults, when it is no EIDO document at all. A part that cannot be read is in [`Eido::faulty`] instead.
pub fn read(json: &[u8]) -> Result<Eido, Vec<Fault>> {
    let value: Value = serde_json::from_slice(json).map_err(|e| {
        let what = if e.is_eof() { "ends before the JSON is complete" } else { "is not JSON" };
        vec![fault("", &format!("{what} (line {}, column {})", e.line(), e.column()))]
    })?;
    let Value::Object(mut object) = value else { return Err(vec![fault("", "must be an object")]) };
    let mut faults = Vec::new();
    let mut text = |names: &[&'static str]| {
        let found = names.iter().find_map(|name| object.remove(*name));
        let found = found.and_then(|v| v.as_str().map(str::to_owned)).filter(|s| !s.trim().is_empty());
        if found.is_none() {
            let name = names[0].replace('~', "~0").replace('/', "~1");
            faults.push(fault(&format!("/{name}"), "is missing or not text"));
        }
        found.unwrap_or_default()
    };
    let id = text(&["$id"]);
    let updated = text(&["lastUpdateTimeStamp", "lastUpdateTimestamp"]);
    let issuer = text(&["issuingElementIdentification"]);
    let updated = Timestamp::parse(&updated);
    if updated.is_err() && !faults.iter().any(|f| f.pointer == "/lastUpdateTimeStamp") {
        faults.push(fault("/lastUpdateTimeStamp", "must be an RFC 3339 instant with an offset"));
    }
    let parts: usize = object.values().map(|v| v.as_array().map_or(1, Vec::len)).sum();
    if parts > MOST_PARTS {
        faults.push(fault("", "has more than 5,000 parts"));
    }
    let (Ok(updated), true) = (updated, faults.is_empty()) else { return Err(faults) };

    let (mut unknown, mut faulty) = (BTreeMap::new(), Vec::new());
    let mut take = Take { object: &mut object, unknown: &mut unknown, faulty: &mut faulty };
    let (incidents, calls, callbacks) =
        (take.parts("incidentComponent"), take.parts("callComponent"), take.parts("callbackComponent"));
    let (dispatches, resources) = (take.parts("dispatchComponent"), take.parts("emergencyResourceComponent"));
    let (notes, places, persons) =
        (take.parts("notesComponent"), take.parts("locationComponent"), take.parts("personComponent"));
    let (merges, links) = (take.parts("mergeComponent"), take.parts("linkComponent"));
    // Read for nothing, and known to the schema: who they are does not change what happened.
    for name in [
        "agencyComponent",
        "agentComponent",
        "eidoVersion",
        "updatedByAgencyReference",
        "updatedByAgentReference",
        "@context",
    ] {
        object.remove(name);
    }
    if !object.is_empty() {
        unknown.insert("document", object.len());
    }
    Ok(Eido {
        id,
        updated,
        issuer,
        incidents,
        calls,
        callbacks,
        dispatches,
        resources,
        notes,
        places,
        persons,
        merges,
        links,
        unknown,
        faulty,
    })
}

/// Takes parts out of a document, and counts.
struct Take<'a> {
    object: &'a mut Map<String, Value>,
    unknown: &'a mut BTreeMap<&'static str, usize>,
    faulty: &'a mut Vec<FaultyPart>,
}

impl Take<'_> {
    fn parts<T: DeserializeOwned + Part>(&mut self, name: &'static str) -> Vec<T> {
        let list = match self.object.remove(name) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(list)) => list,
            Some(one) => vec![one],
        };
        let mut read = Vec::with_capacity(list.len());
        for (i, raw) in list.into_iter().enumerate() {
            // The reader's own error would quote what it found, so only the place is told.
            match serde_json::from_value::<T>(raw.clone()) {
                Ok(part) => {
                    if part.unknown() > 0 {
                        *self.unknown.entry(name).or_default() += part.unknown();
                    }
                    read.push(part);
                }
                Err(_) => {
                    let fault = fault(&format!("/{name}/{i}"), "does not have the shape of this part");
                    self.faulty.push(FaultyPart { fault, raw });
                }
            }
        }
        read
    }
}

#[cfg(test)]
mod tests;
