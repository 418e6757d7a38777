//! What each role has been asked to do: a plain list, acknowledged and finished where it is read.

use std::collections::BTreeSet;

use alongside_desk::message::StaffRole;
use alongside_desk::queue::{self, ActionItem};
use alongside_desk::review::{Progress, StaffEvent};
use axum::extract::Path;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use super::desk::Teller;
use super::naming::{self, Staff};
use super::row::severe;
use super::words::apart;
use super::{Drawing, Head, Room, Sight, act, nowhere};
use crate::door::{Action, Asked, Decision, Door, Role, Session, Subject as Whose, authorise};
use crate::views::actions::{Action as Item, Actions as View};
use crate::views::moment;
use crate::views::part::{Act, Countdown, Piece, Step, StepState, Tag, Words};

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/actions", own).route(Method::GET, "/actions/{key}", page).route(
        Method::GET,
        "/live/actions/{key}",
        line,
    )
}

/// The roles that have a list, and what the desk calls them.
const LISTS: [(Role, StaffRole); 4] = [
    (Role::Dispatcher, StaffRole::Dispatcher),
    (Role::Supervisor, StaffRole::Supervisor),
    (Role::Handler, StaffRole::Handler),
    (Role::Officer, StaffRole::Officer),
];

/// The list of a role of the desk, if that role has one.
pub fn list_of(role: StaffRole) -> Option<Role> {
    LISTS.iter().find(|(_, of)| *of == role).map(|(list, _)| *list)
}

async fn own(room: Room, asked: Asked) -> Response {
    let has = |list: &Role| asked.session.as_ref().is_some_and(|session| session.account.roles.contains(list));
    let list = LISTS.iter().map(|(list, _)| *list).find(has).unwrap_or(Role::Dispatcher);
    room.page(&asked, &Asking { list }).await
}

async fn page(room: Room, asked: Asked, Path(role): Path<String>) -> Response {
    match named(&role) {
        Some(list) => room.page(&asked, &Asking { list }).await,
        None => nowhere(&asked),
    }
}

async fn line(room: Room, asked: Asked, headers: HeaderMap, Path(role): Path<String>) -> Response {
    match named(&role) {
        Some(list) => room.line(&asked, &headers, Asking { list }).await,
        None => nowhere(&asked),
    }
}

fn named(role: &str) -> Option<Role> {
    LISTS.iter().map(|(list, _)| *list).find(|list| list.name() == role)
}

struct Asking {
    list: Role,
}

impl Sight for Asking {
    type View = View;

    fn head(&self) -> Head {
        let line = Some(format!("/live/actions/{}", self.list.name()));
        Head { title: "Actions", screen: "actions", action: Action::SeeActions, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let may_see = |list| authorise(session, Action::SeeActions, Whose::ListOf(list)) == Decision::Allow;
        if !may_see(self.list) {
            return None;
        }
        let staff = Staff::of(&room.gate);
        let mut subjects = BTreeSet::from([format!("role:{}", self.list.name())]);
        let (mut view, seq, asked) = room.node.read(|desk| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let of = |role| {
                let mut items = queue::actions_for(desk, role, teller.now);
                items.retain(|item| teller.may_see(item.action.subject));
                items
            };
            let lists = LISTS.iter().filter(|(list, _)| may_see(*list));
            let roles = lists
                .map(|(list, role)| (list.says().to_owned(), format!("/actions/{}", list.name()), of(*role).len()));
            let roles = roles.collect();
            let asked =
                LISTS.iter().find(|(list, _)| *list == self.list).map(|(_, role)| of(*role)).unwrap_or_default();
            let acts = authorise(session, Action::Acknowledge, Whose::ListOf(self.list)) == Decision::Allow
                && session.account.roles.contains(&self.list);
            let items = asked.iter().map(|item| {
                let of = match desk.state().home(item.action.subject) {
                    alongside_desk::watch::Subject::Incident(id) => desk.state().incident(id),
                    _ => None,
                };
                let people = |list: Vec<_>| list;
                let (victims, suspects) = of.map_or_else(Default::default, |i| {
                    (people(i.victims().collect::<Vec<_>>()), people(i.suspects().collect::<Vec<_>>()))
                });
                let all = victims.iter().chain(&suspects).copied();
                subjects.extend(naming::subjects(desk.state(), item.action.subject, all));
                let who = naming::pair(desk.state(), &victims, &suspects);
                shown(&teller, item, &who, acts)
            });
            let items = items.collect();
            let view = View { frame, notices: Vec::new(), role: self.list.says().to_owned(), roles, items };
            (view, desk.state().seq, asked)
        });
        for (item, asked) in view.items.iter_mut().zip(&asked) {
            item.asked = match room.said(asked.action.id.0) {
                Some(StaffEvent::Disposed { reason, .. }) => reason.to_string(),
                _ => "The words have been taken out of the record.".to_owned(),
            };
        }
        view.notices.extend(room.undo(session, view.frame.clock.now));
        Some(Drawing { view, seq, subjects })
    }
}

fn shown(teller: &Teller<'_>, item: &ActionItem, who: &str, acts: bool) -> Item {
    let action = &item.action;
    let (id, state) = (action.id.0, teller.state());
    let mut flags: Vec<_> = item.flags.iter().filter_map(|flag| state.flags.get(*flag)).collect();
    // The most severe speaks; the others are behind it.
    flags.sort_by_key(|flag| std::cmp::Reverse(flag.now.severity));
    let tag = flags.iter().map(|flag| flag.now.severity).max().map_or(Tag::S3, severe);
    // Whoever must act reads one plain sentence; the others are one key away, and the linker's sums are not theirs to weigh.
    let mut reasons = flags.iter().map(|flag| apart(&flag.now.reason).0);
    let mut why = Words::plain(reasons.next().unwrap_or_default());
    let others: Vec<String> = reasons.collect();
    if !others.is_empty() {
        let many =
            if others.len() == 1 { "1 more reason".to_owned() } else { format!("{} more reasons", others.len()) };
        why = why.and(Piece::Plain(" ".to_owned())).and(Piece::More(many, others.join(". ")));
    }
    let step = |says: String, state| Step { says, state };
    let mut steps = vec![step(format!("sent {}", moment::seconds(action.leaves_at)), StepState::Done)];
    match &action.acknowledged {
        Some((by, at)) => {
            let says = format!("acknowledged {} by {}", moment::seconds(*at), teller.staff.name(by));
            steps.push(step(says, StepState::Done));
            steps.push(step("done".to_owned(), StepState::Waiting));
        }
        None => {
            steps.push(step("acknowledged".to_owned(), StepState::Waiting));
            steps.push(step("done".to_owned(), StepState::Ahead));
        }
    }
    let form = act::form_id("acknowledge", &id.to_string(), state.seq, None);
    let mut can = Vec::new();
    if acts && item.progress == Progress::Sent {
        can.push(Act::post("acknowledge", "Acknowledge", "1", format!("/actions/{id}/acknowledge"), form));
    }
    if acts {
        can.push(Act::open("done", "Done", "", format!("/actions/{id}/done")));
        can.push(Act::open("cannot", "Cannot be done", "", format!("/actions/{id}/cannot")));
    }
    Item {
        id: format!("a-{id}"),
        by: Countdown { at: action.by, from: Some(action.asked_at), to: "to be done".into(), up: false },
        tag,
        asked: String::new(),
        about: format!("{} · {who}", teller.log(action.subject)),
        why,
        asked_by: action.asker.as_ref().map_or_else(|| "the desk".to_owned(), |by| teller.staff.name(by)),
        asked_at: action.asked_at,
        steps,
        acts: can,
    }
}
