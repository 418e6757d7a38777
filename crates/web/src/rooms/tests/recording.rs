//! Recordings of calls, from a real folder: who may hear one, what is written down, and what a changed file says.

use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;

use alongside_desk::feedback::{FeedbackAsk, Said};
use alongside_desk::listening::ListeningAsk;
use alongside_desk::listening::recording::{RecordedFile, RecordingAsk, Removal};
use alongside_desk::review::{Ask, StaffCommand};
use alongside_desk::time::Period;
use alongside_media::calls::Calls;
use alongside_media::forward::{Listening, Settings};
use alongside_media::recording::{RecordingId, Sealer, SiteKey, Stretch, length, name, path, sum};
use alongside_node::Act;
use axum::http::StatusCode;
use tempfile::TempDir;

use super::listening::{evening, listen, sign_off};
use super::room::{Person, TestRoom};
use crate::door::Role;
use crate::rooms::listening::{Ears, NamedBy, Shelf};

pub const ID: RecordingId = RecordingId([0x5A; 16]);

/// Under which it is sealed.
pub fn site() -> SiteKey {
    SiteKey::new([3; 32])
}

/// A file of a second, sealed as calls are.
fn record(folder: &Path, site: &SiteKey) -> RecordedFile {
    let file = path(folder, ID);
    let mut sealer = Sealer::begin(File::create(&file).expect("a file"), site, ID).expect("a recording");
    sealer.seal(&Stretch([0x2A, 0x7E].repeat(4_000))).expect("sealed");
    sealer.end(&Stretch([0x2A, 0x7E].repeat(4_000))).expect("sealed");
    let sum = sum(&file).expect("read");
    let ms = u64::try_from(length(sum.bytes).as_millis()).expect("short");
    RecordedFile { digest: sum.hex().into(), bytes: sum.bytes, ms }
}

pub struct Rig {
    pub room: TestRoom,
    pub folder: TempDir,
    /// The recording's address.
    pub page: String,
}

async fn ask(room: &TestRoom, ask: RecordingAsk) {
    let request = format!("test-{}", room.node.status().seq.0).into();
    let command = StaffCommand { request, ask: Ask::Listening(ListeningAsk::Recording(ask)) };
    room.node.act(Act { by: "server".into(), command, expected: None }).await.expect("done");
}

/// A recording of the call `c1` begins; its page's address.
pub async fn begin(room: &TestRoom) -> String {
    let recording: Arc<str> = name(ID).into();
    let (names, after) = (vec!["c1".into()], Period::ZERO);
    ask(room, RecordingAsk::Begin { recording, names, logs: Vec::new(), after }).await;
    let entry = room.node.read(|desk| desk.state().recordings.named(&name(ID)).map(|known| known.id)).expect("known");
    format!("/recordings/{entry}")
}

