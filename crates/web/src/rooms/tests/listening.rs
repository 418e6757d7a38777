//! Live calls, the sign-off without which nobody listens, and who sees that somebody does.

use alongside_desk::listening::{Ceased, Heard, ListeningAsk, Purpose};
use alongside_desk::review::{Ask, StaffCommand};
use alongside_node::Act;
use axum::http::StatusCode;

use super::room::{Person, TestRoom};
use crate::door::Role;

/// She rang at eight and nobody came; at twenty to nine she rings again, and so does somebody whom nobody knows.
pub async fn evening(room: &TestRoom) {
    room.night().await;
    room.take(r#"{"id":"p1","at":"NOW","type":"incident.person","incident":"L0187","by":"op1","role":"victim","person":{"ref":"P1","given":"Orla","family":"Pennick","phones":["07700 900631"]}}"#).await;
    room.take(r#"{"id":"r1","at":"NOW","type":"call.started","call":"c1","line":"999","from":"+447700900631","handler":"op7"}"#).await;
    room.later(40 * 60 + 20).await;
    room.take(r#"{"id":"r2","at":"NOW","type":"call.started","call":"c2","line":"101","from":"+447700900999","handler":"op8"}"#).await;
}

pub async fn sign_off(room: &TestRoom, quill: &Person) {
    let form = room.get(quill, "/listening/sign-off").await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.body);
    let id = form.form_id("/listening/sign-off");
    let answers = format!(
        "form_id={id}&version=LISTEN-1&notice=Calls+may+be+listened+to.&signed_by=Data+protection+officer&roles=specialist"
    );
    assert_eq!(room.post(quill, "/listening/sign-off", &answers).await.status, StatusCode::SEE_OTHER);
}

/// Asks something about listening, as somebody.
async fn ask(room: &TestRoom, who: &Person, request: &str, ask: ListeningAsk) {
    let command = StaffCommand { request: request.into(), ask: Ask::Listening(ask) };
    room.node.act(Act { by: who.id.as_str().into(), command, expected: None }).await.expect("done");
}

pub async fn listen(room: &TestRoom, who: &Person, call: &str) -> u64 {
    let id = room.node.read(|desk| desk.state().call_named(call)).expect("a call");
    let start =
        ListeningAsk::Start { heard: Heard::Call(id), purpose: Purpose::Feedback, reason: "Her second call".into() };
    ask(room, who, "start", start).await;
    room.node.read(|desk| desk.state().hearings.open().last().map(|hearing| hearing.id)).expect("listens")
}

#[tokio::test]
async fn live_calls_stand_in_the_queues_order_and_say_why_they_cannot_be_heard() {
    let room = TestRoom::new();
    let (sam, kit) = (room.person("sam", Role::Specialist), room.person_of("kit", Role::Handler, Some("op7")));
    let empty = room.get(&sam, "/listening").await;
    assert!(empty.body.contains("No call is live now that this desk knows of."), "{}", empty.body);
    let mut line = room.line(&sam, "/live/listening").await;
    line.page().await;
    evening(&room).await;
    let page = room.get(&sam, "/listening").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    line.becomes(page.block(), "old page and events make the fresh page").await;
    let at = |words: &str| page.body.find(words).unwrap_or_else(|| panic!("{words} is not in {}", page.body));
    assert!(at("Pennick and Quarmby, by number or place: not certain") < at("Nobody is known by its number or place"));
    for words in ["Live audio is off.", "None has been entered.", "No log yet", "Handler op8", "kit", "S1"] {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
    assert!(!page.body.contains("href=\"/listening/sign-off\""), "a specialist enters no sign-off");
    assert_eq!(room.get(&kit, "/listening").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_call_about_something_else_is_counted_and_not_shown() {
    let room = TestRoom::new();
    let sam = room.person("sam", Role::Specialist);
    room.at(0);
    for message in [
        r#"{"id":"r1","at":"NOW","type":"call.started","call":"c1","line":"999","from":"+447700900999","handler":"op7"}"#,
        r#"{"id":"m1","at":"NOW","type":"incident.opened","incident":"L0201","by":"op7","channel":"999","call":"c1","grade":"none","code":"BURGLARY","text":"Shed broken into"}"#,
    ] {
        room.take(message).await;
    }
    let page = room.get(&sam, "/listening").await;
    assert!(page.body.contains("1 more live call is not shown: its log is about something else."), "{}", page.body);
    assert!(!page.body.contains("L0201"));
}

#[tokio::test]
async fn the_sign_off_is_entered_by_a_supervisor_shown_with_who_and_when_and_taken_back() {
    let room = TestRoom::new();
    let (sam, quill) = (room.person("sam", Role::Specialist), room.person("quill", Role::Supervisor));
    evening(&room).await;
    assert_eq!(room.get(&sam, "/listening/sign-off").await.status, StatusCode::FORBIDDEN);
    assert_eq!(room.post(&sam, "/listening/sign-off", "form_id=x.y.1").await.status, StatusCode::FORBIDDEN);
    let form = room.get(&quill, "/listening/sign-off").await;
    let id = form.form_id("/listening/sign-off");
    let wrong = room.post(&quill, "/listening/sign-off", &format!("form_id={id}&version=LISTEN-1")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["Paste the notice", "Say who signed it", "Choose who may listen."] {
        assert!(wrong.body.contains(words), "{words} is not in {}", wrong.body);
    }
    sign_off(&room, &quill).await;
    let page = room.get(&sam, "/listening").await;
    for words in [
        "LISTEN-1",
        "in force",
        "Specialists may listen. Signed by Data protection officer. Entered by quill, 20:40:20.",
        "Calls may be listened to.",
        "No call can be heard here.",
    ] {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
    listen(&room, &sam, "c1").await;
    let form = room.get(&quill, "/listening/withdraw").await;
    let id = form.form_id("/listening/withdraw");
    let wrong = room.post(&quill, "/listening/withdraw", &format!("form_id={id}")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answers = format!("form_id={id}&reason=Counsel+asked");
    assert_eq!(room.post(&quill, "/listening/withdraw", &answers).await.status, StatusCode::SEE_OTHER);
    let page = room.get(&sam, "/listening").await;
    assert!(page.body.contains("taken back by quill, 20:40:20: Counsel asked"), "{}", page.body);
    assert!(page.body.contains("Live audio is off.") && !page.body.contains("You listen"));
    assert!(room.node.read(|desk| desk.state().hearings.open().next().is_none()), "whoever listened stopped");
}

#[tokio::test]
async fn law_11_nobody_listens_unseen() {
    let room = TestRoom::new();
    let (sam, priya) = (room.person("sam", Role::Specialist), room.person("priya", Role::Specialist));
    let (kit, lee) =
        (room.person_of("kit", Role::Handler, Some("op7")), room.person_of("lee", Role::Handler, Some("op8")));
    let quill = room.person("quill", Role::Supervisor);
    evening(&room).await;
    assert!(!room.get(&kit, "/companion").await.body.contains("Who listens"), "while nobody can");
    sign_off(&room, &quill).await;
    assert!(room.get(&kit, "/companion").await.body.contains("Nobody listens to this call."));
    let mut line = room.line(&kit, "/live/companion").await;
    line.page().await;
    let hearing = listen(&room, &sam, "c1").await;
    let shown = line.page().await;
    assert!(shown.contains("sam listens since 20:40: feedback to the call handler."), "{shown}");
    assert!(!room.get(&lee, "/companion").await.body.contains("sam listens"), "another handler's call");
    let board = room.get(&quill, "/board").await;
    assert!(
        board.body.contains("Listening now") && board.body.contains("no log yet, kit: feedback to the call handler")
    );
    assert!(room.get(&priya, "/listening").await.body.contains("sam listens, since 20:40"));
    assert!(room.get(&sam, "/listening").await.body.contains("You listen, since 20:40"));

    ask(&room, &sam, "stop", ListeningAsk::Stop { hearing, why: Ceased::Stopped }).await;
    let shown = line.page().await;
    assert!(shown.contains("sam listened from 20:40 to 20:40.") && !shown.contains("sam listens"), "{shown}");
    assert!(!room.get(&quill, "/board").await.body.contains("Listening now"));
}

#[tokio::test]
async fn law_12_a_person_known_by_the_number_learns_of_no_call_from_it() {
    let room = TestRoom::new();
    let own = room.person_of("own", Role::Supervisor, Some("5512"));
    let (sam, quill) = (room.person("sam", Role::Specialist), room.person("quill", Role::Supervisor));
    evening(&room).await;
    room.take(
        r#"{"id":"s1","at":"NOW","type":"staff.listed","staff":"5512","role":"supervisor","person":{"ref":"P2"}}"#,
    )
    .await;
    let page = room.get(&own, "/listening").await;
    assert!(page.body.contains("Handler op8") && !page.body.contains("Pennick") && !page.body.contains("op7"));
    sign_off(&room, &quill).await;
    listen(&room, &sam, "c1").await;
    let board = room.get(&own, "/board").await;
    assert!(board.body.contains("a call: feedback to the call handler") && !board.body.contains("op7"));
}
