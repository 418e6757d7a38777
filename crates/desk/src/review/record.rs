//! A rule's own record: what it raised, and what people and the record said of that.
//!
//! Counted from the flags and the verdicts whenever it is asked for, so that it can never differ from them. Protected
//! characteristics are read here, to see whether a rule treats people alike, and nowhere else: no rule and no rank knows them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Judgement;
use crate::message::{Born, Person};
use crate::stamp::FlagId;
use crate::state::State;
use crate::time::{Period, Timestamp};
use crate::watch::{Flag, Standing};

/// How far back a record goes, unless asked otherwise.
pub const RECORD_OF: Period = Period::hours(24 * 365);

/// Fewer verdicts than this say nothing about a rule (D).
const FEW_VERDICTS: u32 = 10;

/// A number of people below this is hidden, so that nobody is found by what they are (D).
pub(crate) const FEW_PEOPLE: u32 = 10;

/// What became of a rule's flags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleRecord {
    /// Flags raised.
    pub raised: u32,
    /// A person confirmed that an opportunity was missed.
    pub confirmed: u32,
    /// A person said that it was right, and handled already.
    pub handled: u32,
    /// A person said that it was right, and asked somebody to act.
    pub action_asked: u32,
    /// A person set it aside, with a reason.
    pub set_aside: u32,
    /// No person has said anything of it yet.
    pub unsaid: u32,
    /// Of all of them: the record answered it.
    pub answered: u32,
    /// Of all of them: what it rested on is no longer so.
    pub withdrawn: u32,
    /// The middle time from a flag to the first verdict of a person on it; of an even number the lower middle.
    pub to_verdict: Option<Period>,
    /// The middle time from a flag to the act that answered it; of an even number the lower middle.
    pub to_act: Option<Period>,
    /// Those set aside, the newest verdict first, each with the journal entry that holds the reason.
    pub reasons: Vec<(FlagId, u64)>,
}

impl RuleRecord {
    /// Flags that a person gave a verdict on.
    pub fn judged(&self) -> u32 {
        self.confirmed + self.handled + self.action_asked + self.set_aside
    }

    /// Whether people set aside at least nine in ten of what they gave a verdict on, where they gave enough of them.
    pub fn is_mostly_set_aside(&self) -> bool {
        self.judged() >= FEW_VERDICTS && self.set_aside * 10 >= self.judged() * 9
    }
}

/// By what a victim's group is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupedBy {
    /// The sex that the force's record says.
    Sex,
    /// Her age in whole years when the flag was raised, in bands.
    Age,
    /// Her self-defined ethnicity, by the census's five groups.
    Ethnicity,
}

/// A number in a table of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As it is.
    Number(u32),
    /// Too small to be shown, or another hidden one could be told from it.
    Hidden,
}

/// A group's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What it is called.
    pub name: &'static str,
    /// Flags raised about people of it.
    pub raised: Shown,
    /// Of them, those that a person gave a verdict on and did not set aside.
    pub right: Shown,
    /// Of them, those that a person set aside.
    pub set_aside: Shown,
}

/// What one rule's flags came to, while it is counted.
#[derive(Default)]
struct Counting {
    record: RuleRecord,
    verdicts: Vec<Period>,
    acts: Vec<Period>,
    reasons: Vec<(Timestamp, FlagId, u64)>,
}

impl State {
    /// Every rule's record over the flags raised from an instant on, by the rule's id.
    pub fn rule_records(&self, since: Timestamp) -> BTreeMap<Arc<str>, RuleRecord> {
        let mut counting: BTreeMap<Arc<str>, Counting> = BTreeMap::new();
        for flag in self.flags.all().iter().filter(|f| f.raised_at() >= since) {
            if !counting.contains_key(&flag.now.rule) {
                counting.insert(flag.now.rule.clone(), Counting::default());
            }
            if let Some(of_rule) = counting.get_mut(&flag.now.rule) {
                self.count(flag, of_rule);
            }
        }
        counting.into_iter().map(|(rule, counted)| (rule, counted.finish())).collect()
    }

