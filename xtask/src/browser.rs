//! The browser tests: the real binary, a real Chromium (Debian's), Playwright between them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::report::{Found, Tally};
use crate::run::{self, command};
use crate::{debian, npm};

/// Type-checks and runs `tests/browser`. With `SCREENSHOTS=1` in the environment the pictures in `docs/img` are taken.
///
/// # Errors
/// When Node or Chromium is missing (with the line to type), when the binary does not build, or when a test was left
/// out or none ran.
pub fn test(root: &Path) -> Result<Found> {
    let folder = root.join("tests/browser");
    // The root's packages have the compiler that the pages' own scripts are checked with.
    npm::install(root)?;
    npm::install(&folder)?;
    let chromium = chromium(root)?;
    run::run(command(&folder, "node", &["../../node_modules/typescript/bin/tsc"]))?;
    let binary = run::build_tested(root)?.join("alongside");

    let results = run::target(root).join("browser/results.json");
    if results.exists() {
        std::fs::remove_file(&results).context("the last run's results cannot be removed")?;
    }
    let mut playwright = command(&folder, "node", &["node_modules/@playwright/test/cli.js", "test"]);
    playwright.env("ALONGSIDE", binary).env("CHROMIUM", chromium).env("RESULTS", &results);
    let ended = run::run(playwright);
    let tally = match std::fs::read_to_string(&results) {
        Ok(text) => tally(&text)?,
        Err(_) => return ended.and(Err(anyhow::anyhow!("Playwright left no results"))),
    };
    // A failure that is no test's own (a file that does not load) is in the exit status alone.
    if tally.failed == 0 {
        ended?;
    }
    Ok(Found::Ran(tally))
}

/// The counts in Playwright's JSON report.
fn tally(report: &str) -> Result<Tally> {
    let report: Value = serde_json::from_str(report).context("Playwright's results are not JSON")?;
    let count = |name: &str| report["stats"][name].as_u64().with_context(|| format!("no count of {name} tests"));
    if count("skipped")? > 0 {
        bail!("{} browser tests were skipped; a test runs or does not exist", count("skipped")?);
    }
    let tally = Tally { passed: count("expected")?, failed: count("unexpected")? + count("flaky")? };
    if tally == Tally::default() {
        bail!("no browser test ran");
    }
    Ok(tally)
}

/// Where Chromium is. As root on Debian a missing one is installed.
///
/// # Errors
/// When it is missing and cannot be installed, with the line to type.
pub fn chromium(root: &Path) -> Result<PathBuf> {
    let path = PathBuf::from(std::env::var_os("CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into()));
    if path.exists() {
        return Ok(path);
    }
    debian::install(root, "Chromium", &["chromium", "fonts-liberation"])?;
    if !path.exists() {
        bail!("apt-get installed Chromium, but not at {}", path.display());
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flaky_test_has_failed_and_a_skipped_one_is_refused() {
        let stats =
            |skipped: u64| format!(r#"{{"stats":{{"expected":4,"unexpected":1,"flaky":2,"skipped":{skipped}}}}}"#);
        assert_eq!(tally(&stats(0)).unwrap(), Tally { passed: 4, failed: 3 });
        assert!(tally(&stats(1)).unwrap_err().to_string().contains("1 browser tests were skipped"));
        assert!(tally(r#"{"stats":{"expected":0,"unexpected":0,"flaky":0,"skipped":0}}"#).is_err());
        assert!(tally("{}").is_err());
    }
}
