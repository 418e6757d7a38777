//! Programs that tests drive and that Debian has: installed where this process may, and named with the line to type where not.

use std::path::Path;

use anyhow::{Result, bail};

use crate::run::{command, run};
use crate::tool;

/// Installs Debian packages, as root.
///
/// # Errors
/// When this process may not, with the line to type; and when apt-get fails.
pub fn install(root: &Path, what: &str, packages: &[&str]) -> Result<()> {
    let install = [&["install", "--yes", "--no-install-recommends"], packages].concat();
    if !is_root() || !tool::is_there("apt-get", &["--version"]) {
        bail!("{what} is missing. Type: sudo apt-get {}", install.join(" "));
    }
    println!("{what} is missing: installing Debian's");
    for args in [&["update", "--quiet=2"][..], &install[..]] {
        let mut apt = command(root, "apt-get", args);
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        run(apt)?;
    }
    Ok(())
}

/// Whether this process may install packages, as `id -u` tells it.
fn is_root() -> bool {
    let id = std::process::Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
