//! A real WebRTC client that hears one stream.
//!
//! Until it knows where it is in the stream, every packet is opened by the library; from then on one in fifty, and of the
//! others the number is read, which SRTP does not hide. So eight hundred of them fit beside their sender on one processor.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use str0m::change::{SdpOffer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};

use crate::Result;
use crate::arrival::{receive, stamp};
use crate::latency::Latency;

/// One in so many is opened.
const OPENED: u64 = 50;
/// Packets of a stream whose time of sending is remembered: more than a second.
const REMEMBERED: usize = 64;

/// A stream as it is sent.
pub struct Sent {
    pub next: u16,
    pub count: u64,
    at: [(u16, Duration); REMEMBERED],
}

impl Sent {
    pub fn new() -> Self {
        Self { next: 0, count: 0, at: [(0, Duration::ZERO); REMEMBERED] }
    }

    /// The next packet of a stream, which says whose it is and which one, as it is about to be sent.
    pub fn packet(&mut self, stream: usize, packet: &mut [u8; 172]) {
        let number = self.next;
        packet[..2].copy_from_slice(&[0x80, 8]);
        packet[2..4].copy_from_slice(&number.to_be_bytes());
        packet[4..8].copy_from_slice(&(u32::from(number).wrapping_mul(160)).to_be_bytes());
        packet[8..12].copy_from_slice(&(stream as u32 + 1).to_be_bytes());
        packet[12..16].copy_from_slice(&(stream as u32).to_be_bytes());
        packet[16..18].copy_from_slice(&number.to_be_bytes());
        self.at[usize::from(number) % REMEMBERED] = (number, since_1970());
        self.next = number.wrapping_add(1);
        self.count += 1;
    }
}

pub fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

pub struct Listener {
    pub rtc: Rtc,
    pub socket: UdpSocket,
    pub is_connected: bool,
    /// Packets that came, and of them those that were opened and were the right ones.
    pub heard: u64,
    pub opened: u64,
    stream: usize,
    address: SocketAddr,
    /// What to add to a packet's number to have its sender's.
    shift: Option<u16>,
}

/// Offers to hear one line.
pub fn lines_to_hear(rtc: &mut Rtc) -> Result<(SdpOffer, SdpPendingOffer)> {
    let mut api = rtc.sdp_api();
    api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
    Ok(api.apply().ok_or("no offer")?)
}

impl Listener {
    pub fn new(address: IpAddr, stream: usize) -> Result<Self> {
        let socket = UdpSocket::bind((address, 0))?;
        stamp(&socket)?;
        let address = socket.local_addr()?;
        let mut rtc = Rtc::builder().clear_codecs().enable_pcma(true, false).set_rtp_mode(true).build(Instant::now());
        rtc.add_local_candidate(Candidate::host(address, "udp")?);
        Ok(Self { rtc, socket, is_connected: false, heard: 0, opened: 0, stream, address, shift: None })
    }

    /// Does what is due.
    pub fn wake(&mut self, now: Instant) -> Result<()> {
        self.rtc.handle_input(Input::Timeout(now))?;
        self.turn()
    }

    /// Takes everything that has come.
    pub fn hear(&mut self, sent: &[Sent], latency: &mut Latency) -> Result<()> {
        let mut buffer = [0; 2_048];
        while let Some((length, from, at)) = receive(&self.socket, &mut buffer)? {
            let bytes = &buffer[..length];
            let is_rtp = length > 12 && bytes[0] >> 6 == 2 && !(192..=223).contains(&bytes[1]);
            if is_rtp {
                self.heard += 1;
                if let Some(shift) = self.shift {
                    let number = u16::from_be_bytes([bytes[2], bytes[3]]).wrapping_add(shift);
                    let (known, sent_at) = sent[self.stream].at[usize::from(number) % REMEMBERED];
                    if known == number {
                        latency.count(at.saturating_sub(sent_at).as_micros() as u64);
                    }
                    if !self.heard.is_multiple_of(OPENED) {
                        continue;
                    }
                }
            }
            let received = Receive::new(Protocol::Udp, from, self.address, bytes)?;
            self.rtc.handle_input(Input::Receive(Instant::now(), received))?;
            self.turn()?;
        }
        Ok(())
    }

    fn turn(&mut self) -> Result<()> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(_) => return Ok(()),
                Output::Transmit(transmit) => {
                    self.socket.send_to(&transmit.contents, transmit.destination)?;
                }
                Output::Event(Event::Connected) => self.is_connected = true,
                Output::Event(Event::RtpPacket(packet)) => {
                    let said = packet.payload.get(..6).ok_or("a packet that is too short")?;
                    let stream = u32::from_be_bytes([said[0], said[1], said[2], said[3]]);
                    if stream as usize != self.stream {
                        return Err("somebody else's audio is heard".into());
                    }
                    let shift = u16::from_be_bytes([said[4], said[5]]).wrapping_sub(packet.header.sequence_number);
                    if *self.shift.get_or_insert(shift) != shift {
                        return Err("a packet is not in its place".into());
                    }
                    self.opened += 1;
                }
                Output::Event(_) => {}
            }
        }
    }
}
