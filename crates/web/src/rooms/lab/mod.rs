//! The policy lab: another policy on the room's own past, beside what was raised and what people said of it. Nothing of it
//! reaches the desk: a policy is put in force where it always is.

mod trial;

use std::collections::BTreeSet;

use alongside_desk::lab::{ByWord, Report, RuleLine, Workload};
use alongside_desk::review::GroupedBy;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Policy;
use axum::extract::Form;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

pub use self::trial::{Laboratory, Stands, Trial};
use super::naming::Staff;
use super::rule::shown;
use super::{Drawing, Head, Room, Sight, nowhere};
use crate::door::{Action, Asked, Decision, Door, Session, Subject as Whose, authorise};
use crate::page;
use crate::views::lab::{Lab as View, Line, Load, Progress, Results, Table, Try as Form_};
use crate::views::{moment, state};

/// Spans that may be asked for, in months.
const MONTHS: [i64; 4] = [1, 3, 6, 12];

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/lab", page)
        .route(Method::GET, "/live/lab", line)
        .route(Method::GET, "/lab/try", form)
        .route(Method::POST, "/lab/try", begin)
        .route(Method::POST, "/lab/stop", stop)
}

async fn page(room: Room, asked: Asked) -> Response {
    room.page(&asked, &Lab).await
}

async fn line(room: Room, asked: Asked, headers: HeaderMap) -> Response {
    room.line(&asked, &headers, Lab).await
}

async fn form(room: Room, asked: Asked) -> Response {
    room.page(&asked, &Try { sent: None, problems: Vec::new() }).await
}

/// What was sent.
#[derive(Clone, Default, Deserialize)]
struct Sent {
    #[serde(default)]
    policy: String,
    #[serde(default)]
    months: String,
}

async fn begin(room: Room, asked: Asked, Form(sent): Form<Sent>) -> Response {
    let Some(session) = &asked.session else { return nowhere(&asked) };
    let months = sent.months.parse().ok().filter(|months| MONTHS.contains(months)).unwrap_or(12);
    // A browser sends a text with the line ends of the web.
    match Policy::parse(&sent.policy.replace("\r\n", "\n")) {
        Ok(policy) => {
            let from = room.now().minus(Period::hours(24 * 365 * months / 12));
            match room.laboratory.begin(room.node.clone(), policy, from, session.account.id.clone()) {
                Ok(()) => Redirect::to("/lab").into_response(),
                Err(trial::Busy) => page::state(StatusCode::CONFLICT, &state::TRIAL_RUNNING, asked.session.clone()),
            }
        }
        Err(problems) => {
            let told =
                problems.iter().map(|p| format!("Line {}, column {}: {}", p.line, p.column, p.message)).collect();
            let mut page = room.page(&asked, &Try { sent: Some(sent), problems: told }).await;
            if page.status() == StatusCode::OK {
                *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            }
            page
        }
    }
}

async fn stop(room: Room, asked: Asked) -> Response {
    room.laboratory.stop();
    if asked.sheet { StatusCode::NO_CONTENT.into_response() } else { Redirect::to("/lab").into_response() }
}

struct Lab;

impl Sight for Lab {
    type View = View;

    fn head(&self) -> Head {
        Head { title: "Rules", screen: "lab", action: Action::SeeRules, line: Some("/live/lab".to_owned()) }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let trial = room.laboratory.trial();
        room.node.read(|desk| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let now = frame.clock.now;
            let may = authorise(session, Action::TryPolicy, Whose::Screen) == Decision::Allow;
            let in_force = trial.as_ref().is_some_and(|trial| trial.version == desk.state().policy.version);
            let about = trial.as_ref().map_or_else(String::new, |trial| {
                let which =
                    if in_force { "the policy in force".to_owned() } else { format!("policy {}", trial.version) };
                let by = staff.name(&alongside_desk::Actor(trial.by.as_str().into()));
                format!("{which}, tried by {by}, {}", moment::fact(trial.asked_at, now))
            });
            let stands = trial.as_ref().map(|trial| &trial.stands);
            let name =
                |rule: &str| desk.state().policy.rule(rule).map_or_else(String::new, |rule| rule.name.to_string());
            let view = View {
                frame,
                about,
                progress: match stands {
                    Some(Stands::Running(done, of)) => Some(Progress { done: *done, of: (*of).max(1) }),
                    _ => None,
                },
                says: match stands {
                    None => "Nothing has been tried since this server started.",
                    Some(Stands::Stopped) => "It was ended before it was through. Nothing came of it.",
                    Some(Stands::Failed) => {
                        "The journal could not be read, so nothing came of it. Tell the administrator."
                    }
                    Some(Stands::Running(..) | Stands::Done(_)) => "",
                },
                may,
                results: match stands {
                    Some(Stands::Done(report)) => Some(results(report, desk.state().policy.live_from, &name)),
                    _ => None,
                },
            };
            Some(Drawing { view, seq: desk.state().seq, subjects: BTreeSet::new() })
        })
    }
}

