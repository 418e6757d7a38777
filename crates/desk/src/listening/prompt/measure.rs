//! How prompts do: how soon they are seen and answered, and what became of them.

use super::{Outcome, Prompt, Prompts};
use crate::time::{Period, Timestamp};

/// How the prompts of a time did. Periods are of the world's seconds, also where a demonstration's clock runs faster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    /// How many were sent.
    pub sent: usize,
    /// How many of them were seen.
    pub seen: usize,
    /// The middle time from sent to seen, of those that were.
    pub to_seen: Option<Period>,
    /// The middle time from sent to the handler's answer, of those that have one.
    pub to_answer: Option<Period>,
    /// How many were used.
    pub used: usize,
    /// How many could not be.
    pub cannot: usize,
    /// How many came too late, as their handler said.
    pub too_late: usize,
    /// How many were taken back.
    pub withdrawn: usize,
    /// How many were open when their call ended.
    pub call_ended: usize,
}

impl Prompts {
    /// How the prompts did that were sent since an instant; `pace` is the state's.
    pub fn measured(&self, since: Timestamp, pace: u32) -> Measures {
        let of: Vec<&Prompt> = self.all().rev().take_while(|prompt| prompt.sent >= since).collect();
        let after = |prompt: &Prompt, at: Timestamp| at.since(prompt.sent).ms() / i64::from(pace.max(1));
        let count = |wanted: Outcome| of.iter().filter(|prompt| prompt.outcome() == Some(wanted)).count();
        let seen: Vec<i64> = of.iter().filter_map(|prompt| Some(after(prompt, prompt.seen?))).collect();
        let answered = |prompt: &&&Prompt| prompt.outcome().is_some_and(|outcome| super::ANSWERS.contains(&outcome));
        let answers = of.iter().filter(answered).filter_map(|prompt| Some(after(prompt, prompt.closed.as_ref()?.1)));
        Measures {
            sent: of.len(),
            seen: seen.len(),
            to_seen: middle(seen),
            to_answer: middle(answers.collect()),
            used: count(Outcome::Used),
            cannot: count(Outcome::Cannot),
            too_late: count(Outcome::TooLate),
            withdrawn: count(Outcome::Withdrawn),
            call_ended: count(Outcome::CallEnded),
        }
    }
}

impl Prompt {
    /// What became of it; nothing while it is open.
    pub fn outcome(&self) -> Option<Outcome> {
        self.closed.as_ref().map(|(outcome, ..)| *outcome)
    }
}

/// The middle of some periods in milliseconds; of an even number the mean of the two in the middle.
fn middle(mut ms: Vec<i64>) -> Option<Period> {
    ms.sort_unstable();
    let at = |n: usize| ms.get(n).copied();
    let (low, high) = (at(ms.len().checked_sub(1)? / 2)?, at(ms.len() / 2)?);
    Some(Period::from_ms(low + (high - low) / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_between_the_two_that_are_nearest_to_it() {
        let of = |ms: &[i64]| middle(ms.to_vec()).map(|period| period.ms());
        assert_eq!([of(&[]), of(&[5]), of(&[9, 1]), of(&[7, 1, 3])], [None, Some(5), Some(5), Some(3)]);
    }
}
