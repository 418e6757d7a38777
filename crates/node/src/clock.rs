//! The one clock function of the system (law 9), real, scaled or driven by hand.

use std::future::poll_fn;
use std::sync::{Arc, Weak};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use alongside_desk::time::{Period, Timestamp};
use parking_lot::Mutex;

/// The longest that anybody sleeps without looking at the clock again: a machine that slept, or whose clock was set, is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Something that sleeps until an instant and must look again when the clock was moved.
pub trait Wake: Send + Sync {
    /// The clock was moved.
    fn wake(&self);
}

/// What time it is.
pub trait Clock: Send + Sync + 'static {
    /// Now. May go backwards (a wall clock can); the node never lets `known` do so.
    fn now(&self) -> Timestamp;

    /// How long to sleep, in real time, before looking again for `until`; zero when it has come. `None`: until woken.
    fn wait_for(&self, until: Timestamp) -> Option<Duration>;

    /// How many times as fast as the world it runs.
    fn speed(&self) -> u32 {
        1
    }

    /// Asks to be woken whenever the clock is moved by hand. Clocks that only run need not remember it.
    fn on_move(&self, wake: Weak<dyn Wake>);
}

/// The machine's own clock, at millisecond grain.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn wait_for(&self, until: Timestamp) -> Option<Duration> {
        Some(duration(until.since(self.now())).min(LONGEST_SLEEP))
    }

    fn on_move(&self, _: Weak<dyn Wake>) {}
}

/// A clock that starts at an instant and runs faster or slower than the world: for demonstrations in a synthetic folder.
pub struct ScaledClock {
    pace: Mutex<Pace>,
    sleepers: Sleepers,
}

/// From when on a clock runs how fast.
#[derive(Clone, Copy)]
struct Pace {
    began: Instant,
    start: Timestamp,
    speed: u32,
}

impl Pace {
    fn now(&self) -> Timestamp {
        let real = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.start.plus(Period::from_ms(real.saturating_mul(i64::from(self.speed))))
    }
}

impl ScaledClock {
    /// Begins at `start` now, and runs `speed` times as fast as the world (1 or more).
    pub fn new(start: Timestamp, speed: u32) -> Self {
        let pace = Pace { began: Instant::now(), start, speed: speed.max(1) };
        Self { pace: Mutex::new(pace), sleepers: Sleepers::default() }
    }

    /// Jumps ahead.
    pub fn skip(&self, period: Period) {
        {
            let mut pace = self.pace.lock();
            pace.start = pace.start.plus(Period::from_ms(period.ms().max(0)));
        }
        self.sleepers.wake();
    }

    /// Runs so many times as fast as the world from now on (1 or more), without a jump.
    pub fn run_at(&self, speed: u32) {
        {
            let mut pace = self.pace.lock();
            if pace.speed == speed.max(1) {
                return;
            }
            *pace = Pace { began: Instant::now(), start: pace.now(), speed: speed.max(1) };
        }
        self.sleepers.wake();
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Timestamp {
        self.pace.lock().now()
    }

    fn wait_for(&self, until: Timestamp) -> Option<Duration> {
        let pace = *self.pace.lock();
        Some((duration(until.since(pace.now())) / pace.speed).min(LONGEST_SLEEP))
    }

    fn speed(&self) -> u32 {
        self.pace.lock().speed
    }

    fn on_move(&self, wake: Weak<dyn Wake>) {
        self.sleepers.add(wake);
    }
}

/// A clock that stands still until it is moved: for tests.
pub struct ManualClock {
    now: Mutex<Timestamp>,
    sleepers: Sleepers,
}

impl ManualClock {
    /// Stands at an instant.
    pub fn at(now: Timestamp) -> Self {
        Self { now: Mutex::new(now), sleepers: Sleepers::default() }
    }

    /// Moves to an instant, which may lie in the past, and wakes whoever sleeps.
    pub fn set(&self, now: Timestamp) {
        *self.now.lock() = now;
        self.sleepers.wake();
    }

