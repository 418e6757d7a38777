//! Nothing in the repository knows the machine that it was written on, or holds what a build makes.

use super::{Fault, File};

/// Folders at the root of a disk that are one machine's own.
const MACHINE_FOLDERS: &[&str] = &["work", "root", "home", "Users", "tmp"];

/// First labels of hosts that packages come from. A lock file that names one breaks behind a force's own mirror.
const PACKAGE_HOSTS: &[&str] = &["registry", "index", "static", "mirror", "mirrors", "artifactory"];

/// Folders and endings that only a build makes.
const BUILT_FOLDERS: &[&str] = &["target/", "node_modules/", "dist/", "demo-data/", "test-results/"];
const BUILT_ENDINGS: &[&str] = &["min.js", "min.css", "css.map", "js.map", "db", "db-wal", "db-shm"];

/// An absolute path such as a home folder: right on one machine, wrong on all others.
pub fn machine_paths(file: &File) -> Vec<Fault> {
    let is_path = |line: &str, folder: &str| {
        let path = format!("/{folder}/");
        line.match_indices(&path).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + path.len()..].chars().next();
            let starts_a_path = !before.is_some_and(|c| c.is_alphanumeric() || "./_-)}:*".contains(c));
            starts_a_path && after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.')
        })
    };
    let faults = file.lines().flat_map(|(number, line)| {
        let found = MACHINE_FOLDERS.iter().find(|folder| is_path(line, folder));
        found.map(|folder| file.fault(number, format!("a path of one machine, in its {folder} folder")))
    });
    faults.collect()
}

/// A package host by its name. `Cargo.lock` is cargo's own and names only the index that every cargo knows.
pub fn registry_hosts(file: &File) -> Vec<Fault> {
    if file.path == "Cargo.lock" {
        return Vec::new();
    }
    let names_host = |line: &str| {
        line.match_indices("://").any(|(at, mark)| {
            let host = &line[at + mark.len()..];
            PACKAGE_HOSTS.iter().any(|label| host.strip_prefix(label).is_some_and(|rest| rest.starts_with('.')))
        })
    };
    let faulty = file.lines().filter(|(_, line)| names_host(line));
    faulty.map(|(number, _)| file.fault(number, "a package registry named by its host")).collect()
}

/// What a build makes is made again, never committed.
pub fn built_files(file: &File) -> Vec<Fault> {
    let in_built_folder = BUILT_FOLDERS.iter().any(|folder| {
        file.path.starts_with(folder) || file.path.match_indices(folder).any(|(at, _)| file.path[..at].ends_with('/'))
    });
    let has_built_ending = BUILT_ENDINGS.iter().any(|ending| file.path.ends_with(&format!(".{ending}")));
    if in_built_folder || has_built_ending {
        return vec![file.fault(0, "made by a build or a run: add it to .gitignore")];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absolute_path_is_found_and_a_relative_one_is_not() {
        let lines = |text: String| machine_paths(&File::new("a.rs", text)).iter().map(|f| f.line).collect::<Vec<_>>();
        let [home, work] = ["home", "work"].map(|folder| format!("/{folder}"));
        assert_eq!(lines(format!("ok\nlet a = \"{home}/someone/x\";")), [2]);
        assert_eq!(lines(format!("see {work}/main")), [1]);
        assert_eq!(lines(format!("docs{work}/page.md ..{home}/x {{root}}{work}/x")), Vec::<usize>::new());
    }

    #[test]
    fn a_package_host_is_found_and_another_host_is_not() {
        let hosts = |text: String| registry_hosts(&File::new("package-lock.json", text)).len();
        assert_eq!(hosts(format!("\"resolved\": \"https://{}.example/x.tgz\"", "registry")), 1);
        assert_eq!(hosts("https://design-system.example/registry.html".to_owned()), 0);
    }

    #[test]
    fn what_a_build_makes_is_found_by_folder_or_ending() {
        let built = |path: &str| !built_files(&File::new(path, "")).is_empty();
        assert!(built("crates/web/assets/dist/desk.css"));
        assert!(built("crates/web/assets/htmx.min.js"));
        assert!(!built("crates/web/assets/desk.scss"));
        assert!(!built("crates/node/src/redistribution.rs"));
    }
}
