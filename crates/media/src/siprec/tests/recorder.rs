//! Sessions as switches hold them, over the recorder without a socket.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

use crate::call::{CallId, StreamId};
use crate::calls::{By, Calls, PartyState, Role};
use crate::siprec::{Flow, Hearing, Policy, Recorder, Transport};
use crate::srtp::Key;

const SBC: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 5));
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 9));

/// Ears that are only counted.
#[derive(Default)]
pub(super) struct Ears {
    next: u16,
    room: usize,
    pub open: BTreeMap<StreamId, (CallId, usize, Option<IpAddr>)>,
    pub keys: Vec<(StreamId, Option<Key>)>,
    heard: Option<Instant>,
}

impl Hearing for Ears {
    fn open(&mut self, call: CallId, stream: StreamId, line: usize, from: Option<IpAddr>) -> Option<SocketAddr> {
        if self.open.len() == self.room {
            return None;
        }
        self.open.insert(stream, (call, line, from));
        self.next += 2;
        Some(SocketAddr::new(HERE, 20_000 + self.next))
    }

    fn protect(&mut self, stream: StreamId, key: Option<Key>) {
        self.keys.push((stream, key));
    }

    fn close_stream(&mut self, stream: StreamId) {
        self.open.remove(&stream);
    }

    fn close_call(&mut self, call: CallId) {
        self.open.retain(|_, (of, ..)| *of != call);
    }

    fn last_heard(&self, _: CallId) -> Option<Instant> {
        self.heard
    }
}

pub(super) struct World {
    pub recorder: Recorder<Ears>,
    pub calls: Calls,
    now: Instant,
    flow: Flow,
    pub branch: u32,
}

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.5\r\ns=-\r\nc=IN IP4 192.0.2.6\r\nt=0 0\r\nm=audio 16552 RTP/AVP 8 0\r\na=sendonly\r\na=label:1\r\n\
    m=audio 16554 RTP/AVP 8 0\r\na=sendonly\r\na=label:2\r\n";
/// The call taker is on the first line.
const METADATA: &str = "<recording><datamode>complete</datamode><group group_id=\"CAD-1104\"/>\
    <participant id=\"t\"><nameID aor=\"sip:4401@pbx.example\"/><send>s1</send><extensiondata><callingParty>false</callingParty></extensiondata></participant>\
    <participant id=\"c\"><nameID aor=\"tel:07700900461\"/><send>s2</send><extensiondata><callingParty>true</callingParty></extensiondata></participant>\
    <stream id=\"s1\"><label>1</label></stream><stream id=\"s2\"><label>2</label></stream></recording>";

impl World {
    pub fn new() -> Self {
        let calls = Calls::new().expect("random numbers");
        let policy = Policy { allowed: vec![SBC], media: HERE, any_source: false, most_sessions: 100 };
        let ears = Ears { room: 100, ..Ears::default() };
        let recorder = Recorder::new(policy, calls.clone(), ears, 7);
        let (peer, local) = (SocketAddr::new(SBC, 5_070), SocketAddr::new(HERE, 5_060));
        let flow = Flow { transport: Transport::Udp, peer, local, connection: 0 };
        Self { recorder, calls, now: Instant::now(), flow, branch: 0 }
    }

    /// Sends a request of a new transaction, and gives what came back.
    pub fn send(&mut self, method: &str, call: &str, tag: &str, cseq: u32, more: &str, body: &str) -> Vec<String> {
        self.branch += 1;
        let text = self.text(method, call, tag, cseq, more, body);
        self.raw(&text)
    }

