//! A policy tried on a journal.

use std::ops::ControlFlow;
use std::sync::Arc;

use alongside_desk::lab::Lab;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::lexicon::{LEXICON, Lexicon};
use alongside_desk::watch::{POLICY, Policy};
use alongside_desk::{Actor, Entry, Event};
use alongside_journal::{SourceId, SqliteReader, StoreError, StreamId};
use alongside_node::{Body, Entry as Kept, LoadError, Node, Read, Seq, try_policy};
use tempfile::TempDir;

use crate::night::{EVENING, at, night, offers, open};

#[test]
fn a_trial_reads_the_journal_to_its_end_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    node.take("cad", EVENING, offers(&night(EVENING, 60))).wait().expect("kept");
    let before = node.journal().last_seq().expect("readable");
    let mut seen = Vec::new();
    let policy = Policy::parse(POLICY).expect("a policy");
    let report = node
        .try_policy(policy, EVENING, &mut |at| {
            seen.push(at);
            ControlFlow::Continue(())
        })
        .expect("readable")
        .expect("through");
    assert!(report.rules.len() >= 45);
    assert_eq!(report.was, report.would);
    assert_eq!((seen.first().map(|at| at.done), seen.last().map(|at| at.done)), (Some(Seq(0)), Some(before)));
    assert_eq!(node.journal().last_seq().expect("readable"), before);
}

/// A node whose journal takes several steps to read.
fn long() -> (TempDir, Node) {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, _) = open(folder.path());
    for part in 0..4 {
        let messages: Vec<String> =
            (0..1500).map(|n| format!(r#"{{"id":"a{part}-{n}","at":"{EVENING}","type":"feed.alive"}}"#)).collect();
        node.take("cad", EVENING, offers(&messages)).wait().expect("kept");
    }
    (folder, node)
}

#[test]
fn a_trial_ends_when_it_is_told_to() {
    let (_folder, node) = long();
    let policy = Policy::parse(POLICY).expect("a policy");
    let mut steps = 0;
    let ended = node.try_policy(policy, EVENING, &mut |at| {
        steps += 1;
        if at.done > Seq(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((ended.expect("readable"), steps), (None, 2));
}

#[test]
fn a_node_that_stops_waits_for_no_trial() {
    let (_folder, node) = long();
    let policy = Policy::parse(POLICY).expect("a policy");
    let mut steps = 0;
    let ended = node.try_policy(policy, EVENING, &mut |_| {
        steps += 1;
        node.shutdown();
        ControlFlow::Continue(())
    });
    assert_eq!((ended.expect("readable"), steps), (None, 1));
}

/// A node with a long night.
fn busy() -> (TempDir, Node) {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, clock) = open(folder.path());
    let messages = night(EVENING, 5000);
    for part in messages.chunks(500) {
        node.take("cad", EVENING, offers(part)).wait().expect("kept");
    }
    clock.set(at(5000 * 20));
    (folder, node)
}

/// A policy under which such a night comes to something else.
fn sooner() -> Policy {
    Policy::parse(&POLICY.replacen("amber = { is = 66", "amber = { is = 40", 1)).expect("a policy")
}

fn lexicon() -> Arc<Lexicon> {
    Arc::new(Lexicon::parse(LEXICON).expect("a lexicon"))
}

/// What a lab comes to that is given one entry after another on one thread.
fn one_by_one(journal: &SqliteReader, policy: Policy, from: Timestamp) -> alongside_desk::lab::Report {
    let (mut lab, mut until) = (Lab::new(policy, lexicon(), from), from);
    let take = &mut |kept: Kept| {
        let open = |body: &[u8]| Event::decode(&kept.kind, kept.version, body).expect("an event");
        let event = match &kept.body {
            Body::Open(body) if !kept.kind.starts_with("node.") && !kept.kind.starts_with("journal.") => {
                Some(open(body))
            }
            _ => None,
        };
        let actor = Actor(kept.actor.as_str().into());
        until = until.max(kept.known);
        lab.take(&Entry { seq: kept.seq.0, at: kept.at, known: kept.known, received: kept.received, actor, event });
    };
    journal.for_each(Seq(1), take).expect("readable");
    lab.finish(until)
}

#[test]
fn a_trial_that_reads_ahead_comes_to_what_one_entry_after_another_comes_to() {
    let (_folder, node) = busy();
    let journal = node.journal();
    assert!(journal.last_seq().expect("readable") > Seq(2 * 2048), "it is read in several pieces");
    let expected = one_by_one(&journal, sooner(), EVENING);
    let report = node.try_policy(sooner(), EVENING, &mut |_| ControlFlow::Continue(())).expect("readable");
    let report = report.expect("through");
    assert!(report.was.flags > 100 && report.was != report.would, "{report:?}");
    assert_eq!(report, expected);
}

/// What is done to a piece of the journal on its way.
type Wrong = fn(&mut Vec<Kept>);

/// A journal that hands its entries over wrongly from a place on.
struct Torn(SqliteReader, Wrong);

impl Read for Torn {
    fn last_seq(&self) -> Result<Seq, StoreError> {
        self.0.last_seq()
    }

    fn read(&self, from: Seq, limit: usize) -> Result<Vec<Kept>, StoreError> {
        let mut entries = self.0.read(from, limit)?;
        if from > Seq(1) {
            self.1(&mut entries);
        }
        Ok(entries)
    }

    fn for_each(&self, from: Seq, take: &mut dyn FnMut(Kept)) -> Result<(), StoreError> {
        self.0.for_each(from, take)
    }

    fn read_one(&self, seq: Seq) -> Result<Option<Kept>, StoreError> {
        self.0.read_one(seq)
    }

    fn read_many(&self, seqs: &[Seq]) -> Result<Vec<Kept>, StoreError> {
        self.0.read_many(seqs)
    }

    fn find_source(&self, source: &SourceId) -> Result<Option<Seq>, StoreError> {
        self.0.find_source(source)
    }

    fn stream_version(&self, stream: StreamId) -> Result<u64, StoreError> {
        self.0.stream_version(stream)
    }
}

#[test]
fn a_trial_fails_rather_than_pass_an_entry_over_or_take_one_twice() {
    let (_folder, node) = busy();
    let wrongs: [(&str, Wrong); 4] = [
        ("one is lost", |entries| drop(entries.remove(7))),
        ("two change places", |entries| entries.swap(7, 8)),
        ("the end is lost", Vec::clear),
        ("one comes twice", |entries| entries.insert(7, entries[7].clone())),
    ];
    for (name, wrong) in wrongs {
        let torn = Torn(node.journal(), wrong);
        let ended = try_policy(&torn, sooner(), lexicon(), EVENING, &mut |_| ControlFlow::Continue(()));
        assert!(matches!(ended, Err(LoadError::Missing(seq)) if seq > Seq(2048)), "{name}: {ended:?}");
    }
}
