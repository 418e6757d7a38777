//! The handle on a running node.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use alongside_desk::Desk;
use alongside_desk::lab::Report;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::Policy;
use alongside_desk::watch::lexicon::{Lexicon, Problem};
use alongside_journal::{
    Read as _, Seq, Snapshots, SqliteReader, SqliteStore, Store as _, StoreError, StreamId, ViewSeq,
};
use parking_lot::{Mutex, RwLock};
use tokio::sync::broadcast;

use crate::changed::Changed;
use crate::clock::{Clock, SystemClock, Wake};
use crate::crash::CrashPlan;
use crate::import::{self, ImportProgress, ImportReport, Line};
use crate::inbox::{Inbox, Job, Pending};
use crate::lab::try_policy;
use crate::load::{self, LoadError, Progress};
use crate::offer::{Act, Acted, Document, Offer, Receipt};
use crate::refused::Refused;
use crate::shelf;
use crate::topic::Topic;
use crate::turn::delivered;
use crate::views::{Chain, View, ViewLog};
use crate::writer::{Shared, Writer};

mod reject;

/// How a node is opened.
pub struct Options {
    /// The policy file, whole. When it cannot be read, the last good one stays in force.
    pub policy: String,
    /// The lexicon file, whole.
    pub lexicon: String,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// How many messages may wait for the writer.
    pub most_waiting: usize,
    /// A snapshot is made after so many entries.
    pub snapshot_every: u64,
    /// How many commits a subscriber may lag behind before it is told to draw its page anew.
    pub most_behind: usize,
    /// Where a test ends the process; never set otherwise.
    pub crash: Option<CrashPlan>,
}

impl Options {
    /// The bounds that a force starts with, and the machine's own clock.
    pub fn new(policy: impl Into<String>, lexicon: impl Into<String>) -> Self {
        Self {
            policy: policy.into(),
            lexicon: lexicon.into(),
            clock: Arc::new(SystemClock),
            most_waiting: 40_000,
            snapshot_every: 50_000,
            most_behind: 1024,
            crash: None,
        }
    }
}

