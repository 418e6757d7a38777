//! The recordings' files, held against what the journal says of them.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use alongside_desk::Event;
use alongside_desk::listening::ListeningEvent;
use alongside_desk::listening::recording::RecordingEvent;
use alongside_desk::review::StaffEvent;
use alongside_media::recording::{name, of_name, path, recordings_in, sum};

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

    /// Reads every file in the folder of recordings.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn hold_against(&self, folder: &Path) -> io::Result<Held> {
        let mut held = Held::default();
        let files = match recordings_in(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            files => files?,
        };
        for file in &files {
            held.read += 1;
            match self.0.get(&*name(*file)) {
                None => held.faults.push(format!("recording {}: no entry tells of it", name(*file))),
                Some(Tells { is_removed: true, .. }) => {
                    held.faults
                        .push(format!("recording {}: an entry says that it is gone, and it is there", name(*file)));
                }
                Some(Tells { digest: None, .. }) => held.open += 1,
                Some(Tells { digest: Some(told), .. }) => match sum(&path(folder, *file)) {
                    Ok(sum) if hex(&sum.digest) == **told => {}
                    Ok(_) => held.faults.push(format!("recording {}: it is not what was recorded", name(*file))),
                    Err(_) => held.faults.push(format!("recording {}: it cannot be read", name(*file))),
                },
            }
        }
        let is_there = |told: &str| of_name(told).is_some_and(|id| files.contains(&id));
        let missing = self.0.iter().filter(|(told, tells)| !tells.is_removed && !is_there(told));
        held.faults.extend(missing.map(|(told, _)| format!("recording {told}: its file is missing")));
        Ok(held)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::{read_dir, write};

    use alongside_desk::listening::recording::{RecordedFile, Removal};
    use alongside_desk::time::Period;
    use alongside_media::recording::RecordingId;

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
        let file = RecordedFile { digest: hex(&now.digest).into(), bytes: now.bytes, ms: 0 };
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
        let held = told.hold_against(folder.path()).expect("read");
        assert_eq!(held, Held { read: 4, open: 1, faults: Vec::new() });

        write(path(folder.path(), changed), "another").expect("written");
        write(path(folder.path(), nobodys), "a stranger").expect("written");
        let why = Removal::Expired;
        tell(&mut told, RecordingEvent::Removed { recording: name(gone).into(), why });
        std::fs::remove_file(path(folder.path(), whole)).expect("removed");
        let faults = told.hold_against(folder.path()).expect("read").faults.join("\n");
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
        assert_eq!(
            told.hold_against(folder.path()).expect("read").faults.len(),
            3,
            "what is gone as it should be is no fault"
        );
        assert_eq!(read_dir(folder.path()).expect("a folder").count(), 3, "nothing is touched");
        assert!(told.hold_against(&folder.path().join("none")).expect("no folder").read == 0);
    }
}
