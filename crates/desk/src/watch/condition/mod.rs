//! A condition with its names already looked up, so that asking it costs no more than the facts it asks for.
//!
//! The `cel` crate says what an expression means: this walks the crate's own parsed expression, and only where that is plain.
//! Whatever is not (other types, an overflow, a macro not known here) is `None` and goes to the crate whole; a property test
//! holds that what is walked comes to what the crate says.

mod read;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::fact::{Fact, Value, View};
use crate::message::Grade;
use crate::time::{Period, Span, Timestamp};

/// What a name in an expression stands for.
pub enum Name {
    /// A setting.
    Constant(Constant),
    /// A fact.
    Fact(&'static Fact),
    /// When what a rule asks for was due.
    DueAt,
}

/// A value that is in the policy.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// Yes or no.
    Bool(bool),
    /// A count, a period in milliseconds.
    Number(i64),
    /// A word.
    Text(Arc<str>),
    /// Words.
    Texts(Vec<Arc<str>>),
    /// Counts.
    Numbers(Vec<i64>),
}

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer<'n> {
    /// Yes or no.
    Bool(bool),
    /// A count, an instant, a period in milliseconds.
    Number(i64),
    /// A word.
    Text(Word<'n>),
    /// Words.
    Texts(Cow<'n, [Arc<str>]>),
    /// Counts or instants.
    Numbers(Cow<'n, [i64]>),
}

/// A word, wherever it is kept.
#[derive(Clone, Debug)]
pub enum Word<'n> {
    /// In the policy, or a word of the contract.
    Borrowed(&'n str),
    /// In the state.
    Shared(Arc<str>),
}

impl std::ops::Deref for Word<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(word) => word,
            Self::Shared(word) => word,
        }
    }
}

impl PartialEq for Word<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

/// The functions that expressions may call besides CEL's own.
#[derive(Debug)]
pub struct Functions {
    /// The force's target for each grade that has one.
    pub targets: BTreeMap<Grade, Period>,
    /// Days that are no working days besides weekends.
    pub holidays: Vec<jiff::civil::Date>,
    /// When the force's shifts end, in local time; none where it has not said.
    pub shift_ends: Vec<jiff::civil::Time>,
    /// How long a shift is, where it has not said when they end.
    pub shift_length: Period,
}

impl Functions {
    /// A policy's.
    pub fn of(policy: &super::policy::Policy) -> Self {
        Self {
            targets: policy.targets.clone(),
            holidays: policy.holidays.clone(),
            shift_ends: policy.tables.shift_ends.clone(),
            shift_length: policy.tables.shift_length,
        }
    }

    /// `target(grade)`: the grade's target in milliseconds; 0 when it has none.
    pub fn target(&self, grade: &str) -> i64 {
        Grade::from_word(grade).and_then(|g| self.targets.get(&g)).map_or(0, |p| p.ms())
    }

    /// `working_days_after(instant, days)`: the end of that many working days after an instant.
    pub fn working_days_after(&self, at: i64, days: i64) -> i64 {
        Timestamp::from_ms(at).end_of_working_day(u32::try_from(days).unwrap_or(0), &self.holidays).ms()
    }

    /// `end_of_shift(instant)`: the end of the shift that an instant lies in.
    pub fn end_of_shift(&self, at: i64) -> i64 {
        super::policy::end_of_shift(Timestamp::from_ms(at), &self.shift_ends, self.shift_length).ms()
    }
}

/// `before(instant, span)`: the instant a span as it is written earlier; the instant itself where that is no span.
pub fn before(at: i64, span: &str) -> i64 {
    let at = Timestamp::from_ms(at);
    Span::parse(span).map_or(at, |s| at.back(s)).ms()
}

/// About what an expression is asked.
pub struct Ground<'a, 'b> {
    /// The item and the state.
    pub view: &'b View<'a>,
    /// When what the rule asks for was due, in milliseconds.
    pub due_at: i64,
    /// The policy's functions.
    pub functions: &'b Functions,
}

/// An expression, ready to be walked.
pub struct Condition(Node);

impl Condition {
    /// What it comes to; `None` where only the crate can say.
    pub fn ask<'n>(&'n self, ground: &Ground) -> Option<Answer<'n>> {
        self.0.walk(ground, None)
    }
}

