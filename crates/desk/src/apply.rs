//! Folding an entry into the state. Nothing here evaluates a rule or a link; what may need judging goes on the agenda.

use std::sync::Arc;

use crate::aspect::Aspects;
use crate::call::Call;
use crate::event::{Changes, Entry, Event, FoundSign, Taken};
use crate::incident::{
    Act, Arrest, Assessment, Coding, Contact, Crime, Ending, EntryKind, Grading, Incident, Involvement, Link, LogEntry,
    Opening, Outcome, Passing, Past, Place, Sign, Start, Stint, Telling,
};
use crate::message::{Body, CallEnd, Level, Message, OrderKind, OutcomeKind, Person, Role, StaffRole, ToldWhat, Tool};
use crate::order::Order;
use crate::person::{Answer, Marked, Released, Told, phone, place};
use crate::stamp::{CallId, IncidentId, OrderId, RecordId, Stamp, insert_by_time};
use crate::state::{QUIET_FOR, State};
use crate::time::{Period, Timestamp};
use crate::watch::{Agenda, Standing, Subject, content_words};

/// One day, for the sweep of quiet incidents.
const DAY_MS: i64 = 86_400_000;

/// A call that belongs to no incident is remembered for this long (D).
const LOOSE_CALL_FOR: Period = Period::hours(24 * 14);

/// What a message touched, gathered while it is folded.
struct Touch<'a> {
    agenda: &'a mut Agenda,
    changes: Changes,
    /// Whether what is folded is live; what was known before the force's `live_from` is never judged by itself.
    live: bool,
}

impl Touch<'_> {
    fn incident(&mut self, id: IncidentId, aspects: Aspects) {
        if !self.changes.incidents.contains(&id) {
            self.changes.incidents.push(id);
        }
        self.changes.lists = true;
        if self.live {
            self.agenda.touch(Subject::Incident(id), aspects);
        }
    }

    fn call(&mut self, id: CallId) {
        self.changes.lists = true;
        if self.live {
            self.agenda.touch(Subject::Call(id), Aspects::ALL);
        }
    }

    fn person(&mut self, id: RecordId, aspects: Aspects) {
        if !self.changes.records.contains(&id) {
            self.changes.records.push(id);
        }
        if self.live {
            self.agenda.touch(Subject::Person(id), aspects);
        }
    }
}

impl State {
    /// Folds one entry.
    pub(crate) fn apply(&mut self, entry: &Entry, agenda: &mut Agenda) -> Changes {
        self.seq = entry.seq;
        self.clock = self.clock.max(entry.known);
        let live = self.policy.live_from.is_none_or(|from| entry.known >= from);
        let mut touch = Touch { agenda, changes: Changes::default(), live };
        match &entry.event {
            None => {}
            Some(Event::Taken(taken)) => {
                self.hear(&taken.feed, taken, entry.known);
                self.take(taken, entry, &mut touch);
                self.sweep();
            }
            Some(Event::Matched { found, .. }) => {
                self.people.note_match((**found).clone());
                for record in [found.of, found.with] {
                    self.touch_incidents_of(record, Aspects::ALL, &mut touch);
                }
            }
            Some(Event::FlagRaised(raised)) => {
                self.touch_shown(raised.incident, &mut touch);
                let flag = self.flags.raise((**raised).clone(), entry.known, entry.seq);
                self.reviews.flag_raised(flag, entry.seq);
            }
            Some(Event::FlagGrew { flag, now }) => {
                self.touch_shown(now.incident, &mut touch);
                self.reviews.flag_grows(&self.flags, *flag, now, false, entry.seq);
                self.flags.grow(*flag, now, None);
            }
            Some(Event::FlagRose { flag, severity, now }) => {
                self.touch_shown(now.incident, &mut touch);
                self.reviews.flag_grows(&self.flags, *flag, now, true, entry.seq);
                self.flags.grow(*flag, now, Some((entry.known, *severity)));
            }
            Some(Event::FlagAnswered { flag, how }) => {
                self.touch_shown(self.flags.get(*flag).and_then(|f| f.now.incident), &mut touch);
                self.reviews.flag_stands(*flag, entry.seq);
                self.flags.stand(*flag, Standing::Answered { at: entry.known, how: how.clone() });
            }
            Some(Event::FlagWithdrawn { flag, why }) => {
                self.touch_shown(self.flags.get(*flag).and_then(|f| f.now.incident), &mut touch);
                self.reviews.flag_stands(*flag, entry.seq);
                self.flags.stand(*flag, Standing::Withdrawn { at: entry.known, why: why.clone() });
            }
            Some(Event::FeedSilent { feed, since }) => {
                self.feeds.entry(feed.clone()).or_default().silent_since = Some(*since);
                touch.changes.lists = true;
            }
            Some(Event::FeedBack { feed }) => {
                self.feeds.entry(feed.clone()).or_default().silent_since = None;
                touch.changes.lists = true;
                if self.feeds.values().all(|f| f.silent_since.is_none()) {
                    touch.agenda.unpark();
                }
            }
            Some(Event::PolicySet { text, .. }) => {
                if let Ok(policy) = crate::watch::Policy::parse(text) {
                    self.policy = Arc::new(policy);
                    *touch.agenda = Agenda::of_everything(self);
                }
                touch.changes.lists = true;
            }
            Some(Event::Staff(event)) => self.apply_staff(event, entry, touch.agenda, &mut touch.changes),
        }
        touch.changes
    }

