use std::io::Cursor;

use serde_json::{Value, json};

use super::{ExtractMap, NotOpened, dry_run, import};

const MAP: &str = r#"
name = "cad-log"
delimiter = ";"
encoding = "windows-1252"
dates = ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y"]
key = ["Log", "Seq"]

[values.grade]
"1" = "immediate"
"2" = "priority"

[[message]]
type = "incident.opened"
when = { column = "Kind", is = ["OPEN"] }
[message.fields]
at = { column = "When" }
incident = { column = "Log" }
grade = { column = "Grade", values = "grade" }
channel = "999"
qualifiers = { column = "Tags", split = "|" }
location.address = { columns = ["Street", "Town"], join = ", " }

[[message]]
type = "incident.logged"
when = [{ column = "Kind", not = ["OPEN", "WHO"] }, { column = "Text", filled = true }]
[message.fields]
at = { column = "When" }
incident = { column = "Log" }
text = { column = "Text" }

[[message]]
type = "incident.person"
when = { column = "Kind", is = ["WHO"] }
[message.fields]
at = { column = "When" }
incident = { column = "Log" }
role = "victim"
"person.name" = { column = "Text" }
"person.born" = { column = "Tags" }
"#;

const HEADER: &str = "Log;Seq;Kind;When;Grade;Tags;Street;Town;Text";

fn map() -> ExtractMap {
    ExtractMap::parse(MAP).expect("a map")
}

/// The messages and the faults that a file makes.
fn run(map: &ExtractMap, file: &[u8]) -> (Vec<Value>, Vec<String>) {
    let (mut messages, mut faults) = (Vec::new(), Vec::new());
    for item in import(Cursor::new(file), map, |_| {}).expect("a header that fits") {
        match item {
            Ok(row) => messages.push(row.value),
            Err(fault) => faults.push(fault.to_string()),
        }
    }
    (messages, faults)
}

fn rows(rows: &[&str]) -> Vec<u8> {
    format!("{HEADER}\r\n{}\r\n", rows.join("\r\n")).into_bytes()
}

