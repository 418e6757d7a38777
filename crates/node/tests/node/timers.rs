//! Time: flags at the exact second, and a clock that nobody can turn back.

use std::time::Duration;

use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Severity;
use alongside_journal::{Read as _, Seq};
use alongside_node::{Changed, Node};
use tokio::sync::broadcast::Receiver;

use crate::night::{EVENING, at, logged, offer, open, open_with, opened, options};

/// Waits until a commit makes it so; a minute is a failure.
fn until(node: &Node, changed: &mut Receiver<Changed>, so: impl Fn(&Node) -> bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        while !so(node) {
            tokio::time::timeout(Duration::from_secs(60), changed.recv()).await.expect("in time").expect("not behind");
        }
    });
}

fn t01(node: &Node) -> Vec<(Timestamp, Severity)> {
    node.read(|desk| {
        desk.state().flags.all().iter().filter(|f| &*f.now.rule == "T01").flat_map(|f| f.raised.clone()).collect()
    })
}

#[test]
fn nobody_arrived_in_time_is_known_the_second_it_is_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    let mut changed = node.subscribe();
    node.take("cad", EVENING, vec![offer(&opened("A", EVENING))]).wait().expect("kept");
    clock.set(at(15 * 60 - 1));
    until(&node, &mut changed, |node| t01(node).len() == 1);
    let amber = (at(594), Severity::S2);
    assert_eq!(t01(&node), [amber], "one second before the target passes, only amber");
    clock.set(at(15 * 60));
    until(&node, &mut changed, |node| t01(node).len() == 2);
    assert_eq!(t01(&node), [amber, (at(900), Severity::S1)]);
    let entry = last_flag(&node);
    assert_eq!((entry.known, entry.received, entry.actor.as_str()), (at(900), at(900), "desk"));
}

#[test]
fn what_fell_due_while_nobody_ran_carries_the_second_at_which_it_did() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    node.take("cad", EVENING, vec![offer(&opened("A", EVENING))]).wait().expect("kept");
    drop(node);
    clock.set(at(7200));
    let node = open_with(folder.path(), options(&clock));
    let mut changed = node.subscribe();
    until(&node, &mut changed, |node| t01(node).len() == 2);
    assert_eq!(t01(&node), [(at(594), Severity::S2), (at(900), Severity::S1)]);
    assert_eq!(last_flag(&node).received, at(7200), "and what was shown goes by when it was written");
}

#[test]
fn a_message_that_comes_at_the_target_is_heard_before_the_clock_runs_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    let arrived = format!(r#"{{"id":"u","at":"{}","type":"unit.arrived","incident":"A","unit":"CR1"}}"#, at(900));
    node.take("cad", EVENING, vec![offer(&opened("A", EVENING))]).wait().expect("kept");
    node.take("cad", at(900), vec![offer(&arrived)]).wait().expect("kept");
    assert_eq!(t01(&node), [(at(594), Severity::S2)], "she was reached in time: it never rang");
}

#[test]
fn known_never_runs_backwards() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    node.take("cad", at(100), vec![offer(&opened("A", EVENING))]).wait().expect("kept");
    clock.set(EVENING.minus(Period::hours(1)));
    node.take("cad", EVENING.minus(Period::hours(1)), vec![offer(&logged("b", "A", EVENING, "Still there"))])
        .wait()
        .expect("kept");
    let mut known = Vec::new();
    node.journal().for_each(Seq::FIRST, &mut |entry| known.push(entry.known)).expect("readable");
    assert!(known.is_sorted(), "{known:?}");
}

fn last_flag(node: &Node) -> alongside_journal::Entry {
    let mut found = None;
    let keep = &mut |entry: alongside_journal::Entry| {
        if entry.kind.starts_with("flag.") {
            found = Some(entry);
        }
    };
    node.journal().for_each(Seq::FIRST, keep).expect("readable");
    found.expect("a flag")
}
