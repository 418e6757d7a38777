//! `alongside replay`: the desk over recorded messages.

use std::borrow::Cow;
use std::io::{BufRead, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use alongside_desk::Desk;
use alongside_desk::replay::{FlagLine, Replay};
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Policy;
use anyhow::{Context, Result, bail};

use super::{Format, input, instant, period, policy};

/// What `replay` takes.
#[derive(clap::Args)]
pub struct Options {
    /// Files of messages, one a line (.jsonl, also .gz or .zst). All are one feed, in this order.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The policy to judge by, instead of the shipped one.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// Judge by these rules of the policy only, such as T01,T02.
    #[arg(long, value_delimiter = ',', value_name = "RULE,…")]
    rules: Vec<String>,
    /// Stop the clock at this instant (RFC 3339).
    #[arg(long, value_parser = instant)]
    until: Option<Timestamp>,
    /// After the last message let the clock run on by this long (ISO 8601, such as PT2H), so that overdue rules fall due.
    #[arg(long, value_parser = period)]
    settle: Option<Period>,
    /// How to print the flags.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Runs the command: 0, or 2 with every faulty line named; good lines are always run.
pub fn run(options: &Options) -> Result<ExitCode> {
    let policy = policy::read(options.policy.as_deref()).and_then(|policy| only(policy, &options.rules))?;
    let desk = Desk::new(Arc::new(policy), policy::lexicon()?);
    let mut replay = Replay::new(desk, options.until);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut number = 0;
    let mut starts = Vec::new();
    for path in &options.files {
        starts.push((number, path));
        let mut reader = input::open(path)?;
        let mut line = Vec::new();
        loop {
            line.clear();
            let read =
                reader.read_until(b'\n', &mut line).with_context(|| format!("cannot read {}", path.display()))?;
            if read == 0 {
                break;
            }
            number += 1;
            // Reading it as it stands is much faster than reading it leniently, and nearly every line is right.
            let text = std::str::from_utf8(&line).map_or_else(|_| String::from_utf8_lossy(&line), Cow::Borrowed);
            replay.line(number, &text);
            print(&mut out, &replay.drain(), options.format)?;
        }
    }
    replay.finish(options.settle.unwrap_or(Period::ZERO));
    print(&mut out, &replay.drain(), options.format)?;
    out.flush()?;
    for fault in replay.faults() {
        let (start, path) = starts.iter().rev().find(|(start, _)| *start < fault.line).copied().unwrap_or(starts[0]);
        for one in &fault.faults {
            eprintln!("{}:{}: {} {}", path.display(), fault.line - start, one.pointer, one.what);
        }
    }
    let code = if replay.faults().is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) };
    // The process ends here: nobody gains by giving back millions of small pieces of memory one by one.
    std::mem::forget(replay);
    Ok(code)
}

/// `policy` with nothing but `rules`, or as it is when none is named.
fn only(mut policy: Policy, rules: &[String]) -> Result<Policy> {
    if let Some(unknown) = rules.iter().find(|id| policy.rules.iter().all(|rule| *rule.id != ***id)) {
        bail!("the policy has no rule {unknown}");
    }
    policy.rules.retain(|rule| rules.is_empty() || rules.iter().any(|id| *rule.id == **id));
    Ok(policy)
}

fn print(out: &mut impl Write, lines: &[FlagLine], format: Format) -> Result<()> {
    for line in lines {
        match format {
            Format::Jsonl => {
                serde_json::to_writer(&mut *out, line)?;
                writeln!(out)?;
            }
            Format::Text => {
                let evidence: Vec<&str> = line.evidence.iter().map(|e| &**e).collect();
                writeln!(
                    out,
                    "{} {:<7} {} {} {} {}: {} [{}]",
                    line.at,
                    line.flag,
                    line.rule,
                    line.severity.name(),
                    line.incident.as_deref().unwrap_or("-"),
                    line.victim.as_deref().unwrap_or("-"),
                    line.reason,
                    evidence.join(" ")
                )?;
            }
        }
    }
    Ok(())
}
