//! Installing what a folder's lock file says, when it is not there yet.

use std::path::Path;

use anyhow::Result;

use crate::run::{command, run};
use crate::tool;

/// Makes `folder/node_modules` what `folder/package-lock.json` says; costs nothing when it already is.
///
/// # Errors
/// When Node or npm is missing, or npm cannot install.
pub fn install(folder: &Path) -> Result<()> {
    tool::require(&[tool::NODE, tool::NPM])?;
    let changed = |path: &str| folder.join(path).metadata().and_then(|found| found.modified()).ok();
    // npm writes this copy of the lock file last, so it tells a whole installation from a broken-off one.
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    run(command(folder, "npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
}
