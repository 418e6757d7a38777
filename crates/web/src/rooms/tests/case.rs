//! A case and an incident, asked as browsers ask them, on a real node.

use axum::http::StatusCode;

use super::room::{Person, TestRoom};
use crate::door::Role;

/// A log with a victim, said by a message of each kind that the pages tell apart.
async fn log(room: &TestRoom, log: &str, text: &str, victim: &str) {
    let opened = format!(
        r#"{{"id":"{log}-1","at":"NOW","type":"incident.opened","incident":"{log}","by":"op1","channel":"999","grade":"immediate","code":"ASSAULT","qualifiers":["DA"],"text":"{text}"}}"#
    );
    room.take(&opened).await;
    let person = format!(
        r#"{{"id":"{log}-2","at":"NOW","type":"incident.person","incident":"{log}","by":"op1","role":"victim","person":{victim}}}"#
    );
    room.take(&person).await;
}

async fn one(role: Role) -> (TestRoom, Person) {
    let room = TestRoom::new();
    let person = room.person("sam", role);
    room.at(0);
    (room, person)
}

const IRENA: &str =
    r#"{"ref":"P9","given":"Irena","family":"Żurawiec","born":"1991-03-04","phones":["07700 900412"],"language":"pl"}"#;
const IRENA_UNSURE: &str = r#"{"given":"Irena","family":"Żurawiec","born":"1991-03-04","phones":["07700 900412"],"location":{"address":"4 Tiller Yard","postcode":"HD1 1AA"}}"#;

