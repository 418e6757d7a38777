//! How good and how fast the linker was.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::label::{Label, Labels};

/// The probabilities at which the linker is judged: from the first on it asks, at the second it is as good as certain.
const THRESHOLDS: [f64; 2] = [0.5, 0.95];

/// A candidate, for scoring.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    pub person: &'a str,
    pub probability: f64,
}

/// Counts what was right while it goes.
#[derive(Default)]
pub struct Score {
    labels: Option<Labels>,
    counts: [Counts; 2],
    /// By column and value.
    groups: BTreeMap<(String, String), [Counts; 2]>,
    unlabelled: u64,
    inserts_ns: Vec<u64>,
    looks_ns: Vec<u64>,
}

/// What happened at one threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    right: u64,
    wrong: u64,
    missed: u64,
    known: u64,
    on_top: u64,
    strangers: u64,
    strangers_matched: u64,
}

impl Counts {
    fn count(&mut self, label: &Label, found: &[Found<'_>], threshold: f64) {
        let above = found.iter().filter(|f| f.probability >= threshold);
        let right = above.clone().filter(|f| label.persons.contains(f.person)).count() as u64;
        let all = above.count() as u64;
        self.right += right;
        self.wrong += all - right;
        self.missed += label.persons.len() as u64 - right;
        if label.persons.is_empty() {
            self.strangers += 1;
            self.strangers_matched += u64::from(all > 0);
        } else {
            self.known += 1;
            let top = found.first().filter(|f| f.probability >= threshold);
            self.on_top += u64::from(top.is_some_and(|f| label.persons.contains(f.person)));
        }
    }

    fn rates(&self, at: f64) -> Rates {
        let share = |part: u64, whole: u64| if whole == 0 { None } else { Some(part as f64 / whole as f64) };
        let precision = share(self.right, self.right + self.wrong);
        let recall = share(self.right, self.right + self.missed);
        let f1 = share(2 * self.right, 2 * self.right + self.wrong + self.missed);
        Rates {
            at,
            precision,
            recall,
            f1,
            known: self.known,
            on_top: share(self.on_top, self.known),
            strangers: self.strangers,
            strangers_matched: self.strangers_matched,
        }
    }
}

/// The figures at one threshold. A rate of nothing is `null`.
#[derive(Clone, Debug, Serialize)]
pub struct Rates {
    /// The probability from which a candidate counts.
    pub at: f64,
    /// Of the pairs named, how many are right.
    pub precision: Option<f64>,
    /// Of the labelled pairs, how many were named.
    pub recall: Option<f64>,
    /// Their harmonic mean.
    pub f1: Option<f64>,
    /// Queries whose person is in the records.
    pub known: u64,
    /// Of these, how many have the right person first.
    pub on_top: Option<f64>,
    /// Queries whose person is not in the records.
    pub strangers: u64,
    /// Of these, how many were matched to somebody all the same.
    pub strangers_matched: u64,
}

/// The figures of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// The linker's version.
    pub linker: String,
    /// Records in the index.
    pub persons: usize,
    /// Queries looked up.
    pub queries: usize,
    /// Queries without a label: not scored.
    pub unlabelled: u64,
    /// What an insertion took.
    pub insert: Times,
    /// What a look-up took.
    pub look_up: Times,
    /// At each threshold; empty without labels.
    pub scores: Vec<Rates>,
    /// By each further column of the labels.
    pub groups: Vec<Group>,
}

/// Times in microseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Times {
    pub p50_us: f64,
    pub p99_us: f64,
    pub max_us: f64,
}

/// The figures of one value of a column.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    pub column: String,
    pub value: String,
    pub scores: Vec<Rates>,
}

impl Times {
    fn of(mut ns: Vec<u64>) -> Self {
        ns.sort_unstable();
        let at = |share: usize| ns.get((ns.len() * share / 100).min(ns.len().saturating_sub(1))).copied();
        let us = |ns: Option<u64>| ns.unwrap_or_default() as f64 / 1000.0;
        Self { p50_us: us(at(50)), p99_us: us(at(99)), max_us: us(ns.last().copied()) }
    }
}

impl Score {
    /// Begins.
    pub fn new(labels: Option<Labels>) -> Self {
        Self { labels, ..Self::default() }
    }

