//! A policy tried on a journal, beside whoever writes it: it reads, and writes nothing.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

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
/// [`LoadError`] when the journal cannot be read.
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
    if progress(Progress { done: Seq(0), of }).is_break() {
        return Ok(None);
    }
    std::thread::scope(|scope| {
        let (give, pieces) = sync_channel(AHEAD);
        scope.spawn(move || read(journal, of, &give));
        // When this is left early, the pieces have no taker any more and the reading ends too.
        for piece in pieces {
            let piece: Vec<Entry> = piece?;
            for entry in &piece {
                until = until.max(entry.known);
                lab.take(entry);
            }
            let done = piece.last().map_or(of, |last| Seq(last.seq));
            if progress(Progress { done, of }).is_break() {
                return Ok(None);
            }
        }
        Ok(Some(lab.finish(until)))
    })
}

fn read(journal: &dyn Read, last: Seq, give: &SyncSender<Result<Vec<Entry>, LoadError>>) {
    let mut from = Seq(1);
    while from <= last {
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
