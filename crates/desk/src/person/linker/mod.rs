//! **The linker**: which records are probably the same person, and why.
//!
//! Probabilistic (Fellegi and Sunter: a weight per field that agrees or differs, rarer names weighing more), one record
//! against an index, explained field by field.
//!
//! Invariants, above all what is absent here:
//! - No clock, no file, no randomness, no floating point, no hash map. Weights are whole hundredths of a bit.
//! - A weight is absolute: the same pair in the same index has the same weight, whoever else was found beside it.
//! - Taking a record out restores exactly the index that was before it came in.
//! - An equal force reference is identity, not a match: such records are never among the candidates.
//! - Nothing here joins anything. It finds and explains; `person` and people decide (RULES.md "Joining").
//! - No number a force could argue with is in the code: weights are in `policy/linker.toml`, names in
//!   `policy/names.toml`, the words of addresses in `policy/addresses.toml`.

mod address;
mod birth;
mod blocks;
mod compare;
mod evidence;
mod features;
mod index;
mod log2;
mod marks;
mod name;
mod names;
mod pair;
mod phone;
mod script;
mod settings;
#[cfg(test)]
mod tests;

pub use evidence::{Agreement, Class, Field, FieldEvidence, Match};
pub use features::{Features, FeaturesInput, Sex};
pub use index::{Index, RecordKey};
pub use pair::{Other, add_pairs};
pub use phone::phone;
pub use settings::{Settings, SettingsError};
