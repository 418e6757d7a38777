//! **The lexicon**: words of a log become signs, each with the span that it rests on.
//!
//! The words are data (`policy/lexicon.toml`, whose head documents its form); here is only the engine. A text is read
//! into words with case, diacritics, curly quotes, shorthand and slips of spelling folded away ([`text`],
//! [`vocabulary`]); patterns are found by the rarest word that they need ([`pattern`], [`program`]); and every match is
//! kept with its stance ([`stance`]), the denied ones too, so that a page can show why something was not counted.
//!
//! Invariants: the same lexicon and text give the same signs in the same order, on any machine; spans lie on character
//! boundaries of the text as it was given; the work for a text grows with its length and is bounded for each pattern.
//! No clock, no randomness, no floating point, no regular expressions, no iteration over hash maps.

mod aside;
mod called;
mod file;
mod pattern;
mod program;
mod stance;
mod text;
mod vocabulary;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use called::name_keys;

use program::{Found, Program, Programs};
use stance::{Cues, Manner, Sentence};
use text::Break;
use vocabulary::{Token, Vocabulary};

/// The lexicon that the program carries; a force may put its own in its place.
pub const LEXICON: &str = include_str!("../../../../../policy/lexicon.toml");

/// An indicator's place in [`Lexicon::indicators`]: good only together with [`Lexicon::version`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IndicatorId(pub u16);

/// How the words stand in their sentence. Rules use [`Stance::Stated`] only; pages show all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// Said of what is happening (or of any time, where the indicator counts the past).
    Stated,
    /// "No weapons", "denies being hit", "injuries: none".
    Denied,
    /// Told of another time, where the indicator keeps the past apart.
    Earlier,
    /// Asked, and not answered in the same place.
    Asked,
    /// Only supposed ("if he ever came with a knife"), or a rule for those who read it ("ask about weapons at every job").
    Supposed,
    /// Of something else: on television, at a school, between strangers, of another log.
    Elsewhere,
}

/// Who did it to whom, as the words put it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The person complained of, to the other; also where the words name nobody, for the log is about what was reported.
    SuspectToVictim,
    /// The victim, to the person complained of.
    VictimToSuspect,
    /// Both, or neither.
    Unclear,
}

/// A stretch of a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
}

impl Span {
    /// The words themselves, in the text that was scanned; `None` for another text.
    pub fn words(self, text: &str) -> Option<&str> {
        text.get(self.start as usize..self.end as usize)
    }
}

/// Words that mean something, where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sign {
    /// First byte of the words in the text.
    pub start: u32,
    /// The byte behind them.
    pub end: u32,
    /// What they are a sign of.
    pub indicator: IndicatorId,
    /// How they are said.
    pub stance: Stance,
    /// Passed on by somebody who was not there. It counts as much; a page says so.
    pub is_hearsay: bool,
    /// Who did it to whom: a reading of the nearest words, to be shown and never to be relied on alone.
    pub who: Who,
    /// Words of it that stand as somebody's name would: where one of them is the name of somebody on the log, it is no sign.
    pub names: [Option<Span>; 2],
}

impl Sign {
    /// The words themselves, in the text that was scanned; `None` for another text.
    pub fn words(self, text: &str) -> Option<&str> {
        text.get(self.start as usize..self.end as usize)
    }
}

/// One thing that words can be a sign of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// The name that rules use.
    pub name: String,
    /// What it is, in plain words for a page.
    pub says: String,
    /// A sign of danger to the person, by itself (RULES.md D01, D07).
    pub is_risk: bool,
}

/// A fault in a lexicon file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct Problem {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl Problem {
    /// A fault at a byte of a file.
    pub(crate) fn at(text: &str, place: usize, message: impl Into<String>) -> Self {
        // A compiler counts as it likes: a place within a letter is the letter's.
        let before = &text[..text.floor_char_boundary(place)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column, message: message.into() }
    }
}

/// One group of patterns of one indicator, ready to run.
#[derive(Debug)]
struct Group {
    indicator: IndicatorId,
    manner: Manner,
    /// Words that cannot be denied: "will ring tomorrow" stays what it is after any "no".
    is_deniable: bool,
    /// Other meanings: none of these may stand near.
    unless: Vec<Program>,
}

/// A lexicon, read and ready. Cheap to share, dear to make.
#[derive(Debug)]
pub struct Lexicon {
    version: String,
    indicators: Vec<Indicator>,
    vocabulary: Vocabulary,
    programs: Programs,
    /// Each pattern, with its group.
    patterns: Vec<(Program, u16)>,
    groups: Vec<Group>,
    /// By anchor word: where in `anchored` the word's patterns begin; one more at the end.
    anchors: Vec<u32>,
    anchored: Vec<u16>,
    cues: Cues,
    /// Words of the patterns that are people's names and no other word of English; sorted.
    names: Vec<vocabulary::WordId>,
    /// How near another meaning must stand, in words.
    unless_reach: usize,
}

impl Lexicon {
    /// Reads a lexicon file.
    ///
    /// # Errors
    /// Every fault found, in the order of the file. A file that is no TOML, or of another shape, gives one.
    pub fn parse(toml_text: &str) -> Result<Self, Vec<Problem>> {
        file::parse(toml_text)
    }

