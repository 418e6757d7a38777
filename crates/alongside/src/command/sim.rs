//! `alongside sim`: the synthetic force as files.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use alongside_desk::time::{Period, Timestamp};
use alongside_sim::{
    Extract, Options as Force, PEOPLE, night, write_history, write_persons, write_queries, write_truth,
};
use anyhow::{Context, Result};

use super::{instant, progress};

/// The instant at which the synthetic force goes live unless another is asked for: a Saturday evening.
pub const LIVE_FROM: &str = "2026-11-14T18:00:00Z";

/// What `sim` takes.
#[derive(clap::Args)]
pub struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Years of domestic abuse reports before the force goes live.
    History(Stretch),
    /// The live feed of a stretch of time.
    Night(Stretch),
    /// What was missed in a stretch of the live feed, and who is who. Never part of the feed.
    Truth(Stretch),
    /// Persons, callers and who is who, for judging the linker: three files in a folder.
    Persons(Persons),
}

#[derive(clap::Args)]
struct Persons {
    /// The seed that everything follows from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// People of the area; one in fifty of them is not in the records.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1_000..=i64::from(PEOPLE)))]
    people: u32,
    /// Callers.
    #[arg(long, default_value_t = 10_000)]
    queries: u32,
    /// Callers, of a hundred, who are not in the records.
    #[arg(long, default_value_t = 18, value_parser = clap::value_parser!(u32).range(0..=100))]
    strangers: u32,
    /// The folder for `persons.jsonl`, `queries.jsonl` and `labels.csv`; it is made when missing.
    #[arg(long)]
    out: PathBuf,
}

#[derive(clap::Args)]
struct Stretch {
    /// The seed that everything follows from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many years of history.
    #[arg(long, default_value_t = 3)]
    years: u32,
    /// When the force goes live.
    #[arg(long, value_parser = instant, default_value = LIVE_FROM)]
    live_from: Timestamp,
    /// From when (a night, its truth); when the force goes live, unless given.
    #[arg(long, value_parser = instant)]
    from: Option<Timestamp>,
    /// For how many hours.
    #[arg(long, default_value_t = 12)]
    hours: i64,
    /// Where to write; `.zst` packs it. Standard output unless given.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Stretch {
    fn force(&self) -> Force {
        Force { years: self.years, ..Force::new(self.seed, self.live_from) }
    }

    fn span(&self) -> (Timestamp, Timestamp) {
        let from = self.from.unwrap_or(self.live_from);
        (from, from.plus(Period::hours(self.hours)))
    }
}

/// Runs the command.
///
/// # Errors
/// When the file cannot be written.
pub fn run(options: &Options) -> Result<ExitCode> {
    match &options.what {
        What::History(stretch) => {
            let bar = progress::counter("History");
            let mut out = open(stretch.out.as_deref())?;
            write_history(&mut out, &stretch.force(), &mut |n| bar.set_position(n))?;
            out.flush()?;
            bar.finish_and_clear();
        }
        What::Night(stretch) => {
            let (from, to) = stretch.span();
            let mut out = open(stretch.out.as_deref())?;
            for due in night(&stretch.force(), from, to) {
                writeln!(out, "{}", due.json)?;
            }
            out.flush()?;
        }
        What::Persons(persons) => {
            let live_from = Timestamp::parse(LIVE_FROM)?;
            let force = Force::new(persons.seed, live_from).force();
            let extract = Extract { people: persons.people, queries: persons.queries, strangers: persons.strangers };
            let folder = &persons.out;
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            let file = |name: &str| open(Some(&folder.join(name)));
            let bar = progress::bar("Persons", u64::from(persons.people));
            let mut out = file("persons.jsonl")?;
            write_persons(&mut out, &force, extract, &mut |n| bar.set_position(n))?;
            out.flush()?;
            bar.finish_and_clear();
            let (mut queries, mut labels) = (file("queries.jsonl")?, file("labels.csv")?);
            write_queries(&mut queries, &mut labels, &force, extract)?;
            queries.flush()?;
            labels.flush()?;
        }
        What::Truth(stretch) => {
            let (from, to) = stretch.span();
            let mut out = open(stretch.out.as_deref())?;
            write_truth(&mut out, &stretch.force(), from, to)?;
            out.flush()?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn open(path: Option<&Path>) -> Result<Box<dyn Write>> {
    let Some(path) = path else { return Ok(Box::new(BufWriter::new(std::io::stdout().lock()))) };
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    if path.extension().is_some_and(|e| e == "zst") {
        return Ok(Box::new(zstd::Encoder::new(file, 3)?.auto_finish()));
    }
    Ok(Box::new(BufWriter::with_capacity(1 << 20, file)))
}
