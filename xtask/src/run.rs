//! Starting other programs: they inherit the terminal, and a failure names the line that was typed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// `program` with `args`, to be started in `folder`.
pub fn command<S: AsRef<OsStr>>(folder: &Path, program: &str, args: &[S]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).args(args);
    command
}

/// Runs `command` to its end.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub fn run(mut command: Command) -> Result<()> {
    let line = line(&command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// What a person would type to start `command`.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Cargo, by the path that cargo itself gave, so that a chosen toolchain stays chosen.
pub fn cargo(root: &Path, args: &[&str]) -> Command {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    command(root, &program, args)
}

/// The folder that cargo builds into.
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// Builds the product's binary in the dev profile (the one that the tests build, so that nothing is built twice) and
/// gives its path.
///
/// # Errors
/// When it does not compile.
pub fn build_alongside(root: &Path) -> Result<PathBuf> {
    run(cargo(root, &["build", "--package", "alongside"]))?;
    Ok(target(root).join("debug").join("alongside"))
}

/// Builds the product and the fuzzer as the Rust tests build what is under them, so that nothing is compiled a second time, and gives
/// the folder that they are in. One package by itself would ask its dependencies for other features.
///
/// # Errors
/// When something does not compile.
pub fn build_tested(root: &Path) -> Result<PathBuf> {
    run(cargo(root, &["build", "--workspace", "--bin", "alongside", "--example", "fuzz"]))?;
    Ok(target(root).join("debug"))
}
