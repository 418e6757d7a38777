//! The phrase book: ready lines as data, each with its source.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;

/// The phrase book that comes with the program.
pub const PHRASES: &str = include_str!("../../../../../policy/phrases.toml");

static SHIPPED: LazyLock<PhraseBook> =
    LazyLock::new(|| PhraseBook::read(PHRASES).expect("the shipped phrase book, which a test reads"));

/// Lines in the order of their keys on a keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhraseBook {
    /// A line is no longer than this, in characters; typed ones too.
    pub longest: usize,
    /// The lines: no more than there are digits to choose them by.
    pub phrases: Vec<Phrase>,
}

/// A ready line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Names it in the record for good.
    pub key: Arc<str>,
    /// What is sent.
    pub says: Arc<str>,
    /// Where it comes from; `D` for a decision of this project.
    pub source: Arc<str>,
}

/// A phrase book that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PhraseFault {
    /// It is not TOML of this form.
    #[error("the phrase book cannot be read: {0}")]
    Form(#[from] toml::de::Error),
    /// It has no line, or more than a digit chooses.
    #[error("the phrase book has {0} lines: a digit chooses one of up to 9")]
    Count(usize),
    /// A line could not be sent, or has the key of another.
    #[error("the line `{0}` is empty, too long, of more than one line, or has the key of another")]
    Line(Arc<str>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    longest: usize,
    line: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    key: Arc<str>,
    says: Arc<str>,
    source: Arc<str>,
}

impl PhraseBook {
    /// The one that comes with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads a phrase book.
    ///
    /// # Errors
    /// [`PhraseFault`] with what is wrong and where.
    pub fn read(text: &str) -> Result<Self, PhraseFault> {
        let File { longest, line } = toml::from_str(text)?;
        if line.is_empty() || line.len() > 9 {
            return Err(PhraseFault::Count(line.len()));
        }
        let mut book = Self { longest, phrases: Vec::new() };
        for Line { key, says, source } in line {
            let fits = !key.is_empty() && !source.is_empty() && book.line(&says).as_ref() == Some(&says);
            if !fits || book.phrase(&key).is_some() || book.saying(&says).is_some() {
                return Err(PhraseFault::Line(key));
            }
            book.phrases.push(Phrase { key, says, source });
        }
        Ok(book)
    }

    /// A ready line by its key.
    pub fn phrase(&self, key: &str) -> Option<&Phrase> {
        self.phrases.iter().find(|phrase| &*phrase.key == key)
    }

    /// The ready line that says exactly this.
    pub fn saying(&self, words: &str) -> Option<&Phrase> {
        self.phrases.iter().find(|phrase| &*phrase.says == words)
    }

    /// Words as they can be sent: one line, not empty and not too long; nothing where they are not.
    pub fn line(&self, words: &str) -> Option<Arc<str>> {
        let words = words.trim();
        let fits = !words.is_empty() && words.chars().count() <= self.longest && !words.chars().any(char::is_control);
        fits.then(|| words.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrase_book_that_comes_with_the_program_can_be_read() {
        let book = PhraseBook::shipped();
        assert_eq!(book.phrases.first().map(|phrase| &*phrase.says), Some("Ask if he can hear her"));
        assert!(
            book.phrases.iter().all(|phrase| phrase.says.chars().count() <= 60),
            "short enough to read at a glance"
        );
    }

    #[test]
    fn a_slip_in_it_is_told_and_ends_nothing() {
        let read = |lines: &str| PhraseBook::read(&format!("longest = 20\n{lines}")).map(|book| book.phrases.len());
        let line = |key: &str, says: &str| format!("[[line]]\nkey = \"{key}\"\nsays = \"{says}\"\nsource = \"D\"\n");
        assert_eq!(read(&line("a", "Stay on the line")).ok(), Some(1));
        for (wrong, why) in [
            (line("a", "x") + &line("a", "y"), "has the key of another"),
            (line("a", "x") + &line("b", "x"), "has the key of another"),
            (line("a", ""), "is empty"),
            (line("a", "far too long a line to be read at a glance"), "too long"),
            (line("a", "one\\ntwo"), "more than one line"),
            ((0..10).map(|n| line(&n.to_string(), &n.to_string())).collect(), "has 10 lines"),
            ("[[line]]\nkey = \"a\"\nsays = \"x\"".to_owned(), "cannot be read"),
        ] {
            let said = read(&wrong).expect_err(why).to_string();
            assert!(said.contains(why), "{said}");
        }
    }
}
