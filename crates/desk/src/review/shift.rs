//! Shifts, and the sample of unflagged incidents that a specialist's shift reads.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{SAMPLE, SAMPLE_FROM};
use crate::event::Actor;
use crate::message::StaffRole;
use crate::stamp::IncidentId;
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::Subject;

/// A shift of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// The entry that started it.
    pub seq: u64,
    /// Who.
    pub staff: Actor,
    /// As what.
    pub role: StaffRole,
    /// When it began.
    pub from: Timestamp,
    /// When it is planned to end.
    pub until: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What the sample was drawn by.
    pub seed: u64,
    /// The sample.
    pub sample: Vec<IncidentId>,
}

/// A person's word on whether two records are one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tie {
    /// The same, or not.
    pub same: bool,
    /// Who said so.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The entry that holds the reason.
    pub words: u64,
}

impl State {
    /// Draws unflagged domestic abuse incidents of the last day that nobody has looked at: the lowest hashes of seed and
    /// reference, so that nobody can steer what is drawn. What an earlier shift left unread counts towards the number.
    pub(super) fn draw_sample(&self, seed: u64, now: Timestamp) -> Vec<IncidentId> {
        let since = now.minus(SAMPLE_FROM);
        let mut drawn: Vec<([u8; 32], IncidentId)> = self
            .incidents
            .values()
            .filter(|i| i.last_known >= since && i.is_da() && i.merged_into.is_none() && i.opened_at() >= since)
            .filter(|i| !self.reviews.sampled.contains(&i.id))
            .filter(|i| !self.reviews.of.contains_key(&Subject::Incident(i.id)))
            .filter(|i| self.flags.of_incident(i.id).next().is_none())
            .map(|i| {
                let mut hash = Sha256::new();
                hash.update(seed.to_be_bytes());
                hash.update(i.reference.as_bytes());
                (hash.finalize().into(), i.id)
            })
            .collect();
        drawn.sort_unstable();
        drawn.truncate(SAMPLE.saturating_sub(self.reviews.samples.len()));
        drawn.into_iter().map(|(_, id)| id).collect()
    }
}
