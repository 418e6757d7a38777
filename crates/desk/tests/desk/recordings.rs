//! Recordings of calls: what is written down of them, and who may hear one.

use alongside_desk::Actor;
use alongside_desk::feedback::{AFTER, BEFORE, FeedbackAsk};
use alongside_desk::listening::recording::{RecordedFile, RecordingAsk, Removal};
use alongside_desk::listening::{Heard, ListeningAsk, Purpose};
use alongside_desk::message::StaffRole;
use alongside_desk::replay::Replay;
use alongside_desk::review::Ask;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Policy;

use crate::refold;
use crate::story::{empty_desk, messages};

const NAME: &str = "00112233445566778899aabbccddeeff";
const SERVER: &str = "server";

/// She rings on c1, and her log is A. Who 5512 is in the record, where that is so.
fn room(in_record: Option<&str>) -> Replay {
    told("10:00 opened priority DA · 10:01 victim her · 10:02 call c1 · 10:03 attached c1", in_record)
}

fn told(story: &str, in_record: Option<&str>) -> Replay {
    let mut replay = Replay::new(empty_desk(), None).keeping_entries();
    let mut lines = messages("2026-03-10", &format!("{story} · 10:04 staff 5512 specialist"));
    if let (Some(person), Some(listed)) = (in_record, lines.last_mut()) {
        listed["person"] = serde_json::json!({ "ref": person });
    }
    for (n, line) in lines.iter().enumerate() {
        replay.line(n as u64 + 1, &line.to_string());
    }
    let last = lines.last().and_then(|line| line["at"].as_str()).expect("an instant");
    replay.run_until(Timestamp::parse(last).expect("an instant"));
    replay
}

fn ask(replay: &mut Replay, who: &str, ask: RecordingAsk) -> String {
    let ask = Ask::Listening(ListeningAsk::Recording(ask));
    replay.act(ask, &Actor(who.into())).err().map_or_else(|| "ok".to_owned(), |refusal| refusal.to_string())
}

fn begin(replay: &mut Replay) -> String {
    let (recording, names) = (NAME.into(), vec!["another".into(), "c1".into()]);
    ask(replay, SERVER, RecordingAsk::Begin { recording, names, logs: Vec::new(), after: Period::seconds(3) })
}

fn end(replay: &mut Replay, broke_off: bool) -> String {
    let file = RecordedFile { digest: "ab".repeat(32).into(), bytes: 80_000, ms: 4_900 };
    ask(replay, SERVER, RecordingAsk::End { recording: NAME.into(), file, broke_off })
}

fn play(replay: &mut Replay, who: &str, reason: &str) -> String {
    let (recording, reason) = (NAME.into(), reason.into());
    ask(replay, who, RecordingAsk::Play { recording, purpose: Purpose::Feedback, reason })
}

fn sign_off(replay: &mut Replay) {
    let ask = ListeningAsk::SignOff {
        version: "v1".into(),
        notice: "Calls may be listened to.".into(),
        signed_by: "The data protection officer".into(),
        roles: vec![StaffRole::Specialist],
    };
    replay.act(Ask::Listening(ask), &Actor("quill".into())).expect("signed off");
}

#[test]
fn a_recording_is_begun_ended_heard_and_taken_away_once_each_and_stays_known() {
    let mut replay = room(None);
    assert_eq!(begin(&mut replay), "ok");
    let state = replay.desk().state();
    let recording = state.recordings.named(NAME).expect("known").clone();
    assert_eq!(state.call_recorded(&recording), state.call_named("c1"));
    assert_eq!(state.log_recorded(&recording), state.find("A"));
    assert_eq!(state.recordings_of_log(state.find("A").expect("A")).count(), 1);

    // What the server asks again after a crash changes nothing.
    for again in 0..2 {
        assert_eq!((begin(&mut replay), end(&mut replay, again == 1)), ("ok".to_owned(), "ok".to_owned()));
    }
    let ended = replay.desk().state().recordings.named(NAME).and_then(|known| known.ended.clone()).expect("ended");
    assert!(!ended.2, "the first word of its end stands");

    assert!(play(&mut replay, "sam", "Her last words").contains("Live audio is off"));
    sign_off(&mut replay);
    assert_eq!(play(&mut replay, "sam", " "), "A reason is needed, in words.");
    assert_eq!(play(&mut replay, "sam", "Her last words"), "ok");
    let remove = |why| RecordingAsk::Remove { recording: NAME.into(), why };
    assert_eq!(ask(&mut replay, SERVER, remove(Removal::Expired)), "ok");
    assert_eq!(ask(&mut replay, SERVER, remove(Removal::Missing)), "ok");
    assert!(play(&mut replay, "sam", "Once more").contains("its time has passed"));
    let known = replay.desk().state().recordings.named(NAME).expect("known for good").clone();
    assert_eq!(known.removed.map(|(_, why)| why), Some(Removal::Expired));
    assert_eq!(known.plays.iter().map(|play| &*play.who.0).collect::<Vec<_>>(), ["sam"]);
    refold::same_state(&replay, 0.7).expect("law 1");
}

