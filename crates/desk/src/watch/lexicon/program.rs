//! Patterns laid out as steps, and the one loop that walks them over a sentence.

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::{self, Node};
use super::text::Break;
use super::vocabulary::{Token, UNKNOWN, WordId};

/// Work for one pattern at one place; a pattern that asks for more is taken as not matching, at once and always alike.
const STEPS_MAX: u32 = 4_000;
/// The longest stretch of words that one match can span: a mask of the words used fits one integer.
const SPAN_MAX: usize = 64;

#[derive(Debug, Clone, Copy)]
enum Step {
    Word(WordId),
    /// One word of a set.
    Set(u16),
    Gap {
        max: u8,
        wide: bool,
    },
    /// Try the next step first, then that one.
    Else(u32),
    Go(u32),
    /// The steps that follow must not match here; go on behind them.
    NotAhead(u32),
    NotBehind(u16),
    /// The nearest subject before is one of a set.
    Subject(u16),
    Begin,
    End,
    Done,
}

/// Where a pattern's steps begin, and whether it takes misspelt words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Program {
    first: u32,
    misspelt: bool,
    /// The set of words that a match can begin with.
    starts: Option<u16>,
    /// Sets of which one word must stand in the sentence.
    needs: [Option<u16>; 2],
}

/// A match, in words of its sentence: `start..end`, and which of these words the pattern itself named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
    pub named: u64,
}

impl Found {
    /// Whether the pattern itself named the word at this place of the sentence.
    pub fn names(self, at: usize) -> bool {
        at >= self.start && at < self.end && self.named >> (at - self.start) & 1 == 1
    }
}

/// All steps of all patterns, and the sets of words that they ask for.
#[derive(Debug, Default)]
pub(super) struct Programs {
    steps: Vec<Step>,
    sets: Vec<Vec<WordId>>,
    set_ids: BTreeMap<Vec<WordId>, u16>,
    /// One bit a set, one row a word: what is known of one word lies together.
    bits: Vec<u64>,
    row: usize,
    /// Who can be the subject of a clause, what may stand before it, and what opens one (classes of the lexicon file).
    clause: Option<Clause>,
}

/// The sets of words by which the subject of a clause is told.
#[derive(Debug, Clone, Copy)]
struct Clause {
    actors: u16,
    owners: u16,
    openers: u16,
}

struct Walk<'a> {
    tokens: &'a [Token],
    start: usize,
    misspelt: bool,
    left: u32,
}

impl Programs {
    /// Lays out a pattern.
    pub fn add(&mut self, node: &Node, misspelt: bool, common: &BTreeSet<WordId>) -> Program {
        let first = self.steps.len() as u32;
        self.lay(node);
        self.steps.push(Step::Done);
        let starts = pattern::starts(node).map(|words| self.set(&words));
        // The rarest is what the pattern is looked up by, so the next two say the most.
        let sets = pattern::needs(node, common);
        let needs = [1, 2].map(|at| sets.get(at).map(|words| self.set(words)));
        Program { first, misspelt, starts, needs }
    }

    /// Which sets the words of a sentence belong to, as a mask for [`Self::may_match`].
    #[inline]
    pub fn sets_of(&self, tokens: &[Token], mask: &mut Vec<u64>) {
        mask.clear();
        mask.resize(self.row, 0);
        for token in tokens.iter().filter(|token| token.word != UNKNOWN) {
            let from = usize::from(token.word) * self.row;
            for (all, one) in mask.iter_mut().zip(&self.bits[from..from + self.row]) {
                *all |= one;
            }
        }
    }

    /// Whether a sentence of these sets has the words that the pattern cannot do without.
    #[inline]
    pub fn may_match(&self, program: Program, mask: &[u64]) -> bool {
        let has = |set: Option<u16>| set.is_none_or(|set| mask[usize::from(set) / 64] >> (set % 64) & 1 == 1);
        has(program.needs[0]) && has(program.starts) && has(program.needs[1])
    }

