//! **One running member**: takes commands, decides, appends, applies, wakes timers, tells subscribers.
//!
//! - [`Node`] is the handle: [`Node::open`], then [`Node::take`], [`Node::act`], [`Node::read`], [`Node::record_view`] and the rest.
//! - [`Clock`] is the one source of time of the whole system; [`ScaledClock`] and [`ManualClock`] stand in for it.
//! - [`Topic`] gives the stream that an entry about something belongs to.
//!
//! # Invariants
//! - One thread writes. It decides on the state, appends in one commit for all that waited, and only then answers (law 4).
//! - Whoever reads the desk sees what is committed and nothing else. When an append fails, the state is folded again from the
//!   journal before anything is served.
//! - A message's judgements are in the same commit as the message. Timers carry the exact instant at which they fell due.
//! - `known` never runs backwards, whatever the wall clock does.
//! - Every queue is bounded: what does not fit is refused with a time to come back, and nothing of it was kept.
//! - A view is durable before [`Node::record_view`] resolves; when it cannot be written, the page must not be shown (law 8).

mod batch;
mod changed;
mod clock;
mod crash;
mod identity;
mod import;
mod inbox;
mod lab;
mod load;
mod node;
mod offer;
mod refused;
mod reject;
mod shelf;
mod topic;
mod turn;
mod views;
mod writer;

/// The journal's own words, for whoever reads it through a node.
pub use alongside_journal::{Body, Entry, Moment, Read, Seq};
pub use changed::Changed;
pub use clock::{Clock, ManualClock, ScaledClock, SystemClock, Wake, sleep_until};
pub use crash::{CrashMoment, CrashPlan};
pub use import::{ImportProgress, ImportReport, Line, LineFault};
pub use inbox::Pending;
pub use lab::try_policy;
pub use load::{LoadError, Progress};
pub use node::{Node, OpenError, Options, Status, Text};
pub use offer::{Act, Acted, Document, Offer, Reading, Receipt};
pub use refused::Refused;
pub use reject::{Dealt, DealtHow, Reject, RejectCounts, RejectId, RejectLine, RejectedFor};
pub use topic::Topic;
pub use views::View;
