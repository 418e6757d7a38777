//! Every parser of outside input as a plain function of bytes, for a loop that throws mutated input at it
//! (`examples/fuzz.rs`, and libFuzzer by the package in `fuzz/`).
//!
//! Each holds, besides not panicking, what its parser promises.

mod file;
mod mutation;

use std::sync::LazyLock;

use alongside_desk::message::Fault;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::lexicon::LEXICON;
use axum::body::Bytes;

pub use mutation::mutated;

use crate::csv::{ExtractMap, import};
use crate::eido::{self, EidoMap, Seen};
use crate::http::{Form, MOST_MESSAGES, Split, split};
use crate::intake::FeedId;
use crate::offer::offer;

/// One parser: its name, the function, and inputs to begin from.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Feeds it.
    pub run: fn(&[u8]),
    /// Good inputs, which mutation begins from.
    pub seeds: &'static [&'static [u8]],
}

/// Every parser.
pub const TARGETS: &[Target] = &[
    Target { name: "message", run: fuzz_message, seeds: &[MESSAGE, BATCH] },
    Target { name: "batch", run: fuzz_batch, seeds: &[MESSAGE, BATCH, LINES] },
    Target { name: "eido", run: fuzz_eido, seeds: &[EIDO] },
    Target { name: "html", run: fuzz_html, seeds: &[HTML] },
    Target { name: "place", run: fuzz_place, seeds: &[PLACE] },
    Target { name: "csv", run: fuzz_csv, seeds: &[CSV] },
    Target { name: "csv-map", run: fuzz_map, seeds: &[MAP] },
    Target { name: "replay", run: file::fuzz_replay, seeds: &[file::EVENING] },
    Target { name: "policy", run: file::fuzz_policy, seeds: &[file::POLICY] },
    Target { name: "lexicon", run: file::fuzz_lexicon, seeds: &[LEXICON.as_bytes()] },
    Target { name: "words", run: file::fuzz_words, seeds: &[file::WORDS] },
    Target { name: "linker", run: file::fuzz_linker, seeds: &[file::LINKER] },
    Target { name: "time", run: file::fuzz_time, seeds: file::TIMES },
];

const MESSAGE: &[u8] = br#"{"id":"1","at":"2026-04-16T14:06:12+01:00","type":"incident.person","incident":"I","role":"victim","person":{"name":"Asha Example","born":"1990-02-03","phones":["+447700900123"],"location":{"lat":51.5,"lon":-2.5}}}"#;
const BATCH: &[u8] = br#"[{"id":"1","at":"2026-04-16T14:06:12Z","type":"feed.alive"},{"id":"2","at":"2026-04-16T14:06:12Z","type":"check.made","system":"pnc","about":{"phone":"+447700900123"}}]"#;
const LINES: &[u8] = b"{\"id\":\"1\",\"at\":\"2026-04-16T14:06:12Z\",\"type\":\"feed.alive\"}\r\n\n{\"id\":\"2\"}\n";
const EIDO: &[u8] = br#"{"$id":"urn:1","lastUpdateTimeStamp":"2026-04-16T20:10:00.000Z","issuingElementIdentification":"cad.example","incidentComponent":[{"$id":"i","lastUpdateTimeStamp":"2026-04-16T20:06:00Z","incidentTypeCommonRegistryText":"DVA","incidentCommonPriorityNumber":10,"incidentStatusCommonRegistryText":["Closed"],"locationReference":[{"$ref":"l"}],"dispositionComponent":[{"$id":"d","dispositionCommonRegistryCode":"x"}]}],"callComponent":[{"$id":"c","standardPrimaryCallType":"emergency","callStartTimestamp":"2026-04-16T20:04:10Z","callStateRegistryText":"callEnd","callBackReference":{"$ref":"b"}}],"callbackComponent":[{"$id":"b","callBackInformationUri":["tel:+447700900123"]}],"personComponent":[{"$id":"p","personIncidentRoleRegistryText":["Victim"],"ncPersonComponent":{"personName":[{"personSurName":[{"value":"Example"}]}],"birthDate":[{"date":"1990-02-03"}]}}],"notesComponent":[{"$id":"n","notesActionComments":"<p>he &amp; she</p>"}],"locationComponent":[{"$id":"l","locationByValue":"<a><PC>ZZ1 1ZZ</PC></a>"}],"emergencyResourceComponent":[{"$id":"u","secondaryUnitStatusRegistryText":["Enroute"]}],"mergeComponent":[{"$id":"m","incidentTrackingIdentifier":"o","incidentMergeDirectionCode":"REPLACED"}],"linkComponent":[{"$id":"k","incidentTrackingIdentifier":"o","linkDirectionCode":"UNLINK"}]}"#;
const HTML: &[u8] = b"<p>a &lt; b &#163;20</p><script>x</script><!-- y --><br/>z<li";
const PLACE: &[u8] = br#"<p xmlns:g="x"><g:pos>51.5 -2.25</g:pos><g:radius>80</g:radius><RD>Cutler &amp; Row</RD><HNO>14</HNO><HNS>A</HNS><![CDATA[x]]></p>"#;
const CSV: &[u8] =
    b"Log,When,Text,Born\r\nL1,16/04/2026 14:06:12,\"a \"\"b\"\"\nc\",1990-02-03\r\nL2,2026-04-16T12:00:00Z,x,\r\n";
