//! The truth, kept apart from the feed: which opportunity was missed and when it could first be known, and who is who.

use crate::line::{Clock, Object};

/// An opportunity that was missed on purpose, by the catalogue's default times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The rule of RULES.md.
    pub rule: &'static str,
    /// The incident.
    pub incident: String,
    /// When it could first be known at its full severity, in seconds since 1970.
    pub known_s: i64,
    /// Ids of the messages that it rests on.
    pub messages: Vec<String>,
    /// Whether it belongs to the scripted case.
    pub scripted: bool,
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
        o.time("known", self.known_s, clock).texts("messages", &messages).flag("scripted", self.scripted);
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
