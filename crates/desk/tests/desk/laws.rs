//! The laws, each held over generated nights.

use alongside_desk::message::read_value;
use alongside_desk::stamp::FlagId;
use alongside_desk::watch::Policy;
use alongside_desk::{Desk, Entry, Event};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;
use std::sync::Arc;

use crate::refold::bytes;
use crate::story::{FREE, LEXICON_READ, empty_desk, messages, run};

const DAY: &str = "2026-03-10";

/// A night of random steps on two or three incidents of the same few people.
pub fn night() -> impl Strategy<Value = Vec<Value>> {
    let steps = prop::sample::select(vec![
        "opened immediate DA",
        "opened priority DISPUTE",
        "opened scheduled DA_VERBAL",
        "logged \"He punched her\"",
        "logged \"SUSP HAS MADE OFF\"",
        "logged \"An officer will ring tomorrow\"",
        "graded priority by op2",
        "graded immediate",
        "graded scheduled \"No units\"",
        "victim her",
        "victim her-unreffed",
        "victim other-woman",
        "suspect him",
        "suspect other-man",
        "assigned V1",
        "assigned V2",
        "arrived V1",
        "arrived V2",
        "left V1",
        "left V2",
        "told V1 \"Domestic\"",
        "told V2 \"NMO in force\"",
        "seen",
        "arrest",
        "interview",
        "assessed dash high",
        "assessed dash medium",
        "assessed thrive standard \"Calm now\"",
        "closed",
        "reopened",
        "merged B",
        "merged C",
        "crime recorded",
        "order O1",
        "order-ended O1",
        "released police_bail",
        "released no_action on nothing",
        "victim-told release",
        "marked her repeat_victim",
        "call C1",
        "call C2",
        "ended C1 silent",
        "ended C2 abandoned",
        "rang-back C1 nobody",
        "rang-back C2 caller",
        "attached C1",
        "attached C2",
        "withdrawn m2",
        "withdrawn m5",
        "corrected m1 grade scheduled",
        "corrected m3 text nothing",
        "joined V1 V2",
        "split V1 V2",
        "reasoned supervisor_reasoned",
        "acknowledged handler_acknowledged",
        "suspect him neighbour",
        "logged by op3 \"PNC CHECKED, NO TRACE\"",
        "logged \"She is pregnant and he has a knife\"",
        "logged \"Her husband smashed her phone\"",
        "coded DA_ASSAULT",
        "passed \"He has a knife\"",
        "accepted",
        "returned",
        "check pnd him",
        "check pnc her",
        "check records number",
        "support referred her",
        "support declined her",
        "support contacted other-woman stalking",
        "marac referred her him",
        "marac heard her",
        "marac referred other-woman",
        "disclosure applied right_to_ask him her",
        "disclosure decided right_to_know him her",
        "considered dapn",
        "interpreter family",
        "interpreter professional",
        "video offered he-is-there",
        "video held no-room",
        "assessed dash medium strangled,weapons",
        "assessed dara standard 14-yes",
        "outcome no_crime \"Nothing was broken\"",
        "rang-back C1 suspect",
        "victim her-with-interpreter",
        "victim other-woman-by-name",
        "victim other-woman-with-number",
        "victim him",
        "crime recorded 12",
        "crime allocated 40",
        "disclosure applied right_to_know him other-woman",
        "logged \"Spoke to male first, he states that she hit him\"",
        "logged \"Caller speaks no English, daughter translating\"",
        "logged \"Known to another force\"",
        "logged \"Primary aggressor is the male\"",
        "referred marac_referral_noted",
        "noted aggressor_noted",
        "logged \"He strangled her\"",
        "logged \"He says he will kill her. He has a knife\"",
        "logged \"She is pregnant, she has left him, he checks her phone\"",
        "logged \"He says he will kill himself\"",
        "logged \"He follows her to work every day\"",
        "logged \"She brought shame on the family, her brother is interpreting\"",
        "logged \"Neighbour reports shouting\"",
        "told V1 \"Threatened to kill her with a knife\"",
        "passed \"Male at the door\"",
        "passed \"He strangled her\"",
        "assessed dash high strangled=yes,threats_to_kill=yes,separated=yes",
        "assessed dash medium weapons=yes,pregnant_baby=no,control_jealousy=yes,stalking_1=no",
        "outcome medical_check",
        "outcome children_seen",
        "outcome children_referred",
        "crime recorded Strangulation",
        "crime recorded Stalking",
        "marked him firearms_certificate",
        "marked him weapons",
        "reviewed him",
        "support referred her mental_health",
        "support referred her honour_based",
        "caller next-door neighbour",
        "caller friend-of-hers friend",
        "child kid child",
        "child baby child",
        "victim her-pregnant",
        "referred referred_in_desk",
        "staff op2 supervisor",
        "alive",
    ]);
    let step = (steps, prop::sample::select(vec!["A", "B", "C"]), 0_u32..900, 0_u32..600);
    prop::collection::vec(step, 1..60).prop_map(|steps| {
        let mut clock = 18 * 3600;
        let mut story =
            String::from("18:00 opened immediate DA · 18:00 opened priority DA on B · 18:00 victim her on B");
        for (step, on, gap, back) in steps {
            clock = (clock + gap).min(24 * 3600 - 1);
            let at = clock.saturating_sub(if back < 60 { back * 10 } else { 0 });
            let (head, text) = step.split_once('"').map_or((step, String::new()), |(h, t)| (h, format!(" \"{t}")));
            let verb = head.split(' ').next().unwrap_or_default();
            let on = if head.contains(" on ") || FREE.contains(&verb) { String::new() } else { format!(" on {on}") };
            let time = format!("{:02}:{:02}:{:02}", at / 3600, at / 60 % 60, at % 60);
            story.push_str(&format!(" · {time} {}{on}{text}", head.trim_end()));
        }
        messages(DAY, &story)
    })
}

