//! The identity banner: who she is, how to reach her, what protects her, who is suspected. What is not known is said.

use std::collections::BTreeSet;

use alongside_desk::State;
use alongside_desk::incident::Incident;
use alongside_desk::message::{AnsweredBy, Role};
use alongside_desk::order::Order;
use alongside_desk::person::Answer;
use alongside_desk::stamp::{IncidentId, RecordId};
use alongside_desk::time::{Period, Timestamp};

use super::entry::{marker_says, order, upper, word};
use super::timeline::Scene;
use crate::rooms::naming;
use crate::rooms::row::grade;
use crate::rooms::words::plain;
use crate::views::case::{Banner, Known};
use crate::views::moment;
use crate::views::part::{Piece, Words};

/// A call that has not ended by then is not shown as going on.
const LONGEST_CALL: Period = Period::hours(2);

/// A person whom a page is about, and what counts as theirs.
pub struct Whom {
    /// Every record that counts as this person.
    pub records: Vec<RecordId>,
    /// Their incidents, newest first.
    pub incidents: Vec<IncidentId>,
}

impl Whom {
    /// A person and the incidents that they are the victim of; of somebody who is never one, those that they are on.
    pub fn of(state: &State, record: RecordId) -> Self {
        let (records, _) = state.people.counted(record);
        let mut incidents = state.incidents_of(&records, Role::Victim);
        if incidents.is_empty() {
            let roles = [Role::Suspect, Role::Caller, Role::Witness, Role::Child, Role::Other];
            let all: BTreeSet<_> = roles.into_iter().flat_map(|role| state.incidents_of(&records, role)).collect();
            incidents = all.into_iter().collect();
        }
        incidents.sort_by_key(|id| std::cmp::Reverse((state.opened_at(*id), *id)));
        Self { records, incidents }
    }

    /// Everybody on these incidents, by role, without repeats.
    pub fn others(&self, state: &State, role: Role) -> Vec<RecordId> {
        let mut found = Vec::new();
        for person in self.incidents.iter().flat_map(|id| people(state, *id)) {
            if person.role == role && !self.records.contains(&person.record) && !found.contains(&person.record) {
                found.push(person.record);
            }
        }
        found
    }
}

/// Suspects named in the banner, the newest first; the rest are counted there and stand under people and links.
const MOST_NAMED: usize = 3;

/// Other spellings of one name in the banner; all of them stand with their records under people and links.
const MOST_SPELLINGS: usize = 3;

/// A suspect: the records that count as them, and those that may be them and count in nothing.
struct Suspect {
    records: Vec<RecordId>,
    may_be: Vec<RecordId>,
}

/// Who is on an incident, however long ago it was.
pub fn people(state: &State, id: IncidentId) -> &[alongside_desk::incident::Involvement] {
    match state.incident(id) {
        Some(incident) => &incident.people,
        None => state.past.get(&id).map_or(&[], |past| &past.people),
    }
}

/// A language by its BCP 47 tag, as far as this program has a word for it; else the tag.
pub fn language(tag: &str) -> &str {
    const NAMES: &[(&str, &str)] = &[
        ("am", "Amharic"),
        ("ar", "Arabic"),
        ("bfi", "British Sign Language"),
        ("bg", "Bulgarian"),
        ("bn", "Bengali"),
        ("ckb", "Kurdish Sorani"),
        ("cs", "Czech"),
        ("cy", "Welsh"),
        ("de", "German"),
        ("el", "Greek"),
        ("en", "English"),
        ("es", "Spanish"),
        ("fa", "Farsi"),
        ("fr", "French"),
        ("gu", "Gujarati"),
        ("hi", "Hindi"),
        ("hu", "Hungarian"),
        ("it", "Italian"),
        ("ku", "Kurdish"),
        ("lt", "Lithuanian"),
        ("lv", "Latvian"),
        ("ne", "Nepali"),
        ("pa", "Punjabi"),
        ("pl", "Polish"),
        ("ps", "Pashto"),
        ("pt", "Portuguese"),
        ("ro", "Romanian"),
        ("ru", "Russian"),
        ("sk", "Slovak"),
        ("so", "Somali"),
        ("sq", "Albanian"),
        ("sw", "Swahili"),
        ("ta", "Tamil"),
        ("ti", "Tigrinya"),
        ("tl", "Tagalog"),
        ("tr", "Turkish"),
        ("uk", "Ukrainian"),
        ("ur", "Urdu"),
        ("vi", "Vietnamese"),
        ("yo", "Yoruba"),
        ("zh", "Chinese"),
    ];
    let first = tag.split('-').next().unwrap_or(tag);
    NAMES.iter().find(|(code, _)| code.eq_ignore_ascii_case(first)).map_or(tag, |(_, name)| name)
}

