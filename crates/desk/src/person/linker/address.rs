//! Addresses: property reference, postcode, house and flat numbers, street.

use std::sync::LazyLock;

use deunicode::deunicode;
use serde::Deserialize;

use super::evidence::Agreement;
use super::marks::{Kind, Mark, hash, of, one_slip, packed};
use super::settings::AddressWeights;

const SOURCE: &str = include_str!("../../../../../policy/addresses.toml");

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(SOURCE).expect("a test reads the built-in words of addresses"));

/// What is known about the words of addresses: `policy/addresses.toml`, built in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    /// What says which kind of place it is, not which.
    generic: Vec<String>,
    /// Kinds of way, each with what it is shortened to.
    ways: Vec<Vec<String>>,
}

impl Words {
    fn is_generic(&self, word: &str) -> bool {
        self.generic.iter().any(|generic| generic == word)
    }

    /// The kind of way, by its first word.
    fn way(&self, word: &str) -> Option<&str> {
        self.ways.iter().find(|way| way.iter().any(|written| written == word))?.first().map(String::as_str)
    }
}

/// A number that changes with the words.
pub fn fingerprint() -> u64 {
    hash(SOURCE.as_bytes())
}

/// Characters of an address that are looked at: a bound on what a source can make us do.
const LENGTH: usize = 400;
/// Numbers that are kept.
const NUMBERS: usize = 3;

/// Adds what an address says to a record's marks.
pub fn read(marks: &mut Vec<Mark>, address: Option<&str>, postcode: Option<&str>, uprn: Option<&str>) {
    if let Some(number) = uprn.and_then(|u| u.trim().parse::<u64>().ok()).filter(|&n| n > 0 && n < 1 << 60) {
        marks.push(Mark::new(Kind::Uprn, number));
    }
    let bounded: String = address.unwrap_or_default().chars().take(LENGTH).collect();
    let text = deunicode(&bounded).to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let found = words.windows(2).position(|w| is_postcode(&format!("{}{}", w[0], w[1])));
    let whole = words.iter().position(|w| is_postcode(w));
    let in_text = found.map(|at| format!("{}{}", words[at], words[at + 1])).or(whole.map(|at| words[at].to_owned()));
    let given: String = postcode.unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    // A field of its own may hold another country's postcode; in running text only the British shape is looked for.
    let foreign = (4..=8).contains(&given.len()) && given.bytes().all(|b| b.is_ascii_digit());
    let postcode = if is_postcode(&given) || foreign { Some(given) } else { in_text };
    marks.extend(postcode.and_then(|p| packed(&p)).map(|v| Mark::new(Kind::Postcode, v)));
    // What follows the street (town, postcode) is not looked at: sources differ in how much of it they write.
    let line = &words[..found.or(whole).unwrap_or(words.len())];
    let is_number = |w: &str| w.bytes().next().is_some_and(|b| b.is_ascii_digit()) && w.len() <= 5;
    let mut numbers: Vec<Mark> = line
        .iter()
        .filter(|w| is_number(w))
        .map(|w| Mark::new(Kind::Number, hash(w.as_bytes())))
        .take(NUMBERS)
        .collect();
    numbers.dedup();
    marks.append(&mut numbers);
    // The street is the first word of its own after the last number; without one, the first of the line.
    let is_street = |w: &&&str| !is_number(w) && w.len() > 1 && !WORDS.is_generic(w);
    let after = line.iter().rposition(|w| is_number(w)).map_or(0, |at| at + 1);
    let street = line[after..].iter().position(|w| is_street(&w)).map(|at| after + at);
    let street = street.or_else(|| line.iter().position(|w| is_street(&w)));
    marks.extend(street.map(|at| Mark::new(Kind::Street, hash(line[at].as_bytes()))));
    let way = street.and_then(|at| line.get(at + 1)).and_then(|word| WORDS.way(word));
    marks.extend(way.map(|way| Mark::new(Kind::Way, hash(way.as_bytes()))));
}

/// Whether letters and digits have the shape of a British postcode: an area's letters, and at the end a digit and two
/// letters.
fn is_postcode(text: &str) -> bool {
    let bytes = text.as_bytes();
    let inward = |i: &[u8]| i[0].is_ascii_digit() && i[1].is_ascii_alphabetic() && i[2].is_ascii_alphabetic();
    let (Some(first), Some(end)) = (bytes.first(), bytes.last_chunk::<3>()) else { return false };
    let outward = &bytes[..bytes.len() - 3];
    (2..=4).contains(&outward.len())
        && first.is_ascii_alphabetic()
        && outward.iter().any(u8::is_ascii_digit)
        && outward.iter().all(u8::is_ascii_alphanumeric)
        && inward(end)
}

/// How two addresses stand to each other, and what that weighs before sharing is counted.
pub fn compare(a: &[Mark], b: &[Mark], weights: &AddressWeights) -> (Agreement, i32) {
    let known = |m: &[Mark]| {
        !of(m, Kind::Uprn).is_empty() || !of(m, Kind::Postcode).is_empty() || !of(m, Kind::Street).is_empty()
    };
    if !known(a) || !known(b) {
        return (Agreement::Missing, 0);
    }
    let one = |m, kind| of(m, kind).first().copied();
    let same = |kind| one(a, kind).is_some() && one(a, kind) == one(b, kind);
    let (numbers_a, numbers_b) = (of(a, Kind::Number), of(b, Kind::Number));
    let same_numbers = !numbers_a.is_empty() && numbers_a == numbers_b;
    if same(Kind::Uprn) || same(Kind::Postcode) && same_numbers {
        return (Agreement::Exact, weights.exact);
    }
    if same(Kind::Postcode) {
        let within = |a: &[Mark], b: &[Mark]| a.iter().all(|n| b.contains(n));
        return if numbers_a.is_empty() || numbers_b.is_empty() {
            (Agreement::Partial, weights.postcode)
        } else if within(numbers_a, numbers_b) || within(numbers_b, numbers_a) {
            (Agreement::Close, weights.close)
        } else {
            (Agreement::Partial, weights.neighbour)
        };
    }
    let shares_street = of(a, Kind::Street).iter().any(|w| of(b, Kind::Street).contains(w));
    let postcodes_near = match (one(a, Kind::Postcode), one(b, Kind::Postcode)) {
        (Some(a), Some(b)) => one_slip(a, b),
        _ => true,
    };
    let same_way = match (one(a, Kind::Way), one(b, Kind::Way)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    if same_numbers && shares_street && same_way && postcodes_near {
        return (Agreement::Close, weights.close);
    }
    let nothing_in_common_to_compare = one(a, Kind::Postcode).is_none() != one(b, Kind::Postcode).is_none()
        && (of(a, Kind::Street).is_empty() || of(b, Kind::Street).is_empty());
    if nothing_in_common_to_compare { (Agreement::Missing, 0) } else { (Agreement::Disagree, weights.differs) }
}
