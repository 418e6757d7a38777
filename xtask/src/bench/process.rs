//! A program run to its end, with the processor time and the memory that it took, as Linux tells them.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::figure::Run;
use crate::run::line;

/// How often the memory is looked at: the peak is the system's own, so the last look is near enough.
const LOOK: Duration = Duration::from_millis(10);

/// How long a program may take to end after it was told to.
const GIVEN_UP: Duration = Duration::from_mins(1);

/// Runs `command` to its end; `ok` are the exit codes that are fine.
///
/// # Errors
/// When it cannot be started, or ends in another way.
pub fn measure(mut command: Command, count: u64, ok: &[i32]) -> Result<Run> {
    let says = line(&command);
    let before = children_cpu();
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start `{says}`"))?;
    let mut peak_mib = None;
    let status = loop {
        peak_mib = peak(&child).or(peak_mib);
        match child.try_wait().context("a child cannot be waited for")? {
            Some(status) => break status,
            None => std::thread::sleep(LOOK),
        }
    };
    let wall_s = start.elapsed().as_secs_f64();
    if !status.code().is_some_and(|code| ok.contains(&code)) {
        bail!("`{says}` ended with {status}");
    }
    Ok(Run { count, wall_s, cpu_s: children_cpu() - before, peak_mib, peer: None })
}

/// Runs `command` until it has printed a line that begins with `word`, then asks it to end and waits for that.
///
/// # Errors
/// When it cannot be started, or ends before it has said so.
pub fn until_it_says(mut command: Command, word: &str) -> Result<Run> {
    let says = line(&command);
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{says}`"))?;
    let output = child.stdout.take().context("its output is not to be had")?;
    let mut said = false;
    for line in BufReader::new(output).lines() {
        if line.context("its output broke off")?.starts_with(word) {
            said = true;
            break;
        }
    }
    let (wall_s, cpu_s, peak_mib) = (start.elapsed().as_secs_f64(), cpu(&child), peak(&child));
    let stopped = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    let status = child.wait().context("a child cannot be waited for")?;
    if !said || !stopped.is_ok_and(|kill| kill.success()) {
        bail!("`{says}` never said `{word}`: {status}");
    }
    Ok(Run { count: 1, wall_s, cpu_s, peak_mib, peer: None })
}

/// Runs `command` for so long, then interrupts it as Ctrl-C does, and measures from there until it has ended.
///
/// # Errors
/// When it cannot be started, or ends before.
pub fn until_it_ends(mut command: Command, after: Duration) -> Result<Run> {
    let says = line(&command);
    let mut child = command.spawn().with_context(|| format!("cannot start `{says}`"))?;
    std::thread::sleep(after);
    if let Some(status) = child.try_wait().context("a child cannot be waited for")? {
        bail!("`{says}` ended by itself with {status}");
    }
    let (peak_mib, start) = (peak(&child), Instant::now());
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    if !told.is_ok_and(|kill| kill.success()) {
        let _ = child.kill();
        bail!("`{says}` cannot be interrupted");
    }
    while child.try_wait().context("a child cannot be waited for")?.is_none() {
        if start.elapsed() > GIVEN_UP {
            let _ = child.kill();
            bail!("`{says}` does not end when it is interrupted");
        }
        std::thread::sleep(LOOK);
    }
    Ok(Run { count: 1, wall_s: start.elapsed().as_secs_f64(), cpu_s: 0.0, peak_mib, peer: None })
}

fn proc(child: &Child, file: &str) -> Option<String> {
    std::fs::read_to_string(PathBuf::from("/proc").join(child.id().to_string()).join(file)).ok()
}

/// The most memory that it has held, in MiB.
fn peak(child: &Child) -> Option<f64> {
    let status = proc(child, "status")?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    kib.trim().strip_suffix("kB")?.trim().parse::<f64>().ok().map(|kib| kib / 1024.0)
}

/// What it has run on a processor so far, in seconds.
fn cpu(child: &Child) -> f64 {
    proc(child, "stat").map_or(f64::NAN, |stat| ticks(&stat, 11..13))
}

/// What every child that has been waited for ran on a processor, in seconds.
fn children_cpu() -> f64 {
    std::fs::read_to_string("/proc/self/stat").map_or(f64::NAN, |stat| ticks(&stat, 13..15))
}

/// The sum of some fields of a `stat` file, counted from behind the program's name. Linux counts a hundred ticks a second.
fn ticks(stat: &str, fields: std::ops::Range<usize>) -> f64 {
    let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let words = rest.split(' ').skip(fields.start).take(fields.len());
    words.filter_map(|word| word.parse::<f64>().ok()).sum::<f64>() / 100.0
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn processor_time_is_read_from_behind_a_name_with_blanks_and_brackets() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 25 75 20 0";
        assert_eq!(ticks(stat, 11..13), 2.0);
        assert_eq!(ticks(stat, 13..15), 1.0);
    }
}