#[test]
fn nobody_hears_a_recording_of_their_own_record_or_one_that_goes_on_or_is_none() {
    let mut replay = room(Some("V1"));
    sign_off(&mut replay);
    assert_eq!(begin(&mut replay), "ok");
    assert!(play(&mut replay, "sam", "Now").contains("it goes on"), "live is what the listening room is for");
    assert_eq!(end(&mut replay, true), "ok");
    assert_eq!(play(&mut replay, "5512", "To know"), "there is no such recording");
    assert_eq!(play(&mut replay, "sam", "Now"), "ok");
    for name in ["", "c1", "00112233445566778899aabbccddeefg"] {
        let asked =
            RecordingAsk::Begin { recording: name.into(), names: Vec::new(), logs: Vec::new(), after: Period::ZERO };
        assert_eq!(ask(&mut replay, SERVER, asked), "there is no such recording", "{name}");
    }
    let asked = RecordingAsk::Begin {
        recording: "f".repeat(32).into(),
        names: (0..40).map(|n| n.to_string().into()).collect(),
        logs: Vec::new(),
        after: Period::ZERO,
    };
    assert_eq!(ask(&mut replay, SERVER, asked), "there is no such recording");
}

#[test]
fn what_could_not_be_recorded_or_not_to_the_end_is_counted() {
    let mut replay = room(None);
    let failures = |replay: &Replay, hours: i64| {
        let state = replay.desk().state();
        state.recordings.failures(state.clock.minus(Period::hours(hours))).map(|(count, _)| count)
    };
    assert_eq!(ask(&mut replay, SERVER, RecordingAsk::Fail { call: 7 }), "ok");
    assert_eq!((begin(&mut replay), failures(&replay, 1)), ("ok".to_owned(), Some(1)));
    assert_eq!((end(&mut replay, true), failures(&replay, 1)), ("ok".to_owned(), Some(2)));
    for call in 0..200 {
        assert_eq!(ask(&mut replay, SERVER, RecordingAsk::Fail { call }), "ok");
    }
    assert_eq!(failures(&replay, 1), Some(100), "no more than are kept");
    assert_eq!(failures(&replay, -1), None, "none since");
    refold::same_state(&replay, 0.7).expect("law 1");
}

#[test]
fn a_moment_is_heard_where_the_recording_has_it_and_nowhere_else() {
    let mut replay = room(None);
    sign_off(&mut replay);
    let sam = Actor("sam".into());
    let call = replay.desk().state().call_named("c1").expect("a call");
    let (heard, purpose) = (Heard::Call(call), Purpose::Feedback);
    let listen = ListeningAsk::Start { heard, purpose, reason: "To learn".into() };
    replay.act(Ask::Listening(listen), &sam).expect("listens");
    let mark = |replay: &mut Replay, place: Option<i64>| {
        let place = place.map(Period::seconds);
        let mark = FeedbackAsk::Mark { call, theme: "believed".into(), behind: Period::ZERO, place };
        replay.act(Ask::Feedback(mark), &sam).expect("marked");
    };
    mark(&mut replay, Some(9));
    // The recording begins three seconds into the call's audio and is a minute long.
    assert_eq!(begin(&mut replay), "ok");
    for place in [Some(2), Some(3), Some(30), Some(62), Some(63), None] {
        mark(&mut replay, place);
    }
    let clips = |replay: &Replay| -> Vec<Option<(i64, i64)>> {
        let state = replay.desk().state();
        let clip = |moment| state.clip(moment).map(|clip| (clip.from.ms() / 1_000, clip.to.ms() / 1_000));
        state.feedbacks.moments(call).map(clip).collect()
    };
    assert_eq!(clips(&replay), [None; 7], "while it goes on, the listening room is where it is heard");
    let file = RecordedFile { digest: "ab".repeat(32).into(), bytes: 980_000, ms: 60_000 };
    ask(&mut replay, SERVER, RecordingAsk::End { recording: NAME.into(), file, broke_off: false });
    let (before, after) = (BEFORE.ms() / 1_000, AFTER.ms() / 1_000);
    let found = [None, None, Some((0, after)), Some((27 - before, 27 + after)), Some((59 - before, 60)), None, None];
    assert_eq!(clips(&replay), found, "before it began, at its edges, after its end, and of nobody knows where");
    refold::same_state(&replay, 0.7).expect("law 1");
    ask(&mut replay, SERVER, RecordingAsk::Remove { recording: NAME.into(), why: Removal::Expired });
    assert_eq!(clips(&replay), [None; 7], "it is kept no longer");
}

