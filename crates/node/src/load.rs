//! From the journal to the state: the newest snapshot and the tail after it, or everything from the first entry.

use std::sync::Arc;

use alongside_desk::event::NotAnEvent;
use alongside_desk::watch::Policy;
use alongside_desk::watch::lexicon::Lexicon;
use alongside_desk::{Actor, Desk, Entry, Event, State};
use alongside_journal::{Read, Seq, Snapshot, StoreError};

use crate::reject::Rejects;
use crate::shelf;

/// How far a fold has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The last entry folded.
    pub done: Seq,
    /// The last entry there is.
    pub of: Seq,
}

/// Why the state could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The journal cannot be read.
    #[error("the journal cannot be read")]
    Store(#[from] StoreError),
    /// An entry is not one that this program, or one before it, wrote.
    #[error("entry {seq} cannot be folded")]
    Entry {
        /// Its place.
        seq: Seq,
        /// What is wrong with it.
        #[source]
        source: NotAnEvent,
    },
    /// An entry is not where it must be: the one before it is followed by another.
    #[error("entry {0} is missing or out of its place")]
    Missing(Seq),
    /// A state or a reject cannot be put into its form, or taken out of it.
    #[error("a state does not fit its form")]
    Form(#[from] postcard::Error),
}

/// The state, as it was folded.
pub(crate) struct Loaded {
    pub desk: Desk,
    pub rejects: Rejects,
    /// The snapshot that it was folded from; 0 when it was folded from the first entry.
    pub from: Seq,
}

/// How many entries pass between two words of progress.
const STEP: u64 = 4096;

/// Folds the journal.
pub(crate) fn load(
    journal: &dyn Read,
    snapshot: Option<&Snapshot>,
    lexicon: &Arc<Lexicon>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Loaded, LoadError> {
    let last = journal.last_seq()?;
    // Beyond the journal's end a snapshot would be of a journal that was put back from an older backup.
    let kept = snapshot.filter(|s| s.seq <= last).and_then(|s| {
        let kept = shelf::unpack(s);
        if kept.is_none() {
            tracing::warn!(seq = s.seq.0, "a snapshot is not what its digest says and is passed over");
        }
        kept
    });
    let from = kept.as_ref().map_or(Seq(0), |(state, _)| Seq(state.seq));
    let (mut desk, mut rejects) = match kept {
        Some((state, rejects)) => (Desk::from_state(state, lexicon.clone()), rejects),
        // The first entry of every journal sets the policy, so that this one is never judged by.
        None => (Desk::new(Arc::new(Policy::shipped()), lexicon.clone()), Rejects::default()),
    };
    progress(Progress { done: from, of: last });
    let mut failed = None;
    journal.for_each(from.next(), &mut |entry| {
        if failed.is_some() {
            return;
        }
        match fold(&mut desk, &mut rejects, &entry) {
            Ok(()) if entry.seq.0 % STEP == 0 => progress(Progress { done: entry.seq, of: last }),
            Ok(()) => {}
            Err(error) => failed = Some(error),
        }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    progress(Progress { done: last, of: last });
    Ok(Loaded { desk, rejects, from })
}

/// Folds one entry.
fn fold(desk: &mut Desk, rejects: &mut Rejects, entry: &alongside_journal::Entry) -> Result<(), LoadError> {
    rejects.fold(entry)?;
    desk.apply(&opened(entry)?);
    Ok(())
}

/// An entry as the desk folds it: without an event when it is the node's or the journal's own, or was redacted.
pub(crate) fn opened(entry: &alongside_journal::Entry) -> Result<Entry, LoadError> {
    let event = match entry.body.open() {
        Some(body) if !entry.kind.starts_with("node.") && !entry.kind.starts_with("journal.") => Some(
            Event::decode(&entry.kind, entry.version, body)
                .map_err(|source| LoadError::Entry { seq: entry.seq, source })?,
        ),
        _ => None,
    };
    Ok(Entry {
        seq: entry.seq.0,
        at: entry.at,
        known: entry.known,
        received: entry.received,
        actor: Actor(entry.actor.as_str().into()),
        event,
    })
}

/// Folds the whole journal from its first entry and gives the digest of the state: what a snapshot and its tail must come to as well.
pub(crate) fn digest_from_zero(journal: &dyn Read, lexicon: &Arc<Lexicon>) -> Result<[u8; 32], LoadError> {
    let loaded = load(journal, None, lexicon, &mut |_| ())?;
    shelf::digest(state_of(&loaded.desk))
}

fn state_of(desk: &Desk) -> &State {
    desk.state()
}
