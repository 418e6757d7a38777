//! What a message can change, so that only the rules that read it are judged again.

use serde::{Deserialize, Serialize};

/// A set of aspects of an incident, a call or a person's custody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aspects(u32);

impl Aspects {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything: a new incident, a merge, a policy change.
    pub const ALL: Self = Self(u32::MAX);
    /// The grade in force and its history.
    pub const GRADE: Self = Self(1);
    /// Codes and qualifiers, and whether it is domestic abuse.
    pub const CODE: Self = Self(1 << 1);
    /// Victims, suspects and other people on it.
    pub const PEOPLE: Self = Self(1 << 2);
    /// Units assigned, arrived, left.
    pub const UNITS: Self = Self(1 << 3);
    /// What units were told.
    pub const TOLD: Self = Self(1 << 4);
    /// Words on the log.
    pub const WORDS: Self = Self(1 << 5);
    /// Assessments.
    pub const ASSESSED: Self = Self(1 << 6);
    /// Outcomes, and with them whether she was seen.
    pub const OUTCOME: Self = Self(1 << 7);
    /// Crimes.
    pub const CRIME: Self = Self(1 << 8);
    /// Opening, closing, reopening.
    pub const ENDING: Self = Self(1 << 9);
    /// Calls and contacts.
    pub const CALL: Self = Self(1 << 10);
    /// Orders and conditions.
    pub const ORDER: Self = Self(1 << 11);
    /// Arrests, releases, what victims were told of them.
    pub const CUSTODY: Self = Self(1 << 12);
    /// Her other incidents, and theirs.
    pub const HISTORY: Self = Self(1 << 13);
    /// What people did in the desk.
    pub const ACTS: Self = Self(1 << 14);
    /// That a person wrote on the log at all.
    pub const ENTRY: Self = Self(1 << 15);
    /// Markers.
    pub const MARKER: Self = Self(1 << 16);
    /// Whether, on this or another incident of hers, she was seen.
    pub const SEEN: Self = Self(1 << 17);
    /// Checks made in other systems.
    pub const CHECK: Self = Self(1 << 18);
    /// Referrals to support, and what she said to them.
    pub const SUPPORT: Self = Self(1 << 19);
    /// Referrals to a MARAC, and hearings.
    pub const MARAC: Self = Self(1 << 20);
    /// Applications for disclosure, and decisions.
    pub const DISCLOSURE: Self = Self(1 << 21);
    /// Interpreters, and who needs one.
    pub const LANGUAGE: Self = Self(1 << 22);
    /// Video offered or held.
    pub const VIDEO: Self = Self(1 << 23);
    /// Handed to another force, taken by it, sent back; or what points to one.
    pub const PASSED: Self = Self(1 << 24);
    /// Records that may be the same person, and what people said of them.
    pub const MATCH: Self = Self(1 << 25);
    /// What her other incidents tell of, and who reported them.
    pub const ELSEWHERE: Self = Self(1 << 26);

    /// Both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the two have anything in common.
    pub const fn touches(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl std::ops::BitOrAssign for Aspects {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
