//! The door: who may come in, and to what. Accounts, sessions, one authorisation function, one guard on every route.
//!
//! Invariants: a route that is not in [`rights::ROUTES`] is refused to everyone; nothing that changes anything is
//! reached without a session's own token and from another site's page; secrets are kept only as digests.

pub mod account;
mod attempt;
pub mod demo;
pub mod guard;
mod header;
mod password;
pub mod rights;
pub mod role;
mod session;
pub mod sign_in;
pub mod token;

#[cfg(test)]
mod tests;

pub use account::{Account, Accounts, AccountsError, NewAccount};
pub use demo::DemoLinks;
pub use guard::{Asked, Door, Gate, GateSettings};
pub use rights::{Action, Decision, Subject, authorise};
pub use role::Role;
pub use session::{Limits, Session};
pub use token::Token;
