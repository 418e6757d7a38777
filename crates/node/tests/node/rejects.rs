//! The rejects list over every feed, and what people do with it.

use alongside_journal::Store as _;
use alongside_node::{DealtHow, Node, Receipt, Refused, RejectCounts, RejectId};

use crate::night::{EVENING, at, logged, offer, open, open_with, options};

/// What a feed sent that nobody can read.
const TORN: &str = r#"{"id":"torn","#;

fn ids(node: &Node, how: Option<DealtHow>, before: Option<RejectId>, limit: usize) -> Vec<RejectId> {
    node.reject_lines(how, before, limit).iter().map(|line| line.id).collect()
}

#[test]
fn the_list_goes_over_every_feed_the_newest_first_page_by_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    for (feed, raw) in [("cad", "1"), ("tel", "2"), ("cad", "3"), ("custody", "4"), ("tel", "5")] {
        node.take(feed, EVENING, vec![offer(raw)]).wait().expect("kept");
    }
    let all = node.reject_lines(None, None, 10);
    let feeds: Vec<&str> = all.iter().map(|line| &*line.feed).collect();
    assert_eq!(feeds, ["tel", "custody", "cad", "tel", "cad"]);
    let first = ids(&node, None, None, 2);
    let second = ids(&node, None, first.last().copied(), 2);
    let third = ids(&node, None, second.last().copied(), 2);
    assert_eq!([first, second, third].concat(), all.iter().map(|line| line.id).collect::<Vec<_>>());
    let texts = node.reject_texts(&[all[0].id, all[4].id]).expect("readable");
    assert_eq!(texts, [b"5".to_vec(), b"1".to_vec()]);
}

#[test]
fn one_that_is_put_aside_stays_with_its_reason_is_counted_when_it_comes_again_and_can_still_be_resubmitted() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    node.take("cad", EVENING, vec![offer(TORN), offer("[]")]).wait().expect("kept");
    let [other, torn] = ids(&node, None, None, 10)[..] else { panic!("two") };
    assert!(matches!(node.put_aside("tel", torn, "Not ours", "admin:1").wait(), Err(Refused::NoSuch(_))));
    node.put_aside("cad", torn, "A test of the sender", "admin:1").wait().expect("put aside");
    let second = node.put_aside("cad", torn, "Another reason", "admin:2").wait();
    assert!(matches!(second, Err(Refused::DealtWith(dealt)) if &*dealt.by == "admin:1"));
    node.take("cad", at(5), vec![offer(TORN)]).wait().expect("kept");

    let check = |node: &Node, times: u64| {
        assert_eq!(node.reject_counts(), RejectCounts { waiting: 1, put_aside: 1, resubmitted: 0 });
        assert_eq!(node.status().rejects, 1, "only what waits is counted as waiting");
        assert_eq!(ids(node, None, None, 10), [other]);
        assert_eq!(node.rejects("cad", None, 10).expect("readable").len(), 1);
        let line = node.reject_lines(Some(DealtHow::PutAside), None, 10).remove(0);
        assert_eq!((line.id, line.times), (torn, times));
        let dealt = line.dealt.expect("dealt with");
        assert_eq!((dealt.how, &*dealt.by), (DealtHow::PutAside, "admin:1"));
        assert_eq!(node.put_aside_for(&dealt).expect("readable").as_deref(), Some("A test of the sender"));
        assert_eq!(node.reject_texts(&[torn]).expect("readable"), [TORN.as_bytes()], "it is never deleted");
    };
    check(&node, 2);
    node.snapshot().wait().expect("kept");
    drop(node);
    let node = open_with(folder.path(), options(&clock));
    check(&node, 2);
    drop(node);
    // Folded from the first entry, without the snapshot's count.
    let mut store = alongside_journal::SqliteStore::open(folder.path()).expect("opens");
    store.delete_snapshots_after(alongside_journal::Seq(0)).expect("deleted");
    drop(store);
    let node = open_with(folder.path(), options(&clock));
    check(&node, 1);

    let better = logged("torn", "A", EVENING, "He is outside");
    let receipt = node.resubmit("cad", at(9), torn, offer(&better), "admin:2").wait().expect("kept");
    assert_eq!(receipt, Receipt::Taken);
    assert_eq!(node.reject_counts(), RejectCounts { waiting: 1, put_aside: 0, resubmitted: 1 });
    assert!(matches!(
        node.put_aside("cad", torn, "Too late", "admin:1").wait(),
        Err(Refused::DealtWith(dealt)) if dealt.how == DealtHow::Resubmitted && &*dealt.by == "admin:2"
    ));
    node.take("cad", at(10), vec![offer(TORN)]).wait().expect("kept");
    assert_eq!(node.reject_counts().waiting, 2, "what comes after it was done with is a reject of its own");
}
