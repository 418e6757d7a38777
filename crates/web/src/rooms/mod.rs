//! The rooms: every screen wired to a running node. What a page shows and what its live line sends is one drawing.
//!
//! Invariants: a screen is drawn by one [`Sight`], for the page and for its line alike; rights are asked again at each
//! drawing; the look is written down before the first byte (law 8).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use alongside_desk::Desk;
use alongside_desk::time::Timestamp;
use alongside_node::Node;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::future::BoxFuture;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use self::listening::Ears;
use crate::door::{Action, Asked, Door, Gate, Session, Token, sign_in};
use crate::live::{self, Drawn, Screen, Shown};
use crate::page::{self, Personal};
use crate::view_log::{View, ViewKind, ViewLog, ViewRefused};
use crate::views::frame::{Clock, Frame, LiveLine};
use crate::views::part::FeedAge;
use crate::views::state;

pub mod accounts;
pub mod act;
pub mod actions;
pub mod board;
pub mod case;
pub mod companion;
pub mod desk;
pub mod feedback;
pub mod form;
pub mod hand_over;
pub mod incident;
pub mod key;
pub mod lab;
pub mod list;
pub mod listening;
pub mod naming;
pub mod on_call;
pub mod reject;
mod row;
pub mod rule;
pub mod why;
pub mod words;

#[cfg(test)]
mod tests;

/// What every handler works with.
#[derive(Clone)]
pub struct Room {
    /// The running node.
    pub node: Node,
    /// Where looks are written down.
    pub log: Arc<dyn ViewLog>,
    /// Who may come in.
    pub gate: Arc<Gate>,
    /// Where policies are tried on the past.
    pub laboratory: Arc<lab::Laboratory>,
    /// The live audio.
    pub ears: Ears,
}

impl<S: Sync> FromRequestParts<S> for Room {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Mounts every screen, the way in first.
#[must_use]
pub fn mount(door: Door, node: Node, log: Arc<dyn ViewLog>, ears: Ears) -> Door {
    let gate = door.gate();
    let door = sign_in::mount(door);
    let door =
        [desk::mount, why::mount, board::mount, actions::mount, hand_over::mount, list::mount, form::mount, act::mount]
            .into_iter()
            .fold(door, |door, mount: fn(Door) -> Door| mount(door));
    let door = on_call::mount(door);
    let door = accounts::mount(door);
    let door = reject::mount(door);
    let door = rule::mount(door);
    let door = lab::mount(door);
    let door = case::mount(door);
    let door = incident::mount(door);
    let door = companion::mount(door);
    let door = listening::mount(door);
    let door = feedback::mount(door);
    door.give(Room { node, log, gate, laboratory: Arc::default(), ears })
}

/// A screen: its fixed words, and how it is drawn from the desk for one person.
pub trait Sight: Send + Sync + 'static {
    /// What it makes.
    type View: Personal + Send;

    /// Its fixed words.
    fn head(&self) -> Head;

    /// Draws it as it is now, in one reading of the desk. `None`: it is not there, or not for this person; the two are never told
    /// apart (law 12).
    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<Self::View>>;

    /// How long a line waits at least between two drawings: more, where a drawing is dear and nobody's life waits for it.
    fn pace(&self) -> Duration {
        live::GAP
    }
}

/// The fixed words of a screen.
#[derive(Debug, Clone)]
pub struct Head {
    /// The window's title, which is the tab's word where it has one.
    pub title: &'static str,
    /// Which keys count: a `screen` of `keys.json`. The log of views names the screen by it too.
    pub screen: &'static str,
    /// What a person must be allowed to do to see it.
    pub action: Action,
    /// Where its live line is read; numbers only, never a name or a reference. `None`: it does not change.
    pub line: Option<String>,
}

/// What was drawn.
#[derive(Debug)]
pub struct Drawing<V> {
    /// The view.
    pub view: V,
    /// The journal sequence that it shows.
    pub seq: u64,
    /// Whose data is on it, for the log of views: `incident:<reference>`, `record:<number>`,
    /// `call:<reference>`, `reject:<number>`, `role:<name>`.
    pub subjects: BTreeSet<String>,
}

impl Room {
    /// The node's time, by which every deadline counts.
    pub fn now(&self) -> Timestamp {
        self.node.clock().now()
    }

    /// The node's clock, as pages tick by it.
    pub fn clock(&self) -> Clock {
        let clock = self.node.clock();
        Clock { now: clock.now(), speed: clock.speed() }
    }

