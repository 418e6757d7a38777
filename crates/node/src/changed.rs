//! What subscribers are told: which places of the journal were added, and what they changed.

use std::sync::Arc;

use alongside_desk::Changes;
use alongside_journal::Seq;

/// One commit, as a subscriber hears of it. Whoever was too slow is told so by the channel and draws the page anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The first place that it covers.
    pub first: Seq,
    /// The last place that it covers.
    pub seq: Seq,
    /// What is other than before, without repeats.
    pub changes: Arc<Changes>,
}

impl Changed {
    /// Takes a later one into this one, so that a slow page is sent once.
    pub fn merge(&mut self, later: &Self) {
        self.seq = self.seq.max(later.seq);
        self.first = self.first.min(later.first);
        let mut both = (*self.changes).clone();
        merge(&mut both, &later.changes);
        tidy(&mut both);
        self.changes = Arc::new(both);
    }
}

pub(crate) fn merge(into: &mut Changes, more: &Changes) {
    into.incidents.extend_from_slice(&more.incidents);
    into.records.extend_from_slice(&more.records);
    into.lists |= more.lists;
}

pub(crate) fn tidy(changes: &mut Changes) {
    changes.incidents.sort_unstable();
    changes.incidents.dedup();
    changes.records.sort_unstable();
    changes.records.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;
    use alongside_desk::stamp::IncidentId;

    fn changed(first: u64, seq: u64, incidents: &[u32]) -> Changed {
        let incidents = incidents.iter().map(|i| IncidentId(*i)).collect();
        Changed { first: Seq(first), seq: Seq(seq), changes: Arc::new(Changes { incidents, ..Changes::default() }) }
    }

    #[test]
    fn two_commits_become_one_that_covers_both() {
        let mut one = changed(4, 6, &[2, 1]);
        one.merge(&changed(7, 9, &[1, 3]));
        assert_eq!(one, changed(4, 9, &[1, 2, 3]));
    }
}
