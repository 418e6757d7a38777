//! Steps taken about an incident besides outcomes: orders thought of, interpreters, video, checks.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::message::{CheckSystem, Interpreter};
use crate::stamp::{RecordId, Stamp};

/// An order that somebody thought of, whether or not it was applied for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Considered {
    /// Its source.
    pub stamp: Stamp,
    /// Whom it would bind, where the message says.
    pub subject: Option<RecordId>,
    /// The kinds thought of, as the message names them; none where it names none.
    pub kinds: Vec<Arc<str>>,
}

/// Somebody who interprets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Interpreting {
    /// Its source.
    pub stamp: Stamp,
    /// Who.
    pub who: Interpreter,
}

/// Video offered to, or held with, somebody.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Video {
    /// Its source.
    pub stamp: Stamp,
    /// Held (true) or only offered (false).
    pub held: bool,
    /// Whether the suspect was there, where the message says.
    pub suspect_present: Option<bool>,
    /// Whether she had a safe room, where the message says.
    pub safe_room: Option<bool>,
}

/// A real query of another system.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Check {
    /// Its source.
    pub stamp: Stamp,
    /// The system queried.
    pub system: CheckSystem,
}
