//! From what stands in a cell to what the contract wants there.

use alongside_desk::message::Born;
use alongside_desk::time::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::{self, BrokenDownTime};
use serde_json::Value;

use super::map::{Cell, ExtractMap};
use super::target::Holds;

/// What is wrong with a cell, without what stands in it.
pub(super) type Wrong = String;

impl ExtractMap {
    /// The value of a cell; nothing when it is empty.
    pub(super) fn value(&self, cell: &Cell, holds: Holds, text: &str) -> Result<Option<Value>, Wrong> {
        let text = text.trim();
        let text = if text.is_empty() { cell.default.as_deref().unwrap_or_default() } else { text };
        if text.is_empty() {
            return Ok(None);
        }
        if holds == Holds::Texts {
            let parts: Vec<&str> = match cell.split.as_deref().filter(|s| !s.is_empty()) {
                Some(split) => text.split(split).map(str::trim).filter(|p| !p.is_empty()).collect(),
                None => vec![text],
            };
            let parts: Result<Vec<String>, Wrong> = parts.into_iter().map(|p| self.word(cell, p)).collect();
            return parts.map(|p| Some(p.into()));
        }
        let text = self.word(cell, text)?;
        Ok(Some(match holds {
            Holds::Text | Holds::Texts => text.into(),
            Holds::Time => self.instant(&text)?.rfc3339_local().into(),
            Holds::Born => self.born(&text)?.into(),
            Holds::Bool => match text.to_ascii_lowercase().as_str() {
                "yes" | "y" | "true" | "t" | "1" => true.into(),
                "no" | "n" | "false" | "f" | "0" => false.into(),
                _ => return Err("is neither yes nor no".into()),
            },
            Holds::Count => text.parse::<u64>().map_err(|_| "is not a whole number, 0 or more".to_owned())?.into(),
            Holds::Number => {
                let number = text.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
                number.ok_or_else(|| "is not a number".to_owned())?.into()
            }
        }))
    }

    /// The contract's word for the source's.
    fn word(&self, cell: &Cell, text: &str) -> Result<String, Wrong> {
        let Some(name) = &cell.values else { return Ok(text.to_owned()) };
        let word = self.values.get(name).and_then(|values| values.get(text)).or(cell.default.as_ref());
        word.cloned().ok_or_else(|| format!("has no entry in [values.{name}]"))
    }

    /// An instant, by the first date form that fits. A time without an offset is local: in the hour that autumn repeats
    /// it is the first, in the hour that spring leaves out it is as much later as the clocks went forward.
    fn instant(&self, text: &str) -> Result<Timestamp, Wrong> {
        if let Ok(at) = Timestamp::parse(text) {
            return Ok(at);
        }
        for form in &self.dates {
            let Ok(broken) = strtime::parse(form, text) else { continue };
            let at = broken.to_timestamp().ok().or_else(|| {
                let local = date_time(&broken)?;
                Some(local.to_zoned_datetime(self.zone.clone()).ok()?.timestamp())
            });
            if let Some(at) = at.map(|at| Timestamp::from_ms(at.as_millisecond())).filter(|at| *at <= Timestamp::LATEST)
            {
                return Ok(at);
            }
        }
        Err("is not in any of the map's date forms".into())
    }

    fn born(&self, text: &str) -> Result<String, Wrong> {
        if let Some(born) = Born::parse(text) {
            return Ok(born.to_string());
        }
        let found = self.dates.iter().filter_map(|form| strtime::parse(form, text).ok()?.to_date().ok()).next();
        found.map(|date: Date| date.to_string()).ok_or_else(|| "is not in any of the map's date forms".into())
    }
}

/// Date and time; a date alone is its midnight.
fn date_time(broken: &BrokenDownTime) -> Option<DateTime> {
    broken.to_datetime().ok().or_else(|| {
        let has_time = broken.hour().is_some() || broken.minute().is_some();
        if has_time { None } else { Some(broken.to_date().ok()?.to_datetime(Time::midnight())) }
    })
}
