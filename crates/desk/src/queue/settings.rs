//! The numbers of the queue, each a default of ours (D) that a force may argue with.

use crate::time::Period;

/// The numbers of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A row with less left than this is in "under 5 minutes" (D).
    pub soon: Period,
    /// A row with less left than this is in "under 1 hour" (D).
    pub hour: Period,
    /// "Tonight" is this long (RULES.md H02: 12 h).
    pub tonight: Period,
    /// Earlier incidents count for this long (College APP: 12 months, for repeat victims).
    pub year: Period,
    /// What happened longer ago than this can no longer be saved by looking now (D).
    pub savable: Period,
    /// Nobody has taken an S1 for this long: it goes to the supervisor (D).
    pub s1_untaken: Period,
    /// The same of an S2 (D).
    pub s2_untaken: Period,
    /// The supervisor has had it for this long: it goes to whoever is on call. An S1's (D).
    pub s1_supervisor: Period,
    /// An S2's (D).
    pub s2_supervisor: Period,
    /// Points of a lead flag: S1, S2, S3, none (D).
    pub severity: [u64; 4],
    /// Points of each further rule with an open flag: S1, S2, S3 (D).
    pub further: [u64; 3],
    /// The last contact counts half after this long (D).
    pub half_after: Period,
    /// Per cent more for each earlier incident, and how many count (D).
    pub earlier: (u64, u64),
    /// Per cent more for each contact tonight after the first, and how many count (D).
    pub contact: (u64, u64),
    /// Per cent more while nobody has looked (D).
    pub unseen: u64,
    /// Per cent more for each minute that nobody has taken it, and how many count (D).
    pub climb: (u64, u64),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            soon: Period::minutes(5),
            hour: Period::hours(1),
            tonight: Period::hours(12),
            year: Period::hours(24 * 365),
            savable: Period::hours(24),
            s1_untaken: Period::minutes(5),
            s2_untaken: Period::hours(1),
            s1_supervisor: Period::minutes(10),
            s2_supervisor: Period::hours(1),
            severity: [100, 40, 10, 20],
            further: [20, 8, 2],
            half_after: Period::hours(1),
            earlier: (15, 10),
            contact: (40, 5),
            unseen: 25,
            climb: (1, 60),
        }
    }
}
