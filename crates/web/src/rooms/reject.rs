//! What the feeds sent and was not taken: seen by those who answer for the feeds, resubmitted or put aside by an administrator.

mod act;
mod words;

use std::collections::BTreeSet;

use alongside_desk::State;
use alongside_node::{DealtHow, RejectCounts, RejectId, RejectLine, RejectedFor};
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde::Deserialize;

use super::act::form_id;
use super::naming::{self, Staff};
use super::{Drawing, Head, Room, Sight};
use crate::door::{Account, Action, Asked, Decision, Door, Session, Subject as Whose, authorise};
use crate::views::part::Act;
use crate::views::reject::{Reject as View, Rejects as List, Way};

/// Lines of one page of the list.
const PAGE: usize = 50;
/// The longest text that can be read and mended in a browser, in bytes.
const LONGEST_TEXT: usize = 256 * 1024;

/// Where a reject can stand.
struct Stand {
    how: Option<DealtHow>,
    /// Its word in the address.
    word: &'static str,
    says: &'static str,
    href: &'static str,
    /// What it means that there are none.
    none: &'static str,
}

/// What waits first.
const STANDS: [Stand; 3] = [
    Stand {
        how: None,
        word: "waiting",
        says: "Waiting",
        href: "/rejects",
        none: "Everything that the feeds sent was taken, or a person has dealt with it.",
    },
    Stand {
        how: Some(DealtHow::PutAside),
        word: "put-aside",
        says: "Put aside",
        href: "/rejects?show=put-aside",
        none: "Nobody has put anything aside.",
    },
    Stand {
        how: Some(DealtHow::Resubmitted),
        word: "resubmitted",
        says: "Resubmitted",
        href: "/rejects?show=resubmitted",
        none: "Nothing has been resubmitted.",
    },
];

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    let door = door.route(Method::GET, "/rejects", list).route(Method::GET, "/live/rejects", line);
    let door = door.route(Method::GET, "/rejects/{id}", one);
    let door = door.route(Method::POST, "/rejects/{id}/resubmit", act::resubmit);
    door.route(Method::GET, "/rejects/{id}/put-aside", act::show_put_aside).route(
        Method::POST,
        "/rejects/{id}/put-aside",
        act::put_aside,
    )
}

/// Which of them.
#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    show: String,
    before: Option<u64>,
}

impl Which {
    fn all(&self) -> All {
        let stand = STANDS.iter().find(|stand| stand.word == self.show).unwrap_or(&STANDS[0]);
        All { stand, before: self.before.map(RejectId) }
    }
}

async fn list(room: Room, asked: Asked, Query(which): Query<Which>) -> Response {
    room.page(&asked, &which.all()).await
}

async fn line(room: Room, asked: Asked, headers: HeaderMap, Query(which): Query<Which>) -> Response {
    room.line(&asked, &headers, which.all()).await
}

async fn one(room: Room, asked: Asked, Path(id): Path<u64>) -> Response {
    room.page(&asked, &One { id: RejectId(id), sent: None }).await
}

struct All {
    stand: &'static Stand,
    before: Option<RejectId>,
}

impl Sight for All {
    type View = List;

