//! H03 H04 H05 H06 H07 L02 L04: the pair, who may be whom, and other forces.

use super::{check, check_on};
use crate::story::flags_by;
use alongside_desk::watch::POLICY;

#[test]
fn h03_harm_rising() {
    let first =
        "09:00 opened none DA on B · 09:01 victim her on B · 09:02 suspect him on B · 09:30 crime recorded 10 on B";
    let then = "10:00 opened none DA · 10:01 victim her · 10:02 suspect him";
    let with = |rest: &str| -> &'static str { Box::leak(format!("{first} · {then} · {rest}").into_boxed_str()) };
    let gaps = |last: &str, harm: &str| -> &'static str {
        let of = |on: &str, day: &str, time: &str| {
            format!(
                "{day} {time} opened none DA on {on} · {day} {time} victim her on {on} · {day} {time} suspect him on {on} · "
            )
        };
        let story =
            of("B", "+0", "09:00") + &of("C", "+8", "09:00") + &of("D", "+12", "09:00") + &of("A", last, "09:00");
        Box::leak((story + last + " 09:30 crime recorded " + harm).into_boxed_str())
    };
    check(
        "H03",
        &[
            ("graver than before", with("10:30 crime recorded 20"), "S3 10:30"),
            ("as grave", with("10:30 crime recorded 10"), ""),
            ("less grave", with("10:30 crime recorded 5"), ""),
            ("the force scores no harm", with("10:30 crime recorded"), ""),
            ("a first incident", "10:00 opened none DA · 10:01 victim her · 10:02 suspect him · 10:30 crime recorded 20", ""),
            (
                "another pair",
                "09:00 opened none DA on B · 09:01 victim her on B · 09:02 suspect other-man on B · 09:30 crime recorded 10 on B
                 10:00 opened none DA · 10:01 victim her · 10:02 suspect him · 10:30 crime recorded 20",
                "",
            ),
            ("the gaps halve twice running", gaps("+14", "0"), ""),
            ("and harm is scored", gaps("+14", "7"), "S3 24 Mar 09:30"),
            ("the last gap does not halve", gaps("+15", "7"), ""),
        ],
    );
}

#[test]
fn h04_marac_repeat() {
    let story = "+30 10:00 opened none DA · +30 10:01 victim her · +30 10:02 suspect him";
    let with = |before: &str, after: &str| -> &'static str {
        Box::leak(format!("{before} · {story} · {after}").trim_end_matches(" · ").to_owned().into_boxed_str())
    };
    // Thursday 9 April 2026, after Easter: the second working day ends with Monday.
    check_on(
        "2026-03-10",
        "PT150H",
        "H04",
        &[
            ("no new referral", with("09:00 marac heard her him", ""), "S2 14 Apr 00:00"),
            ("referred again", with("09:00 marac heard her him", "+31 09:00 marac referred her him"), ""),
            (
                "referred again late",
                with("09:00 marac heard her him", "+36 09:00 marac referred her him"),
                "S2 14 Apr 00:00, cleared 15 Apr 09:00",
            ),
            ("about another man", with("09:00 marac heard her other-man", ""), ""),
            ("nobody named", with("09:00 marac referred her", ""), "S2 14 Apr 00:00"),
            ("no MARAC", story, ""),
            ("noted in the desk", with("09:00 marac heard her him", "+30 12:00 referred marac_referral_noted"), ""),
        ],
    );
    check_on(
        "2025-03-08",
        "PT150H",
        "H04",
        &[(
            "more than twelve months before",
            "09:00 marac heard her him · +366 10:00 opened none DA · +366 10:01 victim her · +366 10:02 suspect him",
            "",
        )],
    );
}

#[test]
fn h05_probably_the_same_people() {
    let before = "09:00 opened none DA on B · 09:01 victim other-woman-with-number on B";
    let now = "10:00 opened none DA · 10:01 victim other-woman-by-name";
    let with = |a: &str, b: &str| -> &'static str { Box::leak(format!("{a} · {b}").into_boxed_str()) };
    check(
        "H05",
        &[
            ("a match to somebody with history", with(before, now), "S2 10:01"),
            ("nobody like her", with(before, "10:00 opened none DA · 10:01 victim her"), ""),
            ("the same reference", with(before, "10:00 opened none DA · 10:01 victim other-woman-with-number"), ""),
            ("no history", with("09:00 opened none THEFT on B · 09:01 victim other-woman-with-number on B", now), ""),
            (
                "coded later",
                with(
                    "09:00 opened none THEFT on B · 09:01 victim other-woman-with-number on B",
                    with(now, "10:30 coded DA on B"),
                ),
                "S2 10:30",
            ),
            ("withdrawn", with(before, with(now, "10:20 withdrawn m4")), "S2 10:01, cleared 10:20"),
        ],
    );
}

