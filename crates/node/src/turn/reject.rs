//! What a turn does with the rejects list.

use std::borrow::Cow;
use std::sync::Arc;

use alongside_desk::time::Timestamp;

use super::{Turn, TurnError, actor_of};
use crate::batch::Effect;
use crate::offer::{Offer, Reading, Receipt};
use crate::refused::Refused;
use crate::reject::{
    Dealt, DealtHow, PUT_ASIDE, PutAside, REJECTED, RESUBMITTED, RejectId, Rejected, RejectedFor, Resubmitted, Row,
};
use crate::topic::Topic;

impl Turn<'_> {
    pub(super) fn reject(
        &mut self,
        feed: &Arc<str>,
        received: Timestamp,
        offer: &Offer,
        why: RejectedFor,
    ) -> Result<(), TurnError> {
        let raw: &[u8] = match &offer.reading {
            Reading::Message { raw, .. } => raw.as_bytes(),
            Reading::Faulty { raw, .. } => raw,
        };
        self.reject_raw(feed, received, raw, offer.size, offer.content, why)
    }

    pub(super) fn reject_raw(
        &mut self,
        feed: &Arc<str>,
        received: Timestamp,
        raw: &[u8],
        size: usize,
        content: [u8; 32],
        why: RejectedFor,
    ) -> Result<(), TurnError> {
        let before = self.batch.rejected(feed, content).or_else(|| self.rejects.find(feed, content));
        if let Some(id) = before.filter(|id| !self.is_resubmitted(*id)) {
            self.batch.effect(Effect::Again(id, received));
            return Ok(());
        }
        let size = size as u64;
        let body = Rejected { feed: Cow::Borrowed(feed), size, content, why: why.clone(), raw: Cow::Borrowed(raw) };
        let payload = postcard::to_allocvec(&body)?;
        let actor = actor_of(feed, self.key).0;
        let seq = self.note(&Topic::Rejects(feed.to_string()), received, actor, REJECTED, None, payload)?;
        let row = Row { feed: feed.clone(), received, times: 1, size, content, why, dealt: None };
        self.batch.effect(Effect::Add(RejectId(seq.0), row));
        Ok(())
    }

    /// Takes a message in place of a reject; when it is taken, the reject leaves the list in the same commit.
    pub fn resubmit(
        &mut self,
        feed: &Arc<str>,
        received: Timestamp,
        id: RejectId,
        offer: &Offer,
        by: &Arc<str>,
    ) -> Result<Result<Receipt, Refused>, TurnError> {
        match self.dealt(feed, id) {
            Ok(Some(dealt)) if dealt.how == DealtHow::Resubmitted => return Ok(Err(Refused::DealtWith(dealt))),
            Ok(_) => {}
            Err(refused) => return Ok(Err(refused)),
        }
        let receipt = self.offer(feed, received, offer)?;
        if matches!(receipt, Receipt::Taken | Receipt::Duplicate) {
            let payload = postcard::to_allocvec(&Resubmitted { reject: id })?;
            self.deal(feed, received, id, DealtHow::Resubmitted, by, payload)?;
        }
        Ok(Ok(receipt))
    }

    /// Puts a reject aside, with the reason that a person gave.
    pub fn put_aside(
        &mut self,
        feed: &Arc<str>,
        id: RejectId,
        reason: &str,
        by: &Arc<str>,
    ) -> Result<Result<(), Refused>, TurnError> {
        match self.dealt(feed, id) {
            Ok(Some(dealt)) => return Ok(Err(Refused::DealtWith(dealt))),
            Ok(None) => {}
            Err(refused) => return Ok(Err(refused)),
        }
        let payload = postcard::to_allocvec(&PutAside { reject: id, reason: Cow::Borrowed(reason) })?;
        self.deal(feed, self.now, id, DealtHow::PutAside, by, payload)?;
        Ok(Ok(()))
    }

    fn deal(
        &mut self,
        feed: &Arc<str>,
        at: Timestamp,
        id: RejectId,
        how: DealtHow,
        by: &Arc<str>,
        payload: Vec<u8>,
    ) -> Result<(), TurnError> {
        let kind = match how {
            DealtHow::Resubmitted => RESUBMITTED,
            DealtHow::PutAside => PUT_ASIDE,
        };
        let entry = self.note(&Topic::Rejects(feed.to_string()), at, by.clone(), kind, None, payload)?;
        self.batch.effect(Effect::Deal(id, Dealt { how, by: by.clone(), at, entry }));
        Ok(())
    }

    /// What was done with a reject of a feed, in this batch or before it.
    fn dealt(&self, feed: &Arc<str>, id: RejectId) -> Result<Option<Dealt>, Refused> {
        let row = self.rejects.row(id).filter(|row| row.feed == *feed).ok_or(Refused::NoSuch("reject"))?;
        Ok(self.batch.dealt(id).or(row.dealt.as_ref()).cloned())
    }

    fn is_resubmitted(&self, id: RejectId) -> bool {
        let dealt = self.batch.dealt(id).or_else(|| self.rejects.row(id)?.dealt.as_ref());
        dealt.is_some_and(|dealt| dealt.how == DealtHow::Resubmitted)
    }
}
