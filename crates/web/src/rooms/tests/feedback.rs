//! Moments, feedback and evaluations, as the people whom they concern see them, and nobody else.

use alongside_desk::feedback::{Answered, FeedbackAsk, Form, Said};
use alongside_desk::review::{Ask, StaffCommand};
use alongside_desk::time::Period;
use alongside_node::Act;
use axum::http::StatusCode;

use super::listening::{evening, listen, sign_off};
use super::room::{Answer, Person, TestRoom};
use crate::door::Role;

/// The evening's first call is op7's; sam listens to it, twenty seconds after it began.
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
    listen(&room, &sam, "c1").await;
    Rig { room, sam, priya, quill, kit, lee }
}

/// On the first call, between whoever of a room's people the four are: listened to by two, a moment marked, feedback sent and
/// disputed, and evaluated by both. The feedback, by its first entry.
pub async fn disputed(room: &TestRoom, [sam, priya, quill, kit]: [&Person; 4]) -> u64 {
    sign_off(room, quill).await;
    let call = room.node.read(|desk| desk.state().call_named("c1")).expect("a call");
    let ask = async |who: &Person, request: &str, ask: FeedbackAsk| {
        let command = StaffCommand { request: request.into(), ask: Ask::Feedback(ask) };
        room.node.act(Act { by: who.id.as_str().into(), command, expected: None }).await.expect("done").seq.0
    };
    for who in [sam, priya] {
        listen(room, who, "c1").await;
        let steps = Form::shipped().parts.iter().map(|part| (part.key.clone(), Some(1))).collect();
        ask(who, "evaluate", FeedbackAsk::Evaluate { call, steps, words: "".into() }).await;
    }
    let behind = Period::from_ms(0);
    let moment = ask(sam, "mark", FeedbackAsk::Mark { call, theme: "believed".into(), behind, place: None }).await;
    let points = vec![Said { moment, words: "She went on".into() }];
    let feedback = ask(sam, "write", FeedbackAsk::Write { call, over: 0, points, send: true }).await;
    let (handler, words) = ("op7".into(), "She had not".into());
    ask(kit, "answer", FeedbackAsk::Answer { feedback, handler, how: Answered::Disputed, words }).await;
    ask(sam, "mark-again", FeedbackAsk::Mark { call, theme: "cut-off".into(), behind, place: None }).await;
    feedback
}

impl Rig {
    /// As the page's script marks: each sending is one of its own.
    async fn mark(&self, who: &Person, theme: &str, behind: u32, request: &str) -> Answer {
        let form = format!("form_id=mark.{request}&theme={theme}&behind={behind}");
        self.room.post(who, "/listening/c0/moments", &form).await
    }

    /// The moments, by their entries.
    fn moments(&self) -> Vec<u64> {
        self.room.node.read(|desk| {
            let feedbacks = &desk.state().feedbacks;
            feedbacks.calls().flat_map(|call| feedbacks.moments(call)).map(|moment| moment.id).collect()
        })
    }