    /// The layout of a screen that shows the desk as of its last entry.
    pub fn frame(&self, desk: &Desk, session: &Session, nonce: &str, head: &Head) -> Frame {
        let seq = desk.state().seq;
        let live = head.line.as_ref().map(|href| LiveLine { href: href.clone(), seq });
        let frame = page::frame(&self.gate, Some(session), nonce, head.title, head.screen);
        let feeds = desk.state().feeds.iter().map(|(name, health)| FeedAge {
            name: name.to_string(),
            newest: Some(health.last_heard),
            late: health.silent_since.is_some(),
            means: "What it would say may be missing: rules that wait for it stand as not known.".to_owned(),
        });
        Frame { clock: self.clock(), live, feeds: feeds.collect(), ..frame }
    }

    /// Shows a screen as a page.
    pub async fn page(&self, asked: &Asked, sight: &impl Sight) -> Response {
        let Some(session) = &asked.session else { return nowhere(asked) };
        let head = sight.head();
        match sight.draw(self, session, &asked.nonce) {
            Some(drawing) => {
                let subjects = drawing.subjects.into_iter().collect();
                let look = look(session, &head, subjects, drawing.seq);
                page::personal(&*self.log, look, &drawing.view, asked.sheet).await
            }
            None => nowhere(asked),
        }
    }

    /// Writes down that somebody hears, or otherwise takes in, what is no page.
    ///
    /// # Errors
    /// When it cannot be written down: then nothing may be given.
    pub async fn looked(
        &self,
        session: &Session,
        action: Action,
        screen: &'static str,
        subjects: BTreeSet<String>,
    ) -> Result<(), ViewRefused> {
        let head = Head { title: "", screen, action, line: None };
        let seq = self.node.status().seq.0;
        self.log.record(look(session, &head, subjects.into_iter().collect(), seq)).await
    }

    /// Opens a screen's live line.
    pub async fn line(&self, asked: &Asked, headers: &HeaderMap, sight: impl Sight) -> Response {
        let Some((session, token)) = asked.session.clone().zip(asked.token()) else { return nowhere(asked) };
        let head = sight.head();
        let Some(drawing) = sight.draw(self, &session, "") else { return nowhere(asked) };
        let look = look(&session, &head, drawing.subjects.into_iter().collect(), drawing.seq);
        // Subscribed before it is drawn for the browser: nothing falls between the two.
        let changed = self.changed();
        let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
        let screen = Watched { room: self.clone(), sight, token };
        live::open(self.log.clone(), look, screen, changed, seen).await
    }

    /// Ticks at each commit, when another call can be heard, and at each beat: a countdown that runs out moves a row without an entry.
    fn changed(&self) -> watch::Receiver<u64> {
        let mut commits = self.node.subscribe();
        let (tell, changed) = watch::channel(self.node.status().seq.0);
        let ears = self.ears.clone();
        tokio::spawn(async move {
            let mut audio = Box::pin(ears.changed());
            loop {
                let seq = tokio::select! {
                    () = tell.closed() => return,
                    () = &mut audio => {
                        audio = Box::pin(ears.changed());
                        None
                    }
                    commit = commits.recv() => match commit {
                        Ok(commit) => Some(commit.seq.0),
                        Err(RecvError::Lagged(_)) => None,
                        Err(RecvError::Closed) => return,
                    },
                    () = tokio::time::sleep(live::BEAT) => None,
                };
                tell.send_modify(|last| *last = seq.unwrap_or(*last));
            }
        });
        changed
    }
}

/// The same answer for what is not there and what is not for this person.
pub fn nowhere(asked: &Asked) -> Response {
    page::state(StatusCode::NOT_FOUND, &state::NOT_FOUND, asked.session.clone())
}

fn look(session: &Session, head: &Head, subjects: Vec<String>, seq: u64) -> View {
    let right = crate::door::rights::right(session, head.action).map_or("none", |role| role.name());
    View { actor: session.account.id.clone(), screen: head.screen, subjects, right, seq, kind: ViewKind::Page }
}

/// A sight that is drawn again at each change, for as long as its session lasts.
struct Watched<T> {
    room: Room,
    sight: T,
    token: Token,
}

impl<T: Sight> Screen for Watched<T> {
    fn draw(&mut self) -> BoxFuture<'_, Drawn> {
        Box::pin(async move { self.shown().map_or(Drawn::Reload, Drawn::Show) })
    }

    fn clock(&self) -> Clock {
        self.room.clock()
    }

    fn pace(&self) -> Duration {
        self.sight.pace()
    }
}

impl<T: Sight> Watched<T> {
    fn shown(&self) -> Option<Shown> {
        let gate = &self.room.gate;
        let session = gate.accounts.session(&self.token, gate.settings.limits, false, gate.now()).ok()??;
        let Drawing { view, seq, subjects } = self.sight.draw(&self.room, &session, "")?;
        Some(Shown { seq, html: view.live().ok()?, subjects })
    }
}
