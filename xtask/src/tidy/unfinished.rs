//! What is here works: no promise for later, no test that is left out or waits by sleeping, no crash as an answer.

use super::{Fault, File, has_word};

/// A text that has no place in files with one of these endings, and why.
struct Forbidden {
    text: &'static str,
    endings: &'static [&'static str],
    why: &'static str,
}

const CODE: &[&str] = &["rs", "ts", "js", "scss", "html", "sql", "sh"];
const SCRIPT: &[&str] = &["ts", "js"];

const FORBIDDEN: &[Forbidden] = &[
    Forbidden { text: concat!("to", "do!"), endings: &["rs"], why: "unfinished" },
    Forbidden { text: concat!("unimple", "mented!"), endings: &["rs"], why: "unfinished" },
    Forbidden { text: concat!("TO", "DO"), endings: CODE, why: "a promise for later: do it, or open an issue" },
    Forbidden { text: concat!("FIX", "ME"), endings: CODE, why: "a promise for later: do it, or open an issue" },
    Forbidden { text: concat!("#[", "ignore"), endings: &["rs"], why: "a test runs or does not exist" },
    Forbidden { text: concat!(".sk", "ip("), endings: &["ts"], why: "a test runs or does not exist" },
    Forbidden { text: concat!(".fix", "me("), endings: SCRIPT, why: "a test runs or does not exist" },
    Forbidden { text: concat!(".on", "ly("), endings: SCRIPT, why: "the other tests run too" },
    Forbidden { text: concat!("waitFor", "Timeout"), endings: SCRIPT, why: "wait for a state, with a bound" },
];

/// Texts that stand for work not done, and sleeping in tests.
pub fn work(file: &File) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (number, line) in file.lines() {
        let found = FORBIDDEN.iter().filter(|word| file.is(word.endings) && stands_in(line, word.text));
        faults.extend(found.map(|word| file.fault(number, format!("`{}`: {}", word.text, word.why))));
        if is_test(file) && line.contains(concat!("sle", "ep(")) {
            faults.push(file.fault(number, "a test that sleeps: wait for a state, with a bound"));
        }
    }
    faults
}

/// Product code that crashes on what it did not expect. What follows the first `#[cfg(test)]` is the tests'.
pub fn panics(file: &File) -> Vec<Fault> {
    let is_product =
        file.path.starts_with("crates/") && file.path.contains("/src/") && file.is(&["rs"]) && !is_test(file);
    if !is_product {
        return Vec::new();
    }
    let product = file.lines().take_while(|(_, line)| !line.trim_start().starts_with("#[cfg(test)]"));
    let code = product.filter(|(_, line)| !line.trim_start().starts_with("//"));
    let faulty =
        code.filter(|(_, line)| line.contains(concat!(".unw", "rap()")) || has_word(line, concat!("pan", "ic!")));
    faulty
        .map(|(number, _)| file.fault(number, "answer with an error, or say why it cannot be: expect(\"why\")"))
        .collect()
}

fn stands_in(line: &str, text: &str) -> bool {
    if text.chars().all(char::is_alphanumeric) { has_word(line, text) } else { line.contains(text) }
}

/// Whether the whole file is tests.
fn is_test(file: &File) -> bool {
    file.is(&["rs", "ts"])
        && (file.path.contains("/tests/") || file.path.starts_with("tests/") || file.path.ends_with("/tests.rs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_work_is_found_in_the_kinds_of_file_that_can_hold_it() {
        let faults = |path: &str, text: &str| work(&File::new(path, text)).len();
        for forbidden in FORBIDDEN {
            let path = format!("tests/a.{}", forbidden.endings[0]);
            assert_eq!(faults(&path, &format!("x {} y", forbidden.text)), 1, "{}", forbidden.text);
            assert_eq!(faults("docs/a.md", forbidden.text), 0, "{}", forbidden.text);
        }
        assert_eq!(faults("crates/a/tests/b.rs", &format!("thread::{}ep(wait)", "sle")), 1);
        assert_eq!(faults("crates/a/src/b.rs", &format!("thread::{}ep(wait)", "sle")), 0);
    }

    #[test]
    fn a_crash_is_found_in_the_product_and_not_in_its_tests() {
        let call = format!("let a = b{};", concat!(".unw", "rap()"));
        let lines =
            |path: &str, text: String| panics(&File::new(path, text)).iter().map(|f| f.line).collect::<Vec<_>>();
        assert_eq!(lines("crates/a/src/b.rs", format!("{call}\n// {call}\n#[cfg(test)]\n{call}")), [1]);
        assert_eq!(lines("crates/a/src/b/tests.rs", call.clone()), Vec::<usize>::new());
        assert_eq!(lines("crates/a/tests/b.rs", call), Vec::<usize>::new());
    }
}
