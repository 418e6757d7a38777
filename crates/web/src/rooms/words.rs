//! What the record says, read from the journal by entry when a page is drawn: the desk's state holds places, never texts.
//!
//! Invariants: a page is drawn only when every word on it has been read; what was taken out of the record is said to be;
//! characters that would hide or turn the words around them are shown, never obeyed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use alongside_desk::event::{FoundSign, Taken};
use alongside_desk::message::{Body as Says, Message};
use alongside_desk::review::StaffEvent;
use alongside_desk::time::Timestamp;
use alongside_desk::{Actor, Desk, Event};
use alongside_node::Node;
use alongside_node::{Body, Entry, Read as _, Seq};

use super::{Drawing, Room};
use crate::views::part::Words;

/// A page is drawn again at most this often because entries came while its words were read.
const MOST_ROUNDS: usize = 6;

/// One entry, read.
#[derive(Clone, Debug)]
pub struct Said {
    /// When it happened.
    pub at: Timestamp,
    /// When the force's systems had it.
    pub known: Timestamp,
    /// What it is.
    pub what: What,
}

/// What an entry is.
#[derive(Clone, Debug)]
pub enum What {
    /// A message as it was delivered.
    Message(Box<Message>, Vec<Range<usize>>),
    /// A correction, or a withdrawal.
    Correction(Box<Correction>),
    /// Something that a colleague did in the desk.
    Staff(Actor, Box<StaffEvent>),
    /// A judgement of the desk's own, which no page quotes.
    Other,
    /// Taken out of the record.
    Redacted,
    /// It could not be read just now.
    Unread,
}

/// What a correction changed.
#[derive(Clone, Debug)]
pub struct Correction {
    /// Who made it in the source system.
    pub by: Option<String>,
    /// The log it stands on.
    pub incident: Option<String>,
    /// What the source says now; nothing for a withdrawal.
    pub now: Option<(Message, Vec<Range<usize>>)>,
    /// The entry that is corrected, where the journal has it.
    pub of: Option<u64>,
}

impl Said {
    /// The message, as it stands after a correction.
    pub fn message(&self) -> Option<(&Message, &[Range<usize>])> {
        match &self.what {
            What::Message(message, spans) => Some((message, spans)),
            What::Correction(correction) => correction.now.as_ref().map(|(message, spans)| (message, &spans[..])),
            _ => None,
        }
    }
}

/// The words of a page. Asking for what has not been read yet notes it down.
#[derive(Debug, Default)]
pub struct Texts {
    read: BTreeMap<u64, Said>,
    /// Corrected or withdrawn entries, each with the newest entry that did it.
    corrected: BTreeMap<u64, u64>,
    missing: RefCell<BTreeSet<u64>>,
}

impl Texts {
    /// Draws until every word has been read. The desk is never held while the journal is read.
    pub fn settle<V>(room: &Room, draw: impl Fn(&Desk, &Self) -> Option<Drawing<V>>) -> Option<Drawing<V>> {
        let mut texts = Self::default();
        for _ in 1..MOST_ROUNDS {
            let drawing = room.node.read(|desk| draw(desk, &texts))?;
            let missing = std::mem::take(&mut *texts.missing.borrow_mut());
            if missing.is_empty() {
                return Some(drawing);
            }
            texts.fetch(&room.node, missing);
        }
        room.node.read(|desk| draw(desk, &texts))
    }

    /// An entry's words.
    pub fn get(&self, seq: u64) -> Option<&Said> {
        let said = self.read.get(&seq);
        if said.is_none() {
            self.missing.borrow_mut().insert(seq);
        }
        said
    }

    /// The entry that corrected or withdrew this one.
    pub fn corrected_by(&self, seq: u64) -> Option<u64> {
        self.corrected.get(&seq).copied()
    }

    fn fetch(&mut self, node: &Node, mut wanted: BTreeSet<u64>) {
        // A correction brings what it corrects, which may be a correction itself.
        while !wanted.is_empty() {
            let seqs: Vec<Seq> = wanted.iter().map(|seq| Seq(*seq)).collect();
            let entries = node.journal().read_many(&seqs).unwrap_or_else(|_| {
                tracing::error!("the words of a page could not be read");
                Vec::new()
            });
            for entry in &entries {
                self.read.insert(entry.seq.0, said(node, entry));
            }
            let mut next = BTreeSet::new();
            for seq in wanted {
                let at = Timestamp::default();
                let said = self.read.entry(seq).or_insert(Said { at, known: at, what: What::Unread });
                if let What::Correction(correction) = &said.what
                    && let Some(of) = correction.of
                {
                    // Of two corrections of one message the later one stands.
                    let before = self.corrected.insert(of, seq).filter(|before| *before != seq);
                    if let Some(before) = before {
                        self.corrected.insert(of, seq.max(before));
                        self.corrected.insert(seq.min(before), seq.max(before));
                    }
                    next.insert(of);
                }
            }
            next.retain(|seq| !self.read.contains_key(seq));
            wanted = next;
        }
    }
}

