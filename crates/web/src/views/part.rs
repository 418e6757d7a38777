//! The parts that every screen is made of: plain values that a template can show, each with its own small template.
//!
//! A part is shown with `{{ part.at(now) }}` or `{{ part.with(csrf) }}`; its text is escaped by its own template.

use std::borrow::Borrow;

use alongside_desk::time::Timestamp;
use askama::Template;
use askama::filters::HtmlSafe;

use super::moment;

/// Under this a countdown is amber, in milliseconds (five minutes).
const SOON_MS: i64 = 5 * 60_000;

/// A clock that runs towards a deadline, or away from a moment.
#[derive(Debug, Clone)]
pub struct Countdown {
    /// The deadline; of a clock that counts up, the moment that it counts from.
    pub at: Timestamp,
    /// When the time allowed began, for the bar that drains; without it there is no bar.
    pub from: Option<Timestamp>,
    /// To do what: `to send a unit`. Of a clock that counts up, since what: `put off`.
    pub to: String,
    /// Counts up from `at`: an age, never overdue.
    pub up: bool,
}

impl Countdown {
    /// The part that shows this clock at `now`.
    pub fn at(&self, now: impl Borrow<Timestamp>) -> CountdownPart<'_> {
        let now = *now.borrow();
        let left = self.at.since(now);
        let (state, word) = match left.ms() {
            _ if self.up => ("", "ago"),
            ..=0 => ("is-over", "over"),
            ..SOON_MS => ("is-soon", "left"),
            _ => ("", "left"),
        };
        CountdownPart { clock: self, left, state, word, gone: self.gone_per_cent(now) }
    }

    /// How much of the time allowed is gone, 0 to 100.
    fn gone_per_cent(&self, now: Timestamp) -> Option<i64> {
        let whole = self.at.since(self.from?).ms().max(1);
        Some((now.since(self.from?).ms().saturating_mul(100) / whole).clamp(0, 100))
    }
}

/// A [`Countdown`] at one instant.
#[derive(Debug, Template)]
#[template(path = "part/countdown.html")]
pub struct CountdownPart<'a> {
    clock: &'a Countdown,
    left: alongside_desk::time::Period,
    state: &'static str,
    word: &'static str,
    gone: Option<i64>,
}

impl HtmlSafe for CountdownPart<'_> {}

/// What stands where a countdown stands: a clock, or words where there is no clock to run.
#[derive(Debug, Clone)]
pub enum Left {
    /// A clock.
    Clock(Countdown),
    /// Words: `this shift`, and under them a second line, which may be empty.
    Words(String, String),
}

/// What a row is called by: its severity, or why it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Interrupt now.
    S1,
    /// This shift.
    S2,
    /// Review and coaching.
    S3,
    /// A clock runs, and no rule has fired.
    Due,
    /// Drawn at random.
    Sample,
    /// No rule has raised anything, and nothing waits.
    Unflagged,
}

impl Tag {
    /// The word on the tag.
    pub fn word(self) -> &'static str {
        match self {
            Self::S1 => "S1",
            Self::S2 => "S2",
            Self::S3 => "S3",
            Self::Due => "Due",
            Self::Sample => "Sample",
            Self::Unflagged => "No flag",
        }
    }

    /// What the word means, for a group heading.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::S1 => "Interrupt now",
            Self::S2 => "This shift",
            Self::S3 => "Review and coaching",
            Self::Due => "A clock runs, no rule has fired",
            Self::Sample => "Drawn at random",
            Self::Unflagged => "Nothing was raised",
        }
    }

    /// The tag's class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::S1 => "s1",
            Self::S2 => "s2",
            Self::S3 => "s3",
            Self::Due => "due",
            Self::Sample => "sample",
            Self::Unflagged => "unflagged",
        }
    }
}

/// Running text in which our words and the record's never look alike.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "part/words.html")]
pub struct Words {
    /// In order.
    pub pieces: Vec<Piece>,
}

impl HtmlSafe for Words {}

