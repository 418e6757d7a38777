//! Corrections: what a message said is taken out, and what the source says now is put in its place.

use std::sync::Arc;

use super::touch::Touch;
use crate::aspect::Aspects;
use crate::event::FoundSign;
use crate::message::Message;
use crate::stamp::{CallId, IncidentId, OrderId, RecordId, Stamp};
use crate::state::State;

impl State {
    pub(super) fn correct(
        &mut self,
        corrects: &str,
        withdrawn: bool,
        now: Option<&(Message, Vec<FoundSign>)>,
        stamp: &Stamp,
        message: &Message,
        touch: &mut Touch,
    ) {
        if !withdrawn && now.is_none() {
            return;
        }
        let named = now.and_then(|(m, _)| m.incident.as_deref()).or(message.incident.as_deref());
        let id = named
            .and_then(|r| self.find(r))
            .or_else(|| self.incidents.values().find(|i| i.holds(corrects)).map(|i| i.id));
        if let Some(id) = id
            && let Some(incident) = self.incidents.get_mut(&id)
        {
            incident.retract(corrects);
            touch.incident(id, Aspects::ALL);
            // A call may be flagged because of what its number's history was taken to be.
            for call in self.flags.calls_flagged() {
                touch.call(call);
            }
            self.touch_others(id, Aspects::ALL, touch);
        }
        self.retract_elsewhere(corrects, id, touch);
        if let Some((corrected, signs)) = now {
            let stamp = Stamp {
                at: corrected.at,
                id: corrects.into(),
                by: corrected.by.as_deref().map(Arc::from),
                ..stamp.clone()
            };
            self.fold(corrected, signs, &stamp, touch);
        }
        id.into_iter().for_each(|id| self.tell_names(id, touch));
    }

    /// Takes back what a withdrawn message said about people, orders and calls: those of its incident, where it has one.
    pub(super) fn retract_elsewhere(&mut self, message: &str, on: Option<IncidentId>, touch: &mut Touch) {
        let of = |stamp: &Stamp| &*stamp.id == message;
        let incident = on.and_then(|id| self.incidents.get(&id));
        let (people, calls): (Vec<RecordId>, Vec<CallId>) = match incident {
            Some(incident) => {
                let involved = incident.people.iter().map(|p| p.record);
                (involved.chain(incident.mentioned.iter().copied()).collect(), incident.calls.clone())
            }
            None => (self.people.records().iter().map(|r| r.id).collect(), self.calls.keys().copied().collect()),
        };
        let mut orders: Vec<OrderId> = Vec::new();
        for record in &people {
            let record = self.people.record(*record);
            orders.extend(record.bound_by.iter().chain(&record.protected_by));
        }
        orders.sort_unstable();
        orders.dedup();
        let mut touched: Vec<RecordId> = Vec::new();
        for id in orders {
            let order = &mut self.orders[id.at()];
            if of(&order.made) {
                touched.push(order.subject);
            }
            if of(&order.made) {
                order.ended = Some(Stamp { at: order.from, ..order.made.clone() });
            }
            if order.ended.as_ref().is_some_and(of) {
                order.ended = None;
            }
        }
        for record in self.people.holding(message, &people) {
            let record = self.people.record_mut(record);
            record.markers.retain(|m| !of(&m.stamp));
            record.arrests.retain(|(s, _)| !of(s));
            record.releases.retain(|r| !of(&r.stamp));
            record.told.retain(|t| !of(&t.stamp));
            record.support.retain(|s| !of(&s.stamp));
            record.considered.retain(|c| !of(&c.stamp));
            record.maracs.retain(|m| !of(&m.stamp));
            record.disclosures.retain(|d| !of(&d.stamp));
            record.reviewed.retain(|s| !of(s));
            touched.push(record.id);
        }
        for record in touched {
            touch.person(record, Aspects::ALL);
            self.touch_incidents_of(record, Aspects::ALL, touch);
        }
        if self.checks.retract(message) {
            for incident in self.incidents.values_mut() {
                let before = incident.checks.len();
                incident.checks.retain(|c| !of(&c.stamp));
                if incident.checks.len() < before {
                    touch.incident(incident.id, Aspects::CHECK);
                }
            }
        }
        for id in calls {
            let Some(call) = self.calls.get_mut(&id) else { continue };
            if call.ended.as_ref().is_some_and(|(s, _)| of(s)) {
                call.ended = None;
            }
            let backs = call.backs.len();
            call.backs.retain(|(s, _)| !of(s));
            if call.backs.len() < backs {
                touch.call(id);
                self.touch_logs_of(id, touch);
            }
        }
    }
}