enum Node {
    Constant(Constant),
    Fact(&'static Fact),
    DueAt,
    /// The variable of a macro, counted outwards from the innermost.
    Variable(usize),
    /// What does not depend on the innermost macro's variable, and was found once for all its turns.
    Once(usize),
    Not(Box<Node>),
    Minus(Box<Node>),
    And(Box<[Node; 2]>),
    Or(Box<[Node; 2]>),
    If(Box<[Node; 3]>),
    Same(Box<[Node; 2]>),
    Order(fn(Ordering) -> bool, Box<[Node; 2]>),
    In(Box<[Node; 2]>),
    Sum(fn(i64, i64) -> Option<i64>, Box<[Node; 2]>),
    Size(Box<Node>),
    Each(Box<Each>),
    Target(Box<Node>),
    Back(Box<Node>, Span),
    WorkingDays(Box<[Node; 2]>),
    EndOfShift(Box<Node>),
}

/// One of CEL's macros over a list.
struct Each {
    kind: Macro,
    range: Node,
    test: Node,
    once: Vec<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Macro {
    Filter,
    Exists,
    All,
}

/// The variable of a macro while it runs, and what was found once for all its turns.
struct Turn<'t, 'n> {
    value: Answer<'n>,
    once: &'t [Answer<'n>],
    outer: Option<&'t Turn<'t, 'n>>,
}

impl Constant {
    fn answer(&self) -> Answer<'_> {
        match self {
            Self::Bool(yes) => Answer::Bool(*yes),
            Self::Number(n) => Answer::Number(*n),
            Self::Text(text) => Answer::Text(Word::Borrowed(text)),
            Self::Texts(list) => Answer::Texts(Cow::Borrowed(list)),
            Self::Numbers(list) => Answer::Numbers(Cow::Borrowed(list)),
        }
    }
}

impl From<Value> for Answer<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::Bool(yes) => Self::Bool(yes),
            Value::Count(n) | Value::Instant(n) => Self::Number(n),
            Value::Word(word) => Self::Text(Word::Borrowed(word)),
            Value::Text(text) => Self::Text(Word::Shared(text)),
            Value::Words(list) => Self::Texts(Cow::Owned(list)),
            Value::Instants(list) => Self::Numbers(Cow::Owned(list)),
        }
    }
}

