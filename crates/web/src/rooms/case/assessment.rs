//! Risk assessments: each answer beside what the record says of the same thing.

use alongside_desk::incident::{Assessment as Made, Incident};
use alongside_desk::stamp::IncidentId;

use super::entry::{upper, word};
use super::timeline::Scene;
use crate::rooms::words::plain;
use crate::views::case::{Answer, Assessment, Known};
use crate::views::moment;
use crate::views::part::{Piece, Words};

/// The DASH questions in the police form's order, and how each is asked for short. What each asks about is the policy's to say.
const QUESTIONS: &[(&str, &str)] = &[
    ("injury", "Injured?"),
    ("very_frightened", "Very frightened?"),
    ("afraid_of", "Afraid of what?"),
    ("isolated", "Isolated?"),
    ("depressed_suicidal", "Depressed or suicidal?"),
    ("separated", "Separated, past year?"),
    ("child_contact", "Conflict over child contact?"),
    ("stalking", "Stalked, followed, messaged?"),
    ("pregnant_baby", "Pregnant, or a baby?"),
    ("children", "Children in the home?"),
    ("hurt_children", "Has hurt the children?"),
    ("threatened_children", "Has threatened the children?"),
    ("more_often", "More often?"),
    ("worse", "Getting worse?"),
    ("control_jealousy", "Control, jealousy?"),
    ("weapons", "Weapons?"),
    ("threats_to_kill", "Threats to kill?"),
    ("strangled", "Choked or strangled?"),
    ("sexual", "Sexual violence?"),
    ("other_person_feared", "Afraid of somebody else?"),
    ("hurt_others", "Has hurt others?"),
    ("animals", "Has hurt animals?"),
    ("money", "Money trouble, dependence?"),
    ("substances_mental_health", "Drugs, drink, mental health?"),
    ("suspect_suicidal", "Has the suspect threatened suicide?"),
    ("breached_order", "Broken an order?"),
    ("criminal_history", "Known to the police?"),
];

impl Scene<'_> {
    /// The assessments on some incidents, newest first. Of logs kept as history only, the level alone.
    pub fn assessments(&self, incidents: &[IncidentId]) -> Known<Assessment> {
        let state = self.teller.state();
        let mut found: Vec<(alongside_desk::time::Timestamp, Assessment)> = Vec::new();
        let mut kept_short = 0;
        for id in incidents {
            if let Some(incident) = state.incident(*id) {
                let made = incident.assessments.iter();
                found.extend(made.map(|made| (made.stamp.at, self.assessment(incident, made))));
            } else if let Some(past) = state.past.get(id) {
                let at = past.opened_at;
                match past.level {
                    Some(level) => found.push((at, old(&past.reference, at, level.word(), self.teller.now))),
                    None => kept_short += 1,
                }
            }
        }
        if found.is_empty() && kept_short > 0 {
            let logs = if kept_short == 1 { "One older log is" } else { "Older logs are" };
            return Known::No(format!(
                "{logs} kept here as history only, without a level. Look in the force's own records."
            ));
        }
        found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Known::Yes(found.into_iter().map(|(_, assessment)| assessment).collect())
    }

    fn assessment(&self, incident: &Incident, made: &Made) -> Assessment {
        let mut answers: Vec<(usize, Answer)> = made
            .answers
            .iter()
            .map(|(id, answer)| {
                let place = QUESTIONS.iter().position(|(known, _)| **known == **id);
                let question = place.map_or_else(|| upper(&word(id)), |place| QUESTIONS[place].1.to_owned());
                let policy = &self.teller.state().policy;
                let asks_about = policy.asks_about(made.tool, id).unwrap_or_default();
                let record = self.record(incident, asks_about, policy.is_yes(answer));
                (place.unwrap_or(QUESTIONS.len()), Answer { question, answer: upper(&word(answer)), record })
            })
            .collect();
        answers.sort_by_key(|(place, _)| *place);
        let mut note = Vec::new();
        if let Some(by) = &made.stamp.by {
            note.push(format!("By {}.", plain(by)));
        }
        let reason = self.texts.get(made.stamp.seq).and_then(|said| said.message());
        note.push(match reason.and_then(|(message, _)| message.body.text()) {
            Some((_, reason)) if !reason.trim().is_empty() => format!("Reason: {}", plain(reason)),
            _ => "No reason given.".to_owned(),
        });
        let later = incident.assessments.iter().filter(|other| other.stamp.at > made.stamp.at).count();
        if later > 0 {
            note.push("Assessed again since.".to_owned());
        }
        if answers.is_empty() {
            note.push("Its answers are not known.".to_owned());
        }
        Assessment {
            title: format!("{}, {}", made.tool.word().to_uppercase(), moment::fact(made.stamp.at, self.teller.now)),
            level: made.level.map_or_else(|| "not given".to_owned(), |level| level.word().to_owned()),
            note: note.join(" "),
            answers: answers.into_iter().map(|(_, answer)| answer).collect(),
        }
    }

    /// What the words on the log say of the same thing.
    fn record(&self, incident: &Incident, sign: &str, is_yes: bool) -> Words {
        let mut found = incident.words_of(sign);
        match found.next() {
            _ if sign.is_empty() => Words::plain("Not looked for in words"),
            None => Words::plain("Nothing in the words"),
            Some(found) => {
                let link =
                    Piece::Link(format!("#e-{}", found.stamp.seq), moment::fact(found.stamp.at, self.teller.now));
                let says = if is_yes {
                    Piece::Plain("Agrees, ".to_owned())
                } else {
                    Piece::Strong("The words say so: ".to_owned())
                };
                Words::default().and(says).and(link)
            }
        }
    }
}

fn old(
    reference: &str,
    at: alongside_desk::time::Timestamp,
    level: &str,
    now: alongside_desk::time::Timestamp,
) -> Assessment {
    Assessment {
        title: format!("Log {}, {}", plain(reference), moment::fact(at, now)),
        level: level.to_owned(),
        note: "Kept as history: the answers are not here.".to_owned(),
        answers: Vec::new(),
    }
}
