//! What one commit will hold.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use alongside_desk::Changes;
use alongside_desk::time::Timestamp;
use alongside_journal::{ActorId, NewEntry, Seq, SourceId, StreamId};

use crate::reject::{Dealt, RejectId, Rejects, Row};

/// The three times of an entry (law 3).
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub at: Timestamp,
    pub known: Timestamp,
    pub received: Timestamp,
}

/// An entry's header and payload, before it has a place.
pub(crate) struct Draft {
    pub stream: StreamId,
    pub times: Times,
    pub actor: Arc<str>,
    pub kind: &'static str,
    pub version: u16,
    pub source: Option<SourceId>,
    pub expected: Option<u64>,
    pub payload: Vec<u8>,
}

/// What a commit does to the rejects list.
pub(crate) enum Effect {
    Add(RejectId, Row),
    Again(RejectId, Timestamp),
    Deal(RejectId, Dealt),
}

/// A commit that is being put together.
pub(crate) struct Batch {
    first: u64,
    pub entries: Vec<NewEntry>,
    /// Where each source id of the batch is, and of a message what was delivered.
    sources: HashMap<SourceId, (Seq, Option<Arc<str>>)>,
    streams: HashMap<StreamId, u64>,
    rejected: HashMap<(Arc<str>, [u8; 32]), RejectId>,
    effects: Vec<Effect>,
    pub changes: Changes,
}

impl Batch {
    /// After the journal's last entry.
    pub fn after(last: Seq) -> Self {
        Self {
            first: last.0 + 1,
            entries: Vec::new(),
            sources: HashMap::new(),
            streams: HashMap::new(),
            rejected: HashMap::new(),
            effects: Vec::new(),
            changes: Changes::default(),
        }
    }

    /// The place of its first entry.
    pub fn first(&self) -> Seq {
        Seq(self.first)
    }

    /// The place of its last entry; of an empty batch, that of the entry before it.
    pub fn last(&self) -> Seq {
        Seq(self.first + self.entries.len() as u64 - 1)
    }

    /// Adds an entry; `raw` is what was delivered, where it may be asked for again within the batch.
    pub fn push(&mut self, draft: Draft, raw: Option<Arc<str>>) -> Seq {
        let seq = Seq(self.first + self.entries.len() as u64);
        if let Some(source) = draft.source {
            self.sources.insert(source, (seq, raw));
        }
        *self.streams.entry(draft.stream).or_default() += 1;
        self.entries.push(NewEntry {
            stream: draft.stream,
            at: draft.times.at,
            known: draft.times.known,
            received: draft.times.received,
            actor: ActorId::new(draft.actor),
            kind: Cow::Borrowed(draft.kind),
            version: draft.version,
            source: draft.source,
            expected: draft.expected,
            payload: draft.payload,
        });
        seq
    }

    /// Where a source id is in the batch, and what was delivered under it.
    pub fn source(&self, source: &SourceId) -> Option<&(Seq, Option<Arc<str>>)> {
        self.sources.get(source)
    }

    /// How many entries of the batch belong to a stream.
    pub fn of_stream(&self, stream: StreamId) -> u64 {
        self.streams.get(&stream).copied().unwrap_or(0)
    }

    /// A reject of the batch with this content.
    pub fn rejected(&self, feed: &Arc<str>, content: [u8; 32]) -> Option<RejectId> {
        self.rejected.get(&(feed.clone(), content)).copied()
    }

    /// What the batch deals with this reject, the last of it.
    pub fn dealt(&self, id: RejectId) -> Option<&Dealt> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Deal(of, dealt) if *of == id => Some(dealt),
            _ => None,
        })
    }

    pub fn effect(&mut self, effect: Effect) {
        if let Effect::Add(id, row) = &effect {
            self.rejected.insert((row.feed.clone(), row.content), *id);
        }
        self.effects.push(effect);
    }

    /// Does to the list what the commit did, once it is durable.
    pub fn settle(&mut self, rejects: &mut Rejects) {
        for effect in self.effects.drain(..) {
            match effect {
                Effect::Add(id, row) => rejects.add(id, row),
                Effect::Again(id, received) => rejects.again(id, received),
                Effect::Deal(id, dealt) => rejects.deal(id, dealt),
            }
        }
    }
}
