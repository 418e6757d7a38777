//! Feedback to call handlers: who has what to write, to read and to answer, and what the whole room hears again and again.

use alongside_desk::review::Shown;
use alongside_desk::time::Timestamp;
use askama::Template;

use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Act, Notice};

/// What each role finds under *Feedback*.
#[derive(Debug, Clone, Template)]
#[template(path = "feedback.html", blocks = ["page"])]
pub struct Feedback {
    /// The layout.
    pub frame: Frame,
    /// Above everything.
    pub notices: Vec<Notice>,
    /// The lists, in the order in which they ask for somebody.
    pub lists: Vec<List>,
    /// What was marked over the room, for supervisors.
    pub patterns: Option<Patterns>,
}

/// A list.
#[derive(Debug, Clone)]
pub struct List {
    /// Fit for an HTML id.
    pub id: &'static str,
    /// `To you`
    pub title: &'static str,
    /// A few words beside the title.
    pub label: &'static str,
    /// Said when it is empty: what that means.
    pub none: &'static str,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line of a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Stays the same while the line lives: fit for an HTML id.
    pub id: String,
    /// When, in words.
    pub when: String,
    /// `Call of 14:03, Log 0187`: opens it.
    pub open: Act,
    /// What there is of it.
    pub about: String,
    /// How it stands.
    pub state: String,
    /// Whether it waits for the reader.
    pub waits: bool,
}

/// A table of themes by week.
#[derive(Debug, Clone)]
pub struct Patterns {
    /// `9 Mar`, the oldest first.
    pub weeks: Vec<String>,
    /// The themes, what went well first: each with what is shown of each week.
    pub lines: Vec<(String, &'static str, Vec<Shown>)>,
}

/// A moment of a call as feedback quotes it.
#[derive(Debug, Clone)]
pub struct Quote {
    /// Its entry.
    pub id: u64,
    /// `2:31`, from the beginning of the call.
    pub second: String,
    /// The theme.
    pub theme: String,
    /// What to try; empty where it went well.
    pub instead: String,
    /// What is said of it; may be empty.
    pub words: String,
    /// Where it can be heard; nothing while no recording is kept.
    pub audio: Option<String>,
    /// Whether it is quoted, on the page where that is chosen.
    pub chosen: bool,
    /// What is wrong with its words; empty for nothing.
    pub error: String,
}

/// What one reads, and answers.
#[derive(Debug, Clone, Template)]
#[template(path = "feedback_one.html", blocks = ["page"])]
pub struct One {
    /// The layout.
    pub frame: Frame,
    /// Above everything.
    pub notices: Vec<Notice>,
    /// `Feedback on your call of 14:03`
    pub title: String,
    /// `Log 0187, from Sam Whitlock, 14:20`
    pub about: String,
    /// Whether somebody has opened it, and since when it can no longer be taken back.
    pub stands: String,
    /// What went well.
    pub well: Vec<Quote>,
    /// What to try.
    pub tries: Vec<Quote>,
    /// What the handler said, and what a supervisor settled, in order.
    pub answers: Vec<Answer>,
    /// Where the page tells that it is drawn and visible, and the form's id; nothing once that is written down.
    pub seen: Option<(String, String)>,
    /// What the reader can say to it.
    pub form: Option<Form>,
    /// What else the reader can do.
    pub acts: Vec<Act>,
}

/// What somebody said to feedback.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// `thanks`, `disputes it`
    pub did: &'static str,
    /// In their words; may be empty.
    pub words: String,
}

/// A field of words with a button for each thing that they can be.
#[derive(Debug, Clone)]
pub struct Form {
    /// Where it is sent.
    pub href: String,
    /// Makes a second sending do nothing.
    pub form_id: String,
    /// Over the field.
    pub label: &'static str,
    /// Under it.
    pub hint: &'static str,
    /// What was written so far.
    pub words: String,
    /// What is wrong with it; empty for nothing.
    pub error: String,
    /// Value and words of each button; the first is the next step.
    pub buttons: Vec<(&'static str, &'static str)>,
}

