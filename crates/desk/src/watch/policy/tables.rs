//! The force's tables: what its offences, questions, markers and shifts are called.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::Policy;
use super::file::{Problems, Sourced};
use crate::message::{Born, Marker, Tool};
use crate::time::{Period, Span, Timestamp};

/// `[offences]`: parts of an offence's text or code, by the name that rules use.
pub type OffencesFile = BTreeMap<String, Sourced<Vec<String>>>;

/// `[shifts]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShiftsFile {
    length: Spanned<Sourced<String>>,
    ends: Sourced<Vec<Spanned<String>>>,
}

/// `[answers]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswersFile {
    yes: Sourced<Vec<String>>,
    unasked: Sourced<Vec<String>>,
}

/// `[questions.TOOL]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionsFile {
    #[allow(dead_code)]
    from: String,
    asks: BTreeMap<String, String>,
}

/// `[told_by]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldByFile {
    pregnant: Option<Sourced<String>>,
    child: Option<Sourced<String>>,
    baby: Option<Sourced<String>>,
    baby_under: Spanned<Sourced<String>>,
    #[serde(default)]
    marker: BTreeMap<String, Spanned<Sourced<String>>>,
}

/// Indicators that what a message says of a person tells of.
#[derive(Debug, Default)]
pub struct ToldBy {
    /// That a victim is pregnant.
    pub pregnant: Option<Arc<str>>,
    /// That there is a child.
    pub child: Option<Arc<str>>,
    /// That there is a baby.
    pub baby: Option<Arc<str>>,
    /// Until when a child is a baby.
    pub baby_under: Span,
    /// Markers held.
    pub markers: BTreeMap<Marker, Arc<str>>,
}

/// The tables, read.
#[derive(Debug, Default)]
pub struct Tables {
    /// Parts of an offence's text or code, as capitals and digits alone, by the name that rules use.
    pub offences: BTreeMap<Arc<str>, Vec<String>>,
    /// Local times at which shifts end; none where the force sets none.
    pub shift_ends: Vec<jiff::civil::Time>,
    /// How long a shift is, where no ends are set.
    pub shift_length: Period,
    /// Answers that mean yes.
    pub yes: BTreeSet<Arc<str>>,
    /// Answers that mean that nobody asked.
    pub unasked: BTreeSet<Arc<str>>,
    /// What each question of each tool asks about: an indicator, or nothing that is one.
    pub questions: BTreeMap<Tool, BTreeMap<Arc<str>, Arc<str>>>,
    /// Indicators that what a message says of a person tells of.
    pub told_by: ToldBy,
}

/// The tables as the file has them.
pub struct TablesFile {
    pub offences: OffencesFile,
    pub shifts: ShiftsFile,
    pub answers: AnswersFile,
    pub questions: BTreeMap<String, QuestionsFile>,
    pub told_by: ToldByFile,
}

