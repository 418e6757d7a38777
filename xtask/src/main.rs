//! The project's chores, behind one door: `cargo xtask`.
//!
//! - `demo`: everything that a fresh machine needs to watch a synthetic night ([`demo`]).
//! - `test`: what CI runs, stage by stage ([`stage`]); `check`: the quick stages, and the tools that are optional.
//! - `bench`: the figures, on the release build ([`bench`]).
//! - `endure`: the same for hours ([`endure`]).
//! - `assets`: the pages' style sheets and scripts ([`assets`]).
//!
//! # Invariants
//! - What CI runs, anyone can run: `.ci/run` calls `cargo xtask test` and nothing else.
//! - A stage is never skipped silently: it passes, it fails, or (only in `check`) it says what to install.
//! - Nothing here is part of the product: no product crate may import this one, and it imports none of them.

mod assets;
mod bench;
mod browser;
mod cargo_test;
mod debian;
mod demo;
mod endure;
mod fuzz;
mod npm;
mod optional;
mod report;
mod run;
mod stage;
mod tidy;
mod tool;
mod valgrind;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's chores, behind one door")]
struct Door {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build everything and play a live synthetic night in the browser
    Demo(demo::Demo),
    /// Run everything that CI runs, or only the stages named
    Test {
        /// Stages, in the order in which they run; all when none is named
        #[arg(value_parser = stage::names(stage::TEST))]
        stages: Vec<String>,
    },
    /// Run the quick checks, and licences, unused dependencies and spelling where their tools are installed
    Check,
    /// Measure what the product does, on the release build, and print a table
    Bench(bench::Bench),
    /// Do for hours what CI does for a minute: kills, laws over generated nights, fuzzing
    Endure(endure::Endure),
    /// Build the style sheets and scripts that the pages embed
    Assets,
}

fn main() -> ExitCode {
    let door = Door::parse();
    match carry_out(door.chore) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(chore: Chore) -> Result<ExitCode> {
    let root = root()?;
    match chore {
        Chore::Demo(demo) => demo.run(&root),
        Chore::Test { stages } => Ok(stage::run(&root, stage::TEST, &stages)),
        Chore::Check => Ok(stage::run(&root, stage::CHECK, &[])),
        Chore::Bench(bench) => bench.run(&root),
        Chore::Endure(endure) => endure.run(&root),
        Chore::Assets => assets::build(&root).map(|()| ExitCode::SUCCESS),
    }
}

/// The folder of the repository: cargo says where this package lies, and the workspace is one step up.
fn root() -> Result<PathBuf> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").context("start this through cargo: cargo xtask ...")?;
    let root = PathBuf::from(package).parent().map(PathBuf::from);
    root.context("the xtask folder has no folder above it")
}
