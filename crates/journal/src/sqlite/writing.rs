//! One batch on its way into the journal: everything happens in a transaction, and nothing is kept in memory until it commits.

use std::collections::HashMap;

use rusqlite::{ErrorCode, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use crate::entry::{Header, LARGEST_PAYLOAD, NewEntry, Seq, StreamId, is_name};
use crate::keys::Keys;
use crate::proof::Frontier;
use crate::seal::{Randomness, Sealer, digest};
use crate::sqlite::cache::Cache;
use crate::sqlite::head::{self, Log};
use crate::sqlite::session::{find_source, stream_key};
use crate::sqlite::{failed, refused};
use crate::store::{AppendError, StoreError};

/// How far a stream has come, and what seals its bodies.
#[derive(Clone)]
pub(super) struct Stream {
    pub version: u64,
    sealer: Sealer,
}

/// A stream that the batch touches.
struct Touched {
    stream: Stream,
    /// Its wrapped key, when the batch is its first.
    wrapped: Option<Vec<u8>>,
}

/// A batch being written.
pub(super) struct Writing<'a> {
    transaction: &'a Transaction<'a>,
    keys: &'a Keys,
    streams: &'a mut Cache<StreamId, Stream>,
    random: &'a mut Randomness,
    first: u64,
    frontier: Frontier,
    touched: HashMap<StreamId, Touched>,
    header: Vec<u8>,
}

impl<'a> Writing<'a> {
    pub fn new(
        transaction: &'a Transaction<'a>,
        keys: &'a Keys,
        streams: &'a mut Cache<StreamId, Stream>,
        random: &'a mut Randomness,
        frontier: Frontier,
    ) -> Self {
        let first = frontier.size() + 1;
        Self { transaction, keys, streams, random, first, frontier, touched: HashMap::new(), header: Vec::new() }
    }

    /// Writes every entry of the batch.
    pub fn push_all(&mut self, batch: &[NewEntry]) -> Result<(), AppendError> {
        const INSERT: &str = "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
        let mut insert = self.transaction.prepare_cached(INSERT).map_err(refused("appending"))?;
        for (index, entry) in batch.iter().enumerate() {
            check(index, entry)?;
            let salt = self.random.take::<16>().map_err(StoreError::from)?;
            let nonce = self.random.take::<12>().map_err(StoreError::from)?;
            let digest = digest(&salt, &entry.payload);
            let seq = Seq(self.first + index as u64);
            let stream = self.advance(index, entry)?;
            let version = stream.version;
            let header = Header {
                seq,
                stream: entry.stream,
                stream_version: version,
                at: entry.at,
                known: entry.known,
                received: entry.received,
                actor: entry.actor.as_str(),
                kind: &entry.kind,
                version: entry.version,
                source: entry.source,
                digest: &digest,
            };
            let mut context = std::mem::take(&mut self.header);
            header.write(&mut context);
            let body = self.touched[&entry.stream].stream.sealer.seal(nonce, &context, &[&salt, &entry.payload]);
            let leaf: [u8; 32] = Sha256::digest(&context).into();
            self.header = context;
            let inserted = insert.execute(params![
                seq.0.cast_signed(),
                entry.stream.bytes(),
                version.cast_signed(),
                entry.at.ms(),
                entry.known.ms(),
                entry.received.ms(),
                entry.actor.as_str(),
                entry.kind,
                entry.version,
                entry.source.map(|source| source.0),
                digest,
                leaf,
                body,
            ]);
            inserted.map_err(|error| self.not_inserted(index, entry, error))?;
            self.frontier.push(leaf);
        }
        Ok(())
    }

