//! From JSON to a [`Message`], or to the list of everything that is wrong with it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Number, Value};

use super::json::{Json, Object};
use super::table::{self, ENVELOPE, Field, Kind, LOCATION, PERSON};
use super::{Body, Born, CheckAbout, LONGEST_ID, Location, Message, Person, words::*};
use crate::time::Timestamp;

/// One thing wrong with a message. It repeats nothing of the content.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    /// RFC 6901 pointer to the place; empty for the whole message.
    pub pointer: String,
    /// What is wrong, in plain words.
    pub what: String,
}

/// A message that was read, and how many of its fields the contract does not know.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The message.
    pub message: Message,
    /// Fields that were ignored, at any depth.
    pub ignored: u32,
}

/// Reads one line of a file.
///
/// # Errors
/// Every fault found, each with its place.
pub fn read_line(line: &str) -> Result<Read, Vec<Fault>> {
    read(line.as_bytes())
}

/// Reads one message from JSON bytes.
///
/// # Errors
/// Every fault found, each with its place.
pub fn read(json: &[u8]) -> Result<Read, Vec<Fault>> {
    let value = Json::read(json).map_err(|e| {
        let what = match e.classify() {
            serde_json::error::Category::Eof => "ends before the JSON is complete",
            _ => "is not JSON",
        };
        vec![Fault { pointer: String::new(), what: format!("{what} (line {}, column {})", e.line(), e.column()) }]
    })?;
    read_json(&value)
}

/// Reads one message from a JSON value.
///
/// # Errors
/// Every fault found, each with its place.
pub fn read_value(value: &Value) -> Result<Read, Vec<Fault>> {
    read_json(&Json::from(value))
}

fn read_json(value: &Json) -> Result<Read, Vec<Fault>> {
    let mut look = Look::default();
    let Some(object) = value.as_object() else {
        look.fault("must be an object");
        return Err(look.faults);
    };
    let type_name = object.get("type").and_then(Json::as_str).unwrap_or_default();
    let Some(kind) = table::find(type_name) else {
        look.fields(object, &[ENVELOPE]);
        if object.get("type").is_some_and(|t| t.as_str().is_some()) {
            look.fault_at("type", "is not a type of the contract");
        }
        return Err(look.faults);
    };
    look.fields(object, &[ENVELOPE, kind.2]);
    if kind.1 && object.get("incident").is_none() {
        look.fault_at("incident", "is missing");
    }
    if !look.faults.is_empty() {
        return Err(look.faults);
    }
    let get = Get(object);
    let body =
        body(type_name, get).ok_or_else(|| vec![Fault { pointer: String::new(), what: "cannot be read".into() }])?;
    let message = Message {
        id: get.text("id").unwrap_or_default(),
        at: get.time("at").unwrap_or_default(),
        known: get.time("known"),
        incident: get.text("incident"),
        by: get.text("by").filter(|by| !by.trim().is_empty()),
        body,
    };
    Ok(Read { message, ignored: look.ignored })
}

/// Reads a `person` that stands alone, as in an extract for the linker.
///
/// # Errors
/// Every fault found, each with its place.
pub fn read_person(value: &Value) -> Result<Person, Vec<Fault>> {
    let value = Json::from(value);
    let mut look = Look::default();
    let Some(object) = value.as_object() else {
        look.fault("must be an object");
        return Err(look.faults);
    };
    look.fields(object, &[PERSON]);
    if look.faults.is_empty() { Ok(person(Get(object))) } else { Err(look.faults) }
}

/// A walk over a value beside the table, which gathers faults.
#[derive(Default)]
struct Look {
    at: Vec<Cow<'static, str>>,
    faults: Vec<Fault>,
    ignored: u32,
}

/// No message is told more faults than this; the rest would say nothing new.
const MOST_FAULTS: usize = 100;

impl Look {
    fn fault(&mut self, what: &str) {
        if self.faults.len() >= MOST_FAULTS {
            return;
        }
        let mut pointer = String::new();
        for part in &self.at {
            // Only names of the contract and indices are ever pushed, so a pointer carries no content.
            let _ = write!(pointer, "/{part}");
        }
        self.faults.push(Fault { pointer, what: what.to_owned() });
    }

