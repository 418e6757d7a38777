//! A place: PIDF-LO (RFC 4119, RFC 5139, RFC 5491) in XML, into the feed's `location`.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value, json};

/// Most pieces of XML that are looked at in one place.
const MOST_EVENTS: usize = 20_000;

/// The civic elements of an address, in the order in which they are written on an envelope here: the first line is one
/// group joined by spaces, each further group a line.
const ADDRESS: &[&[&str]] = &[
    &["NAM"],
    &["UNIT", "FLR", "LOC"],
    &["LMK"],
    &["HNO", "PRD", "RD", "A6", "STS", "POD"],
    &["A5"],
    &["A4"],
    &["A3"],
    &["A2"],
];

/// Reads a place; `None` when nothing in it says where.
///
/// External entities are never read, and entities that the XML itself defines stay unread.
pub fn location_of(xml: &str) -> Option<Map<String, Value>> {
    let mut found = leaves(xml);
    // A house number and its suffix are one word: 12 and A are 12A.
    if let (Some(suffix), Some(number)) = (found.remove("HNS"), found.get_mut("HNO")) {
        number.push_str(&suffix);
    }
    let mut location = Map::new();
    let mut lines: Vec<String> = Vec::new();
    for group in ADDRESS {
        let words: Vec<&str> = group.iter().filter_map(|name| found.get(*name).map(String::as_str)).collect();
        let line = words.join(" ");
        if !line.is_empty() && lines.last() != Some(&line) {
            lines.push(line);
        }
    }
    if !lines.is_empty() {
        location.insert("address".into(), lines.join(", ").into());
    }
    if let Some(postcode) = found.get("PC") {
        location.insert("postcode".into(), postcode.as_str().into());
    }
    if let Some((lat, lon)) = found.get("pos").and_then(|pos| position(pos)) {
        location.insert("lat".into(), json!(lat));
        location.insert("lon".into(), json!(lon));
        if let Some(radius) = found.get("radius").and_then(|r| metres(r)) {
            location.insert("accuracy_m".into(), radius.into());
        }
    }
    (!location.is_empty()).then_some(location)
}

/// Latitude and longitude, as EPSG 4326 orders them.
fn position(pos: &str) -> Option<(f64, f64)> {
    let mut numbers = pos.split_ascii_whitespace().map(str::parse::<f64>);
    let (lat, lon) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some((lat, lon))
}

/// Whole metres, rounded up: an area is never shown smaller than it is.
fn metres(radius: &str) -> Option<u64> {
    let radius: f64 = radius.trim().parse().ok()?;
    // In this range the conversion is exact.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (0.0..=10_000_000.0).contains(&radius).then(|| radius.ceil() as u64)
}

/// The first text of each element without children, by its name without a prefix.
fn leaves(xml: &str) -> BTreeMap<String, String> {
    let mut reader = Reader::from_str(xml);
    let (mut found, mut name, mut text) = (BTreeMap::new(), None::<String>, String::new());
    for _ in 0..MOST_EVENTS {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                name = Some(start.local_name().as_ref().to_owned());
                text.clear();
            }
            Ok(Event::End(_)) => {
                if let Some(name) = name.take() {
                    let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
                    if !said.is_empty() {
                        found.entry(name).or_insert(said);
                    }
                }
                text.clear();
            }
            Ok(Event::Text(piece)) => text.push_str(&piece.xml10_content()),
            Ok(Event::CData(piece)) => text.push_str(&piece.xml10_content()),
            Ok(Event::GeneralRef(piece)) => {
                let meant = match (&*piece.xml10_content(), piece.resolve_char_ref()) {
                    (_, Ok(Some(char))) => Some(char),
                    ("amp", _) => Some('&'),
                    ("lt", _) => Some('<'),
                    ("gt", _) => Some('>'),
                    ("quot", _) => Some('"'),
                    ("apos", _) => Some('\''),
                    _ => None,
                };
                text.extend(meant);
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::location_of;

    fn check(xml: &str, expect: Option<serde_json::Value>) {
        assert_eq!(location_of(xml).map(serde_json::Value::Object), expect, "{xml}");
    }

    #[test]
    fn civic_addresses_and_circles_become_places() {
        check(
            r#"<?xml version="1.0"?><p:presence xmlns:p="urn:ietf:params:xml:ns:pidf"><ca:civicAddress xmlns:ca="x">
               <ca:A3>Exampleton</ca:A3><ca:RD>Cutler &amp; Sons</ca:RD><ca:STS>Row</ca:STS><ca:HNO>14</ca:HNO><ca:PC>ZZ1 1ZZ</ca:PC>
               </ca:civicAddress></p:presence>"#,
            Some(serde_json::json!({"address": "14 Cutler & Sons Row, Exampleton", "postcode": "ZZ1 1ZZ"})),
        );
        check(
            r#"<gs:Circle xmlns:gs="x"><gml:pos>51.5 -2.25</gml:pos><gs:radius uom="m">80.2</gs:radius></gs:Circle>"#,
            Some(serde_json::json!({"lat": 51.5, "lon": -2.25, "accuracy_m": 81})),
        );
    }

    #[test]
    fn what_says_nothing_is_no_place() {
        for xml in ["", "<a>", "not xml", "<gml:pos>north 3</gml:pos>", "<pos>NaN NaN</pos>", "<pos>99999 1</pos>"] {
            check(xml, None);
        }
        // An entity defined by the document is left out, however much it would grow.
        check(r#"<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><a><PC>&b;&b;</PC></a>"#, None);
    }
}
