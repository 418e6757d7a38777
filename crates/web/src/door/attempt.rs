//! Back-off by account: who guesses at one name waits longer each time, and nobody else does.

use alongside_desk::time::{Period, Timestamp};

/// So many mistakes are a person's own and cost nothing.
const FREE: u32 = 3;
/// The first wait, doubled with each further mistake.
const FIRST_MS: i64 = 5_000;
/// The longest wait: a specialist who has mistyped can be back within one call.
const LONGEST_MS: i64 = 15 * 60_000;
/// After so long without a mistake the count begins again.
pub const FORGET: Period = Period::from_ms(12 * 3_600_000);

/// When the next attempt is taken after `failures` mistakes, the last of them at `at`.
pub fn next_at(failures: u32, at: Timestamp) -> Timestamp {
    let beyond = failures.saturating_sub(FREE);
    if beyond == 0 {
        return at;
    }
    let wait = FIRST_MS.saturating_mul(1_i64 << (beyond - 1).min(20)).min(LONGEST_MS);
    at.plus(Period::from_ms(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_ends() {
        let at = Timestamp::from_ms(0);
        let waits: Vec<i64> = [1, 3, 4, 5, 6, 12, 4_000_000].map(|failures| next_at(failures, at).ms()).into();
        assert_eq!(waits, [0, 0, 5_000, 10_000, 20_000, 900_000, 900_000]);
    }
}
