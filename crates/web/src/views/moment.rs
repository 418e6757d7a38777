//! How times read: one place, so that a clock on one screen never disagrees with another.
//!
//! Facts carry seconds (`02:21:07`), sentences minutes (`02:21`), other days their date (`2 Sep`). Always local. The
//! script ticks countdowns by the same table (`assets/src/digits.json`), and a test holds both to it.
//!
//! Every function takes its times by value or by reference, as templates pass both.

use std::borrow::Borrow;

use alongside_desk::time::{Period, Timestamp};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// A fact of the last twelve hours is "tonight" and needs no date.
const TONIGHT_MS: i64 = 12 * HOUR_MS;

/// `02:21:07`, local; with `BST` or `GMT` in the one hour of the year that comes twice.
pub fn seconds(at: impl Borrow<Timestamp>) -> String {
    let at = *at.borrow();
    format!("{}{}", at.local().strftime("%H:%M:%S"), doubled(at))
}

/// `02:21`, local, for sentences.
pub fn minutes(at: impl Borrow<Timestamp>) -> String {
    let at = *at.borrow();
    format!("{}{}", at.local().strftime("%H:%M"), doubled(at))
}

/// `Sat 14 Nov`, local.
pub fn day(at: Timestamp) -> String {
    at.local().strftime("%a %-d %b").to_string()
}

/// `02:21:07` for the last twelve hours, `2 Sep` this year, `2 Sep 2025` before.
pub fn fact(at: impl Borrow<Timestamp>, now: impl Borrow<Timestamp>) -> String {
    let (at, now) = (*at.borrow(), *now.borrow());
    if now.ms().abs_diff(at.ms()) < TONIGHT_MS.unsigned_abs() {
        return seconds(at);
    }
    let (then, today) = (at.local(), now.local());
    let shape = if then.year() == today.year() { "%-d %b" } else { "%-d %b %Y" };
    then.strftime(shape).to_string()
}

/// An elapsed time in digits: `13:52`, from an hour `2 h 21`, from a day `1 d 10 h`. Its sign is dropped: "left" or
/// "over" says it.
pub fn digits(elapsed: impl Borrow<Period>) -> String {
    let ms = i64::try_from(elapsed.borrow().ms().unsigned_abs()).unwrap_or(i64::MAX);
    match ms {
        ..HOUR_MS => format!("{}:{:02}", ms / MINUTE_MS, ms % MINUTE_MS / 1000),
        ..DAY_MS => format!("{} h {:02}", ms / HOUR_MS, ms % HOUR_MS / MINUTE_MS),
        _ => format!("{} d {} h", ms / DAY_MS, ms % DAY_MS / HOUR_MS),
    }
}

/// An age in words for a second line: `40 s`, `29 min`, `1 h 12`, `2 d 3 h`.
pub fn age(elapsed: impl Borrow<Period>) -> String {
    let elapsed = *elapsed.borrow();
    match elapsed.ms().max(0) {
        ms @ ..MINUTE_MS => format!("{} s", ms / 1000),
        ms @ ..HOUR_MS => format!("{} min", ms / MINUTE_MS),
        _ => digits(elapsed),
    }
}

/// An elapsed time as it is spoken: `13 minutes`, `2 hours 21 minutes`, `1 day 10 hours`.
pub fn spoken(elapsed: impl Borrow<Period>) -> String {
    let ms = i64::try_from(elapsed.borrow().ms().unsigned_abs()).unwrap_or(i64::MAX);
    let count = |n: i64, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
    match ms {
        ..MINUTE_MS => count(ms / 1000, "second"),
        ..HOUR_MS => count(ms / MINUTE_MS, "minute"),
        ..DAY_MS => format!("{} {}", count(ms / HOUR_MS, "hour"), count(ms % HOUR_MS / MINUTE_MS, "minute")),
        _ => format!("{} {}", count(ms / DAY_MS, "day"), count(ms % DAY_MS / HOUR_MS, "hour")),
    }
}

/// In the hour that comes twice when summer time ends, which of the two it is.
fn doubled(at: Timestamp) -> &'static str {
    let hour = Period::from_ms(HOUR_MS);
    if at.local() == at.plus(hour).local() {
        " BST"
    } else if at.local() == at.minus(hour).local() {
        " GMT"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn digits_are_those_of_the_shared_table() {
        let table: Vec<(i64, String)> = serde_json::from_str(include_str!("../../assets/src/digits.json")).unwrap();
        assert!(table.len() > 8);
        for (ms, expected) in table {
            assert_eq!(digits(Period::from_ms(ms)), expected, "{ms} ms");
        }
    }

    #[test]
    fn the_hour_that_comes_twice_says_which_it_is() {
        assert_eq!(seconds(at("2026-10-25T00:30:00Z")), "01:30:00 BST");
        assert_eq!(seconds(at("2026-10-25T01:30:00Z")), "01:30:00 GMT");
        assert_eq!(seconds(at("2026-10-25T02:30:00Z")), "02:30:00");
        assert_eq!(minutes(at("2026-07-01T01:30:00Z")), "02:30");
    }

    #[test]
    fn tonight_has_seconds_and_other_days_have_dates() {
        let now = at("2026-11-14T02:21:07Z");
        assert_eq!(fact(at("2026-11-13T22:48:10Z"), now), "22:48:10");
        assert_eq!(fact(at("2026-09-02T10:00:00+01:00"), now), "2 Sep");
        assert_eq!(fact(at("2025-09-28T10:00:00+01:00"), now), "28 Sep 2025");
    }

    #[test]
    fn words_for_ages_and_for_readers_aloud() {
        let ms = Period::from_ms;
        assert_eq!([age(ms(40_000)), age(ms(29 * MINUTE_MS)), age(ms(72 * MINUTE_MS))], ["40 s", "29 min", "1 h 12"]);
        assert_eq!(spoken(ms(-13 * MINUTE_MS)), "13 minutes");
        assert_eq!(spoken(ms(HOUR_MS + MINUTE_MS)), "1 hour 1 minute");
        assert_eq!(spoken(ms(34 * HOUR_MS)), "1 day 10 hours");
    }
}
