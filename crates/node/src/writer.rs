//! The writer: one loop that takes what waits, decides it, appends it in one commit, and answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use alongside_desk::Desk;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::lexicon::Lexicon;
use alongside_journal::{AppendError, Read as _, Seq, SourceKey, SqliteReader, SqliteStore, Store as _};
use parking_lot::{Mutex, RwLock};
use tokio::sync::broadcast;

use crate::batch::Batch;
use crate::changed::{self, Changed};
use crate::clock::Clock;
use crate::crash::{CrashMoment, CrashPlan};
use crate::inbox::{Inbox, Job};
use crate::load;
use crate::offer::{Acted, Receipt};
use crate::refused::Refused;
use crate::reject::Rejects;
use crate::shelf;
use crate::topic::Topic;
use crate::turn::{Turn, TurnError};
use crate::views::Chain;

/// Messages decided in one commit, unless a single request holds more.
const TOGETHER: usize = 2048;

/// How long to wait before trying again what the store refused, and when a clock does not move on.
const AGAIN: Duration = Duration::from_secs(1);

/// When a sender is to come back after a refusal, in seconds.
const RETRY_AFTER_S: u32 = 5;

/// The kind of the entry that says that nothing could be written for a while.
const RESUMED: &str = "node.resumed";

/// What the writer and the handles share.
pub(crate) struct Shared {
    pub desk: RwLock<Desk>,
    pub rejects: Mutex<Rejects>,
    pub inbox: Arc<Inbox>,
    pub clock: Arc<dyn Clock>,
    pub changed: broadcast::Sender<Changed>,
    pub reader: SqliteReader,
    pub key: SourceKey,
    pub lexicon: Arc<Lexicon>,
    /// Nothing can be written just now.
    pub refusing: AtomicBool,
    /// The writer runs.
    pub live: AtomicBool,
    pub last_seq: AtomicU64,
    pub snapshot_seq: AtomicU64,
    pub stopping: AtomicBool,
}

/// The writer.
pub(crate) struct Writer {
    pub shared: Arc<Shared>,
    pub store: SqliteStore,
    /// The latest `known` so far.
    pub clock: Timestamp,
    /// The latest reading of the clock: one that goes backwards is not followed.
    pub now: Timestamp,
    /// Since when nothing can be written.
    pub refusing: Option<Timestamp>,
    pub crash: Option<CrashPlan>,
    pub snapshot_every: u64,
    pub since_snapshot: u64,
    /// Asks for a snapshot.
    pub shelf: SyncSender<()>,
    /// The clock that is due does not move on.
    pub stalled: bool,
    /// The state could not be folded again before the end.
    pub broken: bool,
}

/// What one job came to.
enum Answer {
    Receipts(Vec<Receipt>),
    Receipt(Result<Receipt, Refused>),
    Done,
    PutAside(Result<(), Refused>),
    Acted(Result<Acted, Refused>),
    Seq(Seq),
}

/// Why a turn does not stand.
enum Failure {
    /// The disk is full, or the store fails: everything is refused for a while.
    Store,
    /// Something about a job itself.
    Job,
}

/// Says that the writer is gone, however it went.
struct Gone(Arc<Shared>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.live.store(false, Ordering::SeqCst);
        self.0.inbox.abandon();
    }
}

impl Writer {
    /// Runs until the inbox is closed and drained, then keeps a snapshot.
    pub fn run(mut self) {
        let _gone = Gone(Arc::clone(&self.shared));
        let inbox = Arc::clone(&self.shared.inbox);
        while let Some(jobs) = inbox.take(TOGETHER, self.wait()) {
            if jobs.is_empty() {
                self.serve(Vec::new(), true);
                continue;
            }
            let (jobs, apart): (Vec<_>, Vec<_>) =
                jobs.into_iter().partition(|job| !matches!(job, Job::Snapshot { .. } | Job::Cap { .. }));
            if !jobs.is_empty() {
                self.serve(jobs, false);
            }
            apart.into_iter().for_each(|job| self.apart(job));
        }
        if self.broken {
            return;
        }
        if let Err(error) = self.snapshot() {
            tracing::warn!(error = %error, "no snapshot was kept: the next start folds a longer tail");
        }
    }

    /// How long until the next clock runs out; `None`: until something comes.
    fn wait(&self) -> Option<Duration> {
        let due = self.shared.desk.read().due();
        let wait = due.and_then(|due| self.shared.clock.wait_for(due));
        if self.refusing.is_some() || (self.stalled && due.is_some()) { Some(AGAIN) } else { wait }
    }

