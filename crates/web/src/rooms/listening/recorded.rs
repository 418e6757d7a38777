//! Recordings of calls: which there are, and how one is heard, with a purpose and a reason that are written down first.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use alongside_desk::listening::ListeningAsk;
use alongside_desk::listening::recording::{Recording, RecordingAsk, Removal};
use alongside_desk::review::{Ask, StaffEvent};
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Subject;
use axum::body::Body;
use axum::extract::{Form, Path};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::hear::PURPOSES;
use super::shelf::Condition;
use super::sign_off::again;
use super::written;
use crate::door::{Action, Asked, Session};
use crate::rooms::act::form_id;
use crate::rooms::desk::Teller;
use crate::rooms::naming::{self, Staff};
use crate::rooms::words::{Texts, What, plain};
use crate::rooms::{Drawing, Head, Room, Sight, nowhere};
use crate::views::moment;
use crate::views::recording::{Line, Play, Recording as View};

/// Whoever gave a reason may hear the recording for so long without giving it again (D).
const HEARD_FOR: Period = Period::hours(8);

/// So many are listed, the newest (D).
const MOST_LISTED: usize = 20;

/// What is sent to hear one.
#[derive(Default, Deserialize)]
pub struct Sent {
    #[serde(default)]
    form_id: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    reason: String,
}

pub async fn page(room: Room, asked: Asked, Path(id): Path<u64>) -> Response {
    match One::of(&room, &asked, id, None).await {
        Some(one) => room.page(&asked, &one).await,
        None => nowhere(&asked),
    }
}

pub async fn line(room: Room, asked: Asked, headers: HeaderMap, Path(id): Path<u64>) -> Response {
    match One::of(&room, &asked, id, None).await {
        Some(one) => room.line(&asked, &headers, one).await,
        None => nowhere(&asked),
    }
}

pub async fn play(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<Sent>) -> Response {
    let Some(session) = &asked.session else { return nowhere(&asked) };
    let Some((recording, _)) = room.recording(session, id) else { return nowhere(&asked) };
    if let Err(why) = room.may_hear_recordings(session) {
        return (StatusCode::FORBIDDEN, why).into_response();
    }
    let purpose = PURPOSES.iter().find(|(word, ..)| *word == sent.purpose).map(|(.., purpose)| *purpose);
    let (Some(purpose), false) = (purpose, sent.reason.trim().is_empty()) else {
        let refused = Some("Say why you hear this recording, in a few words.".to_owned());
        return match One::of(&room, &asked, id, refused).await {
            Some(one) => again(&room, &asked, one).await,
            None => nowhere(&asked),
        };
    };
    let ask = RecordingAsk::Play { recording: recording.name, purpose, reason: sent.reason.trim().into() };
    room.act(&asked, sent.form_id, Ask::Listening(ListeningAsk::Recording(ask)), &format!("/recordings/{id}")).await
}

/// The sound itself, for whoever has said lately what for and why.
pub async fn audio(room: Room, asked: Asked, headers: HeaderMap, Path(id): Path<u64>) -> Response {
    let gone = StatusCode::NOT_FOUND.into_response();
    let Some(session) = &asked.session else { return gone };
    let Some((recording, subjects)) = room.recording(session, id) else { return gone };
    let (who, now) = (naming::actor(session), room.now());
    let is_heard = recording.plays.iter().any(|play| play.who == who && now.since(play.at) <= HEARD_FOR);
    if !is_heard || !recording.is_there() || room.may_hear_recordings(session).is_err() {
        return gone;
    }
    if room.looked(session, Action::Listen, "recording", subjects).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match room.ears.shelf() {
        Some(shelf) => {
            let read = tokio::task::spawn_blocking(move || shelf.wav(&recording.name)).await;
            read.ok().and_then(Result::ok).map_or(gone, |wav| sound(wav, &headers))
        }
        None => gone,
    }
}

/// A sound file, or the stretch of it that a player asks for (RFC 9110, section 14): it goes to and fro in it.
fn sound(wav: Vec<u8>, headers: &HeaderMap) -> Response {
    let whole = wav.len();
    let range =
        headers.get(header::RANGE).and_then(|range| range.to_str().ok()).and_then(|range| stretch(range, whole));
    let kind = [(header::CONTENT_TYPE, "audio/wav"), (header::ACCEPT_RANGES, "bytes")];
    match range {
        None => (kind, Body::from(wav)).into_response(),
        Some((from, to)) => {
            let says = format!("bytes {from}-{}/{whole}", to - 1);
            let bytes = Body::from(wav[from..to].to_vec());
            (StatusCode::PARTIAL_CONTENT, kind, [(header::CONTENT_RANGE, says)], bytes).into_response()
        }
    }
}

