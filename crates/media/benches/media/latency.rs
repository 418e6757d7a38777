//! How long packets took.

/// Times in microseconds, counted by the microsecond up to a tenth of a second.
pub struct Latency {
    counts: Vec<u64>,
    all: u64,
}

const MOST_US: usize = 100_000;

impl Latency {
    pub fn new() -> Self {
        Self { counts: vec![0; MOST_US + 1], all: 0 }
    }

    pub fn count(&mut self, us: u64) {
        let at = usize::try_from(us).unwrap_or(MOST_US).min(MOST_US);
        self.counts[at] += 1;
        self.all += 1;
    }

    /// So much of all took no longer than this, in microseconds.
    pub fn share(&self, share: f64) -> usize {
        let wanted = (self.all as f64 * share).ceil() as u64;
        let mut counted = 0;
        let reached = self.counts.iter().position(|count| {
            counted += count;
            counted >= wanted
        });
        reached.unwrap_or(MOST_US)
    }
}
