//! What was changed behind the journal's back is found and named.

mod conformance;

use alongside_journal::{
    Fault, JOURNAL_FILE, OpenError, Place, Read, Seq, Store, StoreError, VIEWS_FILE, VerifyReport, What, verify,
};
use conformance::{Folder, Ground, entry, order, snapshot, sourced};

mod looking;

/// Seven entries on three streams, the third redacted by the eighth; three views; one snapshot.
fn folder() -> Folder {
    let folder = Folder::default();
    let mut store = folder.open();
    let batch: Vec<_> = (1..=7).map(|n| sourced(n % 3, &format!("entry {n}"), n as u8)).collect();
    store.append(&batch).expect("taken");
    store.redact(Seq(3), &order()).expect("redacted");
    store.save_snapshot(&snapshot(1, 8)).expect("kept");
    let mut views = store.views().expect("views");
    alongside_journal::Views::append_views(&mut views, &[1, 2, 3].map(looking::view)).expect("journalled");
    drop(views);
    drop(store);
    // Once more, so that the journal knows how many views there were.
    folder.open().views().expect("views");
    folder
}

fn report(folder: &Folder) -> VerifyReport {
    verify(folder.path(), &mut |_| ()).expect("verified")
}

/// Tampers, and gives every fault as a line.
fn found(file: &str, sql: &str) -> Vec<String> {
    let folder = folder();
    folder.tamper(file, sql);
    report(&folder).faults.iter().map(Fault::to_string).collect()
}

fn check(file: &str, sql: &str, expected: &[&str]) {
    let found = found(file, sql);
    assert_eq!(found, expected, "{sql}");
}

#[test]
fn what_is_sound_is_counted_and_nothing_is_named() {
    let folder = folder();
    let mut last = None;
    let report = verify(folder.path(), &mut |progress| last = Some(progress)).expect("verified");
    assert_eq!(report.faults, []);
    let counts = (report.entries, report.redacted, report.streams, report.views, report.snapshots);
    assert_eq!(counts, (8, 1, 3, 3, 1));
    assert_eq!(report.root, folder.open().root());
    let last = last.expect("progress");
    assert_eq!((last.done, last.of), (11, 11));
    assert!(matches!(verify(Folder::default().path(), &mut |_| ()), Err(OpenError::NoJournal)));
}

#[test]
fn a_redaction_keeps_every_other_proof() {
    let folder = folder();
    let mut store = folder.open();
    let root = store.root();
    let bodies = |store: &dyn Read| store.read(Seq(4), 4).expect("readable");
    let before = bodies(&store);
    store.redact(Seq(1), &order()).expect("redacted");
    assert_ne!(store.root(), root, "the entry that says so is in the tree");
    assert_eq!(bodies(&store), before);
    let report = report(&folder);
    assert!(report.is_sound(), "{:?}", report.faults);
    assert_eq!((report.redacted, report.snapshots), (2, 0));
}

/// Every column of every header, one at a time, of an open entry and of a redacted one.
#[test]
fn a_change_to_any_header_is_found() {
    let columns = [
        "stream_version = stream_version + 10",
        "at = at + 1",
        "known = known - 1",
        "received = received + 1",
        "actor = 'staff:8'",
        "kind = 'incident.graded'",
        "version = 2",
        "source = NULL",
        "source = randomblob(16)",
    ];
    for seq in [3, 5] {
        for column in columns {
            let found = found(JOURNAL_FILE, &format!("UPDATE entry SET {column} WHERE seq = {seq}"));
            let expected = format!("entry {seq}: its header or digest was changed");
            assert!(found.contains(&expected), "{column} of {seq}: {found:?}");
        }
        let sql = format!("UPDATE entry SET stream = (SELECT stream FROM entry WHERE seq = 4) WHERE seq = {seq}");
        let found = found(JOURNAL_FILE, &sql);
        assert!(found.contains(&format!("entry {seq}: its header or digest was changed")), "{found:?}");
    }
}

