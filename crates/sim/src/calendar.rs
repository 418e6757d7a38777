//! When which pair is reported: the three years, and the days that follow them.

use alongside_desk::time::Timestamp;

use crate::incident::Plan;
use crate::line::instant;
use crate::mistake::Mistake;
use crate::pair::hour_of_day;
use crate::person::{Force, HOUSEHOLDS};
use crate::script::ScriptTimes;

const DAY_S: i64 = 86_400;
/// Live days on which a pair of the history may be reported again come round after so many days: more than the bail lasts
/// (84 days) that a live report may end in, and which the next would have to tell a unit of.
const TURN: u64 = 128;

/// What the synthetic force is made from. The same options give the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The root of every chance.
    pub seed: u64,
    /// When the history ends and the live feed begins. The scripted night is the evening of this local day.
    pub live_from: Timestamp,
    /// Years of history.
    pub years: u32,
    /// Domestic abuse reports a day (about 72 a force: RULES.md "Sanity check").
    pub reports_a_day: u32,
    /// Other incidents beside each of them, live.
    pub others: u32,
    /// Of a hundred live reports, in how many something goes wrong (assumed).
    pub mistakes: u32,
    /// Whether the scripted case is part of it.
    pub scripted: bool,
}

impl Options {
    /// Three years, 72 reports a day among ten times as many others, 6 mistakes in a hundred, the scripted case.
    pub const fn new(seed: u64, live_from: Timestamp) -> Self {
        Self { seed, live_from, years: 3, reports_a_day: 72, others: 10, mistakes: 6, scripted: true }
    }

    /// About how many messages the history has, for a progress bar: 18.3 a report, a figure of ours.
    pub const fn messages_about(&self) -> u64 {
        self.years as u64 * 365 * self.reports_a_day as u64 * 183 / 10
    }

    /// When the calls of the scripted night are taken, and where a demonstration begins.
    pub fn script_times(&self) -> ScriptTimes {
        self.force().script_times()
    }

    /// The force of these options.
    pub fn force(&self) -> Force {
        Force::new(self.seed, self.live_from, self.years)
    }
}

/// One report of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Report {
    /// When the call is taken, in seconds since 1970.
    pub called_s: i64,
    /// Which pair.
    pub pair: u32,
    /// Their how-manieth, from 0.
    pub nth: u32,
}

/// Every report of the history, in order.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The reports.
    pub reports: Vec<Report>,
    /// Pairs that were reported at all; their numbers are those below this.
    pub pairs: u32,
}

impl Calendar {
    /// The calendar of a force: pairs, until there are reports enough for its years.
    pub fn new(options: &Options) -> Self {
        let force = options.force();
        let wanted = (force.live_s - force.from_s) / DAY_S * i64::from(options.reports_a_day);
        let mut reports = Vec::with_capacity(wanted as usize + 32);
        let mut pairs = 0;
        while (reports.len() as i64) < wanted && pairs < HOUSEHOLDS / 2 {
            for (nth, called_s) in force.report_times(pairs).into_iter().enumerate() {
                reports.push(Report { called_s, pair: pairs, nth: nth as u32 });
            }
            pairs += 1;
        }
        reports.sort_unstable();
        Self { reports, pairs }
    }
}

impl Force {
    /// An incident's reference: the local day and a number of that day, which says nothing about the pair.
    pub fn reference(&self, number: u32, called_s: i64) -> String {
        const PRIME: u64 = 1_000_003;
        let day = instant(called_s).local().date();
        let days = called_s.div_euclid(DAY_S) as u64;
        let scrambled = (u64::from(number) * 611_953 + days * 350_377) % PRIME;
        format!("{:02}{:02}{:02}-{scrambled:07}", day.year() % 100, day.month(), day.day())
    }

    /// The plan of a report of the history.
    pub fn plan_past(&self, report: &Report, times: &[i64]) -> Plan {
        let mut plan = self.plan(report.pair, report.called_s, report.nth as usize, times);
        plan.offence = self.offence(report.pair, report.nth as usize);
        plan
    }

