//! The live feed: every message with the instant at which it is due, for any stretch of time from the day that goes live.
//!
//! What is due at an instant does not depend on where a night was begun: two nights that meet are one.

use std::io::{self, Write};

use alongside_desk::time::Timestamp;

use crate::calendar::{Calendar, Options};
use crate::history::History;
use crate::incident::{Plan, tell};
use crate::line::{Clock, Line, Object, instant};
use crate::mistake::Mistake;
use crate::other::tell_others;
use crate::pair::{Pair, WOUNDING};
use crate::person::Force;
use crate::record::Habit;
use crate::sheet::Sheet;
use crate::truth::{Handled, Mention, Missed};

const DAY_S: i64 = 86_400;
/// A pair's second incident comes so long after the first: too late to be two in seven days.
const SEQUEL_DAYS: i64 = 9;
/// The longest that a message follows its call: a crime is closed at most 46 days later.
const LONGEST_DAYS: i64 = 50;
/// The longest that a message follows the call of a live day's plan, a second incident's too.
const LONGEST_LIVE_DAYS: i64 = LONGEST_DAYS + SEQUEL_DAYS;
/// A feed with nothing to say says so this often, in seconds.
const ALIVE_S: i64 = 30;

/// A message and the instant at which the force's systems send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// One message of FEED.md, without a line end.
    pub json: String,
}

/// A stretch of the live feed, in order.
pub struct Night {
    lines: std::vec::IntoIter<Line>,
    next: Option<Line>,
    last_s: i64,
    to_s: i64,
    clock: Clock,
}

/// A stretch of the live feed from `from` (at the earliest `options.live_from`) until before `to`.
pub fn night(options: &Options, from: Timestamp, to: Timestamp) -> Night {
    let (lines, _) = told(options, from, to);
    let mut lines = lines.into_iter();
    let next = lines.next();
    Night { lines, next, last_s: from.ms().div_euclid(1000), to_s: to.ms().div_euclid(1000), clock: Clock::default() }
}

impl Iterator for Night {
    type Item = Due;

    fn next(&mut self) -> Option<Due> {
        let next_s = self.next.as_ref().map_or(self.to_s, |line| line.known_s);
        let alive_s = (self.last_s + ALIVE_S).div_euclid(ALIVE_S) * ALIVE_S;
        if alive_s < next_s {
            self.last_s = alive_s;
            let mut o = Object::new();
            o.text("id", &format!("alive-{alive_s}")).time("at", alive_s, &mut self.clock).text("type", "feed.alive");
            return Some(Due { at: instant(alive_s), json: o.end() });
        }
        let line = std::mem::replace(&mut self.next, self.lines.next())?;
        self.last_s = line.known_s;
        Some(Due { at: instant(line.known_s), json: line.json })
    }
}

/// The lines due in a stretch, and the sheet's truth of every incident that was called in by its end.
fn told(options: &Options, from: Timestamp, to: Timestamp) -> (Vec<Line>, Sheet) {
    let force = options.force();
    let calendar = Calendar::new(options);
    let (from_s, to_s) = (from.ms().div_euclid(1000).max(force.live_s), to.ms().div_euclid(1000));
    let mut sheet = Sheet::default();
    let (first, last) = (from_s.div_euclid(DAY_S), to_s.div_euclid(DAY_S));
    let live_day = force.live_s.div_euclid(DAY_S);
    for day in (first - LONGEST_LIVE_DAYS).max(live_day)..=last {
        for (k, plan) in force.plans_live(options, calendar.pairs, day).into_iter().enumerate() {
            // A release may come up to six hours before its call.
            if plan.called_s < to_s + 6 * 3_600 {
                tell_live(&force, &plan, (day, k), &mut sheet);
            }
        }
    }
    let others = options.reports_a_day * options.others;
    for day in (first - 1).max(live_day)..=last {
        tell_others(&force, day, others, (force.live_s, to_s), &mut sheet);
    }
    if options.scripted {
        force.scripted_night(&mut sheet);
    }
    let mut lines = std::mem::take(&mut sheet.lines);
    if from_s < force.live_s + LONGEST_DAYS * DAY_S {
        lines.extend(History::new(options, &calendar, force.live_s - LONGEST_DAYS * DAY_S, true));
    }
    lines.retain(|line| (from_s..to_s).contains(&line.known_s));
    lines.sort_by_key(|line| line.known_s);
    (lines, sheet)
}

