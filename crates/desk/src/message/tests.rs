use serde_json::{Value, json};

use super::{Body, Fault, json_schema, read_value, table};

fn faults(value: Value) -> Vec<(String, String)> {
    let faults = read_value(&value).expect_err("a fault");
    faults.into_iter().map(|Fault { pointer, what }| (pointer, what)).collect()
}

/// A message of each type with every field filled in.
fn full(t: &table::Type) -> Value {
    let mut message = fill(&[table::ENVELOPE, t.2]);
    message["type"] = t.0.into();
    message
}

fn fill(tables: &[&[table::Field]]) -> Value {
    use table::Kind::*;
    let value = |kind: table::Kind| match kind {
        Text | Ref => json!("text"),
        Time => json!("2026-04-16T14:06:12+01:00"),
        Bool => json!(true),
        Count => json!(3),
        Degrees => json!(-1.5),
        Word(words) => json!(words[0]),
        Texts => json!(["one", "two"]),
        Born => json!("1990-03-03"),
        Person => fill(&[table::PERSON]),
        People => json!([fill(&[table::PERSON])]),
        Location => fill(&[table::LOCATION]),
        Answers => json!({"strangled": "yes"}),
        About => json!({"phone": "+447700900001"}),
        Object => json!({"grade": "immediate"}),
    };
    Value::Object(tables.iter().copied().flatten().map(|f| (f.0.to_owned(), value(f.1))).collect())
}

#[test]
fn every_type_is_read_as_itself_with_nothing_ignored() {
    for t in table::TYPES {
        let read = read_value(&full(t)).unwrap_or_else(|f| panic!("{}: {f:?}", t.0));
        assert_eq!((read.message.body.type_name(), read.ignored), (t.0, 0));
    }
}

#[test]
fn schema_and_reader_agree_on_every_type_and_every_missing_field() {
    let schema = jsonschema::validator_for(&json_schema()).expect("a valid schema");
    for t in table::TYPES {
        let message = full(t);
        assert!(schema.is_valid(&message), "{}", t.0);
        for field in table::ENVELOPE.iter().chain(t.2).filter(|f| f.0 != "type") {
            let mut without = message.clone();
            without.as_object_mut().expect("an object").remove(field.0);
            assert_eq!(schema.is_valid(&without), read_value(&without).is_ok(), "{} without {}", t.0, field.0);
            let mut wrong = message.clone();
            wrong[field.0] = json!([[1]]);
            assert_eq!(schema.is_valid(&wrong), read_value(&wrong).is_ok(), "{} with a wrong {}", t.0, field.0);
        }
    }
}

#[test]
fn all_faults_are_named_at_once_each_with_its_pointer() {
    let found = faults(json!({
        "id": "", "at": "yesterday", "type": "incident.person", "role": "wife",
        "person": {"born": "1/2/90", "phones": "07700 900001", "location": {"lat": "north"}}
    }));
    insta::assert_json_snapshot!(found.iter().map(|f| &f.0).collect::<Vec<_>>(), @r#"
    [
      "/id",
      "/at",
      "/role",
      "/person/born",
      "/person/phones",
      "/person/location/lat",
      "/incident"
    ]
    "#);
}

#[test]
fn unknown_fields_are_counted_and_unknown_types_are_faults() {
    let read = read_value(&json!({
        "id": "1", "at": "2026-04-16T14:06:12Z", "type": "unit.left", "incident": "I", "unit": "U", "mood": 1, "grade": 2
    }));
    assert_eq!(read.expect("readable").ignored, 2);
    assert_eq!(faults(json!({"id": "1", "at": "2026-04-16T14:06:12Z", "type": "unit.lost"}))[0].0, "/type");
    assert_eq!(faults(json!({"id": "1", "at": "2026-04-16T14:06:12Z"}))[0].0, "/type");
    assert_eq!(faults(json!([1])), [(String::new(), "must be an object".to_owned())]);
}

#[test]
fn truncated_json_and_control_characters_in_ids_are_faults_and_text_keeps_them() {
    assert!(super::read_line(r#"{"id": "1", "at": "#).expect_err("a fault")[0].what.contains("ends before"));
    let message = |id: &str, text: &str| json!({"id": id, "at": "2026-04-16T14:06:12Z", "type": "incident.logged", "incident": "I", "text": text});
    assert_eq!(faults(message("a\u{0}b", "x"))[0].0, "/id");
    assert_eq!(faults(message(&"x".repeat(201), "x"))[0].0, "/id");
    let kept =
        read_value(&message("ż".repeat(200).as_str(), "nul \u{0} and bidi \u{202e} ਪੰਜਾਬੀ")).expect("readable").message;
    assert_eq!(kept.body, Body::Logged { text: "nul \u{0} and bidi \u{202e} ਪੰਜਾਬੀ".into() });
}

#[test]
fn faults_never_repeat_content() {
    let secret = "Imogen-07700900631";
    let found = read_value(&json!({
        "id": secret.repeat(30), "at": secret, "type": "incident.graded", "incident": [secret], "grade": secret, secret: 1
    }));
    assert!(!format!("{found:?}").contains(secret));
}
