//! Assessments beside the record: tiny histories, and what stands beside an answer.

use alongside_desk::assessment::{
    Comparison, Evidence, Fact, How, QUESTIONNAIRES, Questionnaires, When, compare, her_logs,
};
use alongside_desk::stamp::IncidentId;
use alongside_desk::watch::Policy;
use alongside_desk::watch::lexicon::{LEXICON, Lexicon};
use std::sync::LazyLock;

use crate::story::{messages, run};

static FORMS: LazyLock<Questionnaires> = LazyLock::new(Questionnaires::shipped);

/// The newest assessment of log A in a story, beside the record.
fn beside(story: &str) -> Comparison {
    let run = run(&messages("2026-03-10", story));
    let state = run.desk().state();
    let log = state.find("A").expect("log A");
    let all: Vec<IncidentId> = state.incidents.keys().chain(state.past.keys()).copied().collect();
    let made = state.incident(log).and_then(|a| a.assessments.last()).expect("an assessment on A");
    compare(state, &FORMS, &her_logs(state, log, &all), log, made)
}

/// One evidence in a word each: how, when, and what is to be known of it.
fn word(evidence: &Evidence) -> String {
    let mut said = match &evidence.how {
        How::Words(..) => "words".to_owned(),
        How::Mentioned(..) => "mentioned".to_owned(),
        How::Kept(_) => "kept".to_owned(),
        How::Person(_) => "person".to_owned(),
        How::Answer(tool, ..) => format!("{} yes", tool.word()),
        How::Fact(Fact::CallOuts) => "log".to_owned(),
        How::Fact(_) => "fact".to_owned(),
    };
    said += match evidence.when {
        When::Before => "",
        When::LearnedLater => " learned later",
        When::Since => " since",
    };
    for (is, says) in [
        (evidence.leans, " if hers"),
        (evidence.of_another_suspect, " of another"),
        (evidence.of_another_time, " of another time"),
    ] {
        said += if is { says } else { "" };
    }
    said
}

/// How an answer stands to the record, and what speaks about it, newest first.
fn row(story: &str, question: &str) -> String {
    let found = beside(story);
    let row = found.rows.iter().find(|row| &*row.id == question).unwrap_or_else(|| panic!("no row {question}"));
    let evidence: Vec<String> = row.evidence.iter().map(word).collect();
    format!("{:?}: {}", row.agreement, evidence.join(", "))
}

