//! A replay as others drive it: copied on the way, with acts of staff in between, and read by people.

use alongside_desk::message::StaffRole;
use alongside_desk::replay::Replay;
use alongside_desk::review::Ask;
use alongside_desk::time::Period;
use alongside_desk::watch::Subject;
use alongside_desk::{Actor, Refusal};

use crate::story::{empty_desk, messages};

const DAY: &str = "2026-03-10";
const STORY: &str = "10:00 opened immediate DA \"He strangled her\" · 10:01 victim her · 10:02 suspect him
    10:10 graded priority by op2 · 10:20 assigned V1 · 10:30 left V1 · 11:00 assessed dash standard · 11:30 closed";

fn tell(replay: &mut Replay, lines: &[serde_json::Value]) {
    for line in lines {
        replay.line(1, &line.to_string());
    }
}

#[test]
fn a_copy_goes_on_as_what_it_was_made_from_does() {
    let story = messages(DAY, STORY);
    for cut in 0..story.len() {
        let mut replay = Replay::new(empty_desk(), None);
        tell(&mut replay, &story[..cut]);
        let mut copy = replay.clone();
        for each in [&mut replay, &mut copy] {
            tell(each, &story[cut..]);
            each.finish(Period::hours(30));
        }
        assert_eq!(replay.drain(), copy.drain(), "copied after {cut} messages");
    }
}

#[test]
fn an_act_that_the_desk_refuses_changes_nothing() {
    let mut replay = Replay::new(empty_desk(), None);
    tell(&mut replay, &messages(DAY, STORY));
    let end = replay.desk().state().clock.plus(Period::hours(3));
    replay.run_until(end);
    let log = Subject::Incident(replay.desk().state().find("A").expect("the log"));
    let (priya, sam) = (Actor("priya".into()), Actor("sam".into()));
    let on = || Ask::StartShift { role: StaffRole::Specialist, until: None, seed: 1 };
    for who in [&priya, &sam] {
        replay.act(on(), who).expect("on shift");
    }
    replay.act(Ask::Take { subject: log }, &priya).expect("taken");
    let before = replay.desk().state().seq;
    assert!(matches!(replay.act(on(), &sam), Err(Refusal::Unfit(_))));
    assert!(replay.act(Ask::Take { subject: log }, &sam).is_err(), "she has it");
    assert_eq!(replay.desk().state().seq, before);
}

#[test]
fn a_sentence_says_what_nobody_has_said_yet() {
    let mut replay = Replay::new(empty_desk(), None);
    tell(&mut replay, &messages(DAY, STORY)[..3]);
    replay.finish(Period::ZERO);
    let said: Vec<String> = replay.drain().iter().map(|line| line.reason.to_string()).collect();
    let strangled = said.iter().find(|reason| reason.starts_with("Strangulation")).expect("a flag");
    assert!(strangled.contains("risk: not known"), "{strangled}");
}
