//! Who is shown: people in the record by the names that its sources gave, colleagues by the name of their account.

use std::collections::BTreeMap;

use alongside_desk::message::StaffRole;
use alongside_desk::stamp::RecordId;
use alongside_desk::watch::Subject;
use alongside_desk::{Actor, State};

use crate::door::{Account, Gate, Role, Session};

/// The records of a victim and a suspect as a row is called by: `Wrona and Pell`, `J. and C. Tilby`, `C. Amarie`.
pub fn pair(state: &State, victims: &[RecordId], suspects: &[RecordId]) -> String {
    let of = |records: &[RecordId]| records.iter().find_map(|record| Named::of(state, *record));
    match (of(victims), of(suspects)) {
        (Some(one), Some(two)) if one.family.eq_ignore_ascii_case(&two.family) => {
            let (first, second) = (one.initial(), two.initial());
            if first.is_empty() || second.is_empty() {
                one.family
            } else {
                format!("{first} and {second} {}", one.family)
            }
        }
        (Some(one), Some(two)) => format!("{} and {}", one.family, two.family),
        (Some(one), None) => one.short(),
        (None, Some(two)) => format!("Victim not named; {}", two.short()),
        (None, None) => "Nobody named yet".to_owned(),
    }
}

/// A record's whole name as its source wrote it, from this record or another of the same person.
pub fn whole(state: &State, record: RecordId) -> Option<String> {
    let own = state.people.record(record).person.full_name();
    own.or_else(|| {
        state.people.identity(record).iter().find_map(|other| state.people.record(*other).person.full_name())
    })
}

/// A name in its two parts.
struct Named {
    given: String,
    family: String,
}

impl Named {
    fn of(state: &State, record: RecordId) -> Option<Self> {
        let whole = whole(state, record)?;
        let person = &state.people.record(record).person;
        if let Some(family) = &person.family {
            return Some(Self { given: person.given.clone().unwrap_or_default(), family: family.clone() });
        }
        let whole = whole.trim();
        let (given, family) = whole.rsplit_once(' ').unwrap_or(("", whole));
        Some(Self { given: given.to_owned(), family: family.to_owned() })
    }

    fn initial(&self) -> String {
        self.given.chars().next().map(|first| format!("{first}.")).unwrap_or_default()
    }

    fn short(&self) -> String {
        let initial = self.initial();
        if initial.is_empty() { self.family.clone() } else { format!("{initial} {}", self.family) }
    }
}

/// The colleagues, as of one drawing.
pub struct Staff(BTreeMap<String, Account>);

impl Staff {
    /// Everybody with an account. Nobody, when the accounts cannot be read: then pages say "a colleague".
    pub fn of(gate: &Gate) -> Self {
        let list = gate.accounts.list().unwrap_or_default();
        Self(list.into_iter().map(|account| (account.id.clone(), account)).collect())
    }

    /// The name that colleagues see.
    pub fn name(&self, who: &Actor) -> String {
        self.0.get(&*who.0).map_or_else(|| "A colleague".to_owned(), |account| account.shown.clone())
    }

    /// The account of somebody.
    pub fn account(&self, who: &Actor) -> Option<&Account> {
        self.0.get(&*who.0)
    }

    /// Everybody.
    pub fn all(&self) -> impl Iterator<Item = &Account> {
        self.0.values()
    }

    /// A sentence of the desk's with the pseudonyms in it replaced by names.
    pub fn told(&self, sentence: &str) -> String {
        let mut told = sentence.to_owned();
        for (id, account) in &self.0 {
            if told.contains(id.as_str()) {
                told = told.replace(id.as_str(), &account.shown);
            }
        }
        told
    }
}

/// The role of an account that a role of the force's staff is.
pub fn role(of: StaffRole) -> Option<Role> {
    match of {
        StaffRole::Specialist => Some(Role::Specialist),
        StaffRole::Supervisor => Some(Role::Supervisor),
        StaffRole::Dispatcher => Some(Role::Dispatcher),
        StaffRole::Handler => Some(Role::Handler),
        StaffRole::Officer => Some(Role::Officer),
        StaffRole::Other => None,
    }
}

/// The actor that a session acts as.
pub fn actor(session: &Session) -> Actor {
    Actor(session.account.id.as_str().into())
}

/// Which of an account's staff numbers belong to a person who is in a record (law 12): its own number or none. Of the
/// force's staff only this one can be locked out here, so only this one is looked up.
pub fn staff_in(state: &State, subject: Subject, account: &Account) -> Vec<String> {
    let is_in = |number: &&String| state.is_kept_from(&Actor(number.as_str().into()), subject);
    account.staff.iter().filter(is_in).cloned().collect()
}

/// What the log of views calls a subject, with the people on it.
pub fn subjects(state: &State, subject: Subject, records: impl IntoIterator<Item = RecordId>) -> Vec<String> {
    let own = match subject {
        Subject::Incident(id) => state.reference(id).map(|reference| format!("incident:{reference}")),
        Subject::Call(_) => None,
        Subject::Person(record) => Some(format!("record:{}", record.0)),
    };
    own.into_iter().chain(records.into_iter().map(|record| format!("record:{}", record.0))).collect()
}
