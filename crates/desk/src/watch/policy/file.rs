//! The policy file's form, and what can be wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::Policy;
use super::area::{Area, AreaFile};
use super::compile::{Rule, RuleFile, Setting, compile};
use super::recording::{self, RecordingFile};
use super::tables::{self, AnswersFile, OffencesFile, QuestionsFile, ShiftsFile, TablesFile, ToldByFile};
use crate::message::Grade;
use crate::time::{Period, Timestamp};
use crate::watch::lexicon::Problem;

/// A value with its source beside it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sourced<T> {
    pub is: T,
    pub from: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    force: Force,
    grades: BTreeMap<String, Spanned<Sourced<String>>>,
    codes: Codes,
    people: PeopleFile,
    calendar: Calendar,
    #[serde(default)]
    areas: BTreeMap<String, AreaFile>,
    feeds: Feeds,
    queue: Queue,
    #[serde(default)]
    recording: RecordingFile,
    offences: OffencesFile,
    shifts: ShiftsFile,
    answers: AnswersFile,
    questions: BTreeMap<String, QuestionsFile>,
    told_by: ToldByFile,
    #[serde(rename = "rule")]
    rules: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Force {
    #[allow(dead_code)]
    name: String,
    live_from: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    da_words: Sourced<Vec<String>>,
    da_parts: Sourced<Vec<String>>,
    offence_parts: Sourced<Vec<String>>,
    offence_answers: Sourced<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeopleFile {
    systems: Sourced<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Calendar {
    holidays: Sourced<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Feeds {
    silence: Spanned<Sourced<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Queue {
    due_after: Sourced<i64>,
}

/// The mistakes found so far, placed in the text.
pub struct Problems<'a> {
    text: &'a str,
    pub found: Vec<Problem>,
}

impl Problems<'_> {
    pub fn at(&mut self, place: usize, message: impl Into<String>) {
        self.found.push(Problem::at(self.text, place, message));
    }

    pub fn within(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.at(span.start, message);
    }
}

pub fn read(text: &str) -> Result<Policy, Vec<Problem>> {
    let mut problems = Problems { text, found: Vec::new() };
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            problems.at(error.span().map_or(0, |s| s.start), error.message());
            return Err(problems.found);
        }
    };
    let mut targets = BTreeMap::new();
    let mut top_grade = Grade::Immediate;
    for (name, value) in &file.grades {
        let is = &value.get_ref().is;
        if name == "top" {
            match Grade::from_word(is) {
                Some(grade) => top_grade = grade,
                None => problems.within(&value.span(), format!("`{is}` is no grade")),
            }
        } else {
            match (Grade::from_word(name), Period::parse(is)) {
                (Some(grade), Some(target)) => drop(targets.insert(grade, target)),
                (None, _) => problems.within(&value.span(), format!("`{name}` is no grade")),
                (_, None) => problems.within(&value.span(), "is no ISO 8601 duration such as PT15M"),
            }
        }
    }
    let feed_silence = Period::parse(&file.feeds.silence.get_ref().is).unwrap_or_else(|| {
        problems.within(&file.feeds.silence.span(), "is no ISO 8601 duration such as PT5M");
        Period::ZERO
    });
    let mut holidays: Vec<jiff::civil::Date> = Vec::new();
    for day in &file.calendar.holidays.is {
        match day.get_ref().parse() {
            Ok(day) => holidays.push(day),
            Err(_) => problems.within(&day.span(), "is no date such as 2026-12-25"),
        }
    }
    let live_from = file.force.live_from.as_ref().and_then(|from| {
        let at = Timestamp::parse(from.get_ref());
        if at.is_err() {
            problems.within(&from.span(), "is no RFC 3339 instant with an offset");
        }
        at.ok()
    });
    let mut ids = BTreeSet::new();
    let mut rules = Vec::new();
    for rule in &file.rules {
        if !ids.insert(rule.id.get_ref().clone()) {
            problems.within(&rule.id.span(), format!("a second rule `{}`", rule.id.get_ref()));
        }
        if let Some(mut rule) = compile(rule, &mut problems) {
            let same = rules.iter().position(|r: &Rule| r.on == rule.on && r.about == rule.about);
            rule.ground = same.unwrap_or(rules.len());
            rules.push(rule);
        }
    }
    let tables = TablesFile {
        offences: file.offences,
        shifts: file.shifts,
        answers: file.answers,
        questions: file.questions,
        told_by: file.told_by,
    };
    let tables = tables::read(tables, &mut problems);
    let recording = recording::read(&file.recording, &mut problems);
    if !problems.found.is_empty() {
        return Err(problems.found);
    }
    let digest = Sha256::digest(text.as_bytes());
    let version: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    let upper = |list: Vec<String>| -> Vec<String> { list.iter().map(|w| w.to_uppercase()).collect() };
    Ok(Policy {
        version: version.into(),
        text: text.into(),
        live_from,
        targets,
        top_grade,
        systems: file.people.systems.is.iter().map(|s| Arc::from(s.as_str())).collect(),
        holidays,
        feed_silence,
        due_after: file.queue.due_after.is,
        recording,
        tables,
        rules,
        areas: file.areas.into_iter().map(|(force, area)| Area::new(force, area)).collect(),
        offence_answers: file.codes.offence_answers.is.iter().map(|q| Arc::from(q.as_str())).collect(),
        da_words: upper(file.codes.da_words.is),
        da_parts: upper(file.codes.da_parts.is),
        offence_parts: upper(file.codes.offence_parts.is),
    })
}

