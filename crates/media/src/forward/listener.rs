//! One person who listens: a WebRTC connection, and where on the call's time line that person is.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::config::DtlsCert;
use str0m::format::Codec;
use str0m::media::{Mid, Pt};
use str0m::net::{Protocol, TcpType};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc};

use crate::call::{CallId, StreamId};
use crate::rtp::{Law, Packet};
use crate::srtp::Sealer;

use super::NEVER_CAME;
use super::agreed::{self, Agreed};
use super::forwarder::Room;
use super::memory::REWIND;
use super::offer::{Answer, Offer, OfferError, would_hear};
use super::outbox::Datagrams;
use super::seam::Seam;

/// Somebody who listens, as the caller of this crate counts. One person may listen with two browsers under two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListenerId(pub u64);

/// A line of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// What the browser calls it: `RTCRtpTransceiver.mid`.
    pub mid: String,
    /// Whose voice it carries at this moment; nothing while that party has no stream yet.
    pub stream: Option<StreamId>,
    /// What the listener takes. Audio of another law stays unheard on this line.
    pub laws: Vec<Law>,
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing new.
    On,
    /// From now on this listener hears.
    Joined,
    /// This listener is gone.
    Gone,
}

/// A library's answers within one turn are bounded, whatever it says.
const MOST_OUTPUTS: usize = 4_096;

/// The library sends one packet of a line in this time itself: so it knows where the line is, for the reports that it makes of it, and
/// says where the listener is reached, should that have changed. The others are sealed here, under the same key and in the same
/// numbering, at a quarter of the work.
const TOLD_EVERY: Duration = Duration::from_secs(1);

pub(super) struct Peer {
    pub id: ListenerId,
    pub call: CallId,
    /// Where datagrams of this peer have come from.
    pub addresses: Vec<(Protocol, SocketAddr)>,
    /// The first half of the user name of its STUN messages.
    pub ufrag: String,
    /// The earliest alarm that is set.
    pub alarm: Option<Instant>,
    rtc: Rtc,
    agreed: Agreed,
    /// Made of what was agreed, with the first packet that it seals.
    sealer: Option<Sealer>,
    /// Where the library last sent to by the chosen way.
    reached: Option<(Protocol, SocketAddr)>,
    lines: Vec<Line>,
    /// Zero for live.
    behind: Duration,
    hears: bool,
    /// When the connection itself has something to do.
    turn_at: Instant,
    forget_at: Instant,
}

struct Line {
    mid: Mid,
    a: Option<Pt>,
    mu: Option<Pt>,
    seam: Seam,
    /// What is played next, while behind.
    next: u64,
    /// How the library calls the line on the wire, and when it last sent a packet of it.
    told: Option<(u32, Instant)>,
}

