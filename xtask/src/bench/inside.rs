//! What no command of the product gives by itself, by the measuring program of the product's crate.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Ground;
use super::figure::{Run, Table};
use crate::tool;
use crate::valgrind::counted;

/// A measurement of the program: how it is called there, what it is called here, what is counted.
struct Measurement {
    name: &'static str,
    title: &'static str,
    unit: &'static str,
}

const MEASUREMENTS: &[Measurement] = &[
    Measurement { name: "parse", title: "parse", unit: "messages" },
    Measurement { name: "words", title: "lexicon", unit: "texts" },
    Measurement { name: "judge", title: "judge everything", unit: "incidents" },
    Measurement { name: "queue", title: "queue order", unit: "queues" },
    Measurement { name: "link", title: "linker look-up", unit: "records" },
    Measurement { name: "append-one", title: "append one", unit: "entries" },
    Measurement { name: "append-group", title: "append a thousand", unit: "entries" },
];

/// The measuring program of a name that was built last: cargo adds a hash to it.
pub fn program(deps: &Path, called: &str) -> Result<PathBuf> {
    let begins = format!("{called}-");
    let built = std::fs::read_dir(deps).context("nothing was built")?.flatten().filter(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        name.starts_with(&begins) && !name.contains('.')
    });
    let newest = built.max_by_key(|file| file.metadata().and_then(|data| data.modified()).ok());
    newest.map(|file| file.path()).context("the measuring program was not built")
}

/// Runs every measurement.
pub fn measure(ground: &Ground, table: &mut Table) -> Result<()> {
    for measurement in MEASUREMENTS {
        let mut note = String::new();
        let figure = ground.several(measurement.title, || {
            let said = say(ground, measurement)?;
            let number = |value: &Value| value.as_f64().context("a measurement without its number");
            note = said["note"].as_str().unwrap_or_default().to_owned();
            let peer = match said["peer"]["name"].as_str() {
                Some(name) => Some((name.to_owned(), number(&said["peer"]["wall_s"])?)),
                None => None,
            };
            Ok(Run {
                count: said["count"].as_u64().context("a measurement without its count")?,
                wall_s: number(&said["wall_s"])?,
                cpu_s: number(&said["cpu_s"])?,
                peak_mib: None,
                peer,
            })
        })?;
        table.add(&figure.counting(measurement.unit).noting(note));
    }
    Ok(())
}

fn say(ground: &Ground, measurement: &Measurement) -> Result<Value> {
    let output = Command::new(&ground.figures)
        .arg(measurement.name)
        .arg(&ground.history)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start the measuring program")?;
    serde_json::from_slice(&output.stdout).context("the measuring program said nothing that can be read")
}

/// Instructions for one message, which a busy machine does not change: the difference of two runs, so that starting costs
/// nothing, divided by the messages between them.
pub fn instructions(ground: &Ground, table: &mut Table) -> Result<()> {
    if !tool::is_there("valgrind", &["--version"]) {
        println!("skipped: not installed. To get it: sudo apt-get install valgrind");
        return Ok(());
    }
    let (few, many) = (2_000_u64, 12_000_u64);
    for (title, name) in [("parse", "parse"), ("parse, link, judge and apply", "queue")] {
        let count = |messages: u64| instructions_of(ground, name, messages);
        let each = (count(many)?.saturating_sub(count(few)?)) / (many - few);
        println!("{title}: {each} instructions a message");
        let note = format!("messages {few} to {many} of history");
        table.say(&format!("{title}, instructions"), format!("{each} a message"), note, each.into());
    }
    Ok(())
}

fn instructions_of(ground: &Ground, name: &str, messages: u64) -> Result<u64> {
    let mut program = Command::new(&ground.figures);
    counted(program.arg(name).arg(&ground.history).args(["--count", &messages.to_string()]))
}
