//! One assessment beside the record: question by question, and as a whole against the guide.

use std::sync::Arc;

use super::evidence::{Evidence, HerLog, How, Search, opening, within};
use super::questionnaire::{Fact, Meaning, Question, Questionnaire, Questionnaires};
use crate::incident::Assessment;
use crate::message::{Level, Tool};
use crate::stamp::{IncidentId, Stamp};
use crate::state::State;

/// An assessment, beside everything that the record says of what it asked.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// One for each question of the form and for each answer to none of them: disagreements first, of those the ones by which the
    /// guide alone sees high, then in the form's order.
    pub rows: Vec<Row>,
    /// The ticks, where the guide counts them.
    pub ticks: Option<Ticks>,
    /// Her domestic abuse logs up to the assessment.
    pub call_outs: CallOuts,
    /// The last assessment of hers before it, by the same tool, whose answers are held against these.
    pub before: Option<Stamp>,
    /// The last level given before it, by whatever tool, and where.
    pub level_before: Option<(Level, Stamp)>,
    /// Questions to be asked after another, none of which was answered: the other, how many, and the record's reason to ask.
    pub not_followed: Vec<(Arc<str>, usize)>,
}

/// A question with its answer and the record.
#[derive(Clone, Debug)]
pub struct Row {
    /// The question; nothing for an answer to a question that the questionnaire does not have.
    pub question: Option<Question>,
    /// Its id.
    pub id: Arc<str>,
    /// What was answered.
    pub answered: Answered,
    /// How answer and record stand to each other.
    pub agreement: Agreement,
    /// What speaks about it, newest first.
    pub evidence: Vec<Evidence>,
    /// What the last assessment answered, where that was another answer.
    pub change: Option<Change>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// As the feed sent it; nothing where no answer came.
    pub word: Option<Arc<str>>,
    /// As a page shows it.
    pub says: Arc<str>,
    /// What it means.
    pub means: Meaning,
}

/// How an answer stands to the record, what needs to be looked at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// Answered no, and the record says so.
    DeniedYetReported,
    /// Not asked, not known or not answered, and the record says so.
    UnaskedYetReported,
    /// Answered in a word that nobody here knows, and the record says so.
    UnreadYetReported,
    /// Answered yes, and nothing else is known of it.
    YesAlone,
    /// A question that the questionnaire does not have, or that nothing in the record is looked at for.
    NotCompared,
    /// Both say so.
    BothSay,
    /// Not answered with yes, and the record does not say so.
    NeitherSays,
}

impl Agreement {
    /// Whether the record says what the answer does not.
    pub fn disagrees(self) -> bool {
        self <= Self::UnreadYetReported
    }
}

/// An answer that was another one the last time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it was.
    pub was: Answered,
    /// Whether the scale puts the answer now higher (true) or lower; nothing where it cannot tell.
    pub rose: Option<bool>,
}

/// The ticks of an assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticks {
    /// Questions answered with yes, of those that the guide counts.
    pub yes: usize,
    /// Questions that were asked, of those.
    pub asked: usize,
    /// How many those are.
    pub of: usize,
    /// The highest level that the guide sees from so many.
    pub guide: Option<Guide>,
    /// Questions answered with yes that let the guide see high whatever the number.
    pub alone: Vec<Arc<str>>,
    /// The guide sees a higher level than was given, or none was given.
    pub above_level: bool,
}

/// What the guide says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// The level.
    pub level: Level,
    /// From so many ticks.
    pub from: u32,
    /// Which guide.
    pub source: Arc<str>,
}

/// Her domestic abuse logs in the guide's period up to an assessment.
#[derive(Clone, Debug)]
pub struct CallOuts {
    /// The openings of those, newest first, the assessment's own log included.
    pub logs: Vec<Evidence>,
    /// So many that the guide sees escalation.
    pub reached: bool,
    /// How many were opened after the assessment.
    pub since: usize,
}