    fn count(&self, flag: &Flag, counting: &mut Counting) {
        let record = &mut counting.record;
        record.raised += 1;
        match &flag.standing {
            Standing::Open => {}
            Standing::Answered { at, .. } => {
                record.answered += 1;
                counting.acts.push(at.since(flag.raised_at()));
            }
            Standing::Withdrawn { .. } => record.withdrawn += 1,
        }
        let verdicts = self.reviews.verdicts(flag.id);
        if let Some(first) = verdicts.first() {
            counting.verdicts.push(first.at.since(flag.raised_at()));
        }
        match verdicts.last().map(|v| v.judgement) {
            None => record.unsaid += 1,
            Some(Judgement::Confirmed) => record.confirmed += 1,
            Some(Judgement::Handled) => record.handled += 1,
            Some(Judgement::ActionAsked) => record.action_asked += 1,
            Some(Judgement::SetAside) => record.set_aside += 1,
        }
        if let Some(last) = verdicts.last().filter(|v| v.judgement == Judgement::SetAside) {
            counting.reasons.push((last.at, flag.id, last.words));
        }
    }

    /// How many flags of each month were raised, and how many of them confirmed; `months` starts are ascending, and each month
    /// ends where the next begins.
    pub fn rule_months(&self, rule: &str, months: &[Timestamp]) -> Vec<(u32, u32)> {
        let mut counts = vec![(0, 0); months.len()];
        for flag in self.flags.all().iter().filter(|f| &*f.now.rule == rule) {
            let month = months.partition_point(|start| *start <= flag.raised_at());
            if let Some(count) = month.checked_sub(1).and_then(|month| counts.get_mut(month)) {
                count.0 += 1;
                let confirmed =
                    self.reviews.verdicts(flag.id).last().is_some_and(|v| v.judgement == Judgement::Confirmed);
                count.1 += u32::from(confirmed);
            }
        }
        counts
    }

    /// The record by the groups of the victims, over the flags raised from an instant on; of one rule, or of all.
    ///
    /// A number below ten (D) is hidden, and so is one more where a single hidden one could be told from the sum of its column.
    pub fn rule_groups(&self, rule: Option<&str>, since: Timestamp, by: GroupedBy) -> Vec<Group> {
        let mut counts = vec![[0_u32; 3]; by.names().len()];
        let of_rule = |f: &&Flag| rule.is_none_or(|rule| &*f.now.rule == rule) && f.raised_at() >= since;
        for flag in self.flags.all().iter().filter(of_rule) {
            let person = flag.now.victim.map(|victim| &self.people.record(victim).person);
            let place = by.place(person, flag.raised_at());
            let judgement = self.reviews.verdicts(flag.id).last().map(|v| v.judgement);
            let set_aside = judgement == Some(Judgement::SetAside);
            counts[place][0] += 1;
            counts[place][1] += u32::from(judgement.is_some() && !set_aside);
            counts[place][2] += u32::from(set_aside);
        }
        let columns = [0, 1, 2].map(|column| hide(&counts.iter().map(|c| c[column]).collect::<Vec<_>>()));
        let group = |(n, name): (usize, &&'static str)| Group {
            name,
            raised: columns[0][n],
            right: columns[1][n],
            set_aside: columns[2][n],
        };
        by.names().iter().enumerate().map(group).collect()
    }
}

impl Counting {
    fn finish(mut self) -> RuleRecord {
        self.reasons.sort_by_key(|(at, flag, _)| std::cmp::Reverse((*at, flag.0)));
        self.record.reasons = self.reasons.into_iter().map(|(_, flag, words)| (flag, words)).collect();
        self.record.to_verdict = middle(self.verdicts);
        self.record.to_act = middle(self.acts);
        self.record
    }
}

fn middle(mut times: Vec<Period>) -> Option<Period> {
    times.sort_unstable_by_key(|time| time.ms());
    times.get(times.len().checked_sub(1)? / 2).copied()
}