/// `WRONA, Katarzyna`; the whole name where its parts are not told apart.
pub fn name(state: &State, record: RecordId) -> String {
    let person = &state.people.record(record).person;
    let told = match (&person.family, &person.given) {
        (Some(family), Some(given)) => Some(format!("{}, {given}", family.to_uppercase())),
        _ => naming::whole(state, record),
    };
    told.map_or_else(|| "Not named".to_owned(), |name| plain(&name))
}

impl Scene<'_> {
    /// The banner of a person.
    pub fn banner(&self, whom: &Whom) -> Banner {
        let (state, now) = (self.teller.state(), self.teller.now);
        let named = whom.records.iter().rev().find(|record| state.people.record(**record).person.full_name().is_some());
        let live = whom.incidents.iter().filter_map(|id| state.incident(*id)).find(|incident| incident.is_open());
        let orders = self.in_force(whom);
        let backs = self.calls(whom).flat_map(|call| &call.backs);
        let unsafe_back = backs.filter(|(_, by)| *by == AnsweredBy::Suspect).map(|(stamp, _)| stamp.at).max();
        Banner {
            name: named.map_or_else(|| "Not named".to_owned(), |record| name(state, *record)),
            about: self.about(whom),
            log: live.map(|incident| self.log_line(incident)).unwrap_or_default(),
            live: self.live_call(whom),
            unsafe_contact: unsafe_back
                .map(|at| format!("The suspect answered when she was rung back, {}.", moment::fact(at, now)))
                .unwrap_or_default(),
            safe_contact: "Not known: nobody has said how she can be reached safely.".to_owned(),
            orders: self.orders_in_short(whom, &orders),
            orders_alarm: self.orders_alarm(live, &orders),
            markers: self.markers(whom),
            suspect: self.suspects(whom),
        }
    }

    fn about(&self, whom: &Whom) -> String {
        let (state, now) = (self.teller.state(), self.teller.now);
        let people: Vec<_> = whom.records.iter().map(|record| &state.people.record(*record).person).collect();
        let born = people.iter().rev().find_map(|person| person.born);
        let tongue = people.iter().rev().find_map(|person| person.language.as_deref());
        let needs = people.iter().rev().find_map(|person| person.interpreter);
        let mut parts = vec![
            born.map_or_else(|| "age not known".to_owned(), |born| format!("{} (born {born})", born.age_at(now))),
            tongue.map_or_else(|| "language not known".to_owned(), |tag| plain(language(tag))),
        ];
        parts.extend(needs.map(|needs| if needs { "needs an interpreter" } else { "needs no interpreter" }.to_owned()));
        let own = people.iter().rev().find_map(|person| person.full_name());
        let mut others: Vec<String> = Vec::new();
        for name in
            people.iter().flat_map(|person| person.full_name().into_iter().chain(person.aliases.iter().cloned()))
        {
            if Some(&name) != own.as_ref() && !others.contains(&name) {
                others.push(name);
            }
        }
        if !others.is_empty() {
            let more = match others.len().saturating_sub(MOST_SPELLINGS) {
                0 => String::new(),
                1 => " and 1 other way".to_owned(),
                n => format!(" and {n} other ways"),
            };
            others.truncate(MOST_SPELLINGS);
            parts.push(format!("also written {}{more}", plain(&others.join(", "))));
        }
        parts.join(" · ")
    }

    /// `Log 0187 · Priority, was Immediate until 02:07`
    pub fn log_line(&self, incident: &Incident) -> Words {
        let link = Piece::Link(format!("/incidents/{}", incident.id.0), format!("Log {}", plain(&incident.reference)));
        let mut words = Words::default().and(link);
        words.pieces.push(Piece::Plain(" · ".to_owned()));
        words.pieces.extend(grade_line(incident).pieces);
        words
    }

    fn calls(&self, whom: &Whom) -> impl Iterator<Item = &alongside_desk::call::Call> {
        let state = self.teller.state();
        let incidents = whom.incidents.iter().filter_map(|id| state.incident(*id)).collect::<Vec<_>>();
        incidents.into_iter().flat_map(|incident| &incident.calls).filter_map(|call| state.calls.get(call))
    }

    fn live_call(&self, whom: &Whom) -> Option<String> {
        let now = self.teller.now;
        let live = self.calls(whom).filter(|call| call.ended.is_none());
        let live = live.filter_map(|call| Some((call.started.as_ref()?.at, call)));
        let (since, call) = live.filter(|(at, _)| now.since(*at) < LONGEST_CALL).max_by_key(|(at, _)| *at)?;
        let line = call.line.map_or("a call", alongside_desk::message::Line::word);
        let handler = call.handler.as_deref().map(|by| format!(", taken by {}", plain(by))).unwrap_or_default();
        Some(format!("On {line} now, since {}{handler}", moment::seconds(since)))
    }

    /// The orders and conditions in force that protect a person.
    pub fn in_force(&self, whom: &Whom) -> Vec<&Order> {
        let (state, now) = (self.teller.state(), self.teller.now);
        let ids: BTreeSet<_> =
            whom.records.iter().flat_map(|record| &state.people.record(*record).protected_by).collect();
        let orders = ids.into_iter().filter_map(|id| state.orders.get(id.at()));
        orders.filter(|order| order.in_force_at(now)).collect()
    }

    /// Why a list that came out empty may still not be complete; nothing when it is known to be.
    fn silence(&self) -> Option<String> {
        let silent = self.teller.state().feeds.iter().find_map(|(name, feed)| Some((name, feed.silent_since?)));
        silent.map(|(name, since)| format!("{} has been silent since {}.", plain(name), moment::minutes(since)))
    }

    /// The orders in force, each with its conditions.
    pub fn orders(&self, whom: &Whom) -> Known<Words> {
        let orders = self.in_force(whom);
        if orders.is_empty() {
            if self.teller.state().orders.is_empty() {
                return Known::No("No feed has ever told this desk of an order.".to_owned());
            }
            if let Some(why) = self.silence() {
                return Known::No(why);
            }
        }
        Known::Yes(orders.into_iter().map(|order| self.order(order)).collect())
    }

    fn order(&self, held: &Order) -> Words {
        let (state, now) = (self.teller.state(), self.teller.now);
        let mut words = Words::default()
            .and(Piece::Strong(upper(&order(held.kind.word()))))
            .and(Piece::Plain(" against ".to_owned()))
            .and(Piece::Name(name(state, held.subject)));
        let until =
            held.until.map_or_else(|| ", no end said".to_owned(), |until| format!(", to {}", moment::fact(until, now)));
        words.pieces.push(Piece::Plain(format!("{until}. ")));
        let conditions: Vec<String> = match self.texts.get(held.made.seq).and_then(|said| said.message()) {
            Some((message, _)) => match &message.body {
                alongside_desk::message::Body::OrderMade { conditions, .. }
                | alongside_desk::message::Body::Released { conditions, .. } => conditions.clone(),
                _ => Vec::new(),
            },
            None => Vec::new(),
        };
        if conditions.is_empty() {
            words.pieces.push(Piece::Plain("Its conditions are not known. ".to_owned()));
        }
        for condition in &conditions {
            words.pieces.extend(crate::rooms::words::log(condition, &[]).pieces);
            words.pieces.push(Piece::Plain(" ".to_owned()));
        }
        words.and(Piece::Link(format!("#e-{}", held.made.seq), "the entry".to_owned()))
    }

    fn orders_in_short(&self, whom: &Whom, orders: &[&Order]) -> Words {
        let Known::Yes(list) = self.orders(whom) else { return Words::plain("Not known") };
        if list.is_empty() {
            return Words::plain("None found");
        }
        let mut words = Words::default();
        for held in orders {
            if !words.pieces.is_empty() {
                words.pieces.push(Piece::Plain(" · ".to_owned()));
            }
            let until =
                held.until.map(|until| format!(" to {}", moment::fact(until, self.teller.now))).unwrap_or_default();
            words.pieces.push(Piece::Strong(upper(&order(held.kind.word()))));
            words.pieces.push(Piece::Plain(until));
        }
        words
    }

    /// Whether a unit that was sent knows of an order in force.
    fn orders_alarm(&self, live: Option<&Incident>, orders: &[&Order]) -> String {
        let Some(incident) = live.filter(|incident| !orders.is_empty() && !incident.stints.is_empty()) else {
            return String::new();
        };
        let is_told = incident.signs.iter().any(|sign| sign.told && sign.stated && &*sign.indicator == "order_told");
        if is_told { String::new() } else { "Unit not told".to_owned() }
    }

    fn held(&self, records: &[RecordId]) -> Vec<String> {
        let (state, now) = (self.teller.state(), self.teller.now);
        let mut found: Vec<String> = Vec::new();
        for held in records.iter().flat_map(|record| &state.people.record(*record).markers) {
            let says = upper(&marker_says(held.marker.word()));
            if held.until.is_none_or(|until| until > now) && !found.contains(&says) {
                found.push(says);
            }
        }
        found
    }

    fn markers(&self, whom: &Whom) -> Words {
        let state = self.teller.state();
        let held = self.held(&whom.records);
        let mut words = Words::default();
        if held.is_empty() {
            let says = self.silence().map_or_else(|| "None found".to_owned(), |why| format!("None found; {why}"));
            words.pieces.push(Piece::Plain(says));
        } else {
            words.pieces.push(Piece::Strong(held.join(" · ")));
        }
        let people = whom.records.iter().map(|record| &state.people.record(*record).person);
        if people.clone().any(|person| person.pregnant == Some(true)) {
            words.pieces.push(Piece::Plain(" · pregnant".to_owned()));
        }
        words.and(Piece::Plain(match whom.others(state, Role::Child).len() {
            0 => ". No children named".to_owned(),
            1 => ". One child named".to_owned(),
            n => format!(". {n} children named"),
        }))
    }

    /// Suspects, the newest first: records that count as one are one, and a match that nobody has answered is asked, never
    /// counted.
    fn one_by_one(&self, whom: &Whom) -> Vec<Suspect> {
        let people = &self.teller.state().people;
        let asks = |a: RecordId, b: RecordId| {
            people.matches_of(a).any(|found| found.answer == Answer::Asked && [found.of, found.with].contains(&b))
        };
        let mut named: Vec<Suspect> = Vec::new();
        for record in whom.others(self.teller.state(), Role::Suspect) {
            let same = named.iter_mut().find(|one| one.records.iter().any(|of| people.counts_as(*of, record)));
            if let Some(one) = same {
                one.records.push(record);
                continue;
            }
            let all = |one: &Suspect| one.records.iter().chain(&one.may_be).any(|of| asks(*of, record));
            match named.iter_mut().find(|one| all(one)) {
                Some(one) => one.may_be.push(record),
                None => named.push(Suspect { records: vec![record], may_be: Vec::new() }),
            }
        }
        named
    }

    fn suspects(&self, whom: &Whom) -> Words {
        let (state, now) = (self.teller.state(), self.teller.now);
        let mut words = Words::default();
        let people = self.one_by_one(whom);
        for one in people.iter().take(MOST_NAMED) {
            if !words.pieces.is_empty() {
                words.pieces.push(Piece::Plain(" · ".to_owned()));
            }
            let record = one.records[0];
            words.pieces.push(Piece::Name(name(state, record)));
            let person = &state.people.record(record).person;
            let mut rest: Vec<String> = person.born.map(|born| born.age_at(now).to_string()).into_iter().collect();
            rest.extend(relationship(state, whom, record));
            rest.extend(self.held(&state.people.identity(record)));
            rest.extend(custody(state, record, now));
            if !rest.is_empty() {
                words.pieces.push(Piece::Plain(format!(", {}", rest.join(", "))));
            }
            let mut written: Vec<String> = vec![name(state, record)];
            for (records, says) in [(&one.records, "also written"), (&one.may_be, "may be the same person as")] {
                let others = records.iter().map(|record| name(state, *record));
                let mut others: Vec<String> = others.filter(|name| !written.contains(name)).collect();
                others.sort_unstable();
                others.dedup();
                for (n, other) in others.iter().take(MOST_SPELLINGS).enumerate() {
                    let before = if n == 0 { format!(", {says} ") } else { ", ".to_owned() };
                    words.pieces.push(Piece::Plain(before));
                    words.pieces.push(Piece::Name(other.clone()));
                }
                match others.len().saturating_sub(MOST_SPELLINGS) {
                    0 => {}
                    n => words.pieces.push(Piece::Plain(format!(" and {n} more"))),
                }
                written.extend(others);
            }
        }
        if let Some(more @ 1..) = people.len().checked_sub(MOST_NAMED) {
            words.pieces.push(Piece::Plain(format!(" · {more} more, under people and links")));
        }
        if words.pieces.is_empty() { Words::plain("Not known") } else { words }
    }
}

