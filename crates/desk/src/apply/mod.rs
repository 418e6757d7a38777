//! Folding an entry into the state. Nothing here evaluates a rule or a link; what may need judging goes on the agenda.

mod care;
mod correction;
mod log;
mod people;
mod touch;
mod unit;

use std::sync::Arc;

use self::touch::Touch;
use self::unit::{move_unit, note_crime};
use crate::aspect::Aspects;
use crate::event::{Changes, Entry, Event, FoundSign, Taken};
use crate::incident::{
    Arrest, Assessment, Contact, Ending, EntryKind, Grading, Link, Opening, Outcome, Passing, Start, Telling,
};
use crate::message::{Body, CallEnd, Message, OrderKind, OutcomeKind, Person, Role, StaffRole, ToldWhat, Tool};
use crate::person::{Answer, Marked, Released, Told, phone, place};
use crate::review::StaffEvent;
use crate::stamp::{FlagId, RecordId, Stamp, insert_by_time};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::{Agenda, Standing, content_words};

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
                self.touch_tied([found.of, found.with], &mut touch);
            }
            Some(Event::FlagRaised(raised)) => {
                self.touch_shown(raised.incident, &mut touch);
                let flag = self.flags.raise((**raised).clone(), entry.known, entry.seq);
                self.reviews.flag_raised(flag, entry.seq);
                self.recognise(flag, Some(entry.known), &mut touch);
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
                self.recognise(*flag, None, &mut touch);
            }
            Some(Event::FlagShadowed(raised)) => self.switches.cast(raised, entry.known),
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
                    touch.agenda.begin_anew(self);
                }
                touch.changes.lists = true;
            }
            Some(Event::PaceSet { times }) => self.pace = (*times).max(1),
            Some(Event::Staff(event)) => {
                self.apply_staff(event, entry, touch.agenda, &mut touch.changes);
                if matches!(event, StaffEvent::RuleSwitched { .. }) {
                    // What it would have raised while it was off, and what still holds of that, is judged now.
                    touch.agenda.begin_anew(self);
                }
                if let StaffEvent::Joined { a, b, .. } | StaffEvent::Split { a, b, .. } = event {
                    touch.live = true;
                    self.touch_tied([*a, *b], &mut touch);
                }
            }
        }
        touch.changes
    }

    /// A flag that is the desk's own recognition makes its incident domestic abuse, for as long as it is not withdrawn.
    fn recognise(&mut self, flag: FlagId, since: Option<Timestamp>, touch: &mut Touch) {
        let Some(raised) = self.flags.get(flag).map(|f| &f.now) else { return };
        if !self.policy.rule(&raised.rule).is_some_and(|r| r.recognises) {
            return;
        }
        let Some(incident) = raised.incident.and_then(|id| self.incidents.get_mut(&id)) else { return };
        incident.recognised = since;
        let id = incident.id;
        touch.incident(id, Aspects::ALL);
        self.touch_others(id, Aspects::HISTORY, touch);
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
                    self.note_elsewhere(id, self.policy.is_elsewhere(location), stamp, touch);
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
                    self.note_elsewhere(id, self.policy.is_elsewhere(location), stamp, touch);
                    touch.incident(id, Aspects::PEOPLE.and(Aspects::CHECK));
                }
            }
            Body::Involved { role, person, relationship } => {
                let Some(id) = on else { return };
                self.involve(id, *role, person, *relationship, stamp, touch);
                self.note_elsewhere(id, self.policy.is_person_elsewhere(person), stamp, touch);
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
                let coded_da = coding.as_ref().is_some_and(|c| c.da);
                if let Some(coding) = coding {
                    insert_by_time(&mut incident.codings, coding, |c| c.stamp.at);
                }
                if !closed && let Some(grade) = incident.grade() {
                    let grading = Grading { stamp: stamp.clone(), grade, reasoned: true, start: Start::Reopening };
                    insert_by_time(&mut incident.gradings, grading, |g| g.stamp.at);
                }
                let id = incident.id;
                touch.incident(id, Aspects::ALL);
                if coded_da {
                    self.touch_others(id, Aspects::HISTORY, touch);
                }
            }
            Body::Passed { .. } | Body::Accepted { .. } | Body::Returned { .. } => {
                let kind = EntryKind::of(message.body.type_name());
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                insert_by_time(&mut incident.passings, Passing { stamp: stamp.clone(), kind }, |p| p.stamp.at);
                touch.incident(incident.id, Aspects::ENDING.and(Aspects::PASSED).and(Aspects::TOLD));
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
                    answers: answers.iter().map(|(q, a)| (q.as_str().into(), a.as_str().into())).collect(),
                    words: if fell { reason.map(content_words).unwrap_or_default() } else { Vec::new() },
                };
                insert_by_time(&mut incident.assessments, assessment, |a| a.stamp.at);
                let id = incident.id;
                self.count_unmapped(*tool, answers.keys());
                touch.incident(id, Aspects::ASSESSED);
                self.touch_custody(id, touch);
                self.touch_others(id, Aspects::ELSEWHERE, touch);
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
                let record = person.as_ref().map(|p| self.name(id, role, p, stamp, touch));
                let detailed = detail.as_deref().is_some_and(|d| !d.trim().is_empty());
                if let (OutcomeKind::Arrest, Some(record)) = (kind, record) {
                    self.people.record_mut(record).arrests.push((stamp.clone(), Some(id)));
                    self.touch_incidents_of(record, Aspects::CUSTODY, touch);
                    // A release after it is a release from this.
                    self.touch_judged(record, touch);
                }
                let offences = match (kind, detail) {
                    (OutcomeKind::CrimeRecorded, Some(detail)) => self.policy.offences_of(detail),
                    _ => Vec::new(),
                };
                let Some(incident) = self.incidents.get_mut(&id) else { return };
                let outcome = Outcome { stamp: stamp.clone(), kind: *kind, record, detailed, offences };
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
            Body::CallStarted { call, line, from, handler, location, sip } => {
                let id = self.call_for(call);
                self.name_session(id, sip.as_deref());
                let from: Option<Arc<str>> =
                    from.as_deref().filter(|f| *f != "withheld").and_then(phone).map(Arc::from);
                let at = location.as_ref().and_then(place).map(Arc::from);
                let Some(known) = self.calls.get_mut(&id) else { return };
                (known.line, known.from, known.place) = (*line, from.clone(), at);
                known.handler = handler.as_deref().map(Arc::from);
                // Told of a second time, it counts where it stands now, and no longer where it stood.
                let before = known.started.replace(stamp.clone()).map_or(stamp.at, |s| s.at);
                match (known.incident, from) {
                    (Some(incident), from) => {
                        if let Some(from) = from {
                            self.note_elsewhere(incident, self.policy.is_number_elsewhere(&from), stamp, touch);
                            list_once(self.by_number.or_default(&from), incident);
                        }
                        self.touch_logs_of(id, touch);
                    }
                    (None, Some(from)) => {
                        self.touch_called(&from, stamp.at.min(before), touch);
                        list_once(self.loose_calls.or_default(&from), id);
                    }
                    (None, None) => {}
                }
                if self.calls.get(&id).is_some_and(|c| c.ended.is_some()) {
                    touch.call(id);
                }
                if let Some(incident) = on {
                    self.attach(id, incident, touch);
                    self.contact(incident, id, stamp, touch);
                }
            }
            Body::CallEnded { call, how } => {
                let id = self.call_for(call);
                let Some(known) = self.calls.get_mut(&id) else { return };
                known.ended = Some((stamp.clone(), *how));
                self.touch_logs_of(id, touch);
                if matches!(how, CallEnd::Abandoned | CallEnd::Silent | CallEnd::Silent55) {
                    touch.call(id);
                }
            }
            Body::CallBack { call, answered_by } => {
                let id = self.call_for(call);
                let Some(known) = self.calls.get_mut(&id) else { return };
                insert_by_time(&mut known.backs, (stamp.clone(), *answered_by), |b| b.0.at);
                self.touch_logs_of(id, touch);
                touch.call(id);
            }
            Body::CallAttached { call, .. } => {
                let Some(incident) = on else { return };
                let id = self.call_for(call);
                self.attach(id, incident, touch);
                let when = self.calls.get(&id).and_then(|c| c.started.clone()).map_or(stamp.at, |s| s.at);
                self.contact(incident, id, &Stamp { at: when, ..stamp.clone() }, touch);
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
                self.touch_loose_calls_of(record, touch);
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
                self.touch_judged(record, touch);
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
                let policy = self.policy.clone();
                let Some(incident) = on.and_then(|id| self.incidents.get_mut(&id)) else { return };
                note_crime(incident, crime, &message.body, &policy, stamp);
                let id = incident.id;
                touch.incident(id, Aspects::CRIME);
                if incident_harm(&message.body) {
                    self.touch_others(id, Aspects::CRIME, touch);
                }
            }
            Body::Told { what, person, about } => {
                let record = self.mention_maybe(person, stamp, on, Role::Victim);
                let about = about.as_ref().map(|p| self.mention_maybe(p, stamp, on, Role::Suspect));
                self.people.record_mut(record).told.push(Told { stamp: stamp.clone(), what: *what, about });
                if let Some(about) = about {
                    let told_to = &mut self.people.record_mut(about).told_to;
                    if !told_to.contains(&record) {
                        told_to.push(record);
                    }
                    self.touch_incidents_of(record, Aspects::CUSTODY, touch);
                }
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
            Body::Act { kind, answers, record, to, .. } => {
                let by_supervisor =
                    stamp.by.as_ref().is_some_and(|by| self.staff.get(by) == Some(&StaffRole::Supervisor));
                self.act(
                    *kind,
                    answers.as_deref(),
                    record.as_deref().zip(to.as_deref()),
                    by_supervisor,
                    on,
                    stamp,
                    touch,
                );
            }
            other => self.care(other, on, stamp, touch),
        }
    }
}

/// Whether a crime's message scores its harm, which the pair's other incidents are held against.
fn incident_harm(body: &Body) -> bool {
    matches!(body, Body::CrimeRecorded { harm: Some(_), .. } | Body::CrimeAllocated { harm: Some(_), .. })
}

fn list_once<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
