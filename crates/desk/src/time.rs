//! Instants, periods and working days: the one place where the desk does arithmetic with time.
//!
//! An instant is UTC at millisecond grain; what people read is local (Europe/London) and is made only at the rim, by
//! [`Timestamp::local`]. Nothing here reads a clock.

use std::fmt;

use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant, in milliseconds since 1970-01-01T00:00:00Z. Ordered, copied, never a civil time.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// What is wrong with the text of an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 instant with an offset")]
pub struct NotAnInstant;

impl Timestamp {
    /// 1990-01-01T00:00:00Z: no live message may have happened before it (FEED.md "Three times").
    pub const EARLIEST: Self = Self(631_152_000_000);
    /// The last instant that can be written, 9999-12-30T22:00:00Z.
    pub const LATEST: Self = Self(253_402_207_200_000);

    /// The first instant that is read, the beginning of year 0; what would lie before it is it.
    pub const FIRST: Self = Self(-62_167_219_200_000);

    /// From milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 with an offset (`2026-04-16T14:06:12+01:00` or `Z`); anything below a millisecond is dropped.
    ///
    /// # Errors
    /// [`NotAnInstant`] when the text is anything else, or lies outside years 0 to 9999.
    pub fn parse(text: &str) -> Result<Self, NotAnInstant> {
        if let Some(at) = plain(text.as_bytes()) {
            return Ok(at);
        }
        // jiff also takes a bare date with `Z` forms that RFC 3339 does not know; length and the `T` settle those.
        let bytes = text.as_bytes();
        if bytes.len() < 20 || !matches!(bytes[10], b'T' | b't' | b' ') {
            return Err(NotAnInstant);
        }
        let at: jiff::Timestamp = text.parse().map_err(|_| NotAnInstant)?;
        let at = Self(at.as_millisecond());
        if at > Self::LATEST || at < Self::FIRST { Err(NotAnInstant) } else { Ok(at) }
    }

    /// This instant and a period.
    #[must_use]
    pub const fn plus(self, period: Period) -> Self {
        Self(self.0.saturating_add(period.0))
    }

    /// This instant, a period earlier.
    #[must_use]
    pub const fn minus(self, period: Period) -> Self {
        Self(self.0.saturating_sub(period.0))
    }

    /// The elapsed time since `earlier`; negative when that lies ahead.
    pub const fn since(self, earlier: Self) -> Period {
        Period(self.0 - earlier.0)
    }

    /// The instants at which the last `count` months began in the force's zone, the month of this instant last.
    pub fn last_months(self, count: u8) -> Vec<Self> {
        let first = self.local().date().first_of_month();
        let start = |back: u8| {
            let date = first.checked_sub(jiff::Span::new().months(i64::from(back))).ok()?;
            let zoned = date.to_zoned_datetime(zone()).ok()?;
            Some(Self(zoned.timestamp().as_millisecond()))
        };
        (0..count).rev().filter_map(start).collect()
    }

    /// The instants at which the last `count` weeks began in the force's zone, on Mondays; the week of this instant last.
    pub fn last_weeks(self, count: u8) -> Vec<Self> {
        let today = self.local().date();
        let passed = i64::from(today.weekday().to_monday_zero_offset());
        let start = |back: u8| {
            let date = today.checked_sub(jiff::Span::new().days(passed + i64::from(back) * 7)).ok()?;
            let zoned = date.to_zoned_datetime(zone()).ok()?;
            Some(Self(zoned.timestamp().as_millisecond()))
        };
        (0..count).rev().filter_map(start).collect()
    }

    /// The instant as civil time in the force's zone.
    pub fn local(self) -> civil::DateTime {
        self.zoned().datetime()
    }

    /// `2026-04-16T14:06:12+01:00`: local time with its offset, to the second (with milliseconds when there are any).
    pub fn rfc3339_local(self) -> String {
        let mut zoned = self.zoned();
        // London was 75 seconds behind Greenwich until 1847, which RFC 3339 cannot say.
        if zoned.offset().seconds() % 60 != 0 {
            zoned = zoned.with_time_zone(TimeZone::UTC);
        }
        let seconds = zoned.offset().seconds();
        let (sign, seconds) = if seconds < 0 { ('-', -seconds) } else { ('+', seconds) };
        let millis = self.0.rem_euclid(1000);
        let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
        format!(
            "{}{fraction}{sign}{:02}:{:02}",
            zoned.datetime().strftime("%Y-%m-%dT%H:%M:%S"),
            seconds / 3600,
            seconds % 3600 / 60
        )
    }

