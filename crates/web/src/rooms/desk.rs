//! The desk: the ranked queue in its groups, and beside it what this person and this shift have open.

use std::collections::BTreeSet;

use alongside_desk::queue::{self, Group as QueueGroup, Row as QueueRow};
use alongside_desk::review::{Progress, Work as OpenWork};
use alongside_desk::stamp::IncidentId;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::{Severity, Subject};
use alongside_desk::{Actor, Desk, State};
use axum::extract::Form;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde::Deserialize;

use super::naming::{self, Staff};
use super::{Drawing, Head, Room, Sight, key};
use crate::door::{Action, Asked, Decision, Door, Role, Session, Subject as Whose, authorise};
use crate::views::desk::{Colleague, Desk as View, Empty, Group, GroupKind, LiveCall, NextHandOver, Row, Shift, Work};
use crate::views::moment;
use crate::views::part::{Act, Notice};

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/desk", page).route(Method::POST, "/desk", find).route(Method::GET, "/live/desk", line)
}

/// What a queue is looked through by. It comes in a form's body: a name never stands in an address.
#[derive(Deserialize)]
struct Find {
    #[serde(default)]
    find: String,
}

async fn page(room: Room, asked: Asked) -> Response {
    room.page(&asked, &Queue { find: String::new() }).await
}

async fn find(room: Room, asked: Asked, Form(sent): Form<Find>) -> Response {
    room.page(&asked, &Queue { find: sent.find }).await
}

async fn line(room: Room, asked: Asked, headers: HeaderMap) -> Response {
    room.line(&asked, &headers, Queue { find: String::new() }).await
}

struct Queue {
    /// A queue that is looked through stands still: the words never go into the address of a line.
    find: String,
}

impl Sight for Queue {
    type View = View;

    fn head(&self) -> Head {
        let line = self.find.is_empty().then(|| "/live/desk".to_owned());
        Head { title: "Desk", screen: "desk", action: Action::SeeDesk, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let mut drawing = room.node.read(|desk| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            teller.desk(frame, &self.find)
        });
        drawing.view.notices.extend(room.undo(session, drawing.view.frame.clock.now));
        Some(drawing)
    }
}

/// The groups of a queue and how each is headed.
const GROUPS: &[(GroupKind, QueueGroup)] = &[
    (GroupKind::Overdue, QueueGroup::Overdue),
    (GroupKind::FiveMinutes, QueueGroup::FiveMinutes),
    (GroupKind::Hour, QueueGroup::Hour),
    (GroupKind::Shift, QueueGroup::Shift),
    (GroupKind::Later, QueueGroup::Later),
    (GroupKind::Held, QueueGroup::Held),
    (GroupKind::Unwatched, QueueGroup::Unwatched),
    (GroupKind::Answered, QueueGroup::Answered),
];

/// Tells rows to one person at one instant.
pub struct Teller<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// Colleagues.
    pub staff: &'a Staff,
    /// Who looks.
    pub session: &'a Session,
    /// As whom they act.
    pub who: Actor,
    /// Now.
    pub now: Timestamp,
}