/// The evening, with its first call recorded.
pub async fn rig(quill: impl Fn(&TestRoom) -> Person) -> (Rig, Person) {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    // Enough for every test of every program that runs them: what is taken is passed over.
    let rtp_ports = 28_600..=28_799;
    let settings = Settings { listeners: SocketAddr::new(here, 0), advertised: None, rtp: here, rtp_ports };
    let (tell, noticed) = channel();
    let listening = Arc::new(Listening::start(&settings, tell).expect("ports"));
    let ears = Ears::new(listening, noticed, Calls::new().expect("random numbers"), NamedBy::default());
    let (folder, site) = (tempfile::tempdir().expect("a folder"), site());
    let file = record(folder.path(), &site);
    ears.play_from(Shelf::new(folder.path().to_owned(), site));
    let room = TestRoom::with_ears(ears);
    evening(&room).await;
    room.take(r#"{"id":"a1","at":"NOW","type":"call.attached","call":"c1","incident":"L0187"}"#).await;
    let quill = quill(&room);
    let page = begin(&room).await;
    let watcher = room.person("watcher", Role::Specialist);
    let mut line = room.line(&watcher, &format!("/live{page}")).await;
    assert!(line.page().await.contains("Is being recorded"));
    ask(&room, RecordingAsk::End { recording: name(ID).into(), file, broke_off: false }).await;
    let fresh = room.get(&watcher, &page).await;
    line.becomes(fresh.block(), "the page of a call that ends while it is open").await;
    (Rig { room, folder, page }, quill)
}

#[tokio::test]
async fn a_recording_is_heard_with_a_reason_by_whoever_gave_it_and_each_hearing_is_written_down() {
    let (rig, quill) = rig(|room| room.person("quill", Role::Supervisor)).await;
    let Rig { room, folder, page } = &rig;
    let (sam, priya) = (room.person("sam", Role::Specialist), room.person("priya", Role::Specialist));
    let audio = format!("{page}/audio");
    let off = room.get(&sam, page).await;
    assert!(
        off.body.contains("the force’s legal sign-off is not entered") && !off.body.contains("<audio"),
        "{}",
        off.body
    );
    sign_off(room, &quill).await;

    let list = room.get(&sam, "/listening").await;
    assert!(list.body.contains(&format!("href=\"{page}\"")) && list.body.contains("0:01 long"), "{}", list.body);
    assert!(list.body.contains("The policy says that calls are not recorded here."), "the shipped policy does not");
    let log = room.get(&sam, "/incidents/0").await;
    assert!(log.body.contains("A call of this log was recorded") && log.body.contains(page.as_str()), "{}", log.body);

    let form = room.get(&sam, page).await;
    for words in ["Recording, Log L0187", "The file is as it was when the call ended", "Nobody yet."] {
        assert!(form.body.contains(words), "{words} is not in {}", form.body);
    }
    assert_eq!(room.first_live(&sam, &format!("/live{page}")).await, form.block());
    assert_eq!(room.get(&sam, &audio).await.status, StatusCode::NOT_FOUND, "no reason, no sound");
    let href = format!("{page}/play");
    let id = form.form_id(&href);
    let silent = room.post(&sam, &href, &format!("form_id={id}&purpose=feedback&reason=+")).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.body.contains("Say why you hear this recording"), "{}", silent.body);
    let heard = room.post(&sam, &href, &format!("form_id={id}&purpose=feedback&reason=Her+last+words")).await;
    assert_eq!(heard.status, StatusCode::SEE_OTHER);
    assert_eq!(heard.headers["location"], page.as_str());

    let before = room.looks().len();
    let sound = room.get(&sam, &audio).await;
    assert_eq!(sound.status, StatusCode::OK);
    assert_eq!(sound.headers["content-type"], "audio/wav");
    assert!(sound.body.starts_with("RIFF"));
    let looks = room.looks();
    assert_eq!((looks.len(), looks[before].screen), (before + 1, "recording"));
    assert!(!looks[before].subjects.is_empty(), "whose voice it is");
    let shown = room.get(&sam, page).await;
    assert!(shown.body.contains("<audio") && shown.body.contains("Her last words"), "{}", shown.body);
    assert_eq!(room.get(&priya, &audio).await.status, StatusCode::NOT_FOUND, "her reason is not yours");
    assert_eq!(room.get(&quill, page).await.status, StatusCode::OK, "a supervisor sees who heard it");
    assert!(!room.get(&quill, page).await.body.contains("name=\"reason\""), "and the paper names specialists");

    // What fails stands on the supervisor's board, for a shift.
    assert!(!room.get(&quill, "/board").await.body.contains("not recorded"), "nothing failed");
    ask(room, RecordingAsk::Fail { call: 7 }).await;
    let board = room.get(&quill, "/board").await;
    assert!(board.body.contains("1 call was not recorded, or not to the end, the last at"), "{}", board.body);
    assert_eq!(room.first_live(&quill, "/live/board").await, board.block());

    // A changed file is never called whole; one that is gone says so.
    std::fs::write(path(folder.path(), ID), b"changed").expect("written");
    assert!(room.get(&sam, page).await.body.contains("The file cannot be read"));
    room.later(9 * 3_600).await;
    assert_eq!(room.get(&sam, &audio).await.status, StatusCode::NOT_FOUND, "a reason does not last for ever");
}

