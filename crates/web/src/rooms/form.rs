//! Forms that end in a judgement: hold, hand over, not domestic abuse, disposition, a flag's verdict, what a role answers.

use std::collections::{BTreeMap, BTreeSet};

use alongside_desk::message::{ActKind, StaffRole};
use alongside_desk::review::{About, ActionId, Ask, Disposition};
use alongside_desk::stamp::{FlagId, IncidentId};
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Subject;
use alongside_desk::{Actor, State};
use alongside_node::Topic;
use axum::extract::{Form, Path};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::act::{form_id, shown_in};
use super::naming::{self, Staff};
use super::{Drawing, Head, Room, Sight, key, nowhere};
use crate::door::{Action, Asked, Decision, Door, Role, Session, Subject as Whose, authorise};
use crate::views::moment;
use crate::views::review::{Field, FieldKind, Review as View};

/// What people wrote, by the names of the fields.
type Answers = BTreeMap<String, String>;

/// What is wrong, by the names of the fields.
type Errors = Vec<(&'static str, String)>;

/// A form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hold,
    HandOver,
    NotAbuse,
    Dispose,
    Disagree,
    Confirm,
    SetAside,
    Note,
    Reason,
    Done,
    Cannot,
}

/// What a form is about.
#[derive(Clone, Copy)]
enum On {
    Row,
    Flag(FlagId),
    Action(ActionId),
}

macro_rules! forms {
    ($($path:literal $kind:ident $show:ident $send:ident),* $(,)?) => {
        /// Mounts its routes.
        #[must_use]
        pub fn mount(door: Door) -> Door {
            $(let door = door.route(Method::GET, $path, $show).route(Method::POST, $path, $send);)*
            door
        }

        $(
            async fn $show(room: Room, asked: Asked, Path(key): Path<String>) -> Response {
                show(&room, &asked, Kind::$kind, key).await
            }

            async fn $send(room: Room, asked: Asked, Path(key): Path<String>, Form(sent): Form<Answers>) -> Response {
                send(&room, &asked, Kind::$kind, key, sent).await
            }
        )*
    };
}

forms! {
    "/rows/{key}/hold" Hold show_hold hold,
    "/rows/{key}/hand-over" HandOver show_hand_over hand_over,
    "/rows/{key}/not-da" NotAbuse show_not_abuse not_abuse,
    "/rows/{key}/dispose" Dispose show_dispose dispose,
    "/rows/{key}/disagree" Disagree show_disagree disagree,
    "/flags/{key}/confirm" Confirm show_confirm confirm,
    "/flags/{key}/set-aside" SetAside show_set_aside set_aside,
    "/rows/{key}/note" Note show_note note,
    "/flags/{key}/reason" Reason show_reason reason,
    "/actions/{key}/done" Done show_done done,
    "/actions/{key}/cannot" Cannot show_cannot cannot,
}

impl Kind {
    fn verb(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::HandOver => "hand-over",
            Self::NotAbuse => "not-da",
            Self::Dispose => "dispose",
            Self::Disagree => "disagree",
            Self::Confirm => "confirm",
            Self::SetAside => "set-aside",
            Self::Note => "note",
            Self::Reason => "reason",
            Self::Done => "done",
            Self::Cannot => "cannot",
        }
    }

    fn right(self) -> Action {
        match self {
            Self::Hold | Self::HandOver | Self::Note => Action::Take,
            Self::Reason => Action::Answer,
            Self::NotAbuse | Self::Dispose | Self::Disagree | Self::Confirm | Self::SetAside => Action::Judge,
            Self::Done | Self::Cannot => Action::Acknowledge,
        }
    }

    fn path(self, key: &str) -> String {
        let of = match self {
            Self::Confirm | Self::SetAside | Self::Reason => "flags",
            Self::Done | Self::Cannot => "actions",
            _ => "rows",
        };
        format!("/{of}/{key}/{}", self.verb())
    }

    fn back(self) -> &'static str {
        if matches!(self, Self::Done | Self::Cannot) { "/actions" } else { "/desk" }
    }

    /// The title, what follows from it, and the word on the button.
    fn says(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Hold => (
                "Hold until",
                "It comes back by itself at that time, or at once when it becomes more urgent.",
                "Hold it",
            ),
            Self::HandOver => ("Hand over", "It is theirs from the moment that you send this.", "Hand it over"),
            Self::NotAbuse => (
                "Not domestic abuse",
                "The flags are set aside. The incident keeps its codes: only its handler can change those.",
                "Set it aside",
            ),
            Self::Dispose => (
                "How does this review end?",
                "Nothing leaves the queue until a person has said this.",
                "Save the disposition",
            ),
            Self::Disagree => {
                ("Disagree with its place", "Your words are kept with it. It stays where it stands.", "Keep this")
            }
            Self::Confirm => ("A missed opportunity", "The flag becomes a finding.", "Confirm it"),
            Self::SetAside => {
                ("Set this flag aside", "It leaves the queue. It comes back if it becomes more urgent.", "Set it aside")
            }
            Self::Note => (
                "Write a note",
                "It is kept with the log, and whoever opens it reads it. It changes nothing else.",
                "Keep the note",
            ),
            Self::Reason => (
                "Give a reason",
                "It goes on the record under your name, and answers the flag. A specialist still looks at it.",
                "Give this reason",
            ),
            Self::Done => ("Done", "The specialist who asked sees it at once.", "It is done"),
            Self::Cannot => (
                "This cannot be done",
                "It goes back to the specialist who asked, who must think again.",
                "Send it back",
            ),
        }
    }

    fn on(self, state: &State, key: &str) -> Option<(On, Subject)> {
        match self {
            Self::Confirm | Self::SetAside | Self::Reason => {
                let flag = FlagId(key.parse().ok()?);
                Some((On::Flag(flag), state.home_of(state.flags.get(flag)?)))
            }
            Self::Done | Self::Cannot => {
                let action = ActionId(key.parse().ok()?);
                Some((On::Action(action), state.home(state.reviews.action(action)?.subject)))
            }
            _ => key::read(state, key).map(|subject| (On::Row, subject)),
        }
    }
}

