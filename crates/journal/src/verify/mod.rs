//! Verifying a data folder: every digest is made again, and every fault is named with its place.
//!
//! Reads only, out of one consistent view of each log, whether or not a process is writing. What this cannot see: a whole folder
//! put back to an older state. Signed checkpoints, kept elsewhere, are for that.

mod journal;
mod views;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use crate::entry::{Seq, StreamId};
use crate::keys::Keys;
use crate::proof::{Frontier, Hash};
use crate::seal::{Sealer, digest};
use crate::snapshot::Snapshots;
use crate::sqlite::{Head, JOURNAL_FILE, Log, VIEWS_FILE, open_reader};
use crate::store::OpenError;
use crate::view::ViewSeq;

/// Most faults that a report lists; the rest are counted.
pub const MOST_FAULTS: usize = 1000;

/// How far verifying has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyProgress {
    /// Entries and views read so far.
    pub done: u64,
    /// Entries and views in all.
    pub of: u64,
}

/// What verifying found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Entries read.
    pub entries: u64,
    /// Entries whose body was redacted, as a later entry says.
    pub redacted: u64,
    /// Streams.
    pub streams: u64,
    /// Views read.
    pub views: u64,
    /// Snapshots read.
    pub snapshots: u64,
    /// The root of the Merkle tree over the entries, made again from their headers and digests.
    pub root: Hash,
    /// The same over the views.
    pub views_root: Hash,
    /// The first [`MOST_FAULTS`] faults.
    pub faults: Vec<Fault>,
    /// Faults beyond those.
    pub more_faults: u64,
}

impl VerifyReport {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, place: Place, what: What) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault { place, what });
        } else {
            self.more_faults += 1;
        }
    }
}

/// One fault: `entry 7: its body was changed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong there.
    pub what: What,
}

/// Where a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An entry.
    Entry(Seq),
    /// A stream.
    Stream(StreamId),
    /// The journal as a whole.
    Journal,
    /// A view.
    View(ViewSeq),
    /// The log of views as a whole.
    Views,
    /// A snapshot: its fold version and the last entry folded.
    Snapshot(u32, Seq),
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// It, and all up to the given place, is not there.
    #[error("missing (up to {0})")]
    Missing(u64),
    /// A place before 1.
    #[error("stands at a place that the log does not have")]
    OutOfPlace,
    /// A column does not hold what it must.
    #[error("its header cannot be read")]
    Unreadable,
    /// Header or digest are not those that were appended.
    #[error("its header or digest was changed")]
    Header,
    /// Only the stored hash of header and digest is not the one that was appended.
    #[error("its leaf was changed")]
    Leaf,
    /// The body is not the one that was appended.
    #[error("its body was changed")]
    Body,
    /// The body opens, and its digest is another.
    #[error("its digest is not that of its body")]
    Digest,
    /// The stream has no key, or one that the force's key does not unwrap.
    #[error("the key of its stream is lost")]
    Key,
    /// The place within the stream does not follow the one before.
    #[error("stands at {found} in its stream, where {expected} should follow")]
    StreamVersion {
        /// What should follow.
        expected: u64,
        /// What stands there.
        found: u64,
    },
    /// The stream's own count is another than its entries'.
    #[error("counts {counted} entries and has {found}")]
    StreamCount {
        /// What it says.
        counted: u64,
        /// What it has.
        found: u64,
    },
    /// An earlier entry came from the same source.
    #[error("has the source id of entry {0}")]
    SourceRepeated(Seq),
    /// The body is gone and no entry says that it was redacted.
    #[error("its body is gone, and no entry says that it was redacted")]
    BodyGone,
    /// An entry says that it was redacted, and the body is there.
    #[error("entry {0} says that it was redacted, and its body is there")]
    NotRedacted(Seq),
    /// The body opens and does not say what its kind promises.
    #[error("its body does not say what its kind promises")]
    Meaning,
    /// The record of the end is missing or makes no sense.
    #[error("the record of its end is missing or makes no sense")]
    NoHead,
    /// The record of the end has another size.
    #[error("its end is recorded at {recorded}, and it ends at {found}")]
    End {
        /// What is recorded.
        recorded: u64,
        /// Where it ends.
        found: u64,
    },
    /// The tree over what is there is not the tree that was recorded.
    #[error("the root over its entries is not the one that was recorded")]
    Root,
    /// The record of the end was not made with the force's keys.
    #[error("the record of its end was not sealed with the force's keys")]
    Seal,
    /// The index of subjects differs from what the views say.
    #[error("its index of subjects is not what the views say")]
    Subjects,
    /// The database's own pages or indexes are damaged.
    #[error("its database is damaged: {0}")]
    Database(String),
    /// A snapshot cannot be read whole.
    #[error("it cannot be read whole")]
    Snapshot,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(seq) => write!(f, "entry {seq}"),
            Self::Stream(stream) => write!(f, "stream {stream}"),
            Self::Journal => f.write_str("the journal"),
            Self::View(seq) => write!(f, "view {}", seq.0),
            Self::Views => f.write_str("the log of views"),
            Self::Snapshot(fold, seq) => write!(f, "the snapshot of fold {fold} at entry {seq}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Reads a data folder again from its first byte: every digest, leaf, place, stream version and source id of the journal, the log
/// of views, the snapshots, and the databases' own pages. `progress` is called every few thousand entries and at the end.
///
/// # Errors
/// [`OpenError`] when the folder, its keys or its databases cannot be opened at all. What is merely wrong is in the report.
pub fn verify(folder: &Path, progress: &mut dyn FnMut(VerifyProgress)) -> Result<VerifyReport, OpenError> {
    verify_reading(folder, progress, &mut |_, _, _| ())
}

/// The same, and `read` is given the kind, the version and the body of each entry whose body opens, in order: for whoever holds
/// what lies beside the journal against it.
///
/// # Errors
/// As [`verify`].
pub fn verify_reading(
    folder: &Path,
    progress: &mut dyn FnMut(VerifyProgress),
    read: &mut dyn FnMut(&str, u16, &[u8]),
) -> Result<VerifyReport, OpenError> {
    let path = folder.join(JOURNAL_FILE);
    if !path.exists() {
        return Err(OpenError::NoJournal);
    }
    let keys = Arc::new(Keys::read(folder)?);
    let journal = open_reader(&path, Log::Journal)?;
    let path = folder.join(VIEWS_FILE);
    let views = if path.exists() { Some(open_reader(&path, Log::Views)?) } else { None };
    let of = begin(&journal, "entry") + views.as_ref().map_or(0, |views| begin(views, "view"));
    let mut step = Step { progress, read, at: VerifyProgress { done: 0, of } };
    let mut report = VerifyReport::default();
    journal::verify(&journal, &keys, &mut report, &mut step)?;
    views::verify(views.as_ref(), &journal, &keys, &mut report, &mut step)?;
    snapshots(folder, keys, &mut report);
    let done = step.at.done;
    (step.progress)(VerifyProgress { done, of: done });
    Ok(report)
}

/// Begins a consistent view of a log, and gives about how much there is to read: 0 when that cannot be told, which the rest names.
fn begin(log: &Connection, table: &str) -> u64 {
    let last = |()| log.query_row(&format!("SELECT max(seq) FROM {table}"), [], |row| row.get::<_, Option<i64>>(0));
    let last = log.execute_batch("BEGIN").and_then(last);
    u64::try_from(last.ok().flatten().unwrap_or(0)).unwrap_or(0)
}

/// Counts, and says so now and then.
struct Step<'a> {
    progress: &'a mut dyn FnMut(VerifyProgress),
    read: &'a mut dyn FnMut(&str, u16, &[u8]),
    at: VerifyProgress,
}

