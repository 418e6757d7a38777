//! The product's own commands: replay, import, verify, start.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::Ground;
use super::figure::{Run, Table};
use super::process::{measure, until_it_says};
use crate::run::run;

/// Makes the messages that everything is measured with, unless they are there: the history of the synthetic force, its first
/// `most` messages, and a live night.
pub fn make_messages(ground: &Ground, most: usize) -> Result<()> {
    if !ground.night.exists() {
        let mut night = Command::new(&ground.alongside);
        night.args(["sim", "night", "--out"]).arg(&ground.night);
        run(night)?;
    }
    if ground.history.exists() {
        return Ok(());
    }
    println!("Making {most} messages of history");
    let mut sim = Command::new(&ground.alongside);
    sim.args(["sim", "history"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = sim.spawn().context("cannot start `alongside sim`")?;
    let lines = BufReader::new(child.stdout.take().context("its output is not to be had")?).lines();
    let unfinished = ground.history.with_extension("unfinished");
    let mut out = BufWriter::new(File::create(&unfinished).context("target/bench cannot be written to")?);
    for line in lines.take(most) {
        writeln!(out, "{}", line.context("its output broke off")?)?;
    }
    out.flush()?;
    // It may have more to say than anybody wants to hear.
    let _ = child.kill();
    child.wait()?;
    std::fs::rename(unfinished, &ground.history).context("the messages cannot be named")
}

fn lines_of(path: &Path) -> Result<u64> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    Ok(BufReader::with_capacity(1 << 20, file).split(b'\n').count() as u64)
}

/// A million messages with every rule on, on one thread.
pub fn replay(ground: &Ground, table: &mut Table) -> Result<()> {
    for (name, file) in [("replay of history", &ground.history), ("replay of a live night", &ground.night)] {
        let count = lines_of(file)?;
        let figure = ground.several(name, || {
            let mut replay = Command::new(&ground.alongside);
            replay.args(["replay", "--format", "jsonl"]).arg(file).stdout(Stdio::null());
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