fn said(node: &Node, entry: &Entry) -> Said {
    let what = match &entry.body {
        Body::Redacted => What::Redacted,
        Body::Open(body) => match Event::decode(&entry.kind, entry.version, body) {
            Ok(Event::Taken(taken)) => heard(node, *taken),
            Ok(Event::Staff(event)) => What::Staff(Actor(entry.actor.as_str().into()), Box::new(event)),
            Ok(_) => What::Other,
            Err(_) => What::Unread,
        },
    };
    let at = match &what {
        What::Correction(correction) => correction.now.as_ref().map_or(entry.at, |(message, _)| message.at),
        _ => entry.at,
    };
    Said { at, known: entry.known, what }
}

fn heard(node: &Node, taken: Taken) -> What {
    let Taken { feed, message, signs, now, .. } = taken;
    let message = Arc::unwrap_or_clone(message);
    let Says::Corrected { corrects, .. } = &message.body else {
        let spans = spans(&signs);
        return What::Message(Box::new(message), spans);
    };
    // As the node names a feed's messages.
    let source = node.journal().source_key().source_id(&format!("feed:{feed}"), corrects);
    let of = node.journal().find_source(&source).ok().flatten().map(|seq| seq.0);
    let now = now.map(|(message, signs)| {
        let spans = spans(&signs);
        (message, spans)
    });
    What::Correction(Box::new(Correction { by: message.by, incident: message.incident, now, of }))
}

/// Where the words are that the lexicon found: those that are said, not denied.
fn spans(signs: &[FoundSign]) -> Vec<Range<usize>> {
    let at = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let mut found: Vec<Range<usize>> =
        signs.iter().filter(|sign| sign.stated).map(|sign| at(sign.start)..at(sign.end)).collect();
    found.sort_by_key(|span| (span.start, span.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for span in found {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

/// The record's own text, its signs underlined, and nothing in it that acts on the page.
pub fn log(text: &str, spans: &[Range<usize>]) -> Words {
    let mut shown = String::with_capacity(text.len());
    // Where each byte of the text went.
    let mut places = Vec::with_capacity(text.len() + 1);
    for letter in text.chars() {
        let place = shown.len();
        push(&mut shown, letter);
        places.extend(std::iter::repeat_n(place, letter.len_utf8()));
    }
    places.push(shown.len());
    let spans: Vec<Range<usize>> =
        spans.iter().filter_map(|span| Some(*places.get(span.start)?..*places.get(span.end)?)).collect();
    Words::log(&shown, &spans)
}

/// A short text of the record inside a sentence of ours, with nothing in it that acts on the page.
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|letter| push(&mut shown, letter));
    shown
}

/// A sentence without its sums, and the sums: `If she is the same (phone +11.4): …` reads on without the brackets.
pub fn apart(sentence: &str) -> (String, Option<String>) {
    const LEANS: &str = "If she is the same (";
    let cut = sentence.strip_prefix(LEANS).and_then(|rest| rest.split_once("): "));
    cut.map_or_else(
        || (sentence.to_owned(), None),
        |(sums, rest)| (format!("If she is the same: {rest}"), Some(sums.to_owned())),
    )
}

fn push(shown: &mut String, letter: char) {
    match letter {
        '\t' => shown.push(' '),
        '\n' => shown.push_str(" ↵ "),
        '\0'..='\u{1f}' => shown.extend(char::from_u32(0x2400 + u32::from(letter))),
        '\u{7f}' => shown.push('␡'),
        // What turns the order of letters around, what nobody can see, and what breaks a line.
        '\u{80}'..='\u{9f}'
        | '\u{200b}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' => {
            shown.push_str(&format!("‹U+{:04X}›", u32::from(letter)));
        }
        letter => shown.push(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_hide_or_turn_words_is_shown_and_the_line_stays_under_its_words() {
        let show = |text: &str, spans: &[Range<usize>]| log(text, spans).to_string();
        assert!(show("HE\0 HAS A \u{202e}KNIFE", &[13..18]).contains("HE␀ HAS A ‹U+202E›<mark>KNIFE</mark>"));
        assert!(show("ONE\nTWO", &[4..7]).contains("ONE ↵ <mark>TWO</mark>"));
        assert!(show("ਉਹ ਇੱਥੇ ਹੈ", &[]).contains("ਉਹ ਇੱਥੇ ਹੈ"));
        assert_eq!(plain("a\u{2066}b\u{200f}c"), "a‹U+2066›b\u{200f}c");
    }

    #[test]
    fn sums_stand_apart_from_the_sentence_that_they_carry() {
        let (says, sums) = apart("If she is the same (phone +11.4, name +4.0): Contact 2 since 20:37; not seen (yet)");
        assert_eq!(says, "If she is the same: Contact 2 since 20:37; not seen (yet)");
        assert_eq!(sums.as_deref(), Some("phone +11.4, name +4.0"));
        assert_eq!(apart("Contact 2 (of 3): not seen"), ("Contact 2 (of 3): not seen".to_owned(), None));
    }

    #[test]
    fn stretches_that_meet_become_one_line() {
        let sign =
            |start, end, stated| FoundSign { indicator: "x".into(), start, end, stated, risk: true, names: Vec::new() };
        assert_eq!(spans(&[sign(4, 9, true), sign(0, 5, true), sign(20, 22, false)]), vec![0..9]);
    }
}
