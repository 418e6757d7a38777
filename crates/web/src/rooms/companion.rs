//! The handler's companion: opens by itself on a call that they have taken, and shows what is known of its number and address
//! before anybody speaks.
//!
//! Invariants: a handler sees the calls that they took and no others; whoever is found here is looked up like on a case, so
//! the look is written down before the first byte, and nobody finds their own record (law 12): to them it is not known.

mod prompt;
mod tick;

use std::collections::BTreeSet;

use alongside_desk::call::Call;
use alongside_desk::listening::{self, Before, By, CHECKLIST, Checklist, Known, TONIGHT};
use alongside_desk::stamp::{IncidentId, RecordId};
use alongside_desk::watch::Subject;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use super::case::banner::Whom;
use super::case::timeline::Scene;
use super::desk::Teller;
use super::naming::{self, Staff};
use super::words::{Texts, log, plain};
use super::{Drawing, Head, Room, Sight};
use crate::door::{Action, Asked, Decision, Door, Session, Subject as Whose, authorise};
use crate::views::companion::{Companion as View, Ringing, Who};
use crate::views::frame::Frame;
use crate::views::moment;
use crate::views::part::{Piece, Words};

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/companion", page)
        .route(Method::GET, "/live/companion", line)
        .route(Method::POST, "/companion/{call}/points/{point}/{how}", tick::tick)
        .route(Method::POST, "/prompts/{id}/seen", prompt::seen)
        .route(Method::POST, "/prompts/{id}/answer/{how}", prompt::answer)
}

async fn page(room: Room, asked: Asked) -> Response {
    room.page(&asked, &Companion).await
}

async fn line(room: Room, asked: Asked, headers: HeaderMap) -> Response {
    room.line(&asked, &headers, Companion).await
}

struct Companion;

impl Sight for Companion {
    type View = View;

    fn head(&self) -> Head {
        let line = Some("/live/companion".to_owned());
        Head { title: "Companion", screen: "companion", action: Action::SeeCompanion, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        Texts::settle(room, |desk, texts| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            Some(Scene { teller: &teller, texts, log: None }.companion(frame))
        })
    }
}

/// Somebody who is known, and may be shown.
struct Shown {
    known: Known,
    whom: Whom,
    records: BTreeSet<RecordId>,
}

