//! A browser's place taken by the same library from the other side.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::{Candidate, Event, Input, Output, Rtc};

/// A packet as a client heard it.
pub struct Heard {
    pub sequence: u64,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Vec<u8>,
    pub payload_type: u8,
}

pub struct Client {
    pub rtc: Rtc,
    pub address: SocketAddr,
    pub mids: Vec<Mid>,
    /// By line.
    pub heard: Vec<Vec<Heard>>,
    pub connected: bool,
    /// What is on its way to the server.
    pub out: Vec<Vec<u8>>,
    pub due: Instant,
    way: Protocol,
    pending: Option<SdpPendingOffer>,
}

impl Client {
    /// A client and its offer of some lines.
    pub fn new(address: SocketAddr, directions: &[Direction], now: Instant) -> (Self, String) {
        Self::by(Protocol::Udp, address, directions, now)
    }

    /// The same by UDP or by TCP alone.
    pub fn by(way: Protocol, address: SocketAddr, directions: &[Direction], now: Instant) -> (Self, String) {
        let mut rtc = Rtc::builder()
            .clear_codecs()
            .enable_pcma(true, false)
            .enable_pcmu(true, false)
            .set_rtp_mode(true)
            .build(now);
        let candidate = match way {
            Protocol::Tcp => Candidate::builder().tcp().host(address).tcptype(TcpType::Active).build(),
            _ => Candidate::host(address, "udp"),
        };
        rtc.add_local_candidate(candidate.expect("a candidate"));
        let mut api = rtc.sdp_api();
        let add = |direction: &Direction| api.add_media(MediaKind::Audio, *direction, None, None, None);
        let mids: Vec<Mid> = directions.iter().map(add).collect();
        let (offer, pending) = api.apply().expect("an offer");
        let heard = mids.iter().map(|_| Vec::new()).collect();
        let client = Self {
            rtc,
            address,
            mids,
            heard,
            connected: false,
            out: Vec::new(),
            due: now,
            way,
            pending: Some(pending),
        };
        (client, offer.to_sdp_string())
    }

    pub fn take_answer(&mut self, answer: &str, now: Instant) {
        let answer = SdpAnswer::from_sdp_string(answer).expect("an answer");
        self.rtc.sdp_api().accept_answer(self.pending.take().expect("once"), answer).expect("an answer to the offer");
        self.wake(now);
    }

    /// Takes another of its own networks, and leaves the one it was on.
    pub fn move_to(&mut self, address: SocketAddr) {
        let host = |address| Candidate::host(address, "udp").expect("a candidate");
        self.rtc.add_local_candidate(host(address));
        self.rtc.direct_api().invalidate_candidate(&host(self.address));
        self.address = address;
    }

    pub fn receive(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) {
        let receive = Receive::new(self.way, from, self.address, bytes).expect("a datagram for WebRTC");
        self.rtc.handle_input(Input::Receive(now, receive)).expect("a server that keeps to the protocol");
        self.turn();
    }

    pub fn wake(&mut self, now: Instant) {
        self.rtc.handle_input(Input::Timeout(now)).expect("a live client");
        self.turn();
    }

    fn turn(&mut self) {
        loop {
            match self.rtc.poll_output().expect("a live client") {
                Output::Timeout(at) => {
                    self.due = at;
                    return;
                }
                Output::Transmit(transmit) => self.out.push(transmit.contents.to_vec()),
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(packet)) => {
                    let ssrc = packet.header.ssrc;
                    let mid = self.rtc.direct_api().stream_rx(&ssrc).expect("a stream").mid();
                    let line = self.mids.iter().position(|known| *known == mid).expect("a line that was offered");
                    self.heard[line].push(Heard {
                        sequence: *packet.seq_no,
                        timestamp: packet.header.timestamp,
                        marker: packet.header.marker,
                        payload: packet.payload.to_vec(),
                        payload_type: *packet.header.payload_type,
                    });
                }
                Output::Event(_) => {}
            }
        }
    }

    /// Everything heard on a line, end to end.
    pub fn audio(&self, line: usize) -> Vec<u8> {
        self.heard[line].iter().flat_map(|heard| &heard.payload).copied().collect()
    }

    /// How many numbers are missing on a line.
    pub fn lost(&self, line: usize) -> u64 {
        let pairs = self.heard[line].windows(2);
        pairs.map(|pair| pair[1].sequence.wrapping_sub(pair[0].sequence).wrapping_sub(1)).sum()
    }
}
