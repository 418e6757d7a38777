//! Hearing a live call, on the real audio thread: who may, what is written down, and what ends it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::SystemTime;

use alongside_desk::listening::Ceased;
use alongside_media::call::CallId;
use alongside_media::calls::{By, Calls, KnownAs};
use alongside_media::forward::{ListenerId, Listening, Notice, Settings};
use axum::http::StatusCode;

use super::listening::{evening, sign_off};
use super::room::{Answer, Person, TestRoom};
use crate::door::Role;
use crate::rooms::listening::{Ears, NamedBy};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What a browser offers that hears two lines.
const OFFER: &str = "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n";
const LINE: &str = "m=audio 9 UDP/TLS/RTP/SAVPF 8 0\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\na=fingerprint:sha-256 0F:74:31:25:CB:A2:13:EC:28:6F:6D:2C:61:FF:5D:C2:BC:B9:DB:3D:98:14:8D:1A:BB:EA:33:0C:A4:60:A8:8E\r\na=setup:actpass\r\na=rtcp-mux\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=recvonly\r\n";

fn offer() -> String {
    let text = format!("{OFFER}{LINE}a=mid:0\r\n{LINE}a=mid:1\r\n");
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

pub struct Rig {
    pub room: TestRoom,
    pub ears: Ears,
    calls: Calls,
    listening: Arc<Listening>,
    /// As the audio's thread tells.
    tell: Sender<Notice>,
    /// The evening's two calls, and one that no feed has told of.
    pub sent: [CallId; 3],
}

/// A room whose switch sends the evening's two calls, and one that no feed has told of.
pub async fn rig() -> Rig {
    // Enough for every test of every program that runs them: what is taken is passed over.
    let rtp_ports = 27_600..=28_599;
    let settings = Settings { listeners: SocketAddr::new(HERE, 0), advertised: None, rtp: HERE, rtp_ports };
    let (tell, noticed) = channel();
    let listening = Arc::new(Listening::start(&settings, tell.clone()).expect("ports"));
    let calls = Calls::new().expect("random numbers");
    let ears = Ears::new(Arc::clone(&listening), noticed, calls.clone(), NamedBy::default());
    let room = TestRoom::with_ears(ears.clone());
    evening(&room).await;
    let sent = ["c1", "c2", "7f3a"].map(|name| {
        let known = vec![KnownAs { by: By::SessionId, id: name.to_owned() }];
        let call = calls.begin(SystemTime::UNIX_EPOCH, known, Vec::new());
        listening.open_stream(call, calls.stream(), 0, None).expect("a port");
        call
    });
    Rig { room, ears, calls, listening, tell, sent }
}

impl Rig {
    async fn start(&self, who: &Person, key: &str, request: &str) -> Answer {
        let form = format!("form_id={request}&purpose=safety&reason=She+whispers&sdp={}", offer());
        self.room.post(who, &format!("/listening/{key}/start"), &form).await
    }

    /// Begins to listen; the entry by which it began.
    pub async fn begins(&self, who: &Person, key: &str, request: &str) -> u64 {
        let answer = self.start(who, key, request).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let (_, rest) = answer.body.split_once("\"hearing\":").expect("an entry");
        rest.split(',').next().and_then(|number| number.parse().ok()).expect("a number")
    }

    /// The page of the call that no feed has told of.
    fn untold(&self) -> String {
        format!("m{}", self.sent[2].0)
    }

    fn hears(&self, call: usize) -> Vec<u64> {
        self.listening.listeners(self.sent[call]).expect("running").into_iter().map(|ListenerId(id)| id).collect()
    }

    /// Waits until a listening is over, and why.
    async fn over(&self, who: &Person, hearing: u64) -> Ceased {
        let actor = alongside_desk::Actor(who.id.as_str().into());
        let is_over = |state: &alongside_desk::State| state.hearings.get(hearing).is_none();
        self.room.until("the listening ends", is_over).await;
        let last = self.room.node.read(|desk| desk.state().hearings.last_of(&actor).cloned()).expect("one that ended");
        assert_eq!(last.id, hearing);
        last.ended.expect("it ended").1
    }
}

#[tokio::test]
async fn a_call_is_heard_with_a_purpose_and_a_reason_that_are_written_down_first() {
    let rig = rig().await;
    let room = &rig.room;
    let (sam, priya) = (room.person("sam", Role::Specialist), room.person("priya", Role::Specialist));
    let (quill, kit) = (room.person("quill", Role::Supervisor), room.person_of("kit", Role::Handler, Some("op7")));
    let off = rig.start(&sam, "c0", "listen.a").await;
    assert_eq!(off.status, StatusCode::FORBIDDEN);
    assert!(off.body.contains("the force’s legal sign-off is not entered"), "{}", off.body);
    sign_off(room, &quill).await;

    let list = room.get(&sam, "/listening").await;
    let untold = format!("href=\"/listening/{}\"", rig.untold());
    for words in ["href=\"/listening/c0\"", &untold, "no feed has told of it yet"] {
        assert!(list.body.contains(words), "{words} is not in {}", list.body);
    }
    assert!(!room.get(&quill, "/listening/c0").await.body.contains("data-listen"), "the paper names specialists");
    assert_eq!(rig.start(&quill, "c0", "listen.b").await.status, StatusCode::FORBIDDEN);
    assert_eq!(room.get(&kit, "/listening/c0").await.status, StatusCode::FORBIDDEN);
    let page = room.get(&sam, "/listening/c0").await;
    assert!(page.body.contains("data-listen") && page.body.contains("Receive only."), "{}", page.body);
    let for_nothing = format!("form_id=listen.c&purpose=safety&reason=+&sdp={}", offer());
    let refused = room.post(&sam, "/listening/c0/start", &for_nothing).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);

    let answer = rig.start(&sam, "c0", "listen.d").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(answer.body.contains("a=sendonly") && answer.body.contains("a=ice-lite"), "{}", answer.body);
    assert!(!answer.body.contains("a=recvonly") && !answer.body.contains("a=sendrecv"), "law 11: {}", answer.body);
    let hearing = room.node.read(|desk| desk.state().hearings.open().next().map(|one| one.id)).expect("written down");
    assert_eq!(rig.hears(0), [hearing]);
    assert!(room.get(&sam, "/listening/c0").await.body.contains(&format!("data-id=\"{hearing}\"")));
    assert!(room.get(&kit, "/companion").await.body.contains("sam listens since 20:40: her safety in this call."));

    let back = room.post(&sam, &format!("/hearings/{hearing}/rewind"), "seconds=10").await;
    assert_eq!((back.status, back.body.as_str()), (StatusCode::OK, "{\"behind_ms\":0}"), "nothing was said yet");
    let caught = room.post(&sam, &format!("/hearings/{hearing}/catch-up"), "").await;
    assert_eq!(caught.status, StatusCode::OK);
    for path in ["rewind", "catch-up", "stop"] {
        let theirs = room.post(&priya, &format!("/hearings/{hearing}/{path}"), "form_id=x.y").await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "another's listening: {path}");
    }
    let again = room.post(&sam, &format!("/hearings/{hearing}/offer"), &format!("sdp={}", offer())).await;
    assert_eq!(again.status, StatusCode::OK, "on another network: {}", again.body);
    assert_eq!(rig.hears(0), [hearing]);
    let stopped = room.post(&sam, &format!("/hearings/{hearing}/stop"), "form_id=stop.a").await;
    assert_eq!(stopped.status, StatusCode::NO_CONTENT);
    assert_eq!(rig.hears(0), [0; 0]);
    assert_eq!(rig.over(&sam, hearing).await, Ceased::Stopped);
}

