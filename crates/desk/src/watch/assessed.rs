//! What an assessment answers, and what came after it.

use std::sync::Arc;

use super::fact::View;
use super::item::Kind;
use crate::incident::Assessment;
use crate::message::{ActKind, Tool};

impl<'a> View<'a> {
    pub(super) fn questions_yes(&self) -> Vec<Arc<str>> {
        let answers = self.assessment().into_iter().flat_map(|a| &a.answers);
        answers.filter(|(_, answer)| self.state.policy.is_yes(answer)).map(|(question, _)| question.clone()).collect()
    }

    fn later_assessments(&self) -> &'a [Assessment] {
        match (&self.item.kind, self.incident()) {
            (Kind::Assessment(n), Some(incident)) => &incident.assessments[n + 1..],
            _ => &[],
        }
    }

    /// Whether a later assessment comes to a higher level, or asks the questions again.
    pub(super) fn reassessed(&self) -> bool {
        let level = self.assessment().and_then(|a| a.level);
        let anew =
            |a: &Assessment| a.level > level || (a.level.is_some() && a.tool != Tool::Thrive && !a.answers.is_empty());
        self.later_assessments().iter().any(anew)
    }

    /// Whether somebody else than the assessor gave a reason since: with another assessment, or in the desk.
    pub(super) fn second_reason(&self) -> bool {
        let (Some(assessment), Some(incident)) = (self.assessment(), self.incident()) else { return false };
        let other = |by: Option<&Arc<str>>| by.is_some() && by != assessment.stamp.by.as_ref();
        let assessed = self.later_assessments().iter().any(|a| a.reasoned && other(a.stamp.by.as_ref()));
        let in_desk = incident.acts.iter().any(|a| {
            a.kind == ActKind::Reasoned
                && a.stamp.at >= assessment.stamp.at
                && a.makes("second_reason")
                && other(a.stamp.by.as_ref())
        });
        assessed || in_desk
    }
}
