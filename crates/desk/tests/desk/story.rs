//! Tiny histories, written as a person would tell them, one step a line:
//!
//! `10:00 opened immediate DA-ASSAULT by op1 "He is at the door"` · `10:02 assigned V1` · `next 09:00 arrest`
//!
//! A step is a time (`HH:MM`, `HH:MM:SS`, after `+N` for N days later), a verb and its words. `on B` puts it on incident B
//! (A unless said), `by X` says who, `known HH:MM` says that it was known later. Text stands in quotes at the end.

use alongside_desk::Desk;
use alongside_desk::replay::Replay;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::lexicon::{LEXICON, Lexicon};
use alongside_desk::watch::{POLICY, Policy, clock};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

/// The shipped lexicon, read once.
pub static LEXICON_READ: LazyLock<Arc<Lexicon>> =
    LazyLock::new(|| Arc::new(Lexicon::parse(LEXICON).unwrap_or_else(|e| panic!("the shipped lexicon: {e:?}"))));

/// Verbs of messages that name no incident unless the step says so.
pub const FREE: &[&str] = &[
    "call",
    "ended",
    "rang-back",
    "staff",
    "marked",
    "order",
    "order-ended",
    "alive",
    "joined",
    "split",
    "check",
    "support",
    "marac",
    "disclosure",
    "considered",
    "reviewed",
];

/// What a story comes to for one rule, one line a change: `S1 10:05`, `cleared 10:09`; a rise is another line.
pub fn flags(rule: &str, day: &str, story: &str, settle: &str) -> String {
    flags_by(POLICY, rule, day, story, settle)
}

/// The same under another policy.
pub fn flags_by(policy: &str, rule: &str, day: &str, story: &str, settle: &str) -> String {
    let policy = Policy::parse(policy).unwrap_or_else(|problems| panic!("the policy: {problems:?}"));
    let mut replay = Replay::new(Desk::new(Arc::new(policy), LEXICON_READ.clone()), None);
    let messages = messages(day, story);
    for (n, message) in messages.iter().enumerate() {
        replay.line(n as u64 + 1, &message.to_string());
    }
    replay.finish(Period::parse(settle).expect("a settle duration"));
    assert_eq!(replay.faults(), [], "the story itself is faulty");
    let first = instant(day, 0, "00:00");
    let said = |line: &alongside_desk::replay::FlagLine| {
        let evidence_holds = !line.evidence.is_empty();
        assert!(evidence_holds, "a flag without its evidence: {line:?}");
        let known: Vec<&str> = messages.iter().filter_map(|m| m["id"].as_str()).collect();
        assert!(line.evidence.iter().all(|e| known.contains(&&**e)), "evidence that nobody sent: {line:?}");
        let on = line
            .incident
            .as_deref()
            .map_or_else(|| " on nothing".to_owned(), |i| if i == "A" { String::new() } else { format!(" on {i}") });
        let word = if line.flag == "raised" { line.severity.name() } else { "cleared" };
        let seconds =
            if line.at.ms() % 60_000 == 0 { String::new() } else { line.at.local().strftime(":%S").to_string() };
        format!("{word}{on} {}{seconds}", clock(line.at, first))
    };
    let lines: Vec<String> = replay.drain().iter().filter(|l| &*l.rule == rule).map(said).collect();
    lines.join(", ")
}

/// The desk that a story leaves behind, with the entries it was folded from.
pub fn run(messages: &[Value]) -> Replay {
    let mut replay = Replay::new(Desk::new(Arc::new(Policy::shipped()), LEXICON_READ.clone()), None).keeping_entries();
    for (n, message) in messages.iter().enumerate() {
        replay.line(n as u64 + 1, &message.to_string());
    }
    replay.finish(Period::hours(3));
    replay
}

/// A desk that knows nothing yet.
pub fn empty_desk() -> Desk {
    Desk::new(Arc::new(Policy::shipped()), LEXICON_READ.clone())
}

