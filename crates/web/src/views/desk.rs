//! The desk: one ranked queue in deadline groups, and beside it what this person and this shift have open.

use alongside_desk::time::Timestamp;
use askama::Template;

use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Act, Left, Notice, Tag};

/// The desk's page.
#[derive(Debug, Clone, Template)]
#[template(path = "desk.html", blocks = ["page"])]
pub struct Desk {
    /// The layout.
    pub frame: Frame,
    /// Above the queue.
    pub notices: Vec<Notice>,
    /// DA calls that are live now; at most three are shown.
    pub calls: Vec<LiveCall>,
    /// The queue's groups in order; a group without rows is left out by the template.
    pub groups: Vec<Group>,
    /// What the queue was filtered by; empty for nothing.
    pub filter: String,
    /// Said when no group has a row.
    pub empty: Empty,
    /// What this person has in hand.
    pub mine: Vec<Work>,
    /// The next hand-over.
    pub hand_over: Option<NextHandOver>,
    /// Who is on this desk, themselves included.
    pub on_desk: Vec<Colleague>,
    /// Counts since the shift began.
    pub shift: Option<Shift>,
}

/// A live call.
#[derive(Debug, Clone)]
pub struct LiveCall {
    /// `999` or `101`.
    pub line: String,
    /// When it was answered.
    pub since: Timestamp,
    /// The handler and the position: `K. Doyle, position 4`.
    pub handler: String,
    /// In one line, why it is here.
    pub why: String,
    /// It is about someone whose row is S1.
    pub urgent: bool,
    /// Its incident.
    pub incident: Option<Act>,
}

/// Rows with the same distance to their deadline.
#[derive(Debug, Clone)]
pub struct Group {
    /// Which.
    pub kind: GroupKind,
    /// After the count, in the heading: `what can still be saved comes first`. May be empty.
    pub note: String,
    /// In order.
    pub rows: Vec<Row>,
}

/// The groups of the queue, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKind {
    /// A deadline has passed.
    Overdue,
    /// Less than five minutes.
    FiveMinutes,
    /// Less than an hour.
    Hour,
    /// Before the shift ends.
    Shift,
    /// After that.
    Later,
    /// Held by a person until a time.
    Held,
    /// It happened while nobody was on duty.
    Unwatched,
    /// The record has answered it; nobody has looked.
    Answered,
}

impl GroupKind {
    /// The heading.
    pub fn says(self) -> &'static str {
        match self {
            Self::Overdue => "Overdue",
            Self::FiveMinutes => "Under 5 min",
            Self::Hour => "Under 1 h",
            Self::Shift => "This shift",
            Self::Later => "Later",
            Self::Held => "Held",
            Self::Unwatched => "While nobody was on",
            Self::Answered => "Answered, not yet looked at",
        }
    }

    /// The anchor of the jump bar.
    pub fn id(self) -> &'static str {
        match self {
            Self::Overdue => "g-overdue",
            Self::FiveMinutes => "g-five",
            Self::Hour => "g-hour",
            Self::Shift => "g-shift",
            Self::Later => "g-later",
            Self::Held => "g-held",
            Self::Unwatched => "g-unwatched",
            Self::Answered => "g-answered",
        }
    }
}

/// One row of the queue: what needs me, why, how long is left.
#[derive(Debug, Clone)]
pub struct Row {
    /// Stays the same while the row lives, and is fit for an HTML id: `r-` and the incident's or subject's key.
    pub id: String,
    /// What is left, to do what.
    pub left: Left,
    /// Severity, or why it has none.
    pub tag: Tag,
    /// Why here, in one sentence.
    pub why: String,
    /// Opens the reasons.
    pub why_act: Act,
    /// Who: `Wrona and Pell`.
    pub who: String,
    /// What follows on the second line: place, earlier contacts, more flags.
    pub about: Vec<String>,
    /// The grade in force: `Priority`; `no live log` without one.
    pub grade: String,
    /// `was Immediate`, or the target; may be empty.
    pub grade_note: String,
    /// `Log 0187 · 29 min`
    pub log: String,
    /// Who has it.
    pub holder: Holder,
    /// Opens the case, or the incident when there is no case.
    pub open: Act,
    /// The row's next step; `None` when it is someone else's.
    pub step: Option<Act>,
    /// Whatever else can be done with it.
    pub acts: Vec<Act>,
}

/// Who has a row.
#[derive(Debug, Clone)]
pub enum Holder {
    /// Nobody.
    Nobody,
    /// The viewer, since.
    You(Timestamp),
    /// A colleague, since.
    Other(String, Timestamp),
}

/// What an empty queue says. "Nothing" and "nothing that we know of" never share words.
#[derive(Debug, Clone)]
pub struct Empty {
    /// The row last looked at: `02:14, Log 0183`. May be empty.
    pub last: String,
    /// How many DA incidents nobody has read.
    pub unread: usize,
}

/// Something that this person has in hand.
#[derive(Debug, Clone)]
pub struct Work {
    /// What.
    pub says: String,
    /// Where.
    pub href: String,
    /// Its state, in bold and red when it is late.
    pub state: String,
    /// It is late.
    pub late: bool,
    /// After the state; may be empty.
    pub then: String,
}

/// The next hand-over.
#[derive(Debug, Clone)]
pub struct NextHandOver {
    /// `Jo Reyes at 06:00`
    pub to: String,
    /// How many have a note.
    pub noted: usize,
    /// Of how many.
    pub open: usize,
}

/// Someone on the desk.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// Their name, or `You`.
    pub name: String,
    /// What they have open; no names of people in the record.
    pub doing: String,
    /// They were heard from within the last minute.
    pub present: bool,
}

/// Counts since the shift began.
#[derive(Debug, Clone)]
pub struct Shift {
    /// When it began.
    pub since: Timestamp,
    /// DA incidents.
    pub incidents: usize,
    /// Of those, looked at.
    pub looked_at: usize,
    /// Flags with a deadline that were acted on in time.
    pub in_time: usize,
    /// Of how many.
    pub of: usize,
}

impl Desk {
    /// The groups that have rows.
    pub fn shown(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| !group.rows.is_empty())
    }

    /// How many rows wait.
    pub fn waiting(&self) -> usize {
        self.groups.iter().map(|group| group.rows.len()).sum()
    }

    /// How many of those are overdue.
    pub fn overdue(&self) -> usize {
        let overdue = self.groups.iter().filter(|group| group.kind == GroupKind::Overdue);
        overdue.map(|group| group.rows.len()).sum()
    }

    /// The row that the keyboard starts on.
    pub fn first(&self) -> Option<&str> {
        self.shown().next().and_then(|group| group.rows.first()).map(|row| row.id.as_str())
    }
}

impl Shift {
    /// DA incidents that nobody has looked at.
    pub fn unread(&self) -> usize {
        self.incidents.saturating_sub(self.looked_at)
    }
}

impl NextHandOver {
    /// How much of the writing is done, 0 to 100.
    pub fn per_cent(&self) -> usize {
        self.noted * 100 / self.open.max(1)
    }
}
