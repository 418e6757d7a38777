//! Row by row through a file.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use alongside_desk::message::{Read as ReadMessage, read_value};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::map::{Column, ExtractMap, MessageMap, Source, When};

/// Largest row, in bytes. A quote that nobody closed swallows no more than this.
pub const LARGEST_ROW: u64 = 1 << 20;

/// A message made of a row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The message as FEED.md has it.
    pub value: Value,
    /// The same, read.
    pub read: ReadMessage,
}

/// What is wrong with a line. It names places and never repeats what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct LineFault {
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The column as the map names it, where one is to blame.
    pub column: Option<String>,
    /// The field that it would have become.
    pub field: Option<String>,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for LineFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        if let Some(field) = &self.field {
            write!(f, " ({field})")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Why an import did not begin.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// The map names columns that the header does not have.
    #[error("the header has no column {}", .0.join(", "))]
    NoColumns(Vec<String>),
    /// The header could not be read.
    #[error("the header cannot be read")]
    Header(#[source] io::Error),
}

/// Begins an import. `progress` is told how many bytes have been read, every thousand rows and at the end.
///
/// # Errors
/// [`NotOpened`] when the header does not fit the map.
pub fn import<'m, R: Read, P: FnMut(u64)>(
    reader: R,
    map: &'m ExtractMap,
    progress: P,
) -> Result<Import<'m, R, P>, NotOpened> {
    let tally = Arc::new(Tally::default());
    let reader = Bounded { reader, tally: Arc::clone(&tally) };
    let mut build = ::csv::ReaderBuilder::new();
    // Rows end with a line feed; a carriage return before it falls away with the blanks. So lines are counted exactly.
    build.terminator(::csv::Terminator::Any(b'\n'));
    build.has_headers(false).flexible(true).delimiter(map.delimiter).buffer_capacity(64 * 1024);
    match map.quote {
        Some(quote) => build.quote(quote),
        None => build.quoting(false),
    };
    let mut rows = build.from_reader(reader);
    let mut record = ::csv::ByteRecord::new();
    let mut header: Vec<String> = Vec::new();
    if map.header {
        rows.read_byte_record(&mut record).map_err(|e| NotOpened::Header(e.into()))?;
        header = record.iter().map(|cell| map.encoding.decode(cell).0.trim().to_owned()).collect();
    }
    let place = |column: &Column| match column {
        Column::Place(place) => (*place > 0 && (header.is_empty() || *place <= header.len())).then(|| place - 1),
        Column::Name(name) => header.iter().position(|h| h == name),
    };
    let mut missing: Vec<String> = map.columns().filter(|c| place(c).is_none()).map(Column::to_string).collect();
    if !missing.is_empty() {
        missing.sort_unstable();
        missing.dedup();
        return Err(NotOpened::NoColumns(missing));
    }
    let places = map.columns().filter_map(|c| Some((c.to_string(), place(c)?))).collect();
    let first = !map.header;
    Ok(Import {
        rows,
        record,
        map,
        width: header.len(),
        places,
        tally,
        progress,
        ready: VecDeque::new(),
        read: 0,
        first,
        done: false,
    })
}

/// An import under way: each item is a message, or a line that is faulty.
pub struct Import<'m, R, P> {
    rows: ::csv::Reader<Bounded<R>>,
    record: ::csv::ByteRecord,
    map: &'m ExtractMap,
    width: usize,
    places: BTreeMap<String, usize>,
    tally: Arc<Tally>,
    progress: P,
    ready: VecDeque<Result<Row, LineFault>>,
    read: u64,
    first: bool,
    done: bool,
}

