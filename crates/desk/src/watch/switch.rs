//! Rules that are switched off, tried silently, or live; and what those tried silently would have raised.
//!
//! A switch never closes or withdraws anything: what was raised stands until a person disposes of it, and the record goes on
//! answering it. It says only what may be raised from now on. Whoever switched can take that back for a moment, as any act
//! ([`crate::review::Ask::Undo`]): the rule then runs as it did before, and what it raised meanwhile stands too.

use std::collections::BTreeMap;
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
    /// When first.
    pub at: Timestamp,
    /// How severe it would have become.
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
    /// Each fact that a rule on trial would have raised, and its place in the rule's list.
    cast: BTreeMap<(Arc<str>, Subject, Arc<str>), u32>,
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

    /// Whether a rule on trial has already said that it would have raised this, as severe as this or more.
    pub(super) fn is_cast(&self, rule: &Arc<str>, subject: Subject, episode: &Arc<str>, severity: Severity) -> bool {
        let place = self.cast.get(&(rule.clone(), subject, episode.clone()));
        place.and_then(|&place| self.shadows(rule).get(place as usize)).is_some_and(|cast| cast.severity >= severity)
    }

    pub(crate) fn switch(&mut self, rule: &Arc<str>, switch: Switch) {
        self.of.entry(rule.clone()).or_default().push(switch);
    }

    /// Takes the switch of an entry back: the rule runs as it did before. What it raised meanwhile stands.
    pub(crate) fn take_back(&mut self, rule: &Arc<str>, words: u64) {
        if let Some(list) = self.of.get_mut(rule) {
            list.retain(|switch| switch.words != words);
            if list.is_empty() {
                self.of.remove(rule);
            }
        }
    }

    pub(crate) fn cast(&mut self, raised: &Raised, at: Timestamp) {
        let (severity, subject, incident) = (raised.severity, raised.subject, raised.incident);
        let list = self.shadows.entry(raised.rule.clone()).or_default();
        let next = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let place = *self.cast.entry((raised.rule.clone(), subject, raised.episode.clone())).or_insert(next);
        match list.get_mut(place as usize) {
            Some(cast) => cast.severity = cast.severity.max(severity),
            None => list.push(Shadow { at, severity, subject, incident }),
        }
    }
}
