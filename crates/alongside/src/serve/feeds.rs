//! The tokens of a data folder: a small file of grants, which holds hashes only.

use std::io::Write;
use std::path::{Path, PathBuf};

use alongside_feeds::intake::FeedId;
use alongside_feeds::token::{Grant, Scope, Token, Tokens};
use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Line {
    feed: String,
    force: String,
    administer: bool,
    sha256: String,
}

fn file(folder: &Path) -> PathBuf {
    folder.join("feed-tokens.jsonl")
}

/// The grants of a folder; none when there is no file.
///
/// # Errors
/// When the file cannot be read, or a line is no grant.
pub fn tokens(folder: &Path) -> Result<Tokens> {
    let tokens = Tokens::default();
    let text = match std::fs::read_to_string(file(folder)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(tokens),
        Err(error) => return Err(error).context("cannot read the feed tokens"),
    };
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let line: Line = serde_json::from_str(line).context("a line of the feed tokens is no grant")?;
        let feed =
            FeedId::parse(&line.feed).ok_or_else(|| anyhow!("a feed's name in the feed tokens cannot be used"))?;
        let scope = if line.administer { Scope::Administer } else { Scope::Send };
        tokens.grant(Grant { feed, force: line.force, scope, sha256: line.sha256 })?;
    }
    Ok(tokens)
}

/// Grants a token and keeps its hash; returns the token, which nobody can ask for again.
///
/// # Errors
/// When there are no random numbers, or the file cannot be written.
pub fn grant(folder: &Path, feed: &str, force: &str, administer: bool) -> Result<String> {
    FeedId::parse(feed).ok_or_else(|| anyhow!("a feed's name is short, in small letters, digits and dashes"))?;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| anyhow!("no random numbers: {e}"))?;
    let token = Token::from_random(bytes);
    let line = Line { feed: feed.to_owned(), force: force.to_owned(), administer, sha256: token.sha256() };
    let mut out = std::fs::OpenOptions::new().create(true).append(true).open(file(folder))?;
    writeln!(out, "{}", serde_json::to_string(&line)?)?;
    out.sync_all()?;
    Ok(token.reveal().to_owned())
}

/// Takes back every grant of a folder: for a demonstration, whose token lives as long as the process that made it.
///
/// # Errors
/// When the file cannot be removed.
pub fn forget(folder: &Path) -> Result<()> {
    match std::fs::remove_file(file(folder)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).context("cannot remove the feed tokens")
        }
        _ => Ok(()),
    }
}
