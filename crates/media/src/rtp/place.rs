//! Where a stream's packets lie on a time line that began at an instant.
//!
//! It is said by the packet's RTP time, which counts samples and knows nothing of how long the network took; where the first packet
//! lies, by when it came. A stream whose RTP time stood still while nothing was sent (a hold) is put by when it came once more.

use std::time::{Duration, Instant};

use super::{Packet, SAMPLES_PER_S};

/// RTP time and the clock may disagree by this much before the clock is right: a network delays by less, a hold lasts longer.
const DISAGREE_SAMPLES: u64 = 4_000;

/// One stream's RTP time against the line's.
#[derive(Debug, Default)]
pub struct Placing {
    /// What to add to a packet's RTP time to get its place.
    shift: Option<u64>,
}

impl Placing {
    /// The place of a packet's first sample, in samples after `began`.
    pub fn place(&mut self, packet: &Packet, began: Instant) -> u64 {
        let came = samples(packet.at.saturating_duration_since(began));
        match self.shift.map(|shift| packet.time.wrapping_add(shift)) {
            Some(place) if place.abs_diff(came) <= DISAGREE_SAMPLES => place,
            _ => {
                self.shift = Some(came.wrapping_sub(packet.time));
                came
            }
        }
    }
}

/// A time, in samples.
pub fn samples(time: Duration) -> u64 {
    u64::try_from(time.as_micros() * u128::from(SAMPLES_PER_S) / 1_000_000).unwrap_or(u64::MAX / 2)
}