    pub fn text(&self, method: &str, call: &str, tag: &str, cseq: u32, more: &str, body: &str) -> String {
        let (tag, branch) = (if tag.is_empty() { String::new() } else { format!(";tag={tag}") }, self.branch);
        format!(
            "{method} sip:srs@192.0.2.9 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5:5070;branch=z9hG4bK{branch}\r\n\
             From: <sip:src@pbx.example>;tag=src\r\nTo: <sip:srs@192.0.2.9>{tag}\r\nCall-ID: {call}\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:src@192.0.2.5:5070>;+sip.src\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    pub fn raw(&mut self, text: &str) -> Vec<String> {
        self.recorder.received(self.flow, text.as_bytes(), self.now, SystemTime::UNIX_EPOCH);
        self.out()
    }

    fn out(&mut self) -> Vec<String> {
        self.recorder.out().map(|(_, bytes)| String::from_utf8(bytes).expect("text")).collect()
    }

    /// A session of two streams with metadata, acknowledged: our tag.
    pub fn session(&mut self, call: &str) -> String {
        let answer = self.send("INVITE", call, "", 1, &format!("{MULTIPART}{TIMER}"), &both());
        let tag = tag(&answer[0]);
        assert_eq!(self.send("ACK", call, &tag, 1, "", ""), [""; 0]);
        tag
    }

    /// Time passes in steps of a tenth of a second; everything that was sent meanwhile, with its time in milliseconds.
    pub fn pass(&mut self, ms: u64) -> Vec<(u64, String)> {
        let mut sent = Vec::new();
        for step in 1..=ms / 100 {
            self.now += Duration::from_millis(100);
            self.recorder.wake(self.now);
            sent.extend(self.out().into_iter().map(|text| (step * 100, text)));
        }
        sent
    }

    fn states(&self) -> Vec<PartyState> {
        let list = self.calls.list();
        list.iter().flat_map(|call| call.parties.iter().map(|party| party.state)).collect()
    }
}

pub(super) const MULTIPART: &str = "Content-Type: multipart/mixed;boundary=b\r\n";
const PLAIN: &str = "Content-Type: application/sdp\r\n";
const TIMER: &str = "User-to-User: 04FA08;encoding=hex\r\n\
    Call-Info: <urn:emergency:uid:incidentid:77:psap.example>;purpose=\"emergency-IncidentId\", <urn:emergency:uid:callid:a:psap.example>;purpose=emergency-CallId\r\n";

pub(super) fn both() -> String {
    format!(
        "--b\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n--b\r\nContent-Type: application/rs-metadata\r\n\r\n{METADATA}\r\n--b--\r\n"
    )
}

fn tag(answer: &str) -> String {
    let to = answer.lines().find(|line| line.starts_with("To: ")).expect("a To");
    to.split_once(";tag=").expect("a tag").1.to_owned()
}

#[track_caller]
fn starts(answers: &[String], with: &str) {
    assert!(answers.len() == 1 && answers[0].starts_with(with), "{with}: {answers:?}");
}

#[test]
fn a_call_is_heard_listed_and_ended_and_its_parties_are_who_the_switch_says() {
    let mut world = World::new();
    let answer = world.send("INVITE", "a@pbx.example", "", 1, &format!("{MULTIPART}{TIMER}"), &both());
    starts(&answer, "SIP/2.0 200 OK\r\n");
    let text = &answer[0];
    assert!(text.contains("m=audio 20002 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=recvonly\r\na=label:1\r\n"), "{text}");
    assert!(text.contains("Contact: <sip:srs@192.0.2.9:5060>;+sip.srs\r\n") && !text.contains("send"), "{text}");
    // The media come from where the offer says; the caller is the first to hear though offered second.
    let ears: Vec<_> = world.recorder.hearing().open.values().map(|(_, line, from)| (*line, *from)).collect();
    let media = Some("192.0.2.6".parse().expect("an address"));
    assert_eq!(ears, [(1, media), (0, media)]);
    let call = world.calls.list()[0].clone();
    let parties: Vec<_> = call.parties.iter().map(|p| (p.role, p.address.as_deref().unwrap_or_default())).collect();
    assert_eq!(parties, [(Some(Role::Caller), "tel:07700900461"), (Some(Role::CallTaker), "sip:4401@pbx.example")]);
    let known = |by: By| call.known_by(&by).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!((known(By::Uui), known(By::GroupId)), (vec!["04FA08".to_owned()], vec!["CAD-1104".to_owned()]));
    assert_eq!(known(By::EmergencyIncidentId), ["urn:emergency:uid:incidentid:77:psap.example"]);
    assert_eq!(known(By::EmergencyCallId), ["urn:emergency:uid:callid:a:psap.example"]);
    assert_eq!(known(By::SipCallId), ["a@pbx.example"]);
    let tag = tag(text);
    world.send("ACK", "a@pbx.example", &tag, 1, "", "");
    starts(&world.send("BYE", "a@pbx.example", &tag, 2, "", ""), "SIP/2.0 200 OK\r\n");
    assert_eq!((world.calls.list().len(), world.recorder.hearing().open.len(), world.recorder.sessions()), (0, 0, 0));
    // Its answer was lost.
    starts(&world.send("BYE", "a@pbx.example", &tag, 2, "", ""), "SIP/2.0 200 OK\r\n");
    world.pass(40_000);
    starts(&world.send("BYE", "a@pbx.example", &tag, 2, "", ""), "SIP/2.0 481 ");
}

#[test]
fn a_repeated_invite_has_the_same_answer_and_opens_nothing() {
    let mut world = World::new();
    let first = world.send("INVITE", "a", "", 1, PLAIN, SDP);
    let text = world.text("INVITE", "a", "", 1, PLAIN, SDP);
    assert_eq!(world.raw(&text), first);
    assert_eq!((world.recorder.hearing().open.len(), world.calls.list().len()), (2, 1));
    starts(&world.send("CANCEL", "a", "", 1, "", ""), "SIP/2.0 200 ");
    starts(&world.send("CANCEL", "b", "", 1, "", ""), "SIP/2.0 481 ");
    assert_eq!(world.calls.list().len(), 1);
}

#[test]
fn without_an_acknowledgement_the_answer_is_repeated_and_the_audio_decides() {
    let mut world = World::new();
    let answer = world.send("INVITE", "a", "", 1, PLAIN, SDP);
    let sent = world.pass(8_000);
    assert_eq!(sent.iter().map(|(ms, _)| *ms).collect::<Vec<_>>(), [500, 1_500, 3_500, 7_500]);
    assert!(sent.iter().all(|(_, text)| *text == answer[0]));
    world.pass(23_000);
    world.recorder.hearing().heard = Some(world.now);
    world.pass(1_000);
    assert_eq!(world.recorder.sessions(), 1);
    // Nothing is heard of this one.
    let mut world = World::new();
    world.send("INVITE", "a", "", 1, PLAIN, SDP);
    let sent = world.pass(32_000);
    assert!(
        sent.last()
            .is_some_and(|(ms, text)| *ms == 32_000 && text.starts_with("BYE sip:src@192.0.2.5:5070 SIP/2.0\r\n"))
    );
    assert_eq!((world.recorder.sessions(), world.calls.list().len()), (0, 0));
}

#[test]
fn hold_transfer_and_a_line_that_is_given_up_change_what_they_name() {
    let mut world = World::new();
    let tag = world.session("a");
    let held = SDP.replace("sendonly", "inactive");
    let answer = world.send("INVITE", "a", &tag, 2, PLAIN, &held);
    assert_eq!(answer[0].matches("a=inactive").count(), 2);
    assert_eq!(world.states(), [PartyState::Held, PartyState::Held]);
    world.send("ACK", "a", &tag, 2, "", "");
    // On by another host: its line gets another ear, which hears that host alone.
    let moved = SDP.replace("m=audio 16554 RTP/AVP 8 0\r\n", "m=audio 16554 RTP/AVP 8 0\r\nc=IN IP4 192.0.2.7\r\n");
    let answer = world.send("UPDATE", "a", &tag, 3, PLAIN, &moved);
    assert!(answer[0].contains("m=audio 20002 RTP/AVP 8") && answer[0].contains("m=audio 20006 RTP/AVP 8"));
    let from: Vec<_> =
        world.recorder.hearing().open.values().filter_map(|(_, line, from)| Some((*line, (*from)?))).collect();
    assert_eq!(from, [(1, IpAddr::from([192, 0, 2, 6])), (0, IpAddr::from([192, 0, 2, 7]))]);
    assert_eq!(world.states(), [PartyState::Going, PartyState::Going]);
    let given_up = SDP.replace("m=audio 16554", "m=audio 0");
    let answer = world.send("INVITE", "a", &tag, 4, PLAIN, &given_up);
    assert!(answer[0].contains("m=audio 0 RTP/AVP 8"));
    assert_eq!((world.states(), world.recorder.hearing().open.len()), (vec![PartyState::Gone, PartyState::Going], 1));
}

#[test]
fn an_invite_without_an_offer_gets_one_and_its_answer_comes_with_the_acknowledgement() {
    let mut world = World::new();
    let answer = world.send("INVITE", "a", "", 1, "", "");
    assert!(answer[0].contains("m=audio 20002 RTP/AVP 8 0\r\n") && answer[0].contains("a=recvonly"), "{}", answer[0]);
    assert_eq!(answer[0].matches("m=audio").count(), 1);
    let held = "v=0\r\nc=IN IP4 0.0.0.0\r\nm=audio 4000 RTP/AVP 8\r\n";
    world.send("ACK", "a", &tag(&answer[0]), 1, PLAIN, held);
    assert_eq!(world.states(), [PartyState::Held]);
}

#[test]
fn both_halves_of_a_telephones_own_bridge_are_one_call() {
    let mut world = World::new();
    let mut tags = Vec::new();
    for (name, half) in
        [("near", "x-nearend;x-refci=271;x-nearendaddr=4401"), ("far", "x-farend;x-refci=271;x-farendaddr=07700900461")]
    {
        world.branch += 1;
        let text = world
            .text("INVITE", name, "", 1, "", "")
            .replace("<sip:src@pbx.example>", &format!("<sip:4401@192.0.2.5;{half}>"));
        let answer = world.raw(&text);
        tags.push(tag(&answer[0]));
    }
    let list = world.calls.list();
    assert_eq!(list.len(), 1);
    let parties: Vec<_> = list[0].parties.iter().map(|p| (p.role, p.address.clone().unwrap_or_default())).collect();
    let expect = [(Some(Role::Caller), "07700900461".to_owned()), (Some(Role::CallTaker), "4401".to_owned())];
    assert_eq!(parties, expect);
    world.send("BYE", "near", &tags[0], 2, "", "");
    assert_eq!(world.states(), [PartyState::Going, PartyState::Gone]);
    world.send("BYE", "far", &tags[1], 2, "", "");
    assert_eq!(world.calls.list().len(), 0);
}

#[test]
fn metadata_that_come_late_name_the_parties_then() {
    let mut world = World::new();
    let answer = world.send("INVITE", "a", "", 1, PLAIN, SDP);
    assert!(world.calls.list()[0].parties.iter().all(|party| party.address.is_none() && party.role.is_none()));
    let kind = "Content-Type: application/rs-metadata+xml\r\n";
    starts(&world.send("UPDATE", "a", &tag(&answer[0]), 2, kind, METADATA), "SIP/2.0 200 ");
    // The lines stay where they were heard.
    let roles: Vec<_> = world.calls.list()[0].parties.iter().map(|party| party.role).collect();
    assert_eq!(roles, [Some(Role::CallTaker), Some(Role::Caller)]);
}

#[test]
fn a_session_that_takes_the_place_of_another_goes_on_with_its_call() {
    let mut world = World::new();
    let first = world.session("a");
    let id = world.calls.list()[0].id;
    let replaces = format!("Replaces: a;to-tag={first};from-tag=src\r\n{MULTIPART}");
    let answers = world.send("INVITE", "b", "", 1, &replaces, &both());
    assert!(answers[0].starts_with("SIP/2.0 200 ") && answers[1].starts_with("BYE "), "{answers:?}");
    assert_eq!(world.calls.list().iter().map(|call| call.id).collect::<Vec<_>>(), [id]);
    assert_eq!((world.states(), world.recorder.hearing().open.len()), (vec![PartyState::Going; 2], 2));
}

#[test]
fn a_switch_that_vanishes_is_asked_and_its_call_ends() {
    let mut world = World::new();
    world.session("a");
    world.recorder.hearing().heard = Some(world.now + Duration::from_secs(50));
    // It is heard: nothing is asked.
    assert!(world.pass(100_000).is_empty());
    let sent = world.pass(60_000);
    assert!(sent[0].1.starts_with("OPTIONS sip:src@192.0.2.5:5070 SIP/2.0\r\n"), "{sent:?}");
    assert!(sent[1..].iter().all(|(_, text)| *text == sent[0].1), "repeated");
    assert_eq!((world.recorder.sessions(), world.calls.list().len()), (0, 0));
    // This one is on hold, and its switch answers.
    let mut world = World::new();
    world.session("a");
    for _ in 0..10 {
        let sent = world.pass(60_000);
        let asked = sent.iter().find(|(_, text)| text.starts_with("OPTIONS ")).expect("asked");
        let answer = asked.1.replacen("OPTIONS sip:src@192.0.2.5:5070 SIP/2.0", "SIP/2.0 405 Method Not Allowed", 1);
        assert_eq!(world.raw(&answer), [""; 0]);
        assert_eq!(world.recorder.sessions(), 1);
    }
    // It no longer knows the session.
    let sent = world.pass(60_000);
    let answer = sent[0].1.replacen("OPTIONS sip:src@192.0.2.5:5070 SIP/2.0", "SIP/2.0 481 No", 1);
    world.raw(&answer);
    assert_eq!(world.recorder.sessions(), 0);
}

#[test]
fn a_session_timer_that_runs_out_ends_only_what_is_not_heard() {
    let timer = |who: &str| format!("{PLAIN}Session-Expires: 90{who}\r\n");
    let mut world = World::new();
    let answer = world.send("INVITE", "a", "", 1, &timer(";refresher=uac"), SDP);
    assert!(answer[0].contains("Session-Expires: 90;refresher=uac\r\nRequire: timer\r\n"), "{}", answer[0]);
    let tag = tag(&answer[0]);
    world.send("ACK", "a", &tag, 1, "", "");
    world.pass(50_000);
    starts(&world.send("UPDATE", "a", &tag, 2, "Session-Expires: 90;refresher=uac\r\n", ""), "SIP/2.0 200 ");
    world.pass(50_000);
    world.recorder.hearing().heard = Some(world.now + Duration::from_secs(40));
    world.pass(41_000);
    assert_eq!(world.recorder.sessions(), 1, "it is heard");
    let sent = world.pass(60_000);
    assert!(sent.iter().any(|(_, text)| text.starts_with("BYE ")), "{sent:?}");
    // This one leaves the refreshing to us.
    let mut world = World::new();
    let answer = world.send("INVITE", "a", "", 1, &timer(";refresher=uas"), SDP);
    world.send("ACK", "a", &self::tag(&answer[0]), 1, "", "");
    let sent = world.pass(45_000);
    assert!(sent.len() == 1 && sent[0].0 == 45_000 && sent[0].1.starts_with("UPDATE "), "{sent:?}");
}

#[test]
fn a_session_timer_that_would_have_us_refresh_without_end_is_none() {
    for seconds in ["0", "1", "89", "86401", "18446744073709551616", "x"] {
        let mut world = World::new();
        let timer = format!("{PLAIN}Session-Expires: {seconds};refresher=uas\r\n");
        let answer = world.send("INVITE", "a", "", 1, &timer, SDP);
        assert!(answer[0].starts_with("SIP/2.0 200 ") && !answer[0].contains("Session-Expires"), "{}", answer[0]);
        world.send("ACK", "a", &tag(&answer[0]), 1, "", "");
        assert!(world.pass(50_000).is_empty());
    }
}

#[test]
fn what_cannot_be_heard_or_may_not_speak_is_refused() {
    let mut world = World::new();
    let deaf = "v=0\r\nm=audio 4000 RTP/AVP 18\r\n";
    starts(&world.send("INVITE", "a", "", 1, PLAIN, deaf), "SIP/2.0 488 ");
    world.recorder.hearing().room = 0;
    starts(&world.send("INVITE", "b", "", 1, PLAIN, SDP), "SIP/2.0 503 ");
    assert_eq!((world.calls.list().len(), world.recorder.sessions()), (0, 0));
    starts(&world.send("OPTIONS", "c", "", 1, "", ""), "SIP/2.0 200 ");
    starts(&world.send("REGISTER", "d", "", 1, "", ""), "SIP/2.0 405 ");
    starts(&world.send("BYE", "e", "x", 1, "", ""), "SIP/2.0 481 ");
    world.flow.peer = SocketAddr::new(IpAddr::from([198, 51, 100, 1]), 5_060);
    assert_eq!(world.send("OPTIONS", "c", "", 2, "", ""), [""; 0]);
    assert_eq!(world.send("INVITE", "f", "", 1, PLAIN, SDP), [""; 0]);
}

#[test]
fn sessions_and_pending_answers_have_a_bound() {
    let mut world = World::new();
    world.recorder.hearing().room = 10_000;
    for n in 0..100 {
        world.session(&format!("call-{n}"));
    }
    starts(&world.send("INVITE", "one more", "", 1, PLAIN, SDP), "SIP/2.0 503 ");
    assert_eq!(world.recorder.sessions(), 100);
    world.recorder.stop(world.now);
    assert_eq!(world.out().iter().filter(|text| text.starts_with("BYE ")).count(), 100);
    assert_eq!((world.calls.list().len(), world.recorder.hearing().open.len()), (0, 0));
}
