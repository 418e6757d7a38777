//! Feedback: what a specialist heard in a call, marked by the second, and told to the handler who took it.
//!
//! Invariants: what went well comes before what to try, and nothing is sent without it; each point quotes a second of the call;
//! only the handler of the call is sent it, and answers it; a dispute waits until a supervisor has settled it; two who
//! evaluate a call do it alone; counts over the room name nobody. Words stand in their entries alone.

mod clip;
mod decide;
mod evaluation;
mod form;
mod pattern;
mod theme;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use clip::{AFTER, BEFORE, Clip};
pub use evaluation::{Apart, Calibration, Evaluation};
pub use form::{FORM, Form, FormFault, Part};
pub use pattern::{Pattern, Patterns};
pub use theme::{THEMES, Theme, ThemeFault, Themes, Went};

use crate::event::{Actor, Entry};
use crate::review::Note;
use crate::stamp::CallId;
use crate::time::{Period, Timestamp};

/// What is asked about feedback.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackAsk {
    /// To mark a moment of a call that one listens to.
    Mark {
        /// Of which call.
        call: CallId,
        /// With which theme, by its key.
        theme: Arc<str>,
        /// How far behind the call one hears it, in the world's time: 0 to [`MOST_BEHIND`].
        behind: Period,
        /// What one hears then, in the world's time since the call's first audio, as whoever plays it says; nothing where nobody says.
        #[serde(default)]
        place: Option<Period>,
    },
    /// To note words on a moment of one's own, in place of those before.
    Note {
        /// Which, by its entry.
        moment: u64,
        /// The words; none takes them away.
        words: Arc<str>,
    },
    /// To write feedback on a call, in place of one's draft of it.
    Write {
        /// On which call.
        call: CallId,
        /// The entry of the draft that the writer saw; 0 for none.
        over: u64,
        /// What it says, in any order.
        points: Vec<Said>,
        /// Whether it goes to the handler of the call now.
        send: bool,
    },
    /// The handler has opened it.
    Open {
        /// Which, by its first entry.
        feedback: u64,
        /// The staff number of whoever asks.
        handler: Arc<str>,
    },
    /// The handler says something to it.
    Answer {
        /// Which, by its first entry.
        feedback: u64,
        /// The staff number of whoever asks.
        handler: Arc<str>,
        /// What.
        how: Answered,
        /// In words; thanks need none.
        words: Arc<str>,
    },
    /// A supervisor settles a dispute.
    Settle {
        /// Of which feedback, by its first entry.
        feedback: u64,
        /// Whether the feedback stands. What does not stand is counted nowhere.
        stands: bool,
        /// Why.
        words: Arc<str>,
    },
    /// To evaluate a call that one has listened to, in place of one's own evaluation of it.
    Evaluate {
        /// Which call.
        call: CallId,
        /// For each part of the form its step from 0; nothing where it cannot be said.
        steps: BTreeMap<Arc<str>, Option<u8>>,
        /// In words; may be empty.
        words: Arc<str>,
    },
    /// To take something of one's own back, as long as nobody has acted on it.
    TakeBack {
        /// What.
        what: Back,
        /// The staff number of whoever asks, where it is a handler's answer.
        handler: Option<Arc<str>>,
    },
}

/// Something that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Back {
    /// A moment that no sent feedback quotes, by its entry.
    Moment(u64),
    /// Feedback that its handler has not opened, by its first entry. It is a draft again.
    Sent(u64),
    /// The handler's last answer to a feedback, by the feedback's first entry.
    Answer(u64),
    /// What a supervisor settled, by the feedback's first entry, within [`crate::review::UNDO_WITHIN`].
    Settled(u64),
    /// One's evaluation of a call, while no other stands.
    Evaluation(CallId),
}

/// A point of feedback as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The moment that it quotes, by its entry.
    pub moment: u64,
    /// What is said of it; may be empty where it went well.
    pub words: Arc<str>,
}

/// What a handler says to feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// Something, in words.
    Said,
    /// Thanks.
    Thanked,
    /// That it is not so. A supervisor looks at it.
    Disputed,
}

