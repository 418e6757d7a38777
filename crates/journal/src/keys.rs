//! The force's keys: one file in the data folder, readable by its owner alone.
//!
//! Without this file no body can be read again; with it and the database, every body can. A backup holds both, sealed apart.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::seal::{Randomness, Sealer};
use crate::source::SourceKey;

/// The name of the keys file in the data folder.
pub const KEYS_FILE: &str = "keys.json";

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is a journal, but no keys file: a new one would read nothing.
    #[error("the data folder has a journal but no {KEYS_FILE}: put the file back from the backup")]
    Missing,
    /// Others on this machine may read the file.
    #[error("{KEYS_FILE} can be read by others: `chmod 600` it, and think about who may have read it")]
    ReadableByOthers,
    /// The file does not hold what it must.
    #[error("{KEYS_FILE} is not a keys file of this program")]
    Malformed,
    /// The keys belong to another journal.
    #[error("{KEYS_FILE} belongs to another journal")]
    OfAnotherJournal,
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    Randomness(#[from] getrandom::Error),
    /// The file system refused.
    #[error("{KEYS_FILE} could not be read or written")]
    Io(#[from] std::io::Error),
}

#[derive(Serialize, Deserialize)]
struct Form {
    form: u32,
    force: String,
    source: String,
}

/// Everything that is derived from the keys file.
pub(crate) struct Keys {
    force: [u8; 32],
    /// Wraps the key of each stream.
    pub wrap: Sealer,
    /// Seals the bodies of views.
    pub views: Sealer,
    /// Seals snapshots.
    pub snapshots: Sealer,
    /// Makes source ids.
    pub source: SourceKey,
}

impl Keys {
    fn new(force: [u8; 32], source: &[u8; 32]) -> Self {
        let sealer = |label| Sealer::new(&derive(&force, label));
        Self {
            wrap: sealer("stream keys"),
            views: sealer("views"),
            snapshots: sealer("snapshots"),
            source: SourceKey::new(source),
            force,
        }
    }

    /// A keyed hash that only an owner of the keys can make; `label` says for what.
    pub fn mac(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&derive(&self.force, label)).expect("any key length");
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Reads the keys.
    pub fn read(folder: &Path) -> Result<Self, KeyError> {
        let mut file = match File::open(path(folder)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(KeyError::Missing),
            Err(error) => return Err(error.into()),
        };
        refuse_open_permissions(&file)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let form: Form = serde_json::from_str(&text).map_err(|_| KeyError::Malformed)?;
        match (form.form, unhex(&form.force), unhex(&form.source)) {
            (1, Some(force), Some(source)) => Ok(Self::new(force, &source)),
            _ => Err(KeyError::Malformed),
        }
    }

    /// Makes the keys of a new journal and waits until they are on disk: nothing may be sealed under a key that a crash can lose.
    pub fn create(folder: &Path) -> Result<Self, KeyError> {
        let mut random = Randomness::new();
        let (force, source) = (random.take::<32>()?, random.take::<32>()?);
        let form = Form { form: 1, force: hex(&force), source: hex(&source) };
        write_whole(&path(folder), serde_json::to_string_pretty(&form).map_err(std::io::Error::from)?.as_bytes())?;
        Ok(Self::new(force, &source))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join(KEYS_FILE)
}

fn derive(force: &[u8; 32], label: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(force).expect("HMAC takes a key of any length");
    mac.update(b"alongside journal 1: ");
    mac.update(label.as_bytes());
    mac.finalize().into_bytes().into()
}

/// Writes a file that only its owner can read: whole and on disk, or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    write_unfinished(&unfinished, &[bytes])?;
    finish(&unfinished, path)
}

/// Writes the file under a name that nobody reads, replacing what a crash may have left there.
pub(crate) fn write_unfinished(path: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
    let mut file = owner_only().truncate(true).open(path)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_all()
}

/// Options for writing a file that, if it has to be made, only its owner can read.
pub(crate) fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Gives a written file its name, and waits until the name is on disk too.
pub(crate) fn finish(unfinished: &Path, path: &Path) -> std::io::Result<()> {
    std::fs::rename(unfinished, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn refuse_open_permissions(file: &File) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;
    if file.metadata()?.permissions().mode() & 0o077 == 0 { Ok(()) } else { Err(KeyError::ReadableByOthers) }
}

#[cfg(not(unix))]
fn refuse_open_permissions(_: &File) -> Result<(), KeyError> {
    Ok(())
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut out = [0; 32];
    for (index, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(out)
}
