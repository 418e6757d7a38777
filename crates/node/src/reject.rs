//! The rejects list: what a feed sent and was not taken, kept sealed in the journal until a person deals with it, and after.
//!
//! The list is a fold over the journal's `node.rejected`, `node.resubmitted` and `node.put-aside` entries, as the desk is over its
//! own, so that a receipt, a reject and a message of one batch are one commit. How often a reject came again is counted here only:
//! after a crash the count begins where the last snapshot had it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use alongside_desk::message::Fault;
use alongside_desk::time::Timestamp;
use alongside_journal::{Body, Entry, Seq};
use serde::{Deserialize, Serialize};

/// The kind of an entry that keeps a reject.
pub(crate) const REJECTED: &str = "node.rejected";
/// The kind of an entry that says that one was taken after all.
pub(crate) const RESUBMITTED: &str = "node.resubmitted";
/// The kind of an entry that says that one need not be taken, and why.
pub(crate) const PUT_ASIDE: &str = "node.put-aside";
/// The version of all three.
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

/// A line of the list, without what the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectLine {
    /// Its number.
    pub id: RejectId,
    /// The feed that sent it.
    pub feed: Arc<str>,
    /// When it was last offered.
    pub received: Timestamp,
    /// How often it was offered, 1 or more.
    pub times: u64,
    /// Its length as it came, in bytes.
    pub size: u64,
    /// Why it was not taken.
    pub why: RejectedFor,
    /// What a person did with it; nothing while it waits.
    pub dealt: Option<Dealt>,
}

/// What a person did with a reject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dealt {
    /// What.
    pub how: DealtHow,
    /// Who, by a pseudonymous id.
    pub by: Arc<str>,
    /// When.
    pub at: Timestamp,
    /// The entry that says so. What was written with it stands there and nowhere else.
    pub entry: Seq,
}

/// Where a reject stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DealtHow {
    /// It was resubmitted, and taken or already here. It is done with.
    Resubmitted,
    /// A person said why it need not be taken. It can still be resubmitted.
    PutAside,
}

/// How many rejects stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RejectCounts {
    /// Nobody has dealt with these.
    pub waiting: usize,
    /// Put aside.
    pub put_aside: usize,
    /// Resubmitted.
    pub resubmitted: usize,
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

/// The body of a [`PUT_ASIDE`] entry.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PutAside<'a> {
    pub reject: RejectId,
    pub reason: Cow<'a, str>,
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
    pub dealt: Option<Dealt>,
}

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<RejectId, Row>", into = "BTreeMap<RejectId, Row>")]
pub(crate) struct Rejects {
    rows: BTreeMap<RejectId, Row>,
    /// Of all but those resubmitted: what comes again after that is a reject of its own.
    by_content: HashMap<(Arc<str>, [u8; 32]), RejectId>,
    counts: RejectCounts,
}

impl From<BTreeMap<RejectId, Row>> for Rejects {
    fn from(rows: BTreeMap<RejectId, Row>) -> Self {
        let mut list = Self::default();
        rows.into_iter().for_each(|(id, row)| list.add(id, row));
        list
    }
}

impl From<Rejects> for BTreeMap<RejectId, Row> {
    fn from(list: Rejects) -> Self {
        list.rows
    }
}

impl RejectCounts {
    fn of(&mut self, how: Option<DealtHow>) -> &mut usize {
        match how {
            None => &mut self.waiting,
            Some(DealtHow::PutAside) => &mut self.put_aside,
            Some(DealtHow::Resubmitted) => &mut self.resubmitted,
        }
    }
}

impl Rejects {
    pub fn counts(&self) -> RejectCounts {
        self.counts
    }

    pub fn row(&self, id: RejectId) -> Option<&Row> {
        self.rows.get(&id)
    }

    pub fn find(&self, feed: &Arc<str>, content: [u8; 32]) -> Option<RejectId> {
        self.by_content.get(&(feed.clone(), content)).copied()
    }