/// Holds an assessment against the record of `logs` ([`super::her_logs`]).
pub fn compare(
    state: &State,
    forms: &Questionnaires,
    logs: &[HerLog],
    log: IncidentId,
    made: &Assessment,
) -> Comparison {
    let log = state.going_on(log);
    let search = Search { state, forms, logs, log, made: &made.stamp, tool: made.tool };
    let call_outs = call_outs(&search, forms);
    let form = forms.of(made.tool);
    let earlier = earlier(state, logs, &made.stamp);
    let before = earlier.iter().find(|other| other.tool == made.tool && !other.answers.is_empty()).copied();
    let reads = Reads { state, form, tool: made.tool };
    let mut rows: Vec<Row> = Vec::new();
    for question in form.into_iter().flat_map(|form| &form.questions) {
        let answered = reads.answered(made, &question.id);
        // A question that follows another is on the form only where somebody answered it.
        if question.follows.is_some() && answered.word.is_none() {
            continue;
        }
        let reached = if call_outs.reached { &call_outs.logs[..] } else { &[] };
        let evidence = search.about(question, reached);
        let agreement = reads.agreement(question, answered.means, &evidence);
        let change = before.and_then(|before| reads.change(before, &question.id, &answered));
        rows.push(Row {
            question: Some(question.clone()),
            id: question.id.clone(),
            answered,
            agreement,
            evidence,
            change,
        });
    }
    for (id, _) in made.answers.iter().filter(|(id, _)| form.is_none_or(|form| form.question(id).is_none())) {
        let answered = reads.answered(made, id);
        let change = before.and_then(|before| reads.change(before, id, &answered));
        rows.push(Row {
            question: None,
            id: id.clone(),
            answered,
            agreement: Agreement::NotCompared,
            evidence: Vec::new(),
            change,
        });
    }
    let not_followed = not_followed(&rows, form, made);
    let is_grave = |row: &Row| row.question.as_ref().is_some_and(|question| question.alone.is_some());
    rows.sort_by_key(|row| (row.agreement, !is_grave(row)));
    Comparison {
        ticks: form.and_then(|form| ticks(&rows, form, made)),
        rows,
        call_outs,
        before: before.map(|before| before.stamp.clone()),
        level_before: earlier.iter().find_map(|other| Some((other.level?, other.stamp.clone()))),
        not_followed,
    }
}

/// Her assessments before one, the newest first; of one message there is one.
fn earlier<'a>(state: &'a State, logs: &[HerLog], than: &Stamp) -> Vec<&'a Assessment> {
    let all = logs.iter().filter_map(|log| state.incident(log.id)).flat_map(|incident| &incident.assessments);
    let mut found: Vec<&Assessment> =
        all.filter(|other| (other.stamp.at, other.stamp.seq) < (than.at, than.seq)).collect();
    found.sort_by_key(|other| std::cmp::Reverse((other.stamp.at, other.stamp.seq)));
    found
}

/// Reads answers of one tool.
struct Reads<'a> {
    state: &'a State,
    form: Option<&'a Questionnaire>,
    tool: Tool,
}

impl Reads<'_> {
    fn answered(&self, made: &Assessment, id: &str) -> Answered {
        let Some((_, word)) = made.answers.iter().find(|(known, _)| **known == *id) else {
            return Answered { word: None, says: "No answer".into(), means: Meaning::NotAsked };
        };
        let scaled = self.form.and_then(|form| form.scaled(word)).map(|(_, scaled)| scaled);
        let means = if self.state.policy.is_yes(word) {
            Meaning::Yes
        } else if !self.state.policy.is_asked(word) {
            Meaning::NotAsked
        } else {
            scaled.map_or(Meaning::Unread, |scaled| scaled.means)
        };
        let says = scaled.map_or_else(|| word.clone(), |scaled| scaled.says.clone());
        Answered { word: Some(word.clone()), says, means }
    }

    fn agreement(&self, question: &Question, means: Meaning, evidence: &[Evidence]) -> Agreement {
        let near = evidence.iter().any(Evidence::says_so);
        let says = near && !question.near;
        let mapped = self.state.policy.asks_about(self.tool, &question.id).is_some_and(|sign| !sign.is_empty());
        let looked = mapped || !question.signs.is_empty() || !question.facts.is_empty();
        match means {
            _ if !looked && !says => Agreement::NotCompared,
            Meaning::Yes if near => Agreement::BothSay,
            Meaning::Yes => Agreement::YesAlone,
            _ if !says => Agreement::NeitherSays,
            Meaning::No => Agreement::DeniedYetReported,
            Meaning::NotAsked | Meaning::NotKnown => Agreement::UnaskedYetReported,
            Meaning::Unread => Agreement::UnreadYetReported,
        }
    }

    fn change(&self, before: &Assessment, id: &str, now: &Answered) -> Option<Change> {
        let was = self.answered(before, id);
        if was.word == now.word {
            return None;
        }
        let place = |answered: &Answered| {
            let (place, scaled) = self.form?.scaled(answered.word.as_deref()?)?;
            matches!(scaled.means, Meaning::Yes | Meaning::No).then_some(place)
        };
        let rose = place(now).zip(place(&was)).map(|(now, was)| now > was);
        Some(Change { was, rose })
    }
}

