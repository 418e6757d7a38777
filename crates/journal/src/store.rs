//! What a store can do, whichever database it stands on. One set of tests (`tests/conformance`) holds every store to it.

use std::fmt;
use std::str::FromStr;

use alongside_desk::time::Timestamp;

use crate::entry::{ActorId, Entry, NewEntry, Seq, SeqRange, StreamId};
use crate::keys::KeyError;
use crate::snapshot::Snapshot;
use crate::source::SourceId;

/// The kind of the entry that says who redacted another, why and under what authority; its payload is a [`RedactionRecord`].
pub const REDACTED: &str = "journal.redacted";

/// What every handle on a journal can read.
pub trait Read {
    /// The place of the last entry; 0 for an empty journal.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn last_seq(&self) -> Result<Seq, StoreError>;

    /// At most `limit` entries in order, from `from` on.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read, or an entry does not open.
    fn read(&self, from: Seq, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// Every entry in order, from `from` on, out of one consistent view of the journal.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read, or an entry does not open; what came before has been handed over.
    fn for_each(&self, from: Seq, take: &mut dyn FnMut(Entry)) -> Result<(), StoreError>;

    /// One entry; `None` when there is no such place yet.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read, or the entry does not open.
    fn read_one(&self, seq: Seq) -> Result<Option<Entry>, StoreError>;

    /// These entries in the order asked for; places that do not exist are left out.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read, or an entry does not open.
    fn read_many(&self, seqs: &[Seq]) -> Result<Vec<Entry>, StoreError>;

    /// Where the entry with this source id is.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn find_source(&self, source: &SourceId) -> Result<Option<Seq>, StoreError>;

    /// How many entries the stream has; 0 for one that the journal does not know.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn stream_version(&self, stream: StreamId) -> Result<u64, StoreError>;
}

/// The one handle that writes.
pub trait Store: Read + Send {
    /// Appends the whole batch or nothing of it, in one transaction. When it returns `Ok`, the batch is durable (law 4).
    ///
    /// # Errors
    /// [`AppendError`]; the journal is then as it was before.
    fn append(&mut self, batch: &[NewEntry]) -> Result<SeqRange, AppendError>;

    /// Destroys an entry's salt and payload, and appends an entry to its stream that says so ([`REDACTED`]). Snapshots that hold
    /// it are deleted first. Every digest and proof still holds. Gives the place of the entry that says so.
    ///
    /// # Errors
    /// [`RedactError`]; the entry then still stands, though snapshots may be gone, which costs only time.
    fn redact(&mut self, seq: Seq, order: &Redaction) -> Result<Seq, RedactError>;

    /// Keeps a snapshot, and of its fold version the newest three.
    ///
    /// # Errors
    /// [`SnapshotError`].
    fn save_snapshot(&mut self, snapshot: &Snapshot) -> Result<(), SnapshotError>;

    /// The newest snapshot of this fold version that can be read whole.
    ///
    /// # Errors
    /// [`SnapshotError`] when the store cannot be read; a damaged snapshot is passed over.
    fn latest_snapshot(&self, fold_version: u32) -> Result<Option<Snapshot>, SnapshotError>;

    /// Deletes every snapshot that was folded up to `seq` or further; gives how many.
    ///
    /// # Errors
    /// [`SnapshotError`] when one cannot be deleted.
    fn delete_snapshots_after(&mut self, seq: Seq) -> Result<usize, SnapshotError>;

    /// Sets what is called between the steps of a write, so that a test can end the process there. Does nothing by default.
    fn on_crash_point(&mut self, hook: CrashHook);
}

/// What is called at each [`CrashPoint`].
pub type CrashHook = Box<dyn FnMut(CrashPoint) + Send>;

/// A place between the steps of a write, where a process may die.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrashPoint {
    /// The transaction is open and nothing is written.
    Begun,
    /// Every row of the batch is written and nothing is committed.
    Appended,
    /// The batch is durable, and nobody has been told.
    Committed,
    /// A snapshot is on disk, and has no name yet.
    SnapshotWritten,
}

impl CrashPoint {
    /// Every place, in the order of a write.
    pub const ALL: [Self; 4] = [Self::Begun, Self::Appended, Self::Committed, Self::SnapshotWritten];

    const fn name(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Appended => "appended",
            Self::Committed => "committed",
            Self::SnapshotWritten => "snapshot-written",
        }
    }
}