impl Teller<'_> {
    /// What is known.
    pub fn state(&self) -> &State {
        self.desk.state()
    }

    /// Whether this person may do something at all.
    pub fn may(&self, action: Action) -> bool {
        authorise(self.session, action, Whose::Screen) == Decision::Allow
    }

    /// Whether this person may know of a subject: not of their own record (law 12).
    pub fn may_see(&self, subject: Subject) -> bool {
        let staff = naming::staff_in(self.state(), subject, &self.session.account);
        authorise(self.session, Action::Own, Whose::Record { staff: &staff }) == Decision::Allow
    }

    /// The queue, as this person may see it.
    pub fn queue(&self) -> queue::Queue {
        let mut queue = queue::queue(self.desk, self.now, Some(&self.who));
        queue.rows.retain(|row| self.may_see(row.subject));
        queue
    }

    /// Whose data a row shows.
    pub fn subjects(&self, row: &QueueRow) -> Vec<String> {
        naming::subjects(self.state(), row.subject, row.victims.iter().chain(&row.suspects).copied())
    }

    /// The desk with the rows that this person may see and looks for, and everybody on it.
    fn desk(&self, frame: crate::views::frame::Frame, find: &str) -> Drawing<View> {
        let queue = self.queue();
        let calls = self.calls();
        let work = queue::my_work(&queue, self.desk, &self.who);
        let mut subjects: BTreeSet<String> = queue.rows.iter().flat_map(|row| self.subjects(row)).collect();
        let others =
            calls.iter().map(|(id, _)| Subject::Incident(*id)).chain(work.iter().filter_map(|w| self.about_work(w)));
        subjects.extend(others.flat_map(|subject| naming::subjects(self.state(), subject, [])));
        let counts = queue::board(self.desk, self.now).counts;
        let shift = self.state().reviews.shift_of(&self.who).map(|shift| Shift {
            since: shift.from,
            incidents: counts.incidents,
            looked_at: counts.looked_at,
            in_time: counts.in_time,
            of: counts.timed,
        });
        let view = View {
            frame,
            notices: self.notices(&queue),
            calls: calls.into_iter().map(|(_, call)| call).collect(),
            groups: self.groups(&queue, find),
            filter: find.trim().to_owned(),
            empty: Empty { last: self.last_looked_at(), unread: counts.incidents.saturating_sub(counts.looked_at) },
            mine: work.iter().map(|item| self.work(item)).collect(),
            hand_over: self.hand_over(),
            on_desk: self.on_desk(),
            shift,
        };
        Drawing { view, seq: self.state().seq, subjects }
    }

    fn notices(&self, queue: &queue::Queue) -> Vec<Notice> {
        let mut notices = Vec::new();
        let is_specialist = self.session.account.roles.contains(&Role::Specialist);
        if is_specialist && self.state().reviews.shift_of(&self.who).is_none() {
            let link = Some(("/hand-over".to_owned(), "Start your shift".to_owned()));
            notices.push(Notice::Note("You are not on shift: nothing is counted as yours to watch.".to_owned(), link));
        }
        let says = match queue::unattended(queue, self.desk).len() {
            0 => return notices,
            1 => "1 row was raised while nobody was on.".to_owned(),
            n => format!("{n} rows were raised while nobody was on."),
        };
        notices.push(Notice::Note(says, Some(("/unwatched".to_owned(), "What happened then".to_owned()))));
        notices
    }

    fn groups(&self, queue: &queue::Queue, find: &str) -> Vec<Group> {
        let wanted = find.trim().to_lowercase();
        let fits = |row: &Row| {
            let all = format!("{} {} {} {}", row.who, row.log, row.why, row.about.join(" "));
            wanted.is_empty() || all.to_lowercase().contains(&wanted)
        };
        let group = |(kind, group): &(GroupKind, QueueGroup)| {
            let rows = queue.group(*group).map(|row| self.row(row)).filter(&fits).collect();
            Group { kind: *kind, note: self.note(*group), rows }
        };
        GROUPS.iter().map(group).collect()
    }

    fn note(&self, group: QueueGroup) -> String {
        match group {
            QueueGroup::Overdue => "what can still be saved comes first".to_owned(),
            QueueGroup::Shift => {
                let ends = self.state().reviews.shift_of(&self.who).map(|shift| shift.until);
                ends.map(|until| format!("by {}", moment::minutes(until))).unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    fn last_looked_at(&self) -> String {
        let ended = self.state().flags.all().iter().rev().take(500);
        let last = ended.filter_map(|flag| Some((self.state().reviews.verdicts(flag.id).last()?, flag)));
        let last = last.max_by_key(|(verdict, _)| verdict.at);
        let log = |subject| match subject {
            Subject::Incident(id) => self.state().reference(id).map(|reference| format!(", Log {reference}")),
            _ => None,
        };
        last.map(|(verdict, flag)| {
            let about = log(self.state().home_of(flag)).unwrap_or_default();
            format!("{}{about}", moment::minutes(verdict.at))
        })
        .unwrap_or_default()
    }

    /// DA calls that are live.
    pub fn calls(&self) -> Vec<(IncidentId, LiveCall)> {
        let since = self.now.minus(Period::hours(2));
        let live = self.state().calls.values().rev().take(2000);
        let live = live.filter(|call| call.started.is_some() && call.ended.is_none());
        live.filter_map(|call| {
            let (began, incident) = (call.began_at()?, self.state().going_on(call.incident?));
            let subject = Subject::Incident(incident);
            if began < since || !self.state().is_da(incident) || !self.may_see(subject) {
                return None;
            }
            let log = self.state().reference(incident)?;
            let urgent = self.state().waiting_on(subject).iter().any(|f| f.is_open() && f.now.severity == Severity::S1);
            let handler =
                call.handler.as_deref().map_or_else(|| "no handler named".to_owned(), |by| format!("handler {by}"));
            let call = LiveCall {
                line: call.line.map_or("Call", alongside_desk::message::Line::word).to_owned(),
                since: began,
                handler,
                why: format!("Log {log}"),
                urgent,
                incident: Some(Act::open("call", "Log", "", format!("/incidents/{}", incident.0))),
            };
            Some((incident, call))
        })
        .collect()
    }

    fn about_work(&self, item: &queue::OpenItem) -> Option<Subject> {
        match item.work {
            OpenWork::Review(id) => self.state().reviews.review(id).map(|review| review.subject),
            OpenWork::Action(id) => self.state().reviews.action(id).map(|action| action.subject),
        }
    }

    fn work(&self, item: &queue::OpenItem) -> Work {
        let about = self.about_work(item);
        let says = about.map(|subject| self.log(subject)).unwrap_or_default();
        if let Some(asked) = &item.action {
            let action = &asked.action;
            let state = match asked.progress {
                Progress::Leaving => "Leaves in seconds".to_owned(),
                Progress::Sent => format!("Not acknowledged, {}", moment::digits(self.now.since(action.asked_at))),
                Progress::Acknowledged => {
                    let at = action.acknowledged.as_ref().map(|(_, at)| moment::minutes(*at)).unwrap_or_default();
                    format!("Acknowledged {at}")
                }
                Progress::Declined => "Cannot be done".to_owned(),
                Progress::Done => "Done".to_owned(),
            };
            return Work {
                says: format!("Needed from the {}, {says}", action.role.word()),
                href: about.map(|subject| self.opens(subject)).unwrap_or_default(),
                state,
                late: asked.is_late || asked.progress == Progress::Declined,
                then: format!("by {}", moment::minutes(action.by)),
            };
        }
        let held = item.row.as_ref().and_then(|row| row.held.as_ref());
        let since = item.row.as_ref().and_then(|row| row.holder.as_ref()).map(|holder| holder.since);
        Work {
            says,
            href: about.map(|subject| self.opens(subject)).unwrap_or_default(),
            state: match (held, since) {
                (Some(held), _) => format!("Held until {}", moment::minutes(held.until)),
                (None, Some(since)) => format!("Yours for {}", moment::age(self.now.since(since))),
                (None, None) => "Yours".to_owned(),
            },
            late: item.row.as_ref().is_some_and(|row| row.group == QueueGroup::Overdue),
            then: if item.note.is_some() { "has a note".to_owned() } else { String::new() },
        }
    }

    fn opens(&self, subject: Subject) -> String {
        match self.state().home(subject) {
            Subject::Incident(id) => format!("/incidents/{}", id.0),
            home => key::opens(self.state(), home, &[]),
        }
    }

    /// `Log 0187`, `Call 55`, or the person's name.
    pub fn log(&self, subject: Subject) -> String {
        let state = self.state();
        match state.home(subject) {
            Subject::Incident(id) => state.reference(id).map_or_else(|| "A log".to_owned(), |log| format!("Log {log}")),
            Subject::Call(id) => {
                state.calls.get(&id).map_or_else(|| "A call".to_owned(), |call| format!("Call {}", call.reference))
            }
            Subject::Person(id) => naming::pair(state, &[id], &[]),
        }
    }

    fn hand_over(&self) -> Option<NextHandOver> {
        let shift = self.state().reviews.shift_of(&self.who)?;
        let open = self.state().open_work(&self.who);
        let noted = open.iter().filter(|work| self.state().has_hand_over_note(**work, &self.who)).count();
        Some(NextHandOver { to: format!("at {}", moment::minutes(shift.until)), noted, open: open.len() })
    }

    fn on_desk(&self) -> Vec<Colleague> {
        let on = self.state().reviews.shifts_on();
        on.map(|shift| {
            let open = self.state().open_work(&shift.staff).len();
            let name = if shift.staff == self.who { "You".to_owned() } else { self.staff.name(&shift.staff) };
            let doing = match open {
                0 => "nothing open".to_owned(),
                n => format!("{n} open"),
            };
            Colleague { name, doing: format!("{}, {doing}", shift.role.word()), present: true }
        })
        .collect()
    }
}
