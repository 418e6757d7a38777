//! The policy is data: every number in it moves a flag, and every mistake in it is named.

use alongside_desk::watch::{POLICY, Policy};

use crate::story::flags_by;

fn with(from: &str, to: &str) -> String {
    let at = POLICY.find(from).unwrap_or_else(|| panic!("`{from}` is not in the shipped policy"));
    format!("{}{to}{}", &POLICY[..at], &POLICY[at + from.len()..])
}

/// The setting of a rule, changed.
fn setting(rule: &str, name: &str, value: &str) -> String {
    let start = POLICY.find(&format!("id = \"{rule}\"")).expect("the rule");
    let at = start + POLICY[start..].find(&format!("\n{name} = {{")).expect("the setting") + 1;
    let end = at + POLICY[at..].find('\n').unwrap_or(POLICY.len() - at);
    format!("{}{name} = {{ is = {value}, from = \"D\" }}{}", &POLICY[..at], &POLICY[end..])
}

#[test]
fn every_number_moves_its_flag() {
    let day = "2026-03-10";
    let two = "08:00 opened immediate DA on B · 08:01 victim her on B · 10:00 opened immediate DA · 10:01 victim her";
    let silent = "08:00 opened scheduled DA on B · 08:01 victim her on B · 10:00 call C1 · 10:01 ended C1 abandoned";
    let punched = "10:00 opened none DA \"He punched her\" · 10:02 suspect him";
    let out = "08:00 released police_bail on nothing · 10:00 opened none DA · 10:01 victim her · 10:02 suspect him";
    let order = "08:00 order O1 · 10:00 opened none DA · 10:01 victim her · 10:02 suspect him";
    let freed = "10:00 opened none DA · 10:01 victim her · 10:02 suspect him · 12:00 released police_bail";
    let high = "10:00 opened none DA · 10:01 victim her · 10:02 suspect him · 11:00 assessed dash high · 12:00 released police_bail";
    let referral = "10:00 opened none DA · 10:01 victim her";
    let few = "10:00 opened none DA · 10:01 victim her · 12:00 assessed dash medium 3-yes";
    let unchecked = "10:00 opened none DA · 10:01 victim her · 10:05 logged \"PNC checked, no trace\"";
    let claimed =
        "09:00 check pnc her · 10:00 opened none DA · 10:01 victim her · 10:05 logged \"PNC checked, no trace\"";
    let told = "10:00 opened none DA · 10:02 assigned V1 · 10:03 told V1 \"Arguing\" · 10:10 logged \"He has a knife\"";
    let halving = "09:00 opened none DA on B · 09:00 victim her on B · 09:00 suspect him on B · 17:00 opened none DA on C · 17:00 victim her on C · 17:00 suspect him on C
        21:00 opened none DA on D · 21:00 victim her on D · 21:00 suspect him on D · 23:00 opened none DA · 23:00 victim her · 23:00 suspect him · 23:10 crime recorded 9";
    let marac = "09:00 marac heard her him · +2 10:00 opened none DA · +2 10:01 victim her · +2 10:02 suspect him";
    let applied = "10:00 disclosure applied right_to_ask him her";
    let passed = "10:00 opened none DA · 10:10 passed \"x\"";
    let cluster =
        "10:00 opened none DA \"She has left him. He punched her. He checks her phone\" · 10:40 assessed thrive medium";
    let cluster_closed =
        "10:00 opened none DA \"She has left him. He punched her. He checks her phone\" · 10:40 closed";
    let followed =
        "10:00 opened none DA \"He follows her to work every day\" · 10:40 assessed dash medium stalking=yes";
    let controls = "10:00 opened none DA \"He checks her phone\" · 10:01 victim her";
    let suicidal = "10:00 opened none DA \"She is suicidal\" · 10:40 assessed dash medium";
    let children = "10:00 opened none DA \"Two children upstairs\"";
    let two_ring = "08:00 opened none DA on B · 08:01 victim her on B · 08:02 caller next-door neighbour on B · 08:05 assigned V1 on B · 10:00 opened none DA · 10:01 victim her · 10:02 caller friend-of-hers friend · 10:30 assigned V1";
    let table = [
        (
            "T01",
            with("immediate = { is = \"PT15M\"", "immediate = { is = \"PT20M\""),
            "10:00 opened immediate DA",
            "S2 10:13:12, S1 10:20",
        ),
        ("T01", setting("T01", "amber", "50"), "10:00 opened immediate DA", "S2 10:07:30, S1 10:15"),
        (
            "T02",
            setting("T02", "wait", "\"PT1M\""),
            "10:00 opened immediate DA · 10:02 assigned V1 · 10:04 left V1",
            "S1 10:05",
        ),
        ("T03", setting("T03", "regrade", "\"PT1M\""), silent, "S1 on nothing 10:02"),
        ("T03", setting("T03", "ring", "\"PT1M\""), silent, "S1 on nothing 10:02"),
        (
            "T04",
            setting("T04", "immediate_quiet", "\"PT10M\""),
            "10:00 opened immediate DA · 10:12 closed",
            "S2 10:10, cleared 10:12",
        ),
        (
            "T04",
            setting("T04", "priority_quiet", "\"PT10M\""),
            "10:00 opened priority DA · 10:12 closed",
            "S2 10:10, cleared 10:12",
        ),
        ("T05", setting("T05", "wait", "\"PT1H\""), "10:00 opened none DA · 10:10 arrived V1", "S2 11:10"),
        ("T06", setting("T06", "wait", "\"PT1H\""), punched, "S2 11:00"),
        ("T07", setting("T07", "days", "1"), referral, "S2 12 Mar 00:00"),
        ("T08", setting("T08", "wait", "\"PT1H\""), punched, "S2 11:02"),
        ("T09", setting("T09", "ticks", "3"), few, "S2 13 Mar 00:00"),
        ("T09", setting("T09", "days", "1"), high, "S2 12 Mar 00:00"),
        ("D04", setting("D04", "lately", "\"PT30M\""), claimed, "S2 10:05, S1 10:20"),
        ("D04", setting("D04", "check", "\"PT5M\""), unchecked, "S2 10:05, S1 10:10"),
        ("D05", setting("D05", "ticks", "3"), few, "S1 12:00"),
        (
            "D05",
            with("yes = { is = [\"yes\"]", "yes = { is = [\"definitely\"]"),
            "10:00 opened immediate DA · 12:00 assessed dash medium strangled",
            "",
        ),
        ("D07", setting("D07", "later", "\"PT1M\""), told, "S1 10:11"),
        ("H01", setting("H01", "in_week", "3"), two, ""),
        ("H01", setting("H01", "week", "\"PT1H\""), two, ""),
        ("H02", setting("H02", "window", "\"PT1H\""), two, ""),
        ("H02", setting("H02", "contacts", "3"), two, ""),
        ("H03", setting("H03", "times", "3"), halving, ""),
        ("H04", setting("H04", "year", "\"P1D\""), marac, ""),
        ("H04", setting("H04", "days", "1"), marac, "S2 14 Mar 00:00"),
        ("H06", setting("H06", "victims", "1"), freed, "S2 10:02"),
        ("H06", setting("H06", "wait", "\"PT2H\""), applied, "S2 on nothing 12:00"),
        ("H07", setting("H07", "wait", "\"PT10M\""), passed, "S2 10:20"),
        ("L04", setting("L04", "wait", "\"PT10M\""), passed, "S1 10:20"),
        ("H08", setting("H08", "window", "\"PT1H\""), out, ""),
        (
            "D03",
            setting("D03", "lately", "\"PT1M\""),
            "10:00 opened immediate DA · 10:02 logged \"SUSP HAS MADE OFF\" · 10:05 graded priority",
            "",
        ),
        (
            "L01",
            setting("L01", "unnamed", "\"PT5M\""),
            "08:00 order O1 · 10:00 opened none DA · 10:01 victim her",
            "S2 10:06, S1 10:16",
        ),
        ("L01", setting("L01", "tell", "\"PT5M\""), order, "S2 10:02, S1 10:06"),
        (
            "I01",
            setting("I01", "lower", "[\"standard\"]"),
            "10:00 opened none DA \"He strangled her\" · 10:40 assessed dash medium",
            "S2 10:00",
        ),
        (
            "I01",
            setting("I01", "offence", "\"stalking\""),
            "10:00 opened none DA \"He strangled her\" · 10:40 assessed dash high · 10:41 outcome medical_check · 10:42 crime recorded Stalking",
            "S2 10:00, cleared 10:42",
        ),
        (
            "I01",
            with("strangulation = { is = [\"STRANG\", \"SUFFOC\", \"75A\"]", "strangulation = { is = [\"ASSAULT\"]"),
            "10:00 opened none DA \"He strangled her\" · 10:40 assessed dash high · 10:41 outcome medical_check · 10:42 crime recorded",
            "S2 10:00, cleared 10:42",
        ),
        ("I02", setting("I02", "tell", "\"PT5M\""), "10:00 opened none DA \"He will kill her\"", "S2 10:00, S1 10:05"),
        (
            "I02",
            setting("I02", "lower", "[\"standard\"]"),
            "10:00 opened none DA \"He will kill her\" · 10:01 told V1 \"He will kill her\" · 10:40 assessed dash medium",
            "S2 10:00",
        ),
        (
            "I03",
            setting("I03", "enough", "[\"standard\"]"),
            "10:00 opened none DA \"She has left him\" · 10:40 assessed dash standard separated=yes",
            "S2 10:00, cleared 10:40",
        ),
        ("I03", setting("I03", "low", "[\"medium\"]"), cluster, "S2 10:00, S1 10:40"),
        ("I03", setting("I03", "violence", "[\"offence\", \"sexual\"]"), cluster_closed, "S2 10:00, S1 10:40"),
        ("I03", setting("I03", "violence", "[\"sexual\"]"), cluster_closed, "S2 10:00"),
        ("I03", setting("I03", "control", "\"sexual\""), cluster_closed, "S2 10:00"),
        ("I04", setting("I04", "questions", "[\"stalking\"]"), followed, "S2 10:00, cleared 10:40"),
        (
            "I04",
            setting("I04", "offence", "\"strangulation\""),
            "10:00 opened none DA \"He follows her to work every day\" · 10:40 crime recorded Strangulation",
            "S2 10:00, cleared 10:40",
        ),
        ("I05", setting("I05", "wait", "\"PT1H\""), "10:00 opened none DA \"She is pregnant\"", "S2 11:00"),
        (
            "I05",
            with("baby_under = { is = \"P18M\"", "baby_under = { is = \"P3M\""),
            "10:00 opened none DA · 10:01 child baby child · 10:40 assessed dash medium pregnant_baby=no",
            "",
        ),
        ("I06", setting("I06", "tell", "\"PT5M\""), "10:00 opened none DA \"He has a knife\"", "S2 10:00, S1 10:05"),
        ("I07", setting("I07", "contacts", "1"), controls, "S2 10:01"),
        (
            "I07",
            setting("I07", "offence", "\"stalking\"").replace("contacts = { is = 2", "contacts = { is = 1"),
            "10:00 opened none DA \"He checks her phone\" · 10:01 victim her · 10:40 crime recorded Stalking",
            "S2 10:01, cleared 10:40",
        ),
        ("I08", setting("I08", "raised", "[\"high\"]"), suicidal, "S2 10:00, S1 10:40"),
        (
            "I08",
            setting("I08", "services", "[\"housing\"]"),
            "10:00 opened none DA \"She is suicidal\" · 10:01 victim her · 10:40 support referred her housing",
            "S2 10:00, cleared 10:40",
        ),
        ("I09", with("length = { is = \"PT12H\"", "length = { is = \"PT2H\""), children, "S2 12:00"),
        ("I09", with("ends = { is = []", "ends = { is = [\"07:00\", \"11:30\"]"), children, "S2 11:30"),
        (
            "I10",
            setting("I10", "service", "\"housing\""),
            "10:00 opened none DA \"She has brought shame on the family\" · 10:01 victim her · 10:40 support referred her housing",
            "S2 10:00, cleared 10:40",
        ),
        (
            "I11",
            setting("I11", "most", "\"PT20M\""),
            "10:00 opened none DA · 10:01 caller next-door neighbour",
            "S2 10:20",
        ),
        (
            "I11",
            setting("I11", "people", "1"),
            "10:00 opened none DA · 10:01 victim her · 10:02 caller next-door neighbour",
            "S2 10:02",
        ),
        ("I11", setting("I11", "window", "\"PT1H\""), two_ring, ""),
        ("L03", setting("L03", "days", "1"), freed, "S2 12 Mar 00:00"),
        ("L03", setting("L03", "urgent_days", "2"), high, "S1 13 Mar 00:00"),
    ];
    for (rule, policy, story, expected) in table {
        let settle = if matches!(rule, "L03" | "T07" | "T09" | "H04") { "PT100H" } else { "PT3H" };
        assert_eq!(flags_by(&policy, rule, day, story, settle), expected, "{rule}: {story}");
    }
}

