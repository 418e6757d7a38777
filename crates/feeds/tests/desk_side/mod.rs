//! A simple and correct intake for tests: everything in memory, every promise of the trait kept.

use std::collections::BTreeMap;
use std::sync::Mutex;

use alongside_desk::time::Timestamp;
use alongside_feeds::intake::{
    Busy, ContentDigest, Document, FeedId, Intake, Offered, Receipt, Reject, RejectId, RejectedFor,
};

/// The intake.
#[derive(Default)]
pub struct Memory(Mutex<State>);

#[derive(Default)]
struct State {
    /// What every further call is refused with.
    busy: Option<Busy>,
    taken: BTreeMap<(String, String), (ContentDigest, serde_json::Value)>,
    order: Vec<(String, String)>,
    rejects: BTreeMap<(String, RejectId), (ContentDigest, Reject)>,
    documents: Vec<ContentDigest>,
    next: u64,
}

impl Memory {
    /// Refuses from now on.
    pub fn refuse(&self, busy: Option<Busy>) {
        self.0.lock().expect("not poisoned").busy = busy;
    }

    /// The ids that were taken from a feed, in order.
    pub fn taken(&self, feed: &str) -> Vec<String> {
        let state = self.0.lock().expect("not poisoned");
        state.order.iter().filter(|(of, _)| of == feed).map(|(_, id)| id.clone()).collect()
    }

    /// The messages that were taken from a feed, in order.
    pub fn messages(&self, feed: &str) -> Vec<serde_json::Value> {
        let state = self.0.lock().expect("not poisoned");
        state.order.iter().filter(|(of, _)| of == feed).map(|key| state.taken[key].1.clone()).collect()
    }

    /// The rejects of a feed, in order.
    pub fn rejected(&self, feed: &str) -> Vec<Reject> {
        let state = self.0.lock().expect("not poisoned");
        state.rejects.iter().filter(|((of, _), _)| of == feed).map(|(_, (_, reject))| reject.clone()).collect()
    }

    /// How many documents were kept.
    pub fn documents(&self) -> usize {
        self.0.lock().expect("not poisoned").documents.len()
    }
}

impl State {
    fn take(&mut self, feed: &FeedId, message: &Offered) -> Receipt {
        let read = match &message.reading {
            Ok(read) => read,
            Err(faults) => return Receipt::Rejected { faults: faults.clone() },
        };
        let key = (feed.to_string(), read.message.id.clone());
        match self.taken.get(&key) {
            Some((content, _)) if *content == message.content => Receipt::Duplicate,
            Some(_) => Receipt::Conflict,
            None => {
                let value = serde_json::from_slice(&message.raw).expect("it was read");
                self.taken.insert(key.clone(), (message.content, value));
                self.order.push(key);
                Receipt::Taken
            }
        }
    }

    fn reject(&mut self, feed: &FeedId, received: Timestamp, message: &Offered, why: RejectedFor) {
        let same =
            self.rejects.iter_mut().find(|((of, _), (content, _))| of == feed.as_str() && *content == message.content);
        if let Some((_, (_, reject))) = same {
            (reject.times, reject.received) = (reject.times + 1, received);
            return;
        }
        self.next += 1;
        let id = RejectId(self.next);
        let reject = Reject { id, received, times: 1, raw: message.raw.clone(), size: message.size, why };
        self.rejects.insert((feed.to_string(), id), (message.content, reject));
    }
}

impl Intake for Memory {
    async fn take(&self, feed: &FeedId, received: Timestamp, messages: Vec<Offered>) -> Result<Vec<Receipt>, Busy> {
        let mut state = self.0.lock().expect("not poisoned");
        if let Some(busy) = state.busy {
            return Err(busy);
        }
        let each = messages.iter().map(|message| {
            let receipt = state.take(feed, message);
            match &receipt {
                Receipt::Conflict => state.reject(feed, received, message, RejectedFor::Conflict),
                Receipt::Rejected { faults } => {
                    state.reject(feed, received, message, RejectedFor::Faults(faults.clone()))
                }
                Receipt::Taken | Receipt::Duplicate => {}
            }
            receipt
        });
        Ok(each.collect())
    }

    async fn keep(&self, _: &FeedId, _: Timestamp, document: Document) -> Result<(), Busy> {
        let mut state = self.0.lock().expect("not poisoned");
        if let Some(busy) = state.busy {
            return Err(busy);
        }
        if !state.documents.contains(&document.content) {
            state.documents.push(document.content);
        }
        Ok(())
    }

    async fn rejects(&self, feed: &FeedId, after: Option<RejectId>, limit: usize) -> Result<Vec<Reject>, Busy> {
        let all = self.rejected(feed.as_str());
        Ok(all.into_iter().filter(|r| after.is_none_or(|after| r.id > after)).take(limit).collect())
    }

    async fn reject(&self, feed: &FeedId, id: RejectId) -> Result<Option<Reject>, Busy> {
        Ok(self.rejected(feed.as_str()).into_iter().find(|r| r.id == id))
    }

    async fn resubmit(
        &self,
        feed: &FeedId,
        _: Timestamp,
        id: RejectId,
        message: Offered,
        _: &str,
    ) -> Result<Receipt, Busy> {
        let mut state = self.0.lock().expect("not poisoned");
        if let Some(busy) = state.busy {
            return Err(busy);
        }
        let receipt = state.take(feed, &message);
        if matches!(receipt, Receipt::Taken | Receipt::Duplicate) {
            state.rejects.remove(&(feed.to_string(), id));
        }
        Ok(receipt)
    }
}
