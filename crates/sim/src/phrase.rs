//! The phrase bank (`data/phrases.toml`): what people type for each meaning.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::draw::Draw;

/// One meaning and the ways in which it is typed.
#[derive(Debug, Deserialize)]
pub struct Meaning {
    /// What it means, and for which rule.
    pub about: String,
    /// In the words that come first to mind.
    pub plain: Vec<String>,
    /// The same, without those words.
    pub indirect: Vec<String>,
    /// The words without the meaning.
    pub traps: Vec<String>,
}

/// What stands in the slots of a phrase.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slots<'a> {
    /// The victim, as typed.
    pub victim: &'a str,
    /// The suspect, as typed.
    pub suspect: &'a str,
    /// A street or town.
    pub place: &'a str,
    /// A unit's call sign.
    pub unit: &'a str,
    /// An earlier incident.
    pub earlier: &'a str,
}

/// Every meaning of the bank by name, in alphabetical order.
pub fn bank() -> &'static BTreeMap<String, Meaning> {
    static BANK: OnceLock<BTreeMap<String, Meaning>> = OnceLock::new();
    BANK.get_or_init(|| toml::from_str(include_str!("../data/phrases.toml")).expect("the bank is part of this crate"))
}

/// The graver meaning that a phrase has besides its own, if any (`data/graver.toml`).
fn graver(phrase: &str) -> Option<&'static str> {
    static GRAVER: OnceLock<BTreeMap<String, Vec<String>>> = OnceLock::new();
    let graver =
        GRAVER.get_or_init(|| toml::from_str(include_str!("../data/graver.toml")).expect("it is part of this crate"));
    graver.iter().find(|(_, phrases)| phrases.iter().any(|p| p == phrase)).map(|(meaning, _)| meaning.as_str())
}

/// One phrase of that meaning, plain and indirect alike.
pub fn say(name: &str, slots: Slots<'_>, draw: &mut Draw) -> String {
    say_all(name, slots, draw).0
}

/// The same, with the graver meaning that the phrase has besides, if any.
pub fn say_all(name: &str, slots: Slots<'_>, draw: &mut Draw) -> (String, Option<&'static str>) {
    let Some(meaning) = bank().get(name) else { return (String::new(), None) };
    let at = draw.place(meaning.plain.len() + meaning.indirect.len());
    let phrase = meaning.plain.get(at).or_else(|| meaning.indirect.get(at - meaning.plain.len()));
    phrase.map_or_else(Default::default, |p| (fill(p, slots), graver(p)))
}

/// One line that has the words of that meaning and not the meaning.
pub fn trap(name: &str, slots: Slots<'_>, draw: &mut Draw) -> String {
    match bank().get(name) {
        Some(meaning) if !meaning.traps.is_empty() => fill(draw.pick::<String>(&meaning.traps), slots),
        _ => String::new(),
    }
}

/// The phrase with its slots filled.
pub fn fill(phrase: &str, slots: Slots<'_>) -> String {
    let mut text = String::with_capacity(phrase.len() + 16);
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((slot, after)) = after.split_once('}') else { break };
        text.push_str(match slot {
            "victim" => slots.victim,
            "suspect" => slots.suspect,
            "place" => slots.place,
            "unit" => slots.unit,
            _ => slots.earlier,
        });
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_graver_phrase_stands_in_the_bank_under_another_meaning() {
        let file: BTreeMap<String, Vec<String>> =
            toml::from_str(include_str!("../data/graver.toml")).expect("the file reads");
        for (graver_meaning, phrases) in &file {
            assert!(bank().contains_key(graver_meaning), "{graver_meaning}");
            for phrase in phrases {
                let under = bank().iter().filter(|(_, m)| m.plain.iter().chain(&m.indirect).any(|p| p == phrase));
                let under: Vec<&String> = under.map(|(name, _)| name).collect();
                assert!(!under.is_empty() && !under.contains(&graver_meaning), "{phrase}: {under:?}");
                assert_eq!(graver(phrase), Some(graver_meaning.as_str()));
            }
        }
    }
}
