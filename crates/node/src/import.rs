//! Loading history: recorded messages in big commits (FEED.md "Three times": a line is known when it says so, else at the latest
//! `at` of the lines so far; one more than 24 h ahead of both its neighbours is a fault and moves no clock).

use std::collections::VecDeque;
use std::sync::Arc;

use alongside_desk::message::{Fault, Message};
use alongside_desk::time::{Period, Timestamp};

use crate::inbox::{Inbox, Job, Pending, Recorded};
use crate::offer::Receipt;
use crate::refused::Refused;

/// Messages in one commit.
const TOGETHER: usize = 10_000;

/// Commits on their way while the next lines are read.
const AHEAD: usize = 2;

/// How far ahead of both its neighbours a line may be.
const FURTHEST: Period = Period::hours(24);

/// Faulty and conflicting lines named in a report; the rest are counted.
const MOST_NAMED: usize = 10_000;

/// One recorded message.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which, as the caller counts.
    pub number: u64,
    /// As it was recorded, as JSON.
    pub raw: Arc<str>,
    /// What it says.
    pub message: Message,
}

/// A line that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// Which.
    pub line: u64,
    /// Why.
    pub fault: Fault,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Lines that are durable, or were found to be there already.
    pub lines: u64,
}

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Messages that are new.
    pub taken: u64,
    /// Messages that were here before.
    pub duplicates: u64,
    /// Lines not taken.
    pub refused: u64,
    /// The first of them, each with its line. Those whose id was here with other content are in the rejects list too.
    pub faults: Vec<LineFault>,
}

impl ImportReport {
    fn fault(&mut self, line: u64, pointer: &str, what: &str) {
        self.refused += 1;
        if self.faults.len() < MOST_NAMED {
            let fault = Fault { pointer: pointer.to_owned(), what: what.to_owned() };
            self.faults.push(LineFault { line, fault });
        }
    }
}

/// Gives each line its `known`, holding one back until its neighbour is seen.
#[derive(Default)]
struct Recording {
    clock: Timestamp,
    last_at: Option<Timestamp>,
    waiting: Option<Line>,
}

impl Recording {
    fn next(&mut self, next: Option<Line>, report: &mut ImportReport) -> Option<(u64, Recorded)> {
        let next_at = next.as_ref().map(|line| line.message.at);
        let this = std::mem::replace(&mut self.waiting, next)?;
        let ahead = |of: Option<Timestamp>| of.is_some_and(|of| this.message.at > of.plus(FURTHEST));
        if ahead(next_at) && (self.last_at.is_none() || ahead(self.last_at)) {
            report.fault(this.number, "/at", "is more than 24 h ahead of the lines beside it");
            return None;
        }
        self.last_at = Some(this.message.at);
        let known = this.message.known.unwrap_or_else(|| self.clock.max(this.message.at));
        self.clock = self.clock.max(known);
        Some((this.number, Recorded { raw: this.raw, message: this.message, known }))
    }
}

/// Reads the lines on this thread while the writer takes those before them.
pub(crate) fn run(
    inbox: &Inbox,
    feed: &Arc<str>,
    lines: &mut dyn Iterator<Item = Line>,
    progress: &mut dyn FnMut(ImportProgress),
) -> Result<ImportReport, Refused> {
    let mut report = ImportReport::default();
    let mut recording = Recording::default();
    let mut sent: VecDeque<(Vec<u64>, Pending<Vec<Receipt>>)> = VecDeque::new();
    let mut done = ImportProgress::default();
    let mut ended = false;
    while !ended || !sent.is_empty() {
        let mut numbers = Vec::new();
        let mut together = Vec::new();
        while !ended && together.len() < TOGETHER {
            let next = lines.next();
            ended = next.is_none();
            if let Some((number, line)) = recording.next(next, &mut report) {
                numbers.push(number);
                together.push(line);
            }
        }
        if !together.is_empty() {
            let (reply, pending) = Pending::new();
            inbox.put_when_room(Job::Import { feed: feed.clone(), lines: together, reply });
            sent.push_back((numbers, pending));
        }
        if (sent.len() >= AHEAD || ended)
            && let Some((numbers, pending)) = sent.pop_front()
        {
            let receipts = pending.wait()?;
            done.lines += receipts.len() as u64;
            for (number, receipt) in numbers.into_iter().zip(receipts) {
                match receipt {
                    Receipt::Taken => report.taken += 1,
                    Receipt::Duplicate => report.duplicates += 1,
                    Receipt::Conflict | Receipt::Rejected(_) => {
                        report.fault(number, "/id", "a message before has the same id and says something else");
                    }
                }
            }
            progress(done);
        }
    }
    Ok(report)
}