    /// The instant at which the `n`th working day after the day of this instant ends: local midnight.
    /// `n` = 1 from a Thursday evening is Friday at 24:00 (RULES.md "Working days").
    #[must_use]
    pub fn end_of_working_day(self, n: u32, holidays: &[civil::Date]) -> Self {
        let mut day = self.local().date();
        let mut left = n;
        // A force's calendar never has a month without one working day, so the loop is bounded by 31 days a working day.
        for _ in 0..n.saturating_mul(31) {
            if left == 0 {
                break;
            }
            day = day.tomorrow().unwrap_or(day);
            let weekend = matches!(day.weekday(), civil::Weekday::Saturday | civil::Weekday::Sunday);
            if !weekend && !holidays.contains(&day) {
                left -= 1;
            }
        }
        let midnight = day.tomorrow().unwrap_or(day).to_zoned_datetime(zone()).map(|z| z.timestamp().as_millisecond());
        midnight.map_or(self, Self)
    }

    /// The instant a calendar span earlier (months and years by the local calendar, the rest elapsed).
    #[must_use]
    pub fn back(self, span: Span) -> Self {
        if span.months == 0 {
            return self.minus(span.rest);
        }
        let Ok(months) = jiff::Span::new().try_months(i64::from(span.months)) else { return Self::FIRST };
        let earlier = self.zoned().checked_sub(months);
        earlier.map_or(Self::FIRST, |z| Self(z.timestamp().as_millisecond())).minus(span.rest)
    }

    fn zoned(self) -> jiff::ZonedDateTime {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or_default().to_zoned_datetime(zone())
    }
}

/// Reads what nearly every instant looks like, `2026-04-16T14:06:12+01:00` or the same with `Z`, without help; `None` for any
/// other form, right or wrong.
fn plain(text: &[u8]) -> Option<Timestamp> {
    let (head, offset) = text.split_at_checked(19)?;
    let &[y1, y2, y3, y4, b'-', o1, o2, b'-', d1, d2, b'T', h1, h2, b':', m1, m2, b':', s1, s2] = head else {
        return None;
    };
    let two = |a: u8, b: u8, most: i64| -> Option<i64> {
        let n = (a.is_ascii_digit() && b.is_ascii_digit()).then(|| i64::from(a - b'0') * 10 + i64::from(b - b'0'))?;
        (n <= most).then_some(n)
    };
    let offset_minutes = match *offset {
        [b'Z'] => 0,
        [sign @ (b'+' | b'-'), a, b, b':', c, d] => {
            let minutes = two(a, b, 23)? * 60 + two(c, d, 59)?;
            if sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    let year = two(y1, y2, 99)? * 100 + two(y3, y4, 99)?;
    let (month, day) = (two(o1, o2, 12)?, two(d1, d2, 31)?);
    // The last days of a month are left to jiff, but for the first 28 no calendar is needed.
    if !(1..=9998).contains(&year) || month < 1 || !(1..=28).contains(&day) {
        return None;
    }
    let minutes = two(h1, h2, 23)? * 60 + two(m1, m2, 59)? - offset_minutes;
    let seconds = days_since_1970(year, month, day) * 86_400 + minutes * 60 + two(s1, s2, 59)?;
    Some(Timestamp(seconds * 1000))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
const fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The zone in which working days are counted and people read times: Europe/London for every police force in England and Wales.
pub fn zone() -> TimeZone {
    static ZONE: std::sync::LazyLock<TimeZone> =
        std::sync::LazyLock::new(|| TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC));
    ZONE.clone()
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339_local())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339_local())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.serialize_str(&self.rfc3339_local()) } else { to.serialize_i64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            let text = std::borrow::Cow::<str>::deserialize(from)?;
            Self::parse(&text).map_err(serde::de::Error::custom)
        } else {
            i64::deserialize(from).map(Self)
        }
    }
}

/// An elapsed time in milliseconds. Clock changes do not stretch it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period(i64);

impl Period {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From milliseconds.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// From seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1000)
    }

    /// From minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self::seconds(minutes * 60)
    }

    /// From hours.
    pub const fn hours(hours: i64) -> Self {
        Self::minutes(hours * 60)
    }

    /// Milliseconds.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Reads an ISO 8601 duration without calendar units: `PT5M`, `PT1H30M`, `P2D` (days of 24 h), `PT0.5S`.
    pub fn parse(text: &str) -> Option<Self> {
        let span = Span::parse(text)?;
        (span.months == 0).then_some(span.rest)
    }
}

/// A span as people write it: months and years go by the calendar, everything smaller is elapsed time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Whole calendar months, 0 or more (a year is 12).
    pub months: u32,
    /// What is left, as elapsed time.
    pub rest: Period,
}

