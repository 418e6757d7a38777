//! Labels: who is who, as people know it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::record;

/// Who is who.
#[derive(Debug, Default)]
pub struct Labels {
    of: BTreeMap<String, Label>,
}

/// What is known of one query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// The records that are this person; none for a stranger.
    pub persons: BTreeSet<String>,
    /// The further columns, for tables.
    pub groups: BTreeMap<String, String>,
}

impl Labels {
    /// Reads a file; `faults` counts the lines without a query.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub fn read(path: &Path, faults: &mut usize) -> Result<Self> {
        let mut labels = Self::default();
        record::rows(path, faults, &mut |line, row, faults| {
            if !labels.add(&row) {
                *faults += 1;
                eprintln!("{}:{line}: /query is missing", path.display());
            }
        })?;
        Ok(labels)
    }

    /// Takes a row in; false where it names no query.
    pub fn add(&mut self, row: &Value) -> bool {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()).filter(|t| !t.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let cells = row.as_object().into_iter().flatten();
        let mut cells: BTreeMap<String, String> =
            cells.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect();
        let Some(query) = cells.remove("query") else { return false };
        let person = cells.remove("person");
        let label = self.of.entry(query).or_default();
        label.persons.extend(person);
        label.groups.append(&mut cells);
        true
    }

    /// The label of a query; nothing where nobody said.
    pub fn of(&self, query: &str) -> Option<&Label> {
        self.of.get(query)
    }

    /// Counts every pair both ways, for a file that is held against itself.
    pub fn mirror(&mut self) {
        let pairs: Vec<(String, String)> = self
            .of
            .iter()
            .flat_map(|(query, label)| label.persons.iter().map(move |person| (person.clone(), query.clone())))
            .collect();
        for (query, person) in pairs {
            self.of.entry(query).or_default().persons.insert(person);
        }
    }
}
