//! Hearing one call: asked with a purpose and a reason, written down, answered; gone back and caught up; ended.

use std::time::Duration;

use alongside_desk::Refusal;
use alongside_desk::listening::{Ceased, Heard, Hearing, ListeningAsk, Purpose};
use alongside_desk::review::{Ask, StaffCommand};
use alongside_desk::time::Period;
use alongside_media::call::CallId as AudioId;
use alongside_media::forward::{Answer, ListenerId, Offer};
use alongside_node::{Act as NodeAct, Node, Refused};
use axum::Json;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::ears::Standing;
use super::find::Target;
use crate::door::{Action, Asked, Decision, Session, Subject as Whose, Token, authorise};
use crate::rooms::Room;
use crate::rooms::naming::{self, Staff};

/// One goes back at most so far at a time, in seconds: all that is remembered.
const FURTHEST_S: u64 = 120;

/// So often it is looked whether whoever listens still may.
const LOOK: Duration = Duration::from_secs(1);

/// What a browser sends to hear a call.
#[derive(Deserialize)]
pub struct Start {
    #[serde(default)]
    form_id: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    sdp: String,
}

/// What it sends to hear it on another connection.
#[derive(Deserialize)]
pub struct Again {
    #[serde(default)]
    sdp: String,
}

/// How far it goes back.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    seconds: u64,
}

/// To end it.
#[derive(Deserialize)]
pub struct Stop {
    #[serde(default)]
    form_id: String,
}

#[derive(Serialize)]
struct Answered {
    hearing: u64,
    sdp: String,
}

#[derive(Serialize)]
struct Place {
    behind_ms: u64,
}

/// What one may listen for: as the form sends it, and in words.
pub const PURPOSES: [(&str, &str, Purpose); 2] = [
    ("safety", "Her safety in this call", Purpose::Safety),
    ("feedback", "Feedback to the call handler on how she is met", Purpose::Feedback),
];

/// Words for the page's script, which shows them.
fn words(status: StatusCode, words: impl Into<String>) -> Response {
    (status, words.into()).into_response()
}

fn gone() -> Response {
    words(StatusCode::NOT_FOUND, "There is no such call to hear. It may have ended.")
}

pub async fn start(room: Room, asked: Asked, Path(key): Path<String>, Form(sent): Form<Start>) -> Response {
    let (Some(session), Some(token)) = (asked.session.clone(), asked.token()) else { return gone() };
    if let Err(refusal) = room.may_listen(&session) {
        return words(StatusCode::FORBIDDEN, refusal);
    }
    let Some((target, audio)) = room.find(&session, &key).and_then(|target| Some((target.clone(), target.audio?)))
    else {
        return gone();
    };
    let purpose = PURPOSES.iter().find(|(word, ..)| *word == sent.purpose).map(|(.., purpose)| *purpose);
    let (Some(purpose), reason) = (purpose, sent.reason.trim()) else {
        return words(StatusCode::UNPROCESSABLE_ENTITY, "Say what you listen for.");
    };
    if reason.is_empty() {
        return words(StatusCode::UNPROCESSABLE_ENTITY, "Say why you listen to this call, in a few words.");
    }
    let offer = match Offer::read(&sent.sdp) {
        Ok(offer) => offer,
        Err(error) => return words(StatusCode::UNPROCESSABLE_ENTITY, format!("This browser cannot listen: {error}.")),
    };
    let who = naming::actor(&session);
    let before = room.node.read(|desk| desk.state().hearings.of(&who).map(|hearing| hearing.id));
    let start = ListeningAsk::Start { heard: target.heard.clone(), purpose, reason: reason.into() };
    // Written down before the first packet (law 8).
    if let Err(refused) = room.ask(&asked, &sent.form_id, Ask::Listening(start)).await {
        return room.refused_in_words(&refused);
    }
    if let Some(before) = before {
        room.ears.ask(move |listening| listening.leave(ListenerId(before))).await;
    }
    let hearing = room.node.read(|desk| desk.state().hearings.of(&who).map(|hearing| hearing.id));
    let Some(hearing) = hearing.filter(|hearing| before != Some(*hearing)) else { return gone() };
    match room.answer(audio, hearing, offer).await {
        Ok(answer) => {
            tokio::spawn(attend(room, hearing, audio, token));
            Json(Answered { hearing, sdp: answer.sdp }).into_response()
        }
        Err(why) => {
            end(&room.node, hearing, Ceased::ServerStopped).await;
            words(StatusCode::SERVICE_UNAVAILABLE, why)
        }
    }
}

pub async fn again(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<Again>) -> Response {
    let Some(session) = &asked.session else { return gone() };
    let Some((hearing, target)) = room.own(session, id) else {
        return words(StatusCode::GONE, room.why_ended(session, id));
    };
    if let Err(refusal) = room.may_listen(session) {
        return words(StatusCode::FORBIDDEN, refusal);
    }
    let Some(audio) = target.audio else { return words(StatusCode::GONE, "The call has ended.") };
    match Offer::read(&sent.sdp) {
        Ok(offer) => match room.answer(audio, hearing.id, offer).await {
            Ok(answer) => Json(Answered { hearing: hearing.id, sdp: answer.sdp }).into_response(),
            Err(why) => words(StatusCode::SERVICE_UNAVAILABLE, why),
        },
        Err(error) => words(StatusCode::UNPROCESSABLE_ENTITY, format!("This browser cannot listen: {error}.")),
    }
}