#[test]
fn columns_become_messages() {
    let file = rows(&[
        "L1;1;OPEN;16/04/2026 14:06:12;1;DA|REPEAT;14 Cutler Row;Exampleton;",
        "L1;2;NOTE;16/01/2026 14:07:00;;;;;\"said; \"\"he is back\"\"\"",
        "L1;3;WHO;16/04/2026;;3/2/1990;;;Sam Example",
    ]);
    let (messages, faults) = run(&map(), &file);
    assert_eq!(faults, Vec::<String>::new());
    insta::assert_json_snapshot!(messages, @r#"
    [
      {
        "at": "2026-04-16T14:06:12+01:00",
        "channel": "999",
        "grade": "immediate",
        "id": "cad-log:e98de7b77081a2f9e54769c42769d9d2c8993af4",
        "incident": "L1",
        "location": {
          "address": "14 Cutler Row, Exampleton"
        },
        "qualifiers": [
          "DA",
          "REPEAT"
        ],
        "type": "incident.opened"
      },
      {
        "at": "2026-01-16T14:07:00+00:00",
        "id": "cad-log:7064711467165f66fba2235857e45b69ae43f593",
        "incident": "L1",
        "text": "said; \"he is back\"",
        "type": "incident.logged"
      },
      {
        "at": "2026-04-16T00:00:00+01:00",
        "id": "cad-log:c069012389c6fc4eff8c177951faebcaa12c0351",
        "incident": "L1",
        "person": {
          "born": "1990-02-03",
          "name": "Sam Example"
        },
        "role": "victim",
        "type": "incident.person"
      }
    ]
    "#);
}

#[test]
fn windows_1252_is_read_and_bad_utf8_is_named() {
    let mut file = rows(&["L1;1;NOTE;16/04/2026 14:06:12;;;;;"]);
    file.truncate(file.len() - 2);
    file.extend_from_slice(b"caf\xe9 \x96 \xa320\r\n");
    assert_eq!(run(&map(), &file).0[0]["text"], "café – £20");
    let utf8 = ExtractMap::parse(&MAP.replace("windows-1252", "utf-8")).expect("a map");
    assert_eq!(run(&utf8, &file).1, ["line 2, column Text: is not UTF-8 (is the file in windows-1252?)"]);
}

#[test]
fn every_faulty_line_is_named_by_line_and_column_and_never_by_content() {
    let secret = "Sam-07700900123";
    let file = rows(&[
        &format!("L1;1;OPEN;{secret};{secret};;;;"),
        "L1;2;OPEN;16/04/2026 14:06:12;1",
        &format!("L1;3;WHO;16/04/2026 14:06:12;;{secret};;;x"),
        ";4;NOTE;16/04/2026 14:06:12;;;;;text",
        "L1;5;NOTE;16/04/2026 14:06:12;;;;;",
        "L1;6;NOTE;16/04/2026 14:06:12;;;;;good",
    ]);
    let (messages, faults) = run(&map(), &file);
    assert_eq!(messages.len(), 1);
    assert!(!faults.join("").contains(secret));
    insta::assert_json_snapshot!(faults, @r#"
    [
      "line 2, column When (at): is not in any of the map's date forms",
      "line 2, column Grade (grade): has no entry in [values.grade]",
      "line 3: has 5 cells where the header has 9",
      "line 4, column Tags (person.born): is not in any of the map's date forms",
      "line 5, column Log (incident): is missing",
      "line 6: fits none of the map's messages"
    ]
    "#);
}

#[test]
fn lines_are_counted_through_empty_lines_and_quoted_line_breaks() {
    let bad = "L1;1;NOTE;never;;;;;x";
    let quoted = "L1;2;NOTE;16/04/2026 14:06:12;;;;;\"one\ntwo\"";
    for (rows, expect) in [
        (format!("{HEADER}\n\n\n{bad}\n"), 4),
        (format!("{HEADER}\r\n\r\n{bad}\r\n"), 3),
        (format!("{HEADER}\n{quoted}\n{bad}"), 4),
        (format!("{HEADER}\r\n{quoted}\r\n\r\n{bad}\r\n\r\n"), 5),
        (format!("{HEADER}\n{bad}"), 2),
    ] {
        let faults = run(&map(), rows.as_bytes()).1;
        assert_eq!(faults.len(), 1, "{rows}");
        assert!(faults[0].starts_with(&format!("line {expect},")), "{}", faults[0]);
    }
}

#[test]
fn a_file_imported_twice_makes_the_same_messages() {
    let file = rows(&["L1;1;NOTE;16/04/2026 14:06:12;;;;;one", "L1;2;NOTE;16/04/2026 14:06:12;;;;;two"]);
    let (first, second) = (run(&map(), &file).0, run(&map(), &file).0);
    assert_eq!(first, second);
    assert_ne!(first[0]["id"], first[1]["id"]);
    // With a key, a row that was changed keeps its id, so that it is seen as a conflict; without one it is a new message.
    let changed = rows(&["L1;1;NOTE;16/04/2026 14:06:12;;;;;other"]);
    assert_eq!(run(&map(), &changed).0[0]["id"], first[0]["id"]);
    let keyless = ExtractMap::parse(&MAP.replace("key = [\"Log\", \"Seq\"]", "")).expect("a map");
    assert_ne!(run(&keyless, &changed).0[0]["id"], run(&keyless, &file).0[0]["id"]);
}

#[test]
fn local_times_across_the_clock_changes() {
    let at = |when: &str| run(&map(), &rows(&[&format!("L;1;NOTE;{when};;;;;x")])).0[0]["at"].clone();
    assert_eq!(at("25/10/2026 01:30:00"), "2026-10-25T01:30:00+01:00", "the first of the two");
    assert_eq!(at("29/03/2026 01:30:00"), "2026-03-29T02:30:00+01:00", "an hour that was left out");
    assert_eq!(at("2026-04-16T12:00:00Z"), "2026-04-16T13:00:00+01:00");
}

#[test]
fn a_quote_that_nobody_closed_stops_the_import_and_says_where() {
    let mut file = rows(&["L1;1;NOTE;16/04/2026 14:06:12;;;;;good", "L1;2;NOTE;16/04/2026 14:06:12;;;;;\"open"]);
    file.extend(std::iter::repeat_n(b'x', 4 << 20));
    let (messages, faults) = run(&map(), &file);
    assert_eq!(messages.len(), 1);
    assert_eq!(faults, ["line 3: is over 1 MiB long (is a quote not closed?); the rest of the file was not read"]);
}

#[test]
fn files_without_a_header_and_with_a_byte_order_mark() {
    let map = ExtractMap::parse(
        "name = \"x\"\nheader = false\n[[message]]\ntype = \"unit.arrived\"\nfields = {at = {column = 2}, incident = {column = 1}, unit = {column = 3}}",
    );
    let (messages, faults) = run(&map.expect("a map"), "\u{feff}L1,2026-04-16T12:00:00Z,U1\n".as_bytes());
    assert_eq!((messages[0]["incident"].as_str(), faults), (Some("L1"), vec![]));
    let marked = [b"\xef\xbb\xbf".as_slice(), &rows(&["L1;1;NOTE;16/04/2026 14:06:12;;;;;x"])].concat();
    assert_eq!(run(&self::map(), &marked).0.len(), 1);
}

#[test]
fn maps_that_cannot_work_say_what_is_wrong() {
    let fault = |from: &str, to: &str| ExtractMap::parse(&MAP.replace(from, to)).expect_err("a fault").to_string();
    let faults = [
        fault("name = \"cad-log\"", "name = \"\""),
        fault("windows-1252", "utf-16"),
        fault("delimiter = \";\"", "delimiter = \";;\""),
        fault("\"incident.logged\"", "\"incident.lodged\""),
        fault("\"incident.logged\"", "\"desk.noted\""),
        fault("location.address", "location.adress"),
        fault("values = \"grade\"", "values = \"grades\""),
        fault("{ column = \"Text\" }", "{ columns = [] }"),
        fault("{ column = \"Text\" }", "{ column = \"Text\", colour = 1 }"),
    ];
    insta::assert_json_snapshot!(faults, @r#"
    [
      "the map: name must have 1 to 60 letters, digits, - or _",
      "the map: encoding must be utf-8 or a one-byte encoding such as windows-1252",
      "the map: delimiter must be one ASCII character",
      "the map: message 2: incident.lodged is not a type of the contract",
      "the map: message 2: desk.noted is not a type of the contract",
      "the map: incident.opened has no field location.adress",
      "the map: incident.opened, grade: there is no [values.grades]",
      "the map: incident.logged, text: names no column (the first is 1)",
      "the map: incident.logged, text: must be a value, or a table with column or columns, and join, split, values or default"
    ]
    "#);
    let form = ExtractMap::parse("name = \"x\"\nname = \"y\"").expect_err("a fault");
    assert!(std::error::Error::source(&form).expect("a source").to_string().contains("line 2"));
    let opened = import(Cursor::new("Log;Seq\n"), &map(), |_| {}).err();
    assert!(
        matches!(opened, Some(NotOpened::NoColumns(missing)) if missing.contains(&"Kind".to_owned()) && !missing.contains(&"Log".to_owned()))
    );
}

#[test]
fn a_dry_run_prints_what_would_be_made_and_progress_reaches_the_end() {
    let file = rows(&["L1;1;NOTE;16/04/2026 14:06:12;;;;;one", "L1;2;NOTE;never;;;;;two"]);
    let (map, mut out, mut faults, mut read) = (map(), Vec::new(), Vec::new(), 0);
    let import = import(Cursor::new(&file), &map, |bytes| read = bytes).expect("a header that fits");
    let summary = dry_run(import, &mut out, &mut faults).expect("written");
    assert_eq!((summary.messages["incident.logged"], summary.faults, read), (1, 1, file.len() as u64));
    let printed: Value = serde_json::from_slice(&out).expect("one line of JSON");
    assert_eq!(printed["text"], json!("one"));
    assert_eq!(String::from_utf8_lossy(&faults), "line 3, column When (at): is not in any of the map's date forms\n");
}

#[test]
fn the_example_map_fits_the_example_file() {
    let map = ExtractMap::parse(include_str!("../../../../docs/examples/cad-log.map.toml")).expect("a map");
    let (messages, faults) = run(&map, include_bytes!("../../../../docs/examples/cad-log.csv"));
    assert_eq!(faults, Vec::<String>::new());
    insta::assert_json_snapshot!(messages.iter().map(|m| &m["type"]).collect::<Vec<_>>(), @r#"
    [
      "incident.opened",
      "incident.graded",
      "incident.logged",
      "incident.logged",
      "incident.graded",
      "unit.assigned",
      "unit.arrived"
    ]
    "#);
}
