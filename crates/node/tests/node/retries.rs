//! Retransmission, conflicts, rejects and back-pressure.

use alongside_journal::Read as _;
use alongside_node::{Receipt, Refused, RejectedFor};

use crate::night::{EVENING, at, logged, night, offer, offers, open, open_with, opened, options};

#[test]
fn law_5_a_retry_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    let night = night(EVENING, 70);
    let first = node.take("cad", EVENING, offers(&night)).wait().expect("kept");
    assert!(first.iter().all(|receipt| *receipt == Receipt::Taken));
    let before = (node.digest().expect("a digest"), node.journal().last_seq().expect("readable"));
    let again = node.take("cad", at(3), offers(&night)).wait().expect("answered");
    assert!(again.iter().all(|receipt| *receipt == Receipt::Duplicate));
    assert_eq!((node.digest().expect("a digest"), node.journal().last_seq().expect("readable")), before);
    let spaced = night[0].replace("\":", "\" : ");
    assert_eq!(node.take("cad", at(4), vec![offer(&spaced)]).wait().expect("answered"), [Receipt::Duplicate]);
    assert_eq!(node.take("tel", at(4), vec![offer(&night[0])]).wait().expect("another feed's"), [Receipt::Taken]);
}

#[test]
fn one_batch_may_hold_a_message_twice_and_another_under_its_id() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    let (one, other) = (opened("A", EVENING), opened("A", at(1)));
    let receipts =
        node.take("cad", at(2), vec![offer(&one), offer(&one), offer(&other), offer("{")]).wait().expect("kept");
    assert_eq!(receipts[..3], [Receipt::Taken, Receipt::Duplicate, Receipt::Conflict]);
    assert!(matches!(&receipts[3], Receipt::Rejected(faults) if !faults.is_empty()));
    let rejects = node.rejects("cad", None, 10).expect("readable");
    assert_eq!(
        rejects.iter().map(|r| (r.raw.clone(), r.times)).collect::<Vec<_>>(),
        [(other.into_bytes(), 1), (b"{".to_vec(), 1)]
    );
    assert_eq!(rejects[0].why, RejectedFor::Conflict);
    assert_eq!(node.rejects("tel", None, 10).expect("readable"), []);
}

#[test]
fn a_reject_is_kept_once_and_leaves_the_list_when_it_is_taken_after_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    let faulty = r#"{"id":"x","at":"2026-04-16T20:00:00+01:00","type":"incident.logged","incident":"A"}"#;
    node.take("cad", EVENING, vec![offer(faulty), offer(faulty)]).wait().expect("kept");
    node.take("cad", at(9), vec![offer(faulty)]).wait().expect("kept");
    let reject = node.rejects("cad", None, 10).expect("readable").remove(0);
    assert_eq!((reject.times, reject.received, reject.raw.as_slice()), (3, at(9), faulty.as_bytes()));
    let better = logged("x", "A", EVENING, "He is outside");
    assert!(matches!(
        node.resubmit("cad", at(10), reject.id, offer(faulty), "admin:1").wait(),
        Ok(Receipt::Rejected(_))
    ));
    assert_eq!(node.status().rejects, 1, "what is still faulty stays");
    assert_eq!(
        node.resubmit("cad", at(11), reject.id, offer(&better), "admin:1").wait().expect("kept"),
        Receipt::Taken
    );
    assert_eq!(node.status().rejects, 0);
    let before = node.status().seq;
    let again = node.resubmit("cad", at(12), reject.id, offer(&better), "admin:2").wait();
    assert!(matches!(again, Err(Refused::DealtWith(dealt)) if &*dealt.by == "admin:1" && dealt.at == at(11)));
    assert_eq!(node.status().seq, before, "and nothing is applied twice");
    node.take("cad", at(13), vec![offer("[1]")]).wait().expect("kept");
    drop(node);
    let node = open_with(folder.path(), options(&clock));
    let left = node.rejects("cad", None, 10).expect("readable");
    assert_eq!(left.iter().map(|r| r.raw.as_slice()).collect::<Vec<_>>(), [b"[1]"], "the list outlives the process");
}

#[test]
fn a_full_queue_is_refused_with_a_time_to_come_back_and_nothing_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = std::sync::Arc::new(alongside_node::ManualClock::at(EVENING));
    let node = open_with(folder.path(), alongside_node::Options { most_waiting: 10, ..options(&clock) });
    let night = night(EVENING, 70);
    // While somebody reads, the writer cannot go on: of seven tenfold jobs it holds one, one waits, the others do not fit.
    let sent: Vec<_> =
        node.read(|_| night.chunks(10).map(|part| node.take("cad", EVENING, offers(part))).collect::<Vec<_>>());
    let answers: Vec<_> = sent.into_iter().map(alongside_node::Pending::wait).collect();
    let taken: Vec<bool> = answers.iter().map(Result::is_ok).collect();
    assert!(taken[0] && taken.iter().filter(|taken| **taken).count() <= 2, "{taken:?}");
    for (part, answer) in night.chunks(10).zip(answers) {
        let again = node.take("cad", at(5), offers(part)).wait().expect("there is room now");
        match answer {
            Ok(_) => assert!(again.iter().all(|r| *r == Receipt::Duplicate)),
            Err(refused) => {
                assert_eq!(refused.retry_after_s(), Some(1));
                assert!(again.iter().all(|r| *r == Receipt::Taken), "nothing of it was kept");
            }
        }
    }
}

#[test]
fn a_document_is_kept_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    let document = alongside_node::Document { format: "eido".to_owned(), raw: b"{}"[..].into(), content: [3; 32] };
    node.keep("cad", EVENING, document.clone()).wait().expect("kept");
    let last = node.journal().last_seq().expect("readable");
    node.keep("cad", at(1), document).wait().expect("answered");
    assert_eq!(node.journal().last_seq().expect("readable"), last);
}
