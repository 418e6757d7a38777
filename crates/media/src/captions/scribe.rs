//! The threads that write: one cuts what it hears, the other asks the server, one utterance after another.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use super::{Captions, Line, Segmenter, Server, Side, Utterance, speech};
use crate::call::CallId;
use crate::forward::{Said, Tapped, Tapping};

/// Utterances that may wait for a slow server (D): what comes then is left out, since captions a minute late help nobody, and the
/// page says that words are missing.
const MOST_WAITING: usize = 16;

/// The running threads. They end when the tap has ended.
#[derive(Debug)]
pub struct Scribe;

enum Job {
    Said(CallId, Utterance),
    /// Nothing more comes of a call. There is one for each, and it always goes through.
    Ended(CallId),
}

impl Scribe {
    /// Starts to write into `captions` what is heard by a tap.
    ///
    /// # Errors
    /// When there can be no threads.
    pub fn start(server: Server, tapping: Tapping, captions: Captions) -> io::Result<Self> {
        let ((jobs, work), waiting) = (channel(), Arc::new(AtomicUsize::new(0)));
        let asking = Asking { server, captions: captions.clone(), waiting: Arc::clone(&waiting) };
        let hearing = Hearing { captions, jobs, waiting, calls: HashMap::new() };
        std::thread::Builder::new().name("captions".to_owned()).spawn(move || asking.run(&work))?;
        std::thread::Builder::new().name("captions-cut".to_owned()).spawn(move || hearing.run(&tapping))?;
        Ok(Self)
    }
}

struct Hearing {
    captions: Captions,
    jobs: Sender<Job>,
    waiting: Arc<AtomicUsize>,
    calls: HashMap<CallId, Segmenter>,
}

impl Hearing {
    fn run(mut self, tapping: &Tapping) {
        while let Ok(tapped) = tapping.next(self.calls.values().filter_map(Segmenter::due).min()) {
            match tapped {
                Some(Tapped::Said(Said { call, line, packet, began })) => {
                    // Of a third line nobody could say whose it is.
                    let Some(side) = [Side::Caller, Side::Handler].get(line) else { continue };
                    let segmenter = self.calls.entry(call).or_insert_with(|| {
                        self.captions.expect(call);
                        Segmenter::new(began)
                    });
                    let cut = segmenter.take(*side, &packet);
                    self.hand_on(call, cut);
                }
                Some(Tapped::Ended(call, _)) => {
                    let cut = self.calls.remove(&call).map(Segmenter::end).unwrap_or_default();
                    self.hand_on(call, cut);
                    let _server_stops = self.jobs.send(Job::Ended(call));
                }
                None => {}
            }
            let now = Instant::now();
            let over: Vec<_> = self.calls.iter_mut().map(|(call, segmenter)| (*call, segmenter.wake(now))).collect();
            for (call, cut) in over {
                self.hand_on(call, cut);
            }
        }
    }

    fn hand_on(&self, call: CallId, cut: Vec<Utterance>) {
        for utterance in cut {
            if self.waiting.load(Ordering::Relaxed) >= MOST_WAITING {
                self.captions.miss(call, utterance.from, None);
                continue;
            }
            self.waiting.fetch_add(1, Ordering::Relaxed);
            let _server_stops = self.jobs.send(Job::Said(call, utterance));
        }
    }
}

struct Asking {
    server: Server,
    captions: Captions,
    waiting: Arc<AtomicUsize>,
}

impl Asking {
    fn run(&self, work: &Receiver<Job>) {
        for job in work {
            match job {
                Job::Said(call, Utterance { side, from, samples }) => {
                    match self.server.words(&speech(&samples)) {
                        Ok(words) => self.captions.write(call, Line { side, from, words }),
                        Err(why) => self.captions.miss(call, from, Some(why)),
                    }
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                }
                Job::Ended(call) => self.captions.end(call),
            }
        }
    }
}
