//! The same over the real sockets of this machine.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::client::Client;
use super::tone;
use super::world::{CALL, CALLER, HANDLER, HEAR};
use crate::forward::{ListenerId, Listening, Notice, Offer, Settings};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A real client, its socket, and whatever has come of them.
struct Ear {
    client: Client,
    socket: UdpSocket,
    server: SocketAddr,
}

impl Ear {
    /// Does what a browser does for a millisecond at most.
    fn turn(&mut self) {
        let mut buffer = [0; 2_048];
        for bytes in std::mem::take(&mut self.client.out) {
            self.socket.send_to(&bytes, self.server).expect("sent");
        }
        match self.socket.recv_from(&mut buffer) {
            Ok((length, from)) => self.client.receive(from, &buffer[..length], Instant::now()),
            Err(_) => self.client.wake(Instant::now()),
        }
    }
}

fn rtp(voice: u32, number: u16) -> Vec<u8> {
    let mut bytes = vec![0x80, 8];
    bytes.extend(number.to_be_bytes());
    bytes.extend((u32::from(number) * 160).to_be_bytes());
    bytes.extend(voice.to_be_bytes());
    bytes.extend(tone::packet(f64::from(voice), u64::from(number)));
    bytes
}

#[test]
fn two_people_are_heard_over_the_wire_and_nothing_goes_back_to_them() {
    let settings =
        Settings { listeners: SocketAddr::new(HERE, 0), advertised: None, rtp: HERE, rtp_ports: 27_400..=27_499 };
    let (notices, noticed) = channel();
    let listening = Listening::start(&settings, notices).expect("ports");
    let caller = listening.open_stream(CALL, CALLER, 0, Some(HERE)).expect("a port");
    let handler = listening.open_stream(CALL, HANDLER, 1, None).expect("a port");
    let switch = UdpSocket::bind((HERE, 0)).expect("a port");
    switch.set_nonblocking(true).expect("a socket");

    let socket = UdpSocket::bind((HERE, 0)).expect("a port");
    socket.set_read_timeout(Some(Duration::from_millis(1))).expect("a socket");
    let clicked = Instant::now();
    let (client, offer) = Client::new(socket.local_addr().expect("bound"), HEAR, clicked);
    let offer = Offer::read(&offer).expect("harmless");
    let answer = listening.offer(CALL, ListenerId(1), offer).expect("running").expect("an answer");
    let candidate = answer.sdp.lines().find_map(|line| line.strip_prefix("a=candidate:")).expect("a candidate");
    let words: Vec<&str> = candidate.split(' ').collect();
    let server = SocketAddr::new(words[4].parse().expect("an address"), words[5].parse().expect("a port"));
    let mut ear = Ear { client, socket, server };
    ear.client.take_answer(&answer.sdp, Instant::now());

    let (mut number, mut first, mut next) = (0_u16, None, clicked);
    let end = clicked + Duration::from_secs(20);
    // A second of each party's voice from when it can be heard.
    while ear.client.heard.iter().any(|heard| heard.len() < 50) {
        assert!(Instant::now() < end, "not in twenty seconds");
        if Instant::now() >= next {
            next += Duration::from_millis(20);
            switch.send_to(&rtp(440, number), caller).expect("sent");
            switch.send_to(&rtp(1_000, number), handler).expect("sent");
            number += 1;
        }
        ear.turn();
        if first.is_none() && ear.client.heard.iter().all(|heard| !heard.is_empty()) {
            first = Some(clicked.elapsed());
        }
    }
    println!("from the click to the first packet of both: {:?}", first.expect("heard"));
    for (line, own, other) in [(0, 440.0, 1_000.0), (1, 1_000.0, 440.0)] {
        assert_eq!(ear.client.lost(line), 0);
        let shares = tone::shares(&ear.client.audio(line), &[own, other]);
        assert!(shares[0] > 0.95 && shares[1] < 0.01, "line {line}: {shares:?}");
    }
    assert_eq!(noticed.recv_timeout(Duration::from_secs(10)), Ok(Notice::Joined(CALL, ListenerId(1))));
    assert_eq!(listening.listeners(CALL), Ok(vec![ListenerId(1)]));
    // The listener speaks, by the same keys, and then the call ends.
    listening.close_call(CALL).expect("running");
    assert_eq!(noticed.recv_timeout(Duration::from_secs(10)), Ok(Notice::Left(CALL, ListenerId(1))));
    drop(listening);
    let error = switch.recv(&mut [0; 64]).expect_err("not one packet came back to the switch");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}
