//! Taking one's own last act back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Action, ActionId, Review, ReviewId, Reviews, overtaken, unfit};
use crate::event::{Actor, Refusal};
use crate::stamp::{FlagId, IncidentId};
use crate::state::State;
use crate::time::{Period, Timestamp};
use crate::watch::Subject;

/// An act that may still be taken back, with what it changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Done {
    pub seq: u64,
    pub at: Timestamp,
    /// The review it changed, and what that was before.
    pub review: Option<(ReviewId, Option<Review>)>,
    /// The flags it judged, each with the entry that had last changed it.
    pub judged: Vec<(FlagId, u64)>,
    /// The action it changed or made, and what that was before.
    pub action: Option<(ActionId, Option<Action>)>,
    /// Where it put a note.
    pub noted: Option<Subject>,
    /// The sample that it looked at.
    pub sample: Option<IncidentId>,
    /// The rule that it switched.
    pub switched: Option<Arc<str>>,
}

/// An act that its actor can still take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undoable {
    /// Its entry, to be named by [`super::Ask::Undo`].
    pub act: u64,
    /// Until when.
    pub until: Timestamp,
}

impl Done {
    pub fn new(seq: u64, at: Timestamp) -> Self {
        Self { seq, at, review: None, judged: Vec::new(), action: None, noted: None, sample: None, switched: None }
    }

    /// Whether there is anything to put back.
    pub fn changed_something(&self) -> bool {
        self.review.is_some()
            || self.action.is_some()
            || self.noted.is_some()
            || self.switched.is_some()
            || !self.judged.is_empty()
    }
}

impl State {
    /// What this person can take back at an instant: their last act, if nobody has built on it since.
    pub fn undoable(&self, who: &Actor, now: Timestamp) -> Option<Undoable> {
        let done = self.reviews.recent.get(who)?.last()?;
        self.may_undo(who, done.seq, now).ok()?;
        Some(Undoable { act: done.seq, until: done.at.plus(self.undo_within()) })
    }

    /// Whether this person may take an act back at an instant.
    ///
    /// # Errors
    /// Why not: it is not their last act, its time is over, or somebody has built on it since.
    pub(super) fn may_undo(&self, who: &Actor, act: u64, now: Timestamp) -> Result<(), Refusal> {
        let done = self.reviews.may_undo(who, act, now, self.undo_within())?;
        if let Some(rule) = &done.switched
            && let Some(last) = self.switches.of(rule).last()
            && last.words != act
        {
            return Err(overtaken(&last.by, "has switched it since,", last.at, now));
        }
        Ok(())
    }
}

impl Reviews {
    fn may_undo(&self, who: &Actor, act: u64, now: Timestamp, within: Period) -> Result<&Done, Refusal> {
        let recent = self.recent.get(who).map_or(&[][..], Vec::as_slice);
        let Some(done) = recent.iter().find(|d| d.seq == act) else {
            return Err(unfit("This cannot be taken back any more."));
        };
        if recent.last().is_some_and(|last| last.seq != act) {
            return Err(unfit("Only your last act can be taken back."));
        }
        if now > done.at.plus(within) {
            return Err(unfit("More than 10 seconds have gone by: this cannot be taken back any more."));
        }
        if let Some(review) = done.review.as_ref().and_then(|(id, _)| self.reviews.get(id))
            && review.changed != act
        {
            let (by, at) = review.holder.as_ref().map_or((&review.opened_by, now), |h| (&h.who, h.since));
            return Err(overtaken(by, "has acted on it since,", at, now));
        }
        if let Some(action) = done.action.as_ref().and_then(|(id, _)| self.actions.get(id))
            && action.changed != act
        {
            return Err(unfit("Somebody has acted on it since: it cannot be taken back any more."));
        }
        Ok(done)
    }

    /// Puts everything that an act changed back to what it was.
    pub(super) fn undo(&mut self, who: &Actor, act: u64) -> Option<Done> {
        let list = self.recent.get_mut(who)?;
        let place = list.iter().position(|d| d.seq == act)?;
        let done = list.remove(place);
        if list.is_empty() {
            self.recent.remove(who);
        }
        if let Some((id, before)) = done.review.clone() {
            self.put_review_back(id, before);
        }
        for (flag, changed) in &done.judged {
            self.unjudge(*flag, act, *changed);
        }
        if let Some((id, before)) = done.action.clone() {
            match before {
                Some(before) => self.actions.insert(id, before),
                None => self.actions.remove(&id),
            };
        }
        if let Some(subject) = done.noted
            && let Some(notes) = self.notes.get_mut(&subject)
        {
            notes.retain(|n| n.words != act);
            if notes.is_empty() {
                self.notes.remove(&subject);
            }
        }
        if let Some(incident) = done.sample {
            self.samples.insert(incident);
        }
        Some(done)
    }

    fn put_review_back(&mut self, id: ReviewId, before: Option<Review>) {
        let Some(now) = self.reviews.remove(&id) else { return };
        let subject = now.subject;
        if self.open.get(&subject) == Some(&id) {
            self.open.remove(&subject);
        }
        match before {
            Some(before) => {
                if before.disposed.is_none() {
                    self.open.insert(subject, id);
                }
                self.reviews.insert(id, before);
            }
            None => {
                if let Some(list) = self.of.get_mut(&subject) {
                    list.retain(|r| *r != id);
                    if list.is_empty() {
                        self.of.remove(&subject);
                    }
                }
            }
        }
    }

    /// Acts whose time for being taken back has run out are forgotten.
    pub(super) fn settle(&mut self, now: Timestamp, within: Period) {
        for list in self.recent.values_mut() {
            list.retain(|d| now <= d.at.plus(within));
        }
        self.recent.retain(|_, list| !list.is_empty());
    }
}
