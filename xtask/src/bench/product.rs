//! The product's own commands: replay, import, verify, start.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::Ground;
use super::figure::{Run, Table};
use super::process::{measure, until_it_says};
use crate::run::line;

/// Fewer than an hour of the live feed has, so that enough hours can be asked for: it has about 380.
const LEAST_AN_HOUR: usize = 300;

/// Makes the messages that everything is measured with, unless they are there: `most` messages of the synthetic
/// force's live feed, and the first `most` of its history.
pub fn make_messages(ground: &Ground, most: usize) -> Result<()> {
    let mut live = Command::new(&ground.alongside);
    live.args(["sim", "night", "--hours", &most.div_ceil(LEAST_AN_HOUR).to_string()]);
    make(live, most, &ground.live)?;
    let mut history = Command::new(&ground.alongside);
    history.args(["sim", "history"]);
    make(history, most, &ground.history)
}

/// The first `most` lines that `sim` says, in `file`, unless it is there.
fn make(sim: Command, most: usize, file: &Path) -> Result<()> {
    if file.exists() {
        return Ok(());
    }
    println!("Making `{}`", line(&sim));
    let unfinished = file.with_extension("unfinished");
    let mut out = BufWriter::new(File::create(&unfinished).context("target/bench cannot be written to")?);
    say_into(sim, most, &mut out)?;
    out.flush()?;
    std::fs::rename(unfinished, file).context("the messages cannot be named")
}

/// Writes the first `most` lines that `sim` says, and gives their number.
///
/// # Errors
/// When it cannot be started, or its output breaks off.
pub fn say_into(mut sim: Command, most: usize, out: &mut impl Write) -> Result<usize> {
    sim.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = sim.spawn().context("cannot start `alongside sim`")?;
    let lines = BufReader::new(child.stdout.take().context("its output is not to be had")?).lines();
    let mut count = 0;
    for said in lines.take(most) {
        writeln!(out, "{}", said.context("its output broke off")?)?;
        count += 1;
    }
    // It may have more to say than anybody wants to hear.
    let _ = child.kill();
    child.wait()?;
    Ok(count)
}

fn lines_of(path: &Path) -> Result<u64> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    Ok(BufReader::with_capacity(1 << 20, file).split(b'\n').count() as u64)
}

/// The rules that the first promise of a speed was made for.
const FIRST_RULES: &str = "T01,T02,T03,T04,T05,T08,H01,H02,H08,D01,D02,D03,D06,D08,L01,L03";

/// A million messages on one thread: of the live feed, where nine incidents of ten are about something else, and of history,
/// where every one is about domestic abuse.
pub fn replay(ground: &Ground, table: &mut Table) -> Result<()> {
    let feeds = [
        ("replay of the live feed", &ground.live, None),
        ("the same, first sixteen rules", &ground.live, Some(FIRST_RULES)),
        ("replay of history", &ground.history, None),
    ];
    for (name, file, rules) in feeds {
        let count = lines_of(file)?;
        let figure = ground.several(name, || {
            let mut replay = Command::new(&ground.alongside);
            replay.args(["replay", "--format", "jsonl"]).arg(file).stdout(Stdio::null());
            if let Some(rules) = rules {
                replay.args(["--rules", rules]);
            }
            measure(replay, count, &[0])
        })?;
        table.add(&figure.counting("messages").noting(format!("{count} messages")));
    }
    Ok(())
}

/// Import, verify, and the start of a server on what was imported: with its snapshot, and without.
pub fn start(ground: &Ground, table: &mut Table) -> Result<()> {
    let data = ground.folder.join("data");
    if data.exists() {
        std::fs::remove_dir_all(&data).context("the last run's data cannot be removed")?;
    }
    let count = lines_of(&ground.history)?;
    let once = Ground { runs: 1, ..ground.clone() };
    let figure = once.several("import", || {
        let mut import = Command::new(&ground.alongside);
        import.args(["import", "--data"]).arg(&data).arg(&ground.history).stdout(Stdio::null());
        measure(import, count, &[0])
    })?;
    table.add(&figure.counting("messages").noting("judged, appended, a snapshot at the end"));
    let mut entries = 0;
    let figure = ground.several("verify", || {
        let mut verify = Command::new(&ground.alongside);
        verify.args(["verify", "--data"]).arg(&data);
        let output = verify.output().context("cannot start `alongside verify`")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        entries = said.split_whitespace().nth(1).and_then(|n| n.parse().ok()).context("it counted no entries")?;
        let mut verify = Command::new(&ground.alongside);
        verify.args(["verify", "--data"]).arg(&data).stdout(Stdio::null());
        measure(verify, entries, &[0])
    })?;
    table.add(&figure.counting("entries").noting(format!("{entries} entries, every digest made again")));
    let listen = |data: &Path| -> Result<Run> {
        let mut serve = Command::new(&ground.alongside);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        until_it_says(serve, "listening on")
    };
    let figure = ground.several("start from a snapshot", || listen(&data))?;
    table.add(&figure.noting(format!("{entries} entries; until it listens")));
    let snapshots = data.join("snapshots");
    let figure = once.several("start from the first entry", || {
        std::fs::remove_dir_all(&snapshots).context("the snapshots cannot be removed")?;
        listen(&data)
    })?;
    table.add(&figure.noting(format!("{entries} entries; no snapshot")));
    std::fs::remove_dir_all(&data).context("the data cannot be removed")
}
