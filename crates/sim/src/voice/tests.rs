//! The switch against the product's own recording server, and what it speaks.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use alongside_media::calls::{By, Calls, PartyState};
use alongside_media::forward::{Listening, Settings};
use alongside_media::g711;
use alongside_media::siprec::{Policy, Server, ServerSettings};

use super::dialog::{Dialog, Recorded, Said, read};
use super::dialogue::Who;
use super::*;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::yield_now();
    }
}

fn ringing(call: &str) -> Ringing {
    Ringing { call: call.to_owned(), from: Some("+447700900461".to_owned()), handler: "CH4345".to_owned() }
}

#[test]
fn a_call_is_recorded_by_its_reference_while_it_goes_on_and_is_heard() {
    let settings =
        Settings { listeners: SocketAddr::new(HERE, 0), advertised: None, rtp: HERE, rtp_ports: 31_000..=31_099 };
    let (notices, _noticed) = channel();
    let listening = Arc::new(Listening::start(&settings, notices).expect("ports"));
    let calls = Calls::new().expect("random numbers");
    let policy = Policy { allowed: vec![HERE], media: HERE, any_source: false, most_sessions: 10 };
    let server = Server::start(
        &ServerSettings { plain: Some(SocketAddr::new(HERE, 0)), tls: None, policy },
        calls.clone(),
        Arc::clone(&listening),
    )
    .expect("a server");
    let switch = Switch::start(HERE, server.plain().expect("a port"), Speech::tones()).expect("a switch");
    switch.record(ringing("S5"));
    switch.record(Ringing { from: None, ..ringing("N9") });
    until("both calls, with two people each", || {
        calls.list().len() == 2 && calls.list().iter().all(|call| call.parties.len() == 2)
    });
    let known = |call: &str| calls.list().iter().find(|one| one.known_by(&By::Uui).any(|id| id == call)).cloned();
    let first = known("S5").expect("known by its reference");
    let who = |place: usize| first.parties[place].address.clone().unwrap_or_default();
    assert_eq!((who(0), who(1)), ("tel:+447700900461".to_owned(), "sip:CH4345@switch.example".to_owned()));
    assert!(first.parties.iter().all(|party| party.state == PartyState::Going));
    until("its audio", || listening.last_heard(first.id).is_ok_and(|heard| heard.is_some()));

    switch.end("S5");
    until("the end of one call", || known("S5").is_none());
    assert!(known("N9").is_some(), "the other goes on");
    drop(switch);
    until("the end of the other", || calls.list().is_empty());
}

#[test]
fn a_server_that_does_not_answer_or_refuses_is_given_up() {
    let silent = std::net::UdpSocket::bind((HERE, 0)).expect("a port");
    let switch = Switch::start(HERE, silent.local_addr().expect("an address"), Speech::tones()).expect("a switch");
    switch.record(ringing("N1"));
    silent.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket");
    let mut buffer = [0; 4_096];
    let mut invites = Vec::new();
    for _ in 0..2 {
        let (length, from) = silent.recv_from(&mut buffer).expect("asked, and asked again");
        invites.push((buffer[..length].to_vec(), from));
    }
    assert_eq!(invites[0], invites[1], "the same request");
    // An answer that records, and the two voices come; then it asks whether the switch is there.
    let [caller, handler] = [0, 1].map(|_| std::net::UdpSocket::bind((HERE, 0)).expect("a port"));
    let port = |socket: &std::net::UdpSocket| socket.local_addr().expect("an address").port();
    let text = String::from_utf8(invites[0].0.clone()).expect("text");
    let header = |name: &str| text.split("\r\n").find(|line| line.starts_with(name)).expect("a header").to_owned();
    let sdp = format!("v=0\r\nm=audio {} RTP/AVP 8\r\nm=audio {} RTP/AVP 8\r\n", port(&caller), port(&handler));
    let answer =
        format!("SIP/2.0 200 OK\r\n{}\r\n{};tag=x\r\n{}\r\n\r\n{sdp}", header("Call-ID"), header("To"), header("CSeq"));
    silent.send_to(answer.as_bytes(), invites[0].1).expect("sent");
    for (socket, place) in [(&caller, 1), (&handler, 2)] {
        socket.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket");
        let length = socket.recv(&mut buffer).expect("a packet of voice");
        assert_eq!((length, buffer[1] & 0x7F, buffer[11]), (172, 8, place));
    }
    let mut said = String::new();
    silent.send_to(b"OPTIONS sip:src SIP/2.0\r\nVia: v\r\nCSeq: 9 OPTIONS\r\n\r\n", invites[0].1).expect("sent");
    while !said.contains("9 OPTIONS") {
        let length = silent.recv(&mut buffer).expect("an answer");
        said = String::from_utf8_lossy(&buffer[..length]).into_owned();
    }
    assert!(said.starts_with("SIP/2.0 200 OK"), "{said}");
    drop(switch);
    while !said.starts_with("BYE ") {
        let length = silent.recv(&mut buffer).expect("an end");
        said = String::from_utf8_lossy(&buffer[..length]).into_owned();
    }
    assert!(said.contains(";tag=x"), "to whom it spoke: {said}");
}

