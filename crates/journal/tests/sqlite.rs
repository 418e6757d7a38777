//! SQLite does what every store must.

mod conformance;

use conformance::{Folder, conformance};

conformance!(Folder);