#[tokio::test]
async fn a_second_call_ends_the_first_and_one_that_no_feed_has_told_of_can_be_heard() {
    let rig = rig().await;
    let (sam, quill) = (rig.room.person("sam", Role::Specialist), rig.room.person("quill", Role::Supervisor));
    sign_off(&rig.room, &quill).await;
    let first = rig.begins(&sam, "c0", "listen.a").await;
    let second = rig.begins(&sam, &rig.untold(), "listen.b").await;
    assert_eq!(rig.over(&sam, first).await, Ceased::Again);
    assert_eq!((rig.hears(0), rig.hears(2)), (vec![], vec![second]));
    let page = rig.room.get(&sam, &format!("/listening/{}", rig.untold())).await;
    assert!(page.body.contains("No feed has told of this call yet") && page.body.contains("You listen, since"));
    let gone = rig.room.post(&sam, &format!("/hearings/{first}/offer"), &format!("sdp={}", offer())).await;
    assert_eq!(gone.status, StatusCode::GONE);
}

#[tokio::test]
async fn listening_stops_when_the_sign_off_is_taken_back() {
    let rig = rig().await;
    let (sam, quill) = (rig.room.person("sam", Role::Specialist), rig.room.person("quill", Role::Supervisor));
    sign_off(&rig.room, &quill).await;
    let hearing = rig.begins(&sam, "c0", "listen.a").await;
    let form = rig.room.get(&quill, "/listening/withdraw").await;
    let form = format!("form_id={}&reason=Counsel+asked", form.form_id("/listening/withdraw"));
    rig.room.post(&quill, "/listening/withdraw", &form).await;
    assert_eq!(rig.over(&sam, hearing).await, Ceased::Withdrawn);
    let wait = async {
        while !rig.hears(0).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), wait).await.expect("off the wire too");
    let gone = rig.room.post(&sam, &format!("/hearings/{hearing}/offer"), &format!("sdp={}", offer())).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(gone.body.contains("The force has taken its sign-off back"), "{}", gone.body);
}

