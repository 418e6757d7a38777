//! What a machine wrote of a call: for whoever listens to it now, and for whoever may hear its recording.

use std::time::Duration;

use alongside_desk::time::Period;
use alongside_media::call::CallId as AudioId;
use alongside_media::captions::{Captions, Kept, Line as Said, ReadError, Side, Standing};

use crate::views::captions::{Captions as View, Line};
use crate::views::moment;

/// So many lines stand on the page (D): what was said in the last minute or so.
const SHOWN: usize = 8;

/// The last lines of a call that this person listens to.
pub fn live(captions: &Captions, call: AudioId) -> View {
    let told = captions.of(call, SHOWN);
    let server = match told.standing {
        Standing::Unasked | Standing::Answers => "",
        Standing::Silent => "The caption server does not answer: what is said now is not written.",
        Standing::Unfit => "The caption server answers, and not with words: what is said now is not written.",
    };
    View {
        lines: told.lines.iter().map(|written| line(format!("said-{}", written.number), &written.line)).collect(),
        none: "Nothing has been written of this call yet.".to_owned(),
        warning: [server.to_owned(), missing(told.missing)].join(" ").trim().to_owned(),
    }
}

/// What stands there for somebody who does not listen yet.
pub fn not_yet() -> View {
    View { none: "They stand here while you listen.".to_owned(), ..View::default() }
}

/// The captions beside a recording; nothing where there are none.
pub fn kept(read: Result<Kept, ReadError>, has_ended: bool) -> Option<View> {
    let kept = match read {
        Ok(kept) => kept,
        Err(ReadError::None) => return None,
        Err(ReadError::Changed) => {
            let changed =
                "They are not as they were sealed: somebody or something has changed their file. They are not shown.";
            return Some(View { warning: changed.to_owned(), ..View::default() });
        }
        Err(ReadError::Read(_)) => {
            return Some(View { warning: "Their file cannot be read.".to_owned(), ..View::default() });
        }
    };
    let breaks_off = "They break off, or the last words are still being written.".to_owned();
    let mut lines = kept.lines;
    // They were sealed as they came: two voices at once came in any order.
    lines.sort_by_key(|line| line.from);
    Some(View {
        lines: lines.iter().zip(0..).map(|(said, number)| line(format!("said-{number}"), said)).collect(),
        none: "Nothing could be written of it.".to_owned(),
        warning: match kept.missing {
            Some(count) => missing(count),
            None if has_ended => breaks_off,
            None => String::new(),
        },
    })
}

fn line(id: String, said: &Said) -> Line {
    let who = match said.side {
        Side::Caller => "Caller",
        Side::Handler => "Call handler",
    };
    Line { id, at: place(said.from), who, words: said.words.clone() }
}

fn place(from: Duration) -> String {
    moment::digits(Period::from_ms(i64::try_from(from.as_millis()).unwrap_or(i64::MAX)))
}

fn missing(count: u64) -> String {
    match count {
        0 => String::new(),
        1 => "Words are missing in 1 place.".to_owned(),
        n => format!("Words are missing in {n} places."),
    }
}
