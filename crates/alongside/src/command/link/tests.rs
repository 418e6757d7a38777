//! `alongside link` over files, as a force would run it.

use std::fs;

use alongside_desk::time::Timestamp;
use alongside_sim::{Extract, Options as Force, write_persons, write_queries};
use serde_json::Value;

use super::*;

/// A folder with files, and what `link` made of them: its lines, the figures, the count of faulty lines.
fn linked(files: [(&str, &str); 3], change: impl FnOnce(&mut Options)) -> (Vec<Value>, Option<Summary>, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("writes");
    }
    let path = |at: usize| folder.path().join(files[at].0);
    let mut options = Options {
        persons: path(0),
        queries: path(1),
        labels: Some(path(2)),
        settings: None,
        train: None,
        limit: 10,
        format: Format::Jsonl,
    };
    change(&mut options);
    let mut out = Vec::new();
    let (summary, faults) = link(&options, &mut out).expect("runs");
    let lines = String::from_utf8(out).expect("text");
    (lines.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect(), summary, faults)
}

const PERSONS: &str = "id,ref,given,family,born,phones,address,postcode\n\
    P1,N1,Katherine,Fairbrook,1988-02-14,07700 900123,12 Elm Row,ZZ1 2AB\n\
    P2,N2,Rupert,Winterslow,1979-11-03,07700 900124;0191 498 0001,3 Oak Hill,ZZ7 1XY\n";
const QUERIES: &str = r#"{"id": "Q1", "name": "Kate Fairbrook", "born": "1988-02-14", "phones": ["+447700900123"]}
{"id": "Q2", "ref": "N2", "name": "Somebody Else"}
{"id": "Q3", "name": "Josephine Hazelmere", "born": "1960-05-05"}
{"id": "Q4", "born": "5.5.1960"}
{"id":
"#;
const LABELS: &str = "query,person,origin\nQ1,P1,british\nQ2,P2,british\nQ3,,other\n";

#[test]
fn each_query_gets_its_candidates_with_weight_probability_and_reasons() {
    let (lines, summary, faults) = linked([("p.csv", PERSONS), ("q.jsonl", QUERIES), ("l.csv", LABELS)], |_| ());
    assert_eq!(faults, 2, "a date that is none, and a line that is no JSON");
    let [one, two, three, last] = &lines[..] else { panic!("three good queries and the summary: {lines:?}") };
    let found = &one["candidates"][0];
    assert_eq!((&found["person"], &found["class"]), (&"P1".into(), &"sure".into()));
    assert!(
        found["probability"].as_f64() > Some(0.99)
            && found["weight"].as_f64() > Some(6.6)
            && found["weight"].as_f64() < Some(40.0)
    );
    let reasons = found["reasons"].as_array().expect("reasons");
    let on = |field: &str| reasons.iter().find(|r| r["field"] == field).map(|r| r["agreement"].clone());
    assert_eq!(on("first name"), Some("another spelling".into()));
    assert_eq!(on("phone"), Some("the same".into()));
    assert!(one["took_us"].as_f64() > Some(0.0));
    assert_eq!((&two["candidates"][0]["person"], &two["candidates"][0]["class"]), (&"P2".into(), &"same".into()));
    assert_eq!(three["candidates"], Value::Array(Vec::new()));
    assert_eq!(last["summary"]["scores"][1]["f1"].as_f64(), Some(1.0));
    assert_eq!(summary.expect("figures").groups.len(), 2);
}

#[test]
fn a_file_held_against_itself_finds_its_duplicates_and_no_record_itself() {
    let twice = format!("{PERSONS}P3,,Kate,Fairbrook,1988-02-14,07700 900123,,\n");
    let labels = "query,person\nP1,P3\nP2,\n";
    let (lines, summary, faults) =
        linked([("p.csv", &twice), ("q.csv", ""), ("l.csv", labels)], |o| o.queries = o.persons.clone());
    let first: Vec<_> = lines[..3].iter().map(|l| l["candidates"][0]["person"].clone()).collect();
    assert_eq!((first, faults), (vec!["P3".into(), Value::Null, "P1".into()], 0));
    assert_eq!(summary.expect("figures").scores[1].f1, Some(1.0));
}

#[test]
fn weights_learned_from_an_extract_are_settings_that_link_takes() {
    let folder = tempfile::tempdir().expect("a folder");
    let learned = folder.path().join("learned.toml");
    let [persons, queries, labels] = force(11, 2_000, 800);
    let files = [("p.jsonl", persons.as_str()), ("q.jsonl", &queries), ("l.csv", &labels)];
    let (lines, summary, _) = linked(files, |o| (o.train, o.labels) = (Some(learned.clone()), None));
    assert!(lines.is_empty() && summary.is_none());
    let text = fs::read_to_string(&learned).expect("was written");
    assert_ne!(Settings::from_toml(&text).expect("settings"), Settings::default());
    let (_, summary, _) = linked(files, |o| o.settings = Some(learned.clone()));
    assert!(summary.expect("figures").scores[0].on_top > Some(0.95));
}

fn force(seed: u64, people: u32, queries: u32) -> [String; 3] {
    let force = Force::new(seed, Timestamp::parse("2026-11-14T18:00:00Z").expect("an instant")).force();
    let extract = Extract { people, queries, strangers: 18 };
    let [mut persons, mut callers, mut labels] = [const { Vec::new() }; 3];
    write_persons(&mut persons, &force, extract, &mut |_| ()).expect("writes");
    write_queries(&mut callers, &mut labels, &force, extract).expect("writes");
    [persons, callers, labels].map(|bytes| String::from_utf8(bytes).expect("text"))
}

#[test]
fn the_right_person_is_on_top_whatever_the_origin_of_the_name_and_no_stranger_is_taken_for_somebody() {
    // A seed that nobody tunes on; the whole of it is in the benchmark.
    let [persons, queries, labels] = force(907, 10_000, 3_000);
    let (_, summary, faults) = linked([("p.jsonl", &persons), ("q.jsonl", &queries), ("l.csv", &labels)], |_| ());
    let summary = summary.expect("figures");
    let [asked, certain] = &summary.scores[..] else { panic!("two thresholds") };
    assert_eq!(faults, 0);
    assert!(asked.on_top >= Some(0.985), "{summary}");
    assert!(certain.on_top >= Some(0.96), "{summary}");
    assert!(asked.strangers > 400 && asked.strangers_matched <= 1, "{summary}");
    assert_eq!(certain.strangers_matched, 0, "{summary}");
    let by_origin = |origin: &str| {
        let group = summary.groups.iter().find(|g| g.column == "origin" && g.value == origin).expect("is there");
        group.scores[0].on_top.expect("somebody")
    };
    let origins = ["british", "arabic_south_asian", "polish", "other"].map(by_origin);
    let best = origins.into_iter().fold(0.0, f64::max);
    // Three points on the whole force; here a group has few people, so one or two of them weigh a point.
    assert!(origins.iter().all(|o| *o > best - 0.04), "{summary}");
}
