//! The journal on SQLite: `journal.sqlite` and `views.sqlite` in the data folder, one writer each, any number of readers.

mod cache;
mod head;
mod migration;
mod reader;
mod session;
mod store;
mod views;
mod writing;

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

pub use reader::SqliteReader;
pub use store::SqliteStore;
pub use views::SqliteViews;

pub(crate) use cache::Cache;
pub(crate) use head::{Head, Log};
pub(crate) use session::{Raw, stream_key};
pub(crate) use views::RawView;

use crate::keys::owner_only;
use crate::store::{AppendError, OpenError, StoreError};

/// The journal's database in the data folder.
pub const JOURNAL_FILE: &str = "journal.sqlite";
/// The database of the log of views.
pub const VIEWS_FILE: &str = "views.sqlite";
/// What a writer holds locked.
const LOCK_FILE: &str = "lock";

/// Columns of an entry, in the order that [`Raw`] takes them in.
pub(crate) const COLUMNS: &str =
    "seq, stream, stream_version, at, known, received, actor, kind, version, source, digest, body";

/// How long a connection waits for another. Our own writer holds the lock; this is for an administrator's own tools.
const BUSY: Duration = Duration::from_secs(5);

/// Opens a database for writing. `synchronous=FULL` syncs the write-ahead log at every commit: that is the durability that a
/// receipt promises. `secure_delete` overwrites what a redaction frees.
fn open_writer(path: &Path) -> Result<Connection, OpenError> {
    // The database's log and index take its permissions.
    owner_only().open(path)?;
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update_and_check(None, "secure_delete", "on", |_| Ok(()))?;
        connection.pragma_update(None, "temp_store", "memory")?;
        // 64 MiB of pages: source ids are random, so a bulk import touches the whole of their index.
        connection.pragma_update(None, "cache_size", -65_536)?;
        // 16 MiB of log between checkpoints: two more syncs then, not on every append.
        connection.pragma_update_and_check(None, "wal_autocheckpoint", 4096, |_| Ok(()))?;
        connection.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    };
    open().map_err(|error| failed("opening it")(error).into())
}

/// Opens a database for reading only.
pub(crate) fn open_reader(path: &Path, log: Log) -> Result<Connection, OpenError> {
    if !path.exists() {
        return Err(OpenError::NoJournal);
    }
    let open = || -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "query_only", "on")?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    };
    let connection = open().map_err(failed("opening it to read"))?;
    let migrations = match log {
        Log::Journal => migration::JOURNAL,
        Log::Views => migration::VIEWS,
    };
    migration::refuse_unknown(&connection, migrations)?;
    Ok(connection)
}

/// What the database said, with what was being done.
pub(crate) fn failed(doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
    move |error| StoreError::Database { doing, source: Box::new(error) }
}

/// A write that the database refused: a full disk is told apart, because it passes.
fn refused(doing: &'static str) -> impl Fn(rusqlite::Error) -> AppendError {
    move |error| if is_full(&error) { AppendError::Full } else { failed(doing)(error).into() }
}

fn is_full(error: &rusqlite::Error) -> bool {
    let rusqlite::Error::SqliteFailure(error, _) = error else { return false };
    // The write-ahead log's index is grown by writing to it; where that fails, it is for want of space.
    error.code == ErrorCode::DiskFull || error.extended_code == ffi::SQLITE_IOERR_SHMSIZE
}
