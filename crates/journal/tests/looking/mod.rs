//! Views for tests.

use std::borrow::Cow;

use alongside_journal::{ActorId, Moment, NewView, Seq, StreamId};

use crate::conformance::MORNING;

/// A page about streams `n` and 100, drawn for one of two people.
pub fn view(n: u64) -> NewView {
    NewView {
        at: MORNING,
        actor: ActorId::new(format!("staff:{}", n % 2)),
        screen: Cow::Borrowed("case"),
        moment: Moment::Page,
        subjects: vec![StreamId(u128::from(n)), StreamId(100)],
        rights: "specialist".into(),
        shown: (Seq(n), Seq(n)),
        why: "on duty at the desk".into(),
    }
}
