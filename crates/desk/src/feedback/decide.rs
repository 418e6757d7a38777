//! What is asked about feedback comes to. Nothing is changed here.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Answered, Back, Feedback, FeedbackAsk, FeedbackEvent, Form, LONGEST_WORDS, MOST_BEHIND, Moment, Said, Themes, Went,
};
use crate::call::Call;
use crate::event::{Actor, Refusal};
use crate::stamp::CallId;
use crate::state::State;
use crate::time::{Period, Timestamp};
use crate::watch::clock;

impl FeedbackAsk {
    /// The call that it is about.
    pub fn call(&self, state: &State) -> Option<CallId> {
        let of = |feedback: &u64| state.feedbacks.get(*feedback).map(|one| one.call);
        match self {
            Self::Mark { call, .. }
            | Self::Write { call, .. }
            | Self::Evaluate { call, .. }
            | Self::TakeBack { what: Back::Evaluation(call), .. } => Some(*call),
            Self::Note { moment, .. } | Self::TakeBack { what: Back::Moment(moment), .. } => {
                state.feedbacks.moment(*moment).map(|moment| moment.call)
            }
            Self::Open { feedback, .. }
            | Self::Answer { feedback, .. }
            | Self::Settle { feedback, .. }
            | Self::TakeBack {
                what: Back::Sent(feedback) | Back::Answer(feedback) | Back::Settled(feedback), ..
            } => of(feedback),
        }
    }
}

/// Nobody learns more of what is not theirs.
const NONE: Refusal = Refusal::NoSuch("feedback");

impl State {
    pub(crate) fn decide_feedback(
        &self,
        ask: &FeedbackAsk,
        who: &Actor,
        now: Timestamp,
    ) -> Result<Vec<FeedbackEvent>, Refusal> {
        Ok(vec![match ask {
            FeedbackAsk::Mark { call, theme, behind, place } => self.mark(*call, theme, (*behind, *place), who, now)?,
            FeedbackAsk::Note { moment, words } => {
                let moment = self.own_moment(*moment, who)?.id;
                FeedbackEvent::Noted { moment, words: short(words)? }
            }
            FeedbackAsk::Write { call, over, points, send } => {
                return self.write_feedback(*call, *over, points, *send, who, now);
            }
            FeedbackAsk::Open { feedback, handler } => {
                let found = self.feedback_for(*feedback, handler)?;
                if found.opened.is_some() {
                    return Ok(Vec::new());
                }
                FeedbackEvent::Opened { feedback: found.id }
            }
            FeedbackAsk::Answer { feedback, handler, how, words } => {
                let found = self.feedback_for(*feedback, handler)?;
                let words = if *how == Answered::Thanked { short(words)? } else { written(words)? };
                if *how == Answered::Disputed {
                    may_dispute(found, now)?;
                }
                // Whoever answers has read it.
                let opened = found.opened.is_none().then_some(FeedbackEvent::Opened { feedback: found.id });
                let answered = FeedbackEvent::Answered { feedback: found.id, how: *how, words };
                return Ok(opened.into_iter().chain([answered]).collect());
            }
            FeedbackAsk::Settle { feedback, stands, words } => {
                let found = self.feedbacks.get(*feedback).ok_or(NONE)?;
                self.call_known_to(found.call, who).map_err(|_| NONE)?;
                if let Some((_, by)) = &found.settled {
                    let text = format!("{} settled this at {}", by.by.0, clock(by.at, now));
                    return Err(Refusal::Overtaken(text.into()));
                }
                if !found.is_disputed() {
                    return Err(unfit("Nobody disputes this feedback."));
                }
                if found.by == *who {
                    return Err(unfit("Another supervisor settles what you wrote yourself."));
                }
                FeedbackEvent::Settled { feedback: found.id, stands: *stands, words: written(words)? }
            }
            FeedbackAsk::Evaluate { call, steps, words } => self.evaluate(*call, steps, words, who)?,
            FeedbackAsk::TakeBack { what, handler } => {
                self.may_take_back(*what, handler.as_ref(), who, now)?;
                FeedbackEvent::TakenBack(*what)
            }
        }])
    }

    fn mark(
        &self,
        call: CallId,
        theme: &str,
        (behind, place): (Period, Option<Period>),
        who: &Actor,
        now: Timestamp,
    ) -> Result<FeedbackEvent, Refusal> {
        let call = self.call_known_to(call, who)?;
        let theme = Themes::shipped().get(theme).ok_or(Refusal::NoSuch("theme"))?;
        if !self.listening_to(call).iter().any(|hearing| hearing.who == *who) {
            return Err(unfit("Moments are marked by whoever listens to the call."));
        }
        if !(0..=MOST_BEHIND.ms()).contains(&behind.ms()) {
            return Err(unfit("Nobody hears a call more than two minutes behind."));
        }
        // What is heard late goes by the world's time, also where a demonstration's clock runs faster.
        let behind = Period::from_ms(behind.ms().saturating_mul(i64::from(self.pace)));
        let began = call.began_at().unwrap_or(now);
        let last = call.ended.as_ref().map_or(now, |(ended, _)| ended.at.min(now));
        let at = now.minus(behind).min(last).max(began);
        let second = u32::try_from(at.since(began).ms() / 1000).unwrap_or(0);
        let (theme, went) = (theme.key.clone(), theme.went);
        Ok(FeedbackEvent::Marked { call: call.id, theme, went, at, second, place })
    }

