//! Prints the table of docs/recall.md: what the desk finds of what was missed on purpose, on forces of the seeds given.
//!
//! `cargo run --release -p alongside-sim --example recall -- DAYS SEED...`

use std::collections::BTreeMap;
use std::process::ExitCode;

use alongside_desk::time::Timestamp;
use alongside_sim::Options;

#[path = "../../tests/recall/answer.rs"]
mod answer;
#[path = "../../tests/recall/run.rs"]
mod run;
#[path = "../../tests/recall/score.rs"]
mod score;

use score::{Found, Score};

/// One line of the table.
#[derive(Default)]
struct Line {
    planted: usize,
    unread: usize,
    right: usize,
    early: usize,
    late: usize,
    milder: usize,
    not: usize,
}

fn main() -> ExitCode {
    let numbers: Option<Vec<u64>> = std::env::args().skip(1).map(|word| word.parse().ok()).collect();
    let Some((days, seeds)) = numbers.as_deref().and_then(<[u64]>::split_first).filter(|(_, seeds)| !seeds.is_empty())
    else {
        eprintln!("give the days, at most 120, and one or more seeds, all as numbers");
        return ExitCode::from(2);
    };
    let days = i64::try_from(*days).unwrap_or(120).clamp(1, 120);
    let live = Timestamp::parse("2026-05-15T12:00:00+01:00").expect("an instant");
    let mut lines: BTreeMap<&'static str, Line> = BTreeMap::new();
    let (mut well, mut rung, mut rules, mut answered, mut judged) = (0, 0, BTreeMap::new(), Vec::new(), 0);
    for seed in seeds {
        let options = Options {
            years: 1,
            reports_a_day: 36,
            others: 1,
            mistakes: 40,
            scripted: false,
            ..Options::new(*seed, live)
        };
        let run = run::run(&options, days);
        let score = Score::of(&run);
        for judged in &score.judged {
            lines.entry(judged.missed.rule).or_default().take(judged);
            if judged.found != Found::Right && judged.read != Some(false) {
                eprintln!("seed {seed}: {:?}: {:?}", judged.found, judged.missed);
                for id in &judged.missed.messages {
                    eprintln!("    {id} {}", run.texts.get(id).map_or("", String::as_str));
                }
            }
        }
        for flag in run.flags.iter().filter(|f| f.flag == "raised" && f.severity.name() == "S1") {
            let Some(incident) = flag.incident.as_deref().filter(|incident| score.rung.contains_key(*incident)) else {
                continue;
            };
            eprintln!("rung: {} {incident} {} {}", flag.rule, flag.at.rfc3339_local(), flag.reason);
            for id in &flag.evidence {
                eprintln!("    {id} {}", run.texts.get(&**id).map_or("", String::as_str));
            }
        }
        well += score.well;
        rung += score.rung.len();
        for rule in score.rung.values().flatten() {
            *rules.entry(rule.clone()).or_insert(0_usize) += 1;
        }
        let (these, of) = answer::answered(&run);
        answered.extend(these);
        judged += of;
    }
    println!("| rule | planted | words not read | others | at the right second | early | late | milder | not found |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut all = Line::default();
    for (rule, line) in &lines {
        println!("| {rule} | {} |", line.cells());
        all.add(line);
    }
    println!("| **all** | {} |", all.cells());
    let percent = 100.0 * f64::from(u32::try_from(rung).unwrap_or(0)) / f64::from(u32::try_from(well).unwrap_or(1));
    println!("\nWell-handled incidents: {well}; flagged S1: {rung} ({percent:.1} %), by {rules:?}.");
    println!("Raised flags that the record shows to be answered already: {} of {judged} judged.", answered.len());
    for answered in answered.iter().take(20) {
        eprintln!("answered already: {}", answered.flag);
    }
    ExitCode::SUCCESS
}

impl Line {
    fn take(&mut self, judged: &score::Judged) {
        self.planted += 1;
        if judged.read == Some(false) {
            self.unread += 1;
            return;
        }
        let count = match judged.found {
            Found::Right => &mut self.right,
            Found::Early(_) => &mut self.early,
            Found::Late(_) => &mut self.late,
            Found::Milder => &mut self.milder,
            Found::Not => &mut self.not,
        };
        *count += 1;
    }

    fn add(&mut self, line: &Self) {
        self.planted += line.planted;
        self.unread += line.unread;
        self.right += line.right;
        self.early += line.early;
        self.late += line.late;
        self.milder += line.milder;
        self.not += line.not;
    }

    fn cells(&self) -> String {
        let of = self.planted - self.unread;
        let cells = [self.planted, self.unread, of, self.right, self.early, self.late, self.milder, self.not];
        cells.map(|n| n.to_string()).join(" | ")
    }
}
