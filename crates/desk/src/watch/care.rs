//! What was done for her: support, MARAC; and what the words and answers say of an offence.

use std::sync::Arc;

use super::fact::View;
use super::item::Kind;
use crate::incident::{Act, Considered, Incident};
use crate::message::{ActKind, OrderKind, OutcomeKind, Role};
use crate::order::Order;
use crate::person::{Marac, Support, SupportStep};
use crate::stamp::{OrderId, RecordId, Stamp};
use crate::time::Timestamp;

impl<'a> View<'a> {
    /// Every indicator that words on the log say, each once.
    pub(super) fn said(&self) -> Vec<Arc<str>> {
        let mut found: Vec<Arc<str>> = Vec::new();
        for sign in self.incident().into_iter().flat_map(|i| &i.signs).filter(|s| s.stated && !s.told) {
            if !found.contains(&sign.indicator) {
                found.push(sign.indicator.clone());
            }
        }
        found
    }

    /// The first words, code or answer that describe an offence.
    pub(super) fn offence_first_said(&self) -> Option<&'a Stamp> {
        let incident = self.incident()?;
        let words = incident.signs.iter().filter(|s| s.stated && !s.told && &*s.indicator == "offence");
        let codes = incident.codings.iter().filter(|c| c.offence).map(|c| &c.stamp);
        let answers = incident.assessments.iter().filter(|a| {
            let policy = &self.state.policy;
            a.answers.iter().any(|(q, answer)| policy.is_yes(answer) && policy.offence_answers.contains(q))
        });
        words.map(|s| &s.stamp).chain(codes).chain(answers.map(|a| &a.stamp)).min_by_key(|s| (s.at, s.seq))
    }

    pub(super) fn crime_recorded(&self) -> bool {
        let outcome = |o: &crate::incident::Outcome| o.kind == OutcomeKind::CrimeRecorded;
        self.incident().is_some_and(|i| !i.crimes.is_empty() || i.outcomes.iter().any(outcome))
    }

    fn opened(&self) -> Timestamp {
        self.incident().map_or(self.item.at, crate::incident::Incident::opened_at)
    }

    /// Steps with support services since the incident was opened: hers; where nobody has said who she is, the incident's.
    pub(super) fn support(&self) -> Vec<&'a Support> {
        let Some(incident) = self.incident() else { return Vec::new() };
        let (opened, hers) = (self.opened(), self.victims());
        let unnamed = incident.victims().all(|v| !self.state.people.record(v).person.is_named());
        let mentioned = if unnamed { incident.mentioned.as_slice() } else { &[] };
        let records = hers.iter().chain(mentioned);
        let all = records.flat_map(|r| &self.state.people.record(*r).support);
        all.filter(|s| s.stamp.at >= opened || s.incident == Some(incident.id)).collect()
    }

    pub(super) fn referred_to(&self) -> Vec<Arc<str>> {
        let steps = self.support().into_iter().filter(|s| s.step != SupportStep::Declined);
        steps.map(|s| Arc::from(s.kind.word())).collect()
    }

    pub(super) fn support_declined(&self) -> bool {
        self.support().iter().any(|s| s.step == SupportStep::Declined)
    }

    /// Whether somebody noted a referral to a MARAC in the desk: a note of a referral alone is one to support.
    pub(super) fn marac_referral_noted(&self) -> bool {
        let of = |a: &Act| a.kind == ActKind::Referred && a.answers.as_deref() == Some("marac_referral_noted");
        self.incident().is_some_and(|i| i.acts.iter().any(of))
    }

    /// Referrals and hearings about her: with this suspect, where one is given and the message names one.
    pub(super) fn maracs(&self, suspects: &[RecordId]) -> Vec<&'a Marac> {
        let same = |m: &&Marac| {
            m.suspect
                .is_none_or(|s| suspects.is_empty() || suspects.iter().any(|own| self.state.people.counts_as(*own, s)))
        };
        let all = self.victims().into_iter().flat_map(|v| &self.state.people.record(v).maracs);
        let mut found: Vec<&Marac> = all.filter(same).collect();
        found.sort_by_key(|m| (m.stamp.at, m.stamp.seq));
        found
    }

    pub(super) fn release_conditions(&self) -> bool {
        let Kind::Release(release, suspect) = self.item.kind else { return false };
        let binding = |id: &OrderId| {
            let order = &self.state.orders[id.at()];
            matches!(order.kind, OrderKind::BailCondition | OrderKind::LicenceCondition)
                && order.in_force_at(release.stamp.at)
                && self.protects_her(order)
        };
        let records = self.state.people.counted(suspect).0;
        release.conditions || records.iter().any(|r| self.state.people.record(*r).bound_by.iter().any(binding))
    }

    /// Whether an order protects her, or does not say whom.
    fn protects_her(&self, order: &Order) -> bool {
        order.protects.is_empty() || order.protects.iter().any(|record| self.item.hers.contains(record))
    }

    pub(super) fn considered(&self) -> Vec<Arc<str>> {
        let Kind::Release(release, suspect) = self.item.kind else { return Vec::new() };
        let opened = self.item.incident_id.and_then(|id| self.state.opened_at(id)).unwrap_or(release.stamp.at);
        let records = self.state.people.counted(suspect).0;
        let on_him = records.iter().flat_map(|r| &self.state.people.record(*r).considered);
        let on_log = self.incident().into_iter().flat_map(|i| &i.considered).filter(|c| c.subject.is_none());
        let mut kinds: Vec<Arc<str>> = Vec::new();
        // What was thought of on another log was thought of for somebody else.
        let others = self.state.incidents_of(&records, Role::Suspect);
        let others: Vec<&Incident> = others
            .iter()
            .filter(|id| Some(**id) != self.item.incident_id)
            .filter_map(|id| self.state.incident(*id))
            .collect();
        let elsewhere = |c: &Considered| others.iter().any(|i| i.considered.iter().any(|o| o.stamp.id == c.stamp.id));
        let on_him = on_him.filter(|c| !elsewhere(c));
        for considered in on_him.chain(on_log).filter(|c| c.stamp.at >= opened) {
            kinds.extend(considered.kinds.iter().cloned());
            if considered.kinds.is_empty() {
                kinds.push("unspecified".into());
            }
        }
        let orders = records.iter().flat_map(|r| &self.state.people.record(*r).bound_by);
        let made = orders.map(|o| &self.state.orders[o.at()]).filter(|o| o.made.at >= opened && self.protects_her(o));
        kinds.extend(made.map(|o| Arc::from(o.kind.word())));
        kinds
    }

    pub(super) fn marac_referred(&self) -> bool {
        let suspects: Vec<RecordId> = self.incident().into_iter().flat_map(|i| i.suspects()).collect();
        let opened = self.opened();
        self.maracs(&suspects).iter().any(|m| m.stamp.at >= opened)
    }
}
