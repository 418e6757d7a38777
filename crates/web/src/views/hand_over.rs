//! The hand-over of what is open, from one shift to the next: no shift ends while something has no name on it.

use alongside_desk::time::Timestamp;
use askama::Template;

use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Act, Left, Notice, Tag};

/// The hand-over's page.
#[derive(Debug, Clone, Template)]
#[template(path = "hand_over.html", blocks = ["page"])]
pub struct HandOver {
    /// The layout.
    pub frame: Frame,
    /// Above the list.
    pub notices: Vec<Notice>,
    /// `You take over from Sam Whitlock at 06:00`, or `You hand over to Jo Reyes at 06:00`.
    pub title: String,
    /// Which side of it this person is on.
    pub side: Side,
    /// What is open.
    pub items: Vec<Item>,
    /// Starts or ends the shift; `None` while something is not taken.
    pub finish: Option<Act>,
    /// What the button says in either state: `Start my shift`.
    pub finish_says: String,
    /// Why it cannot yet: `2 are not taken. Sam stays on until each one has a name on it.` Empty when it can.
    pub not_yet: String,
    /// The shift in a few lines.
    pub lines: Vec<String>,
    /// Who covers today; the flag marks hours that nobody covers.
    pub cover: Vec<(String, bool)>,
}

/// Which side of a hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Writes the notes.
    Giving,
    /// Takes.
    Taking,
}

/// Something open.
#[derive(Debug, Clone)]
pub struct Item {
    /// Fit for an HTML id.
    pub id: String,
    /// What is left.
    pub left: Left,
    /// `Wrona: tell her he is in custody`
    pub says: String,
    /// Opens it.
    pub href: String,
    /// `Log 0187 · safe through Ewa from 09:00`
    pub about: String,
    /// Its severity.
    pub tag: Option<Tag>,
    /// The note; empty when none is written.
    pub note: String,
    /// Where the note is written, with what makes a second sending do nothing.
    pub note_form: Option<(String, String)>,
    /// When it was taken.
    pub taken: Option<Timestamp>,
    /// Take, ask.
    pub acts: Vec<Act>,
}

impl HandOver {
    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.items.iter().filter(|item| item.taken.is_some()).count()
    }

    /// How many have a note.
    pub fn noted(&self) -> usize {
        self.items.iter().filter(|item| !item.note.is_empty()).count()
    }
}
