//! One connection that reads entries and opens their bodies.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use alongside_desk::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use crate::entry::{ActorId, Body, Entry, Header, Seq, StreamId};
use crate::keys::Keys;
use crate::seal::Sealer;
use crate::source::SourceId;
use crate::sqlite::cache::Cache;
use crate::sqlite::{COLUMNS, failed};
use crate::store::{Read, StoreError};

/// A connection, and the keys of the streams that it read lately.
pub(super) struct Session {
    pub connection: Connection,
    pub keys: Arc<Keys>,
    sealers: RefCell<Cache<StreamId, Sealer>>,
    header: RefCell<Vec<u8>>,
}

impl Session {
    pub fn new(connection: Connection, keys: Arc<Keys>) -> Self {
        Self { connection, keys, sealers: RefCell::new(Cache::new()), header: RefCell::default() }
    }

    /// Hands over what a query over [`COLUMNS`] gives, in its order.
    fn select(&self, sql: &str, with: impl Params, take: &mut dyn FnMut(Entry)) -> Result<(), StoreError> {
        let failed = failed("reading entries");
        let mut statement = self.connection.prepare_cached(sql).map_err(&failed)?;
        let mut rows = statement.query(with).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            take(self.open(row)?);
        }
        Ok(())
    }

    fn open(&self, row: &Row<'_>) -> Result<Entry, StoreError> {
        let raw = Raw::of(row).map_err(failed("reading an entry"))?;
        let seq = raw.seq;
        let damaged = |what| StoreError::Damaged { seq, what };
        let digest = *raw.digest.ok_or_else(|| damaged("its digest is not 32 bytes"))?;
        let header = raw.header(&digest).ok_or_else(|| damaged("its header cannot be read"))?;
        let body = match raw.body {
            None => Body::Redacted,
            Some(sealed) => {
                let sealer = self.sealer(header.stream)?.ok_or_else(|| damaged("its stream's key is lost"))?;
                let mut context = self.header.borrow_mut();
                header.write(&mut context);
                let opened = sealer.open_body(&context, sealed);
                Body::Open(opened.ok_or_else(|| damaged("its body does not open"))?.1)
            }
        };
        Ok(Entry {
            seq,
            stream: header.stream,
            stream_version: header.stream_version,
            at: header.at,
            known: header.known,
            received: header.received,
            actor: ActorId::new(header.actor),
            kind: Cow::Owned(header.kind.to_owned()),
            version: header.version,
            source: header.source,
            digest,
            body,
        })
    }

    fn sealer(&self, stream: StreamId) -> Result<Option<Sealer>, StoreError> {
        if let Some(sealer) = self.sealers.borrow_mut().get(stream) {
            return Ok(Some(sealer));
        }
        let wrapped: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT key FROM stream WHERE id = ?1")
            .and_then(|mut statement| statement.query_row([stream.bytes()], |row| row.get(0)).optional())
            .map_err(failed("reading a stream's key"))?;
        let sealer = wrapped.and_then(|wrapped| stream_key(&self.keys, stream, &wrapped));
        if let Some(sealer) = &sealer {
            self.sealers.borrow_mut().put(stream, sealer.clone());
        }
        Ok(sealer)
    }
}

/// The key of a stream, unwrapped; `None` when it was wrapped for another stream or by other keys.
pub(crate) fn stream_key(keys: &Keys, stream: StreamId, wrapped: &[u8]) -> Option<Sealer> {
    let key: [u8; 32] = keys.wrap.open(&stream.bytes(), wrapped)?.try_into().ok()?;
    Some(Sealer::new(&key))
}

/// A row as it is stored, which after tampering may be anything.
pub(crate) struct Raw<'a> {
    pub seq: Seq,
    stream: Option<&'a [u8; 16]>,
    stream_version: i64,
    at: i64,
    known: i64,
    received: i64,
    actor: Option<&'a str>,
    kind: Option<&'a str>,
    version: i64,
    source: Option<&'a [u8]>,
    pub digest: Option<&'a [u8; 32]>,
    pub body: Option<&'a [u8]>,
}

