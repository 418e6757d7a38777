//! What is measured in a real Chromium: from the feed's POST to the changed row, from a prompt's Enter to the handler's screen, and
//! from the click on Listen to the sound.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Ground;
use super::figure::{Table, median};
use crate::run::{command, run};
use crate::{browser, npm};

/// From the feed's POST to the changed row.
pub fn row(ground: &Ground, table: &mut Table) -> Result<()> {
    let said = measured(ground, "live.figure.ts")?;
    let counted = said.first().map(|run| run["count"].to_string()).unwrap_or_default();
    let rows = [
        ("POST to changed row", "row_ms", "40 rows, 100 messages/s"),
        ("POST to receipt", "receipt_ms", "durable, one message a request"),
        ("live message to changed row", "page_ms", "within the page"),
    ];
    for (name, what, note) in rows {
        say(table, &said, name, what, format!("{note}; {counted} changes a run"));
    }
    Ok(())
}

/// From the specialist's Enter to the prompt drawn on the handler's companion.
pub fn prompt(ground: &Ground, table: &mut Table) -> Result<()> {
    let said = measured(ground, "prompt.figure.ts")?;
    let counted = said.first().map(|run| run["count"].to_string()).unwrap_or_default();
    let rows = [
        ("prompt to drawn", "drawn_ms", "Enter to the frame on the companion"),
        ("prompt to the document", "changed_ms", "Enter to the change of the companion"),
    ];
    for (name, what, note) in rows {
        say(table, &said, name, what, format!("{note}; {counted} prompts a run"));
    }
    Ok(())
}

/// From the click on Listen to the sound of a live call.
pub fn join(ground: &Ground, table: &mut Table) -> Result<()> {
    let said = measured(ground, "join.figure.ts")?;
    let counted = said.first().map(|run| run["count"].to_string()).unwrap_or_default();
    let note = format!("the click until both voices are played; {counted} clicks a run");
    say(table, &said, "Listen to sound", "sound_ms", note);
    Ok(())
}

/// What a measurement says, each time that it is run.
fn measured(ground: &Ground, file: &str) -> Result<Vec<Value>> {
    let folder = ground.root.join("tests/browser");
    npm::install(&folder)?;
    let chromium = browser::chromium(&ground.root)?;
    let path = ground.folder.join(file).with_extension("json");
    let mut said = Vec::new();
    for _ in 0..ground.runs {
        let test = ["node_modules/@playwright/test/cli.js", "test", "--config", "figures.config.ts", file];
        let mut playwright = command(&folder, "node", &test);
        playwright.env("ALONGSIDE", &ground.alongside).env("CHROMIUM", &chromium).env("FIGURES", &path);
        run(playwright)?;
        let text = std::fs::read_to_string(&path).context("the measurement left no figures")?;
        said.push(serde_json::from_str(&text).context("its figures are not JSON")?);
    }
    Ok(said)
}

/// The medians of its percentiles, in milliseconds.
fn say(table: &mut Table, said: &[Value], name: &str, what: &str, note: String) {
    let of = |part: &str| median(said.iter().filter_map(|run| run[what][part].as_f64()).collect());
    let says = format!("p50 {:.0} ms, p99 {:.0} ms", of("p50"), of("p99"));
    let value = serde_json::json!({ "p50_ms": of("p50"), "p90_ms": of("p90"), "p99_ms": of("p99") });
    table.say(name, says, note, value);
}
