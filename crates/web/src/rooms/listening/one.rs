//! The page of one live call, on which it is heard.

use std::collections::BTreeSet;

use alongside_desk::State;
use alongside_desk::listening::{Heard, Hearing};
use alongside_desk::queue;
use alongside_desk::time::Timestamp;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;

use super::find::Target;
use super::hear::PURPOSES;
use super::{ToldOf, off, who, written};
use crate::door::{Action, Asked, Decision, Session, Subject as Whose, authorise};
use crate::rooms::desk::Teller;
use crate::rooms::feedback::mark;
use crate::rooms::naming::{self, Staff};
use crate::rooms::words::Texts;
use crate::rooms::{Drawing, Head, Room, Sight};
use crate::views::listening::Listen as View;

pub async fn page(room: Room, asked: Asked, Path(key): Path<String>) -> Response {
    room.page(&asked, &One { key }).await
}

pub async fn line(room: Room, asked: Asked, headers: HeaderMap, Path(key): Path<String>) -> Response {
    room.line(&asked, &headers, One { key }).await
}

struct One {
    key: String,
}

impl Sight for One {
    type View = View;

    fn head(&self) -> Head {
        let line = Some(format!("/live/listening/{}", self.key));
        Head { title: "Calls", screen: "listen", action: Action::Listen, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let target = room.find(session, &self.key)?;
        let staff = Staff::of(&room.gate);
        Texts::settle(room, |desk, texts| {
            let state = desk.state();
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let (told, since) = teller.told_of_target(&target);
            let own = state.hearings.of(&teller.who).filter(|hearing| is_of(state, hearing, &target.heard));
            let last = state.hearings.last_of(&teller.who).filter(|hearing| is_of(state, hearing, &target.heard));
            let ended = last.and_then(|hearing| hearing.ended).map(|(_, why)| who::ceased(why).to_owned());
            let signed = state.hearings.sign_off().map(|sign_off| &sign_off.roles[..]).unwrap_or_default();
            let signed_for: Vec<_> = signed.iter().filter_map(|role| naming::role(*role)).collect();
            let may = authorise(session, Action::Listen, Whose::LiveAudio { signed_for: &signed_for });
            let can = match off(state, room.ears.standing()) {
                Some(why) => Err(why),
                None if may != Decision::Allow => Err((
                    "You may not listen.".to_owned(),
                    "The force’s sign-off does not allow your role to.".to_owned(),
                )),
                None if target.audio.is_none() => Err((
                    "This call cannot be heard.".to_owned(),
                    "It has ended, or the switch sends no audio of it.".to_owned(),
                )),
                None => Ok(format!("/listening/{}/start", self.key)),
            };
            let captions = room.ears.captions().zip(target.audio).filter(|_| can.is_ok());
            let view = View {
                captions: captions.map(|(captions, audio)| match own {
                    Some(_) => written::live(&captions, audio),
                    None => written::not_yet(),
                }),
                hearing: own.map_or(0, |hearing| hearing.id),
                ended: ended.unwrap_or_default(),
                listeners: told.listeners,
                log: told.log,
                line: told.line,
                since,
                handler: told.handler,
                tag: told.tag,
                why: told.why,
                who: told.who,
                open: told.open,
                can,
                prompting: teller.prompting(texts, &target.heard),
                marking: teller.marking(texts, &target.heard, own),
                purposes: PURPOSES.iter().map(|(word, says, _)| (*word, *says)).collect(),
                notices: Vec::new(),
                frame,
            };
            let mut subjects: BTreeSet<String> = told.subjects.into_iter().collect();
            if let Some(call) = state.call_heard(&target.heard).and_then(|id| state.calls.get(&id)) {
                subjects.extend(super::prompt::subjects(state, call));
            }
            subjects.extend(mark::subjects(&teller, &target.heard));
            Some(Drawing { view, seq: state.seq, subjects })
        })
    }
}

/// Whether somebody's listening is to this call.
fn is_of(state: &State, hearing: &Hearing, heard: &Heard) -> bool {
    match state.call_heard(&hearing.heard) {
        Some(id) => *heard == Heard::Call(id),
        None => hearing.heard == *heard,
    }
}

impl Teller<'_> {
    fn told_of_target(&self, target: &Target) -> (ToldOf, Option<Timestamp>) {
        let state = self.state();
        let ranked = match &target.heard {
            Heard::Call(id) => queue::calls(self.desk, self.now, Some(&self.who)).into_iter().find(|c| c.call == *id),
            Heard::Session(_) => None,
        };
        if let Some((live, call)) = ranked.and_then(|live| Some((live.clone(), state.calls.get(&live.call)?))) {
            return (self.told_of(&live, call), Some(live.began));
        }
        let listening = state.hearings.open().filter(|hearing| is_of(state, hearing, &target.heard));
        let has_ended = matches!(&target.heard, Heard::Call(_));
        let told = ToldOf {
            line: "Call".to_owned(),
            tag: None,
            why: if has_ended { "This call has ended" } else { "No feed has told of this call yet" }.to_owned(),
            who: String::new(),
            log: if has_ended { "Call ended" } else { "No log yet" }.to_owned(),
            handler: "No handler named".to_owned(),
            listeners: listening.map(|hearing| self.listener(hearing)).collect(),
            open: None,
            subjects: Vec::new(),
        };
        (told, None)
    }
}
