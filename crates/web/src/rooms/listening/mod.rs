//! Live calls: which of them needs a look first, who listens to which, and the force's leave to listen at all.
//!
//! Invariants: the order is the queue's and no other; whoever is kept from a record learns of no call about it (law 12); what
//! cannot be heard says why.

mod ears;
mod find;
mod hear;
mod one;
pub(super) mod prompt;
mod recorded;
mod shelf;
mod sign_off;
mod who;
mod written;

use ears::Audible;
pub use ears::{Ears, NamedBy, Standing};
pub use hear::end_left_over;
pub use shelf::{Condition, Shelf};

use std::collections::BTreeSet;

use alongside_desk::State;
use alongside_desk::call::Call;
use alongside_desk::listening::{Before, By, Heard, Known};
use alongside_desk::queue::{self, LiveCall};
use alongside_desk::stamp::CallId;
use alongside_desk::time::Period;
use alongside_desk::watch::Subject;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use super::case::banner::Whom;
use super::desk::Teller;
use super::naming::{self, Staff};
use super::row::severe;
use super::words::{Texts, apart};
use super::{Drawing, Head, Room, Sight, key};
use crate::door::{Action, Asked, Door, Session};
use crate::views::listening::{Call as Line, Listening as View};
use crate::views::moment;
use crate::views::part::{Act, Tag};

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/listening", page)
        .route(Method::GET, "/live/listening", line)
        .route(Method::GET, "/listening/sign-off", sign_off::show_sign_off)
        .route(Method::POST, "/listening/sign-off", sign_off::sign_off)
        .route(Method::GET, "/listening/withdraw", sign_off::show_withdraw)
        .route(Method::POST, "/listening/withdraw", sign_off::withdraw)
        .route(Method::GET, "/listening/{key}", one::page)
        .route(Method::GET, "/live/listening/{key}", one::line)
        .route(Method::POST, "/listening/{key}/start", hear::start)
        .route(Method::POST, "/listening/{key}/prompt", prompt::send)
        .route(Method::POST, "/prompts/{id}/withdraw", prompt::withdraw)
        .route(Method::POST, "/hearings/{id}/offer", hear::again)
        .route(Method::POST, "/hearings/{id}/rewind", hear::rewind)
        .route(Method::POST, "/hearings/{id}/catch-up", hear::catch_up)
        .route(Method::POST, "/hearings/{id}/stop", hear::stop)
        .route(Method::GET, "/recordings/{id}", recorded::page)
        .route(Method::GET, "/live/recordings/{id}", recorded::line)
        .route(Method::POST, "/recordings/{id}/play", recorded::play)
        .route(Method::GET, "/recordings/{id}/audio", recorded::audio)
}

async fn page(room: Room, asked: Asked) -> Response {
    room.page(&asked, &Calls).await
}

async fn line(room: Room, asked: Asked, headers: HeaderMap) -> Response {
    room.line(&asked, &headers, Calls).await
}

struct Calls;

impl Sight for Calls {
    type View = View;

    fn head(&self) -> Head {
        let line = Some("/live/listening".to_owned());
        Head { title: "Calls", screen: "listening", action: Action::SeeListening, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let (live, standing) = (room.ears.live(), room.ears.standing());
        Texts::settle(room, |desk, texts| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let scene = Scene { teller: &teller, live: &live, off: off(desk.state(), standing) };
            let (mut calls, others, mut subjects) = scene.lines();
            scene.untold(&mut calls, &mut subjects);
            let (recordings, of_recordings) = teller.recordings();
            subjects.extend(of_recordings);
            let view = View {
                off: scene.off.clone(),
                none: "No call is live now that this desk knows of.".to_owned(),
                others: match others {
                    0 => String::new(),
                    1 => "1 more live call is not shown: its log is about something else.".to_owned(),
                    n => format!("{n} more live calls are not shown: their logs are about something else."),
                },
                calls,
                prompts: teller.prompts_measured(),
                recordings,
                recorded: recorded(desk.state()),
                sign_offs: sign_off::told(&teller, texts),
                acts: sign_off::acts(&teller),
                notices: Vec::new(),
                frame,
            };
            Some(Drawing { view, seq: desk.state().seq, subjects })
        })
    }
}

