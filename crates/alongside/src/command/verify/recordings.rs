//! The recordings' files, held against what the journal says of them.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use alongside_desk::Event;
use alongside_desk::listening::ListeningEvent;
use alongside_desk::listening::recording::RecordingEvent;
use alongside_desk::review::StaffEvent;
use alongside_media::recording::{RecordingId, name, of_name, path, recordings_in, sum};

/// What the journal says of recordings.
#[derive(Default)]
pub struct Told(BTreeMap<Arc<str>, Tells>);

/// What it says of one.
#[derive(Default)]
struct Tells {
    /// The digest of its file, when it ended.
    digest: Option<Arc<str>>,
    is_removed: bool,
}

/// How the files are.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Files read.
    pub read: usize,
    /// Those of them that have not ended.
    pub open: usize,
    /// What is wrong: a line each. A recording's name is a number that says nothing of anybody.
    pub faults: Vec<String>,
}

impl Told {
    /// Takes an entry of the journal, in order.
    pub fn entry(&mut self, kind: &str, version: u16, body: &[u8]) {
        // All that is asked of recordings is asked like anything that people ask. What does not read is the journal's own fault.
        if kind != "staff" {
            return;
        }
        let Ok(Event::Staff(StaffEvent::Listening(ListeningEvent::Recording(event)))) =
            Event::decode(kind, version, body)
        else {
            return;
        };
        match event {
            RecordingEvent::Began { recording, .. } => drop(self.0.entry(recording).or_default()),
            RecordingEvent::Ended { recording, file, .. } => {
                self.0.entry(recording).or_default().digest = Some(file.digest);
            }
            RecordingEvent::Removed { recording, .. } => self.0.entry(recording).or_default().is_removed = true,
            RecordingEvent::Failed | RecordingEvent::Played { .. } => {}
        }
    }

    /// Reads every file of `files`, which were there before the journal was read: so what has begun since is no stranger.
    pub fn hold_against(&self, folder: &Path, files: &[RecordingId]) -> Held {
        let mut held = Held::default();
        let is_there = |id: RecordingId| path(folder, id).exists();
        for file in files {
            held.read += 1;
            let wrong = match self.0.get(&*name(*file)) {
                None => Some("no entry tells of it"),
                // Its time may have passed while the journal was read.
                Some(Tells { is_removed: true, .. }) => {
                    is_there(*file).then_some("an entry says that it is gone, and it is there")
                }
                Some(Tells { digest: None, .. }) => {
                    held.open += 1;
                    None
                }
                Some(Tells { digest: Some(told), .. }) => match sum(&path(folder, *file)) {
                    Ok(sum) => (sum.hex() != **told).then_some("it is not what was recorded"),
                    Err(_) => Some("it cannot be read"),
                },
            };
            held.faults.extend(wrong.map(|wrong| format!("recording {}: {wrong}", name(*file))));
        }
        let is_known = |id: RecordingId| files.contains(&id) || is_there(id);
        let missing = self.0.iter().filter(|(told, tells)| !tells.is_removed && !of_name(told).is_some_and(is_known));
        held.faults.extend(missing.map(|(told, _)| format!("recording {told}: its file is missing")));
        held
    }
}

/// The recordings that lie in a folder; none where there is no folder.
///
/// # Errors
/// When it cannot be read.
pub fn lying_in(folder: &Path) -> io::Result<Vec<RecordingId>> {
    match recordings_in(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        files => files,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{read_dir, write};

    use alongside_desk::listening::recording::{RecordedFile, Removal};
    use alongside_desk::time::Period;

    use super::*;

    const ALL: [RecordingId; 5] =
        [RecordingId([1; 16]), RecordingId([2; 16]), RecordingId([3; 16]), RecordingId([4; 16]), RecordingId([5; 16])];

    fn tell(told: &mut Told, event: RecordingEvent) {
        let event = Event::Staff(StaffEvent::Listening(ListeningEvent::Recording(event)));
        told.entry(event.kind(), Event::VERSION, &event.encode().expect("encoded"));
    }

    fn begun(told: &mut Told, id: RecordingId) {
        let (names, logs, after) = (Vec::new(), Vec::new(), Period::ZERO);
        tell(told, RecordingEvent::Began { recording: name(id).into(), names, logs, after });
    }

    fn ended(told: &mut Told, id: RecordingId, folder: &Path) {
        let now = sum(&path(folder, id)).expect("a file");
        let file = RecordedFile { digest: now.hex().into(), bytes: now.bytes, ms: 0 };
        tell(told, RecordingEvent::Ended { recording: name(id).into(), file, broke_off: false });
    }

    #[test]
    fn a_file_that_was_changed_is_missing_is_nobodys_or_should_be_gone_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut told = Told::default();
        let [whole, changed, open, gone, nobodys] = ALL;
        for id in ALL {
            write(path(folder.path(), id), name(id)).expect("written");
        }
        for id in [whole, changed, open, gone] {
            begun(&mut told, id);
        }
        for id in [whole, changed, gone] {
            ended(&mut told, id, folder.path());
        }
        std::fs::remove_file(path(folder.path(), nobodys)).expect("removed");
        let hold = |told: &Told| told.hold_against(folder.path(), &lying_in(folder.path()).expect("a folder"));
        let held = hold(&told);
        assert_eq!(held, Held { read: 4, open: 1, faults: Vec::new() });

        write(path(folder.path(), changed), "another").expect("written");
        write(path(folder.path(), nobodys), "a stranger").expect("written");
        let why = Removal::Expired;
        tell(&mut told, RecordingEvent::Removed { recording: name(gone).into(), why });
        std::fs::remove_file(path(folder.path(), whole)).expect("removed");
        let faults = hold(&told).faults.join("\n");
        assert_eq!(faults.lines().count(), 4, "{faults}");
        for (id, what) in [
            (changed, "it is not what was recorded"),
            (nobodys, "no entry tells of it"),
            (gone, "an entry says that it is gone, and it is there"),
            (whole, "its file is missing"),
        ] {
            assert!(faults.contains(&format!("recording {}: {what}", name(id))), "{faults}");
        }
        std::fs::remove_file(path(folder.path(), gone)).expect("removed");
        assert_eq!(hold(&told).faults.len(), 3, "what is gone as it should be is no fault");
        assert_eq!(read_dir(folder.path()).expect("a folder").count(), 3, "nothing is touched");
        assert_eq!(lying_in(&folder.path().join("none")).expect("no folder"), []);

        // A server that goes on: what has begun since the files were listed is neither a stranger nor missing.
        let before = lying_in(folder.path()).expect("a folder");
        write(path(folder.path(), whole), "again").expect("written");
        assert_eq!(told.hold_against(folder.path(), &before).faults.len(), 2);
    }
}
