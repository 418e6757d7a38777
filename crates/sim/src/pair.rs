//! Victims and suspects: who abuses whom, how often it is reported, and how grave it is.
//!
//! 76 % of pairs never come back, and fewer than 2 % of pairs carry 80 % of the harm (Bland & Ariel 2015, Suffolk). How the
//! rest is spread is assumed.

use crate::draw::{Draw, Seed};
use crate::person::{Force, HOUSEHOLDS, Person};

/// Pairs in a thousand by number of reports in the history: 1, 2, 3, 4, and 5 or more (the tail below).
const REPORTS: [u32; 5] = [760, 132, 52, 26, 30];
/// Reports of those with 5 or more (assumed).
const TAIL: [u32; 16] = [5, 5, 5, 5, 6, 6, 6, 7, 7, 8, 8, 9, 10, 12, 15, 21];
/// Pairs in a thousand with one incident of the gravest kind.
const GRAVE: u64 = 15;
/// Reports by local hour of the day, in a thousand: evenings most, early mornings least (assumed).
pub const HOURS: [u32; 24] =
    [48, 40, 34, 26, 18, 14, 14, 20, 28, 34, 36, 38, 42, 42, 42, 46, 50, 54, 60, 64, 66, 66, 62, 56];
const DAY_S: i64 = 86_400;

/// A victim and a suspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Which.
    pub index: u32,
    /// The victim's number.
    pub victim: u32,
    /// The suspect's number.
    pub suspect: u32,
    /// What the suspect is to the victim, in FEED.md's words.
    pub relationship: &'static str,
}

/// An offence, and its harm in days: a scale of our own, in the manner of the harm indices that forces use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offence {
    /// As it is recorded.
    pub text: &'static str,
    /// Days.
    pub harm: u32,
    /// Meanings of the phrase bank that describe it.
    pub meaning: &'static str,
}

/// The commonest offence.
pub const COMMON_ASSAULT: Offence = Offence { text: "Common assault", harm: 1, meaning: "offence" };
/// A grave one.
pub const WOUNDING: Offence = Offence { text: "Wounding with intent", harm: 1100, meaning: "weapon" };
/// Everyday offences and how often each is met.
const OFFENCES: [(u32, Offence); 8] = [
    (44, COMMON_ASSAULT),
    (14, Offence { text: "Assault occasioning actual bodily harm", harm: 10, meaning: "injury" }),
    (12, Offence { text: "Criminal damage", harm: 2, meaning: "offence" }),
    (7, Offence { text: "Harassment", harm: 5, meaning: "stalking" }),
    (6, Offence { text: "Threats to kill", harm: 10, meaning: "threat_to_kill" }),
    (6, Offence { text: "Stalking", harm: 10, meaning: "stalking" }),
    (6, Offence { text: "Controlling or coercive behaviour", harm: 10, meaning: "control" }),
    (5, Offence { text: "Non-fatal strangulation", harm: 20, meaning: "strangulation" }),
];
/// The gravest.
const GRAVEST: [Offence; 3] = [
    WOUNDING,
    Offence { text: "Rape", harm: 1400, meaning: "control" },
    Offence { text: "Attempted murder", harm: 1800, meaning: "strangulation" },
];

impl Force {
    fn pair_seed(&self, pair: u32) -> Seed {
        self.seed.branch("pair", u64::from(pair))
    }