/// What became of it, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackEvent {
    /// A moment was marked.
    Marked {
        /// Of which call.
        call: CallId,
        /// With which theme, by its key.
        theme: Arc<str>,
        /// Whether it went well, as the theme said then.
        went: Went,
        /// When what was heard was said.
        at: Timestamp,
        /// The second of the call, from 0.
        second: u32,
        /// What was heard, in the world's time since the call's first audio.
        #[serde(default)]
        place: Option<Period>,
    },
    /// Words were noted on a moment.
    Noted {
        /// Which, by its entry.
        moment: u64,
        /// The words; none takes those before away.
        words: Arc<str>,
    },
    /// Feedback was written.
    Written {
        /// On which call.
        call: CallId,
        /// What it says: what went well first, each part in the order of the call.
        points: Vec<Said>,
    },
    /// What whoever acts had written on a call was sent.
    Sent {
        /// On which call.
        call: CallId,
        /// To whom, by staff number.
        handler: Arc<str>,
    },
    /// The handler opened it.
    Opened {
        /// Which, by its first entry.
        feedback: u64,
    },
    /// The handler said something to it.
    Answered {
        /// Which, by its first entry.
        feedback: u64,
        /// What.
        how: Answered,
        /// In words.
        words: Arc<str>,
    },
    /// A supervisor settled a dispute.
    Settled {
        /// Of which feedback, by its first entry.
        feedback: u64,
        /// Whether the feedback stands.
        stands: bool,
        /// Why.
        words: Arc<str>,
    },
    /// A call was evaluated.
    Evaluated {
        /// Which.
        call: CallId,
        /// The version of the form.
        form: Arc<str>,
        /// For each part its step from 0; nothing where it cannot be said.
        steps: BTreeMap<Arc<str>, Option<u8>>,
        /// In words.
        words: Arc<str>,
    },
    /// Something was taken back.
    TakenBack(Back),
}

/// Whoever listens can have gone back so far at most: two minutes, as long as what was said is kept.
pub const MOST_BEHIND: Period = Period::minutes(2);

/// Words of one point, note or answer are no longer than this, in bytes (D).
pub const LONGEST_WORDS: usize = 2000;

/// A moment of a call. Words noted on it stand in their entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Its entry.
    pub id: u64,
    /// Of which call.
    pub call: CallId,
    /// Who marked it.
    pub by: Actor,
    /// With which theme, by its key.
    pub theme: Arc<str>,
    /// Whether it went well.
    pub went: Went,
    /// When what was heard was said.
    pub at: Timestamp,
    /// The second of the call, from 0.
    pub second: u32,
    /// What was heard, in the world's time since the call's first audio: where a [recording](crate::listening::recording) has it.
    pub place: Option<Period>,
    /// The entry of the words noted on it.
    pub note: Option<u64>,
}

/// Feedback on a call. What it says stands in the entry in which it was last written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// The entry in which it was first written.
    pub id: u64,
    /// On which call.
    pub call: CallId,
    /// Who wrote it.
    pub by: Actor,
    /// The moments that it quotes, what went well first.
    pub moments: Vec<u64>,
    /// The entry in which it was last written, and when.
    pub written: (u64, Timestamp),
    /// To whom it was sent (a staff number), and when; nothing while it is a draft.
    pub sent: Option<(Arc<str>, Timestamp)>,
    /// When its handler opened it.
    pub opened: Option<Timestamp>,
    /// What its handler said, the oldest first; each note's words stand in its entry.
    pub answers: Vec<(Answered, Note)>,
    /// Whether it stands, as a supervisor settled, and why.
    pub settled: Option<(bool, Note)>,
}

/// What there is about one call.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct OfCall {
    moments: Vec<u64>,
    feedback: Vec<u64>,
    evaluations: Vec<Evaluation>,
}

/// Moments, feedback and evaluations of the calls that something was heard of lately.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Feedbacks {
    moments: BTreeMap<u64, Moment>,
    feedback: BTreeMap<u64, Feedback>,
    of: BTreeMap<CallId, OfCall>,
}

impl Feedback {
    /// Whether a dispute waits for a supervisor.
    pub fn is_disputed(&self) -> bool {
        self.settled.is_none() && self.answers.iter().any(|(how, _)| *how == Answered::Disputed)
    }

    /// Whether somebody still has to look at it: the handler who has not opened it, or a supervisor.
    pub fn waits(&self) -> bool {
        self.is_disputed() || (self.sent.is_some() && self.opened.is_none())
    }

    /// Whether a supervisor has said that it does not stand.
    pub fn was_overturned(&self) -> bool {
        matches!(self.settled, Some((false, _)))
    }
}

impl Feedbacks {
    /// A moment by its entry.
    pub fn moment(&self, id: u64) -> Option<&Moment> {
        self.moments.get(&id)
    }

    /// The moments of a call, in the order in which they were marked.
    pub fn moments(&self, call: CallId) -> impl DoubleEndedIterator<Item = &Moment> {
        self.of.get(&call).into_iter().flat_map(|of| &of.moments).filter_map(|id| self.moments.get(id))
    }

    /// Feedback by its first entry.
    pub fn get(&self, id: u64) -> Option<&Feedback> {
        self.feedback.get(&id)
    }

    /// The feedback on a call, the oldest first.
    pub fn of(&self, call: CallId) -> impl DoubleEndedIterator<Item = &Feedback> {
        self.of.get(&call).into_iter().flat_map(|of| &of.feedback).filter_map(|id| self.feedback.get(id))
    }

    /// What somebody has written on a call and not sent.
    pub fn draft(&self, call: CallId, who: &Actor) -> Option<&Feedback> {
        self.of(call).find(|one| one.by == *who && one.sent.is_none())
    }

