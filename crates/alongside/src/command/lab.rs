//! `alongside lab`: a policy tried on a data folder's own past.

use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use alongside_desk::lab::{ByWord, Report, RuleLine, Workload};
use alongside_desk::review::{GroupedBy, RECORD_OF, Shown};
use alongside_desk::time::Timestamp;
use alongside_node::try_policy;
use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Format, instant, policy, progress};
use alongside_journal::{Read as _, SqliteReader};

/// What `lab` takes.
#[derive(clap::Args)]
pub struct Options {
    /// The data folder. It may be in use; nothing is written.
    #[arg(long, env = "ALONGSIDE_DATA")]
    data: PathBuf,
    /// The policy to try, instead of the shipped one.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// Only what was known from this instant on (RFC 3339); a year back from the journal's end, unless given.
    #[arg(long, value_parser = instant)]
    from: Option<Timestamp>,
    /// How to print what it came to.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Runs the command. Ctrl-C ends it at once; nothing is half done by that.
///
/// # Errors
/// When the policy has mistakes, each with line and column, or the folder cannot be read.
pub fn run(options: &Options) -> Result<ExitCode> {
    let policy = policy::read(options.policy.as_deref())?;
    let reader = SqliteReader::open(&options.data).context("the journal cannot be opened")?;
    let last = reader.last_seq().context("the journal cannot be read")?;
    let end = reader.read_one(last).context("the journal cannot be read")?.map(|entry| entry.known).unwrap_or_default();
    let from = options.from.unwrap_or_else(|| end.minus(RECORD_OF));
    let bar = progress::bar("Entries", last.0);
    let report = try_policy(&reader, policy, super::policy::lexicon()?, from, &mut |at| {
        bar.set_position(at.done.0);
        ControlFlow::Continue(())
    })
    .context("the journal cannot be folded")?;
    bar.finish_and_clear();
    if let Some(report) = report {
        let mut out = BufWriter::new(std::io::stdout().lock());
        match options.format {
            Format::Text => text(&mut out, &report)?,
            Format::Jsonl => jsonl(&mut out, &report)?,
        }
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text(out: &mut impl Write, report: &Report) -> Result<()> {
    writeln!(out, "{} to {}\n", report.from, report.until)?;
    writeln!(
        out,
        "{:<6}{:>8}{:>8}{:>8}{:>8}{:>8}   {:<34}{:<34}",
        "rule", "was", "would", "same", "sooner", "later", "no longer raised", "raised anew"
    )?;
    for line in report.rules.iter().filter(|line| line.was + line.would > 0) {
        let RuleLine { rule, was, would, both, sooner, later, dropped, new, .. } = line;
        writeln!(
            out,
            "{rule:<6}{was:>8}{would:>8}{both:>8}{sooner:>8}{later:>8}   {:<34}{:<34}",
            words(dropped),
            words(new)
        )?;
    }
    writeln!(
        out,
        "\nno longer raised: by what people said of the flag; raised anew: by how they ended the review of its log"
    )?;
    for (name, load) in [("was", &report.was), ("would", &report.would)] {
        let Workload { flags, urgent, shifts, middle, most } = load;
        writeln!(
            out,
            "{name:<6}{flags} flags, {urgent} of them S1; {shifts} shifts, {middle} flags in the middle one, {most} in the fullest"
        )?;
    }
    for (by, lines) in &report.groups {
        writeln!(out, "\n{}", by_name(*by))?;
        for line in lines {
            writeln!(out, "  {:<24}{:>8}{:>8}", line.name, shown(line.was), shown(line.would))?;
        }
    }
    Ok(())
}

/// `12: 3 missed, 2 in hand, 6 aside, 1 unsaid`
fn words(by: &ByWord) -> String {
    if by.all() == 0 {
        return "-".to_owned();
    }
    let parts = [(by.confirmed, "confirmed"), (by.in_hand, "in hand"), (by.set_aside, "aside"), (by.unsaid, "unsaid")];
    let said = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    format!("{}: {}", by.all(), said.collect::<Vec<_>>().join(", "))
}

const fn by_name(by: GroupedBy) -> &'static str {
    match by {
        GroupedBy::Sex => "by sex",
        GroupedBy::Age => "by age",
        GroupedBy::Ethnicity => "by ethnicity",
    }
}

fn shown(number: Shown) -> String {
    match number {
        Shown::Number(number) => number.to_string(),
        Shown::Hidden => "hidden".to_owned(),
    }
}

fn jsonl(out: &mut impl Write, report: &Report) -> Result<()> {
    let by = |by: &ByWord| json!({ "confirmed": by.confirmed, "in_hand": by.in_hand, "set_aside": by.set_aside, "unsaid": by.unsaid });
    let load = |load: &Workload| json!({ "flags": load.flags, "s1": load.urgent, "shifts": load.shifts, "middle": load.middle, "most": load.most });
    let hidden = |number: Shown| match number {
        Shown::Number(number) => Value::from(number),
        Shown::Hidden => Value::Null,
    };
    let span =
        json!({ "from": report.from, "until": report.until, "was": load(&report.was), "would": load(&report.would) });
    writeln!(out, "{span}")?;
    for line in &report.rules {
        let line = json!({
            "rule": line.rule, "was": line.was, "would": line.would, "same": line.both, "sooner": line.sooner,
            "later": line.later, "severer": line.severer, "milder": line.milder, "no_longer": by(&line.dropped), "anew": by(&line.new),
        });
        writeln!(out, "{line}")?;
    }
    for (grouped, lines) in &report.groups {
        for line in lines {
            let line = json!({ "group": by_name(*grouped), "name": line.name, "was": hidden(line.was), "would": hidden(line.would) });
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}
