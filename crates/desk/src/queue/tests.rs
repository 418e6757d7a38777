//! The queue, by one-line cases: a story, an instant, and the rows that stand then: `group reference severity`.

use super::*;
use crate::review::tests::{Room, at};
use crate::time::Period;

fn rows(room: &Room, time: &str) -> String {
    let row = |row: &Row| {
        let severity = row.severity.map_or("-", crate::watch::Severity::name);
        format!("{:?} {} {severity}", row.group, row.reference.as_deref().unwrap_or("nothing"))
    };
    queue(&room.desk, at(time), None).rows.iter().map(row).collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn check(story: &str, time: &str, expect: &str) {
    assert_eq!(rows(&Room::after(story).0, time), expect, "{story}");
}

const ON: &str = "20:00 s-0 start specialist 06:00 · 20:01 opened A · 20:01 opened B · 20:01 opened C";

#[test]
fn rows_stand_by_the_time_that_is_left() {
    check(&format!("{ON} · 21:00 raise T02 S1 A 20:59"), "21:00", "Overdue A S1");
    check(&format!("{ON} · 21:00 raise T02 S1 A 21:04"), "21:00", "FiveMinutes A S1");
    check(&format!("{ON} · 21:00 raise T02 S1 A 21:59"), "21:00", "Hour A S1");
    check(&format!("{ON} · 21:00 raise T02 S1 A 05:00"), "21:00", "Shift A S1");
    check(&format!("{ON} · 21:00 raise H01 S2 A"), "21:00", "Shift A S2");
    check(&format!("{ON} · 21:00 raise H01 S2 A"), "06:00", "Overdue A S2");
    check(&format!("{ON} · 21:00 raise H03 S3 A"), "21:00", "Later A S3");
    check(&format!("{ON} · 21:00 s-1 take A"), "21:00", "Shift A -");
}

#[test]
fn what_can_still_be_saved_comes_first() {
    let both = format!("{ON} · 21:00 raise T02 S1 A 20:59 · 21:00 raise T02 S1 B 20:58");
    check(&both, "21:01", "Overdue B S1, Overdue A S1");
    check(&format!("{both} · 21:01 unit B"), "21:02", "Overdue A S1, Overdue B S1");
    check(&format!("{both} · 21:01 seen B · 21:01 closed B"), "21:02", "Overdue A S1, Overdue B S1");
    check(&format!("{both} · 21:01 raise D01 S1 A"), "21:02", "Overdue A S1, Overdue B S1");
    check(
        &format!("{ON} · 21:00 raise T04 S2 A 20:59 · 21:00 raise T02 S1 B 20:58"),
        "21:01",
        "Overdue B S1, Overdue A S2",
    );
    check(&format!("{ON} · 21:00 raise T02 S1 A 21:40 · 21:00 raise T04 S2 B 21:30"), "21:01", "Hour B S2, Hour A S1");
}

#[test]
fn law_6_what_was_answered_stands_until_somebody_has_looked() {
    let answered = format!("{ON} · 21:00 raise T02 S1 A 21:00 · 21:07 answer T02");
    check(&answered, "21:08", "Answered A -");
    check(&answered, "05:00", "Answered A -");
    check(&format!("{answered} · 21:09 s-1 dispose A handled"), "21:10", "");
    let (room, _) = Room::after(&answered);
    let queue = queue(&room.desk, at("21:08"), None);
    assert_eq!(queue.rows[0].delay.as_ref().and_then(|d| d.late), Some(Period::minutes(7)));
    assert!(queue.rows[0].why.ends_with("answered: a unit arrived"), "{}", queue.rows[0].why);
}

#[test]
fn a_held_row_comes_back_at_its_time_or_when_something_rises() {
    let held = format!("{ON} · 21:00 raise T02 S1 A 20:59 · 21:01 s-1 hold A 22:00");
    check(&held, "21:30", "Held A S1");
    check(&held, "22:00", "Overdue A S1");
    check(&format!("{held} · 21:20 raise D01 S1 A"), "21:30", "Overdue A S1");
}

#[test]
fn what_was_raised_while_nobody_was_on_is_its_own_list() {
    let off = "20:01 opened A · 20:01 opened B · 20:02 raise H01 S2 A · 20:02 raise T02 S1 B 20:01";
    check(off, "20:03", "Overdue B S1, Unwatched A S2");
    let (room, _) = Room::after(&format!("{off} · 22:00 s-1 start specialist · 22:01 opened C · 22:01 raise H01 S2 C"));
    let queue = queue(&room.desk, at("22:02"), None);
    let list: Vec<_> = unattended(&queue, &room.desk).iter().filter_map(|r| r.reference.as_deref()).collect();
    assert_eq!(list, ["B", "A"]);
}

#[test]
fn law_6_what_nobody_takes_goes_to_the_supervisor_then_to_who_is_on_call() {
    let level = |story: &str, time: &str| {
        let (room, _) = Room::after(story);
        queue(&room.desk, at(time), None).rows[0].escalation.map(|e| e.level)
    };
    let s1 = format!("{ON} · 21:00 raise T02 S1 A 20:59");
    assert_eq!(level(&s1, "21:04:59"), Some(Level::Desk));
    assert_eq!(level(&s1, "21:05"), Some(Level::Supervisor));
    assert_eq!(level(&s1, "21:15"), Some(Level::OnCall));
    assert_eq!(level(&format!("{s1} · 21:04 s-0 take A"), "22:00"), None);
    assert_eq!(level(&format!("{s1} · 21:04 s-0 take A · 21:30 s-0 release A"), "21:31"), Some(Level::Desk));
    assert_eq!(level(&format!("{s1} · 21:04 s-0 take A · 21:30 s-0 end note"), "21:31"), Some(Level::Supervisor));
    let s2 = format!("{ON} · 21:00 raise H01 S2 A");
    assert_eq!(level(&s2, "21:59:59"), Some(Level::Desk));
    assert_eq!(level(&s2, "22:00"), Some(Level::Supervisor));
}

#[test]
fn one_row_an_incident_and_its_sentence_joins_the_facts() {
    let (room, _) = Room::after(&format!("{ON} · 21:00 raise H01 S2 A · 21:00 raise H02 S1 A · 21:01 raise D02 S1 A"));
    let queue = queue(&room.desk, at("21:02"), None);
    assert_eq!(queue.rows.len(), 1);
    assert_eq!(queue.rows[0].why, "Second contact tonight; closed or put off, nobody sent; repeat victim");
    let why = why(&queue, &room.desk, queue.rows[0].subject).expect("a row");
    assert_eq!((why.place, why.of, why.savable), (1, 1, Savable::NobodyGoing));
    assert_eq!(why.clears.len(), 3);
    assert!(why.unknown.contains(&Unknown::NotSeen) && why.unknown.contains(&Unknown::Suspect));
}

#[test]
fn the_board_shows_what_is_over_untaken_and_unacknowledged() {
    let story =
        format!("{ON} · 21:00 raise T02 S1 A 20:59 · 21:00 raise T02b S1 B 20:59 · 21:01 s-0 dispose B officer 21:30");
    let (room, _) = Room::after(&story);
    let board = board(&room.desk, at("21:40"));
    assert_eq!((board.overdue.len(), board.untaken.len(), board.unacknowledged.len()), (1, 1, 1));
    assert!(board.is_covered && board.unacknowledged[0].is_late);
    assert_eq!((board.counts.incidents, board.counts.looked_at), (3, 1));
    assert_eq!(actions_for(&room.desk, crate::message::StaffRole::Officer, at("21:40")).len(), 1);
    let q = queue(&room.desk, at("21:40"), None);
    assert_eq!(my_work(&q, &room.desk, &Actor("s-0".into())).len(), 1, "who asked follows it until it is done");
}

/// A room with 200 flagged incidents of the night among so many others of the last weeks.
fn room_with(others: usize) -> Room {
    let mut room = Room::new();
    let each = others / 200;
    for n in 0..200 {
        room.now = at("20:00").minus(Period::hours(24 * 3));
        (0..each).for_each(|m| room.open(&format!("O{n}-{m}")));
        room.now = at("20:00");
        room.open(&format!("I{n}"));
        room.raise("T02", "S1", &format!("I{n}"));
    }
    room
}

#[test]
fn a_queue_is_made_of_its_flags_and_not_of_what_was_heard_of_besides() {
    let quickest = |room: &Room| {
        let made = |_| {
            let started = std::time::Instant::now();
            assert_eq!(queue(&room.desk, at("20:30"), None).rows.len(), 200);
            started.elapsed()
        };
        // The quickest of many: whatever else runs on the machine leaves one of them alone.
        (0..60).map(made).min().expect("some")
    };
    let (few, many) = (quickest(&room_with(200)), quickest(&room_with(5000)));
    assert!(many < few * 12, "the same 200 rows among 25 times as many incidents: {many:?} instead of {few:?}");
}
