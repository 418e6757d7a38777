//! What one new person costs against an index of many: `cargo xtask bench link` runs this and gathers what it prints.
//!
//! `linking --people N`: persons of the synthetic force go straight into the index, a million from each of as many areas as it
//! takes; then callers of the first area are looked up, one at a time. Printed is one line of JSON: median, 99th percentile and
//! the longest of look-ups and of insertions in microseconds (from a read person on, so with everything that is made of its
//! names), and the memory of the whole process.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::Instant;

use alongside_desk::message::{Person, read_person};
use alongside_desk::person::linker::{Features, FeaturesInput, Index, RecordKey, Settings};
use alongside_desk::time::Timestamp;
use alongside_sim::{Extract, Options as Force, PEOPLE, write_persons, write_queries};
use anyhow::{Context, Result};
use clap::Parser;
use serde_json::{Value, json};

#[derive(Parser)]
struct Options {
    /// People of the areas; one in fifty of them is not in the records
    #[arg(long, default_value_t = 1_000_000)]
    people: u32,
    /// Callers
    #[arg(long, default_value_t = 20_000)]
    queries: u32,
    /// The first area's seed; the others follow
    #[arg(long, default_value_t = 903)]
    seed: u64,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// Insertions that are timed, of the last.
const TIMED: usize = 100_000;

fn main() -> Result<()> {
    let options = Options::parse();
    let live_from = Timestamp::parse("2026-11-14T18:00:00Z")?;
    let mut index = Index::new(Settings::default());
    let mut inserts_ns: Vec<u64> = Vec::new();
    let started = Instant::now();
    for (area, first) in (0_u64..).zip((0..options.people).step_by(PEOPLE as usize)) {
        let people = PEOPLE.min(options.people - first);
        let is_last = first + people == options.people;
        let force = Force::new(options.seed + area, live_from).force();
        let mut take = |person: &Person| {
            let key = RecordKey(u32::try_from(index.len()).unwrap_or(u32::MAX));
            let begun = Instant::now();
            index.insert(key, &Features::new(&FeaturesInput::from(person)));
            if is_last {
                inserts_ns.push(u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX));
            }
        };
        let mut lines = Lines { area, line: Vec::new(), take: &mut take };
        let extract = Extract { people, queries: 0, strangers: 0 };
        write_persons(&mut lines, &force, extract, &mut |_| ()).context("a person could not be read")?;
    }
    let filled_s = started.elapsed().as_secs_f64();
    let resident = memory("VmRSS:");

    let mut callers = Vec::new();
    let mut take = |person: &Person| callers.push(person.clone());
    let mut lines = Lines { area: 0, line: Vec::new(), take: &mut take };
    let force = Force::new(options.seed, live_from).force();
    let extract = Extract { people: PEOPLE.min(options.people), queries: options.queries, strangers: 18 };
    write_queries(&mut lines, &mut io::sink(), &force, extract).context("a caller could not be read")?;
    let mut looks_ns: Vec<u64> = Vec::new();
    for caller in &callers {
        let begun = Instant::now();
        black_box(index.candidates(&Features::new(&FeaturesInput::from(caller)), 10));
        looks_ns.push(u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    let timed = inserts_ns.split_off(inserts_ns.len().saturating_sub(TIMED));
    let bytes_each = resident.map(|kib| kib * 1024 / (index.len() as u64).max(1));
    println!(
        "{}",
        json!({
            "records": index.len(), "callers": callers.len(), "filled_s": filled_s, "bytes_each": bytes_each,
            "peak_mib": memory("VmHWM:").map(|kib| kib / 1024), "look_up": times(looks_ns), "insert": times(timed),
        })
    );
    Ok(())
}

/// Median, 99th percentile and the longest, in microseconds.
fn times(mut ns: Vec<u64>) -> Value {
    ns.sort_unstable();
    let at = |percent: usize| ns.get(ns.len().saturating_sub(1) * percent / 100).map(|ns| *ns as f64 / 1000.0);
    json!({ "p50_us": at(50), "p99_us": at(99), "max_us": at(100) })
}

/// A line of `/proc/self/status`, in KiB.
fn memory(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(name))?.trim().strip_suffix(" kB")?.parse().ok()
}

/// Takes what is written as persons, one a line. Areas number their properties and telephones alike, so each gets its own range.
struct Lines<'a> {
    area: u64,
    line: Vec<u8>,
    take: &'a mut dyn FnMut(&Person),
}

impl Lines<'_> {
    fn end(&mut self) -> io::Result<()> {
        let text = std::str::from_utf8(&self.line).map_err(io::Error::other)?;
        let text = if self.area == 0 {
            text.to_owned()
        } else {
            let phones = format!("77009{:02}", self.area % 100);
            let property = format!("\"uprn\":\"{:02}", self.area % 99);
            text.replace("7700900", &phones).replace("\"uprn\":\"99", &property)
        };
        let value: Value = serde_json::from_str(&text)?;
        let person = read_person(&value).map_err(|_| io::Error::other("not a person"))?;
        (self.take)(&person);
        self.line.clear();
        Ok(())
    }
}

impl Write for Lines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let end = bytes.iter().position(|b| *b == b'\n');
        self.line.extend_from_slice(&bytes[..end.unwrap_or(bytes.len())]);
        if end.is_some() {
            self.end()?;
        }
        Ok(end.map_or(bytes.len(), |end| end + 1))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
