//! Recordings of calls, where the force says so: which there are, what their files were, who heard one, and when each was
//! taken away.
//!
//! Invariants: no sound is here, and no key; a recording is known for as long as its file or its call is, and its call for as long as its file
//! is; nobody hears one without an entry that says what for and why.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::hearing::Purpose;
use crate::call::Call;
use crate::event::{Actor, Entry, Refusal};
use crate::stamp::{CallId, IncidentId};
use crate::state::State;
use crate::time::{Period, Timestamp};

/// Names that a switch gives one call; more are a fault of somebody's (D).
const MOST_NAMES: usize = 32;

/// More failures than this are not told apart from this many (D).
pub const MOST_FAILURES: usize = 100;

/// What is asked about recordings. All but the hearing is asked by the server itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingAsk {
    /// A recording has begun.
    Begin {
        /// Its name: 32 hexadecimal digits.
        recording: Arc<str>,
        /// The names that the switch gave the call.
        names: Vec<Arc<str>>,
        /// The names that may be its log's.
        logs: Vec<Arc<str>>,
        /// How long after the call's first audio, in the world's time.
        #[serde(default)]
        after: Period,
    },
    /// It has ended.
    End {
        /// Its name.
        recording: Arc<str>,
        /// What its file is.
        file: RecordedFile,
        /// It is not whole: the server or its disk stopped.
        broke_off: bool,
    },
    /// A call could not be recorded.
    Fail {
        /// Which, as the server counts calls that it hears.
        call: u64,
    },
    /// Its file is gone.
    Remove {
        /// Its name.
        recording: Arc<str>,
        /// Why.
        why: Removal,
    },
    /// To hear it.
    Play {
        /// Its name.
        recording: Arc<str>,
        /// What for.
        purpose: Purpose,
        /// Why this one.
        reason: Arc<str>,
    },
}

/// What became of it, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingEvent {
    /// A recording has begun.
    Began {
        /// Its name.
        recording: Arc<str>,
        /// The names that the switch gave the call.
        names: Vec<Arc<str>>,
        /// The names that may be its log's.
        logs: Vec<Arc<str>>,
        /// How long after the call's first audio, in the world's time.
        #[serde(default)]
        after: Period,
    },
    /// It has ended.
    Ended {
        /// Its name.
        recording: Arc<str>,
        /// What its file is.
        file: RecordedFile,
        /// It is not whole.
        broke_off: bool,
    },
    /// A call could not be recorded.
    Failed,
    /// Its file is gone.
    Removed {
        /// Its name.
        recording: Arc<str>,
        /// Why.
        why: Removal,
    },
    /// Somebody hears it.
    Played {
        /// Its name.
        recording: Arc<str>,
        /// What for.
        purpose: Purpose,
        /// Why this one.
        reason: Arc<str>,
    },
}

/// What a recording's file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedFile {
    /// SHA-256 of the file, as 64 hexadecimal digits.
    pub digest: Arc<str>,
    /// Its length in bytes.
    pub bytes: u64,
    /// The length of what can be heard, in milliseconds.
    pub ms: u64,
}

/// Why a file is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// It was kept for as long as the policy says.
    Expired,
    /// It was looked for and was not there.
    Missing,
}

/// A recording of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The entry by which it began.
    pub id: u64,
    /// Its name.
    pub name: Arc<str>,
    /// The names that the switch gave the call.
    pub names: Vec<Arc<str>>,
    /// The names that may be its log's.
    pub logs: Vec<Arc<str>>,
    /// When it began.
    pub began: Timestamp,
    /// How long after the call's first audio that was, in the world's time.
    pub after: Period,
    /// When it ended, what its file is, and whether it breaks off.
    pub ended: Option<(Timestamp, RecordedFile, bool)>,
    /// When its file went, and why.
    pub removed: Option<(Timestamp, Removal)>,
    /// Who has heard it, the oldest first.
    pub plays: Vec<Play>,
}

/// Somebody's hearing of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Play {
    /// Its entry, which holds the reason.
    pub id: u64,
    /// Who.
    pub who: Actor,
    /// When.
    pub at: Timestamp,
    /// What for.
    pub purpose: Purpose,
}

/// Every recording.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Recordings {
    all: BTreeMap<u64, Recording>,
    by_name: BTreeMap<Arc<str>, u64>,
    /// By each name that the switch gave the call or its log.
    by_given: BTreeMap<Arc<str>, Vec<u64>>,
    /// When a call could not be recorded, or no further, the latest last: so many as are kept.
    failures: Vec<Timestamp>,
}

