//! Messages as bytes: whole, in pieces, broken; and the sockets.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::recorder::{Ears, MULTIPART, World, both};
use crate::calls::Calls;
use crate::siprec::sip::{Frames, Message, Start, host_of};
use crate::siprec::{Policy, Server, ServerSettings};

const OPTIONS: &str = "OPTIONS sip:srs@192.0.2.9 SIP/2.0\r\nv: SIP/2.0/TCP 192.0.2.5:5070;branch=z9hG4bK1;rport\r\n\
    f: \"A <b>; tag=no\" <sip:src@pbx.example;x=1>;tag=one\r\nt: <sip:srs@192.0.2.9>\r\ni: p@pbx.example\r\nCSeq: 7  OPTIONS\r\n\
    Subject: goes\r\n  on\r\nm: sip:src@192.0.2.5;+sip.src\r\nl: 4\r\n\r\nbodyOPT";

#[test]
fn short_names_folded_lines_and_addresses_without_brackets_are_read() {
    let message = Message::read(OPTIONS.as_bytes()).expect("a message");
    assert_eq!(message.start, Start::Request("OPTIONS".to_owned()));
    assert_eq!((message.tag("from"), message.tag("to"), message.branch()), (Some("one"), None, Some("z9hG4bK1")));
    assert_eq!((message.cseq(), message.header("subject")), (Some((7, "OPTIONS")), Some("goes on")));
    assert_eq!((message.uri("contact"), message.body.as_str()), (Some("sip:src@192.0.2.5"), "body"));
    // A length that is no number, or longer than what came, takes what came.
    for length in ["l: x", "l: 99"] {
        assert_eq!(Message::read(OPTIONS.replace("l: 4", length).as_bytes()).expect("a message").body, "bodyOPT");
    }
    for nothing in ["", "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "SIP/2.0 \r\n\r\n", "OPTIONS sip:a\r\n\r\n"] {
        assert!(Message::read(nothing.as_bytes()).is_none(), "{nothing:?}");
    }
    let hosts = ["SIP/2.0/UDP 192.0.2.5:5070;branch=x", "SIP/2.0/UDP pbx.example:99", "SIP/2.0/UDP [2001:db8::1];x"];
    let found = hosts.map(host_of);
    let address = |text: &str| text.parse::<IpAddr>().ok();
    assert_eq!(found, [(address("192.0.2.5"), Some(5_070)), (None, Some(99)), (address("2001:db8::1"), None)]);
}

#[test]
fn a_stream_is_cut_into_messages_however_it_comes() {
    let two = format!("\r\n\r\n{}\r\n{}", &OPTIONS[..OPTIONS.len() - 3], OPTIONS.replace("\r\n", "\n"));
    let (mut frames, mut found) = (Frames::default(), Vec::new());
    for byte in two.as_bytes() {
        frames.push(std::slice::from_ref(byte));
        while let Some(message) = frames.next().expect("short") {
            found.push(String::from_utf8(message).expect("text"));
        }
    }
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|message| message.ends_with("body")) && frames.is_within());
    let mut frames = Frames::default();
    frames.push(&[b'x'; 70_000]);
    assert!(frames.next().is_err());
    for length in ["65536", "18446744073709551615"] {
        let mut frames = Frames::default();
        frames.push(format!("INVITE sip:a SIP/2.0\r\nContent-Length: {length}\r\n\r\n").as_bytes());
        assert!(frames.next().is_err(), "{length}");
    }
}

#[test]
fn ten_thousand_calls_leave_nothing_behind() {
    let mut world = World::new();
    for n in 0..10_000 {
        let name = format!("call-{n}");
        let tag = world.session(&name);
        world.send("BYE", &name, &tag, 2, "", "");
    }
    assert!(world.recorder.remembered() <= 1_024, "{}", world.recorder.remembered());
    world.pass(33_000);
    assert_eq!((world.recorder.remembered(), world.calls.list().len()), (0, 0));
    assert_eq!(world.recorder.due(), None);
}

#[test]
fn a_connection_that_stalls_holds_up_no_other_and_a_stranger_is_not_answered() {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let policy = Policy { allowed: vec![here], media: here, any_source: false, most_sessions: 10 };
    let settings = ServerSettings { plain: Some(SocketAddr::new(here, 0)), tls: None, policy };
    let calls = Calls::new().expect("random numbers");
    let server = Server::start(&settings, calls, Ears::default()).expect("a server");
    let connect = || {
        let socket = TcpStream::connect(server.plain().expect("a port")).expect("connected");
        socket.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket");
        socket
    };
    let mut stalled: Vec<_> = (0..8).map(|_| connect()).collect();
    for socket in &mut stalled {
        socket.write_all(&OPTIONS.as_bytes()[..100]).expect("written");
    }
    let (mut quick, began) = (connect(), Instant::now());
    quick.write_all(&OPTIONS.as_bytes()[..OPTIONS.len() - 3]).expect("written");
    let mut buffer = [0; 2_048];
    let length = quick.read(&mut buffer).expect("an answer");
    assert!(buffer[..length].starts_with(b"SIP/2.0 200 OK\r\n"));
    println!("behind eight that stall: {:?}", began.elapsed());
    // From an address that is not on the list: the connection ends without a byte.
    let policy = Policy { allowed: Vec::new(), ..settings.policy.clone() };
    let settings = ServerSettings { policy, ..settings };
    let server = Server::start(&settings, Calls::new().expect("random numbers"), Ears::default()).expect("a server");
    let mut stranger = TcpStream::connect(server.plain().expect("a port")).expect("connected");
    stranger.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket");
    let _may_be_closed_already = stranger.write_all(OPTIONS.as_bytes());
    match stranger.read(&mut buffer) {
        Ok(length) => assert_eq!(length, 0),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
}

proptest! {
    #[test]
    fn no_message_is_too_odd_and_no_answer_sends(
        cuts in prop::collection::vec((0_usize..3_000, 0_usize..40, prop::sample::select(vec![
            "", "\r\n", "\r\n\r\n", "\n", "\r", ";", ",", "<", ">", ":", " ", "\u{e9}", "INVITE", "BYE", ";tag=x", "Replaces: a;to-tag=;from-tag=src\r\n",
            "Session-Expires: 1;refresher=uas\r\n", "a=sendrecv\r\n", "m=audio 1 RTP/AVP 8\r\n", "Content-Length: 7\r\n", "x-refci=1;x-nearend;",
        ])), 0..8),
    ) {
        let mut world = World::new();
        let tag = world.session("a");
        for (method, tag) in [("INVITE", ""), ("INVITE", tag.as_str()), ("ACK", tag.as_str()), ("UPDATE", tag.as_str()), ("BYE", tag.as_str())] {
            world.branch += 1;
            let mut text = world.text(method, "a", tag, 9, MULTIPART, &both());
            for (at, length, what) in &cuts {
                let edge = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                let (from, to) = (edge(*at), edge(at + length));
                text.replace_range(from..to.max(from), what);
            }
            for answer in world.raw(&text) {
                let read = Message::read(answer.as_bytes()).expect("an answer");
                prop_assert!(read.body.lines().all(|line| !line.starts_with("a=send")), "{}", read.body);
                // What is echoed is one line each.
                let head = answer.split("\r\n\r\n").next().unwrap_or_default();
                prop_assert!(!head.replace("\r\n", "").contains(['\r', '\n']));
                prop_assert!(head.lines().skip(1).all(|line| line.contains(':')), "{}", head);
            }
        }
        world.pass(200_000);
        prop_assert_eq!((world.calls.list().len(), world.recorder.hearing().open.len()), (0, 0));
    }
}
