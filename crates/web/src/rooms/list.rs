//! Plain lists: what happened while nobody was on, what was answered and not yet looked at, cases, incidents.

use std::collections::BTreeSet;

use alongside_desk::queue::{self, Group, Row as QueueRow};
use alongside_desk::stamp::{IncidentId, RecordId};
use alongside_desk::watch::Subject;
use axum::extract::{Form, Query};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde::Deserialize;

use super::desk::Teller;
use super::naming::{self, Staff};
use super::row::grade;
use super::{Drawing, Head, Room, Sight, key};
use crate::door::{Action, Asked, Door, Session};
use crate::views::desk::{Holder, Row};
use crate::views::list::List as View;
use crate::views::moment;
use crate::views::part::{Act, Left, Tag};

/// Rows of one page of a list.
const PAGE: usize = 50;

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/unwatched", unwatched)
        .route(Method::GET, "/live/unwatched", unwatched_line)
        .route(Method::GET, "/answered", answered)
        .route(Method::GET, "/live/answered", answered_line)
        .route(Method::GET, "/cases", cases)
        .route(Method::POST, "/cases", find_case)
        .route(Method::GET, "/incidents", incidents)
        .route(Method::POST, "/incidents", find_incident)
        .route(Method::GET, "/live/incidents", incidents_line)
}

async fn unwatched(room: Room, asked: Asked) -> Response {
    room.page(&asked, &Kind::Unwatched.list()).await
}

async fn unwatched_line(room: Room, asked: Asked, headers: HeaderMap) -> Response {
    room.line(&asked, &headers, Kind::Unwatched.list()).await
}

async fn answered(room: Room, asked: Asked) -> Response {
    room.page(&asked, &Kind::Answered.list()).await
}

async fn answered_line(room: Room, asked: Asked, headers: HeaderMap) -> Response {
    room.line(&asked, &headers, Kind::Answered.list()).await
}

/// Which page of a list.
#[derive(Deserialize)]
struct From {
    before: Option<u32>,
}

/// What is looked for. It comes in a form's body: a name never stands in an address.
#[derive(Deserialize)]
struct Find {
    #[serde(default)]
    find: String,
}

async fn cases(room: Room, asked: Asked, Query(from): Query<From>) -> Response {
    room.page(&asked, &List { before: from.before, ..Kind::Cases.list() }).await
}

async fn find_case(room: Room, asked: Asked, Form(sent): Form<Find>) -> Response {
    room.page(&asked, &List { find: sent.find, ..Kind::Cases.list() }).await
}

async fn incidents(room: Room, asked: Asked, Query(from): Query<From>) -> Response {
    room.page(&asked, &List { before: from.before, ..Kind::Incidents.list() }).await
}

async fn find_incident(room: Room, asked: Asked, Form(sent): Form<Find>) -> Response {
    room.page(&asked, &List { find: sent.find, ..Kind::Incidents.list() }).await
}

async fn incidents_line(room: Room, asked: Asked, headers: HeaderMap) -> Response {
    room.line(&asked, &headers, Kind::Incidents.list()).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unwatched,
    Answered,
    Cases,
    Incidents,
}

impl Kind {
    fn list(self) -> List {
        List { kind: self, find: String::new(), before: None }
    }

    fn says(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Unwatched => (
                "What happened while nobody was on",
                "Raised while no specialist was on shift, and not yet disposed of.",
                "Nothing was raised while nobody was on that still waits.",
            ),
            Self::Answered => (
                "Answered, not yet looked at",
                "The record has answered these; a person has yet to look at each, and at how late it was.",
                "Nothing that was answered waits to be looked at.",
            ),
            Self::Cases => (
                "Cases",
                "Victims of domestic abuse incidents, the one last heard of first.",
                "No case fits. Nobody of that name or log is known here as a victim.",
            ),
            Self::Incidents => (
                "DA incidents",
                "Any of them can be opened and reviewed without a flag. Newest first.",
                "No domestic abuse incident fits.",
            ),
        }
    }
}

struct List {
    kind: Kind,
    find: String,
    before: Option<u32>,
}

impl Sight for List {
    type View = View;

    fn head(&self) -> Head {
        let (title, line) = match self.kind {
            Kind::Unwatched => ("Unwatched", Some("/live/unwatched")),
            Kind::Answered => ("Answered", Some("/live/answered")),
            Kind::Cases => ("Cases", None),
            Kind::Incidents if self.find.is_empty() && self.before.is_none() => ("Incidents", Some("/live/incidents")),
            Kind::Incidents => ("Incidents", None),
        };
        let action = match self.kind {
            Kind::Unwatched | Kind::Answered => Action::SeeDesk,
            Kind::Cases => Action::SeeCase,
            Kind::Incidents => Action::SeeIncident,
        };
        Head { title, screen: "desk", action, line: line.map(ToOwned::to_owned) }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let mut drawing = room.node.read(|desk| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let mut queue = queue::queue(desk, teller.now, Some(&teller.who));
            queue.rows.retain(|row| teller.may_see(row.subject));
            let (title, about, none) = self.kind.says();
            let mut found = Found::default();
            match self.kind {
                Kind::Unwatched => found.rows(&teller, queue::unattended(&queue, desk).into_iter()),
                Kind::Answered => found.rows(&teller, queue.group(Group::Answered)),
                Kind::Cases | Kind::Incidents => self.look(&teller, &queue, &mut found),
            }
            let searched = match self.kind {
                Kind::Cases => Some("/cases"),
                Kind::Incidents => Some("/incidents"),
                Kind::Unwatched | Kind::Answered => None,
            };
            let view = View {
                frame,
                notices: Vec::new(),
                title: title.to_owned(),
                about: about.to_owned(),
                find: searched.map(ToOwned::to_owned),
                found_by: self.find.trim().to_owned(),
                rows: found.shown,
                none: none.to_owned(),
                more: searched.zip(found.more).map(|(path, before)| format!("{path}?before={before}")),
            };
            Drawing { view, seq: desk.state().seq, subjects: found.subjects }
        });
        drawing.view.notices.extend(room.undo(session, drawing.view.frame.clock.now));
        Some(drawing)
    }
}

