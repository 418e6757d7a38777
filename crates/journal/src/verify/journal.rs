//! Verifying the journal itself.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use crate::entry::{Seq, StreamId};
use crate::keys::Keys;
use crate::proof::{Frontier, Hash};
use crate::seal::Sealer;
use crate::sqlite::{COLUMNS, Cache, Log, Raw, stream_key};
use crate::store::{OpenError, REDACTED, RedactionRecord};
use crate::verify::{Place, Step, VerifyReport, What, head, pages, row};

/// What is known of the entries read so far.
#[derive(Default)]
struct Read {
    last: u64,
    frontier: Frontier,
    streams: HashMap<StreamId, u64>,
    sources: Vec<([u8; 16], Seq)>,
    /// Entries without a body.
    bare: Vec<Seq>,
    /// Entries that a later one says were redacted, and which one says so.
    redactions: BTreeMap<Seq, Seq>,
}

pub(super) fn verify(
    journal: &Connection,
    keys: &Keys,
    report: &mut VerifyReport,
    step: &mut Step<'_>,
) -> Result<(), OpenError> {
    let mut read = Read::default();
    if let Err(error) = entries(journal, keys, &mut read, report, step) {
        report.fault(Place::Entry(Seq(read.last + 1)), What::Database(error.to_string()));
    }
    report.root = read.frontier.root();
    report.streams = read.streams.len() as u64;
    head(journal, keys, Log::Journal, &read.frontier, read.last, report)?;
    if let Err(error) = streams(journal, keys, &mut read.streams, report) {
        report.fault(Place::Journal, What::Database(error.to_string()));
    }
    sources(read.sources, report);
    bodies(&read.bare, read.redactions, report);
    pages(journal, Place::Journal, report);
    Ok(())
}

fn entries(
    journal: &Connection,
    keys: &Keys,
    read: &mut Read,
    report: &mut VerifyReport,
    step: &mut Step<'_>,
) -> rusqlite::Result<()> {
    let mut statement = journal.prepare(&format!("SELECT {COLUMNS}, leaf FROM entry ORDER BY seq"))?;
    let mut wrapped = journal.prepare("SELECT key FROM stream WHERE id = ?1")?;
    let mut sealers: Cache<StreamId, Option<Sealer>> = Cache::new();
    let mut context = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(found) = rows.next()? {
        let raw = Raw::of(found)?;
        let seq = raw.seq;
        step.one();
        report.entries += 1;
        // A place above i64's range was negative in the database.
        if seq.0 == 0 || seq.0 > i64::MAX.cast_unsigned() {
            report.fault(Place::Entry(seq), What::OutOfPlace);
            continue;
        }
        if seq.0 != read.last + 1 {
            report.fault(Place::Entry(Seq(read.last + 1)), What::Missing(seq.0 - 1));
        }
        read.last = seq.0;
        let header = raw.digest.and_then(|digest| Some((raw.header(digest)?, digest)));
        let Some((header, digest)) = header else {
            report.fault(Place::Entry(seq), What::Unreadable);
            continue;
        };
        header.write(&mut context);
        let made: Hash = Sha256::digest(&context).into();
        read.frontier.push(made);
        let sealer = match sealers.get(header.stream) {
            Some(known) => known,
            None => {
                let key: Option<Vec<u8>> = wrapped.query_row([header.stream.bytes()], |row| row.get(0)).optional()?;
                let sealer = key.and_then(|key| stream_key(keys, header.stream, &key));
                sealers.put(header.stream, sealer.clone());
                sealer
            }
        };
        let leaf = found.get_ref(12)?.as_blob().unwrap_or_default();
        let payload = match (raw.body, &sealer) {
            (Some(_), None) => {
                let what = if leaf == made { What::Key } else { What::Header };
                report.fault(Place::Entry(seq), what);
                None
            }
            (body, sealer) => {
                let sealed = body.and_then(|body| Some((sealer.as_ref()?, body)));
                let (what, payload) = row(&context, &made, leaf, digest, sealed);
                what.into_iter().for_each(|what| report.fault(Place::Entry(seq), what));
                payload
            }
        };
        if let Some(payload) = &payload {
            (step.read)(header.kind, header.version, payload);
        }
        if raw.body.is_none() {
            read.bare.push(seq);
        }
        if header.kind == REDACTED {
            match payload.as_deref().map(serde_json::from_slice::<RedactionRecord>) {
                Some(Ok(record)) => {
                    read.redactions.insert(record.entry, seq);
                }
                Some(Err(_)) => report.fault(Place::Entry(seq), What::Meaning),
                // That it does not open has been said.
                None => {}
            }
        }
        let version = read.streams.entry(header.stream).or_default();
        let expected = *version + 1;
        if header.stream_version != expected {
            let what = What::StreamVersion { expected, found: header.stream_version };
            report.fault(Place::Entry(seq), what);
        }
        // One missing entry is one fault, not one for each that follows.
        *version = header.stream_version;
        if let Some(source) = header.source {
            read.sources.push((source.0, seq));
        }
    }
    Ok(())
}

/// The streams' own counts and keys against the entries.
fn streams(
    journal: &Connection,
    keys: &Keys,
    found: &mut HashMap<StreamId, u64>,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    let mut statement = journal.prepare("SELECT id, version, key FROM stream ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, counted, key): (Vec<u8>, i64, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let Ok(id) = <[u8; 16]>::try_from(id) else {
            report.fault(Place::Journal, What::Database("a stream's id is not 16 bytes".to_owned()));
            continue;
        };
        let id = StreamId::from_bytes(id);
        let (counted, found) = (counted.cast_unsigned(), found.remove(&id).unwrap_or(0));
        if counted != found {
            report.fault(Place::Stream(id), What::StreamCount { counted, found });
        }
        if stream_key(keys, id, &key).is_none() {
            report.fault(Place::Stream(id), What::Key);
        }
    }
    let mut rest: Vec<_> = found.iter().map(|(id, found)| (*id, *found)).collect();
    rest.sort_unstable();
    for (id, found) in rest {
        report.fault(Place::Stream(id), What::StreamCount { counted: 0, found });
    }
    Ok(())
}

fn sources(mut sources: Vec<([u8; 16], Seq)>, report: &mut VerifyReport) {
    sources.sort_unstable();
    for pair in sources.windows(2) {
        if pair[0].0 == pair[1].0 {
            report.fault(Place::Entry(pair[1].1), What::SourceRepeated(pair[0].1));
        }
    }
}

/// Every body that is gone was redacted, and every one that was redacted is gone.
fn bodies(bare: &[Seq], mut redactions: BTreeMap<Seq, Seq>, report: &mut VerifyReport) {
    for seq in bare {
        match redactions.remove(seq) {
            Some(_) => report.redacted += 1,
            None => report.fault(Place::Entry(*seq), What::BodyGone),
        }
    }
    for (target, said) in redactions {
        if target.0 <= report.entries {
            report.fault(Place::Entry(target), What::NotRedacted(said));
        } else {
            report.fault(Place::Entry(said), What::Meaning);
        }
    }
}
