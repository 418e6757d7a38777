//! What was done for or about a person over time: support, MARAC, disclosure.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::message::{Scheme, ServiceKind};
use crate::stamp::{IncidentId, RecordId, Stamp};

/// What became of support.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupportStep {
    /// She was referred.
    Referred,
    /// The service was in contact with her.
    Contacted,
    /// She did not want it.
    Declined,
}

/// A step with a support service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Support {
    /// Its source.
    pub stamp: Stamp,
    /// Which step.
    pub step: SupportStep,
    /// The kind of the service.
    pub kind: ServiceKind,
    /// The incident that it names.
    pub incident: Option<IncidentId>,
}

/// A referral to a MARAC, or a hearing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Marac {
    /// Its source.
    pub stamp: Stamp,
    /// Heard (true) or referred (false).
    pub heard: bool,
    /// The suspect, where the message says.
    pub suspect: Option<RecordId>,
}

/// An application for disclosure about a person, or a decision on one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Disclosure {
    /// Its source.
    pub stamp: Stamp,
    /// Decided (true) or applied for (false).
    pub decided: bool,
    /// By which route.
    pub scheme: Scheme,
    /// The person at risk, where the message says.
    pub at_risk: Option<RecordId>,
    /// The incident that it names.
    pub incident: Option<IncidentId>,
    /// What was decided, in the force's words.
    pub decision: Option<Arc<str>>,
}
