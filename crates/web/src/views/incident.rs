//! One incident: the log as it grows, and beside it what the handler decided and how the risk was assessed.
//! Open to review without a flag.

use askama::Template;

use super::case::{Assessment, Banner, FlagGroup, Known};
use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Act, Countdown, Notice, TimelineDay, TimelineEntry, Words};

/// The incident's page.
#[derive(Debug, Clone, Template)]
#[template(path = "incident.html", blocks = ["page"])]
pub struct Incident {
    /// The layout.
    pub frame: Frame,
    /// Above everything.
    pub notices: Vec<Notice>,
    /// Who this is about; `None` when no victim is known.
    pub banner: Option<Banner>,
    /// `Log 0187`
    pub title: String,
    /// What is known of it in a line: type, opened, by whom, place.
    pub about: Words,
    /// Grade, target, and what is left.
    pub grade: Words,
    /// The target's clock.
    pub target: Option<Countdown>,
    /// The log, newest first.
    pub log: Vec<TimelineDay>,
    /// What the handler and the dispatcher decided, oldest first: grade, codes, questions, units.
    pub decisions: Vec<TimelineEntry>,
    /// The units: call sign, state, times.
    pub units: Known<Unit>,
    /// The risk assessments.
    pub assessments: Known<Assessment>,
    /// Flags, if any.
    pub flags: Vec<FlagGroup>,
    /// What can be done; the first is the next step.
    pub acts: Vec<Act>,
    /// Who has it, or that nobody has read it.
    pub holder: String,
}

/// A unit on the incident.
#[derive(Debug, Clone)]
pub struct Unit {
    /// `HD34`
    pub call_sign: String,
    /// `left before arriving, 02:02:15`
    pub state: String,
    /// It is there now.
    pub there: bool,
    /// What it was told, in the record's words.
    pub told: Words,
}
