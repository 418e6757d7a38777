//! One case: a victim and the others at risk, everything known on one timeline, the flags with their evidence.

use std::borrow::Borrow;

use alongside_desk::time::Timestamp;
use askama::Template;

use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Act, Countdown, Notice, Tag, TimelineDay, Words};

/// The case's page.
#[derive(Debug, Clone, Template)]
#[template(path = "case.html", blocks = ["page"])]
pub struct Case {
    /// The layout.
    pub frame: Frame,
    /// Above everything.
    pub notices: Vec<Notice>,
    /// Who this is about. Never scrolls away.
    pub banner: Banner,
    /// The case's own pages, in order.
    pub tabs: Vec<CaseTab>,
    /// Newest first, by day.
    pub timeline: Vec<TimelineDay>,
    /// The page of older entries.
    pub older: Option<Act>,
    /// Flags by severity, open ones first.
    pub flags: Vec<FlagGroup>,
    /// What was answered lately, in words: `1 answered: rung back, 22:49`. May be empty.
    pub answered: String,
    /// The history as a chart.
    pub history: Option<History>,
    /// People, pairs, others at risk, numbers and addresses.
    pub people: Vec<Link>,
    /// Orders and bail conditions in force.
    pub orders: Known<Words>,
    /// The risk assessments, newest first.
    pub assessments: Known<Assessment>,
    /// What can be done; the first is the next step.
    pub acts: Vec<Act>,
    /// Beside them: `Yours since 02:21:07`.
    pub holder: String,
}

/// A list that may be empty, or not known: the two never share words.
#[derive(Debug, Clone)]
pub enum Known<T> {
    /// What is known; empty says that there is none.
    Yes(Vec<T>),
    /// Not known, and why: `Records not reached since 02:05.`
    No(String),
}

/// The identity banner.
#[derive(Debug, Clone)]
pub struct Banner {
    /// `WRONA, Katarzyna (Kasia)`; `Not named` when nobody has said it.
    pub name: String,
    /// `34 · Polish, speaks English · also written Vrona`
    pub about: String,
    /// `Log 0187 · Priority, was Immediate until 02:07`; empty without a live log.
    pub log: Words,
    /// A live call: `On 999 now, 1:09, K. Doyle`.
    pub live: Option<String>,
    /// In red, before the safe contact: `Do not ring back.` May be empty.
    pub unsafe_contact: String,
    /// How she can be reached safely; `Not known` says so.
    pub safe_contact: String,
    /// Orders in force, in short.
    pub orders: Words,
    /// In red under them: `Unit not told`. May be empty.
    pub orders_alarm: String,
    /// Markers and children.
    pub markers: Words,
    /// The suspect.
    pub suspect: Words,
}

/// A page of the case.
#[derive(Debug, Clone)]
pub struct CaseTab {
    /// `History (9)`
    pub says: String,
    /// Where.
    pub href: String,
    /// Open now.
    pub current: bool,
}

/// Flags that share a severity.
#[derive(Debug, Clone)]
pub struct FlagGroup {
    /// Which.
    pub tag: Tag,
    /// In order.
    pub flags: Vec<Flag>,
}

/// A flag.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Its anchor: `f-` and its key.
    pub id: String,
    /// `T02`
    pub rule: String,
    /// `Unit pulled off, none replaced`
    pub name: String,
    /// How long it is open, or over.
    pub clock: FlagClock,
    /// What it says, in one sentence.
    pub sentence: Words,
    /// The entries that it rests on: address and words.
    pub rests_on: Vec<(String, String)>,
    /// Confirm, set aside; or same, not the same.
    pub acts: Vec<Act>,
    /// A person's judgement, with who, when and why, once there is one.
    pub judged: Option<String>,
}

/// A flag's time.
#[derive(Debug, Clone)]
pub enum FlagClock {
    /// It has a deadline.
    Deadline(Countdown),
    /// It has been open since.
    OpenSince(Timestamp),
    /// The record answered it, so long after it was raised.
    Answered(Timestamp, alongside_desk::time::Period),
    /// What it rested on is no longer so, since then.
    Withdrawn(Timestamp),
}

