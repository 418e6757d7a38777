//! The force's legal sign-off, and what is decided and folded by it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::hearing::{Ceased, Heard, Hearing, ListeningAsk, ListeningEvent};
use super::ringing::Known;
use crate::call::Call;
use crate::event::{Actor, Entry, Refusal};
use crate::message::{Role, StaffRole};
use crate::review::Note;
use crate::stamp::{CallId, RecordId};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::Subject;

/// The force's word that live calls may be listened to. Its notice and who signed it stand in its entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// Its entry.
    pub id: u64,
    /// The force's own name for this version of it.
    pub version: Arc<str>,
    /// Who may listen.
    pub roles: Vec<StaffRole>,
    /// Who entered it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// When it was taken back, by whom, and the entry of the reason; also by the next one.
    pub withdrawn: Option<Note>,
}

/// Who can be allowed to listen at all.
const LISTENERS: [StaffRole; 2] = [StaffRole::Specialist, StaffRole::Supervisor];

/// A sign-off's version, and a session's name, are no longer than this, in bytes (D).
const LONGEST_NAME: usize = 200;

impl State {
    /// A call by the name that the switch gave its recording session, or by the reference of the telephony system.
    pub fn call_named(&self, name: &str) -> Option<CallId> {
        let of_session = self.calls_by_session.get(name).or_else(|| self.call_by_reference.get(name));
        of_session.copied().filter(|id| self.calls.contains_key(id))
    }

    /// Everybody who listens to a call now, under whichever name it was known to them.
    pub fn listening_to(&self, call: &Call) -> Vec<&Hearing> {
        self.hearings.open().filter(|hearing| self.call_heard(&hearing.heard) == Some(call.id)).collect()
    }

    /// The names under which somebody may have listened to a call.
    pub fn names_of(&self, call: &Call) -> Vec<Heard> {
        let named = [call.session.as_ref(), Some(&call.reference)].into_iter().flatten();
        let sessions = named.filter(|name| self.call_named(name) == Some(call.id)).cloned().map(Heard::Session);
        [Heard::Call(call.id)].into_iter().chain(sessions).collect()
    }

    /// The call that is heard, if a feed has told of it.
    pub fn call_heard(&self, heard: &Heard) -> Option<CallId> {
        match heard {
            Heard::Call(id) => Some(*id),
            Heard::Session(name) => self.call_named(name),
        }
    }

    pub(crate) fn decide_listening(
        &self,
        ask: &ListeningAsk,
        who: &Actor,
        now: Timestamp,
    ) -> Result<Vec<ListeningEvent>, Refusal> {
        match ask {
            ListeningAsk::SignOff { version, notice, signed_by, roles } => {
                self.sign_off(version, notice, signed_by, roles)
            }
            ListeningAsk::Withdraw { reason } => {
                if self.hearings.sign_off().is_none() {
                    return Err(unfit("Live audio is off already."));
                }
                let mut events = vec![ListeningEvent::Withdrawn { reason: written(reason)? }];
                events.extend(self.all_end(Ceased::Withdrawn));
                Ok(events)
            }
            ListeningAsk::Start { heard, purpose, reason } => {
                let Some(allowed) = self.hearings.sign_off() else {
                    return Err(unfit("Live audio is off: the force’s legal sign-off is not entered."));
                };
                let heard = self.hearable(heard, who, now)?;
                let reason = written(reason)?;
                let before = self.hearings.of(who).map(|before| ended(before.id, Ceased::Again));
                let started = ListeningEvent::Started { heard, purpose: *purpose, reason, under: allowed.id };
                Ok(before.into_iter().chain([started]).collect())
            }
            ListeningAsk::Stop { hearing, why } => match self.hearings.get(*hearing) {
                Some(found) if found.who == *who => Ok(vec![ended(*hearing, *why)]),
                _ => Err(Refusal::NoSuch("listening")),
            },
            ListeningAsk::Recording(ask) => {
                Ok(self.decide_recording(ask, who)?.into_iter().map(ListeningEvent::Recording).collect())
            }
            ListeningAsk::Prompt(ask) => {
                Ok(self.decide_prompt(ask, who, now)?.into_iter().map(ListeningEvent::Prompt).collect())
            }
            ListeningAsk::Tick(ask) => Ok(self.tick(ask, now)?.into_iter().map(ListeningEvent::Tick).collect()),
        }
    }

    /// A new sign-off takes the place of the one before; whoever listens under that one stops, and can begin again under this.
    fn sign_off(
        &self,
        version: &Arc<str>,
        notice: &Arc<str>,
        signed_by: &Arc<str>,
        roles: &[StaffRole],
    ) -> Result<Vec<ListeningEvent>, Refusal> {
        let mut allowed: Vec<StaffRole> = roles.to_vec();
        allowed.sort_unstable();
        allowed.dedup();
        if allowed.is_empty() || allowed.iter().any(|role| !LISTENERS.contains(role)) {
            return Err(unfit("Specialists, supervisors or both can be allowed to listen, and nobody else."));
        }
        if [version, notice, signed_by].iter().any(|words| words.trim().is_empty()) || version.len() > LONGEST_NAME {
            return Err(unfit("A sign-off has a version, the notice, and who signed it for the force."));
        }
        if self.hearings.sign_offs.iter().any(|before| before.version == *version) {
            return Err(unfit("A sign-off of that version was entered before: give this one its own."));
        }
        let signed = ListeningEvent::SignedOff {
            version: version.clone(),
            notice: notice.clone(),
            signed_by: signed_by.clone(),
            roles: allowed,
        };
        Ok(self.all_end(Ceased::Withdrawn).chain([signed]).collect())
    }

