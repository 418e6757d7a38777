//! Whatever the batches, retries, losers, redactions and restarts: the sequence has no gap, and a plain list agrees with the journal.

mod conformance;

use std::collections::HashMap;

use alongside_journal::{AppendError, Read, Seq, Store, StreamId, verify};
use conformance::{Folder, Ground, all, entry, order};
use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    /// Entries: stream, source id if it has one, and how far off the expected version is if it names one.
    Append(Vec<(u8, Option<u8>, Option<u8>)>),
    Redact(u8),
    Reopen,
    Cut,
}

fn step() -> impl Strategy<Value = Step> {
    let source = prop_oneof![3 => Just(None), 1 => (0..40_u8).prop_map(Some)];
    let expected = prop_oneof![6 => Just(None), 3 => Just(Some(0)), 1 => Just(Some(1))];
    prop_oneof![
        8 => vec((0..4_u8, source, expected), 0..8).prop_map(Step::Append),
        1 => (0..60_u8).prop_map(Step::Redact),
        1 => Just(Step::Reopen),
        1 => Just(Step::Cut),
    ]
}

#[derive(Clone, Default)]
struct Model {
    streams: HashMap<u8, u64>,
    sources: HashMap<u8, u64>,
    /// What each entry says; `None` once redacted.
    bodies: Vec<Option<String>>,
}

impl Model {
    /// Takes a batch as the journal must; gives what it must answer: how many were taken, or why none.
    fn append(&mut self, batch: &[(u8, Option<u8>, Option<u8>)]) -> Result<u64, &'static str> {
        let mut next = self.clone();
        let before = self.bodies.len() as u64;
        for (stream, source, off) in batch {
            let version = next.streams.entry(*stream).or_default();
            if off.is_some_and(|off| off != 0) {
                return Err("wrong version");
            }
            *version += 1;
            next.bodies.push(Some(format!("{stream} {version}")));
            if let Some(source) = source
                && let Some(first) = next.sources.insert(*source, next.bodies.len() as u64)
            {
                return Err(if first > before { "repeated" } else { "duplicate" });
            }
        }
        *self = next;
        Ok(batch.len() as u64)
    }
}

proptest! {
    // As many as `ALONGSIDE_NIGHTS` says, where `cargo xtask endure laws` asks for more.
    #![proptest_config(ProptestConfig {
        cases: std::env::var("ALONGSIDE_NIGHTS").map_or(24, |n| n.parse().expect("a number")),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_sequence_has_no_gap(steps in vec(step(), 1..24)) {
        let mut folder = Folder::default();
        let mut store = folder.open();
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Append(batch) => {
                    let mut versions = model.streams.clone();
                    let entries: Vec<_> = batch.iter().map(|(stream, source, off)| {
                        let version = versions.entry(*stream).or_default();
                        let mut new = entry(u128::from(*stream), &format!("{stream} {}", *version + 1));
                        new.source = source.map(|source| alongside_journal::SourceId([source; 16]));
                        new.expected = off.map(|off| *version + u64::from(off));
                        *version += 1;
                        new
                    }).collect();
                    let first = Seq(model.bodies.len() as u64 + 1);
                    let answer = store.append(&entries).map(|range| {
                        assert_eq!(range.first, first);
                        range.count as u64
                    }).map_err(|error| match error {
                        AppendError::WrongVersion { .. } => "wrong version",
                        AppendError::DuplicateSource { .. } => "duplicate",
                        AppendError::RepeatedInBatch { .. } => "repeated",
                        other => panic!("{other}"),
                    });
                    prop_assert_eq!(answer, model.append(&batch));
                }
                Step::Redact(place) => {
                    let open = model.bodies.get(usize::from(place)).is_some_and(Option::is_some)
                        && model.bodies[usize::from(place)].as_deref() != Some("record");
                    let answer = store.redact(Seq(u64::from(place) + 1), &order());
                    prop_assert_eq!(answer.is_ok(), open, "{:?}", answer);
                    if open {
                        let body = model.bodies[usize::from(place)].take().expect("open");
                        let stream: u8 = body.split(' ').next().and_then(|s| s.parse().ok()).expect("a stream");
                        *model.streams.entry(stream).or_default() += 1;
                        model.bodies.push(Some("record".into()));
                    }
                }
                Step::Reopen => {
                    drop(store);
                    store = folder.open();
                }
                Step::Cut => {
                    let cut = folder.cut();
                    drop(store);
                    folder = cut;
                    store = folder.open();
                }
            }
        }
        let entries = all(&store);
        prop_assert_eq!(entries.len(), model.bodies.len());
        for ((place, entry), body) in (1..).zip(&entries).zip(&model.bodies) {
            prop_assert_eq!(entry.seq, Seq(place));
            match body.as_deref() {
                Some("record") => prop_assert_eq!(entry.kind.as_ref(), alongside_journal::REDACTED),
                body => prop_assert_eq!(entry.body.open(), body.map(str::as_bytes)),
            }
        }
        for (stream, version) in &model.streams {
            prop_assert_eq!(store.stream_version(StreamId(u128::from(*stream))).expect("readable"), *version);
        }
        let report = verify(folder.path(), &mut |_| ()).expect("verified");
        prop_assert!(report.is_sound(), "{:?}", report.faults);
        prop_assert_eq!(report.root, store.root());
    }
}
