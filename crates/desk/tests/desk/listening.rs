//! What is known the moment a call rings, one line a case.

use alongside_desk::listening::{By, CHECKLIST, Checklist, Known, live_call_of, missed};
use alongside_desk::time::{Period, Timestamp};

use crate::story::{messages, run};

const DAY: &str = "2026-04-16";

/// What the newest call of `op1` finds: each person's name, by what, and whether ever a victim.
fn rings(story: &str) -> Vec<String> {
    let replay = run(&messages(DAY, story));
    let state = replay.desk().state();
    let call = state.calls.values().next_back().expect("a call");
    let told = |known: Known| {
        let name = state.people.record(known.record).person.full_name().unwrap_or_default();
        let by = match known.by {
            By::Log => "log",
            By::Number => "number",
            By::Place => "place",
        };
        format!("{name} by {by}{}", if known.victim { ", victim" } else { "" })
    };
    Known::of(state, call).into_iter().map(told).collect()
}

#[test]
fn who_is_known_by_a_call_is_found_before_anybody_speaks() {
    for (story, found) in [
        ("10:00 call c1", &[][..]),
        (
            "10:00 opened priority DA-ASSAULT \"A\" · 10:01 victim her · 11:00 call c1",
            &["Orla Pennick by number, victim"],
        ),
        ("10:00 opened priority DA-ASSAULT \"A\" · 10:01 victim her · 11:00 call c1 from +447700900644", &[]),
        (
            "09:00 opened priority DA-ASSAULT \"A\" · 09:01 victim next-door · 11:00 call c1 from +447700900741",
            &["Winifred Tarn by number, victim"],
        ),
        (
            "09:00 opened priority DA-ASSAULT \"A\" · 09:01 caller next-door · 11:00 call c1 from +447700900741",
            &["Winifred Tarn by number"],
        ),
        (
            "09:00 opened priority DA-ASSAULT \"A\" · 09:01 victim her · 11:00 call c1 · 11:01 opened on B priority DA-ASSAULT c1 \"B\" · 11:02 victim other-woman-with-number on B",
            &["Dilys Quarmby by log, victim", "Orla Pennick by number, victim"],
        ),
    ] {
        assert_eq!(rings(story), found, "{story}");
    }
}

#[test]
fn a_call_is_live_for_the_handler_who_took_it_until_it_ends_and_no_longer_than_two_hours() {
    let at = |hour: i64, minute: i64| {
        let midnight = Timestamp::parse("2026-04-16T00:00:00+01:00").expect("an instant");
        midnight.plus(Period::minutes(hour * 60 + minute))
    };
    for (story, handler, now, live) in [
        ("10:00 call c1", "op1", at(10, 5), Some("c1")),
        ("10:00 call c1", "op2", at(10, 5), None),
        ("10:00 call c1 · 10:10 ended c1 completed", "op1", at(10, 11), None),
        ("10:00 call c1", "op1", at(12, 1), None),
        ("10:00 call c1 · 10:30 call c2", "op1", at(10, 31), Some("c2")),
        ("10:00 call c1 · 10:30 call c2 · 10:40 ended c2 completed", "op1", at(10, 41), Some("c1")),
    ] {
        let replay = run(&messages(DAY, story));
        let found = live_call_of(replay.desk().state(), handler, now);
        assert_eq!(found.map(|call| &*call.reference), live, "{story}, {handler}");
    }
}

#[test]
fn nobody_came_is_said_only_when_nobody_came() {
    let ring = Timestamp::parse("2026-04-16T21:40:00+01:00").expect("an instant");
    for (story, says) in [
        ("21:10 opened priority DA-ASSAULT \"A\"", true),
        ("21:10 opened priority DA-ASSAULT \"A\" · 21:12 assigned V1", true),
        ("21:10 opened priority DA-ASSAULT \"A\" · 21:12 assigned V1 · 21:20 arrived V1", false),
        ("21:10 opened priority DA-ASSAULT \"A\" · 21:12 assigned V1 · 21:20 left V1", true),
        ("07:10 opened priority DA-ASSAULT \"A\"", false),
        ("21:50 opened priority DA-ASSAULT \"A\"", false),
    ] {
        let replay = run(&messages(DAY, story));
        let state = replay.desk().state();
        let logs: Vec<_> = state.incidents.keys().copied().collect();
        let found = missed(state, &logs, ring, Period::hours(12));
        assert_eq!(found.is_some(), says, "{story}");
    }
}

#[test]
fn a_point_is_ticked_by_a_fact_of_the_log_and_by_nothing_else() {
    let list = Checklist::read(CHECKLIST).expect("readable");
    let ticked = |story: &str| {
        let replay = run(&messages(DAY, story));
        let incident = replay.desk().state().incidents.values().next().expect("a log");
        let points = list.points.iter().filter(|point| point.covered(incident).is_some());
        points.map(|point| point.says.split([':', ',']).next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let opened = "10:00 opened priority DA-ASSAULT \"A\"";
    assert_eq!(ticked(opened), Vec::<String>::new());
    for (then, point) in [
        ("10:01 child kid", "Children"),
        ("10:01 logged \"HE HAS A KNIFE\"", "Weapons"),
        ("10:01 suspect him", "Who he is"),
        ("10:01 assigned V1", "Somebody sent"),
    ] {
        assert_eq!(ticked(&format!("{opened} · {then}")), [point], "{then}");
    }
}
