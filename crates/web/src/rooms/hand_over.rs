//! From one shift to the next: what is open has a note or a name, then the shift can end.

use std::collections::BTreeSet;

use alongside_desk::message::StaffRole;
use alongside_desk::queue::{self, OpenItem};
use alongside_desk::review::{Ask, StaffEvent, Work};
use axum::extract::{Form, Path};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::act::{self, Sent};
use super::desk::Teller;
use super::naming::{self, Staff};
use super::{Drawing, Head, Room, Sight, key, nowhere};
use crate::door::{Action, Asked, Door, Role, Session};
use crate::page;
use crate::views::hand_over::{HandOver as View, Item, Side};
use crate::views::part::{Act, Countdown, Left};
use crate::views::{moment, state};

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/hand-over", page)
        .route(Method::GET, "/live/hand-over", line)
        .route(Method::POST, "/shift/start", start)
        .route(Method::POST, "/shift/end", end)
        .route(Method::POST, "/work/{key}/note", note)
}

async fn page(room: Room, asked: Asked) -> Response {
    room.page(&asked, &HandOver).await
}

async fn line(room: Room, asked: Asked, headers: HeaderMap) -> Response {
    room.line(&asked, &headers, HandOver).await
}

async fn start(room: Room, asked: Asked, Form(sent): Form<Sent>) -> Response {
    let Some(session) = &asked.session else { return nowhere(&asked) };
    let role =
        if session.account.roles.contains(&Role::Specialist) { StaffRole::Specialist } else { StaffRole::Supervisor };
    let mut seed = [0; 8];
    if getrandom::fill(&mut seed).is_err() {
        return page::state(StatusCode::SERVICE_UNAVAILABLE, &state::NOT_SAVED, asked.session.clone());
    }
    let ask = Ask::StartShift { role, until: None, seed: u64::from_be_bytes(seed) };
    room.act(&asked, sent.form_id, ask, "/").await
}

async fn end(room: Room, asked: Asked, Form(sent): Form<Sent>) -> Response {
    room.act(&asked, sent.form_id, Ask::EndShift { handed: Vec::new() }, "/hand-over").await
}

/// A note for whoever comes next.
#[derive(Deserialize)]
struct Noted {
    #[serde(default)]
    form_id: String,
    #[serde(default)]
    note: String,
}

async fn note(room: Room, asked: Asked, Path(key): Path<String>, Form(sent): Form<Noted>) -> Response {
    match key::read_work(&key) {
        Some(work) => {
            let ask = Ask::NoteForHandOver { work, note: sent.note.as_str().into() };
            room.act(&asked, sent.form_id, ask, "/hand-over").await
        }
        None => nowhere(&asked),
    }
}

struct HandOver;

/// Something on the list, and the entry that its note stands in.
type Noting = (Item, Option<u64>);

impl Sight for HandOver {
    type View = View;

    fn head(&self) -> Head {
        let line = Some("/live/hand-over".to_owned());
        Head { title: "Hand-over", screen: "hand-over", action: Action::HandOver, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let mut subjects = BTreeSet::new();
        let (mut view, seq, notes) = room.node.read(|desk| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let (items, notes): (Vec<Item>, Vec<Option<u64>>) = match desk.state().reviews.shift_of(&teller.who) {
                Some(_) => giving(&teller, &mut subjects).into_iter().unzip(),
                None => taking(&teller, &mut subjects).into_iter().unzip(),
            };
            (view(&teller, frame, items, &notes), desk.state().seq, notes)
        });
        for (item, note) in view.items.iter_mut().zip(notes) {
            item.note = note.and_then(|entry| room.said(entry)).map(words).unwrap_or_default();
        }
        view.notices.extend(room.undo(session, view.frame.clock.now));
        Some(Drawing { view, seq, subjects })
    }
}

/// The words of a note, whichever act left it.
fn words(event: StaffEvent) -> String {
    match event {
        StaffEvent::NotedForHandOver { note, .. } | StaffEvent::HandedOver { note, .. } => note.to_string(),
        StaffEvent::ShiftEnded { handed } => {
            handed.iter().filter_map(|each| each.note.as_deref()).collect::<Vec<_>>().join(" · ")
        }
        _ => String::new(),
    }
}

/// What this person has open.
fn giving(teller: &Teller<'_>, subjects: &mut BTreeSet<String>) -> Vec<Noting> {
    let state = teller.state();
    let queue = queue::queue(teller.desk, teller.now, Some(&teller.who));
    let open = queue::handover(&queue, teller.desk, &teller.who);
    open.iter()
        .map(|open| {
            let key = key::of_work(open.work);
            let mut item = item(teller, open, subjects);
            let form = act::form_id("note", &key, state.seq, None);
            item.note_form = Some((format!("/work/{key}/note"), form));
            if let (Work::Review(_), Some(row)) = (open.work, &open.row) {
                let href = format!("/rows/{}/hand-over", key::of(row.subject));
                item.acts.push(Act::open("hand-over", "Give it to a colleague", "", href));
            }
            (item, open.note.as_ref().map(|note| note.words))
        })
        .collect()
}

