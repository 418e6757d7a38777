//! The truth, kept apart from the feed: which opportunity was missed and when it could first be known, and who is who.

use crate::line::{Clock, Object};

/// An opportunity that was missed on purpose, by the catalogue's default times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The rule of RULES.md.
    pub rule: &'static str,
    /// The incident.
    pub incident: String,
    /// How severe: `S1` `S2` `S3`.
    pub severity: &'static str,
    /// When it could first be known at this severity, in seconds since 1970.
    pub known_s: i64,
    /// Up to when the catalogue lets it be known, where words or the record that names somebody may be the moment.
    pub until_s: i64,
    /// Ids of the messages that it rests on.
    pub messages: Vec<String>,
    /// Meanings of the phrase bank in those messages, each of which has to be read from its words for it to be known.
    pub words: &'static [&'static str],
    /// Whether it belongs to the scripted case.
    pub scripted: bool,
}

/// How an incident was handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    /// The incident.
    pub incident: String,
    /// When it was called in, in seconds since 1970.
    pub called_s: i64,
    /// Nothing was done wrong on purpose, in it or just before it.
    pub well: bool,
}

impl Handled {
    /// One line of JSON.
    pub fn json(&self, clock: &mut Clock) -> String {
        let mut o = Object::new();
        o.text("truth", "handled").text("incident", &self.incident).time("called", self.called_s, clock);
        o.flag("well", self.well);
        o.end()
    }
}

/// The catalogue's severity of a rule where that does not depend on the incident.
pub fn severity(rule: &str) -> &'static str {
    match rule {
        "H03" => "S3",
        "T04" | "T05" | "T06" | "T07" | "T08" | "T09" | "H01" | "H04" | "H05" | "H06" | "H07" | "I03" | "I04"
        | "I05" | "I07" | "I09" | "I11" | "L02" | "L03" | "D09" | "V02" | "V03" => "S2",
        _ => "S1",
    }
}

/// Who a `person` in a message really is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The message.
    pub message: String,
    /// Where in it, as a JSON pointer.
    pub pointer: &'static str,
    /// Which of the million.
    pub person: u32,
}

impl Missed {
    /// One line of JSON.
    pub fn json(&self, clock: &mut Clock) -> String {
        let mut o = Object::new();
        let messages: Vec<&str> = self.messages.iter().map(String::as_str).collect();
        o.text("truth", "missed").text("rule", self.rule).text("incident", &self.incident);
        o.text("severity", self.severity).time("known", self.known_s, clock).time("until", self.until_s, clock);
        o.texts("messages", &messages).texts("words", self.words).flag("scripted", self.scripted);
        o.end()
    }
}

impl Mention {
    /// One line of JSON.
    pub fn json(&self) -> String {
        let mut o = Object::new();
        o.text("truth", "who").text("message", &self.message).text("pointer", self.pointer);
        o.count("person", u64::from(self.person));
        o.end()
    }
}
