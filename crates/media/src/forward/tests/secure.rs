//! Protected audio, from a switch's description to a listener's ear.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::ear::{Ear, HERE, rtp};
use crate::calls::Calls;
use crate::forward::{Listening, Settings};
use crate::rtp::Datagram;
use crate::siprec::{Policy, Server, ServerSettings};
use crate::srtp::{Key, Sealer, Suite};

/// A packet of a voice, protected.
fn sealed(sealer: &Sealer, hertz: u32, number: u16) -> Vec<u8> {
    let plain = rtp(hertz, number);
    sealer.seal(&Datagram::read(&plain).expect("RTP"), u64::from(number)).expect("sealed")
}

/// Asks the server to record two protected lines, and gives its answer.
fn invite(switch: &UdpSocket, server: SocketAddr, keys: &[Key; 2]) -> String {
    let here = switch.local_addr().expect("bound");
    let line = |at: usize| {
        let (suite, key) = (keys[at].suite().name(), BASE64_STANDARD.encode(keys[at].bytes()));
        format!("m=audio {} RTP/SAVP 8\r\na=crypto:{at} {suite} inline:{key}\r\na=sendonly\r\n", here.port())
    };
    let body = format!("v=0\r\no=- 1 1 IN IP4 {HERE}\r\ns=-\r\nc=IN IP4 {HERE}\r\nt=0 0\r\n{}{}", line(0), line(1));
    let head = format!(
        "INVITE sip:srs@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK1\r\nFrom: <sip:src@{here}>;tag=1\r\n\
         To: <sip:srs@{server}>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:src@{here}>;+sip.src\r\n\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    switch.send_to(format!("{head}{body}").as_bytes(), server).expect("sent");
    let mut answer = [0; 4_096];
    let length = switch.recv(&mut answer).expect("an answer");
    String::from_utf8(answer[..length].to_vec()).expect("text")
}

#[test]
fn two_people_are_heard_whose_audio_comes_protected_and_what_is_not_theirs_is_not() {
    let settings =
        Settings { listeners: SocketAddr::new(HERE, 0), advertised: None, rtp: HERE, rtp_ports: 27_600..=27_699 };
    let (notices, _noticed) = channel();
    let listening = Arc::new(Listening::start(&settings, notices).expect("ports"));
    let calls = Calls::new().expect("random numbers");
    let policy = Policy { allowed: vec![HERE], media: HERE, any_source: false, most_sessions: 10 };
    let settings = ServerSettings { plain: Some(SocketAddr::new(HERE, 0)), tls: None, policy };
    let server = Server::start(&settings, calls.clone(), Arc::clone(&listening)).expect("a server");
    let switch = UdpSocket::bind((HERE, 0)).expect("a port");
    switch.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
    let keys = [Suite::Aes128Tag32, Suite::Aes256Gcm].map(|suite| Key::random(suite).expect("random numbers"));
    let answer = invite(&switch, server.plain().expect("a port"), &keys);
    assert!(answer.starts_with("SIP/2.0 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\r\na=crypto:0 AES_CM_128_HMAC_SHA1_32 inline:"), "{answer}");
    assert!(answer.contains("\r\na=crypto:1 AEAD_AES_256_GCM inline:"), "{answer}");
    for key in &keys {
        assert!(!answer.contains(&BASE64_STANDARD.encode(key.bytes())), "the key is ours, not theirs");
    }
    let ports = answer.lines().filter_map(|line| line.strip_prefix("m=audio ")?.split_once(" RTP/SAVP 8"));
    let ports: Vec<u16> = ports.map(|(port, _)| port.parse().expect("a port")).collect();
    let call = calls.list()[0].id;

    let senders = keys.map(|key| Sealer::new(&key).expect("keys"));
    let stranger = Sealer::new(&Key::random(Suite::Aes128Tag32).expect("random numbers")).expect("keys");
    let mut ear = Ear::open(&listening, call);
    let mut said = 0;
    ear.hears_both(|number| {
        for (at, hertz) in [(0, 440), (1, 1_000)] {
            let to = (HERE, ports[at]);
            // Unprotected, protected by somebody else, and by the right one twice.
            switch.send_to(&rtp(700, number), to).expect("sent");
            switch.send_to(&sealed(&stranger, hertz, number), to).expect("sent");
            let right = sealed(&senders[at], hertz, number);
            switch.send_to(&right, to).expect("sent");
            switch.send_to(&right, to).expect("sent");
        }
        said += 2;
    });
    // Three of four, on each line; the last of them may be on their way still.
    let refused = listening.refused(call).expect("running");
    assert!(refused <= 3 * said && refused + 30 > 3 * said, "{refused} refused of {said} said");
}
