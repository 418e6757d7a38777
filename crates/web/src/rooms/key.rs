//! Addresses of what the desk works on: numbers only, never a reference or a name.

use alongside_desk::State;
use alongside_desk::review::{ActionId, ReviewId, Work};
use alongside_desk::stamp::{CallId, IncidentId, RecordId};
use alongside_desk::watch::Subject;

/// A row in an address: `i17`, `c3`, `p203`.
pub fn of(subject: Subject) -> String {
    match subject {
        Subject::Incident(id) => format!("i{}", id.0),
        Subject::Call(id) => format!("c{}", id.0),
        Subject::Person(id) => format!("p{}", id.0),
    }
}

/// The subject of a row's address, if there is such a thing.
pub fn read(state: &State, key: &str) -> Option<Subject> {
    let number = |rest: &str| rest.parse::<u32>().ok();
    match key.split_at_checked(1)? {
        ("i", rest) => {
            let id = IncidentId(number(rest)?);
            state.reference(id).map(|_| state.home(Subject::Incident(id)))
        }
        ("c", rest) => {
            let id = CallId(number(rest)?);
            state.calls.get(&id).map(|_| state.home(Subject::Call(id)))
        }
        ("p", rest) => {
            let id = RecordId(number(rest)?);
            (id.at() < state.people.records().len()).then_some(Subject::Person(id))
        }
        _ => None,
    }
}

/// Open work in an address: `r4711`, `a55`.
pub fn of_work(work: Work) -> String {
    match work {
        Work::Review(id) => format!("r{}", id.0),
        Work::Action(id) => format!("a{}", id.0),
    }
}

/// The work of an address.
pub fn read_work(key: &str) -> Option<Work> {
    let (kind, number) = key.split_at_checked(1)?;
    let number = number.parse().ok()?;
    match kind {
        "r" => Some(Work::Review(ReviewId(number))),
        "a" => Some(Work::Action(ActionId(number))),
        _ => None,
    }
}

/// The case of a victim: the lowest record of the same person.
pub fn case(state: &State, victim: RecordId) -> RecordId {
    state.people.identity(victim).into_iter().min().unwrap_or(victim)
}

/// Where a row opens: the victim's case, or the incident while nobody has said who she is.
pub fn opens(state: &State, subject: Subject, victims: &[RecordId]) -> String {
    match (victims.first(), subject) {
        (Some(&victim), _) | (None, Subject::Person(victim)) => format!("/cases/{}", case(state, victim).0),
        (None, Subject::Incident(id)) => format!("/incidents/{}", id.0),
        (None, Subject::Call(_)) => format!("/rows/{}/why", of(subject)),
    }
}