    fn all_end(&self, why: Ceased) -> impl Iterator<Item = ListeningEvent> {
        self.hearings.open().map(move |hearing| ended(hearing.id, why))
    }

    /// A call that goes on and that this person may know of, under its name here.
    pub(super) fn hearable(&self, heard: &Heard, who: &Actor, now: Timestamp) -> Result<Heard, Refusal> {
        let Some(id) = self.call_heard(heard) else {
            return match heard {
                Heard::Session(name) if !name.is_empty() && name.len() <= LONGEST_NAME => Ok(heard.clone()),
                _ => Err(Refusal::NoSuch("call")),
            };
        };
        let Some(call) = self.calls.get(&id) else { return Err(Refusal::NoSuch("call")) };
        if self.is_kept_from_call(who, call) {
            return Err(Refusal::NoSuch("call"));
        }
        if let Some((stamp, _)) = &call.ended {
            let at = crate::watch::clock(stamp.at, now);
            return Err(Refusal::Unfit(format!("This call ended at {at}.").into()));
        }
        if !self.may_be_abuse(call) {
            return Err(unfit(
                "The log of this call is not coded as domestic abuse, and nobody known by it was a victim.",
            ));
        }
        Ok(Heard::Call(id))
    }

    /// Whether a call may be about domestic abuse: no log of it says otherwise, a flag stands on its log, or somebody who was a
    /// victim is known by its log, number or place.
    pub fn may_be_abuse(&self, call: &Call) -> bool {
        let Some(log) = call.incident.map(|id| self.going_on(id)) else { return true };
        self.is_da(log)
            || self.flags.of_incident(log).next().is_some()
            || Known::of(self, call).iter().any(|known| known.victim)
    }

    /// Whether a member of staff is kept from a call: from its log, or from anybody who is known by its number or place and the logs
    /// that a page would show of them (law 12).
    pub fn is_kept_from_call(&self, who: &Actor, call: &Call) -> bool {
        if !self.staff_records.contains_key(&who.0) {
            return false;
        }
        let known = Known::of(self, call).into_iter().flat_map(|known| self.all_of(known.record));
        let logs = call.logs().map(Subject::Incident);
        logs.chain(known).any(|subject| self.is_kept_from(who, subject))
    }

    /// Somebody, under each record that counts as them, and their logs: those on which they are the victim; without any, all.
    fn all_of(&self, record: RecordId) -> Vec<Subject> {
        const OTHERS: [Role; 5] = [Role::Suspect, Role::Caller, Role::Witness, Role::Child, Role::Other];
        let (records, _) = self.people.counted(record);
        let mut logs = self.incidents_of(&records, Role::Victim);
        if logs.is_empty() {
            logs = OTHERS.into_iter().flat_map(|role| self.incidents_of(&records, role)).collect();
        }
        logs.into_iter().map(Subject::Incident).chain(records.into_iter().map(Subject::Person)).collect()
    }

    pub(crate) fn apply_listening(&mut self, event: &ListeningEvent, entry: &Entry) {
        let (who, at, seq) = (&entry.actor, entry.known, entry.seq);
        let note = || Note { by: who.clone(), at, words: seq };
        let hearings = &mut self.hearings;
        match event {
            ListeningEvent::SignedOff { version, roles, .. } => {
                if let Some(before) = hearings.sign_offs.last_mut() {
                    before.withdrawn.get_or_insert_with(note);
                }
                let (version, roles) = (version.clone(), roles.clone());
                hearings.sign_offs.push(SignOff { id: seq, version, roles, by: who.clone(), at, withdrawn: None });
            }
            ListeningEvent::Withdrawn { .. } => {
                if let Some(last) = hearings.sign_offs.last_mut() {
                    last.withdrawn.get_or_insert_with(note);
                }
            }
            ListeningEvent::Started { heard, purpose, .. } => {
                let (heard, purpose) = (heard.clone(), *purpose);
                hearings
                    .open
                    .insert(seq, Hearing { id: seq, who: who.clone(), heard, purpose, since: at, ended: None });
            }
            ListeningEvent::Prompt(event) => self.prompts.apply(event, entry),
            ListeningEvent::Recording(event) => self.recordings.apply(event, entry),
            ListeningEvent::Tick(event) => self.ticks.apply(event, entry),
            ListeningEvent::Ended { hearing, why } => {
                if let Some(mut hearing) = hearings.open.remove(hearing) {
                    hearing.ended = Some((at, *why));
                    hearings.last.insert(hearing.who.clone(), hearing.clone());
                    hearings.ended.entry(hearing.heard.clone()).or_default().push(hearing);
                }
            }
        }
    }
}

fn ended(hearing: u64, why: Ceased) -> ListeningEvent {
    ListeningEvent::Ended { hearing, why }
}

fn written(words: &Arc<str>) -> Result<Arc<str>, Refusal> {
    if words.trim().is_empty() { Err(unfit("A reason is needed, in words.")) } else { Ok(words.clone()) }
}

fn unfit(why: &str) -> Refusal {
    Refusal::Unfit(why.into())
}
