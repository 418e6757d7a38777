//! Prompts to the handler's companion: one line a case.

use alongside_desk::listening::prompt::{Measures, Outcome, Prompt, PromptAsk, Says};
use alongside_desk::listening::{Ceased, Heard, ListeningAsk, Purpose};
use alongside_desk::message::StaffRole;
use alongside_desk::replay::Replay;
use alongside_desk::review::Ask;
use alongside_desk::stamp::CallId;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::{Actor, Entry};
use proptest::prelude::*;

use crate::refold;
use crate::story::{empty_desk, messages};

const DAY: &str = "2026-03-10";

/// She is known, and rings; `op1` takes the call.
const EVENING: &str = "10:00 opened priority DA · 10:01 victim her · 11:00 call c1";

struct Room {
    replay: Replay,
    lines: u64,
}

impl Room {
    /// A room in which a story has been told, with the force's sign-off entered.
    fn new(story: &str) -> Self {
        let mut room = Self::without_sign_off(story);
        room.sign_off();
        room
    }

    fn without_sign_off(story: &str) -> Self {
        let mut room = Self { replay: Replay::new(empty_desk(), None).keeping_entries(), lines: 0 };
        for line in messages(DAY, story) {
            room.line(&line.to_string());
        }
        room.at("11:02:00");
        room
    }

    fn sign_off(&mut self) {
        let (notice, signed_by) = ("Calls may be listened to.".into(), "The data protection officer".into());
        let roles = vec![StaffRole::Specialist];
        let ask = ListeningAsk::SignOff { version: "v1".into(), notice, signed_by, roles };
        assert_eq!(self.ask("quill", ask), "ok");
    }

    /// A message of the feed.
    fn line(&mut self, line: &str) {
        self.lines += 1;
        self.replay.line(self.lines, line);
    }

    fn at(&mut self, time: &str) {
        self.replay.run_until(Timestamp::parse(&format!("{DAY}T{time}Z")).expect("an instant"));
    }

    fn ask(&mut self, who: &str, ask: ListeningAsk) -> String {
        let answer = self.replay.act(Ask::Listening(ask), &Actor(who.into()));
        answer.err().map_or_else(|| "ok".to_owned(), |refusal| refusal.to_string())
    }

    /// Does what words say, and tells what was answered: `11:02:05 sam sends hear on c1`, `11:02:08 op1 sees`, `11:02:20 op1 used`,
    /// `11:03:00 feed ends c1`.
    fn step(&mut self, words: &str) -> String {
        let words: Vec<&str> = words.split(' ').collect();
        let (who, verb) = (words[1], words[2]);
        if verb == "ends" {
            let call = words[3];
            let at = format!("{DAY}T{}Z", words[0]);
            self.line(&format!(
                r#"{{"id":"end-{call}","at":"{at}","type":"call.ended","call":"{call}","how":"completed"}}"#
            ));
            self.at(words[0]);
            return "ok".to_owned();
        }
        self.at(words[0]);
        let prompt = self.prompts().last().map_or(0, |last| last.id);
        let handler = who.into();
        let says = |says: &str| match says.strip_prefix("typed:") {
            Some(words) => Says::Typed(words.replace('_', " ").into()),
            None => Says::Phrase(says.into()),
        };
        let ask = match verb {
            "sends" => {
                let call = self.replay.desk().state().call_named(words[5]).unwrap_or(CallId(99));
                PromptAsk::Send { call, says: says(words[3]) }
            }
            "withdraws" => PromptAsk::Withdraw { prompt },
            "sees" => PromptAsk::Seen { prompt, handler },
            "used" => PromptAsk::Answer { prompt, handler, outcome: Outcome::Used },
            "cannot" => PromptAsk::Answer { prompt, handler, outcome: Outcome::Cannot },
            "late" => PromptAsk::Answer { prompt, handler, outcome: Outcome::TooLate },
            "says-withdrawn" => PromptAsk::Answer { prompt, handler, outcome: Outcome::Withdrawn },
            "says-call-ended" => PromptAsk::Answer { prompt, handler, outcome: Outcome::CallEnded },
            other => panic!("`{other}` is no verb"),
        };
        self.ask(who, ListeningAsk::Prompt(ask))
    }