    /// Moves ahead by a period.
    pub fn advance(&self, period: Period) {
        {
            let mut now = self.now.lock();
            *now = now.plus(period);
        }
        self.sleepers.wake();
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock()
    }

    fn wait_for(&self, until: Timestamp) -> Option<Duration> {
        (until <= self.now()).then_some(Duration::ZERO)
    }

    fn on_move(&self, wake: Weak<dyn Wake>) {
        self.sleepers.add(wake);
    }
}

fn duration(period: Period) -> Duration {
    Duration::from_millis(u64::try_from(period.ms()).unwrap_or(0))
}

#[derive(Default)]
struct Sleepers(Mutex<Vec<Weak<dyn Wake>>>);

impl Sleepers {
    fn add(&self, wake: Weak<dyn Wake>) {
        let mut sleepers = self.0.lock();
        sleepers.retain(|s| s.strong_count() > 0);
        sleepers.push(wake);
    }

    fn wake(&self) {
        // Woken outside the lock: whoever wakes may come back here at once.
        let sleepers: Vec<_> = self.0.lock().iter().filter_map(Weak::upgrade).collect();
        sleepers.iter().for_each(|s| s.wake());
    }
}

/// Holds the waker of a task that sleeps on a clock.
#[derive(Default)]
struct Task(Mutex<(bool, Option<Waker>)>);

impl Wake for Task {
    fn wake(&self) {
        let mut held = self.0.lock();
        held.0 = true;
        if let Some(waker) = held.1.take() {
            waker.wake();
        }
    }
}

/// Resolves when the clock says `until` or later. Needs the timer of a tokio runtime.
pub async fn sleep_until(clock: &dyn Clock, until: Timestamp) {
    let task = Arc::new(Task::default());
    let weak: Weak<dyn Wake> = Arc::<Task>::downgrade(&task);
    clock.on_move(weak);
    while clock.now() < until {
        let moved = poll_fn(|context| {
            let mut held = task.0.lock();
            if std::mem::take(&mut held.0) {
                return Poll::Ready(());
            }
            held.1 = Some(context.waker().clone());
            Poll::Pending
        });
        match clock.wait_for(until) {
            Some(wait) => {
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = moved => {}
                }
            }
            None => moved.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_ms(1_776_340_800_000);

    #[test]
    fn a_scaled_clock_runs_ahead_of_the_world_and_can_be_skipped() {
        let clock = ScaledClock::new(NOON, 12);
        assert!(clock.now() < NOON.plus(Period::minutes(1)));
        clock.skip(Period::hours(1));
        assert!(clock.now() >= NOON.plus(Period::hours(1)));
        assert!(clock.wait_for(NOON.plus(Period::hours(2))) <= Some(LONGEST_SLEEP));
        assert_eq!(clock.wait_for(NOON), Some(Duration::ZERO));
    }

    #[test]
    fn a_scaled_clock_changes_its_pace_without_a_jump_and_never_goes_back() {
        let clock = ScaledClock::new(NOON, 1_000_000);
        let mut before = clock.now();
        while before < NOON.plus(Period::seconds(5_000)) {
            before = clock.now();
        }
        clock.run_at(1);
        let (first, speed) = (clock.now(), clock.speed());
        assert!(first >= before && speed == 1);
        // At the world's pace a thousand readings take no hour; a million times as fast, they would.
        let last = (0..1_000).map(|_| clock.now()).inspect(|now| assert!(*now >= first)).max().expect("a reading");
        assert!(last < first.plus(Period::hours(1)));
        clock.run_at(0);
        assert_eq!(clock.speed(), 1, "a clock never stands still");
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_clock_is_moved_and_not_before() {
        let clock = Arc::new(ManualClock::at(NOON));
        let sleeper = {
            let clock = Arc::clone(&clock);
            tokio::spawn(async move {
                sleep_until(&*clock, NOON.plus(Period::minutes(15))).await;
                clock.now()
            })
        };
        clock.advance(Period::minutes(14));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(Period::minutes(1));
        assert_eq!(sleeper.await.expect("woken"), NOON.plus(Period::minutes(15)));
    }
}