#[test]
fn a_flipped_byte_is_found_where_it_is() {
    let flip = |column: &str, byte: u32, seq: u32| {
        format!(
            "UPDATE entry SET {column} = unhex(substr(hex({column}), 1, {at}) ||
                 CASE substr(hex({column}), {next}, 1) WHEN '0' THEN '1' ELSE '0' END ||
                 substr(hex({column}), {rest})) WHERE seq = {seq}",
            at = byte * 2,
            next = byte * 2 + 1,
            rest = byte * 2 + 2,
        )
    };
    for byte in [0, 11, 12, 20, 30, 40] {
        check(JOURNAL_FILE, &flip("body", byte, 5), &["entry 5: its body was changed"]);
    }
    for byte in [0, 31] {
        let changed = [
            "entry 5: its header or digest was changed",
            "the journal: the root over its entries is not the one that was recorded",
        ];
        check(JOURNAL_FILE, &flip("digest", byte, 5), &changed);
        check(JOURNAL_FILE, &flip("leaf", byte, 5), &["entry 5: its leaf was changed"]);
        let changed = [
            "entry 3: its header or digest was changed",
            "the journal: the root over its entries is not the one that was recorded",
        ];
        check(JOURNAL_FILE, &flip("digest", byte, 3), &changed);
    }
}

#[test]
fn bodies_that_change_places_are_found() {
    let swap = "UPDATE entry SET body = (SELECT body FROM entry AS o WHERE o.seq = 7) WHERE seq = 4";
    check(JOURNAL_FILE, swap, &["entry 4: its body was changed"]);
    check(
        JOURNAL_FILE,
        "UPDATE entry SET body = NULL WHERE seq = 5",
        &["entry 5: its body is gone, and no entry says that it was redacted"],
    );
    check(
        JOURNAL_FILE,
        "UPDATE entry SET body = (SELECT body FROM entry WHERE seq = 4) WHERE seq = 3",
        &["entry 3: its body was changed", "entry 3: entry 8 says that it was redacted, and its body is there"],
    );
}

#[test]
fn a_row_that_is_taken_out_is_found() {
    check(
        JOURNAL_FILE,
        "DELETE FROM entry WHERE seq = 2",
        &[
            "entry 2: missing (up to 2)",
            "entry 5: stands at 2 in its stream, where 1 should follow",
            "the journal: the root over its entries is not the one that was recorded",
        ],
    );
    check(
        JOURNAL_FILE,
        "DELETE FROM entry WHERE seq >= 7",
        &[
            "the journal: its end is recorded at 8, and it ends at 6",
            "the journal: the root over its entries is not the one that was recorded",
            "stream 00000000000000000000000000000000: counts 3 entries and has 2",
            "stream 00000000000000000000000000000001: counts 3 entries and has 2",
            "entry 3: its body is gone, and no entry says that it was redacted",
        ],
    );
}

#[test]
fn a_row_that_is_put_in_or_moved_is_found() {
    let copied =
        "INSERT INTO entry SELECT 9, stream, 4, at, known, received, actor, kind, version, NULL, digest, leaf, body
                  FROM entry WHERE seq = 5";
    let found = found(JOURNAL_FILE, copied);
    assert!(found.contains(&"entry 9: its header or digest was changed".to_owned()), "{found:?}");
    assert!(found.contains(&"the journal: its end is recorded at 8, and it ends at 9".to_owned()), "{found:?}");
    let repeated = "DROP INDEX entry_source;
        UPDATE entry SET source = (SELECT source FROM entry WHERE seq = 4) WHERE seq = 5";
    let found = self::found(JOURNAL_FILE, repeated);
    assert!(found.contains(&"entry 5: has the source id of entry 4".to_owned()), "{found:?}");
    let before =
        "INSERT INTO entry SELECT -1, stream, 4, at, known, received, actor, kind, version, NULL, digest, leaf, body
                  FROM entry WHERE seq = 5";
    let folder = self::folder();
    folder.tamper(JOURNAL_FILE, before);
    let report = report(&folder);
    assert!(report.faults.iter().any(|fault| fault.what == What::OutOfPlace), "{:?}", report.faults);
}

#[test]
fn the_record_of_the_end_is_sealed() {
    check(
        JOURNAL_FILE,
        "UPDATE head SET seal = zeroblob(32)",
        &["the journal: the record of its end was not sealed with the force's keys"],
    );
    check(JOURNAL_FILE, "DELETE FROM head", &["the journal: the record of its end is missing or makes no sense"]);
    // Whoever has the database and not the keys can make leaf and tree agree, and still cannot seal them.
    let found = found(JOURNAL_FILE, "UPDATE head SET frontier = zeroblob(32)");
    assert_eq!(
        found,
        [
            "the journal: the root over its entries is not the one that was recorded",
            "the journal: the record of its end was not sealed with the force's keys"
        ]
    );
}

