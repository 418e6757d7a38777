//! One incident: its log as it grows, and beside it what the control room decided and how the risk was assessed.
//! Any domestic abuse incident can be reviewed here without a flag.

use std::collections::BTreeSet;

use alongside_desk::incident::{Incident as Log, Stint};
use alongside_desk::stamp::{FlagId, IncidentId, RecordId};
use alongside_desk::watch::Subject;
use axum::extract::Path;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use super::case::assessment::Shown;
use super::case::banner::{Whom, grade_line, people};
use super::case::entry;
use super::case::timeline::Scene;
use super::desk::Teller;
use super::naming::{self, Staff};
use super::words::{Texts, log, plain};
use super::{Drawing, Head, Room, Sight, key, nowhere};
use crate::door::{Action, Asked, Door, Session};
use crate::views::case::Known;
use crate::views::frame::Frame;
use crate::views::incident::{Incident as View, Unit};
use crate::views::moment;
use crate::views::part::{Countdown, Notice, Piece, Words};

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/incidents/{id}", page).route(Method::GET, "/live/incidents/{id}", line)
}

async fn page(room: Room, asked: Asked, Path(id): Path<String>) -> Response {
    match id.parse() {
        Ok(id) => room.page(&asked, &One(IncidentId(id))).await,
        Err(_) => nowhere(&asked),
    }
}

async fn line(room: Room, asked: Asked, headers: HeaderMap, Path(id): Path<String>) -> Response {
    match id.parse() {
        Ok(id) => room.line(&asked, &headers, One(IncidentId(id))).await,
        Err(_) => nowhere(&asked),
    }
}

struct One(IncidentId);

impl Sight for One {
    type View = View;

    fn head(&self) -> Head {
        let line = Some(format!("/live/incidents/{}", self.0.0));
        Head { title: "Incident", screen: "case", action: Action::SeeIncident, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let mut drawing = Texts::settle(room, |desk, texts| {
            desk.state().reference(self.0)?;
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            Scene { teller: &teller, texts, log: Some(self.0) }.incident(self.0, frame)
        })?;
        drawing.view.notices.extend(room.undo(session, drawing.view.frame.clock.now));
        Some(drawing)
    }
}

impl Scene<'_> {
    /// A log. Nothing, when this person may not know of it.
    fn incident(&self, id: IncidentId, frame: Frame) -> Option<Drawing<View>> {
        let state = self.teller.state();
        let records: BTreeSet<RecordId> = people(state, id).iter().map(|person| person.record).collect();
        self.may_see_all(&[id], &records).then_some(())?;
        let victim = people(state, id).iter().find(|person| person.role == alongside_desk::message::Role::Victim);
        let victim = victim.map(|person| person.record);
        let whom = victim.map(|victim| Whom::of(state, victim));
        let mut shown = records;
        let mut incidents = vec![id];
        if let Some(whom) = &whom {
            shown.extend(self.shown(whom));
            incidents.extend(&whom.incidents);
        }
        self.may_see_all(&incidents, &shown).then_some(())?;
        let live = state.incident(id);
        let flags: BTreeSet<FlagId> = state.flags.of_incident(id).map(|flag| flag.id).collect();
        let seqs = self.of_incident(id);
        let anchors = self.anchors(&seqs);
        let (mut acts, holder) = self.acts(state.going_on(id));
        acts.extend(victim.and_then(|victim| self.teller.asks(&[victim])));
        let mut subjects: BTreeSet<String> = shown.iter().map(|record| format!("record:{}", record.0)).collect();
        subjects.extend(incidents.iter().flat_map(|id| naming::subjects(state, Subject::Incident(*id), [])));
        let view = View {
            notices: self.about_the_log(id, victim, live),
            banner: whom.as_ref().map(|whom| self.banner(whom)),
            title: self.reference(id),
            about: self.about_log(id),
            grade: live.map_or_else(|| Words::plain("kept as history only"), grade_line),
            target: live.and_then(|live| self.target(live)),
            log: self.days(&seqs),
            decisions: self.entries(&live.map(decisions).unwrap_or_default()),
            units: match live {
                Some(live) => Known::Yes(live.stints.iter().rev().map(|stint| self.unit(live, stint)).collect()),
                None => Known::No("This log is kept as history only.".to_owned()),
            },
            assessments: self.assessments(&Shown { of: &[id], hers: &incidents, anchors: &anchors }),
            flags: self.flags(&flags, &anchors),
            acts,
            holder,
            frame,
        };
        Some(Drawing { view, seq: state.seq, subjects })
    }

    /// `Log 0187`, of the very log that was asked for.
    fn reference(&self, id: IncidentId) -> String {
        self.teller.state().reference(id).map_or_else(|| "A log".to_owned(), |of| format!("Log {}", plain(of)))
    }