/// What somebody is to her, as last said.
pub fn relationship(state: &State, whom: &Whom, record: RecordId) -> Option<String> {
    let said = whom.incidents.iter().flat_map(|id| people(state, *id));
    said.filter(|person| person.record == record).find_map(|person| Some(word(person.relationship?.word())))
}

/// The grade in force, and the one before.
pub fn grade_line(incident: &Incident) -> Words {
    let Some(last) = incident.gradings.last() else { return Words::plain("no grade known") };
    let words = Words::default().and(Piece::Strong(grade(last.grade).to_owned()));
    match incident.gradings.iter().rev().find(|before| before.grade != last.grade) {
        Some(before) => {
            words.and(Piece::Plain(format!(", was {} until {}", grade(before.grade), moment::minutes(last.stamp.at))))
        }
        None => words,
    }
}

/// Whether somebody was last arrested or released, and when.
fn custody(state: &State, record: RecordId, now: Timestamp) -> Option<String> {
    let records = state.people.identity(record);
    let of = || records.iter().map(|record| state.people.record(*record));
    let arrested = of().flat_map(|record| record.arrests.iter().map(|(stamp, _)| stamp.at)).max();
    let released = of().flat_map(|record| &record.releases).max_by_key(|release| release.stamp.at);
    match (arrested, released) {
        (arrested, Some(released)) if arrested.is_none_or(|at| at <= released.stamp.at) => {
            Some(format!("released {}, {}", moment::fact(released.stamp.at, now), word(released.how.word())))
        }
        (Some(at), _) => Some(format!("arrested {}", moment::fact(at, now))),
        _ => None,
    }
}