/// The night with these characteristics on everybody in it but children, and all of them born so many years earlier.
fn characterised(night: &[Value], sex: &str, ethnicity: &str, disability: &str, older: i64) -> Vec<Value> {
    fn change(value: &mut Value, to: &impl Fn(&mut serde_json::Map<String, Value>)) {
        match value {
            Value::Array(all) => all.iter_mut().for_each(|each| change(each, to)),
            Value::Object(object) if object.get("role").and_then(Value::as_str) == Some("child") => {}
            Value::Object(object) => {
                object.values_mut().for_each(|part| change(part, to));
                if object.contains_key("ref") || object.contains_key("name") {
                    to(object);
                }
            }
            _ => {}
        }
    }
    let to = |person: &mut serde_json::Map<String, Value>| {
        for (name, value) in [("sex", sex), ("ethnicity", ethnicity), ("disability", disability)] {
            person.insert(name.to_owned(), value.into());
        }
        let born = person.get("born").and_then(Value::as_str).and_then(|born| {
            let (year, rest) = born.split_once('-')?;
            Some(format!("{}-{rest}", year.parse::<i64>().ok()? - older))
        });
        person.extend(born.map(|born| ("born".to_owned(), born.into())));
    };
    let mut night = night.to_vec();
    night.iter_mut().for_each(|message| change(message, &to));
    night
}

fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Desk {
    let mut desk = empty_desk();
    for entry in entries {
        desk.apply(entry);
    }
    desk
}

