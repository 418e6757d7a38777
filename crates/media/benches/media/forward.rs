//! Packets through the forwarder without a socket: what valgrind counts is the program's own work.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use alongside_media::call::{CallId, StreamId};
use alongside_media::forward::{Forwarder, ListenerId, Offer};
use alongside_media::rtp::Datagram;
use str0m::change::SdpAnswer;
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Input, Output, Rtc};

use crate::Result;
use crate::listener::lines_to_hear;

/// Forwards so many packets of one stream to one listener, on a clock of its own.
pub fn run(packets: u32) -> Result<()> {
    let [server, client]: [SocketAddr; 2] = ["192.0.2.9:8998".parse()?, "192.0.2.7:50000".parse()?];
    let crypto = str0m::crypto::from_feature_flags();
    let certificate = crypto.dtls_provider.generate_certificate().ok_or("no certificate")?;
    let mut forwarder = Forwarder::new(server, certificate);
    forwarder.open_stream(CallId(1), StreamId(1), 0);
    let mut now = Instant::now();
    let mut rtc = Rtc::builder().clear_codecs().enable_pcma(true, false).set_rtp_mode(true).build(now);
    rtc.add_local_candidate(Candidate::host(client, "udp")?);
    let (offer, pending) = lines_to_hear(&mut rtc)?;
    let offer = Offer::read(&offer.to_sdp_string())?;
    let answer = forwarder.offer(CallId(1), ListenerId(1), &offer, now)?;
    rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&answer.sdp)?)?;
    // Both sides talk until the listener hears.
    while forwarder.notices().next().is_none() {
        now += Duration::from_millis(5);
        rtc.handle_input(Input::Timeout(now))?;
        while let Output::Transmit(sent) = rtc.poll_output()? {
            forwarder.received(client, &sent.contents, now);
        }
        forwarder.wake(now);
        let said: Vec<Vec<u8>> = forwarder.out().iter().map(|(_, bytes)| bytes.to_vec()).collect();
        forwarder.out().clear();
        for bytes in said {
            rtc.handle_input(Input::Receive(now, Receive::new(Protocol::Udp, server, client, &bytes)?))?;
        }
    }
    let payload = [0xD5; 160];
    let mut sent = 0;
    for number in 0..packets {
        let datagram = Datagram {
            payload_type: 8,
            sequence: number as u16,
            timestamp: number.wrapping_mul(160),
            marker: false,
            ssrc: 1,
            payload: &payload,
        };
        // Within what a connection lives without its listener's word.
        now += Duration::from_micros(20);
        forwarder.heard(StreamId(1), &datagram, now);
        sent += forwarder.out().iter().filter(|(_, bytes)| bytes.len() > 160).count();
        forwarder.out().clear();
    }
    if sent != packets as usize {
        return Err(format!("{sent} of {packets} were sent").into());
    }
    println!("{{\"packets\":{packets}}}");
    Ok(())
}
