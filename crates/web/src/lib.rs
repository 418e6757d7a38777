//! **The pages**: what each person sees, kept live, and the door that everybody comes in by.
//!
//! - [`door`]: accounts, sessions, rights, and the guard that stands before every route.
//! - [`views`]: what each screen shows, as plain values with a template each.
//! - [`page`]: from a view to a response; a page with personal data only after its look is written down.
//! - [`live`]: what keeps a page live, and its entries in the log of views.
//! - [`view_log`]: where looks are written down.
//! - [`rooms`]: each screen wired to a running node, and what people do there.
//! - [`assets`]: the style sheet and the script, embedded.
//!
//! # Invariants
//! - No rule is judged and no deadline computed here: a view holds what the desk said.
//! - No inline script, no style attribute, no `eval`: the content security policy forbids them, and a test looks.
//! - No route without the guard, and no view of a record that is rendered in any way but [`page::personal`] and a live line.

pub mod assets;
pub mod door;
pub mod live;
pub mod page;
pub mod rooms;
pub mod view_log;
pub mod views;
