//! Checks in other systems (the query log), by what they were about.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::incident::Check;
use crate::message::{CheckAbout, Person};
use crate::person::{phone, place};
use crate::register::Register;
use crate::stamp::insert_by_time;
use crate::time::{Period, Timestamp};

/// A check is remembered for this long (D).
const REMEMBERED: Period = Period::hours(24 * 14);

/// Every check made lately.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Checks {
    about: Register<Vec<Check>>,
    /// The messages that they stand in, so that a correction of another message costs nothing.
    messages: Register<()>,
}

impl Checks {
    /// Notes a check about a subject, as one of the `*_key` functions names it.
    pub(crate) fn note(&mut self, key: Arc<str>, check: Check) {
        self.messages.insert(&check.stamp.id, ());
        insert_by_time(self.about.or_default(&key), check, |c| c.stamp.at);
    }

    /// The checks about a subject, oldest first.
    pub fn about(&self, key: &str) -> &[Check] {
        self.about.get(key).map_or(&[], Vec::as_slice)
    }

    /// Takes back what a message said; whether it was a check.
    pub(crate) fn retract(&mut self, message: &str) -> bool {
        if self.messages.remove(message).is_none() {
            return false;
        }
        self.about.retain(|list| {
            list.retain(|c| &*c.stamp.id != message);
            !list.is_empty()
        });
        true
    }

    /// Forgets what is older than is remembered; the incidents that it concerned have it for good.
    pub(crate) fn sweep(&mut self, now: Timestamp) {
        let old = now.minus(REMEMBERED);
        let messages = &mut self.messages;
        self.about.retain(|list| {
            for gone in list.iter().filter(|c| c.stamp.known < old) {
                messages.remove(&gone.stamp.id);
            }
            list.retain(|c| c.stamp.known >= old);
            !list.is_empty()
        });
    }
}

/// A person with a force reference.
pub fn reference_key(reference: &str) -> Arc<str> {
    format!("r{reference}").into()
}

/// A person by name alone, whatever the order and capitals of its words; nothing without a name.
pub fn name_key(person: &Person) -> Option<Arc<str>> {
    let name = person.full_name()?.to_lowercase();
    let mut words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.sort_unstable();
    (!words.is_empty()).then(|| format!("n{}", words.join(" ")).into())
}

/// A telephone number in one form.
pub fn phone_key(number: &str) -> Arc<str> {
    format!("p{number}").into()
}

/// A place, by what identifies it.
pub fn place_key(place: &str) -> Arc<str> {
    format!("l{place}").into()
}

/// What a query was about; nothing where that is too little to say.
pub fn key_of(about: &CheckAbout) -> Option<Arc<str>> {
    match about {
        CheckAbout::Person(person) => match person.ref_.as_deref() {
            Some(reference) => Some(reference_key(reference)),
            None => name_key(person),
        },
        CheckAbout::Phone(number) => phone(number).map(|n| phone_key(&n)),
        CheckAbout::Location(location) => place(location).map(|p| place_key(&p)),
    }
}
