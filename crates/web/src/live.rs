//! A page's live line: what changed of the page, a heartbeat between, an entry in the log of views each minute.
//!
//! A change is sent at once, then at most every [`GAP`]. What a browser was sent makes what a fresh page holds, so a reload
//! is always a repair and never a difference; only what the browser counts by itself is not sent again ([`delta`]).

use std::collections::BTreeSet;
use std::convert::Infallible;
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

mod delta;

#[cfg(test)]
pub use delta::browser;

/// Between two messages to one browser at least this.
pub const GAP: Duration = Duration::from_millis(50);
/// Between two looks for a change that this screen shows at least this, and four times as long as a look takes: what happens
/// elsewhere neither delays a change here nor keeps the machine busy.
const LOOK: Duration = Duration::from_millis(5);
/// A screen with a pace of its own waits so many times as long as its drawing took: the desk's one writer waits for each.
const DEAR: u32 = 50;
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

    /// Between two drawings at least this, [`GAP`] or more.
    fn pace(&self) -> Duration {
        GAP
    }
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
    let speed = screen.clock().speed;
    let sent = delta::Sent::default();
    let line = Line { look, screen, changed, beat, minute, speed, subjects: None, sent, quiet_until: now };
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
    /// The pace of the clock that the browser counts by.
    speed: u32,
    /// Whose records are on the screen; `None` before the first drawing, whose subjects the opening entry covers.
    subjects: Option<BTreeSet<String>>,
    /// What the browser has, so that a change that this screen does not show sends nothing.
    sent: delta::Sent,
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
                Wake::Beat => return Some((self.beat(), Some(self))),
                Wake::Minute => self.look.goes_on().await.ok()?,
                // The clock of a demonstration runs at another pace: before anything that is counted by it.
                Wake::Changed if self.screen.clock().speed != self.speed => {
                    self.changed.mark_changed();
                    return Some((self.beat(), Some(self)));
                }
                Wake::Changed => {
                    let began = Instant::now();
                    match self.screen.draw().await {
                        Drawn::Show(shown) => {
                            let event = self.show(shown).await?;
                            self.quiet_until = began + self.quiet(began.elapsed(), event.is_some());
                            if let Some(event) = event {
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

    /// What time it is, for a browser to count by.
    fn beat(&mut self) -> Event {
        let clock = self.screen.clock();
        self.speed = clock.speed;
        Event::default().event("beat").data(format!("{} {}", clock.now.ms(), clock.speed))
    }

    /// How long nothing is drawn after a drawing that took so long, and was sent or was as before.
    fn quiet(&self, took: Duration, is_sent: bool) -> Duration {
        match self.screen.pace() {
            pace if pace > GAP => pace.max(took * DEAR),
            _ if is_sent => GAP,
            _ => (took * 4).clamp(LOOK, GAP),
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
        let before = self.subjects.replace(shown.subjects.clone());
        let new: Vec<String> = match before {
            Some(before) => shown.subjects.difference(&before).cloned().collect(),
            None => shown.subjects.into_iter().collect(),
        };
        if !new.is_empty() {
            self.look.came_on_screen(new, shown.seq).await.ok()?;
        }
        self.look.shows(shown.seq);
        let message = self.sent.next(&shown.html);
        Some(message.map(|message| Event::default().event("page").id(shown.seq.to_string()).data(message)))
    }
}

fn reload() -> Event {
    Event::default().event("reload").data("now")
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use alongside_desk::time::Timestamp;
    use axum::http::StatusCode;
    use futures_util::StreamExt;

    use super::*;
    use crate::view_log::{ViewKind, ViewRefused};
    use crate::views::fixture;

    /// Keeps what was written down; refuses from the given entry on.
    #[derive(Default)]
    struct Book {
        entries: Mutex<Vec<(ViewKind, Vec<String>, u64)>>,
        refuse_from: Option<usize>,
    }

    impl ViewLog for Book {
        fn record(&self, view: View) -> BoxFuture<'_, Result<(), ViewRefused>> {
            let mut entries = self.entries.lock().unwrap();
            let refused = self.refuse_from.is_some_and(|from| entries.len() >= from);
            if !refused {
                entries.push((view.kind, view.subjects, view.seq));
            }
            Box::pin(async move { if refused { Err(ViewRefused) } else { Ok(()) } })
        }
    }

    struct Drawing(watch::Receiver<(u64, Vec<&'static str>)>, Duration);

    impl Screen for Drawing {
        fn draw(&mut self) -> BoxFuture<'_, Drawn> {
            let (seq, subjects) = self.0.borrow().clone();
            let html = format!("<p>{}</p>", subjects.join(" "));
            let shown = Shown { seq, html, subjects: subjects.iter().map(|id| (*id).to_owned()).collect() };
            Box::pin(async move { if shown.seq == 0 { Drawn::Reload } else { Drawn::Show(shown) } })
        }

        fn clock(&self) -> Clock {
            Clock { now: Timestamp::from_ms(1_000), speed: 12 }
        }

        fn pace(&self) -> Duration {
            self.1
        }
    }

    fn view() -> View {
        View { actor: "a".into(), screen: "desk", subjects: vec![], right: "specialist", seq: 7, kind: ViewKind::Page }
    }

    struct Rig {
        book: Arc<Book>,
        state: watch::Sender<(u64, Vec<&'static str>)>,
        changed: watch::Sender<u64>,
        pace: Duration,
    }

    fn rig(refuse_from: Option<usize>) -> Rig {
        let book = Arc::new(Book { refuse_from, ..Book::default() });
        Rig { book, state: watch::Sender::new((7, vec!["i-1"])), changed: watch::Sender::new(7), pace: GAP }
    }

    impl Rig {
        async fn open(&self, seen: Option<u64>) -> Response {
            let screen = Drawing(self.state.subscribe(), self.pace);
            open(self.book.clone(), view(), screen, self.changed.subscribe(), seen).await
        }

        fn apply(&self, seq: u64, subjects: Vec<&'static str>) {
            self.state.send_replace((seq, subjects));
            self.changed.send_replace(seq);
        }

        fn written(&self) -> Vec<(ViewKind, Vec<String>, u64)> {
            self.book.entries.lock().unwrap().clone()
        }
    }

    /// The next message that is no heartbeat; `None` at the end of the line.
    async fn next(
        stream: &mut (impl StreamExt<Item = Result<axum::body::Bytes, axum::Error>> + Unpin),
    ) -> Option<String> {
        loop {
            let text = String::from_utf8(stream.next().await?.unwrap().to_vec()).unwrap();
            if !text.contains("event: beat") {
                return Some(text);
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_comes_on_screen_is_written_down_before_they_are_sent() {
        let rig = rig(None);
        let mut stream = rig.open(Some(7)).await.into_body().into_data_stream();
        assert_eq!(rig.written(), [(ViewKind::LiveOpened, vec![], 7)]);

        rig.apply(8, vec!["i-1", "i-2"]);
        let message = next(&mut stream).await.unwrap();
        assert!(message.contains("event: page") && message.contains("id: 8") && message.contains("<p>i-1 i-2</p>"));
        assert_eq!(rig.written()[1], (ViewKind::CameOnScreen, vec!["i-1".into(), "i-2".into()], 8));

        rig.apply(9, vec!["i-1", "i-2"]);
        rig.apply(10, vec!["i-2", "i-3"]);
        assert!(next(&mut stream).await.unwrap().contains("id: 10"), "changes that come together are one message");
        assert_eq!(rig.written()[2], (ViewKind::CameOnScreen, vec!["i-3".into()], 10));

        drop(stream);
        tokio::task::yield_now().await;
        assert_eq!(rig.written().last().unwrap().0, ViewKind::LiveClosed { since: 7 });
    }

    #[tokio::test(start_paused = true)]
    async fn an_entry_a_minute_as_long_as_the_line_is_open() {
        let rig = rig(None);
        let mut stream = rig.open(None).await.into_body().into_data_stream();
        assert!(next(&mut stream).await.unwrap().contains("id: 7"), "a browser that shows nothing is sent the page");
        let before = Instant::now();
        while before.elapsed() < Duration::from_secs(130) {
            let beat = stream.next().await.unwrap().unwrap();
            assert!(std::str::from_utf8(&beat).unwrap().contains("data: 1000 12"));
        }
        let minutes = rig.written().into_iter().filter(|(kind, ..)| matches!(kind, ViewKind::LiveGoesOn { .. }));
        assert_eq!(minutes.count(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_screen_that_is_dear_to_draw_is_sent_at_once_and_then_in_its_own_time() {
        for pace in [GAP, Duration::from_secs(1)] {
            let rig = Rig { pace, ..rig(None) };
            let mut stream = rig.open(Some(7)).await.into_body().into_data_stream();
            let began = Instant::now();
            rig.apply(8, vec!["i-1", "i-2"]);
            assert!(next(&mut stream).await.unwrap().contains("id: 8"));
            assert_eq!(began.elapsed(), Duration::ZERO);
            rig.apply(9, vec!["i-3"]);
            rig.apply(10, vec!["i-4"]);
            assert!(next(&mut stream).await.unwrap().contains("id: 10"));
            assert!(began.elapsed() >= pace && began.elapsed() < pace * 2, "{pace:?}: {:?}", began.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_its_entry_nothing_is_sent() {
        let refused = rig(Some(0)).open(Some(7)).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);

        let rig = rig(Some(1));
        let mut stream = rig.open(Some(7)).await.into_body().into_data_stream();
        rig.apply(8, vec!["i-9"]);
        assert_eq!(next(&mut stream).await, None, "the line ends, and the name is not sent");
    }

    #[tokio::test(start_paused = true)]
    async fn a_right_that_is_taken_away_loads_the_page_again() {
        let rig = rig(None);
        let mut stream = rig.open(Some(7)).await.into_body().into_data_stream();
        rig.apply(0, vec![]);
        assert!(next(&mut stream).await.unwrap().contains("event: reload"));
        assert_eq!(next(&mut stream).await, None);
    }

    #[tokio::test]
    async fn a_page_is_not_shown_when_its_look_cannot_be_written_down() {
        let full = Book { refuse_from: Some(0), ..Book::default() };
        let answer = page::personal(&full, view(), &fixture::case(), false).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("ZALEWA"));

        let book = Book::default();
        let answer = page::personal(&book, view(), &fixture::case(), false).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(book.entries.lock().unwrap().len(), 1);
    }
}
