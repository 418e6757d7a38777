//! The desk: the ranked queue in its groups, and beside it what this person and this shift have open.

use std::collections::BTreeSet;

use alongside_desk::message::Grade;
use alongside_desk::queue::{self, Group as QueueGroup, Level, Row as QueueRow};
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
use crate::views::desk::{
    Colleague, Desk as View, Empty, Group, GroupKind, Holder, LiveCall, NextHandOver, Row, Shift, Work,
};
use crate::views::moment;
use crate::views::part::{Act, Countdown, Left, Notice, Tag};

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
        let staff = naming::staff_in(self.state(), subject);
        authorise(self.session, Action::SeeDesk, Whose::Record { staff: &staff }) != Decision::NotFound
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

    /// A row of the queue as it is shown.
    pub fn row(&self, row: &QueueRow) -> Row {
        let state = self.state();
        let key = key::of(row.subject);
        let href = |verb: &str| format!("/rows/{key}/{verb}");
        let holder = match &row.holder {
            _ if row.holder_gone => Holder::Nobody,
            None => Holder::Nobody,
            Some(holder) if holder.who == self.who => Holder::You(holder.since),
            Some(holder) => Holder::Other(self.staff.name(&holder.who), holder.since),
        };
        let mut acts = vec![Act::open("why", "Why here", "W", href("why"))];
        let (is_free, is_mine) = (matches!(holder, Holder::Nobody), matches!(holder, Holder::You(_)));
        if self.may(Action::Judge) && (is_free || is_mine) {
            acts.push(Act::open("not-da", "Not DA, with reason", "3", href("not-da")));
            acts.push(Act::open("hold", "Hold until", "H", href("hold")));
        }
        if is_mine && self.may(Action::Take) {
            acts.push(Act::open("hand-over", "Hand over", "", href("hand-over")));
            acts.push(self.post("release", "Let go", "", &key));
        }
        let step = match holder {
            Holder::Nobody if self.may(Action::Take) => Some(self.post("take", "Take", "1", &key)),
            Holder::You(_) => Some(Act::open("dispose", "Decide", "", href("dispose"))),
            _ => None,
        };
        Row {
            id: format!("r-{key}"),
            left: self.left(row),
            tag: self.tag(row),
            why: row.why.clone(),
            why_act: Act::open("why", "Why here", "W", href("why")),
            who: naming::pair(state, &row.victims, &row.suspects),
            about: self.about(row),
            grade: row.grade.map_or("no live log", grade).to_owned(),
            grade_note: match (row.previous_grade, row.target) {
                (Some(before), _) => format!("was {}", grade(before)),
                (None, Some(target)) => format!("by {}", moment::minutes(target)),
                (None, None) => String::new(),
            },
            log: self.log_line(row),
            holder,
            open: Act::open("open", "Open", "", key::opens(state, row.subject, &row.victims)),
            step,
            acts,
        }
    }

    /// A form with one button, sent once for each state of the desk that it was shown in.
    pub fn post(&self, verb: &'static str, says: &str, pressed: &'static str, key: &str) -> Act {
        let id = super::act::form_id(verb, key, self.state().seq, None);
        Act::post(verb, says, pressed, format!("/rows/{key}/{verb}"), id)
    }

    fn log_line(&self, row: &QueueRow) -> String {
        let closed = if row.is_open == Some(false) { ", closed" } else { "" };
        let age = row.opened_at.map(|at| format!(" · {}", moment::age(self.now.since(at)))).unwrap_or_default();
        format!("{}{closed}{age}", self.log(row.subject))
    }

    fn left(&self, row: &QueueRow) -> Left {
        if let Some(held) = &row.held {
            let until = Countdown { at: held.until, from: Some(held.at), to: "held".into(), up: false };
            return Left::Clock(until);
        }
        if let Some(delay) = &row.delay {
            let late = delay.late.filter(|late| late.ms() > 0).map(|late| format!("{} late", moment::age(late)));
            return Left::Words(moment::minutes(delay.at), late.unwrap_or_else(|| "answered".to_owned()));
        }
        match &row.deadline {
            Some(deadline) if deadline.due > deadline.from => Left::Clock(Countdown {
                at: deadline.due,
                from: Some(deadline.from),
                to: deadline.to.to_string(),
                up: false,
            }),
            Some(deadline) => {
                Left::Clock(Countdown { at: deadline.from, from: None, to: deadline.to.to_string(), up: true })
            }
            None if row.group == QueueGroup::Later => Left::Words("later".into(), "to review".into()),
            None if row.is_sample => Left::Words("this shift".into(), "to read".into()),
            None => Left::Words("this shift".into(), "to review".into()),
        }
    }

    fn tag(&self, row: &QueueRow) -> Tag {
        let of = |severity| match severity {
            Severity::S1 => Tag::S1,
            Severity::S2 => Tag::S2,
            Severity::S3 => Tag::S3,
        };
        let flags = row.flags.iter().filter_map(|id| self.state().flags.get(*id));
        match row.severity.or_else(|| flags.map(|flag| flag.now.severity).max()) {
            Some(severity) => of(severity),
            None if row.is_sample => Tag::Sample,
            None if !row.clocks.is_empty() => Tag::Due,
            None => Tag::S3,
        }
    }

    fn about(&self, row: &QueueRow) -> Vec<String> {
        let history = &row.history;
        let mut about = Vec::new();
        let unseen = if history.seen == Some(false) { ", not seen" } else { "" };
        match history.contacts_tonight {
            0 | 1 => about.extend((!unseen.is_empty()).then(|| "not seen yet".to_owned())),
            n => about.push(format!("{n} contacts tonight{unseen}")),
        }
        match history.earlier {
            0 => {}
            1 => about.push("1 earlier report".to_owned()),
            n => about.push(format!("{n} earlier reports")),
        }
        match row.open_flags {
            0 | 1 => {}
            2 => about.push("1 more flag".to_owned()),
            n => about.push(format!("{} more flags", n - 1)),
        }
        if row.holder_gone {
            about.push("whoever had it has gone off shift".to_owned());
        }
        match row.escalation.map(|escalation| escalation.level) {
            Some(Level::Supervisor) => about.push("nobody took it: with the supervisor".to_owned()),
            Some(Level::OnCall) => about.push("nobody took it: with whoever is on call".to_owned()),
            _ => {}
        }
        about
    }
}

/// A grade as people say it.
pub fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Immediate => "Immediate",
        Grade::Priority => "Priority",
        Grade::Scheduled => "Scheduled",
        Grade::Telephone => "Telephone",
        Grade::None => "No grade",
    }
}
