//! Risk assessments: each answer beside what the record says of the same thing, what disagrees first.
//!
//! What stands here is found by `desk::assessment`; this only puts it in words. Nothing is lowered: a guide that would see
//! less than was given is not mentioned.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use alongside_desk::assessment::{
    Agreement, Answered, Change, Comparison, Evidence, Fact, How, Questionnaires, Row, When, compare, her_logs,
};
use alongside_desk::incident::Assessment as Made;
use alongside_desk::message::Level;
use alongside_desk::stamp::IncidentId;
use alongside_desk::time::{Span, Timestamp};

use super::entry::{upper, word};
use super::history::count;
use super::timeline::Scene;
use crate::rooms::words::plain;
use crate::views::case::{Answer, Assessment, Known};
use crate::views::moment;
use crate::views::part::{Piece, Words};

/// So many assessments are held against the record on one page, the newest; of older ones the level stands here, and the
/// comparison on their own log's page.
const MOST_COMPARED: usize = 4;

/// So many messages are linked beside one answer; how many more there are is said.
const MOST_LINKED: usize = 3;

static FORMS: LazyLock<Questionnaires> = LazyLock::new(Questionnaires::shipped);

/// What a page shows of assessments: whose logs it is of, and which entries stand on it.
pub struct Shown<'a> {
    /// The logs whose assessments are shown.
    pub of: &'a [IncidentId],
    /// Every log that the page is of: evidence comes from these alone.
    pub hers: &'a [IncidentId],
    /// The entries on the page.
    pub anchors: &'a BTreeSet<u64>,
}

impl Scene<'_> {
    /// The assessments on some incidents, newest first. Of logs kept as history only, the level alone.
    pub fn assessments(&self, shown: &Shown<'_>) -> Known<Assessment> {
        let state = self.teller.state();
        let mut made: Vec<(IncidentId, &Made)> = Vec::new();
        let mut found: Vec<(Timestamp, Assessment)> = Vec::new();
        let mut kept_short = 0;
        for id in shown.of {
            if let Some(incident) = state.incident(*id) {
                made.extend(incident.assessments.iter().map(|made| (*id, made)));
            } else if let Some(past) = state.past.get(id) {
                match past.level {
                    Some(level) => found.push((past.opened_at, self.kept(*id, past.opened_at, level.word()))),
                    None => kept_short += 1,
                }
            }
        }
        if made.is_empty() && found.is_empty() && kept_short > 0 {
            let logs = if kept_short == 1 { "One older log is" } else { "Older logs are" };
            return Known::No(format!(
                "{logs} kept here as history only, without a level. Look in the force's own records."
            ));
        }
        made.sort_by_key(|(_, made)| std::cmp::Reverse((made.stamp.at, made.stamp.seq)));
        for (place, (id, made)) in made.into_iter().enumerate() {
            let beside = Beside { scene: self, shown, log: id, made };
            let assessment = if place < MOST_COMPARED { beside.compared() } else { beside.short() };
            found.push((made.stamp.at, assessment));
        }
        found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Known::Yes(found.into_iter().map(|(_, assessment)| assessment).collect())
    }

    /// The level of a log that is kept as history only.
    fn kept(&self, id: IncidentId, at: Timestamp, level: &str) -> Assessment {
        Assessment {
            title: moment::fact(at, self.teller.now),
            on: self.on(id),
            level: level.to_owned(),
            note: "Kept as history: the answers are not here.".to_owned(),
            points: Vec::new(),
            answers: Vec::new(),
            rest: Vec::new(),
            rest_says: String::new(),
        }
    }

    /// `Log 0187. `, linked to its page; nothing on that page itself.
    fn on(&self, id: IncidentId) -> Words {
        let reference = self.teller.state().reference(id).filter(|_| self.log != Some(id));
        reference.map_or_else(Words::default, |reference| {
            Words::default()
                .and(Piece::Link(format!("/incidents/{}", id.0), format!("Log {}", plain(reference))))
                .and(Piece::Plain(". ".to_owned()))
        })
    }
}

/// One assessment on a page.
struct Beside<'a> {
    scene: &'a Scene<'a>,
    shown: &'a Shown<'a>,
    log: IncidentId,
    made: &'a Made,
}

