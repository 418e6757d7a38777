//! The facts that conditions may ask for. Each names something in the world; none names a rule, holds a limit or compares
//! times for one.

use std::sync::Arc;

use super::item::{Item, Kind, On};
use crate::aspect::Aspects;
use crate::incident::{Grading, Incident, Start};
use crate::message::{ActKind, Level, Marker, OutcomeKind, Release, Role, StaffRole, ToldWhat, Tool};
use crate::stamp::{RecordId, Stamp};
use crate::state::State;
use crate::time::Timestamp;

/// What a fact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A count.
    Count(i64),
    /// An instant; 0 when there is none.
    Instant(i64),
    /// Several instants, oldest first.
    Instants(Vec<i64>),
    /// A word of the contract; empty when there is none.
    Word(&'static str),
    /// A text of the policy's or the desk's own.
    Text(Arc<str>),
}

/// A fact's entry in the catalogue.
pub struct Fact {
    /// Its name.
    pub name: &'static str,
    /// The items it is there for; all when empty.
    pub on: &'static [On],
    /// What can change it.
    pub reads: Aspects,
    /// What it says, in plain words.
    pub says: &'static str,
    get: for<'a> fn(&View<'a>) -> Value,
}

/// Where a fact is looked up.
pub struct View<'a> {
    /// The state.
    pub state: &'a State,
    /// The item.
    pub item: &'a Item<'a>,
}

const ANY: &[On] = &[];

macro_rules! facts {
    ($($name:ident, $on:expr, $reads:expr, $says:literal, $get:expr;)+) => {
        /// Every fact, in the order of the documentation.
        pub static FACTS: &[Fact] = &[$(Fact { name: stringify!($name), on: $on, reads: $reads, says: $says, get: $get }),+];
    };
}

/// A fact by name.
pub fn find(name: &str) -> Option<&'static Fact> {
    static BY_NAME: std::sync::LazyLock<std::collections::BTreeMap<&'static str, &'static Fact>> =
        std::sync::LazyLock::new(|| FACTS.iter().map(|f| (f.name, f)).collect());
    BY_NAME.get(name).copied()
}

impl Fact {
    /// The fact's value for an item.
    pub fn of(&self, view: &View) -> Value {
        (self.get)(view)
    }
}

use Aspects as A;
use Value::{Bool, Count, Instant, Instants, Text, Word};