/// The form at an address, if this person may send it.
fn reach(room: &Room, session: &Session, kind: Kind, key: &str) -> Option<(On, Subject)> {
    room.node.read(|desk| {
        let state = desk.state();
        let (on, subject) = kind.on(state, key)?;
        let staff = naming::staff_in(state, subject, &session.account);
        let allowed = authorise(session, kind.right(), Whose::Record { staff: &staff }) == Decision::Allow;
        let own_list = match on {
            On::Action(action) => {
                let list = super::actions::list_of(state.reviews.action(action)?.role)?;
                session.account.roles.contains(&list)
            }
            _ => true,
        };
        (allowed && own_list).then_some((on, subject))
    })
}

async fn show(room: &Room, asked: &Asked, kind: Kind, key: String) -> Response {
    let Some(session) = &asked.session else { return nowhere(asked) };
    let Some((on, subject)) = reach(room, session, kind, &key) else { return nowhere(asked) };
    let version = room.node.read(|desk| Topic::of_work(desk.state(), &about(on, subject), &naming::actor(session)));
    let version = room.node.version(&version).ok();
    let seq = room.node.read(|desk| desk.state().seq);
    let id = form_id(kind.verb(), &key, seq, version);
    room.page(asked, &Asking { kind, key, id, answers: Answers::new(), errors: Errors::new() }).await
}

fn about(on: On, subject: Subject) -> About {
    match on {
        On::Row | On::Flag(_) => About::Subject(subject),
        On::Action(action) => About::Action(action),
    }
}

async fn send(room: &Room, asked: &Asked, kind: Kind, key: String, answers: Answers) -> Response {
    let Some(session) = &asked.session else { return nowhere(asked) };
    let Some((on, subject)) = reach(room, session, kind, &key) else { return nowhere(asked) };
    let id = answers.get("form_id").cloned().unwrap_or_default();
    match ask(room, session, kind, on, subject, &answers, &id) {
        Ok(ask) => room.act(asked, id, ask, kind.back()).await,
        Err(errors) => {
            let mut page = room.page(asked, &Asking { kind, key, id, answers, errors }).await;
            if page.status() == StatusCode::OK {
                *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            }
            page
        }
    }
}

