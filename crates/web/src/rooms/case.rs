//! One case: a victim, everything that counts as hers on one timeline, and the others at risk.

pub mod assessment;
pub mod banner;
pub mod entry;
pub mod flags;
mod history;
mod people;
mod tie;
pub mod timeline;

use std::collections::BTreeSet;

use alongside_desk::message::Role;
use alongside_desk::stamp::{FlagId, IncidentId, RecordId};
use alongside_desk::watch::Subject;
use axum::extract::Path;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use self::assessment::Shown;
use self::banner::Whom;
use self::timeline::Scene;
use super::desk::Teller;
use super::naming::{self, Staff};
use super::words::{Texts, plain};
use super::{Drawing, Head, Room, Sight, key, nowhere};
use crate::door::{Action, Asked, Door, Session};
use crate::views::case::{Case as View, CaseTab};
use crate::views::frame::Frame;
use crate::views::moment;
use crate::views::part::{Act, Notice};

/// So many entries are on one page; of what is older than they reach, each log's opening.
const MOST_ENTRIES: usize = 400;

/// So many logs have a tab of their own.
const MOST_TABS: usize = 6;

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    tie::mount(door).route(Method::GET, "/cases/{id}", page).route(Method::GET, "/live/cases/{id}", line)
}

async fn page(room: Room, asked: Asked, Path(id): Path<String>) -> Response {
    match id.parse() {
        Ok(id) => room.page(&asked, &Victim(RecordId(id))).await,
        Err(_) => nowhere(&asked),
    }
}

async fn line(room: Room, asked: Asked, headers: HeaderMap, Path(id): Path<String>) -> Response {
    match id.parse() {
        Ok(id) => room.line(&asked, &headers, Victim(RecordId(id))).await,
        Err(_) => nowhere(&asked),
    }
}

struct Victim(RecordId);

impl Sight for Victim {
    type View = View;

    fn head(&self) -> Head {
        let line = Some(format!("/live/cases/{}", self.0.0));
        Head { title: "Case", screen: "case", action: Action::SeeCase, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let mut drawing = Texts::settle(room, |desk, texts| {
            let state = desk.state();
            if self.0.at() >= state.people.records().len() {
                return None;
            }
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            Scene { teller: &teller, texts, log: None }.case(self.0, frame)
        })?;
        drawing.view.notices.extend(room.undo(session, drawing.view.frame.clock.now));
        Some(drawing)
    }
}

impl Scene<'_> {
    /// The case of a record. Nothing, when this person may not know of it.
    fn case(&self, record: RecordId, frame: Frame) -> Option<Drawing<View>> {
        let state = self.teller.state();
        let whom = Whom::of(state, record);
        let shown = self.shown(&whom);
        self.may_see_all(&whom.incidents, &shown).then_some(())?;
        let flags = self.flags_of(&whom);
        let (seqs, older) = self.everything(&whom, &flags);
        let anchors = self.anchors(&seqs);
        let work = self.at_work(&whom.incidents);
        let (mut acts, holder) = work.map_or_else(Default::default, |id| self.acts(id));
        acts.extend(self.teller.asks(&whom.records));
        let mut subjects: BTreeSet<String> = shown.iter().map(|record| format!("record:{}", record.0)).collect();
        let logs = whom.incidents.iter().flat_map(|id| naming::subjects(state, Subject::Incident(*id), []));
        subjects.extend(logs);
        let view = View {
            notices: self.notices(&whom),
            banner: self.banner(&whom),
            tabs: self.tabs(record, &whom),
            timeline: self.days(&seqs),
            older,
            flags: self.flags(&flags, &anchors),
            answered: self.answered(&flags),
            history: self.history(&whom),
            people: self.people(&whom),
            orders: self.orders(&whom),
            assessments: self.assessments(&Shown { of: &whom.incidents, hers: &whom.incidents, anchors: &anchors }),
            acts,
            holder,
            frame,
        };
        Some(Drawing { view, seq: state.seq, subjects })
    }

    /// Whether this person is in none of it (law 12).
    pub fn may_see_all(&self, incidents: &[IncidentId], records: &BTreeSet<RecordId>) -> bool {
        incidents.iter().all(|id| self.teller.may_see(Subject::Incident(*id)))
            && records.iter().all(|record| self.teller.may_see(Subject::Person(*record)))
    }

    /// The flags on her logs, and those on people that concern her.
    fn flags_of(&self, whom: &Whom) -> BTreeSet<FlagId> {
        let state = self.teller.state();
        let mut found: BTreeSet<FlagId> =
            whom.incidents.iter().flat_map(|id| state.flags.of_incident(*id)).map(|flag| flag.id).collect();
        let suspects = whom.others(state, Role::Suspect);
        for person in whom.records.iter().chain(&suspects) {
            let on = state.flags.on(Subject::Person(*person));
            let hers = |victim: RecordId| whom.records.contains(&victim);
            found.extend(on.filter(|flag| flag.now.victim.is_none_or(hers)).map(|flag| flag.id));
        }
        found
    }