pub async fn rewind(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<Back>) -> Response {
    let Some((hearing, _)) = asked.session.as_ref().and_then(|session| room.own(session, id)) else { return gone() };
    let by = Duration::from_secs(sent.seconds.min(FURTHEST_S));
    let behind = room.ears.ask(move |listening| listening.rewind(ListenerId(hearing.id), by)).await;
    match behind.and_then(Result::ok).flatten() {
        Some(behind) => {
            Json(Place { behind_ms: u64::try_from(behind.as_millis()).unwrap_or(u64::MAX) }).into_response()
        }
        None => gone(),
    }
}

pub async fn catch_up(room: Room, asked: Asked, Path(id): Path<u64>) -> Response {
    let Some((hearing, _)) = asked.session.as_ref().and_then(|session| room.own(session, id)) else { return gone() };
    match room.ears.ask(move |listening| listening.catch_up(ListenerId(hearing.id))).await {
        Some(Ok(true)) => Json(Place { behind_ms: 0 }).into_response(),
        _ => gone(),
    }
}

pub async fn stop(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<Stop>) -> Response {
    let Some((hearing, _)) = asked.session.as_ref().and_then(|session| room.own(session, id)) else { return gone() };
    let stop = ListeningAsk::Stop { hearing: hearing.id, why: Ceased::Stopped };
    // In the journal first: whoever has gone from the wire before counts as lost. From the wire in any case.
    let stopped = room.ask(&asked, &sent.form_id, Ask::Listening(stop)).await;
    room.ears.ask(move |listening| listening.leave(ListenerId(hearing.id))).await;
    match stopped {
        // It ended by itself in the meantime: they hear nothing any more, which is what they asked for.
        Ok(()) | Err(Refused::Desk(Refusal::NoSuch(_))) => StatusCode::NO_CONTENT.into_response(),
        Err(refused) => room.refused_in_words(&refused),
    }
}

impl Room {
    /// Whether this person may listen at all, now.
    ///
    /// # Errors
    /// With the reason in words.
    pub fn may_listen(&self, session: &Session) -> Result<(), String> {
        let signed = self.node.read(|desk| {
            let sign_off = desk.state().hearings.sign_off();
            sign_off.map(|sign_off| sign_off.roles.iter().filter_map(|role| naming::role(*role)).collect::<Vec<_>>())
        });
        let Some(roles) = signed else {
            return Err("Live audio is off: the force’s legal sign-off is not entered.".to_owned());
        };
        match (authorise(session, Action::Listen, Whose::LiveAudio { signed_for: &roles }), self.ears.standing()) {
            (Decision::Allow, Standing::Runs) => Ok(()),
            (Decision::Allow, Standing::NotSetUp) => Err("No media server is set up here.".to_owned()),
            (Decision::Allow, Standing::Stopped) => Err("The live audio of this server has stopped.".to_owned()),
            _ => Err("The force’s sign-off does not allow your role to listen.".to_owned()),
        }
    }

    /// What this person hears now, in the world's time since the call's first audio; nothing for somebody who hears nothing.
    pub async fn place(&self, asked: &Asked) -> Option<Period> {
        let who = naming::actor(asked.session.as_ref()?);
        let hearing = self.node.read(|desk| desk.state().hearings.of(&who).map(|hearing| hearing.id))?;
        let place = self.ears.ask(move |listening| listening.place(ListenerId(hearing))).await?.ok()??;
        i64::try_from(place.as_millis()).ok().map(Period::from_ms)
    }

    /// A listening of this person's that goes on, and its call.
    fn own(&self, session: &Session, id: u64) -> Option<(Hearing, Target)> {
        let who = naming::actor(session);
        let hearing = self.node.read(|desk| desk.state().hearings.get(id).cloned())?;
        let target = self.target(session, &hearing.heard)?;
        (hearing.who == who).then_some((hearing, target))
    }

    fn why_ended(&self, session: &Session, id: u64) -> String {
        let who = naming::actor(session);
        let ended = self.node.read(|desk| desk.state().hearings.last_of(&who).filter(|last| last.id == id).cloned());
        let why = ended.and_then(|hearing| hearing.ended).map(|(_, why)| why);
        why.map_or_else(|| "Your listening has ended.".to_owned(), |why| super::who::ceased(why).to_owned())
    }

    async fn answer(&self, audio: AudioId, hearing: u64, offer: Offer) -> Result<Answer, String> {
        match self.ears.ask(move |listening| listening.offer(audio, ListenerId(hearing), offer)).await {
            Some(Ok(Ok(answer))) => Ok(answer),
            Some(Ok(Err(error))) => Err(format!("This call cannot be heard: {error}.")),
            Some(Err(_)) | None => Err("The live audio of this server has stopped. Nobody listens.".to_owned()),
        }
    }
}

