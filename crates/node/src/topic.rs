//! What an entry is about, and the stream that stands for it in headers.

use alongside_desk::listening::ListeningEvent;
use alongside_desk::message::{Body, CheckAbout, Message, Person};
use alongside_desk::review::{About, StaffEvent};
use alongside_desk::stamp::{CallId, FlagId, RecordId};
use alongside_desk::watch::Subject;
use alongside_desk::{Actor, Event, State};
use alongside_journal::{SourceKey, StreamId};

/// What an entry or a view is about. Its stream is a hash under the force's key: the same on every node and after every restart,
/// and nothing that can be guessed from a header.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// An incident, by the source system's reference.
    Incident(String),
    /// A call, by its reference.
    Call(String),
    /// An order, by its reference.
    Order(String),
    /// A person, by the force's reference.
    Person(String),
    /// A record without a force reference, by its number in the desk.
    Record(u32),
    /// A member of staff, by their id.
    Staff(String),
    /// A feed, by name.
    Feed(String),
    /// What a feed sent and was not taken.
    Rejects(String),
    /// One message that was not taken, by its number: who looked at it.
    Reject(u64),
    /// What staff decide about one thing. A stream of its own, so that what a feed sends never overtakes a decision.
    Review(String),
    /// The policy.
    Policy,
    /// The desk as a whole: lists, shifts.
    Desk,
    /// This node.
    Node,
}

impl Topic {
    /// Its stream, under the force's key.
    pub fn stream(&self, key: &SourceKey) -> StreamId {
        let (kind, id): (&str, &str) = match self {
            Self::Incident(id) => ("stream:incident", id.as_str()),
            Self::Call(id) => ("stream:call", id),
            Self::Order(id) => ("stream:order", id),
            Self::Person(id) => ("stream:person", id),
            Self::Record(id) => ("stream:record", &*id.to_string()),
            Self::Staff(id) => ("stream:staff", id),
            Self::Feed(id) => ("stream:feed", id),
            Self::Rejects(id) => ("stream:rejects", id),
            Self::Reject(id) => ("stream:reject", &*id.to_string()),
            Self::Review(id) => ("stream:review", id),
            Self::Policy => ("stream:policy", ""),
            Self::Desk => ("stream:desk", ""),
            Self::Node => ("stream:node", ""),
        };
        StreamId::from_bytes(key.source_id(kind, id).0)
    }

    /// What a message of a feed is about.
    pub(crate) fn of_message(feed: &str, message: &Message) -> Self {
        if let Some(incident) = &message.incident {
            return Self::Incident(incident.clone());
        }
        let person = |p: &Person| p.ref_.clone().map(Self::Person);
        let found = match &message.body {
            Body::CallAttached { incident, .. } => Some(Self::Incident(incident.clone())),
            Body::CallStarted { call, .. } | Body::CallEnded { call, .. } | Body::CallBack { call, .. } => {
                Some(Self::Call(call.clone()))
            }
            Body::OrderMade { order, .. } | Body::OrderEnded { order, .. } => Some(Self::Order(order.clone())),
            Body::Marked { person: p, .. }
            | Body::Arrested { person: p, .. }
            | Body::Released { person: p, .. }
            | Body::Told { person: p, .. }
            | Body::MaracReferred { person: p, .. }
            | Body::MaracHeard { person: p, .. }
            | Body::DisclosureApplied { person: p, .. } => person(p),
            Body::PersonMerged { to, .. } => Some(Self::Person(to.clone())),
            Body::Checked { about: CheckAbout::Person(p), .. } => person(p),
            _ => None,
        };
        found.unwrap_or_else(|| Self::Feed(feed.to_owned()))
    }

    /// What a flag's subject is about.
    pub(crate) fn of_subject(state: &State, subject: Subject) -> Self {
        match subject {
            Subject::Incident(id) => {
                state.reference(id).map_or(Self::Desk, |reference| Self::Incident(reference.to_string()))
            }
            Subject::Call(id) => state.calls.get(&id).map_or(Self::Desk, |call| Self::Call(call.reference.to_string())),
            Subject::Person(id) => Self::of_record(state, id),
        }
    }

    /// What a record is about.
    pub fn of_record(state: &State, id: RecordId) -> Self {
        let reference = state.people.record(id).force_ref.as_deref();
        reference.map_or(Self::Record(id.0), |reference| Self::Person(reference.to_owned()))
    }

    /// What a member of staff's command decides about: its stream holds decisions only.
    pub fn of_work(state: &State, about: &About, by: &Actor) -> Self {
        let of_call = |what: &str, call: &CallId| {
            Self::Review(match state.calls.get(call) {
                Some(call) => format!("{what} {}", call.reference),
                None => what.to_owned(),
            })
        };
        match about {
            About::Staff => Self::Staff(by.0.to_string()),
            About::OnCall => Self::Review("on call".to_owned()),
            About::Rules => Self::Review("rules".to_owned()),
            About::Listening => Self::Review("listening".to_owned()),
            About::Prompts(call) => of_call("prompts", call),
            About::Ticks(call) => of_call("ticks", call),
            About::Feedback(call) => of_call("feedback", call),
            About::Action(action) => Self::Review(format!("action {}", action.0)),
            About::Record(record) => Self::Review(format!("record {}", record.0)),
            About::Subject(subject) => Self::Review(match Self::of_subject(state, *subject) {
                Self::Incident(id) => format!("incident {id}"),
                Self::Call(id) => format!("call {id}"),
                Self::Person(id) => format!("person {id}"),
                _ => format!("{subject:?}"),
            }),
        }
    }

    /// What an event of the desk's own judging is about.
    pub(crate) fn of_judgement(state: &State, event: &Event) -> Self {
        let of_flag =
            |id: &FlagId| state.flags.get(*id).map_or(Self::Desk, |flag| Self::of_subject(state, flag.now.subject));
        match event {
            Event::FlagRaised(raised) | Event::FlagShadowed(raised) => Self::of_subject(state, raised.subject),
            Event::FlagGrew { flag, .. }
            | Event::FlagRose { flag, .. }
            | Event::FlagAnswered { flag, .. }
            | Event::FlagWithdrawn { flag, .. } => of_flag(flag),
            Event::Matched { found, .. } => Self::of_record(state, found.of),
            Event::FeedSilent { feed, .. } | Event::FeedBack { feed } => Self::Feed(feed.to_string()),
            Event::PolicySet { .. } => Self::Policy,
            Event::PaceSet { .. } => Self::Node,
            Event::Taken(taken) => Self::of_message(&taken.feed, &taken.message),
            // What a call's end means for the prompt that was open on it stands with the call's prompts.
            Event::Staff(StaffEvent::Listening(ListeningEvent::Prompt(event))) => {
                event.call(state).map_or(Self::Desk, |call| Self::of_work(state, &About::Prompts(call), &Actor::desk()))
            }
            Event::Staff(_) => Self::Desk,
        }
    }
}
