//! What the rules ask and how often they were right, as pages.

use axum::http::StatusCode;

use super::room::TestRoom;
use crate::door::Role;

#[tokio::test]
async fn each_rule_of_the_policy_has_its_page_with_its_settings_and_where_they_come_from() {
    let room = TestRoom::new();
    let sam = room.person("sam", Role::Specialist);
    let list = room.get(&sam, "/rules").await;
    let rules: Vec<String> =
        room.node.read(|desk| desk.state().policy.rules.iter().map(|rule| rule.id.to_string()).collect());
    assert_eq!(rules.len(), 45);
    for rule in rules {
        assert!(list.body.contains(&format!("href=\"/rules/{rule}\"")), "{rule} is in the list");
        let page = room.get(&sam, &format!("/rules/{rule}")).await;
        assert_eq!(page.status, StatusCode::OK, "{rule}");
        assert!(page.body.contains("it raised nothing"), "{rule}");
    }
    let page = room.get(&sam, "/rules/T02").await.body;
    for says in [
        "T02 Unit pulled off, none replaced",
        "IOPC Met 2018, Lancashire 2023",
        "our own default (D)",
        "5 minutes",
        "It is live",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
    assert_eq!(room.get(&sam, "/rules/T99").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_rules_are_for_those_who_work_with_them() {
    let room = TestRoom::new();
    for (role, status) in [
        (Role::Specialist, StatusCode::OK),
        (Role::Supervisor, StatusCode::OK),
        (Role::Handler, StatusCode::FORBIDDEN),
        (Role::Admin, StatusCode::FORBIDDEN),
    ] {
        let person = room.person(role.name(), role);
        for path in ["/rules", "/rules/T01"] {
            assert_eq!(room.get(&person, path).await.status, status, "{} {path}", role.name());
        }
    }
}

#[tokio::test]
async fn a_rules_page_says_what_people_said_of_it_and_why() {
    let room = TestRoom::new();
    let sam = room.person("sam", Role::Specialist);
    let subject = room.person_of("kit", Role::Specialist, Some("5512"));
    room.night().await;
    room.take(
        r#"{"id":"s1","at":"NOW","type":"staff.listed","staff":"5512","role":"specialist","person":{"ref":"P1"}}"#,
    )
    .await;
    let flagged = room.get(&sam, "/rules/T01").await.body;
    assert!(flagged.contains("1 raised, and nobody has said yet"), "{flagged}");

    let form = room.get(&sam, "/rows/i0/dispose").await;
    let id = form.form_id("/rows/i0/dispose");
    let answers = format!("form_id={id}&how=none&reason=He+was+in+custody+by+then");
    assert_eq!(room.post(&sam, "/rows/i0/dispose", &answers).await.status, StatusCode::SEE_OTHER);

    let page = room.get(&sam, "/rules/T01").await.body;
    for says in ["0 of 1 that people spoke on were confirmed", "He was in custody by then", "sam, ", "Log L0187"] {
        assert!(page.contains(says), "{says}: {page}");
    }
    assert!(!page.contains("nine in ten"), "one verdict says nothing of a rule");
    assert!(page.contains("hidden"), "one person is not told of by her group");
    // Law 12: she is the victim of that log, and nothing shows her that it is there.
    let page = room.get(&subject, "/rules/T01").await.body;
    assert!(!page.contains("He was in custody") && !page.contains("L0187"), "{page}");
}

#[tokio::test]
async fn a_supervisor_switches_a_rule_with_a_reason_and_a_specialist_cannot() {
    let room = TestRoom::new();
    let (quill, sam) = (room.person("quill", Role::Supervisor), room.person("sam", Role::Specialist));
    let form = room.get(&quill, "/rules/T01/switch").await;
    assert!(form.body.contains("How should T01 run?") && form.body.contains("It is live now"), "{}", form.body);
    let id = form.form_id("/rules/T01/switch");
    for (sent, says) in [("to=off&reason=+", "Write why"), ("reason=noisy", "Choose how it should run")] {
        let refused = room.post(&quill, "/rules/T01/switch", &format!("form_id={id}&{sent}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(says), "{says}: {}", refused.body);
    }
    let sent = format!("form_id={id}&to=shadow&reason=It+rang+for+every+call");
    assert_eq!(room.get(&sam, "/rules/T01/switch").await.status, StatusCode::FORBIDDEN);
    assert_eq!(room.post(&sam, "/rules/T01/switch", &sent).await.status, StatusCode::FORBIDDEN);
    assert_eq!(room.post(&quill, "/rules/T01/switch", &sent).await.status, StatusCode::SEE_OTHER);
    let again = room.post(&quill, "/rules/T01/switch", &sent).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "the same form once more is the same act");

    room.night().await;
    let page = room.get(&sam, "/rules/T01").await.body;
    for says in ["It is on trial", "It rang for every call", "quill, ", "it would have raised 1", "it raised nothing"] {
        assert!(page.contains(says), "{says}: {page}");
    }
    assert!(!page.contains("Change how it runs"));
    assert!(room.get(&sam, "/rules").await.body.contains("On trial"));
    let desk = room.get(&sam, "/desk").await.body;
    assert!(!desk.contains("no unit has arrived"), "nobody is told what a rule on trial would raise: {desk}");
}

#[tokio::test]
async fn a_switch_can_be_taken_back_for_ten_seconds_by_whoever_made_it() {
    let room = TestRoom::new();
    let (quill, quinn) = (room.person("quill", Role::Supervisor), room.person("quinn", Role::Supervisor));
    room.night().await;
    let switch = async || {
        let form = room.get(&quill, "/rules/T01/switch").await;
        let sent = format!("form_id={}&to=off&reason=It+rang+for+every+call", form.form_id("/rules/T01/switch"));
        assert_eq!(room.post(&quill, "/rules/T01/switch", &sent).await.status, StatusCode::SEE_OTHER);
        room.get(&quill, "/rules/T01").await
    };
    let page = switch().await;
    assert!(page.body.contains("T01 is off now. It can be taken back for"), "{}", page.body);
    // By the keyboard: the letter that takes back everywhere, and a button that can be reached.
    let bar = page.body.split("class=\"undo\"").nth(1).expect("the strip");
    assert!(bar.contains("data-act=\"undo\"") && bar.contains("<button"), "{bar}");
    let href =
        format!("/undo/{}", bar.split("action=\"/undo/").nth(1).expect("a form").split('"').next().expect("an id"));
    assert!(!room.get(&quinn, "/rules/T01").await.body.contains("/undo/"), "it is nobody else's to take back");
    let form = format!("form_id={}", page.form_id(&href));
    assert_eq!(room.post(&quinn, &href, &form).await.status, StatusCode::CONFLICT);
    let back = room.press(&quill, &page, &href).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    let page = room.get(&quill, "/rules/T01").await.body;
    assert!(page.contains("It is live") && !page.contains("/undo/") && !page.contains("It rang"), "{page}");

    let page = switch().await;
    assert!(page.body.contains("It is off"), "what was taken back can be done again");
    room.at(40 * 60 + 11);
    assert!(!room.get(&quill, "/rules/T01").await.body.contains("action=\"/undo/"), "ten seconds have gone by");
}
