//! A forwarder, its clients and its calls, a millisecond at a time.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::media::Direction;

use super::client::Client;
use super::tone;
use crate::call::{CallId, StreamId};
use crate::forward::{Answer, Forwarder, ListenerId, Notice, Offer, OfferError};
use crate::rtp::Datagram;

pub const CALL: CallId = CallId(7);
pub const CALLER: StreamId = StreamId(71);
pub const HANDLER: StreamId = StreamId(72);

/// Both parties' lines, to hear.
pub const HEAR: &[Direction] = &[Direction::RecvOnly, Direction::RecvOnly];

pub struct World {
    pub now: Instant,
    pub forwarder: Forwarder,
    pub clients: Vec<Client>,
    pub notices: Vec<Notice>,
    /// Where the forwarder sent to.
    pub sent_to: Vec<SocketAddr>,
    server: SocketAddr,
    /// Each party's stream, its tone, and how many packets it has sent.
    pub voices: Vec<Voice>,
    ms: u64,
}

pub struct Voice {
    pub stream: StreamId,
    pub hertz: f64,
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
    pub payload_type: u8,
    pub sent: u64,
}

impl World {
    /// A call of two parties who say nothing yet.
    pub fn new() -> Self {
        let server = SocketAddr::from(([127, 0, 0, 1], 3_478));
        let crypto = str0m::crypto::from_feature_flags();
        let certificate = crypto.dtls_provider.generate_certificate().expect("a certificate");
        let mut forwarder = Forwarder::new(server, certificate);
        forwarder.open_stream(CALL, CALLER, 0);
        forwarder.open_stream(CALL, HANDLER, 1);
        let voice = |(stream, hertz, ssrc)| Voice {
            stream,
            hertz,
            ssrc,
            sequence: 65_530,
            timestamp: u32::MAX - 500,
            payload_type: 8,
            sent: 0,
        };
        Self {
            now: Instant::now(),
            forwarder,
            clients: Vec::new(),
            notices: Vec::new(),
            sent_to: Vec::new(),
            server,
            voices: [(CALLER, 440.0, 1), (HANDLER, 1_000.0, 2)].map(voice).into(),
            ms: 0,
        }
    }

    /// The same call, and one who hears it: listener 1, whose client is the first.
    pub fn heard() -> Self {
        let mut world = Self::new();
        world.join(1, HEAR).expect("an answer");
        world.until(|world| world.clients[0].connected);
        world
    }

    /// Somebody offers to listen; the client is the last of the list when the offer is answered.
    pub fn join(&mut self, listener: u64, directions: &[Direction]) -> Result<Answer, OfferError> {
        self.join_believing(listener, directions, str::to_owned)
    }

    /// The same with a client that is told another answer than the one that was given.
    pub fn join_believing(
        &mut self,
        listener: u64,
        directions: &[Direction],
        believed: impl FnOnce(&str) -> String,
    ) -> Result<Answer, OfferError> {
        let port = 50_000 + u16::try_from(self.clients.len()).expect("few");
        let (mut client, offer) = Client::new(SocketAddr::from(([127, 0, 0, 1], port)), directions, self.now);
        let offer = Offer::read(&offer)?;
        let answer = self.forwarder.offer(CALL, ListenerId(listener), &offer, self.now)?;
        client.take_answer(&believed(&answer.sdp), self.now);
        self.clients.push(client);
        Ok(answer)
    }

    /// Lets time pass in which both talk.
    pub fn talk(&mut self, ms: u64) {
        for _ in 0..ms {
            if self.ms.is_multiple_of(20) {
                for voice in 0..self.voices.len() {
                    self.say(voice);
                }
            }
            self.pass();
        }
    }

    /// Lets time pass in silence, until `done`, and fails after ten seconds of it.
    pub fn until(&mut self, done: impl Fn(&Self) -> bool) {
        for _ in 0..10_000 {
            if done(self) {
                return;
            }
            self.pass();
        }
        panic!("not in ten seconds");
    }

    /// The next packet of a party.
    pub fn say(&mut self, voice: usize) {
        let voice = &mut self.voices[voice];
        let payload = tone::packet(voice.hertz, voice.sent);
        let datagram = Datagram {
            payload_type: voice.payload_type,
            sequence: voice.sequence,
            timestamp: voice.timestamp,
            marker: false,
            ssrc: voice.ssrc,
            payload: &payload,
        };
        self.forwarder.heard(voice.stream, &datagram, self.now);
        voice.sequence = voice.sequence.wrapping_add(1);
        voice.timestamp = voice.timestamp.wrapping_add(160);
        voice.sent += 1;
    }

    /// A millisecond.
    pub fn pass(&mut self) {
        self.ms += 1;
        self.now += Duration::from_millis(1);
        for client in &mut self.clients {
            if client.due <= self.now && client.rtc.is_alive() {
                client.wake(self.now);
            }
            for bytes in std::mem::take(&mut client.out) {
                self.forwarder.received(client.address, &bytes, self.now);
            }
        }
        self.forwarder.wake(self.now);
        let sent: Vec<_> = self.forwarder.out().iter().map(|(to, bytes)| (to, bytes.to_vec())).collect();
        self.forwarder.out().clear();
        for (to, bytes) in sent {
            self.sent_to.push(to);
            if let Some(client) = self.clients.iter_mut().find(|client| client.address == to && client.rtc.is_alive()) {
                client.receive(self.server, &bytes, self.now);
            }
        }
        self.notices.extend(self.forwarder.notices());
    }
}