#[test]
fn lost_keys_and_counts_are_found() {
    let lost = found(
        JOURNAL_FILE,
        "UPDATE stream SET key = randomblob(60) WHERE id = (SELECT stream FROM entry WHERE seq = 4)",
    );
    assert!(lost.contains(&"entry 4: the key of its stream is lost".to_owned()), "{lost:?}");
    assert!(lost.contains(&"stream 00000000000000000000000000000001: the key of its stream is lost".to_owned()));
    check(
        JOURNAL_FILE,
        "UPDATE stream SET version = 9 WHERE id = (SELECT stream FROM entry WHERE seq = 5)",
        &["stream 00000000000000000000000000000002: counts 9 entries and has 2"],
    );
}

#[test]
fn the_log_of_views_is_held_to_the_same() {
    check(
        VIEWS_FILE,
        "UPDATE view SET actor = 'staff:9' WHERE seq = 2",
        &[
            "view 2: its header or digest was changed",
            "the log of views: its index of subjects is not what the views say",
            "the log of views: the root over its entries is not the one that was recorded",
        ],
    );
    check(
        VIEWS_FILE,
        "DELETE FROM view WHERE seq = 2; DELETE FROM view_subject WHERE seq = 2",
        &["view 2: missing (up to 2)", "the log of views: the root over its entries is not the one that was recorded"],
    );
    check(
        VIEWS_FILE,
        "UPDATE view SET body = (SELECT body FROM view WHERE seq = 1) WHERE seq = 2; DELETE FROM view_subject WHERE seq = 2",
        &["view 2: its body was changed"],
    );
    check(
        VIEWS_FILE,
        "DELETE FROM view_subject WHERE seq = 2",
        &["view 2: its index of subjects is not what the views say"],
    );
    let folder = folder();
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.path().join(format!("{VIEWS_FILE}{end}")));
    }
    let gone = report(&folder);
    assert_eq!(gone.faults, [Fault { place: Place::Views, what: What::NoHead }]);
    let opened = folder.open().views();
    assert!(matches!(opened, Err(OpenError::HeadDamaged)), "a log that was taken away does not start over unseen");
}

#[test]
fn a_damaged_snapshot_is_named_and_passed_over() {
    let folder = folder();
    folder.open().save_snapshot(&snapshot(1, 9)).expect("kept");
    let newest = folder.path().join("snapshots/1-9.snapshot");
    let mut bytes = std::fs::read(&newest).expect("readable");
    for at in [0, 9, 20, 40, bytes.len() - 1] {
        bytes[at] ^= 1;
        std::fs::write(&newest, &bytes).expect("written");
        assert_eq!(report(&folder).faults, [Fault { place: Place::Snapshot(1, Seq(9)), what: What::Snapshot }]);
        assert_eq!(folder.open().latest_snapshot(1).expect("readable"), Some(snapshot(1, 8)));
        bytes[at] ^= 1;
    }
}

#[test]
fn damaged_pages_are_named() {
    let folder = Folder::default();
    let mut store = folder.open();
    let batch: Vec<_> = (0..500).map(|n| entry(n, &"x".repeat(200))).collect();
    store.append(&batch).expect("taken");
    drop(store);
    let path = folder.path().join(JOURNAL_FILE);
    let mut bytes = std::fs::read(&path).expect("readable");
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&path, bytes).expect("written");
    let faults = report(&folder).faults;
    assert!(faults.iter().any(|fault| matches!(fault.what, What::Database(_))), "{faults:?}");
}

#[test]
fn reading_a_changed_entry_says_which_one() {
    let folder = folder();
    folder.tamper(JOURNAL_FILE, "UPDATE entry SET at = at + 1 WHERE seq = 5");
    let store = folder.open();
    let read = store.read(Seq(1), 10);
    assert!(matches!(read, Err(StoreError::Damaged { seq: Seq(5), .. })), "{read:?}");
    assert_eq!(store.read(Seq(1), 4).expect("readable").len(), 4);
}
