//! The data folder: one writer, its keys, its readers, a full disk and a power cut.

mod conformance;

use std::fs;
use std::sync::{Arc, Mutex};

use alongside_journal::{
    AppendError, CrashPoint, JOURNAL_FILE, KEYS_FILE, KeyError, OpenError, Read, Seq, SqliteReader, SqliteStore, Store,
    StreamId, verify,
};
use conformance::{Folder, Ground, all, entry, order, snapshot, sourced};

fn sound(folder: &Folder) {
    let report = verify(folder.path(), &mut |_| ()).expect("verified");
    assert!(report.is_sound(), "{:?}", report.faults);
}

#[test]
fn two_writers_cannot_open_one_folder() {
    let folder = Folder::default();
    let store = folder.open();
    let second = SqliteStore::open(folder.path());
    assert!(matches!(second, Err(OpenError::Locked)), "{:?}", second.err());
    let views = store.views().expect("views");
    drop(store);
    assert!(matches!(SqliteStore::open(folder.path()), Err(OpenError::Locked)), "its views are still written");
    drop(views);
    folder.open();
}

#[test]
fn keys_are_the_owners_alone_and_are_never_made_anew_for_an_old_journal() {
    let folder = Folder::default();
    folder.open().append(&[entry(1, "one")]).expect("taken");
    let keys = folder.path().join(KEYS_FILE);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&keys).expect("there").permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&keys, fs::Permissions::from_mode(0o640)).expect("set");
        let opened = SqliteStore::open(folder.path());
        assert!(matches!(opened, Err(OpenError::Keys(KeyError::ReadableByOthers))), "{:?}", opened.err());
        fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).expect("set");
    }
    let text = fs::read(&keys).expect("readable");
    fs::remove_file(&keys).expect("removed");
    let opened = SqliteStore::open(folder.path());
    assert!(matches!(opened, Err(OpenError::Keys(KeyError::Missing))), "{:?}", opened.err());
    let other = Folder::default();
    other.open();
    fs::copy(other.path().join(KEYS_FILE), &keys).expect("copied");
    let opened = SqliteStore::open(folder.path());
    assert!(matches!(opened, Err(OpenError::Keys(KeyError::OfAnotherJournal))), "{:?}", opened.err());
    fs::write(&keys, &text[..text.len() / 2]).expect("written");
    let opened = SqliteStore::open(folder.path());
    assert!(matches!(opened, Err(OpenError::Keys(KeyError::Malformed))), "{:?}", opened.err());
    fs::write(&keys, text).expect("written");
    assert_eq!(all(&folder.open()).len(), 1);
}

#[test]
fn source_ids_are_the_same_after_a_restart() {
    let folder = Folder::default();
    let before = folder.open().source_key().source_id("cad", "log 12");
    assert_eq!(folder.open().source_key().source_id("cad", "log 12"), before);
    assert_ne!(Folder::default().open().source_key().source_id("cad", "log 12"), before);
}

#[test]
fn what_was_said_is_nowhere_in_the_files() {
    let folder = Folder::default();
    let mut store = folder.open();
    store.append(&[entry(1, "the words of a caller")]).expect("taken");
    store.save_snapshot(&snapshot(1, 1)).expect("kept");
    assert!(folder.holds(b"incident.logged"), "the search finds what is in the clear");
    assert!(!folder.holds(b"the words"));
}

#[test]
fn a_redacted_body_is_overwritten_where_it_lay() {
    let folder = Folder::default();
    let mut store = folder.open();
    let long = "long enough for pages of its own ".repeat(400);
    store.append(&[entry(1, "short"), entry(1, &long), entry(1, "other")]).expect("taken");
    let sealed =
        |seq: u64| -> Vec<u8> { folder.value(JOURNAL_FILE, &format!("SELECT body FROM entry WHERE seq = {seq}")) };
    let (short, long, other) = (sealed(1), sealed(2), sealed(3));
    assert!(folder.holds(&short) && folder.holds(&long[9000..9100]) && folder.holds(&other));
    // A page that is being read holds the log up; the next append clears it.
    let reader = rusqlite::Connection::open(folder.path().join(JOURNAL_FILE)).expect("a reader");
    reader.execute_batch("BEGIN; SELECT count(*) FROM entry;").expect("reading");
    let _: i64 = reader.query_row("SELECT count(*) FROM entry", [], |row| row.get(0)).expect("reading");
    store.redact(Seq(1), &order()).expect("redacted");
    store.redact(Seq(2), &order()).expect("redacted");
    reader.execute_batch("COMMIT").expect("read");
    store.append(&[entry(2, "next")]).expect("taken");
    assert!(!folder.holds(&short), "the short body is gone from the database and its log");
    for part in long.chunks(100) {
        assert!(!folder.holds(part), "no part of the long body is left");
    }
    assert!(folder.holds(&other));
    sound(&folder);
}