/// Something linked to the case.
#[derive(Debug, Clone)]
pub struct Link {
    /// Who or what, how sure, and on what evidence.
    pub what: Words,
    /// Same, not the same; open the history.
    pub acts: Vec<Act>,
    /// It asks whether two records are one person.
    pub is_asked: bool,
}

/// A risk assessment against the record.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// `DASH, 9 Aug`
    pub title: String,
    /// The log that it was made on, where the page is of several.
    pub on: Words,
    /// `medium`
    pub level: String,
    /// `By op4. No reason given.` May be empty.
    pub note: String,
    /// What is to be seen of it as a whole: disagreements, ticks against the guide, call-outs, what came before.
    pub points: Vec<Words>,
    /// What is to be looked at: answers that the record speaks against, that changed, or that let the guide see high.
    pub answers: Vec<Answer>,
    /// The others, folded away.
    pub rest: Vec<Answer>,
    /// What those are: `22 more: both say so, or the record does not`.
    pub rest_says: String,
}

/// One answer beside the record.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `Choked or strangled?`
    pub question: String,
    /// `No`, `Not asked`
    pub answer: String,
    /// What was answered the last time, where that was something else: `was Yes`. May be empty.
    pub was: String,
    /// What the record says.
    pub record: Words,
    /// The record says what the answer does not.
    pub disagrees: bool,
}

/// The contacts by or about a pair over time, drawn as bars.
#[derive(Debug, Clone)]
pub struct History {
    /// The finding, as a title: `96 quiet days, then 4 contacts tonight`.
    pub title: String,
    /// `9 in 14 months`
    pub span: String,
    /// The same in a sentence, for those who do not see the bars.
    pub description: String,
    /// In order of time.
    pub bars: Vec<Bar>,
    /// Under the bars: where (0 to 1000), and the words.
    pub labels: Vec<(u16, String)>,
    /// Orders made, where (0 to 1000).
    pub orders: Vec<u16>,
}

/// One contact.
#[derive(Debug, Clone, Copy)]
pub struct Bar {
    /// Where in the width, 0 to 1000.
    pub at: u16,
    /// How high, 0 to 100: how much harm was alleged.
    pub height: u8,
    /// Of tonight.
    pub tonight: bool,
}

impl Bar {
    /// Its left edge in a drawing 360 wide.
    pub fn x(&self) -> u32 {
        6 + u32::from(self.at.min(1000)) * 343 / 1000
    }

    /// Its height in a drawing whose bars are at most 40 high, and never nothing.
    pub fn h(&self) -> u32 {
        (u32::from(self.height.min(100)) * 40 / 100).max(4)
    }

    /// Its upper edge.
    pub fn y(&self) -> u32 {
        42 - self.h()
    }
}

/// Where a place between 0 and 1000 lies in a drawing 360 wide.
pub fn across(at: impl Borrow<u16>) -> u32 {
    8 + u32::from((*at.borrow()).min(1000)) * 343 / 1000
}

impl FlagClock {
    /// `13:52 over`, `29:03 open`, `answered after 4:10`; and whether it is over.
    pub fn says(&self, now: impl Borrow<Timestamp>) -> (String, bool) {
        let now = *now.borrow();
        match self {
            Self::Deadline(clock) => {
                let left = clock.at.since(now);
                let over = left.ms() <= 0;
                (format!("{} {}", moment::digits(left), if over { "over" } else { "left" }), over)
            }
            Self::Withdrawn(at) => (format!("withdrawn {}", moment::minutes(*at)), false),
            Self::OpenSince(since) => (format!("{} open", moment::digits(now.since(*since))), false),
            Self::Answered(at, after) => {
                (format!("answered {} after {}", moment::minutes(*at), moment::digits(*after)), false)
            }
        }
    }

    /// What the script counts from, in milliseconds; `None` when it stands still.
    pub fn ticks_from(&self) -> Option<i64> {
        match self {
            Self::Deadline(clock) => Some(clock.at.ms()),
            Self::OpenSince(since) => Some(since.ms()),
            Self::Answered(..) | Self::Withdrawn(_) => None,
        }
    }

    /// Whether it counts up.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::OpenSince(_))
    }
}
