//! What was written: in memory while its call goes on, and beside the recordings of those calls that are recorded.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::kept::Writer;
use super::{AskError, Side};
use crate::call::CallId;
use crate::recording::{RecordingId, SiteKey};

/// Lines of one call that are remembered: more than an hour of talk. What was before stays beside the recording.
const MOST_LINES: usize = 1_000;

/// What one party said, as a machine wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who.
    pub side: Side,
    /// When it began, after the call's first audio; beside a recording, after the recording's.
    pub from: Duration,
    /// The machine's words.
    pub words: String,
}

/// A line of a call that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Counts the lines of a call as they came: stays the line's own.
    pub number: u64,
    /// The line.
    pub line: Line,
}

/// How the caption server is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It was not asked yet.
    #[default]
    Unasked,
    /// It answered last with words, or that there were none.
    Answers,
    /// It did not answer in time, or at all.
    Silent,
    /// It answered with something else.
    Unfit,
}

/// What is known of a call now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The last lines in the order in which they were said.
    pub lines: Vec<Written>,
    /// Utterances that could not be written.
    pub missing: u64,
    /// How the server is.
    pub standing: Standing,
}

/// What was written on every call, for whoever shows it.
#[derive(Clone, Default)]
pub struct Captions(Arc<Shared>);

#[derive(Default)]
struct Shared {
    calls: Mutex<Calls>,
    /// Whoever writes holds it all the while, and `calls` only for a moment: a slow disk holds up no page.
    shelf: Mutex<Shelf>,
    told: watch::Sender<u64>,
}

#[derive(Default)]
struct Calls {
    calls: HashMap<CallId, Said>,
    standing: Standing,
}

#[derive(Default)]
struct Said {
    /// In the order in which they were said.
    lines: VecDeque<Written>,
    next: u64,
    missing: u64,
}

/// Where recordings are kept, and which calls are recorded.
#[derive(Default)]
struct Shelf {
    place: Option<(PathBuf, SiteKey)>,
    recordings: HashMap<RecordingId, Recorded>,
}

struct Recorded {
    call: CallId,
    /// When in the call it began, and when it ended if it has.
    after: Duration,
    until: Option<Duration>,
    file: Option<Writer>,
    missing: u64,
    has_failed: bool,
}

impl fmt::Debug for Captions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Captions(..)")
    }
}

impl Captions {
    /// The last lines of a call, and how it is with the rest.
    pub fn of(&self, call: CallId, most: usize) -> Told {
        let calls = self.calls();
        let mut told = Told { standing: calls.standing, ..Told::default() };
        if let Some(said) = calls.calls.get(&call) {
            told.lines = said.lines.range(said.lines.len().saturating_sub(most)..).cloned().collect();
            told.missing = said.missing;
        }
        told
    }

