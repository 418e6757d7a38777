//! One figure: several runs, their median, and how it is shown.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// One time that something was measured.
#[derive(Clone, Debug)]
pub struct Run {
    /// How many things were done.
    pub count: u64,
    /// How long it took.
    pub wall_s: f64,
    /// What its threads ran on a processor, user and system together.
    pub cpu_s: f64,
    /// The most memory it held, where that was looked at.
    pub peak_mib: Option<f64>,
    /// The same work by somebody else in the same run: who, and how long it took.
    pub peer: Option<(String, f64)>,
}

/// Something measured several times.
#[derive(Debug)]
pub struct Figure {
    pub name: &'static str,
    /// What is counted; nothing for what is done once, which is shown as a time.
    pub unit: Option<&'static str>,
    pub runs: Vec<Run>,
    pub note: String,
}

/// Every figure of a run.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 5]>,
    values: Vec<Value>,
}

impl Figure {
    pub fn new(name: &'static str) -> Self {
        Self { name, unit: None, runs: Vec::new(), note: String::new() }
    }

    /// Says what is counted.
    pub fn counting(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Says what one should know beside it.
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    fn of(&self, value: impl Fn(&Run) -> f64) -> f64 {
        median(self.runs.iter().map(value).collect())
    }
}

/// The middle one; of an even number the lower of the two in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

impl Table {
    /// Takes a figure in.
    pub fn add(&mut self, figure: &Figure) {
        let (wall_s, cpu_s) = (figure.of(|run| run.wall_s), figure.of(|run| run.cpu_s));
        let count = figure.of(|run| run.count as f64);
        let rate = |seconds: f64| match figure.unit {
            Some(unit) => format!("{} {unit}/s", thousands(count / seconds)),
            None => format!("{seconds:.2} s"),
        };
        let peer = figure.runs.iter().find_map(|run| run.peer.as_ref()).map(|(name, _)| name.clone());
        let ratio = peer.as_ref().map(|_| figure.of(|run| run.peer.as_ref().map_or(f64::NAN, |(_, s)| run.wall_s / s)));
        let peak = figure
            .runs
            .iter()
            .filter_map(|run| run.peak_mib)
            .fold(None, |most: Option<f64>, peak| Some(most.map_or(peak, |most| most.max(peak))));
        let mut beside: Vec<String> = Vec::new();
        if let (Some(name), Some(ratio)) = (&peer, ratio) {
            beside.push(format!("{ratio:.2} times the time of {name}"));
        }
        beside.extend(peak.map(|peak| format!("{peak:.0} MiB at most")));
        self.rows.push([figure.name.to_owned(), rate(wall_s), rate(cpu_s), beside.join(", "), figure.note.clone()]);
        self.values.push(json!({
            "figure": figure.name, "unit": figure.unit, "count": count, "wall_s": wall_s, "cpu_s": cpu_s,
            "peak_mib": peak, "peer": peer, "ratio": ratio, "runs": figure.runs.len(), "note": figure.note,
        }));
    }

    /// Takes in a figure that is no time of a program: its words, and its value for the file.
    pub fn say(&mut self, name: &str, says: String, note: String, value: Value) {
        self.values.push(json!({ "figure": name, "value": value, "note": note }));
        self.rows.push([name.to_owned(), says, String::new(), String::new(), note]);
    }

    /// Prints the table, each column as wide as it must be.
    pub fn print(&self) {
        let head = ["figure", "by the clock", "by processor time", "beside", "note"].map(str::to_owned);
        let rows: Vec<&[String; 5]> = std::iter::once(&head).chain(&self.rows).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..5).map(width).collect();
        println!();
        for row in rows {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width)).collect();
            println!("{}", cells.join("  ").trim_end());
        }
    }

    /// Keeps the figures.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.values).context("figures are JSON")?;
        std::fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
    }
}

/// A number as people read it.
fn thousands(number: f64) -> String {
    if number < 100.0 {
        return format!("{number:.1}");
    }
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one_and_numbers_are_grouped() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.0);
        assert!(median(Vec::new()).is_nan());
        assert_eq!([thousands(7.25), thousands(999.0), thousands(1_234_567.0)], ["7.2", "999", "1,234,567"]);
    }
}
