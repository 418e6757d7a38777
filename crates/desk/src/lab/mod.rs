//! The policy lab: what another policy would have raised on what has been, held against what was raised and what people said of it.
//!
//! [`Lab`] takes the journal's entries in order. What feeds sent, who was found to be like whom, and what staff said of people
//! and of histories comes from there as it was; what is judged, is judged anew. Every rule of the policy that is tried runs live,
//! whatever rule was off or on trial then: the question is what the policy asks.
//!
//! It decides nothing, and nothing that it finds goes anywhere but into its [`Report`].

mod past;
mod report;

use std::sync::Arc;

use self::past::Past;
pub use self::report::{ByWord, GroupLine, Report, RuleLine, Workload};
use crate::desk::Desk;
use crate::drive::Driven;
use crate::event::{Actor, Command, Entry, Event};
use crate::review::StaffEvent;
use crate::time::Timestamp;
use crate::watch::Policy;
use crate::watch::lexicon::Lexicon;

/// A policy on trial, over a span that is under way.
#[derive(Debug)]
pub struct Lab {
    desk: Desk,
    clock: Timestamp,
    from: Timestamp,
    past: Past,
}

impl Lab {
    /// Tries a policy on what was known from an instant on; what was known before is history, as on the day a force goes live.
    pub fn new(mut policy: Policy, lexicon: Arc<Lexicon>, from: Timestamp) -> Self {
        policy.live_from = Some(from);
        let desk = Desk::on_trial(Arc::new(policy), lexicon);
        Self { desk, clock: Timestamp::default(), from, past: Past::default() }
    }

    /// Takes the journal's next entry; from the first on, and without gaps.
    pub fn take(&mut self, entry: &Entry) {
        self.past.take(entry);
        let Some(event) = &entry.event else { return };
        // A match belongs to the message before it: what the two change is judged together.
        if !matches!(event, Event::Matched { .. }) {
            self.judge_changes();
        }
        match event {
            Event::Taken(taken) => {
                self.run_to(entry.known, false);
                if self.desk.has_caught_up(&taken.feed, &taken.message, entry.known) {
                    self.fold(Event::FeedBack { feed: taken.feed.clone() }, entry.known);
                }
            }
            Event::Staff(event) if is_seen_by_rules(event) => self.run_to(entry.known, false),
            Event::Matched { .. } => {}
            // Flags, silences, switches and policies are of the judging that was.
            _ => return,
        }
        self.clock = self.clock.max(entry.known);
        self.desk.apply(entry);
        self.desk.look_nobody_up();
    }

    /// Lets the clock run to the end of the span, and tells what came of it.
    pub fn finish(mut self, until: Timestamp) -> Report {
        self.judge_changes();
        self.run_to(until, true);
        report::report(self.desk.state(), &self.past, self.from, until)
    }

    fn fold(&mut self, event: Event, at: Timestamp) {
        let seq = self.desk.state().seq;
        self.desk.apply(&Entry { seq, at, known: at, received: at, actor: Actor::desk(), event: Some(event) });
    }
}

impl Driven for Lab {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn clock(&mut self) -> &mut Timestamp {
        &mut self.clock
    }

    fn wake(&mut self, at: Timestamp) {
        // The desk's own judging is never refused.
        for event in self.desk.decide(&Command::Wake, &Actor::desk(), at).unwrap_or_default() {
            self.fold(event, at);
        }
    }
}

/// What staff do that makes something true which rules ask for. What they said of flags is of the flags that were.
fn is_seen_by_rules(event: &StaffEvent) -> bool {
    matches!(
        event,
        StaffEvent::Joined { .. }
            | StaffEvent::Split { .. }
            | StaffEvent::HistoryAcknowledged { .. }
            | StaffEvent::Reasoned { .. }
            // A reason counts by the role of whoever gives it.
            | StaffEvent::ShiftStarted { .. }
            | StaffEvent::ShiftEnded { .. }
    )
}
