//! A relative link in the documentation leads to a file.

use std::path::Path;

use super::{Fault, File};

/// Links and pictures in Markdown whose target is not there.
pub fn relative(root: &Path, file: &File) -> Vec<Fault> {
    if !file.is(&["md"]) {
        return Vec::new();
    }
    let folder = root.join(&file.path);
    let Some(folder) = folder.parent() else { return Vec::new() };
    let broken = |target: &&str| !folder.join(target).exists();
    let faults = file.lines().flat_map(|(number, line)| {
        let missing: Vec<&str> = targets(line).into_iter().filter(broken).collect();
        missing.into_iter().map(move |target| file.fault(number, format!("leads nowhere: {target}")))
    });
    faults.collect()
}

/// The relative targets of `[text](target)` in a line, without what follows `#`.
fn targets(line: &str) -> Vec<&str> {
    let starts = line.match_indices("](").map(|(at, mark)| &line[at + mark.len()..]);
    let whole = starts.filter_map(|rest| rest.split(')').next());
    let paths = whole.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    paths.filter_map(|target| target.split('#').next()).filter(|path| !path.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_targets_are_followed() {
        assert_eq!(
            targets("[a](docs/a.md#part) and ![b](img/b.png), [c](https://c.example/d) [e](#f)"),
            ["docs/a.md", "img/b.png"]
        );
        assert_eq!(targets("no link (here)"), Vec::<&str>::new());
    }
}
