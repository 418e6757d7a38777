//! Prompts from whoever may listen to the companion of the handler whose call it is.

use axum::http::StatusCode;

use super::listening::{evening, sign_off};
use super::room::{Answer, Person, TestRoom};
use crate::door::Role;

/// The evening's first call is op7's, under a sign-off that lets specialists listen.
struct Rig {
    room: TestRoom,
    sam: Person,
    priya: Person,
    quill: Person,
    kit: Person,
    lee: Person,
}

async fn rig() -> Rig {
    let room = TestRoom::new();
    let (sam, priya) = (room.person("sam", Role::Specialist), room.person("priya", Role::Specialist));
    let quill = room.person("quill", Role::Supervisor);
    let (kit, lee) =
        (room.person_of("kit", Role::Handler, Some("op7")), room.person_of("lee", Role::Handler, Some("op8")));
    evening(&room).await;
    sign_off(&room, &quill).await;
    Rig { room, sam, priya, quill, kit, lee }
}

impl Rig {
    async fn heard(&self, who: &Person) -> Answer {
        self.room.get(who, "/listening/c0").await
    }

    /// Sends words with the form of a page that somebody had open.
    async fn send(&self, who: &Person, page: &Answer, words: &str) -> Answer {
        let form = format!("form_id={}&words={words}", page.form_id("/listening/c0/prompt"));
        self.room.post(who, "/listening/c0/prompt", &form).await
    }

    /// The open prompt, by its entry.
    fn open(&self) -> u64 {
        self.room.node.read(|desk| {
            let open = desk.state().prompts.all().find(|prompt| prompt.closed.is_none());
            open.map(|prompt| prompt.id).expect("an open prompt")
        })
    }
}

#[tokio::test]
async fn a_prompt_is_sent_drawn_seen_and_used_and_both_pages_follow_it() {
    let rig = rig().await;
    let room = &rig.room;
    let page = rig.heard(&rig.sam).await;
    for words in ["Prompt to kit", "data-digit=\"1\" data-says=\"Ask if he can hear her\"", "90 characters at most"] {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
    let (mut heard, mut told) =
        (room.line(&rig.sam, "/live/listening/c0").await, room.line(&rig.kit, "/live/companion").await);
    heard.page().await;
    told.page().await;
    assert_eq!(rig.send(&rig.sam, &page, "Ask+if+%3Cb%3E+he+hears").await.status, StatusCode::SEE_OTHER);
    let prompt = rig.open();
    let drawn = told.page().await;
    for words in ["From <b>sam</b>", "Ask if &#60;b&#62; he hears", &format!("data-seen=\"/prompts/{prompt}/seen\"")] {
        assert!(drawn.contains(words), "{words} is not in {drawn}");
    }
    told.becomes(room.get(&rig.kit, "/companion").await.block(), "old page and events make the fresh page").await;
    assert!(heard.page().await.contains("Not seen"), "sending it is not seeing it");
    heard.becomes(rig.heard(&rig.sam).await.block(), "old page and events make the fresh page").await;

    room.at(40 * 60 + 23);
    let seen = format!("/prompts/{prompt}/seen");
    let form = format!("form_id=seen.{prompt}.{prompt}");
    for _ in 0..2 {
        assert_eq!(room.post(&rig.kit, &seen, &form).await.status, StatusCode::SEE_OTHER);
    }
    let after = heard.page().await;
    assert!(after.contains("Seen after 3 s") && after.contains("No answer yet"), "{after}");
    assert!(!told.page().await.contains("data-seen"), "it is told once");

    room.at(40 * 60 + 35);
    let page = room.get(&rig.kit, "/companion").await;
    let used = format!("/prompts/{prompt}/answer/used");
    assert_eq!(room.press(&rig.kit, &page, &used).await.status, StatusCode::SEE_OTHER);
    assert_eq!(room.press(&rig.kit, &page, &used).await.status, StatusCode::SEE_OTHER, "the same form is the same act");
    assert!(heard.page().await.contains("Used after 15 s"));
    heard.becomes(rig.heard(&rig.sam).await.block(), "old page and events make the fresh page").await;
    let companion = room.get(&rig.kit, "/companion").await;
    assert!(companion.body.contains("Earlier prompts") && !companion.body.contains("id=\"prompt-line\""));
    told.becomes(companion.block(), "old page and events make the fresh page").await;

    let list = room.get(&rig.quill, "/listening").await;
    let measured = "Prompts in 7 days: 1 sent, 1 seen. In the middle seen after 3 s, answered after 15 s. 1 used.";
    assert!(list.body.contains(measured), "{}", list.body);
    for page in [&list, &companion, &rig.heard(&rig.sam).await] {
        let title = page.body.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).expect("a title");
        assert!(!title.contains("hears"), "{title}");
        let mut addresses = page.body.split("href=\"").chain(page.body.split("action=\"")).skip(1);
        assert!(addresses.all(|rest| !rest.split('"').next().unwrap_or_default().contains("hears")));
    }
}

