//! Views: who looked at what, when and why (DESIGN.md, law 8; Data Protection Act 2018, section 62).

use std::borrow::Cow;

use alongside_desk::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entry::{ActorId, Seq, StreamId, write_text};
use crate::store::{AppendError, StoreError};

/// Most subjects that one view may name.
pub const MOST_SUBJECTS: usize = 10_000;

/// The place of a view in the log of views: from 1, without gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ViewSeq(pub u64);

/// Which moment of looking it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// A page was drawn.
    Page,
    /// A live stream was opened.
    Opened,
    /// A live stream went on; once a minute.
    Continued,
    /// A live stream was closed.
    Closed,
}

/// A view, before it is journalled. It holds no content: a page is a function of screen, subjects, rights and sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewView {
    /// When.
    pub at: Timestamp,
    /// Who looks.
    pub actor: ActorId,
    /// The screen, 1 to 64 bytes of printable ASCII without spaces.
    pub screen: Cow<'static, str>,
    /// Which moment of looking.
    pub moment: Moment,
    /// Whose data: the streams on the screen, at most [`MOST_SUBJECTS`].
    pub subjects: Vec<StreamId>,
    /// With what rights: what decides which fields are drawn.
    pub rights: String,
    /// The first and the last journal sequence shown; the same for a page.
    pub shown: (Seq, Seq),
    /// Why: the person's own words, or the duty that the page serves.
    pub why: String,
}

/// A view, as it was journalled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its place.
    pub seq: ViewSeq,
    /// SHA-256 over salt and payload.
    pub digest: [u8; 32],
    /// What was journalled.
    pub view: NewView,
}

/// Which views to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewQuery {
    /// From this place on.
    pub from: ViewSeq,
    /// At most so many.
    pub limit: usize,
    /// Only those of this stream.
    pub subject: Option<StreamId>,
    /// Only those by this actor.
    pub actor: Option<ActorId>,
}

/// The log of views. A handle of its own, for a thread of its own: views never wait for decisions, nor decisions for views.
pub trait Views: Send {
    /// Journals the views, all or none, in one transaction; gives the place of the last. Nothing may be shown before it returns.
    ///
    /// # Errors
    /// [`AppendError::Full`], [`AppendError::Invalid`] or [`AppendError::Store`]; nothing may then be shown at all.
    fn append_views(&mut self, views: &[NewView]) -> Result<ViewSeq, AppendError>;

    /// Views in order.
    ///
    /// # Errors
    /// [`StoreError`] when the log cannot be read or a view does not open.
    fn views(&self, query: &ViewQuery) -> Result<Vec<View>, StoreError>;

    /// The place of the last view; 0 when there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the log cannot be read.
    fn last_view(&self) -> Result<ViewSeq, StoreError>;
}

/// What a view's sealed body holds, as JSON.
#[derive(Serialize, Deserialize)]
pub(crate) struct Payload<'a> {
    pub moment: Moment,
    pub subjects: Cow<'a, [StreamId]>,
    pub rights: Cow<'a, str>,
    pub shown: (Seq, Seq),
    pub why: Cow<'a, str>,
}

/// Everything that a view's leaf covers besides its digest.
pub(crate) struct ViewHeader<'a> {
    pub seq: ViewSeq,
    pub at: Timestamp,
    pub actor: &'a str,
    pub screen: &'a str,
    pub digest: &'a [u8; 32],
}

impl ViewHeader<'_> {
    /// Writes the header and digest in their one form (see the entry's).
    pub fn write(&self, to: &mut Vec<u8>) {
        to.clear();
        to.extend_from_slice(&[0, 2]);
        to.extend_from_slice(&self.seq.0.to_be_bytes());
        to.extend_from_slice(&self.at.ms().to_be_bytes());
        write_text(self.actor, to);
        write_text(self.screen, to);
        to.extend_from_slice(self.digest);
    }
}
