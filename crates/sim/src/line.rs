//! Writing messages: FEED.md's JSON, put together directly, since three years are more than a million lines.

use std::fmt::Write as _;

use alongside_desk::time::Timestamp;
use jiff::civil::{Date, date};

/// One message and when the force's systems have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it is known, in seconds since 1970.
    pub known_s: i64,
    /// The message, one line of JSON without its end.
    pub json: String,
}

/// Writes instants, remembering the hour of the last one: almost every instant is near the one before.
#[derive(Debug, Default)]
pub struct Clock {
    hour: Option<i64>,
    /// `2026-04-16T14:` of that hour.
    before: String,
    /// `+01:00` of that hour.
    after: String,
}

impl Clock {
    /// Writes an instant with the local offset.
    pub fn write(&mut self, at_s: i64, into: &mut String) {
        // Offsets of Europe/London are whole hours and change on whole hours.
        let hour = at_s.div_euclid(3600);
        if self.hour != Some(hour) {
            let text = instant(hour * 3600).rfc3339_local();
            self.before = text.get(..14).unwrap_or_default().to_owned();
            self.after = text.get(19..).unwrap_or_default().to_owned();
            self.hour = Some(hour);
        }
        let second = at_s.rem_euclid(3600);
        into.push_str(&self.before);
        two(into, second / 60);
        into.push(':');
        two(into, second % 60);
        into.push_str(&self.after);
    }
}

fn two(into: &mut String, number: i64) {
    into.push(char::from(b'0' + (number / 10 % 10) as u8));
    into.push(char::from(b'0' + (number % 10) as u8));
}

/// Bank holidays in England and Wales (Banking and Financial Dealings Act 1971): the years in which a force may go live.
const HOLIDAYS: [Date; 24] = [
    date(2025, 1, 1),
    date(2025, 4, 18),
    date(2025, 4, 21),
    date(2025, 5, 5),
    date(2025, 5, 26),
    date(2025, 8, 25),
    date(2025, 12, 25),
    date(2025, 12, 26),
    date(2026, 1, 1),
    date(2026, 4, 3),
    date(2026, 4, 6),
    date(2026, 5, 4),
    date(2026, 5, 25),
    date(2026, 8, 31),
    date(2026, 12, 25),
    date(2026, 12, 28),
    date(2027, 1, 1),
    date(2027, 3, 26),
    date(2027, 3, 29),
    date(2027, 5, 3),
    date(2027, 5, 31),
    date(2027, 8, 30),
    date(2027, 12, 27),
    date(2027, 12, 28),
];

/// The end of the `n`th working day after the day of an instant, local time, in seconds since 1970.
pub fn end_of_working_day_s(at_s: i64, n: u32) -> i64 {
    instant(at_s).end_of_working_day(n, &HOLIDAYS).ms() / 1000
}

/// Seconds since 1970 as an instant.
pub const fn instant(at_s: i64) -> Timestamp {
    Timestamp::from_ms(at_s * 1000)
}

/// An object under construction.
#[derive(Debug, Default)]
pub struct Object {
    text: String,
    some: bool,
}

impl Object {
    /// An empty object.
    pub fn new() -> Self {
        Self { text: String::from("{"), some: false }
    }

    fn key(&mut self, key: &str) {
        if self.some {
            self.text.push(',');
        }
        self.some = true;
        self.text.push('"');
        self.text.push_str(key);
        self.text.push_str("\":");
    }

    /// A text.
    pub fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        quote(value, &mut self.text);
        self
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &str, values: &[&str]) -> &mut Self {
        self.key(key);
        self.text.push('[');
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            quote(value, &mut self.text);
        }
        self.text.push(']');
        self
    }

    /// A whole number.
    pub fn count(&mut self, key: &str, value: u64) -> &mut Self {
        self.key(key);
        let _ = write!(self.text, "{value}");
        self
    }

    /// Yes or no.
    pub fn flag(&mut self, key: &str, value: bool) -> &mut Self {
        self.key(key);
        self.text.push_str(if value { "true" } else { "false" });
        self
    }

    /// JSON that is already written.
    pub fn json(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        self.text.push_str(value);
        self
    }

    /// An instant.
    pub fn time(&mut self, key: &str, at_s: i64, clock: &mut Clock) -> &mut Self {
        self.key(key);
        self.text.push('"');
        clock.write(at_s, &mut self.text);
        self.text.push('"');
        self
    }

    /// The finished object.
    pub fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

fn quote(value: &str, into: &mut String) {
    into.push('"');
    for c in value.chars() {
        match c {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            c if (c as u32) < 0x20 => {
                let _ = write!(into, "\\u{:04x}", c as u32);
            }
            c => into.push(c),
        }
    }
    into.push('"');
}
