//! The contacts by or about her over time, as a chart with its finding as a title.

use std::collections::BTreeMap;

use alongside_desk::message::Grade;
use alongside_desk::stamp::IncidentId;
use alongside_desk::time::{Period, Timestamp};

use super::banner::Whom;
use super::timeline::Scene;
use crate::views::case::{Bar, History};
use crate::views::moment;

/// What came within this long is "tonight".
const TONIGHT: Period = Period::hours(12);

/// Milliseconds in a day.
const DAY_MS: i64 = 86_400_000;

impl Scene<'_> {
    /// Nothing, when nobody has ever made contact about her.
    pub fn history(&self, whom: &Whom) -> Option<History> {
        let now = self.teller.now;
        let contacts = self.contacts(whom);
        let (&first, _) = contacts.first_key_value()?;
        let span = now.since(first).ms().max(1);
        let place = |at: Timestamp| {
            let share = at.since(first).ms().clamp(0, span).saturating_mul(1000) / span;
            u16::try_from(share).unwrap_or(1000)
        };
        let is_tonight = |at: Timestamp| now.since(at) < TONIGHT;
        let tonight: usize = contacts.iter().filter(|(at, _)| is_tonight(**at)).map(|(_, list)| list.len()).sum();
        let all: usize = contacts.values().map(Vec::len).sum();
        let bar = |(at, list): (&Timestamp, &Vec<u8>)| {
            list.iter()
                .map(|height| Bar { at: place(*at), height: *height, tonight: is_tonight(*at) })
                .collect::<Vec<_>>()
        };
        let before = contacts.keys().rev().find(|at| !is_tonight(**at)).copied();
        let title = title(before, contacts.keys().find(|at| is_tonight(**at)).copied(), tonight, all, now);
        let orders: Vec<Timestamp> =
            self.in_force(whom).iter().map(|order| order.from).filter(|from| *from >= first).collect();
        let months = span / (DAY_MS * 30);
        let over = match months {
            0 => format!("in {} days", span / DAY_MS + 1),
            1 => "in a month".to_owned(),
            n => format!("in {n} months"),
        };
        let mut labels = vec![(0, moment::fact(first, now))];
        labels
            .extend(before.map(place).filter(|at| (150..850).contains(at)).zip(before.map(|at| moment::fact(at, now))));
        labels.push((1000, if tonight > 0 { "tonight" } else { "now" }.to_owned()));
        Some(History {
            description: format!(
                "{} {over}, the first {}, {tonight} of them in the last 12 hours, on {} {}.",
                count(all, "contact"),
                moment::fact(first, now),
                whom.incidents.len(),
                if whom.incidents.len() == 1 { "log" } else { "logs" },
            ),
            title,
            span: format!("{all} {over}"),
            bars: contacts.iter().flat_map(bar).collect(),
            labels,
            orders: orders.into_iter().map(place).collect(),
        })
    }

    /// How high each contact stands, by when it happened: the grade that its log was first given.
    fn contacts(&self, whom: &Whom) -> BTreeMap<Timestamp, Vec<u8>> {
        let state = self.teller.state();
        let mut found: BTreeMap<Timestamp, Vec<u8>> = BTreeMap::new();
        for id in &whom.incidents {
            let contacts = match state.incident(*id) {
                Some(incident) => &incident.contacts[..],
                None => state.past.get(id).map_or(&[][..], |past| &past.contacts),
            };
            let height = self.height(*id);
            for contact in contacts {
                found.entry(contact.stamp.at).or_default().push(height);
            }
            if contacts.is_empty() {
                found.entry(state.opened_at(*id).unwrap_or_default()).or_default().push(height);
            }
        }
        found
    }

    fn height(&self, id: IncidentId) -> u8 {
        let state = self.teller.state();
        let grade = match state.incident(id) {
            Some(incident) => incident.gradings.first().map(|grading| grading.grade),
            None => state.past.get(&id).and_then(|past| past.grading.as_ref()).map(|grading| grading.grade),
        };
        match grade {
            Some(Grade::Immediate) => 100,
            Some(Grade::Priority) => 70,
            Some(Grade::Scheduled) => 45,
            Some(Grade::Telephone | Grade::None) | None => 25,
        }
    }
}

fn title(before: Option<Timestamp>, first: Option<Timestamp>, tonight: usize, all: usize, now: Timestamp) -> String {
    let days = |from: Timestamp, to: Timestamp| to.since(from).ms() / DAY_MS;
    match (before, first) {
        (Some(before), Some(first)) => match days(before, first) {
            0 => format!("{} in the last 12 hours, {all} in all", count(tonight, "contact")),
            quiet => format!("{}, then {} tonight", count_days(quiet), count(tonight, "contact")),
        },
        (None, Some(_)) => format!("{} tonight, none known before", count(tonight, "contact")),
        (Some(before), None) => match days(before, now) {
            0 => count(all, "contact"),
            quiet => format!("{}, the last {quiet} days ago", count(all, "contact")),
        },
        (None, None) => "No contact known".to_owned(),
    }
}

/// A noun that is counted: `3 contacts`.
pub(super) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn count_days(days: i64) -> String {
    format!("{days} quiet {}", if days == 1 { "day" } else { "days" })
}
