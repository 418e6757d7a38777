//! What every store must do, whichever database it stands on: `conformance!(Ground)` makes a test of each.

#![allow(dead_code, unused_macros, unused_imports, reason = "each test binary uses some of it")]

mod folder;

use std::borrow::Cow;

use alongside_desk::time::Timestamp;
use alongside_journal::{
    ActorId, AppendError, Body, Entry, NewEntry, REDACTED, Read, RedactError, Redaction, RedactionRecord, Seq,
    Snapshot, SnapshotError, SourceId, Store, StreamId,
};

pub use folder::Folder;

/// A place where a store lives. Opening it again gives the same journal.
pub trait Ground: Default {
    type Store: Store;
    fn open(&self) -> Self::Store;
}

pub const MORNING: Timestamp = Timestamp::from_ms(1_770_000_000_000);

pub fn entry(stream: u128, payload: &str) -> NewEntry {
    NewEntry {
        stream: StreamId(stream),
        at: MORNING,
        known: Timestamp::from_ms(MORNING.ms() + 1),
        received: Timestamp::from_ms(MORNING.ms() + 2),
        actor: ActorId::new("feed:1"),
        kind: Cow::Borrowed("incident.logged"),
        version: 1,
        source: None,
        expected: None,
        payload: payload.as_bytes().to_vec(),
    }
}

pub fn sourced(stream: u128, payload: &str, source: u8) -> NewEntry {
    NewEntry { source: Some(SourceId([source; 16])), ..entry(stream, payload) }
}

pub fn expecting(stream: u128, payload: &str, expected: u64) -> NewEntry {
    NewEntry { expected: Some(expected), ..entry(stream, payload) }
}

pub fn order() -> Redaction {
    Redaction {
        who: ActorId::new("staff:7"),
        why: "entered on the wrong log".into(),
        authority: "erasure request 12".into(),
        at: Timestamp::from_ms(MORNING.ms() + 60_000),
    }
}

pub fn snapshot(fold_version: u32, seq: u64) -> Snapshot {
    Snapshot { fold_version, seq: Seq(seq), state_digest: [seq as u8; 32], bytes: format!("state {seq}").into() }
}

pub fn all(store: &impl Read) -> Vec<Entry> {
    let mut entries = Vec::new();
    store.for_each(Seq::FIRST, &mut |entry| entries.push(entry)).expect("readable");
    entries
}

fn texts(entries: &[Entry]) -> Vec<String> {
    let text = |entry: &Entry| match &entry.body {
        Body::Open(payload) => String::from_utf8_lossy(payload).into_owned(),
        Body::Redacted => "(redacted)".to_owned(),
    };
    entries.iter().map(text).collect()
}

pub fn gives_back_what_it_took<G: Ground>() {
    let ground = G::default();
    let mut store = ground.open();
    assert_eq!(store.last_seq().expect("readable"), Seq(0));
    let new = NewEntry { version: 3, ..sourced(5, "caller says he has gone", 9) };
    let range = store.append(&[entry(4, "first"), new.clone()]).expect("taken");
    assert_eq!((range.first, range.count, range.last()), (Seq(1), 2, Some(Seq(2))));
    assert_eq!(range.iter().collect::<Vec<_>>(), [Seq(1), range.at(1)]);
    let read = store.read_one(Seq(2)).expect("readable").expect("there");
    assert_eq!(read.seq, Seq(2));
    assert_eq!((read.stream, read.stream_version), (new.stream, 1));
    assert_eq!((read.at, read.known, read.received), (new.at, new.known, new.received));
    assert_eq!((read.actor, read.kind, read.version), (new.actor, new.kind, new.version));
    assert_eq!((read.source, read.body), (new.source, Body::Open(new.payload)));
    assert_eq!(store.read_one(Seq(3)).expect("readable"), None);
    drop(store);
    assert_eq!(texts(&all(&ground.open())), ["first", "caller says he has gone"]);
}

pub fn reads_from_a_place_on<G: Ground>() {
    let mut store = G::default().open();
    let batch: Vec<_> = (1..=5).map(|n| entry(1, &n.to_string())).collect();
    store.append(&batch).expect("taken");
    assert_eq!(texts(&store.read(Seq(2), 3).expect("readable")), ["2", "3", "4"]);
    assert_eq!(texts(&store.read(Seq(5), 3).expect("readable")), ["5"]);
    assert_eq!(texts(&store.read(Seq(6), 3).expect("readable")), [""; 0]);
    assert_eq!(texts(&store.read_many(&[Seq(4), Seq(9), Seq(1)]).expect("readable")), ["4", "1"]);
    let mut seen = Vec::new();
    store.for_each(Seq(4), &mut |entry| seen.push(entry.seq)).expect("readable");
    assert_eq!(seen, [Seq(4), Seq(5)]);
}