/// What a list has gathered.
#[derive(Default)]
struct Found {
    shown: Vec<Row>,
    subjects: BTreeSet<String>,
    more: Option<u32>,
}

impl Found {
    fn rows<'a>(&mut self, teller: &Teller<'_>, rows: impl Iterator<Item = &'a QueueRow>) {
        for row in rows {
            self.subjects.extend(teller.subjects(row));
            self.shown.push(teller.row(row));
        }
    }
}

impl List {
    /// Newest domestic abuse incidents first; of cases, each victim once.
    fn look(&self, teller: &Teller<'_>, queue: &queue::Queue, found: &mut Found) {
        let state = teller.state();
        let wanted = self.find.trim().to_lowercase();
        let mut seen: BTreeSet<RecordId> = BTreeSet::new();
        let known = state.incidents.keys().chain(state.past.keys()).copied().collect::<BTreeSet<IncidentId>>();
        for id in known.into_iter().rev().filter(|id| self.before.is_none_or(|before| id.0 < before)) {
            if state.going_on(id) != id || !state.is_da(id) || !teller.may_see(Subject::Incident(id)) {
                continue;
            }
            let (victims, suspects) = people(teller, id);
            let fits = wanted.is_empty() || self.fits(teller, id, &victims, &suspects, &wanted);
            if !fits
                || (self.kind == Kind::Cases && !victims.iter().any(|victim| seen.insert(key::case(state, *victim))))
            {
                continue;
            }
            if found.shown.len() == PAGE {
                found.more = wanted.is_empty().then_some(id.0 + 1);
                return;
            }
            let all = victims.iter().chain(&suspects).copied();
            found.subjects.extend(naming::subjects(state, Subject::Incident(id), all));
            found.shown.push(match queue.find(Subject::Incident(id)) {
                Some((_, row)) => teller.row(row),
                None => plain(teller, id, &victims, &suspects),
            });
        }
    }

    fn fits(
        &self,
        teller: &Teller<'_>,
        id: IncidentId,
        victims: &[RecordId],
        suspects: &[RecordId],
        wanted: &str,
    ) -> bool {
        let state = teller.state();
        let log = state.reference(id).is_some_and(|reference| reference.to_lowercase().contains(wanted));
        let people = if self.kind == Kind::Cases { victims.iter().chain(&[]) } else { victims.iter().chain(suspects) };
        let mut names = people.flat_map(|record| {
            let person = &state.people.record(*record).person;
            naming::whole(state, *record).into_iter().chain(person.aliases.iter().cloned())
        });
        log || names.any(|name| name.to_lowercase().contains(wanted))
    }
}

fn people(teller: &Teller<'_>, id: IncidentId) -> (Vec<RecordId>, Vec<RecordId>) {
    use alongside_desk::message::Role;
    match teller.state().incident(id) {
        Some(incident) => (incident.victims().collect(), incident.suspects().collect()),
        None => {
            let people = teller.state().past.get(&id).map_or(&[][..], |past| &past.people);
            let of =
                |role: Role| people.iter().filter(|person| person.role == role).map(|person| person.record).collect();
            (of(Role::Victim), of(Role::Suspect))
        }
    }
}

/// An incident that is not in the queue: nothing is flagged, and it can be opened all the same.
fn plain(teller: &Teller<'_>, id: IncidentId, victims: &[RecordId], suspects: &[RecordId]) -> Row {
    let (state, now) = (teller.state(), teller.now);
    let subject = Subject::Incident(id);
    let opened = state.opened_at(id).unwrap_or(now);
    let incident = state.incident(id);
    let ended = state.reviews_of(subject).into_iter().rev().find_map(|review| review.disposed.as_ref());
    let why = match ended {
        Some(ended) => format!("{} looked at it, {}", teller.staff.name(&ended.by), moment::fact(ended.at, now)),
        None => "Nothing waits, and nobody has looked at it".to_owned(),
    };
    let open = Act::open("open", "Open", "", format!("/incidents/{}", id.0));
    let closed = if incident.is_some_and(|incident| !incident.is_open()) { ", closed" } else { "" };
    Row {
        id: format!("r-{}", key::of(subject)),
        left: Left::Words(moment::fact(opened, now), "opened".to_owned()),
        tag: Tag::Unflagged,
        why,
        why_act: Act::open("open", "Open", "", format!("/incidents/{}", id.0)),
        who: naming::pair(state, victims, suspects),
        about: Vec::new(),
        grade: incident.and_then(|incident| incident.grade()).map_or("no live log", grade).to_owned(),
        grade_note: String::new(),
        log: format!("{}{closed}", teller.log(subject)),
        holder: Holder::Nobody,
        open,
        step: teller.may(Action::Take).then(|| teller.post("take", "Review", "1", &key::of(subject))),
        acts: teller.asks(victims).into_iter().collect(),
    }
}
