//! Looking a fact up: what each item can say of itself, its incident, its people and their history.

use std::sync::Arc;

use super::fact::Value::{self, Text, Word};
use super::fact::{View, count};
use super::item::Kind;
use crate::incident::{Grading, Incident, Start};
use crate::message::{ActKind, Level, Marker, OutcomeKind, Release, Role, StaffRole, ToldWhat};
use crate::stamp::{RecordId, Stamp};
use crate::time::Timestamp;

impl<'a> View<'a> {
    pub(super) fn incident(&self) -> Option<&'a Incident> {
        self.item.incident
    }

    /// The victims that the item is about: the one it names, else all of the incident's.
    pub(super) fn victims(&self) -> Vec<RecordId> {
        if !self.item.hers.is_empty() {
            return self.item.hers.clone();
        }
        let mut all = Vec::new();
        for victim in self.incident().into_iter().flat_map(Incident::victims) {
            for record in self.state.people.counted(victim).0 {
                if !all.contains(&record) {
                    all.push(record);
                }
            }
        }
        all
    }

    /// Sightings of her since the incident was opened: on it, and on her other incidents.
    pub(super) fn seen(&self) -> impl Iterator<Item = Stamp> {
        let from = self.incident().map_or(self.item.at, Incident::opened_at);
        let victims = self.victims();
        let all = if victims.is_empty() {
            self.incident().map(|i| i.sightings().into_iter().cloned().collect()).unwrap_or_default()
        } else {
            self.state.sightings(&victims)
        };
        all.into_iter().filter(move |s| s.at >= from)
    }

    pub(super) fn says(&self, indicator: &str) -> bool {
        self.incident().is_some_and(|i| i.signs.iter().any(|s| s.stated && &*s.indicator == indicator))
    }

    /// What the incident's suspects are to the victim.
    pub(super) fn relationships(&self) -> Vec<Arc<str>> {
        let people = self.incident().into_iter().flat_map(|i| &i.people);
        let theirs = people.filter(|p| p.role == Role::Suspect).filter_map(|p| p.relationship);
        theirs.map(|r| Arc::from(r.word())).collect()
    }

    pub(super) fn level(&self) -> Option<Level> {
        if let Some(level) = self.incident().and_then(Incident::level) {
            return Some(level);
        }
        let id = self.item.incident_id?;
        self.state.past.get(&id).and_then(|p| p.level)
    }

    pub(super) fn offence_alleged(&self) -> bool {
        let crime = self.incident().is_some_and(|i| !i.crimes.is_empty() || i.codings.iter().any(|c| c.offence));
        crime || self.says("offence")
    }

    /// Words of risk or of an offence on the log, written and known by the item.
    pub(super) fn risk_words(&self) -> Vec<&'a Stamp> {
        let Some(incident) = self.incident() else { return Vec::new() };
        let by = self.made();
        let counts = |s: &&crate::incident::Sign| {
            s.stated
                && !s.told
                && (s.risk || &*s.indicator == "offence")
                && s.stamp.at <= self.item.at
                && s.stamp.known <= by
        };
        incident.signs.iter().filter(counts).map(|s| &s.stamp).collect()
    }

    /// When the item was known.
    pub(super) fn made(&self) -> Timestamp {
        match self.item.kind {
            Kind::Grading(n) => self.incident().and_then(|i| i.gradings.get(n)).map_or(self.item.at, |g| g.stamp.known),
            _ => self.state.clock,
        }
    }

    pub(super) fn risk_signs(&self) -> i64 {
        count(self.risk_words().len())
    }

    pub(super) fn has_history(&self) -> bool {
        let victims = self.victims();
        let opened = self.incident().map_or(self.item.at, Incident::opened_at);
        let here = self.item.incident_id;
        let earlier = self.state.incidents_of(&victims, Role::Victim).into_iter().any(|id| {
            Some(id) != here && self.state.is_da(id) && self.state.opened_at(id).is_some_and(|at| at <= opened)
        });
        let markers = [Marker::RepeatVictim, Marker::Marac, Marker::Stalker];
        earlier || markers.iter().any(|m| self.state.marked(&victims, *m, self.item.at))
    }

    pub(super) fn order_in_force(&self) -> bool {
        let known = self.made();
        self.victims().iter().any(|v| {
            let orders = &self.state.people.record(*v).protected_by;
            orders.iter().any(|o| {
                let order = &self.state.orders[o.at()];
                order.in_force_at(self.item.at) && order.made.known <= known
            })
        })
    }

    pub(super) fn da_incidents(&self) -> Vec<i64> {
        let opened = self.incident().map_or(self.item.at, Incident::opened_at);
        let here = self.item.incident_id;
        let mut times: Vec<i64> = self
            .state
            .incidents_of(&self.victims(), Role::Victim)
            .into_iter()
            .filter(|id| Some(*id) == here || self.state.is_da(*id))
            .filter_map(|id| self.state.opened_at(id))
            .filter(|at| *at <= opened)
            .map(Timestamp::ms)
            .collect();
        times.sort_unstable();
        times
    }

    pub(super) fn marked(&self, marker: Marker) -> bool {
        self.state.marked(&self.victims(), marker, self.item.at)
    }

    pub(super) fn acted(&self, kind: ActKind, fact: &str) -> bool {
        let concerns = |a: &&crate::incident::Act| a.kind == kind && a.makes(fact);
        self.incident().is_some_and(|i| i.acts.iter().any(|a| concerns(&a)))
    }

    pub(super) fn grading(&self) -> Option<(&'a Grading, Option<&'a Grading>)> {
        let (Kind::Grading(n), Some(incident)) = (&self.item.kind, self.incident()) else { return None };
        Some((incident.gradings.get(*n)?, n.checked_sub(1).and_then(|b| incident.gradings.get(b))))
    }

    pub(super) fn grade_lowered(&self) -> bool {
        self.grading().is_some_and(|(g, b)| g.start == Start::Regrade && b.is_some_and(|b| g.grade > b.grade))
    }

    pub(super) fn grading_in_force(&self) -> bool {
        let (Kind::Grading(n), Some(incident)) = (&self.item.kind, self.incident()) else { return false };
        let later = incident.gradings.windows(2).skip(*n);
        !later.into_iter().any(|pair| pair[1].start == Start::Reopening || pair[1].grade > pair[0].grade)
    }

    pub(super) fn unit_reached_at(&self) -> i64 {
        let (Some((grading, _)), Some(incident)) = (self.grading(), self.incident()) else { return 0 };
        let from = grading.stamp.at;
        let lowered = self.grade_lowered();
        let counts = incident.stints.iter().filter(|s| {
            let still_there = s.left.as_ref().is_none_or(|l| l.at >= from);
            s.arrived.as_ref().is_some_and(|a| a.at >= from || still_there || lowered)
        });
        counts.filter_map(|s| s.arrived.as_ref()).map(|a| a.at.ms()).min().unwrap_or(0)
    }

    pub(super) fn supervisor_reasoned(&self) -> bool {
        let (Some((grading, before)), Some(incident)) = (self.grading(), self.incident()) else { return false };
        let other = |by: Option<&Arc<str>>| by.is_some() && by != before.and_then(|b| b.stamp.by.as_ref());
        let by_supervisor = |s: &Stamp| self.state.is_supervisor(s.by.as_ref()) && other(s.by.as_ref());
        let regraded = incident.gradings.iter().filter(|g| g.stamp.at >= grading.stamp.at);
        let with_grade =
            regraded.into_iter().any(|g| g.start == Start::Regrade && g.reasoned && by_supervisor(&g.stamp));
        // A reason given in the desk counts from a supervisor; where the staff list is silent about its author, from anybody else.
        let in_desk = incident.acts.iter().any(|a| {
            let role = a.stamp.by.as_ref().and_then(|by| self.state.staff.get(by));
            a.kind == ActKind::Reasoned
                && a.stamp.at >= grading.stamp.at
                && a.makes("supervisor_reasoned")
                && other(a.stamp.by.as_ref())
                && (a.by_supervisor || role.is_none_or(|r| *r == StaffRole::Supervisor))
        });
        let in_words = incident.signs.iter().any(|s| {
            s.stated && &*s.indicator == "grade_reasoned" && s.stamp.at >= grading.stamp.at && by_supervisor(&s.stamp)
        });
        with_grade || in_desk || in_words
    }

    pub(super) fn stint(&self) -> Option<&'a crate::incident::Stint> {
        let (Kind::Departure(n), Some(incident)) = (&self.item.kind, self.incident()) else { return None };
        incident.stints.get(*n)
    }

    pub(super) fn units_left(&self) -> i64 {
        let (Kind::Departure(n), Some(incident)) = (&self.item.kind, self.incident()) else { return 0 };
        let others = incident.stints.iter().enumerate().filter(|(i, _)| i != n);
        count(others.filter(|(_, s)| s.active_at(self.item.at)).count())
    }

    pub(super) fn sent_after(&self) -> bool {
        let sent = |s: &crate::incident::Stint| {
            s.assigned.as_ref().or(s.arrived.as_ref()).is_some_and(|a| a.at >= self.item.at)
        };
        self.incident().is_some_and(|i| i.stints.iter().any(sent))
    }

    pub(super) fn call(&self) -> Option<&'a crate::call::Call> {
        if let Kind::Call(call) = self.item.kind { Some(call) } else { None }
    }

    /// Whether a log is domestic abuse and not the one at hand; a merged one is what it was merged into.
    fn is_abuse_elsewhere(&self, id: crate::stamp::IncidentId) -> bool {
        let id = self.state.going_on(id);
        Some(id) != self.item.incident_id && self.state.is_da(id)
    }

    pub(super) fn number_history(&self) -> bool {
        let Some(from) = self.call().and_then(|c| c.from.as_ref()) else { return false };
        let called =
            self.state.by_number.get(from).is_some_and(|ids| ids.iter().any(|id| self.is_abuse_elsewhere(*id)));
        let of_person = || {
            let records = self.state.people.by_phone(from);
            records.iter().any(|r| {
                self.state
                    .people
                    .record(*r)
                    .involvements
                    .iter()
                    .any(|(id, role)| matches!(role, Role::Victim | Role::Suspect) && self.is_abuse_elsewhere(*id))
            })
        };
        called || of_person()
    }

    pub(super) fn place_history(&self) -> bool {
        let place = self.call().and_then(|c| c.place.as_ref());
        let place = place.or_else(|| self.incident().and_then(|i| i.place.as_ref()).map(|p| &p.key));
        let Some(place) = place else { return false };
        let reported = self.state.by_place.get(place);
        let lives = || {
            self.state.people.by_place(place).iter().any(|r| {
                let on = &self.state.people.record(*r).involvements;
                on.iter().any(|(id, role)| matches!(role, Role::Victim | Role::Suspect) && self.is_abuse_elsewhere(*id))
            })
        };
        reported.is_some_and(|ids| ids.iter().any(|id| self.is_abuse_elsewhere(*id))) || lives()
    }

    pub(super) fn caller_marked(&self) -> bool {
        let mut records = self.victims();
        if let Some(from) = self.call().and_then(|c| c.from.as_ref()) {
            records.extend_from_slice(self.state.people.by_phone(from));
        }
        let markers = [Marker::RepeatVictim, Marker::Marac, Marker::Stalker];
        markers.iter().any(|m| self.state.marked(&records, *m, self.item.at))
    }

    pub(super) fn quiet_since(&self) -> i64 {
        let Some(incident) = self.incident() else { return 0 };
        let left =
            incident.stints.iter().filter(|s| s.arrived.is_some()).filter_map(|s| s.left.as_ref()).map(|l| l.at).max();
        left.map_or(self.item.at, |l| l.max(self.item.at)).ms()
    }

    pub(super) fn suspects(&self) -> Vec<RecordId> {
        match self.item.kind {
            Kind::Suspect(record) => self.state.people.counted(record).0,
            _ => Vec::new(),
        }
    }

    pub(super) fn suspect_arrested(&self) -> bool {
        let Some(incident) = self.incident() else { return false };
        let suspects = self.suspects();
        self.arrested(&suspects)
            || incident
                .outcomes
                .iter()
                .any(|o| o.kind == OutcomeKind::Arrest && o.record.is_none_or(|r| suspects.contains(&r)))
    }

    /// Whether one of these was arrested for this: on this log, or since it was opened, on a log of hers or on none. What he did
    /// to somebody else is another matter.
    fn arrested(&self, suspects: &[RecordId]) -> bool {
        let Some(incident) = self.incident() else { return false };
        let (opened, hers) = (incident.opened_at(), self.victims());
        let on_hers = |id| self.state.victims_of(id).iter().any(|victim| hers.contains(victim));
        suspects.iter().flat_map(|r| &self.state.people.record(*r).arrests).any(|(stamp, on)| {
            match on.map(|id| self.state.going_on(id)) {
                Some(id) if id == incident.id => true,
                Some(id) => stamp.at >= opened && on_hers(id),
                None => stamp.at >= opened,
            }
        })
    }

    pub(super) fn suspect_interviewed(&self) -> bool {
        let suspects = self.suspects();
        let of = |o: &crate::incident::Outcome| {
            o.kind == OutcomeKind::VoluntaryInterview && o.record.is_none_or(|r| suspects.contains(&r))
        };
        self.incident().is_some_and(|i| i.outcomes.iter().any(of))
    }

    /// Contacts by or about her since she was last seen before this one, up to this one, oldest first. A call and the incident
    /// that it opens are one.
    pub(super) fn contacts_unseen(&self) -> Vec<Stamp> {
        let upto = self.item.at;
        let victims = self.victims();
        let seen = if victims.is_empty() {
            self.incident().map(|i| i.sightings().into_iter().cloned().collect()).unwrap_or_default()
        } else {
            self.state.sightings(&victims)
        };
        let since = seen.iter().filter(|s| s.at < upto).map(|s| s.at).max();
        let mut found: Vec<Stamp> = Vec::new();
        let mut add = |stamp: &Stamp| {
            if stamp.at <= upto && since.is_none_or(|since| stamp.at > since) && !found.iter().any(|f| f.id == stamp.id)
            {
                found.push(stamp.clone());
            }
        };
        let mut incidents = self.state.incidents_of(&victims, Role::Victim);
        incidents.extend(self.item.incident_id.filter(|id| !incidents.contains(id)));
        for id in incidents {
            let contacts =
                self.state.incident(id).map(|i| &i.contacts).or_else(|| self.state.past.get(&id).map(|p| &p.contacts));
            contacts.into_iter().flatten().for_each(|c| add(&c.stamp));
        }
        for victim in &victims {
            for number in self.state.people.record(*victim).person.phones.iter().filter_map(|p| crate::person::phone(p))
            {
                for call in self.state.loose_calls.get(number.as_str()).into_iter().flatten() {
                    if let Some(started) = self.state.calls.get(call).and_then(|c| c.started.as_ref()) {
                        add(started);
                    }
                }
            }
        }
        found.sort_by_key(|s| (s.at, s.seq));
        found
    }

    pub(super) fn releases_before(&self) -> Vec<&'a Stamp> {
        let mut suspects: Vec<RecordId> = self.incident().map(|i| i.suspects().collect()).unwrap_or_default();
        if suspects.is_empty() {
            for victim in &self.item.hers {
                suspects.extend(self.state.suspects_of(*victim));
                // Of whose release or outcome she was told is her suspect too, though no log names the two together.
                suspects.extend(self.state.people.record(*victim).told.iter().filter_map(|told| told.about));
            }
        }
        let mut found: Vec<&Stamp> = Vec::new();
        for suspect in suspects {
            for record in self.state.people.counted(suspect).0 {
                let releases = &self.state.people.record(record).releases;
                let free = releases.iter().filter(|r| r.how != Release::ChargedRemand && r.stamp.at <= self.item.at);
                for release in free {
                    if !found.iter().any(|f| f.id == release.stamp.id) {
                        found.push(&release.stamp);
                    }
                }
            }
        }
        found.sort_by_key(|s| (s.at, s.seq));
        found
    }

    pub(super) fn act(&self) -> Value {
        if let Kind::Act(what, _) = self.item.kind { Text(what.into()) } else { Word("") }
    }

    pub(super) fn gone_said(&self) -> Option<&'a Stamp> {
        let signs = self.incident()?.signs.iter();
        let said = signs.filter(|s| s.stated && !s.told && &*s.indicator == "has_gone" && s.stamp.at <= self.item.at);
        said.map(|s| &s.stamp).max_by_key(|s| (s.at, s.seq))
    }

    pub(super) fn raised_after(&self) -> bool {
        let Some(incident) = self.incident() else { return false };
        let Some(in_force) = incident.gradings.iter().rev().find(|g| g.stamp.at <= self.item.at) else { return false };
        incident.gradings.iter().any(|g| g.stamp.at > self.item.at && g.grade < in_force.grade)
    }

    pub(super) fn assessment(&self) -> Option<&'a crate::incident::Assessment> {
        let (Kind::Assessment(n), Some(incident)) = (&self.item.kind, self.incident()) else { return None };
        incident.assessments.get(*n)
    }

    pub(super) fn level_before(&self) -> Option<(Level, &'a Stamp)> {
        let (Kind::Assessment(n), Some(incident)) = (&self.item.kind, self.incident()) else { return None };
        incident.assessments[..*n].iter().rev().find_map(|a| a.level.map(|l| (l, &a.stamp)))
    }

    pub(super) fn newer_facts(&self) -> i64 {
        let (Some((_, higher)), Some(incident), Some(lower)) =
            (self.level_before(), self.incident(), self.assessment())
        else {
            return 0;
        };
        let newer = |s: &Stamp| s.at > higher.at && s.at <= lower.stamp.at && s.id != lower.stamp.id;
        let outcomes = incident.outcomes.iter().filter(|o| newer(&o.stamp)).count();
        let arrests = incident.arrests.iter().filter(|a| newer(&a.stamp)).count();
        let arrived = incident.stints.iter().filter_map(|s| s.arrived.as_ref()).filter(|s| newer(s)).count();
        let orders = self.victims().into_iter().flat_map(|v| &self.state.people.record(v).protected_by);
        let orders = orders.filter(|o| newer(&self.state.orders[o.at()].made)).count();
        let told =
            incident.entries.iter().filter(|e| newer(&e.stamp) && e.words.iter().any(|w| lower.words.contains(w)));
        count(outcomes + arrests + arrived + orders + told.count())
    }

    pub(super) fn reason_given_after(&self) -> bool {
        let Some(incident) = self.incident() else { return false };
        let later = incident.assessments.iter().any(|a| a.stamp.at > self.item.at && a.reasoned);
        let since = |a: &crate::incident::Act| a.kind == ActKind::Reasoned && a.stamp.at >= self.item.at;
        later || incident.acts.iter().any(|a| since(a) && a.makes("reason_given_after"))
    }

    pub(super) fn protection(&self) -> Option<(&'a crate::order::Order, Timestamp)> {
        if let Kind::Protection(order, known) = self.item.kind { Some((order, known)) } else { None }
    }

    pub(super) fn order_kind(&self) -> Value {
        Word(self.protection().map_or("", |(o, _)| o.kind.word()))
    }

    pub(super) fn order_binds_suspect(&self) -> bool {
        let (Some((order, _)), Some(incident)) = (self.protection(), self.incident()) else { return false };
        let mut named = incident.in_role(Role::Suspect).filter(|p| p.named).peekable();
        named.peek().is_none() || named.any(|p| self.state.people.counts_as(p.record, order.subject))
    }

    pub(super) fn order_known_at(&self) -> Timestamp {
        self.protection().map_or(self.item.at, |(_, known)| known)
    }

    pub(super) fn tellings_with_order(&self) -> Vec<&'a Stamp> {
        let signs = self.incident().map(|i| i.signs.iter());
        signs
            .into_iter()
            .flatten()
            .filter(|s| s.told && s.stated && &*s.indicator == "order_told")
            .map(|s| &s.stamp)
            .collect()
    }

    pub(super) fn order_told(&self) -> bool {
        !self.tellings_with_order().is_empty()
    }

    pub(super) fn told_without_order(&self) -> bool {
        let known = self.order_known_at();
        let with = self.tellings_with_order();
        let Some(incident) = self.incident() else { return false };
        with.is_empty() && incident.told_onward().any(|told| told.known >= known)
    }

    pub(super) fn order_acted(&self) -> bool {
        let (Some((order, _)), Some(incident)) = (self.protection(), self.incident()) else { return false };
        let arrested = self.arrested(&self.state.people.counted(order.subject).0);
        let outcome =
            incident.outcomes.iter().any(|o| matches!(o.kind, OutcomeKind::Arrest | OutcomeKind::CrimeRecorded));
        arrested || outcome || incident.crimes.iter().any(|c| c.recorded.is_some())
    }

    pub(super) fn release_da(&self) -> bool {
        let Kind::Release(release, _) = self.item.kind else { return false };
        self.item.incident_id.is_some_and(|id| self.state.is_da(id)) || !release.protects.is_empty()
    }

    pub(super) fn told_of_release_at(&self) -> i64 {
        let Kind::Release(_, suspect) = self.item.kind else { return 0 };
        let told = self.item.hers.iter().flat_map(|v| &self.state.people.record(*v).told);
        let of = told.filter(|t| {
            t.what == ToldWhat::Release && t.about.is_none_or(|about| self.state.people.counts_as(about, suspect))
        });
        of.map(|t| t.stamp.at.ms()).max().unwrap_or(0)
    }
}