pub fn law_5_a_retry_changes_nothing<G: Ground>() {
    let ground = G::default();
    let mut store = ground.open();
    store.append(&[entry(1, "before"), sourced(1, "once", 7)]).expect("taken");
    let before = all(&store);
    for reopened in [false, true] {
        if reopened {
            drop(store);
            store = ground.open();
        }
        let again = store.append(&[entry(2, "new"), sourced(1, "once", 7)]);
        assert!(matches!(again, Err(AppendError::DuplicateSource { index: 1, seq: Seq(2) })), "{again:?}");
        assert_eq!(all(&store), before);
    }
    assert_eq!(store.find_source(&SourceId([7; 16])).expect("readable"), Some(Seq(2)));
    assert_eq!(store.find_source(&SourceId([8; 16])).expect("readable"), None);
    assert_eq!(store.stream_version(StreamId(2)).expect("readable"), 0);
    let twice = store.append(&[entry(1, "x"), sourced(1, "a", 9), entry(1, "y"), sourced(1, "b", 9)]);
    assert!(matches!(twice, Err(AppendError::RepeatedInBatch { index: 3, first: 1 })), "{twice:?}");
    assert_eq!(all(&store), before);
    assert_eq!(store.append(&[sourced(1, "after", 9)]).expect("taken").first, Seq(3));
}

pub fn a_decision_on_an_old_version_loses<G: Ground>() {
    let ground = G::default();
    let mut store = ground.open();
    store.append(&[expecting(1, "opened", 0), expecting(1, "graded", 1), entry(2, "other")]).expect("taken");
    for reopened in [false, true] {
        if reopened {
            drop(store);
            store = ground.open();
        }
        let late = store.append(&[entry(2, "message"), expecting(1, "closed", 1)]);
        let Err(AppendError::WrongVersion { index: 1, stream: StreamId(1), found: 2 }) = late else {
            panic!("{late:?}");
        };
        assert_eq!(store.last_seq().expect("readable"), Seq(3));
        assert_eq!(store.stream_version(StreamId(2)).expect("readable"), 1);
    }
    let ahead = store.append(&[expecting(9, "decided on what is not there", 1)]);
    assert!(matches!(ahead, Err(AppendError::WrongVersion { index: 0, found: 0, .. })), "{ahead:?}");
    store.append(&[expecting(1, "closed", 2)]).expect("caught up and decided again");
    assert_eq!(store.stream_version(StreamId(1)).expect("readable"), 3);
    assert_eq!(all(&store).iter().map(|e| e.stream_version).collect::<Vec<_>>(), [1, 2, 1, 3]);
}

pub fn an_empty_batch_is_nothing<G: Ground>() {
    let mut store = G::default().open();
    let range = store.append(&[]).expect("taken");
    assert_eq!((range.count, range.last(), range.iter().count()), (0, None, 0));
    assert_eq!(store.append(&[entry(1, "first")]).expect("taken").first, Seq(1));
}

pub fn what_breaks_a_form_is_refused<G: Ground>() {
    let mut store = G::default().open();
    let wrong = [
        NewEntry { actor: ActorId::new("A Person"), ..entry(1, "") },
        NewEntry { actor: ActorId::new(""), ..entry(1, "") },
        NewEntry { kind: Cow::Borrowed(""), ..entry(1, "") },
        NewEntry { kind: Cow::Owned("k".repeat(65)), ..entry(1, "") },
        NewEntry { kind: Cow::Borrowed(REDACTED), ..entry(1, "") },
        NewEntry { payload: vec![0; alongside_journal::LARGEST_PAYLOAD + 1], ..entry(1, "") },
    ];
    for (place, wrong) in wrong.into_iter().enumerate() {
        let refused = store.append(&[entry(1, "good"), wrong]);
        assert!(matches!(refused, Err(AppendError::Invalid { index: 1, .. })), "{place}: {refused:?}");
    }
    assert_eq!(store.last_seq().expect("readable"), Seq(0));
    store.append(&[entry(1, ""), entry(1, &"x".repeat(1 << 20))]).expect("empty and 1 MiB are fine");
    assert_eq!(
        all(&store).iter().map(|e| e.body.open().map(<[u8]>::len)).collect::<Vec<_>>(),
        [Some(0), Some(1 << 20)]
    );
}

