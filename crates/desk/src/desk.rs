//! The desk itself: [`Desk::decide`], [`Desk::apply`], [`Desk::due`], and nothing else that changes anything.

use std::sync::{Arc, Mutex, PoisonError};

use crate::event::{Actor, Changes, Command, Entry, Event, FoundSign, Refusal, Take, Taken};
use crate::listening::ListeningEvent;
use crate::message::Message;
use crate::review::StaffEvent;
use crate::state::State;
use crate::time::{Period, Timestamp};
use crate::watch::lexicon::{Lexicon, Stance};
use crate::watch::{Agenda, Policy};

/// Events in; state, flags and queue out.
///
/// How to drive it: while `due()` lies before the next message's `known`, decide [`Command::Wake`] at `due()` and apply what
/// comes; then decide the [`Command::Take`] and apply it; then decide a `Wake` at that same `known`, which judges what the message
/// changed but lets no clock that ends at that very instant run out yet, since another message of the same instant may follow.
#[derive(Debug)]
pub struct Desk {
    state: State,
    lexicon: Arc<Lexicon>,
    /// The lexicon's version, as every message taken names it.
    lexicon_version: Arc<str>,
    /// What is to be judged next and which clocks run: a cache that the state can always be asked for again, and no part of it.
    agenda: Mutex<Agenda>,
}

/// A message that says it happened this near to when it came shows that a silent feed has caught up (D).
const CAUGHT_UP: Period = Period::minutes(1);

impl Desk {
    /// The version of the fold: a snapshot of another version is not used.
    pub const FOLD_VERSION: u32 = 21;

    /// A desk that knows nothing yet.
    pub fn new(policy: Arc<Policy>, lexicon: Arc<Lexicon>) -> Self {
        Self::with(State::new(policy), lexicon, Agenda::default())
    }

    /// A desk from a snapshot's state. Everything that is still running is judged again, which changes nothing that was judged.
    pub fn from_state(state: State, lexicon: Arc<Lexicon>) -> Self {
        let agenda = Agenda::of_everything(&state);
        Self::with(state, lexicon, agenda)
    }

    fn with(state: State, lexicon: Arc<Lexicon>, agenda: Agenda) -> Self {
        let lexicon_version = lexicon.version().into();
        Self { state, lexicon, lexicon_version, agenda: Mutex::new(agenda) }
    }

    /// What is known.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The lexicon in use.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// When the next time-driven judgement could be needed; the past or the present while something waits to be judged.
    pub fn due(&self) -> Option<Timestamp> {
        let agenda = self.agenda.lock().unwrap_or_else(PoisonError::into_inner);
        if agenda.has_changes() {
            return Some(self.state.clock);
        }
        [agenda.next(), self.state.silence_due()].into_iter().flatten().min()
    }

    /// Whether something waits to be judged, apart from clocks.
    pub fn has_changes(&self) -> bool {
        self.agenda.lock().unwrap_or_else(PoisonError::into_inner).has_changes()
    }

    /// The clocks that run on an incident: the rule's id and the end. What of them has run two thirds may be shown as due.
    pub fn clocks(&self, incident: crate::stamp::IncidentId) -> Vec<(Arc<str>, Timestamp)> {
        let agenda = self.agenda.lock().unwrap_or_else(PoisonError::into_inner);
        let rules = &self.state.policy.rules;
        let of = agenda.clocks_of(crate::watch::Subject::Incident(incident));
        // A rule that is off or on trial asks nothing of anybody, so its clock puts nothing in the queue.
        let live = |rule: &&crate::watch::Rule| self.state.switches.mode(&rule.id) == crate::watch::Mode::Live;
        of.filter_map(|(rule, due)| rules.get(usize::from(rule)).filter(live).map(|r| (r.id.clone(), due))).collect()
    }

