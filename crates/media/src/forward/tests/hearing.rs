//! What a listener hears of a live call.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::tone;
use super::world::*;
use crate::call::{CallId, StreamId};
use crate::forward::{ListenerId, MOST_LISTENERS, Notice, Offer, OfferError, Tapped, Tapping, tap};
use crate::rtp::Law;

#[test]
fn each_party_is_on_its_own_track_untouched_and_nothing_is_lost() {
    let mut world = World::new();
    let answer = world.join(1, HEAR).expect("an answer");
    let streams: Vec<_> = answer.tracks.iter().map(|track| track.stream).collect();
    assert_eq!(streams, [Some(CALLER), Some(HANDLER)]);
    assert_eq!(answer.tracks[0].laws, [Law::A, Law::Mu]);
    world.until(|world| world.clients[0].connected);
    world.talk(4_000);
    assert_eq!(world.notices, [Notice::Joined(CALL, ListenerId(1))]);
    for (line, own, other) in [(0, 440.0, 1_000.0), (1, 1_000.0, 440.0)] {
        let client = &world.clients[0];
        assert_eq!((client.heard[line].len(), client.lost(line)), (200, 0), "line {line}");
        assert!(client.heard[line].windows(2).all(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp) == 160));
        let said: Vec<u8> = (0..200).flat_map(|number| tone::packet(own, number)).collect();
        assert!(client.audio(line) == said, "line {line} was changed on its way");
        let shares = tone::shares(&client.audio(line), &[own, other]);
        assert!(shares[0] > 0.95 && shares[1] < 0.01, "line {line}: {shares:?}");
    }
}

#[test]
fn a_transfer_and_keys_pressed_are_no_loss_to_a_listener() {
    let mut world = World::heard();
    world.talk(200);
    // Keys, with numbers of their own between the audio.
    world.voices[0].payload_type = 101;
    world.talk(60);
    world.voices[0].payload_type = 8;
    world.talk(200);
    // Another sender, and then the same party on another stream.
    (world.voices[0].ssrc, world.voices[0].sequence, world.voices[0].timestamp) = (99, 4_000, 5);
    world.talk(200);
    world.forwarder.open_stream(CALL, StreamId(73), 0);
    (world.voices[0].stream, world.voices[0].ssrc, world.voices[0].sequence) = (StreamId(73), 100, 30_000);
    world.talk(200);
    let client = &world.clients[0];
    assert_eq!((client.heard[0].len(), client.lost(0)), (40, 0));
    assert_eq!((client.heard[1].len(), client.lost(1)), (43, 0));
    let first = client.heard[0][0].timestamp;
    let last = client.heard[0][39].timestamp;
    assert_eq!(last.wrapping_sub(first), 42 * 160, "as long as it took, keys and all");
}

#[test]
fn a_call_of_more_packets_than_their_numbers_count_is_heard_to_its_end() {
    let mut world = World::heard();
    // Twenty-two minutes, after which the numbers of both ends wrap.
    const PACKETS: usize = 66_000;
    for _ in 0..PACKETS {
        world.say(0);
        world.now += Duration::from_millis(19);
        world.pass();
    }
    let client = &world.clients[0];
    assert_eq!((client.heard[0].len(), client.lost(0)), (PACKETS, 0));
    let said: Vec<u8> = (65_000..65_600).flat_map(|number| tone::packet(440.0, number)).collect();
    let heard: Vec<u8> = client.heard[0][65_000..65_600].iter().flat_map(|heard| &heard.payload).copied().collect();
    assert!(heard == said, "what was said where the numbers wrap was changed on its way");
}

#[test]
fn who_moves_to_another_network_within_a_connection_goes_on_hearing_there() {
    let mut world = World::heard();
    world.talk(400);
    let before = world.clients[0].address;
    world.clients[0].move_to(SocketAddr::from(([127, 0, 0, 2], 61_000)));
    // The library takes the new way when it has given up the old one.
    world.talk(40_000);
    let heard = world.clients[0].heard[0].len();
    world.sent_to.clear();
    world.talk(2_000);
    assert_eq!(world.clients[0].heard[0].len(), heard + 100, "two seconds whole");
    assert!(!world.sent_to.contains(&before), "nothing goes where nobody is");
}

/// What was tapped since this was last asked: on which line of which call, or that one has ended.
fn tapped(tapping: &Tapping) -> Vec<Option<usize>> {
    let next = || tapping.next(Some(Instant::now())).ok().flatten();
    std::iter::from_fn(next)
        .map(|tapped| match tapped {
            Tapped::Said(said) => Some(said.line),
            Tapped::Ended(..) => None,
        })
        .collect()
}

