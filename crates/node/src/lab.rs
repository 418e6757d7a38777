//! A policy tried on a journal, beside whoever writes it: it reads, and writes nothing.

use std::ops::ControlFlow;
use std::sync::Arc;
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

/// Tries a policy on a journal: on what was known from an instant on, up to the journal's end as it is now. One thread reads and
/// opens the entries, this one folds and judges them. `progress` is called between pieces, and ends the trial when it breaks.
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
    std::thread::scope(|scope| {
        let (give, pieces) = sync_channel(AHEAD);
        // What was judged goes back to be let go of by the thread that made it, which has the less to do of the two.
        let (give_back, done_with) = channel();
        scope.spawn(move || read(journal, of, &give, &done_with));
        // When this is left early, the pieces have no taker any more and the reading ends too.
        for piece in pieces {
            let piece: Vec<Entry> = piece?;
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

/// A piece of the journal, opened, or why it cannot be.
type Piece = Result<Vec<Entry>, LoadError>;

fn read(journal: &dyn Read, last: Seq, give: &SyncSender<Piece>, done_with: &Receiver<Vec<Entry>>) {
    let mut from = Seq(1);
    while from <= last {
        drop(done_with.try_iter().collect::<Vec<_>>());
        let piece = journal.read(from, STEP).map_err(LoadError::from).and_then(|entries| {
            let known = entries.iter().filter(|entry| entry.seq <= last);
            known.map(opened).collect::<Result<Vec<_>, _>>()
        });
        let next = piece.as_ref().ok().and_then(|piece| piece.last()).map(|entry| Seq(entry.seq).next());
        if give.send(piece).is_err() {
            return;
        }
        let Some(next) = next else { return };
        from = next;
    }
}