impl Recordings {
    /// Every recording, in the order in which they began.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Recording> {
        self.all.values()
    }

    /// A recording by the entry by which it began.
    pub fn get(&self, id: u64) -> Option<&Recording> {
        self.all.get(&id)
    }

    /// A recording by its name.
    pub fn named(&self, name: &str) -> Option<&Recording> {
        self.all.get(self.by_name.get(name)?)
    }

    /// How many calls could not be recorded, or no further, since an instant (at most [`MOST_FAILURES`] are known), and when the last
    /// one was.
    pub fn failures(&self, since: Timestamp) -> Option<(usize, Timestamp)> {
        let late = self.failures.iter().filter(|at| **at >= since);
        late.clone().next_back().map(|last| (late.count(), *last))
    }

    fn fail(&mut self, at: Timestamp) {
        if self.failures.len() == MOST_FAILURES {
            self.failures.remove(0);
        }
        self.failures.push(at);
    }

    /// Those whose files have been kept for longer than `keep` since they ended or, of one that never did, since they began.
    pub fn expired(&self, keep: Period, now: Timestamp) -> impl Iterator<Item = &Recording> {
        self.all.values().filter(move |recording| {
            let since = recording.ended.as_ref().map_or(recording.began, |(at, ..)| *at);
            recording.removed.is_none() && now.since(since) > keep
        })
    }

    /// Those to which the switch gave one of these names, the newest first.
    fn given<'a>(&'a self, names: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a Recording> {
        let ids: BTreeSet<u64> = names.filter_map(|name| self.by_given.get(name)).flatten().copied().collect();
        ids.into_iter().rev().filter_map(|id| self.all.get(&id))
    }

    /// Whether the file of a recording of this call may still be there: then whose it is has to stay known (law 12).
    pub(crate) fn keeps(&self, call: &Call) -> bool {
        self.given(names_of(call)).any(|recording| recording.removed.is_none())
    }

    /// A call is forgotten: so is what was recorded of it and is gone.
    pub(crate) fn forget(&mut self, call: &Call) {
        let gone: Vec<u64> = self.given(names_of(call)).map(|recording| recording.id).collect();
        for recording in gone.iter().filter_map(|id| self.all.remove(id)) {
            self.by_name.remove(&recording.name);
            for name in recording.names.iter().chain(&recording.logs) {
                let Some(ids) = self.by_given.get_mut(name) else { continue };
                ids.retain(|id| *id != recording.id);
                if ids.is_empty() {
                    self.by_given.remove(name);
                }
            }
        }
    }

    fn of(&mut self, name: &str) -> Option<&mut Recording> {
        self.all.get_mut(self.by_name.get(name)?)
    }

    pub(crate) fn apply(&mut self, event: &RecordingEvent, entry: &Entry) {
        let (at, seq) = (entry.known, entry.seq);
        match event {
            RecordingEvent::Began { recording, names, logs, after } => {
                self.by_name.insert(recording.clone(), seq);
                for name in names.iter().chain(logs) {
                    let ids = self.by_given.entry(name.clone()).or_default();
                    if ids.last() != Some(&seq) {
                        ids.push(seq);
                    }
                }
                let (name, names, logs) = (recording.clone(), names.clone(), logs.clone());
                let (began, after) = (at, *after);
                let begun = Recording {
                    id: seq,
                    name,
                    names,
                    logs,
                    began,
                    after,
                    ended: None,
                    removed: None,
                    plays: Vec::new(),
                };
                self.all.insert(seq, begun);
            }
            RecordingEvent::Ended { recording, file, broke_off } => {
                if let Some(recording) = self.of(recording) {
                    recording.ended = Some((at, file.clone(), *broke_off));
                }
                if *broke_off {
                    self.fail(at);
                }
            }
            RecordingEvent::Failed => self.fail(at),
            RecordingEvent::Removed { recording, why } => {
                if let Some(recording) = self.of(recording) {
                    recording.removed = Some((at, *why));
                }
            }
            RecordingEvent::Played { recording, purpose, .. } => {
                let play = Play { id: seq, who: entry.actor.clone(), at, purpose: *purpose };
                if let Some(recording) = self.of(recording) {
                    recording.plays.push(play);
                }
            }
        }
    }
}

