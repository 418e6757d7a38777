//! Where a value goes in a message, and what it must become there: both are looked up in the contract's own schema.

use serde_json::{Map, Value};

/// A field of a message.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// As the map writes it, such as `person.location.postcode`.
    pub path: String,
    steps: Vec<Step>,
    /// What it holds.
    pub holds: Holds,
}

#[derive(Clone, Debug)]
enum Step {
    Field(String),
    /// The one element of a list of persons.
    First,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Time,
    Born,
    Bool,
    Count,
    Number,
    Texts,
}

impl Target {
    /// Finds a field of a type; `None` when the contract has no such field.
    pub fn find(schema: &Value, type_name: &str, path: &str) -> Option<Self> {
        let types = schema["oneOf"].as_array()?;
        let mut here = types.iter().find(|t| t["title"] == type_name)?;
        let (mut steps, mut names) = (Vec::new(), path.split('.').peekable());
        while let Some(name) = names.next() {
            steps.push(Step::Field(name.to_owned()));
            if let Some(answers) = here.get("additionalProperties").filter(|a| a.is_object()) {
                here = answers;
                continue;
            }
            here = alternative(here["properties"].get(name)?);
            if names.peek().is_some() {
                if let Some(items) = here.get("items") {
                    steps.push(Step::First);
                    here = items;
                }
                if let Some(defined) = here["$ref"].as_str() {
                    here = schema.pointer(defined.strip_prefix('#')?)?;
                }
            }
        }
        let holds = match (here["type"].as_str(), here["format"].as_str()) {
            (Some("string"), Some("date-time")) => Holds::Time,
            (Some("string"), _) if here.get("pattern").is_some() => Holds::Born,
            (Some("string"), _) => Holds::Text,
            (Some("boolean"), _) => Holds::Bool,
            (Some("integer"), _) => Holds::Count,
            (Some("number"), _) => Holds::Number,
            (Some("array"), _) if here["items"]["type"] == "string" => Holds::Texts,
            // A word of a closed list, or an answer.
            (None, _) if here.get("enum").is_some() => Holds::Text,
            _ if here["type"].is_array() => Holds::Text,
            _ => return None,
        };
        Some(Self { path: path.to_owned(), steps, holds })
    }

    /// Puts a value into a message.
    pub fn put(&self, message: &mut Map<String, Value>, value: Value) {
        let mut steps = self.steps.iter();
        let Some(Step::Field(first)) = steps.next() else { return };
        let mut here = message.entry(first.clone()).or_insert(Value::Null);
        for step in steps {
            match step {
                Step::Field(name) => {
                    if !here.is_object() {
                        *here = Value::Object(Map::new());
                    }
                    here = &mut here[name.as_str()];
                }
                Step::First => {
                    if !here.is_array() {
                        *here = Value::Array(vec![Value::Null]);
                    }
                    here = &mut here[0];
                }
            }
        }
        *here = value;
    }

    /// Whether a fault's pointer lies at or within this field, or this field within it.
    pub fn meets(&self, pointer: &str) -> bool {
        let mine: String = self
            .steps
            .iter()
            .map(|s| if let Step::Field(name) = s { format!("/{name}") } else { "/0".into() })
            .collect();
        let within = |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|rest| rest.starts_with('/'));
        within(&mine, pointer) || within(pointer, &mine)
    }
}

/// What an optional field holds besides `null`.
fn alternative(schema: &Value) -> &Value {
    let list = schema.get("anyOf").and_then(Value::as_array);
    list.and_then(|l| l.iter().find(|s| s["type"] != "null")).unwrap_or(schema)
}
