//! Recorded chronologies (`tests/chronologies/`): what each must raise, when and on what, and what it must not.

use crate::story::empty_desk;
use alongside_desk::replay::{FlagLine, Replay};
use alongside_desk::time::Period;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Expected {
    settle: String,
    must: Vec<Must>,
    may: Vec<String>,
    must_not: Vec<String>,
}

#[derive(Deserialize)]
struct Must {
    rule: String,
    severity: String,
    incident: String,
    not_before: jiff::Timestamp,
    by: jiff::Timestamp,
    evidence_any: Vec<String>,
    why: String,
}

impl Must {
    fn is_met_by(&self, line: &FlagLine) -> bool {
        *line.rule == *self.rule
            && line.severity.name() == self.severity
            && line.incident.as_deref() == Some(&*self.incident)
            && (self.not_before.as_millisecond()..=self.by.as_millisecond()).contains(&line.at.ms())
            && line.evidence.iter().any(|message| self.evidence_any.iter().any(|wanted| **wanted == **message))
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/chronologies")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Everything that a chronology says.
pub fn replayed(name: &str) -> Replay {
    let mut replay = Replay::new(empty_desk(), None);
    for (n, line) in read(&format!("{name}.jsonl")).lines().enumerate() {
        replay.line(n as u64 + 1, line);
    }
    replay
}

fn check(name: &str) {
    let expected: Expected = serde_json::from_str(&read(&format!("{name}.expect.json"))).expect("an expectation");
    let mut replay = replayed(name);
    replay.finish(Period::parse(&expected.settle).expect("a settle duration"));
    assert_eq!(replay.faults(), [], "{name} itself is faulty");
    let raised: Vec<FlagLine> = replay.drain().into_iter().filter(|line| line.flag == "raised").collect();

    for must in &expected.must {
        let near: Vec<_> = raised.iter().filter(|line| *line.rule == *must.rule).collect();
        assert!(
            raised.iter().any(|line| must.is_met_by(line)),
            "{name}: {} {} on {} was not raised in time on its evidence ({}); of this rule: {near:#?}",
            must.rule,
            must.severity,
            must.incident,
            must.why
        );
    }
    // In a quiet chronology only what interrupts is an alarm.
    let quiet = expected.must.is_empty();
    let alarms: Vec<_> = raised
        .iter()
        .filter(|line| expected.must_not.iter().any(|rule| **rule == *line.rule))
        .filter(|line| !quiet || line.severity.name() == "S1")
        .collect();
    assert!(alarms.is_empty(), "{name} raised what it must not: {alarms:#?}");

    let wanted: BTreeSet<&str> = expected.must.iter().map(|must| &*must.rule).collect();
    let rest = expected.may.iter().chain(&expected.must_not).map(|rule| &**rule);
    let said: Vec<&str> = wanted.into_iter().chain(rest).collect();
    let every: BTreeSet<&str> = said.iter().copied().collect();
    assert_eq!((said.len(), every.len()), (45, 45), "{name} says once of every rule whether it is wanted");
}

#[test]
fn a_threat_is_lost_at_the_border_and_nobody_owns_the_log() {
    check("lost-at-the-border");
}

#[test]
fn an_hour_is_an_hour_in_the_night_when_the_clocks_go_back() {
    check("across-the-clock-change");
}

#[test]
fn fourteen_answers_of_yes_are_called_medium_and_he_is_let_out() {
    check("fourteen-ticks-and-out");
}

#[test]
fn the_suspect_answers_the_call_back_and_no_check_was_made() {
    check("he-answered-the-call-back");
}

#[test]
fn the_hardest_night_done_well_interrupts_nobody() {
    check("done-well-with-everything-in-it");
}

#[test]
fn every_recorded_chronology_is_checked_here() {
    let recorded = std::fs::read_dir(folder()).expect("the chronologies").filter_map(Result::ok);
    let names: BTreeSet<String> = recorded
        .filter_map(|file| file.file_name().to_str()?.strip_suffix(".expect.json").map(str::to_owned))
        .collect();
    let checks = include_str!("recorded.rs");
    for name in &names {
        assert!(checks.contains(&format!("check(\"{name}\")")), "{name} has no test");
    }
    assert!(!names.is_empty(), "there are chronologies to check");
}
