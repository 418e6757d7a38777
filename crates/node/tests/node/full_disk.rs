//! A full disk: clear refusals, no page without its view, full recovery.

use alongside_journal::{Moment, Read as _, ViewQuery};
use alongside_node::{Node, Receipt, Refused, Topic, View};

use crate::night::{EVENING, at, night, offers, open};

fn view(node: &Node) -> View {
    let seq = node.status().seq;
    View {
        actor: "staff:7".into(),
        screen: "incident",
        moment: Moment::Page,
        subjects: vec![node.stream(&Topic::Incident("L00001".to_owned()))],
        rights: "specialist".to_owned(),
        shown: (seq, seq),
        why: "on shift at the desk".to_owned(),
    }
}

#[test]
fn a_full_disk_refuses_clearly_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    let night = night(EVENING, 4000);
    node.cap(Some(600_000), None).expect("capped");
    let mut kept = Vec::new();
    let mut refused = Vec::new();
    for (n, part) in night.chunks(100).enumerate() {
        let now = at(20 * 100 * n as i64);
        clock.set(now);
        match node.take("cad", now, offers(part)).wait() {
            Ok(receipts) => {
                assert!(receipts.iter().all(|r| *r == Receipt::Taken));
                kept.push(part);
            }
            Err(Refused::CannotWrite { retry_after_s }) => {
                assert!(retry_after_s >= 1);
                refused.push(part);
            }
            Err(other) => panic!("{other}"),
        }
        // What is served meanwhile is what is written, and nothing of what was refused.
        assert_eq!(node.read(|desk| desk.state().seq), node.journal().last_seq().expect("readable").0);
    }
    assert!(!kept.is_empty() && !refused.is_empty(), "{} kept, {} refused", kept.len(), refused.len());
    let status = node.status();
    assert!(status.live && status.refusing && !status.ready);
    assert_eq!(node.digest().expect("a digest").1, node.digest_from_zero().expect("folded"));
    node.cap(None, None).expect("there is space again");
    for part in refused {
        let receipts = node.take("cad", at(100_000), offers(part)).wait().expect("kept");
        assert!(receipts.iter().all(|r| *r == Receipt::Taken));
    }
    for part in kept {
        let receipts = node.take("cad", at(100_000), offers(part)).wait().expect("kept");
        assert!(receipts.iter().all(|r| *r == Receipt::Duplicate));
    }
    assert!(node.status().ready);
    assert_eq!(node.digest().expect("a digest").1, node.digest_from_zero().expect("folded"));
}

#[test]
fn law_8_a_view_is_durable_before_the_page_or_the_page_is_not_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    let seq = node.record_view(view(&node)).wait().expect("journalled");
    let subject = node.stream(&Topic::Incident("L00001".to_owned()));
    let query = ViewQuery { limit: 10, subject: Some(subject), ..ViewQuery::default() };
    let views = node.journal().views(&query).expect("readable");
    assert_eq!(views.iter().map(|v| (v.seq, v.view.at)).collect::<Vec<_>>(), [(seq, EVENING)]);

    node.cap(None, Some(1)).expect("capped");
    let mut shown = 1;
    let refused = loop {
        match node.record_view(View { why: "x".repeat(4000), ..view(&node) }).wait() {
            Ok(_) => shown += 1,
            Err(refused) => break refused,
        }
        assert!(shown < 10_000, "the disk never filled");
    };
    assert!(matches!(refused, Refused::CannotWrite { .. }));
    let all = ViewQuery { limit: 20_000, ..ViewQuery::default() };
    assert_eq!(node.journal().views(&all).expect("readable").len(), shown, "one entry for each page that was shown");
    node.take("cad", EVENING, offers(&night(EVENING, 7))).wait().expect("decisions do not wait for views");
    node.cap(None, None).expect("there is space again");
    node.record_view(view(&node)).wait().expect("journalled again");
    let (wrong, right) = (node.record_view(View { screen: "two words", ..view(&node) }), node.record_view(view(&node)));
    assert!(wrong.wait().is_err());
    right.wait().expect("one that cannot be written takes no other with it");
}
