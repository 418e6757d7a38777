//! Telephone calls: from ringing to what became of them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::message::{AnsweredBy, CallEnd, Line};
use crate::stamp::{CallId, IncidentId, Stamp};
use crate::time::Timestamp;

/// A call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    /// Its id in the desk.
    pub id: CallId,
    /// The telephony system's reference.
    pub reference: Arc<str>,
    /// The recording session's id, where the telephony system told it.
    pub session: Option<Arc<str>>,
    /// The line.
    pub line: Option<Line>,
    /// The number it came from, in one form (see [`crate::person::phone`]); nothing when withheld.
    pub from: Option<Arc<str>>,
    /// Where it came from.
    pub place: Option<Arc<str>>,
    /// Who took it.
    pub handler: Option<Arc<str>>,
    /// Its start.
    pub started: Option<Stamp>,
    /// Its end.
    pub ended: Option<(Stamp, CallEnd)>,
    /// Tries to ring back.
    pub backs: Vec<(Stamp, AnsweredBy)>,
    /// The incident it belongs to.
    pub incident: Option<IncidentId>,
    /// Incidents that it was attached to before. Their logs hold it still, so what becomes of it counts there too.
    pub former: Vec<IncidentId>,
}

impl Call {
    /// A call known by reference alone.
    pub fn bare(id: CallId, reference: Arc<str>) -> Self {
        Self {
            id,
            reference,
            session: None,
            line: None,
            from: None,
            place: None,
            handler: None,
            started: None,
            ended: None,
            backs: Vec::new(),
            incident: None,
            former: Vec::new(),
        }
    }

    /// Every incident whose log holds it.
    pub fn logs(&self) -> impl Iterator<Item = IncidentId> + '_ {
        self.incident.into_iter().chain(self.former.iter().copied())
    }

    /// Whether it ended without anybody having said that it was over.
    pub fn was_cut_off(&self) -> bool {
        matches!(self.ended, Some((_, CallEnd::Abandoned | CallEnd::Silent | CallEnd::Silent55)))
    }

    /// When it began, as far as is known.
    pub fn began_at(&self) -> Option<Timestamp> {
        self.started.as_ref().or(self.ended.as_ref().map(|e| &e.0)).map(|s| s.at)
    }
}