impl Scene<'_> {
    fn companion(&self, frame: Frame) -> Drawing<View> {
        let (state, now) = (self.teller.state(), self.teller.now);
        let Some(number) = self.teller.session.account.staff.as_deref() else {
            let why = "Your account has no staff number, so no call can be told to be yours. An administrator adds it.";
            return self.without_a_call(frame, why);
        };
        let call = listening::live_call_of(state, number, now);
        let may = |call: &&Call| {
            let of = Whose::CallOf(call.handler.as_deref());
            authorise(self.teller.session, Action::SeeCompanion, of) == Decision::Allow
        };
        let Some(call) = call.filter(may) else {
            return self.without_a_call(
                frame,
                "This page waits for your next call, and shows by itself what is known as soon as it rings.",
            );
        };
        let (now, mut subjects) = self.ringing(call);
        let log = call.incident.map(|id| state.going_on(id)).filter(|id| self.may_know(*id));
        subjects.extend(log.iter().flat_map(|id| naming::subjects(state, Subject::Incident(*id), [])));
        let inbox = self.teller.inbox();
        Drawing { view: View { frame, notices: Vec::new(), inbox, now: Ok(now) }, seq: state.seq, subjects }
    }

    fn without_a_call(&self, frame: Frame, why: &str) -> Drawing<View> {
        let view = View { frame, notices: Vec::new(), inbox: self.teller.inbox(), now: Err(why.to_owned()) };
        Drawing { view, seq: self.teller.state().seq, subjects: BTreeSet::new() }
    }

    fn may_know(&self, id: IncidentId) -> bool {
        self.teller.may_see(Subject::Incident(id))
    }

    /// What a call shows, and whose data that is.
    fn ringing(&self, call: &Call) -> (Ringing, BTreeSet<String>) {
        let state = self.teller.state();
        let log = call.incident.map(|id| state.going_on(id)).filter(|id| self.may_know(*id));
        let found: Vec<Shown> = Known::of(state, call).into_iter().filter_map(|known| self.shown_of(known)).collect();
        let mut subjects: BTreeSet<String> = prompt::subjects(state, call);
        // Only the first is drawn; the others are counted, and a count names nobody.
        if let Some(first) = found.first() {
            subjects.extend(first.records.iter().map(|record| format!("record:{}", record.0)));
            let logs = first.whom.incidents.iter();
            subjects.extend(logs.flat_map(|id| naming::subjects(state, Subject::Incident(*id), [])));
        }
        let live = log.and_then(|id| state.incident(id));
        // The checklist ships with the program, and a test reads it.
        let list = Checklist::read(CHECKLIST).ok();
        let points = list.iter().flat_map(|list| &list.points).map(|point| self.point(call, live, point));
        let who = found.first().map(|first| self.who(call, first));
        let ringing = Ringing {
            line: call.line.map_or("Call", alongside_desk::message::Line::word).to_owned(),
            since: call.began_at().unwrap_or(self.teller.now),
            number: call.from.as_deref().map_or_else(|| "Number withheld or not told".to_owned(), number),
            listeners: self.teller.told_to_handler(call),
            told: self.prompts(call),
            log: log
                .and_then(|id| state.reference(id))
                .map_or_else(|| "No log yet".to_owned(), |of| format!("Log {}", plain(of))),
            drops: drops(who.as_ref()),
            who: who.ok_or_else(|| looked_for(call)),
            others: others(found.len().saturating_sub(1)),
            points: points.collect(),
            source: list.as_ref().map(|list| list.source.to_string()).unwrap_or_default(),
        };
        (ringing, subjects)
    }

    /// Nothing, when this person is in any of it (law 12).
    fn shown_of(&self, known: Known) -> Option<Shown> {
        let whom = Whom::of(self.teller.state(), known.record);
        let records = self.shown(&whom);
        self.may_see_all(&whom.incidents, &records).then_some(Shown { known, whom, records })
    }

    fn who(&self, call: &Call, shown: &Shown) -> Who {
        let state = self.teller.state();
        let banner = self.banner(&shown.whom);
        let began = call.began_at().unwrap_or(self.teller.now);
        let by = match shown.known.by {
            By::Log => "On the log of this call",
            By::Number => "Known by this number",
            By::Place => "Known by this address",
        };
        let as_what = if shown.known.victim { "" } else { ", and never as a victim" };
        let missed = listening::missed(state, &shown.whom.incidents, began, TONIGHT);
        Who {
            by: format!("{by}{as_what}"),
            name: banner.name,
            about: banner.about,
            missed: missed.map_or_else(String::new, |missed| {
                let at = moment::minutes(missed.at);
                if missed.is_known {
                    format!("Made contact at {at} and nobody came.")
                } else {
                    format!("Made contact at {at}. Whether anybody came is not known: a feed is silent.")
                }
            }),
            history: vec![self.contacts_before(call, shown), self.last_words(shown), (banner.markers, false)],
            orders: banner.orders,
            orders_alarm: banner.orders_alarm,
            suspect: banner.suspect,
            safe: banner.safe_contact,
            unsafe_contact: banner.unsafe_contact,
        }
    }

    /// How many contacts there were, this call counted in.
    fn contacts_before(&self, call: &Call, shown: &Shown) -> (Words, bool) {
        let (state, whom) = (self.teller.state(), &shown.whom);
        let Before { tonight, earlier, seen } =
            Before::of(state, call, &whom.incidents, &whom.records, self.teller.now);
        let before = match earlier {
            0 => "No earlier domestic abuse log is known.".to_owned(),
            1 => "1 earlier domestic abuse log.".to_owned(),
            n => format!("{n} earlier domestic abuse logs."),
        };
        match tonight {
            0 => (Words::plain(format!("First contact in 12 hours. {before}")), false),
            n if seen => (Words::plain(format!("{} contact in 12 hours. {before}", nth(n + 1))), true),
            n => {
                let says = format!("{} contact in 12 hours. No unit is known to have seen her. {before}", nth(n + 1));
                (Words::plain(says), true)
            }
        }
    }

    /// The last words of risk that were written down, whole, with what raised them marked.
    fn last_words(&self, shown: &Shown) -> (Words, bool) {
        let state = self.teller.state();
        let live = shown.whom.incidents.iter().filter_map(|id| state.incident(*id));
        let signs = live.flat_map(|incident| &incident.signs).filter(|sign| sign.risk && sign.stated && !sign.told);
        let none = || (Words::plain("No words of risk are known from her logs of the last weeks."), false);
        let Some(last) = signs.max_by_key(|sign| (sign.stamp.at, sign.stamp.seq)) else { return none() };
        let Some((message, spans)) = self.texts.get(last.stamp.seq).and_then(|said| said.message()) else {
            return none();
        };
        let Some((_, text)) = message.body.text() else { return none() };
        let mut words = log(text, spans);
        words.pieces.push(Piece::Plain(format!(" {}", moment::fact(last.stamp.at, self.teller.now))));
        (words, false)
    }
}

/// What to do when the line drops: College APP, regrade urgently when cut off.
fn drops(who: Option<&Who>) -> (String, bool) {
    match who.filter(|who| !who.unsafe_contact.is_empty()) {
        Some(_) => ("Do not ring back: he has answered before. Regrade urgently and tell dispatch.".to_owned(), true),
        None => ("Regrade urgently and tell dispatch. Whether it is safe to ring back is not known.".to_owned(), false),
    }
}

/// What was looked for when nobody was found.
fn looked_for(call: &Call) -> String {
    let looked = match (&call.from, &call.place) {
        (Some(_), Some(_)) => "Nobody is known by this number or address",
        (Some(_), None) => "Nobody is known by this number, and no address came with the call",
        (None, Some(_)) => "Nobody is known by this address, and no number came with the call",
        (None, None) => "Neither a number nor an address came with the call",
    };
    format!("{looked}. That is no sign that nothing has happened before: ask.")
}

fn others(n: usize) -> String {
    match n {
        0 => String::new(),
        1 => "1 more person is known by this number or address.".to_owned(),
        n => format!("{n} more people are known by this number or address."),
    }
}

/// `2nd`, `3rd`, `11th`.
fn nth(n: usize) -> String {
    let ending = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// A number as it is read aloud here: `07700 900412`; one of another country with its `+`.
fn number(of: &str) -> String {
    match of.strip_prefix("+44") {
        Some(rest) if rest.len() == 10 && rest.is_ascii() => format!("0{} {}", &rest[..4], &rest[4..]),
        _ => of.to_owned(),
    }
}