    fn write_feedback(
        &self,
        call: CallId,
        over: u64,
        points: &[Said],
        send: bool,
        who: &Actor,
        now: Timestamp,
    ) -> Result<Vec<FeedbackEvent>, Refusal> {
        let call = self.call_known_to(call, who)?;
        let draft = self.feedbacks.draft(call.id, who);
        if draft.map_or(0, |draft| draft.written.0) != over {
            let text = match draft {
                Some(draft) => {
                    format!("{} wrote this further on another page at {}", who.0, clock(draft.written.1, now))
                }
                None => format!("{} sent this, or never kept it", who.0),
            };
            return Err(Refusal::Overtaken(text.into()));
        }
        let points = self.in_order(call, points, who)?;
        let written =
            FeedbackEvent::Written { call: call.id, points: points.iter().map(|(_, said)| said.clone()).collect() };
        if !send {
            return Ok(vec![written]);
        }
        if !points.iter().any(|(moment, _)| moment.went == Went::Well) {
            return Err(unfit("Feedback begins with what went well: quote at least one moment that did."));
        }
        if points.iter().any(|(moment, said)| moment.went == Went::Try && said.words.trim().is_empty()) {
            return Err(unfit("Say of each moment to try what there is to try, in words."));
        }
        let handler = self.addressee(call).map_err(unfit)?;
        Ok(vec![written, FeedbackEvent::Sent { call: call.id, handler }])
    }

