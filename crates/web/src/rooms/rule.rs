//! What the rules ask, and each rule's own record: how often it was right, and whom it was right about.

mod switch;

use std::collections::BTreeSet;
use std::time::Duration;

use alongside_desk::review::{Group, GroupedBy, RECORD_OF, RuleRecord, Shown, StaffEvent};
use alongside_desk::stamp::FlagId;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::{self, Mode, Subject};
use axum::extract::Path;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use super::desk::Teller;
use super::naming::{self, Staff};
use super::why::first_upper;
use super::words::{Texts, What, plain};
use super::{Drawing, Head, Room, Sight, key};
use crate::door::{Action, Asked, Door, Session};
use crate::views::moment;
use crate::views::part::{Tag, Words};
use crate::views::rule::{Family, Line, Month, Reason, Record, Rule as View, Rules as List, Switched, Table};

/// How many reasons for setting aside are shown.
const MOST_REASONS: usize = 10;

/// The families of the catalogue, by the letter that a rule's id begins with.
const FAMILIES: [(char, &str); 6] = [
    ('T', "Time: what has not been done yet"),
    ('H', "History: who she and he are"),
    ('I', "Indicators: what was said and answered"),
    ('L', "Law: orders, release, other forces"),
    ('D', "Decisions: what was lowered, closed, lost"),
    ('V', "Voice: how she was spoken to"),
];

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    let door = door.route(Method::GET, "/rules", all).route(Method::GET, "/rules/{id}", one);
    let door = door.route(Method::GET, "/live/rules", all_line).route(Method::GET, "/live/rules/{id}", one_line);
    door.route(Method::GET, "/rules/{id}/switch", switch::show).route(Method::POST, "/rules/{id}/switch", switch::send)
}

async fn all(room: Room, asked: Asked) -> Response {
    room.page(&asked, &All).await
}

async fn one(room: Room, asked: Asked, Path(id): Path<String>) -> Response {
    room.page(&asked, &One { id }).await
}

async fn all_line(room: Room, asked: Asked, headers: HeaderMap) -> Response {
    room.line(&asked, &headers, All).await
}

async fn one_line(room: Room, asked: Asked, headers: HeaderMap, Path(id): Path<String>) -> Response {
    room.line(&asked, &headers, One { id }).await
}

/// A record counts every flag of a year: it is not counted anew for each message that comes.
const PACE: Duration = Duration::from_secs(1);

struct All;

impl Sight for All {
    type View = List;

    fn head(&self) -> Head {
        Head { title: "Rules", screen: "rules", action: Action::SeeRules, line: Some("/live/rules".to_owned()) }
    }

    fn pace(&self) -> Duration {
        PACE
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<List>> {
        room.node.read(|desk| {
            let state = desk.state();
            let frame = room.frame(desk, session, nonce, &self.head());
            let now = frame.clock.now;
            let records = state.rule_records(now.minus(RECORD_OF));
            let none = RuleRecord::default();
            let line =
                |rule: &watch::Rule| line(rule, records.get(&rule.id).unwrap_or(&none), state.switches.mode(&rule.id));
            let family = |(letter, name)| {
                let lines = state.policy.rules.iter().filter(|rule| rule.id.starts_with(letter)).map(line).collect();
                Family { name, lines }
            };
            let mut families: Vec<Family> = FAMILIES.map(family).into();
            let known = |rule: &watch::Rule| FAMILIES.iter().any(|(letter, _)| rule.id.starts_with(*letter));
            let others = state.policy.rules.iter().filter(|rule| !known(rule)).map(line).collect();
            families.push(Family { name: "The force’s own", lines: others });
            families.retain(|family| !family.lines.is_empty());
            let groups = groups(&|by| state.rule_groups(None, now.minus(RECORD_OF), by));
            let policy = state.policy.version.to_string();
            let view = List { frame, policy, span: span(now), families, groups };
            Some(Drawing { view, seq: state.seq, subjects: BTreeSet::new() })
        })
    }
}

fn line(rule: &watch::Rule, record: &RuleRecord, mode: Mode) -> Line {
    Line {
        id: rule.id.to_string(),
        name: rule.name.to_string(),
        tag: tags(rule).first().copied().unwrap_or(Tag::S3),
        raised: record.raised,
        confirmed: record.confirmed,
        in_hand: record.handled + record.action_asked,
        set_aside: record.set_aside,
        unsaid: record.unsaid,
        to_act: length(record.to_act),
        warns: record.is_mostly_set_aside(),
        mode: if mode == Mode::Live { "" } else { says(mode) },
    }
}

struct One {
    id: String,
}

impl Sight for One {
    type View = View;

    fn head(&self) -> Head {
        let line = Some(format!("/live/rules/{}", self.id));
        Head { title: "Rules", screen: "rule", action: Action::SeeRules, line }
    }

