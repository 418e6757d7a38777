//! The head of a log: its size, the right edge of its tree, and a keyed hash over both that only an owner of the keys can make.

use rusqlite::{Connection, OptionalExtension, params};

use crate::keys::{KeyError, Keys};
use crate::proof::Frontier;
use crate::sqlite::failed;
use crate::store::OpenError;

/// Which log a head belongs to; its text is mixed into the seal.
#[derive(Clone, Copy)]
pub(crate) enum Log {
    Journal,
    Views,
}

impl Log {
    const fn label(self) -> &'static str {
        match self {
            Self::Journal => "journal head",
            Self::Views => "views head",
        }
    }
}

/// The head as it is stored.
pub(crate) struct Head {
    pub frontier: Frontier,
    /// Whether the seal is the one that the keys make.
    pub sealed: bool,
}

impl Head {
    /// Reads the head; `None` when there is none that makes sense.
    pub fn read(from: &Connection, keys: &Keys, log: Log) -> Result<Option<Self>, OpenError> {
        let row = from
            .query_row("SELECT size, frontier, seal, owner FROM head", [], |row| {
                let row: (i64, Vec<u8>, Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                Ok(row)
            })
            .optional()
            .map_err(failed("reading its head"))?;
        let Some((size, frontier, seal, owner)) = row else { return Ok(None) };
        if owner != keys.mac("owner", &[]) {
            return Err(KeyError::OfAnotherJournal.into());
        }
        let Some(frontier) = Frontier::from_bytes(size.cast_unsigned(), &frontier) else { return Ok(None) };
        let sealed = seal == seal_of(&frontier, keys, log);
        Ok(Some(Self { frontier, sealed }))
    }

    /// Reads the head of a log that is to be appended to, and starts an empty log's.
    pub fn open(from: &Connection, keys: &Keys, log: Log, last: &str) -> Result<Frontier, OpenError> {
        let rows: i64 =
            from.query_row("SELECT count(*) FROM head", [], |row| row.get(0)).map_err(failed("reading its head"))?;
        let last: i64 = from.query_row(last, [], |row| row.get(0)).map_err(failed("reading its end"))?;
        if rows == 0 && last == 0 {
            let start = Frontier::default();
            from.execute(
                "INSERT INTO head (one, size, frontier, seal, owner) VALUES (1, 0, x'', ?1, ?2)",
                params![seal_of(&start, keys, log), keys.mac("owner", &[])],
            )
            .map_err(failed("starting it"))?;
            return Ok(start);
        }
        let head = Self::read(from, keys, log)?.ok_or(OpenError::HeadDamaged)?;
        if !head.sealed || head.frontier.size() != last.cast_unsigned() {
            return Err(OpenError::HeadDamaged);
        }
        Ok(head.frontier)
    }
}

/// Writes the head; part of the transaction that appends.
pub(super) fn write(to: &Connection, keys: &Keys, log: Log, frontier: &Frontier) -> rusqlite::Result<()> {
    to.prepare_cached("UPDATE head SET size = ?1, frontier = ?2, seal = ?3")?
        .execute(params![frontier.size().cast_signed(), frontier.to_bytes(), seal_of(frontier, keys, log)])
        .map(|_| ())
}

fn seal_of(frontier: &Frontier, keys: &Keys, log: Log) -> [u8; 32] {
    keys.mac(log.label(), &[&frontier.size().to_be_bytes(), &frontier.root()])
}
