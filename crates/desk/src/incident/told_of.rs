//! What an incident tells of: indicators in its words and in the answers of its assessments.

use std::sync::Arc;

use super::{Incident, Sign};
use crate::message::{Role, Tool};
use crate::stamp::Stamp;
use crate::watch::Policy;

/// How an incident tells of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowTold {
    /// In words on the log.
    Words,
    /// By an answer of an assessment.
    Answer(Tool),
    /// By what a message says of a person on it.
    Person,
}

impl Incident {
    /// Indicators in words on the log itself, said and not denied. What was passed on to a unit or a force is no new word.
    pub fn words_of<'a>(&'a self, indicator: &'a str) -> impl Iterator<Item = &'a Sign> {
        self.signs.iter().filter(move |s| s.stated && !s.told && &*s.indicator == indicator)
    }

    /// Every message that tells of an indicator, and how, in the order in which it was known.
    pub fn tells_of<'a>(&'a self, indicator: &'a str, policy: &Policy) -> Vec<(&'a Stamp, HowTold)> {
        let mut found: Vec<(&Stamp, HowTold)> = self.words_of(indicator).map(|s| (&s.stamp, HowTold::Words)).collect();
        for assessment in &self.assessments {
            let tool = assessment.tool;
            let yes = |(question, answer): &(Arc<str>, Arc<str>)| {
                policy.is_yes(answer) && policy.asks_about(tool, question) == Some(indicator)
            };
            if assessment.answers.iter().any(yes) {
                found.push((&assessment.stamp, HowTold::Answer(tool)));
            }
        }
        for person in &self.people {
            let tells = match person.role {
                Role::Victim if person.pregnant => policy.tables.told_by.pregnant.as_ref(),
                Role::Child => policy.tables.told_by.child.as_ref(),
                _ => None,
            };
            let is_baby = person.role == Role::Child
                && person.born.is_some_and(|born| policy.is_baby(born, person.stamp.at))
                && policy.tables.told_by.baby.as_deref() == Some(indicator);
            if is_baby || tells.is_some_and(|t| &**t == indicator) {
                found.push((&person.stamp, HowTold::Person));
            }
        }
        found.sort_by_key(|(s, _)| (s.known, s.seq));
        found.dedup_by(|b, a| a.0.id == b.0.id);
        found
    }

    /// For history: every indicator that the policy's rules look for, with the first message that told of it at each contact.
    pub fn told_of(&self, policy: &Policy) -> Vec<(Arc<str>, Stamp)> {
        let mut found = Vec::new();
        for indicator in policy.indicators() {
            let at_contacts = self.told_at_contacts(&indicator, policy);
            found.extend(at_contacts.into_iter().map(|stamp| (indicator.clone(), stamp.clone())));
        }
        found
    }

    /// The first message that told of an indicator at each contact: from one contact up to the next.
    pub fn told_at_contacts<'a>(&'a self, indicator: &'a str, policy: &Policy) -> Vec<&'a Stamp> {
        let mut found: Vec<(usize, &Stamp)> = Vec::new();
        for (stamp, _) in self.tells_of(indicator, policy) {
            let contact = self.contacts.iter().rposition(|c| c.stamp.at <= stamp.at).unwrap_or(0);
            if !found.iter().any(|(c, _)| *c == contact) {
                found.push((contact, stamp));
            }
        }
        found.into_iter().map(|(_, stamp)| stamp).collect()
    }
}
