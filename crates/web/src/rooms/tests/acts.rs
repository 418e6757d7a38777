//! Acts that answer a flag, notes, who is on call, and what is asked of an officer: asked as browsers ask, on a real node.

use axum::http::{Method, StatusCode};

use super::room::{Person, TestRoom};
use crate::door::Role;

const HER: &str = r#"{"ref":"P9","given":"Irena","family":"Żurawiec"}"#;

async fn opened(room: &TestRoom, log: &str) {
    room.take(&format!(r#"{{"id":"{log}-1","at":"NOW","type":"incident.opened","incident":"{log}","by":"op1","channel":"999","grade":"immediate","code":"ASSAULT","qualifiers":["DA"],"text":"HE IS AT THE DOOR"}}"#)).await;
    room.take(&format!(r#"{{"id":"{log}-2","at":"NOW","type":"incident.person","incident":"{log}","by":"op1","role":"victim","person":{HER}}}"#)).await;
}

async fn on_shift(room: &TestRoom, name: &str, role: Role) -> Person {
    let person = room.person(name, role);
    let page = room.get(&person, "/hand-over").await;
    assert_eq!(room.press(&person, &page, "/shift/start").await.status, StatusCode::SEE_OTHER);
    person
}

/// The address of the first form or link that goes to a flag's act.
fn act(body: &str, verb: &str) -> Option<String> {
    let addresses = body.split("=\"/flags/").skip(1).filter_map(|rest| rest.split('"').next());
    addresses.map(|rest| format!("/flags/{rest}")).find(|href| href.ends_with(verb))
}

#[tokio::test]
async fn the_history_is_taken_in_with_one_press_and_the_flag_is_answered_by_it() {
    let room = TestRoom::new();
    room.at(0);
    let sam = on_shift(&room, "sam", Role::Specialist).await;
    for n in 0..3 {
        room.at(n * 3600);
        opened(&room, &format!("L{n}")).await;
    }
    let page = room.get(&sam, "/incidents/2").await;
    assert!(page.body.contains("Repeat victim") && page.body.contains("Acknowledge the history"), "{}", page.body);
    let mut line = room.line(&sam, "/live/incidents/2").await;
    assert_eq!(line.page().await, page.block());
    let href = act(&page.body, "take-in").expect("a form");
    let done = room.press(&sam, &page, &href).await;
    assert_eq!((done.status, done.headers["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/incidents/2"));
    let page = room.get(&sam, "/incidents/2").await;
    assert!(page.body.contains("Answered: the handler acknowledged it"), "{}", page.body);
    assert!(page.body.contains("took in the history"), "{}", page.body);
    assert_eq!(act(&page.body, "take-in"), None);
    assert_eq!(line.page().await, page.block());
    let again = room.post(&sam, &href, "form_id=take-in.0.1").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "what is so already is not refused");
}

#[tokio::test]
async fn a_supervisors_reason_is_asked_of_the_supervisor_on_shift_and_of_nobody_else() {
    let room = TestRoom::new();
    room.at(0);
    let (sam, quill) =
        (on_shift(&room, "sam", Role::Specialist).await, on_shift(&room, "quill", Role::Supervisor).await);
    let off = room.person("off", Role::Supervisor);
    opened(&room, "L1").await;
    room.at(60);
    room.take(r#"{"id":"g","at":"NOW","type":"incident.graded","incident":"L1","by":"op2","grade":"priority"}"#).await;
    let page = room.get(&quill, "/incidents/0").await;
    assert!(page.body.contains("Downgraded"), "{}", page.body);
    let href = act(&page.body, "reason").expect("a link");
    for person in [&sam, &off] {
        assert_eq!(act(&room.get(person, "/incidents/0").await.body, "reason"), None);
    }
    let form = room.get(&quill, &href).await;
    let empty = room.post(&quill, &href, &format!("form_id={}&reason=", form.form_id(&href))).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let forged = room.post(&sam, &href, &format!("form_id={}&reason=So", form.form_id(&href))).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(forged.body.contains("no longer waits for a reason from you"));
    let given = room.post(&quill, &href, &format!("form_id={}&reason=Unit+is+with+her", form.form_id(&href))).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER);
    let page = room.get(&sam, "/incidents/0").await;
    assert!(page.body.contains("Answered: a supervisor gave a reason"), "{}", page.body);
    assert!(page.body.contains("Unit is with her"));
    assert!(room.get(&sam, "/answered").await.body.contains("Downgraded"), "a specialist still looks at it");
}

#[tokio::test]
async fn a_note_is_kept_with_the_log() {
    let room = TestRoom::new();
    let (sam, priya) = (room.person("sam", Role::Specialist), room.person("priya", Role::Specialist));
    room.night().await;
    let page = room.get(&sam, "/incidents/0").await;
    assert!(page.body.contains("href=\"/rows/i0/note\""), "{}", page.body);
    let form = room.get(&sam, "/rows/i0/note").await;
    let note = format!("form_id={}&reason=Her+sister+has+a+key", form.form_id("/rows/i0/note"));
    assert_eq!(room.post(&sam, "/rows/i0/note", &note).await.status, StatusCode::SEE_OTHER);
    let page = room.get(&priya, "/incidents/0").await;
    assert!(page.body.contains("Her sister has a key"), "{}", page.body);
    assert!(room.get(&priya, "/desk").await.body.contains("id=\"r-i0\""), "a note moves nothing");
}

#[tokio::test]
async fn a_supervisor_names_who_is_on_call_and_the_board_says_so() {
    let room = TestRoom::new();
    let (quill, sam) = (room.person("quill", Role::Supervisor), room.person("sam", Role::Specialist));
    let dee = room.person("dee", Role::Dispatcher);
    room.night().await;
    assert!(room.get(&quill, "/board").await.body.contains("Nobody is named as on call"));
    assert_eq!(room.get(&sam, "/on-call").await.status, StatusCode::FORBIDDEN);
    let form = room.get(&quill, "/on-call").await;
    assert!(form.body.contains(&sam.id) && !form.body.contains(&dee.id));
    let form_id = form.form_id("/on-call");
    let wrong = room.post(&quill, "/on-call", &format!("form_id={form_id}&who={}", dee.id)).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let named = room.post(&quill, "/on-call", &format!("form_id={form_id}&who={}", sam.id)).await;
    assert_eq!(named.status, StatusCode::SEE_OTHER);
    assert!(room.get(&quill, "/board").await.body.contains("On call: sam"));
    let form = room.get(&quill, "/on-call").await;
    room.post(&quill, "/on-call", &format!("form_id={}&who=nobody", form.form_id("/on-call"))).await;
    assert!(room.get(&quill, "/board").await.body.contains("Nobody is named as on call"));
}

#[tokio::test]
async fn what_is_asked_of_an_officer_stands_on_the_officers_page_and_nothing_else_does() {
    let room = TestRoom::new();
    let (sam, rowe) = (room.person("sam", Role::Specialist), room.person("rowe", Role::Officer));
    room.night().await;
    let form = room.get(&sam, "/rows/i0/dispose").await;
    assert!(form.body.contains("<option value=\"officer\""));
    let id = form.form_id("/rows/i0/dispose");
    let answers = format!("form_id={id}&how=action&role=officer&by=21%3A00&reason=See+her+alone");
    assert_eq!(room.post(&sam, "/rows/i0/dispose", &answers).await.status, StatusCode::SEE_OTHER);
    room.later(41 * 60).await;
    let list = room.get(&rowe, "/actions").await;
    assert!(list.body.contains("See her alone") && list.body.contains("Officer: what is needed"), "{}", list.body);
    let rest = list.body.split("action=\"/actions/").nth(1).expect("a form");
    let href = format!("/actions/{}", rest.split('"').next().expect("its end"));
    assert_eq!(room.press(&rowe, &list, &href).await.status, StatusCode::SEE_OTHER);
    assert!(room.get(&sam, "/desk").await.body.contains("Acknowledged 20:41"));
    for path in ["/desk", "/board", "/cases/0", "/incidents/0", "/rows/i0/why"] {
        assert_eq!(room.get(&rowe, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(room.get(&rowe, "/actions/dispatcher").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_old_page_and_what_its_line_sends_make_a_fresh_page_on_every_screen_that_is_live() {
    let room = TestRoom::new();
    let (sam, quill) =
        (on_shift(&room, "sam", Role::Specialist).await, on_shift(&room, "quill", Role::Supervisor).await);
    let kit = room.person_of("kit", Role::Handler, Some("op7"));
    room.night().await;
    room.take(r#"{"id":"ring","at":"NOW","type":"call.started","incident":"L0187","call":"c1","line":"999","from":"+447700900631","handler":"op7"}"#).await;
    let recorded: &str = super::recording::begin(&room).await.leak();
    let recorded_line: &str = format!("/live{recorded}").leak();
    let priya = room.person("priya", Role::Specialist);
    let feedback = super::feedback::disputed(&room, [&sam, &priya, &quill, &kit]).await;
    let (one, one_line) = (format!("/feedback/{feedback}"), format!("/live/feedback/{feedback}"));
    let screens = [
        (&kit, "/companion", "/live/companion"),
        (&sam, recorded, recorded_line),
        (&sam, "/feedback", "/live/feedback"),
        (&kit, "/feedback", "/live/feedback"),
        (&quill, "/feedback", "/live/feedback"),
        (&sam, &*one, &*one_line),
        (&kit, &*one, &*one_line),
        (&quill, &*one, &*one_line),
        (&priya, "/feedback/calls/c0/side-by-side", "/live/feedback/calls/c0/side-by-side"),
        (&sam, "/desk", "/live/desk"),
        (&sam, "/rules", "/live/rules"),
        (&sam, "/rules/T01", "/live/rules/T01"),
        (&quill, "/rejects", "/live/rejects?show=waiting"),
        (&quill, "/rejects?show=put-aside", "/live/rejects?show=put-aside"),
        (&quill, "/lab", "/live/lab"),
        (&sam, "/listening", "/live/listening"),
        (&sam, "/listening/c0", "/live/listening/c0"),
        (&quill, "/board", "/live/board"),
        (&sam, "/hand-over", "/live/hand-over"),
        (&sam, "/unwatched", "/live/unwatched"),
        (&sam, "/answered", "/live/answered"),
        (&sam, "/incidents", "/live/incidents"),
        (&sam, "/cases/0", "/live/cases/0"),
        (&sam, "/incidents/0", "/live/incidents/0"),
        (&quill, "/actions/dispatcher", "/live/actions/dispatcher"),
        (&quill, "/actions/officer", "/live/actions/officer"),
    ];
    for route in crate::door::rights::ROUTES.iter().filter(|route| route.unattended && route.method == Method::GET) {
        let start = route.path.split('{').next().unwrap_or_default();
        assert!(screens.iter().any(|(_, _, line)| line.starts_with(start)), "{} is not asked here", route.path);
    }
    let mut lines = Vec::new();
    for (who, page, line) in screens {
        let mut line = room.line(who, line).await;
        assert_eq!(line.page().await, room.get(who, page).await.block(), "{page}");
        lines.push((who, page, line));
    }
    // Somebody acts, the feed goes on, a clock runs out: after each, every line has sent what a fresh page holds.
    room.send("cad", r#"{"id":"torn","#).await;
    for step in 0..4 {
        match step {
            0 => {
                let desk = room.get(&sam, "/desk").await;
                room.press(&sam, &desk, "/rows/i0/take").await;
            }
            1 => {
                room.at(45 * 60);
                room.take(r#"{"id":"n1","at":"NOW","type":"incident.logged","incident":"L0187","by":"op1","text":"HE IS BACK"}"#).await;
            }
            2 => {
                let torn = room.node.reject_lines(None, None, 1).remove(0);
                room.node.put_aside("cad", torn.id, "A test of the sender", &quill.id).await.expect("put aside");
            }
            _ => room.later(80 * 60).await,
        }
        for (who, page, line) in &mut lines {
            let fresh = room.get(who, page).await;
            line.becomes(fresh.block(), &format!("{page} after step {step}")).await;
        }
    }
}
