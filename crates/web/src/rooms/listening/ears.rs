//! The live audio as the rooms know it: which calls can be heard, and what becomes of whoever hears one.
//!
//! Invariants: a listening is in the journal before its first packet; it ends in the journal and on the wire together, whoever
//! ends it; when the audio's thread ends, every page and every listening learns of it at once.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, OnceLock};

use alongside_media::call::CallId;
use alongside_media::calls::{By, Calls, LiveCall};
use alongside_media::captions::Captions;
use alongside_media::forward::{Listening, Notice, Tap};
use tokio::sync::watch;

use super::shelf::Shelf;

/// A call whose audio comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audible {
    /// The call, as the audio's thread names it.
    pub call: CallId,
    /// The names by which a feed may have told of the call.
    pub names: Vec<String>,
    /// The names that may be its log's.
    pub logs: Vec<String>,
}

/// Which of the ids that a switch gives a call are the force's own names, for it and for its log.
#[derive(Clone, Debug)]
pub struct NamedBy {
    /// For the call, as `call.started` says them.
    pub call: Vec<By>,
    /// For its log.
    pub log: Vec<By>,
}

impl Default for NamedBy {
    /// Whatever names a call may name this one; a log is named only where NENA i3 says so. A force says what else does.
    fn default() -> Self {
        let call = vec![By::SessionId, By::Uui, By::EmergencyCallId, By::GroupId, By::SipCallId];
        Self { call, log: vec![By::EmergencyIncidentId] }
    }
}

/// How the audio is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No media server is set up.
    NotSetUp,
    /// It runs.
    Runs,
    /// It ran, and has ended.
    Stopped,
}

/// The live audio; nothing where no media server is set up.
#[derive(Clone)]
pub struct Ears(Option<Arc<Inner>>);

struct Inner {
    listening: Arc<Listening>,
    calls: Calls,
    named_by: NamedBy,
    told: watch::Sender<Told>,
    shelf: OnceLock<Shelf>,
    captions: OnceLock<Captions>,
}

/// What the audio's thread told: how often it said anything, and whether it goes on.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    times: u64,
    has_ended: bool,
}

impl Inner {
    fn live(&self) -> Vec<Audible> {
        let ids = |call: &LiveCall, by: &[By]| by.iter().flat_map(|by| call.known_by(by)).map(str::to_owned).collect();
        let audible = |call: &Arc<LiveCall>| Audible {
            call: call.id,
            names: ids(call, &self.named_by.call),
            logs: ids(call, &self.named_by.log),
        };
        self.calls.list().iter().map(audible).collect()
    }
}

impl Ears {
    /// Where no media server is set up.
    pub fn none() -> Self {
        Self(None)
    }

    /// Over a running media server and its list of calls. `notices` is what it was started with.
    pub fn new(listening: Arc<Listening>, notices: Receiver<Notice>, calls: Calls, named_by: NamedBy) -> Self {
        let told = watch::Sender::new(Told::default());
        let tell = told.clone();
        std::thread::spawn(move || {
            for notice in notices {
                tell.send_modify(|told| {
                    told.times += 1;
                    told.has_ended |= notice == Notice::Ended;
                });
            }
            tell.send_modify(|told| told.has_ended = true);
        });
        Self(Some(Arc::new(Inner {
            listening,
            calls,
            named_by,
            told,
            shelf: OnceLock::new(),
            captions: OnceLock::new(),
        })))
    }

    /// How it is.
    pub fn standing(&self) -> Standing {
        match &self.0 {
            None => Standing::NotSetUp,
            Some(inner) if inner.told.borrow().has_ended => Standing::Stopped,
            Some(_) => Standing::Runs,
        }
    }

    /// Which calls can be heard now.
    pub fn live(&self) -> Vec<Audible> {
        match &self.0 {
            Some(inner) if self.standing() == Standing::Runs => inner.live(),
            _ => Vec::new(),
        }
    }

    /// Waits until another call can be heard, somebody hears or ceases to, or a caption is written; for good, where no media server
    /// is set up.
    pub fn changed(&self) -> impl Future<Output = ()> + Send + use<> {
        let both = self.0.as_ref().map(|inner| (inner.told.subscribe(), inner.calls.watch()));
        let mut written = self.captions().map(|captions| captions.watch());
        async move {
            let Some((mut told, mut calls)) = both else { return std::future::pending().await };
            let written = async {
                match &mut written {
                    Some(written) => written.changed().await.is_err(),
                    None => std::future::pending().await,
                }
            };
            let ended = tokio::select! {
                told = told.changed() => told.is_err(),
                calls = calls.changed() => calls.is_err(),
                ended = written => ended,
            };
            if ended {
                std::future::pending().await
            }
        }
    }

    /// Has a keeper hear every call from now on, beside those who listen; without a tap, nobody any more. Nothing, where there
    /// is no audio.
    pub fn keep(&self, tap: Option<Tap>) -> Option<()> {
        self.0.as_ref()?.listening.keep(tap).ok()
    }

    /// Has a scribe hear what somebody listens to from now on, and says where what it writes is read. Nothing, where there is no audio.
    pub fn caption(&self, tap: Tap, captions: Captions) -> Option<()> {
        let inner = self.0.as_ref()?;
        inner.listening.caption(Some(tap)).ok()?;
        inner.captions.set(captions).ok()
    }

    /// What is written of calls; nothing, where no captions are set up.
    pub fn captions(&self) -> Option<Captions> {
        self.0.as_ref()?.captions.get().cloned()
    }

    /// Says where recordings lie, once.
    pub fn play_from(&self, shelf: Shelf) {
        if let Some(inner) = &self.0 {
            let _as_before = inner.shelf.set(shelf);
        }
    }

    /// Where recordings lie; nothing, where none are kept.
    pub fn shelf(&self) -> Option<Shelf> {
        self.0.as_ref()?.shelf.get().cloned()
    }

    /// Does something with the audio's thread, where waiting is allowed; nothing, where there is none.
    pub async fn ask<T: Send + 'static>(&self, ask: impl FnOnce(&Listening) -> T + Send + 'static) -> Option<T> {
        let inner = self.0.clone()?;
        tokio::task::spawn_blocking(move || ask(&inner.listening)).await.ok()
    }
}
