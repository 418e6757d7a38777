//! A rule, from the file's words to compiled conditions.

use std::collections::BTreeMap;
use std::sync::Arc;

use cel::Program;
use serde::Deserialize;
use toml::Spanned;

use super::file::{Problems, Sourced, setting};
use super::written::Written;
use crate::aspect::Aspects;
use crate::watch::condition::{Condition, Constant, Name};
use crate::watch::fact;
use crate::watch::flag::Severity;
use crate::watch::item::On;

/// A rule as the file says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    pub id: Spanned<String>,
    name: String,
    source: String,
    on: Spanned<String>,
    #[serde(default)]
    about: Vec<Spanned<String>>,
    scope: Option<Spanned<String>>,
    pub(super) when: Spanned<String>,
    pub(super) unless: Option<Spanned<String>>,
    pub(super) from: Spanned<String>,
    pub(super) answered: Spanned<String>,
    #[serde(default)]
    answers: Vec<AnswerFile>,
    gone: Option<String>,
    gone_is: Option<Spanned<String>>,
    #[serde(default)]
    one_at_a_time: bool,
    #[serde(default)]
    absence: bool,
    #[serde(default)]
    recognises: bool,
    to: String,
    pub(super) says: Spanned<String>,
    #[serde(default)]
    evidence: Vec<Spanned<String>>,
    pub(super) steps: Vec<StepFile>,
    #[serde(default)]
    settings: BTreeMap<String, Spanned<Sourced<toml::Value>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerFile {
    pub(super) when: Spanned<String>,
    pub(super) says: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepFile {
    pub(super) severity: Spanned<String>,
    pub(super) when: Option<Spanned<String>>,
    pub(super) due: Option<Spanned<String>>,
    says: Option<Spanned<String>>,
}

/// A compiled condition or instant.
pub struct Expression {
    /// As the `cel` crate runs it.
    pub program: Program,
    /// The same, ready to be walked; nothing where only the crate can say what it comes to.
    pub walked: Option<Condition>,
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Expression")
    }
}

/// A setting, as expressions see it.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// A count, or a period in milliseconds.
    Number(i64),
    /// A word, or a span with months.
    Text(Arc<str>),
    /// Words.
    Texts(Vec<Arc<str>>),
}

/// A sentence with facts in it.
#[derive(Clone, Debug)]
pub struct Template(pub Vec<Part>);

/// A part of a sentence.
#[derive(Clone, Debug)]
pub enum Part {
    /// As it stands.
    Words(Arc<str>),
    /// The value of a fact.
    Fact(Arc<str>),
}

/// A rule of the catalogue, compiled.
#[derive(Debug)]
pub struct Rule {
    /// `T01` and so on.
    pub id: Arc<str>,
    /// Its name, as the screens show it.
    pub name: Arc<str>,
    /// Where it comes from.
    pub source: Arc<str>,
    /// What to do, after "left" or "over": "to arrive".
    pub to: Arc<str>,
    /// Every setting with its value as written and its source.
    pub settings_shown: Vec<(Arc<str>, String, String)>,
    /// Whether it judges incidents that are not domestic abuse too.
    pub any_scope: bool,
    /// Whether what it raises on is that something has not come in.
    pub absence: bool,
    /// Whether its flag is the desk's own recognition of domestic abuse, so that every other rule applies from then on.
    pub recognises: bool,
    pub(crate) on: On,
    /// The indicators that it is about.
    pub(crate) about: Vec<Arc<str>>,
    pub(crate) when: Expression,
    pub(crate) unless: Option<Expression>,
    pub(crate) from: Expression,
    pub(crate) answered: Expression,
    pub(crate) answers: Vec<(Expression, Template)>,
    pub(crate) gone: Arc<str>,
    pub(crate) gone_answers: bool,
    pub(crate) one_at_a_time: bool,
    pub(crate) says: Template,
    pub(crate) evidence: Vec<Arc<str>>,
    pub(crate) steps: Vec<Step>,
    pub(crate) settings: BTreeMap<String, Setting>,
    pub(crate) reads: Aspects,
    /// The place of the first rule that is judged on the same things: what is found for one is found for all of them.
    pub(crate) ground: usize,
    /// Its conditions as the policy has them.
    pub written: Written,
}

impl Rule {
    /// Whether a fact can answer it.
    pub fn waits_for(&self, fact: &str) -> bool {
        self.answered.program.references().has_variable(fact)
    }
}