#[test]
fn h06_serial_perpetrator() {
    let two = "09:00 opened none DA on B · 09:01 victim other-woman on B · 09:02 suspect him on B · 10:00 opened none DA · 10:01 victim her · 10:02 suspect him";
    let with = |rest: &str| -> &'static str { Box::leak(format!("{two} · {rest}").into_boxed_str()) };
    check(
        "H06",
        &[
            ("two victims", two, "S2 on B 10:02, S2 10:02"),
            (
                "only an arrest names him on the second log",
                "09:00 opened none DA on B · 09:01 victim other-woman on B · 09:02 suspect him on B · 10:00 opened none DA · 10:01 victim her · 10:30 arrest",
                "S2 on B 10:30",
            ),
            (
                "one",
                "09:00 opened none DA on B · 09:01 victim her on B · 09:02 suspect him on B · 10:00 opened none DA · 10:01 victim her · 10:02 suspect him",
                "",
            ),
            (
                "two who may be one",
                "09:00 opened none DA on B · 09:01 victim other-woman-with-number on B · 09:02 suspect him on B · 10:00 opened none DA · 10:01 victim other-woman-by-name · 10:02 suspect him",
                "",
            ),
            (
                "a person says that they are one",
                with("10:30 opened none DA on C · 10:31 suspect him on C · 11:00 joined V1 V2"),
                "S2 on B 10:02, S2 10:02, S2 on C 10:31, cleared on B 11:00, cleared 11:00, cleared on C 11:00",
            ),
            (
                "decided for her",
                with("11:00 disclosure decided right_to_know him her"),
                "S2 on B 10:02, S2 10:02, cleared 11:00",
            ),
            (
                "the right to ask is another",
                with("11:00 disclosure decided right_to_ask him her"),
                "S2 on B 10:02, S2 10:02",
            ),
            (
                "decided before",
                "08:00 disclosure decided right_to_know him her · 08:00 disclosure decided right_to_know him other-woman · 09:00 opened none DA on B · 09:01 victim other-woman on B · 09:02 suspect him on B · 10:00 opened none DA · 10:01 victim her · 10:02 suspect him",
                "",
            ),
        ],
    );
    check_on(
        "2026-03-10",
        "PT700H",
        "H06",
        &[
            (
                "an application past 28 days",
                "09:00 disclosure applied right_to_ask him her",
                "S2 on nothing 7 Apr 10:00",
            ),
            (
                "decided",
                "09:00 disclosure applied right_to_ask him her · +20 09:00 disclosure decided right_to_ask him her",
                "",
            ),
            (
                "decided late",
                "09:00 disclosure applied right_to_ask him her · +30 09:00 disclosure decided right_to_ask him her",
                "S2 on nothing 7 Apr 10:00, cleared on nothing 9 Apr 09:00",
            ),
            (
                "another's was decided",
                "09:00 disclosure applied right_to_ask him her · +20 09:00 disclosure decided right_to_ask him other-woman",
                "S2 on nothing 7 Apr 10:00",
            ),
        ],
    );
}

#[test]
fn h07_another_force_knows() {
    check(
        "H07",
        &[
            ("words", "10:00 opened none DA \"He is known to another force\" · 10:02 suspect him", "S2 11:00"),
            ("no such words", "10:00 opened none DA \"He forced the door\" · 10:02 suspect him", ""),
            ("a passed log", "10:00 opened none DA · 10:10 passed \"Please attend\"", "S2 11:10"),
            (
                "checked",
                "10:00 opened none DA \"He is known to another force\" · 10:02 suspect him · 10:40 check pnd him",
                "",
            ),
            (
                "another system",
                "10:00 opened none DA \"He is known to another force\" · 10:02 suspect him · 10:40 check pnc him",
                "S2 11:00",
            ),
            (
                "checked late",
                "10:00 opened none DA \"He is known to another force\" · 10:02 suspect him · 11:40 check pnd him",
                "S2 11:00, cleared 11:40",
            ),
        ],
    );
    let areas =
        format!("{POLICY}\n[areas.northfield]\npostcodes = [\"ZH\"]\nnumbers = [\"07700 9006\"]\nfrom = \"D\"\n");
    let told = |story: &str| flags_by(&areas, "H07", "2026-03-10", story, "PT3H");
    assert_eq!(told("10:00 opened none DA · 10:01 victim her-elsewhere"), "S2 11:01", "an address");
    assert_eq!(told("10:00 opened none DA · 10:01 victim her"), "S2 11:01", "a number of hers");
    assert_eq!(told("09:59 call C1 · 10:00 opened none DA C1"), "S2 10:59", "the number that called");
    assert_eq!(told("10:00 opened none DA · 10:01 victim other-woman"), "", "neither");
}

