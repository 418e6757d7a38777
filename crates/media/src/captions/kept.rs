//! Captions beside a recording, in a file of their own.
//!
//! ```text
//! "ALONGCAP" 1  recording id (16)  nonce (24)  sealed key (48)
//! record 0: a byte that says whether it is the last, 4 of its sealed length, so much sealed with its tag
//! record 1: ...
//! the last: the same, with how many utterances could not be written
//! ```
//! Each line is sealed as it comes. A record opens only in its own place of its own recording's file, and a file without a last one
//! breaks off: a crash, or somebody took its end away.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, Payload};

use super::{Line, Side};
use crate::recording::key::{self, WRAPPED};
use crate::recording::{RecordingId, SealError, SiteKey, name, of_name};

const EXTENSION: &str = "captions";
const MAGIC: &[u8; 9] = b"ALONGCAP\x01";
const TAG: usize = 16;
/// Whether it is the last, and how long it is.
const HEAD: usize = 5;
/// A side and a time.
const PLACE: usize = 9;

/// The file of a recording's captions.
pub fn path(folder: &Path, recording: RecordingId) -> PathBuf {
    folder.join(name(recording)).with_extension(EXTENSION)
}

/// Every recording that has captions in a folder, in no order.
///
/// # Errors
/// When the folder cannot be read.
pub fn recordings_in(folder: &Path) -> io::Result<Vec<RecordingId>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_one = path.extension().is_some_and(|is| is == EXTENSION);
        let name = path.file_stem().and_then(|name| name.to_str()).filter(|_| is_one);
        found.extend(name.and_then(of_name));
    }
    Ok(found)
}

/// Captions that were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The lines in their order; each stands at its time in the recording.
    pub lines: Vec<Line>,
    /// How many utterances could not be written; nothing where the file breaks off, or is still written.
    pub missing: Option<u64>,
}

/// Why captions cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There are none.
    #[error("there are no captions of this recording")]
    None,
    /// They are not what was written, or another site's.
    #[error("these captions are not as they were sealed")]
    Changed,
    /// The file.
    #[error("captions cannot be read")]
    Read(#[source] io::Error),
}

/// The captions of a recording.
///
/// # Errors
/// When there are none, or one byte of them is not what was sealed: then nothing of them is shown.
pub fn read(folder: &Path, recording: RecordingId, site: &SiteKey) -> Result<Kept, ReadError> {
    let file = std::fs::read(path(folder, recording)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => ReadError::None,
        _ => ReadError::Read(error),
    })?;
    open(&file, recording, site).ok_or(ReadError::Changed)
}

fn open(file: &[u8], recording: RecordingId, site: &SiteKey) -> Option<Kept> {
    let (id, rest) = file.strip_prefix(MAGIC)?.split_first_chunk::<16>()?;
    let (wrapped, mut rest) = rest.split_first_chunk::<WRAPPED>()?;
    let key = key::unwrap(site, recording, key::CAPTIONS, wrapped).filter(|_| *id == recording.0)?;
    let mut kept = Kept { lines: Vec::new(), missing: None };
    for number in 0.. {
        // What a crash left half written was never a line.
        let Some((&[last, a, b, c, d], behind)) = rest.split_first_chunk::<HEAD>() else { break };
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?;
        let Some((sealed, behind)) = behind.split_at_checked(length) else { break };
        let is_last = last == 1;
        let aad = aad(recording, number, is_last);
        let opened = key.decrypt(&nonce(number).into(), Payload { msg: sealed, aad: &aad }).ok()?;
        if is_last {
            kept.missing = Some(u64::from_be_bytes(opened.try_into().ok()?));
            return behind.is_empty().then_some(kept);
        }
        kept.lines.push(line(&opened)?);
        rest = behind;
    }
    Some(kept)
}

fn line(opened: &[u8]) -> Option<Line> {
    let (&side, rest) = opened.split_first()?;
    let (ms, words) = rest.split_first_chunk::<8>()?;
    let side = if side == 0 { Side::Caller } else { Side::Handler };
    let from = Duration::from_millis(u64::from_be_bytes(*ms));
    Some(Line { side, from, words: String::from_utf8(words.to_vec()).ok()? })
}

/// Captions that are being written beside a recording.
pub(super) struct Writer {
    file: File,
    recording: RecordingId,
    key: ChaCha20Poly1305,
    next: u64,
}