    fn fault_at(&mut self, name: &'static str, what: &str) {
        self.at.push(name.into());
        self.fault(what);
        self.at.pop();
    }

    fn fields(&mut self, object: &Object, tables: &[&'static [Field]]) {
        let mut found = 0;
        for Field(name, kind, must) in tables.iter().copied().flatten() {
            match object.get(name) {
                None => {
                    if *must {
                        self.fault_at(name, "is missing");
                    }
                }
                Some(Json::Null) if !must => found += 1,
                Some(value) => {
                    found += 1;
                    if !fits(value, *kind) {
                        self.at.push((*name).into());
                        self.wrong(value, *kind);
                        self.at.pop();
                    } else if matches!(kind, Kind::Person | Kind::People | Kind::Location | Kind::About) {
                        self.at.push((*name).into());
                        self.inside(value, *kind);
                        self.at.pop();
                    }
                }
            }
        }
        self.ignored += u32::try_from(object.len().saturating_sub(found)).unwrap_or(u32::MAX);
    }

    fn inside(&mut self, value: &Json, kind: Kind) {
        match (kind, value) {
            (Kind::Person, Json::Object(object)) => self.fields(object, &[PERSON]),
            (Kind::Location, Json::Object(object)) => self.fields(object, &[LOCATION]),
            (Kind::People, Json::List(list)) => {
                for (i, each) in list.iter().enumerate() {
                    self.at.push(i.to_string().into());
                    if let Json::Object(object) = each {
                        self.fields(object, &[PERSON])
                    } else {
                        self.fault("must be an object")
                    }
                    self.at.pop();
                }
            }
            (Kind::About, Json::Object(object)) => {
                const ABOUT: &[Field] = &[
                    Field("person", Kind::Person, false),
                    Field("phone", Kind::Ref, false),
                    Field("location", Kind::Location, false),
                ];
                self.fields(object, &[ABOUT]);
                if ABOUT.iter().filter(|f| object.get(f.0).is_some_and(|v| *v != Json::Null)).count() != 1 {
                    self.fault("must have exactly one of person, phone, location");
                }
            }
            _ => {}
        }
    }

    fn wrong(&mut self, value: &Json, kind: Kind) {
        let what = match kind {
            Kind::Text => "must be text".to_owned(),
            Kind::Ref if value.as_str().is_some() => {
                format!("must have 1 to {LONGEST_ID} characters, none of them a control character")
            }
            Kind::Ref => "must be text".to_owned(),
            Kind::Time => "must be an RFC 3339 instant with an offset".to_owned(),
            Kind::Bool => "must be true or false".to_owned(),
            Kind::Count => "must be a whole number, 0 or more".to_owned(),
            Kind::Degrees => "must be a number from -180 to 180".to_owned(),
            Kind::Word(words) => format!("must be one of: {}", words.join(", ")),
            Kind::Texts => "must be a list of texts".to_owned(),
            Kind::Born => "must be a date (YYYY-MM-DD) or a year (YYYY)".to_owned(),
            Kind::People => "must be a list of persons".to_owned(),
            Kind::Answers => "must be an object of answers by question id".to_owned(),
            Kind::Person | Kind::Location | Kind::About | Kind::Object => "must be an object".to_owned(),
        };
        self.fault(&what);
    }
}

/// Whether a value's own shape fits; what lies inside objects is looked at afterwards.
fn fits(value: &Json, kind: Kind) -> bool {
    match kind {
        Kind::Text => value.as_str().is_some(),
        Kind::Ref => value.as_str().is_some_and(|s| {
            !s.is_empty()
                && (s.len() <= LONGEST_ID || s.chars().count() <= LONGEST_ID)
                && !s.chars().any(char::is_control)
        }),
        Kind::Time => value.as_str().is_some_and(|s| Timestamp::parse(s).is_ok()),
        Kind::Bool => value.as_bool().is_some(),
        Kind::Count => value.as_number().is_some_and(Number::is_u64),
        Kind::Degrees => value.as_number().and_then(Number::as_f64).is_some_and(|d| (-180.0..=180.0).contains(&d)),
        Kind::Word(words) => value.as_str().is_some_and(|s| words.contains(&s)),
        Kind::Texts => value.as_list().is_some_and(|list| list.iter().all(|v| v.as_str().is_some())),
        Kind::Born => value.as_str().is_some_and(|s| Born::parse(s).is_some()),
        Kind::Answers => {
            let answer = |v: &Json| matches!(v, Json::Text(_) | Json::Number(_) | Json::Bool(_));
            value.as_object().is_some_and(|o| o.fields().all(|(_, v)| answer(v)))
        }
        Kind::People => value.as_list().is_some(),
        Kind::Person | Kind::Location | Kind::About | Kind::Object => value.as_object().is_some(),
    }
}

/// Typed access to an object that the table has passed.
#[derive(Clone, Copy)]
struct Get<'a>(&'a Object<'a>);

impl<'a> Get<'a> {
    fn str(&self, name: &str) -> Option<&'a str> {
        self.0.get(name)?.as_str()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.str(name).map(str::to_owned)
    }