/// `bytes=100-` or `bytes=100-199`: from which byte to before which. Anything else is answered with the whole.
fn stretch(range: &str, whole: usize) -> Option<(usize, usize)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let from: usize = from.parse().ok()?;
    let to = if to.is_empty() { whole } else { to.parse::<usize>().ok()?.saturating_add(1).min(whole) };
    (from < to).then_some((from, to))
}

impl Room {
    /// A recording that this person may know of, and whose data it is (law 12).
    fn recording(&self, session: &Session, id: u64) -> Option<(Recording, BTreeSet<String>)> {
        let staff = Staff::of(&self.gate);
        self.node.read(|desk| {
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: self.now() };
            let recording = desk.state().recordings.get(id)?;
            teller.may_know_recording(recording).then(|| (recording.clone(), teller.subjects_of_recording(recording)))
        })
    }

    /// Whether this person may hear recordings at all, now.
    ///
    /// # Errors
    /// With the reason in words.
    fn may_hear_recordings(&self, session: &Session) -> Result<(), String> {
        if self.ears.shelf().is_none() {
            return Err("No recordings are kept on this server.".to_owned());
        }
        self.may_listen(session)
    }

    /// How the file of a recording is, once there is one. Reads all of it.
    fn condition(&self, recording: &Recording) -> Option<Condition> {
        let (_, file, _) = recording.ended.as_ref().filter(|_| recording.is_there())?;
        Some(self.ears.shelf()?.condition(&recording.name, &file.digest))
    }
}

impl Teller<'_> {
    /// Whether this person may know of a recording: of its call, and of its log.
    pub fn may_know_recording(&self, recording: &Recording) -> bool {
        let state = self.state();
        let call = state.call_recorded(recording).and_then(|id| state.calls.get(&id));
        let log = state.log_recorded(recording);
        call.is_none_or(|call| self.may_know_call(call)) && log.is_none_or(|log| self.may_see(Subject::Incident(log)))
    }

    fn subjects_of_recording(&self, recording: &Recording) -> BTreeSet<String> {
        let state = self.state();
        let log = state.log_recorded(recording);
        log.into_iter().flat_map(|log| naming::subjects(state, Subject::Incident(log), [])).collect()
    }

    /// The newest recordings, and whose data they are.
    pub fn recordings(&self) -> (Vec<Line>, BTreeSet<String>) {
        let known = self.state().recordings.all().rev().filter(|recording| self.may_know_recording(recording));
        let shown: Vec<&Recording> = known.take(MOST_LISTED).collect();
        let subjects = shown.iter().flat_map(|recording| self.subjects_of_recording(recording)).collect();
        (shown.into_iter().map(|recording| self.recorded(recording)).collect(), subjects)
    }

    /// A recording in a line.
    pub fn recorded(&self, recording: &Recording) -> Line {
        let state = self.state();
        let log = state.log_recorded(recording).map(|log| self.log(Subject::Incident(log)));
        let call = state.call_recorded(recording).and_then(|id| state.calls.get(&id));
        Line {
            href: format!("/recordings/{}", recording.id),
            says: log.unwrap_or_else(|| "A call that no feed has told of".to_owned()),
            handler: call.map(|call| self.handler(call)).unwrap_or_default(),
            began: moment::fact(recording.began, self.now),
            state: standing(recording, self.now),
        }
    }
}

/// How it is with a recording, in words.
fn standing(recording: &Recording, now: Timestamp) -> String {
    match (&recording.removed, &recording.ended) {
        (Some((at, Removal::Expired)), _) => format!("Deleted {}: its time had passed", moment::fact(*at, now)),
        (Some((at, Removal::Missing)), _) => format!("Its file was not there any more {}", moment::fact(*at, now)),
        (None, None) => "Is being recorded".to_owned(),
        (None, Some((_, file, broke_off))) => {
            let length = moment::digits(Period::from_ms(i64::try_from(file.ms).unwrap_or(i64::MAX)));
            format!("{length} long{}", if *broke_off { ", and breaks off" } else { "" })
        }
    }
}

struct One {
    id: u64,
    /// How its file was when there first was one to look at.
    condition: OnceLock<Condition>,
    refused: Option<String>,
}

impl One {
    /// A recording that this person may know of. Its file is read here, where waiting is allowed; of a call that ends while its page
    /// is open, by the line that draws it.
    async fn of(room: &Room, asked: &Asked, id: u64, refused: Option<String>) -> Option<Self> {
        let (recording, _) = room.recording(asked.session.as_ref()?, id)?;
        let reader = room.clone();
        let condition = tokio::task::spawn_blocking(move || reader.condition(&recording)).await.ok().flatten();
        Some(Self { id, condition: condition.map(OnceLock::from).unwrap_or_default(), refused })
    }