fn tell_live(force: &Force, plan: &Plan, (day, k): (i64, usize), sheet: &mut Sheet) {
    let number = plan.pair.index;
    sheet.begin(format!("n{day}-{k}"), force.reference(number, plan.called_s));
    let opened = tell(force, plan, sheet);
    let opened = sheet.id(opened);
    if plan.mistake == Some(Mistake::H02SecondContact) {
        let seed = plan.seed.branch("again", 0);
        let called_s = plan.called_s + seed.draw().between(2_400, 4_200);
        let earlier = Some(sheet.incident().to_owned());
        let again = Plan { seed, called_s, earlier, mistake: None, second_contact: true, ..plan.clone() };
        sheet.begin(format!("n{day}-{k}b"), force.reference(crate::person::PEOPLE / 2 - 100 - k as u32, called_s));
        tell(force, &again, sheet);
    }
    if plan.mistake.is_some_and(Mistake::needs_sequel) {
        let seed = plan.seed.branch("sequel", 0);
        let called_s = plan.called_s + SEQUEL_DAYS * DAY_S;
        let (earlier, mut pair) = (Some(sheet.incident().to_owned()), plan.pair);
        if plan.mistake == Some(Mistake::V02Swapped) {
            pair = Pair { victim: pair.suspect, suspect: pair.victim, ..pair };
        }
        let offence = if plan.mistake == Some(Mistake::H03HarmRising) { Some(WOUNDING) } else { None };
        // The same person by name, birth date and address; no reference says so, and nobody asks.
        let habits = (plan.mistake == Some(Mistake::H05NotAsked)).then_some((Habit::UNREFERENCED, Habit::FOUND));
        let before = Some(opened);
        let again =
            Plan { seed, called_s, earlier, offence, pair, habits, contacts: 2, sequel: true, before, ..plan.clone() };
        sheet.begin(format!("n{day}-{k}c"), force.reference(crate::person::PEOPLE / 2 - 400 - k as u32, called_s));
        tell(force, &again, sheet);
    }
}

/// What is true about a stretch of the live feed: missed opportunities that could first be known in it, and who is who.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// What was missed, in order of when it could be known.
    pub missed: Vec<Missed>,
    /// Who is who, in every incident that was called in by the end of the stretch.
    pub mentions: Vec<Mention>,
    /// How each domestic abuse incident of the stretch was handled, save the scripted case's.
    pub handled: Vec<Handled>,
}

/// The truth of a stretch.
pub fn truth(options: &Options, from: Timestamp, to: Timestamp) -> Truth {
    let (_, sheet) = told(options, from, to);
    let (from_s, to_s) = (from.ms().div_euclid(1000), to.ms().div_euclid(1000));
    let mut missed: Vec<Missed> =
        sheet.missed.into_iter().filter(|m| m.known_s >= from_s && m.known_s < to_s).collect();
    missed.sort_by_key(|m| m.known_s);
    let handled = sheet.handled.into_iter().filter(|h| (from_s..to_s).contains(&h.called_s)).collect();
    Truth { missed, mentions: sheet.mentions, handled }
}

/// Writes the truth of a stretch, one object a line: `"truth": "missed"`, `"handled"` and `"who"`.
///
/// # Errors
/// What the writer says.
pub fn write_truth(out: &mut impl Write, options: &Options, from: Timestamp, to: Timestamp) -> io::Result<()> {
    let mut clock = Clock::default();
    let truth = truth(options, from, to);
    for missed in &truth.missed {
        writeln!(out, "{}", missed.json(&mut clock))?;
    }
    for handled in &truth.handled {
        writeln!(out, "{}", handled.json(&mut clock))?;
    }
    for mention in &truth.mentions {
        writeln!(out, "{}", mention.json())?;
    }
    Ok(())
}