impl Step<'_> {
    fn one(&mut self) {
        self.at.done += 1;
        if self.at.done.is_multiple_of(4096) {
            (self.progress)(self.at);
        }
    }
}

/// Whether one row is what was appended: its leaf, its body and its digest. `context` is its header and digest in their one form.
/// Gives the payload too, when there is a body and it opens.
fn row(
    context: &[u8],
    made: &Hash,
    leaf: &[u8],
    digest_kept: &Hash,
    sealed: Option<(&Sealer, &[u8])>,
) -> (Option<What>, Option<Vec<u8>>) {
    let same = leaf == made;
    let Some((sealer, sealed)) = sealed else { return ((!same).then_some(What::Header), None) };
    match (sealer.open_body(context, sealed), same) {
        (Some((salt, payload)), true) if digest(&salt, &payload) == *digest_kept => (None, Some(payload)),
        (Some((_, payload)), true) => (Some(What::Digest), Some(payload)),
        // The body is bound to header and digest; it opens, so they are as they were.
        (Some((_, payload)), false) => (Some(What::Leaf), Some(payload)),
        (None, true) => (Some(What::Body), None),
        (None, false) => (Some(What::Header), None),
    }
}

/// Whether a log ends where its head says, and under the root that its head says.
fn head(
    of: &Connection,
    keys: &Keys,
    log: Log,
    found: &Frontier,
    end: u64,
    report: &mut VerifyReport,
) -> Result<(), OpenError> {
    let place = match log {
        Log::Journal => Place::Journal,
        Log::Views => Place::Views,
    };
    let head = match Head::read(of, keys, log) {
        Ok(Some(head)) => head,
        Ok(None) | Err(OpenError::Store(_)) => {
            report.fault(place, What::NoHead);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    if head.frontier.size() != end {
        report.fault(place, What::End { recorded: head.frontier.size(), found: end });
    }
    if head.frontier.root() != found.root() {
        report.fault(place, What::Root);
    }
    if !head.sealed {
        report.fault(place, What::Seal);
    }
    Ok(())
}

/// What the database says about its own pages and indexes.
fn pages(of: &Connection, place: Place, report: &mut VerifyReport) {
    let read = || -> rusqlite::Result<Vec<String>> {
        of.prepare("PRAGMA integrity_check(100)")?.query_map([], |row| row.get(0))?.collect()
    };
    match read() {
        Ok(lines) => {
            lines.into_iter().filter(|line| line != "ok").for_each(|line| report.fault(place, What::Database(line)))
        }
        Err(error) => report.fault(place, What::Database(error.to_string())),
    }
}

fn snapshots(folder: &Path, keys: Arc<Keys>, report: &mut VerifyReport) {
    let snapshots = Snapshots::at(folder, keys, Vec::new());
    for (fold, seq) in snapshots.places().unwrap_or_default() {
        match snapshots.read(fold, seq) {
            Ok(Some(_)) => report.snapshots += 1,
            // A running writer may have deleted it meanwhile.
            _ if !snapshots.path(fold, seq).exists() => {}
            _ => report.fault(Place::Snapshot(fold, seq), What::Snapshot),
        }
    }
}
