//! Looking is an act (law 8): the log of views.

mod conformance;
mod looking;

use std::borrow::Cow;

use alongside_journal::{
    ActorId, AppendError, Moment, NewView, Seq, Store, StreamId, VIEWS_FILE, ViewQuery, ViewSeq, Views, verify,
};
use conformance::{Folder, Ground, entry};
use looking::view;

fn places(views: &dyn Views, query: ViewQuery) -> Vec<u64> {
    views.views(&query).expect("readable").iter().map(|view| view.seq.0).collect()
}

#[test]
fn law_8_a_view_is_there_when_the_append_has_returned() {
    let folder = Folder::default();
    let store = folder.open();
    let mut views = store.views().expect("views");
    assert_eq!(views.last_view().expect("readable"), ViewSeq(0));
    let live = NewView { moment: Moment::Continued, shown: (Seq(4), Seq(9)), ..view(3) };
    assert_eq!(views.append_views(&[view(1), view(2)]).expect("journalled"), ViewSeq(2));
    assert_eq!(views.append_views(std::slice::from_ref(&live)).expect("journalled"), ViewSeq(3));
    assert_eq!(views.append_views(&[]).expect("nothing"), ViewSeq(3));
    let cut = folder.cut();
    let store = cut.open();
    let views = store.views().expect("views");
    let all = ViewQuery { limit: 10, ..ViewQuery::default() };
    let read = views.views(&all).expect("readable");
    assert_eq!(read.iter().map(|view| view.view.clone()).collect::<Vec<_>>(), [view(1), view(2), live]);
    assert_eq!(store.reader().expect("a reader").views(&all).expect("readable"), read);
}

#[test]
fn who_looked_at_whom_can_be_asked() {
    let folder = Folder::default();
    let mut views = folder.open().views().expect("views");
    views.append_views(&[1, 2, 3, 4, 5].map(view)).expect("journalled");
    let all = ViewQuery { limit: 10, ..ViewQuery::default() };
    let of = |n: u128| ViewQuery { subject: Some(StreamId(n)), ..all.clone() };
    assert_eq!(places(&views, of(3)), [3]);
    assert_eq!(places(&views, of(100)), [1, 2, 3, 4, 5]);
    assert_eq!(places(&views, of(9)), [0; 0]);
    let by = ViewQuery { actor: Some(ActorId::new("staff:1")), ..all.clone() };
    assert_eq!(places(&views, by.clone()), [1, 3, 5]);
    assert_eq!(places(&views, ViewQuery { subject: Some(StreamId(3)), from: ViewSeq(3), ..by.clone() }), [3]);
    assert_eq!(places(&views, ViewQuery { from: ViewSeq(2), limit: 1, ..by }), [3]);
}

#[test]
fn views_and_decisions_do_not_wait_for_each_other() {
    let folder = Folder::default();
    let mut store = folder.open();
    let mut views = store.views().expect("views");
    // While the journal is being written by something that does not end, views go on, and the other way round.
    let hold = |file: &str| {
        let connection = rusqlite::Connection::open(folder.path().join(file)).expect("the database");
        connection.execute_batch("BEGIN IMMEDIATE").expect("held");
        connection
    };
    let held = hold(alongside_journal::JOURNAL_FILE);
    views.append_views(&[view(1)]).expect("journalled");
    drop(held);
    let _held = hold(VIEWS_FILE);
    store.append(&[entry(1, "decided")]).expect("taken");
}

#[test]
fn a_full_disk_refuses_the_view_and_passes() {
    let folder = Folder::default();
    let store = folder.open();
    let mut views = store.views().expect("views");
    views.cap(Some(100 << 10)).expect("capped");
    let long = NewView { why: "w".repeat(6000), ..view(1) };
    let mut taken = 0;
    let refused = loop {
        assert!(taken < 1000, "the cap holds");
        match views.append_views(&[long.clone(), long.clone()]) {
            Ok(last) => taken = last.0,
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, AppendError::Full), "{refused:?}");
    assert_eq!(views.last_view().expect("readable"), ViewSeq(taken));
    views.cap(None).expect("lifted");
    assert_eq!(views.append_views(&[long]).expect("journalled"), ViewSeq(taken + 1));
    let report = verify(folder.path(), &mut |_| ()).expect("verified");
    assert!(report.is_sound(), "{:?}", report.faults);
    assert_eq!(report.views, taken + 1);
}

#[test]
fn what_breaks_a_form_is_refused() {
    let folder = Folder::default();
    let mut views = folder.open().views().expect("views");
    let wrong = [
        NewView { actor: ActorId::new("A Person"), ..view(1) },
        NewView { screen: Cow::Borrowed(""), ..view(1) },
        NewView { shown: (Seq(2), Seq(1)), ..view(1) },
        NewView { why: "w".repeat(70_000), ..view(1) },
        NewView { subjects: vec![StreamId(1); 10_001], ..view(1) },
    ];
    for (place, wrong) in wrong.into_iter().enumerate() {
        let refused = views.append_views(&[view(1), wrong]);
        assert!(matches!(refused, Err(AppendError::Invalid { index: 1, .. })), "{place}: {refused:?}");
    }
    assert_eq!(views.last_view().expect("readable"), ViewSeq(0));
    assert!(!folder.holds(b"on duty"), "reasons are sealed");
}