facts! {
    da, ANY, A::CODE.and(A::PEOPLE), "the incident is domestic abuse, by code, qualifier or a known pair", |v| Bool(v.incident().is_some_and(Incident::is_da));
    incident_open, ANY, A::ENDING, "the log is open", |v| Bool(v.incident().is_some_and(Incident::is_open));
    opened_at, ANY, A::ENDING, "when the incident was opened", |v| Instant(v.incident().map_or(0, |i| i.opened_at().ms()));
    grade, ANY, A::GRADE, "the grade in force", |v| Word(v.incident().and_then(Incident::grade).map_or("", crate::message::Grade::word));
    level, ANY, A::ASSESSED, "the risk level last assessed on the incident, or for a release on the pair's latest", |v| Word(v.level().map_or("", Level::word));
    unit_there, ANY, A::UNITS, "a unit is there", |v| Bool(v.incident().is_some_and(Incident::unit_there));
    unit_sent, ANY, A::UNITS, "a unit was ever assigned or there", |v| Bool(v.incident().is_some_and(|i| !i.stints.is_empty()));
    unit_gone, ANY, A::UNITS, "a unit was there and none is now", |v| Bool(v.incident().is_some_and(|i| i.first_arrival().is_some() && !i.unit_there()));
    attended, ANY, A::UNITS, "a unit arrived", |v| Bool(v.incident().is_some_and(|i| i.first_arrival().is_some()));
    first_arrived_at, ANY, A::UNITS, "when the first unit arrived", |v| at(v.incident().and_then(Incident::first_arrival));
    seen, ANY, A::SEEN, "a unit has seen her since the incident was opened", |v| Bool(v.seen().next().is_some());
    seen_before, ANY, A::SEEN, "a unit had seen her by then", |v| Bool(v.seen().any(|s| s.at <= v.item.at));
    seen_after, ANY, A::SEEN, "a unit has seen her since", |v| Bool(v.seen().any(|s| s.at > v.item.at));
    seen_by_then, &[On::Leaving], A::SEEN, "a unit has seen her since the incident was opened", |v| Bool(v.seen().next().is_some());
    dash_or_dara, ANY, A::ASSESSED, "a DASH or DARA was recorded", |v| Bool(v.incident().is_some_and(|i| i.assessments.iter().any(|a| a.tool != Tool::Thrive)));
    history_mentioned, ANY, A::WORDS, "the log mentions earlier reports", |v| Bool(v.says("history_mentioned"));
    put_off_said, ANY, A::WORDS, "the log says that nobody will go now", |v| Bool(v.says("put_off"));
    offence_alleged, ANY, A::WORDS.and(A::CRIME).and(A::CODE), "words, a code or a recorded crime describe an offence", |v| Bool(v.offence_alleged());
    no_crime, ANY, A::OUTCOME, "it was recorded that there was no crime, with a reason", |v| Bool(v.incident().is_some_and(|i| i.outcomes.iter().any(|o| o.kind == OutcomeKind::NoCrime && o.detailed)));
    risk_signs, ANY, A::WORDS, "indicators in words on the log by then", |v| Count(v.risk_signs());
    has_history, ANY, A::HISTORY.and(A::MARKER), "a victim has earlier domestic abuse incidents, or a marker", |v| Bool(v.has_history());
    order_in_force, ANY, A::ORDER.and(A::HISTORY), "an order known by then protected a victim", |v| Bool(v.order_in_force());
    incident_count, ANY, A::HISTORY.and(A::CODE), "her domestic abuse incidents so far, this one included", |v| Count(count(v.da_incidents().len()));
    da_incidents, &[On::Victim, On::Contact], A::HISTORY.and(A::CODE), "when her domestic abuse incidents were opened, up to this one", |v| Instants(v.da_incidents());
    marked_repeat, ANY, A::MARKER.and(A::HISTORY), "she holds a repeat victim marker then", |v| Bool(v.marked(Marker::RepeatVictim));
    marked_marac, ANY, A::MARKER.and(A::HISTORY), "she holds a MARAC marker then", |v| Bool(v.marked(Marker::Marac));
    handler_acknowledged, ANY, A::ACTS, "somebody acknowledged the history in the desk", |v| Bool(v.acted(ActKind::Acknowledged, "H01"));

    graded, &[On::Grading], A::GRADE, "the grade given", |v| Word(v.grading().map_or("", |(g, _)| g.grade.word()));
    graded_at, &[On::Grading], A::GRADE, "when it was given", |v| Instant(v.item.at.ms());
    graded_before, &[On::Grading], A::GRADE, "the grade before", |v| Word(v.grading().and_then(|(_, b)| b).map_or("", |b| b.grade.word()));
    grade_lowered, &[On::Grading], A::GRADE, "the grade before was more urgent", |v| Bool(v.grade_lowered());
    grading_reasoned, &[On::Grading], A::GRADE, "a reason was written with it", |v| Bool(v.grading().is_some_and(|(g, _)| g.reasoned));
    same_grader, &[On::Grading], A::GRADE, "the person who set the grade before gave it", |v| Bool(v.grading().is_some_and(|(g, b)| g.stamp.by.is_some() && b.is_some_and(|b| b.stamp.by == g.stamp.by)));
    grading_in_force, &[On::Grading], A::GRADE.and(A::ENDING), "no later lowering or reopening has started a new clock", |v| Bool(v.grading_in_force());
    unit_reached_at, &[On::Grading], A::UNITS.and(A::GRADE), "when a unit arrived that this grade was waiting for", |v| Instant(v.unit_reached_at());
    supervisor_reasoned, &[On::Grading], A::GRADE.and(A::ACTS).and(A::WORDS), "a supervisor gave a reason, with the grade or since", |v| Bool(v.supervisor_reasoned());

    left_at, &[On::Departure], A::UNITS, "when the unit left", |v| Instant(v.item.at.ms());
    left_before_arriving, &[On::Departure], A::UNITS, "it had not arrived", |v| Bool(v.stint().is_some_and(|s| s.arrived.is_none()));
    units_left, &[On::Departure], A::UNITS, "other units assigned or there when it left", |v| Count(v.units_left());
    sent_after, &[On::Departure], A::UNITS, "a unit was assigned since", |v| Bool(v.sent_after());

    call_end, &[On::Call], A::CALL, "how the call ended", |v| Word(v.call().and_then(|c| c.ended.as_ref()).map_or("", |e| e.1.word()));
    call_ended_at, &[On::Call], A::CALL, "when the call ended", |v| Instant(v.item.at.ms());
    number_history, &[On::Call], A::CALL.and(A::HISTORY), "its number called about domestic abuse before, or is that of somebody on such an incident", |v| Bool(v.number_history());
    place_history, &[On::Call], A::CALL.and(A::HISTORY), "domestic abuse was reported at its address before", |v| Bool(v.place_history());
    caller_marked, &[On::Call], A::MARKER.and(A::PEOPLE).and(A::CALL), "somebody with its number, or a victim on its incident, holds a marker", |v| Bool(v.caller_marked());
    struggle_heard, &[On::Call], A::WORDS, "words on its incident's log tell of a struggle", |v| Bool(v.says("struggle"));
    graded_top, &[On::Call], A::GRADE.and(A::CALL), "its incident is at the top grade", |v| Bool(v.incident().is_some_and(|i| i.grade() == Some(v.state.policy.top_grade)));
    rung_back, &[On::Call], A::CALL, "tries to ring back", |v| Count(v.call().map_or(0, |c| count(c.backs.len())));
    rung_back_at, &[On::Call], A::CALL, "when the last try was", |v| at(v.call().and_then(|c| c.backs.last()).map(|b| &b.0));
    rung_back_answered, &[On::Call], A::CALL, "somebody answered one", |v| Bool(v.call().is_some_and(|c| c.backs.iter().any(|b| b.1 != crate::message::AnsweredBy::Nobody)));

    quiet_since, &[On::LastEntry], A::ENTRY.and(A::UNITS), "when a person last wrote on the log, or a unit that was there left", |v| Instant(v.quiet_since());

    suspect_named_at, &[On::Suspect], A::PEOPLE, "when the suspect was named", |v| Instant(v.item.at.ms());
    suspect_arrested, &[On::Suspect], A::CUSTODY, "the suspect was arrested since the incident was opened", |v| Bool(v.suspect_arrested());
    suspect_interviewed, &[On::Suspect], A::CUSTODY, "the suspect was interviewed", |v| Bool(v.suspect_interviewed());

    contact_at, &[On::Contact], A::CALL, "when the contact was", |v| Instant(v.item.at.ms());
    contacts_unseen, &[On::Contact], A::CALL.and(A::HISTORY).and(A::SEEN), "contacts by or about her since she was last seen, up to this one", |v| Instants(v.contacts_unseen().iter().map(|s| s.at.ms()).collect());
    contacts_unseen_count, &[On::Contact], A::CALL.and(A::HISTORY), "how many those are", |v| Count(count(v.contacts_unseen().len()));
    contacts_unseen_from, &[On::Contact], A::CALL.and(A::HISTORY), "when the first of those was", |v| Instant(v.contacts_unseen().first().map_or(0, |s| s.at.ms()));
    seen_after_contact, &[On::Contact], A::SEEN, "a unit has seen her since the contact", |v| Bool(v.seen().any(|s| s.at >= v.item.at));
    released_before, &[On::Contact], A::CUSTODY, "when a suspect of hers was released, before the contact", |v| Instants(v.releases_before().iter().map(|s| s.at.ms()).collect());
    released_last, &[On::Contact], A::CUSTODY, "the last of those", |v| Instant(v.releases_before().last().map_or(0, |s| s.at.ms()));

    turning, &[On::Turning], A::WORDS.and(A::GRADE).and(A::ENDING), "what was done, in words", |v| v.act();
    standing_down, &[On::StandingDown], A::WORDS.and(A::GRADE), "what was done, in words", |v| v.act();
    leaving, &[On::Leaving], A::UNITS.and(A::ENDING).and(A::WORDS), "what was done, in words", |v| v.act();
    turned_at, &[On::Turning, On::StandingDown, On::Leaving], A::WORDS.and(A::GRADE).and(A::ENDING), "when it was done", |v| Instant(v.item.at.ms());
    reopened_after, &[On::Turning], A::ENDING, "the log was reopened since", |v| Bool(v.incident().is_some_and(|i| i.endings.iter().any(|e| !e.closed && e.stamp.at >= v.item.at)));
    gone_said_at, &[On::StandingDown], A::WORDS, "when the log last said, by then, that the suspect had left", |v| at(v.gone_said());
    raised_after, &[On::StandingDown], A::GRADE, "the grade was raised since", |v| Bool(v.raised_after());

    assessed_at, &[On::Assessment], A::ASSESSED, "when it was assessed", |v| Instant(v.item.at.ms());
    level_now, &[On::Assessment], A::ASSESSED, "the level assessed", |v| Word(v.assessment().and_then(|a| a.level).map_or("", Level::word));
    level_before, &[On::Assessment], A::ASSESSED, "the level assessed before", |v| Word(v.level_before().map_or("", |(l, _)| l.word()));
    level_lowered, &[On::Assessment], A::ASSESSED, "the level before was higher", |v| Bool(v.level_before().zip(v.assessment().and_then(|a| a.level)).is_some_and(|((before, _), now)| now < before));
    assessment_reasoned, &[On::Assessment], A::ASSESSED, "a reason was written with it", |v| Bool(v.assessment().is_some_and(|a| a.reasoned));
    newer_facts, &[On::Assessment], A::ASSESSED.and(A::OUTCOME).and(A::UNITS), "facts newer than the higher assessment that the lower one can be tied to", |v| Count(v.newer_facts());
    reason_given_after, &[On::Assessment], A::ASSESSED.and(A::ACTS), "a reason was given since", |v| Bool(v.reason_given_after());

    order_kind, &[On::Protection], A::ORDER, "the order's kind", |v| v.order_kind();
    order_binds_suspect, &[On::Protection], A::ORDER.and(A::PEOPLE), "it binds a suspect of the incident, or no suspect is named", |v| Bool(v.order_binds_suspect());
    suspect_named, &[On::Protection], A::PEOPLE, "a suspect is named", |v| Bool(v.incident().is_some_and(|i| i.in_role(Role::Suspect).any(|p| p.named)));
    order_known_at, &[On::Protection], A::ORDER.and(A::PEOPLE).and(A::CALL), "when the order, the contact and whom it concerns were all known", |v| Instant(v.order_known_at().ms());
    order_told, &[On::Protection], A::TOLD.and(A::WORDS), "a unit was told of an order", |v| Bool(v.order_told());
    told_without_order, &[On::Protection], A::TOLD.and(A::WORDS).and(A::ORDER), "a unit was told without it, when it was known", |v| Bool(v.told_without_order());
    order_acted, &[On::Protection], A::CRIME.and(A::CUSTODY), "an arrest was made or a crime recorded", |v| Bool(v.order_acted());

    released_at, &[On::Release], A::CUSTODY, "when the suspect was released", |v| Instant(v.item.at.ms());
    release_how, &[On::Release], A::CUSTODY, "how the suspect was released", |v| Word(if let Kind::Release(r, _) = v.item.kind { r.how.word() } else { "" });
    release_da, &[On::Release], A::CUSTODY, "it was for domestic abuse, or its conditions protect somebody", |v| Bool(v.release_da());
    told_of_release_at, &[On::Release], A::CUSTODY, "when she was last told of a release", |v| Instant(v.told_of_release_at());
}

