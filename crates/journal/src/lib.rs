//! **The journal**: the append-only log that is the truth (DESIGN.md "Journal", laws 1, 4, 5 and 8).
//!
//! - [`Store`] writes, [`Read`] reads; [`SqliteStore`] and [`SqliteReader`] do so on SQLite. [`Views`] is the log of who looked at what.
//! - [`verify`] makes every digest again and names every fault.
//! - A data folder holds `journal.sqlite`, `views.sqlite`, `keys.json` (owner only), `snapshots/` and `lock`.
//!
//! # Invariants
//! - `Ok` from an append means durable. A batch is taken whole or not at all, and gets the next places without a gap.
//! - Headers hold no personal data; bodies lie sealed, salt and payload together, under a key per stream.
//! - Nothing is changed or taken out, except that a redaction destroys one body and says so in a later entry.
//! - What reads never waits for what writes; views never wait for decisions, nor decisions for views.
//! - Payloads are opaque. There is no clock here: every time comes from the caller. One process writes a folder.

mod entry;
mod keys;
pub mod proof;
mod seal;
mod snapshot;
mod source;
mod sqlite;
mod store;
mod verify;
mod view;

pub use entry::{ActorId, Body, Entry, LARGEST_PAYLOAD, LONGEST_NAME, NewEntry, Seq, SeqRange, StreamId};
pub use keys::{KEYS_FILE, KeyError};
pub use snapshot::{SNAPSHOTS_KEPT, Snapshot, Snapshots};
pub use source::{SourceId, SourceKey};
pub use sqlite::{JOURNAL_FILE, SqliteReader, SqliteStore, SqliteViews, VIEWS_FILE};
pub use store::{
    AppendError, CrashHook, CrashPoint, NoSuchCrashPoint, OpenError, REDACTED, Read, RedactError, Redaction,
    RedactionRecord, SnapshotError, Store, StoreError,
};
pub use verify::{Fault, MOST_FAULTS, Place, VerifyProgress, VerifyReport, What, verify, verify_reading};
pub use view::{MOST_SUBJECTS, Moment, NewView, View, ViewQuery, ViewSeq, Views};
