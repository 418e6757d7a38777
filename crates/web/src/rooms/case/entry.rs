//! How an entry of the record reads: its kind in plain words, who wrote it, and its own words as they were written.

use std::ops::Range;

use alongside_desk::message::{Body, CheckAbout, Location, Message, Person};
use alongside_desk::review::{Disposition, StaffEvent};
use alongside_desk::time::Timestamp;

use crate::rooms::row::grade;
use crate::rooms::words::{log, plain};
use crate::views::moment;
use crate::views::part::{Piece, Words};

/// A word of the contract as people read it: `ex_partner` is `ex partner`.
pub fn word(word: &str) -> String {
    plain(&word.replace(['_', '.'], " "))
}

/// With a capital.
pub fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A message in plain words.
pub fn message(message: &Message, spans: &[Range<usize>], now: Timestamp) -> Words {
    let mut told = Told { words: Words::default(), now };
    told.body(&message.body);
    // Whoever took a call has been named with it.
    let taken_by = match &message.body {
        Body::CallStarted { handler, .. } => handler.as_ref(),
        _ => None,
    };
    if let Some(by) = message.by.as_ref().filter(|by| taken_by != Some(by)) {
        told.say(&format!(", by {}", plain(by)));
    }
    match message.body.text() {
        Some((_, text)) if !text.trim().is_empty() => told.quote(text, spans),
        _ => {}
    }
    told.words
}

/// What a colleague did, in plain words. `None` for what says nothing about anybody.
pub fn staff(event: &StaffEvent, name: &str, names: impl Fn(&alongside_desk::Actor) -> String) -> Option<Words> {
    let (did, words) = match event {
        StaffEvent::ReviewOpened { .. } | StaffEvent::Taken { .. } => ("took this".to_owned(), None),
        StaffEvent::Held { until, reason, .. } => {
            (format!("set this aside until {}", moment::minutes(*until)), Some(reason))
        }
        StaffEvent::HandedOver { to, note, .. } => (format!("handed this to {}", names(to)), Some(note)),
        StaffEvent::Confirmed { reason, .. } => ("confirmed a missed opportunity".to_owned(), Some(reason)),
        StaffEvent::SetAside { reason, .. } => ("set a flag aside".to_owned(), Some(reason)),
        StaffEvent::Disposed { disposition, reason, .. } => (ended(*disposition), Some(reason)),
        StaffEvent::ActionDone { note, .. } => ("said that it is done".to_owned(), Some(note)),
        StaffEvent::ActionDeclined { reason, .. } => ("said that it cannot be done".to_owned(), Some(reason)),
        StaffEvent::Noted { note, .. } | StaffEvent::NotedForHandOver { note, .. } => {
            ("wrote a note".to_owned(), Some(note))
        }
        StaffEvent::Joined { reason, .. } => ("said that two records are one person".to_owned(), Some(reason)),
        StaffEvent::Split { reason, .. } => ("said that two records are two people".to_owned(), Some(reason)),
        StaffEvent::HistoryAcknowledged { .. } => ("took in the history".to_owned(), None),
        StaffEvent::Reasoned { reason, .. } => ("gave a reason".to_owned(), Some(reason)),
        _ => return None,
    };
    let mut told = Words::default().and(Piece::Name(name.to_owned())).and(Piece::Plain(format!(" {did}")));
    if let Some(words) = words.filter(|words| !words.trim().is_empty()) {
        told.pieces.push(Piece::Plain(": ".to_owned()));
        told.pieces.extend(log(words, &[]).pieces);
    }
    Some(told)
}

fn ended(how: Disposition) -> String {
    match how {
        Disposition::MissedOpportunity => "ended the review: a missed opportunity".to_owned(),
        Disposition::AlreadyHandled => "ended the review: already handled".to_owned(),
        Disposition::NotAnOpportunity => "ended the review: not an opportunity".to_owned(),
        Disposition::NotAbuse => "ended the review: not domestic abuse".to_owned(),
        Disposition::NeedsAction { role, by } => {
            format!("asked the {} to act by {}", role.word(), moment::minutes(by))
        }
    }
}

