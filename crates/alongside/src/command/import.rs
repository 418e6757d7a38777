//! `alongside import`: recorded messages and CSV extracts into a data folder.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use alongside_desk::message::read_line;
use alongside_feeds::csv::{ExtractMap, dry_run, import};
use alongside_node::{Line, Node, SystemClock};
use anyhow::{Context, Result, bail};

use super::{input, policy, progress};

/// What `import` takes.
#[derive(clap::Args)]
pub struct Options {
    /// Messages one a line (.jsonl, also .gz or .zst); or, with --map, CSV extracts.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How the columns of a CSV extract become messages (see docs/feeds.md).
    #[arg(long)]
    map: Option<PathBuf>,
    /// Print the messages that a CSV extract would make, and every faulty line; load nothing.
    #[arg(long, requires = "map")]
    dry_run: bool,
    /// The data folder.
    #[arg(long, env = "ALONGSIDE_DATA", required_unless_present = "dry_run")]
    data: Option<PathBuf>,
    /// The feed's name, within which message ids are unique.
    #[arg(long, default_value = "import")]
    feed: String,
    /// The policy to judge by, instead of the shipped one.
    #[arg(long)]
    policy: Option<PathBuf>,
}

/// Runs the command: 0, or 2 with every faulty line named; good lines are always loaded.
///
/// # Errors
/// When a file or the data folder cannot be used.
pub fn run(options: &Options) -> Result<ExitCode> {
    let map = match &options.map {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            Some(ExtractMap::parse(&text).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?)
        }
        None => None,
    };
    let mut faulty = 0;
    if let (true, Some(map)) = (options.dry_run, &map) {
        for path in &options.files {
            let rows = import(input::open(path)?, map, |_| {})?;
            let summary = dry_run(rows, &mut std::io::stdout().lock(), &mut std::io::stderr().lock())?;
            faulty += summary.faults;
        }
        return Ok(code(faulty));
    }
    let Some(data) = &options.data else { bail!("say --data FOLDER") };
    let node = open(data, options.policy.as_deref())?;
    for path in &options.files {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let bar = progress::counter(&name);
        let mut faults = Vec::new();
        let report = match &map {
            Some(map) => {
                let rows = import(input::open(path)?, map, |_| {})?;
                let lines = rows.filter_map(|row| match row {
                    Ok(row) => {
                        Some(Line { number: row.line, raw: row.value.to_string().into(), message: row.read.message })
                    }
                    Err(fault) => {
                        faults.push(fault.to_string());
                        None
                    }
                });
                node.import(&options.feed, lines, &mut |p| bar.set_position(p.lines))
            }
            None => {
                let lines = lines(path, &mut faults)?;
                node.import(&options.feed, lines, &mut |p| bar.set_position(p.lines))
            }
        };
        bar.finish_and_clear();
        let report = report.with_context(|| format!("{name} could not be loaded whole"))?;
        println!(
            "{name}: {} new, {} here before, {} not taken",
            report.taken,
            report.duplicates,
            report.refused + faults.len() as u64
        );
        for fault in &faults {
            eprintln!("{name}: {fault}");
        }
        for fault in &report.faults {
            eprintln!("{name}:{}: {} {}", fault.line, fault.fault.pointer, fault.fault.what);
        }
        faulty += report.refused + faults.len() as u64;
    }
    node.shutdown();
    Ok(code(faulty))
}

fn code(faulty: u64) -> ExitCode {
    if faulty == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

/// Opens a data folder with a policy file, or with the shipped policy.
fn open(data: &Path, policy_file: Option<&Path>) -> Result<Node> {
    let text = policy::policy(policy_file)?.text.to_string();
    super::serve::open_node(data, &text, Arc::new(SystemClock))
}

/// The messages of a file, line by line; what cannot be read goes to `faults`.
fn lines<'a>(path: &Path, faults: &'a mut Vec<String>) -> Result<impl Iterator<Item = Line> + 'a> {
    let mut number = 0;
    Ok(input::open(path)?.lines().filter_map(move |line| {
        number += 1;
        let line = match line {
            Ok(line) if line.trim().is_empty() => return None,
            Ok(line) => line,
            Err(_) => {
                faults.push(format!("{number}: cannot be read as UTF-8 text"));
                return None;
            }
        };
        match read_line(&line) {
            Ok(read) => Some(Line { number, raw: line.as_str().into(), message: read.message }),
            Err(found) => {
                faults.extend(found.iter().map(|f| format!("{number}: {} {}", f.pointer, f.what)));
                None
            }
        }
    }))
}
