//! Checks whose tools take minutes to install: they run where the tool is there, and say plainly where it is not.

use std::path::Path;

use anyhow::Result;

use crate::report::{Found, Tally};
use crate::run::{cargo, command, run};
use crate::tool::is_there;

/// Licences, banned crates and sources. Known faults (`cargo deny check advisories`) need a network that many machines
/// do not have, so they are asked for by hand.
pub fn licences(root: &Path) -> Result<Found> {
    if !is_there("cargo", &["deny", "--version"]) {
        return Ok(Found::NotInstalled("cargo install --locked --debug cargo-deny   (about two minutes)"));
    }
    run(cargo(root, &["deny", "--log-level", "warn", "check", "licenses", "bans", "sources"]))?;
    Ok(Found::Ran(Tally::default()))
}

/// Dependencies that no code names.
pub fn unused(root: &Path) -> Result<Found> {
    if !is_there("cargo", &["machete", "--version"]) {
        return Ok(Found::NotInstalled("cargo install --locked --debug cargo-machete   (half a minute)"));
    }
    run(cargo(root, &["machete"]))?;
    Ok(Found::Ran(Tally::default()))
}

/// Spelling, by `_typos.toml`.
pub fn spelling(root: &Path) -> Result<Found> {
    if !is_there("typos", &["--version"]) {
        return Ok(Found::NotInstalled("cargo install --locked --debug typos-cli"));
    }
    run(command::<&str>(root, "typos", &[]))?;
    Ok(Found::Ran(Tally::default()))
}