    /// When the first feed that can fall silent will have.
    pub(crate) fn silence_due(&self) -> Option<Timestamp> {
        let waiting = self.feeds.values().filter(|f| f.sends_alive && f.silent_since.is_none());
        waiting.map(|f| f.last_heard.plus(self.policy.feed_silence)).min()
    }

    fn hear(&mut self, feed: &Arc<str>, taken: &Taken, known: Timestamp) {
        let health = self.feeds.entry(feed.clone()).or_default();
        health.last_heard = health.last_heard.max(known);
        health.taken += 1;
        health.sends_alive |= matches!(taken.message.body, Body::Alive { .. });
    }

    fn touch_shown(&self, incident: Option<IncidentId>, touch: &mut Touch) {
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

    fn touch_incidents_of(&mut self, record: RecordId, aspects: Aspects, touch: &mut Touch) {
        for id in self.live_incidents_of(record) {
            if aspects == Aspects::ALL {
                self.know_pair(id, self.clock);
            }
            touch.incident(id, aspects);
        }
    }

    /// Touches the other incidents of an incident's victims: what happens here can answer or raise something there.
    fn touch_others(&mut self, id: IncidentId, aspects: Aspects, touch: &mut Touch) {
        let victims: Vec<RecordId> = self.incidents.get(&id).map(|i| i.victims().collect()).unwrap_or_default();
        for victim in victims {
            for other in self.live_incidents_of(victim) {
                if other != id {
                    touch.incident(other, aspects);
                }
            }
        }
    }

    /// Touches the incidents of everybody whom somebody is known as a suspect to.
    fn touch_victims_of(&mut self, suspect: RecordId, aspects: Aspects, touch: &mut Touch) {
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
    fn touch_seen(&mut self, id: IncidentId, touch: &mut Touch) {
        touch.incident(id, Aspects::SEEN);
        self.touch_others(id, Aspects::SEEN, touch);
    }

    /// The incident of that reference, opened as a bare one if nobody has heard of it, and fetched from history if it was there.
    fn incident_for(&mut self, reference: &str, known: Timestamp) -> IncidentId {
        if let Some(id) = self.find(reference) {
            if let Some(past) = self.past.remove(&id) {
                self.incidents.insert(id, Box::new(past.revive(id)));
            }
            return id;
        }
        let id = IncidentId(u32::try_from(self.by_reference.len()).unwrap_or(u32::MAX));
        let reference: Arc<str> = reference.into();
        self.by_reference.insert(reference.clone(), id);
        self.incidents.insert(id, Box::new(Incident::bare(id, reference, known)));
        id
    }

    fn call_for(&mut self, reference: &str) -> CallId {
        if let Some(id) = self.call_by_reference.get(reference) {
            return *id;
        }
        let id = CallId(self.calls_ever);
        self.calls_ever += 1;
        let reference: Arc<str> = reference.into();
        self.call_by_reference.insert(reference.clone(), id);
        self.calls.insert(id, Call::bare(id, reference));
        id
    }

    /// Keeps of quiet incidents and old calls only what history needs. Once a day of the desk's clock.
    fn sweep(&mut self) {
        let day = self.clock.ms().div_euclid(DAY_MS);
        if day == self.swept {
            return;
        }
        self.swept = day;
        let quiet_since = self.clock.minus(QUIET_FOR);
        let quiet: Vec<IncidentId> = self
            .incidents
            .iter()
            .filter(|(id, i)| {
                i.last_known < quiet_since && !self.flags.of_incident(**id).any(crate::watch::Flag::is_open)
            })
            .map(|(id, _)| *id)
            .collect();
        for id in quiet {
            if let Some(incident) = self.incidents.remove(&id) {
                self.past.insert(id, Past::of(*incident));
            }
        }
        let old = self.clock.minus(LOOSE_CALL_FOR);
        let gone: Vec<CallId> = self
            .calls
            .iter()
            .filter(|(_, c)| {
                c.began_at().is_none_or(|at| at < old) && c.incident.is_none_or(|i| !self.incidents.contains_key(&i))
            })
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            if let Some(call) = self.calls.remove(&id) {
                self.call_by_reference.remove(&call.reference);
                if let Some(list) = call.from.as_ref().and_then(|from| self.loose_calls.get_mut(from)) {
                    list.retain(|c| *c != id);
                }
            }
        }
        self.loose_calls.retain(|_, list| !list.is_empty());
    }

    fn take(&mut self, taken: &Taken, entry: &Entry, touch: &mut Touch) {
        let message = &taken.message;
        let stamp = Stamp {
            at: message.at,
            known: entry.known,
            seq: entry.seq,
            id: message.id.as_str().into(),
            by: message.by.as_deref().map(Arc::from),
        };
        self.fold(message, &taken.signs, &stamp, touch);
        if let Body::Corrected { corrects, withdrawn, .. } = &message.body {
            self.correct(corrects, *withdrawn, taken.now.as_ref(), &stamp, message, touch);
        }
    }

    fn correct(
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
    }

    /// Takes back what a withdrawn message said about people, orders and calls: those of its incident, where it has one.
    fn retract_elsewhere(&mut self, message: &str, on: Option<IncidentId>, touch: &mut Touch) {
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
            touched.push(record.id);
        }
        for record in touched {
            touch.person(record, Aspects::ALL);
            self.touch_incidents_of(record, Aspects::ALL, touch);
        }
        for id in calls {
            let Some(call) = self.calls.get_mut(&id) else { continue };
            if call.ended.as_ref().is_some_and(|(s, _)| of(s)) {
                call.ended = None;
            }
            call.backs.retain(|(s, _)| !of(s));
        }
    }