    /// Every feedback, the oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Feedback> {
        self.feedback.values()
    }

    /// What was sent to a handler (a staff number), the oldest first.
    pub fn to<'a>(&'a self, handler: &'a str) -> impl DoubleEndedIterator<Item = &'a Feedback> {
        self.all().filter(move |one| one.sent.as_ref().is_some_and(|(to, _)| **to == *handler))
    }

    /// The calls of which there is a moment, feedback or an evaluation.
    pub fn calls(&self) -> impl DoubleEndedIterator<Item = CallId> {
        self.of.keys().copied()
    }

    /// The feedback that quotes a moment and was sent.
    pub fn sent_with(&self, moment: &Moment) -> Option<&Feedback> {
        self.of(moment.call).find(|one| one.sent.is_some() && one.moments.contains(&moment.id))
    }

    /// Whether the desk does not forget a call: there is something about it here, and it is recent or waits for somebody.
    pub(crate) fn keeps(&self, call: CallId, is_recent: bool) -> bool {
        self.of.contains_key(&call) && (is_recent || self.of(call).any(Feedback::waits))
    }

    /// What there is about a call that the desk forgets.
    pub(crate) fn forget(&mut self, call: CallId) {
        let of = self.of.remove(&call).unwrap_or_default();
        of.moments.iter().for_each(|id| drop(self.moments.remove(id)));
        of.feedback.iter().for_each(|id| drop(self.feedback.remove(id)));
    }

    pub(crate) fn apply(&mut self, event: &FeedbackEvent, entry: &Entry) {
        let (by, at, id) = (&entry.actor, entry.known, entry.seq);
        let note = || Note { by: by.clone(), at, words: id };
        match event {
            FeedbackEvent::Marked { call, theme, went, at, second, place } => {
                self.of.entry(*call).or_default().moments.push(id);
                let (by, theme) = (by.clone(), theme.clone());
                let (call, went, at, second, place) = (*call, *went, *at, *second, *place);
                self.moments.insert(id, Moment { id, call, by, theme, went, at, second, place, note: None });
            }
            FeedbackEvent::Noted { moment, words } => {
                if let Some(moment) = self.moments.get_mut(moment) {
                    moment.note = (!words.trim().is_empty()).then_some(id);
                }
            }
            FeedbackEvent::Written { call, points } => self.write(*call, points, (id, at), by),
            FeedbackEvent::Sent { call, handler } => {
                let draft = self.draft(*call, by).map(|draft| draft.id);
                if let Some(draft) = draft.and_then(|id| self.feedback.get_mut(&id)) {
                    draft.sent = Some((handler.clone(), at));
                }
            }
            FeedbackEvent::Opened { feedback } => self.change(*feedback, |one| {
                one.opened.get_or_insert(at);
            }),
            FeedbackEvent::Answered { feedback, how, .. } => self.change(*feedback, |one| {
                one.answers.push((*how, note()));
            }),
            FeedbackEvent::Settled { feedback, stands, .. } => self.change(*feedback, |one| {
                one.settled = Some((*stands, note()));
            }),
            FeedbackEvent::Evaluated { call, form, steps, .. } => {
                let (form, steps) = (form.clone(), steps.clone());
                self.of.entry(*call).or_default().evaluate(Evaluation { form, steps, said: note() });
            }
            FeedbackEvent::TakenBack(back) => self.take_back(*back, by),
        }
    }

    fn change(&mut self, feedback: u64, change: impl FnOnce(&mut Feedback)) {
        if let Some(found) = self.feedback.get_mut(&feedback) {
            change(found);
        }
    }

    fn write(&mut self, call: CallId, points: &[Said], written: (u64, Timestamp), by: &Actor) {
        let moments: Vec<u64> = points.iter().map(|said| said.moment).collect();
        let draft = self.draft(call, by).map(|draft| draft.id);
        if let Some(draft) = draft.and_then(|id| self.feedback.get_mut(&id)) {
            (draft.moments, draft.written) = (moments, written);
            return;
        }
        let (id, by) = (written.0, by.clone());
        let (sent, opened, answers, settled) = (None, None, Vec::new(), None);
        self.of.entry(call).or_default().feedback.push(id);
        self.feedback.insert(id, Feedback { id, call, by, moments, written, sent, opened, answers, settled });
    }

    fn take_back(&mut self, back: Back, by: &Actor) {
        match back {
            Back::Moment(id) => {
                let Some(of) = self.moments.remove(&id).and_then(|moment| self.of.get_mut(&moment.call)) else {
                    return;
                };
                of.moments.retain(|other| *other != id);
                for draft in &of.feedback {
                    if let Some(draft) = self.feedback.get_mut(draft) {
                        draft.moments.retain(|other| *other != id);
                    }
                }
            }
            Back::Sent(id) => self.change(id, |one| one.sent = None),
            Back::Answer(id) => self.change(id, |one| drop(one.answers.pop())),
            Back::Settled(id) => self.change(id, |one| one.settled = None),
            Back::Evaluation(call) => {
                if let Some(of) = self.of.get_mut(&call) {
                    of.evaluations.retain(|one| one.said.by != *by);
                }
            }
        }
    }
}
