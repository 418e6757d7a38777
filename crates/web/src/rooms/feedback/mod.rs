//! Feedback: who has what to write, to read and to answer; disputes and what the whole room hears, for supervisors.
//!
//! Invariants: what a specialist wrote is read by them, by the handler of the call, and by supervisors only once it is disputed;
//! who is in a record finds nothing about it here (law 12); no page adds anything up by handler.

mod clip;
mod evaluation;
pub(super) mod mark;
mod one;
mod write;

use std::collections::BTreeSet;

use alongside_desk::call::Call;
use alongside_desk::feedback::{Answered, Feedback, FeedbackEvent, Form, Moment, Themes, Went};
use alongside_desk::review::StaffEvent;
use alongside_desk::stamp::CallId;
use alongside_desk::time::Period;
use alongside_desk::watch::{Subject, clock};
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use super::desk::Teller;
use super::naming::{self, Staff};
use super::words::{Texts, What, plain};
use super::{Drawing, Head, Room, Sight};
use crate::door::{Action, Asked, Decision, Door, Session, Subject as Whose, authorise};
use crate::views::feedback::{Feedback as View, Line, List, Patterns, Quote};
use crate::views::moment;
use crate::views::part::Act;

/// What was marked is counted over so many weeks, this one the last (D: a call that nothing waits on is forgotten after 60 days).
const WEEKS: u8 = 6;

/// So many lines of a list (D).
const MOST_LINES: usize = 50;

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/feedback", page)
        .route(Method::GET, "/live/feedback", line)
        .route(Method::GET, "/feedback/calls/{key}", write::page)
        .route(Method::POST, "/feedback/calls/{key}", write::write)
        .route(Method::GET, "/feedback/calls/{key}/evaluation", evaluation::page)
        .route(Method::POST, "/feedback/calls/{key}/evaluation", evaluation::evaluate)
        .route(Method::POST, "/feedback/calls/{key}/evaluation/take-back", evaluation::take_back)
        .route(Method::GET, "/feedback/calls/{key}/side-by-side", evaluation::side_by_side)
        .route(Method::GET, "/live/feedback/calls/{key}/side-by-side", evaluation::side_by_side_line)
        .route(Method::GET, "/feedback/{id}", one::page)
        .route(Method::GET, "/live/feedback/{id}", one::line)
        .route(Method::POST, "/feedback/{id}/seen", one::seen)
        .route(Method::POST, "/feedback/{id}/answer", one::answer)
        .route(Method::POST, "/feedback/{id}/answer/take-back", one::take_answer_back)
        .route(Method::POST, "/feedback/{id}/settle", one::settle)
        .route(Method::POST, "/feedback/{id}/settle/take-back", one::take_settled_back)
        .route(Method::POST, "/feedback/{id}/take-back", one::take_back)
        .route(Method::POST, "/listening/{key}/moments", mark::mark)
        .route(Method::GET, "/moments/{id}/audio", clip::audio)
        .route(Method::GET, "/moments/{id}/note", mark::show_note)
        .route(Method::POST, "/moments/{id}/note", mark::note)
        .route(Method::POST, "/moments/{id}/take-back", mark::take_back)
}

async fn page(room: Room, asked: Asked) -> Response {
    room.page(&asked, &All).await
}

async fn line(room: Room, asked: Asked, headers: HeaderMap) -> Response {
    room.line(&asked, &headers, All).await
}

struct All;

impl Sight for All {
    type View = View;

    fn head(&self) -> Head {
        let line = Some("/live/feedback".to_owned());
        Head { title: "Feedback", screen: "feedback", action: Action::SeeFeedback, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        room.node.read(|desk| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let mut lists = Lists { teller: &teller, subjects: BTreeSet::new() };
            let mut shown = Vec::new();
            if teller.may(Action::AnswerFeedback) {
                shown.push(lists.inbox());
            }
            if teller.may(Action::SettleFeedback) {
                shown.extend([lists.disputes(), lists.settled()]);
            }
            if teller.may(Action::GiveFeedback) {
                shown.extend([lists.unsent(), lists.sent()]);
            }
            if teller.may(Action::SeeSideBySide) {
                shown.push(lists.evaluations());
            }
            let patterns = teller.may(Action::SettleFeedback).then(|| teller.patterns());
            let (subjects, seq) = (lists.subjects, desk.state().seq);
            Some(Drawing { view: View { frame, notices: Vec::new(), lists: shown, patterns }, seq, subjects })
        })
    }
}