    /// Two moments, and what was written of them with what the page's button says.
    async fn write(&self, what: &str) -> Answer {
        let page = self.room.get(&self.sam, "/feedback/calls/c0").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let over =
            page.body.split("name=\"over\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("over");
        let form = format!("form_id={}&over={over}&{what}", page.form_id("/feedback/calls/c0"));
        self.room.post(&self.sam, "/feedback/calls/c0", &form).await
    }

    /// Sent: one that went well, one to try.
    async fn sent(&self) -> u64 {
        self.mark(&self.sam, "believed", 0, "a").await;
        self.mark(&self.sam, "cut-off", 5000, "b").await;
        let moments = self.moments();
        let (well, tries) = (moments[0], moments[1]);
        let sent = self
            .write(&format!("quote-{tries}=yes&words-{tries}=Let+her+finish+%3Cb%3E&quote-{well}=yes&words-{well}=She+went+on&do=send"))
            .await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        self.room.node.read(|desk| desk.state().feedbacks.all().last().map(|one| one.id)).expect("sent")
    }

    async fn says(&self, who: &Person, id: u64, how: &str, words: &str) -> Answer {
        let page = self.room.get(who, &format!("/feedback/{id}")).await;
        let href = format!("/feedback/{id}/{}", if how == "stands" || how == "falls" { "settle" } else { "answer" });
        let form = format!("form_id={}&how={how}&words={words}", page.form_id(&href));
        self.room.post(who, &href, &form).await
    }
}

#[tokio::test]
async fn a_moment_is_marked_while_one_listens_stands_with_its_second_and_is_taken_back() {
    let rig = rig().await;
    let room = &rig.room;
    let page = room.get(&rig.sam, "/listening/c0").await;
    for words in ["data-act=\"mark-1\"", "Believed her", "data-act=\"mark-8\"", "Repeat caller seen"] {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
    let theirs = room.get(&rig.priya, "/listening/c0").await;
    assert!(theirs.body.contains("Moments are marked while you listen") && !theirs.body.contains("data-mark"));
    assert!(!room.get(&rig.quill, "/listening/c0").await.body.contains("Moments"), "a supervisor marks none");

    let mut line = room.line(&rig.sam, "/live/listening/c0").await;
    line.page().await;
    assert_eq!(rig.mark(&rig.sam, "believed", 0, "a").await.status, StatusCode::SEE_OTHER);
    assert_eq!(rig.mark(&rig.sam, "believed", 0, "a").await.status, StatusCode::SEE_OTHER, "sent twice, marked once");
    assert_eq!(rig.mark(&rig.sam, "cut-off", 15_000, "b").await.status, StatusCode::SEE_OTHER);
    let fresh = room.get(&rig.sam, "/listening/c0").await;
    line.becomes(fresh.block(), "old page and events make the fresh page").await;
    let moments = rig.moments();
    assert_eq!(moments.len(), 2);
    let of = |id: u64| {
        fresh
            .body
            .split(&format!("id=\"moment-{id}\""))
            .nth(1)
            .and_then(|rest| rest.split("</li>").next())
            .expect("a moment")
            .to_owned()
    };
    assert!(of(moments[0]).contains("0:20") && of(moments[0]).contains("Believed her"), "{}", of(moments[0]));
    assert!(of(moments[1]).contains("0:05") && of(moments[1]).contains("to try"), "fifteen seconds behind the call");
    assert!(!room.get(&rig.priya, "/listening/c0").await.body.contains("id=\"moment-"), "another's are theirs");

    let href = format!("/moments/{}/note", moments[1]);
    let form = room.get(&rig.sam, &href).await;
    assert!(form.body.contains("0:05 into the call of 20:40"), "{}", form.body);
    let note = format!("form_id={}&words=She+spoke+of+the+knife", form.form_id(&href));
    assert_eq!(room.post(&rig.sam, &href, &note).await.status, StatusCode::SEE_OTHER);
    let noted = room.get(&rig.sam, "/listening/c0").await;
    assert!(noted.body.contains("She spoke of the knife"));
    line.becomes(noted.block(), "old page and events make the fresh page").await;
    assert_eq!(room.get(&rig.priya, &href).await.status, StatusCode::NOT_FOUND);

    let back = format!("/moments/{}/take-back", moments[0]);
    assert_eq!(room.post(&rig.priya, &back, "form_id=back.a.1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(room.press(&rig.sam, &noted, &back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(rig.moments(), [moments[1]]);
    assert_eq!(rig.mark(&rig.priya, "believed", 0, "c").await.status, StatusCode::CONFLICT, "she does not listen");
    assert_eq!(rig.mark(&rig.sam, "shouted", 0, "d").await.status, StatusCode::NOT_FOUND);
    assert_eq!(rig.mark(&rig.kit, "believed", 0, "e").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn feedback_is_written_sent_opened_and_answered_and_every_page_follows_it() {
    let rig = rig().await;
    let room = &rig.room;
    let empty = room.get(&rig.kit, "/feedback").await;
    assert!(empty.body.contains("No feedback has been sent to you about your calls."), "{}", empty.body);
    assert!(room.get(&rig.kit, "/companion").await.body.contains("No new feedback"));
    rig.mark(&rig.sam, "cut-off", 5000, "b").await;
    let page = room.get(&rig.sam, "/feedback/calls/c0").await;
    assert!(page.body.contains("You marked nothing that went well in this call."), "{}", page.body);
    assert!(!page.body.contains("value=\"send\"") && page.body.contains("Keep as a draft"));
    let tries = rig.moments()[0];
    let refused = rig.write(&format!("quote-{tries}=yes&do=send")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Quote at least one moment that went well."), "{}", refused.body);

    rig.mark(&rig.sam, "believed", 0, "a").await;
    let well = rig.moments()[1];
    let refused = rig.write(&format!("quote-{tries}=yes&quote-{well}=yes&words-{well}=Kept+%26+shown&do=send")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Say in words what there is to try at 0:15, Cut her off."), "{}", refused.body);
    assert!(refused.body.contains("Kept &#38; shown"), "what was written is not lost: {}", refused.body);
    let kept = rig.write(&format!("quote-{tries}=yes&words-{tries}=Half+a+th&do=keep")).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    let list = room.get(&rig.sam, "/feedback").await;
    assert!(list.body.contains("Draft, kept 20:40:20") && list.body.contains("1 went well, 1 to try"), "{}", list.body);
    assert!(room.get(&rig.sam, "/feedback/calls/c0").await.body.contains("Half a th"));
    assert!(room.get(&rig.kit, "/feedback").await.body.contains("No feedback has been sent to you"));

    let mut lines = [
        (room.line(&rig.sam, "/live/feedback").await, &rig.sam, "/feedback"),
        (room.line(&rig.kit, "/live/feedback").await, &rig.kit, "/feedback"),
        (room.line(&rig.kit, "/live/companion").await, &rig.kit, "/companion"),
    ];
    for (line, ..) in &mut lines {
        line.page().await;
    }
    let words = format!("quote-{tries}=yes&words-{tries}=Let+her+finish+%3Cb%3E&quote-{well}=yes&do=send");
    assert_eq!(rig.write(&words).await.status, StatusCode::SEE_OTHER);
    let id = room.node.read(|desk| desk.state().feedbacks.all().last().map(|one| one.id)).expect("sent");
    for (line, who, page) in &mut lines {
        line.becomes(room.get(who, page).await.block(), "old page and events make the fresh page").await;
    }
    assert!(room.get(&rig.kit, "/companion").await.body.contains("1 new feedback"));
    let inbox = room.get(&rig.kit, "/feedback").await;
    assert!(inbox.body.contains("From sam · 1 went well, 1 to try") && inbox.body.contains("New"), "{}", inbox.body);

    let href = format!("/feedback/{id}");
    let page = room.get(&rig.kit, &href).await;
    let at = |words: &str| page.body.find(words).unwrap_or_else(|| panic!("{words} is not in {}", page.body));
    assert!(
        at("What went well") < at("Believed her")
            && at("Believed her") < at("To try")
            && at("To try") < at("Cut her off")
    );
    assert!(
        page.body.contains("Let her finish &#60;b&#62;") && page.body.contains("0:15") && page.body.contains("0:20")
    );
    assert!(page.body.contains("Its moments can be read here and not heard."));
    assert!(room.get(&rig.sam, &href).await.body.contains("not opened yet"), "to be sent is not to be opened");
    let mut told = room.line(&rig.sam, &format!("/live{href}")).await;
    told.page().await;
    let seen =
        page.body.split("data-seen=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("it is told").to_owned();
    let form =
        page.body.split("data-form-id=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("its form").to_owned();
    assert_eq!(room.post(&rig.kit, &seen, &format!("form_id={form}")).await.status, StatusCode::SEE_OTHER);
    assert!(!room.get(&rig.kit, &href).await.body.contains("data-seen"), "it is told once");
    told.becomes(room.get(&rig.sam, &href).await.block(), "old page and events make the fresh page").await;
    assert!(room.get(&rig.sam, &href).await.body.contains("Opened 20:40:20"));

    let empty = rig.says(&rig.kit, id, "said", "+").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("Say it in words."), "{}", empty.body);
    assert_eq!(rig.says(&rig.kit, id, "thanked", "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(rig.says(&rig.kit, id, "said", "I+will").await.status, StatusCode::SEE_OTHER);
    let page = room.get(&rig.sam, &href).await;
    assert!(page.body.contains("says thank you") && page.body.contains("I will"), "{}", page.body);
    told.becomes(page.block(), "old page and events make the fresh page").await;
    let page = room.get(&rig.kit, &href).await;
    let back = format!("{href}/answer/take-back");
    assert_eq!(room.press(&rig.kit, &page, &back).await.status, StatusCode::SEE_OTHER);
    assert!(!room.get(&rig.sam, &href).await.body.contains("I will"));
    for page in [&page, &inbox, &room.get(&rig.sam, "/feedback").await] {
        let title = page.body.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).expect("a title");
        assert_eq!(title, "Feedback · Alongside");
    }
}

#[tokio::test]
async fn it_is_taken_back_until_it_is_opened() {
    let rig = rig().await;
    let id = rig.sent().await;
    let href = format!("/feedback/{id}");
    let page = rig.room.get(&rig.sam, &href).await;
    let back = rig.room.press(&rig.sam, &page, &format!("{href}/take-back")).await;
    assert_eq!(
        (back.status, back.headers["location"].to_str().expect("text")),
        (StatusCode::SEE_OTHER, "/feedback/calls/c0")
    );
    assert_eq!(rig.room.get(&rig.kit, &href).await.status, StatusCode::NOT_FOUND);
    assert!(rig.room.get(&rig.sam, "/feedback/calls/c0").await.body.contains("She went on"), "it is a draft again");
    let moments = rig.moments();
    let (well, tries) = (moments[0], moments[1]);
    rig.write(&format!("quote-{well}=yes&words-{well}=Again&quote-{tries}=yes&words-{tries}=Try&do=send")).await;
    let page = rig.room.get(&rig.kit, &href).await;
    assert!(page.body.contains("Again") && !page.body.contains("She went on"), "{}", page.body);
    rig.says(&rig.kit, id, "thanked", "").await;
    assert!(!rig.room.get(&rig.sam, &href).await.body.contains("it is a draft again"));
    let late = rig.room.post(&rig.sam, &format!("{href}/take-back"), "form_id=back.x.1").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("The handler opened this feedback at 20:40"), "{}", late.body);
}

#[tokio::test]
async fn it_is_between_the_two_until_it_is_disputed_and_then_a_supervisor_settles_it() {
    let rig = rig().await;
    let room = &rig.room;
    let id = rig.sent().await;
    let href = format!("/feedback/{id}");
    for (who, what) in [(&rig.priya, "a colleague"), (&rig.lee, "another handler"), (&rig.quill, "a supervisor")] {
        assert_eq!(room.get(who, &href).await.status, StatusCode::NOT_FOUND, "{what}");
        assert!(!room.get(who, "/feedback").await.body.contains(&format!("\"{href}\"")), "{what}");
    }
    let form = "form_id=a.b.1&how=disputed&words=x";
    assert_eq!(room.post(&rig.lee, &format!("{href}/answer"), form).await.status, StatusCode::NOT_FOUND);
    assert_eq!(room.post(&rig.sam, &format!("{href}/answer"), form).await.status, StatusCode::FORBIDDEN);
    let settle = "form_id=a.b.1&how=falls&words=x";
    assert_eq!(room.post(&rig.quill, &format!("{href}/settle"), settle).await.status, StatusCode::NOT_FOUND);
    assert_eq!(rig.says(&rig.kit, id, "disputed", "She+had+finished").await.status, StatusCode::SEE_OTHER);

    let list = room.get(&rig.quill, "/feedback").await;
    assert!(list.body.contains("sam to kit · 1 went well, 1 to try"), "{}", list.body);
    let page = room.get(&rig.quill, &href).await;
    for words in ["disputes it", "She had finished", "Cut her off", "It does not stand"] {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
    let mut told = room.line(&rig.kit, &format!("/live{href}")).await;
    told.page().await;
    assert_eq!(rig.says(&rig.quill, id, "falls", "+").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(rig.says(&rig.quill, id, "falls", "She+had").await.status, StatusCode::SEE_OTHER);
    let page = room.get(&rig.kit, &href).await;
    assert!(
        page.body.contains("says that it does not stand") && !page.body.contains("value=\"disputed\""),
        "{}",
        page.body
    );
    told.becomes(page.block(), "old page and events make the fresh page").await;
    assert!(room.get(&rig.sam, "/feedback").await.body.contains("Does not stand since 20:40:20"));
    let page = room.get(&rig.quill, &href).await;
    let back = format!("{href}/settle/take-back");
    assert_eq!(room.press(&rig.quill, &page, &back).await.status, StatusCode::SEE_OTHER);
    assert!(room.get(&rig.quill, &href).await.body.contains("It does not stand"), "it waits again");
    rig.says(&rig.quill, id, "stands", "She+had+not").await;
    room.at(40 * 60 + 31);
    assert!(!room.get(&rig.quill, &href).await.body.contains("Take back what you settled"));
    let heard = room.get(&rig.quill, "/feedback").await.body;
    let heard = heard.split("What is heard in this room").nth(1).expect("the patterns").to_owned();
    assert!(
        heard.contains("<td class=\"r num\">few</td>") && !heard.contains("kit") && !heard.contains("sam"),
        "{heard}"
    );
}

#[tokio::test]
async fn two_evaluate_alone_and_then_see_each_other_side_by_side() {
    let rig = rig().await;
    let room = &rig.room;
    let (href, sides) = ("/feedback/calls/c0/evaluation", "/feedback/calls/c0/side-by-side");
    let evaluate = async |who: &Person, steps: [&str; 5], words: &str| {
        let page = room.get(who, href).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let keys = ["rapport", "safety", "questions", "listening", "next-step"];
        let chosen: String = keys
            .iter()
            .zip(steps)
            .filter(|(_, step)| !step.is_empty())
            .map(|(key, step)| format!("&{key}={step}"))
            .collect();
        room.post(who, href, &format!("form_id={}&words={words}{chosen}", page.form_id(href))).await
    };
    let page = room.get(&rig.priya, href).await;
    assert!(page.body.contains("Whoever evaluates a call has listened to it, and you have not."), "{}", page.body);
    listen(room, &rig.priya, "c1").await;
    let missing = evaluate(&rig.sam, ["2", "2", "", "2", "x"], "").await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(missing.body.contains("Questions: choose what you heard"), "{}", missing.body);
    assert_eq!(
        evaluate(&rig.sam, ["2", "3", "1", "2", "x"], "Warm+from+the+start").await.status,
        StatusCode::SEE_OTHER
    );

    let theirs = room.get(&rig.priya, "/feedback").await;
    assert!(theirs.body.contains("One stands: evaluate it alone, then see both"), "{}", theirs.body);
    let alone = room.get(&rig.priya, href).await;
    assert!(
        !alone.body.contains("Warm from the start") && !alone.body.contains("value=\"2\" checked"),
        "{}",
        alone.body
    );
    for who in [&rig.sam, &rig.priya, &rig.quill] {
        assert_eq!(room.get(who, sides).await.status, StatusCode::NOT_FOUND);
    }
    let mut line = room.line(&rig.sam, "/live/feedback").await;
    line.page().await;
    assert_eq!(evaluate(&rig.priya, ["2", "1", "1", "2", "0"], "").await.status, StatusCode::SEE_OTHER);
    line.becomes(room.get(&rig.sam, "/feedback").await.block(), "old page and events make the fresh page").await;
    for who in [&rig.sam, &rig.priya, &rig.quill] {
        let page = room.get(who, sides).await;
        for words in [
            "They came apart in safety and next step",
            "2 steps apart",
            "one could say it, one could not",
            "Warm from the start",
        ] {
            assert!(page.body.contains(words), "{words} is not in {}", page.body);
        }
        assert_eq!(room.first_live(who, &format!("/live{sides}")).await, page.block());
    }
    let frozen = room.get(&rig.sam, href).await;
    assert!(frozen.body.contains("It cannot be changed.") && !frozen.body.contains("This is my evaluation"));
    assert_eq!(room.get(&rig.kit, sides).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_handler_ticks_beside_what_the_log_says_and_takes_it_back() {
    let rig = rig().await;
    let room = &rig.room;
    let page = room.get(&rig.kit, "/companion").await;
    let mut line = room.line(&rig.kit, "/live/companion").await;
    line.page().await;
    let tick = "/companion/0/points/weapons/tick";
    assert_eq!(room.press(&rig.kit, &page, tick).await.status, StatusCode::SEE_OTHER);
    assert_eq!(room.press(&rig.kit, &page, tick).await.status, StatusCode::SEE_OTHER, "the same form is the same act");
    let ticked = room.get(&rig.kit, "/companion").await;
    let of = |page: &Answer| {
        page.body
            .split("id=\"point-weapons\"")
            .nth(1)
            .and_then(|rest| rest.split("</li>").next())
            .expect("a point")
            .to_owned()
    };
    assert!(of(&ticked).contains("you 20:40") && of(&ticked).contains("not on the log"), "{}", of(&ticked));
    assert!(ticked.body.contains("Not on the log and not ticked never mean not done."));
    line.becomes(ticked.block(), "old page and events make the fresh page").await;
    assert_eq!(room.press(&rig.kit, &ticked, "/companion/0/points/weapons/untick").await.status, StatusCode::SEE_OTHER);
    let unticked = room.get(&rig.kit, "/companion").await;
    assert!(!of(&unticked).contains("you 20:40"), "{}", of(&unticked));
    assert_eq!(room.press(&rig.kit, &unticked, tick).await.status, StatusCode::SEE_OTHER);
    assert!(of(&room.get(&rig.kit, "/companion").await).contains("you 20:40"), "what was taken back can be done again");

    for (who, status) in [(&rig.lee, StatusCode::NOT_FOUND), (&rig.sam, StatusCode::FORBIDDEN)] {
        assert_eq!(room.post(who, tick, "form_id=tick.a.1").await.status, status);
    }
    assert_eq!(
        room.post(&rig.kit, "/companion/0/points/nothing/tick", "form_id=tick.b.1").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        room.post(&rig.kit, "/companion/0/points/weapons/done", "form_id=tick.c.1").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn law_12_whoever_is_in_the_record_finds_no_feedback_about_it() {
    let rig = rig().await;
    let room = &rig.room;
    let own = room.person_of("own", Role::Supervisor, Some("5512"));
    let id = rig.sent().await;
    rig.says(&rig.kit, id, "disputed", "Quarmby+was+not+there").await;
    let href = format!("/feedback/{id}");
    assert!(room.get(&own, &href).await.body.contains("Quarmby"));
    for (id, staff, role) in [("s1", "5512", "supervisor"), ("s2", "op7", "handler")] {
        let listed = format!(
            r#"{{"id":"{id}","at":"NOW","type":"staff.listed","staff":"{staff}","role":"{role}","person":{{"ref":"P2"}}}}"#
        );
        room.take(&listed).await;
    }
    for who in [&own, &rig.kit] {
        assert_eq!(room.get(who, &href).await.status, StatusCode::NOT_FOUND);
        let list = room.get(who, "/feedback").await;
        assert!(!list.body.contains(&format!("\"{href}\"")) && !list.body.contains("L0187"), "{}", list.body);
    }
    assert!(room.get(&rig.kit, "/companion").await.body.contains("No new feedback"));
    let settle = room.post(&own, &format!("{href}/settle"), "form_id=a.b.1&how=falls&words=x").await;
    assert_eq!(settle.status, StatusCode::NOT_FOUND);
    let tick = room.post(&rig.kit, "/companion/0/points/weapons/tick", "form_id=tick.a.1").await;
    assert_eq!(tick.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn law_8_whose_call_feedback_is_about_stands_in_the_log_of_views() {
    let rig = rig().await;
    let id = rig.sent().await;
    let call = rig.room.node.stream(&alongside_node::Topic::Call("c1".to_owned()));
    let one = format!("/feedback/{id}");
    for (who, page) in [
        (&rig.sam, "/feedback"),
        (&rig.kit, "/feedback"),
        (&rig.kit, &*one),
        (&rig.sam, "/feedback/calls/c0"),
        (&rig.sam, "/feedback/calls/c0/evaluation"),
        (&rig.sam, "/listening/c0"),
    ] {
        let before = rig.room.looks().len();
        assert_eq!(rig.room.get(who, page).await.status, StatusCode::OK, "{page}");
        let looks = rig.room.looks();
        assert!(looks[before..].iter().any(|look| look.subjects.contains(&call)), "{page}: whose call it is");
    }
}