#[test]
fn mistakes_are_named_with_line_and_column() {
    let place = |policy: &str, needle: &str| {
        let at = policy.find(needle).expect("the mistake");
        let line = policy[..at].matches('\n').count() + 1;
        (line, at - policy[..at].rfind('\n').map_or(0, |n| n + 1) + 1)
    };
    let table = [
        (with("when = \"first_arrived_at > 0\"", "when = \"first_arived_at > 0\""), "first_arived_at", "is no fact"),
        (with("from = \"left_at\"", "from = \"graded_at\""), "graded_at\"\nanswered = \"sent_after\"", "is not there"),
        (
            with("on = \"departure\"", "on = \"leaving_home\""),
            "\"leaving_home\"",
            "is nothing that a rule can be judged on",
        ),
        (with("{graded} since", "{grated} since"), "grated} since", "is no fact"),
    ];
    for (policy, needle, what) in table {
        let problems = Policy::parse(&policy).expect_err("a mistake");
        let found = problems.iter().find(|p| p.message.contains(what)).unwrap_or_else(|| panic!("{problems:?}"));
        assert_eq!((found.line, found.column), place(&policy, needle), "{found:?}");
    }
    assert!(Policy::parse(&with("amber = { is = 66", "amber = { is = [1")).is_err());
    assert!(Policy::parse("not a policy").is_err());
}

