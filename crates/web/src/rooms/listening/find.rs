//! Which call an address means, as far as the desk, the switch and this person's rights go together.

use alongside_desk::State;
use alongside_desk::listening::Heard;
use alongside_desk::stamp::{CallId, IncidentId};
use alongside_desk::watch::Subject;
use alongside_media::call::CallId as AudioId;

use super::ears::Audible;
use crate::door::Session;
use crate::rooms::Room;
use crate::rooms::desk::Teller;
use crate::rooms::naming::{self, Staff};

/// A call that may be heard.
#[derive(Clone, Debug)]
pub struct Target {
    /// As the journal names it.
    pub heard: Heard,
    /// Its audio, while that comes in.
    pub audio: Option<AudioId>,
}

/// The call in the desk that an audible one is.
pub fn call_of(state: &State, audible: &Audible) -> Option<CallId> {
    audible.names.iter().find_map(|name| state.call_named(name))
}

/// The log that an audible call names, where no feed has told of the call itself.
pub fn log_of(state: &State, audible: &Audible) -> Option<IncidentId> {
    audible.logs.iter().find_map(|name| state.find(name))
}

/// The address of a call: `c12` in the desk, `m7` where no feed has told of it yet.
pub fn key(state: &State, audible: &Audible) -> String {
    call_of(state, audible).map_or_else(|| format!("m{}", audible.call.0), |id| format!("c{}", id.0))
}

impl Room {
    /// The call of an address; nothing where there is none, or not for this person (law 12).
    pub fn find(&self, session: &Session, key: &str) -> Option<Target> {
        let (kind, number) = key.split_at_checked(1)?;
        let heard = match kind {
            "c" => Heard::Call(CallId(number.parse().ok()?)),
            "m" => {
                let audio = AudioId(number.parse().ok()?);
                let audible = self.ears.live().into_iter().find(|audible| audible.call == audio)?;
                let call = self.node.read(|desk| call_of(desk.state(), &audible));
                match call {
                    Some(id) => Heard::Call(id),
                    None => Heard::Session(audible.names.first()?.as_str().into()),
                }
            }
            _ => return None,
        };
        self.target(session, &heard)
    }

    /// A call with its audio; nothing where this person may not know of it.
    pub fn target(&self, session: &Session, heard: &Heard) -> Option<Target> {
        let live = self.ears.live();
        let staff = Staff::of(&self.gate);
        self.node.read(|desk| {
            let state = desk.state();
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: self.now() };
            let id = state.call_heard(heard);
            let is_it = |audible: &&Audible| match (id, heard) {
                (Some(id), _) => call_of(state, audible) == Some(id),
                (None, Heard::Session(name)) => audible.names.iter().any(|other| **other == **name),
                (None, Heard::Call(_)) => false,
            };
            let audible = live.iter().rev().find(is_it);
            match id {
                Some(id) => {
                    let call = state.calls.get(&id)?;
                    (call.started.is_some() && teller.may_know_call(call)).then_some(())?;
                }
                None => {
                    let log = audible.and_then(|audible| log_of(state, audible));
                    (log.is_none_or(|log| teller.may_see(Subject::Incident(log)))).then_some(())?;
                }
            }
            let heard = id.map_or_else(|| heard.clone(), Heard::Call);
            Some(Target { heard, audio: audible.map(|audible| audible.call) })
        })
    }
}
