//! What the rules ask, and each rule's own record.

use askama::Template;

use super::frame::{Frame, Theme};
use super::part::{Notice, Tag, Words};

/// Every rule, in families.
#[derive(Debug, Clone, Template)]
#[template(path = "rules.html", blocks = ["page"])]
pub struct Rules {
    /// The layout.
    pub frame: Frame,
    /// The policy's version.
    pub policy: String,
    /// The span that the records are of: `12 months to 26 Nov`.
    pub span: String,
    /// In the order of the catalogue.
    pub families: Vec<Family>,
    /// All rules together, by the groups of the victims.
    pub groups: Vec<Table>,
}

/// Rules that ask after one kind of thing.
#[derive(Debug, Clone)]
pub struct Family {
    /// `Time`
    pub name: &'static str,
    /// Its rules.
    pub lines: Vec<Line>,
}

/// A rule in the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// `T01`
    pub id: String,
    /// Its name.
    pub name: String,
    /// The most severe that it can be.
    pub tag: Tag,
    /// How many flags it raised.
    pub raised: u32,
    /// How many of them a person confirmed.
    pub confirmed: u32,
    /// How many of them a person found right, and handled already or asked somebody to act on.
    pub in_hand: u32,
    /// How many of them a person set aside.
    pub set_aside: u32,
    /// How many nobody has said anything of.
    pub unsaid: u32,
    /// The middle time from flag to act: `6:20`, or a dash.
    pub to_act: String,
    /// People set nearly all of them aside.
    pub warns: bool,
    /// `Off`, `On trial`; empty while it is live.
    pub mode: &'static str,
}

/// One rule.
#[derive(Debug, Clone, Template)]
#[template(path = "rule.html", blocks = ["page"])]
pub struct Rule {
    /// The layout.
    pub frame: Frame,
    /// What needs knowing, and the act that can be taken back.
    pub notices: Vec<Notice>,
    /// `T01`
    pub id: String,
    /// Its name.
    pub name: String,
    /// The severities that it can have, the most severe first.
    pub tags: Vec<Tag>,
    /// The policy's version.
    pub policy: String,
    /// What it asks for: `To arrive`.
    pub asks: String,
    /// The sentence that it shows.
    pub shows: String,
    /// Where it comes from.
    pub source: String,
    /// `Domestic abuse` or every incident.
    pub scope: &'static str,
    /// What a silent feed does to it.
    pub needs: &'static str,
    /// Its conditions as the policy has them: the word, and the expression.
    pub conditions: Vec<(String, String)>,
    /// Its settings: name, value, source.
    pub settings: Vec<(String, String, String)>,
    /// How it runs now, in a sentence.
    pub runs: String,
    /// It does not raise flags as it is.
    pub is_not_live: bool,
    /// Every word of a person on how it runs, the newest first.
    pub switches: Vec<Switched>,
    /// Where that is changed, for whoever may.
    pub switch: Option<String>,
    /// Its record.
    pub record: Record,
    /// The record by the groups of the victims.
    pub groups: Vec<Table>,
}

/// A rule's record, in words.
#[derive(Debug, Clone)]
pub struct Record {
    /// The finding, in a sentence.
    pub finding: String,
    /// What a person should know of it: it is mostly set aside.
    pub warning: String,
    /// `12 months to 26 Nov`
    pub span: String,
    /// The numbers: the number, and what it counts.
    pub sums: Vec<(String, String)>,
    /// The months, the oldest first; none where nothing was ever raised.
    pub months: Vec<Month>,
    /// The newest that were set aside.
    pub reasons: Vec<Reason>,
    /// How many more were set aside.
    pub more_reasons: usize,
}

/// A person's word on how a rule runs.
#[derive(Debug, Clone)]
pub struct Switched {
    /// `Off`
    pub to: &'static str,
    /// Who, and when.
    pub by: String,
    /// Why.
    pub words: Words,
}

/// A month of the chart.
#[derive(Debug, Clone)]
pub struct Month {
    /// Its letter.
    pub letter: char,
    /// Its name, for the table.
    pub name: String,
    /// Raised.
    pub raised: u32,
    /// Confirmed.
    pub confirmed: u32,
    /// The left edge of its bar.
    pub x: u32,
    /// The height of the bar of those raised, of 60.
    pub height: u32,
    /// The height of the bar of those confirmed.
    pub filled: u32,
}

/// Why one was set aside.
#[derive(Debug, Clone)]
pub struct Reason {
    /// Where it can be read in full.
    pub href: String,
    /// `Log 0187`
    pub about: String,
    /// Who set it aside, and when.
    pub by: String,
    /// Their words.
    pub words: Words,
}

/// A record by groups.
#[derive(Debug, Clone)]
pub struct Table {
    /// `By sex`
    pub title: &'static str,
    /// Name, raised, right, set aside; a hidden number is a word.
    pub lines: Vec<(&'static str, String, String, String)>,
}

impl Month {
    /// The top of the bar of those raised.
    pub fn top(&self) -> u32 {
        70 - self.height
    }

    /// The top of the bar of those confirmed.
    pub fn filled_top(&self) -> u32 {
        70 - self.filled
    }

    /// The middle of the bar.
    pub fn middle(&self) -> u32 {
        self.x + 14
    }

    /// Where its number stands.
    pub fn above(&self) -> u32 {
        66 - self.height
    }
}
