//! From a view to a response: a page without personal data, or one whose look has been written down first.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::door::rights::{Action, Decision, Subject, authorise};
use crate::door::{Gate, Session};
use crate::view_log::{View, ViewLog};
use crate::views::frame::{Clock, Frame, Preferences, Tab, Viewer};
use crate::views::{
    accounts, actions, board, case, companion, desk, feedback, hand_over, incident, lab, list, listening, recording,
    reject, review, rule, sign_in, state, why,
};

/// A page that shows nothing of anybody's record.
pub trait Plain: Template {}

/// A page that does. It can be shown in one way only: [`personal`].
pub trait Personal: Template {
    /// The part that a live line sends and a script swaps.
    ///
    /// # Errors
    /// When the template cannot be rendered.
    fn live(&self) -> askama::Result<String>;

    /// The part that stands in a sheet over another page; `None` for a page that is never one.
    ///
    /// # Errors
    /// When the template cannot be rendered.
    fn sheet(&self) -> Option<askama::Result<String>> {
        None
    }
}

impl Plain for sign_in::SignIn {}
impl Plain for state::State {}
impl Plain for crate::views::keys::Keys {}

macro_rules! personal {
    ($($view:ty),*) => {$(
        impl Personal for $view {
            fn live(&self) -> askama::Result<String> {
                self.as_page().render()
            }
        }
    )*};
}

personal!(
    desk::Desk,
    case::Case,
    incident::Incident,
    board::Board,
    actions::Actions,
    companion::Companion,
    listening::Listening,
    listening::Listen,
    recording::Recording,
    feedback::Feedback,
    feedback::One,
    feedback::Write,
    feedback::Evaluate,
    feedback::SideBySide,
    hand_over::HandOver,
    list::List,
    rule::Rules,
    rule::Rule,
    lab::Lab,
    lab::Try,
    accounts::Accounts,
    reject::Rejects,
    reject::Reject
);

macro_rules! sheet {
    ($($view:ty),*) => {$(
        impl Personal for $view {
            fn live(&self) -> askama::Result<String> {
                self.as_page().render()
            }

            fn sheet(&self) -> Option<askama::Result<String>> {
                Some(self.as_sheet().render())
            }
        }
    )*};
}

sheet!(why::Why, review::Review);

/// Shows a page without personal data.
pub fn plain(status: StatusCode, view: &impl Plain) -> Response {
    html(status, view.render())
}

/// Writes the look down, and only then makes the page. `sheet`: only the part that stands over another page.
/// When the look cannot be written, the page is not shown (law 8).
pub async fn personal(log: &dyn ViewLog, look: View, view: &impl Personal, sheet: bool) -> Response {
    if log.record(look).await.is_err() {
        return state(StatusCode::SERVICE_UNAVAILABLE, &state::NOT_RECORDED, None);
    }
    let part = if sheet { view.sheet() } else { None };
    html(StatusCode::OK, part.unwrap_or_else(|| view.render()))
}

/// A page of a few sentences. The guard puts the frame around it.
pub fn state(status: StatusCode, plain: &state::Plain, session: Option<Session>) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(Pending { plain: plain.clone(), session });
    response
}

/// A [`state`] that waits for the guard to put a frame around it.
#[derive(Debug, Clone)]
pub struct Pending {
    plain: state::Plain,
    session: Option<Session>,
}

impl Pending {
    pub(crate) fn finish(self, status: StatusCode, gate: &Gate, nonce: &str) -> Response {
        let frame = frame(gate, self.session.as_ref(), nonce, "Alongside", "everywhere");
        plain(status, &self.plain.page(frame))
    }
}

/// The layout of a page that knows nothing of the desk: no feeds, no live line, the world's clock.
pub fn frame(gate: &Gate, session: Option<&Session>, nonce: &str, title: &'static str, screen: &'static str) -> Frame {
    Frame {
        title,
        screen,
        room: gate.settings.room.clone(),
        synthetic: gate.settings.synthetic,
        viewer: session.map(|session| Viewer { shown: session.account.shown.clone(), seat: session.seat.clone() }),
        tabs: session.map(|session| tabs(session, title)).unwrap_or_default(),
        clock: Clock { now: gate.now(), speed: 1 },
        feeds: Vec::new(),
        csrf: session.map(|session| session.form_word.clone()).unwrap_or_default(),
        nonce: nonce.to_owned(),
        preferences: session.map_or_else(Preferences::default, |session| session.account.preferences),
        live: None,
    }
}

/// The tabs: what each says is also the title of its page.
const TABS: &[(&str, &str, Action)] = &[
    ("Desk", "/desk", Action::SeeDesk),
    ("Calls", "/listening", Action::SeeListening),
    ("Companion", "/companion", Action::SeeCompanion),
    ("Feedback", "/feedback", Action::SeeFeedback),
    ("Board", "/board", Action::SeeBoard),
    ("Actions", "/actions", Action::SeeActions),
    ("Cases", "/cases", Action::SeeCase),
    ("Rules", "/rules", Action::SeeRules),
    ("Hand-over", "/hand-over", Action::HandOver),
    ("Accounts", "/accounts", Action::Accounts),
    ("Not taken", "/rejects", Action::SeeRejects),
];

/// The tabs that this person may open.
pub fn tabs(session: &Session, title: &str) -> Vec<Tab> {
    let may = |action| authorise(session, action, Subject::Screen) == Decision::Allow;
    let open = TABS.iter().filter(|(_, _, action)| may(*action));
    open.map(|(says, href, _)| Tab { says, href, count: 0, current: *says == title }).collect()
}

fn html(status: StatusCode, rendered: askama::Result<String>) -> Response {
    match rendered {
        Ok(body) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response(),
        Err(_) => {
            tracing::error!("a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