impl Peer {
    /// Answers an offer.
    pub fn answer(
        (id, call): (ListenerId, CallId),
        offer: &Offer,
        room: &Room,
        (address, certificate): (SocketAddr, &DtlsCert),
        now: Instant,
    ) -> Result<(Self, Answer), OfferError> {
        let unreadable = |_| OfferError::NotWebRtc;
        let settings = Rtc::builder()
            .set_crypto_provider(agreed::provider())
            .clear_codecs()
            .enable_pcma(true, false)
            .enable_pcmu(true, false)
            // A packet carries the audio and nothing beside it: its line is known by its source, which the answer names, and
            // nothing is estimated from when it came.
            .clear_extension_map()
            .set_dtls_cert(certificate.clone())
            .set_rtp_mode(true)
            .set_ice_lite(true);
        let (mut rtc, agreed) = agreed::watched(|| settings.build(now));
        let candidate = Candidate::host(address, "udp").map_err(|_| OfferError::NotWebRtc)?;
        rtc.add_local_candidate(candidate);
        // The same port by TCP, for a network that lets no UDP through: browsers try it last.
        let by_tcp = Candidate::builder().tcp().host(address).tcptype(TcpType::Passive).build();
        rtc.add_local_candidate(by_tcp.map_err(|_| OfferError::NotWebRtc)?);
        let read = str0m::change::SdpOffer::from_sdp_string(offer.text()).map_err(|_| OfferError::NotWebRtc)?;
        let sdp = rtc.sdp_api().accept_offer(read).map_err(unreadable)?.to_sdp_string();
        if would_hear(&sdp) {
            return Err(OfferError::NotWebRtc);
        }
        let (mut lines, mut tracks) = (Vec::new(), Vec::new());
        for (index, mid) in offer.mids().enumerate() {
            let line = Line::new(&rtc, Mid::from(mid));
            tracks.push(Track::new(mid.to_owned(), room.stream(index), line.laws()));
            lines.push(line);
        }
        if tracks.iter().all(|track| track.laws.is_empty()) {
            return Err(OfferError::NoG711);
        }
        let ufrag = rtc.direct_api().local_ice_credentials().ufrag;
        let peer = Self {
            id,
            call,
            addresses: Vec::new(),
            ufrag,
            alarm: None,
            rtc,
            agreed,
            sealer: None,
            reached: None,
            lines,
            behind: Duration::ZERO,
            hears: false,
            turn_at: now,
            forget_at: now + NEVER_CAME,
        };
        Ok((peer, Answer { sdp, tracks }))
    }

    /// Takes what the listener's browser sent: the connection's own matters, never audio.
    pub fn receive(&mut self, input: Input<'_>, out: &mut Datagrams) -> Turn {
        match self.rtc.handle_input(input) {
            Ok(()) => self.turn(out),
            Err(_) => Turn::Gone,
        }
    }

    /// Does what is due.
    pub fn wake(&mut self, room: Option<&Room>, now: Instant, out: &mut Datagrams) -> Turn {
        if !self.hears && now >= self.forget_at {
            return Turn::Gone;
        }
        if let Some(room) = room.filter(|_| self.hears && !self.is_live())
            && self.play(room, now, out) == Turn::Gone
        {
            return Turn::Gone;
        }
        self.receive(Input::Timeout(now), out)
    }

    /// Sends a packet to this listener.
    pub fn send(&mut self, line: usize, packet: &Packet, now: Instant, out: &mut Datagrams) -> Turn {
        let Some(line) = self.lines.get_mut(line).filter(|_| self.hears) else { return Turn::On };
        let Some(payload_type) = line.payload_type(packet.law) else { return Turn::On };
        let Some(place) = line.seam.place(packet, now) else { return Turn::On };
        if self.sealer.is_none() {
            self.sealer = self.agreed.key().and_then(Sealer::new);
        }
        if let Some((ssrc, told)) = line.told
            && now.saturating_duration_since(told) < TOLD_EVERY
            && let Some(((way, to), sealer)) = self.reached.zip(self.sealer.as_ref())
            && let Some(sealed) = sealer.seal(&place.datagram(*payload_type, ssrc, packet), place.sequence)
        {
            out.push(way, to, sealed.into());
            return Turn::On;
        }
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(line.mid, None) else { return Turn::On };
        line.told = Some((*stream.ssrc(), now));
        let payload = packet.payload.clone();
        stream.write_rtp(
            RtpWrite::new(payload_type, place.sequence.into(), place.time, now, payload).marker(place.marker),
        );
        self.receive(Input::Timeout(now), out)
    }

    /// Plays what is due of the past.
    fn play(&mut self, room: &Room, now: Instant, out: &mut Datagrams) -> Turn {
        for index in 0..self.lines.len() {
            while let Some((place, packet)) = room.at(index, self.lines[index].next) {
                if packet.at + self.behind > now {
                    break;
                }
                self.lines[index].next = place + 1;
                if self.send(index, packet, now, out) == Turn::Gone {
                    return Turn::Gone;
                }
            }
        }
        Turn::On
    }