    /// Those of a feed after a number that nobody has dealt with, in order.
    pub fn after(&self, feed: &str, after: Option<RejectId>, limit: usize) -> Vec<RejectId> {
        let from = after.map_or(0, |after| after.0.saturating_add(1));
        let waits = |row: &Row| &*row.feed == feed && row.dealt.is_none();
        let rows = self.rows.range(RejectId(from)..).filter(|(_, row)| waits(row));
        rows.map(|(id, _)| *id).take(limit).collect()
    }

    /// Those of every feed before a number that stand so, the newest first.
    pub fn before(&self, how: Option<DealtHow>, before: Option<RejectId>, limit: usize) -> Vec<RejectLine> {
        let rows = self.rows.range(..before.unwrap_or(RejectId(u64::MAX))).rev().filter(|(_, row)| row.how() == how);
        rows.map(|(id, row)| row.line(*id)).take(limit).collect()
    }

    pub fn again(&mut self, id: RejectId, received: Timestamp) {
        if let Some(row) = self.rows.get_mut(&id) {
            row.times += 1;
            row.received = row.received.max(received);
        }
    }

    pub fn add(&mut self, id: RejectId, row: Row) {
        let how = row.how();
        *self.counts.of(how) += 1;
        if how != Some(DealtHow::Resubmitted) {
            self.by_content.insert((row.feed.clone(), row.content), id);
        }
        self.rows.insert(id, row);
    }

    pub fn deal(&mut self, id: RejectId, dealt: Dealt) {
        let Some(row) = self.rows.get_mut(&id) else { return };
        *self.counts.of(row.how()) -= 1;
        *self.counts.of(Some(dealt.how)) += 1;
        if dealt.how == DealtHow::Resubmitted {
            self.by_content.remove(&(row.feed.clone(), row.content));
        }
        row.dealt = Some(dealt);
    }

    /// Folds an entry of the journal, if it is one of the list's.
    pub fn fold(&mut self, entry: &Entry) -> Result<(), postcard::Error> {
        let dealt = |how| Dealt { how, by: entry.actor.as_str().into(), at: entry.received, entry: Seq(entry.seq.0) };
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
                    dealt: None,
                };
                self.add(RejectId(entry.seq.0), row);
            }
            (RESUBMITTED, Body::Open(body)) => {
                self.deal(postcard::from_bytes::<Resubmitted>(body)?.reject, dealt(DealtHow::Resubmitted));
            }
            (PUT_ASIDE, Body::Open(body)) => {
                self.deal(postcard::from_bytes::<PutAside<'_>>(body)?.reject, dealt(DealtHow::PutAside));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Row {
    fn how(&self) -> Option<DealtHow> {
        self.dealt.as_ref().map(|dealt| dealt.how)
    }

    pub fn line(&self, id: RejectId) -> RejectLine {
        RejectLine {
            id,
            feed: self.feed.clone(),
            received: self.received,
            times: self.times,
            size: self.size,
            why: self.why.clone(),
            dealt: self.dealt.clone(),
        }
    }
}

/// The bytes of a reject, out of its entry.
pub(crate) fn raw_of(entry: &Entry) -> Vec<u8> {
    let body = entry.body.open().and_then(|body| postcard::from_bytes::<Rejected<'_>>(body).ok());
    body.map_or_else(Vec::new, |body| body.raw.into_owned())
}

/// Why one was put aside, out of the entry that says so; nothing when that was redacted.
pub(crate) fn reason_of(entry: &Entry) -> Option<String> {
    let body = entry.body.open().filter(|_| entry.kind == PUT_ASIDE)?;
    Some(postcard::from_bytes::<PutAside<'_>>(body).ok()?.reason.into_owned())
}

impl RejectId {
    /// Where its entry is.
    pub const fn seq(self) -> Seq {
        Seq(self.0)
    }
}
