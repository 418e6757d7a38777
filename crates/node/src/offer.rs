//! What is offered to the node, and what it answers.

use std::sync::Arc;

use alongside_desk::message::{Fault, Message};
use alongside_desk::review::StaffCommand;
use alongside_journal::Seq;

/// One message at the door.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its length as it came, in bytes.
    pub size: usize,
    /// SHA-256 of what it says, however it is written down: the same reject is kept once.
    pub content: [u8; 32],
    /// The message, or what is wrong with it.
    pub reading: Reading,
}

/// What reading a message came to.
#[derive(Clone, Debug)]
pub enum Reading {
    /// It can be taken.
    Message {
        /// As it was delivered, as JSON.
        raw: Arc<str>,
        /// What it says.
        message: Box<Message>,
    },
    /// It cannot.
    Faulty {
        /// As it came; empty when it was too large to keep.
        raw: Arc<[u8]>,
        /// Everything wrong with it.
        faults: Vec<Fault>,
    },
}

/// What became of one message. Durable when it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// New, and kept.
    Taken,
    /// It was here before with the same content.
    Duplicate,
    /// It was here before with other content; this one is in the rejects list.
    Conflict,
    /// It has faults, and is in the rejects list.
    Rejected(Vec<Fault>),
}

/// A document of another format, kept whole beside the messages that were made from it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The format.
    pub format: String,
    /// As it came; at most 15 MiB.
    pub raw: Arc<[u8]>,
    /// Its digest: the same document is kept once.
    pub content: [u8; 32],
}

/// Something a member of staff does.
#[derive(Clone, Debug)]
pub struct Act {
    /// Who, by a pseudonymous id: 1 to 64 bytes of printable ASCII without spaces.
    pub by: Arc<str>,
    /// What they ask. The same request by the same person again is the same act, and gets the same answer.
    pub command: StaffCommand,
    /// The version of what it is about on which the person decided, where they saw one ([`Node::version`](crate::Node::version) of
    /// [`Topic::of_work`](crate::Topic::of_work)).
    pub expected: Option<u64>,
}

/// What an act came to. Durable when it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The place of its first entry; of an act that changed nothing, the last place there was.
    pub seq: Seq,
    /// Whether this very request had been done before.
    pub repeated: bool,
}
