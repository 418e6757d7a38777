//! A record: one person as one source knows them, and what hangs on them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::care::{Disclosure, Marac, Support};
use crate::incident::Considered;
use crate::message::{Born, Location, Marker, Person, Release, Role, ToldWhat};
use crate::stamp::{Evidence, IncidentId, OrderId, RecordId, Stamp};
use crate::time::Timestamp;

/// One person as one source knows them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Its id in the desk.
    pub id: RecordId,
    /// The force's nominal id.
    pub force_ref: Option<Arc<str>>,
    /// What is known of the person: the newest word on each field, by `known`.
    pub person: Person,
    /// The message that last said who this is.
    pub said_by: Evidence,
    /// Incidents they are on, and as what, in the order in which the desk learned it.
    pub involvements: Vec<(IncidentId, Role)>,
    /// Markers held.
    pub markers: Vec<Marked>,
    /// Arrests, by `person.arrested` and by outcome.
    pub arrests: Vec<(Stamp, Option<IncidentId>)>,
    /// Releases from custody or prison.
    pub releases: Vec<Released>,
    /// What they were told.
    pub told: Vec<Told>,
    /// Who was told something of them: to these they are a suspect, though no log may name the two together.
    pub told_to: Vec<RecordId>,
    /// Steps with support services, for them.
    pub support: Vec<Support>,
    /// Orders thought of to bind them.
    pub considered: Vec<Considered>,
    /// Referrals to a MARAC about them, and hearings.
    pub maracs: Vec<Marac>,
    /// Applications for disclosure about them, and decisions.
    pub disclosures: Vec<Disclosure>,
    /// Reviews of their certificate for firearms.
    pub reviewed: Vec<Stamp>,
    /// Orders that protect them.
    pub protected_by: Vec<OrderId>,
    /// Orders that bind them.
    pub bound_by: Vec<OrderId>,
}

/// A marker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Marked {
    /// Its source.
    pub stamp: Stamp,
    /// Which.
    pub marker: Marker,
    /// Until when it holds; for good where nothing is said.
    pub until: Option<Timestamp>,
}

/// A release.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Released {
    /// Its source.
    pub stamp: Stamp,
    /// How.
    pub how: Release,
    /// The incident that the release names.
    pub incident: Option<IncidentId>,
    /// Whom its conditions protect.
    pub protects: Vec<RecordId>,
    /// Whether it has conditions.
    pub conditions: bool,
}

/// Something a victim was told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    /// Its source.
    pub stamp: Stamp,
    /// What.
    pub what: ToldWhat,
    /// About whom, where the message says.
    pub about: Option<RecordId>,
}

impl Record {
    /// A record from its first mention.
    pub fn new(id: RecordId, person: &Person, stamp: &Stamp) -> Self {
        Self {
            id,
            force_ref: person.ref_.as_deref().map(Arc::from),
            person: person.clone(),
            said_by: stamp.evidence(),
            involvements: Vec::new(),
            markers: Vec::new(),
            arrests: Vec::new(),
            releases: Vec::new(),
            told: Vec::new(),
            told_to: Vec::new(),
            support: Vec::new(),
            considered: Vec::new(),
            maracs: Vec::new(),
            disclosures: Vec::new(),
            reviewed: Vec::new(),
            protected_by: Vec::new(),
            bound_by: Vec::new(),
        }
    }

    /// Takes in what a further mention says; what it does not say stays. Returns whether anything is new.
    pub fn learn(&mut self, person: &Person, stamp: &Stamp) -> bool {
        if self.says_all_of(person) {
            return false;
        }
        let before = self.person.clone();
        let mine = &mut self.person;
        let renamed = person.full_name().is_some() && person.full_name() != mine.full_name();
        if renamed {
            if let Some(old) = mine.full_name() {
                keep(&mut mine.aliases, &old);
            }
            (mine.name, mine.given, mine.family) = (person.name.clone(), person.given.clone(), person.family.clone());
        }
        for alias in &person.aliases {
            keep(&mut mine.aliases, alias);
        }
        for phone in &person.phones {
            keep(&mut mine.phones, phone);
        }
        for email in &person.emails {
            keep(&mut mine.emails, email);
        }
        for vehicle in &person.vehicles {
            keep(&mut mine.vehicles, vehicle);
        }
        if !matches!((mine.born, person.born), (Some(Born::On(..)), Some(Born::In(_)))) {
            mine.born = person.born.or(mine.born);
        }
        let newer = |mine: &mut Option<String>, theirs: &Option<String>| {
            if theirs.is_some() {
                mine.clone_from(theirs);
            }
        };
        newer(&mut mine.sex, &person.sex);
        newer(&mut mine.language, &person.language);
        newer(&mut mine.ethnicity, &person.ethnicity);
        newer(&mut mine.disability, &person.disability);
        mine.interpreter = person.interpreter.or(mine.interpreter);
        mine.pregnant = person.pregnant.or(mine.pregnant);
        if person.location.is_some() {
            mine.location.clone_from(&person.location);
        }
        let changed = *mine != before;
        if changed {
            self.said_by = stamp.evidence();
        }
        changed
    }

    /// Whether a mention says nothing that is not said here, and last: most mentions do.
    fn says_all_of(&self, other: &Person) -> bool {
        fn same<T: PartialEq>(mine: &Option<T>, theirs: &Option<T>) -> bool {
            theirs.is_none() || mine == theirs
        }
        let mine = &self.person;
        let unnamed = other.name.is_none() && other.given.is_none() && other.family.is_none();
        let named_so = (&mine.name, &mine.given, &mine.family) == (&other.name, &other.given, &other.family);
        (unnamed || named_so)
            && mine.aliases.ends_with(&other.aliases)
            && mine.phones.ends_with(&other.phones)
            && mine.emails.ends_with(&other.emails)
            && mine.vehicles.ends_with(&other.vehicles)
            && same(&mine.born, &other.born)
            && same(&mine.sex, &other.sex)
            && same(&mine.language, &other.language)
            && same(&mine.ethnicity, &other.ethnicity)
            && same(&mine.disability, &other.disability)
            && same(&mine.interpreter, &other.interpreter)
            && same(&mine.pregnant, &other.pregnant)
            && same(&mine.location, &other.location)
    }

    /// Whether a marker holds at an instant.
    pub fn marked_at(&self, marker: Marker, at: Timestamp) -> bool {
        self.markers.iter().any(|m| m.marker == marker && m.until.is_none_or(|until| until > at))
    }
}

/// A list of what was ever said, newest last, without repeats and never longer than 16 (D).
fn keep(list: &mut Vec<String>, item: &str) {
    list.retain(|old| old != item);
    list.push(item.to_owned());
    if list.len() > 16 {
        list.remove(0);
    }
}

/// A telephone number as one form, `+` and digits, as the linker reads it. `None` for what is no number.
pub fn phone(text: &str) -> Option<String> {
    super::linker::phone(text).map(|number| format!("+{number}"))
}

/// What identifies a place: its UPRN, else the first line and postcode folded. `None` where that is not enough.
pub fn place(location: &Location) -> Option<String> {
    if let Some(uprn) = location.uprn.as_deref().filter(|u| !u.trim().is_empty()) {
        return Some(format!("u{}", uprn.trim().trim_start_matches('0')));
    }
    let fold =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    let postcode = fold(location.postcode.as_deref()?);
    let first_line = fold(location.address.as_deref()?.split(',').next()?);
    (!postcode.is_empty() && !first_line.is_empty()).then(|| format!("a{postcode}/{first_line}"))
}
