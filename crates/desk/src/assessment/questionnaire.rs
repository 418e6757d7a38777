//! `policy/questionnaires.toml`, read: every fault named with its line and column.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use crate::message::{Level, Marker, Relationship, Tool};
use crate::time::Span;
use crate::watch::lexicon::Problem;

/// The questionnaires that come with the program.
pub const QUESTIONNAIRES: &str = include_str!("../../../../policy/questionnaires.toml");

/// Every tool's questions, and the guide's count of call-outs.
#[derive(Clone, Debug)]
pub struct Questionnaires {
    /// The guide sees escalation from so many call-outs.
    pub call_outs: Sourced<u32>,
    /// Within so long.
    pub call_outs_within: Sourced<Span>,
    /// The tools, in the order of the file.
    pub tools: Vec<Questionnaire>,
}

/// A value with its source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sourced<T> {
    /// The value.
    pub is: T,
    /// Its source, or `D`: a default of ours.
    pub from: Arc<str>,
}

/// A tool's questions.
#[derive(Clone, Debug)]
pub struct Questionnaire {
    /// The tool.
    pub tool: Tool,
    /// As people call it.
    pub name: Arc<str>,
    /// Where it comes from.
    pub source: Arc<str>,
    /// Its answers, least first.
    pub scale: Vec<Scaled>,
    /// From how many ticks the guide sees which level, fewest first, each with its source.
    pub ticks: Vec<(Level, Sourced<u32>)>,
    /// Its questions, in the form's order.
    pub questions: Vec<Question>,
}

/// An answer of a tool's scale.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaled {
    /// As the feed sends it.
    pub is: Arc<str>,
    /// What it means.
    pub means: Meaning,
    /// As a page shows it.
    pub says: Arc<str>,
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// It is so, in whatever degree.
    Yes,
    /// It is not so.
    No,
    /// Asked, and she does not know or does not say.
    NotKnown,
    /// Nobody asked.
    NotAsked,
    /// A word that neither the policy nor the scale knows.
    #[serde(skip)]
    Unread,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    /// As the feed sends it.
    pub id: Arc<str>,
    /// As the form has it, where it has one.
    pub number: Option<Arc<str>>,
    /// In short words of ours.
    pub says: Arc<str>,
    /// Where it comes from.
    pub source: Arc<str>,
    /// Indicators in words that speak about it, besides the one that the policy says it asks about.
    pub signs: Vec<Arc<str>>,
    /// What else of the record speaks about it.
    pub facts: Vec<Fact>,
    /// How far back it asks; without end where nothing is said.
    pub within: Option<Sourced<Span>>,
    /// It asks of this incident alone: what another log says disagrees with nothing.
    pub this_log: bool,
    /// The guide that lets a yes to it make the risk high whatever the number of ticks.
    pub alone: Option<Arc<str>>,
    /// Whether it is among those that the guide counts.
    pub counts: bool,
    /// What speaks about it is near it and no yes to it.
    pub near: bool,
    /// The question whose yes asks for this one.
    pub follows: Option<Arc<str>>,
}

/// Something of the record that says yes to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A crime recorded whose offence the policy calls so.
    Crime(Arc<str>),
    /// A suspect of hers holds this marker.
    Marker(Marker),
    /// She holds this marker.
    HerMarker(Marker),
    /// A suspect is this to her.
    Relationship(Relationship),
    /// A suspect of hers was arrested.
    Arrest,
    /// A log of hers was opened while an order or condition protected her.
    ContactUnderOrder,
    /// So many logs of hers as the guide sees escalation in.
    CallOuts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    form: Spanned<u32>,
    call_outs: CallOutsFile,
    tool: Vec<ToolFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallOutsFile {
    many: Sourced<u32>,
    within: Spanned<Sourced<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolFile {
    tool: Spanned<String>,
    name: Arc<str>,
    source: Arc<str>,
    scale: Vec<Spanned<Scaled>>,
    #[serde(default)]
    ticks: Vec<Spanned<TicksFile>>,
    question: Vec<QuestionFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TicksFile {
    level: String,
    from_ticks: u32,
    source: Arc<str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionFile {
    id: Spanned<String>,
    number: Option<Arc<str>>,
    says: Arc<str>,
    source: Arc<str>,
    #[serde(default)]
    signs: Vec<Arc<str>>,
    #[serde(default)]
    facts: Vec<Spanned<String>>,
    within: Option<Spanned<Sourced<String>>>,
    #[serde(default)]
    this_log: bool,
    alone: Option<Arc<str>>,
    #[serde(default = "yes")]
    counts: bool,
    #[serde(default)]
    near: bool,
    follows: Option<Spanned<String>>,
}

fn yes() -> bool {
    true
}

struct Reader<'a> {
    text: &'a str,
    found: Vec<Problem>,
}

impl Questionnaires {
    /// Reads a file of questionnaires.
    ///
    /// # Errors
    /// Every mistake found, with line and column; of a file of another shape, one.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![Problem::at(text, error.span().map_or(0, |span| span.start), error.message())])?;
        let mut reader = Reader { text, found: Vec::new() };
        if *file.form.get_ref() != 1 {
            reader.fault(&file.form, "this program reads form 1");
        }
        let call_outs_within = reader.span(file.call_outs.within);
        let mut tools: Vec<Questionnaire> = Vec::new();
        for tool in file.tool {
            let name = tool.tool.get_ref();
            if tools.iter().any(|other| other.tool.word() == name) {
                reader.fault(&tool.tool, format!("a second `{name}`"));
            }
            tools.extend(reader.tool(tool));
        }
        if !reader.found.is_empty() {
            reader.found.sort();
            return Err(reader.found);
        }
        Ok(Self { call_outs: file.call_outs.many, call_outs_within, tools })
    }

    /// The questionnaires that the project ships.
    ///
    /// # Panics
    /// Never: a test reads the shipped file.
    pub fn shipped() -> Self {
        Self::parse(QUESTIONNAIRES).expect("the shipped questionnaires are read by every test")
    }

    /// A tool's questions.
    pub fn of(&self, tool: Tool) -> Option<&Questionnaire> {
        self.tools.iter().find(|known| known.tool == tool)
    }
}

impl Questionnaire {
    /// A question by its id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| &*question.id == id)
    }

    /// An answer's place in the scale, and the answer.
    pub fn scaled(&self, answer: &str) -> Option<(usize, &Scaled)> {
        self.scale.iter().enumerate().find(|(_, scaled)| &*scaled.is == answer)
    }
}