    fn prompts(&self) -> Vec<Prompt> {
        self.replay.desk().state().prompts.all().cloned().collect()
    }

    /// How each prompt stands: `sam seen+3 Used+15 by op1`.
    fn stand(&self) -> Vec<String> {
        let tell = |prompt: &Prompt| {
            let after = |at: Timestamp| at.since(prompt.sent).ms() / 1000;
            let seen = prompt.seen.map(|at| format!(" seen+{}", after(at))).unwrap_or_default();
            let closed = prompt.closed.as_ref();
            let closed = closed.map(|(outcome, at, by)| format!(" {outcome:?}+{} by {}", after(*at), by.0));
            format!("{}{seen}{}", prompt.by.0, closed.unwrap_or_default())
        };
        self.prompts().iter().map(tell).collect()
    }
}

/// Its name, steps with what each is answered, and how the prompts stand then.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

#[test]
fn a_prompt_is_sent_seen_and_answered_by_the_handler_of_that_call_alone() {
    const NONE: &str = "there is no such prompt";
    let cases: [Case; 13] = [
        ("sent and not seen", &[("11:02:05 sam sends hear on c1", "ok")], &["sam"]),
        (
            "seen and used",
            &[("11:02:05 sam sends hear on c1", "ok"), ("11:02:08 op1 sees", "ok"), ("11:02:20 op1 used", "ok")],
            &["sam seen+3 Used+15 by op1"],
        ),
        (
            "whoever answers has seen it",
            &[("11:02:05 sam sends hear on c1", "ok"), ("11:02:09 op1 cannot", "ok")],
            &["sam seen+4 Cannot+4 by op1"],
        ),
        (
            "seen on a second screen, and after it closed",
            &[
                ("11:02:05 sam sends hear on c1", "ok"),
                ("11:02:08 op1 sees", "ok"),
                ("11:02:09 op1 sees", "ok"),
                ("11:02:20 op1 late", "ok"),
                ("11:02:21 op1 sees", "ok"),
            ],
            &["sam seen+3 TooLate+15 by op1"],
        ),
        (
            "another handler, and the specialist",
            &[
                ("11:02:05 sam sends hear on c1", "ok"),
                ("11:02:08 op2 sees", NONE),
                ("11:02:08 op2 used", NONE),
                ("11:02:08 sam used", NONE),
            ],
            &["sam"],
        ),
        (
            "a handler takes nothing back and ends no call",
            &[
                ("11:02:05 sam sends hear on c1", "ok"),
                ("11:02:08 op1 says-withdrawn", "there is no such answer"),
                ("11:02:08 op1 says-call-ended", "there is no such answer"),
            ],
            &["sam"],
        ),
        (
            "at most one is open",
            &[
                ("11:02:05 sam sends hear on c1", "ok"),
                ("11:02:06 priya sends neck on c1", "sam sent a prompt at 11:02, and it is open"),
                ("11:02:20 op1 used", "ok"),
                ("11:02:30 priya sends neck on c1", "ok"),
            ],
            &["sam seen+15 Used+15 by op1", "priya"],
        ),
        (
            "answered once",
            &[
                ("11:02:05 sam sends hear on c1", "ok"),
                ("11:02:20 op1 used", "ok"),
                ("11:02:21 op1 cannot", "op1 answered this prompt at 11:02"),
                ("11:02:22 sam withdraws", "op1 answered this prompt at 11:02"),
            ],
            &["sam seen+15 Used+15 by op1"],
        ),
        (
            "taken back, also by a colleague",
            &[
                ("11:02:05 sam sends hear on c1", "ok"),
                ("11:02:10 priya withdraws", "ok"),
                ("11:02:11 op1 used", "priya took this prompt back at 11:02"),
                ("11:02:12 sam sends neck on c1", "ok"),
            ],
            &["sam Withdrawn+5 by priya", "sam"],
        ),
        (
            "the call's end says nothing in the handler's name",
            &[
                ("11:02:05 sam sends hear on c1", "ok"),
                ("11:02:08 op1 sees", "ok"),
                ("11:03:05 feed ends c1", "ok"),
                ("11:03:06 op1 used", "The call ended at 11:03"),
                ("11:03:07 sam sends neck on c1", "This call ended at 11:03."),
            ],
            &["sam seen+3 CallEnded+60 by desk"],
        ),
        (
            "what was answered before stands when the call ends",
            &[("11:02:05 sam sends hear on c1", "ok"), ("11:02:20 op1 late", "ok"), ("11:03:05 feed ends c1", "ok")],
            &["sam seen+15 TooLate+15 by op1"],
        ),
        (
            "one line, not empty and not long",
            &[
                ("11:02:05 sam sends typed:_ on c1", "A prompt is one line of 1 to 90 characters."),
                ("11:02:05 sam sends typed:one\nline on c1", "A prompt is one line of 1 to 90 characters."),
                ("11:02:05 sam sends no-such-line on c1", "there is no such ready line"),
                ("11:02:05 sam sends hear on c7", "there is no such call"),
            ],
            &[],
        ),
        ("typed", &[("11:02:05 sam sends typed:Ask_if_the_children_are_upstairs on c1", "ok")], &["sam"]),
    ];
    for (name, steps, found) in cases {
        let mut room = Room::new(EVENING);
        for (step, answer) in steps {
            assert_eq!(room.step(step), *answer, "{name}: {step}");
        }
        assert_eq!(room.stand(), found, "{name}");
    }
}

