//! The recordings' files, for whoever may hear one.

use std::fs::File;
use std::io::{self, Cursor, Read as _};
use std::path::PathBuf;
use std::time::Duration;

use alongside_media::captions::{self, Kept, ReadError};
use alongside_media::recording::{Fault, Opener, SiteKey, bytes_before, of_name, path, sum, wav};

/// Where recordings lie.
#[derive(Clone, Debug)]
pub struct Shelf {
    folder: PathBuf,
    site: SiteKey,
}

/// How a file is, beside what the journal says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// As it was when it ended, every stretch as it was sealed.
    Whole,
    /// As it was when it ended; it breaks off.
    BrokeOff,
    /// It is not what the journal has the digest of.
    Changed,
    /// It is not there, or is no recording of this site.
    Unreadable,
}

impl Shelf {
    /// A folder of recordings whose keys are sealed under `site`.
    pub fn new(folder: PathBuf, site: SiteKey) -> Self {
        Self { folder, site }
    }

    /// How the file of a recording is, whose digest (hexadecimal) the journal has. Reads the whole file.
    pub fn condition(&self, name: &str, digest: &str) -> Condition {
        let judge = || -> Option<Condition> {
            let file = path(&self.folder, of_name(name)?);
            let now = sum(&file).ok()?;
            let mut opener = Opener::open(File::open(&file).ok()?, &self.site).ok()?;
            let faults = opener.faults().ok()?;
            Some(match faults[..] {
                _ if now.hex() != digest => Condition::Changed,
                [] => Condition::Whole,
                [Fault::Cut { .. }] => Condition::BrokeOff,
                _ => Condition::Changed,
            })
        };
        judge().unwrap_or(Condition::Unreadable)
    }

    /// What can be heard of a recording, as a WAV file with the caller left; silence stands for what cannot.
    ///
    /// # Errors
    /// When there is no such file, or it is no recording of this site.
    pub fn wav(&self, name: &str) -> io::Result<Vec<u8>> {
        Ok(wav(&self.audio(name)?))
    }

    /// The same of a stretch alone: from when to before when in it, as far as it goes.
    ///
    /// # Errors
    /// When there is no such file, or it is no recording of this site.
    pub fn clip(&self, name: &str, from: Duration, to: Duration) -> io::Result<Vec<u8>> {
        let audio = self.audio(name)?;
        let (from, to) = (bytes_before(from).min(audio.len()), bytes_before(to).min(audio.len()));
        Ok(wav(audio.get(from..to).unwrap_or_default()))
    }

    /// The captions of a recording.
    ///
    /// # Errors
    /// When there are none, or they are not as they were sealed.
    pub fn captions(&self, name: &str) -> Result<Kept, ReadError> {
        captions::read(&self.folder, of_name(name).ok_or(ReadError::None)?, &self.site)
    }

    fn audio(&self, name: &str) -> io::Result<Vec<u8>> {
        let no_such = || io::Error::from(io::ErrorKind::NotFound);
        let mut file = Vec::new();
        File::open(path(&self.folder, of_name(name).ok_or_else(no_such)?))?.read_to_end(&mut file)?;
        let mut opener = Opener::open(Cursor::new(file), &self.site).map_err(|_| no_such())?;
        Ok(opener.contents()?.0)
    }
}
