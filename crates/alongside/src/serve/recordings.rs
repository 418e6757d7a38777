//! Recordings of calls on this machine: begun where the policy says so, written down in the journal, taken away when their time
//! has passed.
//!
//! The journal is told by whoever keeps the files and by nobody else, so what it says of a file is what was seen of it: its digest
//! when it ended, that it broke off, that it was not there.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use alongside_desk::listening::ListeningAsk;
use alongside_desk::listening::recording::{RecordedFile, RecordingAsk, Removal};
use alongside_desk::review::{Ask, StaffCommand};
use alongside_desk::time::Period;
use alongside_media::captions;
use alongside_media::forward::tap;
use alongside_media::recording::{
    Keeper, KeeperSettings, Kept, RecordingId, SiteKey, Sum, length, name, of_name, path, recordings_in, sum,
};
use alongside_node::{Act, Node};
use alongside_web::rooms::listening::{Ears, Shelf};
use anyhow::{Context, Result, bail};

/// Under a data folder.
pub const FOLDER: &str = "recordings";
/// The key under which the recordings' keys are sealed.
const KEY_FILE: &str = "recordings.key";
/// Whoever writes down what became of files: this server.
const SERVER: &str = "server";
/// What is too old is looked for this often.
const LOOK_EVERY: Duration = Duration::from_mins(10);

/// The running recordings. Dropping this ends them, and waits until everything has been written down.
pub struct Recordings {
    // The keeper first: when it has ended, so do the notes.
    keeper: Option<Keeper>,
    notes: Option<JoinHandle<()>>,
    ears: Ears,
}

impl Recordings {
    /// Starts to record what `ears` hear, as the node's policy says from moment to moment.
    ///
    /// # Errors
    /// When the folder or the key cannot be used.
    pub fn start(node: &Node, ears: &Ears, data: &Path) -> Result<Self> {
        let folder = data.join(FOLDER);
        std::fs::create_dir_all(&folder).context("the folder for recordings cannot be made")?;
        let site = site_key(&data.join(KEY_FILE))?;
        let wanted = node.clone();
        let is_wanted = Box::new(move || {
            wanted.read(|desk| {
                let state = desk.state();
                state.policy.recording.on && state.hearings.sign_off().is_some()
            })
        });
        let ((tap, tapping), (told, kept)) = (tap(), channel());
        ears.keep(Some(tap)).context("live audio has ended")?;
        if let Some(captions) = ears.captions() {
            captions.keep_in(folder.clone(), site.clone());
        }
        let settings = KeeperSettings { folder: folder.clone(), site: site.clone(), is_wanted };
        let keeper = Keeper::start(settings, tapping, told).context("calls cannot be recorded")?;
        let notes = Notes { node: node.clone(), ears: ears.clone(), folder: folder.clone() };
        notes.take_stock();
        let notes = std::thread::Builder::new().name("recordings".to_owned()).spawn(move || notes.run(&kept))?;
        ears.play_from(Shelf::new(folder, site));
        Ok(Self { keeper: Some(keeper), notes: Some(notes), ears: ears.clone() })
    }
}

impl Drop for Recordings {
    fn drop(&mut self) {
        // The audio may go on, for whoever else holds it: it is told, so that every recording ends here.
        let _has_ended = self.ears.keep(None);
        self.keeper = None;
        if let Some(notes) = self.notes.take() {
            let _panicked = notes.join();
        }
        if let Some(captions) = self.ears.captions() {
            captions.close();
        }
    }
}

struct Notes {
    node: Node,
    ears: Ears,
    folder: PathBuf,
}