    fn pace(&self) -> Duration {
        PACE
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let mut drawing = Texts::settle(room, |desk, texts| {
            let state = desk.state();
            let rule = state.policy.rule(&self.id)?;
            let frame = room.frame(desk, session, nonce, &self.head());
            let now = frame.clock.now;
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now };
            let counted = state.rule_records(now.minus(RECORD_OF)).remove(&rule.id).unwrap_or_default();
            let (record, subjects) = record(&teller, texts, &rule.id, &counted);
            let mode = state.switches.mode(&rule.id);
            let since = now.minus(RECORD_OF);
            let view = View {
                notices: Vec::new(),
                runs: runs(mode, state.switches.shadows(&rule.id).iter().filter(|shadow| shadow.at >= since).count()),
                is_not_live: mode != Mode::Live,
                switches: switches(&teller, texts, &rule.id),
                switch: teller.may(Action::SwitchRules).then(|| format!("/rules/{}/switch", rule.id)),
                id: rule.id.to_string(),
                name: rule.name.to_string(),
                tags: tags(rule),
                policy: state.policy.version.to_string(),
                asks: first_upper(&rule.to),
                shows: rule.written.says.to_string(),
                source: match &*rule.source {
                    "D" => "Our own default (D): no guidance stands behind it".to_owned(),
                    source => source.to_owned(),
                },
                scope: if rule.any_scope { "Every incident and call" } else { "Domestic abuse" },
                needs: if rule.absence {
                    "Feeds that speak: while one is silent, what it asks for stands as not known"
                } else {
                    "Only what has come in. It works while a feed is silent"
                },
                conditions: conditions(&rule.written),
                settings: rule
                    .settings_shown
                    .iter()
                    .map(|(n, v, f)| (n.replace('_', " "), value(v), f.clone()))
                    .collect(),
                record,
                groups: groups(&|by| state.rule_groups(Some(&rule.id), now.minus(RECORD_OF), by)),
                frame,
            };
            Some(Drawing { view, seq: state.seq, subjects })
        })?;
        drawing.view.notices.extend(room.undo(session, drawing.view.frame.clock.now));
        Some(drawing)
    }
}

/// A setting's value as it is spoken: `15 minutes` for `PT15M`.
fn value(written: &str) -> String {
    let period = written.starts_with('P').then(|| Period::parse(written)).flatten();
    period.map_or_else(
        || written.to_owned(),
        |period| moment::spoken(period).replace(" 0 minutes", "").replace(" 0 hours", ""),
    )
}

/// How a rule runs, in a sentence.
fn runs(mode: Mode, shadows: usize) -> String {
    let tried = match shadows {
        0 => String::new(),
        n => format!(" While it was tried silently in these 12 months it would have raised {n}."),
    };
    let now = match mode {
        Mode::Live => "It is live: what it raises stands in the queue.",
        Mode::Shadow => "It is on trial: what it would raise is counted here, and nobody is told of it.",
        Mode::Off => "It is off: it raises nothing. What it raised before stands until a person disposes of it.",
    };
    format!("{now}{tried}")
}

fn switches(teller: &Teller<'_>, texts: &Texts, rule: &str) -> Vec<Switched> {
    let switched = |switch: &watch::Switch| {
        let What::Staff(_, event) = &texts.get(switch.words)?.what else { return None };
        let StaffEvent::RuleSwitched { reason, .. } = &**event else { return None };
        Some(Switched {
            to: says(switch.mode),
            by: format!("{}, {}", teller.staff.name(&switch.by), moment::fact(switch.at, teller.now)),
            words: Words::plain(plain(reason)),
        })
    };
    teller.state().switches.of(rule).iter().rev().filter_map(switched).collect()
}

/// A mode's word.
pub(super) const fn says(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "Live",
        Mode::Shadow => "On trial",
        Mode::Off => "Off",
    }
}

