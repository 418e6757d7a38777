//! People: who a message names, what they are to an incident, and the orders between them.

use std::sync::Arc;

use super::list_once;
use super::touch::Touch;
use crate::aspect::Aspects;
use crate::incident::{Act, Involvement};
use crate::message::{OrderKind, Person, Role};
use crate::order::Order;
use crate::person::Answer;
use crate::stamp::{IncidentId, OrderId, RecordId, Stamp, insert_by_time};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::lexicon::name_keys;

impl State {
    pub(super) fn mention(&mut self, person: &Person, stamp: &Stamp, id: IncidentId, role: Role) -> (RecordId, bool) {
        let same: Vec<RecordId> =
            self.incidents.get(&id).map(|i| i.in_role(role).map(|p| p.record).collect()).unwrap_or_default();
        self.people.mention(person, stamp, Some((id, role)), &same)
    }

    pub(super) fn mention_maybe(
        &mut self,
        person: &Person,
        stamp: &Stamp,
        on: Option<IncidentId>,
        role: Role,
    ) -> RecordId {
        let same: Vec<RecordId> = on
            .and_then(|id| self.incidents.get(&id))
            .map(|i| i.in_role(role).map(|p| p.record).collect())
            .unwrap_or_default();
        let record = self.people.mention(person, stamp, None, &same).0;
        if let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) {
            list_once(&mut incident.mentioned, record);
        }
        record
    }

    pub(super) fn involve(
        &mut self,
        id: IncidentId,
        role: Role,
        person: &Person,
        relationship: Option<crate::message::Relationship>,
        stamp: &Stamp,
        touch: &mut Touch,
    ) {
        let (record, news) = self.mention(person, stamp, id, role);
        let Some(incident) = self.incidents.get_mut(&id) else { return };
        let involvement = Involvement {
            stamp: stamp.clone(),
            role,
            record,
            relationship,
            named: person.is_named(),
            interpreter: person.interpreter == Some(true),
            pregnant: person.pregnant == Some(true),
            born: person.born,
        };
        insert_by_time(&mut incident.people, involvement, |p| p.stamp.at);
        let came_to_be_da = self.know_pair(id, stamp.known);
        let aspects = match role {
            Role::Victim => Aspects::PEOPLE.and(Aspects::HISTORY).and(Aspects::SEEN).and(Aspects::CUSTODY),
            Role::Suspect => Aspects::PEOPLE.and(Aspects::CUSTODY).and(Aspects::MARKER),
            Role::Child | Role::Caller => Aspects::PEOPLE,
            _ => Aspects::NONE,
        };
        let aspects = aspects.and(Aspects::LANGUAGE).and(Aspects::CHECK);
        touch.incident(id, if came_to_be_da { Aspects::ALL } else { aspects });
        if came_to_be_da {
            self.touch_others(id, Aspects::HISTORY, touch);
        }
        if role == Role::Caller {
            self.touch_others(id, Aspects::ELSEWHERE, touch);
        }
        self.tell_names(id, touch);
        if matches!(role, Role::Victim | Role::Suspect) {
            self.touch_named(id, role, record, touch);
            if news && touch.live {
                self.look_up(id, role, record, touch);
            }
        }
    }

    /// Somebody whom another message than a person's own names as a victim or a suspect. The log does not list them among its
    /// people, but the incident is theirs from now on: what else they are in is judged, and they are looked up.
    pub(super) fn name(
        &mut self,
        id: IncidentId,
        role: Role,
        person: &Person,
        stamp: &Stamp,
        touch: &mut Touch,
    ) -> RecordId {
        let (record, news) = self.mention(person, stamp, id, role);
        let is_listed = self.incidents.get(&id).is_some_and(|i| i.in_role(role).any(|p| p.record == record));
        if !is_listed {
            self.touch_named(id, role, record, touch);
            self.touch_incidents_of(record, Aspects::ALL, touch);
        }
        if news && touch.live {
            self.look_up(id, role, record, touch);
        }
        record
    }

    /// Looks up somebody of whom there is news, and those on the log to whom they are the other of a pair: who they are tells who
    /// these may be.
    fn look_up(&self, id: IncidentId, role: Role, record: RecordId, touch: &mut Touch) {
        touch.agenda.look_up(record);
        let opposite = if role == Role::Victim { Role::Suspect } else { Role::Victim };
        for other in self.incidents.get(&id).into_iter().flat_map(|log| log.in_role(opposite)) {
            touch.agenda.look_up(other.record);
        }
    }

    /// A word that is the name of somebody on the log is no sign where it stands as that name, whether they were named before it
    /// was written or after.
    pub(super) fn tell_names(&mut self, id: IncidentId, touch: &mut Touch) {
        let Some(incident) = self.incidents.get(&id) else { return };
        if incident.signs.iter().all(|sign| sign.names.is_empty()) {
            return;
        }
        let persons = incident.people.iter().map(|p| &self.people.record(p.record).person);
        let names = persons.flat_map(|p| {
            let single = [&p.name, &p.given, &p.family].into_iter().flatten();
            single.chain(&p.aliases).flat_map(|name| name_keys(name)).collect::<Vec<u32>>()
        });
        let names: Vec<u32> = names.collect();
        let Some(incident) = self.incidents.get_mut(&id) else { return };
        let mut changed = false;
        for sign in incident.signs.iter_mut().filter(|sign| sign.read && !sign.names.is_empty()) {
            let stated = !sign.names.iter().any(|name| names.contains(name));
            changed |= std::mem::replace(&mut sign.stated, stated) != stated;
        }
        if changed {
            touch.incident(id, Aspects::WORDS);
            self.touch_others(id, Aspects::ELSEWHERE, touch);
        }
    }

    /// Touches what rests on who is a victim or a suspect of an incident, whichever message named them.
    fn touch_named(&mut self, id: IncidentId, role: Role, record: RecordId, touch: &mut Touch) {
        if role == Role::Victim {
            self.touch_later(id, record, touch);
            // Whoever was seen here turns out to be her.
            if self.incidents.get(&id).is_some_and(|i| !i.sightings().is_empty()) {
                self.touch_others(id, Aspects::SEEN, touch);
            }
        } else {
            touch.person(record, Aspects::PEOPLE);
            // To her other incidents, on which nobody may be named, he is a suspect of hers from now on.
            self.touch_others(id, Aspects::CUSTODY, touch);
        }
        self.touch_around(id, touch);
    }

    /// Notes that the victim and suspect of an incident are known as a pair from domestic abuse elsewhere. Returns whether that
    /// makes it domestic abuse, which it was not before.
    pub(crate) fn know_pair(&mut self, id: IncidentId, known: Timestamp) -> bool {
        let Some(incident) = self.incidents.get(&id) else { return false };
        if incident.is_da() {
            return false;
        }
        let (victims, suspects): (Vec<_>, Vec<_>) = (incident.victims().collect(), incident.suspects().collect());
        let is_known = victims.iter().any(|v| {
            let hers = self.incidents_of(&self.people.counted(*v).0, Role::Victim);
            suspects.iter().any(|s| {
                let theirs = self.incidents_of(&self.people.counted(*s).0, Role::Suspect);
                hers.iter().any(|i| *i != id && theirs.contains(i) && self.is_da(*i))
            })
        });
        if is_known && let Some(incident) = self.incidents.get_mut(&id) {
            incident.pair_known = Some(known);
        }
        is_known
    }

    /// The suspects of a victim's incidents.
    pub(crate) fn suspects_of(&self, victim: RecordId) -> Vec<RecordId> {
        let mut found = Vec::new();
        for id in self.incidents_of(&self.people.counted(victim).0, Role::Victim) {
            match self.incidents.get(&id) {
                Some(incident) => incident.suspects().for_each(|s| list_once(&mut found, s)),
                None => {
                    let people = self.past.get(&id).map_or(&[][..], |p| &p.people);
                    people.iter().filter(|p| p.role == Role::Suspect).for_each(|p| list_once(&mut found, p.record));
                }
            }
        }
        found
    }

    pub(super) fn make_order(
        &mut self,
        reference: &str,
        kind: OrderKind,
        (subject, protects): (&Person, &[Person]),
        (from, until): (Timestamp, Option<Timestamp>),
        stamp: &Stamp,
        touch: &mut Touch,
    ) {
        let subject = self.people.mention(subject, stamp, None, &[]).0;
        let protects: Vec<RecordId> = protects.iter().map(|p| self.people.mention(p, stamp, None, &[]).0).collect();
        let id = self.order_by_reference.get(reference).copied();
        let id = id.unwrap_or_else(|| OrderId(u32::try_from(self.orders.len()).unwrap_or(u32::MAX)));
        let reference: Arc<str> = reference.into();
        let order = Order {
            id,
            reference: reference.clone(),
            kind,
            subject,
            protects,
            from,
            until,
            made: stamp.clone(),
            ended: None,
        };
        for protected in &order.protects {
            list_once(&mut self.people.record_mut(*protected).protected_by, id);
        }
        list_once(&mut self.people.record_mut(subject).bound_by, id);
        self.order_by_reference.insert(&reference, id);
        match self.orders.get_mut(id.at()) {
            Some(known) => *known = order,
            None => self.orders.push(order),
        }
        self.touch_protected(id, touch);
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn act(
        &mut self,
        kind: crate::message::ActKind,
        answers: Option<&str>,
        records: Option<(&str, &str)>,
        by_supervisor: bool,
        on: Option<IncidentId>,
        stamp: &Stamp,
        touch: &mut Touch,
    ) {
        use crate::message::ActKind;
        if let (ActKind::Linked | ActKind::Split, Some((a, b))) = (kind, records)
            && let (Some(a), Some(b)) = (self.people.by_ref(a), self.people.by_ref(b))
        {
            self.tie(a, b, kind == ActKind::Linked);
            self.touch_tied([a, b], touch);
        }
        if let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) {
            let act = Act { stamp: stamp.clone(), kind, answers: answers.map(Arc::from), by_supervisor };
            insert_by_time(&mut incident.acts, act, |a| a.stamp.at);
            touch.incident(incident.id, Aspects::ACTS);
        }
    }

    /// Joins two records by a person's word, or takes that back.
    pub(crate) fn tie(&mut self, a: RecordId, b: RecordId, same: bool) {
        if same {
            self.people.join(a, b);
            self.people.answer_match(a, b, Answer::Same);
        } else {
            self.people.split(a, b);
            self.people.answer_match(a, b, Answer::NotSame);
        }
    }
}