impl Span {
    /// Reads an ISO 8601 duration: `P12M`, `P1Y`, `P7D`, `PT12H`, `P1DT2H`.
    pub fn parse(text: &str) -> Option<Self> {
        let span: jiff::Span = text.strip_prefix('P').map(|_| text)?.parse().ok()?;
        if span.is_negative() {
            return None;
        }
        let months = i64::from(span.get_years()) * 12 + i64::from(span.get_months());
        let days = i64::from(span.get_weeks()) * 7 + i64::from(span.get_days());
        let ms = ((days * 24 + i64::from(span.get_hours())) * 60 + span.get_minutes()) * 60_000
            + span.get_seconds() * 1000
            + span.get_milliseconds();
        Some(Self { months: u32::try_from(months).ok()?, rest: Period(ms) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a valid instant")
    }

    #[test]
    fn reads_and_writes_local_time_with_its_offset() {
        assert_eq!(at("2026-04-16T13:06:12Z").rfc3339_local(), "2026-04-16T14:06:12+01:00");
        assert_eq!(at("2026-01-16T13:06:12Z").rfc3339_local(), "2026-01-16T13:06:12+00:00");
        assert_eq!(at("2026-01-16T13:06:12.250Z").rfc3339_local(), "2026-01-16T13:06:12.250+00:00");
        for wrong in ["", "2026-04-16", "2026-04-16T13:06:12", "13:06", "2026-13-16T13:06:12Z", "yesterday, as it were"]
        {
            assert_eq!(Timestamp::parse(wrong), Err(NotAnInstant), "{wrong}");
        }
    }

    #[test]
    fn an_instant_of_any_year_is_written_so_that_it_reads_as_the_same() {
        for text in ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1800-06-01T12:00:00Z", "9999-12-01T00:00:00Z"] {
            assert_eq!(Timestamp::parse(&at(text).rfc3339_local()), Ok(at(text)), "{text}");
        }
    }

    #[test]
    fn a_plain_instant_is_read_as_jiff_reads_it() {
        for year in [1, 1899, 1970, 1999, 2000, 2024, 2026, 2100, 9998] {
            for (month, day) in (1..=12).flat_map(|m| [1, 15, 28, 29, 30, 31].map(|d| (m, d))) {
                for rest in
                    ["T00:00:00Z", "T23:59:59+01:00", "T12:30:45-11:45", "T24:00:00Z", "T10:60:00Z", "T10:00:60Z"]
                {
                    let text = format!("{year:04}-{month:02}-{day:02}{rest}");
                    let jiff = text.parse::<jiff::Timestamp>().ok().map(|t| Timestamp(t.as_millisecond()));
                    assert!(plain(text.as_bytes()).is_none_or(|at| Some(at) == jiff), "{text}");
                    assert_eq!(Timestamp::parse(&text).ok(), jiff, "{text}");
                }
            }
        }
        assert_eq!(plain(b"2026-04-16T14:06:12+01:00"), Some(at("2026-04-16T13:06:12Z")));
    }

    #[test]
    fn working_days_end_at_local_midnight_and_skip_weekends_and_holidays() {
        let thursday = at("2026-03-12T19:30:00+00:00");
        assert_eq!(thursday.end_of_working_day(1, &[]), at("2026-03-14T00:00:00+00:00"));
        assert_eq!(thursday.end_of_working_day(2, &[]), at("2026-03-17T00:00:00+00:00"));
        let good_friday = civil::date(2026, 4, 3);
        let easter_monday = civil::date(2026, 4, 6);
        let maundy = at("2026-04-02T10:00:00+01:00");
        assert_eq!(maundy.end_of_working_day(1, &[good_friday, easter_monday]), at("2026-04-08T00:00:00+01:00"));
        // Across the change to summer time, midnight is local.
        assert_eq!(at("2026-03-27T10:00:00Z").end_of_working_day(1, &[]), at("2026-03-31T00:00:00+01:00"));
    }

    #[test]
    fn periods_are_elapsed_and_months_are_calendar() {
        assert_eq!(Period::parse("PT5M"), Some(Period::minutes(5)));
        assert_eq!(Period::parse("P7D"), Some(Period::hours(168)));
        assert_eq!(Period::parse("P12M"), None);
        let span = Span::parse("P12M").expect("a span");
        assert_eq!(at("2026-02-28T12:00:00Z").back(span), at("2025-02-28T12:00:00Z"));
        assert_eq!(Span::parse("5 minutes"), None);
        let ages = Span::parse("P19998Y11M").expect("a span that jiff reads");
        assert_eq!(at("2026-02-28T12:00:00Z").back(ages), Timestamp::FIRST);
    }
}