    /// Writes what the batch changed besides entries; gives what to keep once it is committed.
    pub fn finish(self) -> Result<(Frontier, Vec<(StreamId, Stream)>), AppendError> {
        let refused = refused("appending");
        const PUT: &str = "INSERT INTO stream (id, version, key) VALUES (?1, ?2, ?3)";
        let mut put = self.transaction.prepare_cached(PUT).map_err(&refused)?;
        const ADVANCE: &str = "UPDATE stream SET version = ?2 WHERE id = ?1";
        let mut advance = self.transaction.prepare_cached(ADVANCE).map_err(&refused)?;
        let mut streams = Vec::with_capacity(self.touched.len());
        for (id, touched) in self.touched {
            let version = touched.stream.version.cast_signed();
            match touched.wrapped {
                Some(key) => put.execute(params![id.bytes(), version, key]).map_err(&refused)?,
                None => advance.execute(params![id.bytes(), version]).map_err(&refused)?,
            };
            streams.push((id, touched.stream));
        }
        head::write(self.transaction, self.keys, Log::Journal, &self.frontier).map_err(&refused)?;
        Ok((self.frontier, streams))
    }

    /// Moves the entry's stream on by one, and gives it.
    fn advance(&mut self, index: usize, entry: &NewEntry) -> Result<&Stream, AppendError> {
        if !self.touched.contains_key(&entry.stream) {
            let touched = self.look_up(entry.stream)?;
            self.touched.insert(entry.stream, touched);
        }
        let stream = &mut self.touched.get_mut(&entry.stream).expect("it was just put there").stream;
        if entry.expected.is_some_and(|expected| expected != stream.version) {
            return Err(AppendError::WrongVersion { index, stream: entry.stream, found: stream.version });
        }
        stream.version += 1;
        Ok(stream)
    }

    fn look_up(&mut self, id: StreamId) -> Result<Touched, AppendError> {
        if let Some(stream) = self.streams.get(id) {
            return Ok(Touched { stream, wrapped: None });
        }
        let stored: Option<(i64, Vec<u8>)> = self
            .transaction
            .prepare_cached("SELECT version, key FROM stream WHERE id = ?1")
            .and_then(|mut s| s.query_row([id.bytes()], |row| Ok((row.get(0)?, row.get(1)?))).optional())
            .map_err(failed("reading a stream"))?;
        if let Some((version, wrapped)) = stored {
            let sealer = stream_key(self.keys, id, &wrapped).ok_or(StoreError::Damaged {
                seq: Seq(self.first),
                what: "the key of the stream it would be appended to does not unwrap",
            })?;
            return Ok(Touched { stream: Stream { version: version.cast_unsigned(), sealer }, wrapped: None });
        }
        let key = self.random.take::<32>().map_err(StoreError::from)?;
        let nonce = self.random.take::<12>().map_err(StoreError::from)?;
        let wrapped = self.keys.wrap.seal(nonce, &id.bytes(), &[&key]);
        Ok(Touched { stream: Stream { version: 0, sealer: Sealer::new(&key) }, wrapped: Some(wrapped) })
    }

    /// Why the database did not take the entry: nearly always a retry.
    fn not_inserted(&self, index: usize, entry: &NewEntry, error: rusqlite::Error) -> AppendError {
        if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
            && let Some(source) = entry.source
            && let Ok(Some(seq)) = find_source(self.transaction, &source)
        {
            return match seq.0.checked_sub(self.first) {
                Some(first) => AppendError::RepeatedInBatch { index, first: usize::try_from(first).unwrap_or(index) },
                None => AppendError::DuplicateSource { index, seq },
            };
        }
        refused("appending")(error)
    }
}

fn check(index: usize, entry: &NewEntry) -> Result<(), AppendError> {
    let faults = [
        (!is_name(entry.actor.as_str()), "has an actor that is not 1 to 64 bytes of printable ASCII"),
        (!is_name(&entry.kind), "has a kind that is not 1 to 64 bytes of printable ASCII"),
        (entry.payload.len() > LARGEST_PAYLOAD, "has a payload of more than 16 MiB"),
    ];
    match faults.into_iter().find(|(faulty, _)| *faulty) {
        Some((_, what)) => Err(AppendError::Invalid { index, what }),
        None => Ok(()),
    }
}