    /// Ticks whenever something was written, could not be, or is forgotten.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.0.told.subscribe()
    }

    /// From now on the captions of calls that are recorded are kept beside their recordings.
    pub fn keep_in(&self, folder: PathBuf, site: SiteKey) {
        self.shelf().place = Some((folder, site));
    }

    /// A call's recording has begun, so long after its first audio.
    pub fn recorded(&self, call: CallId, recording: RecordingId, after: Duration) {
        let mut shelf = self.shelf();
        let before = self.of(call, MOST_LINES).lines;
        let Shelf { place, recordings } = &mut *shelf;
        let recorded = recordings.entry(recording).or_insert(Recorded {
            call,
            after,
            until: None,
            file: None,
            missing: 0,
            has_failed: false,
        });
        for written in before {
            recorded.write(place.as_ref(), recording, &written.line);
        }
    }

    /// A recording has ended, so long after it began. What was said before that and is not written yet still comes to it.
    pub fn recording_ended(&self, recording: RecordingId, length: Duration) {
        let mut shelf = self.shelf();
        let Some(recorded) = shelf.recordings.get_mut(&recording) else { return };
        recorded.until = Some(recorded.after + length);
        if !self.calls().calls.contains_key(&recorded.call) {
            shelf.finish(|id, _| *id == recording);
        }
    }

    /// Ends every file: nothing more is written.
    pub fn close(&self) {
        self.shelf().finish(|_, _| true);
    }

    /// A call is heard, and words may come until [`Captions::end`].
    pub fn expect(&self, call: CallId) {
        self.calls().calls.entry(call).or_default();
    }

    /// The words of something that was said; none where nothing was understood.
    pub fn write(&self, call: CallId, line: Line) {
        let mut shelf = self.shelf();
        let mut calls = self.calls();
        let is_news = calls.standing != Standing::Answers;
        calls.standing = Standing::Answers;
        let said = calls.calls.get_mut(&call).filter(|_| !line.words.is_empty());
        let is_said = said.is_some();
        if let Some(said) = said {
            let at = said.lines.partition_point(|before| before.line.from <= line.from);
            said.lines.insert(at, Written { number: said.next, line: line.clone() });
            said.next += 1;
            if said.lines.len() > MOST_LINES {
                said.lines.pop_front();
            }
        }
        drop(calls);
        if is_said {
            let Shelf { place, recordings } = &mut *shelf;
            for (id, recorded) in recordings.iter_mut().filter(|(_, recorded)| recorded.call == call) {
                recorded.write(place.as_ref(), *id, &line);
            }
        }
        drop(shelf);
        if is_said || is_news {
            self.tell();
        }
    }

    /// Something that was said from a place on will have no words; why, where the server was asked.
    pub fn miss(&self, call: CallId, from: Duration, why: Option<AskError>) {
        let mut shelf = self.shelf();
        let mut calls = self.calls();
        match why {
            None => {}
            Some(AskError::Silent) => calls.standing = Standing::Silent,
            Some(AskError::Unfit) => calls.standing = Standing::Unfit,
        }
        if let Some(said) = calls.calls.get_mut(&call) {
            said.missing += 1;
        }
        drop(calls);
        for recorded in shelf.recordings.values_mut().filter(|recorded| recorded.call == call && recorded.holds(from)) {
            recorded.missing += 1;
        }
        drop(shelf);
        self.tell();
    }

    /// A call has ended, and all that was said on it was written: what is in memory is forgotten.
    pub fn end(&self, call: CallId) {
        let mut shelf = self.shelf();
        let was_there = self.calls().calls.remove(&call).is_some();
        shelf.finish(|_, recorded| recorded.call == call && recorded.until.is_some());
        drop(shelf);
        if was_there {
            self.tell();
        }
    }

    fn tell(&self) {
        self.0.told.send_modify(|times| *times += 1);
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// Ends the files of some recordings. One without a line has none, unless words are missing in it.
    fn finish(&mut self, which: impl Fn(&RecordingId, &Recorded) -> bool) {
        let Self { place, recordings } = self;
        for (id, mut recorded) in recordings.extract_if(|id, recorded| which(id, recorded)) {
            if recorded.missing > 0 {
                recorded.file(place.as_ref(), id);
            }
            if let Some(file) = recorded.file {
                // A disk that takes no more leaves a file that breaks off, and says so.
                let _breaks_off = file.end(recorded.missing);
            }
        }
    }
}

impl Recorded {
    /// Whether what was said from a place on is in it.
    fn holds(&self, from: Duration) -> bool {
        // An utterance begins a little before its first word.
        from >= self.after && self.until.is_none_or(|until| from < until)
    }

    fn write(&mut self, place: Option<&(PathBuf, SiteKey)>, id: RecordingId, line: &Line) {
        if !self.holds(line.from) {
            return;
        }
        let line = Line { from: line.from.saturating_sub(self.after), ..line.clone() };
        let written = self.file(place, id).map(|file| file.line(&line).is_ok());
        if written == Some(false) {
            (self.file, self.has_failed) = (None, true);
        }
    }

    /// Its file, made where there is none yet.
    fn file(&mut self, place: Option<&(PathBuf, SiteKey)>, id: RecordingId) -> Option<&mut Writer> {
        let (folder, site) = place?;
        if self.file.is_none() && !self.has_failed {
            self.file = Writer::begin(folder, site, id).ok();
            self.has_failed = self.file.is_none();
        }
        self.file.as_mut()
    }
}
