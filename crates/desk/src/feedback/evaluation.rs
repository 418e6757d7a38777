//! How a call was evaluated, and where two who did it alone came apart.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::form::{Form, Part};
use super::{Feedbacks, OfCall};
use crate::event::Actor;
use crate::review::Note;
use crate::stamp::CallId;

/// One person's evaluation of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The version of the form.
    pub form: Arc<str>,
    /// For each part its step from 0; nothing where it cannot be said.
    pub steps: BTreeMap<Arc<str>, Option<u8>>,
    /// Who, when, and the entry of their words.
    pub said: Note,
}

/// Evaluations of one call that were made alone, side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calibration<'a> {
    /// At least two, in the order in which they came to stand.
    pub evaluations: Vec<&'a Evaluation>,
    /// Part for part.
    pub parts: Vec<Apart<'a>>,
    /// Whether one was made by another version of the form, whose steps may not mean the same.
    pub mixed: bool,
}

/// A part of the form as each of them said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart<'a> {
    /// The part.
    pub part: &'a Part,
    /// The step of each; nothing where they said that it cannot be said, or their form did not ask.
    pub steps: Vec<Option<u8>>,
    /// How many steps lie between the lowest and the highest; nothing where fewer than two gave one.
    pub by: Option<u8>,
    /// Whether one gave a step where another said that it cannot be said.
    pub unlike: bool,
}

impl OfCall {
    /// In place of one's own before.
    pub(super) fn evaluate(&mut self, evaluation: Evaluation) {
        self.evaluations.retain(|one| one.said.by != evaluation.said.by);
        self.evaluations.push(evaluation);
    }
}

impl Feedbacks {
    /// How many evaluations of a call stand. A count says nothing of what they say.
    pub fn evaluated(&self, call: CallId) -> usize {
        self.evaluations(call).len()
    }

    /// Whether somebody's evaluation of a call stands.
    pub fn has_evaluated(&self, call: CallId, who: &Actor) -> bool {
        self.evaluation(call, who).is_some()
    }

    /// Somebody's own evaluation of a call.
    pub fn evaluation(&self, call: CallId, who: &Actor) -> Option<&Evaluation> {
        self.evaluations(call).iter().find(|one| one.said.by == *who)
    }

    /// The evaluations of a call side by side, for somebody: nothing before two stand, and for whoever evaluates calls nothing
    /// before their own is one of them.
    pub fn calibration<'a>(&'a self, call: CallId, form: &'a Form, alone: Option<&Actor>) -> Option<Calibration<'a>> {
        let evaluations: Vec<&Evaluation> = self.evaluations(call).iter().collect();
        if evaluations.len() < 2 || alone.is_some_and(|who| !self.has_evaluated(call, who)) {
            return None;
        }
        let parts = form.parts.iter().map(|part| Apart::of(part, &evaluations)).collect();
        let mixed = evaluations.iter().any(|one| one.form != form.version);
        Some(Calibration { evaluations, parts, mixed })
    }

    fn evaluations(&self, call: CallId) -> &[Evaluation] {
        self.of.get(&call).map_or(&[], |of| &of.evaluations)
    }
}

impl<'a> Apart<'a> {
    fn of(part: &'a Part, evaluations: &[&Evaluation]) -> Self {
        let steps: Vec<Option<u8>> =
            evaluations.iter().map(|one| one.steps.get(&part.key).copied().flatten()).collect();
        let given: Vec<u8> = steps.iter().copied().flatten().collect();
        let by = given.iter().max().zip(given.iter().min()).filter(|_| given.len() > 1).map(|(high, low)| high - low);
        Self { part, by, unlike: !given.is_empty() && given.len() < steps.len(), steps }
    }

    /// Whether they came apart at all.
    pub fn is_apart(&self) -> bool {
        self.unlike || self.by.is_some_and(|by| by > 0)
    }
}
