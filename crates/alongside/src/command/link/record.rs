//! Records of people from a file: an object a line, or columns.

use std::io::BufRead;
use std::path::Path;

use alongside_desk::message::{Fault, Person, read_person};
use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::super::input;

/// One line of a file.
pub struct Record {
    /// The file's own name for it.
    pub id: String,
    /// Who it is.
    pub person: Person,
}

/// Columns that hold a list, separated by semicolons.
const LISTS: [&str; 4] = ["aliases", "phones", "emails", "vehicles"];
/// Columns that belong to the place.
const PLACE: [&str; 3] = ["address", "postcode", "uprn"];

/// Reads a file, and says on standard error what is wrong with which line; `faults` counts those lines.
///
/// # Errors
/// When the file cannot be read at all, or has columns and none of them is `id`.
pub fn read(path: &Path, take: &mut dyn FnMut(Record), faults: &mut usize) -> Result<()> {
    rows(path, faults, &mut |line, row, faults| match record(&row) {
        Ok(record) => take(record),
        Err(wrong) => {
            *faults += 1;
            for one in wrong {
                eprintln!("{}:{line}: {} {}", path.display(), one.pointer, one.what);
            }
        }
    })
}

/// What takes a row: its line, what is in it, and the count of faulty lines.
pub type TakeRow<'a> = dyn FnMut(usize, Value, &mut usize) + 'a;

/// Reads a file as objects, whichever its form. In columns, an empty cell is no value.
///
/// # Errors
/// When the file cannot be read at all.
pub fn rows(path: &Path, faults: &mut usize, take: &mut TakeRow<'_>) -> Result<()> {
    let reader = input::open(path)?;
    let is_table = path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.contains(".csv"));
    if is_table { columns(path, reader, faults, take) } else { lines(path, reader, faults, take) }
}

fn lines(path: &Path, mut reader: impl BufRead, faults: &mut usize, take: &mut TakeRow<'_>) -> Result<()> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if reader.read_until(b'\n', &mut line).with_context(|| format!("cannot read {}", path.display()))? == 0 {
            break;
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        match serde_json::from_slice(text) {
            Ok(value) => take(number, value, faults),
            Err(_) => {
                *faults += 1;
                eprintln!("{}:{number}:  is not JSON", path.display());
            }
        }
    }
    Ok(())
}

fn columns(path: &Path, reader: impl BufRead, faults: &mut usize, take: &mut TakeRow<'_>) -> Result<()> {
    let mut table = csv::ReaderBuilder::new().flexible(false).from_reader(reader);
    let headers = table.headers().with_context(|| format!("cannot read {}", path.display()))?.clone();
    for row in table.into_records() {
        match row {
            Ok(row) => {
                let line = row.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or(usize::MAX));
                take(line, object(headers.iter().zip(row.iter())), faults);
            }
            Err(error) => {
                *faults += 1;
                let line = error.position().map_or(0, csv::Position::line);
                // Not the library's words: they may hold what is in the row.
                let what = match error.kind() {
                    csv::ErrorKind::UnequalLengths { .. } => "has another number of cells than the first line",
                    csv::ErrorKind::Utf8 { .. } => "is not UTF-8",
                    _ => return Err(error).with_context(|| format!("cannot read {}", path.display())),
                };
                eprintln!("{}:{line}:  {what}", path.display());
            }
        }
    }
    Ok(())
}

/// Cells as the object that a line of JSON would have been.
fn object<'a>(cells: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let (mut whole, mut place) = (Map::new(), Map::new());
    for (name, cell) in cells.map(|(name, cell)| (name.trim(), cell.trim())).filter(|(_, cell)| !cell.is_empty()) {
        if LISTS.contains(&name) {
            let items = cell.split(';').map(str::trim).filter(|item| !item.is_empty());
            whole.insert(name.to_owned(), items.collect());
        } else if PLACE.contains(&name) {
            place.insert(name.to_owned(), cell.into());
        } else {
            whole.insert(name.to_owned(), cell.into());
        }
    }
    if !place.is_empty() {
        whole.insert("location".to_owned(), place.into());
    }
    whole.into()
}

fn record(row: &Value) -> Result<Record, Vec<Fault>> {
    let id = match row.get("id") {
        Some(Value::String(id)) if !id.is_empty() => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => return Err(vec![Fault { pointer: "/id".to_owned(), what: "must be text or a number".to_owned() }]),
    };
    Ok(Record { id, person: read_person(row)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_table_is_the_object_that_a_line_would_have_been() {
        let cells = [
            ("id", "7"),
            ("given", "Katherine"),
            ("born", "1988-02-14"),
            ("phones", "07700 900123; 0191 498 0001"),
            ("postcode", "ZZ1 2AB"),
            ("sex", ""),
        ];
        let found = record(&object(cells.into_iter())).expect("reads");
        assert_eq!((found.id.as_str(), found.person.given.as_deref()), ("7", Some("Katherine")));
        assert_eq!(found.person.phones, ["07700 900123", "0191 498 0001"]);
        assert_eq!(found.person.location.and_then(|l| l.postcode).as_deref(), Some("ZZ1 2AB"));
        assert_eq!(found.person.sex, None);
    }

    #[test]
    fn what_is_wrong_with_a_row_is_said_without_what_stands_in_it() {
        let wrong = |cells: &[(&'static str, &'static str)]| {
            let faults = record(&object(cells.iter().copied())).err().unwrap_or_default();
            faults.into_iter().map(|f| format!("{} {}", f.pointer, f.what)).collect::<Vec<_>>()
        };
        assert_eq!(wrong(&[("given", "Katherine")]), ["/id must be text or a number"]);
        assert_eq!(
            wrong(&[("id", "7"), ("born", "14.2.1988")]),
            ["/born must be a date (YYYY-MM-DD) or a year (YYYY)"]
        );
    }
}
