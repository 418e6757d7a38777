//! What each incident's snapshots last said, so that only what changed becomes a message.

use std::collections::{BTreeMap, VecDeque};

use alongside_desk::time::Timestamp;

use super::Made;
use crate::intake::FeedId;

/// Most incidents remembered. One forgotten costs a repeated statement of its unchanged values, nothing more.
const MOST_INCIDENTS: usize = 20_000;

/// One current value: what it was, and the time of the snapshot that first said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub digest: [u8; 32],
    pub at: Timestamp,
}

/// The memory. It is only a memory: after a restart it is empty, and unchanged values are stated once more.
#[derive(Debug, Default)]
pub struct Seen {
    incidents: BTreeMap<String, BTreeMap<String, Value>>,
    order: VecDeque<String>,
}

impl Seen {
    pub(super) fn key(feed: &FeedId, issuer: &str, incident: &str) -> String {
        format!("{feed}\n{issuer}\n{incident}")
    }

    /// Whether a value needs saying: it is new, or it is the very statement that was made before (a retry).
    pub(super) fn is_news(&self, incident: &str, aspect: &str, value: &Value) -> bool {
        let last = self.incidents.get(incident).and_then(|aspects| aspects.get(aspect));
        last.is_none_or(|last| last.digest != value.digest || last.at == value.at)
    }

    /// Remembers what was made, once it is durable. An older snapshot that came late does not replace a newer one.
    pub fn remember(&mut self, feed: &FeedId, made: &Made) {
        let key = Self::key(feed, &made.issuer, &made.incident);
        if !self.incidents.contains_key(&key) {
            if self.order.len() == MOST_INCIDENTS
                && let Some(oldest) = self.order.pop_front()
            {
                self.incidents.remove(&oldest);
            }
            self.order.push_back(key.clone());
        }
        let aspects = self.incidents.entry(key).or_default();
        for (aspect, value) in made.messages.iter().filter_map(|m| m.aspect.as_ref()) {
            let last = aspects.entry(aspect.clone()).or_insert(*value);
            if value.at > last.at {
                *last = *value;
            }
        }
    }
}
