//! Why a row stands where it stands: the sentence, what it rests on, the sums, what would clear it, what is not known.

use alongside_desk::time::Timestamp;
use askama::Template;

use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Act, TimelineEntry};

/// The page of reasons, and (its `sheet` block) the side panel over the desk.
#[derive(Debug, Clone, Template)]
#[template(path = "why.html", blocks = ["page", "sheet"])]
pub struct Why {
    /// The layout.
    pub frame: Frame,
    /// `Log 0187 · Wrona and Pell`
    pub about: String,
    /// The conclusion, in plain words.
    pub sentence: String,
    /// The record's own entries, with the words that raised it underlined.
    pub rests_on: Vec<TimelineEntry>,
    /// How the place is worked out: question, answer, and what it does to the place.
    pub sums: Vec<Sum>,
    /// `1st of 18.`
    pub place: String,
    /// Why it stands above the next: may be empty.
    pub above: String,
    /// What would clear each flag: `A unit assigned (T02)`.
    pub clears: Vec<String>,
    /// What is not known.
    pub unknown: Vec<String>,
    /// The rules' own record over twelve months: the rule, and a sentence.
    pub records: Vec<(String, String)>,
    /// The next step.
    pub step: Option<Act>,
    /// Disagree, with a reason.
    pub disagree: Option<Act>,
    /// When this opening was written down.
    pub recorded: Timestamp,
}

/// One line of the sums.
#[derive(Debug, Clone)]
pub struct Sum {
    /// `Time`
    pub question: String,
    /// `5 min to replace a unit (force policy, D), ended 02:07:15`
    pub answer: String,
    /// `raises`, `S1`, or a countdown's words.
    pub result: String,
    /// The result is shown in red: a deadline has passed.
    pub over: bool,
}