#[test]
fn every_setting_has_its_source_and_every_fact_its_sentence() {
    for rule in &Policy::shipped().rules {
        assert!(!rule.source.is_empty(), "{}", rule.id);
        for (name, _, source) in &rule.settings_shown {
            assert!(!source.is_empty(), "{} {name}", rule.id);
        }
    }
    for fact in alongside_desk::watch::FACTS {
        assert!(fact.says.len() > 5, "{}", fact.name);
        let names_a_rule = Policy::shipped().rules.iter().any(|r| fact.name.contains(&r.id.to_lowercase()));
        assert!(!names_a_rule, "{}", fact.name);
    }
}

/// `docs/facts.md` lists what conditions may ask for; `UPDATE_DOCS=1` writes it anew.
#[test]
fn the_documentation_lists_every_fact() {
    let mut page = String::from(
        "# The facts that conditions may ask for\n\nA rule in the policy file asks for these by name, in CEL. Each names something in the world; none names a rule, holds a limit or\ncompares times for one. Instants are milliseconds since 1970 UTC, 0 when there is none. Where a fact is there only for some of the\nthings that rules are judged on (`on = ...`), they stand beside it.\n\n| fact | there for | what it says |\n| --- | --- | --- |\n",
    );
    for fact in alongside_desk::watch::FACTS {
        page.push_str(&format!("| `{}` | {} | {} |\n", fact.name, fact.there_for(), fact.says));
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/facts.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("a page that can be written");
    }
    assert_eq!(std::fs::read_to_string(path).expect("docs/facts.md"), page, "run with UPDATE_DOCS=1");
}

