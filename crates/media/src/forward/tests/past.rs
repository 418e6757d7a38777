//! Going back while the call goes on, catching up, and coming back from another network.

use std::time::Duration;

use super::tone;
use super::world::*;
use crate::forward::{ListenerId, Notice, REWIND};

const ME: ListenerId = ListenerId(1);

/// Which of the caller's packets a client heard last, counted from the first that was said.
fn last_heard(world: &World, client: usize) -> u64 {
    let payload = &world.clients[client].heard[0].last().expect("something was heard").payload;
    // A number that is told by its own tone's phase would repeat: the test gives each packet its number in its first bytes.
    u64::from_be_bytes(payload[..8].try_into().expect("eight bytes"))
}

/// Both talk for so long; the caller's packets carry their number.
fn talk(world: &mut World, ms: u64) {
    for ms in 0..ms {
        if ms % 20 == 0 {
            for voice in 0..2 {
                let voice = &mut world.voices[voice];
                let mut payload = voice.sent.to_be_bytes().to_vec();
                payload.extend(&tone::packet(voice.hertz, voice.sent)[8..]);
                let datagram = crate::rtp::Datagram {
                    payload_type: 8,
                    sequence: voice.sequence,
                    timestamp: voice.timestamp,
                    marker: false,
                    ssrc: voice.ssrc,
                    payload: &payload,
                };
                let (stream, now) = (voice.stream, world.now);
                voice.sequence = voice.sequence.wrapping_add(1);
                voice.timestamp = voice.timestamp.wrapping_add(160);
                voice.sent += 1;
                world.forwarder.heard(stream, &datagram, now);
            }
        }
        world.pass();
    }
}

#[test]
fn going_back_plays_the_past_at_its_own_speed_without_a_seam_and_catching_up_jumps() {
    let mut world = World::heard();
    talk(&mut world, 10_000);
    assert_eq!(last_heard(&world, 0), 499);
    assert_eq!(world.forwarder.rewind(ME, Duration::from_secs(4), world.now), Some(Duration::from_secs(4)));
    talk(&mut world, 2_000);
    // Packet 300 was said 4 s before packet 500, which is next; 2 s of the past have been played since.
    assert_eq!(last_heard(&world, 0), 400);
    // Further back, as often as one likes.
    assert_eq!(world.forwarder.rewind(ME, Duration::from_secs(2), world.now), Some(Duration::from_secs(6)));
    talk(&mut world, 1_000);
    assert_eq!(last_heard(&world, 0), 350);
    assert!(world.forwarder.catch_up(ME, world.now));
    talk(&mut world, 1_000);
    assert_eq!(last_heard(&world, 0), 699);
    for line in 0..2 {
        let (heard, lost) = (&world.clients[0].heard[line], world.clients[0].lost(line));
        assert_eq!(lost, 0, "line {line}");
        let steps = heard.windows(2).map(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp));
        assert!(steps.clone().all(|step| (1..=320).contains(&step)), "line {line}: {:?}", steps.collect::<Vec<_>>());
        let markers = heard.iter().filter(|heard| heard.marker).count();
        assert_eq!(markers, 4, "line {line}: the join and each jump");
        // 14 s of the clock are 14 s of audio to the listener.
        let passed = heard[heard.len() - 1].timestamp.wrapping_sub(heard[0].timestamp);
        assert!((13_900 * 8..=14_000 * 8).contains(&passed), "line {line}: {passed}");
    }
}

#[test]
fn the_past_reaches_two_minutes_and_not_before_the_call() {
    let mut world = World::heard();
    talk(&mut world, 3_000);
    let whole = world.forwarder.rewind(ME, Duration::from_secs(60), world.now).expect("listens");
    assert!((Duration::from_millis(2_990)..=Duration::from_secs(3)).contains(&whole), "{whole:?}");
    talk(&mut world, 130_000);
    assert_eq!(world.forwarder.rewind(ME, Duration::MAX, world.now), Some(REWIND));
    let said = world.voices[0].sent;
    talk(&mut world, 1_000);
    assert_eq!(last_heard(&world, 0), said + 50 - 6_000);
    assert_eq!(world.forwarder.rewind(ListenerId(9), REWIND, world.now), None, "somebody who does not listen");
}

#[test]
fn whoever_is_behind_does_not_hear_the_present_and_others_do() {
    let mut world = World::heard();
    world.join(2, HEAR).expect("an answer");
    world.until(|world| world.clients[1].connected);
    talk(&mut world, 2_000);
    world.forwarder.rewind(ME, Duration::from_secs(1), world.now);
    talk(&mut world, 1_000);
    assert_eq!((last_heard(&world, 0), last_heard(&world, 1)), (100, 149));
    // A pause in the call is a pause in its past, and what follows it is played when its turn comes.
    for _ in 0..3_000 {
        world.pass();
    }
    assert_eq!(last_heard(&world, 0), 149);
    talk(&mut world, 500);
    assert_eq!(last_heard(&world, 0), 149, "the pause is played too");
    talk(&mut world, 1_000);
    assert_eq!((last_heard(&world, 0), last_heard(&world, 1)), (175, 224));
}

#[test]
fn another_network_replaces_the_connection_and_goes_on_where_it_was() {
    let mut world = World::heard();
    talk(&mut world, 5_000);
    world.forwarder.rewind(ME, Duration::from_secs(2), world.now);
    talk(&mut world, 1_000);
    world.join(1, HEAR).expect("an answer");
    assert_eq!(world.forwarder.listeners(CALL), [ME], "one person, once");
    let first = world.clients[0].heard[0].len();
    world.until(|world| world.clients[1].connected);
    talk(&mut world, 1_000);
    assert_eq!(world.clients[0].heard[0].len(), first, "the old connection is dead");
    let next = world.voices[0].sent;
    assert_eq!(next - last_heard(&world, 1), 100, "still two seconds behind");
    let (joined, left) = (Notice::Joined(CALL, ME), Notice::Left(CALL, ME));
    assert_eq!(world.notices, [joined, left, joined]);
}
