//! Tests of the whole force: the same bytes from the same seed, the published figures, no real number, no impossible order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use alongside_desk::message::{self, Body, Message};
use alongside_desk::time::{Period, Timestamp};

use super::*;

/// Noon of a Friday in May, in summer time.
fn live_from() -> Timestamp {
    Timestamp::parse("2026-05-15T12:00:00+01:00").expect("an instant")
}

fn small(seed: u64) -> Options {
    Options { years: 1, reports_a_day: 8, ..Options::new(seed, live_from()) }
}

fn a_day(options: &Options) -> Vec<Due> {
    night(options, options.live_from, options.live_from.plus(Period::hours(24))).collect()
}

/// A live day with many mistakes, read.
fn busy() -> &'static (Vec<Message>, Truth) {
    static BUSY: OnceLock<(Vec<Message>, Truth)> = OnceLock::new();
    BUSY.get_or_init(|| {
        let options = Options { reports_a_day: 144, others: 1, mistakes: 50, ..small(5) };
        let to = options.live_from.plus(Period::hours(96));
        let read = night(&options, options.live_from, to).map(|due| parsed(&due.json)).collect();
        (read, truth(&options, options.live_from, to))
    })
}

fn parsed(line: &str) -> Message {
    let read = message::read_line(line).unwrap_or_else(|faults| panic!("{faults:?} in {line}"));
    assert_eq!(read.ignored, 0, "unknown fields in {line}");
    read.message
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_gives_others() {
    let bytes = |seed| {
        let mut out = Vec::new();
        write_history(&mut out, &Options { reports_a_day: 2, ..small(seed) }, &mut |_| {}).expect("memory takes it");
        out
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
    assert_eq!(a_day(&small(3)), a_day(&small(3)));
}

#[test]
fn every_line_is_a_message_of_the_contract_in_the_order_of_being_known_with_an_id_of_its_own() {
    let options = small(9);
    let mut ids = BTreeSet::new();
    let mut last_s = i64::MIN;
    for line in history(&options) {
        assert!(line.known_s >= last_s, "out of order");
        last_s = line.known_s;
        assert!(ids.insert(parsed(&line.json).id), "an id twice: {}", line.json);
    }
    assert!(last_s < options.live_from.ms() / 1000);
    let mut last = Timestamp::EARLIEST;
    for due in a_day(&Options::new(9, live_from())) {
        assert!(due.at >= last);
        last = due.at;
        let message = parsed(&due.json);
        assert!(ids.insert(message.id.clone()), "an id twice: {}", message.id);
        assert_eq!(message.known.unwrap_or(message.at), due.at);
    }
}

#[test]
fn two_stretches_that_meet_are_one() {
    let options = small(4);
    let [a, b, c] = [2, 20, 31].map(|h| options.live_from.plus(Period::hours(h)));
    let whole: Vec<Due> = night(&options, a, c).filter(|d| !d.json.contains("feed.alive")).collect();
    let parts: Vec<Due> =
        night(&options, a, b).chain(night(&options, b, c)).filter(|d| !d.json.contains("feed.alive")).collect();
    assert!(whole.len() > 300);
    assert_eq!(whole, parts);
}

#[test]
fn pairs_come_back_as_published() {
    let options = Options::new(1, live_from());
    let force = options.force();
    let mut once = 0_u32;
    let mut harms = Vec::new();
    let mut grave_first = (0_u32, 0_u32);
    let pairs = 20_000;
    for pair in 0..pairs {
        let reports = force.reports(pair);
        once += u32::from(reports == 1);
        let offences: Vec<u32> = (0..reports as usize).map(|n| force.offence(pair, n).map_or(0, |o| o.harm)).collect();
        if let Some(at) = offences.iter().position(|h| *h > 100) {
            grave_first.0 += u32::from(at == 0);
            grave_first.1 += 1;
        }
        harms.push(offences.iter().sum::<u32>());
    }
    let share = f64::from(once) / f64::from(pairs);
    assert!((0.75..0.77).contains(&share), "{share} of pairs never come back");
    harms.sort_unstable_by(|a, b| b.cmp(a));
    let top: u32 = harms[..pairs as usize / 50].iter().sum();
    let share = f64::from(top) / f64::from(harms.iter().sum::<u32>());
    assert!((0.77..0.88).contains(&share), "2 % of pairs carry {share} of the harm");
    assert!(grave_first.0 * 2 > grave_first.1, "over half of the worst had no earlier contact: {grave_first:?}");
}

#[test]
fn the_communities_have_their_shares() {
    let force = Options::new(1, live_from()).force();
    let mut count = BTreeMap::new();
    for index in (0..PEOPLE).step_by(101) {
        *count.entry(force.person(index).ethnicity).or_insert(0_u32) += 1;
    }
    let of =
        |codes: &[&str]| codes.iter().map(|c| count.get(c).copied().unwrap_or(0)).sum::<u32>() as f64 * 101.0 / 1e6;
    assert!((0.19..0.25).contains(&of(&["A1", "A2", "A3", "O1"])), "{count:?}");
    assert!((0.06..0.10).contains(&of(&["W4"])), "{count:?}");
    assert!((0.62..0.70).contains(&of(&["W1"])), "{count:?}");
}

#[test]
fn every_number_is_a_drama_number_and_every_postcode_one_that_is_not_in_use() {
    let mut numbers = BTreeSet::new();
    let lines =
        history(&small(2)).map(|l| l.json).chain(a_day(&Options::new(2, live_from())).into_iter().map(|d| d.json));
    for json in lines {
        for (at, _) in json.match_indices("\"+") {
            let number = &json[at + 1..at + 14];
            let drama = ["+447700900", "+441914980", "+441214960"].iter().any(|p| number.starts_with(p));
            assert!(drama && json[at + 14..].starts_with('"'), "{number}");
            numbers.insert(number.to_owned());
        }
        for (at, found) in json.match_indices("\"postcode\":\"") {
            let area = &json[at + found.len()..at + found.len() + 2];
            // A slip of the finger may turn the two letters round or lose one; it makes no other area.
            assert!(area.starts_with('Z') || ["HZ", "FZ", "EZ", "WZ"].contains(&area), "{area}");
        }
    }
    assert!(numbers.len() > 30);
}

#[test]
fn reports_come_at_the_hours_at_which_they_come() {
    let calendar = Calendar::new(&Options::new(1, live_from()));
    let mut hours = [0_usize; 24];
    for report in &calendar.reports {
        hours[(report.called_s.rem_euclid(86_400) / 3600) as usize] += 1;
    }
    let all = calendar.reports.len();
    assert!((77_000..81_000).contains(&all), "{all} reports in three years");
    for (hour, count) in hours.into_iter().enumerate() {
        let per_mille = count * 1000 / all;
        assert!(per_mille.abs_diff(HOURS[hour] as usize) <= 4, "{hour}: {per_mille}");
    }
    let others = a_day(&Options::new(1, live_from()));
    let opened = |da: bool| {
        others.iter().filter(|d| d.json.contains("incident.opened") && d.json.contains("[\"DA\"]") == da).count()
    };
    assert!((55..105).contains(&opened(true)), "{}", opened(true));
    assert!((600..840).contains(&opened(false)), "{}", opened(false));
}

#[test]
fn nothing_happens_in_an_impossible_order_where_nothing_was_missed() {
    let (messages, truth) = busy();
    let missed: BTreeSet<&str> = truth.missed.iter().map(|m| m.incident.as_str()).collect();
    let mut courses: BTreeMap<&str, Vec<&Message>> = BTreeMap::new();
    for message in messages {
        if let Some(incident) = &message.incident {
            courses.entry(incident).or_default().push(message);
        }
    }
    let mut well = 0;
    for (incident, course) in courses {
        let at = |want: fn(&Body) -> bool| course.iter().find(|m| want(&m.body)).map(|m| m.at);
        let Some(opened) = at(|b| matches!(b, Body::Opened { .. })) else { continue };
        let steps = [
            Some(opened),
            at(|b| matches!(b, Body::UnitAssigned { .. })),
            at(|b| matches!(b, Body::UnitArrived { .. })),
            at(|b| matches!(b, Body::UnitLeft { .. })),
            at(|b| matches!(b, Body::Closed { .. })),
        ];
        let times: Vec<Timestamp> = steps.into_iter().flatten().collect();
        if !missed.contains(incident) {
            assert!(times.is_sorted(), "{incident}: {times:?}");
            well += 1;
        }
        for later in course.iter().filter(|m| !matches!(m.body, Body::Checked { .. })) {
            let before = matches!(later.body, Body::Released { .. } | Body::OrderConsidered { .. } | Body::Told { .. });
            assert!(later.at >= opened || before, "{incident}: {} before it is opened", later.body.type_name());
        }
        let arrested = at(|b| matches!(b, Body::Arrested { .. }));
        let released = at(|b| matches!(b, Body::Released { .. }));
        if let (Some(arrested), Some(released)) = (arrested, released) {
            assert!(arrested < released);
        }
    }
    assert!(well > 100, "{well}");
}

#[test]
fn a_well_handled_report_meets_every_clock() {
    let (messages, truth) = busy();
    let missed: BTreeSet<&str> = truth.missed.iter().map(|m| m.incident.as_str()).collect();
    let last = messages.last().expect("messages").at;
    let mut seen = 0;
    for opened in messages {
        let (Some(incident), Body::Opened { grade: Some(grade), qualifiers, .. }) = (&opened.incident, &opened.body)
        else {
            continue;
        };
        let old_enough = last.since(opened.at) > Period::hours(25);
        if missed.contains(incident.as_str()) || !qualifiers.iter().any(|q| q == "DA") || !old_enough {
            continue;
        }
        let of =
            |want: fn(&Body) -> bool| messages.iter().find(|m| m.incident.as_ref() == Some(incident) && want(&m.body));
        let arrived = of(|b| matches!(b, Body::UnitArrived { .. })).expect("somebody comes").at;
        let minutes = match grade.word() {
            "immediate" if of(|b| matches!(b, Body::Graded { .. })).is_none() => 15,
            "immediate" | "priority" => 60,
            _ => 24 * 60,
        };
        assert!(arrived.since(opened.at) <= Period::minutes(minutes), "{incident}");
        let dash = of(|b| matches!(b, Body::Assessed { tool: message::Tool::Dash, .. })).expect("assessed").at;
        assert!(dash.since(arrived) < Period::hours(24));
        assert!(of(|b| matches!(b, Body::Outcome { kind: message::OutcomeKind::VictimSeen, .. })).is_some());
        seen += 1;
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn mistakes_come_at_the_set_rate_and_of_every_kind() {
    let options = Options { scripted: false, ..Options::new(6, live_from()) };
    let force = options.force();
    let pairs = Calendar::new(&options).pairs;
    let day = force.live_s / 86_400;
    let (mut all, mut wrong) = (0_usize, 0_usize);
    for day in day + 1..day + 31 {
        let plans = force.plans_live(&options, pairs, day);
        all += plans.len();
        wrong += plans.iter().filter(|p| p.mistake.is_some()).count();
    }
    assert!((2_000..2_300).contains(&all), "{all} reports in thirty days");
    let per_mille = wrong * 1000 / all;
    assert!((45..75).contains(&per_mille), "{per_mille}");

    // A disclosure is late after 28 days.
    let options = Options { reports_a_day: 16, mistakes: 50, scripted: false, ..small(5) };
    let to = options.live_from.plus(Period::hours(24 * 45));
    let missed = truth(&options, options.live_from, to).missed;
    let rules: BTreeSet<&str> = missed.iter().map(|m| m.rule).collect();
    let every: BTreeSet<String> = [('T', 9), ('H', 8), ('I', 11), ('L', 4), ('D', 9), ('V', 4)]
        .into_iter()
        .flat_map(|(letter, count)| (1..=count).map(move |number| format!("{letter}{number:02}")))
        .collect();
    assert_eq!(rules, every.iter().map(String::as_str).collect());
    for missed in missed {
        assert!(missed.until_s >= missed.known_s && ["S1", "S2", "S3"].contains(&missed.severity), "{missed:?}");
        assert!(missed.words.iter().all(|meaning| phrase::bank().contains_key(*meaning)), "{missed:?}");
    }
}

#[test]
fn the_truth_names_messages_that_were_sent_and_could_be_known_then() {
    let (messages, truth) = busy();
    let by_id: BTreeMap<&str, &Message> = messages.iter().map(|m| (m.id.as_str(), m)).collect();
    for missed in &truth.missed {
        assert!(!missed.messages.is_empty());
        for id in &missed.messages {
            let message = by_id.get(id.as_str()).unwrap_or_else(|| panic!("{} rests on {id}, never sent", missed.rule));
            assert!(message.at.ms() <= missed.known_s * 1000, "{} on {id}", missed.rule);
        }
    }
    for mention in truth.mentions.iter().filter(|m| by_id.contains_key(m.message.as_str())) {
        assert!(mention.person < PEOPLE + 3);
    }
    assert!(truth.mentions.len() > 1_000);
}

#[test]
fn who_is_who_in_the_history_is_written_apart_and_names_messages_of_it() {
    let options = Options { reports_a_day: 2, ..small(8) };
    let ids: BTreeSet<String> = history(&options).map(|line| parsed(&line.json).id).collect();
    let mut out = Vec::new();
    let count = write_history_truth(&mut out, &options).expect("memory takes it");
    let text = String::from_utf8(out).expect("text");
    assert_eq!(text.lines().count() as u64, count);
    let named =
        |line: &str| line.split("\"message\":\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let known = text.lines().filter(|line| named(line).is_some_and(|id| ids.contains(&id))).count();
    // The rest is about messages that the live feed sends: what follows the last reports.
    assert!(known * 100 > text.lines().count() * 85 && known > 2_000, "{known} of {count}");
}

#[test]
fn a_quiet_feed_says_every_half_minute_that_it_lives() {
    let options = Options { scripted: false, ..small(2) };
    let sent = a_day(&options);
    assert!(sent.windows(2).all(|w| w[1].at.since(w[0].at) <= Period::seconds(30)));
    assert!(sent.iter().filter(|due| due.json.contains("feed.alive")).count() > 1_000);
}

#[test]
fn the_scripted_case_is_thirteen_reports_spelled_differently_and_four_calls_in_one_night() {
    let options = small(7);
    let force = options.force();
    let times = options.script_times();
    assert_eq!(times.start.plus(Period::minutes(20)), times.calls[1]);
    let mut spellings = BTreeSet::new();
    let mut references = BTreeSet::new();
    let mut reports = 0;
    for line in history(&options).filter(|l| l.json.contains("\"id\":\"e") && !l.json.contains("staff.listed")) {
        let message = parsed(&line.json);
        reports += u32::from(matches!(message.body, Body::Opened { .. }));
        assert!(!matches!(message.body, Body::Arrested { .. }), "nobody was arrested");
        if let Body::Involved { role: message::Role::Victim, person, .. } = message.body {
            spellings.insert(format!("{:?} {:?} {:?}", person.name, person.given, person.family));
            references.insert(person.ref_);
        }
    }
    assert_eq!(reports, 13);
    assert!(spellings.len() >= 6, "{spellings:?}");
    assert!(references.contains(&None) && references.len() >= 2);

    let sent = a_day(&options);
    for (nth, call) in times.calls.into_iter().enumerate() {
        let id = format!("\"id\":\"s{}-{}-1\"", force.local_midnight() / 86_400, nth + 1);
        let started = sent.iter().find(|d| d.json.contains(&id)).expect("the call is sent");
        assert_eq!(started.at, call);
    }
    let truth = truth(&options, options.live_from, options.live_from.plus(Period::hours(24)));
    let scripted: Vec<&str> = truth.missed.iter().filter(|m| m.scripted).map(|m| m.rule).collect();
    for rule in ["D01", "D02", "D03", "H01", "H02", "T01", "T02", "T03", "T04"] {
        assert!(scripted.contains(&rule), "{rule} in {scripted:?}");
    }
}

#[test]
fn a_phrase_bank_has_25_ways_a_third_of_them_indirect_and_fills_every_slot() {
    for (name, meaning) in phrase::bank() {
        if meaning.traps.is_empty() {
            continue;
        }
        let all = meaning.plain.len() + meaning.indirect.len();
        assert!(all >= 25 && meaning.indirect.len() * 3 >= all, "{name}: {all}, {} indirect", meaning.indirect.len());
        assert!(meaning.traps.len() >= 4, "{name}");
        let every: BTreeSet<&String> = meaning.plain.iter().chain(&meaning.indirect).chain(&meaning.traps).collect();
        assert_eq!(every.len(), all + meaning.traps.len(), "{name} says something twice");
        for text in every {
            let filled =
                phrase::fill(text, phrase::Slots { victim: "A", suspect: "B", place: "C", unit: "D", earlier: "E" });
            assert!(!filled.contains(['{', '}']), "{name}: {text}");
        }
    }
}

#[test]
fn a_third_of_what_is_planted_is_said_without_the_first_words() {
    let mut draw = Seed::new(3).draw();
    for (name, meaning) in phrase::bank().iter().filter(|(_, m)| !m.traps.is_empty()) {
        let slots = phrase::Slots { victim: "A", suspect: "B", place: "C", unit: "D", earlier: "E" };
        let indirect: BTreeSet<String> = meaning.indirect.iter().map(|text| phrase::fill(text, slots)).collect();
        let said = (0..1_000).filter(|_| indirect.contains(&phrase::say(name, slots, &mut draw))).count();
        assert!(said >= 320, "{name}: {said} of 1,000");
    }
}

#[test]
fn one_more_draw_shifts_no_other_branch() {
    let root = Seed::new(1);
    let mut a = root.branch("a", 0).draw();
    let before = root.branch("b", 0).draw().below(1 << 60);
    let _ = (a.below(9), a.below(9));
    assert_eq!(root.branch("b", 0).draw().below(1 << 60), before);
    assert_ne!(root.branch("b", 1).draw().below(1 << 60), before);
}

#[test]
fn three_years_are_as_many_messages_as_planned() {
    let options = Options::new(1, live_from());
    let mut said = 0;
    let count = write_history(&mut std::io::sink(), &options, &mut |n| said = n).expect("a sink takes it");
    assert_eq!(said, count);
    assert!((1_330_000..1_470_000).contains(&count), "{count} messages");
    assert!(options.messages_about().abs_diff(count) * 20 < count, "the progress bar is right to 5 %");
}
