//! What a machine writes of a call: who sees it live, and who beside a recording.

use std::time::Duration;

use alongside_media::call::CallId;
use alongside_media::captions::{AskError, Captions, Line, Side, path};
use alongside_media::forward::tap;
use axum::http::StatusCode;

use super::hearing::{self, Rig};
use super::listening::sign_off;
use super::recording::{self, ID, site};
use super::room::TestRoom;
use crate::door::Role;

/// The evening's live calls, with captions set up.
async fn rig() -> (Rig, Captions) {
    let rig = hearing::rig().await;
    let ((tap, _), captions) = (tap(), Captions::default());
    rig.ears.caption(tap, captions.clone()).expect("running");
    (rig, captions)
}

fn says(captions: &Captions, call: CallId, side: Side, second: u64, words: &str) {
    captions.expect(call);
    captions.write(call, Line { side, from: Duration::from_secs(second), words: words.to_owned() });
}

async fn list_one_in_the_record(room: &TestRoom) {
    let listed =
        r#"{"id":"s1","at":"NOW","type":"staff.listed","staff":"5512","role":"specialist","person":{"ref":"P1"}}"#;
    room.take(listed).await;
}

#[tokio::test]
async fn captions_are_of_whoever_listens_now_and_say_that_a_machine_wrote_them() {
    let (rig, captions) = rig().await;
    let room = &rig.room;
    let (sam, priya) = (room.person("sam", Role::Specialist), room.person("priya", Role::Specialist));
    let (quill, kit) = (room.person("quill", Role::Supervisor), room.person_of("kit", Role::Handler, Some("op7")));
    sign_off(room, &quill).await;
    says(&captions, rig.sent[0], Side::Caller, 42, "He is <b>outside</b>");
    let before = room.get(&sam, "/listening/c0").await;
    assert!(before.body.contains("They stand here while you listen.") && !before.body.contains("outside"));

    let mut line = room.line(&sam, "/live/listening/c0").await;
    line.page().await;
    let hearing = rig.begins(&sam, "c0", "listen.a").await;
    let page = room.get(&sam, "/listening/c0").await;
    for words in [
        "a machine writes them, and may be wrong",
        "0:42",
        "<b>Caller</b>",
        "aria-live=\"polite\"",
        "data-act=\"captions\"",
    ] {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
    assert!(page.body.contains("He is &#60;b&#62;outside") && !page.body.contains("<b>outside"), "{}", page.body);
    assert!(page.body.split("<title>").nth(1).is_some_and(|title| !title.starts_with("He is")));

    says(&captions, rig.sent[0], Side::Handler, 63, "Are you safe?");
    says(&captions, rig.sent[1], Side::Caller, 64, "Another call altogether");
    captions.miss(rig.sent[0], Duration::from_secs(70), Some(AskError::Silent));
    let page = room.get(&sam, "/listening/c0").await;
    line.becomes(page.block(), "old page and events make the fresh page").await;
    let at = |words: &str| page.body.find(words).unwrap_or_else(|| panic!("{words} is not in {}", page.body));
    assert!(at("0:42") < at("1:03") && at("<b>Call handler</b>") < at("Are you safe?"), "the newest is last");
    at("The caption server does not answer: what is said now is not written. Words are missing in 1 place.");
    assert!(!page.body.contains("Another call altogether"));

    for (who, path) in
        [(&priya, "/listening/c0"), (&quill, "/listening/c0"), (&sam, "/listening"), (&kit, "/companion")]
    {
        let page = room.get(who, path).await;
        assert!(page.status == StatusCode::OK && !page.body.contains("outside"), "{path}: {}", page.body);
    }
    let looks = room.looks();
    let last = looks.iter().rfind(|look| look.screen == "listen").expect("each look is written down");
    assert!(!last.subjects.is_empty(), "whose words they are");

    room.post(&sam, &format!("/hearings/{hearing}/stop"), "form_id=stop.a").await;
    let after = room.get(&sam, "/listening/c0").await;
    assert!(!after.body.contains("outside"), "{}", after.body);
    line.becomes(after.block(), "they go with the listening").await;
}

#[tokio::test]
async fn where_no_captions_are_set_up_no_page_tells_of_them() {
    let rig = hearing::rig().await;
    let (sam, quill) = (rig.room.person("sam", Role::Specialist), rig.room.person("quill", Role::Supervisor));
    sign_off(&rig.room, &quill).await;
    rig.begins(&sam, "c0", "listen.a").await;
    let page = rig.room.get(&sam, "/listening/c0").await.body;
    let (page, _keys) = page.split_once("<dialog id=\"keys\"").expect("a page and the sheet of keys");
    assert!(!page.contains("aption"), "{page}");
}

#[tokio::test]
async fn law_12_whoever_is_in_the_record_reads_nothing_of_the_call() {
    let (rig, captions) = rig().await;
    let (own, quill) =
        (rig.room.person_of("own", Role::Specialist, Some("5512")), rig.room.person("quill", Role::Supervisor));
    sign_off(&rig.room, &quill).await;
    says(&captions, rig.sent[0], Side::Caller, 42, "He is outside");
    list_one_in_the_record(&rig.room).await;
    let page = rig.room.get(&own, "/listening/c0").await;
    assert!(page.status == StatusCode::NOT_FOUND && !page.body.contains("outside"));
}

#[tokio::test]
async fn beside_a_recording_captions_are_read_by_whoever_may_hear_it_and_a_changed_file_is_not_shown() {
    let (rig, quill) = recording::rig(|room| room.person("quill", Role::Supervisor)).await;
    let recording::Rig { room, folder, page } = &rig;
    let (sam, priya) = (room.person("sam", Role::Specialist), room.person("priya", Role::Specialist));
    let own = room.person_of("own", Role::Specialist, Some("5512"));
    sign_off(room, &quill).await;
    let (captions, call) = (Captions::default(), CallId(1));
    captions.keep_in(folder.path().to_owned(), site());
    captions.recorded(call, ID, Duration::ZERO);
    says(&captions, call, Side::Handler, 4, "Are you safe?");
    says(&captions, call, Side::Caller, 2, "He is <b>outside</b>");
    captions.miss(call, Duration::from_secs(6), None);

    let form = room.get(&sam, page).await;
    assert!(!form.body.contains("aption-") && !form.body.contains("outside"), "no reason, no words");
    let href = format!("{page}/play");
    let id = form.form_id(&href);
    room.post(&sam, &href, &format!("form_id={id}&purpose=feedback&reason=Her+last+words")).await;
    let written = room.get(&sam, page).await;
    assert!(written.body.contains("They break off, or the last words are still being written."), "{}", written.body);
    captions.recording_ended(ID, Duration::from_secs(10));
    captions.end(call);
    let shown = room.get(&sam, page).await;
    let at = |words: &str| shown.body.find(words).unwrap_or_else(|| panic!("{words} is not in {}", shown.body));
    assert!(at("<audio") < at("Captions: a machine wrote them, and may be wrong"), "beneath the player");
    assert!(at("outside") < at("Are you safe?") && at("0:02") < at("0:04"), "in the order in which they were said");
    at("Words are missing in 1 place.");
    assert!(!shown.body.contains("<b>outside"));
    assert_eq!(room.first_live(&sam, &format!("/live{page}")).await, shown.block());
    for (who, told) in [(&priya, "who gave no reason"), (&quill, "whose role may not hear")] {
        assert!(!room.get(who, page).await.body.contains("outside"), "{told}");
    }

    let file = path(folder.path(), ID);
    let mut bytes = std::fs::read(&file).expect("a file");
    *bytes.last_mut().expect("some") ^= 1;
    std::fs::write(&file, bytes).expect("written");
    let changed = room.get(&sam, page).await.body;
    assert!(changed.contains("They are not as they were sealed") && !changed.contains("outside"), "{changed}");
    std::fs::remove_file(&file).expect("removed");
    assert!(!room.get(&sam, page).await.body.contains("Captions"), "there are none");

    list_one_in_the_record(room).await;
    assert_eq!(room.get(&own, page).await.status, StatusCode::NOT_FOUND);
    room.later(9 * 3_600).await;
    assert!(!room.get(&sam, page).await.body.contains("outside"), "a reason does not last for ever");
}