impl Beside<'_> {
    /// Its level, and that its answers stand elsewhere.
    fn short(&self) -> Assessment {
        let note = format!("{} Its answers are on its own log's page.", self.note());
        Assessment { note, ..self.drawn(Vec::new(), Vec::new(), Vec::new()) }
    }

    fn compared(&self) -> Assessment {
        let state = self.scene.teller.state();
        let logs = her_logs(state, self.log, self.shown.hers);
        let found = compare(state, &FORMS, &logs, self.log, self.made);
        let (first, rest): (Vec<&Row>, Vec<&Row>) = found.rows.iter().partition(|row| is_first(row, &found));
        let answers = |rows: Vec<&Row>| rows.into_iter().map(|row| self.answer(row)).collect::<Vec<_>>();
        let points = self.points(&found);
        self.drawn(points, answers(first), answers(rest))
    }

    fn drawn(&self, points: Vec<Words>, answers: Vec<Answer>, rest: Vec<Answer>) -> Assessment {
        let at = moment::fact(self.made.stamp.at, self.scene.teller.now);
        let name =
            FORMS.of(self.made.tool).map_or_else(|| self.made.tool.word().to_uppercase(), |f| f.name.to_string());
        let n = rest.len();
        Assessment {
            title: format!("{name}, {at}"),
            on: self.scene.on(self.log),
            level: self.made.level.map_or_else(|| "no level given".to_owned(), |level| level.word().to_owned()),
            note: self.note(),
            rest_says: match answers.is_empty() {
                true => format!("{n} answered: nothing on the record speaks against them"),
                false => format!("{n} more, which nothing on the record speaks against"),
            },
            points,
            answers,
            rest,
        }
    }

    fn note(&self) -> String {
        let mut note = Vec::new();
        if let Some(by) = &self.made.stamp.by {
            note.push(format!("By {}.", plain(by)));
        }
        let reason = self.scene.texts.get(self.made.stamp.seq).and_then(|said| said.message());
        note.push(match reason.and_then(|(message, _)| message.body.text()) {
            Some((_, reason)) if !reason.trim().is_empty() => format!("Reason: {}", plain(reason)),
            _ => "No reason given.".to_owned(),
        });
        let incident = self.scene.teller.state().incident(self.log);
        let later = |other: &Made| (other.stamp.at, other.stamp.seq) > (self.made.stamp.at, self.made.stamp.seq);
        if incident.is_some_and(|incident| incident.assessments.iter().any(later)) {
            note.push("Assessed again since.".to_owned());
        }
        if self.made.answers.is_empty() {
            note.push("Its answers are not known.".to_owned());
        }
        note.join(" ")
    }

    /// What is to be seen of it as a whole.
    fn points(&self, found: &Comparison) -> Vec<Words> {
        let now = self.scene.teller.now;
        let mut points = Vec::new();
        match found.rows.iter().filter(|row| row.agreement.disagrees()).count() {
            0 => {}
            n => points.push(strong(format!("The record says otherwise on {}.", count(n, "question")))),
        }
        if let Some(ticks) = &found.ticks {
            let mut says =
                Words::plain(format!("{} yes of {} asked ({} on the form).", ticks.yes, ticks.asked, ticks.of));
            if let Some(guide) = &ticks.guide {
                let sees = format!(" From {} the guide sees {} ({}).", guide.from, guide.level.word(), guide.source);
                says.pieces.push(Piece::Plain(sees));
            }
            if ticks.above_level {
                says.pieces.push(Piece::Strong(" Higher than the level given.".to_owned()));
            }
            points.push(says);
            if !ticks.alone.is_empty() && self.made.level.is_none_or(|level| level < Level::High) {
                let which: Vec<String> = ticks.alone.iter().map(|id| self.short_of(id)).collect();
                points.push(
                    Words::plain("One yes is enough for the guide to see high: ")
                        .and(Piece::Strong(which.join(", ")))
                        .and(Piece::Plain(".".to_owned())),
                );
            }
        }
        for (leads, how_many) in &found.not_followed {
            points.push(Words::plain(format!(
                "There was reason to go on from “{}”: none of its {how_many} further questions was answered.",
                self.short_of(leads).trim_end_matches('?'),
            )));
        }
        let (logs, since) = (found.call_outs.logs.len(), found.call_outs.since);
        if logs > 1 || since > 0 {
            let reached = if found.call_outs.reached { ", which the guide sees as escalation" } else { "" };
            let since = match since {
                0 => String::new(),
                n => format!("; {n} more since"),
            };
            let logs = count(logs, "domestic abuse log");
            let within = span(FORMS.call_outs_within.is);
            points.push(Words::plain(format!("{logs} in the {within} up to it{reached}{since}.")));
        }
        if let Some((level, stamp)) = &found.level_before {
            let at = moment::fact(stamp.at, now);
            points.push(
                Words::plain("Level before: ")
                    .and(Piece::Strong(level.word().to_owned()))
                    .and(Piece::Plain(format!(", {at}."))),
            );
        }
        let changed = found.rows.iter().filter(|row| row.change.is_some()).count();
        if let Some(before) = found.before.as_ref().filter(|_| changed > 0) {
            let at = moment::fact(before.at, now);
            points.push(Words::plain(format!("{} changed since {at}.", count(changed, "answer"))));
        }
        points
    }

    fn short_of(&self, id: &str) -> String {
        let question = FORMS.of(self.made.tool).and_then(|form| form.question(id));
        question.map_or_else(|| upper(&word(id)), |question| question.says.to_string())
    }

    fn answer(&self, row: &Row) -> Answer {
        Answer {
            question: row.question.as_ref().map_or_else(|| upper(&word(&row.id)), |question| question.says.to_string()),
            answer: said(&row.answered),
            was: row.change.as_ref().map(was).unwrap_or_default(),
            record: self.record(row),
            disagrees: row.agreement.disagrees(),
        }
    }

    /// What the record says of a question, with links to where it says so.
    fn record(&self, row: &Row) -> Words {
        let says: Vec<&Evidence> = row.evidence.iter().filter(|evidence| evidence.says_so()).collect();
        let only: Vec<&Evidence> = row.evidence.iter().filter(|evidence| !evidence.says_so()).collect();
        let is_near = row.question.as_ref().is_some_and(|question| question.near);
        match row.agreement {
            Agreement::DeniedYetReported | Agreement::UnaskedYetReported | Agreement::UnreadYetReported => {
                self.listed(strong("Yes: "), &says)
            }
            Agreement::BothSay if is_near => self.listed(Words::plain("Speaks of it: "), &says),
            Agreement::BothSay => self.listed(Words::plain("Agrees: "), &says),
            _ if !only.is_empty() => self.listed(Words::plain("Nothing says so now: "), &only),
            Agreement::NeitherSays if !says.is_empty() => self.listed(Words::plain("Near it: "), &says),
            Agreement::NotCompared => Words::plain("Not looked for"),
            Agreement::YesAlone | Agreement::NeitherSays => Words::plain("Nothing found"),
        }
    }

    fn listed(&self, mut words: Words, evidence: &[&Evidence]) -> Words {
        for (place, one) in evidence.iter().take(MOST_LINKED).enumerate() {
            if place > 0 {
                words.pieces.push(Piece::Plain("; ".to_owned()));
            }
            words.pieces.extend(self.evidence(one));
        }
        if evidence.len() > MOST_LINKED {
            words.pieces.push(Piece::Plain(format!("; and {} more", evidence.len() - MOST_LINKED)));
        }
        words
    }

    /// `03:12, learned later`, linked to the message.
    fn evidence(&self, evidence: &Evidence) -> Vec<Piece> {
        let seq = evidence.stamp.seq;
        let at = moment::fact(evidence.stamp.at, self.scene.teller.now);
        let what = how(&evidence.how);
        let text = if what.is_empty() { at } else { format!("{what}, {at}") };
        let on_page = self.shown.anchors.contains(&seq);
        let log = evidence.on.filter(|log| self.shown.hers.contains(log));
        let mut told = vec![match (on_page, log) {
            (true, _) => Piece::Link(format!("#e-{seq}"), text),
            (false, Some(log)) => Piece::Link(format!("/incidents/{}#e-{seq}", log.0), text),
            (false, None) => Piece::Plain(text),
        }];
        let mut besides = Vec::new();
        match evidence.when {
            When::Before => {}
            When::LearnedLater => besides.push("learned later"),
            When::Since => besides.push("since then"),
        }
        besides.extend(evidence.leans.then_some("if it is her log"));
        besides.extend(evidence.of_another_suspect.then_some("another suspect"));
        besides.extend(evidence.of_another_time.then_some("another time"));
        if matches!(evidence.how, How::Mentioned(..)) {
            besides.push("only mentioned");
        }
        if !besides.is_empty() {
            told.push(Piece::Plain(format!(" ({})", besides.join(", "))));
        }
        told
    }
}

