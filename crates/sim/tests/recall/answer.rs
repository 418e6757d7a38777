//! What RULES.md lets answer a rule, read from the record itself: an eye on the desk that shares nothing with it.
//!
//! Only answers that a type or a field of a message shows by itself; what only words could show is not judged here. An answer
//! that names somebody counts where the log names the same reference, or none of it does: a likely match counts in nothing
//! until a person confirms it (RULES.md "Joining").

use std::collections::BTreeSet;

use alongside_desk::time::Timestamp;
use serde_json::Value;

use crate::run::{Run, Sent};

/// A flag that was raised although the record had answered it.
#[derive(Debug)]
pub struct Answered {
    /// The rule, the incident and the instant, for people.
    pub flag: String,
}

/// Every raised flag that the record had already answered, and how many were judged.
pub fn answered(run: &Run) -> (Vec<Answered>, usize) {
    let mut judged = 0;
    let mut all = Vec::new();
    for flag in run.flags.iter().filter(|flag| flag.flag == "raised") {
        let Some(record) = flag.incident.as_deref().and_then(|incident| run.records.get(incident)) else { continue };
        let urgent = flag.severity.name() == "S1";
        let known: Vec<&Sent> = record.iter().filter(|sent| sent.known <= flag.at).collect();
        let since = flag.evidence.iter().filter_map(|id| known.iter().find(|sent| sent.is("id", id))).map(|s| s.known);
        let Some(says) = says(&flag.rule, urgent, &Record { known: &known, since: since.max() }) else { continue };
        judged += 1;
        if says {
            let flag =
                format!("{} {} {} {}", flag.rule, flag.severity.name(), flag.at.rfc3339_local(), record[0].message);
            all.push(Answered { flag });
        }
    }
    (all, judged)
}

impl Sent {
    fn is(&self, field: &str, word: &str) -> bool {
        self.message[field].as_str() == Some(word)
    }
}

/// What is known of an incident, and when the last message was known that a flag rests on.
struct Record<'a> {
    known: &'a [&'a Sent],
    since: Option<Timestamp>,
}

impl Record<'_> {
    fn of(&self, kind: &str) -> impl DoubleEndedIterator<Item = &Value> {
        self.known.iter().filter(move |sent| sent.is("type", kind)).map(|sent| &sent.message)
    }

    fn has(&self, kinds: &[&str]) -> bool {
        kinds.iter().any(|kind| self.of(kind).next().is_some())
    }

    /// References of those in a role on the log, set right or not.
    fn references(&self, role: &str) -> BTreeSet<&str> {
        let named: Vec<&Value> = self.of("incident.person").filter(|m| m["role"] == role).collect();
        let corrected = self.of("incident.corrected").filter(|c| named.iter().any(|m| m["id"] == c["corrects"]));
        let right = corrected.filter_map(|c| c["fields"]["person"]["ref"].as_str());
        named.iter().filter_map(|m| m["person"]["ref"].as_str()).chain(right).collect()
    }

    /// Whether there is such a message about whoever is in that role.
    fn about(&self, kinds: &[&str], role: &str) -> bool {
        let of = self.references(role);
        kinds.iter().flat_map(|kind| self.of(kind)).any(|m| m["person"]["ref"].as_str().is_none_or(|r| of.contains(r)))
    }

    fn outcome_of(&self, kind: &str, role: &str) -> bool {
        let of = self.references(role);
        let same = |m: &Value| m["person"]["ref"].as_str().is_none_or(|r| of.contains(r));
        self.of("incident.outcome").any(|m| m["kind"] == kind && same(m))
    }

    fn since(&self, kind: &str) -> bool {
        self.known.iter().any(|sent| sent.is("type", kind) && self.since.is_some_and(|since| sent.known > since))
    }

    fn outcome(&self, kinds: &[&str]) -> bool {
        self.of("incident.outcome").any(|m| m["kind"].as_str().is_some_and(|kind| kinds.contains(&kind)))
    }

    fn service(&self, kinds: &[&str]) -> bool {
        let hers = self.references("victim");
        let named = |m: &Value| {
            let her = m["person"]["ref"].as_str().is_none_or(|r| hers.contains(r));
            her && m["kind"].as_str().is_some_and(|kind| kinds.contains(&kind))
        };
        self.of("support.referred").chain(self.of("support.contacted")).any(named)
    }

    fn answer(&self, questions: &[&str]) -> bool {
        self.of("incident.assessed").any(|m| questions.iter().any(|q| m["answers"][q] == "yes"))
    }

    fn level(&self) -> Option<&str> {
        self.of("incident.assessed").filter_map(|m| m["level"].as_str()).next_back()
    }

    fn crime(&self, part: &str) -> bool {
        self.of("crime.recorded").any(|m| m["offence"].as_str().is_some_and(|o| o.to_uppercase().contains(part)))
    }

    fn dash_or_dara(&self) -> bool {
        self.of("incident.assessed").any(|m| m["tool"] == "dash" || m["tool"] == "dara")
    }

    /// RULES.md "Seen".
    fn seen(&self) -> bool {
        self.has(&["unit.arrived"]) && (self.outcome(&["victim_seen", "arrest"]) || self.dash_or_dara())
    }

    fn unit_there(&self) -> bool {
        let last = self.known.iter().rev().find(|sent| sent.is("type", "unit.arrived") || sent.is("type", "unit.left"));
        last.is_some_and(|sent| sent.is("type", "unit.arrived"))
    }
}