/// Capitals and digits alone, so that `s.75A`, `S75A` and `s 75 A` are one.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Reads the tables; what is wrong with them goes to `problems`.
pub fn read(file: TablesFile, problems: &mut Problems) -> Tables {
    let shift_length = Period::parse(&file.shifts.length.get_ref().is).unwrap_or_else(|| {
        problems.within(&file.shifts.length.span(), "is no ISO 8601 duration such as PT12H");
        Period::ZERO
    });
    let mut shift_ends: Vec<jiff::civil::Time> = Vec::new();
    for end in &file.shifts.ends.is {
        match end.get_ref().parse() {
            Ok(end) => shift_ends.push(end),
            Err(_) => problems.within(&end.span(), "is no local time such as 07:00"),
        }
    }
    shift_ends.sort_unstable();
    let baby_under = Span::parse(&file.told_by.baby_under.get_ref().is).unwrap_or_else(|| {
        problems.within(&file.told_by.baby_under.span(), "is no ISO 8601 duration such as P18M");
        Span::default()
    });
    let mut markers = BTreeMap::new();
    for (name, indicator) in &file.told_by.marker {
        match Marker::from_word(name) {
            Some(marker) => drop(markers.insert(marker, indicator.get_ref().is.as_str().into())),
            None => problems.within(&indicator.span(), format!("`{name}` is no marker")),
        }
    }
    let mut questions = BTreeMap::new();
    for (name, tool) in file.questions {
        let asks = tool.asks.into_iter().map(|(question, indicator)| (question.into(), indicator.into())).collect();
        match Tool::from_word(&name) {
            Some(tool) => drop(questions.insert(tool, asks)),
            None => problems.at(0, format!("`questions.{name}` is of no tool")),
        }
    }
    let words = |list: Vec<String>| list.iter().map(|w| Arc::from(w.as_str())).collect();
    let name = |sourced: Option<Sourced<String>>| sourced.map(|s| Arc::from(s.is));
    Tables {
        offences: file
            .offences
            .into_iter()
            .map(|(name, parts)| (name.into(), parts.is.iter().map(|p| folded(p)).collect()))
            .collect(),
        shift_ends,
        shift_length,
        yes: words(file.answers.yes.is),
        unasked: words(file.answers.unasked.is),
        questions,
        told_by: ToldBy {
            pregnant: name(file.told_by.pregnant),
            child: name(file.told_by.child),
            baby: name(file.told_by.baby),
            baby_under,
            markers,
        },
    }
}

/// The end of the shift that runs at an instant: the next of the force's local times, else so long after.
pub fn end_of_shift(at: Timestamp, ends: &[jiff::civil::Time], length: Period) -> Timestamp {
    let local = at.local();
    let today = ends.iter().find(|end| **end > local.time()).map(|end| local.date().to_datetime(*end));
    let next = today.or_else(|| Some(local.date().tomorrow().ok()?.to_datetime(*ends.first()?)));
    let zoned = next.and_then(|end| end.to_zoned_datetime(crate::time::zone()).ok());
    zoned.map_or_else(|| at.plus(length), |z| Timestamp::from_ms(z.timestamp().as_millisecond()))
}

impl Policy {
    /// The names of the offences that a text or code speaks of.
    pub fn offences_of(&self, text: &str) -> Vec<Arc<str>> {
        let text = folded(text);
        let speaks = |parts: &Vec<String>| parts.iter().any(|p| text.contains(p.as_str()));
        self.tables.offences.iter().filter(|(_, parts)| speaks(parts)).map(|(name, _)| name.clone()).collect()
    }

    /// What a question asks about: an indicator, `""` when it is known and none; `None` when it is not mapped.
    pub fn asks_about(&self, tool: Tool, question: &str) -> Option<&str> {
        self.tables.questions.get(&tool)?.get(question).map(|indicator| &**indicator)
    }

    /// Whether a tool asks about an indicator at all.
    pub fn tool_asks(&self, tool: Tool, indicator: &str) -> bool {
        self.tables.questions.get(&tool).is_some_and(|q| q.values().any(|i| &**i == indicator))
    }

    /// Whether an answer means yes.
    pub fn is_yes(&self, answer: &str) -> bool {
        self.tables.yes.contains(answer)
    }

    /// Whether an answer means that somebody asked.
    pub fn is_asked(&self, answer: &str) -> bool {
        !self.tables.unasked.contains(answer)
    }

    /// Whether somebody born then is a baby at an instant; of a year alone, at its first day.
    pub fn is_baby(&self, born: Born, at: Timestamp) -> bool {
        let (year, month, day) = match born {
            Born::On(year, month, day) => (year, month, day),
            Born::In(year) => (year, 1, 1),
        };
        let day_of = |n: u8| i8::try_from(n).unwrap_or(1);
        let born = jiff::civil::Date::new(year, day_of(month), day_of(day)).ok();
        born.is_some_and(|born| born > at.back(self.tables.told_by.baby_under).local().date())
    }

    /// Every indicator that a rule is about.
    pub fn indicators(&self) -> BTreeSet<Arc<str>> {
        self.rules.iter().flat_map(|r| r.about.iter().cloned()).collect()
    }
}
