//! `[areas]`: which postcodes and telephone numbers are another force's.

use std::sync::Arc;

use serde::Deserialize;

use super::Policy;
use crate::message::{Location, Person};

/// `[areas.FORCE]`, as the file says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaFile {
    #[allow(dead_code)]
    from: String,
    #[serde(default)]
    postcodes: Vec<String>,
    #[serde(default)]
    numbers: Vec<String>,
}

/// What is another force's.
#[derive(Debug)]
pub struct Area {
    /// The other force, as the policy names it.
    pub force: Arc<str>,
    /// Postcode areas (`ZH`) and districts (`ZH3`), in capitals.
    postcodes: Vec<String>,
    /// How its numbers begin, as `+` and digits.
    numbers: Vec<String>,
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn number(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('0') {
        Some(national) if !text.trim_start().starts_with('+') => format!("+44{national}"),
        _ => format!("+{digits}"),
    }
}

impl Area {
    pub(super) fn new(force: String, file: AreaFile) -> Self {
        Self {
            force: force.into(),
            postcodes: file.postcodes.iter().map(|p| letters_and_digits(p)).collect(),
            numbers: file.numbers.iter().map(|n| number(n)).collect(),
        }
    }

    fn has_postcode(&self, postcode: &str) -> bool {
        let whole = letters_and_digits(postcode);
        // The inward part is the last three; what stands before it is the district, and its letters the area.
        let Some(district) = whole.len().checked_sub(3).and_then(|n| whole.get(..n)) else { return false };
        let area: String = district.chars().take_while(char::is_ascii_alphabetic).collect();
        self.postcodes.iter().any(|p| *p == district || *p == area)
    }

    fn has_number(&self, e164: &str) -> bool {
        self.numbers.iter().any(|n| e164.starts_with(n.as_str()))
    }
}

impl Policy {
    /// Whether a place is in another force's area.
    pub fn is_elsewhere(&self, location: &Location) -> bool {
        location.postcode.as_deref().is_some_and(|p| self.areas.iter().any(|a| a.has_postcode(p)))
    }

    /// Whether a telephone number (`+` and digits) is another force's.
    pub fn is_number_elsewhere(&self, e164: &str) -> bool {
        self.areas.iter().any(|a| a.has_number(e164))
    }

    /// Whether an address or number of a person is another force's.
    pub fn is_person_elsewhere(&self, person: &Person) -> bool {
        let number = |p: &String| crate::person::phone(p).is_some_and(|p| self.is_number_elsewhere(&p));
        person.location.as_ref().is_some_and(|l| self.is_elsewhere(l)) || person.phones.iter().any(number)
    }
}
