//! The one handle that writes a data folder's journal.

use std::borrow::Cow;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior};

use crate::entry::{Entry, NewEntry, Seq, SeqRange, StreamId};
use crate::keys::{KEYS_FILE, Keys};
use crate::proof::{Frontier, Hash};
use crate::seal::Randomness;
use crate::snapshot::{Redacted, Snapshot, Snapshots};
use crate::source::{SourceId, SourceKey};
use crate::sqlite::cache::Cache;
use crate::sqlite::head::{Head, Log};
use crate::sqlite::session::Session;
use crate::sqlite::writing::{Stream, Writing};
use crate::sqlite::{
    BUSY, JOURNAL_FILE, LOCK_FILE, SqliteReader, SqliteViews, failed, migration, open_writer, refused,
};
use crate::store::{
    AppendError, CrashHook, CrashPoint, OpenError, REDACTED, Read, RedactError, Redaction, RedactionRecord,
    SnapshotError, Store, StoreError,
};

/// The writer of one data folder. While it or its views are alive, no other can be opened.
pub struct SqliteStore {
    session: Session,
    folder: PathBuf,
    lock: Arc<File>,
    frontier: Frontier,
    streams: Cache<StreamId, Stream>,
    random: Randomness,
    snapshots: Snapshots,
    crash: CrashHook,
    /// The write-ahead log may still hold a body that was redacted.
    log_to_clear: bool,
}

impl SqliteStore {
    /// Opens the data folder's journal, and makes folder, keys and journal where there are none.
    ///
    /// # Errors
    /// [`OpenError`]; above all [`OpenError::Locked`] when another writer has the folder.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, OpenError> {
        let folder = folder.as_ref().to_owned();
        make_folder(&folder)?;
        let lock = lock(&folder)?;
        let path = folder.join(JOURNAL_FILE);
        let keys = if path.exists() || folder.join(KEYS_FILE).exists() {
            Keys::read(&folder)?
        } else {
            Keys::create(&folder)?
        };
        let keys = Arc::new(keys);
        let connection = open_writer(&path)?;
        migration::migrate(&connection, migration::JOURNAL)?;
        let last = "SELECT coalesce(max(seq), 0) FROM entry";
        let frontier = Head::open(&connection, &keys, Log::Journal, last)?;
        File::open(&folder)?.sync_all()?;
        let session = Session::new(connection, Arc::clone(&keys));
        let snapshots = Snapshots::open(&folder, keys, redactions(&session)?)?;
        let mut store = Self {
            session,
            folder,
            lock: Arc::new(lock),
            frontier,
            streams: Cache::new(),
            random: Randomness::new(),
            snapshots,
            crash: Box::new(|_| ()),
            // A process that died before it could clear the log leaves that to the next.
            log_to_clear: true,
        };
        store.clear_log();
        Ok(store)
    }

    /// A handle that reads while this one writes; cheap to clone, and to be shared among threads.
    ///
    /// # Errors
    /// [`OpenError`] when the database cannot be opened again.
    pub fn reader(&self) -> Result<SqliteReader, OpenError> {
        SqliteReader::with(&self.folder, Arc::clone(&self.session.keys))
    }

    /// The writer of the log of views, for a thread of its own. One at a time.
    ///
    /// # Errors
    /// [`OpenError`] when its database cannot be opened.
    pub fn views(&self) -> Result<SqliteViews, OpenError> {
        let connection = &self.session.connection;
        let failed = failed("opening the log of views");
        let before: i64 = connection.query_row("SELECT views FROM head", [], |row| row.get(0)).map_err(&failed)?;
        let views = SqliteViews::open(&self.folder, Arc::clone(&self.session.keys), Arc::clone(&self.lock))?;
        let now = views.count();
        // A log of views that was taken away, or put back from an older copy, must not start over unseen.
        if now.cast_signed() < before {
            return Err(OpenError::HeadDamaged);
        }
        connection.execute("UPDATE head SET views = ?1", [now.cast_signed()]).map_err(&failed)?;
        Ok(views)
    }

    /// The snapshots, to be saved from another thread.
    pub fn snapshots(&self) -> Snapshots {
        self.snapshots.clone()
    }

    /// What makes source ids.
    pub fn source_key(&self) -> SourceKey {
        self.session.keys.source.clone()
    }

    /// The root of the Merkle tree over every entry.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Caps the journal's database at so many bytes (rounded up to pages of 4 KiB, and never below what it has): beyond it, appends
    /// are refused as on a full disk. `None` lifts it.
    ///
    /// # Errors
    /// [`StoreError`] when the database refuses.
    pub fn cap(&self, bytes: Option<u64>) -> Result<(), StoreError> {
        const MOST_PAGES: u64 = 4_294_967_294;
        let pages = bytes.map_or(MOST_PAGES, |bytes| bytes.div_ceil(4096).min(MOST_PAGES));
        self.session
            .connection
            .pragma_update_and_check(None, "max_page_count", pages.cast_signed(), |_| Ok(()))
            .map_err(failed("setting its cap"))
    }

    /// Appends, and blanks `redacted` in the same transaction.
    fn write(&mut self, batch: &[NewEntry], redacted: Option<Seq>) -> Result<SeqRange, AppendError> {
        let range = SeqRange { first: Seq(self.frontier.size() + 1), count: batch.len() };
        if batch.is_empty() {
            return Ok(range);
        }
        let refused = refused("appending");
        let connection = &self.session.connection;
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(&refused)?;
        (self.crash)(CrashPoint::Begun);
        let frontier = self.frontier.clone();
        let mut writing = Writing::new(&transaction, &self.session.keys, &mut self.streams, &mut self.random, frontier);
        writing.push_all(batch)?;
        let (frontier, streams) = writing.finish()?;
        if let Some(target) = redacted {
            let (target, entry) = (target.0.cast_signed(), range.first.0.cast_signed());
            transaction
                .execute("UPDATE entry SET body = NULL WHERE seq = ?1", [target])
                .and_then(|_| transaction.execute("INSERT INTO redaction VALUES (?1, ?2)", [target, entry]))
                .map_err(&refused)?;
        }
        (self.crash)(CrashPoint::Appended);
        transaction.commit().map_err(&refused)?;
        (self.crash)(CrashPoint::Committed);
        self.frontier = frontier;
        for (id, stream) in streams {
            self.streams.put(id, stream);
        }
        Ok(range)
    }

    /// Empties the write-ahead log, so that no redacted body is left in it. A page being read can hold that up; the next append
    /// then tries again.
    fn clear_log(&mut self) {
        let connection = &self.session.connection;
        let clear = || -> rusqlite::Result<bool> {
            connection.busy_timeout(Duration::from_millis(50))?;
            let held = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
            connection.busy_timeout(BUSY)?;
            held
        };
        self.log_to_clear = clear().unwrap_or(true);
    }
}

