//! A listener whose network lets no UDP through.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use str0m::net::Protocol;

use super::client::Client;
use super::ear::{Ear, HERE, rtp};
use super::world::{CALL, CALLER, HANDLER, HEAR};
use crate::forward::{ListenerId, Listening, Offer, Settings};

/// A real client on a real connection.
struct Far {
    client: Client,
    socket: TcpStream,
    came: Vec<u8>,
}

impl Far {
    fn open(listening: &Listening, server: SocketAddr, listener: u64) -> Self {
        let socket = TcpStream::connect(server).expect("connected");
        socket.set_read_timeout(Some(Duration::from_millis(1))).expect("a socket");
        let now = Instant::now();
        let (mut client, offer) = Client::by(Protocol::Tcp, socket.local_addr().expect("connected"), HEAR, now);
        let offer = Offer::read(&offer).expect("harmless");
        let answer = listening.offer(CALL, ListenerId(listener), offer).expect("running").expect("an answer");
        client.take_answer(&answer.sdp, now);
        Self { client, socket, came: Vec::new() }
    }

    fn turn(&mut self) {
        for bytes in std::mem::take(&mut self.client.out) {
            let length = u16::try_from(bytes.len()).expect("a datagram").to_be_bytes();
            // In three pieces, as a network may cut it.
            for piece in [&length[..1], &length[1..], &bytes] {
                self.socket.write_all(piece).expect("written");
            }
        }
        let mut buffer = [0; 4_096];
        match self.socket.read(&mut buffer) {
            Ok(length) => self.came.extend(&buffer[..length]),
            Err(error) => assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}"),
        }
        let server = self.socket.peer_addr().expect("connected");
        while let [high, low, rest @ ..] = &self.came[..] {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let Some(datagram) = rest.get(..length) else { break };
            self.client.receive(server, datagram, Instant::now());
            self.came.drain(..2 + length);
        }
        self.client.wake(Instant::now());
    }

    fn has_heard(&self, packets: usize) -> bool {
        self.client.heard.iter().all(|heard| heard.len() >= packets)
    }
}

#[test]
fn a_listener_hears_by_tcp_whoever_else_stalls_beside() {
    let settings =
        Settings { listeners: SocketAddr::new(HERE, 0), advertised: None, rtp: HERE, rtp_ports: 27_700..=27_799 };
    let (notices, _noticed) = channel();
    let listening = Listening::start(&settings, notices).expect("ports");
    let caller = listening.open_stream(CALL, CALLER, 0, None).expect("a port");
    let handler = listening.open_stream(CALL, HANDLER, 1, None).expect("a port");
    let switch = UdpSocket::bind((HERE, 0)).expect("a port");
    let mut near = Ear::open(&listening, CALL);
    // More than may be connected at one time say nothing, half a length, or that something longer than anything comes.
    let stalled: Vec<TcpStream> = (0..300)
        .map(|n| {
            let mut socket = TcpStream::connect(near.server).expect("connected");
            let _may_have_given_way = socket.write_all([&[][..], &[0], &[0xFF, 0xFF]][n % 3]);
            socket
        })
        .collect();
    let mut far = Far::open(&listening, near.server, 2);
    // This one is connected, and then reads nothing more.
    let mut deaf = Far::open(&listening, near.server, 3);
    let end = Instant::now() + Duration::from_secs(20);
    while !deaf.client.connected || !far.client.connected {
        assert!(Instant::now() < end, "not connected in twenty seconds");
        deaf.turn();
        far.turn();
    }
    near.hears_both(|number| {
        switch.send_to(&rtp(440, number), caller).expect("sent");
        switch.send_to(&rtp(1_000, number), handler).expect("sent");
        far.turn();
    });
    while !far.has_heard(40) {
        assert!(Instant::now() < end, "not heard in twenty seconds");
        far.turn();
    }
    assert_eq!((far.client.lost(0), far.client.lost(1)), (0, 0));
    assert!(far.client.audio(0).starts_with(&far.client.heard[0][0].payload) && !near.client.audio(0).is_empty());
    drop(stalled);
}
