//! A night in a control room, written down by hand: invented people, numbers kept for drama.
#![allow(dead_code)]

use std::path::Path;
use std::sync::Arc;

use alongside_desk::message::read_line;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::POLICY;
use alongside_desk::watch::lexicon::LEXICON;
use alongside_node::{Clock, Line, ManualClock, Node, Offer, Options, Reading};
use sha2::{Digest, Sha256};

/// Thursday 16 April 2026, 20:00 in London.
pub const EVENING: Timestamp = Timestamp::from_ms(1_776_366_000_000);

/// `EVENING` and so many seconds.
pub fn at(seconds: i64) -> Timestamp {
    EVENING.plus(Period::seconds(seconds))
}

/// A node whose clock stands at `EVENING` until it is moved.
pub fn open(folder: &Path) -> (Node, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(EVENING));
    (open_with(folder, options(&clock)), clock)
}

pub fn open_with(folder: &Path, options: Options) -> Node {
    Node::open(folder, options, &mut |_| ()).expect("a node")
}

pub fn options(clock: &Arc<ManualClock>) -> Options {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
    Options { clock, ..Options::new(POLICY, LEXICON) }
}

/// What the door makes of one message.
pub fn offer(raw: &str) -> Offer {
    let reading = match read_line(raw) {
        Ok(read) => Reading::Message { raw: raw.into(), message: Box::new(read.message) },
        Err(faults) => Reading::Faulty { raw: raw.as_bytes().into(), faults },
    };
    Offer { size: raw.len(), content: Sha256::digest(raw).into(), reading }
}

pub fn offers(raws: &[String]) -> Vec<Offer> {
    raws.iter().map(|raw| offer(raw)).collect()
}

pub fn line(number: u64, raw: &str) -> Line {
    Line { number, raw: raw.into(), message: read_line(raw).unwrap_or_else(|faults| panic!("{faults:?}")).message }
}

pub fn opened(incident: &str, at: Timestamp) -> String {
    format!(
        r#"{{"id":"{incident}-open","at":"{at}","type":"incident.opened","incident":"{incident}","by":"op1","channel":"999","grade":"immediate","code":"ASSAULT","qualifiers":["DA"],"text":"Caller says he is at the door again"}}"#
    )
}

pub fn logged(id: &str, incident: &str, at: Timestamp, text: &str) -> String {
    format!(
        r#"{{"id":"{id}","at":"{at}","type":"incident.logged","incident":"{incident}","by":"op1","text":"{text}"}}"#
    )
}

const FAMILIES: [&str; 8] = ["Pennick", "Quarmby", "Dresk", "Farraday", "Holloway", "Tresk", "Ormsby", "Vellacott"];
const GIVEN: [&str; 6] = ["Orla", "Dilys", "Imogen", "Callum", "Piers", "Wren"];

/// `count` messages, one every 20 s from `from`: seven an incident, some of which nobody reaches in time.
pub fn night(from: Timestamp, count: usize) -> Vec<String> {
    (0..count).map(|n| message(n, from.plus(Period::seconds(20 * i64::try_from(n).expect("a few"))))).collect()
}

fn message(n: usize, at: Timestamp) -> String {
    let (incident, step) = (n / 7, n % 7);
    let (given, family) = (GIVEN[incident % GIVEN.len()], FAMILIES[incident / 3 % FAMILIES.len()]);
    let victim = format!(
        r#""person":{{"ref":"P{:04}","name":"{given} {family}","born":"{}-03-{:02}","phones":["+447700900{:03}"]}}"#,
        incident % 311,
        1960 + incident % 40,
        1 + incident % 28,
        incident % 1000,
    );
    let rest = match step {
        0 => r#""type":"incident.opened","channel":"999","grade":"immediate","code":"ASSAULT","qualifiers":["DA"],"text":"Partner has pushed her, she is in the kitchen""#.to_owned(),
        1 => format!(r#""type":"incident.person","role":"victim","relationship":"partner",{victim}"#),
        2 => format!(r#""type":"incident.person","role":"suspect","relationship":"partner","person":{{"ref":"S{:04}","name":"Piers {family}"}}"#, incident % 211),
        3 => r#""type":"incident.logged","text":"She says that he has gone, will ring her tomorrow""#.to_owned(),
        4 => format!(r#""type":"unit.assigned","unit":"CR{}""#, incident % 40),
        5 if incident % 3 == 0 => r#""type":"incident.logged","text":"No unit free""#.to_owned(),
        5 => format!(r#""type":"unit.arrived","unit":"CR{}""#, incident % 40),
        _ if incident % 5 == 0 => format!(r#""type":"incident.corrected","corrects":"m{}","fields":{{"text":"She says that he is outside"}}"#, n - 3),
        _ => r#""type":"incident.outcome","kind":"victim_seen""#.to_owned(),
    };
    format!(r#"{{"id":"m{n}","at":"{at}","incident":"L{incident:05}","by":"op{}",{rest}}}"#, incident % 9)
}