/// Stays with a listening until it ends: takes it off the wire when the journal has ended it, and ends it in the journal when
/// the call, the connection, the session, the right or the audio has gone.
async fn attend(room: Room, hearing: u64, audio: AudioId, token: Token) {
    let mut commits = room.node.subscribe();
    loop {
        let changed = room.ears.changed();
        match room.must_end(hearing, audio, &token).await {
            Going::On => {}
            Going::Over => {
                room.ears.ask(move |listening| listening.leave(ListenerId(hearing))).await;
                return;
            }
            Going::MustEnd(why) => {
                room.ears.ask(move |listening| listening.leave(ListenerId(hearing))).await;
                if end(&room.node, hearing, why).await {
                    return;
                }
            }
        }
        let look = tokio::time::sleep(LOOK);
        tokio::pin!(look, changed);
        // A commit wakes only what the journal ended; the rest is looked at as it is told, and each second.
        loop {
            tokio::select! {
                () = &mut look => break,
                () = &mut changed => break,
                commit = commits.recv() => match commit {
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
                    _ if room.node.read(|desk| desk.state().hearings.get(hearing).is_none()) => break,
                    _ => {}
                },
            }
        }
    }
}

enum Going {
    On,
    /// The journal has ended it.
    Over,
    /// It cannot go on, and the journal does not know yet.
    MustEnd(Ceased),
}

impl Room {
    async fn must_end(&self, hearing: u64, audio: AudioId, token: &Token) -> Going {
        match self.looked_at(hearing, audio, token).await {
            // Audio that stops takes its calls and the right to hear them with it, at whichever look that shows first.
            Going::On | Going::MustEnd(_) if self.ears.standing() != Standing::Runs => {
                Going::MustEnd(Ceased::ServerStopped)
            }
            going => going,
        }
    }

    async fn looked_at(&self, hearing: u64, audio: AudioId, token: &Token) -> Going {
        let Some(found) = self.node.read(|desk| desk.state().hearings.get(hearing).cloned()) else {
            return Going::Over;
        };
        let has_ended = |id: &alongside_desk::stamp::CallId| {
            self.node.read(|desk| desk.state().calls.get(id).is_none_or(|call| call.ended.is_some()))
        };
        let session = self.gate.accounts.session(token, self.gate.settings.limits, false, self.gate.now());
        let Ok(Some(session)) = session else { return Going::MustEnd(Ceased::NoRight) };
        // A record that turns out to be theirs ends it like a right that is taken away (law 12).
        let Some(target) = self.target(&session, &found.heard) else { return Going::MustEnd(Ceased::NoRight) };
        if self.may_listen(&session).is_err() {
            return Going::MustEnd(Ceased::NoRight);
        }
        if target.audio != Some(audio) || matches!(&target.heard, Heard::Call(id) if has_ended(id)) {
            return Going::MustEnd(Ceased::CallEnded);
        }
        match self.ears.ask(move |listening| listening.listeners(audio)).await {
            Some(Ok(listeners)) if listeners.contains(&ListenerId(hearing)) => Going::On,
            Some(Ok(_)) => Going::MustEnd(Ceased::Lost),
            Some(Err(_)) | None => Going::MustEnd(Ceased::ServerStopped),
        }
    }
}

/// Ends a listening in the journal; false when it could not be written.
async fn end(node: &Node, hearing: u64, why: Ceased) -> bool {
    let Some(who) = node.read(|desk| desk.state().hearings.get(hearing).map(|found| found.who.0.clone())) else {
        return true;
    };
    let ask = Ask::Listening(ListeningAsk::Stop { hearing, why });
    let command = StaffCommand { request: format!("ended.{hearing}").into(), ask };
    let done = node.act(NodeAct { by: who, command, expected: None }).await;
    if done.is_err() {
        tracing::warn!("the end of a listening could not be written down; it is tried again");
    }
    done.is_ok()
}

/// Ends what a server that was stopped, or killed, left open: nobody hears anything before it has started.
pub async fn end_left_over(node: &Node) {
    let left: Vec<u64> = node.read(|desk| desk.state().hearings.open().map(|hearing| hearing.id).collect());
    for hearing in left {
        end(node, hearing, Ceased::ServerStopped).await;
    }
}

impl Room {
    /// Why something was not done, in words for the page's script.
    pub(in crate::rooms) fn refused_in_words(&self, refused: &Refused) -> Response {
        let staff = Staff::of(&self.gate);
        match refused {
            Refused::Desk(Refusal::Unfit(why) | Refusal::Overtaken(why)) => {
                words(StatusCode::CONFLICT, staff.told(why))
            }
            Refused::Desk(Refusal::NoSuch(_)) | Refused::NoSuch(_) => gone(),
            _ => words(StatusCode::SERVICE_UNAVAILABLE, "This could not be written down, so it was not done."),
        }
    }
}