/// One step of a rule: how severe it is from when on.
#[derive(Debug)]
pub struct Step {
    /// How severe.
    pub severity: Severity,
    pub(crate) when: Option<Expression>,
    pub(crate) due: Option<Expression>,
    pub(crate) says: Option<Template>,
}

/// Functions that expressions may call besides CEL's own.
pub const FUNCTIONS: &[&str] = &["target", "before", "working_days_after", "end_of_shift"];

struct Compiler<'a, 'b> {
    problems: &'a mut Problems<'b>,
    on: On,
    settings: BTreeMap<String, Setting>,
    reads: Aspects,
}

/// Compiles a rule; what is wrong with it goes to `problems`.
pub fn compile(file: &RuleFile, problems: &mut Problems) -> Option<Rule> {
    let Some(on) = On::from_word(file.on.get_ref()) else {
        problems.within(&file.on.span(), format!("`{}` is nothing that a rule can be judged on", file.on.get_ref()));
        return None;
    };
    let before = problems.found.len();
    if matches!(on, On::Indication | On::Pattern) == file.about.is_empty() {
        problems.within(
            &file.on.span(),
            "a rule says what it is `about` when it is judged on `indication` or `pattern`, and only then",
        );
    }
    let mut settings = BTreeMap::new();
    let mut settings_shown = Vec::new();
    for (name, value) in &file.settings {
        match setting(&value.get_ref().is) {
            Ok(setting) => drop(settings.insert(name.clone(), setting)),
            Err(why) => problems.within(&value.span(), format!("setting `{name}` {why}")),
        }
        let shown = value.get_ref().is.to_string().replace('"', "");
        settings_shown.push((Arc::from(name.as_str()), shown, value.get_ref().from.clone()));
    }
    let any_scope = match file.scope.as_ref().map(|s| (s.get_ref().as_str(), s.span())) {
        None | Some(("da", _)) => false,
        Some(("any", _)) => true,
        Some((_, span)) => {
            problems.within(&span, "scope is `da` or `any`");
            false
        }
    };
    let gone_answers = match file.gone_is.as_ref().map(|s| (s.get_ref().as_str(), s.span())) {
        None | Some(("withdrawn", _)) => false,
        Some(("answered", _)) => true,
        Some((_, span)) => {
            problems.within(&span, "gone_is is `answered` or `withdrawn`");
            false
        }
    };
    for evidence in &file.evidence {
        if !crate::watch::evidence::NAMES.contains(&evidence.get_ref().as_str()) {
            problems.within(&evidence.span(), format!("`{}` is no evidence that the desk gathers", evidence.get_ref()));
        }
    }
    let mut c = Compiler { problems, on, settings, reads: on.reads() };
    let when = c.expression(&file.when);
    let unless = file.unless.as_ref().map(|u| c.expression(u));
    let from = c.expression(&file.from);
    let answered = c.expression(&file.answered);
    let says = c.template(&file.says);
    let answers: Vec<_> = file.answers.iter().map(|a| (c.expression(&a.when), c.template(&a.says))).collect();
    let steps: Vec<_> = file
        .steps
        .iter()
        .map(|step| {
            let severity = match step.severity.get_ref().as_str() {
                "S1" => Severity::S1,
                "S2" => Severity::S2,
                "S3" => Severity::S3,
                other => {
                    c.problems.within(&step.severity.span(), format!("`{other}` is no severity"));
                    Severity::S3
                }
            };
            let when = step.when.as_ref().map(|w| c.expression(w));
            let due = step.due.as_ref().map(|d| c.expression(d));
            let says = step.says.as_ref().map(|s| c.template(s));
            (severity, when, due, says)
        })
        .collect();
    let (settings, reads) = (std::mem::take(&mut c.settings), c.reads);
    if problems.found.len() > before {
        return None;
    }
    let mut whole = Vec::new();
    for (severity, when, due, says) in steps {
        whole.push(Step { severity, when: flatten(when)?, due: flatten(due)?, says });
    }
    Some(Rule {
        id: file.id.get_ref().as_str().into(),
        name: file.name.as_str().into(),
        source: file.source.as_str().into(),
        to: file.to.as_str().into(),
        settings_shown,
        any_scope,
        absence: file.absence,
        recognises: file.recognises,
        on,
        about: file.about.iter().map(|a| a.get_ref().as_str().into()).collect(),
        when: when?,
        unless: flatten(unless)?,
        from: from?,
        answered: answered?,
        answers: answers.into_iter().map(|(w, s)| Some((w?, s))).collect::<Option<_>>()?,
        gone: file.gone.as_deref().unwrap_or("what it rested on is no longer so").into(),
        gone_answers,
        one_at_a_time: file.one_at_a_time,
        says,
        evidence: file.evidence.iter().map(|e| e.get_ref().as_str().into()).collect(),
        steps: whole,
        settings,
        reads,
        ground: 0,
        written: Written::of(file),
    })
}

