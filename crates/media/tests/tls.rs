//! Switches by TLS: who is let in, who is not, and that who stalls delays nobody.

mod credentials;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use alongside_media::call::{CallId, StreamId};
use alongside_media::calls::Calls;
use alongside_media::siprec::{Hearing, Policy, Server, ServerSettings, Tls, TlsError};
use alongside_media::srtp::Key;
use credentials::{Authority, Bearer, Credential, GOOD, HERE, SWITCH};
use rcgen::ExtendedKeyUsagePurpose;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::version::{TLS12, TLS13};

/// Nobody calls here.
struct Nothing;

impl Hearing for Nothing {
    fn open(&mut self, _: CallId, _: StreamId, _: usize, _: Option<IpAddr>) -> Option<SocketAddr> {
        None
    }
    fn protect(&mut self, _: StreamId, _: Option<Key>) {}
    fn close_stream(&mut self, _: StreamId) {}
    fn close_call(&mut self, _: CallId) {}
    fn last_heard(&self, _: CallId) -> Option<std::time::Instant> {
        None
    }
}

fn server(tls: Tls, allowed: &[IpAddr]) -> (Server, SocketAddr) {
    let policy = Policy { allowed: allowed.to_vec(), media: HERE, any_source: false, most_sessions: 10 };
    let settings = ServerSettings { plain: None, tls: Some(tls), policy };
    let server = Server::start(&settings, Calls::new().expect("random numbers"), Nothing).expect("a server");
    let address = server.tls().expect("a port");
    assert_eq!(server.plain(), None);
    (server, address)
}

/// Asks whether anybody is there, as a switch does each minute; the answer, or nothing where the connection ends without one.
async fn ping(connector: &TlsConnector, to: SocketAddr) -> Option<String> {
    let socket = TcpStream::connect(to).await.ok()?;
    let here = socket.local_addr().ok()?;
    let mut stream = connector.connect(ServerName::from(HERE), socket).await.ok()?;
    let ask = format!(
        "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/TLS {here};branch=z9hG4bKping\r\nMax-Forwards: 70\r\n\
         From: <sip:switch@{here}>;tag=1\r\nTo: <sip:{to}>\r\nCall-ID: ping@example\r\nCSeq: 1 OPTIONS\r\n\
         Content-Length: 0\r\n\r\n"
    );
    stream.write_all(ask.as_bytes()).await.ok()?;
    stream.flush().await.ok()?;
    let mut answer = vec![0; 4_096];
    match stream.read(&mut answer).await {
        Ok(length @ 1..) => Some(String::from_utf8_lossy(&answer[..length]).into_owned()),
        _ => None,
    }
}

/// The same within a time that only something stuck takes.
async fn answered(connector: &TlsConnector, to: SocketAddr) -> Option<String> {
    tokio::time::timeout(Duration::from_secs(60), ping(connector, to)).await.expect("an answer or an end")
}

#[tokio::test]
async fn a_switch_with_its_certificate_is_answered_by_both_versions_and_anybody_else_by_neither() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let (_server, to) = server(ours.tls(&["other.example", SWITCH]).expect("files"), &[HERE]);
    let good = ours.sign(&GOOD);
    let refused: [(&str, Option<Credential>); 5] = [
        ("no certificate", None),
        ("another authority's", Some(theirs.sign(&GOOD))),
        ("an expired one", Some(ours.sign(&Bearer { has_expired: true, ..GOOD }))),
        ("another name's", Some(ours.sign(&Bearer { name: "pbx.example", ..GOOD }))),
        ("one for servers", Some(ours.sign(&Bearer { purpose: ExtendedKeyUsagePurpose::ServerAuth, ..GOOD }))),
    ];
    for version in [&TLS12, &TLS13] {
        let answer = answered(&ours.client(Some(&good), &[version]), to).await.expect("an answer");
        assert!(answer.starts_with("SIP/2.0 200 OK\r\n"), "{answer}");
        for (who, credential) in &refused {
            let answer = answered(&ours.client(credential.as_ref(), &[version]), to).await;
            assert_eq!(answer, None, "{who} by {version:?}");
        }
    }
}

#[tokio::test]
async fn a_good_certificate_from_an_address_that_is_not_on_the_list_is_not_even_read() {
    let ours = Authority::new();
    let elsewhere = IpAddr::from([192, 0, 2, 7]);
    let (_server, to) = server(ours.tls(&[SWITCH]).expect("files"), &[elsewhere]);
    let good = ours.sign(&GOOD);
    assert_eq!(answered(&ours.client(Some(&good), &[&TLS13]), to).await, None);
}

#[tokio::test]
async fn three_hundred_stalled_handshakes_delay_nobody() {
    let ours = Authority::new();
    let (_server, to) = server(ours.tls(&[SWITCH]).expect("files"), &[HERE]);
    let mut stalled = Vec::new();
    for n in 0..300 {
        let mut socket = TcpStream::connect(to).await.expect("connected");
        // Half of them begin a record and leave it there.
        if n % 2 == 0 {
            socket.write_all(&[0x16, 0x03, 0x01, 0x02]).await.expect("written");
        }
        stalled.push(socket);
    }
    let good = ours.sign(&GOOD);
    let connector = ours.client(Some(&good), &[&TLS13]);
    // One after another they would take the better part of an hour.
    let began = std::time::Instant::now();
    assert!(answered(&connector, to).await.expect("an answer").starts_with("SIP/2.0 200 OK\r\n"));
    println!("behind three hundred that stall: {:?}", began.elapsed());
    let mut byte = [0; 1];
    // The oldest gave way.
    let ended = tokio::time::timeout(Duration::from_secs(60), stalled[0].read(&mut byte)).await.expect("ended");
    assert!(!matches!(ended, Ok(1..)));
}

#[test]
fn a_port_for_any_name_or_a_wrong_one_is_no_port_and_a_key_is_shown_to_nobody() {
    let ours = Authority::new();
    assert!(matches!(ours.tls(&[]), Err(TlsError::NoName)));
    assert!(matches!(ours.tls(&["not a name"]), Err(TlsError::Name(_))));
    let shown = format!("{:?}", ours.tls(&[SWITCH]).expect("files"));
    assert_eq!(shown, "Tls { address: 127.0.0.1:0, .. }");
}
