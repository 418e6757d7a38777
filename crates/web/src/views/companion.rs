//! The handler's companion: what is known about the call that rings, on a narrow page beside their own system.

use alongside_desk::time::Timestamp;
use askama::Template;

use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Act, Notice, Words};
use super::prompt::Told;

/// The companion's page.
#[derive(Debug, Clone, Template)]
#[template(path = "companion.html", blocks = ["page"])]
pub struct Companion {
    /// The layout.
    pub frame: Frame,
    /// Above everything.
    pub notices: Vec<Notice>,
    /// How much feedback is new: `1 new feedback`.
    pub inbox: String,
    /// The call that goes on; without one, why there is none.
    pub now: Result<Ringing, String>,
}

/// A call that goes on.
#[derive(Debug, Clone)]
pub struct Ringing {
    /// `999`
    pub line: String,
    /// When it began.
    pub since: Timestamp,
    /// `07700 900412`, or that it is withheld.
    pub number: String,
    /// `Log 0187`, or that there is none yet.
    pub log: String,
    /// Who listens, and who did in this call; whether they do now.
    pub listeners: Vec<(String, bool)>,
    /// The prompts of this call.
    pub told: Told,
    /// Who is known; without anybody, that and what was looked for.
    pub who: Result<Who, String>,
    /// How many more are known by the same number or address, in a sentence. May be empty.
    pub others: String,
    /// What to do if the line drops, and whether it is a warning.
    pub drops: (String, bool),
    /// The checklist.
    pub points: Vec<PointLine>,
    /// Where the checklist comes from.
    pub source: String,
}

/// Somebody who may be ringing, or about whom the call may be.
#[derive(Debug, Clone)]
pub struct Who {
    /// By what they are known: `By this number`.
    pub by: String,
    /// Their name, as the sources wrote it.
    pub name: String,
    /// Age, language, interpreter.
    pub about: String,
    /// The history in three lines; whether each is an alarm.
    pub history: Vec<(Words, bool)>,
    /// An earlier contact after which nobody came. May be empty.
    pub missed: String,
    /// Orders in force.
    pub orders: Words,
    /// What the unit does not know of them. May be empty.
    pub orders_alarm: String,
    /// Who is suspected.
    pub suspect: Words,
    /// How she can be reached safely.
    pub safe: String,
    /// What made contact unsafe before. May be empty.
    pub unsafe_contact: String,
}

/// A point of the checklist.
#[derive(Debug, Clone)]
pub struct PointLine {
    /// In words.
    pub says: String,
    /// When a fact of the log covered it; nothing while none has.
    pub at: Option<Timestamp>,
    /// Whether a log could show it at all.
    pub can_be_read: bool,
    /// Fit for an HTML id.
    pub id: String,
    /// When the handler ticked it; nothing when they have not.
    pub ticked: Option<Timestamp>,
    /// Ticks it, or takes the tick back; nothing for whoever may not.
    pub tick: Option<Act>,
}