/// Whether calls are recorded here, in a sentence.
fn recorded(state: &State) -> String {
    let policy = state.policy.recording;
    let days = |keep: Period| keep.ms() / 86_400_000;
    let kept = policy.keep.map(|keep| match days(keep) {
        0 => format!(" Each is deleted after {}.", moment::spoken(keep)),
        1 => " Each is deleted after a day.".to_owned(),
        days => format!(" Each is deleted after {days} days."),
    });
    let kept = kept.unwrap_or_default();
    match (policy.on, state.hearings.sign_off()) {
        (false, _) => "The policy says that calls are not recorded here.".to_owned(),
        (true, None) => "The policy says that calls are recorded here, and no sign-off is entered: none is.".to_owned(),
        (true, Some(_)) => format!("Every call whose audio comes here is recorded, as the policy says.{kept}"),
    }
}

/// Why nobody can listen, and what that means; nothing while live audio is on.
fn off(state: &State, standing: Standing) -> Option<(String, String)> {
    let (what, means) = match (state.hearings.sign_off(), standing) {
        (None, _) => ("Live audio is off.", "The force’s legal sign-off is not entered, so nobody can listen."),
        (Some(_), Standing::NotSetUp) => {
            ("No call can be heard here.", "No media server is set up: no switch sends its calls to this machine.")
        }
        (Some(_), Standing::Stopped) => (
            "Live audio has stopped.",
            "Nobody hears anything until this server is started again. Whoever looks after it must know now.",
        ),
        (Some(_), Standing::Runs) => return None,
    };
    Some((what.to_owned(), means.to_owned()))
}

/// The calls as one person may see them now.
struct Scene<'a> {
    teller: &'a Teller<'a>,
    live: &'a [Audible],
    off: Option<(String, String)>,
}

impl Scene<'_> {
    /// The calls that feeds have told of, how many are about something else, and whose data is shown.
    fn lines(&self) -> (Vec<Line>, usize, BTreeSet<String>) {
        let (teller, state) = (self.teller, self.teller.state());
        let (mut lines, mut others, mut subjects) = (Vec::new(), 0, BTreeSet::new());
        for live in queue::calls(teller.desk, teller.now, Some(&teller.who)) {
            let Some(call) = state.calls.get(&live.call).filter(|call| teller.may_know_call(call)) else { continue };
            if !live.may_be_abuse {
                others += 1;
                continue;
            }
            let told = teller.told_of(&live, call);
            let can_be_heard = self.live.iter().any(|audible| find::call_of(state, audible) == Some(live.call));
            subjects.extend(told.subjects);
            lines.push(Line {
                id: format!("c-{}", live.call.0),
                since: Some(live.began),
                line: told.line,
                tag: told.tag,
                why: told.why,
                who: told.who,
                log: told.log,
                handler: told.handler,
                listeners: told.listeners,
                open: told.open.map(|href| Act::open("open", "Open", "", href)),
                listen: self.listen(&format!("c{}", live.call.0), can_be_heard),
            });
        }
        (lines, others, subjects)
    }

    /// Calls that can be heard and that no feed has told of yet. Nothing is known of them, so they stand last.
    fn untold(&self, lines: &mut Vec<Line>, subjects: &mut BTreeSet<String>) {
        let (teller, state) = (self.teller, self.teller.state());
        for audible in self.live.iter().filter(|audible| find::call_of(state, audible).is_none()) {
            let log = find::log_of(state, audible).map(Subject::Incident);
            if log.is_some_and(|log| !teller.may_see(log)) {
                continue;
            }
            subjects.extend(log.iter().flat_map(|log| naming::subjects(state, *log, [])));
            let key = find::key(state, audible);
            let heard = state.hearings.open().filter(|hearing| match &hearing.heard {
                Heard::Session(name) => audible.names.iter().any(|other| **other == **name),
                Heard::Call(_) => false,
            });
            lines.push(Line {
                id: format!("m-{}", audible.call.0),
                since: None,
                line: "Call".to_owned(),
                tag: None,
                why: "The switch sends this call, and no feed has told of it yet".to_owned(),
                who: String::new(),
                log: log.map_or_else(|| "No log yet".to_owned(), |log| teller.log(log)),
                handler: "No handler named".to_owned(),
                listeners: heard.map(|hearing| teller.listener(hearing)).collect(),
                open: None,
                listen: self.listen(&key, true),
            });
        }
    }

    fn listen(&self, key: &str, can_be_heard: bool) -> Result<Act, String> {
        match &self.off {
            Some((what, _)) => Err(what.trim_end_matches('.').to_owned()),
            None if can_be_heard => Ok(Act::open("listen", "Listen", "", format!("/listening/{key}"))),
            None => Err("The switch sends no audio of it".to_owned()),
        }
    }
}

