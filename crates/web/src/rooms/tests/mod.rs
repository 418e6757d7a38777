//! The rooms, asked as browsers ask them, on a real node.

mod acts;
mod captions;
mod case;
mod companion;
mod feedback;
mod hearing;
mod lab;
mod listening;
mod prompt;
mod recording;
mod rejects;
mod room;
mod rules;

use axum::http::StatusCode;

use self::room::TestRoom;
use crate::door::Role;

#[test]
fn each_line_of_the_table_has_a_handler_and_each_handler_a_line() {
    assert_eq!(TestRoom::new().gaps, Vec::<String>::new());
}

#[tokio::test]
async fn a_row_is_taken_by_one_and_the_other_sees_it_and_is_refused() {
    let room = TestRoom::new();
    let (sam, priya) = (room.person("sam", Role::Specialist), room.person("priya", Role::Specialist));
    room.night().await;
    let (first, second) = (room.get(&sam, "/desk").await, room.get(&priya, "/desk").await);
    assert!(first.body.contains("Pennick and Quarmby") && first.body.contains("Log L0187"), "{}", first.body);
    assert!(!first.body.contains("href=\"/incidents/L0187"), "an address holds no reference");

    let taken = room.press(&sam, &first, "/rows/i0/take").await;
    assert_eq!((taken.status, taken.headers["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/desk"));
    assert!(room.get(&sam, "/desk").await.body.contains("You have it"));
    assert!(room.get(&priya, "/desk").await.body.contains("sam has it"));

    let refused = room.press(&priya, &second, "/rows/i0/take").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("sam took it at"), "{}", refused.body);
    assert!(!refused.body.contains(&sam.id), "no pseudonym on a page");
    let again = room.press(&sam, &first, "/rows/i0/take").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "the same form once more is the same act");
}

#[tokio::test]
async fn what_one_takes_the_other_sees_at_once_and_a_reload_shows_the_same() {
    let room = TestRoom::new();
    let (sam, priya) = (room.person("sam", Role::Specialist), room.person("priya", Role::Specialist));
    room.night().await;
    let mut line = room.line(&priya, "/live/desk").await;
    assert!(!line.page().await.contains("sam has it"));
    let page = room.get(&sam, "/desk").await;
    room.press(&sam, &page, "/rows/i0/take").await;
    let shown = line.page().await;
    assert!(shown.contains("sam has it"), "{shown}");
    assert_eq!(shown, room.get(&priya, "/desk").await.block());
}

#[tokio::test]
async fn the_last_act_can_be_taken_back_for_ten_seconds() {
    let room = TestRoom::new();
    let sam = room.person("sam", Role::Specialist);
    room.night().await;
    let page = room.get(&sam, "/desk").await;
    room.press(&sam, &page, "/rows/i0/take").await;
    let page = room.get(&sam, "/desk").await;
    assert!(page.body.contains("Log L0187 taken. It leaves in"));
    let bar = page.body.split("action=\"/undo/").nth(1).expect("the bar");
    let href = format!("/undo/{}", bar.split('"').next().unwrap());
    assert_eq!(room.press(&sam, &page, &href).await.status, StatusCode::SEE_OTHER);
    let page = room.get(&sam, "/desk").await;
    assert!(!page.body.contains("You have it"));
    room.press(&sam, &page, "/rows/i0/take").await;
    let page = room.get(&sam, "/desk").await;
    assert!(page.body.contains("You have it"), "what was taken back can be done again");
    room.at(40 * 60 + 11);
    assert!(!room.get(&sam, "/desk").await.body.contains("action=\"/undo/"));
}

#[tokio::test]
async fn what_a_line_sends_is_what_a_fresh_page_holds() {
    let room = TestRoom::new();
    let sam = room.person("sam", Role::Specialist);
    room.night().await;
    let page = room.get(&sam, "/desk").await;
    room.press(&sam, &page, "/rows/i0/take").await;
    let screens = [
        ("/desk", "/live/desk"),
        ("/board", "/live/board"),
        ("/actions", "/live/actions/dispatcher"),
        ("/hand-over", "/live/hand-over"),
        ("/unwatched", "/live/unwatched"),
        ("/answered", "/live/answered"),
        ("/incidents", "/live/incidents"),
        ("/listening", "/live/listening"),
        ("/feedback", "/live/feedback"),
    ];
    for (page, line) in screens {
        let fresh = room.get(&sam, page).await;
        assert_eq!(fresh.status, StatusCode::OK, "{page}");
        assert_eq!(room.first_live(&sam, line).await, fresh.block(), "{page}");
    }
}

