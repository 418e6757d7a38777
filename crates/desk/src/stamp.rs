//! Where a fact comes from: the message it stands in, when it happened and when it was known.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Makes a typed index.
macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The position this id stands for.
            pub const fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index! {
    /// An incident, in the order in which the desk first heard of it.
    IncidentId
}
index! {
    /// A record: one person as one source knows them.
    RecordId
}
index! {
    /// A telephone call.
    CallId
}
index! {
    /// An order or condition that protects somebody.
    OrderId
}
index! {
    /// A flag, in the order of raising.
    FlagId
}

/// One fact's source and times. Rules judge by `known`; what was shown goes by the journal's `received`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// When it happened.
    pub at: Timestamp,
    /// When the force's systems had it.
    pub known: Timestamp,
    /// Its entry in the journal (in replay: its line).
    pub seq: u64,
    /// The message's id in its feed.
    pub id: Arc<str>,
    /// Who did it in the source system, if a person.
    pub by: Option<Arc<str>>,
}

impl Stamp {
    /// The message and its entry, for evidence.
    pub fn evidence(&self) -> Evidence {
        Evidence { seq: self.seq, id: self.id.clone() }
    }
}

/// A message that a flag rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// Its entry in the journal.
    pub seq: u64,
    /// The message's id in its feed.
    pub id: Arc<str>,
}

/// Puts a fact where its time of happening belongs; equal times keep the order of receipt.
pub(crate) fn insert_by_time<T>(list: &mut Vec<T>, item: T, at: impl Fn(&T) -> Timestamp) {
    let place = list.iter().rposition(|other| at(other) <= at(&item)).map_or(0, |i| i + 1);
    list.insert(place, item);
}
