//! One entry of the journal: its header, which holds no personal data, and its body.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use alongside_desk::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::source::SourceId;

/// Largest payload of one entry, in bytes.
pub const LARGEST_PAYLOAD: usize = 16 << 20;

/// Longest `kind`, `actor` or `screen`, in bytes.
pub const LONGEST_NAME: usize = 64;

/// The place of an entry in the journal: from 1, without gaps, given at commit. 0 stands for "before the first".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seq(pub u64);

impl Seq {
    /// The first entry.
    pub const FIRST: Self = Self(1);

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The places that one append was given: `count` of them from `first`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeqRange {
    /// The place of the batch's first entry.
    pub first: Seq,
    /// How many entries the batch had; 0 for an empty batch.
    pub count: usize,
}

impl SeqRange {
    /// The place of the batch's entry `index`, from 0.
    pub const fn at(&self, index: usize) -> Seq {
        Seq(self.first.0 + index as u64)
    }

    /// The place of the batch's last entry; `None` for an empty batch.
    pub const fn last(&self) -> Option<Seq> {
        if self.count == 0 { None } else { Some(Seq(self.first.0 + self.count as u64 - 1)) }
    }

    /// Every place, in order.
    pub fn iter(&self) -> impl Iterator<Item = Seq> + use<> {
        (self.first.0..self.first.0 + self.count as u64).map(Seq)
    }
}

/// What an entry is about (an incident, a call, a person's record, a staff member, the policy): a random number that says
/// nothing by itself. Never made from a name, a reference or a telephone number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u128);

impl StreamId {
    /// A new stream.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(u128::from_be_bytes(bytes)))
    }

    /// The 16 bytes that are stored.
    pub const fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// From the 16 bytes that are stored.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// Reads the 32 hexadecimal digits that [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        plain.then(|| u128::from_str_radix(text, 16).ok()).flatten().map(Self)
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Serialize for StreamId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.collect_str(self) } else { self.0.serialize(to) }
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            let text = Cow::<str>::deserialize(from)?;
            Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not 32 hexadecimal digits"))
        } else {
            u128::deserialize(from).map(Self)
        }
    }
}

/// Who did it, under a pseudonym: a staff member's random id, or a part of the system (`feed:1`, `desk`). Who stands
/// behind a pseudonym is in a sealed body elsewhere. 1 to 64 bytes of printable ASCII without spaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ActorId(Arc<str>);

impl ActorId {
    /// Takes any text; [`Store::append`](crate::Store::append) refuses one that breaks the form above.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Arc<str>> for ActorId {
    fn from(text: Arc<str>) -> Self {
        Self(text)
    }
}

impl fmt::Display for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// What it is about.
    pub stream: StreamId,
    /// When it happened (DESIGN.md, law 3).
    pub at: Timestamp,
    /// When the force's systems had it.
    pub known: Timestamp,
    /// When this journal's node took it.
    pub received: Timestamp,
    /// Who did it.
    pub actor: ActorId,
    /// The kind of event, 1 to 64 bytes of printable ASCII without spaces. Kinds that begin with `journal.` are the journal's own.
    pub kind: Cow<'static, str>,
    /// The version of the payload's form; old ones are upcast by whoever reads.
    pub version: u16,
    /// What makes a retry recognisable: unique in the journal (law 5).
    pub source: Option<SourceId>,
    /// The stream's version that the decision was made on, 0 for a new stream, counting the entries before it in the same
    /// batch. Only decisions name it; messages from outside append without.
    pub expected: Option<u64>,
    /// What was said, at most [`LARGEST_PAYLOAD`] bytes; opaque here.
    pub payload: Vec<u8>,
}

/// One entry as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub seq: Seq,
    /// What it is about.
    pub stream: StreamId,
    /// Its place within the stream, from 1 without gaps.
    pub stream_version: u64,
    /// When it happened.
    pub at: Timestamp,
    /// When the force's systems had it.
    pub known: Timestamp,
    /// When the journal's node took it.
    pub received: Timestamp,
    /// Who did it.
    pub actor: ActorId,
    /// The kind of event.
    pub kind: Cow<'static, str>,
    /// The version of the payload's form.
    pub version: u16,
    /// What makes a retry recognisable.
    pub source: Option<SourceId>,
    /// SHA-256 over salt and payload. It outlives both.
    pub digest: [u8; 32],
    /// The payload, or that it is gone.
    pub body: Body,
}

/// What an entry said.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// The payload.
    Open(Vec<u8>),
    /// Salt and payload were destroyed; a later entry says by whom, why and under what authority.
    Redacted,
}

impl Body {
    /// The payload, if it is still there.
    pub fn open(&self) -> Option<&[u8]> {
        match self {
            Self::Open(payload) => Some(payload),
            Self::Redacted => None,
        }
    }
}

/// Says how long the payload is and never what: entries are printed in errors and logs.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(payload) => write!(f, "Open({} bytes)", payload.len()),
            Self::Redacted => f.write_str("Redacted"),
        }
    }
}

/// Everything that an entry's leaf covers, and that its sealed body is bound to.
pub(crate) struct Header<'a> {
    pub seq: Seq,
    pub stream: StreamId,
    pub stream_version: u64,
    pub at: Timestamp,
    pub known: Timestamp,
    pub received: Timestamp,
    pub actor: &'a str,
    pub kind: &'a str,
    pub version: u16,
    pub source: Option<SourceId>,
    pub digest: &'a [u8; 32],
}

impl Header<'_> {
    /// Writes the header and digest in their one form. The first byte tells a leaf from an inner node of the tree (RFC 6962,
    /// 2.1), the second the form: 1 for entries, 2 for views. Numbers are big-endian; texts carry their length before them.
    pub fn write(&self, to: &mut Vec<u8>) {
        to.clear();
        to.extend_from_slice(&[0, 1]);
        to.extend_from_slice(&self.seq.0.to_be_bytes());
        to.extend_from_slice(&self.stream.bytes());
        to.extend_from_slice(&self.stream_version.to_be_bytes());
        for at in [self.at, self.known, self.received] {
            to.extend_from_slice(&at.ms().to_be_bytes());
        }
        write_text(self.actor, to);
        write_text(self.kind, to);
        to.extend_from_slice(&self.version.to_be_bytes());
        match self.source {
            Some(source) => {
                to.push(1);
                to.extend_from_slice(&source.0);
            }
            None => to.push(0),
        }
        to.extend_from_slice(self.digest);
    }
}

/// A text with its length before it, two bytes: what is stored may be longer than what may be appended when it was tampered with.
pub(crate) fn write_text(text: &str, to: &mut Vec<u8>) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    to.extend_from_slice(&length.to_be_bytes());
    to.extend_from_slice(text.as_bytes());
}

/// Whether a text may be an actor, a kind or a screen.
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_NAME && text.bytes().all(|b| b.is_ascii_graphic())
}
