//! One turn of the writer: what is decided and applied between two commits. How the desk is driven is `desk::replay`'s contract.

use std::sync::Arc;

use alongside_desk::event::{NotAnEvent, Take};
use alongside_desk::message::{Body, Message};
use alongside_desk::replay::same_content;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::Policy;
use alongside_desk::{Actor, Command, Desk, Entry, Event};
use alongside_journal::{Body as Kept, Read, Seq, SourceId, SourceKey, SqliteStore, StoreError};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::batch::{Batch, Draft, Times};
use crate::changed;
use crate::identity;
use crate::inbox::Recorded;
use crate::offer::{Act, Acted, Document, Offer, Reading, Receipt};
use crate::refused::Refused;
use crate::reject::{RejectedFor, Rejects, VERSION};
use crate::topic::Topic;

mod reject;

/// The kind of an entry that keeps a document of another format whole.
const DOCUMENT: &str = "node.document";

/// Why a turn failed: nothing of it may stand.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TurnError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Event(#[from] NotAnEvent),
    #[error(transparent)]
    Form(#[from] postcard::Error),
}

/// A turn under way.
pub(crate) struct Turn<'a> {
    pub desk: &'a mut Desk,
    pub journal: &'a SqliteStore,
    pub key: &'a SourceKey,
    pub rejects: &'a Rejects,
    pub batch: Batch,
    /// The latest `known` so far: it never goes back.
    pub clock: Timestamp,
    /// When the turn began.
    pub now: Timestamp,
}

/// What a feed delivered, out of an entry's body.
#[derive(Deserialize)]
struct Delivered<'a> {
    #[serde(borrow)]
    raw: &'a RawValue,
}

/// The message as it was delivered, out of a `taken` entry.
pub(crate) fn delivered(entry: &alongside_journal::Entry) -> Option<Arc<str>> {
    match &entry.body {
        Kept::Open(body) if entry.kind == "taken" => {
            serde_json::from_slice::<Delivered<'_>>(body).ok().map(|d| d.raw.get().into())
        }
        _ => None,
    }
}

