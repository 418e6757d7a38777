//! Who may listen to live calls, and who does: one line a case.

use std::sync::Arc;

use alongside_desk::listening::{Ceased, Heard, ListeningAsk, Purpose};
use alongside_desk::message::StaffRole;
use alongside_desk::replay::Replay;
use alongside_desk::review::Ask;
use alongside_desk::stamp::CallId;
use alongside_desk::time::Timestamp;
use alongside_desk::{Actor, queue};
use proptest::prelude::*;

use crate::refold;
use crate::story::{empty_desk, messages};

const DAY: &str = "2026-03-10";

/// The evening that most cases happen on: c1 rings from her number, c2 from nobody's.
const EVENING: &str = "10:00 opened priority DA · 10:01 victim her · 11:00 call c1 · 11:01 call c2 from +447700900999";

/// A room in which a story has been told.
fn room(story: &str) -> Replay {
    let mut replay = Replay::new(empty_desk(), None).keeping_entries();
    let lines = messages(DAY, story);
    for (n, line) in lines.iter().enumerate() {
        replay.line(n as u64 + 1, &line.to_string());
    }
    let last = lines.last().and_then(|line| line["at"].as_str()).expect("an instant");
    replay.run_until(Timestamp::parse(last).expect("an instant"));
    replay
}

fn call(replay: &Replay, name: &str) -> Heard {
    replay.desk().state().call_named(name).map_or_else(|| Heard::Session(name.into()), Heard::Call)
}

/// Does what words say, as somebody, and tells what was answered: `sign-off v1 specialist`, `withdraw`, `listen c1`, `stop`.
fn act(replay: &mut Replay, who: &str, words: &str) -> String {
    let words: Vec<&str> = words.split(' ').collect();
    let word = |n: usize| words.get(n).copied().unwrap_or_default();
    let text = |n: usize| Arc::<str>::from(word(n));
    let who = Actor(who.into());
    let ask = match word(0) {
        "sign-off" => ListeningAsk::SignOff {
            version: text(1),
            notice: "Calls may be listened to.".into(),
            signed_by: "The data protection officer".into(),
            roles: words[2..].iter().filter_map(|word| StaffRole::from_word(word)).collect(),
        },
        "withdraw" => ListeningAsk::Withdraw { reason: text(1) },
        "listen" => ListeningAsk::Start {
            heard: call(replay, word(1)),
            purpose: Purpose::Safety,
            reason: "She whispers".into(),
        },
        "listen-for-nothing" => {
            ListeningAsk::Start { heard: call(replay, word(1)), purpose: Purpose::Feedback, reason: " ".into() }
        }
        "stop" => {
            let of = if word(1).is_empty() { who.clone() } else { Actor(text(1)) };
            let hearing = replay.desk().state().hearings.of(&of).map_or(0, |hearing| hearing.id);
            ListeningAsk::Stop { hearing, why: Ceased::Stopped }
        }
        other => panic!("`{other}` is no verb"),
    };
    replay.act(Ask::Listening(ask), &who).err().map_or_else(|| "ok".to_owned(), |refusal| refusal.to_string())
}

/// Who listens to what: `sam c1`.
fn listening(replay: &Replay) -> Vec<String> {
    let state = replay.desk().state();
    let name = |heard: &Heard| match heard {
        Heard::Call(id) => state.calls[id].reference.to_string(),
        Heard::Session(name) => format!("session {name}"),
    };
    state.hearings.open().map(|hearing| format!("{} {}", hearing.who.0, name(&hearing.heard))).collect()
}

/// Its name, the story, acts with what each is answered, and who listens then.
type Case =
    (&'static str, &'static str, &'static [(&'static str, &'static str, &'static str)], &'static [&'static str]);