#[test]
fn what_a_server_says_is_read_and_rubbish_is_nothing() {
    let here = SocketAddr::new(HERE, 5_060);
    let dialog = Dialog { id: "7-1".to_owned(), here, server: here, to: None };
    let invite = dialog.invite(&Recorded { call: "N1", from: None, handler: "CH1", ports: [10, 12] });
    assert!(invite.contains("m=audio 10 ") && invite.contains("anonymous"));
    let refused = "SIP/2.0 503 Busy\r\nCall-ID: 7-1\r\nCSeq: 1 INVITE\r\n\r\n";
    assert_eq!(read(refused), Said::Refused("7-1".to_owned(), 503));
    assert_eq!(read("SIP/2.0 100 Trying\r\nCSeq: 1 INVITE\r\n\r\n"), Said::Other);
    assert_eq!(read("SIP/2.0 200 OK\r\nCSeq: 2 BYE\r\n\r\n"), Said::Other);
    for cut in 0..refused.len() {
        let _any = read(&refused[..cut]);
    }
}

#[test]
fn every_dialogue_has_two_people_and_every_call_has_one() {
    for dialogue in dialogues() {
        for who in [Who::Caller, Who::Handler] {
            assert!(dialogue.line.iter().any(|line| line.who == who), "{}", dialogue.name);
        }
        assert!(dialogue.line.iter().all(|line| (0.0..10.0).contains(&line.after)), "{}", dialogue.name);
    }
    for call in 1..=4 {
        assert_eq!(Dialogue::of(&format!("S2956012{call}")).calls, Some(call));
    }
    let calls = (0..200).map(|n| Dialogue::of(&format!("N{n}")).name.clone());
    assert!(calls.collect::<std::collections::BTreeSet<_>>().len() > 3, "not one and the same");
    assert!(Dialogue::of("N1").calls.is_none());
}

#[test]
fn while_one_speaks_the_other_is_silent_and_a_voice_speaks_where_one_is_installed() {
    let mut all = vec![Speech::tones()];
    all.push(Speech::found());
    for mut speech in all {
        let voices = speech.voices(Dialogue::of("N1"));
        assert_eq!(voices.caller.len(), voices.handler.len());
        let is_heard = |byte: &u8| g711::decode_a(*byte).unsigned_abs() > 2_000;
        let both = voices.caller.iter().zip(&voices.handler).filter(|(c, h)| is_heard(c) && is_heard(h)).count();
        assert_eq!(both, 0, "spoken: {}", speech.is_spoken());
        for voice in [&voices.caller, &voices.handler] {
            assert!(voice.iter().filter(|byte| is_heard(byte)).count() > 2_000, "spoken: {}", speech.is_spoken());
        }
        assert!(std::sync::Arc::ptr_eq(&voices, &speech.voices(Dialogue::of("N1"))), "made once");
    }
}
