//! How long the thread lets packets gather before it takes them.
//!
//! A turn of the thread has a cost of its own (the kernel wakes it, tells what has come, and is told what goes out), which is three
//! times a packet's. Where packets come so densely that several come within a moment, turns follow each other at that distance and
//! each takes them together. Where they do not, nothing waits: a single call is forwarded at once.

use std::time::{Duration, Instant};

/// So far turns are apart, and about so long a packet waits at most (D: the middle one then waits half of it, which leaves it under 100 us
/// with everything else that is done to it). It counts from turn to turn, so that it stays the same however much a turn has to do.
const MOMENT: Duration = Duration::from_micros(140);

/// It is worth it when so many come in that time (D).
const WORTH: f64 = 2.0;

/// How densely packets come is looked at this often.
const LOOK: Duration = Duration::from_millis(20);

/// How densely packets come.
pub(super) struct Gather {
    since: Instant,
    packets: u32,
    is_dense: bool,
}

impl Gather {
    /// Nothing has come yet.
    pub fn new(now: Instant) -> Self {
        Self { since: now, packets: 0, is_dense: false }
    }

    /// So much has come with the turn that begins now. When the next one is to begin; nothing for as soon as something comes.
    pub fn next(&mut self, taken: usize, now: Instant) -> Option<Instant> {
        self.packets = self.packets.saturating_add(u32::try_from(taken).unwrap_or(u32::MAX));
        let passed = now.saturating_duration_since(self.since);
        if passed >= LOOK {
            self.is_dense = f64::from(self.packets) * MOMENT.div_duration_f64(passed) >= WORTH;
            (self.since, self.packets) = (now, 0);
        }
        self.is_dense.then(|| now + MOMENT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a turn waits after so many packets a second, each by itself, for a second.
    fn waits(gather: &mut Gather, from: Instant, per_s: u32) -> bool {
        let mut next = |n| gather.next(1, from + Duration::from_secs(1) * n / per_s).is_some();
        (1..=per_s).fold(false, |_, n| next(n))
    }

    #[test]
    fn turns_wait_only_where_packets_come_densely_and_no_longer_than_they_do() {
        let start = Instant::now();
        let mut gather = Gather::new(start);
        assert!(!waits(&mut gather, start, 100), "a call");
        assert!(!waits(&mut gather, start + Duration::from_secs(1), 5_000), "a hundred streams");
        assert!(waits(&mut gather, start + Duration::from_secs(2), 20_000), "four hundred");
        assert!(!waits(&mut gather, start + Duration::from_secs(3), 100), "and a call again");
        // What comes after a pause says nothing about a flood.
        assert_eq!(gather.next(200, start + Duration::from_secs(60)), None);
    }
}
