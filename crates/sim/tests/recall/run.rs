//! The desk over a stretch of the synthetic force's live days, with the shipped policy and lexicon and the feed's own clock.

use std::collections::BTreeMap;
use std::sync::Arc;

use alongside_desk::Desk;
use alongside_desk::replay::{FlagLine, Replay};
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Policy;
use alongside_desk::watch::lexicon::{LEXICON, Lexicon};
use alongside_sim::{Options, Truth, history, night, truth};
use serde_json::Value;

/// A message and when it was known.
pub struct Sent {
    /// When the force's systems had it.
    pub known: Timestamp,
    /// What it says.
    pub message: Value,
}

/// What was sent, what was missed, what the desk raised.
pub struct Run {
    /// When the stretch ends.
    pub to: Timestamp,
    /// The truth of the stretch.
    pub truth: Truth,
    /// Flags raised and cleared, in order.
    pub flags: Vec<FlagLine>,
    /// The live messages about each incident, in the order of being known.
    pub records: BTreeMap<String, Vec<Sent>>,
    /// The text of each message that has one.
    pub texts: BTreeMap<String, String>,
}

/// Loads the history, then plays `days` live days. Signs of life are left out: without them no feed falls silent, and a
/// month has a hundred thousand.
pub fn run(options: &Options, days: i64) -> Run {
    let lexicon = Lexicon::parse(LEXICON).expect("the shipped lexicon is sound");
    let mut policy = Policy::shipped();
    policy.live_from = Some(options.live_from);
    let mut replay = Replay::new(Desk::new(Arc::new(policy), Arc::new(lexicon)), None);
    let mut number = 0;
    for line in history(options) {
        number += 1;
        replay.line(number, &line.json);
    }
    let to = options.live_from.plus(Period::hours(24 * days));
    let mut run = Run {
        to,
        truth: truth(options, options.live_from, to),
        flags: Vec::new(),
        records: BTreeMap::new(),
        texts: BTreeMap::new(),
    };
    for due in night(options, options.live_from, to).filter(|due| !due.json.contains("\"feed.alive\"")) {
        number += 1;
        replay.line(number, &due.json);
        let message: Value = serde_json::from_str(&due.json).expect("the feed writes JSON");
        let said = ["text", "reason"].into_iter().find_map(|field| message[field].as_str());
        if let (Some(id), Some(said)) = (message["id"].as_str(), said) {
            run.texts.insert(id.to_owned(), said.to_owned());
        }
        if let Some(incident) = message["incident"].as_str() {
            run.records.entry(incident.to_owned()).or_default().push(Sent { known: due.at, message });
        }
    }
    replay.run_until(to.minus(Period::seconds(1)));
    assert!(replay.faults().is_empty(), "{:?}", replay.faults());
    run.flags = replay.drain();
    run
}
