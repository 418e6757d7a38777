//! A recording of a call: what became of it, and how it is heard.

use askama::Template;

use super::captions::Captions;
use super::frame::{Frame, Theme};
use super::part::Notice;

/// The page of one recording.
#[derive(Debug, Clone, Template)]
#[template(path = "recording.html", blocks = ["page"])]
pub struct Recording {
    /// The layout.
    pub frame: Frame,
    /// Above everything.
    pub notices: Vec<Notice>,
    /// Which it is.
    pub line: Line,
    /// Where its log is.
    pub log: Option<String>,
    /// The sound, for whoever has said why.
    pub audio: Option<String>,
    /// What a machine wrote of it, for the same people.
    pub captions: Option<Captions>,
    /// Where that is said: the address, and the form's number.
    pub form: Option<(String, String)>,
    /// Why it cannot be heard; empty where it can.
    pub cannot: String,
    /// What was wrong with what was sent; may be empty.
    pub refused: String,
    /// How its file is; empty where there is none.
    pub condition: String,
    /// That is not as it should be.
    pub alarm: bool,
    /// Who has heard it, the newest first.
    pub plays: Vec<Play>,
    /// What one may hear it for: value and words.
    pub purposes: Vec<(&'static str, &'static str)>,
}

/// A recording in a line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its page.
    pub href: String,
    /// `Log 0187`, or that no feed has told of the call.
    pub says: String,
    /// Who took the call; may be empty.
    pub handler: String,
    /// When it began.
    pub began: String,
    /// `5:12 long`, `Deleted 3 Mar: its time had passed`
    pub state: String,
}

/// Somebody's hearing of it.
#[derive(Debug, Clone)]
pub struct Play {
    /// Who.
    pub who: String,
    /// When.
    pub at: String,
    /// What for.
    pub what: String,
    /// Why, in their words.
    pub reason: String,
}
