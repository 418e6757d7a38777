//! Signing in. Says nothing of what is open, and nothing of why a sign-in failed beyond that it did.

use askama::Template;

use super::frame::{Frame, Theme};

/// The sign-in page.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// The layout.
    pub frame: Frame,
    /// What the person typed.
    pub name: String,
    /// Where they may sit.
    pub seats: Vec<String>,
    /// Where they chose to sit.
    pub seat: String,
    /// What went wrong; empty for nothing.
    pub error: String,
    /// Where to go on afterwards; a path of ours.
    pub next: String,
    /// This is a demonstration: links are printed where it was started.
    pub demo: bool,
}
