//! What a packet costs, in pieces of memory: counted, so that no busy machine changes it.

use super::world::{CALLER, HEAR, World};
use crate::call::{CallId, StreamId};
use crate::rtp::Datagram;

/// Pieces of memory that are asked for on the way of so many packets to everybody who hears them.
fn pieces(world: &mut World, packets: u16) -> u64 {
    let mut all = 0;
    for sequence in 0..packets {
        let timestamp = u32::from(sequence) * 160;
        let payload = &[0xD5; 160][..];
        let datagram = Datagram { payload_type: 8, sequence, timestamp, marker: false, ssrc: 1, payload };
        let (now, forwarder) = (world.now, &mut world.forwarder);
        all += allocation_counter::measure(|| forwarder.heard(CALLER, &datagram, now)).count_total;
        assert!(world.forwarder.out().iter().all(|(_, bytes)| bytes.len() > 160));
        world.forwarder.out().clear();
    }
    all
}

fn heard_by(listeners: u64, other_calls: u64) -> World {
    let mut world = World::new();
    for other in 0..other_calls {
        world.forwarder.open_stream(CallId(1_000 + other), StreamId(1_000 + other), 0);
    }
    for listener in 0..listeners {
        world.join(listener, HEAR).expect("an answer");
    }
    world.until(|world| world.clients.iter().all(|client| client.connected));
    world
}

#[test]
fn a_packet_costs_the_same_late_in_a_call_and_among_many_calls_and_a_listener_costs_no_more_than_a_packet() {
    const PACKETS: u16 = 512;
    let mut alone = heard_by(1, 0);
    let (first, later) = (pieces(&mut alone, PACKETS), pieces(&mut alone, PACKETS));
    println!("{first} pieces of memory for {PACKETS} packets to one listener, {later} for as many more");
    // What grows by doubling is asked for a few times at first.
    let few = u64::from(PACKETS) / 8;
    assert!(later <= first + few, "{later} after {first}");
    let among = pieces(&mut heard_by(1, 500), PACKETS);
    assert!(among <= first + few, "{among} among five hundred calls, {first} alone");
    let crowd = pieces(&mut heard_by(8, 0), PACKETS);
    assert!(crowd <= 8 * first + few, "{crowd} for eight listeners, {first} for one");
    // The samples that are kept, and the datagram.
    assert!(first <= 2 * u64::from(PACKETS) + few, "{first} for {PACKETS} packets: more than two on each packet's way");
}
