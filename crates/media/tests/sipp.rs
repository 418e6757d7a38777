//! A real SIP client against the recording server: sipp, as Debian has it.

mod credentials;
mod ports;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use alongside_media::calls::{By, Calls, PartyState};
use alongside_media::forward::{Listening, Settings};
use alongside_media::siprec::{Policy, Server, ServerSettings};

use credentials::{Authority, GOOD, HERE, SWITCH};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::version::TLS13;

const CALLS: usize = 20;
/// How long a call goes on: in the meantime all of them have to have begun, whatever else the machine does.
const CALL_MS: &str = "6000";

/// How the calls come: sipp's own word for it, and what is between sipp and the server.
enum Way {
    Udp,
    Tcp,
    /// Debian's sipp speaks no TLS: another program of the switch's side does, as a relay.
    Tls,
}

impl Way {
    /// The switch's address: one for each transport. Where they share one, two sipp that start at once can both bind SIP's own port, and
    /// the one that comes second to listening on it ends.
    fn switch(&self) -> IpAddr {
        let last = match self {
            Self::Udp => 11,
            Self::Tcp => 12,
            Self::Tls => 13,
        };
        IpAddr::V4(Ipv4Addr::new(127, 0, 0, last))
    }
}

/// Calls by one transport: each is listed with its parties and ids while it goes on, each stream's audio is counted by the
/// time it was last heard, and not one packet comes back to where the audio comes from.
fn calls(way: &Way) {
    let ports = ports::free(80);
    let settings =
        Settings { listeners: SocketAddr::new(HERE, 0), advertised: None, rtp: HERE, rtp_ports: ports.clone() };
    let (notices, _noticed) = channel();
    let listening = Arc::new(Listening::start(&settings, notices).expect("ports"));
    let calls = Calls::new().expect("random numbers");
    let host = way.switch();
    let policy = Policy { allowed: vec![host, HERE], media: HERE, any_source: false, most_sessions: 100 };
    let authority = Authority::new();
    let tls = matches!(way, Way::Tls).then(|| authority.tls(&[SWITCH]).expect("files"));
    let plain = tls.is_none().then_some(SocketAddr::new(HERE, 0));
    let server = Server::start(&ServerSettings { plain, tls, policy }, calls.clone(), Arc::clone(&listening));
    let server = server.expect("a server");
    let (_runtime, to) = match server.tls() {
        Some(to) => relay(&authority, to),
        None => (None, server.plain().expect("a port")),
    };
    let transport = if matches!(way, Way::Udp) { "u1" } else { "t1" };
    let switch = [(); 2].map(|()| UdpSocket::bind((host, 0)).expect("a port"));
    let [caller, handler] = [0, 1].map(|at| switch[at].local_addr().expect("bound").port().to_string());
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sipp/two_streams.xml");
    let count = CALLS.to_string();
    let mut sipp = Command::new("sipp")
        .arg(to.to_string())
        .args(["-sf", &scenario.to_string_lossy(), "-t", transport, "-m", &count, "-r", "100", "-i", &host.to_string()])
        .args(["-key", "caller", &caller, "-key", "handler", &handler, "-d", CALL_MS])
        .args(["-nostdin", "-timeout", "60s", "-timeout_error"])
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("sipp is missing. Type: sudo apt-get install sip-tester");
    let end = Instant::now() + Duration::from_secs(60);
    while calls.list().len() < CALLS || calls.list().iter().any(|call| call.parties.len() < 2) {
        assert!(Instant::now() < end, "{} of {CALLS} calls", calls.list().len());
        assert_eq!(sipp.try_wait().expect("a child"), None, "sipp ended before its calls had begun");
        std::thread::yield_now();
    }
    for call in calls.list().iter() {
        let parties: Vec<_> =
            call.parties.iter().map(|p| (p.state, p.address.as_deref().unwrap_or_default())).collect();
        assert_eq!(parties, [(PartyState::Going, "tel:07700900461"), (PartyState::Going, "sip:4401@pbx.example")]);
        assert!(call.known_by(&By::Uui).all(|id| id.starts_with("04FA")) && call.known_by(&By::Uui).count() == 1);
        assert_eq!(listening.last_heard(call.id), Ok(None));
    }
    // Each port of the range is one stream: a packet to every one of them is heard on every call.
    let mut packet = vec![0x80, 8, 0, 1, 0, 0, 0, 160, 0, 0, 0, 9];
    packet.extend([0xD5; 160]);
    for port in ports.step_by(2) {
        let _unused_ports_refuse = switch[0].send_to(&packet, (HERE, port));
    }
    while calls.list().iter().any(|call| listening.last_heard(call.id) == Ok(None)) {
        assert!(Instant::now() < end, "not every call was heard");
        std::thread::yield_now();
    }
    assert!(sipp.wait().expect("sipp ends").success(), "sipp has a call that failed");
    while !calls.list().is_empty() {
        assert!(Instant::now() < end, "{} calls are left", calls.list().len());
        std::thread::yield_now();
    }
    drop(server);
    for socket in switch {
        socket.set_nonblocking(true).expect("a socket");
        // A port of the range that no stream has answers "refused", which the kernel reports here; audio would be a datagram.
        loop {
            match socket.recv(&mut [0; 64]) {
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock);
                    break;
                }
                Ok(_) => panic!("a packet came back to the switch"),
            }
        }
    }
}

/// Takes TCP and speaks TLS with the server, with the switch's certificate, for as long as its runtime is kept.
fn relay(authority: &Authority, to: SocketAddr) -> (Option<tokio::runtime::Runtime>, SocketAddr) {
    let connector = authority.client(Some(&authority.sign(&GOOD)), &[&TLS13]);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("threads");
    let door = runtime.block_on(TcpListener::bind((HERE, 0))).expect("a port");
    let address = door.local_addr().expect("bound");
    runtime.spawn(async move {
        while let Ok((mut sipp, _)) = door.accept().await {
            let connector = connector.clone();
            tokio::spawn(async move {
                let socket = TcpStream::connect(to).await.expect("connected");
                let mut server = connector.connect(ServerName::from(HERE), socket).await.expect("a handshake");
                let _ended = tokio::io::copy_bidirectional(&mut sipp, &mut server).await;
            });
        }
    });
    (Some(runtime), address)
}

#[test]
fn sipp_calls_by_udp() {
    calls(&Way::Udp);
}

#[test]
fn sipp_calls_by_tcp() {
    calls(&Way::Tcp);
}

#[test]
fn sipp_calls_by_tls() {
    calls(&Way::Tls);
}
