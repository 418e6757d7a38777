//! Why a row is here, in one line.

use super::Running;
use super::history::History;
use crate::state::State;
use crate::watch::{Flag, Standing};

/// Rules named in one line, at most.
const NAMED: usize = 3;

/// Of open flags: one speaks for itself; several are named, the most severe first, with what joins them.
pub(super) fn open(state: &State, flags: &[&Flag], history: &History) -> String {
    if let [only] = flags
        && !history.is_linked()
    {
        return only.now.reason.to_string();
    }
    let mut parts: Vec<String> = Vec::new();
    for flag in flags {
        let name = state.policy.rule(&flag.now.rule).map_or_else(|| flag.now.rule.to_string(), |r| r.name.to_string());
        let name = if parts.is_empty() { name } else { lower_first(&name) };
        if parts.len() < NAMED && !parts.iter().any(|p| p.eq_ignore_ascii_case(&name)) {
            parts.push(name);
        }
    }
    if history.contacts_tonight > 1 && history.seen == Some(false) {
        parts.push("she has not been seen".to_owned());
    }
    if history.is_linked() {
        let how =
            if history.leans { "earlier reports linked if she is the same" } else { "earlier reports now linked" };
        parts.push(how.to_owned());
    }
    parts.join("; ")
}

/// Of flags of which none is open: what the first was, and what became of it.
pub(super) fn answered(state: &State, flag: &Flag) -> String {
    let name = state.policy.rule(&flag.now.rule).map_or_else(|| flag.now.rule.to_string(), |r| r.name.to_string());
    match &flag.standing {
        Standing::Open => name,
        Standing::Answered { how, .. } => format!("{name}; answered: {how}"),
        Standing::Withdrawn { why, .. } => format!("{name}; withdrawn: {why}"),
    }
}

/// Of a clock that has run most of its period.
pub(super) fn due(state: &State, clock: &Running) -> String {
    let name = state.policy.rule(&clock.rule).map_or_else(|| clock.rule.to_string(), |r| lower_first(&r.name));
    format!("Coming due: {name}")
}

/// The first letter small, unless the word is an abbreviation or a quotation.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}
