//! `alongside link`: the linker over a force's own records, so that it can be judged before it is trusted.
//!
//! Invariants: nothing is kept and nothing is joined; the weights are those that the desk uses, unless other settings are
//! asked for; a line that cannot be read is named and the others are run.

mod label;
mod record;
mod score;
#[cfg(test)]
mod tests;
mod train;

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use alongside_desk::person::linker::{Class, Features, FeaturesInput, Index, Match, RecordKey, Settings};
use anyhow::{Context, Result};
use serde::Serialize;

use self::label::Labels;
use self::record::Record;
use self::score::{Found, Score, Summary};
use super::{Format, progress};

/// What `link` takes.
#[derive(clap::Args)]
pub struct Options {
    /// The records to search: a `person` of the feed's contract and an `id` on each line (.jsonl), or in columns (.csv);
    /// also .gz or .zst.
    persons: PathBuf,
    /// The people to look up, in the same form. The same file again finds its duplicates: no record is its own match.
    queries: PathBuf,
    /// Who is who: columns `query` and `person` (.csv or .jsonl); `person` is empty for somebody who is not in the records.
    /// Every further column makes a table.
    #[arg(long)]
    labels: Option<PathBuf>,
    /// The linker's settings, instead of the built-in ones.
    #[arg(long)]
    settings: Option<PathBuf>,
    /// Learn weights from these records and write them to this file as settings, instead of looking anybody up: from the
    /// labels where there are any, else without.
    #[arg(long, value_name = "FILE")]
    train: Option<PathBuf>,
    /// At most so many candidates for each.
    #[arg(long, default_value_t = 10)]
    limit: usize,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// One answer, as printed.
#[derive(Serialize)]
struct Answer<'a> {
    query: &'a str,
    /// How long the look-up took, in microseconds.
    took_us: f64,
    candidates: Vec<Candidate<'a>>,
}

#[derive(Serialize)]
struct Candidate<'a> {
    person: &'a str,
    /// `same` for an equal force reference, which is identity and no match.
    class: &'static str,
    /// In bits; 0 is as likely as not.
    weight: Option<f64>,
    probability: f64,
    reasons: Vec<Reason>,
}

#[derive(Serialize)]
struct Reason {
    field: &'static str,
    agreement: &'static str,
    /// In bits; below zero it speaks against.
    weight: Option<f64>,
}