#[tokio::test]
async fn a_moment_is_heard_by_whoever_marked_it_and_by_the_handler_to_whom_it_was_sent_and_each_time_is_written_down() {
    let (rig, quill) = rig(|room| room.person("quill", Role::Supervisor)).await;
    let Rig { room, folder, .. } = &rig;
    let (sam, priya) = (room.person("sam", Role::Specialist), room.person("priya", Role::Specialist));
    let (kit, lee) =
        (room.person_of("kit", Role::Handler, Some("op7")), room.person_of("lee", Role::Handler, Some("op8")));
    sign_off(room, &quill).await;
    listen(room, &sam, "c1").await;
    let call = room.node.read(|desk| desk.state().call_named("c1")).expect("a call");
    let ask = async |request: &str, ask: FeedbackAsk| {
        let command = StaffCommand { request: request.into(), ask: Ask::Feedback(ask) };
        room.node.act(Act { by: sam.id.as_str().into(), command, expected: None }).await.expect("done").seq.0
    };
    let mark = |place: Option<i64>| FeedbackAsk::Mark {
        call,
        theme: "believed".into(),
        behind: Period::ZERO,
        place: place.map(Period::from_ms),
    };
    let (heard, never) = (ask("a", mark(Some(600))).await, ask("b", mark(None)).await);
    let (sound, silence) = (format!("/moments/{heard}/audio"), format!("/moments/{never}/audio"));
    let page = room.get(&sam, "/feedback/calls/c0").await.body;
    assert!(page.contains(&format!("src=\"{sound}\"")) && !page.contains(&silence), "{page}");
    assert_eq!(room.get(&sam, &silence).await.status, StatusCode::NOT_FOUND);
    for who in [&priya, &kit, &lee, &quill] {
        assert_eq!(room.get(who, &sound).await.status, StatusCode::NOT_FOUND, "it is its marker's until it is sent");
    }

    let points = [heard, never].map(|moment| Said { moment, words: "She went on".into() }).to_vec();
    let feedback = ask("w", FeedbackAsk::Write { call, over: 0, points, send: true }).await;
    let page = room.get(&kit, &format!("/feedback/{feedback}")).await.body;
    assert!(page.contains(&format!("src=\"{sound}\"")) && page.contains("Each moment plays from"), "{page}");
    for who in [&sam, &kit] {
        let before = room.looks().len();
        let answer = room.get(who, &sound).await;
        assert_eq!((answer.status, answer.headers["content-type"].as_bytes()), (StatusCode::OK, &b"audio/wav"[..]));
        assert!(answer.body.starts_with("RIFF"));
        let looks = room.looks();
        assert_eq!((looks.len(), looks[before].screen), (before + 1, "moment"));
        assert!(!looks[before].subjects.is_empty(), "whose voice it is");
    }
    for who in [&priya, &lee, &quill] {
        assert_eq!(
            room.get(who, &sound).await.status,
            StatusCode::NOT_FOUND,
            "nobody else's, while nobody disputes it"
        );
    }

    // Without its file nothing is heard, and once that is known the page says so.
    std::fs::remove_file(path(folder.path(), ID)).expect("removed");
    assert_eq!(room.get(&kit, &sound).await.status, StatusCode::NOT_FOUND);
    let recording: Arc<str> = name(ID).into();
    self::ask(room, RecordingAsk::Remove { recording, why: Removal::Expired }).await;
    let page = room.get(&kit, &format!("/feedback/{feedback}")).await.body;
    assert!(!page.contains(&sound) && page.contains("Its moments can be read here and not heard."), "{page}");
}

#[tokio::test]
async fn law_12_whoever_is_in_the_record_learns_of_no_recording() {
    let (rig, quill) = rig(|room| room.person("quill", Role::Supervisor)).await;
    let Rig { room, page, .. } = &rig;
    let own = room.person_of("own", Role::Specialist, Some("5512"));
    sign_off(room, &quill).await;
    room.take(
        r#"{"id":"s1","at":"NOW","type":"staff.listed","staff":"5512","role":"specialist","person":{"ref":"P1"}}"#,
    )
    .await;
    assert_eq!(room.get(&own, page).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        room.get(&own, "/recordings/99999").await.status,
        StatusCode::NOT_FOUND,
        "and of none that is not there"
    );
    let refused = room.post(&own, &format!("{page}/play"), "form_id=play.1.1&purpose=safety&reason=Mine").await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert!(!room.get(&own, "/listening").await.body.contains("/recordings/"));
}
