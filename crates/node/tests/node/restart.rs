//! Starting again, from a snapshot and from nothing.

use alongside_desk::Desk;
use alongside_journal::{Read as _, Seq, Snapshot, SqliteStore, Store as _};
use alongside_node::{OpenError, Options};

use crate::night::{EVENING, at, night, offer, offers, open, open_with, opened, options};

#[test]
fn law_1_snapshot_and_tail_come_to_the_fold_from_zero() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    let night = night(EVENING, 700);
    for (n, part) in night.chunks(50).enumerate() {
        let now = at(1000 * (n as i64 + 1));
        clock.set(now);
        node.take("cad", now, offers(part)).wait().expect("kept");
        if n == 6 {
            node.snapshot().wait().expect("kept");
        }
    }
    let running = node.digest().expect("a digest");
    assert_eq!(running.1, node.digest_from_zero().expect("folded"), "what ran is what is written");
    assert!(node.read(|desk| desk.state().flags.all().len()) > 20, "a night without flags would prove little");
    // Gone without a last snapshot, as after a power cut: only the tail after the seventh part is folded.
    let copy = tempfile::tempdir().expect("a folder");
    copy_folder(folder.path(), copy.path());
    let mut folded = Vec::new();
    let other = alongside_node::Node::open(copy.path(), options(&clock), &mut |p| folded.push(p)).expect("opens");
    assert!(folded[0].done > Seq(0) && folded[0].done < folded[0].of, "{folded:?}");
    assert_eq!(other.digest().expect("a digest"), running);
}

#[test]
fn snapshots_are_made_by_themselves_and_a_damaged_one_costs_only_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = std::sync::Arc::new(alongside_node::ManualClock::at(EVENING));
    let node = open_with(folder.path(), Options { snapshot_every: 100, ..options(&clock) });
    node.take("cad", EVENING, offers(&night(EVENING, 210))).wait().expect("kept");
    let digest = node.digest().expect("a digest");
    node.shutdown();
    assert!(node.status().snapshot > Seq(0));
    drop(node);
    let snapshots: Vec<_> = std::fs::read_dir(folder.path().join("snapshots")).expect("there").collect();
    assert!(!snapshots.is_empty());
    for file in snapshots {
        std::fs::write(file.expect("a file").path(), b"torn").expect("written");
    }
    let mut folded = Vec::new();
    let node = alongside_node::Node::open(folder.path(), options(&clock), &mut |p| folded.push(p)).expect("opens");
    assert_eq!(folded[0].done, Seq(0), "from the first entry");
    assert_eq!(node.digest().expect("a digest"), digest);
}

#[test]
fn a_snapshot_of_another_fold_or_that_is_not_what_its_digest_says_is_passed_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    node.take("cad", EVENING, offers(&night(EVENING, 210))).wait().expect("kept");
    let digest = node.digest().expect("a digest");
    node.shutdown();
    drop(node);
    let spoilt: [fn(Snapshot) -> Snapshot; 4] = [
        |good| good,
        |good| Snapshot { fold_version: good.fold_version + 1, ..good },
        |good| Snapshot { state_digest: [7; 32], ..good },
        |good| Snapshot { seq: Seq(good.seq.0 - 1), ..good },
    ];
    for (number, spoil) in spoilt.iter().enumerate() {
        let copy = tempfile::tempdir().expect("a folder");
        copy_folder(folder.path(), copy.path());
        let mut store = SqliteStore::open(copy.path()).expect("opens");
        let good = store.latest_snapshot(Desk::FOLD_VERSION).expect("readable").expect("kept at the shutdown");
        store.delete_snapshots_after(Seq(0)).expect("deleted");
        store.save_snapshot(&spoil(good)).expect("kept");
        drop(store);
        let mut folded = Vec::new();
        let node = alongside_node::Node::open(copy.path(), options(&clock), &mut |p| folded.push(p)).expect("opens");
        assert_eq!(folded[0].done == Seq(0), number > 0, "{number}: {folded:?}");
        assert_eq!(node.digest().expect("a digest"), digest);
    }
}

#[test]
fn two_writers_of_one_folder_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    let second = alongside_node::Node::open(folder.path(), options(&clock), &mut |_| ());
    assert!(matches!(second, Err(OpenError::Journal(alongside_journal::OpenError::Locked))));
    drop(node);
    open_with(folder.path(), options(&clock));
}

#[test]
fn a_stopped_node_refuses_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    assert!(node.status().ready);
    node.shutdown();
    let status = node.status();
    assert!(!status.ready && !status.live);
    assert!(node.take("cad", EVENING, vec![offer(&opened("A", EVENING))]).wait().is_err());
    assert!(node.snapshot().wait().is_err());
}

#[test]
fn a_policy_is_journalled_when_it_changes_and_a_broken_one_leaves_the_last_good_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    let (seq, version) = (node.status().seq, node.status().policy);
    assert_eq!(seq, Seq(1), "the first entry of a journal is its policy");
    drop(node);
    let node = open_with(folder.path(), options(&clock));
    assert_eq!(node.status().seq, seq, "the same policy is no news");
    let other = format!("{}\n# another\n", alongside_desk::watch::POLICY);
    node.set_policy(&other, "staff:7", "tried in the lab").wait().expect("in force");
    let changed = node.status().policy;
    assert_ne!(changed, version);
    assert!(node.set_policy("rules = 3", "staff:7", "a slip").wait().is_err());
    assert_eq!(node.status().policy, changed);
    drop(node);
    let node = open_with(folder.path(), Options { policy: "rules = 3".to_owned(), ..options(&clock) });
    assert_eq!(node.status().policy, changed);
    assert!(!node.status().policy_problems.is_empty());
    assert_eq!(node.digest().expect("a digest").1, node.digest_from_zero().expect("folded"));
    let empty = tempfile::tempdir().expect("a folder");
    let broken = Options { policy: "rules = 3".to_owned(), ..options(&clock) };
    assert!(matches!(alongside_node::Node::open(empty.path(), broken, &mut |_| ()), Err(OpenError::Policy(_))));
}

#[test]
fn readers_see_only_what_is_committed_and_texts_are_read_from_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    let night = night(EVENING, 140);
    let sent: Vec<_> = night.iter().map(|raw| node.take("cad", EVENING, vec![offer(raw)])).collect();
    for _ in 0..200 {
        // Taken together under the lock: what is shown is in the journal already.
        let (shown, kept) = node.read(|desk| (desk.state().seq, node.journal().last_seq().expect("readable")));
        assert!(shown <= kept.0);
    }
    sent.into_iter().for_each(|pending| assert!(pending.wait().is_ok()));
    let seq = node.read(|desk| {
        let id = desk.state().find("L00000").expect("there");
        desk.state().incident(id).and_then(|i| i.opening.as_ref()).map(|o| o.stamp.seq).expect("opened")
    });
    let texts = node.texts(&[Seq(seq), Seq(1)]).expect("readable");
    assert_eq!(texts[0].raw.as_deref(), Some(night[0].as_str()));
    assert_eq!(texts[1].raw, None, "the policy is no message");
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    for file in std::fs::read_dir(from).expect("readable") {
        let file = file.expect("a file");
        let target = to.join(file.file_name());
        if file.path().is_dir() {
            std::fs::create_dir_all(&target).expect("made");
            copy_folder(&file.path(), &target);
        } else {
            std::fs::copy(file.path(), &target).expect("copied");
        }
    }
}
