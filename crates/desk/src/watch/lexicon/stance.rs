//! Whether words are said of what is happening, or denied, asked, or told of another time.

use super::Stance;
use super::program::{Found, Program, Programs};
use super::text::Break;
use super::vocabulary::{Token, WordId};

/// How far behind its words an answer may stand ("weapons in the house: none"), in words.
const ANSWER_REACH: usize = 5;

/// What a cue does to the words near it. The names are those of the `[stance]` lists in the lexicon file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    Denial,
    Denies,
    Harmless,
    AnswerNo,
    AnswerYes,
    Asked,
    Question,
    Earlier,
    Now,
    Ends,
    Subject,
    Accused,
    Says,
    Or,
    And,
    Acts,
    If,
    Policy,
    Elsewhere,
    Hearsay,
    Victims,
    Mutual,
}

impl Cue {
    /// Every cue with its list's name in the file.
    pub const ALL: [(&'static str, Self); 22] = [
        ("denial", Self::Denial),
        ("denies", Self::Denies),
        ("harmless", Self::Harmless),
        ("answer_no", Self::AnswerNo),
        ("answer_yes", Self::AnswerYes),
        ("asked", Self::Asked),
        ("question", Self::Question),
        ("earlier", Self::Earlier),
        ("now", Self::Now),
        ("ends", Self::Ends),
        ("subject", Self::Subject),
        ("accused", Self::Accused),
        ("says", Self::Says),
        ("or", Self::Or),
        ("and", Self::And),
        ("acts", Self::Acts),
        ("if", Self::If),
        ("policy", Self::Policy),
        ("elsewhere", Self::Elsewhere),
        ("hearsay", Self::Hearsay),
        ("victims", Self::Victims),
        ("mutual", Self::Mutual),
    ];

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A sentence, and where in it the cues are: made only when the sentence holds a sign.
pub(super) struct Sentence<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    /// The sentence that follows: a question's answer.
    pub next: &'a [Token],
    pub is_question: bool,
    marks: Vec<u32>,
}

/// How one indicator's words are to be taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// Told of another time they are [`Stance::Earlier`]; else they count as stated ("he strangled her last year").
    pub past_apart: bool,
    /// The accused's own denial leaves the allegation standing.
    pub alleged: bool,
    /// It counts though the words are of something else: who reports it stays who reports it.
    pub aside_counts: bool,
}

/// Cue patterns by their anchor word.
#[derive(Debug, Default)]
pub(super) struct Cues {
    pub list: Vec<(Cue, Program)>,
    pub by_word: Vec<Vec<u16>>,
    pub reach: usize,
}

impl Cues {
    fn at(&self, word: WordId) -> &[u16] {
        self.by_word.get(usize::from(word)).map_or(&[], |list| list)
    }

    /// Marks the cues of a sentence: denials and questions on their last word, answers on their first.
    pub fn mark<'a>(&self, programs: &Programs, mask: &[u64], mut sentence: Sentence<'a>) -> Sentence<'a> {
        let tokens = sentence.tokens;
        let mut seen: Vec<u16> = Vec::new();
        let mut spans: Vec<(Cue, Found)> = Vec::new();
        for token in tokens {
            for &cue in self.at(token.word) {
                let (_, program) = self.list[usize::from(cue)];
                if programs.may_match(program, mask) && !seen.contains(&cue) {
                    seen.push(cue);
                }
            }
        }
        for cue in seen {
            let (kind, program) = self.list[usize::from(cue)];
            let mut from = 0;
            while let Some(found) = programs.find(program, tokens, from) {
                from = found.start + 1;
                spans.push((kind, found));
            }
        }
        sentence.marks = vec![0; tokens.len()];
        for &(kind, found) in &spans {
            let is_harmless = matches!(kind, Cue::Denial | Cue::Denies | Cue::AnswerNo)
                && spans
                    .iter()
                    .any(|&(other, over)| other == Cue::Harmless && over.start < found.end && found.start < over.end);
            if is_harmless {
                continue;
            }
            match kind {
                Cue::AnswerNo | Cue::AnswerYes => sentence.marks[found.start] |= kind.bit(),
                Cue::Earlier | Cue::Now | Cue::Policy | Cue::Elsewhere => {
                    sentence.marks[found.start..found.end].iter_mut().for_each(|mark| *mark |= kind.bit());
                }
                _ => sentence.marks[found.end - 1] |= kind.bit(),
            }
        }
        sentence
    }

    /// What the following sentence answers to a question: yes, no, or nothing.
    fn answer(&self, programs: &Programs, next: &[Token]) -> Option<bool> {
        let opens = |wanted: Cue| {
            self.list.iter().any(|&(cue, program)| cue == wanted && programs.at(program, next, 0).is_some())
        };
        if opens(Cue::AnswerNo) { Some(false) } else { opens(Cue::AnswerYes).then_some(true) }
    }

    /// The stance of a match in a marked sentence.
    pub fn stance(&self, programs: &Programs, sentence: &Sentence<'_>, found: Found, manner: Manner) -> Stance {
        if sentence.is_doubted(found) {
            return Stance::Asked;
        }
        let before = sentence.before(found, self.reach, manner);
        if before == Some(Stance::Denied) {
            return Stance::Denied;
        }
        match sentence.behind(found.end) {
            Some(false) => return Stance::Denied,
            Some(true) => return Stance::Stated,
            None => {}
        }
        if sentence.is_question {
            match self.answer(programs, sentence.next) {
                Some(false) => return Stance::Denied,
                Some(true) => return Stance::Stated,
                None if sentence.marks.iter().any(|mark| mark & Cue::Question.bit() != 0) => return Stance::Asked,
                None => {}
            }
        }
        if let Some(asked) = before {
            return asked;
        }
        if sentence.is_supposed(found, self.reach) {
            return Stance::Supposed;
        }
        if manner.past_apart && sentence.is_earlier(found, self.reach) { Stance::Earlier } else { Stance::Stated }
    }
}

