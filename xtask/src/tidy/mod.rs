//! House rules that no compiler knows, checked over every file of the repository.
//!
//! Each rule is one function from a file to its faults, in the table [`RULES`]. A rule must be one that nobody argues
//! with: whatever needs judgement belongs in a review. Rules that forbid a word build it from pieces here, so that this
//! folder needs no exception from itself.

mod layer;
mod length;
mod link;
mod name;
mod phone;
mod place;
mod silence;
mod unfinished;

use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::report::{Found, Tally};

/// A file that git knows, or would take.
pub struct File {
    /// From the root of the repository, with `/`.
    path: String,
    /// Empty for what is not UTF-8: a picture has a path, but no lines.
    text: String,
}

/// One broken rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    path: String,
    /// Counted from 1; 0 stands for the file as a whole.
    line: usize,
    what: String,
}

/// Every rule. The repository's root comes along for the few that look beside the file.
const RULES: &[fn(&Path, &File) -> Vec<Fault>] = &[
    |_, file| place::machine_paths(file),
    |_, file| place::registry_hosts(file),
    |_, file| place::built_files(file),
    |_, file| name::real_people(file),
    |_, file| phone::numbers(file),
    |_, file| length::of_file(file),
    |_, file| unfinished::work(file),
    |_, file| unfinished::panics(file),
    |_, file| silence::of_pages(file),
    |_, file| layer::imports(file),
    |_, file| layer::pure_desk(file),
    |_, file| layer::invariants(file),
    link::relative,
];

/// Checks every file.
///
/// # Errors
/// When git cannot list them, or when a rule is broken, after all faults have been printed.
pub fn check(root: &Path) -> Result<Found> {
    let files = files(root)?;
    let mut faults = length::needless_reasons(&files);
    for file in &files {
        faults.extend(RULES.iter().flat_map(|rule| rule(root, file)));
    }
    for fault in &faults {
        println!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} house rules are broken, see above", faults.len());
    }
    println!("{} files keep them", files.len());
    Ok(Found::Ran(Tally::default()))
}

/// What git has, and what it would take: everything but the ignored.
fn files(root: &Path) -> Result<Vec<File>> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = git.output().context("git is missing. Type: sudo apt-get install git")?;
    if !output.status.success() {
        bail!("git cannot list the files: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let paths = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    let mut files = Vec::new();
    for path in paths.split_terminator('\0') {
        // A file that was just removed is still in git's index.
        let Ok(bytes) = std::fs::read(root.join(path)) else { continue };
        files.push(File { path: path.to_owned(), text: String::from_utf8(bytes).unwrap_or_default() });
    }
    Ok(files)
}

impl File {
    /// The lines with their numbers, counted from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().zip(1..).map(|(line, number)| (number, line))
    }

    /// Whether the name ends in `.` and one of `endings`.
    fn is(&self, endings: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
    }

    fn fault(&self, line: usize, what: impl Into<String>) -> Fault {
        Fault { path: self.path.clone(), line, what: what.into() }
    }

    #[cfg(test)]
    fn new(path: &str, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), text: text.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// Where `word` stands in `line` with no letter, digit or `_` on either side.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part))
}