#[test]
fn an_answer_stands_beside_what_her_logs_say_of_the_same_thing() {
    let cases: &[(&str, &str, &str, &str)] = &[
        (
            "answered no, and this log says so",
            "10:00 opened immediate DA \"He strangled her\" · 10:10 assessed dash medium strangled=no",
            "strangled",
            "DeniedYetReported: words",
        ),
        (
            "words in any script stand by their bytes",
            "10:00 opened immediate DA \"ليلى Żurawiec STS he strangled her\" · 10:10 assessed dash medium strangled=no",
            "strangled",
            "DeniedYetReported: words",
        ),
        (
            "denied: it is only mentioned, and contradicts nothing",
            "10:00 opened immediate DA \"She denies being strangled\" · 10:10 assessed dash medium strangled=no",
            "strangled",
            "NeitherSays: mentioned",
        ),
        (
            "second hand counts as much",
            "10:00 opened immediate DA \"Neighbour says he strangled her\" · 10:10 assessed dash medium strangled=no",
            "strangled",
            "DeniedYetReported: words",
        ),
        (
            "reported on another log of hers, long before",
            "10:00 opened immediate DA on B \"He strangled her\" · 10:01 victim her on B
             +20 10:00 opened immediate DA · +20 10:01 victim her · +20 10:10 assessed dash medium strangled=no",
            "strangled",
            "DeniedYetReported: words",
        ),
        (
            "another woman's log says nothing of her",
            "10:00 opened immediate DA on B \"He strangled her\" · 10:01 victim other-woman on B
             +20 10:00 opened immediate DA · +20 10:01 victim her · +20 10:10 assessed dash medium strangled=no",
            "strangled",
            "NeitherSays: ",
        ),
        (
            "by another man: said to be so",
            "10:00 opened immediate DA on B \"He strangled her\" · 10:01 victim her on B · 10:02 suspect other-man on B
             +20 10:00 opened immediate DA · +20 10:01 victim her · +20 10:02 suspect him · +20 10:10 assessed dash medium strangled=no",
            "strangled",
            "DeniedYetReported: words of another",
        ),
        (
            "a log that is hers by a match that nobody has confirmed leans on it",
            "10:00 opened immediate DA on B \"He strangled her\" · 10:01 victim her on B
             +20 10:00 opened immediate DA · +20 10:01 victim her-unreffed · +20 10:10 assessed dash medium strangled=no",
            "strangled",
            "DeniedYetReported: words if hers",
        ),
        (
            "a merged log goes on in this one",
            "10:00 opened immediate DA on B \"He strangled her\" · 10:05 opened immediate DA · 10:06 merged A on B
             10:10 assessed dash medium strangled=no",
            "strangled",
            "DeniedYetReported: words",
        ),
        (
            "reported after the answer",
            "10:00 opened immediate DA · 10:10 assessed dash medium strangled=no · 10:20 logged \"He strangled her\"",
            "strangled",
            "DeniedYetReported: words since",
        ),
        (
            "it had happened, and was learned after the answer",
            "10:00 opened immediate DA · 10:10 assessed dash medium strangled=no · 10:05 logged known 10:30 \"He strangled her\"",
            "strangled",
            "DeniedYetReported: words learned later",
        ),
        (
            "an answer that came late is held against what was known when it was given",
            "10:00 opened immediate DA · 10:20 logged \"He strangled her\" · 10:05 assessed known 10:40 dash medium strangled=no",
            "strangled",
            "DeniedYetReported: words since",
        ),
        (
            "words that were withdrawn are gone",
            "10:00 opened immediate DA · 10:05 logged \"He strangled her\" · 10:06 withdrawn m2 · 10:10 assessed dash medium strangled=no",
            "strangled",
            "NeitherSays: ",
        ),
        (
            "an assessment that was withdrawn leaves the one before it",
            "10:00 opened immediate DA \"He strangled her\" · 10:10 assessed dash medium strangled=no
             10:12 assessed dash medium strangled=yes · 10:15 withdrawn m3",
            "strangled",
            "DeniedYetReported: words",
        ),
        (
            "not asked",
            "10:00 opened immediate DA \"He strangled her\" · 10:10 assessed dash medium strangled=not_asked",
            "strangled",
            "UnaskedYetReported: words",
        ),
        (
            "not known",
            "10:00 opened immediate DA \"He strangled her\" · 10:10 assessed dash medium strangled=not_known",
            "strangled",
            "UnaskedYetReported: words",
        ),
        (
            "no answer came",
            "10:00 opened immediate DA \"He strangled her\" · 10:10 assessed dash medium weapons=no",
            "strangled",
            "UnaskedYetReported: words",
        ),
        (
            "an answer that nobody here can read",
            "10:00 opened immediate DA \"He strangled her\" · 10:10 assessed dash medium strangled=3",
            "strangled",
            "UnreadYetReported: words",
        ),
        (
            "answered yes, and nothing else is known",
            "10:00 opened immediate DA \"Shouting\" · 10:10 assessed dash medium strangled=yes",
            "strangled",
            "YesAlone: ",
        ),
        (
            "answered yes, and denied on the log",
            "10:00 opened immediate DA \"She denies being strangled\" · 10:10 assessed dash medium strangled=yes",
            "strangled",
            "YesAlone: mentioned",
        ),
        (
            "what was passed on to a unit is no new word",
            "10:00 opened immediate DA · 10:05 told V1 \"He strangled her\" · 10:10 assessed dash medium strangled=no",
            "strangled",
            "NeitherSays: ",
        ),
        (
            "answered otherwise the last time, which is evidence too",
            "10:00 opened immediate DA · 10:10 assessed dash medium animals=yes · 10:20 assessed dash medium animals=no",
            "animals",
            "DeniedYetReported: dash yes",
        ),
        (
            "children are there: near to whether he hurt them, and no yes to it",
            "10:00 opened immediate DA \"Two kids upstairs\" · 10:01 child kid · 10:10 assessed dash medium hurt_children=no",
            "hurt_children",
            "NeitherSays: person, words",
        ),
        (
            "pregnant, by what is said of her",
            "10:00 opened immediate DA · 10:01 victim her-pregnant · 10:10 assessed dash medium pregnant_baby=no",
            "pregnant_baby",
            "DeniedYetReported: person",
        ),
        (
            "pregnant two years ago disagrees with nothing now",
            "10:00 opened immediate DA on B · 10:01 victim her-pregnant on B
             +700 10:00 opened immediate DA · +700 10:01 victim her · +700 10:10 assessed dash medium pregnant_baby=no",
            "pregnant_baby",
            "NeitherSays: person of another time",
        ),
        (
            "a log that is kept as history only",
            "10:00 opened none TRAFFIC on B · 10:01 victim her-pregnant stranger on B
             +90 10:00 opened immediate DA · +90 10:01 victim her · +90 10:10 assessed dash medium pregnant_baby=no",
            "pregnant_baby",
            "DeniedYetReported: kept",
        ),
        (
            "a suspect who is her ex-partner",
            "10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him ex_partner · 10:10 assessed dash medium separated=no",
            "separated",
            "DeniedYetReported: fact",
        ),
        (
            "a marker of his",
            "10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 10:03 marked him weapons
             10:10 assessed dash medium weapons=no",
            "weapons",
            "DeniedYetReported: fact",
        ),
        (
            "contact while an order protected her",
            "10:00 order O1 · 11:00 opened immediate DA · 11:01 victim her · 11:02 suspect him · 11:10 assessed dash medium breached_order=no",
            "breached_order",
            "DeniedYetReported: fact",
        ),
        (
            "the order had ended by then",
            "10:00 order O1 · 10:30 order-ended O1 · 11:00 opened immediate DA · 11:01 victim her · 11:02 suspect him
             11:10 assessed dash medium breached_order=no",
            "breached_order",
            "NeitherSays: ",
        ),
        (
            "a crime recorded",
            "10:00 opened immediate DA · 10:05 crime recorded Intentional_strangulation · 10:10 assessed dash medium strangled=no",
            "strangled",
            "DeniedYetReported: fact",
        ),
        (
            "hurt then, and not tonight: the first question asks of tonight",
            "10:00 opened immediate DA on B \"She has a black eye, he punched her\" · 10:01 victim her on B
             +20 10:00 opened immediate DA · +20 10:01 victim her · +20 10:10 assessed dash medium injury=no",
            "injury",
            "NeitherSays: words of another time",
        ),
        (
            "hurt tonight",
            "10:00 opened immediate DA \"She has a black eye\" · 10:10 assessed dash medium injury=no",
            "injury",
            "DeniedYetReported: words",
        ),
        (
            "DARA's scale means yes in its own words, and no in its own",
            "10:00 opened immediate DA \"He strangled her\" · 10:10 assessed dara medium strangled=never",
            "strangled",
            "DeniedYetReported: words",
        ),
        (
            "and often is a yes",
            "10:00 opened immediate DA \"He strangled her\" · 10:10 assessed dara medium strangled=often",
            "strangled",
            "BothSay: words",
        ),
        (
            "a heading of THRIVE without an answer, with what the log says to it",
            "10:00 opened immediate DA \"He says he will kill her\" · 10:10 assessed thrive medium",
            "threat",
            "UnaskedYetReported: words",
        ),
        (
            "a question that stands nowhere is shown, and compared with nothing",
            "10:00 opened immediate DA · 10:10 assessed dara medium shoe_size=yes",
            "shoe_size",
            "NotCompared: ",
        ),
    ];
    for (name, story, question, expected) in cases {
        assert_eq!(row(story, question), *expected, "{name}");
    }
}

