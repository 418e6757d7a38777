//! Snapshots: how the state is put on the shelf and taken down again.
//!
//! While the node runs, a thread of its own makes each snapshot from the one before it and the journal's tail, so that the writer
//! never waits for one, and every snapshot is made by folding.

use alongside_desk::{Desk, State};
use alongside_journal::{Seq, Snapshot};
use sha2::{Digest as _, Sha256};

use crate::load::LoadError;
use crate::reject::Rejects;

/// The digest of a state: SHA-256 over its one form.
pub(crate) fn digest(state: &State) -> Result<[u8; 32], LoadError> {
    Ok(Sha256::digest(postcard::to_allocvec(state)?).into())
}

/// Puts a state into the form that is kept.
pub(crate) fn pack(state: &State, rejects: &Rejects) -> Result<Snapshot, LoadError> {
    let state_bytes = postcard::to_allocvec(state)?;
    let state_digest = Sha256::digest(&state_bytes).into();
    let mut bytes = (state_bytes.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(&state_bytes);
    bytes.extend(postcard::to_allocvec(rejects)?);
    Ok(Snapshot { fold_version: Desk::FOLD_VERSION, seq: Seq(state.seq), state_digest, bytes })
}

/// Takes a state out of it; `None` when it is not what its digest says.
pub(crate) fn unpack(snapshot: &Snapshot) -> Option<(State, Rejects)> {
    let (length, rest) = snapshot.bytes.split_first_chunk::<8>()?;
    let (state, rejects) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    if <[u8; 32]>::from(Sha256::digest(state)) != snapshot.state_digest {
        return None;
    }
    let state: State = postcard::from_bytes(state).ok()?;
    (state.seq == snapshot.seq.0).then_some(())?;
    Some((state, postcard::from_bytes(rejects).ok()?))
}
