//! What the desk is asked, what it answers, and what it writes down.
//!
//! Events are versioned by [`Event::VERSION`]; the form in which each is kept is [`Event::encode`]'s, and old forms are read
//! by [`Event::decode`] for good.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::message::{Message, read_line};
use crate::person::Match;
use crate::review::{StaffCommand, StaffEvent};
use crate::stamp::{FlagId, RecordId};
use crate::time::Timestamp;
use crate::watch::lexicon::Span;
use crate::watch::{Policy, Raised, Severity};

/// Who acts, by a pseudonymous id: a feed, a member of staff, or the desk itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Actor(pub Arc<str>);

impl Actor {
    /// The desk itself: its own judgements.
    pub fn desk() -> Self {
        Self("desk".into())
    }
}

/// Something the desk is asked to do.
#[derive(Clone, Debug)]
pub enum Command {
    /// Take a message of a feed.
    Take(Box<Take>),
    /// Judge what has changed, and what has fallen due by now.
    Wake,
    /// A policy was put in force.
    SetPolicy {
        /// The policy, compiled.
        policy: Arc<Policy>,
        /// Why, in the words of whoever did it.
        why: Arc<str>,
    },
    /// The clock runs at this many times the pace of the world: in a synthetic folder only.
    SetPace {
        /// Seconds of the desk's clock for one of the world's; 1 or more.
        times: u32,
    },
    /// A member of staff does something in the desk.
    Staff(StaffCommand),
}

/// A message on its way in.
#[derive(Clone, Debug)]
pub struct Take {
    /// The feed it came by.
    pub feed: Arc<str>,
    /// The message as it was delivered, as JSON.
    pub raw: Arc<str>,
    /// The message, read.
    pub message: Arc<Message>,
    /// When the force's systems had it: the live clock, or what a file says.
    pub known: Timestamp,
    /// Of a correction: the message it corrects, as JSON as it was delivered, if the journal has it.
    pub original: Option<Arc<str>>,
}

/// An indicator that the lexicon found in a message's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundSign {
    /// The lexicon's name for it.
    pub indicator: Arc<str>,
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Said (not denied, not hearsay).
    pub stated: bool,
    /// Counted by the lexicon as an indicator of risk.
    pub risk: bool,
    /// Words of it that stand as somebody's name would: no sign where somebody on the log is called so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Span>,
}

/// Something that happened, as the journal keeps it.
#[derive(Clone, Debug)]
pub enum Event {
    /// A message was taken.
    Taken(Box<Taken>),
    /// The linker found that two records may be one person.
    Matched {
        /// The match.
        found: Box<Match>,
        /// The linker's version.
        linker: Arc<str>,
    },
    /// A flag was raised.
    FlagRaised(Box<Raised>),
    /// A flag that is there gained evidence, or another episode.
    FlagGrew {
        /// Which.
        flag: FlagId,
        /// What is new about it: evidence and episodes are added to what it has.
        now: Box<Raised>,
    },
    /// A flag became more severe.
    FlagRose {
        /// Which.
        flag: FlagId,
        /// Its severity from now on.
        severity: Severity,
        /// As [`Event::FlagGrew`], with the sentence of the rise.
        now: Box<Raised>,
    },
    /// The record answered a flag.
    FlagAnswered {
        /// Which.
        flag: FlagId,
        /// How, in plain words.
        how: Arc<str>,
    },
    /// What a flag rested on is no longer so.
    FlagWithdrawn {
        /// Which.
        flag: FlagId,
        /// Why, in plain words.
        why: Arc<str>,
    },
    /// A rule that is tried silently would have raised a flag.
    FlagShadowed(Box<Raised>),
    /// A feed fell silent beyond its time: absence rules stand as unknown.
    FeedSilent {
        /// Which.
        feed: Arc<str>,
        /// Since when nothing has come.
        since: Timestamp,
    },
    /// A silent feed has caught up.
    FeedBack {
        /// Which.
        feed: Arc<str>,
    },
    /// A policy was put in force.
    PolicySet {
        /// Its version (a content hash).
        version: Arc<str>,
        /// The policy file, whole.
        text: Arc<str>,
        /// Why.
        why: Arc<str>,
    },
    /// From here on the clock runs at another pace: what a person has seconds for is counted in the world's seconds.
    PaceSet {
        /// Seconds of the desk's clock for one of the world's.
        times: u32,
    },
    /// A member of staff did something.
    Staff(StaffEvent),
}

