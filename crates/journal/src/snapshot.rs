//! Snapshots: sealed files beside the database, so that writing one never holds up an append.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::entry::Seq;
use crate::keys::{self, Keys};
use crate::seal::Randomness;
use crate::store::{CrashPoint, SnapshotError};

/// How many snapshots of one fold version are kept. Of every other fold version the newest is, so that a program that was
/// put back starts as fast as before.
pub const SNAPSHOTS_KEPT: usize = 3;

const FOLDER: &str = "snapshots";
const MAGIC: &[u8; 8] = b"alsnap 1";
const HEADER: usize = 8 + 4 + 8 + 32;

/// The state that a fold up to `seq` gave.
#[derive(Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The version of the fold; state of another version means folding from zero.
    pub fold_version: u32,
    /// The last entry that was folded.
    pub seq: Seq,
    /// The digest of the state, as the desk gives it.
    pub state_digest: [u8; 32],
    /// The state.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Snapshot(fold {} to {}, {} bytes)", self.fold_version, self.seq, self.bytes.len())
    }
}

/// A redaction, as far as snapshots care: one folded to `target` or beyond, but not to `entry`, still holds what was said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Redacted {
    pub target: Seq,
    pub entry: Seq,
}

/// The snapshots of one data folder. Clones share it; one may save on another thread while the store appends.
#[derive(Clone)]
pub struct Snapshots {
    folder: PathBuf,
    keys: Arc<Keys>,
    redacted: Arc<Mutex<Vec<Redacted>>>,
}

impl Snapshots {
    pub(crate) fn open(data: &Path, keys: Arc<Keys>, redacted: Vec<Redacted>) -> std::io::Result<Self> {
        let snapshots = Self::at(data, keys, redacted);
        fs::create_dir_all(&snapshots.folder)?;
        for entry in fs::read_dir(&snapshots.folder)? {
            let path = entry?.path();
            // A crash between writing and naming leaves such a file.
            if path.extension().is_some_and(|e| e == "unfinished") {
                fs::remove_file(path)?;
            }
        }
        Ok(snapshots)
    }

    /// The snapshots of a folder that another process may be writing; nothing is made or tidied.
    pub(crate) fn at(data: &Path, keys: Arc<Keys>, redacted: Vec<Redacted>) -> Self {
        Self { folder: data.join(FOLDER), keys, redacted: Arc::new(Mutex::new(redacted)) }
    }