    fn serve(&mut self, jobs: Vec<Job>, timers: bool) {
        self.now = self.now.max(self.shared.clock.now());
        let shared = Arc::clone(&self.shared);
        let mut desk = shared.desk.write();
        if self.refusing.is_some() && !self.resume(&mut desk) {
            drop(desk);
            jobs.into_iter().for_each(|job| job.refuse(Refused::CannotWrite { retry_after_s: RETRY_AFTER_S }));
            return;
        }
        let due = desk.due();
        let turned = catch_unwind(AssertUnwindSafe(|| self.turn(&mut desk, &jobs, timers)));
        match turned {
            Ok(Ok((answers, told))) => {
                self.stalled = timers && told.is_none() && desk.due() == due && due.is_some_and(|due| due <= self.now);
                drop(desk);
                self.tell(told);
                for (job, answer) in jobs.into_iter().zip(answers) {
                    answer.give(job);
                    self.reached(CrashMoment::Telling);
                }
            }
            Ok(Err(Failure::Store)) => {
                self.refuse_from_now();
                self.rebuild(&mut desk);
                drop(desk);
                jobs.into_iter().for_each(|job| job.refuse(Refused::CannotWrite { retry_after_s: RETRY_AFTER_S }));
            }
            Ok(Err(Failure::Job)) | Err(_) => {
                self.rebuild(&mut desk);
                drop(desk);
                self.stalled = true;
                if jobs.len() > 1 {
                    // One that cannot be done must not take the others with it.
                    jobs.into_iter().for_each(|job| self.serve(vec![job], false));
                } else {
                    tracing::error!("a command could not be carried out and was refused; the state was folded again");
                    jobs.into_iter().for_each(|job| job.refuse(Refused::CannotWrite { retry_after_s: RETRY_AFTER_S }));
                }
            }
        }
    }

    /// Decides, applies and appends.
    fn turn(&mut self, desk: &mut Desk, jobs: &[Job], timers: bool) -> Result<(Vec<Answer>, Option<Changed>), Failure> {
        let last = self.store.last_seq().map_err(|error| Failure::from(TurnError::from(error)))?;
        let shared = Arc::clone(&self.shared);
        let mut rejects = shared.rejects.lock();
        let mut turn = Turn {
            desk,
            journal: &self.store,
            key: &self.shared.key,
            rejects: &rejects,
            batch: Batch::after(last),
            clock: self.clock,
            now: self.now,
        };
        let mut answers = Vec::with_capacity(jobs.len());
        if timers {
            turn.wake(TOGETHER)?;
        }
        for job in jobs {
            answers.push(match job {
                Job::Take { feed, received, offers, .. } => Answer::Receipts(turn.take(feed, *received, offers)?),
                Job::Import { feed, lines, .. } => Answer::Receipts(turn.import(feed, lines)?),
                Job::Keep { feed, received, document, .. } => {
                    turn.keep(feed, *received, document)?;
                    Answer::Done
                }
                Job::Resubmit { feed, received, reject, offer, by, .. } => {
                    Answer::Receipt(turn.resubmit(feed, *received, *reject, offer, by)?)
                }
                Job::PutAside { feed, reject, reason, by, .. } => {
                    Answer::PutAside(turn.put_aside(feed, *reject, reason, by)?)
                }
                Job::Act { act, .. } => Answer::Acted(turn.act(act)?),
                Job::SetPolicy { policy, by, why, .. } => Answer::Seq(turn.set_policy(policy, by, why)?),
                Job::SetPace { times, .. } => Answer::Seq(turn.set_pace(*times)?),
                Job::Snapshot { .. } | Job::Cap { .. } => Answer::Done,
            });
        }
        let (clock, mut batch) = (turn.clock, turn.batch);
        self.reached(CrashMoment::Decided);
        let told = self.append(&mut batch)?;
        batch.settle(&mut rejects);
        self.clock = clock;
        let imported: usize = jobs.iter().filter(|job| matches!(job, Job::Import { .. })).count();
        if imported == 0 {
            self.ask_for_snapshot(batch.entries.len() as u64);
        }
        Ok((answers, told))
    }

    /// One commit. Gives what subscribers are to be told.
    fn append(&mut self, batch: &mut Batch) -> Result<Option<Changed>, Failure> {
        if batch.entries.is_empty() {
            return Ok(None);
        }
        self.store.append(&batch.entries).map_err(|error| {
            tracing::error!(error = %Chain(&error), entries = batch.entries.len(), "a commit was refused");
            match error {
                AppendError::Full | AppendError::Store(_) => Failure::Store,
                _ => Failure::Job,
            }
        })?;
        let mut changes = std::mem::take(&mut batch.changes);
        changed::tidy(&mut changes);
        Ok(Some(Changed { first: batch.first(), seq: batch.last(), changes: Arc::new(changes) }))
    }

    fn tell(&self, told: Option<Changed>) {
        if let Some(told) = told {
            self.shared.last_seq.store(told.seq.0, Ordering::SeqCst);
            self.reached(CrashMoment::Visible);
            // Nobody may be listening: that is no fault.
            let _ = self.shared.changed.send(told);
        }
    }

    fn ask_for_snapshot(&mut self, entries: u64) {
        self.since_snapshot += entries;
        if self.since_snapshot >= self.snapshot_every {
            self.since_snapshot = 0;
            // One that is being made is as good.
            let _ = self.shelf.try_send(());
        }
    }