fn call_outs(search: &Search, forms: &Questionnaires) -> CallOuts {
    let (state, until) = (search.state, search.made.at);
    let from = until.back(forms.call_outs_within.is);
    let mut logs = Vec::new();
    let mut since = 0;
    for log in search.logs.iter().filter(|log| state.is_da(log.id)) {
        let Some(opened) = opening(state, log.id) else { continue };
        if within(opened.at, from, until) {
            logs.push(search.evidence(Some(*log), opened, How::Fact(Fact::CallOuts)));
        }
        since += usize::from(opened.at > until);
    }
    let many = usize::try_from(forms.call_outs.is).unwrap_or(usize::MAX);
    CallOuts { reached: logs.len() >= many, logs, since }
}

fn ticks(rows: &[Row], form: &Questionnaire, made: &Assessment) -> Option<Ticks> {
    if form.ticks.is_empty() || made.answers.is_empty() {
        return None;
    }
    let counted = rows.iter().filter(|row| row.question.as_ref().is_some_and(|question| question.counts));
    let counted: Vec<&Row> = counted.collect();
    let yes: Vec<&&Row> = counted.iter().filter(|row| row.answered.means == Meaning::Yes).collect();
    let reached = form.ticks.iter().rev().find(|(_, from)| yes.len() >= usize::try_from(from.is).unwrap_or(usize::MAX));
    let guide = reached.map(|(level, from)| Guide { level: *level, from: from.is, source: from.from.clone() });
    let alone = |row: &Row| row.question.as_ref().is_some_and(|question| question.alone.is_some());
    Some(Ticks {
        yes: yes.len(),
        asked: counted.iter().filter(|row| row.answered.means != Meaning::NotAsked).count(),
        of: counted.len(),
        above_level: guide.as_ref().is_some_and(|guide| made.level.is_none_or(|level| level < guide.level)),
        guide,
        alone: yes.iter().filter(|row| alone(row)).map(|row| row.id.clone()).collect(),
    })
}

/// Sets of questions that follow one which was answered yes or which the record says, when none of a set was answered.
fn not_followed(rows: &[Row], form: Option<&Questionnaire>, made: &Assessment) -> Vec<(Arc<str>, usize)> {
    let mut found: Vec<(Arc<str>, usize)> = Vec::new();
    for question in form.into_iter().flat_map(|form| &form.questions) {
        let Some(leads) = &question.follows else { continue };
        let asked = |id: &Arc<str>| made.answers.iter().any(|(known, _)| known == id);
        let set = || form.into_iter().flat_map(|form| &form.questions).filter(|q| q.follows.as_ref() == Some(leads));
        let says = |row: &&Row| row.id == *leads && (row.answered.means == Meaning::Yes || row.agreement.disagrees());
        let is_due = !made.answers.is_empty() && rows.iter().any(|row| says(&row));
        if is_due && !found.iter().any(|(known, _)| known == leads) && !set().any(|q| asked(&q.id)) {
            found.push((leads.clone(), set().count()));
        }
    }
    found
}
