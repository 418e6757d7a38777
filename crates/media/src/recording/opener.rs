//! Reading a recording.

use std::io::{self, Read, Seek, SeekFrom};

use chacha20poly1305::ChaCha20Poly1305;

use super::file::{AUDIO, Fault, HEADER, MAGIC, Opened, RecordingId, SEALED, open};
use super::key::{self, SiteKey, WRAPPED, unwrap};
use crate::g711::SILENCE;

/// Why a recording cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It does not begin like one.
    #[error("this is no recording, or its beginning is damaged")]
    NoRecording,
    /// Its key was sealed by another site's, or for another recording.
    #[error("this recording's key does not open with this site's")]
    Key,
    /// The file.
    #[error("a recording cannot be read")]
    Read(#[from] io::Error),
}

/// A recording that can be read, from any chunk.
pub struct Opener<R> {
    reader: R,
    id: RecordingId,
    key: ChaCha20Poly1305,
    /// How long the file is behind its header.
    length: u64,
}

impl<R: Read + Seek> Opener<R> {
    /// Opens a recording.
    ///
    /// # Errors
    /// When it is none, or another site's. Damage further in is no reason: see [`Opener::faults`].
    pub fn open(mut reader: R, site: &SiteKey) -> Result<Self, OpenError> {
        let whole = reader.seek(SeekFrom::End(0))?;
        let length = whole.checked_sub(HEADER as u64).ok_or(OpenError::NoRecording)?;
        reader.seek(SeekFrom::Start(0))?;
        let mut header = [0; HEADER];
        reader.read_exact(&mut header)?;
        let rest = header.strip_prefix(MAGIC).ok_or(OpenError::NoRecording)?;
        let (id, rest) = rest.split_first_chunk::<16>().ok_or(OpenError::NoRecording)?;
        let (wrapped, _) = rest.split_first_chunk::<WRAPPED>().ok_or(OpenError::NoRecording)?;
        let id = RecordingId(*id);
        let key = unwrap(site, id, key::AUDIO, wrapped).ok_or(OpenError::Key)?;
        Ok(Self { reader, id, key, length })
    }

    /// Which recording it is.
    pub fn id(&self) -> RecordingId {
        self.id
    }

    /// How many chunks there are, a broken last one counted.
    pub fn chunks(&self) -> u64 {
        self.length.div_ceil(SEALED as u64)
    }

    /// The audio of a chunk, of half a second; or what is wrong with it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn chunk(&mut self, chunk: u64) -> io::Result<Result<Vec<u8>, Fault>> {
        let sealed = self.sealed(chunk)?;
        Ok(self.judge(chunk, &sealed, &mut Guess::default()).map(|opened| opened.audio))
    }

    /// Everything that is wrong, in order. Nothing for a recording that is as it was made.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn faults(&mut self) -> io::Result<Vec<Fault>> {
        Ok(self.contents()?.1)
    }

    /// Everything that can be heard, with silence for what cannot, and everything that is wrong.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn contents(&mut self) -> io::Result<(Vec<u8>, Vec<Fault>)> {
        let (mut audio, mut faults, chunks) = (Vec::new(), Vec::new(), self.chunks());
        let (mut is_ended, mut guess) = (false, Guess::default());
        for chunk in 0..chunks {
            let sealed = self.sealed(chunk)?;
            match self.judge(chunk, &sealed, &mut guess) {
                Ok(opened) => {
                    audio.extend(opened.audio);
                    is_ended = opened.is_last;
                    if is_ended && (opened.is_followed || chunk + 1 < chunks) {
                        faults.push(Fault::Behind { chunk });
                        break;
                    }
                }
                Err(fault) => {
                    is_ended = sealed.len() < SEALED;
                    faults.push(fault);
                    if !matches!(fault, Fault::Cut { .. }) {
                        audio.resize(audio.len() + sealed.len().min(AUDIO), SILENCE);
                    }
                }
            }
        }
        if !is_ended {
            faults.push(Fault::Cut { chunks });
        }
        Ok((audio, faults))
    }

    fn sealed(&mut self, chunk: u64) -> io::Result<Vec<u8>> {
        let from = chunk.saturating_mul(SEALED as u64).min(self.length);
        let length = (self.length - from).min(SEALED as u64);
        self.reader.seek(SeekFrom::Start(HEADER as u64 + from))?;
        let mut sealed = vec![0; usize::try_from(length).unwrap_or(SEALED)];
        self.reader.read_exact(&mut sealed)?;
        Ok(sealed)
    }

    fn judge(&self, chunk: u64, sealed: &[u8], guess: &mut Guess) -> Result<Opened, Fault> {
        open(&self.key, self.id, chunk, sealed).map_err(|fault| {
            if fault != (Fault::Changed { chunk }) {
                return fault;
            }
            let is = |place: &u64| open(&self.key, self.id, *place, sealed).is_ok();
            let guessed = chunk.checked_add_signed(guess.shift).filter(|place| *place != chunk).filter(is);
            let truly = guessed.or_else(|| {
                guess.searches = guess.searches.checked_sub(1)?;
                (0..self.chunks() + TAKEN_OUT).find(is)
            });
            let Some(truly) = truly else { return fault };
            guess.shift = truly.cast_signed() - chunk.cast_signed();
            Fault::Displaced { chunk, truly }
        })
    }
}

/// Where a displaced chunk may belong. Each search opens every place, so there are few.
struct Guess {
    /// So much further on than where it stands, as the one before it.
    shift: i64,
    searches: u32,
}

impl Default for Guess {
    fn default() -> Self {
        Self { shift: 0, searches: 16 }
    }
}

/// A chunk may come from behind the file's end, when others were taken out: by up to an hour's worth.
const TAKEN_OUT: u64 = 7_200;
