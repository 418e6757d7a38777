//! What a message touched: whose judgement may be another from now on.

use super::list_once;
use crate::aspect::Aspects;
use crate::event::Changes;
use crate::incident::Incident;
use crate::message::Role;
use crate::person::phone;
use crate::stamp::{CallId, IncidentId, OrderId, RecordId};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::{Agenda, Subject};

/// What a message touched, gathered while it is folded.
pub(super) struct Touch<'a> {
    pub agenda: &'a mut Agenda,
    pub changes: Changes,
    /// Whether what is folded is live; what was known before the force's `live_from` is never judged by itself.
    pub live: bool,
}

impl Touch<'_> {
    pub fn incident(&mut self, id: IncidentId, aspects: Aspects) {
        if !self.changes.incidents.contains(&id) {
            self.changes.incidents.push(id);
        }
        self.changes.lists = true;
        if self.live {
            self.agenda.touch(Subject::Incident(id), aspects);
        }
    }

    pub fn call(&mut self, id: CallId) {
        self.changes.lists = true;
        if self.live {
            self.agenda.touch(Subject::Call(id), Aspects::ALL);
        }
    }

    pub fn person(&mut self, id: RecordId, aspects: Aspects) {
        if !self.changes.records.contains(&id) {
            self.changes.records.push(id);
        }
        if self.live {
            self.agenda.touch(Subject::Person(id), aspects);
        }
    }
}

impl State {
    pub(super) fn touch_shown(&self, incident: Option<IncidentId>, touch: &mut Touch) {
        touch.changes.lists = true;
        if let Some(id) = incident
            && !touch.changes.incidents.contains(&id)
        {
            touch.changes.incidents.push(id);
        }
    }

    /// Touches the incidents that a person is on, of those that something was heard of lately.
    pub(crate) fn live_incidents_of(&self, record: RecordId) -> Vec<IncidentId> {
        let (records, _) = self.people.counted(record);
        let mut found: Vec<IncidentId> = Vec::new();
        for each in records {
            for (incident, role) in &self.people.record(each).involvements {
                let id = self.going_on(*incident);
                if matches!(role, Role::Victim | Role::Suspect)
                    && self.incidents.contains_key(&id)
                    && !found.contains(&id)
                {
                    found.push(id);
                }
            }
        }
        found
    }

    pub(super) fn touch_incidents_of(&mut self, record: RecordId, aspects: Aspects, touch: &mut Touch) {
        for id in self.live_incidents_of(record) {
            touch.incident(id, aspects);
            if aspects == Aspects::ALL && self.know_pair(id, self.clock) {
                self.touch_around(id, touch);
            }
        }
        if aspects == Aspects::ALL {
            self.people.counted(record).0.into_iter().for_each(|r| self.touch_judged(r, touch));
        }
    }

    /// Touches what rests on whether two records are one person: their own incidents, and those of everybody whom they are in an
    /// incident with, however long ago. To a suspect of both, two victims have become one, or one has become two.
    pub(super) fn touch_tied(&mut self, records: [RecordId; 2], touch: &mut Touch) {
        let mut around: Vec<RecordId> = Vec::new();
        for record in records {
            self.touch_incidents_of(record, Aspects::ALL, touch);
            for same in self.people.counted(record).0 {
                for (incident, _) in &self.people.record(same).involvements {
                    let id = self.going_on(*incident);
                    let people =
                        self.incidents.get(&id).map(|i| &i.people).or_else(|| self.past.get(&id).map(|p| &p.people));
                    let parties =
                        people.into_iter().flatten().filter(|p| matches!(p.role, Role::Victim | Role::Suspect));
                    parties.for_each(|p| list_once(&mut around, p.record));
                    // Whoever was arrested on it may not be named as its suspect.
                    let arrested =
                        self.incidents.get(&id).into_iter().flat_map(|i| &i.outcomes).filter_map(|o| o.record);
                    arrested.for_each(|record| list_once(&mut around, record));
                }
            }
        }
        for record in around.into_iter().filter(|r| !records.contains(r)) {
            self.touch_incidents_of(record, Aspects::ALL, touch);
        }
    }

    /// Touches the other incidents of an incident's victims: what happens here can answer or raise something there.
    pub(super) fn touch_others(&mut self, id: IncidentId, aspects: Aspects, touch: &mut Touch) {
        let victims: Vec<RecordId> = self.incidents.get(&id).map(|i| i.victims().collect()).unwrap_or_default();
        for victim in victims {
            for other in self.live_incidents_of(victim) {
                if other != id {
                    touch.incident(other, aspects);
                }
            }
        }
        if aspects.touches(Aspects::HISTORY) {
            self.touch_around(id, touch);
        }
    }

    /// Touches the other incidents of an incident's people, and those of whoever may be one of them: whether this one is domestic
    /// abuse, and who is on it, is history to them. And the releases that rest on it, and the calls from their numbers.
    pub(super) fn touch_around(&mut self, id: IncidentId, touch: &mut Touch) {
        let Some(incident) = self.incidents.get(&id) else { return };
        self.touch_loose_calls(incident, touch);
        // Whoever was arrested on it may not be named as its suspect.
        let arrested = incident.outcomes.iter().filter_map(|o| o.record);
        let mut around: Vec<RecordId> = incident.victims().chain(incident.suspects()).chain(arrested).collect();
        for record in around.clone() {
            let others = self.people.matches_of(record);
            around.extend(others.map(|m| if m.of == record { m.with } else { m.of }));
        }
        for record in around {
            for other in self.live_incidents_of(record) {
                if other != id {
                    touch.incident(other, Aspects::HISTORY.and(Aspects::MATCH));
                }
            }
        }
        self.touch_custody(id, touch);
    }

