//! A policy tried on the past, asked as browsers ask for it.

use alongside_desk::watch::POLICY;
use axum::http::StatusCode;

use super::room::{Answer, Person, TestRoom};
use crate::door::Role;

/// A text as a browser's form sends it.
fn encoded(text: &str) -> String {
    let as_sent = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        b'\n' => "%0D%0A".to_owned(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(as_sent).collect()
}

/// Asks until the newest trial is through.
async fn through(room: &TestRoom, who: &Person) -> Answer {
    loop {
        let page = room.get(who, "/lab").await;
        if !page.body.contains("Reading the journal") {
            return page;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_supervisor_tries_a_policy_and_sees_what_it_would_have_raised_and_missed() {
    let room = TestRoom::new();
    let (quill, sam) = (room.person("quill", Role::Supervisor), room.person("sam", Role::Specialist));
    room.night().await;
    let form = room.get(&sam, "/rows/i0/dispose").await;
    let answers = format!("form_id={}&how=missed&reason=Nobody+went", form.form_id("/rows/i0/dispose"));
    assert_eq!(room.post(&sam, "/rows/i0/dispose", &answers).await.status, StatusCode::SEE_OTHER);

    assert!(room.get(&quill, "/lab").await.body.contains("Nothing has been tried"));
    let form = room.get(&quill, "/lab/try").await;
    assert!(form.body.contains("id = &#34;T01&#34;"), "the policy in force is there to be changed");
    let sent = format!("months=12&policy={}", encoded(POLICY));
    assert_eq!(room.post(&quill, "/lab/try", &sent).await.status, StatusCode::SEE_OTHER);
    let page = through(&room, &quill).await;
    assert!(page.body.contains("It raises what was raised, at the same instants."), "{}", page.body);
    assert!(page.body.contains("the policy in force, tried by quill"), "{}", page.body);

    let from = POLICY.find("[[rule]]\nid = \"T01\"").expect("the first rule");
    let to = POLICY.find("[[rule]]\nid = \"T02\"").expect("the second");
    let without = format!("months=12&policy={}", encoded(&format!("{}{}", &POLICY[..from], &POLICY[to..])));
    assert_eq!(room.post(&quill, "/lab/try", &without).await.status, StatusCode::SEE_OTHER);
    let page = through(&room, &quill).await;
    for says in ["would miss what was confirmed", "1: 1 confirmed", "1 rule raises something else"] {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    assert!(!page.body.contains("Pennick") && !page.body.contains("L0187"), "numbers only");
    // Whoever works with the rules may see it; what is in force is as it was.
    assert!(room.get(&sam, "/lab").await.body.contains("would miss what was confirmed"));
    assert!(room.get(&sam, "/rules/T01").await.body.contains("It is live"));
    let mut line = room.line(&sam, "/live/lab").await;
    assert_eq!(line.page().await, room.get(&sam, "/lab").await.block());
}

#[tokio::test]
async fn a_policy_with_mistakes_is_not_tried_and_each_mistake_is_named() {
    let room = TestRoom::new();
    let quill = room.person("quill", Role::Supervisor);
    let wrong = POLICY.replacen("when = \"incident_open", "when = \"incident_opne", 1);
    let refused = room.post(&quill, "/lab/try", &format!("months=3&policy={}", encoded(&wrong))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("This is no policy yet") && refused.body.contains("incident_opne"));
    assert!(refused.body.contains("Line ") && refused.body.contains("<option value=\"3\" selected>"));
    assert!(room.get(&quill, "/lab").await.body.contains("Nothing has been tried"));
}

#[tokio::test]
async fn only_a_supervisor_begins_or_ends_a_trial() {
    let room = TestRoom::new();
    for (role, sees, tries) in [
        (Role::Supervisor, StatusCode::OK, StatusCode::OK),
        (Role::Specialist, StatusCode::OK, StatusCode::FORBIDDEN),
        (Role::Handler, StatusCode::FORBIDDEN, StatusCode::FORBIDDEN),
    ] {
        let person = room.person(role.name(), role);
        assert_eq!(room.get(&person, "/lab").await.status, sees, "{}", role.name());
        assert_eq!(room.get(&person, "/lab/try").await.status, tries, "{}", role.name());
    }
}
