//! Every parser here as a plain function of bytes, for a loop that throws mutated input at it (`cargo xtask test fuzz`). Each
//! holds, besides not panicking, what its parser promises.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

use super::sip::{Frames, Message};
use super::{Answer, Flow, Hearing, Metadata, Offer, Policy, Port, Recorder, Transport, Update, parts};
use crate::call::{CallId, StreamId};
use crate::calls::Calls;
use crate::srtp::Key;

/// A parser: its name, the function, and inputs to begin from.
pub type Target = (&'static str, fn(&[u8]), &'static [&'static [u8]]);

/// Every parser.
pub const TARGETS: &[Target] = &[
    ("sip", session, &[INVITE, BYE]),
    ("sip-stream", stream, &[INVITE, BYE]),
    ("multipart", multipart, &[INVITE]),
    ("sdp", description, &[OFFER, SECURE]),
    ("metadata", metadata, &[SAID]),
];

const INVITE: &[u8] = b"INVITE sip:srs@192.0.2.9 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5:5070;branch=z9hG4bK1\r\nFrom: <sip:4401@pbx.example;x-nearend;x-refci=27;x-nearendaddr=4401>;tag=a\r\nTo: <sip:srs@192.0.2.9>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nm: <sip:src@192.0.2.5>;+sip.src\r\nSession-Expires: 90;refresher=uas\r\nUser-to-User: 04FA;encoding=hex\r\nSession-ID: ab;remote=cd\r\nCall-Info: <urn:x:1>;purpose=emergency-CallId\r\nX-Cisco-Recording-Participant: <sip:4401@pbx.example>;media-index=\"0 1\"\r\nContent-Type: multipart/mixed;boundary=b\r\nContent-Length: 520\r\n\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 192.0.2.6\r\nm=audio 16552 RTP/AVP 8 0\r\na=sendonly\r\na=label:1\r\nm=audio 16554 RTP/AVP 8\r\na=label:2\r\n\r\n--b\r\nContent-Type: application/rs-metadata\r\n\r\n<recording><group id=\"g\"/><participant id=\"p\"><nameID aor=\"tel:07700900461\"/><send>s</send><extensiondata><callingParty>true</callingParty></extensiondata></participant><stream id=\"s\"><label>1</label></stream></recording>\r\n--b--\r\n";
const BYE: &[u8] = b"BYE sip:srs@192.0.2.9 SIP/2.0\r\nv: SIP/2.0/TCP 192.0.2.5;branch=z9hG4bK2;rport\r\nf: <sip:a@pbx.example>;tag=a\r\nt: <sip:srs@192.0.2.9>;tag=x\r\ni: c\r\nCSeq: 2 BYE\r\nl: 0\r\n\r\n";
const OFFER: &[u8] = b"v=0\r\no=- 1 1 IN IP4 192.0.2.5\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 16552/2 RTP/AVP 8 0 101\r\na=sendonly\r\na=label:1\r\nm=video 0 RTP/SAVP 96\r\nc=IN IP6 2001:db8::1\r\na=inactive\r\n";
const SECURE: &[u8] = b"c=IN IP4 192.0.2.6\r\nm=audio 16552 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4 WSH=64\r\na=label:1\r\nm=audio 16554 RTP/AVP 8\r\na=label:1\r\n";
const SAID: &[u8] = b"<?xml version=\"1.0\"?><t:recording xmlns:t=\"urn:x\"><t:datamode>partial</t:datamode><t:group group_id=\"g\"/><t:session session_id=\"s\"><t:sipSessionID>ab;remote=cd</t:sipSessionID></t:session><t:participant participant_id=\"p\"><t:nameID aor=\"tel:07700900461\"><name>A &amp; B</name></t:nameID></t:participant><t:stream stream_id=\"x\"><t:label>1</t:label></t:stream><t:participantstreamassoc participant_id=\"p\"><t:send>x</t:send><t:disassociate-time>1970-01-01T00:00:00Z</t:disassociate-time></t:participantstreamassoc><h label=\"X\"><value>1</value></h></t:recording>";

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 9));
const SWITCH: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 5));

/// Ears that are open or not, and hear nothing.
#[derive(Default)]
struct Ears(usize);

impl Hearing for Ears {
    fn open(&mut self, _: CallId, _: StreamId, _: usize, _: Option<IpAddr>) -> Option<SocketAddr> {
        self.0 += 1;
        Some(SocketAddr::new(HERE, 20_000))
    }

    fn protect(&mut self, _: StreamId, _: Option<Key>) {}

    fn close_stream(&mut self, _: StreamId) {
        self.0 -= 1;
    }

    fn close_call(&mut self, _: CallId) {}

    fn last_heard(&self, _: CallId) -> Option<Instant> {
        None
    }
}

/// A message to a server with one session, and what silence makes of it: no answer offers to send, and nothing is left.
pub fn session(data: &[u8]) {
    let Ok(calls) = Calls::new() else { return };
    let policy = Policy { allowed: vec![SWITCH], media: HERE, any_source: false, most_sessions: 4 };
    let mut recorder = Recorder::new(policy, calls.clone(), Ears::default(), 7);
    let (peer, local) = (SocketAddr::new(SWITCH, 5_060), SocketAddr::new(HERE, 5_060));
    let mut now = Instant::now();
    for (transport, bytes) in [(Transport::Udp, INVITE), (Transport::Udp, data), (Transport::Tcp, data)] {
        let flow = Flow { transport, peer, local, connection: 0 };
        recorder.received(flow, bytes, now, SystemTime::UNIX_EPOCH);
        for (_, sent) in recorder.out() {
            let read = Message::read(&sent);
            assert!(read.is_some_and(|read| !read.body.contains("a=send")), "an answer that hears, and no other");
        }
    }
    for _ in 0..400 {
        now += Duration::from_secs(1);
        recorder.wake(now);
        recorder.out().for_each(drop);
    }
    assert_eq!((recorder.hearing().0, recorder.sessions(), calls.list().len()), (0, 0, 0));
}

/// A stream of messages: whatever is cut off it was in it.
pub fn stream(data: &[u8]) {
    let (mut frames, mut cut) = (Frames::default(), 0);
    for piece in data.chunks(700) {
        frames.push(piece);
        while let Ok(Some(message)) = frames.next() {
            assert!(!message.is_empty());
            cut += message.len();
        }
    }
    assert!(cut <= data.len());
}

/// The parts of a body.
pub fn multipart(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (found, _problems) = parts("multipart/mixed; boundary=b", &text);
    assert!(found.len() <= 16 && found.iter().map(|part| part.body.len()).sum::<usize>() <= text.len());
}

/// An offer, and its answer: a line for each, none of which sends.
pub fn description(data: &[u8]) {
    let offer = Offer::read(&String::from_utf8_lossy(data));
    let ports = vec![Port::Hear(20_000, None); offer.lines.len()];
    let answer = Answer { offer: &offer, address: HERE, session: 1, version: 1, ports: &ports }.to_string();
    assert_eq!(answer.split("\r\n").filter(|line| line.starts_with("m=")).count(), offer.lines.len());
    assert!(answer.split("\r\n").all(|line| !line.starts_with("a=send") && !line.contains(['\r', '\n'])));
}

/// Metadata: whatever they say takes a bounded place.
pub fn metadata(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut said = Metadata::default();
    said.take(Update::read(&text));
    assert!(said.participants.len() <= 128 && said.known_as().len() <= 128 && said.speakers("1").len() <= 128);
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_is_good_input() {
        for (_, run, seeds) in super::TARGETS {
            seeds.iter().for_each(|seed| run(seed));
        }
    }
}
