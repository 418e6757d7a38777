//! A page's live line: the whole page at each change, a heartbeat between, an entry in the log of views each minute.
//!
//! A change is sent at once, then at most every [`GAP`]. The last message equals what a fresh page holds, so a reload is
//! always a repair and never a difference.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use futures_util::stream;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};

use crate::page;
use crate::view_log::{LIVE_EVERY, LiveLook, View, ViewLog};
use crate::views::frame::Clock;
use crate::views::state;

/// Between two messages to one browser at least this.
pub const GAP: Duration = Duration::from_millis(50);
/// A heartbeat this often: the page calls its line dead after two that did not come.
pub const BEAT: Duration = Duration::from_secs(5);

/// What a screen shows now.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The journal sequence that it shows.
    pub seq: u64,
    /// The page's `page` block.
    pub html: String,
    /// Everybody whose record is on it, by the ids of the view log.
    pub subjects: BTreeSet<String>,
}

/// What a screen has to say.
#[derive(Debug)]
pub enum Drawn {
    /// Show this.
    Show(Shown),
    /// Load the page again: the session has ended, a right was taken away, or the subject is gone.
    Reload,
}

/// A screen that can be drawn again and again for one viewer. It asks each time whether the viewer may still see it.
pub trait Screen: Send + 'static {
    /// Draws it as it is now.
    fn draw(&mut self) -> BoxFuture<'_, Drawn>;

    /// The node's clock, for the heartbeat.
    fn clock(&self) -> Clock;
}

/// Opens a live line. `seen` is the sequence that the browser shows already; `changed` ticks with each sequence applied.
pub async fn open(
    log: Arc<dyn ViewLog>,
    view: View,
    screen: impl Screen,
    changed: watch::Receiver<u64>,
    seen: Option<u64>,
) -> Response {
    let Ok(look) = LiveLook::open(log, view).await else {
        return page::state(axum::http::StatusCode::SERVICE_UNAVAILABLE, &state::NOT_RECORDED, None);
    };
    let now = Instant::now();
    let mut beat = interval_at(now, BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut minute = interval_at(now + LIVE_EVERY, LIVE_EVERY);
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut changed = changed;
    // A browser that shows an older sequence, or says none, is brought up to date at once.
    if seen != Some(*changed.borrow_and_update()) {
        changed.mark_changed();
    }
    let line = Line { look, screen, changed, beat, minute, subjects: None, sent: 0, quiet_until: now };
    let events = stream::unfold(Some(line), |line| async move {
        let (event, line) = line?.next().await?;
        Some((Ok::<_, Infallible>(event), line))
    });
    Sse::new(events).into_response()
}

struct Line<S> {
    look: LiveLook,
    screen: S,
    changed: watch::Receiver<u64>,
    beat: tokio::time::Interval,
    minute: tokio::time::Interval,
    /// Whose records are on the screen; `None` before the first drawing, whose subjects the opening entry covers.
    subjects: Option<BTreeSet<String>>,
    /// A digest of what was sent last, so that a change that this screen does not show costs nothing.
    sent: u64,
    quiet_until: Instant,
}

enum Wake {
    Changed,
    Beat,
    Minute,
    Ended,
}

impl<S: Screen> Line<S> {
    /// The next event, and the line that goes on after it; `None` when it ends here.
    async fn next(mut self) -> Option<(Event, Option<Self>)> {
        loop {
            match self.wake().await {
                Wake::Beat => {
                    let clock = self.screen.clock();
                    let beat = Event::default().event("beat").data(format!("{} {}", clock.now.ms(), clock.speed));
                    return Some((beat, Some(self)));
                }
                Wake::Minute => self.look.goes_on().await.ok()?,
                Wake::Changed => {
                    self.quiet_until = Instant::now() + GAP;
                    match self.screen.draw().await {
                        Drawn::Show(shown) => {
                            if let Some(event) = self.show(shown).await? {
                                return Some((event, Some(self)));
                            }
                        }
                        Drawn::Reload => return Some((reload(), None)),
                    }
                }
                // The node is stopping: a page that loads again finds the next one, or says that there is none.
                Wake::Ended => return None,
            }
        }
    }

    async fn wake(&mut self) -> Wake {
        let (changed, quiet_until) = (&mut self.changed, self.quiet_until);
        let change = async {
            sleep_until(quiet_until).await;
            changed.changed().await
        };
        tokio::select! {
            biased;
            _ = self.minute.tick() => Wake::Minute,
            _ = self.beat.tick() => Wake::Beat,
            change = change => if change.is_ok() { Wake::Changed } else { Wake::Ended },
        }
    }

    /// The event for what is shown now; an inner `None` when the screen looks as it did, an outer one when the look
    /// could not be written down and the line must end.
    async fn show(&mut self, shown: Shown) -> Option<Option<Event>> {
        let mut digest = DefaultHasher::new();
        shown.html.hash(&mut digest);
        let digest = digest.finish();
        let before = self.subjects.replace(shown.subjects.clone());
        let new: Vec<String> = match before {
            Some(before) => shown.subjects.difference(&before).cloned().collect(),
            None => shown.subjects.into_iter().collect(),
        };
        if !new.is_empty() {
            self.look.came_on_screen(new, shown.seq).await.ok()?;
        }
        self.look.shows(shown.seq);
        if digest == self.sent {
            return Some(None);
        }
        self.sent = digest;
        Some(Some(Event::default().event("page").id(shown.seq.to_string()).data(shown.html)))
    }
}

fn reload() -> Event {
    Event::default().event("reload").data("now")
}
