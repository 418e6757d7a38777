//! The same pair again: who is probably here together with somebody of theirs.
//!
//! Where one of a pair is probably A and the other probably B, and A and B were known as a pair before, each makes the
//! other likelier. It is evidence of its own, since neither record says it: the log says who is on it together.

use super::compare::class_of;
use super::evidence::{Agreement, Field, FieldEvidence, Match};
use super::index::RecordKey;
use super::log2;
use super::settings::Settings;

/// Who the other of the pair may be: a record, and the weight of the match with it, in hundredths of a bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Other {
    /// The record.
    pub key: RecordKey,
    /// The weight of the match; nothing where the record is known to be the other's own.
    pub weight: Option<i32>,
}

impl From<&Match> for Other {
    fn from(found: &Match) -> Self {
        Self { key: found.key, weight: Some(found.weight) }
    }
}

/// Adds the pair to those of `found` who were a pair with one of `others` before, as `is_pair` says, and puts the heaviest
/// first again. A doubtful other adds less by the doubt: the two stand or fall together. One candidate counts one other,
/// the one that adds most, since a person who was with several of them is no likelier for that.
pub fn add_pairs(
    found: &mut [Match],
    others: &[Other],
    settings: &Settings,
    is_pair: impl Fn(RecordKey, RecordKey) -> bool,
) {
    for one in found.iter_mut() {
        let adds = |other: &Other| (settings.shared.beside + other.weight.unwrap_or(0).min(0)).max(0);
        let heavy_first = others.iter().filter(|other| other.key != one.key && adds(other) > 0);
        let Some(weight) = heavy_first.filter(|other| is_pair(one.key, other.key)).map(adds).max() else { continue };
        one.evidence.push(FieldEvidence { field: Field::Beside, agreement: Agreement::Exact, weight });
        one.evidence.sort_by_key(|e| (std::cmp::Reverse(e.weight.abs()), e.field));
        one.weight += weight;
        one.probability_ppm = log2::probability_ppm(one.weight);
        one.class = class_of(one.weight, settings, |field| {
            one.evidence.iter().find(|e| e.field == field).map_or((Agreement::Missing, 0), |e| (e.agreement, e.weight))
        });
    }
    found.sort_by_key(|one| (std::cmp::Reverse(one.weight), one.key));
}
