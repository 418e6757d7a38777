//! The thread that records: each call on a tape of its own, each stretch sealed as soon as it is ripe.
//!
//! It hears by a tap, so that a slow disk delays nobody who listens. A call's recording begins with its first audio and ends with
//! the call, or as soon as recording is no longer wanted.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::file::RecordingId;
use super::key::SiteKey;
use super::sealer::{SealError, Sealer, Shelf};
use super::tape::{Side, Tape};
use crate::call::CallId;
use crate::forward::{Said, Tapped, Tapping};

/// What is wanted is asked this often for each call.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// A recording's file ends so.
const EXTENSION: &str = "rec";

/// Where recordings go, and whether any are made.
pub struct KeeperSettings {
    /// The folder; it has to be there.
    pub folder: PathBuf,
    /// Under which their keys are sealed.
    pub site: SiteKey,
    /// Whether calls are to be recorded now.
    pub is_wanted: Box<dyn Fn() -> bool + Send>,
}

/// What became of a call's recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It has begun.
    Began {
        /// Of which call.
        call: CallId,
        /// Which.
        recording: RecordingId,
        /// How long after the call's first audio.
        after: Duration,
    },
    /// It is whole.
    Ended {
        /// Which.
        recording: RecordingId,
        /// What its file is.
        file: Sum,
    },
    /// It could not be begun, or breaks off here: the disk takes no more.
    Failed {
        /// Of which call.
        call: CallId,
        /// Which, when it had begun.
        recording: Option<RecordingId>,
    },
}

/// What a recording's file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// SHA-256 of the file.
    pub digest: [u8; 32],
    /// How long the file is, in bytes.
    pub bytes: u64,
}

impl Sum {
    /// The digest as the journal has it: 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        self.digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The running thread. It ends when the tap has ended.
#[derive(Debug)]
pub struct Keeper(Option<JoinHandle<()>>);

impl Keeper {
    /// Starts it. `told` hears of each recording.
    ///
    /// # Errors
    /// When there can be no thread.
    pub fn start(settings: KeeperSettings, tapping: Tapping, told: Sender<Kept>) -> io::Result<Self> {
        let mut keeping = Keeping { settings, told, open: HashMap::new(), due: None };
        let run = move || keeping.run(&tapping);
        Ok(Self(Some(std::thread::Builder::new().name("recording".to_owned()).spawn(run)?)))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            let _panicked = thread.join();
        }
    }
}

/// What a recording is called: 32 hexadecimal digits.
pub fn name(recording: RecordingId) -> String {
    recording.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The file of a recording.
pub fn path(folder: &Path, recording: RecordingId) -> PathBuf {
    folder.join(name(recording)).with_extension(EXTENSION)
}

/// The recording of a name; nothing for what is no name.
pub fn of_name(name: &str) -> Option<RecordingId> {
    let is_name = name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    u128::from_str_radix(name, 16).ok().filter(|_| is_name).map(|id| RecordingId(id.to_be_bytes()))
}

/// Every recording that has a file in a folder, in no order.
///
/// # Errors
/// When the folder cannot be read.
pub fn recordings_in(folder: &Path) -> io::Result<Vec<RecordingId>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str());
        let is_one = path.extension().is_some_and(|is| is == EXTENSION);
        found.extend(name.filter(|_| is_one).and_then(of_name));
    }
    Ok(found)
}

/// What a file is now.
///
/// # Errors
/// When it cannot be read.
pub fn sum(path: &Path) -> io::Result<Sum> {
    let mut digest = Sha256::new();
    let bytes = io::copy(&mut File::open(path)?, &mut Hashing(&mut digest))?;
    Ok(Sum { digest: digest.finalize().into(), bytes })
}

