//! The policy and the lexicon that a command runs with.

use std::path::Path;
use std::sync::Arc;

use alongside_desk::watch::lexicon::{LEXICON, Lexicon, Problem};
use alongside_desk::watch::{POLICY, Policy};
use anyhow::{Context, Result, anyhow};

/// The policy of a file, or the one the project ships.
///
/// # Errors
/// Every mistake, with line and column.
pub fn policy(path: Option<&Path>) -> Result<Arc<Policy>> {
    read(path).map(Arc::new)
}

/// The same, for a command that has something to change in it.
///
/// # Errors
/// Every mistake, with line and column.
pub fn read(path: Option<&Path>) -> Result<Policy> {
    let (name, text) = match path {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            (path.display().to_string(), text)
        }
        None => ("the shipped policy".to_owned(), POLICY.to_owned()),
    };
    Policy::parse(&text).map_err(|problems| told(&name, &problems))
}

/// The lexicon the project ships.
///
/// # Errors
/// Every mistake, with line and column.
pub fn lexicon() -> Result<Arc<Lexicon>> {
    Lexicon::parse(LEXICON).map(Arc::new).map_err(|problems| told("the shipped lexicon", &problems))
}

fn told(name: &str, problems: &[Problem]) -> anyhow::Error {
    let lines: Vec<String> =
        problems.iter().map(|p| format!("{name}:{}:{}: {}", p.line, p.column, p.message)).collect();
    anyhow!("{}", lines.join("\n"))
}