pub fn a_redaction_takes_one_body_and_nothing_else<G: Ground>() {
    let ground = G::default();
    let mut store = ground.open();
    store.append(&[entry(1, "one"), sourced(1, "two", 2), entry(2, "three")]).expect("taken");
    let before = all(&store);
    let said = store.redact(Seq(2), &order()).expect("redacted");
    assert_eq!(said, Seq(4));
    drop(store);
    let mut store = ground.open();
    let after = all(&store);
    assert_eq!(after[1], Entry { body: Body::Redacted, ..before[1].clone() }, "its header and digest stay");
    assert_eq!((&after[0], &after[2]), (&before[0], &before[2]));
    let record = &after[3];
    assert_eq!((record.kind.as_ref(), record.stream, record.stream_version), (REDACTED, StreamId(1), 3));
    assert_eq!(record.actor, order().who);
    let said: RedactionRecord = serde_json::from_slice(record.body.open().expect("open")).expect("a record");
    assert_eq!((said.entry, said.why, said.authority), (Seq(2), order().why, order().authority));
    // A retry of what was redacted is still a retry, and does not bring it back.
    let again = store.append(&[sourced(1, "two", 2)]);
    assert!(matches!(again, Err(AppendError::DuplicateSource { seq: Seq(2), .. })), "{again:?}");
    assert!(matches!(store.redact(Seq(2), &order()), Err(RedactError::AlreadyRedacted(Seq(2)))));
    assert!(matches!(store.redact(Seq(4), &order()), Err(RedactError::RecordsRedaction(Seq(4)))));
    assert!(matches!(store.redact(Seq(5), &order()), Err(RedactError::NoSuchEntry(Seq(5)))));
    assert_eq!(store.last_seq().expect("readable"), Seq(4));
}

pub fn the_newest_three_snapshots_are_kept<G: Ground>() {
    let ground = G::default();
    let mut store = ground.open();
    assert_eq!(store.latest_snapshot(1).expect("readable"), None);
    for seq in [10, 20, 30, 40] {
        store.save_snapshot(&snapshot(1, seq)).expect("kept");
    }
    store.save_snapshot(&snapshot(2, 35)).expect("kept");
    drop(store);
    let mut store = ground.open();
    assert_eq!(store.latest_snapshot(2).expect("readable"), Some(snapshot(2, 35)));
    assert_eq!(store.latest_snapshot(1).expect("readable"), Some(snapshot(1, 40)), "for a program put back");
    assert_eq!(store.latest_snapshot(3).expect("readable"), None);
    for seq in [50, 60, 70] {
        store.save_snapshot(&snapshot(2, seq)).expect("kept");
    }
    assert_eq!(store.delete_snapshots_after(Seq(60)).expect("deleted"), 2);
    assert_eq!(store.latest_snapshot(2).expect("readable"), Some(snapshot(2, 50)));
    assert_eq!(store.delete_snapshots_after(Seq(0)).expect("deleted"), 2, "50, and 40 of the older fold");
    assert_eq!(store.latest_snapshot(2).expect("readable"), None);
}

pub fn no_snapshot_outlives_a_redaction_that_it_holds<G: Ground>() {
    let ground = G::default();
    let mut store = ground.open();
    store.append(&[entry(1, "one"), entry(1, "two"), entry(1, "three")]).expect("taken");
    for seq in [1, 2, 3] {
        store.save_snapshot(&snapshot(1, seq)).expect("kept");
    }
    store.redact(Seq(2), &order()).expect("redacted");
    assert_eq!(store.latest_snapshot(1).expect("readable"), Some(snapshot(1, 1)));
    for reopened in [false, true] {
        if reopened {
            drop(store);
            store = ground.open();
        }
        let late = store.save_snapshot(&snapshot(1, 3));
        assert!(matches!(late, Err(SnapshotError::HoldsRedacted { target: Seq(2) })), "{late:?}");
        assert_eq!(store.latest_snapshot(1).expect("readable"), Some(snapshot(1, 1)));
    }
    store.save_snapshot(&snapshot(1, 4)).expect("folded after the redaction");
}

/// Makes a test of each function above for one ground.
macro_rules! conformance {
    ($ground:ty) => {
        conformance!(
            $ground: gives_back_what_it_took reads_from_a_place_on law_5_a_retry_changes_nothing
            a_decision_on_an_old_version_loses an_empty_batch_is_nothing what_breaks_a_form_is_refused
            a_redaction_takes_one_body_and_nothing_else the_newest_three_snapshots_are_kept
            no_snapshot_outlives_a_redaction_that_it_holds
        );
    };
    ($ground:ty: $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                conformance::$case::<$ground>();
            }
        )*
    };
}
pub(crate) use conformance;