impl GroupedBy {
    /// What its groups are called, in the order of the table.
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Sex => &["Female", "Male", "Other", "Not recorded"],
            Self::Age => &["Under 18", "18 to 24", "25 to 34", "35 to 44", "45 to 59", "60 and over", "Not recorded"],
            Self::Ethnicity => &["White", "Mixed", "Asian", "Black", "Other", "Not stated or recorded"],
        }
    }
}

impl GroupedBy {
    /// Whose group a person belonged to at an instant, as a place among the names.
    pub(crate) fn place(self, person: Option<&Person>, at: Timestamp) -> usize {
        match self {
            Self::Sex => sex(person.and_then(|p| p.sex.as_deref())),
            Self::Age => age_band(person.and_then(|p| p.born), at),
            Self::Ethnicity => ethnicity(person.and_then(|p| p.ethnicity.as_deref())),
        }
    }
}

fn sex(recorded: Option<&str>) -> usize {
    match recorded.map(str::trim).filter(|s| !s.is_empty()).map(str::to_lowercase).as_deref() {
        Some("f" | "female") => 0,
        Some("m" | "male") => 1,
        Some("u" | "unknown" | "not known" | "not_known") | None => 3,
        Some(_) => 2,
    }
}

fn age_band(born: Option<Born>, at: Timestamp) -> usize {
    let today = at.local().date();
    let age = match born {
        None => return 6,
        Some(Born::In(year)) => today.year() - year,
        Some(Born::On(year, month, day)) => {
            let before_birthday =
                (i32::from(today.month()), i32::from(today.day())) < (i32::from(month), i32::from(day));
            today.year() - year - i16::from(before_birthday)
        }
    };
    [18, 25, 35, 45, 60].partition_point(|from| *from <= age)
}

/// The 18+1 self-defined codes begin with the letter of their census group; N is not stated.
fn ethnicity(code: Option<&str>) -> usize {
    match code.and_then(|code| code.trim().chars().next()).map(|c| c.to_ascii_uppercase()) {
        Some('W') => 0,
        Some('M') => 1,
        Some('A') => 2,
        Some('B') => 3,
        Some('O') => 4,
        _ => 5,
    }
}

/// Hides what is small, and where just one is hidden the smallest of the others too. Nought tells of nobody and is shown.
pub(crate) fn hide(column: &[u32]) -> Vec<Shown> {
    hide_where(column, |place| column.get(place).is_some_and(|n| *n > 0 && *n < FEW_PEOPLE))
}

