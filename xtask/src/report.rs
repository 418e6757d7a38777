//! What a run of stages says: a heading before each, a line for each at the end, and the closing sum.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// How many tests passed and failed. A stage that is one check alone counts no test when it passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, flaky ones among them: a test that passes only sometimes has failed.
    pub failed: u64,
}

/// How a stage ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Passed,
    Failed,
    /// Its tool is not installed; only optional stages may end so.
    Skipped,
}

/// What a stage found, when nothing stopped it.
pub enum Found {
    /// It ran.
    Ran(Tally),
    /// Its tool is not installed; the text says how to get it.
    NotInstalled(&'static str),
}

/// Collects the stages of one run.
#[derive(Default)]
pub struct Report {
    tally: Tally,
    stages: Vec<(&'static str, Ending, Duration)>,
}

impl Report {
    /// Runs one stage under its heading.
    pub fn stage(&mut self, title: &'static str, work: impl FnOnce() -> Result<Found>) {
        println!("\n== {title}");
        let start = Instant::now();
        let ending = match work() {
            Ok(Found::Ran(tally)) => {
                self.tally.passed += tally.passed;
                self.tally.failed += tally.failed;
                if tally.failed == 0 { Ending::Passed } else { Ending::Failed }
            }
            Ok(Found::NotInstalled(how)) => {
                println!("skipped: not installed. To get it: {how}");
                Ending::Skipped
            }
            Err(error) => {
                println!("failed: {error:#}");
                self.tally.failed += 1;
                Ending::Failed
            }
        };
        self.stages.push((title, ending, start.elapsed()));
    }

    /// Prints how each stage ended, and as the last line the sum of the tests (a stage that could not run, or that is
    /// one check alone and failed, counts as one failure).
    pub fn close(self) -> ExitCode {
        println!("\n== Summary");
        for (title, ending, took) in &self.stages {
            let word = match ending {
                Ending::Passed => "ok",
                Ending::Failed => "FAILED",
                Ending::Skipped => "skipped",
            };
            println!("{word:>8}  {:>6.1} s  {title}", took.as_secs_f64());
        }
        println!("\n{} passed, {} failed", self.tally.passed, self.tally.failed);
        if self.tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