/// A stretch of [`Words`].
#[derive(Debug, Clone)]
pub enum Piece {
    /// Ours.
    Plain(String),
    /// Ours, in bold.
    Strong(String),
    /// The record's own, quoted whole: stretches of text, each underlined or not.
    Log(Vec<(String, bool)>),
    /// A link: where to, and its words.
    Link(String, String),
    /// Taken out of the record; the words say when, by whom and why.
    Redacted(String),
    /// A name in whatever script it is written in: it never turns the words around it.
    Name(String),
    /// The record's own words, which it has taken back.
    Struck(String),
    /// The sums under a sentence, or what is too long for its place: the word that opens it, and the rest.
    More(String, String),
}

impl Words {
    /// Words of ours.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Plain(text.into())] }
    }

    /// Adds a piece.
    #[must_use]
    pub fn and(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }

    /// The record's own `text` with the `spans` (byte ranges, in order, on character boundaries) underlined. A span
    /// that does not fit the text is left out: the words matter more than the line under them.
    pub fn log(text: &str, spans: &[std::ops::Range<usize>]) -> Self {
        let mut stretches = Vec::new();
        let mut done = 0;
        for span in spans {
            let (Some(before), Some(marked)) = (text.get(done..span.start), text.get(span.clone())) else { continue };
            stretches.push((before.to_owned(), false));
            stretches.push((marked.to_owned(), true));
            done = span.end;
        }
        stretches.push((text.get(done..).unwrap_or_default().to_owned(), false));
        stretches.retain(|(stretch, _)| !stretch.is_empty());
        Self { pieces: vec![Piece::Log(stretches)] }
    }
}

/// Something that a person can do on a page.
#[derive(Debug, Clone)]
pub struct Act {
    /// The name that keys and tests know it by: `take`, `hold`.
    pub act: &'static str,
    /// What the control says: `Take`, `Hold until`.
    pub says: String,
    /// The key beside it, empty for none.
    pub key: &'static str,
    /// Where it goes.
    pub href: String,
    /// What the form carries so that sending it twice does it once; `None` for a link to a page.
    pub form_id: Option<String>,
}

/// How an [`Act`] looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Filled: the one next step.
    Go,
    /// An outline.
    Button,
    /// Underlined words.
    Link,
}

impl Act {
    /// A link to a page.
    pub fn open(act: &'static str, says: &str, key: &'static str, href: impl Into<String>) -> Self {
        Self { act, says: says.to_owned(), key, href: href.into(), form_id: None }
    }

    /// A form with one button.
    pub fn post(
        act: &'static str,
        says: &str,
        key: &'static str,
        href: impl Into<String>,
        form_id: impl Into<String>,
    ) -> Self {
        Self { act, says: says.to_owned(), key, href: href.into(), form_id: Some(form_id.into()) }
    }

    /// Whether its form counts only on one version of what it is about: then another version is another form.
    pub fn stands_on_a_version(&self) -> bool {
        self.form_id.as_ref().is_some_and(|id| id.split('.').count() > 3)
    }

    /// The part: filled.
    pub fn go<'a>(&'a self, csrf: &'a str) -> ActPart<'a> {
        ActPart { act: self, csrf, class: "btn go" }
    }

    /// The part: an outline.
    pub fn button<'a>(&'a self, csrf: &'a str) -> ActPart<'a> {
        ActPart { act: self, csrf, class: "btn" }
    }

    /// The part: underlined words.
    pub fn link<'a>(&'a self, csrf: &'a str) -> ActPart<'a> {
        ActPart { act: self, csrf, class: "as-link" }
    }

    /// The part: a row's next step, which is filled while the row is under the keyboard.
    pub fn step<'a>(&'a self, csrf: &'a str) -> ActPart<'a> {
        ActPart { act: self, csrf, class: "as-link take" }
    }
}

/// An [`Act`] as a control.
#[derive(Debug, Template)]
#[template(path = "part/act.html")]
pub struct ActPart<'a> {
    act: &'a Act,
    csrf: &'a str,
    class: &'static str,
}

impl HtmlSafe for ActPart<'_> {}