/// Whether a row stands above the fold: the record speaks against it, it changed, or by itself it lets the guide see high.
fn is_first(row: &Row, found: &Comparison) -> bool {
    let is_grave = found.ticks.as_ref().is_some_and(|ticks| ticks.alone.contains(&row.id));
    row.agreement.disagrees() || row.change.is_some() || is_grave
}

/// An answer in words; one that nobody can read stands as it came.
fn said(answered: &Answered) -> String {
    upper(&word(&answered.says))
}

fn was(change: &Change) -> String {
    let rose = match change.rose {
        Some(true) => ", higher now",
        Some(false) => ", lower now",
        None => "",
    };
    format!("was {}{rose}", said(&change.was).to_lowercase())
}

/// How a message speaks, where it is not by its words.
fn how(how: &How) -> String {
    match how {
        How::Words(..) | How::Mentioned(..) => String::new(),
        How::Kept(_) => "an older log".to_owned(),
        How::Person(_) => "said of a person".to_owned(),
        How::Answer(tool, _, answer) => format!("{} answered “{}”", tool.word().to_uppercase(), word(answer)),
        How::Fact(Fact::Crime(offence)) => format!("crime: {}", word(offence)),
        How::Fact(Fact::Marker(marker)) => format!("marker on a suspect: {}", word(marker.word())),
        How::Fact(Fact::HerMarker(marker)) => format!("marker on her: {}", word(marker.word())),
        How::Fact(Fact::Relationship(what)) => format!("suspect is her {}", word(what.word())),
        How::Fact(Fact::Arrest) => "suspect arrested".to_owned(),
        How::Fact(Fact::ContactUnderOrder) => "contact while an order protected her".to_owned(),
        How::Fact(Fact::CallOuts) => "log".to_owned(),
    }
}

fn strong(says: impl Into<String>) -> Words {
    Words::default().and(Piece::Strong(says.into()))
}

/// `12 months`
fn span(span: Span) -> String {
    match usize::try_from(span.months) {
        Ok(months) if months > 0 => count(months, "month"),
        _ => moment::spoken(span.rest),
    }
}
