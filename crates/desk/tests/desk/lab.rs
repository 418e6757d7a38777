//! A policy tried on what has been, held against what was.

use alongside_desk::lab::{Lab, Report, RuleLine};
use alongside_desk::message::StaffRole;
use alongside_desk::replay::Replay;
use alongside_desk::review::{Ask, Disposition};
use alongside_desk::stamp::FlagId;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::{POLICY, Policy, Subject};
use alongside_desk::{Actor, Desk};
use proptest::prelude::*;
use std::sync::Arc;

use crate::laws::{night, nights};
use crate::story::{LEXICON_READ, messages, run};

const DAY: &str = "2026-03-10";

fn at(time: &str) -> Timestamp {
    Timestamp::parse(&format!("{DAY}T{time}:00Z")).expect("an instant")
}

/// What a policy comes to over all that a replay wrote down, from an instant on.
fn tried(replay: &Replay, policy: &str, from: Timestamp) -> Report {
    let policy = Policy::parse(policy).unwrap_or_else(|problems| panic!("the policy: {problems:?}"));
    let mut lab = Lab::new(policy, LEXICON_READ.clone(), from);
    replay.entries().iter().for_each(|entry| lab.take(entry));
    lab.finish(replay.desk().state().clock)
}

fn line(report: &Report, rule: &str) -> RuleLine {
    report.rules.iter().find(|line| &*line.rule == rule).cloned().unwrap_or_default()
}

/// A story, then acts of a specialist at instants.
fn room(story: &str, acts: &[(&str, Ask)]) -> Replay {
    let desk = Desk::new(Arc::new(Policy::shipped()), LEXICON_READ.clone());
    let mut replay = Replay::new(desk, None).keeping_entries();
    for (n, message) in messages(DAY, story).iter().enumerate() {
        replay.line(n as u64 + 1, &message.to_string());
    }
    for (time, ask) in acts {
        replay.run_until(at(time));
        replay.act(ask.clone(), &Actor("sam".into())).expect("done");
    }
    replay.finish(Period::hours(3));
    replay
}

proptest! {
    #![proptest_config(nights())]

    #[test]
    fn the_policy_that_was_in_force_finds_what_was_found(night in night()) {
        let replay = run(&night);
        let report = tried(&replay, POLICY, Timestamp::default());
        for line in &report.rules {
            prop_assert_eq!((line.was, line.would), (line.both, line.both), "{:?}", line);
            prop_assert_eq!((line.sooner, line.later, line.severer, line.milder), (0, 0, 0, 0), "{:?}", line);
        }
        prop_assert_eq!(report.was, report.would);
        for line in report.groups.iter().flat_map(|(_, lines)| lines) {
            prop_assert_eq!(line.was, line.would, "{}", line.name);
        }
    }
}

#[test]
fn a_changed_setting_shows_what_it_would_have_found_and_missed() {
    let story = "10:00 opened immediate DA · 10:01 assigned V1 · 10:03 left V1 · 10:07 assigned V2 · 10:10 arrived V2";
    let replay = room(story, &[]);
    let wait = |is: &str| POLICY.replacen("wait = { is = \"PT5M\"", &format!("wait = {{ is = \"{is}\""), 1);
    assert_eq!(line(&tried(&replay, &wait("PT5M"), Timestamp::default()), "T02").would, 0);
    let report = tried(&replay, &wait("PT2M"), Timestamp::default());
    let t02 = line(&report, "T02");
    assert_eq!((t02.was, t02.would, t02.both, t02.new.unsaid), (0, 1, 0, 1), "{t02:?}");
    assert_eq!(report.would.flags, report.was.flags + 1);

    let late = room("10:00 opened immediate DA · 10:40 arrived V1", &[]);
    let amber = POLICY.replacen("amber = { is = 66", "amber = { is = 40", 1);
    let t01 = line(&tried(&late, &amber, Timestamp::default()), "T01");
    assert_eq!((t01.was, t01.would, t01.both, t01.sooner, t01.later), (1, 1, 1, 1, 0), "{t01:?}");
}

#[test]
fn what_is_missed_is_told_by_what_people_said_of_it() {
    let story = "10:00 opened immediate DA · 10:01 victim her";
    let on = |replay: &Replay, reference: &str| {
        Subject::Incident(replay.desk().state().find(reference).expect("an incident"))
    };
    let without = {
        let at = POLICY.find("[[rule]]\nid = \"T01\"").expect("the first rule");
        let end = POLICY.find("[[rule]]\nid = \"T02\"").expect("the second");
        format!("{}{}", &POLICY[..at], &POLICY[end..])
    };
    let before = room(story, &[]);
    let (subject, state) = (on(&before, "A"), before.desk().state());
    let flags: Vec<FlagId> = state.flags.all().iter().filter(|f| &*f.now.rule == "T01").map(|f| f.id).collect();
    let start = Ask::StartShift { role: StaffRole::Specialist, until: None, seed: 1 };
    let dispose = |disposition| Ask::Dispose { subject, flags: flags.clone(), disposition, reason: "it was so".into() };
    for (disposition, counted) in [
        (Disposition::MissedOpportunity, [1, 0, 0, 0]),
        (Disposition::AlreadyHandled, [0, 1, 0, 0]),
        (Disposition::NotAnOpportunity, [0, 0, 1, 0]),
    ] {
        let replay = room(story, &[("10:30", start.clone()), ("10:31", dispose(disposition))]);
        let t01 = line(&tried(&replay, &without, Timestamp::default()), "T01");
        let said = t01.dropped;
        assert_eq!((t01.was, t01.would), (1, 0), "{t01:?}");
        assert_eq!([said.confirmed, said.in_hand, said.set_aside, said.unsaid], counted, "{disposition:?}");
        // What only the tried policy raises is held against how the review of its log ended.
        let sooner = POLICY.replacen("id = \"T02\"", "id = \"X02\"", 1).replacen("id = \"T01\"", "id = \"X01\"", 1);
        let x01 = line(&tried(&replay, &sooner, Timestamp::default()), "X01");
        let said = x01.new;
        assert_eq!([said.confirmed, said.in_hand, said.set_aside, said.unsaid], counted, "{x01:?}");
    }
}

#[test]
fn a_span_begins_as_a_force_goes_live() {
    let story = "10:00 opened immediate DA · 10:20 opened immediate DA on B";
    let replay = room(story, &[]);
    let t01 = line(&tried(&replay, POLICY, at("10:18")), "T01");
    assert_eq!((t01.was, t01.would, t01.both), (1, 1, 1), "only B is of the span: {t01:?}");
}
