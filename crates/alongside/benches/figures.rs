//! The figures that no command of the product gives by itself: `cargo xtask bench` runs this and gathers what it prints.
//!
//! `figures NAME FILE`: one measurement over the messages of a file, printed as one line of JSON. `--count N` takes so many
//! messages; an instruction count is the difference of two such runs.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alongside_desk::message::{Body, Person, read_line};
use alongside_desk::person::linker::{Features, FeaturesInput, Index, RecordKey, Settings};
use alongside_desk::replay::Replay;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Policy;
use alongside_desk::watch::lexicon::{LEXICON, Lexicon};
use alongside_desk::{Actor, Command, Desk, queue};
use alongside_journal::{ActorId, NewEntry, SourceId, SqliteStore, Store as _, StreamId};
use anyhow::{Context, Result, bail};
use clap::Parser;
use serde_json::{Value, json};

#[derive(Parser)]
struct Options {
    /// Which measurement
    name: String,
    /// Messages, one a line
    file: PathBuf,
    /// How many messages at most
    #[arg(long, default_value_t = 200_000)]
    count: usize,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// What was measured: so many things in so long.
struct Measured {
    count: usize,
    took: Took,
    /// The same work by somebody else, in the same run, block by block in turn.
    peer: Option<(&'static str, Took)>,
    note: String,
}

#[derive(Clone, Copy, Default)]
struct Took {
    wall: Duration,
    cpu: Duration,
}

type Measure = fn(&[String]) -> Result<Measured>;

const MEASUREMENTS: &[(&str, Measure)] = &[
    ("parse", parse),
    ("words", words),
    ("append-one", append_one),
    ("append-group", append_group),
    ("link", link),
    ("queue", order),
    ("judge", judge),
];

fn main() -> Result<()> {
    let options = Options::parse();
    let file = File::open(&options.file).with_context(|| format!("cannot open {}", options.file.display()))?;
    let lines: Vec<String> = BufReader::new(file).lines().take(options.count).collect::<std::io::Result<_>>()?;
    let Some((_, measure)) = MEASUREMENTS.iter().find(|(name, _)| *name == options.name) else {
        bail!("no such measurement");
    };
    let measured = measure(&lines)?;
    let took = |took: Took| json!({ "wall_s": took.wall.as_secs_f64(), "cpu_s": took.cpu.as_secs_f64() });
    let peer: Option<Value> = measured.peer.map(|(name, other)| {
        let mut value = took(other);
        value["name"] = json!(name);
        value
    });
    let mut line = took(measured.took);
    line["count"] = json!(measured.count);
    line["note"] = json!(measured.note);
    line["peer"] = json!(peer);
    println!("{line}");
    Ok(())
}

/// What every thread of this process has run on a processor so far.
fn cpu() -> Duration {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return Duration::ZERO };
    let ran = tasks.flatten().filter_map(|task| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(ran.sum())
}

fn timed<T>(work: impl FnOnce() -> T) -> (Took, T) {
    let (start, cpu_before) = (Instant::now(), cpu());
    let value = work();
    (Took { wall: start.elapsed(), cpu: cpu().saturating_sub(cpu_before) }, value)
}

impl std::ops::AddAssign for Took {
    fn add_assign(&mut self, other: Self) {
        self.wall += other.wall;
        self.cpu += other.cpu;
    }
}

fn alone(count: usize, took: Took, note: impl Into<String>) -> Measured {
    Measured { count, took, peer: None, note: note.into() }
}

/// Text to typed message, every fault looked for.
fn parse(lines: &[String]) -> Result<Measured> {
    let (took, good) = timed(|| lines.iter().filter(|line| black_box(read_line(line)).is_ok()).count());
    if good != lines.len() {
        bail!("{} of {} lines were read", good, lines.len());
    }
    let bytes: usize = lines.iter().map(String::len).sum();
    Ok(alone(lines.len(), took, format!("{} bytes a message", bytes / lines.len().max(1))))
}

/// The lexicon over every text.
fn words(lines: &[String]) -> Result<Measured> {
    let lexicon = lexicon()?;
    let texts: Vec<String> =
        messages(lines).filter_map(|message| message.body.text().map(|(_, text)| text.to_owned())).collect();
    let (took, signs) = timed(|| {
        let mut signs = Vec::new();
        texts.iter().for_each(|text| lexicon.scan(text, &mut signs));
        signs.len()
    });
    let bytes: usize = texts.iter().map(String::len).sum();
    Ok(alone(texts.len(), took, format!("{} bytes a text, {signs} signs", bytes / texts.len().max(1))))
}

/// A durable append of one entry at a time, beside a plain insert with the same durability.
fn append_one(lines: &[String]) -> Result<Measured> {
    append(lines, 2_000, 1)
}

/// A durable append of a thousand at a time, as an import or a busy minute makes them, beside the same of plain rows.
fn append_group(lines: &[String]) -> Result<Measured> {
    append(lines, 100_000, 1_000)
}

fn append(lines: &[String], most: usize, together: usize) -> Result<Measured> {
    let lines = &lines[..most.min(lines.len())];
    let (ours, plain) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut store = SqliteStore::open(ours.path())?;
    let mut peer = rusqlite::Connection::open(plain.path().join("plain.sqlite"))?;
    peer.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    peer.pragma_update(None, "synchronous", "full")?;
    peer.pragma_update(None, "cache_size", -65_536)?;
    peer.pragma_update_and_check(None, "wal_autocheckpoint", 4096, |_| Ok(()))?;
    peer.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, source BLOB UNIQUE, body BLOB)", [])?;
    let (mut took, mut peer_took) = (Took::default(), Took::default());
    for (number, batch) in lines.chunks(together).enumerate() {
        let entries: Vec<NewEntry> =
            batch.iter().enumerate().map(|(n, line)| entry(number * together + n, line)).collect();
        let (one, taken) = timed(|| store.append(&entries));
        taken?;
        took += one;
        let (other, inserted) = timed(|| insert(&mut peer, &entries));
        inserted?;
        peer_took += other;
    }
    let peer = Some(("plain SQLite", peer_took));
    Ok(Measured { count: lines.len(), took, peer, note: format!("{together} in a commit, synced") })
}

fn entry(number: usize, line: &str) -> NewEntry {
    let at = Timestamp::from_ms(1_776_366_000_000);
    let number = number as u128;
    // Source ids are keyed hashes, so their order is random.
    let source = number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    NewEntry {
        stream: StreamId(1 + number / 12),
        at,
        known: at,
        received: at,
        actor: ActorId::new("feed:1"),
        kind: "taken".into(),
        version: 1,
        source: Some(SourceId(source.to_be_bytes())),
        expected: None,
        payload: line.as_bytes().to_vec(),
    }
}

fn insert(peer: &mut rusqlite::Connection, entries: &[NewEntry]) -> rusqlite::Result<()> {
    let transaction = peer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut insert = transaction.prepare_cached("INSERT INTO entry (source, body) VALUES (?1, ?2)")?;
        for entry in entries {
            let source = entry.source.as_ref().map(|source| source.0);
            insert.execute(rusqlite::params![source, entry.payload])?;
        }
    }
    transaction.commit()
}