    /// What a command comes to. Nothing is changed; the events are to be written down, then applied.
    ///
    /// # Errors
    /// [`Refusal`], with nothing to write down.
    pub fn decide(&self, command: &Command, actor: &Actor, at: Timestamp) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Take(take) => Ok(self.take(take)),
            Command::Wake => Ok(self.judge(at)),
            Command::SetPolicy { policy, why } => Ok(vec![Event::PolicySet {
                version: policy.version.clone(),
                text: policy.text.clone(),
                why: why.clone(),
            }]),
            Command::SetPace { times } if (*times).max(1) == self.state.pace => Ok(Vec::new()),
            Command::SetPace { times } => Ok(vec![Event::PaceSet { times: (*times).max(1) }]),
            Command::Staff(command) => {
                let events = self.state.decide_staff(command, actor, at)?;
                Ok(events.into_iter().map(Event::Staff).collect())
            }
        }
    }

    fn judge(&self, at: Timestamp) -> Vec<Event> {
        let mut agenda = self.agenda.lock().unwrap_or_else(PoisonError::into_inner);
        crate::watch::judge(&self.state, &mut agenda, at)
    }

    fn take(&self, take: &Take) -> Vec<Event> {
        let mut events = Vec::new();
        let now = match &take.message.body {
            crate::message::Body::Corrected { fields: Some(fields), withdrawn: false, .. } => {
                take.original.as_ref().and_then(|original| corrected(original, fields)).map(|m| {
                    let signs = self.signs(&m);
                    (m, signs)
                })
            }
            _ => None,
        };
        if self.has_caught_up(&take.feed, &take.message, take.known) {
            events.push(Event::FeedBack { feed: take.feed.clone() });
        }
        events.insert(
            0,
            Event::Taken(Box::new(Taken {
                feed: take.feed.clone(),
                raw: take.raw.clone(),
                message: take.message.clone(),
                lexicon: self.lexicon_version.clone(),
                signs: self.signs(&take.message),
                now,
            })),
        );
        let left = self.state.prompt_left_open(&take.message.body);
        events.extend(left.map(|closed| Event::Staff(StaffEvent::Listening(ListeningEvent::Prompt(closed)))));
        events
    }

    /// Whether a message shows that a feed which had fallen silent is there again.
    pub(crate) fn has_caught_up(&self, feed: &str, message: &Message, known: Timestamp) -> bool {
        self.state.feeds.get(feed).is_some_and(|f| f.silent_since.is_some())
            && (message.at >= known.minus(CAUGHT_UP) || message.body.type_name() == "feed.alive")
    }

    /// A desk that tries a policy on entries which say already who is like whom, and of which nobody reads a sentence: it keeps
    /// no index for looking people up, and what it raises has no words.
    pub(crate) fn on_trial(policy: Arc<Policy>, lexicon: Arc<Lexicon>) -> Self {
        let mut desk = Self::new(policy, lexicon);
        desk.state.people.look_nobody_up();
        desk.agenda.get_mut().unwrap_or_else(PoisonError::into_inner).say_nothing();
        desk
    }

    /// Looks nobody up that waits to be looked up: who is like whom is in the entries to come.
    pub(crate) fn look_nobody_up(&mut self) {
        self.agenda.get_mut().unwrap_or_else(PoisonError::into_inner).look_nobody_up();
    }

    fn signs(&self, message: &Message) -> Vec<FoundSign> {
        let Some((_, text)) = message.body.text() else { return Vec::new() };
        let mut found = Vec::new();
        self.lexicon.scan(text, &mut found);
        let told = |sign: &crate::watch::lexicon::Sign| {
            let indicator = self.lexicon.indicator(sign.indicator)?;
            Some(FoundSign {
                indicator: indicator.name.as_str().into(),
                start: sign.start,
                end: sign.end,
                stated: sign.stance == Stance::Stated,
                risk: indicator.is_risk,
                names: sign.names.into_iter().flatten().collect(),
            })
        };
        found.iter().filter_map(told).collect()
    }

    /// Folds one entry into the state. Never judges.
    pub fn apply(&mut self, entry: &Entry) -> Changes {
        let agenda = self.agenda.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.state.apply(entry, agenda)
    }
}

/// The same desk once more, from here on its own. Everything that is still running is judged again, which changes nothing.
impl Clone for Desk {
    fn clone(&self) -> Self {
        Self::from_state(self.state.clone(), self.lexicon.clone())
    }
}

/// What a corrected message says now: the original with the source's fields laid over it.
fn corrected(original: &str, fields: &serde_json::Map<String, serde_json::Value>) -> Option<Message> {
    let mut value: serde_json::Value = serde_json::from_str(original).ok()?;
    let object = value.as_object_mut()?;
    for (name, field) in fields.iter().filter(|(name, _)| !matches!(name.as_str(), "id" | "type" | "known")) {
        object.insert(name.clone(), field.clone());
    }
    crate::message::read_value(&value).ok().map(|read| read.message)
}