/// A fact is about the world. Whoever reads a rule's name in one has found a rule that no policy can change.
#[test]
fn no_fact_names_a_rule() {
    let sources = [
        include_str!("../../../src/watch/fact.rs"),
        include_str!("../../../src/watch/view.rs"),
        include_str!("../../../src/watch/item.rs"),
        include_str!("../../../src/watch/indicated.rs"),
        include_str!("../../../src/watch/third_party.rs"),
        include_str!("../../../src/review/answer.rs"),
    ];
    for rule in &alongside_desk::watch::Policy::shipped().rules {
        let quoted = format!("\"{}\"", rule.id);
        assert!(sources.iter().all(|source| !source.contains(&quoted)), "a fact names {}", rule.id);
    }
}

/// An indicator that no lexicon knows would never be found, and nobody would be told.
#[test]
fn every_indicator_of_the_policy_is_one_of_the_lexicon() {
    let lexicon =
        alongside_desk::watch::lexicon::Lexicon::parse(alongside_desk::watch::lexicon::LEXICON).expect("the lexicon");
    let policy = Policy::shipped();
    let asked = policy.tables.questions.values().flat_map(|q| q.values()).filter(|i| !i.is_empty()).cloned();
    let told = policy.tables.told_by.markers.values().cloned();
    for indicator in policy.indicators().into_iter().chain(asked).chain(told) {
        assert!(lexicon.id(&indicator).is_some(), "{indicator}");
    }
}

#[test]
fn a_question_that_the_policy_does_not_map_is_counted() {
    let story = "10:00 opened none DA · 10:10 assessed dash medium strangled=no,shoe_size=yes · 10:20 assessed dara medium fear_scale=often,shoe_size=yes · 10:30 assessed dara medium fear_scale=never";
    let run = crate::story::run(&crate::story::messages("2026-03-10", story));
    let unmapped: Vec<(&str, u64)> = run.desk().state().unmapped.iter().map(|(q, n)| (&**q, *n)).collect();
    assert_eq!(unmapped, [("dara fear_scale", 2), ("dara shoe_size", 1), ("dash shoe_size", 1)]);
}