#[tokio::test]
async fn whoever_comes_second_is_told_and_the_words_stand_in_nobodys_way() {
    let rig = rig().await;
    let (first, second) = (rig.heard(&rig.sam).await, rig.heard(&rig.priya).await);
    assert_eq!(rig.send(&rig.sam, &first, "Stay+on+the+line").await.status, StatusCode::SEE_OTHER);
    assert_eq!(rig.send(&rig.sam, &first, "Stay+on+the+line").await.status, StatusCode::SEE_OTHER, "sent once");
    assert_eq!(rig.send(&rig.priya, &second, "Ask+about+weapons").await.status, StatusCode::CONFLICT);
    let page = rig.heard(&rig.priya).await;
    assert!(page.body.contains("One is open.") && page.body.contains("sam"), "{}", page.body);
    assert!(!page.body.contains("action=\"/listening/c0/prompt\""));

    let back = format!("/prompts/{}/withdraw", rig.open());
    assert_eq!(rig.room.press(&rig.priya, &page, &back).await.status, StatusCode::SEE_OTHER);
    let page = rig.heard(&rig.sam).await;
    assert!(page.body.contains("Taken back by priya"), "{}", page.body);
    let form = format!("form_id={}&phrase=weapons", page.form_id("/listening/c0/prompt"));
    assert_eq!(rig.room.post(&rig.sam, "/listening/c0/prompt", &form).await.status, StatusCode::SEE_OTHER);
    assert!(rig.room.get(&rig.kit, "/companion").await.body.contains("Ask about weapons"));

    rig.room.take(r#"{"id":"end","at":"NOW","type":"call.ended","call":"c1","how":"completed"}"#).await;
    let page = rig.heard(&rig.sam).await;
    assert!(
        page.body.contains("Call ended within 1 s, not answered") && page.body.contains("The call has ended."),
        "{}",
        page.body
    );
    let version = alongside_node::Topic::Review("prompts c1".to_owned());
    let kept = rig.room.node.version(&version).expect("readable");
    let counted = rig.room.node.read(|desk| {
        let state = desk.state();
        state.prompts.version(state.call_named("c1").expect("a call"))
    });
    assert_eq!((kept, counted), (4, 4), "the end of the call stands with the call's prompts");
}

#[tokio::test]
async fn nobody_but_the_handler_of_the_call_sees_or_answers_and_nobody_unallowed_sends() {
    let rig = rig().await;
    let room = &rig.room;
    let page = rig.heard(&rig.sam).await;
    assert_eq!(rig.send(&rig.sam, &page, "Ask+about+weapons").await.status, StatusCode::SEE_OTHER);
    let prompt = rig.open();
    assert!(!room.get(&rig.lee, "/companion").await.body.contains("Ask about weapons"));
    for what in ["seen", "answer/used", "answer/cannot", "answer/late"] {
        let path = format!("/prompts/{prompt}/{what}");
        let form = format!("form_id=a.{prompt}.{prompt}");
        assert_eq!(room.post(&rig.lee, &path, &form).await.status, StatusCode::NOT_FOUND, "{what}: another handler");
        assert_eq!(room.post(&rig.sam, &path, &form).await.status, StatusCode::FORBIDDEN, "{what}: no handler");
    }
    let nowhere = format!("/prompts/{prompt}/answer/withdrawn");
    assert_eq!(room.post(&rig.kit, &nowhere, "form_id=a.1.1").await.status, StatusCode::NOT_FOUND);
    // The paper names specialists.
    assert!(!rig.heard(&rig.quill).await.body.contains("Prompt to"));
    let form = "form_id=prompt.c0.1.1&words=Stay";
    assert_eq!(room.post(&rig.quill, "/listening/c0/prompt", form).await.status, StatusCode::NOT_FOUND);
    assert_eq!(room.post(&rig.kit, "/listening/c0/prompt", form).await.status, StatusCode::FORBIDDEN);
    assert!(room.node.read(|desk| desk.state().prompts.get(prompt).is_some_and(|one| one.seen.is_none())));
}

#[tokio::test]
async fn law_12_whoever_is_in_the_record_sends_no_prompt_and_is_sent_none() {
    let rig = rig().await;
    let room = &rig.room;
    let own = room.person_of("own", Role::Specialist, Some("5512"));
    let page = rig.heard(&rig.sam).await;
    assert_eq!(rig.send(&rig.sam, &page, "Is+Quarmby+there").await.status, StatusCode::SEE_OTHER);
    assert!(room.get(&rig.kit, "/companion").await.body.contains("Is Quarmby there"));
    for (id, staff, role) in [("s1", "5512", "specialist"), ("s2", "op7", "handler")] {
        let listed = format!(
            r#"{{"id":"{id}","at":"NOW","type":"staff.listed","staff":"{staff}","role":"{role}","person":{{"ref":"P2"}}}}"#
        );
        room.take(&listed).await;
    }
    let companion = room.get(&rig.kit, "/companion").await;
    assert!(!companion.body.contains("Quarmby") && !companion.body.contains("Earlier prompts"), "{}", companion.body);
    let prompt = rig.open();
    let used = room.post(&rig.kit, &format!("/prompts/{prompt}/answer/used"), "form_id=a.1.1").await;
    assert_eq!(used.status, StatusCode::NOT_FOUND);
    assert_eq!(room.post(&own, "/listening/c0/prompt", "form_id=a.1.1&words=x").await.status, StatusCode::NOT_FOUND);
    let back = room.post(&own, &format!("/prompts/{prompt}/withdraw"), "form_id=a.1.1").await;
    assert_eq!(back.status, StatusCode::NOT_FOUND);

    let page = rig.heard(&rig.sam).await;
    room.press(&rig.sam, &page, &format!("/prompts/{prompt}/withdraw")).await;
    let page = rig.heard(&rig.sam).await;
    assert!(page.body.contains("The handler’s companion does not show this call now."), "and why is not told");
}

#[tokio::test]
async fn law_8_whose_call_a_prompt_is_stands_in_the_log_of_views() {
    let rig = rig().await;
    let page = rig.heard(&rig.sam).await;
    rig.send(&rig.sam, &page, "Ask+about+weapons").await;
    let before = rig.room.looks().len();
    assert!(rig.room.get(&rig.kit, "/companion").await.body.contains("Ask about weapons"));
    let looks = rig.room.looks();
    let call = rig.room.node.stream(&alongside_node::Topic::Call("c1".to_owned()));
    assert!(looks[before..].iter().any(|look| look.subjects.contains(&call)), "whose call it is stands in the entry");
}