impl Reader<'_> {
    fn fault<T>(&mut self, place: &Spanned<T>, message: impl Into<String>) {
        self.found.push(Problem::at(self.text, place.span().start, message));
    }

    fn span(&mut self, written: Spanned<Sourced<String>>) -> Sourced<Span> {
        let span = Span::parse(&written.get_ref().is);
        if span.is_none() {
            self.fault(&written, "is no ISO 8601 duration such as P12M");
        }
        Sourced { is: span.unwrap_or_default(), from: written.into_inner().from }
    }

    fn tool(&mut self, file: ToolFile) -> Option<Questionnaire> {
        let tool = Tool::from_word(file.tool.get_ref());
        if tool.is_none() {
            self.fault(&file.tool, format!("`{}` is no tool", file.tool.get_ref()));
        }
        let mut words = BTreeSet::new();
        for answer in &file.scale {
            if !words.insert(answer.get_ref().is.clone()) {
                self.fault(answer, format!("a second `{}` in the scale", answer.get_ref().is));
            }
        }
        let mut ticks: Vec<(Level, Sourced<u32>)> = Vec::new();
        for tick in file.ticks {
            match Level::from_word(&tick.get_ref().level) {
                Some(level) => {
                    let TicksFile { from_ticks, source, .. } = tick.into_inner();
                    ticks.push((level, Sourced { is: from_ticks, from: source }));
                }
                None => self.fault(&tick, format!("`{}` is no level", tick.get_ref().level)),
            }
        }
        ticks.sort_by_key(|(_, from)| from.is);
        let ids: BTreeSet<String> = file.question.iter().map(|question| question.id.get_ref().clone()).collect();
        let mut questions: Vec<Question> = Vec::new();
        for question in file.question {
            if questions.iter().any(|other| *other.id == **question.id.get_ref()) {
                self.fault(&question.id, format!("a second question `{}`", question.id.get_ref()));
            }
            if let Some(follows) = question.follows.as_ref().filter(|follows| !ids.contains(follows.get_ref())) {
                self.fault(follows, format!("follows `{}`, which is no question here", follows.get_ref()));
            }
            questions.push(self.question(question));
        }
        let scale = file.scale.into_iter().map(Spanned::into_inner).collect();
        Some(Questionnaire { tool: tool?, name: file.name, source: file.source, scale, ticks, questions })
    }

    fn question(&mut self, file: QuestionFile) -> Question {
        let mut facts = Vec::new();
        for fact in file.facts {
            match Fact::named(fact.get_ref()) {
                Some(fact) => facts.push(fact),
                None => self.fault(&fact, format!("`{}` is no fact that there is", fact.get_ref())),
            }
        }
        Question {
            id: file.id.into_inner().into(),
            number: file.number,
            says: file.says,
            source: file.source,
            signs: file.signs,
            facts,
            within: file.within.map(|within| self.span(within)),
            this_log: file.this_log,
            alone: file.alone,
            counts: file.counts,
            near: file.near,
            follows: file.follows.map(|follows| follows.into_inner().into()),
        }
    }
}

impl Fact {
    fn named(name: &str) -> Option<Self> {
        Some(match name.split_once(':') {
            Some(("crime", offence)) => Self::Crime(offence.into()),
            Some(("marker", marker)) => Self::Marker(Marker::from_word(marker)?),
            Some(("her_marker", marker)) => Self::HerMarker(Marker::from_word(marker)?),
            Some(("relationship", what)) => Self::Relationship(Relationship::from_word(what)?),
            Some(_) => return None,
            None => match name {
                "arrest" => Self::Arrest,
                "contact_under_order" => Self::ContactUnderOrder,
                "call_outs" => Self::CallOuts,
                _ => return None,
            },
        })
    }
}