    fn look(&self, room: &Room, session: &Session) -> Option<Condition> {
        if self.condition.get().is_none() {
            let (recording, _) = room.recording(session, self.id)?;
            let _first = self.condition.set(room.condition(&recording)?);
        }
        self.condition.get().copied()
    }
}

impl Sight for One {
    type View = View;

    fn head(&self) -> Head {
        let line = Some(format!("/live/recordings/{}", self.id));
        Head { title: "Recording", screen: "listen", action: Action::Listen, line }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let staff = Staff::of(&room.gate);
        let (may, found) = (room.may_hear_recordings(session), self.look(room, session));
        Texts::settle(room, |desk, texts| {
            let state = desk.state();
            let frame = room.frame(desk, session, nonce, &self.head());
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: frame.clock.now };
            let recording = state.recordings.get(self.id).filter(|recording| teller.may_know_recording(recording))?;
            let (now, who) = (frame.clock.now, &teller.who);
            let own = recording.plays.iter().rev().find(|play| play.who == *who);
            let is_heard = own.is_some_and(|play| now.since(play.at) <= HEARD_FOR);
            let can = match (&may, recording.is_there()) {
                (Err(why), _) => Err(why.clone()),
                (Ok(()), false) => Err(format!("{}.", standing(recording, now))),
                (Ok(()), true) => Ok(()),
            };
            let captions =
                room.ears.shelf().filter(|_| can.is_ok() && is_heard).map(|shelf| shelf.captions(&recording.name));
            let version = recording.plays.last().map_or(recording.id, |play| play.id);
            let view = View {
                line: teller.recorded(recording),
                log: state.log_recorded(recording).map(|log| format!("/incidents/{}", log.0)),
                audio: (can.is_ok() && is_heard).then(|| format!("/recordings/{}/audio", self.id)),
                captions: captions.and_then(|read| written::kept(read, recording.ended.is_some())),
                form: (can.is_ok() && !is_heard).then(|| {
                    let key = self.id.to_string();
                    (format!("/recordings/{key}/play"), form_id("play", &key, version, None))
                }),
                cannot: can.err().unwrap_or_default(),
                refused: self.refused.clone().unwrap_or_default(),
                condition: found.filter(|_| recording.is_there()).map(condition).unwrap_or_default(),
                alarm: matches!(found, Some(Condition::Changed | Condition::Unreadable)),
                plays: recording.plays.iter().rev().map(|play| told(&teller, texts, play)).collect(),
                purposes: PURPOSES.iter().map(|(word, says, _)| (*word, *says)).collect(),
                notices: Vec::new(),
                frame,
            };
            Some(Drawing { view, seq: state.seq, subjects: teller.subjects_of_recording(recording) })
        })
    }
}

fn condition(condition: Condition) -> String {
    match condition {
        Condition::Whole => "The file is as it was when the call ended, and every half second is as it was sealed.",
        Condition::BrokeOff => "The recording breaks off. What there is of it is as it was sealed.",
        Condition::Changed => "The file is not what was recorded: somebody or something has changed it since.",
        Condition::Unreadable => "The file cannot be read, or is not a recording of this site.",
    }
    .to_owned()
}

fn told(teller: &Teller<'_>, texts: &Texts, play: &alongside_desk::listening::recording::Play) -> Play {
    use alongside_desk::listening::ListeningEvent;
    use alongside_desk::listening::recording::RecordingEvent;
    let reason = texts.get(play.id).and_then(|said| match &said.what {
        What::Staff(_, event) => match &**event {
            StaffEvent::Listening(ListeningEvent::Recording(RecordingEvent::Played { reason, .. })) => {
                Some(plain(reason))
            }
            _ => None,
        },
        _ => None,
    });
    let purpose = PURPOSES.iter().find(|(.., purpose)| *purpose == play.purpose).map_or("", |(_, says, _)| *says);
    Play {
        who: teller.staff.name(&play.who),
        at: moment::fact(play.at, teller.now),
        what: purpose.to_owned(),
        reason: reason.unwrap_or_else(|| "taken out of the record".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::stretch;

    #[test]
    fn a_stretch_of_a_sound_is_what_was_asked_for_and_anything_else_is_the_whole() {
        assert_eq!(stretch("bytes=0-", 100), Some((0, 100)));
        assert_eq!(stretch("bytes=10-19", 100), Some((10, 20)));
        assert_eq!(stretch("bytes=90-999", 100), Some((90, 100)));
        for other in ["bytes=100-", "bytes=20-10", "bytes=-5", "bytes=0-1,5-9", "items=0-1", "bytes=a-b", ""] {
            assert_eq!(stretch(other, 100), None, "{other}");
        }
        assert_eq!(stretch(&format!("bytes=0-{}", usize::MAX), 100), Some((0, 100)));
    }
}
