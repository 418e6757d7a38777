//! Two voices on one time line. Where a packet lies on it is said by [`Placing`].

use std::time::{Duration, Instant};

use crate::rtp::{Packet, Placing, SAMPLES_PER_S, samples};

use super::law::a_law;
use super::{CHUNK_SAMPLES, LATENESS, SIDES};
use crate::g711::SILENCE;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The caller, left.
    Caller,
    /// The call taker, right.
    Handler,
}

/// A stretch of both voices, in turn a byte of the left and one of the right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch(pub Vec<u8>);

/// A call's audio that is not sealed yet.
#[derive(Debug)]
pub struct Tape {
    began: Instant,
    sides: [Voice; SIDES],
    /// Samples of one side before the stretch that is open.
    done: u64,
    late: u64,
}

#[derive(Debug, Default)]
struct Voice {
    placing: Placing,
    /// From `done` on.
    samples: Vec<u8>,
}

/// The tape is at most so far ahead of what is sealed, whatever RTP times say: ten seconds.
const AHEAD_SAMPLES: u64 = 80_000;

impl Tape {
    /// A tape that begins now.
    pub fn new(began: Instant) -> Self {
        Self { began, sides: Default::default(), done: 0, late: 0 }
    }

    /// Lays a packet where it belongs.
    pub fn lay(&mut self, side: Side, packet: &Packet) {
        let voice = &mut self.sides[side as usize];
        let place = voice.placing.place(packet, self.began);
        let Some(offset) = place.checked_sub(self.done).filter(|offset| *offset < AHEAD_SAMPLES) else {
            self.late += 1;
            return;
        };
        // Below ten seconds of samples.
        let offset = offset as usize;
        let end = offset + packet.payload.len();
        if voice.samples.len() < end {
            voice.samples.resize(end, SILENCE);
        }
        for (to, from) in voice.samples[offset..end].iter_mut().zip(packet.payload.iter()) {
            *to = a_law(packet.law, *from);
        }
    }

    /// The next stretch that nothing is to be waited for any longer, if there is one at `now`.
    pub fn take(&mut self, now: Instant) -> Option<Stretch> {
        (now >= self.due()).then(|| self.cut(CHUNK_SAMPLES))
    }

    /// When the next stretch can be taken.
    pub fn due(&self) -> Instant {
        let end = self.done + CHUNK_SAMPLES as u64;
        self.began + Duration::from_micros(end * 1_000_000 / u64::from(SAMPLES_PER_S)) + LATENESS
    }

    /// The rest, when the call has ended at `now`: whole stretches and a last one that may be shorter, or empty.
    pub fn end(mut self, now: Instant) -> Vec<Stretch> {
        let whole = samples(now.saturating_duration_since(self.began)).saturating_sub(self.done);
        let laid = self.sides.iter().map(|side| side.samples.len() as u64).max().unwrap_or(0);
        let mut rest = whole.max(laid) as usize;
        let mut stretches = Vec::new();
        while rest > CHUNK_SAMPLES {
            stretches.push(self.cut(CHUNK_SAMPLES));
            rest -= CHUNK_SAMPLES;
        }
        stretches.push(self.cut(rest));
        stretches
    }

    /// How many packets came after their stretch was sealed, or from a time that cannot be.
    pub fn late(&self) -> u64 {
        self.late
    }

    fn cut(&mut self, length: usize) -> Stretch {
        let mut both = vec![SILENCE; length * SIDES];
        for (side, voice) in self.sides.iter_mut().enumerate() {
            let known = voice.samples.len().min(length);
            for (index, sample) in voice.samples.drain(..known).enumerate() {
                both[index * SIDES + side] = sample;
            }
        }
        self.done += length as u64;
        Stretch(both)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::rtp::Law;

    struct Call {
        began: Instant,
        tape: Tape,
    }

    impl Call {
        fn new() -> Self {
            let began = Instant::now();
            Self { began, tape: Tape::new(began) }
        }

        /// A packet of 20 ms of one byte, of an RTP time, that came at so many milliseconds.
        fn lay(&mut self, side: Side, time: u64, came_ms: u64, byte: u8) {
            let at = self.began + Duration::from_millis(came_ms);
            let packet = Packet { sequence: 0, time, marker: false, law: Law::A, at, payload: Arc::from([byte; 160]) };
            self.tape.lay(side, &packet);
        }

        /// What both sides hold at milliseconds after the beginning, when the call ends at `end_ms`.
        fn at(self, end_ms: u64, places_ms: &[usize]) -> Vec<(u8, u8)> {
            let stretches = self.tape.end(self.began + Duration::from_millis(end_ms));
            let both: Vec<u8> = stretches.into_iter().flat_map(|stretch| stretch.0).collect();
            assert_eq!(both.len() as u64, end_ms * 16);
            places_ms.iter().map(|ms| (both[ms * 16], both[ms * 16 + 1])).collect()
        }
    }

    const S: u8 = SILENCE;

    #[test]
    fn both_sides_lie_by_their_own_clocks_and_gaps_are_silence() {
        let mut call = Call::new();
        call.lay(Side::Caller, 50_000, 100, 1);
        // 20 ms later by RTP, 90 ms later by arrival: the network's matter.
        call.lay(Side::Caller, 50_160, 190, 2);
        call.lay(Side::Handler, 7, 110, 3);
        // One packet was lost.
        call.lay(Side::Handler, 327, 150, 4);
        let found = call.at(300, &[0, 99, 100, 119, 120, 139, 140, 150, 169, 170]);
        let meant = [(S, S), (S, S), (1, S), (1, 3), (2, 3), (2, S), (S, S), (S, 4), (S, 4), (S, S)];
        assert_eq!(found, meant);
    }

    #[test]
    fn after_a_hold_whose_time_stood_still_the_sides_meet_again() {
        let mut call = Call::new();
        call.lay(Side::Caller, 0, 0, 1);
        call.lay(Side::Caller, 160, 5_000, 2);
        call.lay(Side::Caller, 320, 5_020, 3);
        assert_eq!(call.at(5_100, &[0, 20, 4_999, 5_000, 5_020]), [(1, S), (S, S), (S, S), (2, S), (3, S)]);
    }

    #[test]
    fn a_late_packet_waits_for_nobody_and_one_from_nowhere_takes_no_memory() {
        let mut call = Call::new();
        call.lay(Side::Caller, 8_000, 0, 1);
        let at = |ms| call.began + Duration::from_millis(ms);
        assert_eq!(call.tape.due(), at(700));
        let (early, ripe) = (at(699), at(700));
        assert_eq!(call.tape.take(early), None);
        assert_eq!(call.tape.take(ripe).expect("ripe").0.len(), 8_000);
        assert_eq!(call.tape.take(ripe), None);
        call.lay(Side::Caller, 8_160, 20, 2);
        call.lay(Side::Caller, 9_999_999, 3_600_000, 3);
        assert_eq!(call.tape.late(), 2);
    }
}