struct Hashing<'a>(&'a mut Sha256);

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file, and the digest of what was written to it.
struct Summed {
    file: File,
    digest: Sha256,
    bytes: u64,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Shelf for Summed {
    fn settle(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }
}

struct Keeping {
    settings: KeeperSettings,
    told: Sender<Kept>,
    open: HashMap<CallId, Open>,
    /// When the next stretch is ripe, at the earliest.
    due: Option<Instant>,
}

/// A recording, what waits to be sealed of it, and its seal.
type Taped = (RecordingId, Tape, Sealer<Summed>);

/// A call that is recorded; without a tape it is not, until it ends or is wanted again.
struct Open {
    /// When its first audio came.
    began: Instant,
    tape: Option<Taped>,
    asked: Instant,
    has_failed: bool,
}

impl Keeping {
    fn run(&mut self, tapping: &Tapping) {
        loop {
            match tapping.next(self.due) {
                Ok(Some(Tapped::Said(Said { call, line, packet, began }))) => {
                    let open = self.open(call, began, packet.at);
                    // A third line is not on the tape: it has two sides.
                    let side = [Side::Caller, Side::Handler].get(line);
                    if let Some((side, (_, tape, _))) = side.zip(open.tape.as_mut()) {
                        tape.lay(*side, &packet);
                    }
                }
                Ok(Some(Tapped::Ended(call, at))) => {
                    if let Some(tape) = self.open.remove(&call).and_then(|open| open.tape) {
                        self.end(call, tape, at);
                    }
                }
                Ok(None) => {}
                Err(_) => break,
            }
            if self.due.is_some_and(|due| due <= Instant::now()) {
                self.seal();
            }
        }
        let now = Instant::now();
        for (call, open) in std::mem::take(&mut self.open) {
            if let Some(tape) = open.tape {
                self.end(call, tape, now);
            }
        }
    }

    /// The call's recording, begun where it is wanted and there is none.
    fn open(&mut self, call: CallId, began: Instant, now: Instant) -> &mut Open {
        let open = self.open.entry(call).or_insert_with(|| Open {
            began,
            tape: None,
            asked: now.checked_sub(ASK_EVERY).unwrap_or(now),
            has_failed: false,
        });
        let is_to_ask = open.tape.is_none() && now.saturating_duration_since(open.asked) >= ASK_EVERY;
        if is_to_ask && !open.has_failed {
            open.asked = now;
            if (self.settings.is_wanted)() {
                match begin(&self.settings) {
                    Ok((recording, sealer)) => {
                        let tape = Tape::new(now);
                        self.due = Some(self.due.map_or(tape.due(), |due| due.min(tape.due())));
                        open.tape = Some((recording, tape, sealer));
                        let after = now.saturating_duration_since(open.began);
                        let _nobody_asks = self.told.send(Kept::Began { call, recording, after });
                    }
                    Err(_) => {
                        open.has_failed = true;
                        let _nobody_asks = self.told.send(Kept::Failed { call, recording: None });
                    }
                }
            }
        }
        open
    }

    /// Seals every stretch that is ripe.
    fn seal(&mut self) {
        let now = Instant::now();
        let is_wanted = (self.settings.is_wanted)();
        let mut unwanted = Vec::new();
        self.due = None;
        for (call, open) in &mut self.open {
            let Some((recording, tape, sealer)) = &mut open.tape else { continue };
            let mut sealed = Ok(());
            while sealed.is_ok()
                && let Some(stretch) = tape.take(now)
            {
                sealed = sealer.seal(&stretch);
            }
            if sealed.is_err() {
                let _nobody_asks = self.told.send(Kept::Failed { call: *call, recording: Some(*recording) });
                (open.tape, open.has_failed) = (None, true);
            } else if is_wanted {
                self.due = Some(self.due.map_or(tape.due(), |due| due.min(tape.due())));
            } else {
                unwanted.extend(open.tape.take().map(|tape| (*call, tape)));
            }
        }
        for (call, tape) in unwanted {
            self.end(call, tape, now);
        }
    }

    fn end(&self, call: CallId, (recording, tape, mut sealer): Taped, at: Instant) {
        let mut stretches = tape.end(at);
        let last = stretches.pop();
        let whole = stretches.iter().try_for_each(|stretch| sealer.seal(stretch));
        let ended = whole.and_then(|()| last.map(|last| sealer.end(&last)).transpose());
        let kept = match ended {
            Ok(Some(shelf)) => {
                Kept::Ended { recording, file: Sum { digest: shelf.digest.finalize().into(), bytes: shelf.bytes } }
            }
            _ => Kept::Failed { call, recording: Some(recording) },
        };
        let _nobody_asks = self.told.send(kept);
    }
}

/// A new file, readable by its owner alone, and its seal.
fn begin(settings: &KeeperSettings) -> Result<(RecordingId, Sealer<Summed>), SealError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(SealError::Random)?;
    let id = RecordingId(id);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path(&settings.folder, id))?;
    // The name outlives a power cut too.
    File::open(&settings.folder)?.sync_all()?;
    let shelf = Summed { file, digest: Sha256::new(), bytes: 0 };
    Ok((id, Sealer::begin(shelf, &settings.site, id)?))
}