    /// When the past has something to play next.
    fn plays_at(&self, room: &Room) -> Option<Instant> {
        let lines = self.lines.iter().enumerate();
        let due =
            lines.filter_map(|(index, line)| room.at(index, line.next)).map(|(_, packet)| packet.at + self.behind);
        due.min()
    }

    /// When this peer wants to be woken.
    pub fn due(&self, room: Option<&Room>) -> Instant {
        let mut due = self.turn_at;
        if !self.hears {
            due = due.min(self.forget_at);
        } else if let Some(plays_at) = room.filter(|_| !self.is_live()).and_then(|room| self.plays_at(room)) {
            due = due.min(plays_at);
        }
        due
    }

    /// How far behind this listener is.
    pub fn behind(&self) -> Duration {
        self.behind
    }

    /// Whether this listener hears what is said now.
    pub fn is_live(&self) -> bool {
        self.behind.is_zero()
    }

    /// Whether the connection stands.
    pub fn hears(&self) -> bool {
        self.hears
    }

    /// Goes to `behind` the present, as far as the call's memory reaches, and says how far that is.
    pub fn go_behind(&mut self, behind: Duration, room: &Room, now: Instant) -> Duration {
        let reaches = room.oldest().map_or(Duration::ZERO, |oldest| now.saturating_duration_since(oldest));
        self.behind = behind.min(reaches).min(REWIND);
        for (index, line) in self.lines.iter_mut().enumerate() {
            line.seam.jump();
            line.next = room.since(index, now.checked_sub(self.behind).unwrap_or(now));
        }
        self.behind
    }

    /// Says good-bye.
    pub fn close(&mut self, out: &mut Datagrams) {
        if self.rtc.close().is_ok() {
            self.turn(out);
        }
    }

    /// Lets the connection say what it has to say.
    fn turn(&mut self, out: &mut Datagrams) -> Turn {
        let mut ends = Turn::On;
        for _ in 0..MOST_OUTPUTS {
            match self.rtc.poll_output() {
                Ok(Output::Transmit(sent)) => {
                    // Only a STUN answer (which begins with less, RFC 7983) goes back to wherever it was asked for.
                    if sent.contents.first().is_some_and(|first| *first > 3) {
                        self.reached = Some((sent.proto, sent.destination));
                    }
                    out.push(sent.proto, sent.destination, sent.contents);
                }
                Ok(Output::Event(Event::Connected)) => {
                    self.hears = true;
                    ends = Turn::Joined;
                }
                Ok(Output::Event(Event::IceConnectionStateChange(state))) if state.is_disconnected() => {
                    return Turn::Gone;
                }
                Ok(Output::Event(Event::Closed)) | Err(_) => return Turn::Gone,
                // Whatever else a listener's browser says, audio above all, ends here (law 11).
                Ok(Output::Event(_)) => {}
                Ok(Output::Timeout(at)) => {
                    self.turn_at = at;
                    return if self.rtc.is_alive() { ends } else { Turn::Gone };
                }
            }
        }
        Turn::Gone
    }

    /// Whether a datagram is this peer's.
    pub fn takes(&self, input: &Input<'_>) -> bool {
        self.rtc.accepts(input)
    }
}

impl Line {
    fn new(rtc: &Rtc, mid: Mid) -> Self {
        let agreed = rtc.media(mid).filter(|media| !media.disabled() && media.direction().is_sending());
        let find = |codec: Codec| {
            let params = rtc.codec_config().params().iter().find(|params| params.spec().codec == codec)?;
            agreed.filter(|media| media.remote_pts().contains(&params.pt())).map(|_| params.pt())
        };
        Self { mid, a: find(Codec::PCMA), mu: find(Codec::PCMU), seam: Seam::default(), next: 0, told: None }
    }

    fn payload_type(&self, law: Law) -> Option<Pt> {
        match law {
            Law::A => self.a,
            Law::Mu => self.mu,
        }
    }

    fn laws(&self) -> Vec<Law> {
        [Law::A, Law::Mu].into_iter().filter(|law| self.payload_type(*law).is_some()).collect()
    }
}