#[test]
fn a_scribe_hears_a_call_only_while_somebody_listens_to_it_and_a_keeper_always() {
    let mut world = World::new();
    let ((keeper, kept), (scribe, written)) = (tap(), tap());
    world.forwarder.keep(Some(keeper));
    world.forwarder.caption(Some(scribe));
    world.talk(200);
    assert_eq!((tapped(&kept).len(), tapped(&written).len()), (20, 0), "nobody listens");
    world.join(1, HEAR).expect("an answer");
    world.until(|world| world.clients[0].connected);
    for before in [&kept, &written] {
        tapped(before);
    }
    world.talk(200);
    let (both, heard) = (tapped(&kept), tapped(&written));
    assert_eq!((both.len(), heard.iter().filter(|line| **line == Some(1)).count()), (20, 10));
    assert_eq!(both, heard);
    world.forwarder.leave(ListenerId(1));
    world.talk(200);
    assert_eq!((tapped(&kept).len(), tapped(&written).len()), (20, 0), "nobody listens any more");
    world.forwarder.close_call(CALL, world.now);
    assert_eq!((tapped(&kept), tapped(&written)), (vec![None], vec![None]));
}

#[test]
fn mu_law_goes_out_as_mu_law() {
    let mut world = World::heard();
    world.voices[0].payload_type = 0;
    world.talk(100);
    let types =
        |line: usize| world.clients[0].heard[line].iter().map(|heard| heard.payload_type).collect::<HashSet<_>>();
    assert_eq!((types(0), types(1)), (HashSet::from([0]), HashSet::from([8])));
}

#[test]
fn everybody_on_the_call_hears_it_and_is_seen_to() {
    let mut world = World::new();
    for listener in 0..3 {
        world.join(listener, HEAR).expect("an answer");
    }
    assert_eq!(world.forwarder.listeners(CALL), [0, 1, 2].map(ListenerId));
    world.until(|world| world.clients.iter().all(|client| client.connected));
    world.talk(400);
    assert!(world.clients.iter().all(|client| client.heard[0].len() == 20 && client.lost(0) == 0));
    world.forwarder.leave(ListenerId(1));
    world.talk(400);
    assert_eq!(world.forwarder.listeners(CALL), [0, 2].map(ListenerId));
    let heard: Vec<usize> = world.clients.iter().map(|client| client.heard[0].len()).collect();
    assert_eq!(heard, [40, 20, 40]);
    assert!(world.notices.contains(&Notice::Left(CALL, ListenerId(1))));
}

#[test]
fn a_call_that_ends_is_heard_by_nobody_and_its_past_is_gone() {
    let mut world = World::heard();
    world.talk(100);
    world.forwarder.close_call(CALL, world.now);
    world.talk(100);
    assert_eq!(world.notices.last(), Some(&Notice::Left(CALL, ListenerId(1))));
    assert_eq!(world.clients[0].heard[0].len(), 5);
    assert_eq!(world.join(1, HEAR).expect_err("no call"), OfferError::NoSuchCall);
    // The same number again is another call: nothing of the first can be gone back to.
    world.forwarder.open_stream(CALL, CALLER, 0);
    world.join(1, HEAR).expect("an answer");
    let back = world.forwarder.rewind(ListenerId(1), std::time::Duration::from_secs(60), world.now);
    assert_eq!(back, Some(std::time::Duration::ZERO));
}

#[test]
fn a_crowd_and_a_call_that_is_not_there_are_refused() {
    let mut world = World::new();
    for listener in 0..MOST_LISTENERS as u64 {
        world.join(listener, HEAR).expect("an answer");
    }
    assert_eq!(world.join(1_000, HEAR).expect_err("a crowd"), OfferError::TooMany);
    world.join(3, HEAR).expect("who is there already may come again");
    let offer = Offer::read("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8\r\na=mid:0\r\n").expect("a harmless offer");
    let now = world.now;
    let mut ask = |call| world.forwarder.offer(call, ListenerId(1), &offer, now).map(|_| ());
    assert_eq!(ask(CallId(8)), Err(OfferError::NoSuchCall));
    assert_eq!(ask(CALL), Err(OfferError::NotWebRtc));
}

#[test]
fn who_was_answered_and_never_came_is_forgotten() {
    let mut world = World::new();
    world.join(1, HEAR).expect("an answer");
    world.clients.clear();
    world.talk(29_000);
    assert_eq!(world.forwarder.listeners(CALL), [ListenerId(1)]);
    world.talk(1_001);
    assert_eq!(world.forwarder.listeners(CALL), []);
    assert_eq!(world.notices, [Notice::Left(CALL, ListenerId(1))], "whoever keeps the record learns that nobody came");
}

#[test]
fn who_vanishes_while_hearing_is_known_to_have_left() {
    let mut world = World::heard();
    world.talk(400);
    // A browser that crashed, or a cable that was pulled: no good-bye comes, and the call goes on.
    world.clients.clear();
    world.talk(60_000);
    assert_eq!(world.notices.last(), Some(&Notice::Left(CALL, ListenerId(1))));
    assert_eq!(world.forwarder.listeners(CALL), []);
    world.sent_to.clear();
    world.talk(1_000);
    assert_eq!(world.sent_to, [], "nothing goes where nobody is");
}
