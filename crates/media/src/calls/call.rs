//! One call that goes on.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use crate::call::CallId;

/// A call, as far as the switch has told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveCall {
    /// What it is called here, for [`Listening`](crate::forward::Listening) and for pages.
    pub id: CallId,
    /// When its first message came, by this machine's clock.
    pub began_at: SystemTime,
    /// What it may be found by; it grows when metadata come late.
    pub known_as: Vec<KnownAs>,
    /// In the order of the lines that listeners hear: 0 the caller, 1 the call taker, as far as the switch says who is who;
    /// more in a conference.
    pub parties: Vec<Party>,
}

impl LiveCall {
    /// The ids of one kind, in the order they came.
    pub fn known_by<'a>(&'a self, by: &'a By) -> impl Iterator<Item = &'a str> {
        self.known_as.iter().filter(move |known| known.by == *by).map(|known| known.id.as_str())
    }

    /// Adds an id, unless the call is known by it already or by very many others.
    pub fn learn(&mut self, known: KnownAs) {
        if self.known_as.len() < MOST_IDS && !self.known_as.contains(&known) {
            self.known_as.push(known);
        }
    }
}

/// A call has a handful of ids; a switch that sends another one each second is at fault.
const MOST_IDS: usize = 64;

/// Where an id stood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// The header User-to-User (RFC 7433).
    Uui,
    /// The header Session-ID (RFC 7989), or the metadata's `sipSessionID`.
    SessionId,
    /// The metadata's communication session group: free text that some forces fill with their own number.
    GroupId,
    /// The metadata's extension data: the element's local name, or the name that a header carried in it has.
    Extension(String),
    /// A Call-Info with purpose `emergency-CallId` (NENA i3).
    EmergencyCallId,
    /// A Call-Info with purpose `emergency-IncidentId` (NENA i3).
    EmergencyIncidentId,
    /// The header Call-ID of the recording session itself, which only the switch's own log knows.
    SipCallId,
}

/// What each place is called by whoever sets it, but for extension data, whose name is theirs.
const PLACES: [(&str, By); 6] = [
    ("uui", By::Uui),
    ("session-id", By::SessionId),
    ("group-id", By::GroupId),
    ("emergency-call-id", By::EmergencyCallId),
    ("emergency-incident-id", By::EmergencyIncidentId),
    ("sip-call-id", By::SipCallId),
];

/// Before the name of something in the extension data.
const EXTENSION: &str = "extension:";

/// No place where an id stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is none of uui, session-id, group-id, emergency-call-id, emergency-incident-id, sip-call-id and extension:NAME"
)]
pub struct NoPlace(String);

impl FromStr for By {
    type Err = NoPlace;

    /// Reads `session-id`, or `extension:cadNumber`.
    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let place = PLACES.into_iter().find(|(name, _)| *name == text).map(|(_, by)| by);
        let named = || text.strip_prefix(EXTENSION).filter(|name| !name.is_empty());
        place.or_else(|| named().map(|name| Self::Extension(name.to_owned()))).ok_or_else(|| NoPlace(text.to_owned()))
    }
}

/// One id that a call may be found by, as the switch wrote it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KnownAs {
    /// Where it stood.
    pub by: By,
    /// The id, without space around it.
    pub id: String,
}

/// One party of a call.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// Whether anything comes of it.
    pub state: PartyState,
    /// Who it is in the call; nothing when the switch does not say, and then only the order speaks.
    pub role: Option<Role>,
    /// Its address of record as the switch wrote it: a number or a SIP URI. Unproved, and personal data.
    pub address: Option<String>,
    /// Its name as the switch wrote it. Unproved, and personal data.
    pub name: Option<String>,
}

/// Whether anything comes of a party.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PartyState {
    /// Its audio is sent, or about to be.
    #[default]
    Going,
    /// On hold: nothing is sent for now.
    Held,
    /// Cannot be heard: it left, or its audio is of a kind that is not taken.
    Gone,
}

/// Who a party is in the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Who rang.
    Caller,
    /// Who answered.
    CallTaker,
}

impl fmt::Debug for KnownAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(..)", self.by)
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Party").field("state", &self.state).field("role", &self.role).finish_non_exhaustive()
    }
}