    fn time(&self, name: &str) -> Option<Timestamp> {
        Timestamp::parse(self.str(name)?).ok()
    }

    fn bool(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    fn count(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_number()?.as_u64()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let list = self.0.get(name).and_then(Json::as_list);
        list.map(|l| l.iter().filter_map(Json::as_str).map(str::to_owned).collect()).unwrap_or_default()
    }

    fn person(&self, name: &str) -> Option<Person> {
        self.0.get(name)?.as_object().map(|o| person(Get(o)))
    }

    fn people(&self, name: &str) -> Vec<Person> {
        let list = self.0.get(name).and_then(Json::as_list);
        list.map(|l| l.iter().filter_map(Json::as_object).map(|o| person(Get(o))).collect()).unwrap_or_default()
    }

    fn location(&self, name: &str) -> Option<Location> {
        self.0.get(name)?.as_object().map(|o| location(Get(o)))
    }

    fn answers(&self, name: &str) -> BTreeMap<String, String> {
        let Some(object) = self.0.get(name).and_then(Json::as_object) else { return BTreeMap::new() };
        let word = |v: &Json| v.as_str().map_or_else(|| v.to_value().to_string(), str::to_owned);
        object.fields().map(|(question, answer)| (question.to_owned(), word(answer))).collect()
    }
}

fn location(get: Get) -> Location {
    // Degrees become whole ten-millionths at the door: no floating point goes into the state.
    #[allow(clippy::cast_possible_truncation)]
    let degrees = |name: &str| {
        get.0.get(name).and_then(Json::as_number).and_then(Number::as_f64).map(|d| (d * 1e7).round() as i64)
    };
    Location {
        address: get.text("address"),
        postcode: get.text("postcode"),
        uprn: get.text("uprn"),
        lat_e7: degrees("lat"),
        lon_e7: degrees("lon"),
        accuracy_m: get.count("accuracy_m"),
        from: get.text("from"),
    }
}

fn person(get: Get) -> Person {
    Person {
        ref_: get.text("ref"),
        name: get.text("name").filter(|n| !n.trim().is_empty()),
        given: get.text("given").filter(|n| !n.trim().is_empty()),
        family: get.text("family").filter(|n| !n.trim().is_empty()),
        aliases: get.texts("aliases"),
        born: get.str("born").and_then(Born::parse),
        sex: get.text("sex"),
        phones: get.texts("phones"),
        emails: get.texts("emails"),
        vehicles: get.texts("vehicles"),
        location: get.location("location"),
        language: get.text("language"),
        interpreter: get.bool("interpreter"),
        ethnicity: get.text("ethnicity"),
        disability: get.text("disability"),
        pregnant: get.bool("pregnant"),
    }
}

/// `None` only if the table and this function disagree, which a test holds impossible.
#[allow(clippy::too_many_lines)]
fn body(type_name: &str, g: Get) -> Option<Body> {
    if let Some(kind) = ActKind::from_word(type_name) {
        let (flag, answers, record, to, text) =
            (g.text("flag"), g.text("answers"), g.text("record"), g.text("to"), g.text("text"));
        return Some(Body::Act { kind, flag, answers, record, to, text });
    }
    Some(match type_name {
        "incident.opened" => Body::Opened {
            channel: g.str("channel").and_then(Channel::from_word),
            grade: g.str("grade").and_then(Grade::from_word),
            code: g.text("code"),
            qualifiers: g.texts("qualifiers"),
            text: g.text("text"),
            location: g.location("location"),
            call: g.text("call"),
        },
        "incident.logged" => Body::Logged { text: g.text("text")? },
        "incident.graded" => Body::Graded { grade: Grade::from_word(g.str("grade")?)?, reason: g.text("reason") },
        "incident.coded" => Body::Coded { code: g.text("code"), qualifiers: g.texts("qualifiers") },
        "incident.located" => Body::Located { location: g.location("location")? },
        "incident.person" => Body::Involved {
            role: Role::from_word(g.str("role")?)?,
            person: g.person("person")?,
            relationship: g.str("relationship").and_then(Relationship::from_word),
        },
        "incident.linked" => Body::Linked { to: g.text("to")?, why: g.text("why") },
        "incident.unlinked" => Body::Unlinked { to: g.text("to")?, why: g.text("why") },
        "incident.merged" => Body::Merged { into: g.text("into")? },
        "incident.closed" => Body::Closed { code: g.text("code"), reason: g.text("reason") },
        "incident.reopened" => Body::Reopened { code: g.text("code"), reason: g.text("reason") },
        "incident.passed" => Body::Passed { to: g.text("to"), text: g.text("text") },
        "incident.accepted" => Body::Accepted { by_force: g.text("by_force"), text: g.text("text") },
        "incident.returned" => Body::Returned { by_force: g.text("by_force"), text: g.text("text") },
        "incident.assessed" => Body::Assessed {
            tool: Tool::from_word(g.str("tool")?)?,
            answers: g.answers("answers"),
            level: g.str("level").and_then(Level::from_word),
            reason: g.text("reason"),
        },
        "incident.outcome" => Body::Outcome {
            kind: OutcomeKind::from_word(g.str("kind")?)?,
            person: g.person("person"),
            detail: g.text("detail"),
        },
        "incident.corrected" => Body::Corrected {
            corrects: g.text("corrects")?,
            fields: g.0.get("fields").and_then(Json::as_object).map(Object::to_map),
            withdrawn: g.bool("withdrawn").unwrap_or(false),
        },
        "unit.assigned" => Body::UnitAssigned { unit: g.text("unit")? },
        "unit.arrived" => Body::UnitArrived { unit: g.text("unit")? },
        "unit.left" => Body::UnitLeft { unit: g.text("unit")? },
        "unit.told" => Body::UnitTold { unit: g.text("unit"), text: g.text("text")? },
        "call.started" => Body::CallStarted {
            call: g.text("call")?,
            line: g.str("line").and_then(Line::from_word),
            from: g.text("from"),
            handler: g.text("handler"),
            location: g.location("location"),
            sip: g.text("sip"),
        },
        "call.ended" => Body::CallEnded { call: g.text("call")?, how: CallEnd::from_word(g.str("how")?)? },
        "call.back" => {
            Body::CallBack { call: g.text("call")?, answered_by: AnsweredBy::from_word(g.str("answered_by")?)? }
        }
        "call.attached" => Body::CallAttached { call: g.text("call")?, incident: g.text("incident")? },
        "order.made" => Body::OrderMade {
            order: g.text("order")?,
            kind: OrderKind::from_word(g.str("kind")?)?,
            subject: g.person("subject")?,
            protects: g.people("protects"),
            conditions: g.texts("conditions"),
            from: g.time("from"),
            until: g.time("until"),
        },
        "order.ended" => Body::OrderEnded { order: g.text("order")?, why: g.text("why") },
        "order.considered" => Body::OrderConsidered {
            kinds: g.texts("kinds"),
            subject: g.person("subject"),
            decision: Consideration::from_word(g.str("decision")?)?,
            reason: g.text("reason"),
        },
        "person.marked" => Body::Marked {
            person: g.person("person")?,
            marker: Marker::from_word(g.str("marker")?)?,
            until: g.time("until"),
        },
        "person.merged" => Body::PersonMerged { from: g.text("from")?, to: g.text("to")? },
        "person.arrested" => Body::Arrested { person: g.person("person")?, offence: g.text("for") },
        "person.released" => Body::Released {
            person: g.person("person")?,
            how: Release::from_word(g.str("how")?)?,
            conditions: g.texts("conditions"),
            protects: g.people("protects"),
        },
        "crime.recorded" => Body::CrimeRecorded {
            crime: g.text("crime")?,
            offence: g.text("offence"),
            harm: g.count("harm"),
            reason: g.text("reason"),
        },
        "crime.allocated" => Body::CrimeAllocated {
            crime: g.text("crime")?,
            offence: g.text("offence"),
            harm: g.count("harm"),
            reason: g.text("reason"),
        },
        "crime.closed" => Body::CrimeClosed {
            crime: g.text("crime")?,
            offence: g.text("offence"),
            reason: g.text("reason"),
            suspect_spoken: g.bool("suspect_spoken"),
        },
        "check.made" => {
            let about = Get(g.0.get("about")?.as_object()?);
            let about = match (about.person("person"), about.text("phone"), about.location("location")) {
                (Some(person), None, None) => CheckAbout::Person(Box::new(person)),
                (None, Some(phone), None) => CheckAbout::Phone(phone),
                (None, None, Some(location)) => CheckAbout::Location(Box::new(location)),
                _ => return None,
            };
            Body::Checked { system: CheckSystem::from_word(g.str("system")?)?, about }
        }
        "victim.told" => Body::Told {
            what: ToldWhat::from_word(g.str("what")?)?,
            person: g.person("person")?,
            about: g.person("about"),
        },
        "marac.referred" => {
            Body::MaracReferred { person: g.person("person")?, suspect: g.person("suspect"), repeat: g.bool("repeat") }
        }
        "marac.heard" => {
            Body::MaracHeard { person: g.person("person")?, suspect: g.person("suspect"), repeat: g.bool("repeat") }
        }
        "disclosure.applied" => Body::DisclosureApplied {
            scheme: Scheme::from_word(g.str("scheme")?)?,
            person: g.person("person")?,
            at_risk: g.person("for"),
            decision: g.text("decision"),
        },
        "disclosure.decided" => Body::DisclosureDecided {
            scheme: Scheme::from_word(g.str("scheme")?)?,
            person: g.person("person")?,
            at_risk: g.person("for"),
            decision: g.text("decision"),
        },
        "support.referred" | "support.contacted" | "support.declined" => {
            let (person, service) = (g.person("person")?, g.text("service"));
            let (kind, consent) = (ServiceKind::from_word(g.str("kind")?)?, g.bool("consent"));
            match type_name {
                "support.referred" => Body::SupportReferred { person, service, kind, consent },
                "support.contacted" => Body::SupportContacted { person, service, kind, consent },
                _ => Body::SupportDeclined { person, service, kind, consent },
            }
        }
        "firearms.reviewed" => Body::FirearmsReviewed { person: g.person("person")?, decision: g.text("decision") },
        "interpreter.booked" => {
            Body::InterpreterBooked { language: g.text("language"), who: Interpreter::from_word(g.str("who")?)? }
        }
        "video.offered" | "video.held" => {
            let (person, with) = (g.person("person"), g.text("with"));
            let (suspect_present, safe_room) = (g.bool("suspect_present"), g.bool("safe_room"));
            if type_name == "video.offered" {
                Body::VideoOffered { person, with, suspect_present, safe_room }
            } else {
                Body::VideoHeld { person, with, suspect_present, safe_room }
            }
        }
        "staff.listed" => Body::StaffListed {
            staff: g.text("staff")?,
            role: StaffRole::from_word(g.str("role")?)?,
            team: g.text("team"),
            from: g.time("from"),
            person: g.person("person"),
        },
        "feed.alive" => Body::Alive { sent: g.count("sent") },
        _ => return None,
    })
}