    /// Every entry about her, newest logs first, as many as one page holds; and where older ones are.
    fn everything(&self, whom: &Whom, flags: &BTreeSet<FlagId>) -> (BTreeSet<u64>, Option<Act>) {
        let state = self.teller.state();
        let mut seqs = BTreeSet::new();
        let mut cut = None;
        for id in &whom.incidents {
            if seqs.len() < MOST_ENTRIES {
                seqs.extend(self.of_incident(*id));
            } else {
                seqs.extend(state.incident(*id).and_then(|i| i.opening.as_ref()).map(|opening| opening.stamp.seq));
                seqs.extend(state.past.get(id).and_then(|p| p.opening.as_ref()).map(|opening| opening.stamp.seq));
                cut = cut.or(Some(*id));
            }
        }
        let suspects = whom.others(state, Role::Suspect);
        for record in whom.records.iter().chain(&suspects).map(|record| state.people.record(*record)) {
            seqs.extend(record.markers.iter().map(|held| held.stamp.seq));
            seqs.extend(record.arrests.iter().map(|(stamp, _)| stamp.seq));
            seqs.extend(record.releases.iter().map(|release| release.stamp.seq));
        }
        for record in &whom.records {
            let record = state.people.record(*record);
            seqs.extend(record.told.iter().map(|told| told.stamp.seq));
            for held in record.protected_by.iter().filter_map(|id| state.orders.get(id.at())) {
                seqs.insert(held.made.seq);
                seqs.extend(held.ended.iter().map(|ended| ended.seq));
            }
        }
        let evidence = flags.iter().filter_map(|id| state.flags.get(*id)).flat_map(|flag| &flag.now.evidence);
        seqs.extend(evidence.map(|evidence| evidence.seq));
        let older = cut.map(|id| {
            Act::open(
                "older",
                "Of older logs only the opening is here; each has its own page",
                "",
                format!("/incidents/{}", id.0),
            )
        });
        (seqs, older)
    }

    fn notices(&self, whom: &Whom) -> Vec<Notice> {
        let state = self.teller.state();
        let (_, leant_on) = state.people.counted(whom.records[0]);
        match leant_on.len() {
            0 => Vec::new(),
            n => {
                let matches = if n == 1 { "a sure match".to_owned() } else { format!("{n} sure matches") };
                vec![Notice::Note(
                    format!(
                        "If she is the same person: part of this is counted as hers by {matches} that nobody has confirmed."
                    ),
                    Some(("#pl".to_owned(), "Look at it".to_owned())),
                )]
            }
        }
    }

    fn tabs(&self, record: RecordId, whom: &Whom) -> Vec<CaseTab> {
        let state = self.teller.state();
        let all = match whom.incidents.len() {
            1 => "Everything (1 log)".to_owned(),
            n => format!("Everything ({n} logs)"),
        };
        let first = CaseTab { says: all, href: format!("/cases/{}", record.0), current: true };
        let logs = whom.incidents.iter().take(MOST_TABS).filter_map(|id| {
            let at = state.opened_at(*id).map(|at| format!(" · {}", moment::fact(at, self.teller.now)));
            let says = format!("Log {}{}", plain(state.reference(*id)?), at.unwrap_or_default());
            Some(CaseTab { says, href: format!("/incidents/{}", id.0), current: false })
        });
        std::iter::once(first).chain(logs).collect()
    }

    /// The log that a page's acts are about: the newest on which something waits or somebody works, else the newest.
    fn at_work(&self, incidents: &[IncidentId]) -> Option<IncidentId> {
        let state = self.teller.state();
        let waits = |id: &&IncidentId| {
            let subject = Subject::Incident(**id);
            state.open_review(subject).is_some() || !state.waiting_on(subject).is_empty()
        };
        incidents.iter().find(waits).or(incidents.first()).copied()
    }

    /// What can be done with a log, and who has it.
    pub fn acts(&self, id: IncidentId) -> (Vec<Act>, String) {
        let (state, teller) = (self.teller.state(), self.teller);
        let subject = Subject::Incident(id);
        let key = key::of(state.home(subject));
        let href = |verb: &str| format!("/rows/{key}/{verb}");
        let log = teller.log(subject);
        let review = state.open_review(subject);
        let holder = review.and_then(|review| review.holder.as_ref());
        let waiting = state.waiting_on(subject).len();
        let concerns = state.is_da(id) || waiting > 0 || state.flags.of_incident(id).next().is_some();
        let mut acts = Vec::new();
        let says = match holder {
            Some(holder) if holder.who == teller.who => {
                acts.push(Act::open("dispose", "Decide", "X", href("dispose")));
                acts.push(Act::open("hold", "Hold until", "H", href("hold")));
                acts.push(Act::open("hand-over", "Hand over", "O", href("hand-over")));
                acts.push(teller.post("release", "Let go", "", &key));
                format!("{log}: yours since {}", moment::fact(holder.since, teller.now))
            }
            Some(holder) => {
                format!(
                    "{log}: {} has it since {}",
                    teller.staff.name(&holder.who),
                    moment::fact(holder.since, teller.now)
                )
            }
            None if concerns && teller.may(Action::Take) => {
                acts.push(teller.post("take", if waiting == 0 { "Review" } else { "Take" }, "1", &key));
                if waiting > 0 && teller.may(Action::Judge) {
                    acts.push(Act::open("hold", "Hold until", "H", href("hold")));
                    acts.push(Act::open("not-da", "Not DA, with reason", "", href("not-da")));
                }
                self.last_look(subject, &log)
            }
            None if concerns => self.last_look(subject, &log),
            None => format!("{log} is not coded as domestic abuse and carries no flag"),
        };
        if concerns && teller.may(Action::Take) {
            acts.push(Act::open("note", "Write a note", "", href("note")));
        }
        (acts, says)
    }

    fn last_look(&self, subject: Subject, log: &str) -> String {
        let reviews = self.teller.state().reviews_of(subject);
        match reviews.into_iter().rev().find_map(|review| review.disposed.as_ref()) {
            Some(ended) => format!(
                "{log}: {} looked at it, {}",
                self.teller.staff.name(&ended.by),
                moment::fact(ended.at, self.teller.now)
            ),
            None => format!("{log}: nobody has read it"),
        }
    }
}