#[test]
fn nobody_listens_without_the_forces_sign_off_and_nobody_unseen() {
    const OFF: &str = "Live audio is off: the force’s legal sign-off is not entered.";
    let cases: [Case; 12] = [
        ("off", EVENING, &[("sam", "listen c1", OFF)], &[]),
        ("on", EVENING, &[("quill", "sign-off v1 specialist", "ok"), ("sam", "listen c1", "ok")], &["sam c1"]),
        (
            "taken back: whoever listens stops",
            EVENING,
            &[
                ("quill", "sign-off v1 specialist", "ok"),
                ("sam", "listen c1", "ok"),
                ("priya", "listen c2", "ok"),
                ("quill", "withdraw asked-by-counsel", "ok"),
                ("sam", "listen c1", OFF),
            ],
            &[],
        ),
        (
            "taken back without a reason, and twice",
            EVENING,
            &[
                ("quill", "sign-off v1 specialist", "ok"),
                ("quill", "withdraw", "A reason is needed, in words."),
                ("quill", "withdraw so", "ok"),
                ("quill", "withdraw so", "Live audio is off already."),
            ],
            &[],
        ),
        (
            "another version stops those under the one before",
            EVENING,
            &[
                ("quill", "sign-off v1 specialist", "ok"),
                ("sam", "listen c1", "ok"),
                (
                    "quill",
                    "sign-off v1 specialist",
                    "A sign-off of that version was entered before: give this one its own.",
                ),
                ("quill", "sign-off v2 specialist supervisor", "ok"),
            ],
            &[],
        ),
        (
            "nobody but specialists and supervisors",
            EVENING,
            &[
                (
                    "quill",
                    "sign-off v1 specialist handler",
                    "Specialists, supervisors or both can be allowed to listen, and nobody else.",
                ),
                ("quill", "sign-off v1", "Specialists, supervisors or both can be allowed to listen, and nobody else."),
            ],
            &[],
        ),
        (
            "a reason is needed",
            EVENING,
            &[
                ("quill", "sign-off v1 specialist", "ok"),
                ("sam", "listen-for-nothing c1", "A reason is needed, in words."),
            ],
            &[],
        ),
        (
            "one call at a time",
            EVENING,
            &[("quill", "sign-off v1 specialist", "ok"), ("sam", "listen c1", "ok"), ("sam", "listen c2", "ok")],
            &["sam c2"],
        ),
        (
            "only one's own is stopped",
            EVENING,
            &[
                ("quill", "sign-off v1 specialist", "ok"),
                ("sam", "listen c1", "ok"),
                ("priya", "stop sam", "there is no such listening"),
                ("priya", "listen c1", "ok"),
                ("sam", "stop", "ok"),
                ("sam", "stop", "there is no such listening"),
            ],
            &["priya c1"],
        ),
        (
            "a call that no feed has told of",
            EVENING,
            &[("quill", "sign-off v1 specialist", "ok"), ("sam", "listen 7f3a-session", "ok")],
            &["sam session 7f3a-session"],
        ),
        (
            "a call that has ended",
            "11:00 call c1 · 11:05 ended c1 completed",
            &[("quill", "sign-off v1 specialist", "ok"), ("sam", "listen c1", "This call ended at 11:05.")],
            &[],
        ),
        (
            "a call about something else",
            "11:00 call c1 from +447700900999 · 11:01 opened none BURGLARY on B · 11:02 attached c1 on B",
            &[
                ("quill", "sign-off v1 specialist", "ok"),
                (
                    "sam",
                    "listen c1",
                    "The log of this call is not coded as domestic abuse, and nobody known by it was a victim.",
                ),
            ],
            &[],
        ),
    ];
    for (name, story, acts, found) in cases {
        let mut replay = room(story);
        for (who, words, answer) in acts {
            assert_eq!(act(&mut replay, who, words), *answer, "{name}: {who} {words}");
        }
        assert_eq!(listening(&replay), found, "{name}");
    }
}

#[test]
fn law_12_a_person_known_by_the_number_hears_no_call_from_it() {
    let mut replay = room(EVENING);
    let listed = r#"{"id":"s1","at":"2026-03-10T11:02:00Z","type":"staff.listed","staff":"own","role":"specialist","person":{"ref":"V1"}}"#;
    replay.line(90, listed);
    replay.run_until(Timestamp::parse("2026-03-10T11:03:00Z").expect("an instant"));
    assert_eq!(act(&mut replay, "quill", "sign-off v1 specialist"), "ok");
    assert_eq!(act(&mut replay, "own", "listen c1"), "there is no such call");
    assert_eq!(act(&mut replay, "own", "listen c2"), "ok");
    let seen = |who: &str| queue::calls(replay.desk(), replay.desk().state().clock, Some(&Actor(who.into()))).len();
    assert_eq!((seen("own"), seen("sam")), (1, 2));
}