    /// Names the content: 16 hex digits of the file's SHA-256.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All indicators, by [`IndicatorId`].
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// The indicator that a sign names.
    pub fn indicator(&self, id: IndicatorId) -> Option<&Indicator> {
        self.indicators.get(usize::from(id.0))
    }

    /// The id of a name.
    pub fn id(&self, name: &str) -> Option<IndicatorId> {
        let at = self.indicators.iter().position(|indicator| indicator.name == name)?;
        u16::try_from(at).ok().map(IndicatorId)
    }

    /// Finds the signs in a text and appends them to `out`, by start, then end, then indicator. A sign inside a longer
    /// one of the same indicator is left out. Texts beyond 4 GiB are not read.
    pub fn scan(&self, text: &str, out: &mut Vec<Sign>) {
        if u32::try_from(text.len()).is_err() {
            return;
        }
        let mut tokens = Vec::with_capacity(text.len() / 5 + 2);
        let tail = self.vocabulary.read(text, &mut tokens);
        let mut matches = Vec::new();
        let mut candidates = Vec::new();
        let mut mask = Vec::new();
        let first = out.len();
        let mut rest: &[Token] = &tokens;
        while !rest.is_empty() {
            let (sentence, next) = split_sentence(rest);
            rest = next;
            self.programs.sets_of(sentence, &mut mask);
            self.candidates(sentence, &mask, &mut candidates);
            if candidates.is_empty() {
                continue;
            }
            matches.clear();
            for &pattern in &candidates {
                let (program, group) = self.patterns[usize::from(pattern)];
                let mut from = 0;
                while let Some(found) = self.programs.find(program, sentence, from) {
                    from = found.end;
                    if !self.means_other(&self.groups[usize::from(group)], sentence, &mask, found) {
                        matches.push((found, group));
                    }
                }
            }
            if !matches.is_empty() {
                let ended_by = next.first().map_or(tail, |token| token.before);
                let answer = split_sentence(next).0;
                let asked = Sentence::new(text, sentence, answer, ended_by == Break::Question);
                self.keep(asked, &mask, &matches, out);
            }
        }
        settle(out, first);
    }

    /// The patterns whose rarest word stands in the sentence.
    fn candidates(&self, sentence: &[Token], mask: &[u64], candidates: &mut Vec<u16>) {
        candidates.clear();
        for token in sentence {
            let word = usize::from(token.word);
            let (from, to) = (self.anchors[word] as usize, self.anchors[word + 1] as usize);
            for &pattern in &self.anchored[from..to] {
                let (program, _) = self.patterns[usize::from(pattern)];
                if self.programs.may_match(program, mask) && !candidates.contains(&pattern) {
                    candidates.push(pattern);
                }
            }
        }
    }

    fn means_other(&self, group: &Group, sentence: &[Token], mask: &[u64], found: Found) -> bool {
        let from = found.start.saturating_sub(self.unless_reach);
        let to = (found.end + self.unless_reach).min(sentence.len());
        group.unless.iter().any(|&other| {
            self.programs.may_match(other, mask) && self.programs.find(other, &sentence[..to], from).is_some()
        })
    }

    fn keep(&self, sentence: Sentence<'_>, mask: &[u64], matches: &[(Found, u16)], out: &mut Vec<Sign>) {
        let sentence = self.cues.mark(&self.programs, mask, sentence);
        for &(found, group) in matches {
            let group = &self.groups[usize::from(group)];
            let aside = if group.manner.aside_counts { None } else { sentence.aside(found) };
            let stance = match aside {
                Some(aside) => aside,
                None if group.is_deniable => self.cues.stance(&self.programs, &sentence, found, group.manner),
                None if sentence.is_template_no(found) => Stance::Denied,
                None => Stance::Stated,
            };
            out.push(Sign {
                start: sentence.tokens[found.start].start,
                end: sentence.tokens[found.end - 1].end,
                indicator: group.indicator,
                stance,
                is_hearsay: sentence.is_hearsay(found),
                who: sentence.who(found),
                names: self.names(&sentence, found),
            });
        }
    }
}

fn split_sentence(tokens: &[Token]) -> (&[Token], &[Token]) {
    let end = tokens.iter().skip(1).position(|token| token.before >= Break::Sentence);
    tokens.split_at(end.map_or(tokens.len(), |end| end + 1))
}

/// Orders the new signs and drops those that lie within another of the same indicator; of equal spans the first stance
/// stays.
fn settle(out: &mut Vec<Sign>, first: usize) {
    out[first..].sort_unstable_by_key(|sign| (sign.indicator, sign.start, u32::MAX - sign.end, sign.stance));
    let mut kept = first;
    for at in first..out.len() {
        let sign = out[at];
        let is_within = kept > first && {
            let last = out[kept - 1];
            last.indicator == sign.indicator && sign.end <= last.end
        };
        if !is_within {
            out[kept] = sign;
            kept += 1;
        }
    }
    out.truncate(kept);
    out[first..].sort_unstable_by_key(|sign| (sign.start, sign.end, sign.indicator));
}
