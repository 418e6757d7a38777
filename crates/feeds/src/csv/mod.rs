//! Extracts in CSV, by a map, into messages of the feed.
//!
//! The map (TOML, [`ExtractMap`]) says how the file is written and which column becomes which field. What a field holds
//! (an instant, a birth date, a list...) the contract knows, so the map does not repeat it.
//!
//! Invariants: a message's id is made from the map's name and the row's key or content, so a file that is imported
//! again changes nothing; a fault names line, column and field and never what stands there; memory does not grow with
//! the file, nor with a quote that nobody closed.

mod cell;
mod import;
mod map;
mod target;

pub use import::{Import, LARGEST_ROW, LineFault, NotOpened, Row, Summary, dry_run, import};
pub use map::{Column, ExtractMap, MapFault};

#[cfg(test)]
mod tests;