#[test]
fn a_recording_session_becomes_the_call_that_a_feed_tells_of() {
    let mut replay = room("10:00 opened priority DA · 10:01 victim her");
    assert_eq!(act(&mut replay, "quill", "sign-off v1 specialist"), "ok");
    assert_eq!(act(&mut replay, "sam", "listen 7f3a"), "ok");
    let rings = r#"{"id":"r1","at":"2026-03-10T10:02:00Z","type":"call.started","call":"c9","line":"999","from":"+447700900631","handler":"op7","sip":"7f3a"}"#;
    replay.line(90, rings);
    replay.run_until(Timestamp::parse("2026-03-10T10:02:30Z").expect("an instant"));
    let state = replay.desk().state();
    let call = &state.calls[&state.call_named("7f3a").expect("known by its session")];
    let heard: Vec<&str> = state.listening_to(call).iter().map(|hearing| &*hearing.who.0).collect();
    assert_eq!((&*call.reference, heard), ("c9", vec!["sam"]), "the handler is shown who listens");
}

#[test]
fn live_calls_stand_in_the_order_of_the_queue() {
    let order = |story: &str| {
        let replay = room(story);
        let found = queue::calls(replay.desk(), replay.desk().state().clock, None);
        let calls =
            found.iter().map(|live| (replay.desk().state().calls[&live.call].reference.to_string(), live.is_queued));
        calls.map(|(name, queued)| if queued { format!("{name} queued") } else { name }).collect::<Vec<_>>().join(", ")
    };
    for (story, found) in [
        // Of two that nothing is known of, the one that rang last.
        ("11:00 call c1 from +447700900999 · 11:01 call c2 from +447700900998", "c2, c1"),
        // Her history is known by her number, before anybody speaks.
        (
            "10:00 opened priority DA · 10:01 victim her · 10:02 arrived V1 · 10:03 seen · 10:30 left V1 · 10:31 closed · 15:00 call c1 · 15:01 call c2 from +447700900999",
            "c1, c2",
        ),
        // Nobody has come to her by the target: her row is overdue, and her call comes first.
        (
            "10:00 opened immediate DA · 10:01 victim her · 10:40 call c1 · 10:41 call c2 from +447700900999",
            "c1 queued, c2",
        ),
        ("11:00 call c1 · 11:01 ended c1 completed", ""),
    ] {
        assert_eq!(order(story), found, "{story}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Laws 1 and 5 over listening: the same entries make the same state, from the start and from a snapshot, and nobody listens
    /// while there is no sign-off.
    #[test]
    fn law_1_same_listening_same_state(
        acts in prop::collection::vec((
            prop::sample::select(vec!["sam", "priya", "quill"]),
            prop::sample::select(vec![
                "sign-off v1 specialist", "sign-off v2 specialist supervisor", "sign-off v3 supervisor", "withdraw so",
                "listen c1", "listen c2", "listen 7f3a", "stop",
            ]),
        ), 1..30),
        cut in 0.0_f64..1.0,
    ) {
        let mut replay = room(EVENING);
        for (who, words) in &acts {
            act(&mut replay, who, words);
            let hearings = &replay.desk().state().hearings;
            prop_assert!(hearings.sign_off().is_some() || hearings.open().next().is_none());
            for one in ["sam", "priya", "quill"] {
                prop_assert!(hearings.open().filter(|hearing| &*hearing.who.0 == one).count() <= 1);
            }
        }
        refold::same_state(&replay, cut)?;
    }
}

#[test]
fn a_call_that_is_not_there_is_not_heard() {
    let mut replay = room(EVENING);
    act(&mut replay, "quill", "sign-off v1 specialist");
    let ask = ListeningAsk::Start { heard: Heard::Call(CallId(99)), purpose: Purpose::Safety, reason: "so".into() };
    let refused = replay.act(Ask::Listening(ask), &Actor("sam".into())).expect_err("there is none");
    assert_eq!(refused.to_string(), "there is no such call");
}
