//! Calls at speed through the running server, and what is left of them: `ALONGSIDE_CALLS` says how many.

mod ports;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use alongside_media::calls::Calls;
use alongside_media::forward::{Listening, Settings};
use alongside_media::siprec::{Policy, Server, ServerSettings};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Calls at one time.
const TOGETHER: u64 = 20;
/// So many that have ended are remembered for a while, so memory is compared from then on.
const SETTLED: u64 = 1_500;
/// What may be more at the end than when it had settled, in KiB: less than 40 bytes a call of a hundred thousand.
const MORE_KIB: u64 = 4_000;

struct Switch {
    to: TcpStream,
    from: BufReader<TcpStream>,
    audio: UdpSocket,
}

impl Switch {
    fn send(&mut self, method: &str, call: u64, tag: &str, cseq: u32, body: &str) {
        let here = self.to.local_addr().expect("connected");
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let text = format!(
            "{method} sip:srs@{HERE} SIP/2.0\r\nVia: SIP/2.0/TCP {here};branch=z9hG4bK{call}x{cseq}{method}\r\n\
             From: <sip:src@{here}>;tag=s{call}\r\nTo: <sip:srs@{HERE}>{tag}\r\nCall-ID: {call}@example\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:src@{here};transport=tcp>;+sip.src\r\nUser-to-User: {call:08X};encoding=hex\r\n{kind}\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.to.write_all(text.as_bytes()).expect("written");
    }

    /// The next answer: its head, and its body.
    fn answer(&mut self) -> (Vec<String>, String) {
        let (mut head, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            assert_ne!(self.from.read_line(&mut line).expect("an answer"), 0, "the connection ended");
            let line = line.trim_end().to_owned();
            if line.is_empty() {
                break;
            }
            if let Some(said) = line.strip_prefix("Content-Length: ") {
                length = said.parse().expect("a length");
            }
            head.push(line);
        }
        let mut body = vec![0; length];
        self.from.read_exact(&mut body).expect("a body");
        assert!(head[0].starts_with("SIP/2.0 200 "), "{head:?}");
        (head, String::from_utf8(body).expect("text"))
    }

    /// So many calls at one time, from their first message to their last.
    fn calls(&mut self, first: u64) {
        let port = self.audio.local_addr().expect("bound").port();
        let line = |protocol: &str, more: &str| format!("m=audio {port} {protocol} 8\r\n{more}a=sendonly\r\n");
        let secure =
            line("RTP/SAVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n");
        let plain = line("RTP/AVP", "");
        let offer = format!("v=0\r\no=- 1 1 IN IP4 {HERE}\r\ns=-\r\nc=IN IP4 {HERE}\r\nt=0 0\r\n{plain}{secure}");
        (first..first + TOGETHER).for_each(|call| self.send("INVITE", call, "", 1, &offer));
        let mut tags = Vec::new();
        for _ in 0..TOGETHER {
            let (head, body) = self.answer();
            let to = head.iter().find_map(|line| line.strip_prefix("To: ")).expect("a To");
            tags.push(format!(";tag={}", to.split_once(";tag=").expect("a tag").1));
            let mut packet = vec![0x80, 8, 0, 1, 0, 0, 0, 160, 0, 0, 0, 9];
            packet.extend([0xD5; 160]);
            for line in body.lines().filter_map(|line| line.strip_prefix("m=audio ")) {
                let port: u16 = line.split(' ').next().expect("a port").parse().expect("a number");
                self.audio.send_to(&packet, (HERE, port)).expect("sent");
            }
        }
        for (call, tag) in (first..).zip(&tags) {
            self.send("ACK", call, tag, 1, "");
            self.send("BYE", call, tag, 2, "");
        }
        for _ in 0..TOGETHER {
            self.answer();
        }
    }
}

fn resident_kib() -> u64 {
    let said = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = said.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("Linux").count()
}

#[test]
fn calls_that_came_and_went_leave_nothing_behind() {
    let count = std::env::var("ALONGSIDE_CALLS").map_or(3_000, |count| count.parse().expect("a number"));
    let rtp_ports = ports::free(80);
    let settings = Settings { listeners: SocketAddr::new(HERE, 0), advertised: None, rtp: HERE, rtp_ports };
    let (notices, _noticed) = channel();
    let listening = Arc::new(Listening::start(&settings, notices).expect("ports"));
    let calls = Calls::new().expect("random numbers");
    let policy = Policy { allowed: vec![HERE], media: HERE, any_source: false, most_sessions: 100 };
    let settings = ServerSettings { plain: Some(SocketAddr::new(HERE, 0)), tls: None, policy };
    let server = Server::start(&settings, calls.clone(), Arc::clone(&listening)).expect("a server");
    let to = TcpStream::connect(server.plain().expect("a port")).expect("connected");
    to.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket");
    to.set_nodelay(true).expect("a socket");
    let from = BufReader::new(to.try_clone().expect("a socket"));
    let mut switch = Switch { to, from, audio: UdpSocket::bind((HERE, 0)).expect("a port") };
    let (began, mut settled) = (Instant::now(), None);
    for first in (0..count).step_by(TOGETHER as usize) {
        switch.calls(first);
        if first >= SETTLED {
            settled.get_or_insert_with(|| (resident_kib(), open_files()));
        }
    }
    let (before_kib, before_files) = settled.expect("more calls than are remembered");
    let (after_kib, after_files) = (resident_kib(), open_files());
    println!("{count} calls in {:?}: {before_kib} KiB when settled, {after_kib} KiB at the end", began.elapsed());
    assert_eq!(calls.list().len(), 0);
    assert_eq!(after_files, before_files);
    assert!(after_kib < before_kib + MORE_KIB, "{before_kib} KiB grew to {after_kib} KiB");
}
