//! Law 11: listening cannot transmit.

use std::net::SocketAddr;

use str0m::media::Direction;
use str0m::rtp::RtpWrite;

use super::world::*;
use crate::forward::OfferError;

#[test]
fn law_11_listening_cannot_transmit_an_offer_to_send_is_answered_with_no_ear() {
    let mut world = World::new();
    let answer = world.join(1, &[Direction::SendRecv, Direction::SendOnly]).expect("an answer");
    let all = ["a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"];
    let directions: Vec<_> = answer.sdp.lines().filter(|line| all.contains(line)).collect();
    assert_eq!(directions, ["a=sendonly", "a=inactive"]);
    assert!(answer.tracks[1].laws.is_empty());
}

#[test]
fn law_11_listening_cannot_transmit_what_a_listener_says_reaches_nobody() {
    let mut world = World::new();
    // A browser that was bent to speak: it believes that the answer takes its voice.
    let bent = |answer: &str| answer.replacen("a=sendonly", "a=sendrecv", 1);
    world.join_believing(1, &[Direction::SendRecv, Direction::RecvOnly], bent).expect("an answer");
    world.join(2, HEAR).expect("an answer");
    world.until(|world| world.clients.iter().all(|client| client.connected));
    world.talk(100);
    let before = [world.clients[0].heard[0].len(), world.clients[1].heard[0].len()];
    world.sent_to.clear();
    for number in 0..50_u64 {
        let (client, now) = (&mut world.clients[0], world.now);
        let mid = client.mids[0];
        let mut direct = client.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, None).expect("it believes that it may send");
        stream.write_rtp(RtpWrite::new(8.into(), (number + 1).into(), number as u32 * 160, now, vec![0xD5; 160]));
        client.wake(now);
        assert!(!client.out.is_empty(), "it must really have spoken");
        for _ in 0..20 {
            world.pass();
        }
    }
    assert_eq!([world.clients[0].heard[0].len(), world.clients[1].heard[0].len()], before, "nobody heard anything");
    let listeners: Vec<SocketAddr> = world.clients.iter().map(|client| client.address).collect();
    assert!(world.sent_to.iter().all(|to| listeners.contains(to)), "only listeners are ever written to");
}

#[test]
fn a_stranger_at_the_listeners_port_is_told_nothing() {
    let mut world = World::heard();
    let stranger = SocketAddr::from(([127, 0, 0, 9], 9));
    let now = world.now;
    world.forwarder.out().clear();
    // STUN without a name, STUN with a wrong one, DTLS, RTP, RTCP, noise.
    let mut named = vec![0, 1, 0, 12, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 6, 0, 7];
    named.extend(b"ab:cdef\0");
    let plain = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    let datagrams: [&[u8]; 7] = [
        &plain,
        &named,
        &[22, 254, 253, 0, 0],
        &[0x80, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0x80, 200, 0, 0],
        &[255],
        &[],
    ];
    for bytes in datagrams {
        world.forwarder.received(stranger, bytes, now);
        assert!(world.forwarder.out().is_empty(), "{bytes:?}");
    }
}

#[test]
fn a_line_that_takes_no_g711_is_no_line() {
    let mut world = World::new();
    assert_eq!(world.join(1, &[Direction::SendOnly]).expect_err("nothing to hear"), OfferError::NoG711);
}
