//! Law 1, asked of a replay: what comes back from the journal makes the state that was there.

use alongside_desk::replay::Replay;
use alongside_desk::{Desk, Entry, Event};
use proptest::prelude::*;

use crate::recorded::replayed;
use crate::story::{LEXICON_READ, empty_desk};

/// A state as it is kept.
pub fn bytes(desk: &Desk) -> Vec<u8> {
    postcard::to_stdvec(desk.state()).expect("a state that can be written")
}

/// Holds that a replay's entries make its state again, from the start and from a snapshot after this part of them (0 to 1).
pub fn same_state(replay: &Replay, cut: f64) -> Result<(), TestCaseError> {
    let entries = replay.entries();
    prop_assert_eq!(bytes(replay.desk()), bytes(&fold(empty_desk(), entries)));
    let at = (entries.len() as f64 * cut) as usize;
    let state = postcard::from_bytes(&bytes(&fold(empty_desk(), &entries[..at]))).expect("a state that can be read");
    let desk = fold(Desk::from_state(state, LEXICON_READ.clone()), &entries[at..]);
    prop_assert_eq!(bytes(replay.desk()), bytes(&desk));
    Ok(())
}

fn fold<'a>(from: Desk, entries: impl IntoIterator<Item = &'a Entry>) -> Desk {
    let mut desk = from;
    for entry in entries {
        // What is kept is what comes back from the journal.
        let event = entry.event.as_ref().expect("an event");
        let body = event.encode().expect("a body");
        let again = Event::decode(event.kind(), Event::VERSION, &body).expect("an event");
        desk.apply(&Entry { event: Some(again), ..entry.clone() });
    }
    desk
}

/// A snapshot is a state's bytes, without names: one of another form cannot be read, or is read wrong. So whoever changes what a state is made
/// of, the linker's settings among it, raises the version with it. The length stands for the form; it may change with the policy's or the
/// linker's values too, and then the version may stay.
#[test]
fn a_state_of_another_form_is_another_version_of_the_fold() {
    let length = bytes(replayed("fourteen-ticks-and-out").desk()).len();
    assert_eq!((Desk::FOLD_VERSION, length), (21, 45_415));
}
