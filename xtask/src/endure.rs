//! `cargo xtask endure`: what CI does for a minute, done for hours. For a night before a release, or for a machine that is idle.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::fuzz;
use crate::report::{Found, Report, Tally};
use crate::run::{cargo, run};

/// What `endure` may be told.
#[derive(Args)]
pub struct Endure {
    /// Stages, in the order in which they run; all when none is named
    #[arg(value_parser = PossibleValuesParser::new(STAGES.iter().map(|stage| stage.name)))]
    stages: Vec<String>,
    /// A tenth of everything, to see that it runs
    #[arg(long)]
    quick: bool,
    /// What kills, nights and inputs follow from; drawn from the clock unless given, and printed
    #[arg(long)]
    seed: Option<u64>,
}

/// How much a run does.
struct Extent {
    seed: u64,
    /// Kill runs: each is up to four lives of a node.
    kills: u64,
    /// Generated nights for each law.
    nights: u64,
    /// Seconds of fuzzing for each parser.
    seconds: u64,
    /// Calls that a switch records, from their first message to their last.
    calls: u64,
}

struct Stage {
    name: &'static str,
    title: &'static str,
    run: fn(&Path, &Extent) -> Result<Found>,
}

const STAGES: &[Stage] = &[
    Stage { name: "kills", title: "Killed at seeded points", run: kills },
    Stage { name: "laws", title: "The laws over generated nights", run: laws },
    Stage { name: "calls", title: "Calls recorded at speed, and what is left of them", run: calls },
    Stage { name: "fuzz", title: "Fuzzing, parser by parser", run: fuzzing },
];

impl Endure {
    /// Runs the stages and sums them up.
    ///
    /// # Errors
    /// When the clock cannot be read.
    pub fn run(&self, root: &Path) -> Result<ExitCode> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).context("the clock is wrong")?;
        let seed = self.seed.unwrap_or(now.as_secs() % 1_000_000);
        let extent = if self.quick {
            Extent { seed, kills: 20, nights: 1_000, seconds: 60, calls: 10_000 }
        } else {
            Extent { seed, kills: 200, nights: 10_000, seconds: 600, calls: 100_000 }
        };
        println!("seed {seed} (again with: cargo xtask endure --seed {seed})");
        let mut report = Report::default();
        let wanted = |stage: &&Stage| self.stages.is_empty() || self.stages.iter().any(|name| name == stage.name);
        for stage in STAGES.iter().filter(wanted) {
            report.stage(stage.title, || (stage.run)(root, &extent));
        }
        Ok(report.close())
    }
}

/// `kill -9`, as near as a process can do it to itself: at seeded points between deciding, appending, committing and answering.
fn kills(root: &Path, extent: &Extent) -> Result<Found> {
    let mut test = cargo(root, &["test", "--workspace", "--test", "kills", "--", "--nocapture"]);
    test.env("ALONGSIDE_KILLS", extent.kills.to_string()).env("ALONGSIDE_KILLS_FROM", extent.seed.to_string());
    run(test)?;
    Ok(Found::Ran(Tally { passed: extent.kills, failed: 0 }))
}

/// Every law of the desk and of the journal, each over so many generated histories.
fn laws(root: &Path, extent: &Extent) -> Result<Found> {
    for (test, filter) in [("desk", "laws::"), ("gapless", "the_sequence_has_no_gap")] {
        let mut test = cargo(root, &["test", "--workspace", "--test", test, "--", filter]);
        let seed = extent.seed.to_string();
        test.env("ALONGSIDE_NIGHTS", extent.nights.to_string()).env("ALONGSIDE_NIGHTS_SEED", seed);
        run(test)?;
    }
    Ok(Found::Ran(Tally { passed: extent.nights, failed: 0 }))
}

/// Calls by real messages and real audio, plain and protected: nothing is left of them, in memory least of all.
fn calls(root: &Path, extent: &Extent) -> Result<Found> {
    let mut test = cargo(root, &["test", "--workspace", "--test", "soak", "--", "--nocapture"]);
    test.env("ALONGSIDE_CALLS", extent.calls.to_string());
    run(test)?;
    Ok(Found::Ran(Tally { passed: extent.calls, failed: 0 }))
}

fn fuzzing(root: &Path, extent: &Extent) -> Result<Found> {
    fuzz::each(root, extent.seconds, extent.seed)?;
    Ok(Found::Ran(Tally::default()))
}