/// A person of a message in one line: name, and what it says beside it.
pub fn person(person: &Person) -> Vec<Piece> {
    let mut told = vec![match person.full_name() {
        Some(name) => Piece::Name(plain(&name)),
        None => Piece::Strong("no name given".to_owned()),
    }];
    let mut rest = Vec::new();
    rest.extend(person.born.map(|born| format!("born {born}")));
    rest.extend(person.phones.iter().map(|phone| plain(phone)));
    rest.extend(person.location.as_ref().map(place).filter(|place| !place.is_empty()));
    rest.extend(person.ref_.as_ref().map(|reference| format!("force record {}", plain(reference))));
    if !rest.is_empty() {
        told.push(Piece::Plain(format!(", {}", rest.join(", "))));
    }
    told
}

/// A place in one line.
pub fn place(location: &Location) -> String {
    let parts = [&location.address, &location.postcode].into_iter().flatten();
    plain(&parts.map(String::as_str).collect::<Vec<_>>().join(", "))
}

struct Told {
    words: Words,
    now: Timestamp,
}

impl Told {
    fn strong(&mut self, text: &str) {
        self.words.pieces.push(Piece::Strong(plain(text)));
    }

    fn say(&mut self, text: &str) {
        self.words.pieces.push(Piece::Plain(plain(text)));
    }