/// Every rule that a story raises, with its severity, without repeats, in order.
pub fn rules_raised(day: &str, story: &str, settle: &str) -> Vec<String> {
    let mut replay = Replay::new(Desk::new(Arc::new(Policy::shipped()), LEXICON_READ.clone()), None);
    for (n, message) in messages(day, story).iter().enumerate() {
        replay.line(n as u64 + 1, &message.to_string());
    }
    replay.finish(Period::parse(settle).expect("a settle duration"));
    let mut raised: Vec<String> = replay
        .drain()
        .iter()
        .filter(|l| l.flag == "raised")
        .map(|l| format!("{} {}", l.rule, l.severity.name()))
        .collect();
    raised.sort();
    raised.dedup();
    raised
}

fn instant(day: &str, later: i64, time: &str) -> Timestamp {
    let date: jiff::civil::Date = day.parse().expect("a date");
    let date = date.checked_add(jiff::Span::new().days(later)).expect("a date");
    let seconds = if time.len() == 5 { ":00" } else { "" };
    let local: jiff::civil::DateTime =
        format!("{date}T{time}{seconds}").parse().unwrap_or_else(|e| panic!("{time}: {e}"));
    let zoned = local.in_tz("Europe/London").expect("a local time");
    Timestamp::from_ms(zoned.timestamp().as_millisecond())
}

/// The messages of a story.
pub fn messages(day: &str, story: &str) -> Vec<Value> {
    let steps = story.lines().flat_map(|l| l.split(" · ")).map(str::trim).filter(|l| !l.is_empty());
    steps.enumerate().map(|(n, step)| message(day, n + 1, step)).collect()
}

/// `strangled=no` as it stands; a question alone is answered with yes.
fn answered(step: &str) -> (String, Value) {
    let (question, answer) = step.split_once('=').unwrap_or((step, "yes"));
    (question.to_owned(), answer.into())
}

fn person(who: &str) -> Value {
    // Invented people: her, her neighbour, him, another man; `name/phone` names somebody without a force reference.
    match who {
        "her" => json!({"ref": "V1", "name": "Orla Pennick", "born": "1990-03-03", "phones": ["+447700900631"]}),
        "her-unreffed" => json!({"name": "Orla Pennick", "born": "1990-03-03", "phones": ["07700 900631"]}),
        "her-with-interpreter" => json!({"ref": "V1", "name": "Orla Pennick", "interpreter": true, "language": "pl"}),
        "her-elsewhere" => {
            json!({"ref": "V1", "name": "Orla Pennick", "location": {"address": "1 Hoop Lane", "postcode": "ZH3 7AA"}})
        }
        "other-woman-by-name" => json!({"name": "Dilys Quarmby", "born": "1971-11-12", "phones": ["07700 900644"]}),
        "other-woman-with-number" => {
            json!({"ref": "V2", "name": "Dilys Quarmby", "born": "1971-11-12", "phones": ["+447700900644"]})
        }
        "somebody-like-her" => json!({"name": "Orla Pennick"}),
        "other-woman" => json!({"ref": "V2", "name": "Dilys Quarmby", "born": "1971-11-12"}),
        "him" => json!({"ref": "S1", "name": "Callum Dresk", "born": "1989-01-21"}),
        "other-man" => json!({"ref": "S2", "name": "Piers Holloway", "born": "1980-06-06"}),
        "bailey" => json!({"ref": "S3", "name": "Kyle Bailey", "born": "1991-09-09"}),
        "osman" => json!({"ref": "S4", "given": "Tariq", "family": "Osman", "born": "1984-12-02"}),
        "her-pregnant" => {
            json!({"ref": "V1", "name": "Orla Pennick", "born": "1990-03-03", "phones": ["+447700900631"], "pregnant": true})
        }
        "next-door" => json!({"name": "Winifred Tarn", "phones": ["+447700900741"]}),
        "friend-of-hers" => json!({"name": "Josie Balk", "phones": ["+447700900742"]}),
        "kid" => json!({"given": "Finn", "born": "2019"}),
        "baby" => json!({"given": "Tilda", "born": "2025-09-01"}),
        "someone" => json!({}),
        other => panic!("nobody called {other}"),
    }
}

