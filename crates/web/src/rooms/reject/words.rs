//! Rejects in words that an administrator understands.

use alongside_desk::Actor;
use alongside_desk::State;
use alongside_desk::message::Fault;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::Subject;
use alongside_node::{Dealt, DealtHow, RejectLine, RejectedFor};

use super::LONGEST_TEXT;
use crate::rooms::naming::{self, Staff};
use crate::rooms::why::first_upper;
use crate::views::moment;
use crate::views::reject::{Fault as Shown, Line, Text};

/// A line of the list.
pub fn line(found: &RejectLine, staff: &Staff, now: Timestamp) -> Line {
    let mut faults = faults(&found.why).into_iter();
    let first = faults.next().unwrap_or_else(|| Shown { says: "It was not taken".to_owned(), pointer: String::new() });
    Line {
        id: format!("x-{}", found.id.0),
        href: format!("/rejects/{}", found.id.0),
        at: found.received,
        times: found.times,
        feed: found.feed.to_string(),
        fault: first,
        more: faults.len(),
        dealt: found.dealt.as_ref().map(|d| dealt(d, staff, now)).unwrap_or_default(),
    }
}

/// `Put aside by Ada Penrose, 20:14:03`
pub fn dealt(dealt: &Dealt, staff: &Staff, now: Timestamp) -> String {
    let by = staff.name(&Actor(dealt.by.clone()));
    let at = moment::fact(dealt.at, now);
    match dealt.how {
        DealtHow::Resubmitted => format!("Resubmitted by {by}, {at}: the desk has it"),
        DealtHow::PutAside => format!("Put aside by {by}, {at}"),
    }
}

/// What is wrong, each with its place.
pub fn faults(why: &RejectedFor) -> Vec<Shown> {
    match why {
        RejectedFor::Conflict => {
            let says = "A message with this id was taken before, and says something else".to_owned();
            vec![Shown { says, pointer: "/id".to_owned() }]
        }
        RejectedFor::Faults(faults) => faults.iter().map(shown).collect(),
    }
}

/// A fault as a sentence: `grade must be one of …`, `born in person must be …`, `The message is larger than 1 MiB`.
pub fn shown(fault: &Fault) -> Shown {
    let part = |part: &str| match part.parse::<usize>() {
        Ok(number) => format!("number {}", number + 1),
        Err(_) => part.replace('_', " ").replace("~1", "/").replace("~0", "~"),
    };
    let parts: Vec<String> = fault.pointer.split('/').skip(1).map(part).collect();
    let of = if parts.is_empty() {
        "The message".to_owned()
    } else {
        first_upper(&parts.into_iter().rev().collect::<Vec<_>>().join(" in "))
    };
    Shown { says: format!("{of} {}", fault.what), pointer: fault.pointer.clone() }
}

/// What can be done about it.
pub fn advice(why: &RejectedFor) -> &'static str {
    match why {
        RejectedFor::Conflict => {
            "What was taken stands, so this can be taken only under an id of its own. A sender corrects what it said with \
             incident.corrected. If it says what the desk knows already, put it aside."
        }
        RejectedFor::Faults(_) => {
            "If the fault is in the sender, have it mended and the message sent again; if it is in the text, mend it below."
        }
    }
}

/// What a message says, for whoever may mend it or only read it; `sent`: as somebody mended it just now.
pub fn text(raw: &[u8], sent: Option<&str>, may_mend: bool) -> Text {
    if raw.is_empty() {
        return Text::Gone("What it said is not kept here: it was too large, or it was taken out of the record.");
    }
    match (std::str::from_utf8(raw), may_mend) {
        (Ok(text), true) if raw.len() <= LONGEST_TEXT => {
            let hidden =
                text.chars().filter(|letter| !matches!(letter, '\n' | '\r' | '\t') && is_hidden(*letter)).count();
            let warning = match hidden {
                0 => String::new(),
                1 => "It holds a character that cannot be seen, or that turns the words around it.".to_owned(),
                n => format!("It holds {n} characters that cannot be seen, or that turn the words around them."),
            };
            Text::Mend(sent.unwrap_or(text).to_owned(), warning)
        }
        _ => {
            let text = String::from_utf8_lossy(raw);
            let cut = text.floor_char_boundary(LONGEST_TEXT);
            let lines: Vec<String> = text[..cut].lines().map(crate::rooms::words::plain).collect();
            let rest = if cut < text.len() { "\n…" } else { "" };
            Text::Read(lines.join("\n") + rest)
        }
    }
}

fn is_hidden(letter: char) -> bool {
    crate::rooms::words::plain(letter.encode_utf8(&mut [0; 4])) != letter.to_string()
}

/// What a name in a message stands for, if the desk knows it.
pub fn subject(state: &State, name: &str) -> Option<Subject> {
    let log = state.find(name).map(Subject::Incident);
    log.or_else(|| state.people.by_ref(name).map(Subject::Person))
}

/// What the log of views calls it.
pub fn subjects(state: &State, name: &str) -> Vec<String> {
    subject(state, name).map(|subject| naming::subjects(state, subject, [])).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_as_a_sentence_about_its_place() {
        let says = |pointer: &str, what: &str| shown(&Fault { pointer: pointer.into(), what: what.into() }).says;
        assert_eq!(says("", "is larger than 1 MiB"), "The message is larger than 1 MiB");
        assert_eq!(says("/grade", "must be one of: none"), "Grade must be one of: none");
        assert_eq!(says("/person/phones/0", "must be text"), "Number 1 in phones in person must be text");
        assert_eq!(says("/answered_by", "is required"), "Answered by is required");
    }

    #[test]
    fn a_text_is_mended_as_it_came_and_read_with_nothing_hidden_in_it() {
        let hostile = "{\"text\":\n\"A\u{202e}B\"}";
        let Text::Mend(text, warning) = text(hostile.as_bytes(), None, true) else { panic!("to mend") };
        assert_eq!(text, hostile);
        assert!(warning.contains("a character that cannot be seen"), "{warning}");
        let Text::Read(read) = super::text(hostile.as_bytes(), None, false) else { panic!("to read") };
        assert_eq!(read, "{\"text\":\n\"A‹U+202E›B\"}");
        let Text::Read(read) = super::text(b"\xff{", None, true) else { panic!("what is not text cannot be mended") };
        assert_eq!(read, "\u{fffd}{");
        assert!(matches!(super::text(b"", None, true), Text::Gone(_)));
    }
}
