//! A client on a real socket.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use super::client::Client;
use super::tone;
use super::world::HEAR;
use crate::call::CallId;
use crate::forward::{ListenerId, Listening, Offer};

pub const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A real client, its socket, and whatever has come of them.
pub struct Ear {
    pub client: Client,
    socket: UdpSocket,
    pub server: SocketAddr,
    clicked: Instant,
}

impl Ear {
    /// Somebody clicks to hear a call.
    pub fn open(listening: &Listening, call: CallId) -> Self {
        let socket = UdpSocket::bind((HERE, 0)).expect("a port");
        socket.set_read_timeout(Some(Duration::from_millis(1))).expect("a socket");
        let clicked = Instant::now();
        let (client, offer) = Client::new(socket.local_addr().expect("bound"), HEAR, clicked);
        let offer = Offer::read(&offer).expect("harmless");
        let answer = listening.offer(call, ListenerId(1), offer).expect("running").expect("an answer");
        let candidate = answer
            .sdp
            .lines()
            .find(|line| line.starts_with("a=candidate:") && line.contains(" udp "))
            .expect("a candidate");
        let words: Vec<&str> = candidate.split(' ').collect();
        let server = SocketAddr::new(words[4].parse().expect("an address"), words[5].parse().expect("a port"));
        let mut ear = Self { client, socket, server, clicked };
        ear.client.take_answer(&answer.sdp, Instant::now());
        ear
    }

    /// Hears a second of each party's voice from when it can be heard: 440 Hz on the caller's track, 1,000 Hz on the
    /// handler's, nothing lost. `say` says the packet of a number, of both, each 20 ms.
    pub fn hears_both(&mut self, mut say: impl FnMut(u16)) {
        let (mut number, mut first, mut next) = (0_u16, None, Instant::now());
        let end = self.clicked + Duration::from_secs(20);
        while self.client.heard.iter().any(|heard| heard.len() < 50) {
            assert!(Instant::now() < end, "not in twenty seconds");
            if Instant::now() >= next {
                next += Duration::from_millis(20);
                say(number);
                number += 1;
            }
            self.turn();
            if first.is_none() && self.client.heard.iter().all(|heard| !heard.is_empty()) {
                first = Some(self.clicked.elapsed());
            }
        }
        println!("from the click to the first packet of both: {:?}", first.expect("heard"));
        for (line, own, other) in [(0, 440.0, 1_000.0), (1, 1_000.0, 440.0)] {
            assert_eq!(self.client.lost(line), 0);
            let shares = tone::shares(&self.client.audio(line), &[own, other]);
            assert!(shares[0] > 0.95 && shares[1] < 0.01, "line {line}: {shares:?}");
        }
    }

    /// Does what a browser does for a millisecond at most.
    pub fn turn(&mut self) {
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

/// The packet of a number, of a voice that is a tone.
pub fn rtp(voice: u32, number: u16) -> Vec<u8> {
    let mut bytes = vec![0x80, 8];
    bytes.extend(number.to_be_bytes());
    bytes.extend((u32::from(number) * 160).to_be_bytes());
    bytes.extend(voice.to_be_bytes());
    bytes.extend(tone::packet(f64::from(voice), u64::from(number)));
    bytes
}
