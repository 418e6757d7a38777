//! A policy tried on a journal.

use std::ops::ControlFlow;

use alongside_desk::watch::{POLICY, Policy};
use alongside_node::{Node, Read as _, Seq};
use tempfile::TempDir;

use crate::night::{EVENING, night, offers, open};

#[test]
fn a_trial_reads_the_journal_to_its_end_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    node.take("cad", EVENING, offers(&night(EVENING, 60))).wait().expect("kept");
    let before = node.journal().last_seq().expect("readable");
    let mut seen = Vec::new();
    let policy = Policy::parse(POLICY).expect("a policy");
    let report = node
        .try_policy(policy, EVENING, &mut |at| {
            seen.push(at);
            ControlFlow::Continue(())
        })
        .expect("readable")
        .expect("through");
    assert!(report.rules.len() >= 45);
    assert_eq!(report.was, report.would);
    assert_eq!((seen.first().map(|at| at.done), seen.last().map(|at| at.done)), (Some(Seq(0)), Some(before)));
    assert_eq!(node.journal().last_seq().expect("readable"), before);
}

/// A node whose journal takes several steps to read.
fn long() -> (TempDir, Node) {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    for part in 0..4 {
        let messages: Vec<String> =
            (0..1500).map(|n| format!(r#"{{"id":"a{part}-{n}","at":"{EVENING}","type":"feed.alive"}}"#)).collect();
        node.take("cad", EVENING, offers(&messages)).wait().expect("kept");
    }
    (folder, node)
}

#[test]
fn a_trial_ends_when_it_is_told_to() {
    let (_folder, node) = long();
    let policy = Policy::parse(POLICY).expect("a policy");
    let mut steps = 0;
    let ended = node.try_policy(policy, EVENING, &mut |at| {
        steps += 1;
        if at.done > Seq(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((ended.expect("readable"), steps), (None, 2));
}

#[test]
fn a_node_that_stops_waits_for_no_trial() {
    let (_folder, node) = long();
    let policy = Policy::parse(POLICY).expect("a policy");
    let mut steps = 0;
    let ended = node.try_policy(policy, EVENING, &mut |_| {
        steps += 1;
        node.shutdown();
        ControlFlow::Continue(())
    });
    assert_eq!((ended.expect("readable"), steps), (None, 1));
}
