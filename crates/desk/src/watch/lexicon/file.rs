//! `policy/lexicon.toml`, read: every fault named with its line and column.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::pattern::{self, Fault, Grammar, Node};
use super::program::{Program, Programs};
use super::stance::{Cue, Cues, Manner};
use super::vocabulary::{KINDS, WordId};
use super::{Group, Indicator, IndicatorId, Lexicon, Problem, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    form: Spanned<u32>,
    reach: Reach,
    shorthand: BTreeMap<String, Spanned<String>>,
    forms: BTreeMap<String, Vec<String>>,
    spelling: Spelling,
    classes: Vec<Class>,
    stance: BTreeMap<String, Spanned<Vec<Spanned<String>>>>,
    indicator: Vec<IndicatorFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reach {
    gap: Spanned<u8>,
    denial: u8,
    unless: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelling {
    right: Vec<Spanned<String>>,
    common: Vec<Spanned<String>>,
    #[serde(default)]
    names: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    name: Spanned<String>,
    any: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndicatorFile {
    name: Spanned<String>,
    says: String,
    #[serde(default)]
    risk: bool,
    #[serde(default)]
    past: Past,
    #[serde(default)]
    alleged: bool,
    #[serde(default)]
    aside: Past,
    words: Vec<Words>,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Past {
    #[default]
    Apart,
    Counts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    source: Spanned<String>,
    any: Vec<Spanned<String>>,
    #[serde(default)]
    unless: Vec<Spanned<String>>,
    #[serde(default)]
    misspelt: bool,
    #[serde(default = "yes")]
    deniable: bool,
}

fn yes() -> bool {
    true
}

pub(super) fn parse(toml_text: &str) -> Result<Lexicon, Vec<Problem>> {
    let file: File = toml::from_str(toml_text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        vec![problem(toml_text, at, error.message().to_owned())]
    })?;
    let mut builder = Builder {
        text: toml_text,
        problems: Vec::new(),
        grammar: Grammar { forms: file.forms, gap: *file.reach.gap.get_ref(), ..Grammar::default() },
        programs: Programs::default(),
        common: BTreeSet::new(),
    };
    builder.grammar.words = super::vocabulary::Collector::new();
    if *file.form.get_ref() != 1 {
        builder.fault(file.form.span().start, "this program reads form 1".to_owned());
    }
    if !(1..=pattern::GAP_MAX).contains(file.reach.gap.get_ref()) {
        builder.fault(file.reach.gap.span().start, format!("a gap holds 1 to {} words", pattern::GAP_MAX));
    }
    builder.shorthand(&file.shorthand);
    // Right words need only be known: what the vocabulary holds is never taken for another word.
    builder.plain(&file.spelling.right);
    builder.common = builder.plain(&file.spelling.common).into_iter().collect();
    let names = super::called::sorted(builder.plain(&file.spelling.names));
    builder.classes(&file.classes);
    builder.clause();
    let (cue_list, cue_nodes) = builder.cues(&file.stance);
    let (indicators, groups, patterns, nodes) = builder.indicators(&file.indicator);
    if !builder.problems.is_empty() {
        builder.problems.sort();
        return Err(builder.problems);
    }

    let vocabulary = builder.grammar.words.close();
    builder.programs.close(vocabulary.len());
    let cues = Cues {
        list: cue_list,
        by_word: by_word(&cue_nodes, &builder.common, vocabulary.len()),
        reach: file.reach.denial.into(),
    };
    let mut anchors = vec![0];
    let mut anchored = Vec::new();
    for word in by_word(&nodes, &builder.common, vocabulary.len()) {
        anchored.extend(word);
        anchors.push(anchored.len() as u32);
    }
    let digest = Sha256::digest(toml_text.as_bytes());
    Ok(Lexicon {
        version: digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect(),
        indicators,
        vocabulary,
        programs: builder.programs,
        patterns,
        groups,
        anchors,
        anchored,
        cues,
        names,
        unless_reach: file.reach.unless.into(),
    })
}

/// Which patterns to try when a word is met: those for which it is one of the words that must be there.
fn by_word(nodes: &[Node], common: &BTreeSet<WordId>, words: usize) -> Vec<Vec<u16>> {
    let mut by_word = vec![Vec::new(); words];
    for (at, node) in nodes.iter().enumerate() {
        for word in pattern::anchor(node, common).unwrap_or_default() {
            by_word[usize::from(word)].push(at as u16);
        }
    }
    by_word
}

fn problem(text: &str, at: usize, message: String) -> Problem {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Problem { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1, message }
}

struct Builder<'a> {
    text: &'a str,
    problems: Vec<Problem>,
    grammar: Grammar,
    programs: Programs,
    common: BTreeSet<WordId>,
}

type Indicators = (Vec<Indicator>, Vec<Group>, Vec<(Program, u16)>, Vec<Node>);

impl Builder<'_> {
    fn fault(&mut self, at: usize, message: String) {
        self.problems.push(problem(self.text, at, message));
    }

    /// A fault inside a pattern: its column is exact as long as the pattern is written without escapes.
    fn pattern_fault(&mut self, pattern: &Spanned<String>, fault: Fault) {
        let span = pattern.span();
        let quote = usize::from(span.len() > pattern.get_ref().len());
        self.fault((span.start + quote + fault.at).min(span.end), fault.message);
    }

    fn read(&mut self, pattern: &Spanned<String>, is_whole: bool) -> Option<Node> {
        let written = pattern.get_ref();
        let node = if is_whole { self.grammar.read_whole(written) } else { self.grammar.read(written) };
        node.map_err(|fault| self.pattern_fault(pattern, fault)).ok()
    }

    fn shorthand(&mut self, shorthand: &BTreeMap<String, Spanned<String>>) {
        for (short, long) in shorthand {
            let mut words = Vec::new();
            text::read(long.get_ref(), |word| words.extend(self.grammar.words.words(word.key)));
            let key = text::key_of(short.as_bytes());
            let is_plain = short.bytes().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit());
            let taken = match key {
                Some(key) if is_plain && !words.is_empty() => self.grammar.words.shorten(key, words),
                _ => {
                    self.fault(long.span().start, format!("`{short}` must be small letters and stand for words"));
                    continue;
                }
            };
            if !taken {
                self.fault(long.span().start, format!("`{short}` is used as a word by another shorthand"));
            }
        }
    }

    fn plain(&mut self, words: &[Spanned<String>]) -> Vec<WordId> {
        let mut ids = Vec::new();
        for word in words {
            if let Some(node) = self.read(word, false) {
                pattern::words_in(&node, &mut |word| ids.push(word));
            }
        }
        ids
    }

    fn classes(&mut self, classes: &[Class]) {
        for class in classes {
            let name = class.name.get_ref();
            let alternatives: Vec<Node> = class.any.iter().filter_map(|pattern| self.read(pattern, true)).collect();
            if KINDS.iter().any(|kind| kind.0 == name) || self.grammar.classes.contains_key(name) {
                self.fault(class.name.span().start, format!("a class named `{name}` is there already"));
            } else if alternatives.is_empty() {
                self.fault(class.name.span().start, format!("class `{name}` holds no words"));
            } else {
                self.grammar.classes.insert(name.clone(), pattern::either(alternatives));
            }
        }
    }

    /// The classes by which a clause's subject is told, if the file has them.
    fn clause(&mut self) {
        let single = |name: &str| match self.grammar.classes.get(name) {
            Some(Node::Words(words)) => Some(words.clone()),
            _ => None,
        };
        if let (Some(actors), Some(owners), Some(openers)) = (single("actor"), single("owner"), single("opener")) {
            self.programs.clause(&actors, &owners, &openers);
        }
    }

    fn cues(&mut self, stance: &BTreeMap<String, Spanned<Vec<Spanned<String>>>>) -> (Vec<(Cue, Program)>, Vec<Node>) {
        let (mut list, mut nodes) = (Vec::new(), Vec::new());
        for (name, patterns) in stance {
            let Some(&(_, cue)) = Cue::ALL.iter().find(|cue| cue.0 == name) else {
                let known: Vec<&str> = Cue::ALL.iter().map(|cue| cue.0).collect();
                self.fault(patterns.span().start, format!("no such list as `{name}`; there are {}", known.join(", ")));
                continue;
            };
            for pattern in patterns.get_ref() {
                if let Some(node) = self.read(pattern, true) {
                    list.push((cue, self.programs.add(&node, false, &self.common)));
                    nodes.push(node);
                }
            }
        }
        (list, nodes)
    }

    fn indicators(&mut self, files: &[IndicatorFile]) -> Indicators {
        let (mut indicators, mut groups) = (Vec::<Indicator>::new(), Vec::new());
        let (mut patterns, mut nodes) = (Vec::new(), Vec::new());
        for file in files {
            let name = file.name.get_ref();
            // An indicator may go on further down the file: its words are added to those that it has.
            let at = indicators.iter().position(|known| known.name == *name).unwrap_or(indicators.len());
            if at == indicators.len() {
                indicators.push(Indicator { name: name.clone(), says: file.says.clone(), is_risk: file.risk });
            }
            indicators[at].is_risk |= file.risk;
            let id = IndicatorId(at as u16);
            for words in &file.words {
                if words.source.get_ref().trim().is_empty() {
                    self.fault(words.source.span().start, "a group of words names its source, or D".to_owned());
                }
                let group = groups.len() as u16;
                for pattern in &words.any {
                    let Some(node) = self.read(pattern, true) else { continue };
                    if words.misspelt {
                        pattern::words_in(&node, &mut |word| self.grammar.words.allow_slip(word));
                    }
                    patterns.push((self.programs.add(&node, words.misspelt, &self.common), group));
                    nodes.push(node);
                }
                let unless = words.unless.iter().filter_map(|pattern| {
                    let node = self.read(pattern, true)?;
                    Some(self.programs.add(&node, words.misspelt, &self.common))
                });
                groups.push(Group {
                    indicator: id,
                    manner: Manner {
                        past_apart: file.past == Past::Apart,
                        alleged: file.alleged,
                        aside_counts: file.aside == Past::Counts,
                    },
                    is_deniable: words.deniable,
                    unless: unless.collect(),
                });
            }
        }
        (indicators, groups, patterns, nodes)
    }
}
