use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static SHIPPED: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(LEXICON).expect("the shipped lexicon reads"));

/// A small lexicon for the engine's own cases, so that these do not move when words are added to the shipped one.
const SMALL: &str = r#"
form = 1
classes = [{ name = "later", any = ["tomorrow", "in the morning"] }]
[reach]
gap = 3
denial = 9
unless = 6
[shorthand]
m = "male"
[forms]
hit = ["hits", "hitting"]
[spelling]
right = ["strange"]
common = ["the"]
[stance]
denial = ["no", "not"]
ends = ["but"]
[[indicator]]
name = "hurt"
says = "someone is hurt"
risk = true
[[indicator.words]]
source = "D"
misspelt = true
any = ["strangle+", "hit+ ..2 her !phone", "(red|sore) neck", "call @later", "male gone $", "<!my ring @number"]
unless = ["by the paperwork"]
"#;

fn signs(lexicon: &Lexicon, text: &str) -> Vec<String> {
    let mut out = Vec::new();
    lexicon.scan(text, &mut out);
    let told = |sign: &Sign| {
        let stance = match sign.stance {
            Stance::Stated => "",
            Stance::Denied => "not ",
            Stance::Earlier => "once ",
            Stance::Asked => "asked ",
            Stance::Supposed => "supposed ",
            Stance::Elsewhere => "elsewhere ",
        };
        let name = &lexicon.indicator(sign.indicator).expect("a known indicator").name;
        format!("{stance}{name}: {}", sign.words(text).expect("on character boundaries"))
    };
    out.iter().map(told).collect()
}