#[tokio::test]
async fn an_incident_shows_its_log_as_it_grows_with_the_words_that_matter_marked() {
    let (room, sam) = one(Role::Specialist).await;
    log(&room, "L1", "INFT STS HE STRANGLED HER THEN <b>LEFT</b>", IRENA).await;
    room.at(120);
    room.take(r#"{"id":"g","at":"NOW","type":"incident.graded","incident":"L1","by":"op2","grade":"priority","reason":"susp left"}"#).await;
    room.take(r#"{"id":"u","at":"NOW","type":"unit.assigned","incident":"L1","by":"op2","unit":"HD34"}"#).await;
    room.take(r#"{"id":"t","at":"NOW","type":"unit.told","incident":"L1","by":"op2","unit":"HD34","text":"DOMESTIC, NO INJURY"}"#).await;
    let page = room.get(&sam, "/incidents/0").await;
    assert_eq!(page.status, StatusCode::OK);
    let shows = |words: &str| assert!(page.body.contains(words), "{words} is not in {}", page.body);
    shows("<mark>STRANGLED HER</mark>");
    shows("THEN &#60;b&#62;LEFT&#60;/b&#62;");
    shows("<b>Graded Priority</b>, by op2");
    shows("<b>Priority</b>, was Immediate until");
    shows("DOMESTIC, NO INJURY");
    shows("ŻURAWIEC, Irena");
    shows("Polish");
    shows("Not known: nobody has said how she can be reached safely.");
    let title = page.body.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).expect("a title");
    assert!(!title.contains("Irena") && !title.contains("L1"), "{title}");
    assert_eq!(room.first_live(&sam, "/live/incidents/0").await, page.block());
    for seq in page.body.match_indices("href=\"#e-").map(|(at, _)| &page.body[at + 7..]) {
        let anchor = seq.split('"').next().expect("its end");
        assert_eq!(page.body.matches(&format!("id=\"{anchor}\"")).count(), 1, "{anchor} stands on the page once");
    }

    let mut line = room.line(&sam, "/live/incidents/0").await;
    assert!(!line.page().await.contains("HE IS BACK"));
    room.take(r#"{"id":"n","at":"NOW","type":"incident.logged","incident":"L1","by":"op2","text":"HE IS BACK"}"#).await;
    assert!(line.page().await.contains("HE IS BACK"));
    assert_eq!(room.get(&sam, "/incidents/7").await.status, StatusCode::NOT_FOUND);
    assert_eq!(room.get(&sam, "/incidents/L1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_case_gathers_logs_of_one_record_and_those_of_a_sure_match_and_says_which_it_leans_on() {
    let (room, sam) = one(Role::Specialist).await;
    log(&room, "L1", "FIRST", IRENA).await;
    room.at(3600);
    log(&room, "L2", "SECOND", IRENA).await;
    room.at(7200);
    log(&room, "L3", "THIRD", IRENA_UNSURE).await;
    let page = room.get(&sam, "/cases/0").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["FIRST", "SECOND", "THIRD", "counted as hers by a sure match", "Everything (3 logs)", "surely her"] {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
    assert_eq!(room.first_live(&sam, "/live/cases/0").await, page.block());

    // One key leads to the question from her row, her log and her case, for whoever may answer it.
    let link = "href=\"/cases/0#asked\" data-act=\"link\">The same person?<kbd aria-hidden=\"true\">2</kbd>";
    for path in ["/desk", "/cases", "/cases/0", "/incidents/0"] {
        let shown = room.get(&sam, path).await.body;
        assert!(shown.contains(link), "{path}: {shown}");
    }
    assert_eq!(page.body.matches("id=\"asked\"").count(), 1);
    let question = page.body.split("id=\"asked\"").nth(1).and_then(|rest| rest.split("</li>").next()).expect("one");
    assert!(question.contains("/records/0-1/same"), "{question}");
    let quill = room.person("quill", Role::Supervisor);
    assert!(!room.get(&quill, "/cases/0").await.body.contains("data-act=\"link\""));

    let form = room.get(&sam, "/records/0-1/not-same").await;
    let answers = |reason: &str| format!("form_id={}&reason={reason}", form.form_id("/records/0-1/not-same"));
    let empty = room.post(&sam, "/records/0-1/not-same", &answers("")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let split = room.post(&sam, "/records/0-1/not-same", &answers("Her+sister")).await;
    assert_eq!(split.status, StatusCode::SEE_OTHER);
    let page = room.get(&sam, "/cases/0").await;
    assert!(page.body.contains("Everything (2 logs)") && !page.body.contains("THIRD"), "{}", page.body);
    assert!(!page.body.contains("#asked"), "nobody asks any more: {}", page.body);
    assert!(page.body.contains("not the same person, somebody has said"));
}

#[tokio::test]
async fn what_came_late_says_when_it_was_learned_and_what_was_taken_back_is_struck() {
    let (room, sam) = one(Role::Specialist).await;
    let now = room.at(0);
    log(&room, "L1", "OPENING", IRENA).await;
    room.at(600);
    let late = format!(
        r#"{{"id":"late","at":"{now}","type":"incident.logged","incident":"L1","by":"op1","text":"HE HAS A KNIFE"}}"#
    );
    room.take(&late).await;
    room.take(r#"{"id":"w","at":"NOW","type":"incident.corrected","incident":"L1","by":"op3","corrects":"L1-1","fields":{"text":"OPENING AS HEARD AGAIN"}}"#).await;
    room.take(r#"{"id":"x","at":"NOW","type":"incident.logged","incident":"L1","by":"op1","text":"WRONG LOG"}"#).await;
    room.take(r#"{"id":"y","at":"NOW","type":"incident.corrected","incident":"L1","by":"op1","corrects":"x","withdrawn":true}"#).await;
    let page = room.get(&sam, "/incidents/0").await;
    assert!(page.body.contains("learned</span> 20:10:00"), "{}", page.body);
    let struck: Vec<&str> = page.body.split("<s class=\"log\" dir=\"auto\">").skip(1).collect();
    let struck: Vec<&str> = struck.into_iter().filter_map(|rest| rest.split("</s>").next()).collect();
    assert_eq!(struck.len(), 2, "{}", page.body);
    assert!(
        struck.iter().any(|words| words.contains("OPENING")) && struck.iter().any(|words| words.contains("WRONG LOG"))
    );
    assert!(page.body.contains("OPENING AS HEARD AGAIN") && page.body.contains("Withdrawn by op1"));
    assert_eq!(room.first_live(&sam, "/live/incidents/0").await, page.block());
}

#[tokio::test]
async fn a_name_in_any_script_stands_apart_and_a_trick_with_letters_is_shown() {
    let (room, sam) = one(Role::Specialist).await;
    for (n, name) in ["ليلى القمري", "ਸਿਮਰਨ ਢੱਠਾ", "Łucja Źdźbło"].iter().enumerate() {
        log(&room, &format!("L{n}"), "TEXT \\u202eDEKCIRT", &format!(r#"{{"ref":"P{n}","name":"{name}"}}"#)).await;
        let page = room.get(&sam, &format!("/cases/{n}")).await;
        assert!(page.body.contains(&format!("<h1><bdi>{name}</bdi></h1>")), "{}", page.body);
        assert!(page.body.contains("TEXT ‹U+202E›DEKCIRT") && !page.body.contains('\u{202e}'));
    }
}

#[tokio::test]
async fn an_incident_without_a_flag_can_be_reviewed_and_a_merged_one_leads_on() {
    let (room, sam) = one(Role::Specialist).await;
    log(&room, "L1", "FIRST", IRENA).await;
    let page = room.get(&sam, "/incidents/0").await;
    assert!(page.body.contains(">Review<kbd"));
    assert!(page.body.contains("No rule has raised anything here. You can still review it."), "{}", page.body);
    assert!(page.body.contains("nobody has read it"));
    room.press(&sam, &page, "/rows/i0/take").await;
    let page = room.get(&sam, "/incidents/0").await;
    assert!(page.body.contains("yours since") && page.body.contains("/rows/i0/dispose"), "{}", page.body);
    log(&room, "L2", "SECOND", IRENA).await;
    let other = room.get(&sam, "/incidents/1").await;
    assert!(!other.body.contains("FIRST") && other.body.contains("2 logs count as hers"), "{}", other.body);
    room.take(r#"{"id":"m","at":"NOW","type":"incident.merged","incident":"L1","by":"op1","into":"L2"}"#).await;
    let page = room.get(&sam, "/incidents/0").await;
    assert!(
        page.body.contains("This log was merged into another") && page.body.contains("/incidents/1"),
        "{}",
        page.body
    );
    assert!(room.get(&sam, "/incidents/1").await.body.contains("FIRST"));
}

#[tokio::test]
async fn a_person_in_it_finds_no_case_and_no_incident_and_no_look_means_no_page() {
    let (room, sam) = one(Role::Specialist).await;
    let own = room.person_of("own", Role::Specialist, Some("5512"));
    room.night().await;
    room.take(
        r#"{"id":"s1","at":"NOW","type":"staff.listed","staff":"5512","role":"specialist","person":{"ref":"P2"}}"#,
    )
    .await;
    for path in ["/cases/0", "/incidents/0", "/live/cases/0", "/live/incidents/0"] {
        assert_eq!(room.get(&own, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let case = room.get(&sam, "/cases/0").await;
    assert_eq!(case.status, StatusCode::OK);
    assert!(case.body.contains("id=\"f-0\"") && case.body.contains("/flags/0/confirm"), "{}", case.body);
    assert!(case.body.contains("No feed has ever told this desk of an order."));
    room.node.cap(None, Some(1)).expect("capped");
    let mut shown = 0;
    for path in ["/cases/0", "/incidents/0"] {
        let page = loop {
            let page = room.get(&sam, path).await;
            if page.status != StatusCode::OK {
                break page;
            }
            shown += 1;
            assert!(shown < 5_000, "the disk never filled");
        };
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!page.body.contains("Pennick"));
    }
}

#[tokio::test]
async fn an_assessment_stands_beside_what_this_log_and_older_ones_say_and_what_disagrees_comes_first() {
    let (room, sam) = one(Role::Specialist).await;
    log(&room, "L1", "HE STRANGLED HER", IRENA).await;
    room.at(86_400);
    log(&room, "L2", "HE SAID HE WOULD KILL HER", IRENA).await;
    room.take(
        r#"{"id":"a","at":"NOW","type":"incident.assessed","incident":"L2","by":"op1","tool":"dash","level":"standard","answers":{"isolated":"yes","stalking":"yes","strangled":"no","threats_to_kill":"not_asked","animals":"no"}}"#,
    )
    .await;
    let rows = |page: &str| -> Vec<(String, String, String)> {
        let cell = |rest: &str| rest.split("</td>").next().unwrap_or_default().to_owned();
        let rows = page.split("<td>").skip(1).map(cell).collect::<Vec<_>>();
        rows.chunks_exact(3).map(|row| (row[0].clone(), row[1].clone(), row[2].clone())).collect()
    };
    for path in ["/incidents/1", "/cases/0"] {
        let page = room.get(&sam, path).await;
        let shown = page.body.split("class=\"made\"").nth(1).expect("an assessment").to_owned();
        let above = shown.split("<details").next().expect("what stands above the fold");
        let rows = rows(above);
        assert_eq!(rows.len(), 3, "{rows:?}");
        // Denied before not asked. The elder log says so of the first: on the log's own page it is a link to the other log.
        assert_eq!((&*rows[0].0, &*rows[0].1), ("Choked or strangled?", "No"));
        assert_eq!((&*rows[1].0, &*rows[1].1), ("Threats to kill?", "Not asked"));
        let to = if path == "/cases/0" { "#e-" } else { "/incidents/0#e-" };
        assert!(rows[0].2.starts_with(&format!("<b>Yes: </b><a href=\"{to}")), "{rows:?}");
        assert!(rows[1].2.starts_with("<b>Yes: </b><a href=\"#e-"), "{rows:?}");
        assert_eq!((&*rows[2].0, &*rows[2].2), ("Stalked, followed, messaged?", "Nothing found"));
        for words in [
            "The record says otherwise on 2 questions.",
            "2 yes of 4 asked (27 on the form).",
            "One yes is enough for the guide to see high: <b>Stalked, followed, messaged?</b>",
            "none of its 11 further questions was answered",
            "2 domestic abuse logs in the 12 months up to it",
            "DASH",
            "standard",
        ] {
            assert!(shown.contains(words), "{words} is not in {shown}");
        }
        assert!(shown.contains("nothing on the record speaks against"));
        assert_eq!(room.first_live(&sam, &format!("/live{path}")).await, page.block());
        for seq in page.body.match_indices("href=\"#e-").map(|(at, _)| &page.body[at + 7..]) {
            let anchor = seq.split('"').next().expect("its end");
            assert_eq!(page.body.matches(&format!("id=\"{anchor}\"")).count(), 1, "{anchor}");
        }
    }
    // Another woman's log says nothing of her, and its page nothing of this one.
    room.take(r#"{"id":"b","at":"NOW","type":"incident.opened","incident":"L3","by":"op1","channel":"999","grade":"priority","code":"ASSAULT","qualifiers":["DA"],"text":"SHOUTING"}"#).await;
    room.take(r#"{"id":"c","at":"NOW","type":"incident.assessed","incident":"L3","by":"op1","tool":"dash","level":"standard","answers":{"strangled":"no"}}"#).await;
    let page = room.get(&sam, "/incidents/2").await.body;
    assert!(page.contains("DASH") && !page.contains("The record says otherwise"), "{page}");
}