/// Why a node cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The journal; above all, another process has the folder.
    #[error(transparent)]
    Journal(#[from] alongside_journal::OpenError),
    /// The state cannot be folded.
    #[error("the state cannot be folded from the journal")]
    Load(#[from] LoadError),
    /// A new journal needs a policy that can be read.
    #[error("the policy has {} mistakes", .0.len())]
    Policy(Vec<Problem>),
    /// The lexicon cannot be read.
    #[error("the lexicon has {} mistakes", .0.len())]
    Lexicon(Vec<Problem>),
    /// The policy could not be journalled.
    #[error("the policy could not be put in force")]
    Refused(#[from] Refused),
    /// A thread could not be started.
    #[error("a thread could not be started")]
    Thread(#[from] std::io::Error),
}

/// How a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The writer runs.
    pub live: bool,
    /// It runs, takes what it is sent, and can write.
    pub ready: bool,
    /// Nothing can be written just now: the disk is full, or the store fails.
    pub refusing: bool,
    /// The last entry.
    pub seq: Seq,
    /// The last entry of the newest snapshot.
    pub snapshot: Seq,
    /// Messages that wait for the writer.
    pub waiting: usize,
    /// Messages in the rejects list that nobody has dealt with.
    pub rejects: usize,
    /// What the clock says.
    pub now: Timestamp,
    /// The desk's own time: the latest `known`.
    pub known: Timestamp,
    /// The policy in force.
    pub policy: Arc<str>,
    /// What is wrong with the policy file that was given, if the one in force is an earlier one.
    pub policy_problems: Vec<Problem>,
}

/// What a message said, for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its entry.
    pub seq: Seq,
    /// As it was delivered, as JSON; nothing when it was redacted, or when the entry is no message.
    pub raw: Option<Arc<str>>,
}

/// A running node. Clones are the same node; the last one to go stops it.
#[derive(Clone)]
pub struct Node(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    views: Mutex<Option<Arc<ViewLog>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    policy_problems: Mutex<Vec<Problem>>,
    folder: PathBuf,
}

impl Node {
    /// Opens a data folder, folds its state from the newest snapshot or from the first entry, and puts the policy in force if it is
    /// another than the one that is. `progress` is called while folding.
    ///
    /// # Errors
    /// [`OpenError`]; above all that another process has the folder.
    pub fn open(
        folder: impl AsRef<Path>,
        options: Options,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, OpenError> {
        let folder = folder.as_ref().to_owned();
        let lexicon = Arc::new(Lexicon::parse(&options.lexicon).map_err(OpenError::Lexicon)?);
        let mut store = SqliteStore::open(&folder)?;
        let policy = Policy::parse(&options.policy);
        let empty = store.last_seq().map_err(LoadError::from)? == Seq(0);
        if let (Err(problems), true) = (&policy, empty) {
            return Err(OpenError::Policy(problems.clone()));
        }
        let snapshot = store.latest_snapshot(Desk::FOLD_VERSION).unwrap_or_else(|error| {
            tracing::warn!(error = %Chain(&error), "snapshots cannot be read: everything is folded");
            None
        });
        let loaded = load::load(&store, snapshot.as_ref(), &lexicon, progress)?;
        drop(snapshot);
        if let Some(plan) = options.crash.clone() {
            store.on_crash_point(Box::new(move |point| plan.reached_in_store(point)));
        }
        let (views, view_thread) = ViewLog::start(store.views()?)?;
        let shared = Arc::new(Shared {
            rejects: Mutex::new(loaded.rejects),
            inbox: Arc::new(Inbox::new(options.most_waiting)),
            clock: options.clock,
            changed: broadcast::Sender::new(options.most_behind),
            reader: store.reader()?,
            key: store.source_key(),
            lexicon,
            refusing: AtomicBool::new(false),
            live: AtomicBool::new(true),
            last_seq: AtomicU64::new(store.last_seq().map_err(LoadError::from)?.0),
            snapshot_seq: AtomicU64::new(loaded.from.0),
            stopping: AtomicBool::new(false),
            desk: RwLock::new(loaded.desk),
        });
        let weak: std::sync::Weak<dyn Wake> = Arc::<Inbox>::downgrade(&shared.inbox);
        shared.clock.on_move(weak);
        let (shelf, asked) = sync_channel(1);
        let shelf_thread = start_shelf(&shared, store.snapshots(), asked)?;
        let writer_thread = start_writer(&shared, store, options.crash, options.snapshot_every, shelf)?;
        let inner = Inner {
            shared,
            views: Mutex::new(Some(Arc::new(views))),
            threads: Mutex::new(vec![writer_thread, shelf_thread, view_thread]),
            policy_problems: Mutex::default(),
            folder,
        };
        let node = Self(Arc::new(inner));
        match policy {
            Ok(policy) => {
                let set =
                    node.put_in_force(Arc::new(policy), "node".into(), "the policy file at the start".into()).wait();
                // A full disk must not keep a control room from seeing what it has: the last policy stays until the next start.
                match set {
                    Err(refused) if empty => return Err(refused.into()),
                    Err(refused) => tracing::error!(%refused, "the policy was not put in force: the last one stays"),
                    Ok(_) => {}
                }
            }
            Err(problems) => {
                tracing::error!(mistakes = problems.len(), "the policy file cannot be read: the last good one stays");
                *node.0.policy_problems.lock() = problems;
            }
        }
        if let Err(refused) = node.note_pace().wait() {
            tracing::error!(%refused, "the pace of the clock was not written down: acts can be taken back for a shorter time");
        }
        Ok(node)
    }

    /// Takes messages of a live feed. `received` is when they came in, by this node's clock.
    pub fn take(&self, feed: &str, received: Timestamp, offers: Vec<Offer>) -> Pending<Vec<Receipt>> {
        self.ask(|reply| Job::Take { feed: feed.into(), received, offers, reply })
    }

    /// Keeps a document of another format whole; the same one again changes nothing.
    pub fn keep(&self, feed: &str, received: Timestamp, document: Document) -> Pending<()> {
        self.ask(|reply| Job::Keep { feed: feed.into(), received, document, reply })
    }

    /// Does what a member of staff asks, once for each of their requests.
    pub fn act(&self, act: Act) -> Pending<Acted> {
        self.ask(|reply| Job::Act { act: Box::new(act), reply })
    }

    /// Puts a policy in force.
    ///
    /// # Errors
    /// [`Refused::Policy`] with every mistake; the one in force stays.
    pub fn set_policy(&self, text: &str, by: &str, why: &str) -> Pending<Seq> {
        match Policy::parse(text) {
            Ok(policy) => {
                self.0.policy_problems.lock().clear();
                self.put_in_force(Arc::new(policy), by.into(), why.into())
            }
            Err(problems) => Pending::refused(Refused::Policy(problems.into())),
        }
    }

    fn put_in_force(&self, policy: Arc<Policy>, by: Arc<str>, why: Arc<str>) -> Pending<Seq> {
        self.ask(|reply| Job::SetPolicy { policy, by, why, reply })
    }

    /// Writes down the pace at which the clock runs now, if the desk counts by another. Most folders never run at another pace than the
    /// world's, and say nothing about it.
    pub fn note_pace(&self) -> Pending<Seq> {
        let times = self.clock().speed();
        self.ask(|reply| Job::SetPace { times, reply })
    }

    /// Loads recorded messages in big commits, and keeps a snapshot at the end. Blocks this thread, which reads the lines while those
    /// before them are written. Safe to run twice.
    ///
    /// # Errors
    /// [`Refused`] when nothing more can be written; what came before is kept.
    pub fn import(
        &self,
        feed: &str,
        lines: impl IntoIterator<Item = Line>,
        progress: &mut dyn FnMut(ImportProgress),
    ) -> Result<ImportReport, Refused> {
        let report = import::run(&self.0.shared.inbox, &feed.into(), &mut lines.into_iter(), progress)?;
        self.snapshot().wait()?;
        Ok(report)
    }

    /// Keeps a snapshot of the state as it is now; the writer waits for it.
    pub fn snapshot(&self) -> Pending<Seq> {
        self.ask(|reply| Job::Snapshot { reply })
    }

    /// Reads the desk, as of the last commit. To be brief: the writer waits.
    pub fn read<T>(&self, read: impl FnOnce(&Desk) -> T) -> T {
        read(&self.0.shared.desk.read())
    }

    /// What messages said, in the order asked for.
    ///
    /// # Errors
    /// [`StoreError`] when the journal cannot be read.
    pub fn texts(&self, seqs: &[Seq]) -> Result<Vec<Text>, StoreError> {
        let entries = self.0.shared.reader.read_many(seqs)?;
        Ok(entries.iter().map(|entry| Text { seq: entry.seq, raw: delivered(entry) }).collect())
    }

    /// The journal, for reading.
    pub fn journal(&self) -> SqliteReader {
        self.0.shared.reader.clone()
    }

    /// Tries a policy on what was known from an instant on. Blocks this thread; the writer does not wait, and a node that stops
    /// ends it. See [`try_policy`].
    ///
    /// # Errors
    /// [`LoadError`] when the journal cannot be read.
    pub fn try_policy(
        &self,
        policy: Policy,
        from: Timestamp,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Option<Report>, LoadError> {
        let shared = &self.0.shared;
        let mut unless_stopping = |at| match shared.stopping.load(Ordering::SeqCst) {
            true => ControlFlow::Break(()),
            false => progress(at),
        };
        try_policy(&shared.reader, policy, shared.lexicon.clone(), from, &mut unless_stopping)
    }

    /// Every commit from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Changed> {
        self.0.shared.changed.subscribe()
    }

    /// Journals a view. What is on the screen may be sent only when this has resolved with a place (law 8).
    pub fn record_view(&self, view: View) -> Pending<ViewSeq> {
        let log = self.0.views.lock().clone();
        log.map_or_else(|| Pending::refused(Refused::Stopping), |log| log.record(view, &*self.0.shared.clock))
    }

    /// The stream of something.
    pub fn stream(&self, topic: &Topic) -> StreamId {
        topic.stream(&self.0.shared.key)
    }

    /// How many entries the stream of something has: what a decision made on it names as `expected`.
    ///
    /// # Errors
    /// [`StoreError`] when the journal cannot be read.
    pub fn version(&self, topic: &Topic) -> Result<u64, StoreError> {
        self.0.shared.reader.stream_version(self.stream(topic))
    }

    /// How it is.
    pub fn status(&self) -> Status {
        let shared = &self.0.shared;
        let (known, policy) = self.read(|desk| (desk.state().clock, desk.state().policy.version.clone()));
        let (live, refusing) = (shared.live.load(Ordering::SeqCst), shared.refusing.load(Ordering::SeqCst));
        Status {
            live,
            ready: live && !refusing && !shared.inbox.is_closed(),
            refusing,
            seq: Seq(shared.last_seq.load(Ordering::SeqCst)),
            snapshot: Seq(shared.snapshot_seq.load(Ordering::SeqCst)),
            waiting: shared.inbox.weight(),
            rejects: shared.rejects.lock().counts().waiting,
            now: shared.clock.now(),
            known,
            policy,
            policy_problems: self.0.policy_problems.lock().clone(),
        }
    }

    /// The one clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.shared.clock)
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// The digest of the state, with the place it was folded to: the same entries give the same digest on any node (law 1).
    ///
    /// # Errors
    /// [`LoadError`] when the state does not fit its form.
    pub fn digest(&self) -> Result<(Seq, [u8; 32]), LoadError> {
        self.read(|desk| Ok((Seq(desk.state().seq), shelf::digest(desk.state())?)))
    }

    /// The digest of the state folded from the first entry, whatever snapshots there are.
    ///
    /// # Errors
    /// [`LoadError`] when the journal cannot be folded.
    pub fn digest_from_zero(&self) -> Result<[u8; 32], LoadError> {
        load::digest_from_zero(&self.0.shared.reader, &self.0.shared.lexicon)
    }

    /// Caps the journal and the log of views at so many bytes each, beyond which they refuse as on a full disk. `None` lifts it.
    ///
    /// # Errors
    /// [`Refused`] when a database refuses.
    pub fn cap(&self, journal: Option<u64>, views: Option<u64>) -> Result<(), Refused> {
        self.ask(|reply| Job::Cap { bytes: journal, reply }).wait()?;
        let log = self.0.views.lock().clone();
        log.map_or(Err(Refused::Stopping), |log| log.cap(views).wait())
    }

    /// Takes no more in, does what waits, keeps a snapshot and stops. Blocks until it is done.
    pub fn shutdown(&self) {
        self.0.stop();
    }

    fn ask<T>(&self, job: impl FnOnce(crate::inbox::Reply<T>) -> Job) -> Pending<T> {
        let (reply, pending) = Pending::new();
        self.0.shared.inbox.put(job(reply));
        pending
    }
}

impl Inner {
    fn stop(&self) {
        self.shared.inbox.close();
        self.shared.stopping.store(true, Ordering::SeqCst);
        self.views.lock().take();
        for thread in self.threads.lock().drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the node had failed");
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start_writer(
    shared: &Arc<Shared>,
    store: SqliteStore,
    crash: Option<CrashPlan>,
    snapshot_every: u64,
    shelf: SyncSender<()>,
) -> std::io::Result<JoinHandle<()>> {
    let clock = shared.desk.read().state().clock;
    let writer = Writer {
        shared: Arc::clone(shared),
        store,
        clock,
        now: shared.clock.now(),
        refusing: None,
        crash,
        snapshot_every,
        since_snapshot: 0,
        shelf,
        stalled: false,
        broken: false,
    };
    std::thread::Builder::new().name("writer".into()).spawn(move || writer.run())
}

/// Makes each snapshot from the one before it and the tail. Ends with the writer, who holds the other end.
fn start_shelf(shared: &Arc<Shared>, snapshots: Snapshots, asked: Receiver<()>) -> std::io::Result<JoinHandle<()>> {
    let shared = Arc::clone(shared);
    std::thread::Builder::new().name("snapshots".into()).spawn(move || {
        while asked.recv().is_ok() {
            if let Err(error) = make_snapshot(&shared, &snapshots) {
                tracing::warn!(error = %error, "no snapshot was kept: the next start folds a longer tail");
            }
        }
    })
}

fn make_snapshot(shared: &Shared, snapshots: &Snapshots) -> Result<(), String> {
    let told = |error: &dyn std::error::Error| Chain(error).to_string();
    let before = snapshots.latest(Desk::FOLD_VERSION).map_err(|error| told(&error))?;
    let loaded =
        load::load(&shared.reader, before.as_ref(), &shared.lexicon, &mut |_| ()).map_err(|error| told(&error))?;
    let snapshot = shelf::pack(loaded.desk.state(), &loaded.rejects).map_err(|error| told(&error))?;
    if snapshot.seq > loaded.from {
        snapshots.save(&snapshot).map_err(|error| told(&error))?;
        shared.snapshot_seq.fetch_max(snapshot.seq.0, Ordering::SeqCst);
    }
    Ok(())
}