/// The severities that its steps can reach, the most severe first.
fn tags(rule: &watch::Rule) -> Vec<Tag> {
    let tag = |step: &watch::WrittenStep| match &*step.severity {
        "S1" => Tag::S1,
        "S2" => Tag::S2,
        _ => Tag::S3,
    };
    let mut tags: Vec<Tag> = rule.written.steps.iter().map(tag).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

fn conditions(written: &watch::Written) -> Vec<(String, String)> {
    let pair = |word: &str, expression: &str| (word.to_owned(), expression.to_owned());
    let mut found = vec![pair("when", &written.when)];
    found.extend(written.unless.iter().map(|unless| pair("unless", unless)));
    found.push(pair("from", &written.from));
    for step in &written.steps {
        let due = step.due.as_deref().unwrap_or("at once");
        let when = step.when.as_deref().map(|when| format!(" if {when}")).unwrap_or_default();
        found.push((step.severity.to_string(), format!("{due}{when}")));
    }
    found.push(pair("answered", &written.answered));
    found
}

/// A rule's record in words, and whose data they show. What this person may not know of is not quoted (law 12).
fn record(teller: &Teller<'_>, texts: &Texts, rule: &str, counted: &RuleRecord) -> (Record, BTreeSet<String>) {
    let state = teller.state();
    let mut subjects = BTreeSet::new();
    let mut reasons = Vec::new();
    let may = |flag: &FlagId| state.flags.get(*flag).map(|f| state.home_of(f)).filter(|home| teller.may_see(*home));
    let shown: Vec<(Subject, u64)> =
        counted.reasons.iter().filter_map(|(flag, words)| Some((may(flag)?, *words))).collect();
    for (home, words) in shown.iter().take(MOST_REASONS) {
        subjects.extend(naming::subjects(state, *home, []));
        reasons.extend(reason(teller, texts, *home, *words));
    }
    let share = |part: u32| share(part, counted.judged());
    let sums = vec![
        (counted.raised.to_string(), "raised".to_owned()),
        (counted.confirmed.to_string(), format!("confirmed{}", share(counted.confirmed))),
        (counted.handled.to_string(), "handled already".to_owned()),
        (counted.action_asked.to_string(), "action asked".to_owned()),
        (counted.set_aside.to_string(), format!("set aside{}", share(counted.set_aside))),
        (counted.unsaid.to_string(), "nobody has said".to_owned()),
        (length(counted.to_act), "middle time to the act that answered it".to_owned()),
        (length(counted.to_verdict), "middle time to a person’s word".to_owned()),
    ];
    let warning = if counted.is_mostly_set_aside() {
        "People set aside nine in ten of what it raises. Ask whether it should be changed.".to_owned()
    } else {
        String::new()
    };
    let record = Record {
        finding: finding(counted),
        warning,
        span: span(teller.now),
        sums,
        months: months(teller, rule),
        more_reasons: shown.len().saturating_sub(reasons.len()),
        reasons,
    };
    (record, subjects)
}

fn reason(teller: &Teller<'_>, texts: &Texts, home: Subject, words: u64) -> Option<Reason> {
    let said = texts.get(words)?;
    let (by, text) = match &said.what {
        What::Staff(by, event) => match &**event {
            StaffEvent::SetAside { reason, .. } | StaffEvent::Disposed { reason, .. } => (by, reason),
            _ => return None,
        },
        _ => return None,
    };
    let href = match home {
        Subject::Incident(id) => format!("/incidents/{}", id.0),
        _ => format!("/rows/{}/why", key::of(home)),
    };
    Some(Reason {
        href,
        about: teller.log(home),
        by: format!("{}, {}", teller.staff.name(by), moment::fact(said.at, teller.now)),
        words: Words::plain(plain(text)),
    })
}

/// What a rule's record says, in a sentence.
pub(super) fn finding(record: &RuleRecord) -> String {
    match (record.raised, record.judged()) {
        (0, _) => "it raised nothing".to_owned(),
        (raised, 0) => format!("{raised} raised, and nobody has said yet whether they were right"),
        (_, judged) => format!("{} of {judged} that people spoke on were confirmed", record.confirmed),
    }
}

/// `, 67 % (60 to 73)`: the share with Wilson's interval at 95 %, which says how much so few verdicts can mean.
fn share(part: u32, of: u32) -> String {
    if of == 0 {
        return String::new();
    }
    let (n, p, z) = (f64::from(of), f64::from(part) / f64::from(of), 1.96_f64);
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let per_cent = |share: f64| (share * 100.0).clamp(0.0, 100.0).round();
    format!(", {} % ({} to {})", per_cent(p), per_cent(middle - half), per_cent(middle + half))
}

fn months(teller: &Teller<'_>, rule: &str) -> Vec<Month> {
    let starts = teller.now.last_months(12);
    let counts = teller.state().rule_months(rule, &starts);
    let most = counts.iter().map(|(raised, _)| *raised).max().unwrap_or(0);
    if most == 0 {
        return Vec::new();
    }
    let month = |(n, (start, (raised, confirmed))): (u32, (&Timestamp, &(u32, u32)))| {
        let date = start.local().date();
        Month {
            letter: date.strftime("%b").to_string().chars().next().unwrap_or(' '),
            name: date.strftime("%B %Y").to_string(),
            raised: *raised,
            confirmed: *confirmed,
            x: n * 40 + 6,
            height: raised * 52 / most,
            filled: confirmed * 52 / most,
        }
    };
    (0..).zip(starts.iter().zip(&counts)).map(month).collect()
}

/// A number of a group, where it may be told.
pub(super) fn shown(number: Shown) -> String {
    match number {
        Shown::Number(n) => n.to_string(),
        Shown::Hidden => "hidden".to_owned(),
    }
}

fn groups(of: &dyn Fn(GroupedBy) -> Vec<Group>) -> Vec<Table> {
    let line = |group: Group| (group.name, shown(group.raised), shown(group.right), shown(group.set_aside));
    let table = |(title, by)| Table { title, lines: of(by).into_iter().map(line).collect() };
    [("By sex", GroupedBy::Sex), ("By age", GroupedBy::Age), ("By ethnicity", GroupedBy::Ethnicity)].map(table).into()
}

fn span(now: Timestamp) -> String {
    format!("12 months to {}", now.local().strftime("%-d %b"))
}

/// The time in digits, or a dash.
fn length(time: Option<Period>) -> String {
    time.map_or_else(|| "–".to_owned(), moment::digits)
}
