//! The programs that the project needs from the machine, and the line to type for each.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

/// A program that must be there.
pub struct Tool {
    what: &'static str,
    program: &'static str,
    /// The lowest major version that will do, where that matters.
    at_least: Option<u32>,
    /// How to get it on Debian.
    get: &'static str,
}

/// Runs the style sheet and script builders, and the browser tests.
pub const NODE: Tool = Tool {
    what: "Node 20 or newer",
    program: "node",
    at_least: Some(20),
    get: "sudo apt-get install nodejs npm   (Debian 13; on Debian 12 take Node 20 or newer from the Node project)",
};

/// Installs what those need, from the lock files.
pub const NPM: Tool = Tool { what: "npm", program: "npm", at_least: None, get: "sudo apt-get install npm" };

/// Builds SQLite, which is part of the binary.
pub const C_COMPILER: Tool =
    Tool { what: "a C compiler", program: "cc", at_least: None, get: "sudo apt-get install build-essential" };

/// Checks that every tool of `tools` is there.
///
/// # Errors
/// Names everything that is missing at once, with the line to type for each.
pub fn require(tools: &[Tool]) -> Result<()> {
    let missing: Vec<String> = tools.iter().filter_map(Tool::lack).collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("something is missing on this machine:\n  {}", missing.join("\n  "))
}

/// Whether `program` can be started at all.
pub fn is_there(program: &str, args: &[&str]) -> bool {
    let quiet =
        Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

/// Whether `program` can be started, whatever it then says.
pub fn can_start(program: &str) -> bool {
    let mut quiet = Command::new(program);
    quiet.arg("-v").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

impl Tool {
    /// What is wrong with this tool here, if anything.
    fn lack(&self) -> Option<String> {
        let Ok(output) = Command::new(self.program).arg("--version").output() else {
            return Some(format!("{} is missing. Type: {}", self.what, self.get));
        };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wanted = self.at_least?;
        match major(&said) {
            Some(found) if found >= wanted => None,
            _ => Some(format!("{} is needed, this one is {}. Type: {}", self.what, said.trim(), self.get)),
        }
    }
}

/// The major version in what a program says of itself, as in `v20.1.0`.
fn major(said: &str) -> Option<u32> {
    let digits = said.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.split('.').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("v20.1.0\n"), Some(20));
        assert_eq!(major("9.2"), Some(9));
        assert_eq!(major("no number"), None);
    }
}
