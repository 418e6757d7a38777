//! Where the door hands messages over: what stands behind it promises that they are kept before it answers.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use alongside_desk::message::{Fault, Read};
use alongside_desk::time::Timestamp;
use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A feed's name: 1 to 64 of `a-z`, `0-9`, `-` and `_`. Unique in an installation, and never about a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FeedId(Arc<str>);

impl FeedId {
    /// Reads a feed's name; `None` when it is not one.
    pub fn parse(name: &str) -> Option<Self> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        (!name.is_empty() && name.len() <= 64 && name.chars().all(fits)).then(|| Self(name.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for FeedId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom("not the name of a feed"))
    }
}

/// SHA-256 of what a message says. Two messages of one id are the same message if and only if these are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentDigest(pub [u8; 32]);

impl ContentDigest {
    /// Of a JSON value, whatever the order of its keys and the space between them.
    pub fn of_value(value: &serde_json::Value) -> Self {
        let mut hash = Sha256::new();
        feed_value(&mut hash, value);
        Self(hash.finalize().into())
    }

    /// Of bytes as they came.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// As 64 hexadecimal digits.
    pub fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Depth is bounded by the JSON reader (128 levels), so this recursion is too.
fn feed_value(hash: &mut Sha256, value: &serde_json::Value) {
    use serde_json::Value;
    // Each piece is preceded by its kind and length, so that no two values share a stream of bytes.
    let mut piece = |kind: u8, bytes: &[u8]| {
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    match value {
        Value::Null => piece(b'0', b""),
        Value::Bool(bool) => piece(b'b', &[u8::from(*bool)]),
        Value::Number(number) => piece(b'n', number.to_string().as_bytes()),
        Value::String(text) => piece(b's', text.as_bytes()),
        Value::Array(list) => {
            piece(b'a', &(list.len() as u64).to_le_bytes());
            list.iter().for_each(|each| feed_value(hash, each));
        }
        Value::Object(object) => {
            piece(b'o', &(object.len() as u64).to_le_bytes());
            let mut names: Vec<&String> = object.keys().collect();
            names.sort_unstable();
            for name in names {
                hash.update((name.len() as u64).to_le_bytes());
                hash.update(name.as_bytes());
                feed_value(hash, &object[name]);
            }
        }
    }
}

/// One message at the door: read, or with everything that is wrong with it.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The message's bytes. Empty when it was larger than a message may be: its source still holds it.
    pub raw: Bytes,
    /// Its length as it came, in bytes.
    pub size: usize,
    /// Decides whether the same id says the same.
    pub content: ContentDigest,
    /// The message, or its faults.
    pub reading: Result<Read, Vec<Fault>>,
}

/// A document of another format, kept whole beside the messages that were made from it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The format, such as `eido`.
    pub format: &'static str,
    /// The document as it came.
    pub raw: Bytes,
    /// Its digest: the same document is kept once.
    pub content: ContentDigest,
}

/// What became of one message. Durable when it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// New, and kept.
    Taken,
    /// The same id with the same content was here before; nothing has changed.
    Duplicate,
    /// The same id was here with other content; this one is in the rejects list.
    Conflict,
    /// It has these faults; it is in the rejects list.
    Rejected {
        /// What is wrong, each with its place.
        faults: Vec<Fault>,
    },
}

/// Nothing of what was offered has been kept; the sender tries again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    /// The bounded queue of work is full.
    #[error("too much is waiting to be written")]
    Queue {
        /// When to try again, in whole seconds, 1 or more.
        retry_after_s: u32,
    },
    /// Nothing can be written: the disk is full, or the store cannot be reached.
    #[error("nothing can be written")]
    Full {
        /// When to try again, in whole seconds, 1 or more.
        retry_after_s: u32,
    },
    /// The member is stopping or still reading its journal.
    #[error("not ready")]
    NotReady {
        /// When to try again, in whole seconds, 1 or more.
        retry_after_s: u32,
    },
}

impl Busy {
    /// When to try again, in whole seconds.
    pub const fn retry_after_s(self) -> u32 {
        match self {
            Self::Queue { retry_after_s } | Self::Full { retry_after_s } | Self::NotReady { retry_after_s } => {
                retry_after_s
            }
        }
    }
}

/// The number of a rejected message, in the order in which they were rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RejectId(pub u64);

/// A message that was not taken, kept until somebody resubmits it.
#[derive(Clone, Debug)]
pub struct Reject {
    /// Its number.
    pub id: RejectId,
    /// When it was last offered.
    pub received: Timestamp,
    /// How often it was offered, 1 or more.
    pub times: u64,
    /// As it came; empty when it was too large to keep.
    pub raw: Bytes,
    /// Its length as it came, in bytes.
    pub size: usize,
    /// Why it was not taken.
    pub why: RejectedFor,
}

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectedFor {
    /// It has faults.
    Faults(Vec<Fault>),
    /// Its id was here with other content.
    Conflict,
}

/// What stands behind the door. Each promise holds at the moment in which the future resolves.
pub trait Intake: Send + Sync + 'static {
    /// Takes messages: one receipt each, in their order. Those without faults are kept, those with faults and those in
    /// conflict go to the rejects list (the same bytes once, with a count). All of it is durable, or nothing is and the answer is [`Busy`].
    ///
    /// # Errors
    /// [`Busy`] when nothing was kept.
    fn take(
        &self,
        feed: &FeedId,
        received: Timestamp,
        messages: Vec<Offered>,
    ) -> impl Future<Output = Result<Vec<Receipt>, Busy>> + Send;

    /// Keeps a document of another format whole; the same document again changes nothing.
    ///
    /// # Errors
    /// [`Busy`] when it was not kept.
    fn keep(
        &self,
        feed: &FeedId,
        received: Timestamp,
        document: Document,
    ) -> impl Future<Output = Result<(), Busy>> + Send;

    /// The feed's rejects with a greater number than `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// [`Busy`] when they cannot be read now.
    fn rejects(
        &self,
        feed: &FeedId,
        after: Option<RejectId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Reject>, Busy>> + Send;

    /// One reject of the feed, if it is still in the list.
    ///
    /// # Errors
    /// [`Busy`] when it cannot be read now.
    fn reject(&self, feed: &FeedId, id: RejectId) -> impl Future<Output = Result<Option<Reject>, Busy>> + Send;

    /// Takes a message in place of a reject. When it is taken, or was already here, the reject leaves the list in the
    /// same durable step; otherwise the list stays as it was. `by` is the (pseudonymous) person or key that asked for it.
    ///
    /// # Errors
    /// [`Busy`] when nothing was kept.
    fn resubmit(
        &self,
        feed: &FeedId,
        received: Timestamp,
        id: RejectId,
        message: Offered,
        by: &str,
    ) -> impl Future<Output = Result<Receipt, Busy>> + Send;
}