    /// Makes the table of sets; call once, when the vocabulary is complete.
    pub fn close(&mut self, words: usize) {
        self.row = self.sets.len().div_ceil(64);
        self.bits = vec![0; self.row * words];
        for (set, members) in self.sets.iter().enumerate() {
            for &word in members {
                self.bits[usize::from(word) * self.row + set / 64] |= 1 << (set % 64);
            }
        }
    }

    /// Sets the words by which a clause's subject is told: who may be it, whose it may be, and what opens a clause.
    pub fn clause(&mut self, actors: &[WordId], owners: &[WordId], openers: &[WordId]) {
        let (actors, owners, openers) = (self.set(actors), self.set(owners), self.set(openers));
        self.clause = Some(Clause { actors, owners, openers });
    }

    /// The nearest word before `at` that is the subject of a clause: "he came to her mother's and has left" is of him,
    /// since her mother opens no clause.
    fn subject(&self, tokens: &[Token], at: usize) -> Option<WordId> {
        let clause = self.clause?;
        let from = at.saturating_sub(SPAN_MAX);
        (from..at).rev().find_map(|place| {
            let word = tokens[place].word;
            if word == UNKNOWN || !self.holds(clause.actors, word) {
                return None;
            }
            let mut first = place;
            while first > 0 && tokens[first].before == Break::None && self.holds(clause.owners, tokens[first - 1].word)
            {
                first -= 1;
            }
            let opens =
                first == 0 || tokens[first].before != Break::None || self.holds(clause.openers, tokens[first - 1].word);
            opens.then_some(word)
        })
    }

    fn set(&mut self, words: &[WordId]) -> u16 {
        let mut words = words.to_vec();
        words.sort_unstable();
        words.dedup();
        let next = self.sets.len() as u16;
        let id = *self.set_ids.entry(words.clone()).or_insert(next);
        if id == next {
            self.sets.push(words);
        }
        id
    }

    fn lay(&mut self, node: &Node) {
        match node {
            Node::Words(words) if words.len() == 1 => self.steps.push(Step::Word(words[0])),
            Node::Words(words) => {
                let set = self.set(words);
                self.steps.push(Step::Set(set));
            }
            Node::NotBehind(words) => {
                let set = self.set(words);
                self.steps.push(Step::NotBehind(set));
            }
            Node::Subject(words) => {
                let set = self.set(words);
                self.steps.push(Step::Subject(set));
            }
            Node::All(parts) => parts.iter().for_each(|part| self.lay(part)),
            Node::Any(alternatives) => {
                let mut leave = Vec::new();
                for (place, alternative) in alternatives.iter().enumerate() {
                    let fork = self.steps.len();
                    let is_last = place + 1 == alternatives.len();
                    if !is_last {
                        self.steps.push(Step::Else(0));
                    }
                    self.lay(alternative);
                    if !is_last {
                        leave.push(self.steps.len());
                        self.steps.push(Step::Go(0));
                        self.steps[fork] = Step::Else(self.steps.len() as u32);
                    }
                }
                let end = self.steps.len() as u32;
                leave.into_iter().for_each(|at| self.steps[at] = Step::Go(end));
            }
            Node::Maybe(inner) => {
                let fork = self.steps.len();
                self.steps.push(Step::Else(0));
                self.lay(inner);
                self.steps[fork] = Step::Else(self.steps.len() as u32);
            }
            Node::Gap { max, wide } => self.steps.push(Step::Gap { max: *max, wide: *wide }),
            Node::NotAhead(inner) => {
                let at = self.steps.len();
                self.steps.push(Step::NotAhead(0));
                self.lay(inner);
                self.steps.push(Step::Done);
                self.steps[at] = Step::NotAhead(self.steps.len() as u32);
            }
            Node::Begin => self.steps.push(Step::Begin),
            Node::End => self.steps.push(Step::End),
        }
    }

