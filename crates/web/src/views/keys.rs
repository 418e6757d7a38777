//! The sheet of keys, as a page for those whose browser runs no script.

use askama::Template;

use super::frame::{Frame, Theme};

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "keys.html")]
pub struct Keys {
    /// The layout.
    pub frame: Frame,
}