/// How many of these went well, and how many are to try: `2 went well, 1 to try`.
fn counted<'a>(moments: impl Iterator<Item = &'a Moment>) -> String {
    let (mut well, mut tries) = (0_usize, 0_usize);
    moments.for_each(|moment| if moment.went == Went::Well { well += 1 } else { tries += 1 });
    match (well, tries) {
        (0, tries) => format!("{tries} to try"),
        (well, 0) => format!("{well} went well"),
        (well, tries) => format!("{well} went well, {tries} to try"),
    }
}

/// `2:31` into the call.
fn second(of: u32) -> String {
    moment::digits(Period::seconds(i64::from(of)))
}

/// What an entry about feedback says.
fn said(texts: &Texts, entry: u64) -> Option<&FeedbackEvent> {
    match &texts.get(entry)?.what {
        What::Staff(_, event) => match &**event {
            StaffEvent::Feedback(event) => Some(event),
            _ => None,
        },
        _ => None,
    }
}

/// The words of a note, an answer or a decision, which stand in its entry.
fn words_of(texts: &Texts, entry: u64) -> String {
    match said(texts, entry) {
        Some(
            FeedbackEvent::Noted { words, .. }
            | FeedbackEvent::Answered { words, .. }
            | FeedbackEvent::Settled { words, .. }
            | FeedbackEvent::Evaluated { words, .. },
        ) => plain(words),
        _ => "taken out of the record".to_owned(),
    }
}

/// A moment's theme, in words.
fn theme(moment: &Moment) -> String {
    let theme = Themes::shipped().get(&moment.theme);
    theme.map_or_else(|| moment.theme.to_string(), |theme| theme.says.to_string())
}

/// Whether this person may do something with feedback.
fn may(session: &Session, action: Action, feedback: &Feedback) -> bool {
    let whose = Whose::Feedback {
        by: &feedback.by.0,
        to: feedback.sent.as_ref().map(|(to, _)| &**to),
        was_disputed: feedback.answers.iter().any(|(how, _)| *how == Answered::Disputed),
    };
    authorise(session, action, whose) == Decision::Allow
}

/// The number of a call in its address, `c12`.
fn call_of(key: &str) -> Option<CallId> {
    key.strip_prefix('c')?.parse().ok().map(CallId)
}

impl Teller<'_> {
    /// A moment as it is quoted with these words.
    fn quote(&self, moment: &Moment, words: String) -> Quote {
        let instead = Themes::shipped().get(&moment.theme).and_then(|theme| theme.instead.as_deref());
        Quote {
            id: moment.id,
            second: second(moment.second),
            theme: theme(moment),
            instead: instead.unwrap_or_default().to_owned(),
            words,
            audio: self.audio(moment),
            chosen: false,
            error: String::new(),
        }
    }

    /// A call that feedback is about, as far as this person may know of it (law 12).
    pub fn call_known(&self, id: CallId) -> Option<&Call> {
        self.state().calls.get(&id).filter(|call| self.may_know_call(call))
    }

    /// `14:03`, `2 Sep 14:03`: when a call began.
    fn began(&self, call: &Call) -> String {
        clock(call.began_at().unwrap_or(self.now), self.now)
    }

    /// `Log 0187`, or that a call has none.
    fn log_of(&self, call: &Call) -> String {
        let log = call.incident.map(|id| Subject::Incident(self.state().going_on(id)));
        log.filter(|log| self.may_see(*log)).map_or_else(|| "no log".to_owned(), |log| self.log(log))
    }

    /// Whose data a page shows that names a call and its log.
    fn subjects_of_call(&self, call: &Call) -> Vec<String> {
        let log = call.incident.map(|id| Subject::Incident(self.state().going_on(id)));
        let log = log.into_iter().flat_map(|log| naming::subjects(self.state(), log, []));
        log.chain([format!("call:{}", call.reference)]).collect()
    }

    /// Feedback that this person may do this with.
    fn feedback(&self, id: u64, action: Action) -> Option<(&Feedback, &Call)> {
        let found = self.state().feedbacks.get(id).filter(|found| may(self.session, action, found))?;
        Some((found, self.call_known(found.call)?))
    }

    /// What was sent to this person as a handler, the newest first.
    fn sent_to_me(&self) -> Vec<(&Feedback, &Call)> {
        let number = self.session.account.staff.as_deref().unwrap_or_default();
        let sent = self.state().feedbacks.to(number).rev();
        let mine = sent.filter(|one| may(self.session, Action::AnswerFeedback, one));
        mine.filter_map(|one| Some((one, self.call_known(one.call)?))).collect()
    }

    /// How much a handler has not opened, in a few words.
    pub fn inbox(&self) -> String {
        match self.sent_to_me().iter().filter(|(one, _)| one.opened.is_none()).count() {
            0 => "No new feedback".to_owned(),
            1 => "1 new feedback".to_owned(),
            n => format!("{n} new feedbacks"),
        }
    }

    /// How feedback stands, for whoever wrote it or settles it.
    fn stands(&self, one: &Feedback) -> String {
        let Some((_, sent)) = &one.sent else {
            return format!("Draft, kept {}", moment::fact(one.written.1, self.now));
        };
        if let Some((stands, note)) = &one.settled {
            let at = moment::fact(note.at, self.now);
            return if *stands {
                format!("Disputed, and stands since {at}")
            } else {
                format!("Does not stand since {at}")
            };
        }
        match (one.answers.last(), one.opened) {
            _ if one.is_disputed() => "Disputed: a supervisor looks at it".to_owned(),
            (Some((Answered::Thanked, note)), _) => format!("Thanked {}", moment::fact(note.at, self.now)),
            (Some((_, note)), _) => format!("Answered {}", moment::fact(note.at, self.now)),
            (None, Some(opened)) => format!("Opened {}", moment::fact(opened, self.now)),
            (None, None) => format!("Sent {}, not opened yet", moment::fact(*sent, self.now)),
        }
    }

    fn patterns(&self) -> Patterns {
        let weeks = self.now.last_weeks(WEEKS);
        let mut found = self.state().feedback_patterns(Themes::shipped(), &weeks);
        found.lines.sort_by_key(|line| line.went);
        let lines = found.lines.into_iter().map(|line| {
            let went = if line.went == Went::Well { "went well" } else { "to try" };
            (line.says.to_string(), went, line.counts)
        });
        let weeks = weeks.iter().map(|week| week.local().strftime("%-d %b").to_string());
        Patterns { weeks: weeks.collect(), lines: lines.collect() }
    }
}