    fn refuse_from_now(&mut self) {
        self.refusing = self.refusing.or(Some(self.now));
        self.shared.refusing.store(true, Ordering::SeqCst);
    }

    /// Tries whether the store takes something again: an entry that says how long it did not.
    fn resume(&mut self, desk: &mut Desk) -> bool {
        let shared = Arc::clone(&self.shared);
        let rejects = shared.rejects.lock();
        let Ok(last) = self.store.last_seq() else { return false };
        let since = self.refusing.unwrap_or(self.now);
        let mut turn = Turn {
            desk,
            journal: &self.store,
            key: &self.shared.key,
            rejects: &rejects,
            batch: Batch::after(last),
            clock: self.clock,
            now: self.now,
        };
        let Ok(payload) = postcard::to_allocvec(&since) else { return false };
        // Nothing of the desk is decided before this is known to hold, so nothing has to be folded again when it does not.
        let draft = turn.note_only(&Topic::Node, "node".into(), RESUMED, payload);
        let batch = turn.batch;
        if self.store.append(&batch.entries).is_err() {
            return false;
        }
        desk.apply(&draft);
        self.shared.last_seq.store(draft.seq, Ordering::SeqCst);
        self.clock = self.clock.max(draft.known);
        self.refusing = None;
        self.shared.refusing.store(false, Ordering::SeqCst);
        tracing::info!("the journal takes entries again");
        true
    }

    /// Folds the state again from the journal. Nothing is served before it is done: whoever reads waits.
    fn rebuild(&mut self, desk: &mut Desk) {
        loop {
            let snapshot = self.store.latest_snapshot(Desk::FOLD_VERSION).ok().flatten();
            match load::load(&self.store, snapshot.as_ref(), &self.shared.lexicon, &mut |_| ()) {
                Ok(loaded) => {
                    self.clock = self.clock.max(loaded.desk.state().clock);
                    *desk = loaded.desk;
                    *self.shared.rejects.lock() = loaded.rejects;
                    return;
                }
                Err(error) => {
                    tracing::error!(error = %Chain(&error), "the state cannot be folded again yet: nothing is served");
                    if self.shared.stopping.load(Ordering::SeqCst) {
                        self.broken = true;
                        self.shared.inbox.abandon();
                        return;
                    }
                    std::thread::sleep(AGAIN);
                }
            }
        }
    }

    fn apart(&mut self, job: Job) {
        match job {
            Job::Snapshot { reply } => reply.send(self.snapshot().map_err(|error| {
                tracing::warn!(error = %error, "no snapshot was kept");
                Refused::CannotWrite { retry_after_s: RETRY_AFTER_S }
            })),
            Job::Cap { bytes, reply } => {
                let capped = self.store.cap(bytes);
                reply.send(capped.map_err(|_| Refused::CannotWrite { retry_after_s: RETRY_AFTER_S }));
            }
            other => other.refuse(Refused::Stopping),
        }
    }

    /// Keeps the state as it is now.
    fn snapshot(&mut self) -> Result<Seq, String> {
        let packed = shelf::pack(self.shared.desk.read().state(), &self.shared.rejects.lock());
        let snapshot = packed.map_err(|error| Chain(&error).to_string())?;
        let seq = snapshot.seq;
        if seq.0 > self.shared.snapshot_seq.load(Ordering::SeqCst) {
            self.store.save_snapshot(&snapshot).map_err(|error| Chain(&error).to_string())?;
            self.shared.snapshot_seq.fetch_max(seq.0, Ordering::SeqCst);
        }
        self.since_snapshot = 0;
        Ok(seq)
    }

    fn reached(&self, moment: CrashMoment) {
        if let Some(plan) = &self.crash {
            plan.reached(moment);
        }
    }
}

impl From<TurnError> for Failure {
    fn from(error: TurnError) -> Self {
        tracing::error!(error = %Chain(&error), "a turn failed");
        match error {
            TurnError::Store(_) => Self::Store,
            TurnError::Event(_) | TurnError::Form(_) => Self::Job,
        }
    }
}

impl Answer {
    fn give(self, job: Job) {
        match (self, job) {
            (Self::Receipts(receipts), Job::Take { reply, .. } | Job::Import { reply, .. }) => reply.send(Ok(receipts)),
            (Self::Receipt(receipt), Job::Resubmit { reply, .. }) => reply.send(receipt),
            (Self::Done, Job::Keep { reply, .. }) => reply.send(Ok(())),
            (Self::PutAside(answer), Job::PutAside { reply, .. }) => reply.send(answer),
            (Self::Acted(acted), Job::Act { reply, .. }) => reply.send(acted),
            (Self::Seq(seq), Job::SetPolicy { reply, .. } | Job::SetPace { reply, .. }) => reply.send(Ok(seq)),
            // Each job is answered in its own kind, above.
            (_, job) => job.refuse(Refused::Stopping),
        }
    }
}
