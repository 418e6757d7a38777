//! What a role has been asked to do, and acknowledges here: dispatcher, supervisor, handler.

use alongside_desk::time::Timestamp;
use askama::Template;

use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Act, Countdown, Notice, Step, Tag, Words};

/// The list of one role.
#[derive(Debug, Clone, Template)]
#[template(path = "actions.html", blocks = ["page"])]
pub struct Actions {
    /// The layout.
    pub frame: Frame,
    /// Above the list.
    pub notices: Vec<Notice>,
    /// `Dispatcher`
    pub role: String,
    /// Other roles that this person may look at: name, address, how many are open.
    pub roles: Vec<(String, String, usize)>,
    /// Open first, soonest first.
    pub items: Vec<Action>,
}

/// Something that a specialist needs from a role.
#[derive(Debug, Clone)]
pub struct Action {
    /// Fit for an HTML id.
    pub id: String,
    /// By when.
    pub by: Countdown,
    /// The review's severity.
    pub tag: Tag,
    /// What is asked, in the specialist's words.
    pub asked: String,
    /// Log and place.
    pub about: String,
    /// Why, with what it rests on.
    pub why: Words,
    /// Who asked, and when.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Sent, seen, acknowledged, done.
    pub steps: Vec<Step>,
    /// Acknowledge, done, cannot.
    pub acts: Vec<Act>,
}
