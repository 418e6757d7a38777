//! The stages of `cargo xtask test` and `cargo xtask check`, as two tables. Every stage runs even when an earlier one
//! failed, so that one run shows everything that is wrong.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use crate::report::{Found, Report, Tally};
use crate::run::{cargo, run as start};
use crate::{assets, browser, cargo_test, fuzz, optional, tidy, valgrind};

/// One thing that is checked.
pub struct Stage {
    /// How it is named on the command line.
    name: &'static str,
    title: &'static str,
    run: fn(&Path) -> Result<Found>,
}

const FORMAT: Stage = Stage { name: "format", title: "Format", run: format };
const TIDY: Stage = Stage { name: "tidy", title: "House rules", run: tidy::check };
const LINTS: Stage = Stage { name: "lints", title: "Lints", run: lints };
const RUST: Stage = Stage { name: "rust", title: "Rust tests", run: cargo_test::run };
const FUZZ: Stage = Stage { name: "fuzz", title: "A minute of fuzzing", run: fuzz::minute };
const PACKET: Stage = Stage { name: "packet", title: "What a packet costs", run: valgrind::keep };
const ASSETS: Stage = Stage { name: "assets", title: "Assets", run: built_assets };
const BROWSER: Stage = Stage { name: "browser", title: "Browser tests", run: browser::test };
const LICENCES: Stage = Stage { name: "licences", title: "Licences and sources", run: optional::licences };
const UNUSED: Stage = Stage { name: "unused", title: "Unused dependencies", run: optional::unused };
const SPELLING: Stage = Stage { name: "spelling", title: "Spelling", run: optional::spelling };

/// What CI runs. The assets come before the Rust tests because the pages under test embed them.
pub const TEST: &[Stage] = &[FORMAT, TIDY, LINTS, ASSETS, RUST, PACKET, FUZZ, BROWSER];

/// What is quick, and what needs tools that take minutes to install.
pub const CHECK: &[Stage] = &[FORMAT, TIDY, LINTS, LICENCES, UNUSED, SPELLING];

/// The names of `stages`, for the command line.
pub fn names(stages: &'static [Stage]) -> PossibleValuesParser {
    PossibleValuesParser::new(stages.iter().map(|stage| stage.name))
}

/// Runs those of `stages` that are `wanted` (all when none is), in the order of the table.
pub fn run(root: &Path, stages: &[Stage], wanted: &[String]) -> ExitCode {
    let mut report = Report::default();
    for stage in stages.iter().filter(|stage| wanted.is_empty() || wanted.iter().any(|name| name == stage.name)) {
        report.stage(stage.title, || (stage.run)(root));
    }
    report.close()
}

fn format(root: &Path) -> Result<Found> {
    start(cargo(root, &["fmt", "--all", "--check"]))?;
    Ok(Found::Ran(Tally::default()))
}

fn lints(root: &Path) -> Result<Found> {
    start(cargo(root, &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    Ok(Found::Ran(Tally::default()))
}

fn built_assets(root: &Path) -> Result<Found> {
    assets::build(root)?;
    Ok(Found::Ran(Tally::default()))
}