#[test]
fn a_split_takes_back_what_a_join_brought() {
    let story = "10:00 opened immediate DA on B \"He strangled her\" · 10:01 victim other-woman on B
        +20 10:00 opened immediate DA · +20 10:01 victim her · +20 10:05 joined V1 V2 · +20 10:10 assessed dash medium strangled=no";
    assert_eq!(row(story, "strangled"), "DeniedYetReported: words");
    let split = format!("{story} · +20 10:20 split V1 V2");
    assert_eq!(row(&split, "strangled"), "NeitherSays: ");
}

#[test]
fn a_log_that_is_not_on_the_page_is_not_read() {
    let story = "10:00 opened immediate DA on B \"He strangled her\" · 10:01 victim her on B
        10:30 opened immediate DA · 10:31 victim her · 10:40 assessed dash medium strangled=no";
    let run = run(&messages("2026-03-10", story));
    let state = run.desk().state();
    let log = state.find("A").expect("log A");
    let logs = her_logs(state, log, &[log]);
    assert_eq!(logs.iter().map(|log| log.id).collect::<Vec<_>>(), [log]);
}

#[test]
fn disagreements_come_first_and_then_the_form_in_its_order() {
    let found = beside(
        "10:00 opened immediate DA \"He strangled her and has a knife\"
         10:10 assessed dash medium injury=no,weapons=not_asked,strangled=no,sexual=yes,shoe_size=yes",
    );
    let ids: Vec<&str> = found.rows.iter().map(|row| &*row.id).take(3).collect();
    assert_eq!(ids, ["strangled", "weapons", "sexual"]);
    assert!(found.rows.is_sorted_by_key(|row| row.agreement));
    assert_eq!(found.rows.len(), 28, "the form's 27, and the one that it does not have");
}