/// One record against the index of all before it: who it may be.
fn link(lines: &[String]) -> Result<Measured> {
    let people: Vec<Person> = messages(lines)
        .filter_map(|message| match message.body {
            Body::Involved { person, .. } => Some(person),
            _ => None,
        })
        .collect();
    let features: Vec<Features> =
        people.iter().map(|person| Features::new(&FeaturesInput::from(person))).filter(|f| !f.is_empty()).collect();
    let mut index = Index::new(Settings::default());
    for (key, features) in (0..).zip(&features) {
        index.insert(RecordKey(key), features);
    }
    let looked_up: Vec<&Features> = features.iter().step_by((features.len() / 2_000).max(1)).collect();
    let (took, found) =
        timed(|| looked_up.iter().map(|features| black_box(index.candidates(features, 10)).len()).sum::<usize>());
    Ok(alone(looked_up.len(), took, format!("{} records in the index, {found} candidates", index.len())))
}

/// The whole queue put in order.
fn order(lines: &[String]) -> Result<Measured> {
    let desk = desk(lines)?;
    let now = desk.state().clock;
    let times = 50;
    let (took, rows) =
        timed(|| (0..times).map(|_| black_box(queue::queue(&desk, now, None)).rows.len()).max().unwrap_or(0));
    Ok(alone(times, took, format!("{rows} rows")))
}

/// Every rule over every incident that is still open, as after a start.
fn judge(lines: &[String]) -> Result<Measured> {
    let desk = desk(lines)?;
    let (state, lexicon) = (desk.state().clone(), lexicon()?);
    let (incidents, now) = (state.incidents.len(), state.clock);
    let desk = Desk::from_state(state, lexicon);
    let (took, events) = timed(|| desk.decide(&Command::Wake, &Actor::desk(), now).map_or(0, |events| events.len()));
    Ok(alone(incidents, took, format!("{} rules, {events} new events", desk.state().policy.rules.len())))
}

fn desk(lines: &[String]) -> Result<Desk> {
    let mut replay = Replay::new(Desk::new(Arc::new(Policy::shipped()), lexicon()?), None);
    for (number, line) in (1..).zip(lines) {
        replay.line(number, line);
        drop(replay.drain());
    }
    replay.finish(Period::ZERO);
    let state = replay.desk().state().clone();
    Ok(Desk::from_state(state, lexicon()?))
}

fn lexicon() -> Result<Arc<Lexicon>> {
    let read = Lexicon::parse(LEXICON);
    read.map(Arc::new).map_err(|problems| anyhow::anyhow!("the lexicon has {} mistakes", problems.len()))
}

fn messages(lines: &[String]) -> impl Iterator<Item = alongside_desk::message::Message> + '_ {
    lines.iter().filter_map(|line| read_line(line).ok()).map(|read| read.message)
}
