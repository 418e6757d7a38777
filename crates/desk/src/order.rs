//! Orders and conditions that protect somebody.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::message::OrderKind;
use crate::stamp::{OrderId, RecordId, Stamp};
use crate::time::Timestamp;

/// An order, or a condition of bail or licence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Its id in the desk.
    pub id: OrderId,
    /// The source's reference; for a condition of release, the message's id.
    pub reference: Arc<str>,
    /// Its kind.
    pub kind: OrderKind,
    /// Whom it binds.
    pub subject: RecordId,
    /// Whom it protects.
    pub protects: Vec<RecordId>,
    /// When it begins; the making where nothing else is said.
    pub from: Timestamp,
    /// When it ends by itself, where that is said.
    pub until: Option<Timestamp>,
    /// The message that made it known.
    pub made: Stamp,
    /// The message that ended it.
    pub ended: Option<Stamp>,
}

impl Order {
    /// Whether it is in force at an instant.
    pub fn in_force_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|u| u > at) && self.ended.as_ref().is_none_or(|e| e.at > at)
    }
}
