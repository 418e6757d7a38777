//! The policy lab over years of history: a changed policy, tried by the product's own command on a folder of its own.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Ground;
use super::figure::Table;
use super::process::{measure as run, until_it_ends};
use super::product::say_into;

/// Years of history that one synthetic force is asked for, and the year in which the newest of them goes live.
const YEARS: usize = 10;
const LIVE_IN: usize = 2026;

/// About how many messages those years of one force have. For more, another force's years come before them.
const OF_ONE_FORCE: usize = 4_800_000;

/// Before anything that a synthetic force says.
const FROM_THE_FIRST: &str = "1990-01-01T00:00:00Z";

/// How long a trial runs before it is told to end.
const RUNS_FOR: Duration = Duration::from_secs(5);

/// Messages that a trial takes longer for than that.
const LONG_ENOUGH: usize = 500_000;

/// Tries a changed policy on the last year and on everything. The history is imported as a force does it that goes live
/// afterwards: nothing in it was raised, so what is measured is what the tried policy makes of it.
pub fn measure(ground: &Ground, table: &mut Table) -> Result<()> {
    let data = ground.folder.join("lab");
    if data.exists() {
        std::fs::remove_dir_all(&data).context("the last run's data cannot be removed")?;
    }
    let (history, count) = history(ground)?;
    let shipped = std::fs::read_to_string(ground.root.join("policy/policy.toml")).context("no shipped policy")?;
    let live = [("# live_from = \"2026-01-01T00:00:00Z\"", "live_from = \"2026-11-14T18:00:00Z\"")];
    let before = written(ground, "before.toml", &shipped, &live)?;
    let changes = [("amber = { is = 66", "amber = { is = 40"), ("wait = { is = \"PT5M\"", "wait = { is = \"PT2M\"")];
    let changed = written(ground, "changed.toml", &shipped, &changes)?;

    let once = Ground { runs: 1, ..ground.clone() };
    let figure = once.several("import of history", || {
        let mut import = Command::new(&ground.alongside);
        import.arg("import").arg("--data").arg(&data).arg("--policy").arg(&before).arg(&history).stdout(Stdio::null());
        run(import, count, &[0])
    })?;
    table.add(&figure.counting("messages").noting(format!("{count} messages, before the force goes live")));
    let lab = |from: Option<&str>| {
        let mut lab = Command::new(&ground.alongside);
        lab.arg("lab").arg("--data").arg(&data).arg("--policy").arg(&changed);
        lab.args(from.map(|from| ["--from", from]).into_iter().flatten());
        lab.stdout(Stdio::null()).stderr(Stdio::null());
        lab
    };
    for (name, from) in [("lab, the last year", None), ("lab, everything", Some(FROM_THE_FIRST))] {
        let figure = ground.several(name, || run(lab(from), count, &[0]))?;
        table.add(
            &figure.counting("messages").noting(format!("{count} messages; judged anew by 45 rules from there on")),
        );
    }
    if ground.messages >= LONG_ENOUGH {
        let figure =
            ground.several("lab, from Ctrl-C to its end", || until_it_ends(lab(Some(FROM_THE_FIRST)), RUNS_FOR))?;
        table.add(&figure.noting("told to end after five seconds"));
    }
    std::fs::remove_dir_all(&data).context("the data cannot be removed")
}

/// As many messages of history as the run is about, and their number.
fn history(ground: &Ground) -> Result<(PathBuf, u64)> {
    let file = ground.folder.join(format!("years-{}.jsonl", ground.messages));
    if !file.exists() {
        println!("Making {} messages of history", ground.messages);
        let unfinished = file.with_extension("unfinished");
        let mut out = BufWriter::new(File::create(&unfinished).context("target/bench cannot be written to")?);
        let mut wanted = ground.messages;
        for force in (0..ground.messages.div_ceil(OF_ONE_FORCE)).rev() {
            let mut sim = Command::new(&ground.alongside);
            let (seed, live_from) = (force + 1, format!("{}-11-14T18:00:00Z", LIVE_IN - YEARS * force));
            sim.args(["sim", "history", "--years", &YEARS.to_string(), "--seed", &seed.to_string()]);
            sim.args(["--live-from", &live_from]);
            wanted -= say_into(sim, wanted, &mut out)?;
        }
        out.flush()?;
        if wanted > 0 {
            bail!("the synthetic forces fell {wanted} messages short");
        }
        std::fs::rename(unfinished, &file).context("the history cannot be named")?;
    }
    Ok((file, ground.messages as u64))
}

/// The shipped policy with some words in place of others.
fn written(ground: &Ground, name: &str, shipped: &str, changes: &[(&str, &str)]) -> Result<PathBuf> {
    let mut text = shipped.to_owned();
    for (is, becomes) in changes {
        if !text.contains(is) {
            bail!("the shipped policy does not say `{is}`");
        }
        text = text.replacen(is, becomes, 1);
    }
    let path = ground.folder.join(name);
    std::fs::write(&path, text).context("target/bench cannot be written to")?;
    Ok(path)
}
