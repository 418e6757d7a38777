//! What was missed against who looked when.

use alongside_desk::time::{Period, Timestamp};
use alongside_sim::Missed;
use serde_json::{Value, json};

use crate::room::Watched;

/// Minutes until eyes, one for each opportunity that was missed on purpose; what nobody looked at by the end has none.
#[derive(Default)]
pub struct Tally {
    waits: Vec<Option<f64>>,
    sittings: usize,
    days: i64,
}

/// What has waited longer than this by the end of the days counts as not seen; what came later than that before it, is not
/// counted at all, since nobody had so long to look.
const LATEST: Period = Period::hours(12);

impl Tally {
    /// Takes in what was missed in the days up to `end`, at the severity that asks for eyes at once.
    pub fn take(&mut self, missed: &[Missed], watched: &Watched, days: i64, end: Timestamp) {
        self.sittings += watched.sittings;
        self.days += days;
        for missed in missed.iter().filter(|missed| missed.severity == "S1") {
            let known = Timestamp::from_ms(missed.known_s * 1000);
            if known.plus(LATEST) > end {
                continue;
            }
            let of_it = watched.looks.iter().filter(|look| *look.incident == *missed.incident && look.until >= known);
            let first = of_it.map(|look| look.from.max(known)).min();
            let wait = first.map(|at| at.since(known)).filter(|wait| *wait <= LATEST);
            self.waits.push(wait.map(|wait| wait.ms() as f64 / 60_000.0));
        }
    }

    /// How many needed eyes.
    pub fn count(&self) -> usize {
        self.waits.len()
    }

    /// Minutes within which so many of a hundred were seen; nothing where fewer were seen at all.
    pub fn within(&self, percent: usize) -> Option<f64> {
        let mut waits: Vec<f64> = self.waits.iter().map(|wait| wait.unwrap_or(f64::INFINITY)).collect();
        waits.sort_by(f64::total_cmp);
        let place = (waits.len() * percent).div_ceil(100).saturating_sub(1);
        waits.get(place).copied().filter(|wait| wait.is_finite())
    }

    /// How many of a hundred were seen within so many minutes.
    pub fn share(&self, minutes: f64) -> f64 {
        let seen = self.waits.iter().flatten().filter(|wait| **wait <= minutes).count();
        100.0 * seen as f64 / self.waits.len().max(1) as f64
    }

    /// In one line.
    pub fn in_words(&self) -> String {
        let minutes = |percent| self.within(percent).map_or("not within 12 h".to_owned(), |m| format!("{m:.0} min"));
        let (half, most, soon) = (minutes(50), minutes(90), self.share(15.0));
        format!(
            "{} needed eyes; half within {half}, nine in ten within {most}, {soon:.0} % within 15 min",
            self.count()
        )
    }

    /// For a table.
    pub fn json(&self, staff: usize, order: &str) -> Value {
        let within: Vec<Value> = [50, 75, 90, 95].into_iter().map(|p| json!([p, self.within(p)])).collect();
        json!({
            "staff": staff, "order": order, "needed": self.count(), "within": within,
            "in_5": self.share(5.0), "in_15": self.share(15.0), "in_60": self.share(60.0),
            "looks_a_day": self.sittings as f64 / self.days.max(1) as f64,
            "unseen": 100.0 - self.share(f64::INFINITY),
        })
    }
}
