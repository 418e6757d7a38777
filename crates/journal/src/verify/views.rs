//! Verifying the log of views.

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::keys::Keys;
use crate::proof::{Frontier, Hash};
use crate::sqlite::{Log, RawView};
use crate::store::OpenError;
use crate::verify::{Place, Step, VerifyReport, What, head, pages, row};
use crate::view::{Payload, ViewSeq};

pub(super) fn verify(
    views: Option<&Connection>,
    journal: &Connection,
    keys: &Keys,
    report: &mut VerifyReport,
    step: &mut Step<'_>,
) -> Result<(), OpenError> {
    // Where the journal's head cannot be read, that has been named.
    let before: i64 = journal.query_row("SELECT views FROM head", [], |row| row.get(0)).unwrap_or(-1);
    let Some(views) = views else {
        report.views_root = Frontier::default().root();
        if before >= 0 {
            report.fault(Place::Views, What::NoHead);
        }
        return Ok(());
    };
    let (mut last, mut frontier) = (0, Frontier::default());
    if let Err(error) = rows(views, keys, &mut last, &mut frontier, report, step) {
        report.fault(Place::View(ViewSeq(last + 1)), What::Database(error.to_string()));
    }
    report.views_root = frontier.root();
    if last.cast_signed() < before {
        report.fault(Place::Views, What::End { recorded: before.cast_unsigned(), found: last });
    }
    // A log that was never written to has no head yet; one that has been has.
    if last > 0 || before >= 0 {
        head(views, keys, Log::Views, &frontier, last, report)?;
    }
    pages(views, Place::Views, report);
    Ok(())
}

fn rows(
    views: &Connection,
    keys: &Keys,
    last: &mut u64,
    frontier: &mut Frontier,
    report: &mut VerifyReport,
    step: &mut Step<'_>,
) -> rusqlite::Result<()> {
    let mut statement = views.prepare("SELECT seq, at, actor, screen, digest, body, leaf FROM view ORDER BY seq")?;
    let mut indexed = views.prepare("SELECT count(*) FROM view_subject WHERE subject = ?1 AND seq = ?2")?;
    let mut context = Vec::new();
    let mut named = 0_i64;
    let mut rows = statement.query([])?;
    while let Some(found) = rows.next()? {
        let raw = RawView::of(found)?;
        let place = Place::View(raw.seq);
        step.one();
        report.views += 1;
        if raw.seq.0 == 0 || raw.seq.0 > i64::MAX.cast_unsigned() {
            report.fault(place, What::OutOfPlace);
            continue;
        }
        if raw.seq.0 != *last + 1 {
            report.fault(Place::View(ViewSeq(*last + 1)), What::Missing(raw.seq.0 - 1));
        }
        *last = raw.seq.0;
        let header = raw.digest.and_then(|digest| Some((raw.header(digest)?, digest)));
        let Some((header, digest)) = header else {
            report.fault(place, What::Unreadable);
            continue;
        };
        header.write(&mut context);
        let made: Hash = Sha256::digest(&context).into();
        frontier.push(made);
        let leaf = found.get_ref(6)?.as_blob().unwrap_or_default();
        let (what, payload) = row(&context, &made, leaf, digest, Some((&keys.views, raw.body)));
        what.into_iter().for_each(|what| report.fault(place, what));
        let Some(payload) = payload else { continue };
        let Ok(payload) = serde_json::from_slice::<Payload<'_>>(&payload) else {
            report.fault(place, What::Meaning);
            continue;
        };
        let mut subjects = payload.subjects.into_owned();
        subjects.sort_unstable();
        subjects.dedup();
        let mut there = 0;
        for subject in &subjects {
            let seq = raw.seq.0.cast_signed();
            there += indexed.query_row(params![subject.bytes(), seq], |row| row.get::<_, i64>(0))?;
        }
        if there.cast_unsigned() != subjects.len() as u64 {
            report.fault(place, What::Subjects);
        }
        named += there;
    }
    let in_index: i64 = views.query_row("SELECT count(*) FROM view_subject", [], |row| row.get(0))?;
    if in_index > named {
        report.fault(Place::Views, What::Subjects);
    }
    Ok(())
}
