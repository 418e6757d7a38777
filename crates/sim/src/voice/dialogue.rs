//! What is said on a call, from `data/dialogues.toml`.

use std::sync::OnceLock;

use serde::Deserialize;

/// What two people say to each other.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialogue {
    /// For tests and the docs.
    pub name: String,
    /// The call of the scripted night that it belongs to, 1 to 4; any other call may have one without.
    pub calls: Option<u8>,
    /// In order.
    pub line: Vec<Spoken>,
}

/// A line of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spoken {
    /// Whose it is.
    pub who: Who,
    /// What is said.
    pub says: String,
    /// Silence before it, in seconds.
    #[serde(default = "half_a_second")]
    pub after: f32,
}

/// One of the two on a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Whoever rang.
    Caller,
    /// Whoever answered for the police.
    Handler,
}

fn half_a_second() -> f32 {
    0.5
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dialogue: Vec<Dialogue>,
}

/// Every dialogue, in the file's order.
pub fn dialogues() -> &'static [Dialogue] {
    static FILE: OnceLock<File> = OnceLock::new();
    let read = || toml::from_str(include_str!("../../data/dialogues.toml")).expect("they are part of this crate");
    &FILE.get_or_init(read).dialogue
}

impl Dialogue {
    /// The one of a call: the scripted night's own, else one that follows from the call's reference alone.
    pub fn of(call: &str) -> &'static Self {
        let scripted = call.strip_prefix('S').and_then(|rest| rest.chars().last()?.to_digit(10));
        let own = |dialogue: &&Self| dialogue.calls.map(u32::from) == scripted && scripted.is_some();
        let anybodys: Vec<&'static Self> = dialogues().iter().filter(|dialogue| dialogue.calls.is_none()).collect();
        let sum = call.bytes().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        dialogues().iter().find(own).unwrap_or(anybodys[sum % anybodys.len()])
    }
}