#[test]
fn l02_no_protection_considered() {
    let story = "10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 10:30 arrived V1 · 10:45 arrest · 11:00 assessed dash medium";
    let with = |rest: &str| -> &'static str { Box::leak(format!("{story} · {rest}").into_boxed_str()) };
    check(
        "L02",
        &[
            ("released without", with("19:30 released no_action"), "S2 19:30"),
            ("under investigation", with("19:30 released under_investigation"), "S2 19:30"),
            ("bailed with conditions", with("19:30 released police_bail conditions"), ""),
            ("bailed without", with("19:30 released police_bail"), "S2 19:30"),
            ("charged", with("19:30 released charged_bail"), ""),
            ("considered before", with("19:00 considered dapn · 19:30 released no_action"), ""),
            ("considered after", with("19:30 released no_action · 20:00 considered dvpn"), "S2 19:30, cleared 20:00"),
            (
                "something else considered",
                with("19:00 considered non_molestation · 19:30 released no_action"),
                "S2 19:30",
            ),
            (
                "considered on another woman's log",
                with(
                    "12:00 opened immediate DA on B · 12:01 victim other-woman on B · 12:02 suspect him on B · 19:00 considered dapn on B · 19:30 released no_action",
                ),
                "S2 19:30",
            ),
            (
                "conditions that protect another woman",
                "08:00 opened immediate DA on B · 08:01 victim other-woman on B · 08:02 suspect him on B · 09:00 released police_bail conditions on B · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 10:30 arrived V1 · 10:45 arrest · 11:00 assessed dash medium · 19:30 released no_action",
                "S2 19:30",
            ),
            ("standard risk", with("12:00 assessed dash standard · 19:30 released no_action"), ""),
            ("custody does not name the incident", with("19:30 released no_action on nothing"), "S2 19:30"),
            (
                "only an interview that is heard of later says whose log it was",
                "10:00 opened immediate DA · 10:01 victim her · 10:30 arrived V1 · 11:00 assessed dash medium · 19:30 released no_action on nothing · 20:00 interview",
                "S2 20:00",
            ),
        ],
    );
}

#[test]
fn l04_two_forces_no_owner() {
    check(
        "L04",
        &[
            ("not accepted", "10:00 opened none DA · 10:10 passed \"x\"", "S1 11:10"),
            ("accepted", "10:00 opened none DA · 10:10 passed \"x\" · 10:40 accepted", ""),
            ("comes back", "10:00 opened none DA · 10:10 passed \"x\" · 10:40 returned", "S1 10:40"),
            (
                "accepted, and then comes back",
                "10:00 opened none DA · 10:10 passed \"x\" · 10:20 accepted · 10:40 returned",
                "S1 10:40",
            ),
            ("a unit of ours is sent", "10:00 opened none DA · 10:10 passed \"x\" · 10:40 assigned V1", ""),
            (
                "a unit of ours is sent late",
                "10:00 opened none DA · 10:10 passed \"x\" · 11:40 assigned V1",
                "S1 11:10, cleared 11:40",
            ),
            (
                "comes back, and a unit goes",
                "10:00 opened none DA · 10:10 passed \"x\" · 10:40 returned · 10:50 assigned V1",
                "S1 10:40, cleared 10:50",
            ),
            ("closing does not end it", "10:00 opened none DA · 10:10 passed \"x\" · 10:20 closed", "S1 11:10"),
            (
                "accepted in time, reported late",
                "10:00 opened none DA · 10:10 passed \"x\" · 10:40 accepted known 11:30",
                "S1 11:10, cleared 11:30",
            ),
            ("not domestic abuse", "10:00 opened none NOISE · 10:10 passed \"x\"", ""),
        ],
    );
    check_on(
        "2026-03-29",
        "PT3H",
        "L04",
        &[("the clocks go forward", "00:30 opened none DA · 00:40 passed \"x\"", "S1 02:40")],
    );
    check_on(
        "2026-10-31",
        "PT3H",
        "L04",
        &[("midnight and a month's end", "23:30 opened none DA · 23:40 passed \"x\"", "S1 1 Nov 00:40")],
    );
}
