//! Looking is an act: each view of a person's record is written down before its bytes are sent (law 8).

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

/// A look, to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Who: the account's id, the actor in the journal.
    pub actor: String,
    /// Which screen: a fixed word.
    pub screen: &'static str,
    /// What was looked at, by ids: an incident's, a case's; empty for the screen as a whole.
    pub subjects: Vec<String>,
    /// As whom: the role under which it was allowed, a fixed word.
    pub right: &'static str,
    /// The journal sequence that the page shows. With screen, subjects and right it says what was on screen.
    pub seq: u64,
    /// What kind of look.
    pub kind: ViewKind,
}

/// What kind of look it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewKind {
    /// A page.
    Page,
    /// A live line was opened.
    LiveOpened,
    /// It is still open; the range since the last such entry.
    LiveGoesOn {
        /// The sequence of the entry before.
        since: u64,
    },
    /// It was closed.
    LiveClosed {
        /// The sequence of the entry before.
        since: u64,
    },
    /// Somebody's record came onto a screen that was open already.
    CameOnScreen,
}

/// The look could not be written down, so it may not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the look could not be written down")]
pub struct ViewRefused;

/// Where looks are written down.
pub trait ViewLog: Send + Sync + 'static {
    /// Returns only when the entry is durable.
    ///
    /// # Errors
    /// When it cannot be: the caller shows nothing.
    fn record(&self, view: View) -> BoxFuture<'_, Result<(), ViewRefused>>;
}

/// A live line writes an entry at least this often.
pub const LIVE_EVERY: Duration = Duration::from_secs(60);

/// The entries of one live line: at opening, once a minute, at close.
pub struct LiveLook {
    log: Arc<dyn ViewLog>,
    view: View,
    since: u64,
}

impl LiveLook {
    /// Writes the opening down.
    ///
    /// # Errors
    /// When it cannot be written: nothing may be sent.
    pub async fn open(log: Arc<dyn ViewLog>, view: View) -> Result<Self, ViewRefused> {
        let view = View { kind: ViewKind::LiveOpened, ..view };
        log.record(view.clone()).await?;
        Ok(Self { log, since: view.seq, view })
    }

    /// Somebody's record comes onto the screen: written down before its bytes are sent.
    ///
    /// # Errors
    /// When it cannot be written: the line ends.
    pub async fn came_on_screen(&mut self, subjects: Vec<String>, seq: u64) -> Result<(), ViewRefused> {
        self.view.seq = seq;
        let look = View { subjects, kind: ViewKind::CameOnScreen, ..self.view.clone() };
        self.log.record(look).await
    }

    /// What has been sent since: the sequence that the screen shows now.
    pub fn shows(&mut self, seq: u64) {
        self.view.seq = seq;
    }

    /// The entry of a minute.
    ///
    /// # Errors
    /// When it cannot be written: the line ends.
    pub async fn goes_on(&mut self) -> Result<(), ViewRefused> {
        let look = View { kind: ViewKind::LiveGoesOn { since: self.since }, ..self.view.clone() };
        self.since = self.view.seq;
        self.log.record(look).await
    }
}

impl Drop for LiveLook {
    /// The browser has gone, which nobody can wait for: the entry is written by a task of its own.
    fn drop(&mut self) {
        let look = View { kind: ViewKind::LiveClosed { since: self.since }, ..self.view.clone() };
        let log = self.log.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if log.record(look).await.is_err() {
                    tracing::warn!("the end of a live line could not be written down");
                }
            });
        }
    }
}
