//! Flags against the truth: what was found of what was missed on purpose, and how well-handled incidents fared.

use std::collections::{BTreeMap, BTreeSet};

use alongside_desk::replay::FlagLine;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::Severity;
use alongside_desk::watch::lexicon::{LEXICON, Lexicon, Stance};
use alongside_sim::Missed;

use crate::run::Run;

/// What became of an opportunity that was missed on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Raised at its severity, at a second at which it could first be known.
    Right,
    /// Raised at its severity or above, so many seconds before.
    Early(i64),
    /// Raised at its severity or above, so many seconds after.
    Late(i64),
    /// Raised, and never at its severity.
    Milder,
    /// Not raised.
    Not,
}

/// An opportunity that was missed on purpose, and what became of it.
pub struct Judged {
    /// What the simulator did.
    pub missed: Missed,
    /// What the desk made of it.
    pub found: Found,
    /// The lexicon reads every word that it hangs on; nothing, where it hangs on none.
    pub read: Option<bool>,
}

/// The whole.
pub struct Score {
    /// Every opportunity that was missed on purpose in the stretch.
    pub judged: Vec<Judged>,
    /// Well-handled incidents.
    pub well: usize,
    /// Those of them that were flagged S1, with the rules.
    pub rung: BTreeMap<String, BTreeSet<String>>,
}

impl Score {
    /// Holds a run against its truth.
    pub fn of(run: &Run) -> Self {
        let lexicon = Lexicon::parse(LEXICON).expect("the shipped lexicon is sound");
        let raised = |flag: &&FlagLine| flag.flag == "raised";
        let over = run.truth.missed.iter().filter(|missed| missed.until_s < run.to.ms() / 1_000);
        let judged = over.map(|missed| Judged {
            missed: missed.clone(),
            found: found(missed, &run.flags),
            read: (!missed.words.is_empty()).then(|| read(&lexicon, missed, &run.texts)),
        });
        let well: BTreeSet<&str> = run.truth.handled.iter().filter(|h| h.well).map(|h| h.incident.as_str()).collect();
        let mut rung: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for flag in run.flags.iter().filter(raised).filter(|flag| flag.severity == Severity::S1) {
            if let Some(incident) = flag.incident.as_deref().filter(|incident| well.contains(incident)) {
                rung.entry(incident.to_owned()).or_default().insert(flag.rule.to_string());
            }
        }
        Self { judged: judged.collect(), well: well.len(), rung }
    }
}

fn found(missed: &Missed, flags: &[FlagLine]) -> Found {
    let severity = [Severity::S1, Severity::S2, Severity::S3].into_iter().find(|s| s.name() == missed.severity);
    let severity = severity.expect("the truth has the catalogue's severities");
    let about = |flag: &&FlagLine| {
        let same = flag.incident.as_deref() == Some(missed.incident.as_str());
        let rests = flag.evidence.iter().any(|id| missed.messages.iter().any(|message| **message == **id));
        flag.flag == "raised" && *flag.rule == *missed.rule && (same || (flag.incident.is_none() && rests))
    };
    let second = |at: Timestamp| at.ms().div_euclid(1_000);
    let of_it: Vec<&FlagLine> = flags.iter().filter(about).collect();
    let window = missed.known_s..=missed.until_s;
    if of_it.iter().any(|flag| flag.severity == severity && window.contains(&second(flag.at))) {
        return Found::Right;
    }
    let grave: Vec<i64> = of_it.iter().filter(|f| f.severity >= severity).map(|f| second(f.at)).collect();
    match (grave.iter().min(), of_it.is_empty()) {
        (Some(at), _) if *at < missed.known_s => Found::Early(missed.known_s - at),
        (Some(at), _) => Found::Late(at - missed.until_s),
        (None, false) => Found::Milder,
        (None, true) => Found::Not,
    }
}

/// What the lexicon calls a meaning of the phrase bank, where the names differ.
const NAMES: &[(&str, &[&str])] = &[
    ("honour_based", &["honour"]),
    ("checks_claimed", &["checked"]),
    ("offence", &["offence", "injury", "strangulation", "weapon", "sexual"]),
];

/// Whether the lexicon reads the meanings that an opportunity hangs on, in the messages that it rests on.
fn read(lexicon: &Lexicon, missed: &Missed, texts: &BTreeMap<String, String>) -> bool {
    let said: Vec<&String> = missed.messages.iter().filter_map(|id| texts.get(id)).collect();
    let tells = |text: &str, names: &[&str]| {
        let mut signs = Vec::new();
        lexicon.scan(text, &mut signs);
        let name = |sign: &alongside_desk::watch::lexicon::Sign| lexicon.indicator(sign.indicator).map(|i| &*i.name);
        signs.iter().filter(|s| s.stance == Stance::Stated).any(|s| name(s).is_some_and(|n| names.contains(&n)))
    };
    missed.words.iter().all(|meaning| {
        let own = [*meaning];
        let names = NAMES.iter().find(|(name, _)| name == meaning).map_or(&own[..], |(_, names)| names);
        match missed.rule {
            // A pattern needs each of its contacts to tell of it.
            "I07" => said.iter().all(|text| tells(text, names)),
            _ => said.iter().any(|text| tells(text, names)),
        }
    })
}