    fn head(&self) -> Head {
        let line = self.before.is_none().then(|| format!("/live/rejects?show={}", self.stand.word));
        Head { title: "Not taken", screen: "rejects", action: Action::SeeRejects, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<List>> {
        let staff = Staff::of(&room.gate);
        let found = room.node.reject_lines(self.stand.how, self.before, PAGE + 1);
        // Only of somebody with a staff number can anything be kept; only then is what the messages say looked at.
        let texts = match session.account.staff {
            Some(_) => {
                let ids: Vec<RejectId> = found.iter().map(|line| line.id).collect();
                room.node.reject_texts(&ids).ok()?
            }
            None => Vec::new(),
        };
        let more = found.get(PAGE).map(|_| found[PAGE - 1].id);
        room.node.read(|desk| {
            let state = desk.state();
            let frame = room.frame(desk, session, nonce, &self.head());
            let kept = |at: usize| texts.get(at).is_some_and(|text| is_kept_from(state, &session.account, text));
            let shown = found.iter().take(PAGE).enumerate().filter(|(at, _)| !kept(*at));
            let counts = room.node.reject_counts();
            let way = |stand: &Stand| Way {
                says: stand.says,
                href: stand.href,
                count: count(counts, stand.how),
                current: stand.how == self.stand.how,
            };
            let view = List {
                notices: Vec::new(),
                ways: STANDS.iter().map(way).collect(),
                lines: shown.map(|(_, found)| words::line(found, &staff, frame.clock.now)).collect(),
                none: self.stand.none,
                more: more.map(|id| format!("/rejects?show={}&before={}", self.stand.word, id.0)),
                frame,
            };
            Some(Drawing { view, seq: state.seq, subjects: BTreeSet::new() })
        })
    }
}

fn count(counts: RejectCounts, how: Option<DealtHow>) -> usize {
    match how {
        None => counts.waiting,
        Some(DealtHow::PutAside) => counts.put_aside,
        Some(DealtHow::Resubmitted) => counts.resubmitted,
    }
}

/// One reject. `sent`: what somebody resubmitted just now, and why it was not taken.
struct One {
    id: RejectId,
    sent: Option<act::Sent>,
}

impl Sight for One {
    type View = View;

    fn head(&self) -> Head {
        Head { title: "Not taken", screen: "reject", action: Action::SeeRejects, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let (line, raw) = reach(room, session, self.id)?;
        let reason = line.dealt.as_ref().and_then(|dealt| room.node.put_aside_for(dealt).ok()?);
        let may_mend = authorise(session, Action::MendRejects, Whose::Screen) == Decision::Allow;
        let is_done = line.dealt.as_ref().is_some_and(|dealt| dealt.how == DealtHow::Resubmitted);
        room.node.read(|desk| {
            let state = desk.state();
            let frame = room.frame(desk, session, nonce, &self.head());
            let may = may_mend && !is_done;
            let text = words::text(&raw, self.sent.as_ref().and_then(|sent| sent.text.as_deref()), may);
            let path = format!("/rejects/{}", line.id.0);
            let resubmit = || {
                let form = form_id("resubmit", &line.id.0.to_string(), state.seq, None);
                Act::post("resubmit", "Resubmit as it is", "1", format!("{path}/resubmit"), form)
            };
            let aside = || Act::open("put-aside", "Put aside", "S", format!("{path}/put-aside"));
            let acts = [(may && !raw.is_empty()).then(resubmit), (may && line.dealt.is_none()).then(aside)];
            let mut acts: Vec<Act> = acts.into_iter().flatten().collect();
            if line.why == RejectedFor::Conflict {
                // As it is it will be in conflict for good.
                acts.reverse();
            }
            let mut subjects: BTreeSet<String> = named(&raw).flat_map(|name| words::subjects(state, name)).collect();
            subjects.insert(format!("reject:{}", line.id.0));
            let view = View {
                notices: self.sent.as_ref().map(act::Sent::notice).into_iter().collect(),
                feed: line.feed.to_string(),
                at: line.received,
                times: line.times,
                size: line.size,
                faults: words::faults(&line.why),
                advice: words::advice(&line.why),
                dealt: line.dealt.as_ref().map(|d| words::dealt(d, &staff, frame.clock.now)).unwrap_or_default(),
                reason: reason.as_deref().map(super::words::plain),
                text,
                mend: may.then(|| format!("{path}/resubmit")),
                acts,
                frame,
            };
            Some(Drawing { view, seq: state.seq, subjects })
        })
    }
}

/// A reject and what it says, unless it is about somebody that this person is (law 12).
fn reach(room: &Room, session: &Session, id: RejectId) -> Option<(RejectLine, Vec<u8>)> {
    let line = room.node.reject_line(id)?;
    let raw = room.node.reject_texts(&[id]).ok()?.pop()?;
    let kept = room.node.read(|desk| is_kept_from(desk.state(), &session.account, &raw));
    (!kept).then_some((line, raw))
}

/// Whether a message names a log or a person that an account's own person is in.
fn is_kept_from(state: &State, account: &Account, raw: &[u8]) -> bool {
    account.staff.is_some()
        && named(raw)
            .filter_map(|name| words::subject(state, name))
            .any(|subject| !naming::staff_in(state, subject, account).is_empty())
}

/// The keys of a message whose texts can name a log or a person.
const NAMING: [&str; 5] = ["\"incident\"", "\"ref\"", "\"to\"", "\"from\"", "\"into\""];

/// What a message names, though it may be torn or no JSON at all.
fn named(raw: &[u8]) -> impl Iterator<Item = &str> {
    // A torn character at the end must not hide what stands before it.
    let text = raw.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    NAMING.into_iter().flat_map(move |key| {
        text.match_indices(key).filter_map(move |(at, _)| {
            let value = text[at + key.len()..].trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
            value.split('"').next().filter(|name| !name.is_empty() && name.len() <= 200)
        })
    })
}
