//! What the feeds sent and was not taken: the list, which quotes nothing of it, and the page of one.

use alongside_desk::time::Timestamp;
use askama::Template;

use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Act, Notice};

/// The list.
#[derive(Debug, Clone, Template)]
#[template(path = "rejects.html", blocks = ["page"])]
pub struct Rejects {
    /// The layout.
    pub frame: Frame,
    /// Above the list.
    pub notices: Vec<Notice>,
    /// Where they can stand, and which of these is shown.
    pub ways: Vec<Way>,
    /// Newest first.
    pub lines: Vec<Line>,
    /// Said when there are none: what that means.
    pub none: &'static str,
    /// The next page's address.
    pub more: Option<String>,
}

/// Where a reject can stand.
#[derive(Debug, Clone)]
pub struct Way {
    /// `Waiting`
    pub says: &'static str,
    /// Where those are listed.
    pub href: &'static str,
    /// How many there are.
    pub count: usize,
    /// They are what is shown.
    pub current: bool,
}

/// A line of the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Stays the same while the line lives: fit for an HTML id.
    pub id: String,
    /// Where it opens.
    pub href: String,
    /// When it last came.
    pub at: Timestamp,
    /// How often it came, 1 or more.
    pub times: u64,
    /// The feed that sent it.
    pub feed: String,
    /// What is wrong, the first of it.
    pub fault: Fault,
    /// How much more is wrong.
    pub more: usize,
    /// What was done with it: who, and when. Empty while it waits.
    pub dealt: String,
}

/// What is wrong with a message.
#[derive(Debug, Clone)]
pub struct Fault {
    /// In plain words: `grade must be one of: immediate, priority`.
    pub says: String,
    /// Where, as a JSON pointer; empty for the whole message.
    pub pointer: String,
}

/// One of them.
#[derive(Debug, Clone, Template)]
#[template(path = "reject.html", blocks = ["page"])]
pub struct Reject {
    /// The layout.
    pub frame: Frame,
    /// Above the message: what became of it when it was resubmitted.
    pub notices: Vec<Notice>,
    /// The feed that sent it.
    pub feed: String,
    /// When it last came.
    pub at: Timestamp,
    /// How often it came, 1 or more.
    pub times: u64,
    /// Its length as it came, in bytes.
    pub size: u64,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// What can be done about it, in a sentence.
    pub advice: &'static str,
    /// What was done with it: who, and when. Empty while it waits.
    pub dealt: String,
    /// Why it was put aside.
    pub reason: Option<String>,
    /// What the message says.
    pub text: Text,
    /// Where a mended text is sent, for whoever may.
    pub mend: Option<String>,
    /// What whoever may can do with it, the likeliest first.
    pub acts: Vec<Act>,
}

/// What the message says.
#[derive(Debug, Clone)]
pub enum Text {
    /// It is not kept: why.
    Gone(&'static str),
    /// To read: with what would hide or turn the words around it made visible.
    Read(String),
    /// To mend: exactly as it came, or as it was sent last. With a warning, where something in it cannot be seen.
    Mend(String, String),
}