    /// Adds ", text" for each that is said.
    fn also<'a>(&mut self, texts: impl IntoIterator<Item = Option<&'a str>>) {
        for text in texts.into_iter().flatten().filter(|text| !text.trim().is_empty()) {
            self.say(&format!(", {text}"));
        }
    }

    fn quote(&mut self, text: &str, spans: &[Range<usize>]) {
        self.say(" ");
        self.words.pieces.extend(log(text, spans).pieces);
    }

    fn quoted<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        texts.into_iter().filter(|text| !text.trim().is_empty()).for_each(|text| self.quote(text, &[]));
    }

    fn who(&mut self, of: &Person) {
        self.say(": ");
        self.words.pieces.extend(person(of));
    }

    fn until(&mut self, until: Option<Timestamp>) {
        if let Some(until) = until {
            self.say(&format!(", until {}", moment::fact(until, self.now)));
        }
    }

    #[allow(clippy::too_many_lines)]
    fn body(&mut self, body: &Body) {
        match body {
            Body::Opened { channel, grade: given, code, qualifiers, location, call, .. } => {
                self.strong("Opened");
                let channel = channel.map(|channel| format!("by {}", word(channel.word())));
                let location = location.as_ref().map(place);
                let call = call.as_ref().map(|call| format!("call {call}"));
                self.also([channel.as_deref(), given.map(grade), code.as_deref()]);
                self.also(qualifiers.iter().map(|one| Some(one.as_str())));
                self.also([location.as_deref(), call.as_deref()]);
            }
            Body::Logged { .. } => self.strong("Log entry"),
            Body::Graded { grade: given, reason } => {
                self.strong(&format!("Graded {}", grade(*given)));
                if reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
                    self.say(", no reason given");
                }
            }
            Body::Coded { code, qualifiers } => {
                self.strong(&format!("Coded {}", code.as_deref().unwrap_or("with qualifiers only")));
                self.also(qualifiers.iter().map(|one| Some(one.as_str())));
            }
            Body::Located { location } => {
                self.strong("Place");
                self.say(&format!(" {}", place(location)));
            }
            Body::Involved { role, person, relationship } => {
                self.strong(&upper(role.word()));
                self.who(person);
                let relationship = relationship.map(|relationship| word(relationship.word()));
                self.also([relationship.as_deref(), person.language.as_deref().map(super::banner::language)]);
            }
            Body::Linked { to, why } => {
                self.strong(&format!("Linked to Log {to}"));
                self.quoted(why.as_deref());
            }
            Body::Unlinked { to, why } => {
                self.strong(&format!("No longer linked to Log {to}"));
                self.quoted(why.as_deref());
            }
            Body::Merged { into } => self.strong(&format!("Goes on as Log {into}")),
            Body::Closed { code, .. } => {
                self.strong("Closed");
                self.also([code.as_deref()]);
            }
            Body::Reopened { code, reason } => {
                self.strong("Reopened");
                self.also([code.as_deref()]);
                self.quoted(reason.as_deref());
            }
            Body::Passed { to, .. } => {
                self.strong(&format!("Passed to {}", to.as_deref().unwrap_or("another force")));
            }
            Body::Accepted { by_force, text } => {
                self.strong(&format!("Accepted by {}", by_force.as_deref().unwrap_or("the other force")));
                self.quoted(text.as_deref());
            }
            Body::Returned { by_force, .. } => {
                self.strong(&format!("Sent back by {}", by_force.as_deref().unwrap_or("the other force")));
            }
            Body::Assessed { tool, answers, level, .. } => {
                self.strong(&format!("{} assessment", tool.word().to_uppercase()));
                let level = level.map_or_else(|| "no level".to_owned(), |level| format!("level {}", level.word()));
                let yes = answers.values().filter(|answer| *answer == "yes").count();
                let count = format!("{yes} of {} answered yes", answers.len());
                self.also([Some(level.as_str()), Some(count.as_str())]);
            }
            Body::Outcome { kind, person, .. } => {
                self.strong(&format!("Outcome: {}", word(kind.word())));
                if let Some(person) = person {
                    self.who(person);
                }
            }
            Body::Corrected { .. } => self.strong("Correction"),
            Body::UnitAssigned { unit } => self.strong(&format!("{unit} assigned")),
            Body::UnitArrived { unit } => self.strong(&format!("{unit} arrived")),
            Body::UnitLeft { unit } => self.strong(&format!("{unit} left")),
            Body::UnitTold { unit, .. } => self.strong(&format!("{} told", unit.as_deref().unwrap_or("A unit"))),
            Body::CallStarted { line, from, handler, location, .. } => {
                self.strong(&format!("{} call", line.map_or("A", alongside_desk::message::Line::word)));
                let from = from.as_ref().map(|from| format!("from {from}"));
                let handler = handler.as_ref().map(|handler| format!("taken by {handler}"));
                let location = location.as_ref().map(place);
                self.also([from.as_deref(), handler.as_deref(), location.as_deref()]);
            }
            Body::CallEnded { how, .. } => {
                let how = match how.word() {
                    "silent_55" => "silent, 55 pressed".to_owned(),
                    how => word(how),
                };
                self.strong(&format!("Call ended: {how}"));
            }
            Body::CallBack { answered_by, .. } => {
                self.strong(&format!("Rung back: {} answered", word(answered_by.word())));
            }
            Body::CallAttached { call, incident } => self.strong(&format!("Call {call} put to Log {incident}")),
            Body::OrderMade { kind, subject, conditions, until, .. } => {
                self.strong(&format!("{} made", upper(&order(kind.word()))));
                self.say(" against ");
                self.words.pieces.extend(person(subject));
                self.until(*until);
                self.quoted(conditions.iter().map(String::as_str));
            }
            Body::OrderEnded { why, .. } => {
                self.strong("Order ended");
                self.quoted(why.as_deref());
            }
            Body::OrderConsidered { kinds, decision, reason, .. } => {
                let decided = if decision.word() == "apply" { "to be applied for" } else { "not to be applied for" };
                self.strong(&format!("Order considered, {decided}"));
                let kinds: Vec<String> = kinds.iter().map(|kind| order(kind)).collect();
                self.also(kinds.iter().map(|kind| Some(kind.as_str())));
                self.quoted(reason.as_deref());
            }
            Body::Marked { person, marker, until } => {
                self.strong(&format!("Marker: {}", marker_says(marker.word())));
                self.who(person);
                self.until(*until);
            }
            Body::PersonMerged { from, to } => self.strong(&format!("Force record {from} is now {to}")),
            Body::Arrested { person, offence } => {
                self.strong("Arrested");
                self.who(person);
                self.also([offence.as_deref()]);
            }
            Body::Released { person, how, conditions, .. } => {
                self.strong(&format!("Released, {}", word(how.word())));
                self.who(person);
                self.quoted(conditions.iter().map(String::as_str));
            }
            Body::CrimeRecorded { crime, offence, reason, .. } => {
                self.strong(&format!("Crime {crime} recorded"));
                self.also([offence.as_deref()]);
                self.quoted(reason.as_deref());
            }
            Body::CrimeAllocated { crime, offence, reason, .. } => {
                self.strong(&format!("Crime {crime} given to an officer"));
                self.also([offence.as_deref()]);
                self.quoted(reason.as_deref());
            }
            Body::CrimeClosed { crime, offence, reason, suspect_spoken } => {
                self.strong(&format!("Crime {crime} closed"));
                let spoken =
                    suspect_spoken.map(|spoken| if spoken { "suspect spoken to" } else { "suspect not spoken to" });
                self.also([offence.as_deref(), spoken]);
                self.quoted(reason.as_deref());
            }
            Body::Checked { system, about } => {
                self.strong(&format!("Check made: {}", word(system.word())));
                match about {
                    CheckAbout::Person(person) => self.who(person),
                    CheckAbout::Phone(phone) => self.also([Some(phone.as_str())]),
                    CheckAbout::Location(location) => self.also([Some(place(location).as_str())]),
                }
            }
            Body::Told { what, person, .. } => {
                self.strong(&format!("Told of {}", word(what.word())));
                self.who(person);
            }
            Body::MaracReferred { person, .. } => {
                self.strong("Referred to MARAC");
                self.who(person);
            }
            Body::MaracHeard { person, .. } => {
                self.strong("Heard at MARAC");
                self.who(person);
            }
            Body::DisclosureApplied { scheme, decision, .. } | Body::DisclosureDecided { scheme, decision, .. } => {
                self.strong(&format!("Disclosure, {}", word(scheme.word())));
                self.also([decision.as_deref()]);
            }
            Body::SupportReferred { service, kind, .. } => {
                self.support("Referred to support", service.as_deref(), kind.word())
            }
            Body::SupportContacted { service, kind, .. } => {
                self.support("Support in contact", service.as_deref(), kind.word());
            }
            Body::SupportDeclined { service, kind, .. } => {
                self.support("Support declined", service.as_deref(), kind.word())
            }
            Body::FirearmsReviewed { person, decision } => {
                self.strong("Firearms certificate reviewed");
                self.who(person);
                self.also([decision.as_deref()]);
            }
            Body::InterpreterBooked { language, who } => {
                self.strong(&format!("Interpreter: {}", word(who.word())));
                self.also([language.as_deref().map(super::banner::language)]);
            }
            Body::VideoOffered { with, .. } => {
                self.strong("Video offered");
                self.also([with.as_deref()]);
            }
            Body::VideoHeld { with, .. } => {
                self.strong("Video held");
                self.also([with.as_deref()]);
            }
            other => self.strong(&upper(&word(other.type_name()))),
        }
    }

    fn support(&mut self, what: &str, service: Option<&str>, kind: &str) {
        self.strong(what);
        let kind = word(kind);
        self.also([service, Some(kind.as_str())]);
    }
}

/// An order's kind as people say it.
pub fn order(kind: &str) -> String {
    match kind {
        "dapo" | "dapn" | "dvpo" | "dvpn" | "fmpo" => kind.to_uppercase(),
        "non_molestation" => "non-molestation order".to_owned(),
        "occupation" | "restraining" | "stalking_protection" => format!("{} order", word(kind)),
        other => word(other),
    }
}

/// A marker as people say it.
pub fn marker_says(marker: &str) -> String {
    match marker {
        "marac" => "MARAC".to_owned(),
        other => word(other),
    }
}