/// Runs the command: 0, or 2 with every faulty line named; good lines are always run.
///
/// # Errors
/// When a file cannot be read at all, or nothing can be written.
pub fn run(options: &Options) -> Result<ExitCode> {
    let (_, faults) = link(options, &mut BufWriter::new(std::io::stdout().lock()))?;
    Ok(if faults == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Does the work. Returns the figures, unless weights were to be learned, and how many lines were faulty.
fn link(options: &Options, out: &mut impl Write) -> Result<(Option<Summary>, usize)> {
    let settings = match &options.settings {
        None => Settings::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            Settings::from_toml(&text).with_context(|| format!("cannot use {}", path.display()))?
        }
    };
    let mut faults = 0;
    let is_one_file = options.persons == options.queries;
    let mut labels = options.labels.as_deref().map(|path| Labels::read(path, &mut faults)).transpose()?;
    if let Some(labels) = labels.as_mut().filter(|_| is_one_file) {
        labels.mirror();
    }
    let persons = read(&options.persons, "Persons", &mut faults)?;
    let queries = if is_one_file { Vec::new() } else { read(&options.queries, "Queries", &mut faults)? };
    let queries = if is_one_file { &persons } else { &queries };
    if let Some(path) = &options.train {
        let learned = learn(&settings, &persons, queries, labels.as_ref(), is_one_file);
        let text = toml::to_string(&learned).context("cannot write the settings down")?;
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        return Ok((None, faults));
    }
    let mut score = Score::new(labels);

    let mut index = Index::new(settings);
    let bar = progress::bar("Indexing", persons.len() as u64);
    for (record, number) in persons.iter().zip(0..) {
        let started = Instant::now();
        index.insert(RecordKey(number), &features(record));
        score.inserted(started.elapsed());
        bar.inc(1);
    }
    bar.finish_and_clear();

    let bar = progress::bar("Looking up", queries.len() as u64);
    for (query, number) in queries.iter().zip(0..) {
        let own = is_one_file.then_some(RecordKey(number));
        let started = Instant::now();
        let features = features(query);
        let same: Vec<RecordKey> = index.identical(&features).filter(|key| Some(*key) != own).collect();
        let matches = match own {
            Some(key) => index.candidates_of(key, options.limit),
            None => index.candidates(&features, options.limit),
        };
        let took = started.elapsed();
        let name = |key: RecordKey| persons.get(key.0 as usize).map_or("", |p| p.id.as_str());
        let mut candidates: Vec<Candidate<'_>> = same.iter().map(|key| Candidate::same(name(*key))).collect();
        candidates.extend(matches.iter().map(|m| Candidate::matched(name(m.key), m)));
        candidates.truncate(options.limit.max(same.len()));
        let found: Vec<Found<'_>> =
            candidates.iter().map(|c| Found { person: c.person, probability: c.probability }).collect();
        score.looked_up(&query.id, &found, took);
        let answer = Answer { query: &query.id, took_us: took.as_nanos() as f64 / 1000.0, candidates };
        print(out, &answer, options.format)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let summary = score.summary(persons.len(), &index.settings().version());
    match options.format {
        Format::Jsonl => {
            serde_json::to_writer(&mut *out, &serde_json::json!({ "summary": summary }))?;
            writeln!(out)?;
        }
        Format::Text => write!(out, "{summary}")?,
    }
    out.flush()?;
    Ok((Some(summary), faults))
}

/// Settings learned from the records and the queries among them. Force references are left out: records with the same one
/// are the very pairs that tell how often one person's records differ in everything else.
fn learn(
    settings: &Settings,
    persons: &[Record],
    queries: &[Record],
    labels: Option<&Labels>,
    is_one_file: bool,
) -> Settings {
    let mut index = Index::new(train::gathering(settings));
    for (record, number) in persons.iter().zip(0..) {
        index.insert(RecordKey(number), &unreferenced(record));
    }
    let bar = progress::bar("Comparing", queries.len() as u64);
    let (mut asked, mut pairs) = (Vec::new(), Vec::new());
    for (query, number) in queries.iter().zip(0..) {
        let features = unreferenced(query);
        let label = labels.and_then(|l| l.of(&query.id));
        let same = |key: RecordKey| {
            let person = persons.get(key.0 as usize)?;
            label.map(|label| label.persons.contains(&person.id))
        };
        pairs.extend(train::pairs(&index, &features, is_one_file.then_some(RecordKey(number)), same));
        asked.push(features);
        bar.inc(1);
    }
    bar.finish_and_clear();
    train::learn(settings, &index, &asked, &pairs)
}

fn unreferenced(record: &Record) -> Features {
    Features::new(&FeaturesInput { reference: None, ..FeaturesInput::from(&record.person) })
}

fn features(record: &Record) -> Features {
    Features::new(&FeaturesInput::from(&record.person))
}

fn read(path: &Path, what: &str, faults: &mut usize) -> Result<Vec<Record>> {
    let bar = progress::counter(what);
    let mut records = Vec::new();
    record::read(
        path,
        &mut |record| {
            records.push(record);
            bar.inc(1);
        },
        faults,
    )?;
    bar.finish_and_clear();
    Ok(records)
}

impl<'a> Candidate<'a> {
    fn same(person: &'a str) -> Self {
        let reasons = vec![Reason { field: "force reference", agreement: "the same", weight: None }];
        Self { person, class: "same", weight: None, probability: 1.0, reasons }
    }

    fn matched(person: &'a str, found: &Match) -> Self {
        let reason = |e: &alongside_desk::person::linker::FieldEvidence| Reason {
            field: e.field.words(),
            agreement: e.agreement.words(),
            weight: Some(bits(e.weight)),
        };
        Self {
            person,
            class: match found.class {
                Class::Sure => "sure",
                Class::Likely => "likely",
                Class::No => "no",
            },
            weight: Some(bits(found.weight)),
            probability: f64::from(found.probability_ppm) / 1_000_000.0,
            reasons: found.evidence.iter().map(reason).collect(),
        }
    }
}

/// Hundredths of a bit as bits.
fn bits(weight: i32) -> f64 {
    f64::from(weight) / 100.0
}

fn print(out: &mut impl Write, answer: &Answer<'_>, format: Format) -> Result<()> {
    if format == Format::Jsonl {
        serde_json::to_writer(&mut *out, answer)?;
        writeln!(out)?;
        return Ok(());
    }
    if answer.candidates.is_empty() {
        writeln!(out, "{}: nobody ({:.0} µs)", answer.query, answer.took_us)?;
    }
    for c in &answer.candidates {
        let reason = |r: &Reason| match r.weight {
            Some(weight) => format!("{} {} {weight:+.1}", r.field, r.agreement),
            None => format!("{} {}", r.field, r.agreement),
        };
        let reasons: Vec<String> = c.reasons.iter().map(reason).collect();
        let weight = c.weight.map_or_else(String::new, |w| format!(" {w:+.1}"));
        writeln!(
            out,
            "{}: {} {} {:.4}{weight}: {} ({:.0} µs)",
            answer.query,
            c.person,
            c.class,
            c.probability,
            reasons.join(", "),
            answer.took_us
        )?;
    }
    Ok(())
}
