//! Imports point downwards, the desk stays pure (law 2), and each crate says what it holds to.

use super::{Fault, File, has_word};

/// Which of our crates each of them may name, from `docs/architecture.md`. Dependencies for tests are not judged.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("desk", &[]),
    ("journal", &["desk"]),
    ("node", &["journal", "desk"]),
    ("feeds", &["node", "desk"]),
    ("sim", &["desk", "media"]),
    ("media", &["desk"]),
    ("web", &["node", "media", "desk", "feeds"]),
    ("alongside", &["desk", "journal", "node", "feeds", "sim", "media", "web"]),
];

/// Words that would let a clock, a file, chance or an unordered walk into the desk.
const IMPURE: &[&str] = &[
    "HashMap",
    "HashSet",
    "SystemTime",
    "std::time::Instant",
    "Timestamp::now",
    "Zoned::now",
    "std::fs",
    "std::env",
    "std::net",
    "rand",
    "getrandom",
    "f32",
    "f64",
    "thread_local",
];

/// A dependency that points sideways or up.
pub fn imports(file: &File) -> Vec<Fault> {
    let Some(name) = file.path.strip_prefix("crates/").and_then(|path| path.strip_suffix("/Cargo.toml")) else {
        return Vec::new();
    };
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == name) else {
        return vec![file.fault(0, "a crate that the layers do not know: give it its place in the tidy check")];
    };
    let mut section = "";
    let mut faults = Vec::new();
    for (number, line) in file.lines() {
        if line.starts_with('[') {
            section = line;
        }
        let named = line.strip_prefix("alongside-").and_then(|rest| rest.split(['.', ' ', '=']).next());
        if let Some(named) = named.filter(|named| section == "[dependencies]" && !allowed.contains(named)) {
            faults.push(file.fault(number, format!("`{name}` may not import `{named}`")));
        }
    }
    faults
}

/// Law 2: time comes in with the command, and the same entries give the same state, bit for bit.
pub fn pure_desk(file: &File) -> Vec<Fault> {
    let is_desk = file.path.starts_with("crates/desk/src/") && file.is(&["rs"]) && !file.path.ends_with("tests.rs");
    if !is_desk {
        return Vec::new();
    }
    let product = file.lines().take_while(|(_, line)| !line.trim_start().starts_with("#[cfg(test)]"));
    let code = product.filter(|(_, line)| !line.trim_start().starts_with("//"));
    // serde's reader of JSON names floats; what it reads stays a number as it was written.
    let code = code.filter(|(_, line)| !line.contains("fn visit_f64"));
    let found = code.flat_map(|(number, line)| {
        let word = IMPURE.iter().find(|word| has_word(line, word));
        word.map(|word| file.fault(number, format!("law 2: the desk is pure, and `{word}` is not")))
    });
    found.collect()
}

/// Each crate's first page ends with what always holds in it.
pub fn invariants(file: &File) -> Vec<Fault> {
    let is_first_page = file.path.starts_with("crates/") && file.path.ends_with("/src/lib.rs");
    if !is_first_page
        || file.lines().any(|(_, line)| line.starts_with("//!") && line.to_lowercase().contains("invariants"))
    {
        return Vec::new();
    }
    vec![file.fault(0, "its doc comment names no invariants: what always holds here, and what is absent on purpose?")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_may_only_point_down() {
        let faults = |name: &str, text: &str| {
            let found = imports(&File::new(&format!("crates/{name}/Cargo.toml"), text));
            found.into_iter().map(|fault| fault.what).collect::<Vec<_>>()
        };
        let text =
            "[dependencies]\nalongside-node.workspace = true\n\n[dev-dependencies]\nalongside-sim.workspace = true\n";
        assert_eq!(faults("feeds", text), Vec::<String>::new());
        assert_eq!(faults("journal", text), ["`journal` may not import `node`"]);
        assert_eq!(faults("novel", text).len(), 1);
    }

    #[test]
    fn the_desk_reads_no_clock_and_holds_no_float() {
        let faults = |text: &str| pure_desk(&File::new("crates/desk/src/queue.rs", text)).len();
        assert_eq!(faults("let weight: f64 = 1.0;"), 1);
        assert_eq!(faults("let now = Timestamp::now();"), 1);
        assert_eq!(faults("fn visit_f64<E>(self, n: f64) -> Result<Number, E> {"), 0);
        assert_eq!(faults("let degrees = value.as_f64();\n// a HashMap would not do\n#[cfg(test)]\nuse rand;"), 0);
    }

    #[test]
    fn a_crate_says_what_it_holds_to() {
        let faults = |text: &str| invariants(&File::new("crates/desk/src/lib.rs", text)).len();
        assert_eq!(faults("//! The domain."), 1);
        assert_eq!(faults("//! The domain.\n//!\n//! # Invariants\n//! - pure"), 0);
    }
}