/// Hides what stands at these places, and where that is just one the smallest of the others too.
pub(crate) fn hide_where(column: &[u32], at: impl Fn(usize) -> bool) -> Vec<Shown> {
    let mut hidden: Vec<bool> = (0..column.len()).map(at).collect();
    if hidden.iter().filter(|h| **h).count() == 1 {
        let others = column.iter().enumerate().filter(|(i, _)| !hidden[*i]);
        if let Some((next, _)) = others.min_by_key(|(_, n)| (**n == 0, **n)) {
            hidden[next] = true;
        }
    }
    column.iter().zip(hidden).map(|(n, hidden)| if hidden { Shown::Hidden } else { Shown::Number(*n) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(story: &str, rule: &str) -> String {
        let room = crate::review::tests::Room::after(story).0;
        let records = room.desk.state().rule_records(crate::review::tests::at("20:00"));
        records.get(rule).map_or_else(String::new, |r| {
            let seconds = |time: Option<Period>| time.map_or_else(|| "-".to_owned(), |t| (t.ms() / 1000).to_string());
            format!(
                "raised {} confirmed {} handled {} asked {} aside {} unsaid {} answered {} verdict {} act {} reasons {}",
                r.raised,
                r.confirmed,
                r.handled,
                r.action_asked,
                r.set_aside,
                r.unsaid,
                r.answered,
                seconds(r.to_verdict),
                seconds(r.to_act),
                r.reasons.len()
            )
        })
    }

    #[test]
    fn a_rules_record_is_counted_from_what_became_of_its_flags() {
        let night = "02:00 opened A · 02:20 raise T01 S1 A";
        let cases = [
            ("", "raised 1 confirmed 0 handled 0 asked 0 aside 0 unsaid 1 answered 0 verdict - act - reasons 0"),
            (
                " · 02:24 answer T01 · 02:30 s-1 dispose A handled",
                "raised 1 confirmed 0 handled 1 asked 0 aside 0 unsaid 0 answered 1 verdict 600 act 240 reasons 0",
            ),
            (
                " · 02:25 s-1 dispose A none",
                "raised 1 confirmed 0 handled 0 asked 0 aside 1 unsaid 0 answered 0 verdict 300 act - reasons 1",
            ),
            (
                " · 02:25 s-1 dispose A dispatcher 03:00",
                "raised 1 confirmed 0 handled 0 asked 1 aside 0 unsaid 0 answered 0 verdict 300 act - reasons 0",
            ),
            // The last word counts: he set it aside, took that back, and confirmed.
            (
                " · 02:25 s-1 dispose A none · 02:25:05 s-1 undo · 02:26 s-1 dispose A missed",
                "raised 1 confirmed 1 handled 0 asked 0 aside 0 unsaid 0 answered 0 verdict 360 act - reasons 0",
            ),
        ];
        for (then, record) in cases {
            assert_eq!(told(&format!("{night}{then}"), "T01"), record, "{then}");
        }
        assert_eq!(told(night, "T02"), "", "a rule that raised nothing has no record");
    }

    #[test]
    fn nine_in_ten_set_aside_is_said_of_ten_verdicts_or_more() {
        let of = |judged: u32, set_aside: u32| {
            RuleRecord { confirmed: judged - set_aside, set_aside, ..RuleRecord::default() }.is_mostly_set_aside()
        };
        assert_eq!([of(10, 9), of(10, 8), of(9, 9), of(30, 27), of(0, 0)], [true, false, false, true, false]);
    }

    #[test]
    fn small_numbers_are_hidden_and_cannot_be_told_from_the_sum() {
        use Shown::{Hidden, Number};
        let cases: [(&[u32], &[Shown]); 5] = [
            (&[40, 12, 0], &[Number(40), Number(12), Number(0)]),
            (&[40, 12, 9], &[Number(40), Hidden, Hidden]),
            (&[40, 3, 9], &[Number(40), Hidden, Hidden]),
            (&[0, 0, 4], &[Hidden, Number(0), Hidden]),
            (&[10, 1], &[Hidden, Hidden]),
        ];
        for (column, shown) in cases {
            assert_eq!(hide(column), shown, "{column:?}");
        }
    }

    #[test]
    fn months_begin_at_local_midnight_on_both_sides_of_a_clock_change() {
        let months = Timestamp::parse("2026-11-26T00:30:00Z").expect("an instant").last_months(3);
        let told: Vec<String> = months.into_iter().map(Timestamp::rfc3339_local).collect();
        assert_eq!(told, ["2026-09-01T00:00:00+01:00", "2026-10-01T00:00:00+01:00", "2026-11-01T00:00:00+00:00"]);
    }

    #[test]
    fn the_middle_of_times_is_the_lower_of_two() {
        let times = |list: &[i64]| middle(list.iter().map(|s| Period::seconds(*s)).collect());
        assert_eq!(times(&[]), None);
        assert_eq!(times(&[30, 10, 20]), Some(Period::seconds(20)));
        assert_eq!(times(&[40, 10, 30, 20]), Some(Period::seconds(20)));
    }

    #[test]
    fn groups_are_told_by_what_the_record_says() {
        let at = Timestamp::parse("2026-03-10T12:00:00Z").expect("an instant");
        let bands = [(2008, 3, 10), (2008, 3, 11), (1966, 3, 10), (1967, 1, 1)]
            .map(|(y, m, d)| age_band(Some(Born::On(y, m, d)), at));
        assert_eq!(bands, [1, 0, 5, 4]);
        assert_eq!((age_band(Some(Born::In(1990)), at), age_band(None, at)), (3, 6));
        assert_eq!([Some("F"), Some("male"), Some("X"), Some(" "), None].map(sex), [0, 1, 2, 3, 3]);
        assert_eq!([Some("W1"), Some("a9"), Some("NS"), None].map(ethnicity), [0, 2, 5, 5]);
    }
}