    fn plan(&self, pair: u32, called_s: i64, nth: usize, times: &[i64]) -> Plan {
        let earlier = times.iter().filter(|t| **t < called_s);
        let contacts = earlier.clone().filter(|t| **t > called_s - 365 * DAY_S).count() as u32 + 1;
        let last = earlier.max();
        Plan {
            seed: self.seed.branch("report", u64::from(pair) << 20 | nth as u64),
            pair: self.pair(pair),
            called_s,
            offence: None,
            contacts,
            earlier: last.map(|t| self.reference(pair, *t)),
            order: times.first().and_then(|t| self.order(pair, *t)),
            mistake: None,
            habits: None,
            second_contact: false,
            sequel: false,
            before: None,
            live: false,
        }
    }

    /// The reports of a live day (UTC), `day` of them after 1970, in order of their calls.
    pub fn plans_live(&self, options: &Options, pairs: u32, day: i64) -> Vec<Plan> {
        let seed = self.seed.branch("live day", day as u64);
        let mut draw = seed.draw();
        // 1970-01-01 was a Thursday. Weekends are busier (assumed); seven days make seven times 72.
        const WEEK: [i64; 7] = [67, 72, 81, 81, 70, 67, 66];
        let count = WEEK[day.rem_euclid(7) as usize] * i64::from(options.reports_a_day) / 72;
        let mut taken = Vec::new();
        let since = (day - self.live_s.div_euclid(DAY_S)).max(0) as u32;
        let mut plans: Vec<Plan> = (0..count)
            .map(|k| {
                let called_s = day * DAY_S + hour_of_day(&mut draw);
                let known = draw.percent(35).then(|| self.known_pair(pairs, day, k, &taken)).flatten();
                taken.extend(known);
                let fresh = pairs + (since * 256 + k as u32) % (HOUSEHOLDS - pairs);
                let pair = known.unwrap_or(fresh);
                let times = if known.is_some() { self.report_times(pair) } else { Vec::new() };
                let nth = 1_000 + since as usize;
                let mut plan = self.plan(pair, called_s, nth, &times);
                plan.offence = self.offence(pair, nth);
                plan.live = true;
                if draw.percent(options.mistakes) {
                    let order = plan.order.is_some_and(|(from, until)| from <= called_s && called_s < until);
                    let history = plan.contacts >= 3;
                    plan.mistake =
                        Some(Mistake::choose(plan.offence.is_some(), history, plan.contacts == 1, order, &mut draw));
                    // Who is let out was let out while the feed was live, so that it is in the feed.
                    if plan.mistake.is_some_and(Mistake::looks_back) && called_s < self.live_s + 6 * 3_600 {
                        plan.mistake = Some(Mistake::T01Late);
                    }
                    plan.offence = plan.mistake.and_then(|m| m.offence(plan.offence));
                }
                plan
            })
            .collect();
        plans.retain(|plan| plan.called_s >= self.live_s);
        plans.sort_by_key(|plan| plan.called_s);
        plans
    }

    /// A pair of the history that may be reported again that day: rather one that often was, and none whose last report is so
    /// fresh that bail conditions or seven days would make another case of it.
    fn known_pair(&self, pairs: u32, day: i64, k: i64, taken: &[u32]) -> Option<u32> {
        let mut draw = self.seed.branch("known pair", (day as u64) << 10 | k as u64).draw();
        let turn = day.rem_euclid(TURN as i64) as u64;
        for _ in 0..40 {
            let pair = (draw.below((u64::from(pairs) / TURN).max(1)) * TURN + turn) as u32;
            let often = match self.reports(pair) {
                1 => 12,
                2 => 40,
                _ => 100,
            };
            if pair < pairs
                && !taken.contains(&pair)
                && draw.percent(often)
                && self.report_times(pair).last().is_some_and(|last_s| *last_s < day * DAY_S - 95 * DAY_S)
            {
                return Some(pair);
            }
        }
        None
    }
}