/// A message that was taken, with what was found in it then.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The feed it came by.
    pub feed: Arc<str>,
    /// The message as it was delivered, as JSON.
    pub raw: Arc<str>,
    /// The message, read.
    pub message: Arc<Message>,
    /// The lexicon's version.
    pub lexicon: Arc<str>,
    /// What it found.
    pub signs: Vec<FoundSign>,
    /// Of a correction: what the corrected message says now, and what the lexicon found in that.
    pub now: Option<(Message, Vec<FoundSign>)>,
}

/// Why a command was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The thing does not exist, or is not there any more.
    #[error("there is no such {0}")]
    NoSuch(&'static str),
    /// Somebody else was first.
    #[error("{0}")]
    Overtaken(Arc<str>),
    /// The command lacks something, or does not fit.
    #[error("{0}")]
    Unfit(Arc<str>),
}

/// One entry of the journal, opened: what `apply` folds.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its place in the journal, from 1, without gaps.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// When the force's systems had it.
    pub known: Timestamp,
    /// When our journal took it.
    pub received: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What happened; nothing when it was redacted.
    pub event: Option<Event>,
}

/// What an entry changed, for whoever shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Incidents whose facts, flags or reviews are other than before.
    pub incidents: Vec<crate::stamp::IncidentId>,
    /// People about whom something is other than before.
    pub records: Vec<RecordId>,
    /// Whether the queue or a list may be other than before.
    pub lists: bool,
}

/// An entry's body that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum NotAnEvent {
    /// A kind or version that this program does not know.
    #[error("unknown kind or version of entry")]
    Unknown,
    /// The body is not what its kind says.
    #[error("the body does not fit its kind")]
    Body(#[from] serde_json::Error),
    /// The message inside cannot be read.
    #[error("the message inside cannot be read")]
    Message,
}

