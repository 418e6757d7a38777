//! Prompts to the call handler: on the page on which a call is heard, and on the handler's companion.

use alongside_desk::time::Timestamp;

use super::part::{Act, Step};

/// What somebody who may send sees of a call's prompts.
#[derive(Debug, Clone)]
pub struct Prompting {
    /// Who the prompts go to.
    pub handler: String,
    /// What can be done now.
    pub now: Now,
    /// What the newest came to, said aloud once; may be empty.
    pub say: String,
    /// What was sent in this call, the newest first.
    pub sent: Vec<Sent>,
}

/// What can be done now.
#[derive(Debug, Clone)]
pub enum Now {
    /// Another can be sent.
    Send(Send),
    /// One is open: where it is taken back, and the form's id.
    Open(String, String),
    /// None can be sent: why, in a sentence.
    Off(String),
}

/// The form that sends one.
#[derive(Debug, Clone)]
pub struct Send {
    /// Where it is sent.
    pub href: String,
    /// Makes a second sending do nothing, and stands on what was sent before.
    pub form_id: String,
    /// So many characters at most.
    pub longest: usize,
    /// The ready lines: the digit that chooses it, its key, and what it says.
    pub phrases: Vec<(usize, &'static str, &'static str)>,
}

/// A prompt that was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub words: String,
    /// Who sent it; empty for the reader's own.
    pub by: String,
    /// How far it is.
    pub steps: Vec<Step>,
    /// While it is open: what is waited for, and since when.
    pub waits: Option<(&'static str, Timestamp)>,
}

/// What the handler sees of the prompts of their call.
#[derive(Debug, Clone)]
pub struct Told {
    /// The one that is open.
    pub open: Option<Open>,
    /// Those before: what each said, and what became of it.
    pub before: Vec<(String, &'static str)>,
}

/// An open prompt, on the handler's page.
#[derive(Debug, Clone)]
pub struct Open {
    /// Who sent it.
    pub from: String,
    /// When.
    pub since: Timestamp,
    /// What it says.
    pub words: String,
    /// Where the page tells that it is drawn and visible, and the form's id; nothing once that is written down.
    pub seen: Option<(String, String)>,
    /// What the handler can say of it.
    pub acts: Vec<Act>,
}
