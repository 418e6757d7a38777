//! What the feeds sent and was not taken, asked as browsers ask for it, on a real node.

use alongside_node::Receipt;
use axum::http::StatusCode;

use super::room::TestRoom;
use crate::door::Role;

/// A message of the control room's: she says what he did; the grade is a word that nobody knows.
const GRADED: &str = r#"{"id":"g1","at":"2026-04-16T20:05:00+01:00","type":"incident.graded","incident":"L0187","by":"op1","grade":"urgent","reason":"PENNICK STRANGLED"}"#;

/// As a form sends it.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The address of the newest that waits.
fn newest(room: &TestRoom) -> String {
    format!("/rejects/{}", room.node.reject_lines(None, None, 1)[0].id.0)
}

#[tokio::test]
async fn the_list_says_what_is_wrong_and_where_over_all_feeds_and_quotes_nothing() {
    let room = TestRoom::new();
    let (ada, quill) = (room.person("ada", Role::Admin), room.person("quill", Role::Supervisor));
    room.at(0);
    let empty = room.get(&ada, "/rejects").await;
    assert!(empty.status == StatusCode::OK && empty.body.contains("Everything that the feeds sent was taken"));
    assert!(room.get(&quill, "/board").await.body.contains("every message was taken"));
    let mut line = room.line(&quill, "/live/board").await;
    line.page().await;

    assert!(matches!(room.send("cad", GRADED).await, Receipt::Rejected(_)));
    room.at(30);
    assert!(matches!(room.send("tel", r#"{"id":"t1","#).await, Receipt::Rejected(_)));
    assert!(matches!(room.send("tel", r#"{"id":"t1","#).await, Receipt::Rejected(_)));
    let board = room.get(&quill, "/board").await;
    assert!(board.body.contains("2 messages not taken") && board.body.contains("href=\"/rejects\""));
    line.becomes(board.block(), "the count goes up by itself").await;
    for person in [&ada, &quill] {
        let list = room.get(person, "/rejects").await;
        let at = |words: &str| list.body.find(words).unwrap_or_else(|| panic!("{words}: {}", list.body));
        assert!(at("came 2 times") < at("Grade must be one of"), "the newest first");
        assert!(at("<code>/grade</code>") > at(">cad<"));
        assert!(!list.body.contains("PENNICK") && !list.body.contains("L0187"), "the list quotes nothing");
    }
    assert_eq!(room.get(&ada, "/rejects/999").await.status, StatusCode::NOT_FOUND);
    let sam = room.person("sam", Role::Specialist);
    assert_eq!(room.get(&sam, &newest(&room)).await.status, StatusCode::FORBIDDEN);
    let board = room.get(&sam, "/board").await;
    assert!(board.body.contains("2 messages not taken") && !board.body.contains("href=\"/rejects\""));
}

#[tokio::test]
async fn fifty_stand_on_a_page_and_the_older_ones_behind_it() {
    let room = TestRoom::new();
    let ada = room.person("ada", Role::Admin);
    for n in 0..51 {
        room.send("cad", format!("[{n}]")).await;
    }
    let first = room.get(&ada, "/rejects").await;
    assert_eq!(first.body.matches("data-row").count(), 50);
    let older = first.body.split("href=\"/rejects?show=waiting&#38;before=").nth(1).expect("older ones");
    let older = format!("/rejects?show=waiting&before={}", older.split('"').next().expect("its end"));
    let second = room.get(&ada, &older).await;
    assert_eq!(second.body.matches("data-row").count(), 1);
    assert!(!second.body.contains("Older ones") && !second.body.contains("data-live"));
}

#[tokio::test]
async fn law_8_what_a_rejected_message_says_is_shown_only_when_the_look_is_written_down() {
    let room = TestRoom::new();
    let ada = room.person("ada", Role::Admin);
    room.night().await;
    room.send("cad", GRADED).await;
    let path = newest(&room);
    let before = room.looks();
    let page = room.get(&ada, &path).await;
    assert!(page.body.contains("PENNICK STRANGLED"), "{}", page.body);
    let look = room.looks().split_off(before.len()).remove(0);
    let number = path.rsplit('/').next().and_then(|n| n.parse().ok()).expect("a number");
    let streams = [alongside_node::Topic::Reject(number), alongside_node::Topic::Incident("L0187".into())];
    assert_eq!((look.screen, look.subjects.len()), ("reject", 2));
    assert!(streams.iter().all(|topic| look.subjects.contains(&room.node.stream(topic))));

    room.node.cap(None, Some(1)).expect("capped");
    let mut shown = 0;
    let refused = loop {
        let answer = room.get(&ada, &path).await;
        if answer.status != StatusCode::OK {
            break answer;
        }
        shown += 1;
        assert!(shown < 5_000, "the disk never filled");
    };
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!refused.body.contains("PENNICK"));
}

#[tokio::test]
async fn a_message_is_mended_and_taken_once_and_the_second_to_try_is_told_who_was_quicker() {
    let room = TestRoom::new();
    let (ada, bo) = (room.person("ada", Role::Admin), room.person("bo", Role::Admin));
    let quill = room.person("quill", Role::Supervisor);
    room.night().await;
    room.send("cad", GRADED).await;
    let path = newest(&room);
    let href = format!("{path}/resubmit");
    let page = room.get(&ada, &path).await;
    let theirs = room.get(&bo, &path).await;
    let read = room.get(&quill, &path).await;
    assert!(read.body.contains("PENNICK STRANGLED") && !read.body.contains(&href), "a supervisor reads: {}", read.body);
    assert_eq!(room.post(&quill, &href, "form_id=x").await.status, StatusCode::FORBIDDEN);

    let still = room.press(&ada, &page, &href).await;
    assert_eq!(still.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(still.body.contains("It was not taken.") && still.body.contains("(/grade)"), "{}", still.body);
    let worse = room.post(&ada, &href, &format!("text={}", encoded("{\"id\":\"g1\"}"))).await;
    assert_eq!(worse.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(worse.body.contains("{&#34;id&#34;:&#34;g1&#34;}"), "what was written is not lost: {}", worse.body);
    assert_eq!(room.node.reject_counts().waiting, 1);

    let mended = format!("text={}", encoded(&GRADED.replace("urgent", "priority")));
    let taken = room.post(&ada, &href, &mended).await;
    assert_eq!((taken.status, taken.headers["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, path.as_str()));
    let grade = room.node.read(|desk| desk.state().incidents.values().next().and_then(|incident| incident.grade()));
    assert_eq!(grade, Some(alongside_desk::message::Grade::Priority), "the desk knows what it says");
    let page = room.get(&ada, &path).await;
    assert!(page.body.contains("Resubmitted by ada, 20:40:00: the desk has it"), "{}", page.body);
    assert!(!page.body.contains(&href) && !page.body.contains("put-aside"));

    let seq = room.node.status().seq;
    let second = room.press(&bo, &theirs, &href).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert!(second.body.contains("It was resubmitted by ada at 20:40:00."), "{}", second.body);
    assert!(second.body.contains("Nothing was applied twice."));
    assert_eq!(room.post(&ada, &href, &mended).await.status, StatusCode::SEE_OTHER, "the same form is the same act");
    assert_eq!(room.node.status().seq, seq);
    assert!(room.get(&bo, "/rejects?show=resubmitted").await.body.contains("Resubmitted by ada"));
}

#[tokio::test]
async fn a_message_as_long_as_a_page_lets_people_write_fits_its_form() {
    let room = TestRoom::new();
    let ada = room.person("ada", Role::Admin);
    room.night().await;
    let long = |grade: &str| GRADED.replace("STRANGLED", &"É".repeat(120_000)).replace("urgent", grade);
    room.send("cad", long("urgent")).await;
    let path = newest(&room);
    let taken = room.post(&ada, &format!("{path}/resubmit"), &format!("text={}", encoded(&long("priority")))).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    assert_eq!(room.node.reject_counts().resubmitted, 1);
}

#[tokio::test]
async fn one_of_another_content_says_what_to_do_and_is_put_aside_with_a_reason_and_stays() {
    let room = TestRoom::new();
    let (ada, bo) = (room.person("ada", Role::Admin), room.person("bo", Role::Admin));
    room.night().await;
    let good = GRADED.replace("urgent", "priority");
    assert_eq!(room.send("cad", good.clone()).await, Receipt::Taken);
    assert_eq!(room.send("cad", good.replace("priority", "immediate")).await, Receipt::Conflict);
    let path = newest(&room);
    let page = room.get(&ada, &path).await;
    assert!(page.body.contains("A message with this id was taken before") && page.body.contains("incident.corrected"));
    let href = format!("{path}/resubmit");
    let still = room.press(&ada, &page, &href).await;
    assert_eq!(still.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(still.body.contains("It was not taken.") && still.body.contains("(/id)"));

    let aside = format!("{path}/put-aside");
    let form = room.get(&ada, &aside).await;
    assert!(form.body.contains("Put this message aside"), "{}", form.body);
    let empty = room.post(&ada, &aside, "reason=+").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("Write why"));
    assert_eq!(room.node.reject_counts().waiting, 1);
    assert_eq!(room.post(&ada, &aside, "reason=The+grade+was+tried+out").await.status, StatusCode::SEE_OTHER);
    let second = room.post(&bo, &aside, "reason=Mine").await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert!(second.body.contains("It was put aside by ada at 20:40:00."), "{}", second.body);

    assert!(room.get(&bo, "/rejects").await.body.contains("Everything that the feeds sent was taken"));
    assert!(room.get(&bo, "/rejects?show=put-aside").await.body.contains("Put aside by ada"));
    let page = room.get(&bo, &path).await;
    assert!(page.body.contains("Put aside by ada, 20:40:00") && page.body.contains("The grade was tried out"));
    assert!(page.body.contains(&href), "it can still be resubmitted");
    let own = good.replace("\"g1\"", "\"g2\"");
    assert_eq!(room.post(&bo, &href, &format!("text={}", encoded(&own))).await.status, StatusCode::SEE_OTHER);
    assert_eq!(room.node.reject_counts().resubmitted, 1);
}

#[tokio::test]
async fn law_12_whoever_is_in_a_rejected_message_neither_sees_nor_reaches_it() {
    let room = TestRoom::new();
    let (ada, own) = (room.person("ada", Role::Admin), room.person_of("own", Role::Admin, Some("5512")));
    room.night().await;
    room.take(r#"{"id":"s1","at":"NOW","type":"staff.listed","staff":"5512","role":"other","person":{"ref":"P2"}}"#)
        .await;
    room.send("tel", "{}").await;
    room.send("cad", GRADED).await;
    let about_them = newest(&room);
    // Torn, so that it is no JSON, and it still names him.
    room.send("cad", r#"{"type":"person.marked","person":{"ref": "P2","name":"Piers"#).await;
    let torn = newest(&room);
    assert_eq!(room.get(&ada, "/rejects").await.body.matches("data-row").count(), 3);
    let theirs = room.get(&own, "/rejects").await.body;
    assert_eq!(theirs.matches("data-row").count(), 1, "{theirs}");
    for path in [about_them, torn] {
        assert_eq!(room.get(&ada, &path).await.status, StatusCode::OK);
        assert_eq!(room.get(&own, &path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(room.post(&own, &format!("{path}/resubmit"), "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(room.post(&own, &format!("{path}/put-aside"), "reason=x").await.status, StatusCode::NOT_FOUND);
    }
}
