//! What one party said in the last two minutes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::rtp::Packet;

/// How far back a listener can go. It lives in memory and dies with the call.
pub const REWIND: Duration = Duration::from_secs(120);

/// Two minutes of G.711 are 0.96 MB; a sender of very small or very many packets must not make more of them.
const MOST_BYTES: usize = 2 << 20;
/// A packet costs this much beside its payload.
const EACH: usize = 96;

/// A stream's last packets, by a place that stays the same while older ones are forgotten.
#[derive(Debug, Default)]
pub(super) struct Memory {
    packets: VecDeque<Packet>,
    /// The place of the oldest.
    first: u64,
    bytes: usize,
}

impl Memory {
    /// Keeps a packet, and forgets what is too old beside it.
    pub fn keep(&mut self, packet: Packet) {
        let at = packet.at;
        self.bytes += packet.payload.len() + EACH;
        self.packets.push_back(packet);
        while let Some(oldest) = self.packets.front() {
            if at.saturating_duration_since(oldest.at) <= REWIND && self.bytes <= MOST_BYTES {
                break;
            }
            self.bytes -= oldest.payload.len() + EACH;
            self.packets.pop_front();
            self.first += 1;
        }
    }

    /// The first place whose packet was received at `at` or later.
    pub fn since(&self, at: Instant) -> u64 {
        self.first + self.packets.partition_point(|packet| packet.at < at) as u64
    }

    /// The packet at `place`, or the oldest that is still known after it, with its own place.
    pub fn at(&self, place: u64) -> Option<(u64, &Packet)> {
        let place = place.max(self.first);
        let index = usize::try_from(place - self.first).ok()?;
        self.packets.get(index).map(|packet| (place, packet))
    }

    /// When the oldest was received.
    pub fn oldest(&self) -> Option<Instant> {
        self.packets.front().map(|packet| packet.at)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::rtp::Law;

    fn packet(at: Instant, bytes: usize) -> Packet {
        Packet { sequence: 0, time: 0, marker: false, law: Law::A, at, payload: Arc::from(vec![0; bytes]) }
    }

    #[test]
    fn two_minutes_are_kept_and_places_stay() {
        let (mut memory, start) = (Memory::default(), Instant::now());
        for n in 0..6_100 {
            memory.keep(packet(start + Duration::from_millis(20) * n, 160));
        }
        // Packet 6,099 came at 121.98 s; 1.98 s is packet 99.
        assert_eq!(memory.at(0).map(|(place, _)| place), Some(99));
        assert_eq!(memory.oldest(), Some(start + Duration::from_millis(1_980)));
        assert_eq!(memory.since(start + Duration::from_millis(2_000)), 100);
        assert_eq!(memory.since(start + Duration::from_millis(2_001)), 101);
        assert!(memory.at(6_100).is_none());
    }

    #[test]
    fn a_flood_takes_no_more_than_its_share() {
        let (mut memory, start) = (Memory::default(), Instant::now());
        for _ in 0..100_000 {
            memory.keep(packet(start, 1));
        }
        assert!(memory.bytes <= MOST_BYTES);
        assert!(memory.packets.len() <= MOST_BYTES / EACH);
    }
}