    /// What went well first, each part in the order of the call; each moment once, whoever writes having marked it.
    fn in_order<'a>(&'a self, call: &Call, points: &[Said], who: &Actor) -> Result<Vec<(&'a Moment, Said)>, Refusal> {
        let mut found: BTreeMap<(Went, u32, u64), (&Moment, Said)> = BTreeMap::new();
        for said in points {
            let moment = self.own_moment(said.moment, who)?;
            if moment.call != call.id || self.feedbacks.sent_with(moment).is_some() {
                return Err(Refusal::NoSuch("moment of this call that is not sent"));
            }
            let said = Said { moment: moment.id, words: short(&said.words)? };
            found.insert((moment.went, moment.second, moment.id), (moment, said));
        }
        Ok(found.into_values().collect())
    }

    /// To whom feedback on a call goes: the staff number of whoever took it.
    ///
    /// # Errors
    /// Why it cannot go to anybody, in a sentence.
    pub fn addressee(&self, call: &Call) -> Result<Arc<str>, &'static str> {
        let Some(handler) = &call.handler else {
            return Err("No feed has told who took this call, so the feedback has nobody to go to.");
        };
        // Whoever is in the record is shown nothing about it; whoever could warn them must not be told why (law 12).
        if self.is_kept_from_call(&Actor(handler.clone()), call) {
            return Err("Feedback on this call cannot go to its handler.");
        }
        Ok(handler.clone())
    }

    fn evaluate(
        &self,
        call: CallId,
        steps: &BTreeMap<Arc<str>, Option<u8>>,
        words: &Arc<str>,
        who: &Actor,
    ) -> Result<FeedbackEvent, Refusal> {
        let (call, form) = (self.call_known_to(call, who)?, Form::shipped());
        if !self.has_heard(who, call) {
            return Err(unfit("Whoever evaluates a call has listened to it."));
        }
        self.evaluates_alone(call.id, who)?;
        let fits = |(key, step): (&Arc<str>, &Option<u8>)| {
            form.part(key).is_some_and(|part| step.is_none_or(|step| usize::from(step) < part.steps.len()))
        };
        if steps.len() != form.parts.len() || !steps.iter().all(fits) {
            return Err(unfit("Each part has one of its steps, or that it cannot be said of this call."));
        }
        let (form, steps) = (form.version.clone(), steps.clone());
        Ok(FeedbackEvent::Evaluated { call: call.id, form, steps, words: short(words)? })
    }

    /// As soon as two stand each has been shown to the other, so neither is changed any more.
    fn evaluates_alone(&self, call: CallId, who: &Actor) -> Result<(), Refusal> {
        if self.feedbacks.has_evaluated(call, who) && self.feedbacks.evaluated(call) > 1 {
            return Err(unfit("Another evaluation of this call stands beside yours: neither is changed any more."));
        }
        Ok(())
    }

    fn may_take_back(
        &self,
        what: Back,
        handler: Option<&Arc<str>>,
        who: &Actor,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        match what {
            Back::Moment(moment) => {
                let moment = self.own_moment(moment, who)?;
                if self.feedbacks.sent_with(moment).is_some() {
                    return Err(unfit("Feedback that was sent quotes this moment."));
                }
            }
            Back::Sent(feedback) => {
                let found = self.feedbacks.get(feedback).filter(|one| one.by == *who).ok_or(NONE)?;
                let call = self.call_known_to(found.call, who).map_err(|_| NONE)?;
                if found.sent.is_none() {
                    return Err(NONE);
                }
                if let Some(opened) = found.opened {
                    let at = clock(opened, now);
                    let text = format!("The handler opened this feedback at {at}: it cannot be taken back any more.");
                    return Err(Refusal::Unfit(text.into()));
                }
                if self.feedbacks.draft(call.id, who).is_some() {
                    return Err(unfit("You have begun to write again on this call: send or finish that first."));
                }
            }
            Back::Answer(feedback) => {
                let found = self.feedback_for(feedback, handler.ok_or(NONE)?)?;
                if found.answers.is_empty() {
                    return Err(NONE);
                }
                if let Some((_, note)) = &found.settled {
                    return Err(Refusal::Overtaken(
                        format!("{} settled this at {}", note.by.0, clock(note.at, now)).into(),
                    ));
                }
            }
            Back::Settled(feedback) => {
                let found = self.feedbacks.get(feedback).ok_or(NONE)?;
                let Some((_, note)) = found.settled.as_ref().filter(|(_, note)| note.by == *who) else {
                    return Err(NONE);
                };
                if now > note.at.plus(self.undo_within()) {
                    return Err(unfit("More than 10 seconds have gone by: this cannot be taken back any more."));
                }
            }
            Back::Evaluation(call) => {
                self.call_known_to(call, who)?;
                if !self.feedbacks.has_evaluated(call, who) {
                    return Err(Refusal::NoSuch("evaluation"));
                }
                self.evaluates_alone(call, who)?;
            }
        }
        Ok(())
    }

    /// Whether somebody listens to a call, or did.
    pub fn has_heard(&self, who: &Actor, call: &Call) -> bool {
        let ended = |heard| self.hearings.ended(&heard).iter().any(|hearing| hearing.who == *who);
        self.listening_to(call).iter().any(|hearing| hearing.who == *who) || self.names_of(call).into_iter().any(ended)
    }

    /// A call that this person may know of (law 12).
    fn call_known_to(&self, call: CallId, who: &Actor) -> Result<&Call, Refusal> {
        let found = self.calls.get(&call).filter(|call| !self.is_kept_from_call(who, call));
        found.ok_or(Refusal::NoSuch("call"))
    }

    /// A moment that this person marked, on a call that they may know of.
    fn own_moment(&self, id: u64, who: &Actor) -> Result<&Moment, Refusal> {
        let none = Refusal::NoSuch("moment");
        let Some(found) = self.feedbacks.moment(id).filter(|moment| moment.by == *who) else { return Err(none) };
        self.call_known_to(found.call, who).map(|_| found).map_err(|_| none)
    }

    /// Feedback as the handler to whom it was sent knows of it. To anybody else there is none.
    ///
    /// # Errors
    /// There is none, or none for them.
    pub fn feedback_for(&self, id: u64, handler: &Arc<str>) -> Result<&Feedback, Refusal> {
        let Some(found) = self.feedbacks.get(id) else { return Err(NONE) };
        let is_theirs = found.sent.as_ref().is_some_and(|(to, _)| to == handler);
        let call = self.calls.get(&found.call).filter(|_| is_theirs).ok_or(NONE)?;
        if self.is_kept_from_call(&Actor(handler.clone()), call) { Err(NONE) } else { Ok(found) }
    }
}

fn may_dispute(found: &Feedback, now: Timestamp) -> Result<(), Refusal> {
    if let Some((_, note)) = &found.settled {
        let text = format!("{} settled this at {}", note.by.0, clock(note.at, now));
        return Err(Refusal::Overtaken(text.into()));
    }
    if found.is_disputed() {
        return Err(unfit("You have disputed this feedback already; a supervisor looks at it."));
    }
    Ok(())
}

/// Words as they are kept: trimmed, and not too long.
fn short(words: &Arc<str>) -> Result<Arc<str>, Refusal> {
    if words.len() > LONGEST_WORDS {
        return Err(Refusal::Unfit(format!("Words of feedback are no longer than {LONGEST_WORDS} characters.").into()));
    }
    Ok(words.trim().into())
}

fn written(words: &Arc<str>) -> Result<Arc<str>, Refusal> {
    let words = short(words)?;
    if words.is_empty() { Err(unfit("Say it in words.")) } else { Ok(words) }
}

fn unfit(why: &str) -> Refusal {
    Refusal::Unfit(why.into())
}