fn at(stamp: Option<&Stamp>) -> Value {
    Instant(stamp.map_or(0, |s| s.at.ms()))
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl<'a> View<'a> {
    pub(super) fn incident(&self) -> Option<&'a Incident> {
        self.item.incident
    }

    /// The victims that the item is about: the one it names, else all of the incident's.
    fn victims(&self) -> Vec<RecordId> {
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
    fn seen(&self) -> impl Iterator<Item = Stamp> {
        let from = self.incident().map_or(self.item.at, Incident::opened_at);
        let victims = self.victims();
        let all = if victims.is_empty() {
            self.incident().map(|i| i.sightings().into_iter().cloned().collect()).unwrap_or_default()
        } else {
            self.state.sightings(&victims)
        };
        all.into_iter().filter(move |s| s.at >= from)
    }

    fn says(&self, indicator: &str) -> bool {
        self.incident().is_some_and(|i| i.signs.iter().any(|s| s.stated && &*s.indicator == indicator))
    }

    fn level(&self) -> Option<Level> {
        if let Some(level) = self.incident().and_then(Incident::level) {
            return Some(level);
        }
        let id = self.item.incident_id?;
        self.state.past.get(&id).and_then(|p| p.level)
    }

    fn offence_alleged(&self) -> bool {
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
    fn made(&self) -> Timestamp {
        match self.item.kind {
            Kind::Grading(n) => self.incident().and_then(|i| i.gradings.get(n)).map_or(self.item.at, |g| g.stamp.known),
            _ => self.state.clock,
        }
    }

    fn risk_signs(&self) -> i64 {
        count(self.risk_words().len())
    }

    fn has_history(&self) -> bool {
        let victims = self.victims();
        let opened = self.incident().map_or(self.item.at, Incident::opened_at);
        let here = self.item.incident_id;
        let earlier = self.state.incidents_of(&victims, Role::Victim).into_iter().any(|id| {
            Some(id) != here && self.state.is_da(id) && self.state.opened_at(id).is_some_and(|at| at <= opened)
        });
        let markers = [Marker::RepeatVictim, Marker::Marac, Marker::Stalker];
        earlier || markers.iter().any(|m| self.state.marked(&victims, *m, self.item.at))
    }

    fn order_in_force(&self) -> bool {
        let known = self.made();
        self.victims().iter().any(|v| {
            let orders = &self.state.people.record(*v).protected_by;
            orders.iter().any(|o| {
                let order = &self.state.orders[o.at()];
                order.in_force_at(self.item.at) && order.made.known <= known
            })
        })
    }

    fn da_incidents(&self) -> Vec<i64> {
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

    fn marked(&self, marker: Marker) -> bool {
        self.state.marked(&self.victims(), marker, self.item.at)
    }

    fn acted(&self, kind: ActKind, rule: &str) -> bool {
        let concerns = |a: &&crate::incident::Act| a.kind == kind && a.rule.as_deref().is_none_or(|r| r == rule);
        self.incident().is_some_and(|i| i.acts.iter().any(|a| concerns(&a)))
    }

    fn grading(&self) -> Option<(&'a Grading, Option<&'a Grading>)> {
        let (Kind::Grading(n), Some(incident)) = (&self.item.kind, self.incident()) else { return None };
        Some((incident.gradings.get(*n)?, n.checked_sub(1).and_then(|b| incident.gradings.get(b))))
    }

    fn grade_lowered(&self) -> bool {
        self.grading().is_some_and(|(g, b)| g.start == Start::Regrade && b.is_some_and(|b| g.grade > b.grade))
    }

    fn grading_in_force(&self) -> bool {
        let (Kind::Grading(n), Some(incident)) = (&self.item.kind, self.incident()) else { return false };
        let later = incident.gradings.windows(2).skip(*n);
        !later.into_iter().any(|pair| pair[1].start == Start::Reopening || pair[1].grade > pair[0].grade)
    }

    fn unit_reached_at(&self) -> i64 {
        let (Some((grading, _)), Some(incident)) = (self.grading(), self.incident()) else { return 0 };
        let from = grading.stamp.at;
        let lowered = self.grade_lowered();
        let counts = incident.stints.iter().filter(|s| {
            let still_there = s.left.as_ref().is_none_or(|l| l.at >= from);
            s.arrived.as_ref().is_some_and(|a| a.at >= from || still_there || lowered)
        });
        counts.filter_map(|s| s.arrived.as_ref()).map(|a| a.at.ms()).min().unwrap_or(0)
    }

    fn supervisor_reasoned(&self) -> bool {
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
                && a.rule.as_deref().is_none_or(|r| r == "D01")
                && other(a.stamp.by.as_ref())
                && role.is_none_or(|r| *r == StaffRole::Supervisor)
        });
        let in_words = incident.signs.iter().any(|s| {
            s.stated && &*s.indicator == "grade_reasoned" && s.stamp.at >= grading.stamp.at && by_supervisor(&s.stamp)
        });
        with_grade || in_desk || in_words
    }

    fn stint(&self) -> Option<&'a crate::incident::Stint> {
        let (Kind::Departure(n), Some(incident)) = (&self.item.kind, self.incident()) else { return None };
        incident.stints.get(*n)
    }

    fn units_left(&self) -> i64 {
        let (Kind::Departure(n), Some(incident)) = (&self.item.kind, self.incident()) else { return 0 };
        let others = incident.stints.iter().enumerate().filter(|(i, _)| i != n);
        count(others.filter(|(_, s)| s.active_at(self.item.at)).count())
    }

    fn sent_after(&self) -> bool {
        let sent = |s: &crate::incident::Stint| {
            s.assigned.as_ref().or(s.arrived.as_ref()).is_some_and(|a| a.at >= self.item.at)
        };
        self.incident().is_some_and(|i| i.stints.iter().any(sent))
    }

    fn call(&self) -> Option<&'a crate::call::Call> {
        if let Kind::Call(call) = self.item.kind { Some(call) } else { None }
    }

    fn number_history(&self) -> bool {
        let Some(from) = self.call().and_then(|c| c.from.as_ref()) else { return false };
        let here = self.item.incident_id;
        let is_da = |id: &crate::stamp::IncidentId| Some(self.state.going_on(*id)) != here && self.state.is_da(*id);
        let called = self.state.by_number.get(from).is_some_and(|ids| ids.iter().any(is_da));
        let of_person = || {
            let records = self.state.people.by_phone(from);
            records.iter().any(|r| {
                self.state
                    .people
                    .record(*r)
                    .involvements
                    .iter()
                    .any(|(id, role)| matches!(role, Role::Victim | Role::Suspect) && is_da(id))
            })
        };
        called || of_person()
    }

    fn place_history(&self) -> bool {
        let here = self.item.incident_id;
        let place = self.call().and_then(|c| c.place.as_ref());
        let place = place.or_else(|| self.incident().and_then(|i| i.place.as_ref()).map(|p| &p.key));
        let Some(place) = place else { return false };
        let reported = self.state.by_place.get(place);
        let elsewhere = |id: &crate::stamp::IncidentId| Some(self.state.going_on(*id)) != here && self.state.is_da(*id);
        let lives = || {
            self.state.people.by_place(place).iter().any(|r| {
                let on = &self.state.people.record(*r).involvements;
                on.iter().any(|(id, role)| matches!(role, Role::Victim | Role::Suspect) && elsewhere(id))
            })
        };
        reported.is_some_and(|ids| ids.iter().any(elsewhere)) || lives()
    }

    fn caller_marked(&self) -> bool {
        let mut records = self.victims();
        if let Some(from) = self.call().and_then(|c| c.from.as_ref()) {
            records.extend_from_slice(self.state.people.by_phone(from));
        }
        let markers = [Marker::RepeatVictim, Marker::Marac, Marker::Stalker];
        markers.iter().any(|m| self.state.marked(&records, *m, self.item.at))
    }

    fn quiet_since(&self) -> i64 {
        let Some(incident) = self.incident() else { return 0 };
        let left =
            incident.stints.iter().filter(|s| s.arrived.is_some()).filter_map(|s| s.left.as_ref()).map(|l| l.at).max();
        left.map_or(self.item.at, |l| l.max(self.item.at)).ms()
    }

    fn suspects(&self) -> Vec<RecordId> {
        match self.item.kind {
            Kind::Suspect(record) => self.state.people.counted(record).0,
            _ => Vec::new(),
        }
    }

    fn suspect_arrested(&self) -> bool {
        let Some(incident) = self.incident() else { return false };
        let suspects = self.suspects();
        let opened = incident.opened_at();
        let by_record = suspects.iter().any(|r| {
            let arrests = &self.state.people.record(*r).arrests;
            arrests.iter().any(|(s, on)| s.at >= opened || *on == Some(incident.id))
        });
        by_record
            || incident
                .outcomes
                .iter()
                .any(|o| o.kind == OutcomeKind::Arrest && o.record.is_none_or(|r| suspects.contains(&r)))
    }

    fn suspect_interviewed(&self) -> bool {
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

    fn act(&self) -> Value {
        if let Kind::Act(what, _) = self.item.kind { Text(what.into()) } else { Word("") }
    }

    pub(super) fn gone_said(&self) -> Option<&'a Stamp> {
        let signs = self.incident()?.signs.iter();
        let said = signs.filter(|s| s.stated && !s.told && &*s.indicator == "has_gone" && s.stamp.at <= self.item.at);
        said.map(|s| &s.stamp).max_by_key(|s| (s.at, s.seq))
    }

    fn raised_after(&self) -> bool {
        let Some(incident) = self.incident() else { return false };
        let Some(in_force) = incident.gradings.iter().rev().find(|g| g.stamp.at <= self.item.at) else { return false };
        incident.gradings.iter().any(|g| g.stamp.at > self.item.at && g.grade < in_force.grade)
    }

    fn assessment(&self) -> Option<&'a crate::incident::Assessment> {
        let (Kind::Assessment(n), Some(incident)) = (&self.item.kind, self.incident()) else { return None };
        incident.assessments.get(*n)
    }

    pub(super) fn level_before(&self) -> Option<(Level, &'a Stamp)> {
        let (Kind::Assessment(n), Some(incident)) = (&self.item.kind, self.incident()) else { return None };
        incident.assessments[..*n].iter().rev().find_map(|a| a.level.map(|l| (l, &a.stamp)))
    }

    fn newer_facts(&self) -> i64 {
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

    fn reason_given_after(&self) -> bool {
        let Some(incident) = self.incident() else { return false };
        let later = incident.assessments.iter().any(|a| a.stamp.at > self.item.at && a.reasoned);
        let since = |a: &crate::incident::Act| a.kind == ActKind::Reasoned && a.stamp.at >= self.item.at;
        later || incident.acts.iter().any(|a| since(a) && a.rule.as_deref().is_none_or(|r| r == "D06"))
    }

    fn protection(&self) -> Option<(&'a crate::order::Order, Timestamp)> {
        if let Kind::Protection(order, known) = self.item.kind { Some((order, known)) } else { None }
    }

    fn order_kind(&self) -> Value {
        Word(self.protection().map_or("", |(o, _)| o.kind.word()))
    }

    fn order_binds_suspect(&self) -> bool {
        let (Some((order, _)), Some(incident)) = (self.protection(), self.incident()) else { return false };
        let mut named = incident.in_role(Role::Suspect).filter(|p| p.named).peekable();
        named.peek().is_none() || named.any(|p| self.state.people.counts_as(p.record, order.subject))
    }

    fn order_known_at(&self) -> Timestamp {
        self.protection().map_or(self.item.at, |(_, known)| known)
    }

    fn tellings_with_order(&self) -> Vec<&'a Stamp> {
        let signs = self.incident().map(|i| i.signs.iter());
        signs
            .into_iter()
            .flatten()
            .filter(|s| s.told && s.stated && &*s.indicator == "order_told")
            .map(|s| &s.stamp)
            .collect()
    }

    fn order_told(&self) -> bool {
        !self.tellings_with_order().is_empty()
    }

    fn told_without_order(&self) -> bool {
        let known = self.order_known_at();
        let with = self.tellings_with_order();
        let Some(incident) = self.incident() else { return false };
        with.is_empty() && incident.tellings.iter().any(|t| t.stamp.known >= known)
    }

    fn order_acted(&self) -> bool {
        let (Some((order, _)), Some(incident)) = (self.protection(), self.incident()) else { return false };
        let opened = incident.opened_at();
        let arrested = self.state.people.counted(order.subject).0.iter().any(|r| {
            self.state.people.record(*r).arrests.iter().any(|(s, on)| s.at >= opened || *on == Some(incident.id))
        });
        let outcome =
            incident.outcomes.iter().any(|o| matches!(o.kind, OutcomeKind::Arrest | OutcomeKind::CrimeRecorded));
        arrested || outcome || incident.crimes.iter().any(|c| c.recorded.is_some())
    }

    fn release_da(&self) -> bool {
        let Kind::Release(release, _) = self.item.kind else { return false };
        self.item.incident_id.is_some_and(|id| self.state.is_da(id)) || !release.protects.is_empty()
    }

    fn told_of_release_at(&self) -> i64 {
        let Kind::Release(_, suspect) = self.item.kind else { return 0 };
        let told = self.item.hers.iter().flat_map(|v| &self.state.people.record(*v).told);
        let of = told.filter(|t| {
            t.what == ToldWhat::Release && t.about.is_none_or(|about| self.state.people.counts_as(about, suspect))
        });
        of.map(|t| t.stamp.at.ms()).max().unwrap_or(0)
    }
}