impl Notes {
    fn run(&self, kept: &Receiver<Kept>) {
        loop {
            match kept.recv_timeout(LOOK_EVERY) {
                Ok(kept) => self.note(kept),
                Err(RecvTimeoutError::Timeout) => self.expire(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn note(&self, kept: Kept) {
        match kept {
            Kept::Began { call, recording, after } => {
                if let Some(captions) = self.ears.captions() {
                    captions.recorded(call, recording, after);
                }
                let audible = self.ears.live().into_iter().find(|audible| audible.call == call);
                let words = |list: Vec<String>| list.into_iter().map(Arc::from).collect();
                let (names, logs) =
                    audible.map(|audible| (words(audible.names), words(audible.logs))).unwrap_or_default();
                let after = Period::from_ms(i64::try_from(after.as_millis()).unwrap_or(i64::MAX));
                self.ask(RecordingAsk::Begin { recording: name(recording).into(), names, logs, after });
            }
            Kept::Ended { recording, file } => self.end(recording, file, false),
            Kept::Failed { call, recording } => {
                tracing::error!("a call could not be recorded, or no further");
                match recording.and_then(|id| Some((id, sum(&path(&self.folder, id)).ok()?))) {
                    Some((recording, file)) => self.end(recording, file, true),
                    None => self.ask(RecordingAsk::Fail { call: call.0 }),
                }
            }
        }
    }

    fn end(&self, recording: RecordingId, file: Sum, broke_off: bool) {
        let length = length(file.bytes);
        if let Some(captions) = self.ears.captions() {
            captions.recording_ended(recording, length);
        }
        let ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        let file = RecordedFile { digest: file.hex().into(), bytes: file.bytes, ms };
        self.ask(RecordingAsk::End { recording: name(recording).into(), file, broke_off });
    }

    /// After a start: what a crash left open is ended, what has no entry gets one, what is gone is said to be gone.
    fn take_stock(&self) {
        self.expire();
        let files = recordings_in(&self.folder).unwrap_or_default();
        for recording in &files {
            let known = self.node.read(|desk| {
                desk.state()
                    .recordings
                    .named(&name(*recording))
                    .map(|known| (known.ended.is_some(), known.removed.is_some()))
            });
            if known.is_none() {
                let recording = name(*recording).into();
                let (names, logs, after) = (Vec::new(), Vec::new(), Period::ZERO);
                self.ask(RecordingAsk::Begin { recording, names, logs, after });
            }
            if let (None | Some((false, false)), Ok(file)) = (known, sum(&path(&self.folder, *recording))) {
                self.end(*recording, file, true);
            }
        }
        let missing: Vec<Arc<str>> = self.node.read(|desk| {
            let there = |known: &str| files.iter().any(|file| name(*file) == known);
            let gone = desk.state().recordings.all().filter(|known| known.removed.is_none() && !there(&known.name));
            gone.map(|known| known.name.clone()).collect()
        });
        for recording in missing {
            self.ask(RecordingAsk::Remove { recording, why: Removal::Missing });
        }
        take_away_left_over(&self.folder);
    }

    /// Takes away what was kept for as long as the policy says.
    fn expire(&self) {
        let now = self.node.clock().now();
        let expired: Vec<Arc<str>> = self.node.read(|desk| {
            let state = desk.state();
            let keep = state.policy.recording.keep;
            keep.into_iter().flat_map(|keep| state.recordings.expired(keep, now)).map(|one| one.name.clone()).collect()
        });
        for recording in expired {
            let Some(id) = of_name(&recording) else { continue };
            match take_away(&self.folder, id) {
                Err(_) => tracing::error!("a recording whose time has passed could not be deleted"),
                Ok(()) => self.ask(RecordingAsk::Remove { recording, why: Removal::Expired }),
            }
        }
    }

    /// Has something written down. What the journal does not take now is found again at the next start.
    fn ask(&self, ask: RecordingAsk) {
        let (what, recording) = match &ask {
            RecordingAsk::Begin { recording, .. } => ("begin", recording.clone()),
            RecordingAsk::End { recording, .. } => ("end", recording.clone()),
            RecordingAsk::Fail { call } => ("fail", call.to_string().into()),
            RecordingAsk::Remove { recording, .. } => ("remove", recording.clone()),
            RecordingAsk::Play { recording, .. } => ("play", recording.clone()),
        };
        let request = format!("recording-{what}-{recording}").into();
        let command = StaffCommand { request, ask: Ask::Listening(ListeningAsk::Recording(ask)) };
        if self.node.act(Act { by: SERVER.into(), command, expected: None }).wait().is_err() {
            tracing::error!("what became of a recording could not be written down");
        }
    }
}

/// Deletes a recording and its captions: neither outlives the other.
fn take_away(folder: &Path, recording: RecordingId) -> io::Result<()> {
    for file in [captions::path(folder, recording), path(folder, recording)] {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Deletes the captions of recordings that are gone.
fn take_away_left_over(folder: &Path) {
    let kept = captions::recordings_in(folder).unwrap_or_default();
    let is_gone = |recording: &RecordingId| path(folder, *recording).try_exists().is_ok_and(|is_there| !is_there);
    for recording in kept.into_iter().filter(is_gone) {
        if take_away(folder, recording).is_err() {
            tracing::error!("captions whose recording is gone could not be deleted");
        }
    }
}

/// The site's key: made at the first start, and never without its file again.
fn site_key(file: &Path) -> Result<SiteKey> {
    let mut bytes = [0; 32];
    match File::open(file) {
        Ok(mut open) => {
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                if open.metadata()?.permissions().mode() & 0o077 != 0 {
                    bail!("{KEY_FILE} can be read by others: `chmod 600` it, and think about who may have read it");
                }
            }
            open.read_exact(&mut bytes).with_context(|| format!("{KEY_FILE} is not a key of this program"))?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            getrandom::fill(&mut bytes).map_err(|_| anyhow::anyhow!("the system gave no randomness"))?;
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut new = options.open(file).with_context(|| format!("{KEY_FILE} cannot be made"))?;
            new.write_all(&bytes)
                .and_then(|()| new.sync_all())
                .with_context(|| format!("{KEY_FILE} cannot be written"))?;
        }
        Err(error) => return Err(error).with_context(|| format!("{KEY_FILE} cannot be read")),
    }
    Ok(SiteKey::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_go_with_their_recording_and_never_stay_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let [old, gone, kept] = [1, 2, 3].map(|n| RecordingId([n; 16]));
        for recording in [old, gone, kept] {
            std::fs::write(captions::path(folder, recording), b"words").expect("written");
        }
        for recording in [old, kept] {
            std::fs::write(path(folder, recording), b"sound").expect("written");
        }
        take_away(folder, old).expect("deleted");
        assert!(!path(folder, old).exists() && !captions::path(folder, old).exists());
        take_away(folder, old).expect("a second time is the same");
        take_away_left_over(folder);
        assert_eq!(captions::recordings_in(folder).expect("a folder"), [kept]);
        assert!(path(folder, kept).exists());
    }
}