/// Each line: a text, and `name` (stated), `not name`, `once name`, `asked name` that it must show; `-name`: that must
/// show in no stance.
#[track_caller]
fn check(lines: &[(&str, &str)]) {
    let mut faults = Vec::new();
    for (text, wanted) in lines {
        let found = signs(&SHIPPED, text);
        for want in wanted.split(", ") {
            let holds = match want.strip_prefix('-') {
                Some(absent) => !found.iter().any(|sign| sign.contains(&format!("{absent}:"))),
                None => found.iter().any(|sign| sign.starts_with(&format!("{want}:"))),
            };
            if !holds {
                faults.push(format!("{text:?}: wanted {want}, found {found:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_indicator_of_the_contract_is_there_and_risks_are_marked() {
    let names = [
        "put_off",
        "has_gone",
        "redirected",
        "struggle",
        "offence",
        "history_mentioned",
        "order_told",
        "suspect_alone_spoke",
        "victim_seen_words",
        "grade_reasoned",
        "checked",
        "relationship",
        "counter_allegation",
        "primary_aggressor",
        "suspect_spoke",
        "language_need",
        "family_interprets",
        "other_force",
        "relative_speaks",
        "third_party",
        "strangulation",
        "threat_to_kill",
        "weapon",
        "separation",
        "stalking",
        "pregnancy",
        "children",
        "control",
        "suicidality",
        "injury",
        "fear",
        "sexual",
        "escalation",
        "substance",
        "firearm",
        "gun",
        "honour",
    ];
    for (place, name) in names.iter().enumerate() {
        let id = SHIPPED.id(name).unwrap_or_else(|| panic!("{name} is missing"));
        let is_risk = SHIPPED.indicator(id).is_some_and(|indicator| indicator.is_risk);
        assert_eq!(is_risk, place >= 20, "{name}");
    }
    // What is not in this list is no danger by itself.
    let others = SHIPPED.indicators().iter().filter(|i| !names.contains(&i.name.as_str()));
    assert_eq!(others.filter(|i| i.is_risk).count(), 0);
    assert_eq!(SHIPPED.version().len(), 16);
}

#[test]
fn what_the_control_room_did() {
    check(&[
        ("Advised that someone will be round in the morning", "put_off"),
        ("OFFICER TO RING IP TMRW", "put_off"),
        ("No resources until 0700", "put_off"),
        ("appointment offered for Thursday 1400", "put_off"),
        ("apointment made for Friday", "put_off"),
        ("booked for a slow-time visit", "put_off"),
        ("no units to send, she is happy to wait until her sister gets home", "put_off"),
        ("will attend shortly", "-put_off"),
        ("tried to ring her yesterday, no reply", "-put_off"),
        ("unit en route, will visit again tomorrow for a statement", "-put_off"),
        ("she has a hospital appointment tomorrow", "-put_off"),
        ("he says he will come back tomorrow", "-put_off"),
        ("SUSP HAS NOW LEFT", "has_gone"),
        ("male has made off", "has_gone"),
        ("he’s driven off in the van", "has_gone"),
        ("nobody at scene now", "has_gone"),
        ("he has not left the property", "not has_gone"),
        ("he left her", "-has_gone"),
        ("she has left him", "-has_gone"),
        ("IP has left the house", "-has_gone"),
        ("he has gone back to the shed but keeps coming to the door", "-has_gone"),
        ("husband has gone upstairs", "-has_gone"),
        ("told to ring 101 if he comes back", "redirected"),
        ("ADV TO REPORT ONLINE", "redirected"),
        ("call received on 101", "-redirected"),
        ("agreed by Insp, grade due to distance", "grade_reasoned"),
        ("male only spoken to, female not seen", "suspect_alone_spoke"),
        ("husband answered the door and said all fine", "suspect_alone_spoke"),
        ("IP seen safe and well by officers", "victim_seen_words"),
    ]);
}

#[test]
fn what_the_log_tells() {
    check(&[
        ("line open, sounds of a fight", "struggle"),
        ("screaming heard then line cut", "struggle"),
        ("she is struggling to pay bills", "-struggle"),
        ("4th call this week", "history_mentioned"),
        ("Known DA address", "history_mentioned"),
        ("no previous logs", "not history_mentioned"),
        ("her medical history was taken", "-history_mentioned"),
        ("NMO in place till 2027", "order_told"),
        ("he isn't allowed anywhere near the house", "order_told"),
        ("no bail conditions", "not order_told"),
        ("public order incident", "-order_told"),
        ("shoved her off the step", "offence"),
        ("he snapped her phone in half", "offence"),
        ("kicking off in the street", "-offence"),
        ("she denies any assault", "not offence"),
        ("male denies assaulting her", "offence"),
        ("he assaulted her years ago", "once offence"),
        ("he assulted her", "offence"),
    ]);
}

#[test]
fn signs_of_danger() {
    check(&[
        ("HE'S HAD HIS HANDS ROUND HER NECK", "strangulation"),
        ("arm across her windpipe until everything went grey", "strangulation"),
        ("he stranggled her", "strangulation"),
        ("she cannot breathe", "strangulation"),
        ("Did he choke you? No.", "not strangulation"),
        ("No marks, no hands on her throat", "not strangulation"),
        ("strangled by the paperwork", "-strangulation"),
        ("what a strange man", "-strangulation"),
        ("she has asthma and cannot breathe", "-strangulation"),
        ("TTK made", "threat_to_kill"),
        ("he’ll do time for her", "threat_to_kill"),
        ("told her next time he will finish her off", "threat_to_kill"),
        ("he has never said he would kill her", "not threat_to_kill"),
        ("told him to kill the engine", "-threat_to_kill"),
        ("my feet are killing me", "-threat_to_kill"),
        ("he has got a machete", "weapon"),
        ("Asked about weapons: none seen, none used", "not weapon"),
        ("Any weapons?", "asked weapon"),
        ("using a nail gun", "-weapon"),
        ("her ex husband", "-separation, relationship"),
        ("they split up in March", "separation"),
        ("split lip", "-separation, injury"),
        ("follows her to work", "stalking"),
        ("200 missed calls since Friday", "stalking"),
        ("following police advice", "-stalking"),
        ("IP IS 20 WKS PREG", "pregnancy"),
        ("she is pregant", "pregnancy"),
        ("not pregnant", "not pregnancy"),
        ("son, 4, upstairs", "children"),
        ("NIL KIDS", "not children"),
        ("grown up son", "-children"),
        ("takes her wages and checks her phone", "control"),
        ("pest control van outside", "-control"),
        ("he says he'll end it all", "suicidality"),
        ("no thoughts of self harm", "not suicidality"),
        ("lump on her forehead", "injury"),
        ("no injuries but he slapped her", "not injury, offence"),
        ("hiding in the bathroom", "fear"),
        ("not scared", "not fear"),
        ("forced her to have sex", "sexual"),
        ("it's getting worse every time", "escalation"),
        ("escalated to the duty inspector", "-escalation"),
        ("smells of drink", "substance"),
        ("can of coke", "-substance"),
    ]);
}

#[test]
fn how_far_a_no_reaches() {
    check(&[
        ("no weapons, drink or drugs", "not weapon, not substance"),
        ("no visible injuries, punched in stomach", "not injury, offence"),
        ("not injured he punched the door", "not injury, offence"),
        ("Did not punch, kick or slap her, just pushed her", "not offence, offence"),
        ("no doubt he punched her", "offence"),
        ("he not only slapped her but kicked her", "offence"),
        ("won't stop hitting her", "offence"),
        ("she denies he hit her", "not offence"),
        ("Neither of them has ever talked of self harm", "not suicidality"),
        ("No injuries. He punched her", "not injury, offence"),
        ("asked if he has strangled her - yes", "strangulation"),
        ("WEAPONS? NO. KIDS? YES", "not weapon, children"),
    ]);
}

#[test]
fn what_is_only_supposed_or_is_of_something_else_does_not_count() {
    check(&[
        ("if he came with a weapon she would run", "supposed weapon"),
        ("he said if she leaves he will kill her", "threat_to_kill"),
        ("officers are reminded to ask about weapons", "supposed weapon"),
        ("screaming on a kids' cartoon", "elsewhere struggle"),
        ("youth with a machete, nothing to do with this address", "elsewhere weapon"),
        ("?strangled", "asked strangulation"),
        ("STRANGULATION Y/N: N", "not strangulation"),
    ]);
}

#[test]
fn a_clause_without_its_own_subject_is_of_the_one_before() {
    check(&[
        ("he came to the house and has left", "has_gone"),
        ("husband went to her mother's and has since gone", "has_gone"),
        ("she came to the station and has left", "-has_gone"),
        ("officers went to the house and have left", "-has_gone"),
    ]);
}

#[test]
fn hearsay_is_marked_and_who_did_it_is_read_from_the_nearest_words() {
    let read = |text: &str| {
        let mut out = Vec::new();
        SHIPPED.scan(text, &mut out);
        let strangled = SHIPPED.id("offence").expect("there");
        let sign = out.into_iter().find(|sign| sign.indicator == strangled).expect("an offence");
        (sign.is_hearsay, sign.who)
    };
    assert_eq!(read("he punched her"), (false, Who::SuspectToVictim));
    assert_eq!(read("sister says he punched her"), (true, Who::SuspectToVictim));
    assert_eq!(read("she punched him"), (false, Who::VictimToSuspect));
    assert_eq!(read("they assaulted each other"), (false, Who::Unclear));
}

#[test]
fn spans_are_the_words_as_they_were_written() {
    for (text, wanted) in [
        ("Małgorzata: mąż ją, STRANGLED her", "strangulation: STRANGLED"),
        ("اتصلت فاطمة strangled فاطمة", "strangulation: strangled"),
        ("“she’s   strángled”", "strangulation: strángled"),
        ("his hands  round\u{200b} her\u{a0}NECK.", "strangulation: hands  round\u{200b} her\u{a0}NECK"),
    ] {
        assert!(signs(&SHIPPED, text).iter().any(|sign| sign == wanted), "{text:?}: {:?}", signs(&SHIPPED, text));
    }
}

#[test]
fn the_pattern_form() {
    let small = Lexicon::parse(SMALL).expect("reads");
    for (text, wanted) in [
        ("He HITS out at her", &["hurt: HITS out at her"][..]),
        ("hit one two three her", &[]),
        ("hit, her", &[]),
        ("hit her phone", &[]),
        ("hit her but not strangled", &["hurt: hit her", "not hurt: strangled"]),
        ("red neck, sore neck", &["hurt: red neck", "hurt: sore neck"]),
        ("call in the morning", &["hurt: call in the morning"]),
        ("M gone. male gone home", &["hurt: M gone"]),
        ("ring 12", &["hurt: ring 12"]),
        ("my ring 12", &[]),
        ("strangld, strangeld, strnagled", &["hurt: strangld", "hurt: strangeld", "hurt: strnagled"]),
        ("strange, wrangled, strandledd", &[]),
        ("strangled by the paperwork", &[]),
    ] {
        assert_eq!(signs(&small, text), wanted, "{text}");
    }
}

/// Puts a fault into the small lexicon: the first problem's message, and the text that its line and column point at.
fn fault(from: &str, to: &str) -> (String, String) {
    let text = SMALL.replacen(from, to, 1);
    assert_ne!(text, SMALL, "the fault is in");
    let first = Lexicon::parse(&text).expect_err("refused").remove(0);
    let line = text.lines().nth(first.line - 1).unwrap_or_default();
    (first.message, line.chars().skip(first.column - 1).take(8).collect())
}

#[test]
fn a_faulty_file_is_named_with_line_and_column() {
    for (from, to, message, points_at) in [
        ("form = 1", "form = 2", "this program reads form 1", "2"),
        ("call @later", "call @latter", "no class is named `latter`", "@latter\""),
        ("(red|sore) neck", "(red|sore neck", "a bracket stays open", "\", \"call"),
        ("male gone $", "male ..", "ends with a gap", "\", \"<!my"),
        ("call @later", ".. later", "begins with a gap", ".. later"),
        ("call @later", "call ..13 x", "a gap holds 1 to 12 words", "13 x\", \""),
        ("call @later", "male|gone", "a bracket or bar too many", "|gone\", "),
        ("denial = [\"no\"", "ends2 = [\"no\"", "no such list as `ends2`", "[\"no\", \""),
        ("source = \"D\"", "source = \"\"", "a group of words names its source, or D", "\"\""),
        ("risk = true", "risky = true", "unknown field `risky`", "risky = "),
        ("says = ", "says ", "", "\"someone"),
        ("name = \"later\"", "name = \"nth\"", "a class named `nth` is there already", "\"nth\", a"),
    ] {
        let (said, at) = fault(from, to);
        assert!(said.starts_with(message) && at == points_at, "{to}: {said:?} at {at:?}");
    }
    let two = SMALL.replace("call @later", "@x").replace("ring @number", "@y");
    assert_eq!(Lexicon::parse(&two).expect_err("refused").len(), 2, "every fault, not the first alone");
}

#[test]
fn the_version_names_the_content() {
    let one = Lexicon::parse(SMALL).expect("reads");
    let other = Lexicon::parse(&SMALL.replace("gap = 3", "gap = 4")).expect("reads");
    assert_eq!(one.version(), Lexicon::parse(SMALL).expect("reads").version());
    assert_ne!(one.version(), other.version());
}

/// Words that mean something, joined by things that do not belong there.
fn logs() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        prop::sample::select(vec![
            "he",
            "strangled",
            "her",
            "no",
            "not",
            "but",
            "left",
            "male",
            "tomorrow",
            "ring",
            "will",
            "neck",
            "hands",
            "round",
            "kids",
            "weapons",
            "nil",
            "’s",
            "n't",
            "4th",
            "10:30",
            "101",
            "?",
            ".",
            ",",
            "...",
            "-",
            "//",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    prop::collection::vec((word, prop::sample::select(vec![" ", "", "\u{a0}", "\n", "'", "\u{301}"])), 0..40)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, between)| [word, between.to_owned()]).collect())
}

#[test]
fn a_word_that_begins_with_the_modifier_apostrophe_is_read_past() {
    let text = "ʼ𝔰 she said ʼe has gone, kʼe ʼ";
    let mut out = Vec::new();
    SHIPPED.scan(text, &mut out);
    for sign in &out {
        assert!(sign.words(text).is_some_and(|words| !words.is_empty()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_breaks_a_scan(text in logs()) {
        let mut out = Vec::new();
        SHIPPED.scan(&text, &mut out);
        let mut again = out.clone();
        SHIPPED.scan(&text, &mut again);
        prop_assert_eq!(&again[..out.len()], &again[out.len()..], "the same text, the same signs");
        for sign in &out {
            let words = sign.words(&text);
            prop_assert!(words.is_some_and(|words| !words.is_empty()), "{:?}", sign);
            prop_assert!(SHIPPED.indicator(sign.indicator).is_some());
        }
        prop_assert!(out.is_sorted_by_key(|sign| (sign.start, sign.end, sign.indicator)));
    }

    #[test]
    fn no_file_breaks_the_reader(at in 0..SMALL.len(), junk in "[\\[\\]\"'|()!<$^.@+*~#=a-z0-9é\n ]{0,6}") {
        let mut text = SMALL.to_owned();
        text.insert_str(at, &junk);
        if let Err(problems) = Lexicon::parse(&text) {
            let lines = text.lines().count() + 1;
            prop_assert!(problems.iter().all(|problem| (1..=lines).contains(&problem.line) && problem.column >= 1));
            prop_assert!(!problems.is_empty());
        }
    }
}

#[test]
fn a_word_that_stands_as_a_name_is_told_apart() {
    let names = |text: &str| {
        let mut found = Vec::new();
        SHIPPED.scan(text, &mut found);
        let mut names: Vec<&str> =
            found.iter().flat_map(|sign| sign.names).flatten().filter_map(|span| span.words(text)).collect();
        names.sort_unstable();
        names.dedup();
        names.join(" ")
    };
    for (text, expected) in [
        ("Unit told, Bailey is at the door", "Bailey"),
        ("BAILEY IS AT THE DOOR", "BAILEY"),
        ("OSMAN CAME TO THE HOUSE", "OSMAN"),
        ("he is bailed not to go there", ""),
        ("red mark on her neck", ""),
        ("RED MARK ON NECK, SPOKE TO Mark", ""),
        ("Mark on her neck from his hands", ""),
        ("he will hunt her down", ""),
        ("She says that Hunt her down is what he said", "Hunt"),
    ] {
        assert_eq!(names(text), expected, "{text}");
    }
    let keys = |text: &str| name_keys(text).collect::<Vec<_>>();
    assert_eq!(keys("BAILEY"), keys("Bailey"));
    assert_eq!(keys("Zo\u{eb} Bailey-Hunt"), keys("zoe BAILEY hunt"));
    assert_ne!(keys("Bailey"), keys("Bayley"));
}