/// Whether the record answers the rule; nothing where a message's type and fields do not show it.
fn says(rule: &str, urgent: bool, record: &Record) -> Option<bool> {
    let r = record;
    Some(match rule {
        "T01" | "T04" => r.unit_there(),
        "T02" => r.since("unit.assigned"),
        "T05" => r.dash_or_dara(),
        "T06" => r.has(&["crime.recorded"]) || r.outcome(&["no_crime", "crime_recorded"]),
        "T07" => r.about(&["support.referred", "support.declined"], "victim"),
        "T08" => r.outcome_of("arrest", "suspect") || (!urgent && r.outcome_of("voluntary_interview", "suspect")),
        "T09" | "H04" => {
            let his = r.references("suspect");
            let same = |m: &Value| m["suspect"]["ref"].as_str().is_none_or(|r| his.contains(r));
            r.about(&["marac.referred"], "victim") && r.of("marac.referred").any(same)
        }
        "H02" | "H08" | "D02" | "D08" => r.seen(),
        "V01" => r.since("incident.outcome") && r.outcome(&["victim_seen"]),
        "H06" => r.has(&["disclosure.decided"]),
        "H07" => r.of("check.made").any(|m| m["system"] == "pnd"),
        "D04" => r.since("check.made"),
        "D09" => r.of("incident.opened").any(|m| m["qualifiers"][0] == "DA"),
        "I01" => r.level() == Some("high") && r.outcome(&["medical_check"]) && r.crime("STRANG"),
        "I03" => r.answer(&["separated"]) && r.level() != Some("standard"),
        "I04" => r.answer(&["stalking_1", "stalking_2"]) || r.crime("STALK"),
        "I05" => r.answer(&["pregnant_baby"]),
        "I07" => r.answer(&["isolated", "control_jealousy"]),
        "I08" => r.level() == Some("high") || r.service(&["mental_health", "domestic_abuse"]),
        "I09" => r.outcome(&["children_seen"]) && r.outcome(&["children_referred"]),
        "I10" => r.service(&["honour_based"]),
        "I11" => r.has(&["unit.assigned", "unit.arrived"]),
        "L02" => r.has(&["order.considered"]),
        "L03" => r.about(&["victim.told"], "victim"),
        "L04" => r.has(&["incident.accepted"]) || r.unit_there(),
        "V03" => r.of("interpreter.booked").any(|m| m["who"] == "professional"),
        _ => return None,
    })
}
