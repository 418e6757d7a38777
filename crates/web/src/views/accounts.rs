//! Who may sign in, and what of the feeds was not taken: the administrator's page. Nobody's record is on it.

use askama::Template;

use super::frame::{Frame, Theme};

/// The administrator's page.
#[derive(Debug, Clone, Template)]
#[template(path = "accounts.html", blocks = ["page"])]
pub struct Accounts {
    /// The layout.
    pub frame: Frame,
    /// By name.
    pub lines: Vec<Line>,
    /// Messages of the feeds that were not taken and that nobody has dealt with.
    pub rejects: usize,
}

/// An account.
#[derive(Debug, Clone)]
pub struct Line {
    /// The name that colleagues see.
    pub shown: String,
    /// The name that they sign in with.
    pub name: String,
    /// Their staff number.
    pub staff: String,
    /// What they are there for.
    pub roles: String,
    /// They cannot sign in.
    pub locked: bool,
}