impl Read for SqliteStore {
    fn last_seq(&self) -> Result<Seq, StoreError> {
        Ok(Seq(self.frontier.size()))
    }

    fn read(&self, from: Seq, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.session.read(from, limit)
    }

    fn for_each(&self, from: Seq, take: &mut dyn FnMut(Entry)) -> Result<(), StoreError> {
        self.session.for_each(from, take)
    }

    fn read_one(&self, seq: Seq) -> Result<Option<Entry>, StoreError> {
        self.session.read_one(seq)
    }

    fn read_many(&self, seqs: &[Seq]) -> Result<Vec<Entry>, StoreError> {
        self.session.read_many(seqs)
    }

    fn find_source(&self, source: &SourceId) -> Result<Option<Seq>, StoreError> {
        self.session.find_source(source)
    }

    fn stream_version(&self, stream: StreamId) -> Result<u64, StoreError> {
        self.session.stream_version(stream)
    }
}

impl Store for SqliteStore {
    fn append(&mut self, batch: &[NewEntry]) -> Result<SeqRange, AppendError> {
        if let Some(index) = batch.iter().position(|entry| entry.kind.starts_with("journal.")) {
            return Err(AppendError::Invalid { index, what: "has a kind that only the journal itself appends" });
        }
        if self.log_to_clear {
            self.clear_log();
        }
        self.write(batch, None)
    }

    fn redact(&mut self, seq: Seq, order: &Redaction) -> Result<Seq, RedactError> {
        let failed = failed("reading the entry to redact");
        let found: Option<(Vec<u8>, String, bool)> = self
            .session
            .connection
            .query_row("SELECT stream, kind, body IS NULL FROM entry WHERE seq = ?1", [seq.0.cast_signed()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()
            .map_err(|error| AppendError::from(failed(error)))?;
        let (stream, kind, gone) = found.ok_or(RedactError::NoSuchEntry(seq))?;
        if gone {
            return Err(RedactError::AlreadyRedacted(seq));
        }
        if kind == REDACTED {
            return Err(RedactError::RecordsRedaction(seq));
        }
        let damaged = |what| AppendError::from(StoreError::Damaged { seq, what });
        let stream = <[u8; 16]>::try_from(stream).map_err(|_| damaged("its stream is not 16 bytes"))?;
        let record = RedactionRecord { entry: seq, why: order.why.clone(), authority: order.authority.clone() };
        let entry = NewEntry {
            stream: StreamId::from_bytes(stream),
            at: order.at,
            known: order.at,
            received: order.at,
            actor: order.who.clone(),
            kind: Cow::Borrowed(REDACTED),
            version: 1,
            source: None,
            expected: None,
            payload: serde_json::to_vec(&record).expect("texts and a number are always JSON"),
        };
        // Snapshots go first: a crash in between costs a fold, and the other order would leave what must be gone.
        self.snapshots.forget(Redacted { target: seq, entry: Seq(self.frontier.size() + 1) })?;
        let range = self.write(&[entry], Some(seq))?;
        self.clear_log();
        Ok(range.first)
    }

    fn save_snapshot(&mut self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
        self.snapshots.save_with(snapshot, &mut self.crash)
    }

    fn latest_snapshot(&self, fold_version: u32) -> Result<Option<Snapshot>, SnapshotError> {
        self.snapshots.latest(fold_version)
    }

    fn delete_snapshots_after(&mut self, seq: Seq) -> Result<usize, SnapshotError> {
        self.snapshots.delete_after(seq)
    }

    fn on_crash_point(&mut self, hook: CrashHook) {
        self.crash = hook;
    }
}

fn redactions(session: &Session) -> Result<Vec<Redacted>, StoreError> {
    let failed = failed("reading redactions");
    let mut statement = session.connection.prepare("SELECT target, entry FROM redaction").map_err(&failed)?;
    let place = |seq: i64| Seq(seq.cast_unsigned());
    statement
        .query_map([], |row| Ok(Redacted { target: place(row.get(0)?), entry: place(row.get(1)?) }))
        .and_then(Iterator::collect)
        .map_err(&failed)
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Locks the folder for as long as the file is open; a process that dies lets go of it.
fn lock(folder: &Path) -> Result<File, OpenError> {
    let file = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK_FILE))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
