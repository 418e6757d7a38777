//! A long file is a sign of a second noun inside it. One that is rightly long says why, here.

use super::{Fault, File};

/// The house looks for the second noun from about 400 lines; at this length it must have been looked for.
const LINES: usize = 600;

/// Kinds of files that people write by hand.
const WRITTEN: &[&str] = &["rs", "ts", "js", "scss", "css", "html", "sql"];

/// Files that are rightly longer, with the reason.
const REASONS: &[(&str, &str)] = &[];

/// More than [`LINES`] lines and no reason given.
pub fn of_file(file: &File) -> Vec<Fault> {
    let lines = file.text.lines().count();
    if !file.is(WRITTEN) || lines <= LINES || REASONS.iter().any(|(path, _)| *path == file.path) {
        return Vec::new();
    }
    vec![file.fault(0, format!("{lines} lines: find the second noun in it, or give the reason in the tidy check"))]
}

/// Reasons whose file is short again, or gone.
pub fn needless_reasons(files: &[File]) -> Vec<Fault> {
    let is_long = |path: &str| files.iter().any(|file| file.path == path && file.text.lines().count() > LINES);
    let needless = REASONS.iter().filter(|(path, _)| !is_long(path));
    let fault =
        |path: &str| Fault { path: path.to_owned(), line: 0, what: "needs no reason for its length".to_owned() };
    needless.map(|(path, _)| fault(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_after_the_last_allowed_one_is_too_much() {
        let faults = |path: &str, lines: usize| of_file(&File::new(path, "x\n".repeat(lines))).len();
        assert_eq!(faults("crates/desk/src/queue.rs", LINES), 0);
        assert_eq!(faults("crates/desk/src/queue.rs", LINES + 1), 1);
        assert_eq!(faults("policy/lexicon.toml", LINES + 1), 0);
    }
}