impl<'a> Raw<'a> {
    /// Takes a row of a query over [`COLUMNS`].
    pub fn of(row: &'a Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: Seq(row.get::<_, i64>(0)?.cast_unsigned()),
            stream: row.get_ref(1)?.as_blob().ok().and_then(|b| b.try_into().ok()),
            stream_version: row.get(2)?,
            at: row.get(3)?,
            known: row.get(4)?,
            received: row.get(5)?,
            actor: row.get_ref(6)?.as_str().ok(),
            kind: row.get_ref(7)?.as_str().ok(),
            version: row.get(8)?,
            source: row.get_ref(9)?.as_blob_or_null()?,
            digest: row.get_ref(10)?.as_blob().ok().and_then(|b| b.try_into().ok()),
            body: row.get_ref(11)?.as_blob_or_null()?,
        })
    }

    /// The header, or `None` when a column does not hold what it must.
    pub fn header(&self, digest: &'a [u8; 32]) -> Option<Header<'a>> {
        Some(Header {
            seq: self.seq,
            stream: StreamId::from_bytes(*self.stream?),
            stream_version: self.stream_version.cast_unsigned(),
            at: Timestamp::from_ms(self.at),
            known: Timestamp::from_ms(self.known),
            received: Timestamp::from_ms(self.received),
            actor: self.actor?,
            kind: self.kind?,
            version: u16::try_from(self.version).ok()?,
            source: match self.source {
                Some(source) => Some(SourceId(source.try_into().ok()?)),
                None => None,
            },
            digest,
        })
    }
}

impl Read for Session {
    fn last_seq(&self) -> Result<Seq, StoreError> {
        self.connection
            .prepare_cached("SELECT coalesce(max(seq), 0) FROM entry")
            .and_then(|mut statement| statement.query_row([], |row| row.get::<_, i64>(0)))
            .map(|last| Seq(last.cast_unsigned()))
            .map_err(failed("reading its end"))
    }

    fn read(&self, from: Seq, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE seq >= ?1 ORDER BY seq LIMIT ?2");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.select(&sql, params![from.0.cast_signed(), limit], &mut |entry| entries.push(entry))?;
        Ok(entries)
    }

    fn for_each(&self, from: Seq, take: &mut dyn FnMut(Entry)) -> Result<(), StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE seq >= ?1 ORDER BY seq");
        self.select(&sql, params![from.0.cast_signed()], take)
    }

    fn read_one(&self, seq: Seq) -> Result<Option<Entry>, StoreError> {
        Ok(self.read_many(&[seq])?.pop())
    }

    fn read_many(&self, seqs: &[Seq]) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::with_capacity(seqs.len());
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE seq = ?1");
        for seq in seqs {
            self.select(&sql, params![seq.0.cast_signed()], &mut |entry| entries.push(entry))?;
        }
        Ok(entries)
    }

    fn find_source(&self, source: &SourceId) -> Result<Option<Seq>, StoreError> {
        find_source(&self.connection, source).map_err(failed("looking a source id up"))
    }

    fn stream_version(&self, stream: StreamId) -> Result<u64, StoreError> {
        self.connection
            .prepare_cached("SELECT version FROM stream WHERE id = ?1")
            .and_then(|mut statement| statement.query_row([stream.bytes()], |row| row.get::<_, i64>(0)).optional())
            .map(|version| version.unwrap_or(0).cast_unsigned())
            .map_err(failed("reading a stream's version"))
    }
}

/// Where a source id is.
pub(super) fn find_source(connection: &Connection, source: &SourceId) -> rusqlite::Result<Option<Seq>> {
    connection
        .prepare_cached("SELECT seq FROM entry WHERE source = ?1")?
        .query_row([source.0], |row| row.get::<_, i64>(0))
        .optional()
        .map(|seq| seq.map(|seq| Seq(seq.cast_unsigned())))
}