impl<'a> Sentence<'a> {
    pub fn new(text: &'a str, tokens: &'a [Token], next: &'a [Token], is_question: bool) -> Self {
        Self { text, tokens, next, is_question, marks: Vec::new() }
    }

    pub(super) fn has(&self, at: usize, cue: Cue) -> bool {
        self.marks.get(at).is_some_and(|mark| mark & cue.bit() != 0)
    }

    /// A denial or a question in scope before the words, or between them in a gap.
    fn before(&self, found: Found, reach: usize, manner: Manner) -> Option<Stance> {
        let mut asked = None;
        for at in found.start..found.end {
            let is_named = found.named >> (at - found.start) & 1 == 1;
            if !is_named && self.is_denial(at, manner) {
                return Some(Stance::Denied);
            }
        }
        let mut subject = self.has(found.start, Cue::Subject).then_some(found.start);
        let mut at = found.start;
        while at > 0 && found.start - at < reach {
            let goes_on = match self.tokens[at].before {
                Break::None => true,
                Break::Soft => self.list_goes_on(at, found.end),
                _ => false,
            };
            if !goes_on {
                break;
            }
            at -= 1;
            if self.has(at, Cue::Ends) || (self.has(at, Cue::And) && self.begins_clause(at + 1)) {
                break;
            }
            let (denies, asks) = (self.is_denial(at, manner), self.has(at, Cue::Asked));
            if denies || asks {
                // "not injured he hit her" is two clauses without a comma; "never said he would" is one.
                let is_other_clause = !self.has(at, Cue::Denies)
                    && subject.is_some_and(|subject| {
                        at + 1 < subject && !(at + 1..subject).any(|between| self.has(between, Cue::Says))
                    });
                if is_other_clause {
                    break;
                }
                if denies {
                    return Some(Stance::Denied);
                }
                asked = Some(Stance::Asked);
            }
            if self.has(at, Cue::Subject) {
                subject = Some(at);
            }
        }
        asked
    }

    fn is_denial(&self, at: usize, manner: Manner) -> bool {
        if self.has(at, Cue::Denial) {
            return true;
        }
        let by_accused = (at.saturating_sub(2)..at).any(|before| self.has(before, Cue::Accused));
        self.has(at, Cue::Denies) && !(manner.alleged && by_accused)
    }

    /// After a comma a denial goes on only over a list: "no weapons, drink or drugs", not "no injuries, he hit her".
    fn list_goes_on(&self, from: usize, until: usize) -> bool {
        if self.begins_clause(from) {
            return false;
        }
        let rest = &self.tokens[from + 1..];
        let end =
            rest.iter().position(|token| token.before != Break::None).map_or(self.tokens.len(), |at| from + 1 + at);
        let near = (until + 3).min(self.tokens.len());
        end - from <= 2 || (from..near).any(|at| self.has(at, Cue::Or))
    }

    fn begins_clause(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        let letters = &self.text.as_bytes()[token.start as usize..token.end as usize];
        let is_verb = letters.len() > 4
            && letters.last_chunk().is_some_and(|tail: &[u8; 2]| tail.eq_ignore_ascii_case(b"ed"))
            || letters.len() > 5
                && letters.last_chunk().is_some_and(|tail: &[u8; 3]| tail.eq_ignore_ascii_case(b"ing"));
        is_verb || [Cue::Subject, Cue::Ends, Cue::Acts].into_iter().any(|cue| self.has(at, cue))
    }

    /// The answer that stands behind the words in their own sentence: yes, no, or nothing.
    fn behind(&self, end: usize) -> Option<bool> {
        for at in end..(end + ANSWER_REACH).min(self.tokens.len()) {
            if at == end || self.tokens[at].before != Break::None {
                if self.has(at, Cue::AnswerNo) {
                    return Some(false);
                }
                if self.has(at, Cue::AnswerYes) {
                    return Some(true);
                }
            }
            if self.has(at, Cue::Ends) || self.has(at, Cue::Subject) || self.is_denial_word(at) {
                return None;
            }
        }
        None
    }

    fn is_denial_word(&self, at: usize) -> bool {
        self.has(at, Cue::Denial) || self.has(at, Cue::Denies)
    }

    fn is_earlier(&self, found: Found, reach: usize) -> bool {
        let mut from = found.start;
        while from > 0 && found.start - from < reach {
            let crosses = match self.tokens[from].before {
                Break::None => true,
                // "Last year, he hit her": only an opening may reach over its comma.
                Break::Soft => from <= 3,
                _ => false,
            };
            if !crosses || self.has(from - 1, Cue::Ends) {
                break;
            }
            from -= 1;
        }
        let mut to = found.end;
        while to < self.tokens.len() && to - found.end < reach {
            if self.tokens[to].before != Break::None || self.has(to, Cue::Ends) {
                break;
            }
            to += 1;
        }
        let named = |at: usize| at >= found.start && at < found.end && found.named >> (at - found.start) & 1 == 1;
        let marked = |cue| (from..to).any(|at| !named(at) && self.has(at, cue));
        marked(Cue::Earlier) && !marked(Cue::Now)
    }
}
