//! The rejects list, read and dealt with.

use alongside_desk::time::Timestamp;
use alongside_journal::{Read as _, Seq, StoreError};

use super::Node;
use crate::inbox::{Job, Pending};
use crate::offer::{Offer, Receipt};
use crate::reject::{Dealt, DealtHow, Reject, RejectCounts, RejectId, RejectLine, Row, raw_of, reason_of};

impl Node {
    /// Takes a message in place of a reject. When it is taken, or was already here, the reject leaves the list in the same commit.
    ///
    /// Refused with [`DealtWith`](crate::Refused::DealtWith) when it was resubmitted before: nothing is applied twice.
    pub fn resubmit(
        &self,
        feed: &str,
        received: Timestamp,
        reject: RejectId,
        offer: Offer,
        by: &str,
    ) -> Pending<Receipt> {
        let (feed, offer, by) = (feed.into(), Box::new(offer), by.into());
        self.ask(|reply| Job::Resubmit { feed, received, reject, offer, by, reply })
    }

    /// Puts a reject aside: it need not be taken, for this reason. It is kept, and can still be resubmitted.
    ///
    /// Refused with [`DealtWith`](crate::Refused::DealtWith) when somebody has dealt with it before.
    pub fn put_aside(&self, feed: &str, reject: RejectId, reason: &str, by: &str) -> Pending<()> {
        let (feed, reason, by) = (feed.into(), reason.into(), by.into());
        self.ask(|reply| Job::PutAside { feed, reject, reason, by, reply })
    }

    /// A feed's rejects that nobody has dealt with, with a greater number than `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] when the journal cannot be read.
    pub fn rejects(&self, feed: &str, after: Option<RejectId>, limit: usize) -> Result<Vec<Reject>, StoreError> {
        let rows: Vec<(RejectId, Row)> = {
            let list = self.0.shared.rejects.lock();
            let ids = list.after(feed, after, limit);
            ids.into_iter().filter_map(|id| list.row(id).map(|row| (id, row.clone()))).collect()
        };
        self.with_texts(rows)
    }

    /// One reject of a feed, unless it was resubmitted.
    ///
    /// # Errors
    /// [`StoreError`] when the journal cannot be read.
    pub fn reject(&self, feed: &str, id: RejectId) -> Result<Option<Reject>, StoreError> {
        let row = self.0.shared.rejects.lock().row(id).filter(|row| &*row.feed == feed).cloned();
        let done = |row: &Row| row.dealt.as_ref().is_some_and(|dealt| dealt.how == DealtHow::Resubmitted);
        let rows = row.filter(|row| !done(row)).map(|row| (id, row)).into_iter().collect();
        Ok(self.with_texts(rows)?.pop())
    }

    /// The rejects of every feed that stand so (`None`: nobody has dealt with them) and have a smaller number than `before`, the
    /// newest first, at most `limit`.
    pub fn reject_lines(&self, how: Option<DealtHow>, before: Option<RejectId>, limit: usize) -> Vec<RejectLine> {
        self.0.shared.rejects.lock().before(how, before, limit)
    }

    /// The line of one reject, whatever was done with it.
    pub fn reject_line(&self, id: RejectId) -> Option<RejectLine> {
        self.0.shared.rejects.lock().row(id).map(|row| row.line(id))
    }

    /// How many rejects stand where.
    pub fn reject_counts(&self) -> RejectCounts {
        self.0.shared.rejects.lock().counts()
    }

    /// What rejected messages say, in the order asked for: empty for one that was too large to keep, or was redacted. It is
    /// personal data: whoever shows it has journalled the view first (law 8).
    ///
    /// # Errors
    /// [`StoreError`] when the journal cannot be read.
    pub fn reject_texts(&self, ids: &[RejectId]) -> Result<Vec<Vec<u8>>, StoreError> {
        let seqs: Vec<Seq> = ids.iter().map(|id| id.seq()).collect();
        Ok(self.0.shared.reader.read_many(&seqs)?.iter().map(raw_of).collect())
    }

    /// Why a reject was put aside; nothing when it was not, or when the reason was redacted.
    ///
    /// # Errors
    /// [`StoreError`] when the journal cannot be read.
    pub fn put_aside_for(&self, dealt: &Dealt) -> Result<Option<String>, StoreError> {
        Ok(self.0.shared.reader.read_one(dealt.entry)?.as_ref().and_then(reason_of))
    }

    fn with_texts(&self, rows: Vec<(RejectId, Row)>) -> Result<Vec<Reject>, StoreError> {
        let ids: Vec<RejectId> = rows.iter().map(|(id, _)| *id).collect();
        let raws = self.reject_texts(&ids)?;
        let reject = |((id, row), raw): ((RejectId, Row), Vec<u8>)| Reject {
            id,
            received: row.received,
            times: row.times,
            raw,
            size: usize::try_from(row.size).unwrap_or(usize::MAX),
            why: row.why,
        };
        Ok(rows.into_iter().zip(raws).map(reject).collect())
    }
}
