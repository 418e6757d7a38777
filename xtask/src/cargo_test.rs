//! The Rust tests, counted from what the test harness prints.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::report::{Found, Tally};
use crate::run::cargo;
use crate::{debian, tool};

/// Runs every Rust test of the workspace, passing on what they print.
///
/// # Errors
/// When a program that they drive is missing, when they do not compile, when one was left out, or when none ran.
pub fn run(root: &Path) -> Result<Found> {
    // The switch of the recording server's tests. Asked for its version, it says it and fails.
    if !tool::can_start("sipp") {
        debian::install(root, "sipp", &["sip-tester"])?;
    }
    let mut child = cargo(root, &["test", "--workspace", "--no-fail-fast"])
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let output = child.stdout.take().context("cargo's output is not to be had")?;
    let mut tally = Tally::default();
    let mut ignored = 0;
    for line in BufReader::new(output).lines() {
        let line = line.context("cargo's output broke off")?;
        println!("{line}");
        if let Some(sum) = Sum::parse(&line) {
            tally.passed += sum.passed;
            tally.failed += sum.failed;
            ignored += sum.ignored;
        }
    }
    let status = child.wait().context("cargo cannot be waited for")?;
    if !status.success() && tally.failed == 0 {
        bail!("cargo test ended with {status} and no failed test: something above did not compile or crashed");
    }
    if ignored > 0 {
        bail!("{ignored} tests are ignored; a test runs or does not exist");
    }
    if tally.passed + tally.failed == 0 {
        bail!("no test ran");
    }
    Ok(Found::Ran(tally))
}

/// The closing line of one test binary.
#[derive(Debug, PartialEq, Eq)]
struct Sum {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Sum {
    /// Reads `test result: ok. 3 passed; 0 failed; 0 ignored; ...`; anything else is no sum.
    fn parse(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |word: &str| -> Option<u64> {
            counts.split("; ").find_map(|part| part.strip_suffix(word)?.trim_end().parse().ok())
        };
        Some(Self { passed: count("passed")?, failed: count("failed")?, ignored: count("ignored")? })
    }
}

#[cfg(test)]
mod tests {
    use super::Sum;

    #[test]
    fn a_sum_is_read_from_a_closing_line_alone() {
        let good = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s";
        assert_eq!(Sum::parse(good), Some(Sum { passed: 12, failed: 0, ignored: 1 }));
        let bad = "test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(Sum::parse(bad), Some(Sum { passed: 2, failed: 5, ignored: 0 }));
        assert_eq!(Sum::parse("test message::reads_it ... ok"), None);
        assert_eq!(Sum::parse("running 12 tests"), None);
    }
}