/// A call as one person is told of it.
struct ToldOf {
    line: String,
    tag: Option<Tag>,
    why: String,
    who: String,
    log: String,
    handler: String,
    listeners: Vec<String>,
    open: Option<String>,
    subjects: Vec<String>,
}

impl Teller<'_> {
    fn told_of(&self, live: &LiveCall, call: &Call) -> ToldOf {
        let (state, row) = (self.state(), &live.row);
        let named = !row.victims.is_empty() || !row.suspects.is_empty();
        let log = call.incident.map(|id| Subject::Incident(state.going_on(id)));
        let pair = named.then(|| naming::pair(state, &row.victims, &row.suspects));
        let is_of_log = log == Some(row.subject);
        let who = pair.map(|pair| if is_of_log { pair } else { format!("{pair}, by number or place: not certain") });
        let opens = live.is_queued.then(|| key::opens(state, row.subject, &row.victims));
        let opens = opens.or_else(|| call.incident.map(|id| format!("/incidents/{}", state.going_on(id).0)));
        let mut subjects = self.subjects(row);
        subjects.extend(log.iter().flat_map(|log| naming::subjects(state, *log, [])));
        ToldOf {
            line: call.line.map_or("Call", alongside_desk::message::Line::word).to_owned(),
            tag: row.severity.map(severe),
            why: if live.is_queued { apart(&row.why).0 } else { self.before(call) },
            who: who.unwrap_or_default(),
            log: log.map_or_else(|| "No log yet".to_owned(), |log| self.log(log)),
            handler: self.handler(call),
            listeners: state.listening_to(call).into_iter().map(|hearing| self.listener(hearing)).collect(),
            open: opens,
            subjects,
        }
    }

    /// What is known of whoever may be ringing, in a sentence.
    fn before(&self, call: &Call) -> String {
        let state = self.state();
        let Some(known) = Known::of(state, call).into_iter().next() else {
            return "Nobody is known by its number or place".to_owned();
        };
        let by = match known.by {
            By::Log => "On the log",
            By::Number => "Known by the number",
            By::Place => "Known by the address",
        };
        if !known.victim {
            return format!("{by}, and never as a victim");
        }
        let whom = Whom::of(state, known.record);
        let Before { tonight, earlier, seen } = Before::of(state, call, &whom.incidents, &whom.records, self.now);
        let contacts = match tonight {
            0 => "no other contact in 12 hours".to_owned(),
            1 => "1 other contact in 12 hours".to_owned(),
            n => format!("{n} other contacts in 12 hours"),
        };
        let earlier = match earlier {
            0 => "no earlier domestic abuse log".to_owned(),
            1 => "1 earlier domestic abuse log".to_owned(),
            n => format!("{n} earlier domestic abuse logs"),
        };
        let unseen = if tonight > 0 && !seen { ", not known to have been seen" } else { "" };
        format!("{by} as a victim: {contacts}{unseen}, {earlier}")
    }

    /// `Log 0187`, `a call with no log yet`: what somebody listens to, for the supervisor.
    pub fn heard(&self, id: Option<CallId>) -> String {
        let call = id.and_then(|id| self.state().calls.get(&id)).filter(|call| self.may_know_call(call));
        match call.and_then(|call| Some((call, call.incident?))) {
            Some((call, log)) => format!("{}, {}", self.log(Subject::Incident(log)), self.handler(call)),
            None => match call {
                Some(call) => format!("no log yet, {}", self.handler(call)),
                None => "a call".to_owned(),
            },
        }
    }
}