#[derive(Serialize, Deserialize)]
struct TakenBody<'a> {
    feed: Arc<str>,
    #[serde(borrow)]
    raw: &'a serde_json::value::RawValue,
    #[serde(default, skip_serializing_if = "str_is_empty")]
    lexicon: Arc<str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    signs: Vec<FoundSign>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    now: Option<(Message, Vec<FoundSign>)>,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn str_is_empty(text: &Arc<str>) -> bool {
    text.is_empty()
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Body {
    Matched { found: Box<Match>, linker: Arc<str> },
    FlagRaised(Box<Raised>),
    FlagGrew { flag: FlagId, now: Box<Raised> },
    FlagRose { flag: FlagId, severity: Severity, now: Box<Raised> },
    FlagAnswered { flag: FlagId, how: Arc<str> },
    FlagWithdrawn { flag: FlagId, why: Arc<str> },
    FlagShadowed(Box<Raised>),
    FeedSilent { feed: Arc<str>, since: Timestamp },
    FeedBack { feed: Arc<str> },
    PolicySet { version: Arc<str>, text: Arc<str>, why: Arc<str> },
    PaceSet { times: u32 },
    Staff(StaffEvent),
}

impl Event {
    /// The version in which events are written.
    pub const VERSION: u16 = 1;

    /// The entry's kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Taken(_) => "taken",
            Self::Matched { .. } => "matched",
            Self::FlagRaised(_) => "flag.raised",
            Self::FlagGrew { .. } => "flag.grew",
            Self::FlagRose { .. } => "flag.rose",
            Self::FlagAnswered { .. } => "flag.answered",
            Self::FlagWithdrawn { .. } => "flag.withdrawn",
            Self::FlagShadowed(_) => "flag.shadowed",
            Self::FeedSilent { .. } => "feed.silent",
            Self::FeedBack { .. } => "feed.back",
            Self::PolicySet { .. } => "policy.set",
            Self::PaceSet { .. } => "pace.set",
            Self::Staff(_) => "staff",
        }
    }

    /// The entry's body, as JSON.
    ///
    /// # Errors
    /// When a delivered message is not JSON, which reading it rules out.
    pub fn encode(&self) -> Result<Vec<u8>, NotAnEvent> {
        if let Self::Taken(t) = self {
            let raw: &serde_json::value::RawValue = serde_json::from_str(&t.raw)?;
            let (feed, lexicon, signs, now) = (t.feed.clone(), t.lexicon.clone(), t.signs.clone(), t.now.clone());
            return Ok(serde_json::to_vec(&TakenBody { feed, raw, lexicon, signs, now })?);
        }
        let body = match self.clone() {
            Self::Taken(_) => return Err(NotAnEvent::Unknown),
            Self::Matched { found, linker } => Body::Matched { found, linker },
            Self::FlagRaised(raised) => Body::FlagRaised(raised),
            Self::FlagGrew { flag, now } => Body::FlagGrew { flag, now },
            Self::FlagRose { flag, severity, now } => Body::FlagRose { flag, severity, now },
            Self::FlagAnswered { flag, how } => Body::FlagAnswered { flag, how },
            Self::FlagWithdrawn { flag, why } => Body::FlagWithdrawn { flag, why },
            Self::FlagShadowed(raised) => Body::FlagShadowed(raised),
            Self::FeedSilent { feed, since } => Body::FeedSilent { feed, since },
            Self::FeedBack { feed } => Body::FeedBack { feed },
            Self::PolicySet { version, text, why } => Body::PolicySet { version, text, why },
            Self::PaceSet { times } => Body::PaceSet { times },
            Self::Staff(event) => Body::Staff(event),
        };
        Ok(serde_json::to_vec(&body)?)
    }

    /// Reads an entry's body.
    ///
    /// # Errors
    /// [`NotAnEvent`] when the kind, the version or the body is not one that was ever written.
    pub fn decode(kind: &str, version: u16, body: &[u8]) -> Result<Self, NotAnEvent> {
        if version != Self::VERSION {
            return Err(NotAnEvent::Unknown);
        }
        if kind == "taken" {
            let body: TakenBody = serde_json::from_slice(body)?;
            let raw: Arc<str> = body.raw.get().into();
            let message = Arc::new(read_line(&raw).map_err(|_| NotAnEvent::Message)?.message);
            let taken =
                Taken { feed: body.feed, raw, message, lexicon: body.lexicon, signs: body.signs, now: body.now };
            return Ok(Self::Taken(Box::new(taken)));
        }
        Ok(match serde_json::from_slice(body)? {
            Body::Matched { found, linker } => Self::Matched { found, linker },
            Body::FlagRaised(raised) => Self::FlagRaised(raised),
            Body::FlagGrew { flag, now } => Self::FlagGrew { flag, now },
            Body::FlagRose { flag, severity, now } => Self::FlagRose { flag, severity, now },
            Body::FlagAnswered { flag, how } => Self::FlagAnswered { flag, how },
            Body::FlagWithdrawn { flag, why } => Self::FlagWithdrawn { flag, why },
            Body::FlagShadowed(raised) => Self::FlagShadowed(raised),
            Body::FeedSilent { feed, since } => Self::FeedSilent { feed, since },
            Body::FeedBack { feed } => Self::FeedBack { feed },
            Body::PolicySet { version, text, why } => Self::PolicySet { version, text, why },
            Body::PaceSet { times } => Self::PaceSet { times },
            Body::Staff(event) => Self::Staff(event),
        })
    }
}