/// What a switch may have called a call.
fn names_of(call: &Call) -> impl Iterator<Item = &str> {
    call.session.as_deref().into_iter().chain([&*call.reference])
}

impl Recording {
    /// Whether it can be heard: it has ended, and its file is there.
    pub fn is_there(&self) -> bool {
        self.ended.is_some() && self.removed.is_none()
    }
}

impl State {
    /// The call that was recorded, if a feed has told of it.
    pub fn call_recorded(&self, recording: &Recording) -> Option<CallId> {
        recording.names.iter().find_map(|name| self.call_named(name))
    }

    /// The log of a recording: its call's, else one that the switch named.
    pub fn log_recorded(&self, recording: &Recording) -> Option<IncidentId> {
        let of_call = self.call_recorded(recording).and_then(|id| self.calls.get(&id)?.incident);
        of_call.or_else(|| recording.logs.iter().find_map(|name| self.find(name))).map(|id| self.going_on(id))
    }

    /// The recordings of a call, the newest first.
    pub fn recordings_of_call<'a>(&'a self, call: &'a Call) -> impl Iterator<Item = &'a Recording> {
        let id = call.id;
        self.recordings.given(names_of(call)).filter(move |recording| self.call_recorded(recording) == Some(id))
    }

    /// The recordings of a log, the newest first.
    pub fn recordings_of_log(&self, log: IncidentId) -> impl Iterator<Item = &Recording> {
        let log = self.going_on(log);
        let calls = self.incident(log).into_iter().flat_map(|incident| &incident.calls);
        let names =
            calls.filter_map(|id| self.calls.get(id)).flat_map(names_of).chain(self.reference(log).map(|of| &**of));
        self.recordings.given(names).filter(move |recording| self.log_recorded(recording) == Some(log))
    }

    pub(super) fn decide_recording(&self, ask: &RecordingAsk, who: &Actor) -> Result<Option<RecordingEvent>, Refusal> {
        match ask {
            RecordingAsk::Begin { recording, names, logs, after } => {
                let is_name = recording.len() == 32 && recording.bytes().all(|byte| byte.is_ascii_hexdigit());
                if !is_name || names.len() + logs.len() > MOST_NAMES {
                    return Err(Refusal::NoSuch("recording"));
                }
                let (names, logs) = (names.clone(), logs.clone());
                let is_new = self.recordings.named(recording).is_none();
                let (recording, after) = (recording.clone(), *after);
                Ok(is_new.then_some(RecordingEvent::Began { recording, names, logs, after }))
            }
            RecordingAsk::End { recording, file, broke_off } => {
                let found = self.recordings.named(recording).ok_or(Refusal::NoSuch("recording"))?;
                let (file, broke_off) = (file.clone(), *broke_off);
                Ok(found.ended.is_none().then(|| RecordingEvent::Ended {
                    recording: found.name.clone(),
                    file,
                    broke_off,
                }))
            }
            RecordingAsk::Fail { .. } => Ok(Some(RecordingEvent::Failed)),
            RecordingAsk::Remove { recording, why } => {
                let found = self.recordings.named(recording).ok_or(Refusal::NoSuch("recording"))?;
                let is_there = found.removed.is_none();
                Ok(is_there.then(|| RecordingEvent::Removed { recording: found.name.clone(), why: *why }))
            }
            RecordingAsk::Play { recording, purpose, reason } => {
                if self.hearings.sign_off().is_none() {
                    return Err(Refusal::Unfit("Live audio is off: the force’s legal sign-off is not entered.".into()));
                }
                let found = self.recordings.named(recording).ok_or(Refusal::NoSuch("recording"))?;
                let call = self.call_recorded(found).and_then(|id| self.calls.get(&id));
                if call.is_some_and(|call| self.is_kept_from_call(who, call)) {
                    return Err(Refusal::NoSuch("recording"));
                }
                if !found.is_there() {
                    let why = "This recording cannot be heard: it goes on, or its time has passed.";
                    return Err(Refusal::Unfit(why.into()));
                }
                if reason.trim().is_empty() {
                    return Err(Refusal::Unfit("A reason is needed, in words.".into()));
                }
                let (recording, purpose, reason) = (found.name.clone(), *purpose, reason.clone());
                Ok(Some(RecordingEvent::Played { recording, purpose, reason }))
            }
        }
    }
}
