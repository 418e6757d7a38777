use std::time::{Duration, SystemTime};

use super::{By, Calls, KnownAs, Party, PartyState, Role};
use crate::call::CallId;

fn known(by: By, id: &str) -> KnownAs {
    KnownAs { by, id: id.to_owned() }
}

fn parties() -> Vec<Party> {
    let address = Some("tel:07700900461".to_owned());
    vec![
        Party { role: Some(Role::Caller), address, name: Some("Sam Invented".to_owned()), ..Party::default() },
        Party { role: Some(Role::CallTaker), ..Party::default() },
    ]
}

#[test]
fn a_call_is_listed_without_an_incident_until_it_ends() {
    let calls = Calls::new().expect("random numbers");
    let elsewhere = calls.clone();
    let first = calls.begin(SystemTime::UNIX_EPOCH, Vec::new(), parties());
    let second = calls.begin(SystemTime::UNIX_EPOCH + Duration::from_secs(1), Vec::new(), Vec::new());
    let ids = |calls: &Calls| calls.list().iter().map(|call| call.id).collect::<Vec<_>>();
    assert_eq!(ids(&elsewhere), [first, second]);
    assert!(elsewhere.end(first) && !calls.end(first));
    assert_eq!(ids(&calls), [second]);
    assert_eq!((calls.get(first), calls.get(second).map(|call| call.id)), (None, Some(second)));
    assert!(!calls.change(first, |call| call.parties.clear()));
}

#[test]
fn whoever_watches_is_told_of_each_change_and_of_nothing_else() {
    let calls = Calls::new().expect("random numbers");
    let mut watching = calls.watch();
    let mut told = || watching.has_changed().expect("calls live").then(|| watching.borrow_and_update().clone());
    assert!(told().is_none());
    let id = calls.begin(SystemTime::UNIX_EPOCH, vec![known(By::SipCallId, "a@pbx.example")], parties());
    assert_eq!(told().map(|list| list.len()), Some(1));
    assert!(calls.change(id, |call| call.learn(known(By::SipCallId, "a@pbx.example"))));
    assert!(told().is_none());
    assert!(calls.change(id, |call| {
        call.learn(known(By::Uui, "4D01"));
        call.parties[1].state = PartyState::Held;
        call.id = CallId(0);
    }));
    let list = told().expect("told");
    assert_eq!((list[0].id, list[0].parties[1].state), (id, PartyState::Held));
    assert_eq!(list[0].known_by(&By::Uui).collect::<Vec<_>>(), ["4D01"]);
    assert!(calls.end(id) && told().is_some_and(|list| list.is_empty()));
}

#[test]
fn nothing_of_a_person_comes_out_of_debug() {
    let calls = Calls::new().expect("random numbers");
    let id = calls.begin(SystemTime::UNIX_EPOCH, vec![known(By::Uui, "CAD-1104")], parties());
    let written = format!("{:?} {:?}", calls, calls.get(id).expect("listed"));
    assert!(written.contains("Uui") && written.contains("Caller"), "{written}");
    for secret in ["CAD-1104", "07700", "Sam"] {
        assert!(!written.contains(secret), "{written}");
    }
}

#[test]
fn an_id_is_not_given_again_after_a_restart() {
    let (before, after) = (Calls::new().expect("random"), Calls::new().expect("random"));
    let ids = [before.begin(SystemTime::UNIX_EPOCH, Vec::new(), Vec::new()).0, before.stream().0, after.stream().0];
    assert_eq!(ids[1], ids[0] + 1);
    assert!(ids[2].abs_diff(ids[1]) > 1, "{ids:?}");
    assert!(ids.iter().all(|id| *id < 1 << 53), "{ids:?}");
}

#[test]
fn a_switch_that_never_stops_naming_takes_no_more_than_its_share() {
    let calls = Calls::new().expect("random numbers");
    let id = calls.begin(SystemTime::UNIX_EPOCH, Vec::new(), Vec::new());
    calls.change(id, |call| (0..1_000).for_each(|n| call.learn(known(By::GroupId, &n.to_string()))));
    assert_eq!(calls.get(id).expect("listed").known_as.len(), 64);
}

#[test]
fn where_an_id_stands_is_said_by_a_name_and_anything_else_by_what_there_is() {
    let read = |text: &str| text.parse::<By>();
    assert_eq!(read("session-id"), Ok(By::SessionId));
    assert_eq!(read("emergency-incident-id"), Ok(By::EmergencyIncidentId));
    assert_eq!(read("extension:cadNumber"), Ok(By::Extension("cadNumber".to_owned())));
    for none in ["", "extension:", "Session-ID", "cad"] {
        let says = read(none).expect_err("no place").to_string();
        assert!(says.contains("session-id") && says.contains("extension:NAME"), "{says}");
    }
}