/// The lists of one person, and whose data they show.
struct Lists<'a> {
    teller: &'a Teller<'a>,
    subjects: BTreeSet<String>,
}

impl Lists<'_> {
    fn line(&mut self, id: String, href: String, call: &Call, (about, state, waits): (String, String, bool)) -> Line {
        let teller = self.teller;
        self.subjects.extend(teller.subjects_of_call(call));
        let open = Act::open("open", &format!("Call of {}, {}", teller.began(call), teller.log_of(call)), "", href);
        Line { id, when: call.began_at().map(moment::day).unwrap_or_default(), open, about, state, waits }
    }

    fn of(&mut self, prefix: &str, one: &Feedback, call: &Call, about: String, waits: bool) -> Line {
        let moments = one.moments.iter().filter_map(|id| self.teller.state().feedbacks.moment(*id));
        let about = format!("{about} · {}", counted(moments));
        let state = self.teller.stands(one);
        self.line(format!("{prefix}-{}", one.id), format!("/feedback/{}", one.id), call, (about, state, waits))
    }

    fn inbox(&mut self) -> List {
        let teller = self.teller;
        let mut sent = teller.sent_to_me();
        sent.sort_by_key(|(one, _)| one.opened.is_some());
        let lines = sent.into_iter().take(MOST_LINES).map(|(one, call)| {
            let from = format!("From {}", teller.staff.name(&one.by));
            let line = self.of("to", one, call, from, one.opened.is_none());
            Line { state: if line.waits { "New".to_owned() } else { line.state }, ..line }
        });
        List {
            id: "inbox",
            title: "To you",
            label: "about calls that you took; nobody else is sent it",
            none: match teller.session.account.staff {
                Some(_) => "No feedback has been sent to you about your calls.",
                None => {
                    "Your account has no staff number, so no call can be told to be yours. An administrator adds it."
                }
            },
            lines: lines.collect(),
        }
    }

    fn disputes(&mut self) -> List {
        self.disputed(
            true,
            "disputes",
            "Disputed",
            "the handler says that it is not so",
            "No feedback is disputed. What is not disputed stays between specialist and handler.",
        )
    }

    fn settled(&mut self) -> List {
        self.disputed(
            false,
            "settled",
            "Settled",
            "disputes that a supervisor has settled",
            "No dispute has been settled lately.",
        )
    }

    fn disputed(
        &mut self,
        waits: bool,
        id: &'static str,
        title: &'static str,
        label: &'static str,
        none: &'static str,
    ) -> List {
        let teller = self.teller;
        let all = teller.state().feedbacks.all().rev();
        let these = all.filter(|one| if waits { one.is_disputed() } else { one.settled.is_some() });
        let known = these.filter(|one| may(teller.session, Action::SettleFeedback, one));
        let known = known.filter_map(|one| Some((one, teller.call_known(one.call)?)));
        let lines = known.take(MOST_LINES).map(|(one, call)| {
            let about = format!("{} to {}", teller.staff.name(&one.by), teller.handler(call));
            self.of("dispute", one, call, about, waits)
        });
        List { id, title, label, none, lines: lines.collect() }
    }

    fn unsent(&mut self) -> List {
        let (teller, feedbacks) = (self.teller, &self.teller.state().feedbacks);
        let lines = feedbacks.calls().rev().filter_map(|id| {
            let mine = feedbacks.moments(id).filter(|one| one.by == teller.who);
            let unsent: Vec<&Moment> = mine.filter(|one| feedbacks.sent_with(one).is_none()).collect();
            let call = teller.call_known(id).filter(|_| !unsent.is_empty())?;
            let draft = feedbacks.draft(id, &teller.who);
            let state = draft.map_or_else(|| "Nothing written yet".to_owned(), |draft| teller.stands(draft));
            let about = format!("{} · {}", teller.handler(call), counted(unsent.into_iter()));
            Some(self.line(
                format!("unsent-{}", id.0),
                format!("/feedback/calls/c{}", id.0),
                call,
                (about, state, false),
            ))
        });
        List {
            id: "unsent",
            title: "Marked and not sent",
            label: "yours alone until you send it",
            none: "You have marked nothing that is not sent. On the page of a call that you hear, M and a digit mark a moment.",
            lines: lines.take(MOST_LINES).collect(),
        }
    }

    fn sent(&mut self) -> List {
        let teller = self.teller;
        let mine = teller.state().feedbacks.all().rev().filter(|one| one.by == teller.who && one.sent.is_some());
        let known = mine.filter_map(|one| Some((one, teller.call_known(one.call)?)));
        let lines = known.take(MOST_LINES).map(|(one, call)| self.of("sent", one, call, teller.handler(call), false));
        List {
            id: "sent",
            title: "Sent",
            label: "what you wrote to handlers",
            none: "You have sent no feedback lately.",
            lines: lines.collect(),
        }
    }

    /// The calls that this person heard or that stand side by side for them.
    fn evaluations(&mut self) -> List {
        let (teller, state) = (self.teller, self.teller.state());
        let evaluates = teller.may(Action::GiveFeedback);
        let mut calls: BTreeSet<CallId> =
            state.feedbacks.calls().filter(|id| state.feedbacks.evaluated(*id) > 1).collect();
        if evaluates {
            calls.extend(state.hearings.of_late(&teller.who).filter_map(|one| state.call_heard(&one.heard)));
        }
        let lines = calls.into_iter().rev().filter_map(|id| {
            let call = teller.call_known(id)?;
            let (stand, own) = (state.feedbacks.evaluated(id), state.feedbacks.has_evaluated(id, &teller.who));
            let heard = evaluates && state.has_heard(&teller.who, call);
            let sides = state.feedbacks.calibration(id, Form::shipped(), teller.evaluates_alone());
            let (page, told) = match (&sides, stand, own) {
                (Some(sides), ..) => {
                    let apart = sides.parts.iter().filter(|part| part.is_apart()).count();
                    (
                        "side-by-side",
                        if apart == 0 {
                            "The same in every part".to_owned()
                        } else {
                            format!("Apart in {apart} of {} parts", sides.parts.len())
                        },
                    )
                }
                (None, ..) if !heard => return None,
                (None, 0, _) => ("evaluation", "Nobody has evaluated it".to_owned()),
                (None, _, true) => {
                    ("evaluation", "Yours stands; a second is needed to set them side by side".to_owned())
                }
                (None, 1, false) => ("evaluation", "One stands: evaluate it alone, then see both".to_owned()),
                (None, n, false) => ("evaluation", format!("{n} stand: evaluate it alone, then see them")),
            };
            let waits = sides.is_none() && stand > 0 && !own;
            let href = format!("/feedback/calls/c{}/{page}", id.0);
            Some(self.line(format!("evaluation-{}", id.0), href, call, (teller.handler(call), told, waits)))
        });
        List {
            id: "evaluations",
            title: "Evaluated alone, then side by side",
            label: "so that two who hear the same come to the same",
            none: "No call that you may evaluate, and none of which two evaluations stand.",
            lines: lines.take(MOST_LINES).collect(),
        }
    }
}