#[tokio::test]
async fn law_8_no_page_is_shown_whose_look_cannot_be_written_down() {
    let room = TestRoom::new();
    let sam = room.person("sam", Role::Specialist);
    room.night().await;
    room.node.cap(None, Some(1)).expect("capped");
    let mut shown = 0;
    let refused = loop {
        let answer = room.get(&sam, "/desk").await;
        if answer.status != StatusCode::OK {
            break answer;
        }
        shown += 1;
        assert!(shown < 5_000, "the disk never filled");
    };
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.body.contains("This page is not shown") && !refused.body.contains("Pennick"));
    room.node.cap(None, None).expect("there is space again");
    assert_eq!(room.get(&sam, "/desk").await.status, StatusCode::OK);
}

#[tokio::test]
async fn law_12_a_person_in_the_record_never_reaches_their_own_record() {
    let room = TestRoom::new();
    let (sam, own) = (room.person("sam", Role::Specialist), room.person_of("own", Role::Specialist, Some("5512")));
    room.night().await;
    room.take(
        r#"{"id":"s1","at":"NOW","type":"staff.listed","staff":"5512","role":"specialist","person":{"ref":"P2"}}"#,
    )
    .await;
    assert!(room.get(&sam, "/desk").await.body.contains("Pennick"));
    let theirs = room.get(&own, "/desk").await;
    assert!(theirs.status == StatusCode::OK && !theirs.body.contains("Pennick") && !theirs.body.contains("L0187"));
    let nowhere = room.post(&own, "/rows/i0/take", "form_id=take.i0.1").await;
    let missing = room.post(&own, "/rows/i99/take", "form_id=take.i99.1").await;
    assert_eq!((nowhere.status, missing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn a_review_ends_in_needs_action_and_the_role_acknowledges_and_does_it() {
    let room = TestRoom::new();
    let (sam, dee) = (room.person("sam", Role::Specialist), room.person("dee", Role::Dispatcher));
    room.night().await;
    let form = room.get(&sam, "/rows/i0/dispose").await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.body);
    let id = form.form_id("/rows/i0/dispose");
    let wrong = room.post(&sam, "/rows/i0/dispose", &format!("form_id={id}&how=action&role=dispatcher&by=never")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Say why, in a few words.") && wrong.body.contains("Give a time as hours and minutes"));
    let answers = format!("form_id={id}&how=action&role=dispatcher&by=21%3A00&reason=Send+a+unit+to+her");
    assert_eq!(room.post(&sam, "/rows/i0/dispose", &answers).await.status, StatusCode::SEE_OTHER);
    assert!(room.get(&sam, "/desk").await.body.contains("Log L0187 disposed of. It leaves in"));
    assert!(!room.get(&dee, "/actions").await.body.contains("Send a unit to her"), "it can still be taken back");

    room.later(41 * 60).await;
    let list = room.get(&dee, "/actions").await;
    assert!(list.body.contains("Send a unit to her") && list.body.contains("Pennick and Quarmby"), "{}", list.body);
    let own = room.person_of("own", Role::Dispatcher, Some("5512"));
    room.take(
        r#"{"id":"s1","at":"NOW","type":"staff.listed","staff":"5512","role":"dispatcher","person":{"ref":"P2"}}"#,
    )
    .await;
    assert!(room.get(&own, "/actions").await.body.contains("Nothing is asked of you."), "law 12 holds on each list");
    let href = list.body.split("action=\"/actions/").nth(1).expect("a form").split('"').next().unwrap().to_owned();
    let href = format!("/actions/{href}");
    assert!(room.get(&sam, "/board").await.body.contains("Needed from the dispatcher"));
    assert_eq!(room.press(&dee, &list, &href).await.status, StatusCode::SEE_OTHER);
    assert!(room.get(&sam, "/desk").await.body.contains("Acknowledged 20:41"));
    let done = href.replace("acknowledge", "done");
    let form = room.get(&dee, &done).await;
    assert_eq!(room.press(&dee, &form, &done).await.status, StatusCode::SEE_OTHER);
    assert!(room.get(&dee, "/actions").await.body.contains("Nothing is asked of you."));
}

#[tokio::test]
async fn a_row_is_held_and_handed_over_and_not_to_a_person_in_it() {
    let room = TestRoom::new();
    let (sam, priya) = (room.person("sam", Role::Specialist), room.person("priya", Role::Specialist));
    let own = room.person_of("own", Role::Specialist, Some("5512"));
    room.night().await;
    room.take(
        r#"{"id":"s1","at":"NOW","type":"staff.listed","staff":"5512","role":"specialist","person":{"ref":"P2"}}"#,
    )
    .await;
    let desk = room.get(&sam, "/desk").await;
    room.press(&sam, &desk, "/rows/i0/take").await;
    let form = room.get(&sam, "/rows/i0/hand-over").await;
    assert!(form.body.contains(&priya.id) && !form.body.contains(&own.id));
    let id = form.form_id("/rows/i0/hand-over");
    let to_own = format!("form_id={id}&to={}&reason=Please", own.id);
    assert_eq!(room.post(&sam, "/rows/i0/hand-over", &to_own).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let to_priya = format!("form_id={id}&to={}&reason=She+rings+at+nine", priya.id);
    assert_eq!(room.post(&sam, "/rows/i0/hand-over", &to_priya).await.status, StatusCode::SEE_OTHER);
    assert!(room.get(&priya, "/desk").await.body.contains("You have it"));

    let form = room.get(&priya, "/rows/i0/hold").await;
    let answers = format!("form_id={}&until=21%3A30&reason=Waits+for+the+unit", form.form_id("/rows/i0/hold"));
    assert_eq!(room.post(&priya, "/rows/i0/hold", &answers).await.status, StatusCode::SEE_OTHER);
    assert!(room.get(&priya, "/desk").await.body.contains("id=\"g-held\""));
}

#[tokio::test]
async fn a_shift_starts_and_ends_only_when_what_is_open_has_a_note() {
    let room = TestRoom::new();
    let sam = room.person("sam", Role::Specialist);
    let page = room.get(&sam, "/hand-over").await;
    room.press(&sam, &page, "/shift/start").await;
    room.night().await;
    let desk = room.get(&sam, "/desk").await;
    assert!(desk.body.contains("You, specialist"), "{}", desk.body);
    room.press(&sam, &desk, "/rows/i0/take").await;
    let page = room.get(&sam, "/hand-over").await;
    assert!(page.body.contains("1 has no note.") && !page.body.contains("action=\"/shift/end\""));
    let early = room.post(&sam, "/shift/end", "form_id=end.shift.1").await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert!(early.body.contains("1 thing is open and has neither a note nor a name on it."));
    let work = page.body.split("action=\"/work/").nth(1).expect("a note's form").split('"').next().unwrap();
    let href = format!("/work/{work}");
    let note = format!("form_id={}&note=She+rings+at+nine", page.form_id(&href));
    room.post(&sam, &href, &note).await;
    let page = room.get(&sam, "/hand-over").await;
    assert!(page.body.contains("She rings at nine"));
    room.press(&sam, &page, "/shift/end").await;
    let page = room.get(&sam, "/hand-over").await;
    assert!(page.body.contains("Start my shift") && page.body.contains("She rings at nine"), "{}", page.body);
}

#[tokio::test]
async fn why_says_what_a_row_rests_on_and_names_stand_in_no_address() {
    let room = TestRoom::new();
    let sam = room.person("sam", Role::Specialist);
    room.night().await;
    let why = room.get(&sam, "/rows/i0/why").await;
    assert!(why.status == StatusCode::OK && why.body.contains("Can it still be saved?"), "{}", why.body);
    let found = room.post(&sam, "/incidents", "find=pennick").await;
    assert!(found.status == StatusCode::OK && found.body.contains("Pennick and Quarmby"), "{}", found.body);
    assert!(!room.post(&sam, "/incidents", "find=nobody").await.body.contains("Quarmby"));
    assert!(room.post(&sam, "/cases", "find=orla").await.body.contains("/cases/0"));
    for path in ["/desk", "/board", "/incidents", "/cases", "/rows/i0/why", "/rows/i0/hold"] {
        let page = room.get(&sam, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let addresses = page.body.split("href=\"").chain(page.body.split("action=\"")).skip(1);
        for address in addresses.map(|rest| rest.split('"').next().unwrap_or_default()) {
            assert!(!address.contains("L0187") && !address.to_lowercase().contains("pennick"), "{path}: {address}");
        }
    }
}

#[tokio::test]
async fn each_role_comes_into_its_own_rooms_and_no_others() {
    let room = TestRoom::new();
    room.night().await;
    for role in Role::ALL {
        let person = room.person(role.name(), role);
        for (path, roles) in [
            ("/desk", &[Role::Specialist, Role::Supervisor][..]),
            ("/board", &[Role::Specialist, Role::Supervisor]),
            ("/actions", &[Role::Specialist, Role::Supervisor, Role::Dispatcher, Role::Handler, Role::Officer]),
            ("/accounts", &[Role::Admin]),
            ("/companion", &[Role::Handler]),
            ("/rejects", &[Role::Supervisor, Role::Admin]),
            ("/listening", &[Role::Specialist, Role::Supervisor]),
            ("/feedback", &[Role::Specialist, Role::Supervisor, Role::Handler]),
            ("/listening/sign-off", &[Role::Supervisor]),
            ("/hand-over", &[Role::Specialist, Role::Supervisor]),
            ("/rows/i0/hold", &[Role::Specialist]),
        ] {
            let expected = if roles.contains(&role) { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(room.get(&person, path).await.status, expected, "{role} {path}");
        }
    }
    let dee = room.person("dee", Role::Dispatcher);
    assert_eq!(room.get(&dee, "/actions/handler").await.status, StatusCode::NOT_FOUND);
    assert_eq!(room.get(&dee, "/actions/dispatcher").await.status, StatusCode::OK);
}
