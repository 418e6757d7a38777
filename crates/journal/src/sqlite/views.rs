//! The log of views on SQLite, in a file of its own.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use alongside_desk::time::Timestamp;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::entry::{ActorId, is_name};
use crate::keys::Keys;
use crate::proof::Frontier;
use crate::seal::{Randomness, digest};
use crate::sqlite::head::{self, Head, Log};
use crate::sqlite::{VIEWS_FILE, failed, migration, open_writer, refused};
use crate::store::{AppendError, OpenError, StoreError};
use crate::view::{MOST_SUBJECTS, NewView, Payload, View, ViewHeader, ViewQuery, ViewSeq, Views};

/// The writer of a data folder's log of views.
pub struct SqliteViews {
    connection: Connection,
    keys: Arc<Keys>,
    frontier: Frontier,
    random: Randomness,
    header: Vec<u8>,
    /// Keeps other writers out for as long as this one is alive.
    _lock: Arc<File>,
}

impl SqliteViews {
    pub(super) fn open(folder: &Path, keys: Arc<Keys>, lock: Arc<File>) -> Result<Self, OpenError> {
        let connection = open_writer(&folder.join(VIEWS_FILE))?;
        migration::migrate(&connection, migration::VIEWS)?;
        let frontier = Head::open(&connection, &keys, Log::Views, "SELECT coalesce(max(seq), 0) FROM view")?;
        File::open(folder)?.sync_all()?;
        Ok(Self { connection, keys, frontier, random: Randomness::new(), header: Vec::new(), _lock: lock })
    }

    /// How many views there are.
    pub(super) fn count(&self) -> u64 {
        self.frontier.size()
    }

    /// Caps the database at so many bytes, as [`SqliteStore::cap`](crate::SqliteStore::cap) does.
    ///
    /// # Errors
    /// [`StoreError`] when the database refuses.
    pub fn cap(&self, bytes: Option<u64>) -> Result<(), StoreError> {
        const MOST_PAGES: u64 = 4_294_967_294;
        let pages = bytes.map_or(MOST_PAGES, |bytes| bytes.div_ceil(4096).min(MOST_PAGES));
        self.connection
            .pragma_update_and_check(None, "max_page_count", pages.cast_signed(), |_| Ok(()))
            .map_err(failed("setting its cap"))
    }

    fn write(&mut self, views: &[NewView]) -> Result<Frontier, AppendError> {
        let refused = refused("journalling views");
        let mut frontier = self.frontier.clone();
        let transaction =
            Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate).map_err(&refused)?;
        for (index, view) in views.iter().enumerate() {
            check(index, view)?;
            let salt = self.random.take::<16>().map_err(StoreError::from)?;
            let nonce = self.random.take::<12>().map_err(StoreError::from)?;
            let payload = payload(view);
            let digest = digest(&salt, &payload);
            let seq = ViewSeq(frontier.size() + 1);
            let (actor, screen) = (view.actor.as_str(), view.screen.as_ref());
            ViewHeader { seq, at: view.at, actor, screen, digest: &digest }.write(&mut self.header);
            let body = self.keys.views.seal(nonce, &self.header, &[&salt, &payload]);
            let leaf: [u8; 32] = Sha256::digest(&self.header).into();
            transaction
                .prepare_cached("INSERT INTO view VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
                .and_then(|mut insert| {
                    insert.execute(params![seq.0.cast_signed(), view.at.ms(), actor, screen, digest, leaf, body])
                })
                .map_err(&refused)?;
            for subject in &view.subjects {
                // A subject named twice in one view is one subject.
                transaction
                    .prepare_cached("INSERT OR IGNORE INTO view_subject VALUES (?1, ?2)")
                    .and_then(|mut insert| insert.execute(params![subject.bytes(), seq.0.cast_signed()]))
                    .map_err(&refused)?;
            }
            frontier.push(leaf);
        }
        head::write(&transaction, &self.keys, Log::Views, &frontier).map_err(&refused)?;
        transaction.commit().map_err(&refused)?;
        Ok(frontier)
    }
}

impl Views for SqliteViews {
    fn append_views(&mut self, views: &[NewView]) -> Result<ViewSeq, AppendError> {
        if !views.is_empty() {
            self.frontier = self.write(views)?;
        }
        Ok(ViewSeq(self.frontier.size()))
    }

    fn views(&self, query: &ViewQuery) -> Result<Vec<View>, StoreError> {
        read_views(&self.connection, &self.keys, query)
    }

