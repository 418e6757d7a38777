//! What was missed on purpose is found: the desk over six weeks of a small synthetic force, held against its truth.
//!
//! `cargo run --release -p alongside-sim --example recall` does the same on larger forces, for docs/recall.md.

mod answer;
mod run;
mod score;

use std::collections::BTreeSet;

use alongside_desk::time::Timestamp;
use alongside_sim::Options;

use score::{Found, Score};

#[test]
fn what_is_missed_on_purpose_is_found_at_the_right_second_and_well_handled_reports_seldom_ring() {
    let live = Timestamp::parse("2026-05-15T12:00:00+01:00").expect("an instant");
    let options =
        Options { years: 1, reports_a_day: 18, others: 1, mistakes: 50, scripted: false, ..Options::new(21, live) };
    let run = run::run(&options, 42);
    let score = Score::of(&run);

    let rules: BTreeSet<&str> = score.judged.iter().map(|judged| judged.missed.rule).collect();
    assert_eq!(rules.len(), 45, "{rules:?}");
    let readable = score.judged.iter().filter(|judged| judged.read != Some(false));
    let lost: Vec<_> = readable.filter(|judged| judged.found != Found::Right).map(|j| (j.found, &j.missed)).collect();
    for (_, missed) in &lost {
        for sent in run.records.get(&missed.incident).into_iter().flatten() {
            println!("{}", sent.message);
        }
    }
    assert!(lost.is_empty(), "not found at the right second, though all that it hangs on was read: {lost:#?}");

    // The lexicon is no reader (docs/lexicon.md): what it finds of these words is measured in docs/recall.md, and may not collapse.
    let bound: Vec<bool> = score.judged.iter().filter_map(|judged| judged.read).collect();
    let read = bound.iter().filter(|read| **read).count();
    assert!(bound.len() > 100 && read * 10 >= bound.len() * 6, "{read} of {} were read", bound.len());

    // What is wanted is fewer than 5 in 100. Nearly all that ring rest on a word that the lexicon read wrongly, or did not read
    // (docs/recall.md has the measure), so this holds what is reached and no more.
    assert!(score.well > 300, "{} are handled well", score.well);
    assert!(score.rung.len() * 100 < score.well * 8, "{} of {}: {:#?}", score.rung.len(), score.well, score.rung);
    let (answered, judged) = answer::answered(&run);
    let answered: Vec<String> = answered.into_iter().map(|answered| answered.flag).collect();
    assert!(answered.is_empty() && judged > 800, "of {judged} flags these were answered already: {answered:#?}");
}
