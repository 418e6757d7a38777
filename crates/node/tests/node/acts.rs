//! What members of staff do.

use alongside_desk::Actor;
use alongside_desk::message::StaffRole;
use alongside_desk::review::{Ask, StaffCommand};
use alongside_desk::watch::Subject;
use alongside_node::{Act, Node, Refused, Topic};

use crate::night::{EVENING, offer, open, open_with, opened, options};

fn ask(node: &Node, by: &str, request: &str, ask: Ask) -> Act {
    let command = StaffCommand { request: request.into(), ask };
    let about = node.read(|desk| Topic::of_work(desk.state(), &command.about(desk.state()), &Actor(by.into())));
    let expected = Some(node.version(&about).expect("readable"));
    Act { by: by.into(), command, expected }
}

#[test]
fn an_act_is_done_once_and_the_second_of_two_people_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    node.take("cad", EVENING, vec![offer(&opened("A", EVENING))]).wait().expect("kept");
    let subject = Subject::Incident(node.read(|desk| desk.state().find("A")).expect("there"));
    for by in ["staff:1", "staff:2"] {
        let start = Ask::StartShift { role: StaffRole::Specialist, until: None, seed: 5 };
        node.act(ask(&node, by, "shift", start)).wait().expect("on shift");
    }
    let first = ask(&node, "staff:1", "r1", Ask::Open { subject });
    let second = ask(&node, "staff:2", "r1", Ask::Open { subject });
    let done = node.act(first.clone()).wait().expect("opened");
    assert!(!done.repeated);
    let again = node.act(first.clone()).wait().expect("the same answer");
    assert_eq!((again.seq, again.repeated), (done.seq, true));
    assert!(matches!(node.act(second.clone()).wait(), Err(Refused::Overtaken { expected: 0, found: 1 })));
    let blind = Act { expected: None, ..second };
    assert!(matches!(node.act(blind).wait(), Err(Refused::Desk(_))), "who says no version is told by the desk");
    let digest = node.digest().expect("a digest");
    assert_eq!(digest.1, node.digest_from_zero().expect("folded"));
    drop(node);
    let node = open_with(folder.path(), options(&clock));
    assert_eq!(node.act(first).wait().expect("after a restart too").seq, done.seq);
    assert_eq!(node.digest().expect("a digest"), digest);
}
