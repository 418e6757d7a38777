//! **The pages**: what each person sees, kept live, and the door that everybody comes in by.
//!
//! - [`views`]: what each screen shows, as plain values with a template each.
//! - [`assets`]: the style sheet and the script, embedded.
//!
//! # Invariants
//! - No rule is judged and no deadline computed here: a view holds what the desk said.
//! - No inline script, no style attribute, no `eval`: the content security policy forbids them, and a test looks.

pub mod assets;
pub mod views;
