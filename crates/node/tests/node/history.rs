//! Loading history.

use alongside_desk::time::Period;
use alongside_desk::watch::POLICY;
use alongside_node::{LineFault, ManualClock, Options};

use crate::night::{EVENING, line, logged, night, offer, open, open_with, opened, options};

#[test]
fn history_raises_nothing_before_the_force_is_live_and_loads_again_harmlessly() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = POLICY.replace("# live_from = \"2026-01-01T00:00:00Z\"", "live_from = \"2026-04-16T19:00:00+01:00\"");
    assert_ne!(policy, POLICY, "the shipped policy says where to write it");
    let clock = std::sync::Arc::new(ManualClock::at(EVENING));
    let node = open_with(folder.path(), Options { policy: policy.clone(), ..options(&clock) });
    let history = night(EVENING.minus(Period::hours(24 * 90)), 60_000);
    let lines = || (1..).zip(&history).map(|(n, raw)| line(n, raw));
    let mut told = Vec::new();
    let report = node.import("records", lines(), &mut |progress| told.push(progress.lines)).expect("loaded");
    assert_eq!((report.taken, report.duplicates, report.refused), (60_000, 0, 0));
    assert_eq!(told, [10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    assert_eq!(node.read(|desk| desk.state().flags.all().len()), 0);
    assert!(node.status().snapshot == node.status().seq, "kept at the end");
    let digest = node.digest().expect("a digest");
    let again = node.import("records", lines(), &mut |_| ()).expect("loaded");
    assert_eq!((again.taken, again.duplicates), (0, 60_000));
    assert_eq!(node.digest().expect("a digest"), digest);
    node.shutdown();
    drop(node);
    let node = open_with(folder.path(), Options { policy: policy.clone(), ..options(&clock) });
    // An act of the writer's own after the start: by then it has judged whatever the start made it look at.
    node.take("cad", EVENING, vec![offer(&logged("now", "NEW", EVENING, "Road blocked by a tree"))])
        .wait()
        .expect("kept");
    assert_eq!(node.read(|desk| desk.state().flags.all().len()), 0, "nor at the next start");
}

#[test]
fn a_line_far_ahead_of_its_neighbours_is_a_fault_and_moves_no_clock() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    let early = EVENING.minus(Period::hours(24 * 30));
    let raws = [
        opened("A", early),
        opened("B", early.plus(Period::hours(24 * 20))),
        opened("C", early.plus(Period::minutes(5))),
        opened("A", early.plus(Period::minutes(6))),
    ];
    let lines = (1..).zip(&raws).map(|(n, raw)| line(n, raw));
    let report = node.import("records", lines, &mut |_| ()).expect("loaded");
    let faults: Vec<_> =
        report.faults.iter().map(|LineFault { line, fault }| (*line, fault.pointer.as_str())).collect();
    assert_eq!((report.taken, faults), (2, vec![(2, "/at"), (4, "/id")]));
    assert_eq!(node.rejects("records", None, 9).expect("readable").len(), 1, "what was in conflict is kept");
}