/// What the answers come to, or what is wrong with them.
fn ask(
    room: &Room,
    session: &Session,
    kind: Kind,
    on: On,
    subject: Subject,
    answers: &Answers,
    id: &str,
) -> Result<Ask, Errors> {
    let now = room.now();
    let text = |name: &str| answers.get(name).map(|text| text.trim()).unwrap_or_default();
    let mut errors = Errors::new();
    let reason: std::sync::Arc<str> = text("reason").into();
    let needs_reason = !matches!(kind, Kind::Confirm | Kind::Done | Kind::HandOver);
    if needs_reason && reason.is_empty() {
        errors.push(("reason", "Say why, in a few words.".to_owned()));
    }
    let mut time = |name: &'static str| {
        next_time(text(name), now).unwrap_or_else(|| {
            errors.push((name, "Give a time as hours and minutes, such as 02:40.".to_owned()));
            now
        })
    };
    let ask = match (kind, on) {
        (Kind::Hold, _) => Ask::Hold { subject, until: time("until"), reason },
        (Kind::HandOver, _) => {
            let to = Actor(text("to").into());
            if !colleagues(room, session, subject).iter().any(|(colleague, _)| *colleague == *to.0) {
                errors.push(("to", "Choose a colleague.".to_owned()));
            }
            Ask::HandOver { subject, to, note: reason }
        }
        (Kind::NotAbuse, _) => Ask::NotAbuse { subject, flags: flags_shown(room, subject, id), reason },
        (Kind::Dispose, _) => {
            let disposition = match text("how") {
                "missed" => Disposition::MissedOpportunity,
                "handled" => Disposition::AlreadyHandled,
                "none" => Disposition::NotAnOpportunity,
                "action" => Disposition::NeedsAction { role: role(text("role")), by: time("by") },
                _ => {
                    errors.push(("how", "Choose how it ends.".to_owned()));
                    Disposition::AlreadyHandled
                }
            };
            Ask::Dispose { subject, flags: flags_shown(room, subject, id), disposition, reason }
        }
        (Kind::Confirm, On::Flag(flag)) => Ask::Confirm { flag, reason },
        (Kind::SetAside, On::Flag(flag)) => Ask::SetAside { flag, reason },
        (Kind::Reason, On::Flag(flag)) => match reasoned(room, session, flag) {
            Some((incident, answers)) => Ask::Reason { incident, answers, reason },
            None => {
                errors.push(("reason", "The flag no longer waits for a reason from you.".to_owned()));
                Ask::Note { subject, note: reason }
            }
        },
        (Kind::Done, On::Action(action)) => Ask::FinishAction { action, note: reason },
        (Kind::Cannot, On::Action(action)) => Ask::DeclineAction { action, reason },
        _ => Ask::Note { subject, note: reason },
    };
    if errors.is_empty() { Ok(ask) } else { Err(errors) }
}

/// The incident of a flag, and the fact that this person's reason would make true.
fn reasoned(room: &Room, session: &Session, flag: FlagId) -> Option<(IncidentId, std::sync::Arc<str>)> {
    room.node.read(|desk| {
        let state = desk.state();
        let role = state.role_of(&naming::actor(session));
        let mut open = state.answerable(flag).filter(|answers| answers.kind == ActKind::Reasoned);
        let answers = open.find(|answers| answers.only.is_none_or(|only| role == Some(only)))?;
        Some((state.flags.get(flag)?.now.incident?, answers.fact.into()))
    })
}

fn role(name: &str) -> StaffRole {
    match name {
        "supervisor" => StaffRole::Supervisor,
        "handler" => StaffRole::Handler,
        "officer" => StaffRole::Officer,
        _ => StaffRole::Dispatcher,
    }
}

/// The flags that were on the page: those that wait and have not changed since the form was shown. One that came or rose
/// since stays in the queue.
fn flags_shown(room: &Room, subject: Subject, id: &str) -> Vec<FlagId> {
    let (Some(seq), _) = shown_in(id) else { return Vec::new() };
    room.node.read(|desk| {
        let state = desk.state();
        let waiting = state.reviews.waiting().filter(|(_, changed)| *changed <= seq).map(|(flag, _)| flag);
        waiting.filter(|flag| state.flags.get(*flag).is_some_and(|flag| state.home_of(flag) == subject)).collect()
    })
}

/// Other specialists who may have it: not one who is a person in it.
fn colleagues(room: &Room, session: &Session, subject: Subject) -> Vec<(String, String)> {
    let staff = Staff::of(&room.gate);
    let is_kept = |account: &crate::door::Account| {
        room.node.read(|desk| !naming::staff_in(desk.state(), subject, account).is_empty())
    };
    let fits = |account: &&crate::door::Account| {
        account.id != session.account.id
            && !account.locked
            && account.roles.contains(&Role::Specialist)
            && !is_kept(account)
    };
    staff.all().filter(fits).map(|account| (account.id.clone(), account.shown.clone())).collect()
}

/// The next time that clocks show `HH:MM`, within a day.
fn next_time(text: &str, now: Timestamp) -> Option<Timestamp> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    if !(0..24).contains(&hours) || !(0..60).contains(&minutes) {
        return None;
    }
    let local = now.local();
    let passed = Period::from_ms(
        (i64::from(local.hour()) * 60 + i64::from(local.minute())) * 60_000
            + i64::from(local.second()) * 1000
            + i64::from(local.millisecond()),
    );
    let midnight = now.minus(passed);
    let shown = format!("{hours:02}:{minutes:02}");
    // The clocks may change between midnight and then: of the instants that could be meant, the first that shows it.
    let mut meant = (0..=1).flat_map(|day| {
        [0, -1, 1].map(|shift| midnight.plus(Period::minutes((day * 24 + hours + shift) * 60 + minutes)))
    });
    meant.find(|at| *at > now && at.local().strftime("%H:%M").to_string() == shown)
}

