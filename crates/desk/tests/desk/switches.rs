//! Rules switched off, tried silently, made live again.

use alongside_desk::replay::Replay;
use alongside_desk::review::Ask;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Mode;
use alongside_desk::{Actor, Desk, Refusal};

use crate::story::{LEXICON_READ, empty_desk, messages};

const DAY: &str = "2026-03-10";

fn at(time: &str) -> Timestamp {
    Timestamp::parse(&format!("{DAY}T{time}:00Z")).expect("an instant")
}

fn switch(rule: &str, to: Mode, reason: &str) -> Ask {
    Ask::SwitchRule { rule: rule.into(), to, reason: reason.into() }
}

/// Its name, when T01 is switched and how, and what is told.
type Case = (&'static str, &'static [(&'static str, Mode)], &'static str);

/// A night on which T01 is switched at instants, with what it raised and cleared, and what it would have raised.
fn night(story: &str, switches: &[(&str, Mode)]) -> String {
    let mut replay = Replay::new(empty_desk(), None);
    let lines = messages(DAY, story);
    let mut waiting = switches.iter().peekable();
    for line in &lines {
        while let Some((time, to)) =
            waiting.next_if(|(time, _)| at(time) <= at(&line["at"].as_str().expect("an instant")[11..16]))
        {
            replay.run_until(at(time));
            replay.act(switch("T01", *to, "on trial"), &Actor("quill".into())).expect("switched");
        }
        replay.line(1, &line.to_string());
    }
    for (time, to) in waiting {
        replay.run_until(at(time));
        replay.act(switch("T01", *to, "on trial"), &Actor("quill".into())).expect("switched");
    }
    replay.finish(Period::hours(3));
    let told = replay.drain();
    let told = told.iter().filter(|line| &*line.rule == "T01");
    let mut said: Vec<String> =
        told.map(|l| format!("{} {} {}", l.flag, l.severity.name(), l.at.local().strftime("%H:%M"))).collect();
    let shadows = replay.desk().state().switches.shadows("T01");
    said.extend(shadows.iter().map(|s| format!("would {} {}", s.severity.name(), s.at.local().strftime("%H:%M"))));
    // A start from a snapshot judges nothing else than was judged.
    let state = replay.desk().state().clone();
    let now = state.clock;
    let again = Desk::from_state(state, LEXICON_READ.clone());
    let events = again.decide(&alongside_desk::Command::Wake, &Actor::desk(), now).expect("events");
    assert!(events.is_empty(), "{story}: {events:?}");
    said.join(", ")
}

#[test]
fn a_rule_raises_while_it_is_live_and_a_switch_never_takes_back_what_it_raised() {
    let story = "10:00 opened immediate DA · 10:01 victim her · 10:40 arrived V1";
    let cases: [Case; 6] = [
        ("live", &[], "raised S2 10:09, raised S1 10:15, cleared S1 10:40"),
        ("off before", &[("09:59", Mode::Off)], ""),
        ("off between amber and target", &[("10:12", Mode::Off)], "raised S2 10:09, cleared S2 10:40"),
        ("on trial", &[("09:59", Mode::Shadow)], "would S1 10:09"),
        ("live again", &[("09:59", Mode::Off), ("10:20", Mode::Live)], "raised S1 10:20, cleared S1 10:40"),
        (
            "on trial after it had raised",
            &[("10:12", Mode::Shadow)],
            "raised S2 10:09, raised S1 10:15, cleared S1 10:40",
        ),
    ];
    for (name, switches, told) in cases {
        assert_eq!(night(story, switches), told, "{name}");
    }
}

#[test]
fn a_rule_whose_switch_was_taken_back_raises_what_it_would_have_raised_meanwhile_and_keeps_what_it_raised() {
    let quill = Actor("quill".into());
    let run = |first: Mode| {
        let mut replay = Replay::new(empty_desk(), None);
        let lines = messages(DAY, "10:00 opened immediate DA · 10:01 victim her · 10:40 arrived V1");
        lines[..2].iter().for_each(|line| replay.line(1, &line.to_string()));
        replay.run_until(at("10:14").plus(Period::seconds(55)));
        if first == Mode::Live {
            replay.act(switch("T01", Mode::Off, "noisy"), &quill).expect("switched");
            replay.run_until(at("10:15").plus(Period::seconds(30)));
        }
        let to = if first == Mode::Live { Mode::Live } else { Mode::Off };
        replay.act(switch("T01", to, "again"), &quill).expect("switched");
        replay.run_until(replay.desk().state().clock.plus(Period::seconds(8)));
        let act =
            replay.desk().state().undoable(&quill, replay.desk().state().clock).expect("it can be taken back").act;
        replay.act(Ask::Undo { act }, &quill).expect("taken back");
        replay.line(1, &lines[2].to_string());
        replay.finish(Period::hours(3));
        let told = replay.drain();
        let told = told.iter().filter(|line| &*line.rule == "T01");
        let said: Vec<String> =
            told.map(|l| format!("{} {} {}", l.flag, l.severity.name(), l.at.local().strftime("%H:%M:%S"))).collect();
        said.join(", ")
    };
    // Off at 10:14:55, back at 10:15:03: the target passed at 10:15.
    assert_eq!(run(Mode::Off), "raised S2 10:09:54, raised S1 10:15:03, cleared S1 10:40:00");
    // Off at 10:14:55, live at 10:15:30, which raises it, and off again at 10:15:38: what was raised stands.
    assert_eq!(run(Mode::Live), "raised S2 10:09:54, raised S1 10:15:30, cleared S1 10:40:00");
}

#[test]
fn a_switch_is_refused_without_a_reason_for_no_rule_and_twice() {
    let mut replay = Replay::new(empty_desk(), None);
    replay.line(1, &messages(DAY, "10:00 opened immediate DA")[0].to_string());
    replay.run_until(at("10:01"));
    let quill = Actor("quill".into());
    assert!(matches!(replay.act(switch("T01", Mode::Off, "  "), &quill), Err(Refusal::Unfit(_))));
    assert!(matches!(replay.act(switch("T99", Mode::Off, "no such"), &quill), Err(Refusal::NoSuch(_))));
    assert!(matches!(replay.act(switch("T01", Mode::Live, "as it is"), &quill), Err(Refusal::Unfit(_))));
    replay.act(switch("T01", Mode::Off, "it cries wolf"), &quill).expect("switched");
    assert!(matches!(replay.act(switch("T01", Mode::Off, "again"), &quill), Err(Refusal::Overtaken(_))));
    let state = replay.desk().state();
    assert_eq!((state.switches.mode("T01"), state.switches.mode("T02")), (Mode::Off, Mode::Live));
    assert_eq!(state.switches.of("T01").len(), 1, "a refused switch is none");
}

#[test]
fn the_clock_of_a_rule_that_is_off_puts_nothing_in_the_queue() {
    let due = |to: Option<Mode>| {
        let mut replay = Replay::new(empty_desk(), None);
        let lines = messages(DAY, "10:00 opened immediate DA · 10:01 victim her");
        lines.iter().for_each(|line| replay.line(1, &line.to_string()));
        replay.run_until(at("10:02"));
        if let Some(to) = to {
            replay.act(switch("T01", to, "on trial"), &Actor("quill".into())).expect("switched");
        }
        let desk = replay.desk();
        let log = desk.state().find("A").expect("the log");
        desk.clocks(log).iter().any(|(rule, _)| &**rule == "T01")
    };
    assert_eq!([None, Some(Mode::Shadow), Some(Mode::Off)].map(due), [true, false, false]);
}
