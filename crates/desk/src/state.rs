//! The state: a fold over the journal, and the ways to look things up in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::check::Checks;
use crate::feedback::Feedbacks;
use crate::incident::{Incident, Past};
use crate::listening::prompt::Prompts;
use crate::listening::recording::Recordings;
use crate::listening::{Hearings, Ticks};
use crate::message::{Marker, Role, StaffRole};
use crate::order::Order;
use crate::person::People;
use crate::register::Register;
use crate::review::{Reviews, UNDO_WITHIN};
use crate::stamp::{CallId, IncidentId, OrderId, RecordId, Stamp};
use crate::time::{Period, Timestamp};
use crate::watch::{Flags, Policy, Switches};

/// An incident that nothing was heard of for this long, and on which no flag is open, is kept as history only (D).
pub const QUIET_FOR: Period = Period::hours(60 * 24);

/// Everything the desk knows. Same entries, same state, bit for bit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// The last entry folded.
    pub seq: u64,
    /// The latest `known` or decision so far: the desk's only notion of now.
    pub clock: Timestamp,
    /// Seconds of that clock for one of the world's: 1 but in a synthetic folder, where a night can go by faster.
    pub pace: u32,
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// Incidents that something was heard of lately.
    pub incidents: BTreeMap<IncidentId, Box<Incident>>,
    /// Older incidents.
    pub past: BTreeMap<IncidentId, Past>,
    /// Every incident by its reference.
    pub by_reference: Register<IncidentId>,
    /// Calls that something was heard of lately.
    pub calls: BTreeMap<CallId, Call>,
    /// Calls by their reference.
    pub call_by_reference: Register<CallId>,
    /// Calls by the id of their recording session.
    pub calls_by_session: Register<CallId>,
    /// How many calls were ever heard of.
    pub calls_ever: u32,
    /// Lately, by the number they came from: calls that belong to no incident yet.
    pub loose_calls: Register<Vec<CallId>>,
    /// Incidents by a number that called about them.
    pub by_number: Register<Vec<IncidentId>>,
    /// Incidents by where they were.
    pub by_place: Register<Vec<IncidentId>>,
    /// Checks made lately.
    pub checks: Checks,
    /// Orders and conditions.
    pub orders: Vec<Order>,
    /// Orders by their reference.
    pub order_by_reference: Register<OrderId>,
    /// People.
    pub people: People,
    /// The staff list: role by id.
    pub staff: BTreeMap<Arc<str>, StaffRole>,
    /// Records of people who are staff (law 12).
    pub staff_records: BTreeMap<Arc<str>, RecordId>,
    /// Questions of assessments that the policy maps to no indicator, as `tool question`, and how often each was answered.
    pub unmapped: BTreeMap<Arc<str>, u64>,
    /// Feeds, and when each was last heard.
    pub feeds: BTreeMap<Arc<str>, FeedHealth>,
    /// Flags.
    pub flags: Flags,
    /// Rules that are switched off or tried silently.
    pub switches: Switches,
    /// What staff did.
    pub reviews: Reviews,
    /// The force's leave to listen to live calls, and who listens.
    pub hearings: Hearings,
    /// Prompts to call handlers.
    pub prompts: Prompts,
    /// Recordings of calls, and who heard them.
    pub recordings: Recordings,
    /// What call handlers ticked.
    pub ticks: Ticks,
    /// Feedback to call handlers.
    pub feedbacks: Feedbacks,
    /// The day of the last sweep for quiet incidents.
    pub swept: i64,
}

/// How a feed is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FeedHealth {
    /// When its last message was known.
    pub last_heard: Timestamp,
    /// Whether it sends `feed.alive`, so that silence can be told from quiet.
    pub sends_alive: bool,
    /// Silent since, while it is silent beyond its time.
    pub silent_since: Option<Timestamp>,
    /// Messages taken.
    pub taken: u64,
}

impl State {
    /// Nothing yet.
    pub fn new(policy: Arc<Policy>) -> Self {
        Self {
            seq: 0,
            clock: Timestamp::default(),
            pace: 1,
            policy,
            incidents: BTreeMap::new(),
            past: BTreeMap::new(),
            by_reference: Register::default(),
            calls: BTreeMap::new(),
            call_by_reference: Register::default(),
            calls_by_session: Register::default(),
            calls_ever: 0,
            loose_calls: Register::default(),
            by_number: Register::default(),
            by_place: Register::default(),
            checks: Checks::default(),
            orders: Vec::new(),
            order_by_reference: Register::default(),
            people: People::default(),
            staff: BTreeMap::new(),
            staff_records: BTreeMap::new(),
            unmapped: BTreeMap::new(),
            feeds: BTreeMap::new(),
            flags: Flags::default(),
            switches: Switches::default(),
            reviews: Reviews::default(),
            hearings: Hearings::default(),
            prompts: Prompts::default(),
            recordings: Recordings::default(),
            ticks: Ticks::default(),
            feedbacks: Feedbacks::default(),
            swept: 0,
        }
    }

