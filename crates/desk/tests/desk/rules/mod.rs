//! Each rule against a table of tiny histories: raised at the right second, cleared, not raised. One line a case.

mod contact;
mod downgrades;
mod history;
mod indications;
mod law;
mod people;
mod policy;
mod records;
mod times;

use crate::story;

/// A case: what it is about, the story, and what the rule says to it.
pub type Case = (&'static str, &'static str, &'static str);

/// Runs a table on a Tuesday in March, with three hours to settle.
pub fn check(rule: &str, cases: &[Case]) {
    check_on("2026-03-10", "PT3H", rule, cases);
}

/// Runs a table on a day, with a time to settle.
pub fn check_on(day: &str, settle: &str, rule: &str, cases: &[Case]) {
    let mut wrong = Vec::new();
    for (about, story, expected) in cases {
        let found = story::flags(rule, day, story, settle);
        if found != *expected {
            wrong.push(format!("{rule}, {about}:\n  wanted `{expected}`\n  found  `{found}`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