#[allow(clippy::too_many_lines)]
fn message(day: &str, n: usize, step: &str) -> Value {
    let (head, text) = step.split_once('"').map_or((step, None), |(h, t)| (h, Some(t.trim_end_matches('"'))));
    let mut words: Vec<&str> = head.split_whitespace().collect();
    let later = words[0].strip_prefix('+').map(|d| d.parse::<i64>().expect("days later"));
    if later.is_some() {
        words.remove(0);
    }
    let time = words.remove(0);
    let verb = words.remove(0);
    let mut take = |name: &str| {
        let place = words.iter().position(|w| *w == name)?;
        words.remove(place);
        Some(words.remove(place))
    };
    let incident = take("on").unwrap_or("A").to_owned();
    let by = take("by").unwrap_or("op1").to_owned();
    let known = take("known").map(|t| instant(day, later.unwrap_or(0), t));
    let from = take("from").map(str::to_owned);
    let channel = take("via").unwrap_or("999").to_owned();
    let mut m = json!({
        "id": format!("m{n}"), "at": instant(day, later.unwrap_or(0), time), "by": by, "incident": incident,
    });
    if let Some(known) = known {
        m["known"] = json!(known);
    }
    let mut set = |kind: &str, fields: Value| {
        m["type"] = kind.into();
        for (name, value) in fields.as_object().into_iter().flatten() {
            m[name] = value.clone();
        }
        if let Some(text) = text {
            let field = match kind {
                "incident.graded" | "incident.closed" | "incident.assessed" => "reason",
                "incident.outcome" => "detail",
                _ => "text",
            };
            m[field] = text.into();
        }
    };
    let word = |i: usize| words.get(i).copied().unwrap_or_else(|| panic!("`{step}` lacks a word"));
    match verb {
        "opened" => {
            let mut fields = json!({"channel": channel, "grade": word(0), "code": word(1).replace('_', " ")});
            if let Some(call) = words.get(2) {
                fields["call"] = (*call).into();
            }
            set("incident.opened", fields);
        }
        "logged" => set("incident.logged", json!({})),
        "graded" => set("incident.graded", json!({"grade": word(0)})),
        "coded" => set("incident.coded", json!({"code": word(0).replace('_', " ")})),
        "victim" | "suspect" | "caller" | "child" => {
            let relationship = words.get(1).copied().unwrap_or("partner");
            set("incident.person", json!({"role": verb, "person": person(word(0)), "relationship": relationship}));
        }
        "reviewed" => set("firearms.reviewed", json!({"person": person(word(0)), "decision": "Kept under review"})),
        "assigned" | "arrived" | "left" => set(&format!("unit.{verb}"), json!({"unit": word(0)})),
        "told" => set("unit.told", json!({"unit": word(0)})),
        "seen" => set("incident.outcome", json!({"kind": "victim_seen"})),
        "outcome" => set("incident.outcome", json!({"kind": word(0)})),
        "arrest" => set("incident.outcome", json!({"kind": "arrest", "person": person("him")})),
        "interview" => set("incident.outcome", json!({"kind": "voluntary_interview", "person": person("him")})),
        "arrested" => set("person.arrested", json!({"person": person(word(0)), "for": "assault"})),
        "released" => {
            let conditions: Vec<&str> = words.get(1).map(|_| "Not to contact her").into_iter().collect();
            set("person.released", json!({"person": person("him"), "how": word(0), "conditions": conditions}));
        }
        "victim-told" => set("victim.told", json!({"what": word(0), "person": person("her"), "about": person("him")})),
        "marked" => set("person.marked", json!({"person": person(word(0)), "marker": word(1)})),
        // `14-yes` answers so many questions with yes; anything else is a list of questions answered so.
        "assessed" => {
            let list = words.get(2).copied().unwrap_or_default();
            let many = list.strip_suffix("-yes").and_then(|n| n.parse::<usize>().ok());
            let yes = many.map_or_else(
                || list.split(',').filter(|q| !q.is_empty()).map(str::to_owned).collect(),
                |n| (1..=n).map(|i| format!("q{i}")).collect::<Vec<_>>(),
            );
            let answers: serde_json::Map<String, Value> = yes.into_iter().map(|q| answered(&q)).collect();
            set("incident.assessed", json!({"tool": word(0), "level": word(1), "answers": answers}));
        }
        "passed" => set("incident.passed", json!({"to": "Other force"})),
        "accepted" | "returned" => set(&format!("incident.{verb}"), json!({"by_force": "Other force"})),
        "check" => {
            let about = match word(1) {
                "number" => json!({"phone": "07700 900631"}),
                who => json!({"person": person(who)}),
            };
            set("check.made", json!({"system": word(0), "about": about}));
        }
        "support" => {
            let kind = words.get(2).copied().unwrap_or("domestic_abuse");
            set(&format!("support.{}", word(0)), json!({"person": person(word(1)), "kind": kind}));
        }
        "marac" => {
            let mut fields = json!({"person": person(word(1))});
            if let Some(suspect) = words.get(2) {
                fields["suspect"] = person(suspect);
            }
            set(&format!("marac.{}", word(0)), fields);
        }
        "disclosure" => {
            let fields = json!({"scheme": word(1), "person": person(word(2)), "for": person(word(3))});
            set(&format!("disclosure.{}", word(0)), fields);
        }
        "considered" => {
            let kinds: Vec<&str> = word(0).split(',').collect();
            set("order.considered", json!({"kinds": kinds, "subject": person("him"), "decision": "not"}));
        }
        "interpreter" => set("interpreter.booked", json!({"who": word(0), "language": "pl"})),
        "video" => {
            let says = |what: &str| words.contains(&what);
            let room = if says("no-room") { json!(false) } else { json!(true) };
            let fields = json!({"person": person("her"), "suspect_present": says("he-is-there"), "safe_room": room});
            set(&format!("video.{}", word(0)), fields);
        }
        "referred" => set("desk.referred", json!({"answers": word(0)})),
        "noted" => set("desk.noted", json!({"answers": word(0)})),
        "closed" => set("incident.closed", json!({})),
        "reopened" => set("incident.reopened", json!({})),
        "merged" => set("incident.merged", json!({"into": word(0)})),
        "withdrawn" => set("incident.corrected", json!({"corrects": word(0), "withdrawn": true})),
        "corrected" => set("incident.corrected", json!({"corrects": word(0), "fields": {word(1): word(2)}})),
        "crime" => {
            let mut fields = json!({"crime": "C1", "offence": "Common assault"});
            // Days of harm, or the offence.
            match words.get(1).map(|w| (w.parse::<u64>(), w.replace('_', " "))) {
                Some((Ok(days), _)) => fields["harm"] = json!(days),
                Some((Err(_), offence)) => fields["offence"] = offence.into(),
                None => {}
            }
            set(&format!("crime.{}", word(0)), fields);
        }
        "order" => set(
            "order.made",
            json!({"order": word(0), "kind": "non_molestation", "subject": person("him"), "protects": [person("her")], "conditions": ["Not to contact her"]}),
        ),
        "order-ended" => set("order.ended", json!({"order": word(0)})),
        "call" => {
            let from = from.unwrap_or_else(|| "+447700900631".to_owned());
            set("call.started", json!({"call": word(0), "line": "999", "from": from, "handler": "op1"}));
        }
        "ended" => set("call.ended", json!({"call": word(0), "how": word(1)})),
        "rang-back" => set("call.back", json!({"call": word(0), "answered_by": word(1)})),
        "attached" => set("call.attached", json!({"call": word(0)})),
        "staff" => set("staff.listed", json!({"staff": word(0), "role": word(1)})),
        "acknowledged" => set("desk.acknowledged", json!({"answers": word(0)})),
        "reasoned" => set("desk.reasoned", json!({"answers": word(0)})),
        "joined" => set("desk.linked", json!({"record": word(0), "to": word(1)})),
        "split" => set("desk.split", json!({"record": word(0), "to": word(1)})),
        "alive" => set("feed.alive", json!({"sent": n})),
        other => panic!("`{other}` is no verb of a story"),
    }
    let loose = FREE.contains(&verb) && !head.contains(" on ")
        || (matches!(verb, "released" | "arrested") && incident == "nothing");
    if loose {
        m.as_object_mut().expect("an object").remove("incident");
    }
    m
}