/// A form as a screen.
struct Asking {
    kind: Kind,
    key: String,
    id: String,
    answers: Answers,
    errors: Errors,
}

impl Sight for Asking {
    type View = View;

    fn head(&self) -> Head {
        Head { title: "Decide", screen: "review", action: self.kind.right(), line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let (_, subject) = reach(room, session, self.kind, &self.key)?;
        let colleagues = colleagues(room, session, subject);
        let staff = Staff::of(&room.gate);
        room.node.read(|desk| {
            let state = desk.state();
            let (victims, suspects) = match subject {
                Subject::Incident(id) => state.incident(id).map_or_else(Default::default, |incident| {
                    (incident.victims().collect::<Vec<_>>(), incident.suspects().collect::<Vec<_>>())
                }),
                Subject::Person(record) => (vec![record], Vec::new()),
                Subject::Call(_) => Default::default(),
            };
            let frame = room.frame(desk, session, nonce, &self.head());
            let who = naming::actor(session);
            let teller = super::desk::Teller { desk, staff: &staff, session, who, now: frame.clock.now };
            let subjects = naming::subjects(state, subject, victims.iter().chain(&suspects).copied());
            let subjects: BTreeSet<String> = subjects.into_iter().collect();
            let (title, lead, submit) = self.kind.says();
            let about = format!("{} · {}", teller.log(subject), naming::pair(state, &victims, &suspects));
            let fields = self.fields(&colleagues, teller.now);
            let view = View {
                frame,
                notices: Vec::new(),
                title: title.to_owned(),
                about,
                lead: lead.to_owned(),
                action: self.kind.path(&self.key),
                back: self.kind.back().to_owned(),
                form_id: self.id.clone(),
                fields,
                submit: submit.to_owned(),
            };
            Some(Drawing { view, seq: state.seq, subjects })
        })
    }
}

impl Asking {
    fn field(&self, name: &'static str, label: &str, hint: &str, kind: FieldKind, value: String) -> Field {
        let error = self.errors.iter().find(|(of, _)| *of == name).map(|(_, says)| says.clone()).unwrap_or_default();
        let value = self.answers.get(name).cloned().unwrap_or(value);
        Field { name, label: label.to_owned(), hint: hint.to_owned(), error, value, kind }
    }

    fn fields(&self, colleagues: &[(String, String)], now: Timestamp) -> Vec<Field> {
        let reason = |label: &str, hint: &str| self.field("reason", label, hint, FieldKind::Text, String::new());
        let soon = |minutes| moment::minutes(now.plus(Period::minutes(minutes)));
        match self.kind {
            Kind::Hold => vec![
                self.field(
                    "until",
                    "Until when?",
                    "24-hour clock, such as 02:40: the next time that clocks show it",
                    FieldKind::Time,
                    soon(30),
                ),
                reason("Why?", ""),
            ],
            Kind::HandOver => vec![
                self.field("to", "To whom?", "", FieldKind::Select(colleagues.to_vec()), String::new()),
                reason("What do they need to know?", ""),
            ],
            Kind::Dispose => {
                let option = |value: &str, says: &str, hint: &str| (value.to_owned(), says.to_owned(), hint.to_owned());
                let how = FieldKind::Radios(vec![
                    option("missed", "A confirmed missed opportunity", "something should have been done"),
                    option("handled", "Already handled", "what was needed had been done"),
                    option("none", "Not an opportunity", "the flags do not fit what happened"),
                    option("action", "Somebody must act", "say who, and by when"),
                ]);
                let roles = [Role::Dispatcher, Role::Supervisor, Role::Handler, Role::Officer];
                let roles = roles.map(|role| (role.name().to_owned(), role.says().to_owned())).to_vec();
                vec![
                    self.field("how", "How does it end?", "", how, String::new()),
                    self.field(
                        "role",
                        "Who must act?",
                        "Only if somebody must",
                        FieldKind::Select(roles),
                        String::new(),
                    ),
                    self.field("by", "By when?", "Only if somebody must; 24-hour clock", FieldKind::Time, soon(15)),
                    reason("Why, or what is needed?", "If somebody must act, they read these words."),
                ]
            }
            Kind::Confirm => vec![reason("What was missed?", "May be left empty")],
            Kind::Done => vec![reason("What was done?", "May be left empty")],
            Kind::Note => vec![reason("What should be known?", "")],
            Kind::Reason => vec![reason("The reason", "")],
            Kind::NotAbuse | Kind::SetAside | Kind::Disagree | Kind::Cannot => vec![reason("Why?", "")],
        }
    }
}