    /// [`UNDO_WITHIN`], which is a person's time, in seconds of the desk's clock.
    pub fn undo_within(&self) -> Period {
        Period::from_ms(UNDO_WITHIN.ms().saturating_mul(i64::from(self.pace)))
    }

    /// An incident by id, if anything was heard of it lately.
    pub fn incident(&self, id: IncidentId) -> Option<&Incident> {
        self.incidents.get(&id).map(Box::as_ref)
    }

    /// The incident that goes on under a reference.
    pub fn find(&self, reference: &str) -> Option<IncidentId> {
        let id = *self.by_reference.get(reference)?;
        Some(self.going_on(id))
    }

    /// Follows merges to the incident that goes on.
    pub fn going_on(&self, mut id: IncidentId) -> IncidentId {
        // A chain of merges is as long as people made it; a ring of them must not hold the desk.
        for _ in 0..32 {
            let next = self
                .incidents
                .get(&id)
                .map_or_else(|| self.past.get(&id).and_then(|p| p.merged_into), |i| i.merged_into);
            match next {
                Some(next) if next != id => id = next,
                _ => break,
            }
        }
        id
    }

    /// The reference of an incident, however long ago it was.
    pub fn reference(&self, id: IncidentId) -> Option<&Arc<str>> {
        self.incidents.get(&id).map(|i| &i.reference).or_else(|| self.past.get(&id).map(|p| &p.reference))
    }

    /// Whether an incident is domestic abuse, however long ago it was.
    pub fn is_da(&self, id: IncidentId) -> bool {
        self.incidents.get(&id).map_or_else(|| self.past.get(&id).is_some_and(|p| p.da), |i| i.is_da())
    }

    /// The victims of an incident, however long ago it was.
    pub fn victims_of(&self, id: IncidentId) -> Vec<RecordId> {
        match self.incidents.get(&id) {
            Some(incident) => incident.victims().collect(),
            None => {
                let people = self.past.get(&id).map_or(&[][..], |p| &p.people);
                people.iter().filter(|p| p.role == Role::Victim).map(|p| p.record).collect()
            }
        }
    }

    /// The harm of an incident's crimes in days, however long ago it was; 0 where the force scores none.
    pub fn harm_of(&self, id: IncidentId) -> u64 {
        self.incidents.get(&id).map_or_else(|| self.past.get(&id).map_or(0, |p| p.harm), |i| i.harm())
    }

    /// When an incident was opened, however long ago it was.
    pub fn opened_at(&self, id: IncidentId) -> Option<Timestamp> {
        self.incidents.get(&id).map(|i| i.opened_at()).or_else(|| self.past.get(&id).map(|p| p.opened_at))
    }

    /// Incidents on which any of these records has a role, without repeats, ascending; merged ones under the one that goes on.
    pub fn incidents_of(&self, records: &[RecordId], role: Role) -> Vec<IncidentId> {
        let mut found = BTreeSet::new();
        for record in records {
            for (incident, as_role) in &self.people.record(*record).involvements {
                if *as_role == role {
                    found.insert(self.going_on(*incident));
                }
            }
        }
        found.into_iter().collect()
    }

    /// When anybody saw any of these victims, on any incident of theirs, in the order in which it happened.
    pub fn sightings(&self, victim: &[RecordId]) -> Vec<Stamp> {
        let mut seen: Vec<Stamp> = Vec::new();
        for id in self.incidents_of(victim, Role::Victim) {
            match self.incidents.get(&id) {
                Some(incident) => seen.extend(incident.sightings().into_iter().cloned()),
                None => seen.extend(self.past.get(&id).and_then(|p| p.seen.clone())),
            }
        }
        seen.sort_by_key(|s| (s.at, s.seq));
        seen
    }

    /// Whether any of these records holds a marker at an instant.
    pub fn marked(&self, records: &[RecordId], marker: Marker, at: Timestamp) -> bool {
        records.iter().any(|r| self.people.record(*r).marked_at(marker, at))
    }

    /// Whether somebody is listed as a supervisor.
    pub fn is_supervisor(&self, by: Option<&Arc<str>>) -> bool {
        by.is_some_and(|by| self.staff.get(by) == Some(&StaffRole::Supervisor))
    }
}