#[test]
fn ticks_stand_beside_the_level_and_the_guide() {
    let questions: Vec<&str> =
        FORMS.of(alongside_desk::message::Tool::Dash).expect("DASH").questions.iter().map(|q| &*q.id).collect();
    let ticks = |many: usize, level: &str| {
        let story = format!("10:00 opened immediate DA · 10:10 assessed dash {level} {}", questions[..many].join(","));
        let ticks = beside(&story).ticks.expect("ticks");
        let guide = ticks.guide.map(|guide| format!("{} from {}", guide.level.word(), guide.from));
        format!("{} of {}, guide: {guide:?}, above the level: {}", ticks.yes, ticks.of, ticks.above_level)
    };
    assert_eq!(ticks(9, "standard"), "9 of 27, guide: None, above the level: false");
    assert_eq!(ticks(10, "standard"), "10 of 27, guide: Some(\"medium from 10\"), above the level: true");
    assert_eq!(ticks(13, "medium"), "13 of 27, guide: Some(\"medium from 10\"), above the level: false");
    assert_eq!(ticks(14, "medium"), "14 of 27, guide: Some(\"high from 14\"), above the level: true");
    assert_eq!(ticks(10, "high"), "10 of 27, guide: Some(\"medium from 10\"), above the level: false");
    let alone = beside("10:00 opened immediate DA · 10:10 assessed dash medium strangled=yes,injury=yes").ticks;
    assert_eq!(alone.map(|ticks| ticks.alone), Some(vec!["strangled".into()]));
    assert!(beside("10:00 opened immediate DA · 10:10 assessed thrive medium").ticks.is_none());
}

#[test]
fn every_number_is_the_files() {
    let text = QUESTIONNAIRES.replace("from_ticks = 14", "from_ticks = 2").replace("is = 3,", "is = 1,");
    let forms = Questionnaires::parse(&text).expect("readable");
    let story =
        "10:00 opened immediate DA · 10:01 victim her · 10:10 assessed dash medium injury=yes,sexual=yes,more_often=no";
    let run = run(&messages("2026-03-10", story));
    let state = run.desk().state();
    let log = state.find("A").expect("log A");
    let made = &state.incident(log).expect("live").assessments[0];
    let with = |forms| compare(state, forms, &her_logs(state, log, &[log]), log, made);
    assert!(with(&forms).ticks.expect("ticks").above_level && with(&forms).call_outs.reached);
    assert!(!with(&FORMS).ticks.expect("ticks").above_level && !with(&FORMS).call_outs.reached);
}

#[test]
fn call_outs_are_her_domestic_abuse_logs_of_the_year_before_and_no_others() {
    let story = "10:00 opened immediate DA on B · 10:01 victim her on B
        +400 10:00 opened immediate DA on C · +400 10:01 victim her on C
        +410 10:00 opened immediate TRAFFIC on D · +410 10:01 victim her stranger on D
        +420 10:00 opened immediate DA on E · +420 10:01 victim her on E
        +430 10:00 opened immediate DA · +430 10:01 victim her · +430 10:10 assessed dash medium more_often=no
        +431 10:00 opened immediate DA on F · +431 10:01 victim her on F";
    let found = beside(story);
    assert_eq!((found.call_outs.logs.len(), found.call_outs.since, found.call_outs.reached), (3, 1, true));
    assert_eq!(row(story, "more_often"), "DeniedYetReported: log, log, log");
}