/// `None` when an expression is there and did not compile.
#[allow(clippy::option_option)]
fn flatten(expression: Option<Option<Expression>>) -> Option<Option<Expression>> {
    match expression {
        None => Some(None),
        Some(compiled) => compiled.map(Some),
    }
}

/// The longest condition, in bytes. Compiler and evaluator go down a condition on the stack, a step for each operator, and
/// a stack that runs out ends the whole process. The longest
/// one shipped has 185.
const LONGEST: usize = 1500;

/// How deep brackets may stand within each other.
const DEEPEST: usize = 16;

fn bounded(condition: &str) -> Result<(), String> {
    if condition.len() > LONGEST {
        return Err(format!("is longer than {LONGEST} bytes: make two rules of it"));
    }
    let mut depth = 0_usize;
    for letter in condition.bytes() {
        match letter {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(format!("has brackets more than {DEEPEST} deep: make two rules of it"));
        }
    }
    Ok(())
}

impl Compiler<'_, '_> {
    fn expression(&mut self, text: &Spanned<String>) -> Option<Expression> {
        let start = text.span().start + 1;
        if let Err(why) = bounded(text.get_ref()) {
            self.problems.at(start, why);
            return None;
        }
        let program = match Program::compile(text.get_ref()) {
            Ok(program) => program,
            Err(errors) => {
                for error in &errors.errors {
                    let column = usize::try_from(error.pos.1).unwrap_or(1).max(1);
                    // CEL counts letters, the file is counted in bytes.
                    let before: usize = text.get_ref().chars().take(column - 1).map(char::len_utf8).sum();
                    self.problems.at(start + before, format!("not CEL: {}", error.msg));
                }
                return None;
            }
        };
        let mut faults = Vec::new();
        {
            let references = program.references();
            for name in references.variables() {
                // Variables of CEL's own macros: `xs.filter(t, ...)` and the accumulator behind it.
                if name.chars().count() == 1 || name.starts_with('@') || name.starts_with("__") {
                    continue;
                }
                match self.known(name) {
                    Ok(reads) => self.reads |= reads,
                    Err(why) => faults.push((name.to_owned(), why)),
                }
            }
        }
        for (name, why) in &faults {
            let place = text.get_ref().find(name.as_str()).unwrap_or(0);
            self.problems.at(start + place, why.clone());
        }
        if !faults.is_empty() {
            return None;
        }
        let walked = Condition::read(program.expression(), &|name| self.name(name));
        Some(Expression { program, walked })
    }

    fn name(&self, name: &str) -> Option<Name> {
        match self.settings.get(name) {
            Some(Setting::Number(n)) => Some(Name::Constant(Constant::Number(*n))),
            Some(Setting::Text(text)) => Some(Name::Constant(Constant::Text(text.clone()))),
            Some(Setting::Texts(list)) => Some(Name::Constant(Constant::Texts(list.clone()))),
            None if name == "due_at" => Some(Name::DueAt),
            None => fact::find(name).map(Name::Fact),
        }
    }

    fn known(&self, name: &str) -> Result<Aspects, String> {
        if self.settings.contains_key(name) || name == "due_at" || FUNCTIONS.contains(&name) {
            return Ok(Aspects::NONE);
        }
        match fact::find(name) {
            Some(fact) if fact.on.is_empty() || fact.on.contains(&self.on) => Ok(fact.reads),
            Some(_) => Err(format!("the fact `{name}` is not there when a rule is judged on `{}`", self.on.word())),
            None => Err(format!("`{name}` is no fact, and no setting of this rule")),
        }
    }

    fn template(&mut self, text: &Spanned<String>) -> Template {
        let mut parts = Vec::new();
        let mut rest = text.get_ref().as_str();
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}') else { break };
            parts.push(Part::Words(rest[..open].into()));
            let name = &rest[open + 1..open + close];
            match self.known(name) {
                Ok(reads) => self.reads |= reads,
                Err(why) => {
                    let place = text.get_ref().len() - rest.len() + open + 1;
                    self.problems.at(text.span().start + 1 + place, why);
                }
            }
            parts.push(Part::Fact(name.into()));
            rest = &rest[open + close + 1..];
        }
        parts.push(Part::Words(rest.into()));
        Template(parts)
    }
}
