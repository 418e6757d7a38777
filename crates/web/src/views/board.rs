//! The supervisor's board: overdue, next to go over, untaken, unacknowledged, cover, feeds. No names of people in the record.

use alongside_desk::time::Timestamp;
use askama::Template;

use super::desk::{Colleague, LiveCall};
use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Countdown, Notice, Tag};

/// The board's page.
#[derive(Debug, Clone, Template)]
#[template(path = "board.html", blocks = ["page"])]
pub struct Board {
    /// The layout.
    pub frame: Frame,
    /// Above everything: alarms.
    pub notices: Vec<Notice>,
    /// What has passed its deadline.
    pub overdue: Vec<Item>,
    /// What passes next, soonest first.
    pub next: Vec<Item>,
    /// What nobody has taken, longest first.
    pub untaken: Vec<Item>,
    /// Advice and needed actions that nobody has acknowledged.
    pub unacknowledged: Vec<Item>,
    /// Live DA calls.
    pub calls: Vec<LiveCall>,
    /// Who listens to which call now: since when, who, to what and what for.
    pub listening: Vec<(Timestamp, String, String)>,
    /// Who covers the desk.
    pub cover: Vec<Colleague>,
    /// When nobody does: `Nobody 14:00 to 22:00`. May be empty.
    pub gap: String,
    /// Where flags go then: `Then flags come to the duty inspector`. May be empty.
    pub then: String,
    /// Who is on call, or that nobody is named.
    pub on_call: String,
    /// Where that is named, for whoever may.
    pub name_on_call: Option<String>,
    /// Counts of this shift: words and number.
    pub counts: Vec<(String, String)>,
    /// `22:00`
    pub since: String,
    /// How it is with recording calls, and whether that asks for somebody.
    pub recording: Option<(String, bool)>,
    /// Messages of the feeds that were not taken and that nobody has dealt with.
    pub rejects: usize,
    /// Where those are, for whoever may see them.
    pub rejects_href: Option<String>,
}

/// A line of the board.
#[derive(Debug, Clone)]
pub struct Item {
    /// Stays the same while the line lives: fit for an HTML id.
    pub id: String,
    /// Its clock.
    pub clock: Countdown,
    /// Its severity, where it has one.
    pub tag: Option<Tag>,
    /// What, without a name.
    pub says: String,
    /// The rest of it, one key away. May be empty.
    pub more: String,
    /// Log, area, who has it.
    pub about: String,
    /// In bold at the end: what happens next. May be empty.
    pub then: String,
    /// Shown in red.
    pub alarm: bool,
    /// Where it opens, for a supervisor at a desk.
    pub href: Option<String>,
}