    /// Keeps a snapshot, durably, and deletes those that are no longer needed.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn save(&self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
        self.save_with(snapshot, &mut |_| ())
    }

    pub(crate) fn save_with(&self, s: &Snapshot, crash: &mut dyn FnMut(CrashPoint)) -> Result<(), SnapshotError> {
        let header = [&MAGIC[..], &s.fold_version.to_be_bytes(), &s.seq.0.to_be_bytes(), &s.state_digest].concat();
        let sealed = self.keys.snapshots.seal(Randomness::new().take()?, &header, &[&s.bytes]);
        let path = self.path(s.fold_version, s.seq);
        let unfinished = path.with_extension("unfinished");
        let written = keys::write_unfinished(&unfinished, &[&header, &sealed]);
        if let Err(error) = written {
            let _ = fs::remove_file(&unfinished);
            return Err(error.into());
        }
        crash(CrashPoint::SnapshotWritten);
        // Held until the file has its name: a redaction either sees the file and deletes it, or is seen here.
        let redacted = self.redacted();
        if let Some(r) = redacted.iter().find(|r| r.target <= s.seq && s.seq < r.entry) {
            fs::remove_file(&unfinished)?;
            return Err(SnapshotError::HoldsRedacted { target: r.target });
        }
        keys::finish(&unfinished, &path)?;
        self.prune(s.fold_version)
    }

    /// The newest snapshot of this fold version that can be read whole.
    ///
    /// # Errors
    /// [`SnapshotError::Io`] when the folder cannot be read.
    pub fn latest(&self, fold_version: u32) -> Result<Option<Snapshot>, SnapshotError> {
        let mut places = self.places()?;
        places.retain(|(fold, _)| *fold == fold_version);
        for (fold, seq) in places.into_iter().rev() {
            match self.read(fold, seq)? {
                Some(snapshot) => return Ok(Some(snapshot)),
                None => tracing::warn!(seq = seq.0, "a snapshot is damaged and is passed over"),
            }
        }
        Ok(None)
    }

    /// Every snapshot there is, by fold version, oldest first.
    ///
    /// # Errors
    /// [`SnapshotError::Io`] when the folder cannot be read.
    pub fn places(&self) -> Result<Vec<(u32, Seq)>, SnapshotError> {
        let files = match fs::read_dir(&self.folder) {
            Ok(files) => files,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut places: Vec<_> = files
            .map(|entry| Ok(parse_name(&entry?.path())))
            .collect::<std::io::Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect();
        places.sort_unstable();
        Ok(places)
    }

    /// Deletes every snapshot folded to `seq` or further; gives how many.
    ///
    /// # Errors
    /// [`SnapshotError::Io`] when one cannot be deleted.
    pub fn delete_after(&self, seq: Seq) -> Result<usize, SnapshotError> {
        let _held = self.redacted();
        self.delete(|_, at| at >= seq)
    }

    /// Deletes what holds the entry, and refuses from now on what was folded before the redaction.
    pub(crate) fn forget(&self, redaction: Redacted) -> Result<(), SnapshotError> {
        let mut redacted = self.redacted();
        redacted.push(redaction);
        self.delete(|_, at| at >= redaction.target).map(|_| ())
    }

    /// A snapshot of that place, or `None` when it is damaged or gone.
    pub(crate) fn read(&self, fold_version: u32, seq: Seq) -> Result<Option<Snapshot>, SnapshotError> {
        let file = match fs::read(self.path(fold_version, seq)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Some((header, sealed)) = file.split_at_checked(HEADER) else { return Ok(None) };
        let expected = [&MAGIC[..], &fold_version.to_be_bytes(), &seq.0.to_be_bytes()].concat();
        let (true, Some(state_digest)) = (header.starts_with(&expected), header.last_chunk::<32>()) else {
            return Ok(None);
        };
        let opened = self.keys.snapshots.open(header, sealed);
        Ok(opened.map(|bytes| Snapshot { fold_version, seq, state_digest: *state_digest, bytes }))
    }

    fn prune(&self, fold_version: u32) -> Result<(), SnapshotError> {
        let places = self.places()?;
        self.delete(|fold, seq| {
            let newer = places.iter().filter(|(f, s)| *f == fold && *s > seq).count();
            newer >= if fold == fold_version { SNAPSHOTS_KEPT } else { 1 }
        })
        .map(|_| ())
    }

    fn delete(&self, which: impl Fn(u32, Seq) -> bool) -> Result<usize, SnapshotError> {
        let mut deleted = 0;
        for (fold, seq) in self.places()? {
            if which(fold, seq) {
                fs::remove_file(self.path(fold, seq))?;
                deleted += 1;
            }
        }
        if deleted > 0 {
            fs::File::open(&self.folder)?.sync_all()?;
        }
        Ok(deleted)
    }

    /// Where a snapshot's file is.
    pub(crate) fn path(&self, fold_version: u32, seq: Seq) -> PathBuf {
        self.folder.join(format!("{fold_version}-{}.snapshot", seq.0))
    }

    /// Nothing is left half done by a panic while this is held, so a poisoned lock is a lock.
    fn redacted(&self) -> MutexGuard<'_, Vec<Redacted>> {
        self.redacted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse_name(path: &Path) -> Option<(u32, Seq)> {
    let (fold, seq) = path.file_name()?.to_str()?.strip_suffix(".snapshot")?.split_once('-')?;
    Some((fold.parse().ok()?, Seq(seq.parse().ok()?)))
}
