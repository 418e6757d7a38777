//! The missed-opportunity engine: rules as data, facts by name, flags with their evidence.
//!
//! Invariants: a fact names something in the world and never a rule or a limit; a flag never stands without the messages it
//! rests on; judging reads the state and changes nothing; nothing here lowers, closes or says that there is no risk.

mod agenda;
mod assessed;
mod care;
mod check;
mod condition;
mod disclosing;
mod evaluate;
mod evidence;
mod fact;
mod flag;
mod force;
mod indicated;
mod item;
mod judge;
pub mod lexicon;
mod matched;
mod pair;
mod policy;
mod relay;
mod safe_contact;
mod switch;
mod third_party;
mod view;
mod word;

pub use agenda::Agenda;
pub use evaluate::clock;
pub use fact::FACTS;
pub use flag::{Flag, Flags, Raised, Severity, Standing, Subject};
pub(crate) use judge::judge;
pub(crate) use policy::end_of_shift;
pub use policy::{POLICY, Policy, Rule, Step, Written, WrittenStep};
pub use switch::{Mode, Shadow, Switch, Switches};
pub(crate) use word::content_words;