#[tokio::test]
async fn listening_stops_with_the_call_the_session_and_the_audio() {
    let rig = rig().await;
    let (sam, priya) = (rig.room.person("sam", Role::Specialist), rig.room.person("priya", Role::Specialist));
    let (jo, quill) = (rig.room.person("jo", Role::Specialist), rig.room.person("quill", Role::Supervisor));
    sign_off(&rig.room, &quill).await;
    let ended = rig.begins(&sam, "c0", "listen.a").await;
    rig.room.take(r#"{"id":"e1","at":"NOW","type":"call.ended","call":"c1","how":"completed"}"#).await;
    assert_eq!(rig.over(&sam, ended).await, Ceased::CallEnded);
    assert_eq!(rig.start(&sam, "c0", "listen.b").await.status, StatusCode::CONFLICT, "it has ended for everybody");

    let gone = rig.begins(&sam, &rig.untold(), "listen.c").await;
    assert!(rig.calls.end(rig.sent[2]));
    assert_eq!(rig.over(&sam, gone).await, Ceased::CallEnded);
    assert_eq!(rig.room.get(&sam, &format!("/listening/{}", rig.untold())).await.status, StatusCode::NOT_FOUND);

    let locked = rig.begins(&priya, "c1", "listen.d").await;
    rig.room.gate.accounts.set_locked("priya", true).expect("locked");
    assert_eq!(rig.over(&priya, locked).await, Ceased::NoRight);
    assert_eq!(rig.hears(1), [0; 0]);

    let unheard = rig.begins(&jo, "c1", "listen.e").await;
    rig.tell.send(Notice::Ended).expect("heard");
    assert_eq!(rig.over(&jo, unheard).await, Ceased::ServerStopped);
    let page = rig.room.get(&jo, "/listening").await;
    assert!(page.body.contains("Live audio has stopped."), "{}", page.body);
    assert_eq!(rig.start(&jo, "c1", "listen.f").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_page_learns_by_itself_of_a_call_that_can_be_heard_now() {
    let rig = rig().await;
    let (sam, quill) = (rig.room.person("sam", Role::Specialist), rig.room.person("quill", Role::Supervisor));
    sign_off(&rig.room, &quill).await;
    assert!(rig.calls.end(rig.sent[0]));
    let mut line = rig.room.line(&sam, "/live/listening").await;
    assert!(!line.page().await.contains("/listening/c0"));
    let known = vec![KnownAs { by: By::Uui, id: "c1".to_owned() }];
    rig.calls.begin(SystemTime::UNIX_EPOCH, known, Vec::new());
    assert!(line.page().await.contains("href=\"/listening/c0\""));
}

#[tokio::test]
async fn law_12_a_person_known_by_the_number_hears_no_call_from_it() {
    let rig = rig().await;
    let (sam, quill) = (rig.room.person("sam", Role::Specialist), rig.room.person("quill", Role::Supervisor));
    let own = rig.room.person_of("own", Role::Specialist, Some("5512"));
    sign_off(&rig.room, &quill).await;
    let listed =
        r#"{"id":"s1","at":"NOW","type":"staff.listed","staff":"5512","role":"specialist","person":{"ref":"P2"}}"#;
    rig.room.take(listed).await;
    for key in ["c0", "c99"] {
        assert_eq!(rig.room.get(&own, &format!("/listening/{key}")).await.status, StatusCode::NOT_FOUND, "{key}");
        assert_eq!(rig.start(&own, key, "listen.a").await.status, StatusCode::NOT_FOUND, "{key}");
    }
    rig.begins(&own, "c1", "listen.b").await;
    rig.begins(&sam, "c0", "listen.c").await;
}