    #[inline]
    fn holds(&self, set: u16, word: WordId) -> bool {
        self.bits[usize::from(word) * self.row + usize::from(set) / 64] >> (set % 64) & 1 == 1
    }

    /// A match that begins at `start`.
    #[inline]
    pub fn at(&self, program: Program, tokens: &[Token], start: usize) -> Option<Found> {
        let first = tokens.get(start)?;
        if program.starts.is_some_and(|set| !self.holds(set, first.word)) {
            return None;
        }
        let mut walk = Walk { tokens, start, misspelt: program.misspelt, left: STEPS_MAX };
        let (end, named) = self.walk(&mut walk, program.first, start, 0, true)?;
        (end > start).then_some(Found { start, end, named })
    }

    /// The first match at or after `from`.
    pub fn find(&self, program: Program, tokens: &[Token], from: usize) -> Option<Found> {
        (from..tokens.len()).find_map(|start| self.at(program, tokens, start))
    }

    /// `open`: the next word may stand behind a comma or a dash (the first of a match, or after a wide gap).
    fn walk(&self, walk: &mut Walk<'_>, from: u32, from_at: usize, named: u64, open: bool) -> Option<(usize, u64)> {
        let (mut step, mut at, mut named, mut open) = (from as usize, from_at, named, open);
        loop {
            walk.left = walk.left.checked_sub(1)?;
            let next = walk.tokens.get(at);
            match self.steps[step] {
                Step::Done => return Some((at, named)),
                Step::Go(to) => {
                    step = to as usize;
                    continue;
                }
                Step::Else(to) => {
                    // Alternatives mostly differ in their first word: look before walking.
                    let fails = match (self.steps[step + 1], next) {
                        (Step::Word(_) | Step::Set(_), None) => true,
                        (Step::Word(word), Some(next)) => next.word != word,
                        (Step::Set(set), Some(next)) => !self.holds(set, next.word),
                        _ => false,
                    };
                    if fails {
                        step = to as usize;
                        continue;
                    }
                    if let Some(found) = self.walk(walk, step as u32 + 1, at, named, open) {
                        return Some(found);
                    }
                    step = to as usize;
                    continue;
                }
                Step::NotAhead(to) => {
                    if self.walk(walk, step as u32 + 1, at, named, open).is_some() {
                        return None;
                    }
                    step = to as usize;
                    continue;
                }
                Step::NotBehind(set) => {
                    if at > 0
                        && next.is_none_or(|next| next.before == Break::None)
                        && self.holds(set, walk.tokens[at - 1].word)
                    {
                        return None;
                    }
                }
                Step::Subject(set) => {
                    let subject = self.subject(walk.tokens, at)?;
                    if !self.holds(set, subject) {
                        return None;
                    }
                }
                Step::Begin => {
                    if at > 0 && next.is_none_or(|next| next.before == Break::None) {
                        return None;
                    }
                }
                Step::End => {
                    if next.is_some_and(|next| next.before == Break::None) {
                        return None;
                    }
                }
                Step::Gap { max, wide } => {
                    for skipped in 0..=usize::from(max) {
                        let open = wide || (open && skipped == 0);
                        if let Some(found) = self.walk(walk, step as u32 + 1, at + skipped, named, open) {
                            return Some(found);
                        }
                        let passed = walk.tokens.get(at + skipped)?;
                        if passed.before != Break::None && !open {
                            return None;
                        }
                    }
                    return None;
                }
                Step::Word(_) | Step::Set(_) => {
                    let next = next?;
                    let fits = match self.steps[step] {
                        Step::Word(word) => next.word == word,
                        Step::Set(set) => next.word != UNKNOWN && self.holds(set, next.word),
                        _ => false,
                    };
                    let place = at - walk.start;
                    if !fits || (next.misspelt && !walk.misspelt) || place >= SPAN_MAX {
                        return None;
                    }
                    if next.before != Break::None && !open {
                        return None;
                    }
                    named |= 1 << place;
                    at += 1;
                    open = false;
                }
            }
            step += 1;
        }
    }
}
