//! One recording session with a switch (RFC 3261, section 12).

use std::net::IpAddr;
use std::time::Instant;

use super::{Flow, PATIENCE, T1, T2, Transport};
use crate::call::{CallId, StreamId};
use crate::siprec::sip::{Message, request};
use crate::siprec::{Metadata, Offer};
use crate::srtp::Key;

/// One recording session.
pub(super) struct Dialog {
    /// What it carries. Two sessions may carry the halves of one call.
    pub call: CallId,
    /// Call-ID and the switch's tag.
    pub name: (String, String),
    /// Our tag.
    pub tag: String,
    /// By which way the switch was last heard.
    pub flow: Flow,
    /// `From` and `To` of requests of ours.
    pub own: String,
    pub theirs: String,
    /// Where requests of ours go.
    pub target: String,
    pub route: Vec<String>,
    /// The last number of the switch's requests, and of ours.
    pub remote_cseq: u32,
    pub local_cseq: u32,
    /// The answer to the last request, for its repetitions.
    pub answered: Option<Answered>,
    /// The session's number in its descriptions, and the last one's version.
    pub session: u64,
    pub version: u64,
    pub offer: Offer,
    pub lines: Vec<Line>,
    pub metadata: Metadata,
    /// Parties that a header names, by the line of the offer (older Cisco).
    pub named: Vec<(usize, String)>,
    /// Which half of a pair this is: the line that it is heard on, and the party's number.
    pub half: Option<(usize, Option<String>)>,
    pub unacknowledged: Option<Repeat>,
    /// Our description was an offer; its answer comes with the acknowledgement.
    pub offered: bool,
    pub asked: Option<Asked>,
    /// The session timer (RFC 4028): its length in seconds, when it runs out, and when we refresh it, if we do.
    pub timer_s: u64,
    pub expires_at: Option<Instant>,
    pub refresh_at: Option<Instant>,
    /// When the switch is asked whether the session still is.
    pub probe_at: Option<Instant>,
    pub forget_at: Option<Instant>,
    pub has_ended: bool,
    pub alarm: Option<Instant>,
}

/// One line of the offer, and what became of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub stream: Option<StreamId>,
    pub port: u16,
    /// The one host that is heard on it.
    pub from: Option<IpAddr>,
    /// Its place among the call's parties.
    pub place: usize,
    /// What the switch protects it with, and what we say that we would.
    pub key: Option<Key>,
    pub own: Option<Key>,
}

/// A request of the switch's and what it was answered.
pub(super) struct Answered {
    pub cseq: u32,
    pub method: String,
    pub branch: String,
    pub bytes: Vec<u8>,
}

/// Something that is sent again until it is answered.
pub(super) struct Repeat {
    pub bytes: Vec<u8>,
    /// Nothing by a stream, which loses nothing.
    pub again_at: Option<Instant>,
    gap: std::time::Duration,
    pub until: Instant,
}

/// A request of ours.
pub(super) struct Asked {
    pub method: &'static str,
    pub cseq: u32,
    pub repeat: Repeat,
}

impl Repeat {
    /// Something that was just sent. An answer is repeated by every transport (RFC 3261, section 13.3.1.4).
    pub fn new(bytes: Vec<u8>, is_repeated: bool, now: Instant) -> Self {
        Self { bytes, again_at: is_repeated.then(|| now + T1), gap: T1, until: now + PATIENCE }
    }

    /// Says when next, after it was sent once more.
    pub fn again(&mut self, now: Instant) {
        self.gap = (self.gap * 2).min(T2);
        self.again_at = Some(now + self.gap);
    }

    fn due(&self) -> Instant {
        self.again_at.map_or(self.until, |at| at.min(self.until))
    }
}

impl Dialog {
    /// When something is to be done for it.
    pub fn due(&self) -> Option<Instant> {
        let repeats = [self.unacknowledged.as_ref().map(Repeat::due), self.asked.as_ref().map(|ask| ask.repeat.due())];
        let times = [self.expires_at, self.refresh_at, self.probe_at, self.forget_at];
        repeats.into_iter().chain(times).flatten().min()
    }

    /// Where the switch wants later requests, and by which way it was heard.
    pub fn follow(&mut self, flow: Flow, message: &Message) {
        self.flow = flow;
        if let Some(target) = message.uri("contact") {
            target.clone_into(&mut self.target);
        }
    }

    /// A request of ours.
    pub fn ask(&mut self, method: &'static str, branch: u64, now: Instant) -> Vec<u8> {
        self.local_cseq += 1;
        let (cseq, local) = (self.local_cseq, self.flow.local);
        let transport = match self.flow.transport {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
        };
        let mut headers = vec![
            format!("Via: SIP/2.0/{transport} {local};branch=z9hG4bK{branch:016x};rport"),
            "Max-Forwards: 70".to_owned(),
            format!("From: {}", self.own),
            format!("To: {}", self.theirs),
            format!("Call-ID: {}", self.name.0),
            format!("CSeq: {cseq} {method}"),
        ];
        headers.extend(self.route.iter().map(|route| format!("Route: {route}")));
        if method == "UPDATE" {
            headers.push(format!("Contact: {}", contact(self.flow)));
            headers.push(format!("Session-Expires: {};refresher=uac", self.timer_s));
            headers.push("Supported: timer".to_owned());
        }
        let bytes = request(method, &self.target, &headers);
        let repeat = Repeat::new(bytes.clone(), self.flow.transport == Transport::Udp, now);
        self.asked = Some(Asked { method, cseq, repeat });
        bytes
    }
}

/// Where a switch reaches us.
pub(super) fn contact(flow: Flow) -> String {
    match flow.transport {
        Transport::Udp => format!("<sip:srs@{}>;+sip.srs", flow.local),
        Transport::Tcp => format!("<sip:srs@{};transport=tcp>;+sip.srs", flow.local),
        Transport::Tls => format!("<sip:srs@{};transport=tls>;+sip.srs", flow.local),
    }
}
