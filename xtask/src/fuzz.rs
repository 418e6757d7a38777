//! Mutated input for every parser of outside input, for a bounded time. The seed is printed with the inputs of each parser; a
//! finding is written under `target/fuzz/found`, with the line that runs it again.

use std::path::Path;

use anyhow::Result;

use crate::report::{Found, Tally};
use crate::run::{build_tested, command, run};

/// One minute over all parsers together, from a seed that is new each time.
///
/// # Errors
/// When a parser fails on an input.
pub fn minute(root: &Path) -> Result<Found> {
    fuzz(root, &["--seconds", "60"])?;
    Ok(Found::Ran(Tally::default()))
}

/// So many seconds for each parser.
///
/// # Errors
/// When a parser fails on an input.
pub fn each(root: &Path, seconds: u64, seed: u64) -> Result<()> {
    fuzz(root, &["--each", &seconds.to_string(), "--seed", &seed.to_string()])
}

fn fuzz(root: &Path, options: &[&str]) -> Result<()> {
    let fuzzer = build_tested(root)?.join("examples/fuzz");
    run(command(root, &fuzzer.to_string_lossy(), options))
}
