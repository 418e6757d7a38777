//! Why a row stands where it stands, in plain words and checkable numbers.

use std::sync::Arc;

use alongside_desk::queue::{self, Savable, Unknown, Why as Reasons};
use alongside_desk::review::RECORD_OF;
use alongside_desk::stamp::Evidence;
use alongside_desk::watch::Subject;
use alongside_node::Seq;
use axum::extract::Path;
use axum::http::Method;
use axum::response::Response;

use super::case::timeline::AT_ONCE;
use super::desk::Teller;
use super::naming::{self, Staff};
use super::{Drawing, Head, Room, Sight, key, rule};
use crate::door::{Action, Asked, Door, Session};
use crate::views::moment;
use crate::views::part::{Act, Piece, TimelineEntry, Words};
use crate::views::why::{Sum, Why as View};

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/rows/{key}/why", page)
}

async fn page(room: Room, asked: Asked, Path(key): Path<String>) -> Response {
    room.page(&asked, &Row { key }).await
}

struct Row {
    key: String,
}

impl Sight for Row {
    type View = View;

    fn head(&self) -> Head {
        Head { title: "Why", screen: "why", action: Action::SeeDesk, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let (mut drawing, rests_on) = room.node.read(|desk| {
            let state = desk.state();
            let subject = key::read(state, &self.key)?;
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            if !teller.may_see(subject) {
                return None;
            }
            let queue = queue::queue(desk, teller.now, Some(&teller.who));
            let why = queue::why(&queue, desk, subject)?;
            let rests_on = evidence(&teller, &why);
            let subjects = teller.subjects(&why.row).into_iter().collect();
            Some((Drawing { view: view(&teller, &why, frame), seq: state.seq, subjects }, rests_on))
        })?;
        drawing.view.rests_on = words(room, &rests_on);
        Some(drawing)
    }
}

/// An entry that it rests on, with the stretches that indicators were found in.
struct Rests {
    evidence: Evidence,
    spans: Vec<std::ops::Range<usize>>,
}

fn evidence(teller: &Teller<'_>, why: &Reasons) -> Vec<Rests> {
    let incident = match why.row.subject {
        Subject::Incident(id) => teller.state().incident(id),
        _ => None,
    };
    let signs = incident.map_or(&[][..], |incident| &incident.signs);
    let at = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let rests = |evidence: &Evidence| {
        let found = signs.iter().filter(|sign| sign.stamp.seq == evidence.seq && sign.stated);
        let mut spans: Vec<_> = found.map(|sign| at(sign.start)..at(sign.end)).collect();
        spans.sort_by_key(|span| (span.start, span.end));
        Rests { evidence: evidence.clone(), spans }
    };
    why.rests_on.iter().map(rests).collect()
}

/// The record's own words for each, from the journal.
fn words(room: &Room, rests_on: &[Rests]) -> Vec<TimelineEntry> {
    let seqs: Vec<Seq> = rests_on.iter().map(|rests| Seq(rests.evidence.seq)).collect();
    let texts = room.node.texts(&seqs).unwrap_or_default();
    let of = |seq: u64| texts.iter().find(|text| text.seq == Seq(seq)).and_then(|text| text.raw.clone());
    rests_on.iter().map(|rests| entry(rests, of(rests.evidence.seq))).collect()
}

fn entry(rests: &Rests, raw: Option<Arc<str>>) -> TimelineEntry {
    let message = raw.as_deref().and_then(|raw| alongside_desk::message::read_line(raw).ok()).map(|read| read.message);
    let id = format!("e-{}", rests.evidence.seq);
    let Some(message) = message else {
        let gone = Piece::Redacted("These words have been taken out of the record.".to_owned());
        let what = Words::default().and(gone);
        return TimelineEntry { id, happened: None, learned_later: None, what, live: false, redacted: true };
    };
    let what = match message.body.text() {
        Some((_, text)) => Words::log(text, &rests.spans),
        None => Words::plain(message.body.type_name().replace(['.', '_'], " ")),
    };
    let learned_later = message.known.filter(|known| known.since(message.at) > AT_ONCE);
    TimelineEntry { id, happened: Some(message.at), learned_later, what, live: false, redacted: false }
}

fn view(teller: &Teller<'_>, why: &Reasons, frame: crate::views::frame::Frame) -> View {
    let (state, row) = (teller.state(), &why.row);
    let key = key::of(row.subject);
    let now = teller.now;
    let free = row.holder.is_none() || row.holder_gone;
    let step = if free && teller.may(Action::Take) {
        Some(teller.post("take", "Take", "1", &key))
    } else {
        row.is_mine.then(|| Act::open("dispose", "Decide", "", format!("/rows/{key}/dispose")))
    };
    let disagree = teller.may(Action::Judge);
    View {
        frame,
        about: format!("{} · {}", teller.log(row.subject), naming::pair(state, &row.victims, &row.suspects)),
        sentence: row.why.clone(),
        rests_on: Vec::new(),
        sums: sums(teller, why),
        place: format!("{} of {}.", why.place, why.of),
        above: why.above.map(|(next, rank)| above(teller, row.rank.weight(), next, rank.weight())).unwrap_or_default(),
        clears: why.clears.iter().map(|clear| format!("{} ({})", first_upper(&clear.to), clear.rule)).collect(),
        unknown: why.unknown.iter().map(|thing| unknown(teller, thing)).collect(),
        records: records(teller, why),
        step,
        disagree: disagree
            .then(|| Act::open("disagree", "Disagree, with reason", "D", format!("/rows/{key}/disagree"))),
        recorded: now,
    }
}

/// What the record of each rule on the row says, so that nobody trusts a rule more than it has earned.
fn records(teller: &Teller<'_>, why: &Reasons) -> Vec<(String, String)> {
    let mut rules: Vec<&str> = why.flags.iter().map(|(_, rule, _, _)| &**rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let counted = teller.state().rule_records(teller.now.minus(RECORD_OF));
    let said = |rule: &str| {
        counted.get(rule).map(|record| (rule.to_owned(), format!("in 12 months {}", rule::finding(record))))
    };
    rules.into_iter().filter_map(said).collect()
}

fn above(teller: &Teller<'_>, mine: u64, next: Subject, theirs: u64) -> String {
    format!("Below it stands {}: {mine} against {theirs}.", teller.log(next))
}

fn sums(teller: &Teller<'_>, why: &Reasons) -> Vec<Sum> {
    let (row, rank) = (&why.row, &why.row.rank);
    let sum =
        |question: &str, answer: String, result: String| Sum { question: question.into(), answer, result, over: false };
    let savable = match why.savable {
        Savable::NobodyGoing => "Yes, and nobody is going",
        Savable::UnitOnTheWay => "Yes, and a unit is assigned or there",
        Savable::Yes => "Yes",
        Savable::No => "Not by looking now",
    };
    let mut sums = vec![sum("Can it still be saved?", savable.into(), "first of all".into())];
    if let Some(deadline) = &row.deadline {
        let left = deadline.left(teller.now);
        sums.push(Sum {
            question: "Time".into(),
            answer: format!("{} by {} ({})", deadline.to, moment::seconds(deadline.due), deadline.rule),
            result: format!("{} {}", moment::digits(left), if left.ms() > 0 { "left" } else { "over" }),
            over: left.ms() <= 0,
        });
    }
    let names: Vec<String> =
        why.flags.iter().map(|(_, rule, severity, _)| format!("{rule} {}", severity.name())).collect();
    let names = if names.is_empty() { "No flag".to_owned() } else { names.join(", ") };
    sums.push(sum("How severe?", names, rank.severity.to_string()));
    let last = row.history.last_contact.map(|at| format!("Last contact {}", moment::fact(at, teller.now)));
    sums.push(sum(
        "How recent?",
        last.unwrap_or_else(|| "No contact known".into()),
        format!("× {}/1000", rank.recency),
    ));
    let history = format!("{} contacts tonight, {} earlier reports", row.history.contacts_tonight, row.history.earlier);
    sums.push(sum("What happened before?", history, format!("× {}/100", rank.history)));
    sums.push(sum("Severity, recency and history together", String::new(), rank.harm.to_string()));
    let looked = match (&why.looked.by, why.looked.last) {
        (Some(by), _) => format!("{} has it", teller.staff.name(by)),
        (None, Some(last)) => format!("A review ended {}", moment::fact(last, teller.now)),
        (None, None) => "Nobody has looked".to_owned(),
    };
    sums.push(sum("Who has looked?", looked, format!("+ {}", rank.unseen)));
    let waiting = why.looked.waiting_since.map(|at| format!("Waits since {}", moment::fact(at, teller.now)));
    sums.push(sum("How long untaken?", waiting.unwrap_or_default(), format!("+ {}", rank.climb)));
    sums
}

fn unknown(teller: &Teller<'_>, thing: &Unknown) -> String {
    let named = |record| naming::whole(teller.state(), record).unwrap_or_else(|| "a record without a name".to_owned());
    match thing {
        Unknown::Feed { feed, since } => format!("What {feed} would have said since {}", moment::minutes(*since)),
        Unknown::Victim => "Who she is: no victim has been named".to_owned(),
        Unknown::Suspect => "Who the suspect is".to_owned(),
        Unknown::NotSeen => "Whether she is safe: no unit has seen her".to_owned(),
        Unknown::Risk => "How high the risk is: there is no assessment".to_owned(),
        Unknown::Same { record, with } => format!("Whether {} and {} are one person", named(*record), named(*with)),
    }
}

pub(super) fn first_upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