/// A line of a two-time timeline.
#[derive(Debug, Clone)]
pub struct TimelineEntry {
    /// The anchor that flags point at: `e-11`.
    pub id: String,
    /// When it happened; `None` when the record does not say.
    pub happened: Option<Timestamp>,
    /// When it was learned, if that was not at once.
    pub learned_later: Option<Timestamp>,
    /// What.
    pub what: Words,
    /// It is going on now.
    pub live: bool,
    /// Its words have been taken out.
    pub redacted: bool,
}

/// Entries of one day, newest first.
#[derive(Debug, Clone)]
pub struct TimelineDay {
    /// `Friday 13 November`; `None` for the first day shown.
    pub heading: Option<String>,
    /// Newest first.
    pub entries: Vec<TimelineEntry>,
}

/// What something waits for: sent, delivered, seen, used or cannot.
#[derive(Debug, Clone)]
pub struct Step {
    /// `sent 02:22:36`
    pub says: String,
    /// How far it is.
    pub state: StepState,
}

/// How far a [`Step`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// It has happened.
    Done,
    /// The one that is being waited for.
    Waiting,
    /// Later.
    Ahead,
    /// Refused, or cannot be done.
    Refused,
}

impl StepState {
    /// The class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Waiting => "waiting",
            Self::Ahead => "",
            Self::Refused => "refused",
        }
    }
}

/// A notice above a page.
#[derive(Debug, Clone)]
pub enum Notice {
    /// Data is late, or something needs knowing.
    Note(String, Option<(String, String)>),
    /// Something did not happen: what, what it means, and where to go on.
    Error(String, String, Option<(String, String)>),
    /// An act that leaves in seconds, and how to take it back.
    Undo(Undo),
}

/// An act that can still be taken back.
#[derive(Debug, Clone)]
pub struct Undo {
    /// `Taken: Log 0187`
    pub says: String,
    /// What the seconds that are left mean: `It leaves in`, or, of what counts already, `It can be taken back for`.
    pub waits: &'static str,
    /// When it can no longer be taken back.
    pub until: Timestamp,
    /// Takes it back.
    pub act: Act,
}

/// How old a feed's newest message is.
#[derive(Debug, Clone)]
pub struct FeedAge {
    /// `Command and control`
    pub name: String,
    /// When its newest message or heartbeat came; `None` when nothing ever did.
    pub newest: Option<Timestamp>,
    /// Silent beyond its configured time.
    pub late: bool,
    /// What that means: `orders may be missing`. Empty when not late.
    pub means: String,
}

impl FeedAge {
    /// `16 min`, or that nothing has come.
    pub fn age(&self, now: impl Borrow<Timestamp>) -> String {
        let now = *now.borrow();
        self.newest.map_or_else(|| "nothing yet".to_owned(), |newest| moment::age(now.since(newest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_that_does_not_fit_leaves_the_words_whole() {
        let show = |text: &str, spans: &[std::ops::Range<usize>]| Words::log(text, spans).to_string();
        let whole = |text: &str, spans: &[std::ops::Range<usize>]| {
            show(text, spans).replace("<mark>", "").replace("</mark>", "").contains(text)
        };
        assert!(show("BY THE NECK, TWICE", &[7..11]).contains("BY THE <mark>NECK</mark>, TWICE"));
        assert!(whole("éé", &[1..2]), "inside a character");
        assert!(whole("short", &[2..90]));
        assert!(whole("abcdef", &[3..5, 1..2]), "out of order");
    }

    #[test]
    fn the_record_cannot_write_our_page() {
        let hostile = "<script>alert(1)</script>\" onload=x";
        for shown in [
            Words::log(hostile, &[0..8]).to_string(),
            Words::plain(hostile).to_string(),
            Words::default().and(Piece::Link(hostile.into(), hostile.into())).to_string(),
            Act::open("x", hostile, "", hostile).link("c").to_string(),
        ] {
            assert!(!shown.contains("<script"), "{shown}");
            assert!(!shown.contains("\" onload"), "{shown}");
        }
    }
}
