//! What of a page has to be sent. A row that the browser has already is only named: its opening tag, with `data-same`.
//!
//! A row is a `<tr id="...">` of the drawing, so there is one way of drawing a row, and a line that has sent nothing yet sends
//! everything. What a browser counts by itself (digits of a clock, the width of its bar) and what only says when a page was
//! drawn (its moment, the number of a form) is marked ` data-t=""` in the templates, and makes no page another one. The mark
//! holds quotation marks, so no text of a record can forge it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Begins a row.
const ROW: &str = "<tr id=\"";
/// Ends a row.
const END: &str = "</tr>";
/// From here to the next tag is the browser's own to keep.
const TICKS: &str = " data-t=\"\"";

/// What one browser was sent over one line.
#[derive(Debug, Default)]
pub struct Sent {
    /// A digest of all but the rows, with the rows' order; `None` before the first page.
    rest: Option<u64>,
    rows: HashMap<String, u64>,
}

impl Sent {
    /// What makes a page out of what was sent before; `None` when that is the page already, but for what ticks.
    pub fn next(&mut self, page: &str) -> Option<String> {
        let mut message = String::new();
        let mut rest = DefaultHasher::new();
        let mut rows = HashMap::with_capacity(self.rows.len());
        let mut is_new = false;
        for piece in Pieces(page) {
            match piece {
                Piece::Row { id, tag, whole } if !rows.contains_key(id) => {
                    id.hash(&mut rest);
                    let mut digest = DefaultHasher::new();
                    hash(whole, &mut digest);
                    let digest = digest.finish();
                    if self.rows.get(id) == Some(&digest) {
                        message.push_str(tag);
                        message.push_str(" data-same></tr>");
                    } else {
                        is_new = true;
                        message.push_str(whole);
                    }
                    rows.insert(id.to_owned(), digest);
                }
                // An id that comes twice names nothing.
                Piece::Row { whole: text, .. } | Piece::Rest(text) => {
                    hash(text, &mut rest);
                    message.push_str(text);
                }
            }
        }
        let rest = Some(rest.finish());
        is_new |= self.rest != rest;
        *self = Self { rest, rows };
        is_new.then_some(message)
    }
}

/// Hashes a page's text without what ticks in it.
fn hash(text: &str, into: &mut DefaultHasher) {
    for stretch in steady(text) {
        into.write(stretch.as_bytes());
    }
    into.write_u8(0xff);
}

/// The stretches of a page between what ticks.
fn steady(text: &str) -> impl Iterator<Item = &str> {
    text.split(TICKS).enumerate().map(|(at, stretch)| match at {
        0 => stretch,
        _ => stretch.find('<').map_or("", |tag| &stretch[tag..]),
    })
}

enum Piece<'a> {
    Rest(&'a str),
    /// `tag` is the opening one without its last sign.
    Row {
        id: &'a str,
        tag: &'a str,
        whole: &'a str,
    },
}

/// A page in pieces, in order and whole.
struct Pieces<'a>(&'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        match self.0.find(ROW) {
            None if self.0.is_empty() => None,
            Some(0) => {
                let text = self.0;
                let end = text.find(END).map_or(text.len(), |at| at + END.len());
                let (whole, rest) = text.split_at(end);
                self.0 = rest;
                let id = whole[ROW.len()..].split('"').next().unwrap_or_default();
                let tag = &whole[..whole.find('>').unwrap_or(whole.len())];
                // A row within a row would end where the inner one does.
                let is_plain = whole.ends_with(END) && !whole[ROW.len()..].contains("<tr");
                Some(if is_plain { Piece::Row { id, tag, whole } } else { Piece::Rest(whole) })
            }
            at => {
                let (rest, next) = self.0.split_at(at.unwrap_or(self.0.len()));
                self.0 = next;
                Some(Piece::Rest(rest))
            }
        }
    }
}

/// What a browser makes of a line: the same as the pages' script does, for tests.
#[cfg(test)]
pub mod browser {
    use super::{Piece, Pieces, steady};

