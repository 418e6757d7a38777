//! Birth dates: full, or the year alone.

use serde::{Deserialize, Serialize};

use super::evidence::Agreement;
use super::settings::BornWeights;
use crate::message::Born;

/// A birth date in one number: year, month and day; zero where not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Birth(u32);

impl Birth {
    pub fn new(born: Option<Born>) -> Self {
        match born {
            None => Self(0),
            Some(Born::In(year)) => Self(u32::from(year.unsigned_abs()) << 9),
            Some(Born::On(year, month, day)) => {
                Self(u32::from(year.unsigned_abs()) << 9 | u32::from(month & 15) << 5 | u32::from(day & 31))
            }
        }
    }

    pub const fn is_known(self) -> bool {
        self.0 != 0
    }

    pub const fn year(self) -> u16 {
        (self.0 >> 9) as u16
    }

    pub const fn is_full(self) -> bool {
        self.0 & 0x1ff != 0
    }

    const fn month(self) -> u32 {
        self.0 >> 5 & 15
    }

    const fn day(self) -> u32 {
        self.0 & 31
    }

    /// The same for a date and for the one with day and month the other way round.
    pub fn either_way_round(self) -> u32 {
        let (low, high) = (self.month().min(self.day()), self.month().max(self.day()));
        u32::from(self.year()) << 10 | low << 5 | high
    }

    /// How two birth dates stand to each other, and what that weighs.
    pub fn compare(self, other: Self, weights: &BornWeights) -> (Agreement, i32) {
        if !self.is_known() || !other.is_known() {
            return (Agreement::Missing, 0);
        }
        let years_apart = self.year().abs_diff(other.year());
        let differs = if years_apart >= weights.generation_years {
            (Agreement::Disagree, weights.generation_differs)
        } else {
            (Agreement::Disagree, weights.differs)
        };
        if !self.is_full() || !other.is_full() {
            return match years_apart {
                0 => (Agreement::Partial, weights.year),
                1 => (Agreement::Partial, weights.year_apart),
                _ => differs,
            };
        }
        if self == other {
            let placeholder = self.month() == 1 && self.day() == 1;
            return (Agreement::Exact, if placeholder { weights.first_of_january } else { weights.exact });
        }
        if self.either_way_round() == other.either_way_round() {
            return (Agreement::Swapped, weights.swapped);
        }
        let (day, month) = (self.day() == other.day(), self.month() == other.month());
        match (years_apart == 0, day, month) {
            (true, true, false) => (Agreement::Close, weights.month_wrong),
            (true, false, true) => (Agreement::Close, weights.day_wrong),
            (false, true, true) if years_apart == 1 => (Agreement::Close, weights.year_wrong),
            (false, true, true) if one_slip(self.year(), other.year()) => (Agreement::Close, weights.year_slip),
            (true, false, false) => (Agreement::Disagree, weights.same_year_differs),
            _ => differs,
        }
    }
}

/// One digit different, or two neighbours exchanged.
fn one_slip(a: u16, b: u16) -> bool {
    let digits = |y: u16| [y / 1000 % 10, y / 100 % 10, y / 10 % 10, y % 10];
    let (a, b) = (digits(a), digits(b));
    let differing: Vec<usize> = (0..4).filter(|&i| a[i] != b[i]).collect();
    match differing[..] {
        [_] => true,
        [i, j] => j == i + 1 && a[i] == b[j] && a[j] == b[i],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::linker::Settings;

    #[test]
    fn birth_dates_agree_as_far_as_they_go() {
        let weights = Settings::default().born;
        for (a, b, expected) in [
            ("1988-02-14", "1988-02-14", Agreement::Exact),
            ("1988-02-14", "1988-02-15", Agreement::Close),
            ("1988-02-14", "1988-03-14", Agreement::Close),
            ("1988-02-14", "1989-02-14", Agreement::Close),
            ("2009-02-14", "2010-02-14", Agreement::Close),
            ("1988-02-04", "1988-04-02", Agreement::Swapped),
            ("1987-02-14", "1978-02-14", Agreement::Close),
            ("1988-02-14", "1988", Agreement::Partial),
            ("1988", "1989", Agreement::Partial),
            ("1988", "1991", Agreement::Disagree),
            ("1988-02-14", "1988-07-30", Agreement::Disagree),
            ("1988-02-14", "1961-02-14", Agreement::Disagree),
        ] {
            let birth = |text| Birth::new(Born::parse(text));
            let (there, back) = (birth(a).compare(birth(b), &weights), birth(b).compare(birth(a), &weights));
            assert_eq!(there.0, expected, "{a} {b}");
            assert_eq!(there, back, "{a} {b}");
        }
    }

    #[test]
    fn a_date_almost_the_same_weighs_by_how_many_others_would_do() {
        let weights = Settings::default().born;
        let weight = |text| Birth::new(Born::parse(text)).compare(Birth::new(Born::parse("1988-02-04")), &weights).1;
        assert_eq!((weight("1989-02-04"), weight("1998-02-04")), (weights.year_wrong, weights.year_slip));
        assert_eq!((weight("1988-03-04"), weight("1988-02-19")), (weights.month_wrong, weights.day_wrong));
        let falling =
            ["1988-02-04", "1989-02-04", "1988-03-04", "1988-02-19", "1988-07-30", "1985-07-30", "1961-07-30"];
        assert!(falling.windows(2).all(|pair| weight(pair[0]) > weight(pair[1])), "{falling:?}");
    }
}
