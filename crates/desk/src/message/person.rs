//! People and places as a message names them.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A birth date as the source knows it: a full date, or the year alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Born {
    /// Year, month, day.
    On(i16, u8, u8),
    /// Year alone.
    In(i16),
}

impl Born {
    /// Reads `1988-02-14` or `1988`, from year 1850 on.
    pub fn parse(text: &str) -> Option<Self> {
        if let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes()
            && let (Some(year), Some(month), Some(day)) =
                (digits(&[y1, y2, y3, y4]), digits(&[m1, m2]), digits(&[d1, d2]))
        {
            // Ten bytes of this form are a date or nothing.
            let date = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
            return (date.year() >= 1850).then(|| Self::On(year, month.unsigned_abs() as u8, day.unsigned_abs() as u8));
        }
        let year = |t: &str| t.parse::<i16>().ok().filter(|y| t.len() == 4 && *y >= 1850);
        if let Some(year) = year(text) {
            return Some(Self::In(year));
        }
        let date: jiff::civil::Date = (text.len() == 10).then(|| text.parse().ok()).flatten()?;
        (date.year() >= 1850).then(|| Self::On(date.year(), date.month().unsigned_abs(), date.day().unsigned_abs()))
    }

    /// The year.
    pub const fn year(self) -> i16 {
        match self {
            Self::On(year, ..) | Self::In(year) => year,
        }
    }

    /// Whole years at an instant, when the full date is known; else the difference of the years.
    pub fn age_at(self, at: Timestamp) -> i16 {
        let today = at.local().date();
        match self {
            Self::On(y, m, d) => {
                let birthday_ahead = (today.month().unsigned_abs(), today.day().unsigned_abs()) < (m, d);
                today.year() - y - i16::from(birthday_ahead)
            }
            Self::In(y) => today.year() - y,
        }
    }
}

/// A number of a few digits.
fn digits(text: &[u8]) -> Option<i16> {
    text.iter().try_fold(0, |n, d| d.is_ascii_digit().then(|| n * 10 + i16::from(d - b'0')))
}

impl std::fmt::Display for Born {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::On(y, m, d) => write!(f, "{y:04}-{m:02}-{d:02}"),
            Self::In(y) => write!(f, "{y:04}"),
        }
    }
}

/// A place (FEED.md `location`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Location {
    pub address: Option<String>,
    pub postcode: Option<String>,
    /// Unique property reference number, digits.
    pub uprn: Option<String>,
    /// Degrees north, times ten million.
    pub lat_e7: Option<i64>,
    /// Degrees east, times ten million.
    pub lon_e7: Option<i64>,
    /// Radius in metres.
    pub accuracy_m: Option<u64>,
    /// `caller`, `eisec`, `aml` or `gazetteer`.
    pub from: Option<String>,
}

/// A person as one message names them (FEED.md `person`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Person {
    /// The force's nominal id.
    pub ref_: Option<String>,
    pub name: Option<String>,
    pub given: Option<String>,
    pub family: Option<String>,
    pub aliases: Vec<String>,
    pub born: Option<Born>,
    pub sex: Option<String>,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    pub vehicles: Vec<String>,
    pub location: Option<Location>,
    /// BCP 47.
    pub language: Option<String>,
    pub interpreter: Option<bool>,
    /// 18+1 self-defined code. Shown to people and counted in fairness tables; no rule and no rank reads it.
    pub ethnicity: Option<String>,
    pub disability: Option<String>,
    pub pregnant: Option<bool>,
}

impl Person {
    /// The name as one line, as the source wrote it.
    pub fn full_name(&self) -> Option<String> {
        match (&self.name, &self.given, &self.family) {
            (Some(name), ..) => Some(name.clone()),
            (None, Some(given), Some(family)) => Some(format!("{given} {family}")),
            (None, Some(one), None) | (None, None, Some(one)) => Some(one.clone()),
            (None, None, None) => None,
        }
    }

    /// Whether anything says who this is.
    pub fn is_named(&self) -> bool {
        self.ref_.is_some() || self.name.is_some() || self.given.is_some() || self.family.is_some()
    }
}
