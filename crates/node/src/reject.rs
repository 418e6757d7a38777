//! The rejects list: what a feed sent and was not taken, kept sealed in the journal until somebody resubmits it.
//!
//! The list is a fold over the journal's `node.rejected` and `node.resubmitted` entries, as the desk is over its own, so that a
//! receipt, a reject and a message of one batch are one commit. How often a reject came again is counted here only: after a crash
//! the count begins where the last snapshot had it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use alongside_desk::message::Fault;
use alongside_desk::time::Timestamp;
use alongside_journal::{Body, Entry, Seq};
use serde::{Deserialize, Serialize};

/// The kind of an entry that keeps a reject.
pub(crate) const REJECTED: &str = "node.rejected";
/// The kind of an entry that takes one off the list.
pub(crate) const RESUBMITTED: &str = "node.resubmitted";
/// The version of both.
pub(crate) const VERSION: u16 = 1;

/// The number of a reject: the place of its entry in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RejectId(pub u64);

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RejectedFor {
    /// It has faults.
    Faults(Vec<Fault>),
    /// Its id was here with other content.
    Conflict,
}

/// A message that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Its number.
    pub id: RejectId,
    /// When it was last offered.
    pub received: Timestamp,
    /// How often it was offered, 1 or more.
    pub times: u64,
    /// As it came; empty when it was too large to keep, or was redacted.
    pub raw: Vec<u8>,
    /// Its length as it came, in bytes.
    pub size: usize,
    /// Why it was not taken.
    pub why: RejectedFor,
}

/// The body of a [`REJECTED`] entry.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Rejected<'a> {
    pub feed: Cow<'a, str>,
    pub size: u64,
    pub content: [u8; 32],
    pub why: RejectedFor,
    pub raw: Cow<'a, [u8]>,
}

/// The body of a [`RESUBMITTED`] entry.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Resubmitted {
    pub reject: RejectId,
}

/// What the list holds of a reject; its bytes stay in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub feed: Arc<str>,
    pub received: Timestamp,
    pub times: u64,
    pub size: u64,
    pub content: [u8; 32],
    pub why: RejectedFor,
}

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<RejectId, Row>", into = "BTreeMap<RejectId, Row>")]
pub(crate) struct Rejects {
    rows: BTreeMap<RejectId, Row>,
    by_content: HashMap<(Arc<str>, [u8; 32]), RejectId>,
}

impl From<BTreeMap<RejectId, Row>> for Rejects {
    fn from(rows: BTreeMap<RejectId, Row>) -> Self {
        let by_content = rows.iter().map(|(id, row)| ((row.feed.clone(), row.content), *id)).collect();
        Self { rows, by_content }
    }
}

impl From<Rejects> for BTreeMap<RejectId, Row> {
    fn from(list: Rejects) -> Self {
        list.rows
    }
}

impl Rejects {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn row(&self, feed: &str, id: RejectId) -> Option<&Row> {
        self.rows.get(&id).filter(|row| &*row.feed == feed)
    }

    pub fn find(&self, feed: &Arc<str>, content: [u8; 32]) -> Option<RejectId> {
        self.by_content.get(&(feed.clone(), content)).copied()
    }

    /// Those of a feed after a number, in order.
    pub fn after(&self, feed: &str, after: Option<RejectId>, limit: usize) -> Vec<RejectId> {
        let from = after.map_or(0, |after| after.0.saturating_add(1));
        let rows = self.rows.range(RejectId(from)..).filter(|(_, row)| &*row.feed == feed);
        rows.map(|(id, _)| *id).take(limit).collect()
    }

    pub fn again(&mut self, id: RejectId, received: Timestamp) {
        if let Some(row) = self.rows.get_mut(&id) {
            row.times += 1;
            row.received = row.received.max(received);
        }
    }

    pub fn add(&mut self, id: RejectId, row: Row) {
        self.by_content.insert((row.feed.clone(), row.content), id);
        self.rows.insert(id, row);
    }

    pub fn remove(&mut self, id: RejectId) {
        if let Some(row) = self.rows.remove(&id) {
            self.by_content.remove(&(row.feed, row.content));
        }
    }

    /// Folds an entry of the journal; gives whether it was one of the list's.
    pub fn fold(&mut self, entry: &Entry) -> Result<(), postcard::Error> {
        match (&*entry.kind, &entry.body) {
            (REJECTED, Body::Open(body)) => {
                let body: Rejected<'_> = postcard::from_bytes(body)?;
                let row = Row {
                    feed: (&*body.feed).into(),
                    received: entry.received,
                    times: 1,
                    size: body.size,
                    content: body.content,
                    why: body.why,
                };
                self.add(RejectId(entry.seq.0), row);
            }
            (RESUBMITTED, Body::Open(body)) => self.remove(postcard::from_bytes::<Resubmitted>(body)?.reject),
            _ => {}
        }
        Ok(())
    }
}

/// The bytes of a reject, out of its entry.
pub(crate) fn raw_of(entry: &Entry) -> Vec<u8> {
    let body = entry.body.open().and_then(|body| postcard::from_bytes::<Rejected<'_>>(body).ok());
    body.map_or_else(Vec::new, |body| body.raw.into_owned())
}

impl RejectId {
    /// Where its entry is.
    pub const fn seq(self) -> Seq {
        Seq(self.0)
    }
}
