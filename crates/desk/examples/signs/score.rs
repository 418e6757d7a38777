//! Labelled lines against what the lexicon finds in them (the rules of scoring: `tests/signs/README.md`).

use std::collections::BTreeMap;
use std::fmt::Write;

use alongside_desk::watch::lexicon::{Lexicon, Sign, Stance, Who};
use serde::Deserialize;

/// One labelled sign of a line.
#[derive(Debug, Deserialize)]
pub struct Label {
    pub is: String,
    pub start: usize,
    pub end: usize,
    pub who: Option<String>,
}

/// One labelled line.
#[derive(Debug, Deserialize)]
pub struct Line {
    pub id: String,
    pub line: String,
    pub signs: Vec<Label>,
    #[serde(rename = "not")]
    pub traps: Vec<String>,
}

/// Reads a set of lines, one JSON object each.
pub fn lines(text: &str) -> Result<Vec<Line>, String> {
    let read = |(at, line)| serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1));
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(read).collect()
}

/// How the labels are called in the lexicon (`tests/signs/indicators.toml`).
#[derive(Debug, Deserialize)]
pub struct Names {
    pub indicator: BTreeMap<String, Name>,
}

/// One label in the lexicon's terms.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// The lexicon's indicators that find it; a force's lexicon may lack some of them, not all.
    pub found_by: Vec<String>,
    /// Labels whose words these indicators mean too: such a match is neither found nor false.
    #[serde(default)]
    pub also: Vec<String>,
    /// Plain words for it: what the comparison with other programs is given. Not read here.
    #[serde(rename = "heads", default)]
    _heads: Vec<String>,
}

impl Names {
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }
}

/// The counts of one indicator.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    /// Labelled signs, and those of them that a match overlaps.
    pub signs: usize,
    pub found: usize,
    /// Matches that overlap no labelled sign.
    pub wrong: usize,
    /// Lines that hold a trap for it, and those that fell into it.
    pub traps: usize,
    pub fallen: usize,
    /// Of the found signs that say who did it to whom: all, and those taken so.
    pub directed: usize,
    pub directed_right: usize,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.signs += other.signs;
        self.found += other.found;
        self.wrong += other.wrong;
        self.traps += other.traps;
        self.fallen += other.fallen;
        self.directed += other.directed;
        self.directed_right += other.directed_right;
    }

    /// Of what was raised, the share that was right; several matches on one sign count once.
    pub fn precision(self) -> f64 {
        ratio(self.found, self.found + self.wrong)
    }

    /// Of what there was, the share that was found.
    pub fn recall(self) -> f64 {
        ratio(self.found, self.signs)
    }

    pub fn f1(self) -> f64 {
        ratio(2 * self.found, self.found + self.wrong + self.signs)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// A set of lines, scored.
#[derive(Debug)]
pub struct Score {
    pub by_indicator: BTreeMap<String, Counts>,
    /// Each mistake with its line: for the lines to tune on alone.
    pub wrong: Vec<String>,
}

impl Score {
    pub fn of(lexicon: &Lexicon, names: &Names, lines: &[Line]) -> Result<Self, String> {
        let mut score = Self { by_indicator: BTreeMap::new(), wrong: Vec::new() };
        for (label, name) in &names.indicator {
            if name.found_by.iter().all(|id| lexicon.id(id).is_none()) {
                return Err(format!("the lexicon has no indicator for `{label}`"));
            }
            score.by_indicator.insert(label.clone(), Counts::default());
        }
        let mut found = Vec::new();
        for line in lines {
            found.clear();
            lexicon.scan(&line.line, &mut found);
            found.retain(|sign| sign.stance == Stance::Stated);
            for (label, name) in &names.indicator {
                let counts = score.by_indicator.entry(label.clone()).or_default();
                let is_it = |sign: &&Sign| {
                    lexicon.indicator(sign.indicator).is_some_and(|known| name.found_by.contains(&known.name))
                };
                let matches: Vec<&Sign> = found.iter().filter(is_it).collect();
                counts.add(one(line, label, name, &matches, &mut score.wrong));
            }
        }
        Ok(score)
    }

    /// All indicators together.
    pub fn all(&self) -> Counts {
        let mut all = Counts::default();
        self.by_indicator.values().for_each(|counts| all.add(*counts));
        all
    }

    /// One row an indicator, and one for all.
    pub fn table(&self) -> String {
        let mut table = format!(
            "{:<20}{:>7}{:>7}{:>7}{:>11}{:>8}{:>7}{:>14}{:>12}\n",
            "indicator", "signs", "found", "false", "precision", "recall", "F1", "traps raised", "who right"
        );
        let all = self.all();
        for (name, counts) in self.by_indicator.iter().map(|(name, counts)| (&**name, *counts)).chain([("all", all)]) {
            let _ = writeln!(
                table,
                "{name:<20}{:>7}{:>7}{:>7}{:>11.3}{:>8.3}{:>7.3}{:>14}{:>12}",
                counts.signs,
                counts.found,
                counts.wrong,
                counts.precision(),
                counts.recall(),
                counts.f1(),
                format!("{}/{}", counts.fallen, counts.traps),
                if counts.directed == 0 {
                    String::new()
                } else {
                    format!("{}/{}", counts.directed_right, counts.directed)
                },
            );
        }
        table
    }
}

fn who_name(who: Who) -> &'static str {
    match who {
        Who::SuspectToVictim => "suspect_to_victim",
        Who::VictimToSuspect => "victim_to_suspect",
        Who::Unclear => "none",
    }
}

fn one(line: &Line, label: &str, name: &Name, matches: &[&Sign], wrong: &mut Vec<String>) -> Counts {
    let overlaps = |sign: &Sign, known: &Label| (sign.start as usize) < known.end && known.start < sign.end as usize;
    let mut counts = Counts::default();
    for known in line.signs.iter().filter(|known| known.is == label) {
        counts.signs += 1;
        match matches.iter().find(|sign| overlaps(sign, known)) {
            Some(sign) => {
                counts.found += 1;
                if let Some(who) = &known.who {
                    counts.directed += 1;
                    counts.directed_right += usize::from(who_name(sign.who) == who);
                }
            }
            None => wrong.push(format!(
                "{} {label} missed: {:?} in {:?}",
                line.id,
                line.line.get(known.start..known.end).unwrap_or_default(),
                line.line
            )),
        }
    }
    for sign in matches {
        let is_meant = |known: &&Label| known.is == label || name.also.contains(&known.is);
        if !line.signs.iter().filter(is_meant).any(|known| overlaps(sign, known)) {
            counts.wrong += 1;
            wrong.push(format!(
                "{} {label} false: {:?} in {:?}",
                line.id,
                sign.words(&line.line).unwrap_or_default(),
                line.line
            ));
        }
    }
    if line.traps.iter().any(|trap| trap == label) {
        counts.traps += 1;
        counts.fallen += usize::from(!matches.is_empty());
    }
    counts
}
