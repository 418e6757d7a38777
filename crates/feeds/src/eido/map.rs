//! How a force reads EIDO's numbers and codes.

use std::collections::BTreeMap;

use alongside_desk::message::Grade;
use serde::Deserialize;

/// A force's map of EIDO's values, a table of its configuration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EidoMap {
    /// `incidentCommonPriorityNumber`, `"0"` to `"10"`. **10 is the highest**, the other way round than grades here.
    pub priority: BTreeMap<String, Grade>,
    /// `incidentPriorityInternalText`, which goes before the number.
    pub priority_text: BTreeMap<String, Grade>,
    /// Qualifiers to add for an incident type (registry text or internal code).
    pub qualifiers: BTreeMap<String, Vec<String>>,
    /// A unit's status, by its registry text or internal code, in lower case without blanks.
    pub unit_status: BTreeMap<String, UnitState>,
}

/// What a unit's status means for an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitState {
    /// It has the job, or is on its way.
    Assigned,
    /// It is there.
    Arrived,
    /// It no longer has the job.
    Left,
    /// It says nothing about this incident.
    Nothing,
}

/// Why a map cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the EIDO map cannot be read")]
pub struct MapFault(#[from] toml::de::Error);

impl EidoMap {
    /// Reads a map from TOML. What it does not name stays as in [`EidoMap::default`], table by table.
    ///
    /// # Errors
    /// [`MapFault`], whose source names line and column.
    pub fn parse(toml: &str) -> Result<Self, MapFault> {
        Ok(toml::from_str(toml)?)
    }

    /// The grade of a priority.
    pub(super) fn grade(&self, text: Option<&str>, number: Option<&str>) -> Option<Grade> {
        text.and_then(|t| self.priority_text.get(t.trim())).or_else(|| self.priority.get(number?.trim())).copied()
    }

    /// What a status means.
    pub(super) fn unit(&self, status: &str) -> Option<UnitState> {
        let plain: String = status.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        self.unit_status.get(&plain).copied()
    }
}

impl Default for EidoMap {
    /// Defaults of ours, without guidance behind them (D): a force that sends EIDO writes its own table.
    /// DVA and DVNA are the APCO incident types for domestic violence with and without physical force.
    fn default() -> Self {
        use UnitState::{Arrived, Assigned, Left, Nothing};
        let grades = [
            ("10", Grade::Immediate),
            ("9", Grade::Immediate),
            ("8", Grade::Priority),
            ("7", Grade::Priority),
            ("6", Grade::Scheduled),
            ("5", Grade::Scheduled),
            ("4", Grade::Scheduled),
            ("3", Grade::Telephone),
            ("2", Grade::Telephone),
            ("1", Grade::Telephone),
            ("0", Grade::None),
        ];
        let states = [
            ("assigned", Assigned),
            ("dispatched", Assigned),
            ("enroute", Assigned),
            ("responding", Assigned),
            ("staged", Assigned),
            ("arrived", Arrived),
            ("atscene", Arrived),
            ("onscene", Arrived),
            ("available", Left),
            ("availableonscene", Arrived),
            ("cleared", Left),
            ("clear", Left),
            ("inservice", Left),
            ("leftscene", Left),
            ("returning", Left),
            ("notavailable", Nothing),
            ("unavailable", Nothing),
        ];
        Self {
            priority: grades.map(|(number, grade)| (number.to_owned(), grade)).into(),
            priority_text: BTreeMap::new(),
            qualifiers: ["DVA", "DVNA"].map(|code| (code.to_owned(), vec!["DA".to_owned()])).into(),
            unit_status: states.map(|(status, state)| (status.to_owned(), state)).into(),
        }
    }
}
