//! Writing a recording.

use std::fs::File;
use std::io::{self, Write};

use chacha20poly1305::ChaCha20Poly1305;

use super::file::{AUDIO, HEADER, MAGIC, RecordingId, seal};
use super::key::{self, SiteKey, make};
use super::tape::Stretch;

/// Where a recording is written.
pub trait Shelf: Write {
    /// Returns when all that was written outlives a power cut.
    ///
    /// # Errors
    /// What the disk says.
    fn settle(&mut self) -> io::Result<()>;
}

impl Shelf for File {
    fn settle(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// For tests and for what is kept elsewhere in one piece.
impl Shelf for Vec<u8> {
    fn settle(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Why a recording cannot go on. What was sealed before stays.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The system gives no random bytes for a key.
    #[error("there is no randomness for a recording's key")]
    Random(#[source] getrandom::Error),
    /// The shelf.
    #[error("a recording cannot be written")]
    Shelf(#[from] io::Error),
    /// A stretch that is not of the length that every stretch but the last has.
    #[error("a stretch of {bytes} bytes instead of {AUDIO}")]
    Length {
        /// What it has.
        bytes: usize,
    },
}

/// An open recording. Dropped without [`Sealer::end`], it is one that breaks off, and says so when it is read.
pub struct Sealer<S> {
    shelf: S,
    id: RecordingId,
    key: ChaCha20Poly1305,
    chunk: u64,
}

impl<S: Shelf> Sealer<S> {
    /// Begins a recording.
    ///
    /// # Errors
    /// When there is no randomness, or the shelf takes nothing.
    pub fn begin(mut shelf: S, site: &SiteKey, id: RecordingId) -> Result<Self, SealError> {
        let (key, wrapped) = make(site, id, key::AUDIO).map_err(SealError::Random)?;
        let mut header = Vec::with_capacity(HEADER);
        header.extend(MAGIC);
        header.extend(id.0);
        header.extend(wrapped);
        shelf.write_all(&header)?;
        shelf.settle()?;
        Ok(Self { shelf, id, key, chunk: 0 })
    }

    /// Seals a stretch; it outlives a power cut when this returns.
    ///
    /// # Errors
    /// When the shelf takes no more.
    pub fn seal(&mut self, stretch: &Stretch) -> Result<(), SealError> {
        if stretch.0.len() != AUDIO {
            return Err(SealError::Length { bytes: stretch.0.len() });
        }
        self.write(stretch, false)
    }

    /// Seals the last stretch as the last, and gives the shelf back.
    ///
    /// # Errors
    /// When the shelf takes no more.
    pub fn end(mut self, last: &Stretch) -> Result<S, SealError> {
        if last.0.len() > AUDIO {
            return Err(SealError::Length { bytes: last.0.len() });
        }
        self.write(last, true)?;
        Ok(self.shelf)
    }

    fn write(&mut self, stretch: &Stretch, is_last: bool) -> Result<(), SealError> {
        let bytes = stretch.0.len();
        let sealed = seal(&self.key, self.id, self.chunk, &stretch.0, is_last).ok_or(SealError::Length { bytes })?;
        self.shelf.write_all(&sealed)?;
        self.shelf.settle()?;
        self.chunk += 1;
        Ok(())
    }
}