    /// The pair of that number. The victim of each is another person, up to [`HOUSEHOLDS`] pairs.
    pub fn pair(&self, index: u32) -> Pair {
        const STEP: u64 = 157_751;
        let turn = self.seed.branch("pairs", 0).number() % u64::from(HOUSEHOLDS);
        let household = ((u64::from(index) * STEP + turn) % u64::from(HOUSEHOLDS)) as u32;
        let (first, size) = self.members(household);
        let mut draw = self.pair_seed(index).draw();
        let kind = draw.below(100);
        // One suspect in thirty-three is another pair's as well.
        if draw.percent(3) && index > 0 {
            let other = self.pair(index - 1);
            return Pair { index, victim: first, suspect: other.suspect, relationship: "ex_partner" };
        }
        if size >= 3 && kind < 20 && self.person(first + 2).age(self.year) >= 16 {
            return Pair { index, victim: first, suspect: first + 2, relationship: "child" };
        }
        if size >= 2 && kind < 72 {
            // Three victims in four of mixed couples are women (assumed).
            let woman_is_first = self.person(first).female;
            let woman = draw.percent(75);
            let victim = first + u32::from(woman != woman_is_first);
            return Pair { index, victim, suspect: 2 * first + 1 - victim, relationship: "partner" };
        }
        let victim = if size >= 2 { first + u32::from(draw.percent(75) != self.person(first).female) } else { first };
        let Person { female: sex, born, .. } = self.person(victim);
        let mut elsewhere = self.members(draw.below(u64::from(HOUSEHOLDS)) as u32);
        // Somebody of about the same age, if one of six households has them.
        for _ in 0..5 {
            if self.person(elsewhere.0).born.0.abs_diff(born.0) <= 12 {
                break;
            }
            elsewhere = self.members(draw.below(u64::from(HOUSEHOLDS)) as u32);
        }
        let (other, others) = elsewhere;
        let suspect = if others >= 2 && self.person(other).female == sex { other + 1 } else { other };
        // Hardly ever the same household; then it is next door's.
        let suspect = if suspect != victim {
            suspect
        } else if first > 0 {
            first - 1
        } else {
            first + size
        };
        Pair { index, victim, suspect, relationship: if kind < 93 { "ex_partner" } else { "family" } }
    }

    /// How often a pair is reported in the history.
    pub fn reports(&self, pair: u32) -> u32 {
        let mut draw = self.pair_seed(pair).branch("reports", 0).draw();
        match draw.weighted(REPORTS.iter().copied()) {
            4 => *draw.pick(&TAIL),
            few => few as u32 + 1,
        }
    }

    /// When, in seconds since 1970, in order: on different days, at the hours of [`HOURS`].
    pub fn report_times(&self, pair: u32) -> Vec<i64> {
        let reports = i64::from(self.reports(pair));
        let mut draw = self.pair_seed(pair).branch("times", 0).draw();
        let days = (self.live_s - self.from_s) / DAY_S;
        // Reports of one pair stand close together: weeks, or a year, or the whole time.
        let spread = (*draw.pick(&[30_i64, 90, 200, 400, 1000])).max(reports * 2).min(days - 1);
        let start = draw.between(0, (days - 1 - spread).max(0));
        let mut list: Vec<i64> = (0..reports).map(|_| start + draw.between(0, spread)).collect();
        list.sort_unstable();
        for i in 1..list.len() {
            list[i] = list[i].max(list[i - 1] + 2);
        }
        let midnight = self.from_s - self.from_s.rem_euclid(DAY_S) + DAY_S;
        list.retain(|day| *day < days - 1);
        list.into_iter().map(|day| midnight + day * DAY_S + hour_of_day(&mut draw)).collect()
    }

    /// What the report was of: nothing criminal in 54 of 100 (ONS, year to March 2017: 46 % of reports became crimes).
    pub fn offence(&self, pair: u32, nth: usize) -> Option<Offence> {
        let seed = self.pair_seed(pair);
        let mut grave = seed.branch("grave", 0).draw();
        if grave.below(1000) < GRAVE {
            let at = grave.place(self.reports(pair) as usize);
            if at == nth {
                return Some(*grave.pick(&GRAVEST));
            }
        }
        let mut draw = seed.branch("offence", nth as u64).draw();
        if !draw.percent(46) {
            return None;
        }
        Some(OFFENCES[draw.weighted(OFFENCES.iter().map(|o| o.0))].1)
    }

    /// A court order that protects the victim of a pair: from and until, if there is one.
    pub fn order(&self, pair: u32, first_report_s: i64) -> Option<(i64, i64)> {
        let mut draw = self.pair_seed(pair).branch("order", 0).draw();
        let made = draw.percent(if self.reports(pair) > 1 { 14 } else { 2 });
        made.then(|| {
            let from = first_report_s + draw.between(2, 12) * DAY_S;
            (from, from + draw.between(180, 540) * DAY_S)
        })
    }

    /// Both people of a pair.
    pub fn people(&self, pair: &Pair) -> (Person, Person) {
        (self.person(pair.victim), self.person(pair.suspect))
    }
}

/// Seconds after midnight (UTC: the hour of summer time is left out of this assumed profile).
pub fn hour_of_day(draw: &mut Draw) -> i64 {
    let hour = draw.weighted(HOURS.iter().copied()) as i64;
    hour * 3600 + draw.between(0, 3599)
}