/// A setting's value as an expression sees it: periods in milliseconds, spans with months as they are written.
pub fn setting(value: &toml::Value) -> Result<Setting, &'static str> {
    match value {
        toml::Value::Integer(n) => Ok(Setting::Number(*n)),
        toml::Value::String(text) if text.starts_with('P') => {
            match (Period::parse(text), crate::time::Span::parse(text)) {
                (Some(period), _) => Ok(Setting::Number(period.ms())),
                (None, Some(_)) => Ok(Setting::Text(text.as_str().into())),
                (None, None) => Err("is no ISO 8601 duration such as PT5M or P12M"),
            }
        }
        toml::Value::String(text) => Ok(Setting::Text(text.as_str().into())),
        toml::Value::Array(list) => {
            let texts: Option<Vec<Arc<str>>> = list.iter().map(|v| v.as_str().map(Arc::from)).collect();
            texts.map(Setting::Texts).ok_or("must be a list of texts")
        }
        _ => Err("must be a number, a duration, a text or a list of texts"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::POLICY;

    #[test]
    fn a_letter_of_several_bytes_in_a_condition_is_a_mistake_with_its_place_and_nothing_worse() {
        for (good, bad) in
            [("incident_open && gra", "incident_open \u{2019} gra"), ("&& grading", "&& gra\u{fffd}ding")]
        {
            let text = POLICY.replacen(good, bad, 1);
            let line = 1 + text.split('\n').position(|line| line.contains(bad)).expect("it was put in");
            let problems = read(&text).expect_err("no CEL");
            assert!(problems.iter().all(|problem| problem.line == line && problem.column > 1), "{problems:?}");
        }
    }

    #[test]
    fn a_condition_that_goes_too_deep_is_a_mistake_and_the_longest_allowed_one_is_read() {
        let with = |condition: &str| {
            let text = POLICY.replacen("incident_open && grading_in_force", condition, 1);
            assert_ne!(text, POLICY);
            read(&text)
        };
        let repeated = |piece: &str, times: usize| format!("incident_open && {} > 0", piece.repeat(times));
        for condition in [repeated("1-", 10_000), repeated("(", 17), repeated("[", 10_000), repeated("!", 10_000)] {
            let problems = with(&condition).expect_err("too deep");
            assert!(problems[0].message.contains("make two rules of it"), "{problems:?}");
        }
        let longest = format!("incident_open && {}1 > 0", "1-".repeat(690));
        assert!(with(&longest).is_ok(), "{:?}", with(&longest).err());
        // Whether these are CEL or not: the stack holds.
        for piece in ["!", "-", "1?1:", "a.", "a[0].", "1+", "x.map(y,", "[", "1==", "1&&", "{1:", "a("] {
            for closing in ["", "1", ")"] {
                let times = 1400 / piece.len();
                drop(with(&format!("{}{}", piece.repeat(times), closing.repeat(60))));
                drop(with(&format!("{}1{}", piece.repeat(16), closing.repeat(16))));
            }
        }
    }
}