impl<R: Read, P: FnMut(u64)> Iterator for Import<'_, R, P> {
    type Item = Result<Row, LineFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready);
            }
            if self.done {
                return None;
            }
            self.tally.row.store(0, Ordering::Relaxed);
            let line = self.rows.position().line();
            match self.rows.read_byte_record(&mut self.record) {
                Ok(true) => self.row(),
                Ok(false) => self.done = true,
                Err(e) => {
                    self.done = true;
                    let what = match e.kind() {
                        ::csv::ErrorKind::Io(e) if e.kind() == io::ErrorKind::InvalidData => {
                            "is over 1 MiB long (is a quote not closed?); the rest of the file was not read"
                        }
                        _ => "cannot be read, and nothing after it",
                    };
                    self.ready.push_back(Err(LineFault { line, column: None, field: None, what: what.into() }));
                }
            }
            self.read += 1;
            if self.done || self.read.is_multiple_of(1000) {
                (self.progress)(self.rows.position().byte());
            }
        }
    }
}

impl<R: Read, P: FnMut(u64)> Import<'_, R, P> {
    /// The line on which the row at hand begins. The reader counts lines to the row's end, and empty lines before it.
    fn line(&self) -> u64 {
        let within: usize = self.record.iter().map(|cell| cell.iter().filter(|b| **b == b'\n').count()).sum();
        let at_end = self.rows.position().byte() == self.tally.total.load(Ordering::Relaxed);
        let ended = !at_end || self.tally.line_ended.load(Ordering::Relaxed);
        self.rows.position().line().saturating_sub(within as u64 + u64::from(ended)).max(1)
    }

    fn row(&mut self) {
        let map = self.map;
        if self.record.len() == 1 && self.record[0].trim_ascii().is_empty() {
            return;
        }
        let line = self.line();
        let fault =
            |column: Option<String>, field: Option<String>, what: String| LineFault { line, column, field, what };
        if self.width > 0 && self.record.len() != self.width {
            let what = format!("has {} cells where the header has {}", self.record.len(), self.width);
            self.ready.push_back(Err(fault(None, None, what)));
            return;
        }
        let mut cells: Vec<String> = Vec::with_capacity(self.record.len());
        for (i, cell) in self.record.iter().enumerate() {
            let cell = if self.first && i == 0 { cell.strip_prefix(b"\xef\xbb\xbf").unwrap_or(cell) } else { cell };
            if map.encoding == encoding_rs::UTF_8 {
                let Ok(cell) = std::str::from_utf8(cell) else {
                    let column = self
                        .places
                        .iter()
                        .find(|(_, place)| **place == i)
                        .map_or((i + 1).to_string(), |(name, _)| name.clone());
                    self.ready.push_back(Err(fault(
                        Some(column),
                        None,
                        "is not UTF-8 (is the file in windows-1252?)".into(),
                    )));
                    return;
                };
                cells.push(cell.to_owned());
            } else {
                cells.push(map.encoding.decode_without_bom_handling(cell).0.into_owned());
            }
        }
        self.first = false;
        let row = Cells { cells: &cells, places: &self.places };
        let mut made = false;
        for message in &map.messages {
            if message.when.iter().all(|when| row.holds(when)) {
                made = true;
                self.ready.extend(match row.make(map, message) {
                    Ok((value, read)) => vec![Ok(Row { line, value, read })],
                    Err(wrongs) => {
                        wrongs.into_iter().map(|(column, field, what)| Err(fault(column, field, what))).collect()
                    }
                });
            }
        }
        if !made {
            self.ready.push_back(Err(fault(None, None, "fits none of the map's messages".into())));
        }
    }
}

/// Column, field, what is wrong.
type Wrong = (Option<String>, Option<String>, String);

/// One row's cells, by column.
struct Cells<'a> {
    cells: &'a [String],
    places: &'a BTreeMap<String, usize>,
}

