//! The policy lab: a policy tried on the past, and the form that begins a trial. Numbers only, nobody's record.

use askama::Template;

use super::frame::{Frame, Theme};

/// The newest trial.
#[derive(Debug, Clone, Template)]
#[template(path = "lab.html", blocks = ["page"])]
pub struct Lab {
    /// The layout.
    pub frame: Frame,
    /// Which policy, by whom, when. May be empty.
    pub about: String,
    /// While it runs.
    pub progress: Option<Progress>,
    /// When there is nothing to show: why. May be empty.
    pub says: &'static str,
    /// Whoever looks may begin and end trials.
    pub may: bool,
    /// What it came to.
    pub results: Option<Results>,
}

/// How far it has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Entries read.
    pub done: u64,
    /// Of so many; 1 or more.
    pub of: u64,
}

impl Progress {
    /// In whole hundredths.
    pub fn percent(&self) -> u64 {
        self.done.saturating_mul(100) / self.of
    }
}

/// What a trial came to.
#[derive(Debug, Clone)]
pub struct Results {
    /// `26 Nov 2025 to 26 Nov 2026`
    pub span: String,
    /// When it reaches back before the desk went live: what that means. May be empty.
    pub reaches_back: String,
    /// Shifts in it.
    pub shifts: u32,
    /// Rules that raised something else, or at another time.
    pub changed: usize,
    /// Rules that raised something then, or would have.
    pub lines: Vec<Line>,
    /// Rules that did neither.
    pub quiet: usize,
    /// The work, then and by this policy.
    pub loads: Vec<Load>,
    /// By the victims' groups.
    pub groups: Vec<Table>,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Line {
    /// `T01`
    pub id: String,
    /// Its name; empty when the policy in force has no such rule.
    pub name: String,
    /// Raised then.
    pub was: u32,
    /// Raised by this policy.
    pub would: u32,
    /// The same thing by both.
    pub same: u32,
    /// Of those, sooner, later, more or less severe. May be empty.
    pub times: String,
    /// Not raised any more: by what people said.
    pub dropped: String,
    /// Of them, how many a person had confirmed as missed opportunities.
    pub lost: u32,
    /// Raised anew: by how people ended the review of its log.
    pub new: String,
}

/// The work that flags make.
#[derive(Debug, Clone)]
pub struct Load {
    /// Whose.
    pub of: &'static str,
    /// Flags.
    pub flags: u32,
    /// Of them, S1.
    pub urgent: u32,
    /// In the middle shift.
    pub middle: u32,
    /// In the fullest shift.
    pub most: u32,
}

/// A table of groups.
#[derive(Debug, Clone)]
pub struct Table {
    /// `By sex`
    pub title: &'static str,
    /// Group, raised then, raised by this policy; `hidden` where the number is small.
    pub lines: Vec<(&'static str, String, String)>,
}

/// The form that begins a trial.
#[derive(Debug, Clone, Template)]
#[template(path = "lab_try.html", blocks = ["page"])]
pub struct Try {
    /// The layout.
    pub frame: Frame,
    /// The policy, whole.
    pub policy: String,
    /// Spans: value, words, chosen.
    pub months: Vec<(String, String, bool)>,
    /// Every mistake, with line and column.
    pub problems: Vec<String>,
}
