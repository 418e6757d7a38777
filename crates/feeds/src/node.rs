//! A running node as what stands behind the door.

use alongside_desk::message::Fault;
use alongside_desk::time::Timestamp;
use alongside_node::{Node, Reading, Refused};
use axum::body::Bytes;

use crate::intake::{Busy, Document, FeedId, Intake, Offered, Receipt, Reject, RejectId, RejectedFor};

impl Intake for Node {
    async fn take(&self, feed: &FeedId, received: Timestamp, messages: Vec<Offered>) -> Result<Vec<Receipt>, Busy> {
        let offers = messages.into_iter().map(offer).collect();
        let receipts = Self::take(self, feed.as_str(), received, offers).await.map_err(busy)?;
        Ok(receipts.into_iter().map(receipt).collect())
    }

    async fn keep(&self, feed: &FeedId, received: Timestamp, document: Document) -> Result<(), Busy> {
        let Document { format, raw, content } = document;
        let document = alongside_node::Document { format: format.to_owned(), raw: raw[..].into(), content: content.0 };
        Self::keep(self, feed.as_str(), received, document).await.map_err(busy)
    }

    async fn rejects(&self, feed: &FeedId, after: Option<RejectId>, limit: usize) -> Result<Vec<Reject>, Busy> {
        let (node, feed) = (self.clone(), feed.clone());
        let after = after.map(|id| alongside_node::RejectId(id.0));
        let read = tokio::task::spawn_blocking(move || Self::rejects(&node, feed.as_str(), after, limit)).await;
        let found = read.map_err(|_| UNREADABLE)?.map_err(|_| UNREADABLE)?;
        Ok(found.into_iter().map(reject).collect())
    }

    async fn reject(&self, feed: &FeedId, id: RejectId) -> Result<Option<Reject>, Busy> {
        let (node, feed) = (self.clone(), feed.clone());
        let read =
            tokio::task::spawn_blocking(move || Self::reject(&node, feed.as_str(), alongside_node::RejectId(id.0)));
        Ok(read.await.map_err(|_| UNREADABLE)?.map_err(|_| UNREADABLE)?.map(reject))
    }

    async fn resubmit(
        &self,
        feed: &FeedId,
        received: Timestamp,
        id: RejectId,
        message: Offered,
        by: &str,
    ) -> Result<Receipt, Busy> {
        let id = alongside_node::RejectId(id.0);
        match Self::resubmit(self, feed.as_str(), received, id, offer(message), by).await {
            Ok(given) => Ok(receipt(given)),
            // Somebody else resubmitted it in between: whoever comes back finds it gone.
            Err(Refused::NoSuch(_) | Refused::DealtWith(_)) => Err(Busy::NotReady { retry_after_s: 1 }),
            Err(refused) => Err(busy(refused)),
        }
    }
}

/// The journal cannot be read just now.
const UNREADABLE: Busy = Busy::NotReady { retry_after_s: 5 };

/// One live message as the door reads it, for the node: what a page resubmits is judged as what a feed sends.
pub fn read_live(raw: Bytes, received: Timestamp) -> alongside_node::Offer {
    offer(crate::offer::offer(raw, received))
}

fn offer(offered: Offered) -> alongside_node::Offer {
    let Offered { raw, size, content, reading } = offered;
    let reading = match (reading, std::str::from_utf8(&raw)) {
        (Ok(read), Ok(text)) => Reading::Message { raw: text.into(), message: Box::new(read.message) },
        (Err(faults), _) => Reading::Faulty { raw: raw[..].into(), faults },
        // What was read as JSON is UTF-8; said here so that nothing is taken that cannot be kept.
        (Ok(_), Err(_)) => {
            let fault = Fault { pointer: String::new(), what: "is not UTF-8".to_owned() };
            Reading::Faulty { raw: raw[..].into(), faults: vec![fault] }
        }
    };
    alongside_node::Offer { size, content: content.0, reading }
}

fn receipt(receipt: alongside_node::Receipt) -> Receipt {
    match receipt {
        alongside_node::Receipt::Taken => Receipt::Taken,
        alongside_node::Receipt::Duplicate => Receipt::Duplicate,
        alongside_node::Receipt::Conflict => Receipt::Conflict,
        alongside_node::Receipt::Rejected(faults) => Receipt::Rejected { faults },
    }
}

fn reject(reject: alongside_node::Reject) -> Reject {
    let alongside_node::Reject { id, received, times, raw, size, why } = reject;
    let why = match why {
        alongside_node::RejectedFor::Faults(faults) => RejectedFor::Faults(faults),
        alongside_node::RejectedFor::Conflict => RejectedFor::Conflict,
    };
    Reject { id: RejectId(id.0), received, times, raw: raw.into(), size, why }
}

fn busy(refused: Refused) -> Busy {
    match refused {
        Refused::Busy { retry_after_s } => Busy::Queue { retry_after_s },
        Refused::CannotWrite { retry_after_s } => Busy::Full { retry_after_s },
        _ => Busy::NotReady { retry_after_s: refused.retry_after_s().unwrap_or(5) },
    }
}
