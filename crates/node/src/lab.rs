//! A policy tried on a journal, beside whoever writes it: it reads, and writes nothing.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use alongside_desk::Entry;
use alongside_desk::lab::{Lab, Report};
use alongside_desk::time::Timestamp;
use alongside_desk::watch::Policy;
use alongside_desk::watch::lexicon::Lexicon;
use alongside_journal::{Read, Seq};

use crate::load::{LoadError, Progress, opened};

/// Entries read and opened at a time, and between two words of progress.
const STEP: usize = 2048;

/// How many such pieces may wait to be judged.
const AHEAD: usize = 4;

/// Tries a policy on a journal: on what was known from an instant on, up to the journal's end as it is now. One thread reads the
/// entries, this one folds and judges them, and whichever has the less to do decodes them in between. `progress` is called between
/// pieces, and ends the trial when it breaks.
///
/// Gives nothing when it was ended.
///
/// # Errors
/// [`LoadError`] when the journal cannot be read, or an entry of it is missing or out of its place.
pub fn try_policy(
    journal: &(dyn Read + Sync),
    policy: Policy,
    lexicon: Arc<Lexicon>,
    from: Timestamp,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<Report>, LoadError> {
    let of = journal.last_seq()?;
    let mut lab = Lab::new(policy, lexicon, from);
    let mut until = from;
    let mut next = Seq(1);
    if progress(Progress { done: Seq(0), of }).is_break() {
        return Ok(None);
    }
    let waiting = &AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (give, pieces) = sync_channel(AHEAD);
        // What was judged goes back to be let go of by the thread that reads, while this one judges the next.
        let (give_back, done_with) = channel();
        scope.spawn(move || read(journal, of, &Pieces { give, waiting }, &done_with));
        // When this is left early, the pieces have no taker any more and the reading ends too.
        for piece in pieces {
            waiting.fetch_sub(1, Ordering::Relaxed);
            let piece = match piece? {
                Piece::Decoded(piece) => piece,
                Piece::Read(piece) => decoded(&piece)?,
            };
            for entry in &piece {
                // A trial that passed an entry over would be wrong and not look it.
                if entry.seq != next.0 {
                    return Err(LoadError::Missing(next));
                }
                next = next.next();
                until = until.max(entry.known);
                lab.take(entry);
            }
            let done = piece.last().map_or(of, |last| Seq(last.seq));
            // Nobody takes it when all is read: then it is let go of here.
            let _ = give_back.send(piece);
            if progress(Progress { done, of }).is_break() {
                return Ok(None);
            }
        }
        if next <= of {
            return Err(LoadError::Missing(next));
        }
        Ok(Some(lab.finish(until)))
    })
}

/// A piece of the journal.
enum Piece {
    /// As it was read, for a judge who waits for nothing else.
    Read(Vec<alongside_journal::Entry>),
    Decoded(Vec<Entry>),
}

fn decoded(piece: &[alongside_journal::Entry]) -> Result<Vec<Entry>, LoadError> {
    piece.iter().map(opened).collect()
}

/// Where pieces go, and how many of them wait there to be judged.
struct Pieces<'a> {
    give: SyncSender<Result<Piece, LoadError>>,
    waiting: &'a AtomicUsize,
}

impl Pieces<'_> {
    /// Decodes a piece, unless the judge has none left: then it is sooner judged when the judge does that.
    fn give(&self, piece: Result<Vec<alongside_journal::Entry>, LoadError>) -> Result<(), Closed> {
        let is_hungry = self.waiting.load(Ordering::Relaxed) == 0;
        let piece = piece
            .and_then(|piece| if is_hungry { Ok(Piece::Read(piece)) } else { decoded(&piece).map(Piece::Decoded) });
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.give.send(piece).map_err(|_| Closed)
    }
}

/// Nobody takes pieces any more.
struct Closed;

fn read(journal: &dyn Read, last: Seq, pieces: &Pieces<'_>, done_with: &Receiver<Vec<Entry>>) {
    let mut from = Seq(1);
    while from <= last {
        drop(done_with.try_iter().collect::<Vec<_>>());
        let piece = journal.read(from, STEP).map_err(LoadError::from).map(|mut entries| {
            entries.retain(|entry| entry.seq <= last);
            entries
        });
        let next = piece.as_ref().ok().and_then(|piece| piece.last()).map(|entry| entry.seq.next());
        if pieces.give(piece).is_err() {
            return;
        }
        let Some(next) = next else { return };
        from = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_with_nothing_left_decodes_what_was_read() {
        let waiting = &AtomicUsize::new(0);
        let (give, taken) = sync_channel(AHEAD);
        let pieces = Pieces { give, waiting };
        for _ in 0..2 {
            assert!(pieces.give(Ok(Vec::new())).is_ok());
        }
        assert!(matches!(taken.recv(), Ok(Ok(Piece::Read(_)))), "the judge waited for it");
        assert!(matches!(taken.recv(), Ok(Ok(Piece::Decoded(_)))), "it had another");
        assert_eq!(waiting.load(Ordering::Relaxed), 2);
        drop(taken);
        assert!(pieces.give(Ok(Vec::new())).is_err());
    }
}