#[test]
fn readers_read_while_the_writer_writes() {
    let folder = Folder::default();
    assert!(matches!(SqliteReader::open(folder.path()), Err(OpenError::NoJournal)));
    let mut store = folder.open();
    let reader = store.reader().expect("a reader");
    assert_eq!(reader.last_seq().expect("readable"), Seq(0));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let reader = reader.clone();
            std::thread::spawn(move || {
                let mut seen = Seq(0);
                while seen < Seq(200) {
                    for entry in reader.read(seen.next(), 50).expect("readable") {
                        assert_eq!(entry.seq, seen.next(), "in order and without a gap");
                        assert_eq!(entry.body.open(), Some(entry.seq.0.to_string().as_bytes()));
                        seen = entry.seq;
                    }
                }
            })
        })
        .collect();
    for seq in 1..=200_u64 {
        store.append(&[entry(u128::from(seq % 7), &seq.to_string())]).expect("taken");
    }
    threads.into_iter().for_each(|thread| thread.join().expect("a reader"));
    let other = SqliteReader::open(folder.path()).expect("a reader of its own");
    assert_eq!(all(&other), all(&store));
    assert_eq!(other.stream_version(StreamId(3)).expect("readable"), 29);
    assert_eq!(other.source_key().source_id("a", "b"), store.source_key().source_id("a", "b"));
}

#[test]
fn a_full_disk_refuses_and_passes() {
    let folder = Folder::default();
    let mut store = folder.open();
    store.append(&[entry(1, "before")]).expect("taken");
    store.cap(Some(200 << 10)).expect("capped");
    let mut taken = 1;
    let refused = loop {
        assert!(taken < 10_000, "the cap holds");
        match store.append(&[entry(1, &"x".repeat(5000)), entry(2, &"y".repeat(5000))]) {
            Ok(_) => taken += 2,
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, AppendError::Full), "{refused:?}");
    assert!(taken > 10, "there was room for some");
    assert_eq!(store.last_seq().expect("readable"), Seq(taken), "nothing half appended");
    let again = store.append(&[sourced(3, &"z".repeat(50_000), 3)]);
    assert!(matches!(again, Err(AppendError::Full)), "{again:?}");
    assert_eq!(all(&folder.cut().open()).len() as u64, taken, "nor after a restart");
    sound(&folder);
    store.cap(None).expect("lifted");
    let range = store.append(&[sourced(3, &"z".repeat(50_000), 3)]).expect("taken at once");
    assert_eq!(range.first, Seq(taken + 1));
    assert_eq!(store.stream_version(StreamId(1)).expect("readable"), taken.div_ceil(2));
    sound(&folder);
}

/// Law 4: acknowledged means durable, and what was not committed is not there.
#[test]
fn law_4_a_power_cut_loses_nothing_acknowledged_and_keeps_nothing_half() {
    let folder = Arc::new(Folder::default());
    let mut store = folder.open();
    store.append(&[sourced(1, "acknowledged", 1)]).expect("taken");
    let cuts: Arc<Mutex<Vec<(CrashPoint, Folder)>>> = Arc::default();
    let (from, to) = (Arc::clone(&folder), Arc::clone(&cuts));
    store.on_crash_point(Box::new(move |point| to.lock().expect("held").push((point, from.cut()))));
    // Larger than the page cache of a connection would be by default, so that pages reach the log before the commit.
    let batch: Vec<_> = (0..3000).map(|n| entry(n % 50, &"x".repeat(1000))).collect();
    store.append(&batch).expect("taken");
    store.save_snapshot(&snapshot(1, 1)).expect("kept");
    let cuts = std::mem::take(&mut *cuts.lock().expect("held"));
    assert_eq!(cuts.iter().map(|(point, _)| *point).collect::<Vec<_>>(), CrashPoint::ALL);
    for (point, cut) in cuts {
        assert_eq!(point.to_string().parse::<CrashPoint>().expect("its own name"), point);
        let mut store = cut.open();
        let whole = matches!(point, CrashPoint::Committed | CrashPoint::SnapshotWritten);
        let expected = if whole { 3001 } else { 1 };
        assert_eq!(store.last_seq().expect("readable"), Seq(expected), "{point}");
        assert_eq!(all(&store).len() as u64, expected, "{point}");
        assert_eq!(store.latest_snapshot(1).expect("readable"), None, "{point}: a snapshot has its name last");
        let retry = store.append(&[sourced(1, "acknowledged", 1)]);
        assert!(matches!(retry, Err(AppendError::DuplicateSource { seq: Seq(1), .. })), "{point}: {retry:?}");
        assert_eq!(store.append(&[entry(9, "goes on")]).expect("taken").first, Seq(expected + 1), "{point}");
        sound(&cut);
    }
}

#[test]
fn opens_after_an_unclean_end() {
    let folder = Folder::default();
    let mut store = folder.open();
    let mut views = store.views().expect("views");
    store.append(&[entry(1, "one"), entry(2, "two")]).expect("taken");
    alongside_journal::Views::append_views(&mut views, &[]).expect("nothing");
    let cut = folder.cut();
    let mut again = cut.open();
    assert_eq!(all(&again), all(&store));
    assert_eq!(again.root(), store.root());
    again.append(&[entry(1, "three")]).expect("taken");
    assert_eq!(again.stream_version(StreamId(1)).expect("readable"), 2);
    sound(&cut);
}

#[test]
fn a_writer_never_appends_to_an_end_that_was_changed() {
    let changes = [
        "DELETE FROM entry WHERE seq = 3",
        "DELETE FROM head",
        "UPDATE head SET size = 2, frontier = substr(frontier, 1, 32)",
        "UPDATE head SET seal = zeroblob(32)",
        "UPDATE head SET frontier = randomblob(64)",
    ];
    for sql in changes {
        let folder = Folder::default();
        folder.open().append(&[entry(1, "one"), entry(1, "two"), entry(1, "three")]).expect("taken");
        folder.tamper(JOURNAL_FILE, sql);
        let opened = SqliteStore::open(folder.path());
        assert!(matches!(opened, Err(OpenError::HeadDamaged)), "{sql}: {:?}", opened.err());
    }
}