    /// A record went into the index.
    pub fn inserted(&mut self, took: Duration) {
        self.inserts_ns.push(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }

    /// A query was looked up; `found` is heaviest first.
    pub fn looked_up(&mut self, query: &str, found: &[Found<'_>], took: Duration) {
        self.looks_ns.push(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
        let Some(labels) = &self.labels else { return };
        let Some(label) = labels.of(query) else {
            self.unlabelled += 1;
            return;
        };
        for (counts, threshold) in self.counts.iter_mut().zip(THRESHOLDS) {
            counts.count(label, found, threshold);
        }
        for (column, value) in &label.groups {
            let group = self.groups.entry((column.clone(), value.clone())).or_default();
            for (counts, threshold) in group.iter_mut().zip(THRESHOLDS) {
                counts.count(label, found, threshold);
            }
        }
    }

    /// The figures.
    pub fn summary(self, persons: usize, linker: &str) -> Summary {
        let rates = |counts: &[Counts; 2]| -> Vec<Rates> {
            counts.iter().zip(THRESHOLDS).map(|(counts, at)| counts.rates(at)).collect()
        };
        let group = |((column, value), counts): (&(String, String), &[Counts; 2])| Group {
            column: column.clone(),
            value: value.clone(),
            scores: rates(counts),
        };
        Summary {
            linker: linker.to_owned(),
            persons,
            queries: self.looks_ns.len(),
            unlabelled: self.unlabelled,
            scores: if self.labels.is_some() { rates(&self.counts) } else { Vec::new() },
            groups: self.groups.iter().map(group).collect(),
            insert: Times::of(self.inserts_ns),
            look_up: Times::of(self.looks_ns),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = |t: &Times| format!("p50 {:.1} µs, p99 {:.1} µs, at most {:.1} µs", t.p50_us, t.p99_us, t.max_us);
        writeln!(f, "\nlinker {}: {} looked up among {} records", self.linker, self.queries, self.persons)?;
        writeln!(f, "look-up {}", times(&self.look_up))?;
        writeln!(f, "insert  {}", times(&self.insert))?;
        if self.scores.is_empty() {
            return Ok(());
        }
        let shown = |rate: Option<f64>| rate.map_or_else(|| "-".to_owned(), |r| format!("{r:.4}"));
        writeln!(
            f,
            "{:34} {:>5} {:>9} {:>7} {:>7} {:>7} {:>7} {:>9} {:>7}",
            "", "at", "precision", "recall", "F1", "known", "on top", "strangers", "matched"
        )?;
        let all = self.scores.iter().map(|r| ("all".to_owned(), r));
        let groups =
            self.groups.iter().flat_map(|g| g.scores.iter().map(move |r| (format!("{} {}", g.column, g.value), r)));
        for (name, r) in all.chain(groups) {
            writeln!(
                f,
                "{name:34} {:>5} {:>9} {:>7} {:>7} {:>7} {:>7} {:>9} {:>7}",
                r.at,
                shown(r.precision),
                shown(r.recall),
                shown(r.f1),
                r.known,
                shown(r.on_top),
                r.strangers,
                r.strangers_matched
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(rows: &[(&str, &str)]) -> Labels {
        let mut labels = Labels::default();
        for (query, person) in rows {
            assert!(labels.add(&serde_json::json!({ "query": query, "person": person, "origin": "x" })));
        }
        labels
    }

    #[test]
    fn precision_recall_and_strangers_are_counted_at_each_threshold() {
        let mut score = Score::new(Some(labels(&[("a", "1"), ("b", "2"), ("c", ""), ("d", "4")])));
        let look = |score: &mut Score, query, found: &[(&'static str, f64)]| {
            let found: Vec<Found<'_>> =
                found.iter().map(|(person, probability)| Found { person, probability: *probability }).collect();
            score.looked_up(query, &found, Duration::from_micros(3));
        };
        look(&mut score, "a", &[("1", 0.99), ("9", 0.6)]);
        look(&mut score, "b", &[("9", 0.8), ("2", 0.7)]);
        look(&mut score, "c", &[("1", 0.6)]);
        look(&mut score, "d", &[]);
        look(&mut score, "nobody said", &[("1", 0.99)]);
        let summary = score.summary(9, "1");
        let [half, most] = &summary.scores[..] else { panic!("two thresholds") };
        assert_eq!((half.precision, half.recall), (Some(2.0 / 5.0), Some(2.0 / 3.0)));
        assert_eq!((half.known, half.on_top, half.strangers, half.strangers_matched), (3, Some(1.0 / 3.0), 1, 1));
        assert_eq!((most.precision, most.recall, most.strangers_matched), (Some(1.0), Some(1.0 / 3.0), 0));
        assert_eq!((summary.unlabelled, summary.groups.len()), (1, 1));
    }

    #[test]
    fn a_file_held_against_itself_counts_each_pair_both_ways() {
        let mut labels = labels(&[("a", "b")]);
        labels.mirror();
        let mut score = Score::new(Some(labels));
        score.looked_up("b", &[Found { person: "a", probability: 0.9 }], Duration::ZERO);
        assert_eq!(score.summary(2, "1").scores[0].recall, Some(1.0));
    }
}
