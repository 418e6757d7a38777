//! The handler's companion, asked as a browser asks it, on a real node.

use axum::http::StatusCode;

use super::room::TestRoom;
use crate::door::Role;

/// A call from a number, taken by a handler.
async fn ring(room: &TestRoom, call: &str, handler: &str, from: &str) {
    room.take(&format!(
        r#"{{"id":"ring-{call}","at":"NOW","type":"call.started","call":"{call}","line":"999","from":"{from}","handler":"{handler}"}}"#
    ))
    .await;
}

/// She rang at eight, nobody was sent.
async fn evening(room: &TestRoom) {
    room.at(0);
    room.take(r#"{"id":"m1","at":"NOW","type":"incident.opened","incident":"L0187","by":"op1","channel":"999","grade":"priority","code":"ASSAULT","qualifiers":["DA"],"text":"INFT STS HE STRANGLED HER"}"#).await;
    room.take(r#"{"id":"m2","at":"NOW","type":"incident.person","incident":"L0187","by":"op1","role":"victim","person":{"ref":"P1","given":"Orla","family":"Pennick","phones":["07700 900631"],"language":"pl"}}"#).await;
    room.take(r#"{"id":"m3","at":"NOW","type":"incident.person","incident":"L0187","by":"op1","role":"suspect","relationship":"partner","person":{"ref":"P2","given":"Piers","family":"Quarmby"}}"#).await;
    room.take(r#"{"id":"m4","at":"NOW","type":"order.made","order":"O1","kind":"non_molestation","subject":{"ref":"P2"},"protects":[{"ref":"P1"}]}"#).await;
    room.at(40 * 60);
}

#[tokio::test]
async fn the_page_waits_and_shows_a_call_by_itself_as_soon_as_it_rings() {
    let room = TestRoom::new();
    let kit = room.person_of("kit", Role::Handler, Some("op7"));
    evening(&room).await;
    let page = room.get(&kit, "/companion").await;
    assert!(page.status == StatusCode::OK && page.body.contains("waits for your next call"), "{}", page.body);
    assert!(!page.body.contains("PENNICK"));

    let mut line = room.line(&kit, "/live/companion").await;
    assert!(line.page().await.contains("waits for your next call"));
    ring(&room, "c1", "op7", "+447700900631").await;
    let shown = line.page().await;
    for words in [
        "07700 900631",
        "Known by this number",
        "PENNICK, Orla",
        "Polish",
        "2nd contact in 12 hours. No unit is known to have seen her.",
        "Made contact at 20:00 and nobody came.",
        "STRANGLED HER",
        "Non-molestation",
        "QUARMBY, Piers",
        "No log yet",
        "no log shows it",
    ] {
        assert!(shown.contains(words), "{words} is not in {shown}");
    }
    let fresh = room.get(&kit, "/companion").await;
    line.becomes(fresh.block(), "old page and events make the fresh page").await;
    let title = fresh.body.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).expect("a title");
    assert_eq!(title, "Companion · Alongside");

    room.take(r#"{"id":"end","at":"NOW","type":"call.ended","call":"c1","how":"completed"}"#).await;
    let shown = line.page().await;
    assert!(shown.contains("waits for your next call") && !shown.contains("PENNICK"), "{shown}");
}

#[tokio::test]
async fn a_number_that_nobody_knows_says_so_plainly() {
    let room = TestRoom::new();
    let kit = room.person_of("kit", Role::Handler, Some("op7"));
    evening(&room).await;
    ring(&room, "c1", "op7", "+447700900999").await;
    let page = room.get(&kit, "/companion").await;
    assert!(page.body.contains("<b>Nothing is known.</b> Nobody is known by this number"), "{}", page.body);
    assert!(!page.body.contains("PENNICK") && !page.body.contains("None found"));
    ring(&room, "c2", "op7", "withheld").await;
    let page = room.get(&kit, "/companion").await;
    assert!(page.body.contains("Neither a number nor an address came with the call"), "{}", page.body);
}

#[tokio::test]
async fn a_handler_sees_no_call_but_their_own_and_an_account_without_a_number_none() {
    let room = TestRoom::new();
    let (kit, lee) =
        (room.person_of("kit", Role::Handler, Some("op7")), room.person_of("lee", Role::Handler, Some("op8")));
    let nobody = room.person("nobody", Role::Handler);
    evening(&room).await;
    ring(&room, "c1", "op7", "+447700900631").await;
    assert!(room.get(&kit, "/companion").await.body.contains("PENNICK"));
    let theirs = room.get(&lee, "/companion").await;
    assert!(theirs.body.contains("waits for your next call") && !theirs.body.contains("900631"), "{}", theirs.body);
    let page = room.get(&nobody, "/companion").await;
    assert!(page.body.contains("Your account has no staff number") && !page.body.contains("900631"));
}

#[tokio::test]
async fn law_12_a_handler_in_the_record_is_shown_what_a_number_nobody_knows_shows() {
    let room = TestRoom::new();
    let own = room.person_of("own", Role::Handler, Some("op7"));
    evening(&room).await;
    room.take(r#"{"id":"s1","at":"NOW","type":"staff.listed","staff":"op7","role":"handler","person":{"ref":"P2"}}"#)
        .await;
    ring(&room, "c1", "op7", "+447700900631").await;
    let page = room.get(&own, "/companion").await;
    assert!(page.body.contains("<b>Nothing is known.</b> Nobody is known by this number"), "{}", page.body);
    for secret in ["PENNICK", "QUARMBY", "L0187", "STRANGLED"] {
        assert!(!page.body.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn law_8_the_companion_is_not_shown_when_its_look_cannot_be_written_down() {
    let room = TestRoom::new();
    let kit = room.person_of("kit", Role::Handler, Some("op7"));
    evening(&room).await;
    ring(&room, "c1", "op7", "+447700900631").await;
    room.node.cap(None, Some(1)).expect("capped");
    let mut shown = 0;
    let refused = loop {
        let answer = room.get(&kit, "/companion").await;
        if answer.status != StatusCode::OK {
            break answer;
        }
        shown += 1;
        assert!(shown < 5_000, "the disk never filled");
    };
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!refused.body.contains("PENNICK"));
}
