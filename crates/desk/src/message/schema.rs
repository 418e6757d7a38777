//! The contract as JSON Schema 2020-12, made from the same table that reading goes by.

use serde_json::{Map, Value, json};

use super::LONGEST_ID;
use super::table::{ENVELOPE, Field, Kind, LOCATION, PERSON, TYPES};

/// The schema of one message: an object whose `type` selects the fields. Unknown fields are allowed, as FEED.md says.
pub fn json_schema() -> Value {
    let types: Vec<Value> = TYPES
        .iter()
        .map(|t| {
            let mut properties = properties(&[ENVELOPE, t.2]);
            properties.insert("type".into(), json!({ "const": t.0 }));
            let mut required = required(&[ENVELOPE, t.2]);
            if t.1 {
                required.push("incident".into());
            }
            json!({ "title": t.0, "type": "object", "properties": properties, "required": required })
        })
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Alongside feed message",
        "$defs": {
            "person": { "type": "object", "properties": properties(&[PERSON]) },
            "location": { "type": "object", "properties": properties(&[LOCATION]) },
        },
        "oneOf": types,
    })
}

fn required(tables: &[&[Field]]) -> Vec<Value> {
    tables.iter().copied().flatten().filter(|f| f.2).map(|f| f.0.into()).collect()
}

fn properties(tables: &[&[Field]]) -> Map<String, Value> {
    tables
        .iter()
        .copied()
        .flatten()
        .map(|Field(name, kind, must)| {
            let schema = of(*kind);
            (name.to_string(), if *must { schema } else { json!({ "anyOf": [schema, { "type": "null" }] }) })
        })
        .collect()
}

fn of(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Ref => json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_ID }),
        Kind::Time => json!({ "type": "string", "format": "date-time" }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Count => json!({ "type": "integer", "minimum": 0 }),
        Kind::Degrees => json!({ "type": "number", "minimum": -180, "maximum": 180 }),
        Kind::Word(words) => json!({ "enum": words }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Born => json!({ "type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$" }),
        Kind::Person => json!({ "$ref": "#/$defs/person" }),
        Kind::People => json!({ "type": "array", "items": { "$ref": "#/$defs/person" } }),
        Kind::Location => json!({ "$ref": "#/$defs/location" }),
        Kind::Answers => {
            json!({ "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] } })
        }
        Kind::About => json!({
            "type": "object",
            "properties": { "person": { "$ref": "#/$defs/person" }, "phone": of(Kind::Ref), "location": { "$ref": "#/$defs/location" } },
            "oneOf": [{ "required": ["person"] }, { "required": ["phone"] }, { "required": ["location"] }],
        }),
        Kind::Object => json!({ "type": "object" }),
    }
}