    /// Touches the calls on no log that came from a number that rang this one, or that somebody on it has.
    fn touch_loose_calls(&self, incident: &Incident, touch: &mut Touch) {
        for number in incident.calls.iter().filter_map(|call| self.calls.get(call)?.from.as_deref()) {
            self.touch_loose_calls_from(number, touch);
        }
        for record in incident.victims().chain(incident.suspects()) {
            self.touch_loose_calls_of(record, touch);
        }
    }

    /// Touches the calls on no log that came from a number of somebody's.
    pub(super) fn touch_loose_calls_of(&self, record: RecordId, touch: &mut Touch) {
        for number in self.people.record(record).person.phones.iter().filter_map(|number| phone(number)) {
            self.touch_loose_calls_from(&number, touch);
        }
    }

    fn touch_loose_calls_from(&self, number: &str, touch: &mut Touch) {
        for call in self.loose_calls.get(number).into_iter().flatten() {
            touch.call(*call);
        }
    }

    /// Touches the releases and applications of an incident's suspects, and of whoever it names besides.
    pub(super) fn touch_custody(&mut self, id: IncidentId, touch: &mut Touch) {
        let Some(incident) = self.incidents.get(&id) else { return };
        // Whoever was arrested on it may not be named as its suspect.
        let arrested = incident.outcomes.iter().filter_map(|o| o.record);
        let named: Vec<RecordId> =
            incident.suspects().chain(incident.mentioned.iter().copied()).chain(arrested).collect();
        for record in named {
            for same in self.people.counted(record).0 {
                self.touch_judged(same, touch);
            }
        }
    }

    /// Touches a person whom rules are judged on.
    pub(super) fn touch_judged(&self, record: RecordId, touch: &mut Touch) {
        let person = self.people.record(record);
        if !person.releases.is_empty() || !person.disclosures.is_empty() {
            touch.person(record, Aspects::ALL);
        }
    }

    /// Touches the incidents of everybody whom somebody is known as a suspect to, by a log or because they were told of them.
    pub(super) fn touch_victims_of(&mut self, suspect: RecordId, aspects: Aspects, touch: &mut Touch) {
        let told = self.people.counted(suspect).0.into_iter().flat_map(|same| &self.people.record(same).told_to);
        for victim in told.copied().collect::<Vec<RecordId>>() {
            self.touch_incidents_of(victim, aspects, touch);
        }
        for id in self.incidents_of(&self.people.counted(suspect).0, Role::Suspect) {
            let people = self.incidents.get(&id).map(|i| &i.people).or_else(|| self.past.get(&id).map(|p| &p.people));
            let victims: Vec<RecordId> =
                people.into_iter().flatten().filter(|p| p.role == Role::Victim).map(|p| p.record).collect();
            for victim in victims {
                for other in self.live_incidents_of(victim) {
                    touch.incident(other, aspects);
                }
            }
        }
    }

    /// Touches what rests on whether she was seen, on this and her other incidents.
    pub(super) fn touch_seen(&mut self, id: IncidentId, touch: &mut Touch) {
        touch.incident(id, Aspects::SEEN);
        self.touch_others(id, Aspects::SEEN, touch);
    }

    /// Touches her incidents that something happened on after this one was opened: to them this one is history.
    pub(super) fn touch_later(&mut self, id: IncidentId, victim: RecordId, touch: &mut Touch) {
        let Some(incident) = self.incidents.get(&id) else { return };
        let opened = incident.contacts.first().map_or(incident.opened_at(), |c| c.stamp.at.min(incident.opened_at()));
        self.touch_contacts_from(id, victim, opened, touch);
    }

    /// Touches her other incidents that a contact came on at or after an instant.
    pub(super) fn touch_contacts_from(&self, id: IncidentId, victim: RecordId, from: Timestamp, touch: &mut Touch) {
        for other in self.live_incidents_of(victim) {
            let later =
                self.incidents.get(&other).is_some_and(|i| i.contacts.last().is_some_and(|c| c.stamp.at >= from));
            if other != id && later {
                touch.incident(other, Aspects::HISTORY);
            }
        }
    }

    /// Touches every incident whose log holds a call.
    pub(super) fn touch_logs_of(&self, call: CallId, touch: &mut Touch) {
        for incident in self.calls.get(&call).into_iter().flat_map(crate::call::Call::logs) {
            touch.incident(self.going_on(incident), Aspects::CALL);
        }
    }

    /// Touches the incidents of whoever has a number, where a contact came after a call from it: the call was one before it.
    pub(super) fn touch_called(&mut self, number: &str, at: Timestamp, touch: &mut Touch) {
        for record in self.people.by_phone(number).to_vec() {
            for id in self.live_incidents_of(record) {
                if self.incidents.get(&id).is_some_and(|i| i.contacts.last().is_some_and(|c| c.stamp.at >= at)) {
                    touch.incident(id, Aspects::HISTORY);
                }
            }
        }
    }

    pub(super) fn touch_protected(&mut self, order: OrderId, touch: &mut Touch) {
        for record in self.orders[order.at()].protects.clone() {
            self.touch_incidents_of(record, Aspects::ORDER, touch);
        }
    }
}
