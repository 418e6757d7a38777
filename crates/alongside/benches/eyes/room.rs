//! A room: the feed, the desk, and specialists who look at one case after another, by the feed's own clock.

use std::sync::Arc;

use alongside_desk::Actor;
use alongside_desk::message::StaffRole;
use alongside_desk::queue::queue;
use alongside_desk::replay::Replay;
use alongside_desk::review::{Ask, Disposition};
use alongside_desk::stamp::IncidentId;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Subject;
use alongside_sim::{Draw, Due, Seed};
use anyhow::{Result, anyhow};

use crate::list::{Looked, Next, Order, next, seen_with};

/// Whoever is free looks again what there is, this often.
const TICK: Period = Period::seconds(30);
/// A shift; whoever follows carries on where it ended.
const SHIFT: Period = Period::hours(12);

/// Eyes on a log, from when to when.
pub struct Look {
    /// The log's reference.
    pub incident: Arc<str>,
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
}

/// What came of a run.
pub struct Watched {
    /// Who looked at what.
    pub looks: Vec<Look>,
    /// How often somebody sat down to a case.
    pub sittings: usize,
}

pub struct Room {
    replay: Replay,
    order: Order,
    /// Minutes of a look, in the middle.
    look: i64,
    draw: Draw,
    now: Timestamp,
    shift_ends: Timestamp,
    shifts: u64,
    desks: Vec<Place>,
    looked: Looked,
    looks: Vec<Look>,
    sittings: usize,
}

/// A specialist's place: who sits there, and what they look at.
struct Place {
    who: Actor,
    at: Option<Looking>,
}

struct Looking {
    next: Next,
    from: Timestamp,
    until: Timestamp,
}

impl Room {
    /// A room in which nothing waits: what the history left is put away first, in no time.
    pub fn new(replay: Replay, now: Timestamp, staff: usize, order: Order, look: i64, looks: Seed) -> Result<Self> {
        let desks = (0..staff).map(|n| Place { who: Actor(format!("specialist-{n}").into()), at: None }).collect();
        let mut room = Self {
            replay,
            order,
            look,
            draw: looks.draw(),
            now,
            shift_ends: now,
            shifts: 0,
            desks,
            looked: Looked::new(),
            looks: Vec::new(),
            sittings: 0,
        };
        room.replay.run_until(now);
        let before = Actor("who-was-on-before".into());
        for row in queue(room.replay.desk(), now, None).rows.into_iter().filter(|row| !row.flags.is_empty()) {
            room.put_away(&before, row.subject, &row.flags)?;
        }
        room.change_shift()?;
        Ok(room)
    }

    /// Runs over the feed until an instant: who looked at what.
    pub fn run(mut self, feed: &[Due], until: Timestamp) -> Result<Watched> {
        let mut rest = feed.iter().peekable();
        while self.now < until {
            self.now = self.now.plus(TICK);
            while let Some(due) = rest.next_if(|due| due.at <= self.now) {
                self.replay.line(0, &due.json);
            }
            self.replay.run_until(self.now);
            drop(self.replay.drain());
            for n in 0..self.desks.len() {
                self.sit(n)?;
            }
            if self.now >= self.shift_ends {
                self.change_shift()?;
            }
        }
        for place in &mut self.desks {
            if let Some(looking) = place.at.take() {
                let (next, from) = (looking.next, looking.from);
                self.looks.extend(looks(&self.replay, &next.incidents, from, until));
            }
        }
        Ok(Watched { looks: self.looks, sittings: self.sittings })
    }

    fn sit(&mut self, n: usize) -> Result<()> {
        let Some(place) = self.desks.get_mut(n) else { return Ok(()) };
        if let Some(looking) = place.at.take_if(|looking| looking.until <= self.now) {
            let who = place.who.clone();
            self.rise(&who, looking)?;
        }
        let Some(place) = self.desks.get(n) else { return Ok(()) };
        if place.at.is_some() {
            return Ok(());
        }
        let who = place.who.clone();
        let busy: Vec<Subject> = self.desks.iter().filter_map(|p| p.at.as_ref().map(|l| l.next.subject)).collect();
        let Some(next) = next(self.order, self.replay.desk(), self.now, &self.looked, &busy) else { return Ok(()) };
        self.ask(Ask::Take { subject: next.subject }, &who)?;
        self.sittings += 1;
        let middle = self.look * 60;
        let takes = if self.draw.percent(50) {
            self.draw.between(middle / 2, middle)
        } else {
            self.draw.between(middle, middle * 2)
        };
        let looking = Looking { next, from: self.now, until: self.now.plus(Period::seconds(takes)) };
        if let Some(place) = self.desks.get_mut(n) {
            place.at = Some(looking);
        }
        Ok(())
    }

    /// A look ends: whatever is on the page by then has been seen.
    fn rise(&mut self, who: &Actor, looking: Looking) -> Result<()> {
        let Looking { next, from, .. } = looking;
        let desk = self.replay.desk();
        let queue = queue(desk, self.now, None);
        let row = queue.find(next.subject).map(|(_, row)| row);
        let mut incidents = next.incidents;
        incidents.extend(row.map(|row| seen_with(desk, row)).unwrap_or_default());
        incidents.sort_unstable();
        incidents.dedup();
        let flags = row.map(|row| row.flags.clone()).unwrap_or_default();
        self.looks.extend(looks(&self.replay, &incidents, from, self.now));
        self.looked.extend(incidents.into_iter().map(|incident| (incident, self.now)));
        self.put_away(who, next.subject, &flags)
    }

    fn put_away(&mut self, who: &Actor, subject: Subject, flags: &[alongside_desk::stamp::FlagId]) -> Result<()> {
        let disposition = if flags.is_empty() { Disposition::NotAnOpportunity } else { Disposition::MissedOpportunity };
        let reason = "looked at".into();
        self.ask(Ask::Dispose { subject, flags: flags.to_vec(), disposition, reason }, who)
    }

    /// Those who follow sit down in the same places; what is being looked at, they look at.
    fn change_shift(&mut self) -> Result<()> {
        let is_first = self.shifts == 0;
        if !is_first && self.desks.iter().any(|place| place.at.is_some()) {
            return Ok(());
        }
        self.shift_ends = self.now.plus(SHIFT);
        for n in 0..self.desks.len() {
            let Some(who) = self.desks.get(n).map(|place| place.who.clone()) else { continue };
            if !is_first {
                self.ask(Ask::EndShift { handed: Vec::new() }, &who)?;
            }
            self.shifts += 1;
            let until = Some(self.shift_ends);
            self.ask(Ask::StartShift { role: StaffRole::Specialist, until, seed: self.shifts }, &who)?;
        }
        Ok(())
    }

    fn ask(&mut self, ask: Ask, who: &Actor) -> Result<()> {
        let asked = format!("{ask:?}");
        self.replay.act(ask, who).map_err(|refused| anyhow!("{asked} was refused: {refused:?}"))
    }
}

fn looks(replay: &Replay, incidents: &[IncidentId], from: Timestamp, until: Timestamp) -> Vec<Look> {
    let state = replay.desk().state();
    let references = incidents.iter().filter_map(|incident| state.reference(*incident).cloned());
    references.map(|incident| Look { incident, from, until }).collect()
}
