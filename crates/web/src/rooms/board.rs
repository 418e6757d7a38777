//! The supervisor's board: what is over, what goes over next, what nobody has, who covers. It names nobody in the record.

use std::collections::BTreeSet;

use alongside_desk::queue::{self, ActionItem, Cover, Level, Row as QueueRow};
use alongside_desk::review::Progress;
use alongside_desk::time::Period;
use alongside_desk::watch::Subject;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use super::desk::Teller;
use super::naming::{self, Staff};
use super::row::severe;
use super::words::apart;
use super::{Drawing, Head, Room, Sight, key};
use crate::door::{Action, Asked, Door, Session};
use crate::views::board::{Board as View, Item};
use crate::views::desk::Colleague;
use crate::views::moment;
use crate::views::part::Countdown;

/// What went wrong with recordings stands on the board for so long: a shift (D).
const FAILED_LATELY: Period = Period::hours(12);

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/board", page).route(Method::GET, "/live/board", line)
}

async fn page(room: Room, asked: Asked) -> Response {
    room.page(&asked, &Board).await
}

async fn line(room: Room, asked: Asked, headers: HeaderMap) -> Response {
    room.line(&asked, &headers, Board).await
}

struct Board;

impl Sight for Board {
    type View = View;

    fn head(&self) -> Head {
        Head { title: "Board", screen: "board", action: Action::SeeBoard, line: Some("/live/board".to_owned()) }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        Some(room.node.read(|desk| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let mut board = queue::board(desk, teller.now);
            for rows in [&mut board.overdue, &mut board.next, &mut board.untaken] {
                rows.retain(|row| teller.may_see(row.subject));
            }
            board.unacknowledged.retain(|item| teller.may_see(item.action.subject));
            let shown = board.overdue.iter().chain(&board.next).chain(&board.untaken);
            // The wall shows logs and no people: the incidents are what is looked at.
            let asked = board.unacknowledged.iter().map(|item| item.action.subject);
            let calls = teller.calls().into_iter().map(|(id, _)| Subject::Incident(id));
            let shown = shown.map(|row| row.subject).chain(asked).chain(calls).chain(teller.logs_listened_to());
            let subjects: BTreeSet<String> =
                shown.flat_map(|subject| naming::subjects(desk.state(), subject, [])).collect();
            Drawing { seq: desk.state().seq, subjects, view: view(&teller, &board, room, frame) }
        }))
    }
}

fn view(teller: &Teller<'_>, board: &queue::Board, room: &Room, frame: crate::views::frame::Frame) -> View {
    let rows = |rows: &[QueueRow], list: &str| rows.iter().map(|row| item(teller, row, list)).collect::<Vec<_>>();
    let counts = &board.counts;
    View {
        frame,
        notices: Vec::new(),
        overdue: rows(&board.overdue, "over"),
        next: rows(&board.next, "next"),
        untaken: rows(&board.untaken, "free"),
        unacknowledged: board.unacknowledged.iter().map(|item| asked(teller, item)).collect(),
        calls: teller.calls().into_iter().map(|(_, call)| call).collect(),
        listening: teller.all_listening(),
        cover: board.cover.iter().map(|cover| colleague(teller, cover)).collect(),
        name_on_call: teller.may(Action::NameOnCall).then(|| "/on-call".to_owned()),
        on_call: match &board.on_call {
            Some(who) => format!("On call: {}", teller.staff.name(who)),
            None => "Nobody is named as on call".to_owned(),
        },
        gap: if board.is_covered { String::new() } else { "No specialist is on".to_owned() },
        then: match (&board.on_call, board.is_covered) {
            (_, true) => String::new(),
            (Some(who), false) => {
                format!("What is urgent comes to you, then to {}, who is on call.", teller.staff.name(who))
            }
            (None, false) => "What is urgent comes to you, and to nobody after you.".to_owned(),
        },
        counts: vec![
            ("DA incidents".to_owned(), counts.incidents.to_string()),
            ("looked at".to_owned(), counts.looked_at.to_string()),
            ("acted on in time".to_owned(), format!("{} of {}", counts.in_time, counts.timed)),
            ("while nobody was on".to_owned(), counts.unattended.to_string()),
            ("asked and acknowledged".to_owned(), format!("{} of {}", counts.acknowledged, counts.actions)),
        ],
        since: moment::minutes(counts.since),
        recording: recording(teller),
        rejects: room.node.reject_counts().waiting,
        rejects_href: teller.may(Action::SeeRejects).then(|| "/rejects".to_owned()),
    }
}