fn results(report: &Report, live_from: Option<Timestamp>, name: &dyn Fn(&str) -> String) -> Results {
    let lines = report.rules.iter().filter(|line| line.was + line.would > 0);
    let quiet = report.rules.iter().filter(|line| line.was + line.would == 0).count();
    let changed = |line: &&RuleLine| line.both < line.was.max(line.would) || line.sooner + line.later > 0;
    let load = |of: &'static str, load: &Workload| Load {
        of,
        flags: load.flags,
        urgent: load.urgent,
        middle: load.middle,
        most: load.most,
    };
    let title = |by| match by {
        GroupedBy::Sex => "By sex",
        GroupedBy::Age => "By age",
        GroupedBy::Ethnicity => "By ethnicity",
    };
    let table = |(by, lines): &(GroupedBy, Vec<alongside_desk::lab::GroupLine>)| Table {
        title: title(*by),
        lines: lines.iter().map(|line| (line.name, shown(line.was), shown(line.would))).collect(),
    };
    Results {
        span: format!("{} to {}", day(report.from), day(report.until)),
        reaches_back: live_from.filter(|live| *live > report.from).map_or_else(String::new, |live| {
            let since = day(live);
            format!("The desk went live on {since}. What was known before then raised nothing, so whatever this policy finds there stands as raised anew.")
        }),
        shifts: report.would.shifts,
        changed: lines.clone().filter(changed).count(),
        lines: lines
            .map(|line| Line {
                id: line.rule.to_string(),
                name: name(&line.rule),
                was: line.was,
                would: line.would,
                same: line.both,
                times: times(line),
                dropped: words(&line.dropped),
                lost: line.dropped.confirmed,
                new: words(&line.new),
            })
            .collect(),
        quiet,
        loads: vec![load("Raised then", &report.was), load("This policy", &report.would)],
        groups: report.groups.iter().map(table).collect(),
    }
}

fn day(at: Timestamp) -> String {
    at.local().strftime("%-d %b %Y").to_string()
}

/// `4 sooner, 1 later`
fn times(line: &RuleLine) -> String {
    said(&[(line.sooner, "sooner"), (line.later, "later"), (line.severer, "more severe"), (line.milder, "less severe")])
}

/// `3: 2 confirmed, 1 set aside`
fn words(by: &ByWord) -> String {
    match by.all() {
        0 => "–".to_owned(),
        all => {
            let words = [
                (by.confirmed, "confirmed"),
                (by.in_hand, "in hand"),
                (by.set_aside, "set aside"),
                (by.unsaid, "nobody said"),
            ];
            format!("{all}: {}", said(&words))
        }
    }
}

fn said(counts: &[(u32, &str)]) -> String {
    let some = counts.iter().filter(|(count, _)| *count > 0);
    some.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

struct Try {
    sent: Option<Sent>,
    problems: Vec<String>,
}

impl Sight for Try {
    type View = Form_;

    fn head(&self) -> Head {
        Head { title: "Rules", screen: "review", action: Action::TryPolicy, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<Form_>> {
        let last = room.laboratory.trial().map(|trial| trial.text);
        room.node.read(|desk| {
            let state = desk.state();
            let policy = self.sent.as_ref().map_or_else(
                || last.unwrap_or_else(|| state.policy.text.clone()).to_string(),
                |sent| sent.policy.clone(),
            );
            let months = self.sent.as_ref().map_or("12", |sent| sent.months.as_str());
            let view = Form_ {
                frame: room.frame(desk, session, nonce, &self.head()),
                policy,
                months: MONTHS
                    .iter()
                    .rev()
                    .map(|n| {
                        let n = n.to_string();
                        let (is, says) =
                            (n == months, if n == "1" { "one month".to_owned() } else { format!("{n} months") });
                        (n, says, is)
                    })
                    .collect(),
                problems: self.problems.clone(),
            };
            Some(Drawing { view, seq: state.seq, subjects: BTreeSet::new() })
        })
    }
}
