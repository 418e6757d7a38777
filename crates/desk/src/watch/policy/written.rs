//! A rule's conditions as the policy has them, for people to read.

use std::sync::Arc;

use super::compile::RuleFile;

/// A rule's conditions as the policy has them.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// When it is so.
    pub when: Arc<str>,
    /// Unless this is so.
    pub unless: Option<Arc<str>>,
    /// From when its clock runs.
    pub from: Arc<str>,
    /// What answers it.
    pub answered: Arc<str>,
    /// Its steps, in order.
    pub steps: Vec<WrittenStep>,
    /// The sentence that it shows, with its facts in braces.
    pub says: Arc<str>,
}

/// One step of a rule.
#[derive(Clone, Debug)]
pub struct WrittenStep {
    /// `S1`, `S2` or `S3`.
    pub severity: Arc<str>,
    /// On what condition; on none where nothing is said.
    pub when: Option<Arc<str>>,
    /// When it comes; at once where nothing is said.
    pub due: Option<Arc<str>>,
}

impl Written {
    pub(super) fn of(file: &RuleFile) -> Self {
        let text = |written: &toml::Spanned<String>| Arc::from(written.get_ref().as_str());
        let step = |step: &super::compile::StepFile| WrittenStep {
            severity: text(&step.severity),
            when: step.when.as_ref().map(text),
            due: step.due.as_ref().map(text),
        };
        Self {
            when: text(&file.when),
            unless: file.unless.as_ref().map(text),
            from: text(&file.from),
            answered: text(&file.answered),
            steps: file.steps.iter().map(step).collect(),
            says: text(&file.says),
        }
    }
}