/// How it is with recording, and whether that asks for somebody; nothing where no call is recorded and none failed.
fn recording(teller: &Teller<'_>) -> Option<(String, bool)> {
    let state = teller.state();
    match state.recordings.failures(teller.now.minus(FAILED_LATELY)) {
        Some((count, last)) => {
            let calls = if count == 1 { "1 call was".to_owned() } else { format!("{count} calls were") };
            Some((format!("{calls} not recorded, or not to the end, the last at {}", moment::minutes(last)), true))
        }
        None if state.policy.recording.on && state.hearings.sign_off().is_some() => {
            Some(("calls are recorded".to_owned(), false))
        }
        None => None,
    }
}

fn item(teller: &Teller<'_>, row: &QueueRow, list: &str) -> Item {
    let over = row.deadline.as_ref().filter(|deadline| deadline.due > deadline.from);
    let clock = match (over, row.escalation) {
        (_, Some(escalation)) if list == "free" => {
            Countdown { at: escalation.since, from: None, to: "untaken".into(), up: true }
        }
        (Some(deadline), _) => {
            Countdown { at: deadline.due, from: Some(deadline.from), to: deadline.to.to_string(), up: false }
        }
        (None, _) => {
            let since = row.decide_by.or(row.opened_at).unwrap_or(teller.now);
            Countdown { at: since, from: None, to: "to decide".into(), up: since <= teller.now }
        }
    };
    let holder = match &row.holder {
        Some(holder) if !row.holder_gone => format!("{} has it", teller.staff.name(&holder.who)),
        _ => "nobody has it".to_owned(),
    };
    let then = match row.escalation.and_then(|escalation| escalation.next) {
        Some((Level::OnCall, at)) => format!("to whoever is on call at {}", moment::minutes(at)),
        Some((Level::Supervisor, at)) => format!("comes to you at {}", moment::minutes(at)),
        _ => String::new(),
    };
    let tag = row.severity.map(severe);
    let key = key::of(row.subject);
    // From five metres two reasons can be read; the others are one key away.
    let why = apart(&row.why).0;
    let second = why.match_indices("; ").nth(1).map_or(why.len(), |(at, _)| at);
    let (says, more) = (&why[..second], why[second..].trim_start_matches("; "));
    Item {
        id: format!("{list}-{key}"),
        clock,
        tag,
        says: says.to_owned(),
        more: more.to_owned(),
        about: format!("{} · {holder}", teller.log(row.subject)),
        alarm: !then.is_empty(),
        then,
        href: Some(format!("/rows/{key}/why")),
    }
}

fn asked(teller: &Teller<'_>, item: &ActionItem) -> Item {
    let action = &item.action;
    let then = match item.progress {
        Progress::Declined => "cannot be done",
        _ if item.is_late => "its time has passed",
        _ => "",
    };
    Item {
        id: format!("asked-{}", action.id.0),
        clock: Countdown { at: action.by, from: Some(action.asked_at), to: "to be done".into(), up: false },
        tag: None,
        says: format!("Needed from the {}", action.role.word()),
        more: String::new(),
        about: format!("{} · asked {}", teller.log(action.subject), moment::minutes(action.asked_at)),
        then: then.to_owned(),
        alarm: !then.is_empty(),
        href: Some(format!("/actions/{}", action.role.word()))
            .filter(|_| super::actions::list_of(action.role).is_some()),
    }
}

fn colleague(teller: &Teller<'_>, cover: &Cover) -> Colleague {
    let open = if cover.open == 0 { String::new() } else { format!(", {} open", cover.open) };
    Colleague {
        name: teller.staff.name(&cover.staff),
        doing: format!("{} until {}{open}", cover.role.word(), moment::minutes(cover.until)),
        present: true,
    }
}
