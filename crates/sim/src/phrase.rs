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

/// One phrase of that meaning, plain and indirect alike.
pub fn say(name: &str, slots: Slots<'_>, draw: &mut Draw) -> String {
    let Some(meaning) = bank().get(name) else { return String::new() };
    let at = draw.place(meaning.plain.len() + meaning.indirect.len());
    let phrase = meaning.plain.get(at).or_else(|| meaning.indirect.get(at - meaning.plain.len()));
    phrase.map_or_else(String::new, |p| fill(p, slots))
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
