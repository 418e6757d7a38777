//! Plain lists of rows: what happened while nobody was on, what was answered and not yet looked at, cases, incidents.

use askama::Template;

use super::desk::{Holder, Row};
use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Left, Notice};

/// A list's page.
#[derive(Debug, Clone, Template)]
#[template(path = "list.html", blocks = ["page"])]
pub struct List {
    /// The layout.
    pub frame: Frame,
    /// Above the list.
    pub notices: Vec<Notice>,
    /// `While nobody was on`
    pub title: String,
    /// What the list holds and why, in a sentence.
    pub about: String,
    /// Where its search goes; `None` for a list that is not searched.
    pub find: Option<String>,
    /// What was searched for.
    pub found_by: String,
    /// In order.
    pub rows: Vec<Row>,
    /// Said when there are none: what that means.
    pub none: String,
    /// The next page's address.
    pub more: Option<String>,
}