#[test]
fn a_file_expires_so_long_after_its_call_and_one_that_broke_off_after_it_began() {
    let mut replay = room(None);
    assert_eq!(begin(&mut replay), "ok");
    let expired = |replay: &Replay, days: i64| {
        let state = replay.desk().state();
        state.recordings.expired(Period::hours(24 * 31), state.clock.plus(Period::hours(24 * days))).count()
    };
    assert_eq!((expired(&replay, 31), expired(&replay, 32)), (0, 1), "a recording without an end too");
    assert_eq!(end(&mut replay, false), "ok");
    assert_eq!((expired(&replay, 31), expired(&replay, 32)), (0, 1));
}

#[test]
fn whose_a_recording_is_stays_known_for_as_long_as_its_file_and_no_longer() {
    // From her number, and on nobody's log: such a call is forgotten after some days.
    let mut replay = told("10:00 opened priority DA · 10:01 victim her · 10:02 call c1", Some("V1"));
    sign_off(&mut replay);
    assert_eq!((begin(&mut replay), end(&mut replay, false)), ("ok".to_owned(), "ok".to_owned()));
    let later = |replay: &mut Replay, days: i64| {
        let at = replay.desk().state().clock.plus(Period::hours(24 * days));
        replay.run_until(at);
        let at = replay.desk().state().clock.rfc3339_local();
        replay.line(1_000 + days as u64, &format!(r#"{{"id":"l{days}","at":"{at}","type":"feed.alive"}}"#));
    };
    later(&mut replay, 30);
    later(&mut replay, 31);
    assert!(replay.desk().state().call_named("c1").is_some(), "its recording's file is there");
    assert_eq!(play(&mut replay, "5512", "To know"), "there is no such recording");
    assert_eq!(play(&mut replay, "sam", "Her last words"), "ok");
    let why = Removal::Expired;
    assert_eq!(ask(&mut replay, SERVER, RecordingAsk::Remove { recording: NAME.into(), why }), "ok");
    later(&mut replay, 32);
    later(&mut replay, 33);
    let state = replay.desk().state();
    assert!(state.call_named("c1").is_none() && state.recordings.all().next().is_none(), "and now neither");
    refold::same_state(&replay, 0.5).expect("law 1");
}

#[test]
fn a_policy_that_records_says_for_how_long() {
    use alongside_desk::watch::POLICY;
    assert!(!Policy::shipped().recording.on, "off unless the force says so");
    let on = POLICY.replace("on = { is = false, from = \"D\" }", "on = { is = true, from = \"the force\" }");
    let policy = Policy::parse(&on).expect("a policy");
    assert_eq!((policy.recording.on, policy.recording.keep), (true, Some(Period::hours(24 * 31))));
    let line = "keep = { is = \"P31D\", from = \"D\" }";
    assert!(on.contains(line));
    for wrong in [on.replace(line, ""), on.replace("P31D", "P1M"), on.replace("P31D", "PT0S"), on.replace("P31D", "31")]
    {
        assert!(Policy::parse(&wrong).is_err());
    }
    let before = POLICY.split("[recording]").next().expect("a part").to_owned();
    let after = POLICY.split_once("[offences]").map(|(_, rest)| format!("[offences]{rest}")).expect("a part");
    let policy = Policy::parse(&(before + &after)).expect("a policy of before there were recordings");
    assert!(!policy.recording.on && policy.recording.keep.is_none());
}
