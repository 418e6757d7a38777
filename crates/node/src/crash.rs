//! Where a test may end the process: seeded points between deciding, appending, committing and answering.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use alongside_journal::CrashPoint;

/// A moment in the life of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashMoment {
    /// Decided and applied in memory; the journal knows nothing.
    Decided,
    /// The transaction is open and empty.
    Begun,
    /// Every row is written; nothing is committed.
    Appended,
    /// Durable; nobody has been told.
    Committed,
    /// Durable and visible to readers; nobody has been told.
    Visible,
    /// Some of those who wait have been told.
    Telling,
}

impl CrashMoment {
    /// Every moment, in order.
    pub const ALL: [Self; 6] =
        [Self::Decided, Self::Begun, Self::Appended, Self::Committed, Self::Visible, Self::Telling];
}

/// Ends the process, as a power cut would, when a moment has come for so many times. Only ever set by tests.
#[derive(Clone, Debug)]
pub struct CrashPlan {
    moment: CrashMoment,
    left: Arc<AtomicU32>,
}

impl CrashPlan {
    /// At the `nth` time (from 1) that `moment` comes.
    pub fn new(moment: CrashMoment, nth: u32) -> Self {
        Self { moment, left: Arc::new(AtomicU32::new(nth.max(1))) }
    }

    /// Moment and number drawn from a seed; the number is 1 to `most`.
    pub fn seeded(seed: u64, most: u32) -> Self {
        // SplitMix64: any two seeds give unrelated draws.
        let mut state = seed;
        let mut draw = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        let moments = CrashMoment::ALL;
        let moment = moments[usize::try_from(draw() % moments.len() as u64).unwrap_or(0)];
        Self::new(moment, u32::try_from(draw() % u64::from(most.max(1))).unwrap_or(0) + 1)
    }

    /// The moment at which it ends the process.
    pub const fn moment(&self) -> CrashMoment {
        self.moment
    }

    pub(crate) fn reached(&self, moment: CrashMoment) {
        if moment == self.moment && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            std::process::abort();
        }
    }

    pub(crate) fn reached_in_store(&self, point: CrashPoint) {
        match point {
            CrashPoint::Begun => self.reached(CrashMoment::Begun),
            CrashPoint::Appended => self.reached(CrashMoment::Appended),
            CrashPoint::Committed => self.reached(CrashMoment::Committed),
            CrashPoint::SnapshotWritten => {}
        }
    }
}
