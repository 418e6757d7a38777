//! How long a case waits for a specialist's eyes, by the order of the list, on simulated days.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Ground;
use super::figure::Table;

/// Runs the simulated rooms, and leaves the chart beside the figures.
pub fn measure(ground: &Ground, table: &mut Table) -> Result<()> {
    let chart = ground.folder.join("eyes.svg");
    let output = Command::new(&ground.rooms).arg("--chart").arg(&chart).stderr(Stdio::inherit()).output();
    let output = output.context("cannot start the simulated rooms")?;
    let said: Value = serde_json::from_slice(&output.stdout).context("the rooms said nothing that can be read")?;
    for found in said["found"].as_array().context("the rooms found nothing")? {
        let within = |percent: u64| {
            let of = found["within"].as_array().into_iter().flatten().find(|pair| pair[0] == percent);
            of.and_then(|pair| pair[1].as_f64()).map_or("not within 12 h".to_owned(), |m| format!("{m:.0} min"))
        };
        let name = format!("{} on, {}", found["staff"], found["order"].as_str().unwrap_or_default());
        let says = format!("half {}, nine in ten {}", within(50), within(90));
        let number = |what: &str| found[what].as_f64().unwrap_or(0.0);
        let (soon, looks) = (number("in_15"), number("looks_a_day"));
        let note = format!("{soon:.0} % within 15 min, of {}; {looks:.0} looks a day", found["needed"]);
        table.say(&name, says, note, found.clone());
    }
    println!("The chart is target/bench/eyes.svg");
    Ok(())
}