impl Writer {
    /// A new file, readable by its owner alone.
    pub fn begin(folder: &Path, site: &SiteKey, recording: RecordingId) -> Result<Self, SealError> {
        let (key, wrapped) = key::make(site, recording, key::CAPTIONS).map_err(SealError::Random)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path(folder, recording))?;
        file.write_all(&[&MAGIC[..], &recording.0, &wrapped].concat())?;
        file.sync_data()?;
        Ok(Self { file, recording, key, next: 0 })
    }

    /// Writes a line; it outlives a power cut when this returns.
    pub fn line(&mut self, line: &Line) -> Result<(), SealError> {
        let ms = u64::try_from(line.from.as_millis()).unwrap_or(u64::MAX);
        let mut plain = Vec::with_capacity(PLACE + line.words.len());
        plain.push(line.side as u8);
        plain.extend(ms.to_be_bytes());
        plain.extend(line.words.bytes());
        self.write(&plain, false)
    }

    /// Writes that nothing more comes, and how much could not be written.
    pub fn end(mut self, missing: u64) -> Result<(), SealError> {
        self.write(&missing.to_be_bytes(), true)
    }

    fn write(&mut self, plain: &[u8], is_last: bool) -> Result<(), SealError> {
        let bytes = plain.len();
        let length = u32::try_from(bytes + TAG).map_err(|_| SealError::Length { bytes })?;
        let aad = aad(self.recording, self.next, is_last);
        let sealed = self.key.encrypt(&nonce(self.next).into(), Payload { msg: plain, aad: &aad });
        let mut record = vec![u8::from(is_last)];
        record.extend(length.to_be_bytes());
        record.extend(sealed.map_err(|_| SealError::Length { bytes })?);
        self.file.write_all(&record)?;
        self.file.sync_data()?;
        self.next += 1;
        Ok(())
    }
}

/// The counter. No two records share one, and no two files share a key.
fn nonce(record: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&record.to_be_bytes());
    nonce
}

fn aad(recording: RecordingId, record: u64, is_last: bool) -> Vec<u8> {
    [&recording.0[..], &record.to_be_bytes(), &[u8::from(is_last)]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: RecordingId = RecordingId([4; 16]);

    fn site() -> SiteKey {
        SiteKey::new([9; 32])
    }

    fn said(side: Side, s: u64, words: &str) -> Line {
        Line { side, from: Duration::from_secs(s), words: words.to_owned() }
    }

    fn lines() -> Vec<Line> {
        vec![said(Side::Caller, 1, "Geh weg, er ist in der Küche"), said(Side::Handler, 3, "Are you safe?")]
    }

    fn written(folder: &Path) -> Vec<u8> {
        let mut writer = Writer::begin(folder, &site(), ID).expect("a file");
        for line in lines() {
            writer.line(&line).expect("written");
        }
        writer.end(2).expect("written");
        std::fs::read(path(folder, ID)).expect("a file")
    }

    #[test]
    fn what_was_written_is_read_and_lies_nowhere_in_the_clear() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(matches!(read(folder.path(), ID, &site()), Err(ReadError::None)));
        let file = written(folder.path());
        assert_eq!(read(folder.path(), ID, &site()).expect("read"), Kept { lines: lines(), missing: Some(2) });
        assert_eq!(recordings_in(folder.path()).expect("a folder"), [ID]);
        assert!(!file.windows(4).any(|bytes| bytes == b"safe"));
        assert!(Writer::begin(folder.path(), &site(), ID).is_err(), "what is there is not written over");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(path(folder.path(), ID)).expect("a file").permissions().mode();
            assert_eq!(mode & 0o077, 0, "its owner's alone");
        }
    }

    #[test]
    fn one_changed_byte_anywhere_is_seen_and_another_site_or_recording_opens_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = written(folder.path());
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1;
            // A length that points behind the end reads as a file that breaks off: never as other words.
            match open(&changed, ID, &site()) {
                None => {}
                Some(kept) => {
                    assert_eq!(kept.missing, None, "byte {at}");
                    assert!(lines().starts_with(&kept.lines), "byte {at}");
                }
            }
        }
        assert_eq!(open(&file, ID, &SiteKey::new([8; 32])), None);
        assert_eq!(open(&file, RecordingId([5; 16]), &site()), None);
        assert_eq!(open(&[&file[..], &[0; 40]].concat(), ID, &site()), None, "nothing stands behind the last");
    }

    #[test]
    fn wherever_a_crash_cuts_the_lines_before_are_read_and_it_is_seen_that_it_breaks_off() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = written(folder.path());
        let header = MAGIC.len() + 16 + WRAPPED;
        let mut most = 0;
        for end in header..file.len() {
            let kept = open(&file[..end], ID, &site()).expect("readable");
            assert_eq!(kept.missing, None, "cut at {end}");
            assert!(lines().starts_with(&kept.lines), "cut at {end}");
            most = most.max(kept.lines.len());
        }
        assert_eq!(most, 2);
    }
}