/// What an earlier shift left with a note and nobody has.
fn taking(teller: &Teller<'_>, subjects: &mut BTreeSet<String>) -> Vec<Noting> {
    let left =
        teller.queue().rows.into_iter().filter(|row| row.handed.is_some() && (row.holder.is_none() || row.holder_gone));
    left.map(|row| {
        subjects.extend(teller.subjects(&row));
        let shown = teller.row(&row);
        let item = Item {
            id: format!("h-{}", key::of(row.subject)),
            left: shown.left,
            says: shown.who,
            href: shown.open.href,
            about: format!("{} · {}", shown.log, shown.why),
            tag: Some(shown.tag),
            note: String::new(),
            note_form: None,
            taken: None,
            acts: shown.step.into_iter().collect(),
        };
        (item, row.handed.as_ref().map(|note| note.words))
    })
    .collect()
}

fn item(teller: &Teller<'_>, open: &OpenItem, subjects: &mut BTreeSet<String>) -> Item {
    let id = format!("h-{}", key::of_work(open.work));
    if let Some(row) = &open.row {
        subjects.extend(teller.subjects(row));
        let shown = teller.row(row);
        return Item {
            id,
            left: shown.left,
            says: shown.who,
            href: shown.open.href,
            about: format!("{} · {}", shown.log, shown.why),
            tag: Some(shown.tag),
            note: String::new(),
            note_form: None,
            taken: None,
            acts: Vec::new(),
        };
    }
    let asked = open.action.as_ref().map(|asked| &asked.action);
    let left = asked.map_or_else(
        || Left::Words("this shift".to_owned(), "to review".to_owned()),
        |action| {
            let to = "to be done".to_owned();
            Left::Clock(Countdown { at: action.by, from: Some(action.asked_at), to, up: false })
        },
    );
    let says = asked.map_or_else(|| "A review".to_owned(), |action| format!("Needed from the {}", action.role.word()));
    let home = asked.map(|action| teller.state().home(action.subject));
    Item {
        id,
        left,
        says,
        href: home.map(|subject| key::opens(teller.state(), subject, &[])).unwrap_or_default(),
        about: home.map(|subject| teller.log(subject)).unwrap_or_default(),
        tag: None,
        note: String::new(),
        note_form: None,
        taken: None,
        acts: Vec::new(),
    }
}

fn view(teller: &Teller<'_>, frame: crate::views::frame::Frame, items: Vec<Item>, notes: &[Option<u64>]) -> View {
    let reviews = &teller.state().reviews;
    let shift = reviews.shift_of(&teller.who);
    let missing = notes.iter().filter(|note| note.is_none()).count();
    let seq = teller.state().seq;
    let post = |act, says: &str, href: &str| Act::post(act, says, "", href, act::form_id(act, "shift", seq, None));
    let (side, title, finish_says) = match shift {
        Some(shift) => {
            (Side::Giving, format!("Your shift ends at {}", moment::minutes(shift.until)), "End my shift".to_owned())
        }
        None => (Side::Taking, "What was left for the next shift".to_owned(), "Start my shift".to_owned()),
    };
    let finish = match shift {
        Some(_) if missing == 0 => Some(post("end", &finish_says, "/shift/end")),
        Some(_) => None,
        None => Some(post("start", &finish_says, "/shift/start")),
    };
    let not_yet = match (shift, missing) {
        (None, _) | (_, 0) => String::new(),
        (_, 1) => "1 has no note. You stay on until each has a note or a name.".to_owned(),
        (_, n) => format!("{n} have no note. You stay on until each has a note or a name."),
    };
    let counts = queue::board(teller.desk, teller.now).counts;
    let mut cover: Vec<(String, bool)> = reviews
        .shifts_on()
        .map(|shift| {
            let name = teller.staff.name(&shift.staff);
            (format!("{name}, {}, until {}", shift.role.word(), moment::minutes(shift.until)), false)
        })
        .collect();
    if !reviews.is_on(StaffRole::Specialist) {
        cover.push(("No specialist is on".to_owned(), true));
    }
    View {
        frame,
        notices: Vec::new(),
        title,
        side,
        items,
        finish,
        finish_says,
        not_yet,
        lines: vec![
            format!(
                "Since {}: {} DA incidents, {} looked at.",
                moment::minutes(counts.since),
                counts.incidents,
                counts.looked_at
            ),
            format!("Acted on in time: {} of {}.", counts.in_time, counts.timed),
            format!("Asked of other roles: {}, acknowledged: {}.", counts.actions, counts.acknowledged),
            format!("Raised while nobody was on and still waiting: {}.", counts.unattended),
        ],
        cover,
    }
}
