//! Reading while another handle writes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::entry::{Entry, Seq, StreamId};
use crate::keys::Keys;
use crate::source::{SourceId, SourceKey};
use crate::sqlite::session::Session;
use crate::sqlite::views::read_views;
use crate::sqlite::{JOURNAL_FILE, Log, VIEWS_FILE, open_reader};
use crate::store::{OpenError, Read, StoreError};
use crate::view::{View, ViewQuery};

/// Connections kept open between calls; more are opened when more calls run at once, and closed afterwards.
const IDLE: usize = 8;

/// A read-only handle on a data folder. Clones share its connections; every call takes one for itself, so calls from different
/// threads do not wait for each other, nor for the writer. Reading takes no lock on the folder.
#[derive(Clone)]
pub struct SqliteReader(Arc<Pool>);

struct Pool {
    folder: PathBuf,
    keys: Arc<Keys>,
    idle: Mutex<Vec<Session>>,
}

impl SqliteReader {
    /// Opens the journal of a data folder to read, whether or not another process writes it.
    ///
    /// # Errors
    /// [`OpenError`]; [`OpenError::NoJournal`] when there is none.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, OpenError> {
        let folder = folder.as_ref();
        if !folder.join(JOURNAL_FILE).exists() {
            return Err(OpenError::NoJournal);
        }
        Self::with(folder, Arc::new(Keys::read(folder)?))
    }

    pub(super) fn with(folder: &Path, keys: Arc<Keys>) -> Result<Self, OpenError> {
        let first = Session::new(open_reader(&folder.join(JOURNAL_FILE), Log::Journal)?, Arc::clone(&keys));
        Ok(Self(Arc::new(Pool { folder: folder.to_owned(), keys, idle: Mutex::new(vec![first]) })))
    }

    /// What makes source ids.
    pub fn source_key(&self) -> SourceKey {
        self.0.keys.source.clone()
    }

    /// Views in order.
    ///
    /// # Errors
    /// [`StoreError`] when the log cannot be read or a view does not open.
    pub fn views(&self, query: &ViewQuery) -> Result<Vec<View>, StoreError> {
        let path = self.0.folder.join(VIEWS_FILE);
        if !path.exists() {
            return Ok(Vec::new());
        }
        read_views(&open_reader(&path, Log::Views).map_err(unopened)?, &self.0.keys, query)
    }

    fn run<T>(&self, call: impl FnOnce(&Session) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = self.idle().pop();
        let session = match idle {
            Some(session) => session,
            None => {
                let connection = open_reader(&self.0.folder.join(JOURNAL_FILE), Log::Journal).map_err(unopened)?;
                Session::new(connection, Arc::clone(&self.0.keys))
            }
        };
        let answer = call(&session);
        let mut idle = self.idle();
        if idle.len() < IDLE {
            idle.push(session);
        }
        answer
    }

    /// Nothing is left half done by a panic while this is held, so a poisoned lock is a lock.
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unopened(error: OpenError) -> StoreError {
    match error {
        OpenError::Store(error) => error,
        other => StoreError::Database { doing: "opening it to read", source: Box::new(other) },
    }
}

impl Read for SqliteReader {
    fn last_seq(&self) -> Result<Seq, StoreError> {
        self.run(Session::last_seq)
    }

    fn read(&self, from: Seq, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.run(|session| session.read(from, limit))
    }

    fn for_each(&self, from: Seq, take: &mut dyn FnMut(Entry)) -> Result<(), StoreError> {
        self.run(|session| session.for_each(from, take))
    }

    fn read_one(&self, seq: Seq) -> Result<Option<Entry>, StoreError> {
        self.run(|session| session.read_one(seq))
    }

    fn read_many(&self, seqs: &[Seq]) -> Result<Vec<Entry>, StoreError> {
        self.run(|session| session.read_many(seqs))
    }

    fn find_source(&self, source: &SourceId) -> Result<Option<Seq>, StoreError> {
        self.run(|session| session.find_source(source))
    }

    fn stream_version(&self, stream: StreamId) -> Result<u64, StoreError> {
        self.run(|session| session.stream_version(stream))
    }
}
