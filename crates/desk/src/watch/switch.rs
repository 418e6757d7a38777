//! Rules that are switched off, tried silently, or live; and what those tried silently would have raised.
//!
//! A switch never closes or withdraws anything: what was raised stands until a person disposes of it, and the record goes on
//! answering it. It says only what may be raised from now on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::flag::{Raised, Severity, Subject};
use crate::event::Actor;
use crate::stamp::IncidentId;
use crate::time::Timestamp;

/// How a rule runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It raises flags.
    #[default]
    Live,
    /// What it would raise is counted and shown on its own page alone.
    Shadow,
    /// It raises nothing.
    Off,
}

/// A person's word that a rule runs so from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// How.
    pub mode: Mode,
    /// Whose word.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The entry that holds the reason.
    pub words: u64,
}

/// What a rule on trial would have raised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shadow {
    /// When.
    pub at: Timestamp,
    /// How severe.
    pub severity: Severity,
    /// On what.
    pub subject: Subject,
    /// The incident that it would have concerned.
    pub incident: Option<IncidentId>,
}

/// Every switch and every shadow.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Switches {
    of: BTreeMap<Arc<str>, Vec<Switch>>,
    shadows: BTreeMap<Arc<str>, Vec<Shadow>>,
    cast: BTreeSet<(Arc<str>, Subject, Arc<str>)>,
}

impl Switches {
    /// How a rule runs now.
    pub fn mode(&self, rule: &str) -> Mode {
        if self.of.is_empty() {
            return Mode::Live;
        }
        self.of(rule).last().map(|switch| switch.mode).unwrap_or_default()
    }

    /// Every switch of a rule, the oldest first.
    pub fn of(&self, rule: &str) -> &[Switch] {
        self.of.get(rule).map_or(&[], Vec::as_slice)
    }

    /// What a rule would have raised while it was tried silently, the oldest first.
    pub fn shadows(&self, rule: &str) -> &[Shadow] {
        self.shadows.get(rule).map_or(&[], Vec::as_slice)
    }

    /// Whether a rule on trial has already said that it would have raised this.
    pub(super) fn is_cast(&self, rule: &Arc<str>, subject: Subject, episode: &Arc<str>) -> bool {
        self.cast.contains(&(rule.clone(), subject, episode.clone()))
    }

    pub(crate) fn switch(&mut self, rule: &Arc<str>, switch: Switch) {
        self.of.entry(rule.clone()).or_default().push(switch);
    }

    pub(crate) fn cast(&mut self, raised: &Raised, at: Timestamp) {
        if self.cast.insert((raised.rule.clone(), raised.subject, raised.episode.clone())) {
            let (severity, subject, incident) = (raised.severity, raised.subject, raised.incident);
            self.shadows.entry(raised.rule.clone()).or_default().push(Shadow { at, severity, subject, incident });
        }
    }
}