const MAP: &[u8] = b"name = \"m\"\ndates = [\"%d/%m/%Y %H:%M:%S\"]\n[[message]]\ntype = \"incident.person\"\nwhen = { column = \"Text\", filled = true }\n[message.fields]\nat = { column = \"When\" }\nincident = { column = \"Log\" }\nrole = \"victim\"\nperson.name = { column = \"Text\" }\nperson.born = { column = \"Born\" }\n";

/// A JSON seed with some of its values replaced by others of the wrong kind: what stays JSON gets past the first parser.
/// `choices` says which and by what; `None` when the seed is no JSON.
pub fn reshape(seed: &[u8], choices: &[u8]) -> Option<Vec<u8>> {
    use serde_json::{Value, json};

    fn count(value: &Value) -> usize {
        1 + match value {
            Value::Array(list) => list.iter().map(count).sum(),
            Value::Object(object) => object.values().map(count).sum(),
            _ => 0,
        }
    }
    fn replace(value: &mut Value, place: &mut usize, with: &Value) {
        if *place == 0 {
            *value = with.clone();
        }
        *place = place.wrapping_sub(1);
        match value {
            Value::Array(list) => list.iter_mut().for_each(|each| replace(each, place, with)),
            Value::Object(object) => object.values_mut().for_each(|each| replace(each, place, with)),
            _ => {}
        }
    }
    let mut value: Value = serde_json::from_slice(seed).ok()?;
    let long = "\u{202e}x\u{0}".repeat(100);
    for pair in choices.chunks_exact(2) {
        let with = match pair[1] % 12 {
            0 => Value::Null,
            1 => json!([]),
            2 => json!({}),
            3 => json!(0),
            4 => json!(-1.5e300),
            5 => json!(u64::MAX),
            6 => json!(""),
            7 => json!("9999-12-31T23:59:59+23:59"),
            8 => json!([[[{"$ref": 1}]]]),
            9 => json!({"$id": "x", "$ref": "x", "value": ["x"]}),
            10 => json!(true),
            _ => json!(long),
        };
        // The whole is left: what remains would be the replacement alone.
        let mut place = 1 + usize::from(pair[0]) % count(&value).max(2);
        replace(&mut value, &mut place, &with);
    }
    Some(value.to_string().into_bytes())
}

/// A fixed moment of receipt.
fn received() -> Timestamp {
    Timestamp::from_ms(1_776_345_000_000)
}

/// A pointer names places of the contract and indices; it never grows with the content.
fn places(faults: &[Fault]) {
    assert!(!faults.is_empty() && faults.len() <= 200 && faults.iter().all(|f| f.pointer.len() < 200));
}

/// One message.
pub fn fuzz_message(data: &[u8]) {
    let offered = offer(Bytes::copy_from_slice(data), received());
    match &offered.reading {
        // What was read is read again the same.
        Ok(read) => assert_eq!(offer(offered.raw.clone(), received()).reading.as_ref(), Ok(read)),
        Err(faults) => places(faults),
    }
}

