//! Driving a desk by a clock that only recorded entries move: what has changed is judged at its instant, and what falls due
//! before the next entry is judged when it falls due.

use crate::desk::Desk;
use crate::time::Timestamp;

/// Something with a desk that is driven.
pub(crate) trait Driven {
    /// The desk.
    fn desk(&self) -> &Desk;

    /// The clock.
    fn clock(&mut self) -> &mut Timestamp;

    /// Lets the desk judge at an instant, and folds what comes of it.
    fn wake(&mut self, at: Timestamp);

    /// Judges what has changed, at the instant to which the clock has come.
    fn judge_changes(&mut self) {
        let now = *self.clock();
        // A match can change what other rules see, so judging may go round; a record is looked up once, which bounds it.
        for _ in 0..64 {
            if self.desk().due().is_none_or(|due| due > now) || !self.desk().has_changes() {
                break;
            }
            self.wake(now);
        }
    }

    /// Lets clocks run out before an instant, or by it.
    fn run_to(&mut self, to: Timestamp, inclusive: bool) {
        while let Some(due) = self.desk().due().filter(|due| *due < to || (inclusive && *due == to)) {
            let clock = self.clock();
            *clock = (*clock).max(due);
            self.wake(due);
            self.judge_changes();
        }
        if inclusive {
            let clock = self.clock();
            *clock = (*clock).max(to);
        }
    }
}