    #[allow(clippy::too_many_lines)]
    fn fold(&mut self, message: &Message, signs: &[FoundSign], stamp: &Stamp, touch: &mut Touch) {
        let on = message.incident.as_deref().map(|reference| self.incident_for(reference, stamp.known));
        if let Some(id) = on {
            self.log(id, message, signs, stamp, touch);
        }
        match &message.body {
            Body::Opened { channel, grade, code, qualifiers, location, call, .. } => {
                let Some(id) = on else { return };
                let call = call.as_deref().map(|c| self.call_for(c));
                if let Some(call) = call {
                    self.attach(call, id, touch);
                }
                let coding =
                    (code.is_some() || !qualifiers.is_empty()).then(|| self.coding(code.as_deref(), qualifiers, stamp));
                let Some(incident) = self.incidents.get_mut(&id) else { return };
                incident.opening = Some(Opening { stamp: stamp.clone(), channel: *channel, call });
                // A contact that came first by the call alone is the same contact as the incident it opens.
                incident.contacts.retain(|c| call.is_none() || c.call != call);
                insert_by_time(&mut incident.contacts, Contact { stamp: stamp.clone(), call }, |c| c.stamp.at);
                if let Some(grade) = grade {
                    let grading =
                        Grading { stamp: stamp.clone(), grade: *grade, reasoned: true, start: Start::Opening };
                    insert_by_time(&mut incident.gradings, grading, |g| g.stamp.at);
                }
                if let Some(coding) = coding {
                    insert_by_time(&mut incident.codings, coding, |c| c.stamp.at);
                }
                if let Some(location) = location {
                    self.locate(id, location);
                }
                touch.incident(id, Aspects::ALL);
                self.touch_others(id, Aspects::HISTORY, touch);
            }
            Body::Graded { grade, reason } => {
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                let reasoned = reason.as_deref().is_some_and(|r| !r.trim().is_empty());
                let grading = Grading { stamp: stamp.clone(), grade: *grade, reasoned, start: Start::Regrade };
                insert_by_time(&mut incident.gradings, grading, |g| g.stamp.at);
                touch.incident(incident.id, Aspects::GRADE);
            }
            Body::Coded { code, qualifiers } => {
                let coding = self.coding(code.as_deref(), qualifiers, stamp);
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                insert_by_time(&mut incident.codings, coding, |c| c.stamp.at);
                let id = incident.id;
                touch.incident(id, Aspects::ALL);
                self.touch_others(id, Aspects::HISTORY, touch);
            }
            Body::Located { location } => {
                if let Some(id) = on {
                    self.locate(id, location);
                    touch.incident(id, Aspects::PEOPLE);
                }
            }
            Body::Involved { role, person, relationship } => {
                let Some(id) = on else { return };
                self.involve(id, *role, person, *relationship, stamp, touch);
            }
            Body::Linked { to, .. } | Body::Unlinked { to, .. } => {
                let Some(id) = on else { return };
                let to = self.incident_for(to, stamp.known);
                let linked = matches!(message.body, Body::Linked { .. });
                for (one, other) in [(id, to), (to, id)] {
                    if let Some(incident) = self.incidents.get_mut(&one) {
                        incident.links.retain(|l| l.to != other);
                        if linked {
                            incident.links.push(Link { stamp: stamp.clone(), to: other });
                        }
                    }
                    touch.incident(one, Aspects::HISTORY);
                }
            }
            Body::Merged { into } => {
                let Some(id) = on else { return };
                let into = self.incident_for(into, stamp.known);
                self.merge(id, into, stamp, touch);
            }
            Body::Closed { code, .. } | Body::Reopened { code, .. } => {
                let closed = matches!(message.body, Body::Closed { .. });
                let coding = code.as_deref().map(|c| self.coding(Some(c), &[], stamp));
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                insert_by_time(&mut incident.endings, Ending { stamp: stamp.clone(), closed }, |e| e.stamp.at);
                if let Some(coding) = coding {
                    insert_by_time(&mut incident.codings, coding, |c| c.stamp.at);
                }
                if !closed && let Some(grade) = incident.grade() {
                    let grading = Grading { stamp: stamp.clone(), grade, reasoned: true, start: Start::Reopening };
                    insert_by_time(&mut incident.gradings, grading, |g| g.stamp.at);
                }
                touch.incident(incident.id, Aspects::ALL);
            }
            Body::Passed { .. } | Body::Accepted { .. } | Body::Returned { .. } => {
                let kind = EntryKind::of(message.body.type_name());
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                insert_by_time(&mut incident.passings, Passing { stamp: stamp.clone(), kind }, |p| p.stamp.at);
                touch.incident(incident.id, Aspects::ENDING);
            }
            Body::Assessed { tool, answers, level, reason } => {
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                let fell = level.is_some_and(|l| incident.level().is_some_and(|before| l < before));
                let reason = reason.as_deref().filter(|r| !r.trim().is_empty());
                let assessment = Assessment {
                    stamp: stamp.clone(),
                    tool: *tool,
                    level: *level,
                    reasoned: reason.is_some(),
                    yes: u16::try_from(answers.values().filter(|a| *a == "yes").count()).unwrap_or(u16::MAX),
                    answers: answers.iter().map(|(q, a)| (q.as_str().into(), a.as_str().into())).collect(),
                    words: if fell { reason.map(content_words).unwrap_or_default() } else { Vec::new() },
                };
                insert_by_time(&mut incident.assessments, assessment, |a| a.stamp.at);
                let id = incident.id;
                touch.incident(id, Aspects::ASSESSED);
                if *tool != Tool::Thrive {
                    self.touch_seen(id, touch);
                }
            }
            Body::Outcome { kind, person, detail } => {
                let Some(id) = on else { return };
                let role = if *kind == OutcomeKind::Arrest || *kind == OutcomeKind::VoluntaryInterview {
                    Role::Suspect
                } else {
                    Role::Victim
                };
                let record = person.as_ref().map(|p| self.mention(p, stamp, id, role).0);
                let detailed = detail.as_deref().is_some_and(|d| !d.trim().is_empty());
                if let (OutcomeKind::Arrest, Some(record)) = (kind, record) {
                    self.people.record_mut(record).arrests.push((stamp.clone(), Some(id)));
                    self.touch_incidents_of(record, Aspects::CUSTODY, touch);
                }
                let Some(incident) = self.incidents.get_mut(&id) else { return };
                let outcome = Outcome { stamp: stamp.clone(), kind: *kind, record, detailed };
                insert_by_time(&mut incident.outcomes, outcome, |o| o.stamp.at);
                touch.incident(id, Aspects::OUTCOME);
                match kind {
                    OutcomeKind::VictimSeen => self.touch_seen(id, touch),
                    OutcomeKind::Arrest => {
                        touch.incident(id, Aspects::CUSTODY);
                        self.touch_seen(id, touch);
                    }
                    OutcomeKind::VoluntaryInterview => touch.incident(id, Aspects::CUSTODY),
                    OutcomeKind::CrimeRecorded => touch.incident(id, Aspects::CRIME),
                    _ => {}
                }
            }
            Body::UnitAssigned { unit } | Body::UnitArrived { unit } | Body::UnitLeft { unit } => {
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                move_unit(incident, unit, &message.body, stamp);
                let id = incident.id;
                touch.incident(id, Aspects::UNITS);
                if matches!(message.body, Body::UnitArrived { .. }) {
                    // What was recorded before the word of the arrival came counts as having seen her from now on.
                    self.touch_seen(id, touch);
                }
            }
            Body::UnitTold { unit, .. } => {
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                let telling = Telling { stamp: stamp.clone(), unit: unit.as_deref().map(Arc::from) };
                insert_by_time(&mut incident.tellings, telling, |t| t.stamp.at);
                touch.incident(incident.id, Aspects::TOLD);
            }
            Body::CallStarted { call, line, from, handler, location, .. } => {
                let id = self.call_for(call);
                let from: Option<Arc<str>> =
                    from.as_deref().filter(|f| *f != "withheld").and_then(phone).map(Arc::from);
                let at = location.as_ref().and_then(place).map(Arc::from);
                let Some(known) = self.calls.get_mut(&id) else { return };
                (known.line, known.from, known.place) = (*line, from.clone(), at);
                known.handler = handler.as_deref().map(Arc::from);
                known.started = Some(stamp.clone());
                match (known.incident, from) {
                    (Some(incident), from) => {
                        if let Some(from) = from {
                            list_once(self.by_number.entry(from).or_default(), incident);
                        }
                        touch.incident(incident, Aspects::CALL);
                    }
                    (None, Some(from)) => {
                        self.touch_called(&from, stamp.at, touch);
                        list_once(self.loose_calls.entry(from).or_default(), id);
                    }
                    (None, None) => {}
                }
                if self.calls.get(&id).is_some_and(|c| c.ended.is_some()) {
                    touch.call(id);
                }
                if let Some(incident) = on {
                    self.attach(id, incident, touch);
                    self.contact(incident, id, stamp);
                }
            }
            Body::CallEnded { call, how } => {
                let id = self.call_for(call);
                let Some(known) = self.calls.get_mut(&id) else { return };
                known.ended = Some((stamp.clone(), *how));
                if let Some(incident) = known.incident {
                    touch.incident(incident, Aspects::CALL);
                }
                if matches!(how, CallEnd::Abandoned | CallEnd::Silent | CallEnd::Silent55) {
                    touch.call(id);
                }
            }
            Body::CallBack { call, answered_by } => {
                let id = self.call_for(call);
                let Some(known) = self.calls.get_mut(&id) else { return };
                insert_by_time(&mut known.backs, (stamp.clone(), *answered_by), |b| b.0.at);
                if let Some(incident) = known.incident {
                    touch.incident(incident, Aspects::CALL);
                }
                touch.call(id);
            }
            Body::CallAttached { call, .. } => {
                let Some(incident) = on else { return };
                let id = self.call_for(call);
                self.attach(id, incident, touch);
                let when = self.calls.get(&id).and_then(|c| c.started.clone()).map_or(stamp.at, |s| s.at);
                self.contact(incident, id, &Stamp { at: when, ..stamp.clone() });
            }
            Body::OrderMade { order, kind, subject, protects, from, until, .. } => {
                let parties = (subject, protects.as_slice());
                self.make_order(order, *kind, parties, (from.unwrap_or(stamp.at), *until), stamp, touch);
            }
            Body::OrderEnded { order, .. } => {
                let Some(id) = self.order_by_reference.get(order.as_str()).copied() else { return };
                self.orders[id.at()].ended = Some(stamp.clone());
                self.touch_protected(id, touch);
            }
            Body::Marked { person, marker, until } => {
                let (record, _) = self.people.mention(person, stamp, None, &[]);
                let marked = Marked { stamp: stamp.clone(), marker: *marker, until: *until };
                self.people.record_mut(record).markers.push(marked);
                self.touch_incidents_of(record, Aspects::MARKER, touch);
                touch.person(record, Aspects::MARKER);
            }
            Body::PersonMerged { from, to } => {
                let by_ref = |reference: &String| Person { ref_: Some(reference.clone()), ..Person::default() };
                let (a, _) = self.people.mention(&by_ref(from), stamp, None, &[]);
                let (b, _) = self.people.mention(&by_ref(to), stamp, None, &[]);
                self.people.join(a, b);
                self.people.answer_match(a, b, Answer::Same);
                self.touch_incidents_of(a, Aspects::ALL, touch);
            }
            Body::Arrested { person, .. } => {
                let record = self.mention_maybe(person, stamp, on, Role::Suspect);
                self.people.record_mut(record).arrests.push((stamp.clone(), on));
                if let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) {
                    incident.arrests.push(Arrest { stamp: stamp.clone(), record });
                }
                self.touch_incidents_of(record, Aspects::CUSTODY, touch);
            }
            Body::Released { person, how, conditions, protects } => {
                let record = self.mention_maybe(person, stamp, on, Role::Suspect);
                let protected: Vec<RecordId> =
                    protects.iter().map(|p| self.mention_maybe(p, stamp, on, Role::Victim)).collect();
                let released = Released {
                    stamp: stamp.clone(),
                    how: *how,
                    incident: on,
                    protects: protected,
                    conditions: !conditions.is_empty(),
                };
                self.people.record_mut(record).releases.push(released);
                self.people.record_mut(record).releases.sort_by_key(|r| (r.stamp.at, r.stamp.seq));
                if !conditions.is_empty() && !protects.is_empty() {
                    let kind = if *how == crate::message::Release::PrisonRelease {
                        OrderKind::LicenceCondition
                    } else {
                        OrderKind::BailCondition
                    };
                    let parties = (person, protects.as_slice());
                    self.make_order(&stamp.id.clone(), kind, parties, (stamp.at, None), stamp, touch);
                }
                self.touch_incidents_of(record, Aspects::CUSTODY, touch);
                self.touch_victims_of(record, Aspects::CUSTODY, touch);
                touch.person(record, Aspects::ALL);
            }
            Body::CrimeRecorded { crime, .. }
            | Body::CrimeAllocated { crime, .. }
            | Body::CrimeClosed { crime, .. } => {
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                note_crime(incident, crime, &message.body, stamp);
                touch.incident(incident.id, Aspects::CRIME);
            }
            Body::Told { what, person, about } => {
                let record = self.mention_maybe(person, stamp, on, Role::Victim);
                let about = about.as_ref().map(|p| self.mention_maybe(p, stamp, on, Role::Suspect));
                self.people.record_mut(record).told.push(Told { stamp: stamp.clone(), what: *what, about });
                if *what == ToldWhat::Release {
                    for suspect in self.suspects_of(record) {
                        touch.person(suspect, Aspects::CUSTODY);
                    }
                    if let Some(about) = about {
                        touch.person(about, Aspects::CUSTODY);
                    }
                }
            }
            Body::StaffListed { staff, role, person, .. } => {
                self.staff.insert(staff.as_str().into(), *role);
                if let Some(person) = person {
                    let (record, _) = self.people.mention(person, stamp, None, &[]);
                    self.staff_records.insert(staff.as_str().into(), record);
                }
            }
            Body::Act { kind, rule, record, to, .. } => {
                let by_supervisor =
                    stamp.by.as_ref().is_some_and(|by| self.staff.get(by) == Some(&StaffRole::Supervisor));
                self.act(*kind, rule.as_deref(), record.as_deref().zip(to.as_deref()), by_supervisor, on, stamp, touch);
            }
            _ => {}
        }
    }

    /// Notes the message on the incident's log, with the indicators found in it.
    fn log(&mut self, id: IncidentId, message: &Message, signs: &[FoundSign], stamp: &Stamp, touch: &mut Touch) {
        let type_name = message.body.type_name();
        let system = stamp.by.as_ref().is_none_or(|by| self.policy.systems.contains(by));
        let Some(incident) = self.incidents.get_mut(&id) else { return };
        incident.last_known = incident.last_known.max(stamp.known);
        let wakes = matches!(
            message.body,
            Body::Opened { .. }
                | Body::Reopened { .. }
                | Body::Graded { .. }
                | Body::Logged { .. }
                | Body::CallAttached { .. }
                | Body::CallStarted { .. }
                | Body::UnitAssigned { .. }
                | Body::UnitArrived { .. }
        );
        incident.asleep &= !wakes;
        let assessed_above_standard = incident.assessments.iter().any(|a| a.level > Some(Level::Standard));
        let words = match message.body.text() {
            Some((_, text)) if assessed_above_standard => content_words(text),
            _ => Vec::new(),
        };
        let by_person = !system && type_name.starts_with("incident.");
        let entry = LogEntry { stamp: stamp.clone(), kind: EntryKind::of(type_name), by_person, words };
        insert_by_time(&mut incident.entries, entry, |e| e.stamp.at);
        let told = type_name == "unit.told";
        for sign in signs {
            let sign = Sign {
                stamp: stamp.clone(),
                indicator: sign.indicator.clone(),
                start: sign.start,
                end: sign.end,
                stated: sign.stated,
                risk: sign.risk,
                told,
            };
            insert_by_time(&mut incident.signs, sign, |s| s.stamp.at);
        }
        let mut aspects = if by_person { Aspects::ENTRY } else { Aspects::NONE };
        if !signs.is_empty() {
            aspects |= Aspects::WORDS;
        }
        if incident.entries.len() == 1 {
            aspects |= Aspects::ALL;
        }
        touch.incident(id, aspects);
    }

    fn coding(&self, code: Option<&str>, qualifiers: &[String], stamp: &Stamp) -> Coding {
        let words = || code.into_iter().chain(qualifiers.iter().map(String::as_str));
        Coding {
            stamp: stamp.clone(),
            code: words().collect::<Vec<_>>().join(", ").into(),
            da: words().any(|w| self.policy.is_da_code(w)),
            offence: words().any(|w| self.policy.is_offence_code(w)),
        }
    }

    fn locate(&mut self, id: IncidentId, location: &crate::message::Location) {
        let Some(key) = place(location) else { return };
        let key: Arc<str> = key.into();
        list_once(self.by_place.entry(key.clone()).or_default(), id);
        if let Some(incident) = self.incidents.get_mut(&id) {
            incident.place = Some(Place { key });
        }
    }

    fn attach(&mut self, call: CallId, incident: IncidentId, touch: &mut Touch) {
        let Some(known) = self.calls.get_mut(&call) else { return };
        known.incident = Some(incident);
        if let Some(from) = known.from.clone() {
            if let Some(list) = self.loose_calls.get_mut(&from) {
                list.retain(|c| *c != call);
            }
            // It was a contact of whoever has the number; from now on it is one of its incident's victims.
            if let Some(began) = self.calls.get(&call).and_then(Call::began_at) {
                self.touch_called(&from, began, touch);
            }
            list_once(self.by_number.entry(from).or_default(), incident);
        }
        if let Some(incident) = self.incidents.get_mut(&incident) {
            list_once(&mut incident.calls, call);
        }
        touch.incident(incident, Aspects::CALL.and(Aspects::HISTORY));
        touch.call(call);
    }

    /// A call on an incident is a contact, unless it is the one that the incident was opened from.
    fn contact(&mut self, incident: IncidentId, call: CallId, stamp: &Stamp) {
        let Some(incident) = self.incidents.get_mut(&incident) else { return };
        if !incident.contacts.iter().any(|c| c.call == Some(call)) {
            let contact = Contact { stamp: stamp.clone(), call: Some(call) };
            insert_by_time(&mut incident.contacts, contact, |c| c.stamp.at);
        }
    }

    fn mention(&mut self, person: &Person, stamp: &Stamp, id: IncidentId, role: Role) -> (RecordId, bool) {
        let same: Vec<RecordId> =
            self.incidents.get(&id).map(|i| i.in_role(role).map(|p| p.record).collect()).unwrap_or_default();
        self.people.mention(person, stamp, Some((id, role)), &same)
    }

    fn mention_maybe(&mut self, person: &Person, stamp: &Stamp, on: Option<IncidentId>, role: Role) -> RecordId {
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

    fn involve(
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
        let involvement = Involvement { stamp: stamp.clone(), role, record, relationship, named: person.is_named() };
        insert_by_time(&mut incident.people, involvement, |p| p.stamp.at);
        let was_da = self.is_da(id);
        self.know_pair(id, stamp.known);
        let came_to_be_da = !was_da && self.is_da(id);
        let aspects = match role {
            Role::Victim => Aspects::PEOPLE.and(Aspects::HISTORY).and(Aspects::SEEN).and(Aspects::CUSTODY),
            Role::Suspect => Aspects::PEOPLE.and(Aspects::CUSTODY),
            _ => Aspects::NONE,
        };
        touch.incident(id, if came_to_be_da { Aspects::ALL } else { aspects });
        if came_to_be_da {
            self.touch_others(id, Aspects::HISTORY, touch);
        }
        if matches!(role, Role::Victim | Role::Suspect) {
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
            if news && touch.live {
                touch.agenda.look_up(record);
            }
        }
    }

    /// Touches her incidents that something happened on after this one was opened: to them this one is history.
    fn touch_later(&mut self, id: IncidentId, victim: RecordId, touch: &mut Touch) {
        let Some(incident) = self.incidents.get(&id) else { return };
        let opened = incident.contacts.first().map_or(incident.opened_at(), |c| c.stamp.at.min(incident.opened_at()));
        for other in self.live_incidents_of(victim) {
            let later =
                self.incidents.get(&other).is_some_and(|i| i.contacts.last().is_some_and(|c| c.stamp.at >= opened));
            if other != id && later {
                touch.incident(other, Aspects::HISTORY);
            }
        }
    }

    /// Touches the incidents of whoever has a number, where a contact came after a call from it: the call was one before it.
    fn touch_called(&mut self, number: &str, at: Timestamp, touch: &mut Touch) {
        for record in self.people.by_phone(number).to_vec() {
            for id in self.live_incidents_of(record) {
                if self.incidents.get(&id).is_some_and(|i| i.contacts.last().is_some_and(|c| c.stamp.at >= at)) {
                    touch.incident(id, Aspects::HISTORY);
                }
            }
        }
    }

    /// Notes that the victim and suspect of an incident are known as a pair from domestic abuse elsewhere.
    pub(crate) fn know_pair(&mut self, id: IncidentId, known: Timestamp) {
        let Some(incident) = self.incidents.get(&id) else { return };
        if incident.is_da() {
            return;
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

    fn merge(&mut self, id: IncidentId, into: IncidentId, stamp: &Stamp, touch: &mut Touch) {
        if id == into {
            return;
        }
        let Some(incident) = self.incidents.get_mut(&id) else { return };
        let bare = Incident::bare(id, incident.reference.clone(), stamp.known);
        let gone = std::mem::replace(incident.as_mut(), bare);
        incident.merged_into = Some(into);
        incident.last_known = stamp.known;
        for call in &gone.calls {
            if let Some(call) = self.calls.get_mut(call) {
                call.incident = Some(into);
            }
        }
        if let Some(goes_on) = self.incidents.get_mut(&into) {
            goes_on.absorb(gone);
        }
        touch.incident(id, Aspects::ALL);
        touch.incident(into, Aspects::ALL);
        self.touch_others(into, Aspects::ALL, touch);
    }

    fn make_order(
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
        self.order_by_reference.insert(reference, id);
        match self.orders.get_mut(id.at()) {
            Some(known) => *known = order,
            None => self.orders.push(order),
        }
        self.touch_protected(id, touch);
    }

    fn touch_protected(&mut self, order: OrderId, touch: &mut Touch) {
        for record in self.orders[order.at()].protects.clone() {
            self.touch_incidents_of(record, Aspects::ORDER, touch);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn act(
        &mut self,
        kind: crate::message::ActKind,
        rule: Option<&str>,
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
            self.touch_incidents_of(a, Aspects::ALL, touch);
            self.touch_incidents_of(b, Aspects::ALL, touch);
        }
        if let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) {
            let act = Act { stamp: stamp.clone(), kind, rule: rule.map(Arc::from), by_supervisor };
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

fn move_unit(incident: &mut Incident, unit: &str, body: &Body, stamp: &Stamp) {
    // Messages about a unit may come in any order: each goes to the stint it fits in time, or opens one.
    let fits = |s: &Stint| match body {
        Body::UnitAssigned { .. } => {
            s.assigned.is_none() && [&s.arrived, &s.left].into_iter().flatten().all(|t| t.at >= stamp.at)
        }
        Body::UnitArrived { .. } => {
            s.arrived.is_none()
                && s.assigned.as_ref().is_none_or(|t| t.at <= stamp.at)
                && s.left.as_ref().is_none_or(|t| t.at >= stamp.at)
        }
        _ => s.left.is_none() && [&s.assigned, &s.arrived].into_iter().flatten().all(|t| t.at <= stamp.at),
    };
    let place = incident.stints.iter().rposition(|s| &*s.unit == unit && fits(s));
    let mut stint = match place {
        Some(place) => incident.stints.remove(place),
        None => Stint { unit: unit.into(), assigned: None, arrived: None, left: None },
    };
    match body {
        Body::UnitAssigned { .. } => stint.assigned = Some(stamp.clone()),
        Body::UnitArrived { .. } => stint.arrived = Some(stamp.clone()),
        _ => stint.left = Some(stamp.clone()),
    }
    insert_by_time(&mut incident.stints, stint, Stint::began_at);
}

fn note_crime(incident: &mut Incident, reference: &str, body: &Body, stamp: &Stamp) {
    let place = incident.crimes.iter().position(|c| &*c.crime == reference).unwrap_or_else(|| {
        let crime =
            Crime { crime: reference.into(), recorded: None, allocated: None, closed: None, suspect_spoken: None };
        incident.crimes.push(crime);
        incident.crimes.len() - 1
    });
    let crime = &mut incident.crimes[place];
    match body {
        Body::CrimeAllocated { .. } => crime.allocated = Some(stamp.clone()),
        Body::CrimeClosed { suspect_spoken, .. } => {
            crime.closed = Some(stamp.clone());
            crime.suspect_spoken = *suspect_spoken;
        }
        _ => crime.recorded = Some(stamp.clone()),
    }
}

fn list_once<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