impl fmt::Display for CrashPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text is no crash point's name.
#[derive(Debug, thiserror::Error)]
#[error("no such crash point; there are begun, appended, committed and snapshot-written")]
pub struct NoSuchCrashPoint;

impl FromStr for CrashPoint {
    type Err = NoSuchCrashPoint;

    fn from_str(text: &str) -> Result<Self, NoSuchCrashPoint> {
        Self::ALL.into_iter().find(|point| point.name() == text).ok_or(NoSuchCrashPoint)
    }
}

/// An order to redact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// Who does it.
    pub who: ActorId,
    /// Why.
    pub why: String,
    /// Under what authority (a court's order, an erasure request's number, a retention rule).
    pub authority: String,
    /// When it is done; the entry that says so happened, was known and was received then.
    pub at: Timestamp,
}

/// The payload of a [`REDACTED`] entry, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RedactionRecord {
    /// The entry whose salt and payload were destroyed.
    pub entry: Seq,
    /// Why.
    pub why: String,
    /// Under what authority.
    pub authority: String,
}

/// A store cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What is stored is not what was written. `alongside verify` names every such place.
    #[error("entry {seq} is damaged: {what}")]
    Damaged {
        /// Its place.
        seq: Seq,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The database refused.
    #[error("the journal's database failed while {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    Randomness(#[from] getrandom::Error),
}

/// Why a journal cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process writes to this data folder.
    #[error("another process has this data folder open for writing; only one can")]
    Locked,
    /// The folder has no journal, and this handle does not make one.
    #[error("there is no journal in this data folder")]
    NoJournal,
    /// The database was written by a newer program.
    #[error(
        "the journal was written by a newer program (its form is {found}, this program knows {known}): update the program"
    )]
    Newer {
        /// The form's number in the database.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// A migration that was applied is not the one this program has.
    #[error("migration {number} of the journal's database is not the one that this program knows")]
    OtherMigration {
        /// Its number.
        number: u32,
    },
    /// The end of the log is not what its seal says: do not append, run `alongside verify`.
    #[error("the end of the log does not match its seal: run `alongside verify` and restore from the backup")]
    HeadDamaged,
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file system.
    #[error("the data folder cannot be used")]
    Io(#[from] std::io::Error),
}

/// Why a batch was not appended; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The journal already holds this source id: a retry (law 5).
    #[error("entry {index} of the batch is already in the journal at {seq}")]
    DuplicateSource {
        /// Which of the batch, from 0.
        index: usize,
        /// Where the first one is.
        seq: Seq,
    },
    /// Two entries of this batch have the same source id.
    #[error("entries {first} and {index} of the batch have the same source id")]
    RepeatedInBatch {
        /// The later one, from 0.
        index: usize,
        /// The earlier one, from 0.
        first: usize,
    },
    /// The decision was made on another version of its stream: catch up and decide again.
    #[error("entry {index} of the batch expects another version of its stream, which is at {found}")]
    WrongVersion {
        /// Which of the batch, from 0.
        index: usize,
        /// Its stream.
        stream: StreamId,
        /// The stream's version, counting the entries before it in the batch.
        found: u64,
    },
    /// The entry breaks a limit or a form.
    #[error("entry {index} of the batch {what}")]
    Invalid {
        /// Which of the batch, from 0.
        index: usize,
        /// What it breaks.
        what: &'static str,
    },
    /// The disk is full. The store works again as soon as there is space.
    #[error("the disk is full: nothing was taken")]
    Full,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why nothing was redacted.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// There is no such entry.
    #[error("there is no entry {0}")]
    NoSuchEntry(Seq),
    /// Its body is already gone.
    #[error("entry {0} is already redacted")]
    AlreadyRedacted(Seq),
    /// Who redacted what stays readable.
    #[error("entry {0} records a redaction and stays")]
    RecordsRedaction(Seq),
    /// Its snapshots could not be deleted.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The entry that says so could not be appended.
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// Why a snapshot was not kept, read or deleted.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// An entry that the snapshot was folded from has been redacted since: fold again.
    #[error("entry {target} was redacted after this snapshot was folded: fold again")]
    HoldsRedacted {
        /// The redacted entry.
        target: Seq,
    },
    /// The disk is full.
    #[error("the disk is full: the snapshot was not kept")]
    Full,
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    Randomness(#[from] getrandom::Error),
    /// The file system.
    #[error("the snapshots cannot be read or written")]
    Io(#[source] std::io::Error),
}

impl From<std::io::Error> for SnapshotError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull { Self::Full } else { Self::Io(error) }
    }
}
