//! Why something was not done. Nothing of it was kept.

use std::sync::Arc;

use alongside_desk::Refusal;
use alongside_desk::watch::lexicon::Problem;

use crate::reject::Dealt;

/// Why a command was refused. Nothing of it was kept, and no state has changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refused {
    /// The bounded queue is full.
    #[error("too much is waiting to be written: try again in {retry_after_s} s")]
    Busy {
        /// When to try again, in whole seconds, 1 or more.
        retry_after_s: u32,
    },
    /// Nothing can be written: the disk is full, or the store fails.
    #[error("nothing can be written now: try again in {retry_after_s} s")]
    CannotWrite {
        /// When to try again, in whole seconds, 1 or more.
        retry_after_s: u32,
    },
    /// The node is stopping, or has stopped.
    #[error("the node is stopping")]
    Stopping,
    /// Somebody else acted on the same thing first: look again, and decide again.
    #[error("somebody else acted first: this was decided on version {expected}, and it is now at {found}")]
    Overtaken {
        /// The version that the decision was made on.
        expected: u64,
        /// The version now.
        found: u64,
    },
    /// The desk refused.
    #[error(transparent)]
    Desk(#[from] Refusal),
    /// The policy cannot be read; the one in force stays.
    #[error("the policy has {} mistakes", .0.len())]
    Policy(Arc<[Problem]>),
    /// A person has dealt with this reject already.
    #[error("somebody has dealt with this reject already")]
    DealtWith(Dealt),
    /// What was asked for is not there.
    #[error("there is no such {0}")]
    NoSuch(&'static str),
}

impl Refused {
    /// When to try again, where trying again can help.
    pub const fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Busy { retry_after_s } | Self::CannotWrite { retry_after_s } => Some(*retry_after_s),
            Self::Stopping => Some(5),
            _ => None,
        }
    }
}