impl Turn<'_> {
    /// Takes messages of a live feed: known at receipt.
    pub fn take(&mut self, feed: &Arc<str>, received: Timestamp, offers: &[Offer]) -> Result<Vec<Receipt>, TurnError> {
        let mut receipts = Vec::with_capacity(offers.len());
        for offer in offers {
            let receipt = self.offer(feed, received, offer)?;
            match &receipt {
                Receipt::Conflict => self.reject(feed, received, offer, RejectedFor::Conflict)?,
                Receipt::Rejected(faults) => self.reject(feed, received, offer, RejectedFor::Faults(faults.clone()))?,
                Receipt::Taken | Receipt::Duplicate => {}
            }
            receipts.push(receipt);
        }
        Ok(receipts)
    }

    /// Takes recorded messages, each known when the record says.
    pub fn import(&mut self, feed: &Arc<str>, lines: &[Recorded]) -> Result<Vec<Receipt>, TurnError> {
        let mut receipts = Vec::with_capacity(lines.len());
        for line in lines {
            let receipt = self.message(feed, &line.raw, &line.message, line.known, self.now)?;
            if receipt == Receipt::Conflict {
                let raw = line.raw.as_bytes();
                let content =
                    sha2::Digest::finalize(sha2::Digest::chain_update(<sha2::Sha256 as sha2::Digest>::new(), raw));
                self.reject_raw(feed, self.now, raw, raw.len(), content.into(), RejectedFor::Conflict)?;
            }
            receipts.push(receipt);
        }
        Ok(receipts)
    }

    fn offer(&mut self, feed: &Arc<str>, received: Timestamp, offer: &Offer) -> Result<Receipt, TurnError> {
        match &offer.reading {
            Reading::Message { raw, message } => self.message(feed, raw, message, received.max(self.clock), received),
            Reading::Faulty { faults, .. } => Ok(Receipt::Rejected(faults.clone())),
        }
    }

    fn message(
        &mut self,
        feed: &Arc<str>,
        raw: &Arc<str>,
        message: &Message,
        known: Timestamp,
        received: Timestamp,
    ) -> Result<Receipt, TurnError> {
        let source = identity::of_message(self.key, feed, &message.id);
        if let Some(before) = self.find(&source)? {
            // What was redacted cannot be compared, and is not to come back.
            let same = before.is_none_or(|before| same_content(&before, raw));
            return Ok(if same { Receipt::Duplicate } else { Receipt::Conflict });
        }
        self.run_to(known, false)?;
        let original = match &message.body {
            Body::Corrected { corrects, .. } => self.find(&identity::of_message(self.key, feed, corrects))?.flatten(),
            _ => None,
        };
        self.clock = self.clock.max(known);
        let actor = actor_of(feed, self.key);
        let take = Take { feed: feed.clone(), raw: raw.clone(), message: Arc::new(message.clone()), known, original };
        let decided = self.desk.decide(&Command::Take(Box::new(take)), &actor, known);
        let times = Times { at: message.at, known, received };
        // Taking is never refused: `decide` says so by its type for staff only.
        for event in decided.unwrap_or_default() {
            let (stream, actor, source, raw) = match &event {
                Event::Taken(_) => (Topic::of_message(feed, message), actor.clone(), Some(source), Some(raw.clone())),
                // What a message ends in the desk is the desk's word, not the feed's.
                Event::Staff(_) => (Topic::of_judgement(self.desk.state(), &event), Actor::desk(), None, None),
                _ => (Topic::Feed(feed.to_string()), actor.clone(), None, None),
            };
            self.write(event, &stream, times, &actor, source, None, raw)?;
        }
        self.judge_changes()?;
        Ok(Receipt::Taken)
    }

    /// Whether a source id is there: `Some(Some(raw))` with what was delivered, `Some(None)` when that is gone.
    fn find(&self, source: &SourceId) -> Result<Option<Option<Arc<str>>>, StoreError> {
        if let Some((_, raw)) = self.batch.source(source) {
            return Ok(Some(raw.clone()));
        }
        let Some(seq) = self.journal.find_source(source)? else { return Ok(None) };
        Ok(Some(self.journal.read_one(seq)?.as_ref().and_then(delivered)))
    }

    /// Keeps a document whole, once.
    pub fn keep(&mut self, feed: &Arc<str>, received: Timestamp, document: &Document) -> Result<(), TurnError> {
        let source = identity::of_document(self.key, feed, &document.content);
        if self.find(&source)?.is_none() {
            let payload = postcard::to_allocvec(&(&document.format, &*document.raw))?;
            let actor = actor_of(feed, self.key).0;
            self.note(&Topic::Feed(feed.to_string()), received, actor, DOCUMENT, Some(source), payload)?;
        }
        Ok(())
    }

    /// Does what a member of staff asks, once.
    pub fn act(&mut self, act: &Act) -> Result<Result<Acted, Refused>, TurnError> {
        let source = identity::of_request(self.key, &act.by, &act.command.request);
        let before = self.batch.source(&source).map(|(seq, _)| *seq);
        let before = before.map_or_else(|| self.journal.find_source(&source), |seq| Ok(Some(seq)))?;
        if let Some(seq) = before {
            return Ok(Ok(Acted { seq, repeated: true }));
        }
        let actor = Actor(act.by.clone());
        let about = Topic::of_work(self.desk.state(), &act.command.about(self.desk.state()), &actor);
        let stream = about.stream(self.key);
        if let Some(expected) = act.expected {
            let found = self.journal.stream_version(stream)? + self.batch.of_stream(stream);
            if found != expected {
                return Ok(Err(Refused::Overtaken { expected, found }));
            }
        }
        let at = self.now.max(self.clock);
        self.run_to(at, false)?;
        let events = match self.desk.decide(&Command::Staff(act.command.clone()), &actor, at) {
            Ok(events) => events,
            Err(refusal) => return Ok(Err(refusal.into())),
        };
        self.clock = at;
        let mut acted = Acted { seq: self.batch.last(), repeated: false };
        let times = Times { at, known: at, received: self.now };
        for (n, event) in events.into_iter().enumerate() {
            let first = n == 0;
            let (source, expected) = if first { (Some(source), act.expected) } else { (None, None) };
            let seq = self.write(event, &about, times, &actor, source, expected, None)?;
            if first {
                acted.seq = seq;
            }
        }
        self.judge_changes()?;
        Ok(Ok(acted))
    }

    /// Puts a policy in force, if it is another than the one that is; gives the last place.
    pub fn set_policy(&mut self, policy: &Arc<Policy>, by: &Arc<str>, why: &Arc<str>) -> Result<Seq, TurnError> {
        let empty = self.batch.last() == Seq(0);
        if !empty && self.desk.state().policy.version == policy.version {
            return Ok(self.batch.last());
        }
        let at = self.now.max(self.clock);
        if !empty {
            self.run_to(at, false)?;
        }
        let (actor, times) = (Actor(by.clone()), Times { at, known: at, received: self.now });
        let command = Command::SetPolicy { policy: policy.clone(), why: why.clone() };
        for event in self.desk.decide(&command, &actor, at).unwrap_or_default() {
            self.write(event, &Topic::Policy, times, &actor, None, None, None)?;
        }
        self.clock = at;
        self.judge_changes()?;
        Ok(self.batch.last())
    }

    /// Writes down the pace of the clock, if it is another than before; gives the last place.
    pub fn set_pace(&mut self, times: u32) -> Result<Seq, TurnError> {
        let at = self.now.max(self.clock);
        let (actor, received) = (Actor("node".into()), self.now);
        let times = Command::SetPace { times };
        for event in self.desk.decide(&times, &actor, at).unwrap_or_default() {
            self.run_to(at, false)?;
            self.write(event, &Topic::Node, Times { at, known: at, received }, &actor, None, None, None)?;
            self.clock = at;
        }
        Ok(self.batch.last())
    }

    /// Lets every clock run out that has by now; stops when a commit is full.
    pub fn wake(&mut self, most: usize) -> Result<(), TurnError> {
        let now = self.now.max(self.clock);
        self.run(now, true, most)
    }

    fn run_to(&mut self, to: Timestamp, inclusive: bool) -> Result<(), TurnError> {
        self.run(to, inclusive, usize::MAX)
    }

    fn run(&mut self, to: Timestamp, inclusive: bool, most: usize) -> Result<(), TurnError> {
        let mut last = None;
        let mut same = 0;
        while let Some(due) = self.desk.due().filter(|due| *due < to || (inclusive && *due == to)) {
            same = if last == Some(due) { same + 1 } else { 0 };
            last = Some(due);
            // A clock that has run out and is judged is off the agenda; going round in one place would hold up everything.
            if same > 64 || self.batch.entries.len() >= most {
                break;
            }
            self.clock = self.clock.max(due);
            self.judge(due)?;
            self.judge_changes()?;
        }
        Ok(())
    }

    /// Judges what a message changed, at the instant it was known. A match can change what other rules see, so this may go round.
    fn judge_changes(&mut self) -> Result<(), TurnError> {
        let now = self.clock;
        for _ in 0..64 {
            if !self.desk.has_changes() || self.desk.due().is_none_or(|due| due > now) {
                break;
            }
            self.judge(now)?;
        }
        Ok(())
    }

    fn judge(&mut self, at: Timestamp) -> Result<(), TurnError> {
        let actor = Actor::desk();
        let events = self.desk.decide(&Command::Wake, &actor, at).unwrap_or_default();
        let times = Times { at, known: at, received: self.now };
        for event in events {
            let topic = Topic::of_judgement(self.desk.state(), &event);
            let mut source = identity::of_judgement(self.key, self.desk.state(), &event);
            if let Some(id) = source
                && self.find(&id)?.is_some()
            {
                // With one writer this cannot be; a flag is never lost for it.
                tracing::error!(kind = event.kind(), "a decision of the desk has the id of an earlier one");
                source = None;
            }
            self.write(event, &topic, times, &actor, source, None, None)?;
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    fn write(
        &mut self,
        event: Event,
        topic: &Topic,
        times: Times,
        actor: &Actor,
        source: Option<SourceId>,
        expected: Option<u64>,
        raw: Option<Arc<str>>,
    ) -> Result<Seq, TurnError> {
        let payload = event.encode()?;
        let (kind, stream) = (event.kind(), topic.stream(self.key));
        let (version, actor_id) = (Event::VERSION, actor.0.clone());
        let draft = Draft { stream, times, actor: actor_id, kind, version, source, expected, payload };
        let seq = self.batch.push(draft, raw);
        self.apply(seq, times, actor.clone(), Some(event));
        Ok(seq)
    }

    /// An entry of the node's own, which the desk folds as nothing.
    pub fn note(
        &mut self,
        topic: &Topic,
        at: Timestamp,
        actor: Arc<str>,
        kind: &'static str,
        source: Option<SourceId>,
        payload: Vec<u8>,
    ) -> Result<Seq, TurnError> {
        let known = at.max(self.clock);
        self.run_to(known, false)?;
        self.clock = known;
        let (times, stream) = (Times { at, known, received: at }, topic.stream(self.key));
        let draft =
            Draft { stream, times, actor: actor.clone(), kind, version: VERSION, source, expected: None, payload };
        let seq = self.batch.push(draft, None);
        self.apply(seq, times, Actor(actor), None);
        Ok(seq)
    }

    /// Only an entry of the node's own: drafted, and not applied.
    pub fn note_only(&mut self, topic: &Topic, actor: Arc<str>, kind: &'static str, payload: Vec<u8>) -> Entry {
        let known = self.now.max(self.clock);
        let times = Times { at: self.now, known, received: self.now };
        let stream = topic.stream(self.key);
        let draft = Draft {
            stream,
            times,
            actor: actor.clone(),
            kind,
            version: VERSION,
            source: None,
            expected: None,
            payload,
        };
        let seq = self.batch.push(draft, None);
        Entry { seq: seq.0, at: self.now, known, received: self.now, actor: Actor(actor), event: None }
    }

    fn apply(&mut self, seq: Seq, times: Times, actor: Actor, event: Option<Event>) {
        let Times { at, known, received } = times;
        let changes = self.desk.apply(&Entry { seq: seq.0, at, known, received, actor, event });
        changed::merge(&mut self.batch.changes, &changes);
    }
}

/// A feed as an actor. The longest names would not fit a header beside the prefix; those stand under their hash.
fn actor_of(feed: &Arc<str>, key: &SourceKey) -> Actor {
    let name = format!("feed:{feed}");
    if name.len() <= alongside_journal::LONGEST_NAME {
        return Actor(name.into());
    }
    let hash = u128::from_be_bytes(key.source_id("actor:feed", feed).0);
    Actor(format!("feed:{hash:032x}").into())
}