/// A body of either form.
pub fn fuzz_batch(data: &[u8]) {
    let body = Bytes::copy_from_slice(data);
    for form in [Form::Json, Form::Lines] {
        if let Ok(Split::Many(list)) = split(form, &body) {
            assert!(list.len() <= MOST_MESSAGES && list.iter().map(Bytes::len).sum::<usize>() <= body.len());
            list.iter().for_each(|message| fuzz_message(message));
        }
    }
}

/// An EIDO document: what is made of it is the same each time.
pub fn fuzz_eido(data: &[u8]) {
    match eido::read(data) {
        Ok(document) => {
            let Some(feed) = FeedId::parse("fuzz") else { return };
            let (map, mut seen) = (EidoMap::default(), Seen::default());
            let made = eido::translate(&document, &map, &feed, &seen);
            seen.remember(&feed, &made);
            let again = eido::translate(&document, &map, &feed, &seen);
            for (one, other) in made.messages.iter().zip(&again.messages) {
                assert_eq!(one.value, other.value);
                if let Err(faults) = one.offer(received()).reading {
                    // Only its time can be wrong: everything else was made here.
                    assert!(faults.iter().all(|f| f.pointer == "/at"), "{faults:?}");
                }
            }
        }
        Err(faults) => places(&faults),
    }
}

/// A note in HTML.
pub fn fuzz_html(data: &[u8]) {
    let html = String::from_utf8_lossy(data);
    assert!(eido::text_of(&html).len() <= html.len());
}

/// A place in XML.
pub fn fuzz_place(data: &[u8]) {
    let _ = eido::location_of(&String::from_utf8_lossy(data));
}

/// A file, by the map of the seeds.
pub fn fuzz_csv(data: &[u8]) {
    static SEED: LazyLock<Option<ExtractMap>> = LazyLock::new(|| ExtractMap::parse(&String::from_utf8_lossy(MAP)).ok());
    if let Some(map) = &*SEED {
        run(map, data);
    }
}

/// A map, and by it the file of the seeds.
pub fn fuzz_map(data: &[u8]) {
    if let Ok(map) = ExtractMap::parse(&String::from_utf8_lossy(data)) {
        run(&map, CSV);
    }
}

fn run(map: &ExtractMap, file: &[u8]) {
    if let Ok(import) = import(file, map, |_| {}) {
        let mut line = 0;
        for item in import {
            let at = item.map_or_else(|fault| fault.line, |row| row.line);
            assert!(at >= line, "lines are named in their order");
            line = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_seed_is_good_input() {
        for target in TARGETS {
            target.seeds.iter().for_each(|seed| (target.run)(seed));
        }
        assert!(offer(Bytes::from_static(MESSAGE), received()).reading.is_ok());
        assert!(eido::read(EIDO).is_ok_and(|d| d.faulty.is_empty() && d.unknown.is_empty()));
        let map = ExtractMap::parse(&String::from_utf8_lossy(MAP)).expect("a map");
        assert_eq!(import(CSV, &map, |_| {}).expect("a header that fits").filter(Result::is_ok).count(), 2);
    }

    #[test]
    fn an_input_follows_from_its_seed_and_number_alone() {
        for target in TARGETS {
            assert_eq!(mutated(target, 7, 1234), mutated(target, 7, 1234));
            let different: BTreeSet<_> = (0..100).map(|number| mutated(target, 7, number)).collect();
            assert!(different.len() > 80, "{}: {} of 100 inputs differ", target.name, different.len());
        }
    }

    #[test]
    fn no_parser_fails_on_mutated_input() {
        for target in TARGETS {
            (0..200).for_each(|number| (target.run)(&mutated(target, 1, number)));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_parser_fails_on_values_of_the_wrong_kind(choices in prop::collection::vec(any::<u8>(), 2..16)) {
            for target in TARGETS {
                target.seeds.iter().filter_map(|seed| reshape(seed, &choices)).for_each(|data| (target.run)(&data));
            }
        }

        #[test]
        fn no_parser_fails_on_any_bytes(data in prop::collection::vec(any::<u8>(), 0..300)) {
            TARGETS.iter().for_each(|target| (target.run)(&data));
        }
    }
}
