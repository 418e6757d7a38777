//! The messages that a flag rests on besides the one that made its item, by the name a policy asks for them.

use super::fact::View;
use super::item::Kind;
use crate::incident::Incident;
use crate::message::{OutcomeKind, Role};
use crate::stamp::{Evidence, Stamp};

/// Every name a policy may use.
pub const NAMES: &[&str] = &[
    "assignments",
    "arrivals",
    "call_backs",
    "struggle",
    "offence_words",
    "crimes",
    "interviews",
    "earlier_incidents",
    "unseen_contacts",
    "opening",
    "releases",
    "grading_before",
    "risk_words",
    "gone_words",
    "assessment_before",
    "tellings",
    "abuse_words",
    "relationships",
    "offence_told",
    "tellings_lacking",
    "high_assessments",
    "maracs",
    "other_force",
    "passings",
    "victims_before",
    "counter_words",
    "language_told",
    "tellings_without",
    "assessed_without",
    "relatives",
];

/// Indicators besides those of risk that tell of abuse or of what they are to each other.
const RECOGNISED: &[&str] = &["offence", "relationship"];

/// No flag carries more than this many messages; the newest are kept (D).
const MOST: usize = 24;

/// The messages of that name for an item, oldest first.
pub fn gather(view: &View, name: &str) -> Vec<Evidence> {
    let incident = view.incident();
    let mut stamps: Vec<&Stamp> = match name {
        "assignments" => {
            incident.map(|i| i.stints.iter().filter_map(|s| s.assigned.as_ref()).collect()).unwrap_or_default()
        }
        "arrivals" => {
            incident.map(|i| i.stints.iter().filter_map(|s| s.arrived.as_ref()).collect()).unwrap_or_default()
        }
        "struggle" => words(incident, "struggle"),
        "opening" => incident.and_then(|i| i.opening.as_ref()).map(|o| &o.stamp).into_iter().collect(),
        "offence_words" => words(incident, "offence"),
        "gone_words" => view.gone_said().into_iter().collect(),
        "risk_words" => view.risk_words(),
        "crimes" => incident
            .map(|i| i.crimes.iter().flat_map(|c| [&c.recorded, &c.allocated, &c.closed]).flatten().collect())
            .unwrap_or_default(),
        "interviews" => incident
            .map(|i| {
                i.outcomes.iter().filter(|o| o.kind == OutcomeKind::VoluntaryInterview).map(|o| &o.stamp).collect()
            })
            .unwrap_or_default(),
        "tellings" => incident.map(|i| i.told_onward().collect()).unwrap_or_default(),
        "tellings_lacking" => view.tellings_lacking(),
        "abuse_words" => {
            let signs = incident.into_iter().flat_map(|i| &i.signs);
            signs
                .filter(|s| s.stated && !s.told && (s.risk || RECOGNISED.contains(&&*s.indicator)))
                .map(|s| &s.stamp)
                .collect()
        }
        "relationships" => {
            let people = incident.into_iter().flat_map(|i| &i.people);
            people.filter(|p| p.role == Role::Suspect && p.relationship.is_some()).map(|p| &p.stamp).collect()
        }
        "maracs" => view.maracs(&view.suspects()).into_iter().map(|m| &m.stamp).collect(),
        "other_force" => view.other_force(),
        "passings" => incident.map(|i| i.passings.iter().map(|p| &p.stamp).collect()).unwrap_or_default(),
        "victims_before" => incident
            .map(|i| {
                i.people.iter().filter(|p| matches!(p.role, Role::Suspect | Role::Victim)).map(|p| &p.stamp).collect()
            })
            .unwrap_or_default(),
        "counter_words" => words(incident, "counter_allegation"),
        "language_told" => view.language_told(),
        "offence_told" => view.offence_first_said().into_iter().collect(),
        "high_assessments" => incident
            .map(|i| {
                i.assessments
                    .iter()
                    .filter(|a| a.level == Some(crate::message::Level::High))
                    .map(|a| &a.stamp)
                    .collect()
            })
            .unwrap_or_default(),
        "tellings_without" => view.tellings_without(),
        "relatives" => view.relatives(),
        "assessed_without" => view.assessed_without(),
        "releases" => view.releases_before(),
        "assessment_before" => view.level_before().map(|(_, s)| s).into_iter().collect(),
        "grading_before" => match (&view.item.kind, incident) {
            (Kind::Grading(n), Some(i)) if *n > 0 => vec![&i.gradings[n - 1].stamp],
            _ => Vec::new(),
        },
        "call_backs" => match view.item.kind {
            Kind::Call(call) => call.backs.iter().map(|b| &b.0).collect(),
            _ => Vec::new(),
        },
        "unseen_contacts" => return bounded(view.contacts_unseen().iter().map(Stamp::evidence).collect()),
        "earlier_incidents" => return bounded(earlier(view)),
        _ => Vec::new(),
    };
    stamps.sort_by_key(|s| (s.at, s.seq));
    bounded(stamps.into_iter().map(Stamp::evidence).collect())
}

fn words<'a>(incident: Option<&'a Incident>, indicator: &str) -> Vec<&'a Stamp> {
    let signs = incident.map(|i| i.signs.iter()).into_iter().flatten();
    signs.filter(|s| s.stated && &*s.indicator == indicator).map(|s| &s.stamp).collect()
}

fn earlier(view: &View) -> Vec<Evidence> {
    let ids = view.state.incidents_of(&view.item.hers, Role::Victim);
    let opened = |id| {
        let live = view.state.incident(id).and_then(|i| i.opening.as_ref());
        live.or_else(|| view.state.past.get(&id).and_then(|p| p.opening.as_ref())).map(|o| o.stamp.evidence())
    };
    let here = view.incident().map_or(view.item.at, Incident::opened_at);
    let before = |id: &crate::stamp::IncidentId| view.state.opened_at(*id).is_some_and(|at| at <= here);
    ids.into_iter().filter(|id| view.state.is_da(*id)).filter(before).filter_map(opened).collect()
}

fn bounded(mut list: Vec<Evidence>) -> Vec<Evidence> {
    list.dedup();
    list.drain(..list.len().saturating_sub(MOST));
    list
}