impl Cells<'_> {
    fn get(&self, column: &Column) -> &str {
        let place = self.places.get(&column.to_string());
        place.and_then(|place| self.cells.get(*place)).map_or("", String::as_str)
    }

    fn holds(&self, when: &When) -> bool {
        let cell = self.get(&when.column).trim();
        when.is.as_ref().is_none_or(|list| list.iter().any(|w| w == cell))
            && when.not.as_ref().is_none_or(|list| list.iter().all(|w| w != cell))
            && when.filled.is_none_or(|filled| filled != cell.is_empty())
    }

    fn make(&self, map: &ExtractMap, message: &MessageMap) -> Result<(Value, ReadMessage), Vec<Wrong>> {
        let (mut object, mut wrongs) = (Map::new(), Vec::new());
        for (target, source) in &message.fields {
            let value = match source {
                Source::Cell(cell) => {
                    let parts: Vec<&str> =
                        cell.all().map(|c| self.get(c).trim()).filter(|part| !part.is_empty()).collect();
                    map.value(cell, target.holds, &parts.join(&cell.join)).unwrap_or_else(|what| {
                        wrongs.push((cell.all().next().map(Column::to_string), Some(target.path.clone()), what));
                        None
                    })
                }
                constant => constant.into(),
            };
            if let Some(value) = value {
                target.put(&mut object, value);
            }
        }
        object.insert("type".into(), message.type_name.as_str().into());
        if !object.contains_key("id") {
            object.insert("id".into(), self.id(map, message).into());
        }
        if !wrongs.is_empty() {
            return Err(wrongs);
        }
        let value = Value::Object(object);
        match read_value(&value) {
            Ok(read) => Ok((value, read)),
            Err(faults) => Err(faults
                .into_iter()
                .map(|f| {
                    let blamed = message.fields.iter().find(|(target, _)| target.meets(&f.pointer));
                    let column =
                        blamed.and_then(|(_, source)| if let Source::Cell(c) = source { c.all().next() } else { None });
                    (column.map(Column::to_string), Some(f.pointer.trim_start_matches('/').replace('/', ".")), f.what)
                })
                .collect()),
        }
    }

    /// Made from the map's name, the message's label, and the row's key or, without one, all that stands in the row.
    fn id(&self, map: &ExtractMap, message: &MessageMap) -> String {
        let mut hash = Sha256::new();
        let mut piece = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        piece(&message.label);
        if map.key.is_empty() {
            self.cells.iter().for_each(|cell| piece(cell.trim()));
        } else {
            map.key.iter().for_each(|column| piece(self.get(column).trim()));
        }
        let hex: String = hash.finalize().iter().take(20).map(|byte| format!("{byte:02x}")).collect();
        format!("{}:{hex}", map.name)
    }
}

/// What was read so far.
#[derive(Default)]
struct Tally {
    /// Bytes in all.
    total: AtomicU64,
    /// Bytes since the row at hand was begun.
    row: AtomicU64,
    /// Whether the last byte was a line feed.
    line_ended: AtomicBool,
}

/// Reads no more than [`LARGEST_ROW`] for one row.
struct Bounded<R> {
    reader: R,
    tally: Arc<Tally>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.tally.row.load(Ordering::Relaxed) >= LARGEST_ROW {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        let read = self.reader.read(into)?;
        self.tally.row.fetch_add(read as u64, Ordering::Relaxed);
        self.tally.total.fetch_add(read as u64, Ordering::Relaxed);
        if let Some(last) = into[..read].last() {
            self.tally.line_ended.store(*last == b'\n', Ordering::Relaxed);
        }
        Ok(read)
    }
}

/// What a file would make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Messages by type.
    pub messages: BTreeMap<String, u64>,
    /// Faulty lines and cells.
    pub faults: u64,
}

/// Prints what an import would make: each message as a line of JSON on `out`, each fault on `faults`, nothing sent.
///
/// # Errors
/// When `out` or `faults` cannot be written.
pub fn dry_run<R: Read, P: FnMut(u64)>(
    import: Import<'_, R, P>,
    out: &mut dyn Write,
    faults: &mut dyn Write,
) -> io::Result<Summary> {
    let mut summary = Summary::default();
    for item in import {
        match item {
            Ok(row) => {
                *summary.messages.entry(row.read.message.body.type_name().to_owned()).or_default() += 1;
                writeln!(out, "{}", row.value)?;
            }
            Err(fault) => {
                summary.faults += 1;
                writeln!(faults, "{fault}")?;
            }
        }
    }
    Ok(summary)
}
