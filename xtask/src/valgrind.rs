//! Instructions that a program runs, as valgrind counts them: no busy machine changes them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::report::{Found, Tally};
use crate::run::{cargo, run, target};
use crate::{bench, debian, tool};

/// A packet on its way to one listener ran 3,394 of them on 2026-11-27, with the crates of this project built as for the tests
/// (`opt-level` 1), on a processor with AES instructions. A quarter more is a change that somebody should have meant.
const MOST_A_PACKET: u64 = 4_200;

/// Packets that are counted: enough that what happens once in a while counts as much as it does in a call.
const PACKETS: u64 = 12_000;

/// All that a program runs.
///
/// # Errors
/// When it cannot be counted.
pub fn counted(program: &Command) -> Result<u64> {
    count(program, &["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
}

/// What one packet runs on its way to one listener, from where it is taken to where it is ready to be sent: by the measuring
/// program of the media crate.
///
/// # Errors
/// When it cannot be counted.
pub fn a_packet(media: &Path) -> Result<u64> {
    let mut forward = Command::new(media);
    forward.args(["forward", &PACKETS.to_string()]);
    let within = ["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*Forwarder::heard*"];
    Ok(count(&forward, &within)? / PACKETS)
}

/// The stage of the tests: what a packet costs is kept.
///
/// # Errors
/// When valgrind is missing and may not be installed, when nothing can be counted, and when a packet costs more.
pub fn keep(root: &Path) -> Result<Found> {
    if !tool::is_there("valgrind", &["--version"]) {
        debian::install(root, "valgrind", &["valgrind"])?;
    }
    run(cargo(root, &["build", "--workspace", "--bench", "media"]))?;
    let each = a_packet(&bench::program(&target(root).join("debug/deps"), "media")?)?;
    println!("a packet to a listener: {each} instructions, {MOST_A_PACKET} at most");
    if each > MOST_A_PACKET {
        bail!("a packet costs more than it did");
    }
    Ok(Found::Ran(Tally::default()))
}

fn count(program: &Command, how: &[&str]) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(how)
        .arg(program.get_program())
        .args(program.get_args())
        .output()
        .context("cannot start valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        bail!("what is counted ended with {}: {said}", output.status);
    }
    refs(&said).with_context(|| format!("valgrind counted nothing: {said}"))
}

/// Reads `==1== I refs:        1,234`.
fn refs(said: &str) -> Option<u64> {
    let line = said.lines().find_map(|line| line.split_once("refs:").map(|(_, count)| count))?;
    line.trim().replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::refs;

    #[test]
    fn valgrinds_count_is_read() {
        assert_eq!(refs("==7== Command: x\n==7== I   refs:      1,234,567\n"), Some(1_234_567));
        assert_eq!(refs("==7== nothing"), None);
    }
}
