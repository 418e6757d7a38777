//! The sheet on which one incident's messages are written down, with their truth beside them.

use crate::draw::Draw;
use crate::line::{Clock, Line, Object};
use crate::mistake::Mistake;
use crate::person::{Force, Person};
use crate::record::{self, Habit, Written};
use crate::truth::{Handled, Mention, Missed, severity};

/// The messages of one incident, in the order of writing.
#[derive(Debug, Default)]
pub struct Sheet {
    prefix: String,
    incident: String,
    clock: Clock,
    count: u32,
    /// The messages so far.
    pub lines: Vec<Line>,
    /// What was missed.
    pub missed: Vec<Missed>,
    /// How each incident was handled.
    pub handled: Vec<Handled>,
    last_entry: Option<(Said, i64)>,
    /// What goes wrong in the incident.
    pub mistake: Option<Mistake>,
    /// Who is who.
    pub mentions: Vec<Mention>,
    /// Whether this is the scripted case.
    pub scripted: bool,
}

/// A message of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said(u32);

impl Sheet {
    /// Begins another incident: message ids are `prefix-1`, `prefix-2`...
    pub fn begin(&mut self, prefix: String, incident: String) {
        self.prefix = prefix;
        self.incident = incident;
        self.count = 0;
        self.last_entry = None;
        self.mistake = None;
    }

    /// No message yet.
    pub fn none(&self) -> Said {
        Said(0)
    }

    /// The latest entry so far that a person made on the incident, and when.
    pub fn last_entry(&self) -> (Said, i64) {
        self.last_entry.unwrap_or((Said(0), 0))
    }

    /// The incident's reference.
    pub fn incident(&self) -> &str {
        &self.incident
    }

    /// A message about the incident. `by` may be empty.
    pub fn say(&mut self, at_s: i64, kind: &str, by: &str, fields: impl FnOnce(&mut Object, &mut Clock)) -> Said {
        self.write((at_s, at_s), kind, by, true, fields)
    }

    /// A message that names no incident.
    pub fn apart(&mut self, at_s: i64, kind: &str, by: &str, fields: impl FnOnce(&mut Object, &mut Clock)) -> Said {
        self.write((at_s, at_s), kind, by, false, fields)
    }

    /// A message about the incident that the systems had only later.
    pub fn late(
        &mut self,
        times_s: (i64, i64),
        kind: &str,
        by: &str,
        fields: impl FnOnce(&mut Object, &mut Clock),
    ) -> Said {
        self.write(times_s, kind, by, true, fields)
    }

    fn write(
        &mut self,
        (at_s, known_s): (i64, i64),
        kind: &str,
        by: &str,
        about: bool,
        fields: impl FnOnce(&mut Object, &mut Clock),
    ) -> Said {
        self.count += 1;
        let mut o = Object::new();
        o.text("id", &format!("{}-{}", self.prefix, self.count)).time("at", at_s, &mut self.clock);
        if known_s != at_s {
            o.time("known", known_s, &mut self.clock);
        }
        o.text("type", kind);
        if about {
            o.text("incident", &self.incident);
        }
        if !by.is_empty() {
            o.text("by", by);
        }
        fields(&mut o, &mut self.clock);
        self.lines.push(Line { known_s, json: o.end() });
        let said = Said(self.count);
        if about && kind.starts_with("incident.") && self.last_entry.is_none_or(|(_, last_s)| last_s <= known_s) {
            self.last_entry = Some((said, known_s));
        }
        said
    }

    /// One log entry.
    pub fn log(&mut self, at_s: i64, by: &str, text: &str) -> Said {
        self.say(at_s, "incident.logged", by, |o, _| {
            o.text("text", text);
        })
    }

    /// A unit message without text.
    pub fn unit(&mut self, at_s: i64, what: &str, by: &str, unit: &str) -> Said {
        self.say(at_s, what, by, |o, _| {
            o.text("unit", unit);
        })
    }

    /// Somebody's part in the incident.
    pub fn involve(
        &mut self,
        at_s: i64,
        by: &str,
        role: &str,
        who: (&Person, &Written),
        relationship: Option<&str>,
    ) -> Said {
        let said = self.say(at_s, "incident.person", by, |o, _| {
            o.text("role", role).json("person", &who.1.json);
            if let Some(relationship) = relationship {
                o.text("relationship", relationship);
            }
        });
        self.mention(said, "/person", who.0);
        said
    }

    /// Who a person in a message is.
    pub fn mention(&mut self, said: Said, pointer: &'static str, person: &Person) {
        let message = self.id(said);
        self.mentions.push(Mention { message, pointer, person: person.index });
    }

    /// The id of a message of this incident.
    pub fn id(&self, said: Said) -> String {
        format!("{}-{}", self.prefix, said.0)
    }

    /// What was missed last rests on another message too: of another incident, so by its id.
    pub fn rests_on(&mut self, id: String) {
        if let Some(missed) = self.missed.last_mut() {
            missed.messages.push(id);
        }
    }

    /// An opportunity is missed here.
    pub fn miss(&mut self, rule: &'static str, known_s: i64, on: &[Said]) {
        self.miss_as(rule, severity(rule), (known_s, known_s), on);
    }

    /// An opportunity is missed here, so severe, and knowable between these instants.
    pub fn miss_as(&mut self, rule: &'static str, severity: &'static str, (known_s, until_s): (i64, i64), on: &[Said]) {
        let messages = on.iter().map(|s| self.id(*s)).collect();
        let (incident, scripted) = (self.incident.clone(), self.scripted);
        let words = self.mistake.map_or(&[][..], |mistake| mistake.words(rule, severity));
        self.missed.push(Missed { rule, incident, severity, known_s, until_s, messages, words, scripted });
    }
}

/// A person as custody, courts and files have them.
pub fn on_file(force: &Force, person: &Person, at_s: i64, draw: &mut Draw) -> Written {
    record::write(force, person, at_s, Habit::FILE, draw)
}