#[test]
fn what_changed_since_the_last_one_is_told_with_where_it_stands_in_the_scale() {
    let found = beside(
        "10:00 opened immediate DA on B · 10:01 victim her on B · 10:10 assessed dara high stalking=occasionally,weapons=often,money=no on B
         +3 10:00 opened immediate DA · +3 10:01 victim her · +3 10:05 assessed thrive standard
         +3 10:10 assessed dara medium stalking=often,weapons=never,money=no,sexual=yes",
    );
    let changed: Vec<String> = found
        .rows
        .iter()
        .filter_map(|row| Some((row, row.change.as_ref()?)))
        .map(|(row, change)| format!("{} {} to {} {:?}", row.id, change.was.says, row.answered.says, change.rose))
        .collect();
    assert_eq!(
        changed,
        [
            "weapons Often to Never Some(false)",
            "sexual No answer to Yes None",
            "stalking Occasionally to Often Some(true)",
        ]
    );
    assert_eq!(found.level_before.map(|(level, _)| level.word()), Some("standard"), "of whatever tool");
    assert!(found.before.is_some());
}

#[test]
fn the_stalking_questions_that_nobody_asked_are_named_when_there_was_reason_to() {
    let unasked = |answers: &str, text: &str| {
        beside(&format!("10:00 opened immediate DA \"{text}\" · 10:10 assessed dash medium {answers}")).not_followed
    };
    assert_eq!(unasked("stalking=yes", "x"), [("stalking".into(), 11)]);
    assert_eq!(unasked("stalking=no", "He keeps following her"), [("stalking".into(), 11)]);
    assert!(unasked("stalking=yes,stalking_4=no", "x").is_empty());
    assert!(unasked("stalking=no", "x").is_empty());
}

#[test]
fn the_shipped_questionnaires_speak_of_what_there_is() {
    let lexicon = Lexicon::parse(LEXICON).expect("the lexicon");
    let policy = Policy::shipped();
    for question in FORMS.tools.iter().flat_map(|form| &form.questions) {
        for sign in &question.signs {
            assert!(lexicon.id(sign).is_some(), "{}: the lexicon finds no {sign}", question.id);
        }
        for fact in &question.facts {
            if let Fact::Crime(offence) = fact {
                assert!(policy.tables.offences.contains_key(offence), "{}: {offence}", question.id);
            }
        }
    }
    for (tool, questions) in &policy.tables.questions {
        let form = FORMS.of(*tool).expect("a form");
        for id in questions.keys() {
            assert!(form.question(id).is_some(), "the policy's {id} stands on no form");
        }
    }
}

#[test]
fn a_slip_in_the_file_is_told_with_its_line_and_column_and_ends_nothing() {
    let at = |from: &str, to: &str| {
        let text = QUESTIONNAIRES.replacen(from, to, 1);
        let line = text.lines().position(|line| line.contains(to)).expect("the slip") + 1;
        let problems = Questionnaires::parse(&text).expect_err(to);
        assert_eq!(problems[0].line, line, "{to}: {problems:?}");
        assert!(problems[0].column > 1, "{problems:?}");
        problems[0].message.clone()
    };
    assert_eq!(at("\"her_marker:suicidal\"", "\"her_marker:sad\""), "`her_marker:sad` is no fact that there is");
    assert_eq!(at("facts = [\"arrest\"", "facts = [\"arrested\""), "`arrested` is no fact that there is");
    assert_eq!(at("{ is = \"P18M\"", "{ is = \"18 months\""), "is no ISO 8601 duration such as P12M");
    assert_eq!(at("id = \"afraid_of\"", "id = \"injury\" # twice"), "a second question `injury`");
    assert_eq!(at("follows = \"stalking\"", "follows = \"stalkin\""), "follows `stalkin`, which is no question here");
    assert_eq!(at("level = \"high\"", "level = \"severe\""), "`severe` is no level");
    assert_eq!(at("tool = \"dara\"", "tool = \"dart\""), "`dart` is no tool");
    assert_eq!(at("form = 1", "form = 2"), "this program reads form 1");
    assert!(at("means = \"no\"", "means = \"perhaps\"").contains("perhaps"));
    assert!(Questionnaires::parse("é“").is_err());
}
