//! From what is heard by a tap to lines, in memory and beside a recording.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::fake::{Fake, json, status};
use crate::call::CallId;
use crate::captions::{Captions, Kept, Line, Scribe, Server, Side, Standing, Told, path, read};
use crate::forward::{Tap, tap};
use crate::g711::{SILENCE, encode_a};
use crate::recording::{RecordingId, SiteKey};
use crate::rtp::{Law, Packet};

const CALL: CallId = CallId(7);
const ID: RecordingId = RecordingId([6; 16]);

struct Desk {
    fake: Fake,
    tap: Tap,
    captions: Captions,
    /// Far enough ahead that nothing ends for want of packets, however slow the machine is.
    began: Instant,
}

impl Desk {
    fn new() -> Self {
        let (fake, (tap, tapping), captions) = (Fake::start(), tap(), Captions::default());
        let server = Server::at(&fake.url, "small").expect("on this machine");
        Scribe::start(server, tapping, captions.clone()).expect("threads");
        Self { fake, tap, captions, began: Instant::now() + Duration::from_secs(600) }
    }

    /// Half a second of speech from a second of the call on, and a second of silence.
    fn says(&self, line: usize, second: u64) {
        for ms in (0..1_500).step_by(20) {
            let (byte, ms) = (if ms < 500 { encode_a(6_000) } else { SILENCE }, second * 1_000 + ms);
            let (at, payload) = (self.began + Duration::from_millis(ms), Arc::from([byte; 160]));
            let packet = Packet { sequence: 0, time: ms * 8, marker: false, law: Law::A, at, payload };
            self.tap.said(CALL, line, &packet, self.began);
        }
    }

    /// Waits until it is so, and gives what is told then.
    async fn until(&self, told: &str, is_so: impl Fn(&Told) -> bool) -> Told {
        let mut written = self.captions.watch();
        let wait = async {
            loop {
                let told = self.captions.of(CALL, 100);
                if is_so(&told) {
                    return told;
                }
                written.changed().await.expect("running");
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect(told)
    }
}

fn lines(told: &Told) -> Vec<(Side, u64, &str)> {
    let lines = told.lines.iter().map(|written| &written.line);
    lines.map(|line| (line.side, line.from.as_secs(), line.words.as_str())).collect()
}

#[tokio::test]
async fn what_each_party_says_becomes_a_line_in_its_place_and_dies_with_the_call() {
    let desk = Desk::new();
    assert_eq!(desk.captions.of(CALL, 100), Told::default());
    desk.fake.will(json(r#"{"text":"He is <b>outside</b>"}"#));
    desk.fake.will(json(r#"{"text":" "}"#));
    desk.fake.will(json(r#"{"text":"Are you safe?"}"#));
    for (line, second) in [(0, 2), (0, 5), (1, 8), (2, 9)] {
        desk.says(line, second);
    }
    let told = desk.until("two lines", |told| told.lines.len() == 2).await;
    assert_eq!(lines(&told), [(Side::Caller, 2, "He is <b>outside</b>"), (Side::Handler, 8, "Are you safe?")]);
    assert_eq!((told.missing, told.standing), (0, Standing::Answers));
    assert_eq!(desk.captions.of(CALL, 1).lines, told.lines[1..], "the last ones");
    assert_eq!(desk.captions.of(CallId(8), 100).lines, []);
    desk.tap.ended(CALL, desk.began);
    desk.until("it is forgotten", |told| told.lines.is_empty()).await;
}

#[tokio::test]
async fn a_server_that_is_slow_holds_up_so_much_and_the_rest_is_counted_as_missing() {
    let desk = Desk::new();
    for n in 0..30 {
        desk.says(0, n * 2);
    }
    desk.until("what does not fit is missing", |told| told.missing == 14).await;
    for n in 0..16 {
        desk.fake.will(json(&format!("{{\"text\":\"line {n}\"}}")));
    }
    let told = desk.until("the rest is written", |told| told.lines.len() == 16).await;
    assert_eq!((told.missing, told.lines[15].line.words.as_str()), (14, "line 15"));
}

#[tokio::test]
async fn a_server_that_fails_is_said_to_and_one_that_comes_back_as_well() {
    let desk = Desk::new();
    desk.fake.will(status("500 Internal Server Error", b""));
    desk.says(0, 0);
    let told = desk.until("it fails", |told| told.missing == 1).await;
    assert_eq!((told.standing, told.lines.len()), (Standing::Unfit, 0));
    desk.fake.will(json(r#"{"text":""}"#));
    desk.says(0, 4);
    desk.until("it is back", |told| told.standing == Standing::Answers).await;
}

#[tokio::test]
async fn lines_of_a_recorded_call_are_kept_beside_it_in_the_recordings_time() {
    let (desk, folder, site) = (Desk::new(), tempfile::tempdir().expect("a folder"), SiteKey::new([9; 32]));
    desk.captions.keep_in(folder.path().to_owned(), site.clone());
    for (second, answer) in [(1, json(r#"{"text":"Before"}"#)), (12, json(r#"{"text":"In it"}"#))] {
        desk.fake.will(answer);
        desk.says(0, second);
    }
    desk.until("two lines", |told| told.lines.len() == 2).await;
    // Told late: what is written already comes to it too.
    desk.captions.recorded(CALL, ID, Duration::from_secs(10));
    desk.fake.will(json(r#"{"text":"Also in it"}"#));
    desk.says(1, 20);
    desk.until("three lines", |told| told.lines.len() == 3).await;
    let file = path(folder.path(), ID);
    assert_eq!(read(folder.path(), ID, &site).expect("read").missing, None, "it is still written");
    desk.captions.recording_ended(ID, Duration::from_secs(25));
    desk.fake.will(status("503 Service Unavailable", b""));
    desk.fake.will(json(r#"{"text":"After"}"#));
    for second in [33, 40] {
        desk.says(0, second);
    }
    desk.until("one more is missing", |told| told.missing == 1 && told.lines.len() == 4).await;
    desk.tap.ended(CALL, desk.began);
    desk.until("it is forgotten", |told| told.lines.is_empty()).await;
    let said = |side, s, words: &str| Line { side, from: Duration::from_secs(s), words: words.to_owned() };
    let meant = [said(Side::Caller, 2, "In it"), said(Side::Handler, 10, "Also in it")];
    assert_eq!(read(folder.path(), ID, &site).expect("read"), Kept { lines: meant.to_vec(), missing: Some(1) });
    assert!(!std::fs::read(&file).expect("a file").windows(5).any(|bytes| bytes == b"In it"), "sealed");

    // A recording of a call to which nobody listened has none.
    let other = RecordingId([7; 16]);
    desk.captions.recorded(CallId(8), other, Duration::ZERO);
    desk.captions.recording_ended(other, Duration::from_secs(1));
    assert!(!path(folder.path(), other).exists());
}