    /// The page that a browser shows which showed `before` and is sent `message`.
    pub fn shows(before: &str, message: &str) -> String {
        let told: std::collections::HashMap<&str, &str> = Pieces(before)
            .filter_map(|piece| match piece {
                Piece::Row { id, whole, .. } => Some((id, whole)),
                Piece::Rest(_) => None,
            })
            .collect();
        let pieces = Pieces(message).map(|piece| match piece {
            Piece::Row { id, tag, .. } if tag.ends_with(" data-same") => *told.get(id).expect("a row that was told"),
            Piece::Row { whole: text, .. } | Piece::Rest(text) => text,
        });
        pieces.collect()
    }

    /// A page without what ticks in it.
    pub fn standing(page: &str) -> String {
        steady(page).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, words: &str, digits: &str) -> String {
        format!("<tr id=\"{id}\" data-row data-tag=\"S1\"><td><b data-t=\"\">{digits}</b></td><td>{words}</td></tr>")
    }

    fn page(rows: &[String], rest: &str) -> String {
        format!("<p>{rest}</p><table>{}</table>", rows.concat())
    }

    #[test]
    fn a_line_that_has_sent_nothing_sends_everything() {
        let page = page(&[row("r-1", "late", "1:00")], "one");
        assert_eq!(Sent::default().next(&page).as_deref(), Some(&*page));
    }

    #[test]
    fn a_row_that_was_sent_is_named_and_one_that_changed_is_told() {
        let mut sent = Sent::default();
        sent.next(&page(&[row("r-1", "late", "1:00"), row("r-2", "untaken", "2:00")], "two"));
        let message = sent.next(&page(&[row("r-2", "taken", "2:01"), row("r-1", "late", "1:01")], "two")).unwrap();
        let named = "<tr id=\"r-1\" data-row data-tag=\"S1\" data-same></tr>";
        assert_eq!(message, format!("<p>two</p><table>{}{named}</table>", row("r-2", "taken", "2:01")));
    }

    #[test]
    fn a_clock_that_ticks_sends_nothing_and_a_row_that_moves_or_leaves_does() {
        let mut sent = Sent::default();
        let rows = |digits: &str| [row("r-1", "late", digits), row("r-2", "late", digits)];
        assert!(sent.next(&page(&rows("1:00"), "two")).is_some());
        assert_eq!(sent.next(&page(&rows("1:07"), "two")), None);
        let [first, second] = rows("1:08");
        assert!(sent.next(&page(&[second.clone(), first], "two")).is_some(), "moved");
        assert!(sent.next(&page(std::slice::from_ref(&second), "two")).is_some(), "left");
        assert!(sent.next(&page(&[second], "one")).is_some(), "what is around the rows");
    }

    #[test]
    fn a_row_that_comes_back_is_told_again() {
        let mut sent = Sent::default();
        let whole = page(&[row("r-1", "late", "1:00")], "x");
        sent.next(&whole);
        sent.next(&page(&[], "x"));
        assert_eq!(sent.next(&whole), Some(whole));
    }

    #[test]
    fn an_id_that_comes_twice_and_a_row_within_a_row_are_always_told() {
        let mut sent = Sent::default();
        let twice = page(&[row("e-1", "log", "1:00"), row("e-1", "decision", "1:00")], "x");
        let nested = page(&["<tr id=\"a\"><td><table><tr id=\"b\"></tr></table></td></tr>".to_owned()], "x");
        for whole in [&twice, &nested] {
            sent.next(whole);
        }
        let message = sent.next(&twice).unwrap();
        assert!(message.contains("decision"));
        assert_eq!(browser::shows(&twice, &Sent::default().next(&twice).unwrap()), twice);
    }

    #[test]
    fn words_of_a_record_cannot_hide_a_change() {
        // A quotation mark in a text is written as an entity.
        let mut sent = Sent::default();
        let says = |words: &str| page(&[row("r-1", &format!("she wrote data-t=&#34;&#34; {words}"), "1:00")], "x");
        sent.next(&says("and went"));
        assert!(sent.next(&says("and came back")).is_some());
    }

    #[test]
    fn the_pieces_of_any_page_are_the_page() {
        for text in ["", "<p>x</p>", "<tr id=\"r\"><td>cut off", "<tr id=\"", "<tr id=\"a\"></tr><tr id=\"b\"></tr>z"] {
            let pieces = Pieces(text).map(|piece| match piece {
                Piece::Row { whole: text, .. } | Piece::Rest(text) => text,
            });
            assert_eq!(pieces.collect::<String>(), text);
        }
    }
}
