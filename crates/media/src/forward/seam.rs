//! One unbroken numbering for a listener, who joins in the middle, goes back and catches up.

use std::time::Instant;

use crate::rtp::{Datagram, Packet, SAMPLES_PER_S};
use crate::srtp::Window;

/// Where a packet stands in what a listener is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Goes on across every jump. It starts low, because a receiver counts wraps from nought (RFC 3711, section 3.3.1).
    pub sequence: u64,
    /// In samples. Wraps.
    pub time: u32,
    /// The first after a jump.
    pub marker: bool,
}

impl Place {
    /// A packet in this place.
    pub fn datagram(self, payload_type: u8, ssrc: u32, packet: &Packet) -> Datagram<'_> {
        let (sequence, timestamp) = (self.sequence as u16, self.time);
        Datagram { payload_type, sequence, timestamp, marker: self.marker, ssrc, payload: &packet.payload }
    }
}

/// The numbering of one track of one listener.
#[derive(Debug, Default)]
pub(super) struct Seam {
    /// The newest that was sent, and when.
    last: Option<(u64, u64, Instant)>,
    /// What to add to a packet's own numbers, and the packet's number below which that does not hold.
    shift: Option<(u64, u64, u64)>,
    /// The numbers that were given. None is given twice: each is a packet's own under the listener's key.
    given: Option<Window>,
}

impl Seam {
    /// What comes next does not follow on what came last.
    pub fn jump(&mut self) {
        self.shift = None;
    }

    /// The place of a packet that is sent at `now`. Nothing for one that comes too late, from before a jump, or a second
    /// time.
    pub fn place(&mut self, packet: &Packet, now: Instant) -> Option<Place> {
        let is_jump = self.shift.is_none();
        let (by_sequence, by_time, floor) = *self.shift.get_or_insert_with(|| {
            let (sequence, time) = self.last.map_or((1, 0), |(sequence, time, at)| {
                let passed = now.saturating_duration_since(at).as_micros() * u128::from(SAMPLES_PER_S) / 1_000_000;
                (sequence + 1, time.wrapping_add((passed as u64).max(1)))
            });
            (sequence.wrapping_sub(packet.sequence), time.wrapping_sub(packet.time), packet.sequence)
        });
        if packet.sequence < floor {
            return None;
        }
        let sequence = packet.sequence.wrapping_add(by_sequence);
        let time = packet.time.wrapping_add(by_time);
        let is_new = match &mut self.given {
            Some(given) => given.take(sequence),
            given => {
                *given = Some(Window::new(sequence));
                true
            }
        };
        if !is_new {
            return None;
        }
        if self.last.is_none_or(|(newest, _, _)| newest < sequence) {
            self.last = Some((sequence, time, now));
        }
        Some(Place { sequence, time: time as u32, marker: packet.marker || is_jump })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::rtp::Law;

    #[test]
    fn a_jump_goes_on_with_the_next_number_and_with_the_time_that_passed() {
        let (mut seam, start) = (Seam::default(), Instant::now());
        let place = |seam: &mut Seam, sequence: u64, time: u64, after_ms: u64| {
            let now = start + Duration::from_millis(after_ms);
            let packet = Packet { sequence, time, marker: false, law: Law::A, at: start, payload: Arc::from([0; 160]) };
            seam.place(&packet, now).map(|place| (place.sequence, place.time, place.marker))
        };
        assert_eq!(place(&mut seam, 900, 160_000, 0), Some((1, 0, true)));
        assert_eq!(place(&mut seam, 902, 160_320, 40), Some((3, 320, false)));
        assert_eq!(place(&mut seam, 901, 160_160, 41), Some((2, 160, false)), "late, and in its place");
        assert_eq!(place(&mut seam, 899, 159_840, 42), None, "before the join");
        assert_eq!(place(&mut seam, 901, 160_160, 43), None, "a second time");
        seam.jump();
        assert_eq!(place(&mut seam, 100, 1_600, 60), Some((4, 480, true)), "20 ms after the last");
        assert_eq!(place(&mut seam, 101, 1_760, 80), Some((5, 640, false)));
        seam.jump();
        assert_eq!(place(&mut seam, 910, 161_600, 100), Some((6, 800, true)));
        assert_eq!(place(&mut seam, 909, 161_440, 100), None, "not in a number that another packet had");
    }
}