/// Feedback on a call while it is written.
#[derive(Debug, Clone, Template)]
#[template(path = "feedback_write.html", blocks = ["page"])]
pub struct Write {
    /// The layout.
    pub frame: Frame,
    /// Above everything.
    pub notices: Vec<Notice>,
    /// `Feedback on the call of 14:03`
    pub title: String,
    /// `Log 0187, taken by K. Doyle`
    pub about: String,
    /// Where it is sent.
    pub href: String,
    /// Makes a second sending do nothing.
    pub form_id: String,
    /// The entry of the draft that the page shows; 0 for none.
    pub over: u64,
    /// Moments that went well.
    pub well: Vec<Quote>,
    /// Moments to try otherwise.
    pub tries: Vec<Quote>,
    /// To whom it can be sent; else why it cannot.
    pub to: Result<String, String>,
    /// What is wrong; where to go, and the sentence.
    pub errors: Vec<(String, String)>,
    /// The page on which the call is evaluated.
    pub evaluate: String,
}

/// The form by which a call is evaluated.
#[derive(Debug, Clone, Template)]
#[template(path = "evaluation.html", blocks = ["page"])]
pub struct Evaluate {
    /// The layout.
    pub frame: Frame,
    /// Above everything.
    pub notices: Vec<Notice>,
    /// `How she was met`
    pub title: String,
    /// `Call of 14:03, Log 0187`
    pub about: String,
    /// How many evaluations stand, and what that means for this one.
    pub stands: String,
    /// Where it is sent.
    pub href: String,
    /// Makes a second sending do nothing.
    pub form_id: String,
    /// The parts.
    pub parts: Vec<Part>,
    /// The words so far.
    pub words: String,
    /// Whether it can be sent at all; else why not.
    pub can: Result<(), String>,
    /// Takes one's own back, while it can be.
    pub acts: Vec<Act>,
}

/// A part of the form.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name in the form, and its id.
    pub key: String,
    /// In a word or two.
    pub says: String,
    /// What it asks.
    pub asks: String,
    /// Where it comes from.
    pub source: String,
    /// The steps: value, word of the scale, what was heard.
    pub steps: Vec<(String, String, String)>,
    /// The step chosen so far, `x` where it cannot be said; empty for none.
    pub value: String,
    /// What is wrong with it; empty for nothing.
    pub error: &'static str,
}

/// Two evaluations or more, side by side.
#[derive(Debug, Clone, Template)]
#[template(path = "side_by_side.html", blocks = ["page"])]
pub struct SideBySide {
    /// The layout.
    pub frame: Frame,
    /// Above everything.
    pub notices: Vec<Notice>,
    /// `Call of 14:03, Log 0187`
    pub about: String,
    /// In a sentence: where they came apart.
    pub finding: String,
    /// That the forms were not the same; empty where they were.
    pub mixed: &'static str,
    /// Who, when, and their words; may be empty.
    pub by: Vec<(String, Timestamp, String)>,
    /// The parts: what each asks, the step of each person in words and what was heard, how far apart.
    pub parts: Vec<Row>,
}

/// A part as each said.
#[derive(Debug, Clone)]
pub struct Row {
    /// In a word or two.
    pub says: String,
    /// The step's word and what was heard, for each person.
    pub steps: Vec<(String, String)>,
    /// `the same`, `2 steps apart`
    pub apart: String,
    /// Whether they came apart.
    pub is_apart: bool,
}

/// The moments of a call, on the page on which it is heard.
#[derive(Debug, Clone)]
pub struct Marking {
    /// Where a moment is marked, and the form's id; else why none can be.
    pub form: Result<(String, String), String>,
    /// The themes: the digit that chooses it, its key, what it says, and whether it went well.
    pub themes: Vec<(usize, &'static str, &'static str, bool)>,
    /// The reader's own, the newest first: a quote, to note words, to take it back.
    pub marked: Vec<(Quote, Act, Option<Act>)>,
    /// Where feedback is written on the call; nothing before something is marked.
    pub write: Option<String>,
}

impl Feedback {
    /// How a number of a table is shown.
    pub fn shown(&self, number: &Shown) -> String {
        match number {
            Shown::Number(number) => number.to_string(),
            Shown::Hidden => "few".to_owned(),
        }
    }
}

impl Evaluate {
    /// Whether a part has no answer.
    pub fn lacks(&self) -> bool {
        self.parts.iter().any(|part| !part.error.is_empty())
    }
}

impl One {
    /// Whether any moment can be heard.
    pub fn can_be_heard(&self) -> bool {
        self.well.iter().chain(&self.tries).any(|quote| quote.audio.is_some())
    }
}
