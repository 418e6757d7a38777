//! What was marked over the whole room, by theme and week. Nobody is named, and what is few is not shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Moment;
use super::theme::{Themes, Went};
use crate::review::{FEW_PEOPLE, Shown, hide_where};
use crate::state::State;
use crate::time::Timestamp;

/// A number in which fewer handlers than this have a part is hidden, however great it is: it would speak of them (D).
const FEW_HANDLERS: usize = 3;

/// What was marked in the weeks that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patterns {
    /// When each week began, the oldest first.
    pub weeks: Vec<Timestamp>,
    /// The themes in their order; what was marked by a theme that is there no longer is not counted.
    pub lines: Vec<Pattern>,
}

/// A theme's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// In a word or two.
    pub says: Arc<str>,
    /// Whether such moments went well.
    pub went: Went,
    /// How many there were in each week.
    pub counts: Vec<Shown>,
}

impl State {
    /// What was marked over the room in each week; `weeks` starts are ascending, and each week ends where the next begins.
    ///
    /// A number below ten (D), or of fewer than three handlers (D), is hidden, and so is one more where a single hidden one could
    /// be told from the sum of its week. What a supervisor has said does not stand is not counted.
    pub fn feedback_patterns(&self, themes: &Themes, weeks: &[Timestamp]) -> Patterns {
        let mut counted = vec![vec![Cell::default(); themes.all().len()]; weeks.len()];
        let place = |key: &str| themes.all().iter().position(|theme| *theme.key == *key);
        for moment in self.feedbacks.moments.values().filter(|moment| self.counts(moment)) {
            let week = weeks.partition_point(|start| *start <= moment.at).checked_sub(1);
            let cell = week.and_then(|week| counted.get_mut(week)).zip(place(&moment.theme));
            if let Some(cell) = cell.and_then(|(week, theme)| week.get_mut(theme)) {
                let handler = self.calls.get(&moment.call).and_then(|call| call.handler.clone());
                *cell.0.entry(handler).or_default() += 1;
            }
        }
        let shown: Vec<Vec<Shown>> = counted.iter().map(|week| hide_week(week)).collect();
        let lines = themes.all().iter().enumerate().map(|(n, theme)| Pattern {
            says: theme.says.clone(),
            went: theme.went,
            counts: shown.iter().filter_map(|week| week.get(n).copied()).collect(),
        });
        Patterns { weeks: weeks.to_vec(), lines: lines.collect() }
    }

    fn counts(&self, moment: &Moment) -> bool {
        self.feedbacks.sent_with(moment).is_none_or(|one| !one.was_overturned())
    }
}

/// How many moments of one theme and week each handler has; nobody's where no feed named who took the call.
#[derive(Clone, Default)]
struct Cell(BTreeMap<Option<Arc<str>>, u32>);

fn hide_week(week: &[Cell]) -> Vec<Shown> {
    let counts: Vec<u32> = week.iter().map(|cell| cell.0.values().sum()).collect();
    hide_where(&counts, |n| {
        let count = counts.get(n).copied().unwrap_or_default();
        let handlers = week.get(n).map_or(0, |cell| cell.0.keys().flatten().count());
        count > 0 && (count < FEW_PEOPLE || handlers < FEW_HANDLERS)
    })
}