    fn about_the_log(&self, id: IncidentId, victim: Option<RecordId>, live: Option<&Log>) -> Vec<Notice> {
        let state = self.teller.state();
        let mut notices = Vec::new();
        let goes_on = state.going_on(id);
        if goes_on != id {
            let link = (format!("/incidents/{}", goes_on.0), self.reference(goes_on));
            notices.push(Notice::Note("This log was merged into another, which goes on.".to_owned(), Some(link)));
        }
        if live.is_some_and(|live| live.opening.is_none() && live.merged_into.is_none()) {
            let says = "Its opening has not come yet: this log is known only through other messages.";
            notices.push(Notice::Note(says.to_owned(), None));
        }
        if live.is_none() {
            let says = "Nothing was heard of this log for 60 days: only what history needs of it is here.";
            notices.push(Notice::Note(says.to_owned(), None));
        }
        for recording in state.recordings_of_log(id).filter(|recording| self.teller.may_know_recording(recording)) {
            let line = self.teller.recorded(recording);
            let says = format!("A call of this log was recorded {}: {}.", line.began, line.state);
            notices.push(Notice::Note(says, Some((line.href, "Recording".to_owned()))));
        }
        if let Some(victim) = victim {
            let link = (format!("/cases/{}", key::case(state, victim).0), "Open her case".to_owned());
            let logs = Whom::of(state, victim).incidents.len();
            if logs > 1 {
                notices.push(Notice::Note(format!("{logs} logs count as hers."), Some(link)));
            }
        }
        notices
    }

    /// Its code, when it was opened and how, where, and whether it is open.
    fn about_log(&self, id: IncidentId) -> Words {
        let (state, now) = (self.teller.state(), self.teller.now);
        let live = state.incident(id);
        let mut parts = Vec::new();
        if let Some(live) = live {
            let code = live.codings.last().map(|coding| plain(&coding.code));
            parts.push(code.unwrap_or_else(|| "no code known".to_owned()));
        }
        let opening = live.map_or_else(|| state.past.get(&id)?.opening.as_ref(), |live| live.opening.as_ref());
        let at = state.opened_at(id).map(|at| moment::fact(at, now)).unwrap_or_default();
        let how = opening.and_then(|opening| opening.channel).map(|how| format!(" by {}", entry::word(how.word())));
        let by = opening.and_then(|opening| opening.stamp.by.as_deref()).map(|by| format!(", {}", plain(by)));
        parts.push(format!("opened {at}{}{}", how.unwrap_or_default(), by.unwrap_or_default()));
        let place = opening.and_then(|opening| self.texts.get(opening.stamp.seq)).and_then(|said| said.message());
        if let Some((message, _)) = place
            && let alongside_desk::message::Body::Opened { location: Some(location), .. } = &message.body
        {
            parts.push(entry::place(location));
        }
        parts.extend(live.filter(|live| !live.is_open()).map(|_| "closed".to_owned()));
        if !state.is_da(id) {
            parts.push("not coded as domestic abuse".to_owned());
        }
        parts.retain(|part| !part.is_empty());
        Words::plain(parts.join(" · "))
    }

    /// The clock of the grade in force, until somebody is there.
    fn target(&self, live: &Log) -> Option<Countdown> {
        let grading = live.gradings.last().filter(|_| live.is_open() && live.first_arrival().is_none())?;
        let target = self.teller.state().policy.targets.get(&grading.grade)?;
        let from = grading.stamp.at;
        Some(Countdown { at: from.plus(*target), from: Some(from), to: "to arrive".to_owned(), up: false })
    }

    fn unit(&self, live: &Log, stint: &Stint) -> Unit {
        let now = self.teller.now;
        let mut state = Vec::new();
        state.extend(stint.assigned.as_ref().map(|at| format!("assigned {}", moment::fact(at.at, now))));
        state.extend(stint.arrived.as_ref().map(|at| format!("arrived {}", moment::fact(at.at, now))));
        state.extend(stint.left.as_ref().map(|at| match stint.arrived {
            Some(_) => format!("left {}", moment::fact(at.at, now)),
            None => format!("left before arriving, {}", moment::fact(at.at, now)),
        }));
        let tellings =
            live.tellings.iter().filter(|telling| telling.unit.as_ref().is_none_or(|unit| *unit == stint.unit));
        let mut told = Words::default();
        for telling in tellings {
            let Some((message, spans)) = self.texts.get(telling.stamp.seq).and_then(|said| said.message()) else {
                continue;
            };
            if let Some((_, text)) = message.body.text() {
                told.pieces.push(Piece::Plain(format!("Told {}: ", moment::fact(telling.stamp.at, now))));
                told.pieces.extend(log(text, spans).pieces);
                told.pieces.push(Piece::Plain(" ".to_owned()));
            }
        }
        if told.pieces.is_empty() {
            told = Words::plain("Nothing is known to have been told to it.");
        }
        let there = stint.arrived.is_some() && stint.left.is_none();
        Unit { call_sign: plain(&stint.unit), state: state.join(", "), there, told }
    }
}

/// What the control room decided: grades, codes, assessments, units, closings, and what was passed on.
fn decisions(live: &Log) -> BTreeSet<u64> {
    let mut seqs = BTreeSet::new();
    seqs.extend(live.gradings.iter().map(|grading| grading.stamp.seq));
    seqs.extend(live.codings.iter().map(|coding| coding.stamp.seq));
    seqs.extend(live.assessments.iter().map(|made| made.stamp.seq));
    seqs.extend(live.endings.iter().map(|ending| ending.stamp.seq));
    seqs.extend(live.passings.iter().map(|passing| passing.stamp.seq));
    seqs.extend(live.outcomes.iter().map(|outcome| outcome.stamp.seq));
    seqs.extend(live.tellings.iter().map(|telling| telling.stamp.seq));
    for stint in &live.stints {
        let ends = [&stint.assigned, &stint.arrived, &stint.left];
        seqs.extend(ends.into_iter().flatten().map(|stamp| stamp.seq));
    }
    seqs
}
