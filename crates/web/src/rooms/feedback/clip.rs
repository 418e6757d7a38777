//! A moment as it sounded: a few seconds of the call's recording, for whoever may read the feedback that quotes it.
//!
//! Invariants: nothing is heard without the force's sign-off, nor without an entry in the log of views; a handler hears what was
//! sent to them and nothing else of the call.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use alongside_desk::feedback::Moment;
use alongside_desk::time::Period;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::may;
use crate::door::{Action, Asked, Decision, Session, Subject as Whose, authorise};
use crate::rooms::Room;
use crate::rooms::desk::Teller;
use crate::rooms::naming::{self, Staff};

/// What is to be heard, and whose data it is.
struct Heard {
    recording: Arc<str>,
    from: Duration,
    to: Duration,
    subjects: BTreeSet<String>,
    action: Action,
}

/// The sound of a moment.
pub async fn audio(room: Room, asked: Asked, Path(moment): Path<u64>) -> Response {
    let gone = StatusCode::NOT_FOUND.into_response();
    let Some(session) = &asked.session else { return gone };
    let (Some(heard), Some(shelf)) = (room.heard(session, moment), room.ears.shelf()) else { return gone };
    if room.looked(session, heard.action, "moment", heard.subjects).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let read = move || shelf.clip(&heard.recording, heard.from, heard.to);
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(wav)) => ([(header::CONTENT_TYPE, "audio/wav")], Body::from(wav)).into_response(),
        _ => gone,
    }
}

impl Room {
    fn heard(&self, session: &Session, moment: u64) -> Option<Heard> {
        let staff = Staff::of(&self.gate);
        self.node.read(|desk| {
            let state = desk.state();
            let teller = Teller { desk, staff: &staff, session, who: naming::actor(session), now: self.now() };
            let moment = state.feedbacks.moment(moment)?;
            let action = teller.hears(moment)?;
            let clip = state.clip(moment)?;
            let length = |period: Period| Duration::from_millis(u64::try_from(period.ms()).unwrap_or(0));
            Some(Heard {
                recording: clip.recording.name.clone(),
                from: length(clip.from),
                to: length(clip.to),
                subjects: teller.subjects_of_call(teller.call_known(moment.call)?).into_iter().collect(),
                action,
            })
        })
    }
}

impl Teller<'_> {
    /// Where a moment can be heard by this person; nothing where it cannot.
    pub(super) fn audio(&self, moment: &Moment) -> Option<String> {
        self.hears(moment)?;
        self.state().clip(moment).map(|_| format!("/moments/{}/audio", moment.id))
    }

    /// As what this person may hear a moment: as its marker, or as a reader of the feedback that was sent and quotes it.
    fn hears(&self, moment: &Moment) -> Option<Action> {
        let state = self.state();
        let sign_off = state.hearings.sign_off()?;
        self.call_known(moment.call)?;
        // What was sent is heard by whom it was sent to; anybody else hears as the sign-off says who listens.
        let sent = state.feedbacks.sent_with(moment);
        if sent.is_some_and(|sent| may(self.session, Action::AnswerFeedback, sent)) {
            return Some(Action::AnswerFeedback);
        }
        let roles: Vec<_> = sign_off.roles.iter().filter_map(|role| naming::role(*role)).collect();
        let listens = authorise(self.session, Action::Listen, Whose::LiveAudio { signed_for: &roles });
        if listens != Decision::Allow {
            return None;
        }
        if moment.by == self.who && self.may(Action::GiveFeedback) {
            return Some(Action::GiveFeedback);
        }
        sent.filter(|sent| may(self.session, Action::SettleFeedback, sent)).map(|_| Action::SettleFeedback)
    }
}
