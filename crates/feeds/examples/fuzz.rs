//! Throws mutated input at every parser for a while: `cargo xtask test fuzz` for a minute in all, `cargo xtask endure fuzz` for
//! ten minutes a parser.
//!
//! The work is done by a child, so that even a stack that overflows is caught: before each input the child writes its number
//! to a file, and an input follows from seed and number alone. A finding is written as a file and ends the run with 1.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime};

use alongside_feeds::fuzz::{TARGETS, Target, mutated};
use clap::Parser;

/// An input that is not answered after so long is a finding: a parser must not be held up by what it is sent.
const TOO_LONG: Duration = Duration::from_secs(20);

/// The parsers of what a switch sends.
static SIPREC: LazyLock<Vec<Target>> = LazyLock::new(|| {
    alongside_media::siprec::fuzz::TARGETS.iter().map(|&(name, run, seeds)| Target { name, run, seeds }).collect()
});

#[derive(Parser)]
struct Options {
    /// For how long in all, shared evenly by the parsers
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// For how long for each parser, instead
    #[arg(long, value_name = "SECONDS", conflicts_with = "seconds")]
    each: Option<u64>,
    /// Only these parsers
    #[arg(long = "parser", value_name = "NAME")]
    parsers: Vec<String>,
    /// What every input follows from; drawn from the clock unless given
    #[arg(long)]
    seed: Option<u64>,
    /// Where a finding is written
    #[arg(long, default_value = "target/fuzz/found")]
    found: PathBuf,
    /// Run a finding again through the one parser named
    #[arg(long, value_name = "FILE")]
    again: Option<PathBuf>,
    /// Write the good inputs of each parser into a folder of its name, for another fuzzer to begin from
    #[arg(long, value_name = "DIR")]
    write_seeds: Option<PathBuf>,
    /// Print the parsers' names
    #[arg(long)]
    list: bool,
    /// The child's work: note each number here
    #[arg(long, hide = true)]
    note: Option<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match carry_out(&options) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(options: &Options) -> std::io::Result<ExitCode> {
    let wanted = |target: &&Target| options.parsers.is_empty() || options.parsers.iter().any(|p| p == target.name);
    let targets: Vec<&Target> = TARGETS.iter().chain(&*SIPREC).filter(wanted).collect();
    if targets.is_empty() {
        eprintln!("error: no such parser");
        return Ok(ExitCode::FAILURE);
    }
    if options.list {
        targets.iter().for_each(|target| println!("{}", target.name));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(folder) = &options.write_seeds {
        return write_seeds(folder, &targets).map(|()| ExitCode::SUCCESS);
    }
    if let Some(path) = &options.again {
        let data = fs::read(path)?;
        targets.iter().for_each(|target| (target.run)(&data));
        return Ok(ExitCode::SUCCESS);
    }
    let shared = Duration::from_secs(options.seconds) / u32::try_from(targets.len()).unwrap_or(1);
    let time = options.each.map_or(shared, Duration::from_secs);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seed = options.seed.unwrap_or_else(|| u64::from(now.subsec_nanos()) ^ now.as_secs());
    if let Some(note) = &options.note {
        return child(targets[0], seed, time, note).map(|()| ExitCode::SUCCESS);
    }
    println!("seed {seed}, {:.1} s a parser", time.as_secs_f64());
    let mut findings = 0;
    for target in targets {
        match watch(target, seed, time)? {
            Ended::Well { done, took } => {
                println!("{:>9}: {done:>9} inputs, {:>8.0} a second", target.name, done as f64 / took.as_secs_f64());
            }
            Ended::Found { number } => {
                findings += 1;
                fs::create_dir_all(&options.found)?;
                let path = options.found.join(format!("{}-{seed}-{number}", target.name));
                fs::write(&path, mutated(target, seed, number))?;
                println!("{:>9}: FAILED at input {number}, written to {}", target.name, path.display());
                println!(
                    "           again: cargo run -p alongside-feeds --example fuzz -- --parser {} --again {}",
                    target.name,
                    path.display()
                );
            }
        }
    }
    Ok(if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

enum Ended {
    Well { done: u64, took: Duration },
    Found { number: u64 },
}

/// Starts a child for one parser and sees how it ends.
fn watch(target: &Target, seed: u64, time: Duration) -> std::io::Result<Ended> {
    let note = std::env::temp_dir().join(format!("alongside-fuzz-{}-{}", std::process::id(), target.name));
    fs::write(&note, u64::MAX.to_le_bytes())?;
    let start = Instant::now();
    let status = Command::new(std::env::current_exe()?)
        .args(["--parser", target.name, "--seed", &seed.to_string(), "--each", &time.as_secs().max(1).to_string()])
        .arg("--note")
        .arg(&note)
        .status()?;
    let took = start.elapsed();
    let last = fs::read(&note)?;
    fs::remove_file(&note)?;
    let last = last.try_into().map_or(u64::MAX, u64::from_le_bytes);
    if last == u64::MAX {
        return Err(std::io::Error::other(format!("{}: the child made no input: {status}", target.name)));
    }
    Ok(if status.success() { Ended::Well { done: last + 1, took } } else { Ended::Found { number: last } })
}

/// Runs one parser until the time is over; ends badly at the first finding, with its number noted.
fn child(target: &'static Target, seed: u64, time: Duration, note: &Path) -> std::io::Result<()> {
    let note = File::options().write(true).open(note)?;
    let start = Instant::now();
    let begun_ms = Arc::new(AtomicU64::new(0));
    let watched = Arc::clone(&begun_ms);
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(TOO_LONG / 10);
            let begun = Duration::from_millis(watched.load(Ordering::Relaxed));
            if start.elapsed().saturating_sub(begun) > TOO_LONG {
                eprintln!("an input is not answered after {} s", TOO_LONG.as_secs());
                std::process::abort();
            }
        }
    });
    for number in 0_u64.. {
        let elapsed = start.elapsed();
        // One input at least, so that a run that does nothing is never a run that finds nothing.
        if number > 0 && elapsed >= time {
            break;
        }
        begun_ms.store(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        note.write_all_at(&number.to_le_bytes(), 0)?;
        (target.run)(&mutated(target, seed, number));
    }
    Ok(())
}

fn write_seeds(folder: &Path, targets: &[&Target]) -> std::io::Result<()> {
    for target in targets {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder)?;
        for (number, seed) in target.seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), seed)?;
        }
    }
    Ok(())
}