#[test]
fn nobody_sends_without_the_forces_sign_off_or_to_a_companion_that_does_not_show_the_call() {
    let mut off = Room::without_sign_off(EVENING);
    let refused = "Live audio is off: the force’s legal sign-off is not entered.";
    assert_eq!(off.step("11:02:05 sam sends hear on c1"), refused);

    let elsewhere = "The handler’s companion does not show this call now.";
    let mut two = Room::new("10:00 opened priority DA · 10:01 victim her · 11:00 call c1 · 11:01 call c2");
    assert_eq!(two.step("11:02:05 sam sends hear on c1"), elsewhere);
    assert_eq!(two.step("11:02:05 sam sends hear on c2"), "ok");

    let mut nobody = Room::new("10:00 opened priority DA · 10:01 victim her");
    nobody.line(r#"{"id":"r1","at":"2026-03-10T11:00:00Z","type":"call.started","call":"c1","line":"999","from":"+447700900631"}"#);
    let unnamed = "No feed has told who took this call, so nobody’s companion shows it.";
    assert_eq!(nobody.step("11:02:05 sam sends hear on c1"), unnamed);
}

#[test]
fn law_12_a_handler_in_the_record_is_sent_nothing_about_it_and_answers_nothing() {
    let listed = |staff: &str, role: &str| {
        format!(
            r#"{{"id":"s-{staff}","at":"2026-03-10T11:01:00Z","type":"staff.listed","staff":"{staff}","role":"{role}","person":{{"ref":"V1"}}}}"#
        )
    };
    let mut room = Room::new(EVENING);
    room.line(&listed("op1", "handler"));
    let elsewhere = "The handler’s companion does not show this call now.";
    assert_eq!(room.step("11:02:05 sam sends hear on c1"), elsewhere, "and whoever asks is not told why");

    let mut later = Room::new(EVENING);
    assert_eq!(later.step("11:02:05 sam sends hear on c1"), "ok");
    later.line(&listed("op1", "handler"));
    later.line(&listed("own", "specialist"));
    assert_eq!(later.step("11:02:10 op1 sees"), "there is no such prompt");
    assert_eq!(later.step("11:02:10 op1 used"), "there is no such prompt");
    assert_eq!(later.step("11:02:11 own withdraws"), "there is no such prompt");
    assert_eq!(later.step("11:02:12 own sends neck on c1"), "there is no such call");
    assert_eq!(later.step("11:02:13 sam withdraws"), "ok");
}

#[test]
fn whoever_listens_sends_and_a_ready_line_is_known_by_its_key_however_it_was_chosen() {
    let mut room = Room::new(EVENING);
    let call = room.replay.desk().state().call_named("c1").expect("a call");
    let start =
        ListeningAsk::Start { heard: Heard::Call(call), purpose: Purpose::Safety, reason: "She whispers".into() };
    assert_eq!(room.ask("sam", start), "ok");
    assert_eq!(room.step("11:02:05 sam sends typed:Ask_if_he_can_hear_her on c1"), "ok");
    assert_eq!(room.step("11:02:06 op1 used"), "ok");
    assert_eq!(room.step("11:02:07 sam sends typed:Ask_again on c1"), "ok");
    let sent = |entry: &Entry| match &entry.event {
        Some(event) => {
            let body = String::from_utf8(event.encode().expect("a body")).expect("JSON");
            body.contains("\"sent\"").then_some(body)
        }
        None => None,
    };
    let sent: Vec<String> = room.replay.entries().iter().filter_map(sent).collect();
    assert!(sent[0].contains(r#""handler":"op1","words":"Ask if he can hear her","phrase":"hear""#), "{}", sent[0]);
    assert!(sent[1].contains(r#""words":"Ask again","phrase":null"#), "{}", sent[1]);
    let hearing = room.replay.desk().state().hearings.open().next().map_or(0, |hearing| hearing.id);
    assert_eq!(room.ask("sam", ListeningAsk::Stop { hearing, why: Ceased::Stopped }), "ok");
    assert_eq!(room.stand().len(), 2, "what was sent stays when the listening has ended");
}

#[test]
fn how_prompts_do_is_measured() {
    let mut room = Room::new(EVENING);
    for step in [
        "11:02:05 sam sends hear on c1",
        "11:02:08 op1 sees",
        "11:02:20 op1 used",
        "11:03:00 sam sends neck on c1",
        "11:03:05 op1 sees",
        "11:03:09 op1 cannot",
        "11:04:00 sam sends stay on c1",
        "11:04:30 sam withdraws",
        "11:05:00 sam sends stay on c1",
        "11:06:00 feed ends c1",
    ] {
        assert_eq!(room.step(step), "ok", "{step}");
    }
    let state = room.replay.desk().state();
    let since = |time: &str| Timestamp::parse(&format!("{DAY}T{time}Z")).expect("an instant");
    let all = Measures {
        sent: 4,
        seen: 2,
        to_seen: Some(Period::seconds(4)),
        to_answer: Some(Period::seconds(12)),
        used: 1,
        cannot: 1,
        too_late: 0,
        withdrawn: 1,
        call_ended: 1,
    };
    assert_eq!(state.prompts.measured(since("11:00:00"), 1), all);
    let last = Measures { sent: 1, call_ended: 1, ..Measures::default() };
    assert_eq!(state.prompts.measured(since("11:04:45"), 1), last);
    let fast = state.prompts.measured(since("11:00:00"), 4);
    assert_eq!((fast.to_seen, fast.to_answer), (Some(Period::seconds(1)), Some(Period::seconds(3))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Law 1 over prompts: the same entries make the same state, from the start and from a snapshot; whatever is asked in whatever
    /// order, at most one is open on a call, and the version counts the entries about it.
    #[test]
    fn law_1_same_prompts_same_state_and_at_most_one_is_open(
        steps in prop::collection::vec(prop::sample::select(vec![
            "sam sends hear on c1", "priya sends neck on c1", "sam withdraws", "op1 sees", "op1 used", "op1 late", "op2 used",
            "feed ends c1",
        ]), 1..40),
        cut in 0.0_f64..1.0,
    ) {
        let mut room = Room::new(EVENING);
        for (n, step) in steps.iter().enumerate() {
            room.step(&format!("11:{:02}:{:02} {step}", 3 + n / 60, n % 60));
            let open = room.prompts().iter().filter(|prompt| prompt.closed.is_none()).count();
            prop_assert!(open <= 1);
        }
        let entries = room.replay.entries();
        let about = entries.iter().filter(|entry| {
            let body = entry.event.as_ref().and_then(|event| event.encode().ok()).unwrap_or_default();
            String::from_utf8_lossy(&body).contains("\"prompt\":{\"")
        });
        let state = room.replay.desk().state();
        prop_assert_eq!(state.prompts.version(state.call_named("c1").expect("a call")), about.count() as u64);
        refold::same_state(&room.replay, cut)?;
    }
}
