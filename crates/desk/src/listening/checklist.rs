//! The handler's checklist: points as data. What the log shows as covered is read from it here; what the handler ticks stands apart
//! ([`super::Ticks`]).

use std::sync::Arc;

use serde::Deserialize;

use crate::incident::Incident;
use crate::message::Role;
use crate::stamp::Stamp;

/// The checklist that comes with the program.
pub const CHECKLIST: &str = include_str!("../../../../policy/checklist.toml");

/// Points in the order in which they are gone through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// Where they come from.
    pub source: Arc<str>,
    /// The points.
    pub points: Vec<Point>,
}

/// One point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Names it in the record for good.
    pub key: Arc<str>,
    /// In words.
    pub says: Arc<str>,
    ticks: Vec<Fact>,
}

/// A fact of a log that shows a point as covered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fact {
    /// The lexicon found it in a line of the log, said or denied: either way it was spoken of.
    Sign(Arc<str>),
    /// Somebody is on the log in this role.
    Person(Role),
    /// Somebody interprets, or will.
    Interpreter,
    /// A real query of another system that names this log.
    CheckMade,
    /// A unit was told of an order.
    OrderTold,
    /// A unit was assigned.
    UnitAssigned,
}

/// A checklist that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ChecklistFault {
    /// It is not TOML of this form.
    #[error("the checklist cannot be read: {0}")]
    Form(#[from] toml::de::Error),
    /// Two points have one key, or one has none.
    #[error("a point of the checklist has no key, or the key of another: {0}")]
    Key(Arc<str>),
    /// It names a fact that there is not.
    #[error("the checklist names no fact that there is: {0}")]
    NoSuchFact(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Arc<str>,
    item: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    key: Arc<str>,
    says: Arc<str>,
    ticks: Vec<String>,
}

impl Checklist {
    /// Reads a checklist.
    ///
    /// # Errors
    /// [`ChecklistFault`] with what is wrong and where.
    pub fn read(text: &str) -> Result<Self, ChecklistFault> {
        let file: File = toml::from_str(text)?;
        let point = |item: Item| {
            let ticks = item.ticks.iter().map(|name| Fact::named(name)).collect::<Result<_, _>>()?;
            Ok(Point { key: item.key, says: item.says, ticks })
        };
        let points: Vec<Point> = file.item.into_iter().map(point).collect::<Result<_, ChecklistFault>>()?;
        for (n, Point { key, .. }) in points.iter().enumerate() {
            if key.is_empty() || points[..n].iter().any(|other| other.key == *key) {
                return Err(ChecklistFault::Key(key.clone()));
            }
        }
        Ok(Self { source: file.source, points })
    }

    /// A point by its key.
    pub fn point(&self, key: &str) -> Option<&Point> {
        self.points.iter().find(|point| &*point.key == key)
    }
}

impl Point {
    /// Whether any fact of a log could show this point as covered.
    pub fn can_be_read(&self) -> bool {
        !self.ticks.is_empty()
    }

    /// The first fact on the log that shows it as covered.
    pub fn covered<'a>(&self, on: &'a Incident) -> Option<&'a Stamp> {
        self.ticks.iter().filter_map(|fact| fact.first(on)).min_by_key(|stamp| (stamp.at, stamp.seq))
    }
}

impl Fact {
    fn named(name: &str) -> Result<Self, ChecklistFault> {
        let none = || ChecklistFault::NoSuchFact(name.to_owned());
        Ok(match name.split_once(':') {
            Some(("sign", indicator)) => Self::Sign(indicator.into()),
            Some(("person", role)) => {
                const ROLES: [Role; 5] = [Role::Victim, Role::Suspect, Role::Caller, Role::Witness, Role::Child];
                Self::Person(ROLES.into_iter().find(|known| known.word() == role).ok_or_else(none)?)
            }
            Some(_) => return Err(none()),
            None => match name {
                "interpreter" => Self::Interpreter,
                "check_made" => Self::CheckMade,
                "order_told" => Self::OrderTold,
                "unit_assigned" => Self::UnitAssigned,
                _ => return Err(none()),
            },
        })
    }

    fn first<'a>(&self, on: &'a Incident) -> Option<&'a Stamp> {
        match self {
            Self::Sign(name) => on.signs.iter().find(|s| !s.told && s.indicator == *name).map(|s| &s.stamp),
            Self::Person(role) => on.people.iter().find(|p| p.role == *role).map(|p| &p.stamp),
            Self::Interpreter => on.interpreters.first().map(|i| &i.stamp),
            Self::CheckMade => on.checks.first().map(|c| &c.stamp),
            Self::OrderTold => {
                let told = |s: &&crate::incident::Sign| s.told && s.stated && &*s.indicator == "order_told";
                on.signs.iter().find(told).map(|s| &s.stamp)
            }
            Self::UnitAssigned => on.stints.iter().find_map(|s| s.assigned.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checklist_that_comes_with_the_program_can_be_read() {
        let list = Checklist::read(CHECKLIST).expect("readable");
        assert!(list.source.contains("College of Policing"));
        assert!(list.points.iter().any(Point::can_be_read) && list.points.iter().any(|point| !point.can_be_read()));
        let lexicon = crate::watch::lexicon::LEXICON;
        for fact in list.points.iter().flat_map(|point| &point.ticks) {
            if let Fact::Sign(name) = fact {
                assert!(lexicon.contains(&format!("name = \"{name}\"")), "the lexicon finds no {name}");
            }
        }
    }

    #[test]
    fn a_slip_in_it_is_told_and_ends_nothing() {
        let read = |ticks: &str| {
            Checklist::read(&format!("source = \"s\"\n[[item]]\nkey = \"k\"\nsays = \"x\"\nticks = [{ticks}]"))
        };
        assert!(read("\"check_made\"").is_ok());
        for wrong in ["\"check_mad\"", "\"person:cousin\"", "\"flag:T01\"", "7"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
