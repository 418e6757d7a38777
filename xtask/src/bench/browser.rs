//! From the feed's POST to the changed row, in a real Chromium.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Ground;
use super::figure::{Table, median};
use crate::run::{command, run};
use crate::{browser, npm};

/// Runs the measurement as often as was asked for, and gives the medians of its percentiles.
pub fn measure(ground: &Ground, table: &mut Table) -> Result<()> {
    let folder = ground.root.join("tests/browser");
    npm::install(&folder)?;
    let chromium = browser::chromium(&ground.root)?;
    let path = ground.folder.join("row.json");
    let mut said: Vec<Value> = Vec::new();
    for _ in 0..ground.runs {
        let test = ["node_modules/@playwright/test/cli.js", "test", "--config", "figures.config.ts"];
        let mut playwright = command(&folder, "node", &test);
        playwright.env("ALONGSIDE", &ground.alongside).env("CHROMIUM", &chromium).env("FIGURES", &path);
        run(playwright)?;
        let text = std::fs::read_to_string(&path).context("the measurement left no figures")?;
        said.push(serde_json::from_str(&text).context("its figures are not JSON")?);
    }
    let of = |what: &str, part: &str| median(said.iter().filter_map(|run| run[what][part].as_f64()).collect());
    let counted = said.first().map(|run| run["count"].to_string()).unwrap_or_default();
    let rows = [
        ("POST to changed row", "row_ms", "40 rows, 100 messages/s"),
        ("POST to receipt", "receipt_ms", "durable, one message a request"),
        ("live message to changed row", "page_ms", "within the page"),
    ];
    for (name, what, note) in rows {
        let says = format!("p50 {:.0} ms, p99 {:.0} ms", of(what, "p50"), of(what, "p99"));
        let value =
            serde_json::json!({ "p50_ms": of(what, "p50"), "p90_ms": of(what, "p90"), "p99_ms": of(what, "p99") });
        table.say(name, says, format!("{note}; {counted} changes a run"), value);
    }
    Ok(())
}
