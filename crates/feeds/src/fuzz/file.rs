//! The parsers behind the door: the files that a force writes, its recorded messages, and times.

use std::sync::{Arc, LazyLock};

use alongside_desk::Desk;
use alongside_desk::person::linker::Settings;
use alongside_desk::replay::Replay;
use alongside_desk::time::{Period, Span, Timestamp};
use alongside_desk::watch::Policy;
use alongside_desk::watch::lexicon::{LEXICON, Lexicon, Problem};

static SHIPPED: LazyLock<Option<(Arc<Policy>, Arc<Lexicon>)>> =
    LazyLock::new(|| Some((Arc::new(Policy::shipped()), Arc::new(Lexicon::parse(LEXICON).ok()?))));

/// A short evening: opened late at night, told somebody will ring, corrected, attended, closed.
pub const EVENING: &[u8] = br#"{"id":"1","at":"2026-04-16T20:00:00Z","type":"incident.opened","incident":"I","by":"op1","channel":"999","grade":"immediate","code":"ASSAULT","qualifiers":["DA"],"text":"He has pushed her and she cannot breathe"}
{"id":"2","at":"2026-04-16T20:01:00Z","type":"incident.person","incident":"I","role":"victim","relationship":"partner","person":{"ref":"P1","name":"Asha Example","born":"1990-02-03","phones":["+447700900123"]}}
{"id":"3","at":"2026-04-16T20:02:00Z","type":"incident.person","incident":"I","role":"suspect","person":{"ref":"P2","name":"Piers Example"}}
{"id":"4","at":"2026-04-16T20:03:00Z","type":"unit.assigned","incident":"I","unit":"CR1"}
{"id":"5","at":"2026-04-16T20:09:00Z","type":"incident.logged","incident":"I","by":"op1","text":"She says he has gone, told we will ring her tomorrow"}
{"id":"6","at":"2026-04-16T20:30:00Z","type":"incident.corrected","incident":"I","corrects":"5","fields":{"text":"He is outside"}}
{"id":"7","at":"2026-04-16T21:00:00Z","type":"unit.arrived","incident":"I","unit":"CR1"}
"#;

/// A policy of one rule.
pub const POLICY: &[u8] = br#"[force]
name = "Example"
[grades]
top = { is = "immediate", from = "D" }
immediate = { is = "PT15M", from = "D" }
[codes]
da_words = { is = ["DA"], from = "D" }
da_parts = { is = ["DOMESTIC"], from = "D" }
offence_parts = { is = ["ASSAULT"], from = "D" }
[people]
systems = { is = ["SYSTEM"], from = "D" }
[calendar]
holidays = { is = ["2026-12-25"], from = "D" }
[feeds]
silence = { is = "PT5M", from = "D" }
[queue]
due_after = { is = 66, from = "D" }
[[rule]]
id = "T01"
name = "Nobody arrived in time"
source = "D"
on = "grading"
one_at_a_time = true
when = "incident_open && grading_in_force && target(graded) > 0"
from = "graded_at"
answered = "unit_reached_at > 0"
answers = [{ when = "true", says = "a unit arrived at {unit_reached_at}" }]
gone = "the grade's clock ended"
absence = true
to = "to arrive"
says = "{graded} since {graded_at}; target {due_at}; no unit has arrived"
evidence = ["assignments"]
steps = [{ severity = "S2", due = "graded_at + target(graded) * amber / 100" }, { severity = "S1", due = "graded_at + target(graded)" }]
[rule.settings]
amber = { is = 66, from = "D" }
"#;

/// A line of a log, as somebody types it.
pub const WORDS: &[u8] = "Inf states ip didn't want police; he's put his hands round her throat x2 (not today). \
    She\u{2019}s fled w/ kids, NO weapons seen | susp o/s again 1430hrs, hx of DV"
    .as_bytes();

/// Settings of the linker.
pub const LINKER: &[u8] = include_bytes!("../../../../policy/linker.toml");

/// A duration, and an instant.
pub const TIMES: &[&[u8]] = &[b"P1Y2M3W4DT5H6M7.5S", b"2026-04-16T14:06:12.250+01:00"];

/// A mistake is named inside the text.
fn named(text: &str, problems: &[Problem]) {
    assert!(!problems.is_empty());
    for problem in problems {
        assert!((1..=text.split('\n').count()).contains(&problem.line), "line {}", problem.line);
        assert!(problem.column >= 1);
    }
}

fn evening(policy: Arc<Policy>, lexicon: Arc<Lexicon>, lines: &str) -> usize {
    let mut replay = Replay::new(Desk::new(policy, lexicon), None);
    for (number, line) in (1..).zip(lines.split('\n')) {
        replay.line(number, line);
    }
    replay.finish(Period::hours(2));
    replay.drain().len()
}

/// Recorded messages, under the shipped policy: what is raised is raised again.
pub fn fuzz_replay(data: &[u8]) {
    let lines = String::from_utf8_lossy(data);
    if let Some((policy, lexicon)) = &*SHIPPED {
        let flags = evening(policy.clone(), lexicon.clone(), &lines);
        assert_eq!(flags, evening(policy.clone(), lexicon.clone(), &lines));
    }
}

/// A policy file, and the evening by it.
pub fn fuzz_policy(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Policy::parse(&text) {
        Ok(policy) => {
            if let Some((_, lexicon)) = &*SHIPPED {
                evening(Arc::new(policy), lexicon.clone(), &String::from_utf8_lossy(EVENING));
            }
        }
        Err(problems) => named(&text, &problems),
    }
}

/// A lexicon file, and a line of a log by it.
pub fn fuzz_lexicon(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Lexicon::parse(&text) {
        Ok(lexicon) => scan(&lexicon, &String::from_utf8_lossy(WORDS)),
        Err(problems) => named(&text, &problems),
    }
}

/// A line of a log by the shipped lexicon.
pub fn fuzz_words(data: &[u8]) {
    if let Some((_, lexicon)) = &*SHIPPED {
        scan(lexicon, &String::from_utf8_lossy(data));
    }
}

/// Every sign is a piece of the text, of an indicator that there is.
fn scan(lexicon: &Lexicon, text: &str) {
    let mut signs = Vec::new();
    lexicon.scan(text, &mut signs);
    for sign in signs {
        assert!(sign.words(text).is_some_and(|words| !words.is_empty()), "a span within the text");
        assert!(lexicon.indicator(sign.indicator).is_some());
    }
}

/// Settings of the linker.
pub fn fuzz_linker(data: &[u8]) {
    if let Ok(settings) = Settings::from_toml(&String::from_utf8_lossy(data)) {
        assert_eq!(settings.version(), settings.clone().version());
    }
}

/// A duration and an instant: what was read is written so that it is read again the same.
pub fn fuzz_time(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(at) = Timestamp::parse(&text) {
        assert_eq!(Timestamp::parse(&at.to_string()), Ok(at));
        let _ = (at.rfc3339_local(), at.end_of_working_day(2, &[]));
        if let Some(span) = Span::parse("P12M") {
            let _ = at.back(span);
        }
    }
    if let Some(span) = Span::parse(&text) {
        assert!(span.rest >= Period::ZERO);
        let _ = Timestamp::from_ms(1_776_366_000_000).back(span);
    }
}