impl Node {
    fn walk<'n>(&'n self, ground: &Ground, turn: Option<&Turn<'_, 'n>>) -> Option<Answer<'n>> {
        Some(match self {
            Self::Constant(constant) => constant.answer(),
            Self::Fact(fact) => fact.of(ground.view).into(),
            Self::DueAt => Answer::Number(ground.due_at),
            Self::Variable(outwards) => {
                let mut turn = turn?;
                for _ in 0..*outwards {
                    turn = turn.outer?;
                }
                turn.value.clone()
            }
            Self::Once(place) => turn?.once.get(*place)?.clone(),
            Self::Not(a) => Answer::Bool(!a.yes(ground, turn)?),
            Self::Minus(a) => Answer::Number(a.number(ground, turn)?.checked_neg()?),
            Self::And(both) => Answer::Bool(both[0].yes(ground, turn)? && both[1].yes(ground, turn)?),
            Self::Or(both) => Answer::Bool(both[0].yes(ground, turn)? || both[1].yes(ground, turn)?),
            Self::If(three) => {
                let way = if three[0].yes(ground, turn)? { 1 } else { 2 };
                three[way].walk(ground, turn)?
            }
            Self::Same(both) => Answer::Bool(match (both[0].walk(ground, turn)?, both[1].walk(ground, turn)?) {
                (Answer::Bool(a), Answer::Bool(b)) => a == b,
                (Answer::Number(a), Answer::Number(b)) => a == b,
                (Answer::Text(a), Answer::Text(b)) => a == b,
                _ => return None,
            }),
            Self::Order(holds, both) => {
                Answer::Bool(holds(both[0].number(ground, turn)?.cmp(&both[1].number(ground, turn)?)))
            }
            Self::In(both) => Answer::Bool(match (both[0].walk(ground, turn)?, both[1].walk(ground, turn)?) {
                (Answer::Text(a), Answer::Texts(list)) => list.iter().any(|b| **b == *a),
                (Answer::Number(a), Answer::Numbers(list)) => list.contains(&a),
                _ => return None,
            }),
            Self::Sum(sum, both) => Answer::Number(sum(both[0].number(ground, turn)?, both[1].number(ground, turn)?)?),
            Self::Size(list) => Answer::Number(list.size(ground, turn)?),
            Self::Each(each) => each.walk(ground, turn)?,
            Self::Target(grade) => match grade.walk(ground, turn)? {
                Answer::Text(grade) => Answer::Number(ground.functions.target(&grade)),
                _ => return None,
            },
            Self::Back(at, span) => Answer::Number(Timestamp::from_ms(at.number(ground, turn)?).back(*span).ms()),
            Self::WorkingDays(both) => {
                let (at, days) = (both[0].number(ground, turn)?, both[1].number(ground, turn)?);
                Answer::Number(ground.functions.working_days_after(at, days))
            }
            Self::EndOfShift(at) => Answer::Number(ground.functions.end_of_shift(at.number(ground, turn)?)),
        })
    }

    fn yes<'n>(&'n self, ground: &Ground, turn: Option<&Turn<'_, 'n>>) -> Option<bool> {
        match self.walk(ground, turn)? {
            Answer::Bool(yes) => Some(yes),
            _ => None,
        }
    }

    fn number<'n>(&'n self, ground: &Ground, turn: Option<&Turn<'_, 'n>>) -> Option<i64> {
        match self.walk(ground, turn)? {
            Answer::Number(n) => Some(n),
            _ => None,
        }
    }

    fn size<'n>(&'n self, ground: &Ground, turn: Option<&Turn<'_, 'n>>) -> Option<i64> {
        let size = match self {
            Self::Each(each) if each.kind == Macro::Filter => {
                let mut count = 0;
                each.turns(ground, turn, |_, kept| {
                    count += usize::from(kept);
                    true
                })?;
                count
            }
            _ => match self.walk(ground, turn)? {
                Answer::Numbers(list) => list.len(),
                Answer::Texts(list) => list.len(),
                _ => return None,
            },
        };
        i64::try_from(size).ok()
    }
}

impl Each {
    fn walk<'n>(&'n self, ground: &Ground, turn: Option<&Turn<'_, 'n>>) -> Option<Answer<'n>> {
        match self.kind {
            Macro::Filter => {
                let (mut numbers, mut words) = (Vec::new(), Vec::new());
                let is_words = self.turns(ground, turn, |value, kept| {
                    match value {
                        Answer::Number(n) if kept => numbers.push(*n),
                        Answer::Text(Word::Shared(word)) if kept => words.push(word.clone()),
                        _ => {}
                    }
                    true
                })?;
                Some(if is_words { Answer::Texts(Cow::Owned(words)) } else { Answer::Numbers(Cow::Owned(numbers)) })
            }
            Macro::Exists | Macro::All => {
                let decides = self.kind == Macro::Exists;
                let mut decided = false;
                self.turns(ground, turn, |_, holds| {
                    decided |= holds == decides;
                    !decided
                })?;
                Some(Answer::Bool(decided == decides))
            }
        }
    }

    /// Asks the test of one value after the other, as long as `goes_on` says so. Returns whether the values are words.
    fn turns<'n>(
        &'n self,
        ground: &Ground,
        outer: Option<&Turn<'_, 'n>>,
        mut goes_on: impl FnMut(&Answer<'n>, bool) -> bool,
    ) -> Option<bool> {
        let range = self.range.walk(ground, outer)?;
        let (is_words, length) = match &range {
            Answer::Numbers(list) => (false, list.len()),
            Answer::Texts(list) => (true, list.len()),
            _ => return None,
        };
        if length == 0 {
            return Some(is_words);
        }
        let once: Vec<Answer> = self.once.iter().map(|n| n.walk(ground, outer)).collect::<Option<_>>()?;
        for place in 0..length {
            let value = match &range {
                Answer::Numbers(list) => Answer::Number(list[place]),
                Answer::Texts(list) => Answer::Text(Word::Shared(list[place].clone())),
                _ => return None,
            };
            let turn = Turn { value, once: &once, outer };
            if !goes_on(&turn.value, self.test.yes(ground, Some(&turn))?) {
                break;
            }
        }
        Some(is_words)
    }
}