    fn last_view(&self) -> Result<ViewSeq, StoreError> {
        Ok(ViewSeq(self.frontier.size()))
    }
}

fn payload(view: &NewView) -> Vec<u8> {
    let payload = Payload {
        moment: view.moment,
        subjects: Cow::Borrowed(&view.subjects),
        rights: Cow::Borrowed(&view.rights),
        shown: view.shown,
        why: Cow::Borrowed(&view.why),
    };
    serde_json::to_vec(&payload).expect("texts and numbers are always JSON")
}

fn check(index: usize, view: &NewView) -> Result<(), AppendError> {
    let faults = [
        (!is_name(view.actor.as_str()), "has an actor that is not 1 to 64 bytes of printable ASCII"),
        (!is_name(&view.screen), "has a screen that is not 1 to 64 bytes of printable ASCII"),
        (view.subjects.len() > MOST_SUBJECTS, "names more than 10,000 subjects"),
        (view.rights.len() + view.why.len() > 64 << 10, "has rights and a reason of more than 64 KiB"),
        (view.shown.0 > view.shown.1, "ends before it begins"),
    ];
    match faults.into_iter().find(|(faulty, _)| *faulty) {
        Some((_, what)) => Err(AppendError::Invalid { index, what }),
        None => Ok(()),
    }
}

/// Reads views out of a log.
pub(super) fn read_views(from: &Connection, keys: &Keys, query: &ViewQuery) -> Result<Vec<View>, StoreError> {
    let failed = failed("reading views");
    const SQL: &str = "SELECT seq, at, actor, screen, digest, body FROM view
        WHERE seq >= ?1 AND (?2 IS NULL OR actor = ?2)
          AND (?3 IS NULL OR seq IN (SELECT seq FROM view_subject WHERE subject = ?3))
        ORDER BY seq LIMIT ?4";
    let actor = query.actor.as_ref().map(ActorId::as_str);
    let subject = query.subject.map(crate::StreamId::bytes);
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
    let mut statement = from.prepare_cached(SQL).map_err(&failed)?;
    let mut rows = statement.query(params![query.from.0.cast_signed(), actor, subject, limit]).map_err(&failed)?;
    let mut views = Vec::new();
    let mut context = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        let raw = RawView::of(row).map_err(&failed)?;
        let damaged = |what| StoreError::Damaged { seq: crate::Seq(raw.seq.0), what };
        let digest = *raw.digest.ok_or_else(|| damaged("the view's digest is not 32 bytes"))?;
        let header = raw.header(&digest).ok_or_else(|| damaged("the view's header cannot be read"))?;
        header.write(&mut context);
        let (_, payload) =
            keys.views.open_body(&context, raw.body).ok_or_else(|| damaged("the view's body does not open"))?;
        let payload: Payload<'_> =
            serde_json::from_slice(&payload).map_err(|_| damaged("the view's body is not a view"))?;
        let view = NewView {
            at: header.at,
            actor: ActorId::new(header.actor),
            screen: Cow::Owned(header.screen.to_owned()),
            moment: payload.moment,
            subjects: payload.subjects.into_owned(),
            rights: payload.rights.into_owned(),
            shown: payload.shown,
            why: payload.why.into_owned(),
        };
        views.push(View { seq: raw.seq, digest, view });
    }
    Ok(views)
}

/// A row as it is stored, which after tampering may be anything.
pub(crate) struct RawView<'a> {
    pub seq: ViewSeq,
    at: i64,
    actor: Option<&'a str>,
    screen: Option<&'a str>,
    pub digest: Option<&'a [u8; 32]>,
    pub body: &'a [u8],
}

impl<'a> RawView<'a> {
    /// Takes a row of seq, at, actor, screen, digest, body.
    pub fn of(row: &'a Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: ViewSeq(row.get::<_, i64>(0)?.cast_unsigned()),
            at: row.get(1)?,
            actor: row.get_ref(2)?.as_str().ok(),
            screen: row.get_ref(3)?.as_str().ok(),
            digest: row.get_ref(4)?.as_blob().ok().and_then(|b| b.try_into().ok()),
            body: row.get_ref(5)?.as_blob()?,
        })
    }

    /// The header, or `None` when a column does not hold what it must.
    pub fn header(&self, digest: &'a [u8; 32]) -> Option<ViewHeader<'a>> {
        let at = Timestamp::from_ms(self.at);
        Some(ViewHeader { seq: self.seq, at, actor: self.actor?, screen: self.screen?, digest })
    }
}