/// The same nights every time, so that a red run is red for everybody; `cargo xtask endure laws` draws others, and more.
pub fn nights() -> ProptestConfig {
    let number = |name: &str| std::env::var(name).ok().map(|n| n.parse::<u32>().expect("a number"));
    ProptestConfig {
        cases: number("ALONGSIDE_NIGHTS").unwrap_or(150),
        rng_seed: RngSeed::Fixed(number("ALONGSIDE_NIGHTS_SEED").unwrap_or(20_250_221).into()),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// What a desk that starts with this night's state judges that the desk of the night itself did not.
fn left_unjudged(night: &[Value]) -> Vec<String> {
    let run = run(night);
    let state = run.desk().state().clone();
    let now = state.clock;
    let desk = Desk::from_state(state, LEXICON_READ.clone());
    let events = desk.decide(&alongside_desk::Command::Wake, &alongside_desk::Actor::desk(), now).expect("events");
    let about = |flag: &FlagId| run.desk().state().flags.get(*flag).map(|f| format!("{:?}", f.now));
    let told = |event: &Event| match event {
        Event::FlagAnswered { flag, .. } | Event::FlagWithdrawn { flag, .. } => about(flag).unwrap_or_default(),
        _ => String::new(),
    };
    events.iter().map(|e| format!("{} {e:?} {}", e.kind(), told(e))).collect()
}

/// Nights that random ones once led to: what became known there waited for the next start.
#[test]
fn nights_that_once_left_something_unjudged() {
    let nights = [
        "10:00 opened priority DA on B · 10:00 victim her on B · 10:00 released police_bail · 10:00 opened immediate DA · 10:00 victim-told release",
        "10:00 opened priority DA on B · 10:00 victim her on B · 10:01 victim-told release · 10:02 released police_bail",
        // A contact on one log that came just before the other's: one more before it.
        "10:00 opened immediate DA · 10:00 opened priority DA on B · 10:00 victim her on B · 10:40 arrived V1 · 11:19 victim her · 13:29 assessed dash medium strangled · 13:39 opened immediate DA · 13:59 opened immediate DA on B · 13:58 attached C1",
        // A silent call on a log of hers that is no domestic abuse, and then she is marked.
        "10:00 opened none DA on B · 10:00 victim her on B · 10:00 attached C1 on C · 10:00 victim her on C · 10:00 ended C1 silent · 10:00 marked her repeat_victim",
        "10:00 opened immediate DA · 10:00 opened priority DA on B · 10:00 victim her on B · 10:00 attached C1 on B · 10:00 rang-back C1 suspect · 10:00 attached C1 · 10:00 arrest · 10:00 suspect him on B · 10:00 ended C1 silent · 10:00 opened immediate DA · 10:03 opened priority DISPUTE",
        // An order that was thought newer than an assessment is sent again, later than the lower one.
        "10:00 assessed dash high strangled · 10:00 opened immediate DA · 10:01 order O1 · 10:01 victim her · 10:01 assessed thrive standard · 10:02 order O1",
        // Two victims of one man become one, and he is on a third log.
        "09:00 opened none DA on B · 09:01 victim other-woman on B · 09:02 suspect him on B · 10:00 opened none DA · 10:01 victim her · 10:02 suspect him · 10:30 opened none DA on C · 10:31 suspect him on C · 11:00 joined V1 V2",
        "10:00 opened immediate DA · 10:00 opened priority DA on B · 10:00 victim her on B · 10:00 arrest on B · 10:00 victim other-woman on B · 10:00 joined V1 V2 · 10:00 suspect him · 10:00 split V1 V2",
    ];
    for night in nights {
        assert_eq!(left_unjudged(&messages("2026-03-10", night)), Vec::<String>::new(), "{night}");
    }
}

proptest! {
    #![proptest_config(nights())]

    #[test]
    fn law_1_same_entries_same_state(night in night()) {
        let first = run(&night);
        prop_assert_eq!(bytes(first.desk()), bytes(&fold(first.entries())));
        prop_assert_eq!(bytes(first.desk()), bytes(run(&night).desk()));
    }

    #[test]
    fn law_1_snapshot_and_tail_equal_fold_from_zero(night in night(), cut in 0.0_f64..1.0) {
        let whole = run(&night);
        let entries = whole.entries();
        let at = (entries.len() as f64 * cut) as usize;
        let state = postcard::from_bytes(&bytes(&fold(&entries[..at]))).expect("a state that can be read");
        let mut desk = Desk::from_state(state, Arc::new(alongside_desk::watch::lexicon::Lexicon::parse(alongside_desk::watch::lexicon::LEXICON).expect("the lexicon")));
        for entry in &entries[at..] {
            desk.apply(entry);
        }
        prop_assert_eq!(bytes(whole.desk()), bytes(&desk));
    }

    /// Only the rules that read what a message changed are judged after it: this holds that nothing was left out.
    #[test]
    fn judging_everything_again_changes_nothing(night in night()) {
        let left = left_unjudged(&night);
        prop_assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn law_5_a_retry_changes_nothing(night in night(), again in prop::collection::vec(any::<prop::sample::Index>(), 1..10)) {
        let mut twice = night.clone();
        for index in again {
            let place = index.index(night.len());
            let message = night[place].clone();
            let at = twice.iter().position(|m| *m == message).expect("the message") + 1;
            twice.insert(at, message);
        }
        prop_assert_eq!(bytes(run(&night).desk()), bytes(run(&twice).desk()));
    }

    #[test]
    fn law_7_no_flag_without_its_evidence(night in night()) {
        for flag in run(&night).desk().state().flags.all() {
            prop_assert!(!flag.now.evidence.is_empty() && !flag.now.reason.is_empty());
            prop_assert!(!flag.now.reason.contains('{'), "{}", flag.now.reason);
        }
    }

    #[test]
    fn law_10_the_machine_never_lowers(night in night()) {
        let night = run(&night);
        let mut highest = std::collections::BTreeMap::new();
        for entry in night.entries() {
            if let Some(Event::FlagRose { flag, severity, .. }) = &entry.event {
                let before = highest.insert(*flag, *severity);
                prop_assert!(before.is_none_or(|before| before < *severity));
            }
        }
    }

    #[test]
    fn law_13_judged_once_apply_never_judges_again(night in night()) {
        // Folded under a policy whose every rule is another, what was judged stays as it was judged.
        let whole = run(&night);
        let other = alongside_desk::watch::POLICY.replace("PT15M", "PT1M").replace("severity = \"S1\"", "severity = \"S3\"");
        let mut desk = Desk::new(Arc::new(Policy::parse(&other).expect("a policy")), Arc::new(alongside_desk::watch::lexicon::Lexicon::parse(alongside_desk::watch::lexicon::LEXICON).expect("the lexicon")));
        for entry in whole.entries() {
            desk.apply(entry);
        }
        let flags = |desk: &Desk| postcard::to_stdvec(&desk.state().flags).expect("flags");
        prop_assert_eq!(flags(whole.desk()), flags(&desk));
    }

    /// Sex, ethnicity, disability and age of everybody but children (I05 asks about a baby) are changed: what is raised,
    /// answered and withdrawn, in which words, and who comes first in the queue stay as they were. Everybody is changed alike,
    /// since sex and birth date also tell two people apart where their records are joined.
    #[test]
    fn a_protected_characteristic_enters_no_rule_and_no_rank(night in night()) {
        let one = run(&characterised(&night, "female", "W1", "none", 0));
        let other = run(&characterised(&night, "male", "B2", "wheelchair user", 37));
        prop_assert_ne!(bytes(one.desk()), bytes(other.desk()), "nothing was changed");
        let judged = |night: &alongside_desk::replay::Replay| {
            let events = night.entries().iter().filter_map(|entry| entry.event.as_ref());
            let judged = events.filter(|event| event.kind().starts_with("flag."));
            judged.map(|event| format!("{event:?}")).collect::<Vec<_>>()
        };
        prop_assert_eq!(judged(&one), judged(&other));
        let order = |night: &alongside_desk::replay::Replay| {
            let queue = alongside_desk::queue::queue(night.desk(), night.desk().state().clock, None);
            queue.rows.iter().map(|row| format!("{:?} {:?} {:?}", row.subject, row.rank, row.group)).collect::<Vec<_>>()
        };
        prop_assert_eq!(order(&one), order(&other));
    }

    #[test]
    fn every_event_is_read_as_it_was_written(night in night()) {
        let whole = run(&night);
        let mut desk = empty_desk();
        for entry in whole.entries() {
            let event = entry.event.as_ref().expect("an event");
            let again = Event::decode(event.kind(), Event::VERSION, &event.encode().expect("a body")).expect("an event");
            desk.apply(&Entry { event: Some(again), ..entry.clone() });
        }
        prop_assert_eq!(bytes(whole.desk()), bytes(&desk));
    }
}

#[test]
fn law_3_a_late_fact_never_looks_as_if_it_had_been_known_in_time() {
    let story = "10:00 opened immediate DA · 10:08 arrived V1 known 10:25";
    let run = run(&messages(DAY, story));
    let flag = run.desk().state().flags.all().iter().find(|f| &*f.now.rule == "T01").expect("T01");
    let alongside_desk::watch::Standing::Answered { at, how } = &flag.standing else { panic!("{:?}", flag.standing) };
    assert_eq!(
        (at.local().strftime("%H:%M").to_string().as_str(), &**how),
        ("10:25", "arrived in time, reported late")
    );
}

#[test]
fn a_message_about_an_incident_not_yet_opened_opens_a_bare_one() {
    let run = run(&messages(DAY, "10:00 assigned V1 · 10:05 opened immediate DA"));
    let state = run.desk().state();
    let incident = state.incident(state.find("A").expect("A")).expect("A, lately");
    assert_eq!((incident.stints.len(), incident.opening.is_some()), (1, true));
}

#[test]
fn a_split_restores_exactly_what_a_join_had_put_together() {
    let before = "10:00 victim her · 10:01 victim other-woman on B";
    let people = |story: &str| {
        let run = run(&messages(DAY, story));
        let people = &run.desk().state().people;
        people.records().iter().map(|r| people.identity(r.id)).collect::<Vec<_>>()
    };
    let joined = people(&format!("{before} · 10:02 joined V1 V2"));
    assert_eq!(joined[0].len(), 2);
    assert_eq!(people(before), people(&format!("{before} · 10:02 joined V1 V2 · 10:03 split V1 V2")));
}

#[test]
fn a_silent_feed_makes_absence_unknown_until_it_has_caught_up() {
    // `feed.alive` stops at 10:02; the unit arrives in time, but the word of it comes with the feed's return.
    let quiet = "10:00 opened immediate DA · 10:02 alive · 10:25 arrived V1 · 10:26 left V1";
    let lines = |story: &str| crate::story::flags("T01", DAY, story, "PT1H");
    assert_eq!(lines(quiet), "", "nobody could know at 10:15");
    let back = "10:00 opened immediate DA · 10:02 alive · 10:40 alive";
    assert_eq!(lines(back), "S1 10:40", "judged again when the feed has caught up");
    let steady = "10:00 opened immediate DA · 10:02 alive · 10:06 alive · 10:10 alive · 10:14 alive · 10:18 alive";
    assert_eq!(lines(steady), "S2 10:09:54, S1 10:15");
}

#[test]
fn every_message_of_the_stories_is_one_of_the_contract() {
    for message in messages(DAY, "10:00 opened immediate DA · 10:01 victim her · 10:02 call C1 · 10:03 order O1") {
        assert!(read_value(&message).is_ok(), "{message}");
    }
}

#[test]
fn what_was_known_before_the_force_went_live_puts_no_flag_in_the_queue() {
    let live = alongside_desk::watch::POLICY.replacen(
        "# live_from = \"2026-01-01T00:00:00Z\"",
        "live_from = \"2026-03-10T10:30:00Z\"",
        1,
    );
    let told = |rule: &str, story: &str| crate::story::flags_by(&live, rule, DAY, story, "PT40H");
    let before = "10:00 opened immediate DA \"He punched her\" · 10:01 victim her · 10:02 suspect him · 10:05 arrived V1 · 10:20 left V1";
    for rule in ["T01", "T05", "T08", "D08", "H02"] {
        assert_eq!(told(rule, before), "", "{rule}");
    }
    // A late word about it wakes no old clock; a new contact is new, and history counts in it.
    assert_eq!(told("T08", &format!("{before} · 11:00 logged \"x\"")), "");
    assert_eq!(
        told("H02", &format!("{before} · 11:00 opened immediate DA on B · 11:01 victim her on B")),
        "S1 on B 11:01"
    );
}
