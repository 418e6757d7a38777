//! T06 T07 T09 D04 D05 D07 D09: what was written down, passed on and followed up.

use super::{check, check_on};

#[test]
fn t06_crime_not_recorded() {
    check_on(
        "2026-03-10",
        "PT30H",
        "T06",
        &[
            ("words", "10:00 opened immediate DA \"He punched her\"", "S2 11 Mar 10:00"),
            (
                "from the first words",
                "10:00 opened immediate DA · 10:20 logged \"He punched her\" · 11:00 logged \"He kicked her\"",
                "S2 11 Mar 10:20",
            ),
            ("nothing alleged", "10:00 opened immediate DA \"They are arguing\"", ""),
            ("denied", "10:00 opened immediate DA \"He did not hit her\"", ""),
            ("an answer", "10:00 opened immediate DA · 11:00 assessed dash high strangled", "S2 11 Mar 11:00"),
            ("an answer that is no offence", "10:00 opened immediate DA · 11:00 assessed dash medium money", ""),
            ("a code", "10:00 opened immediate DA_ASSAULT", "S2 11 Mar 10:00"),
            ("recorded in time", "10:00 opened immediate DA \"He punched her\" · 18:00 crime recorded", ""),
            (
                "recorded late",
                "10:00 opened immediate DA \"He punched her\" · +1 12:00 crime recorded",
                "S2 11 Mar 10:00, cleared 11 Mar 12:00",
            ),
            (
                "recorded in time, reported late",
                "10:00 opened immediate DA \"He punched her\" · +1 09:00 crime recorded known 11:00",
                "S2 11 Mar 10:00, cleared 11 Mar 11:00",
            ),
            (
                "no crime, with a reason",
                "10:00 opened immediate DA \"He punched her\" · 12:00 outcome no_crime \"Both laughing, toy bat\"",
                "",
            ),
            (
                "no crime, without one",
                "10:00 opened immediate DA \"He punched her\" · 12:00 outcome no_crime",
                "S2 11 Mar 10:00",
            ),
            (
                "closing does not end it",
                "10:00 opened immediate DA \"He punched her\" · 12:00 closed",
                "S2 11 Mar 10:00",
            ),
            (
                "a crime on another incident",
                "10:00 opened immediate DA \"He punched her\" · 12:00 crime recorded on B",
                "S2 11 Mar 10:00",
            ),
            ("not domestic abuse", "10:00 opened immediate ASSAULT \"A stranger punched him\"", ""),
            (
                "the words were withdrawn",
                "10:00 opened immediate DA · 10:01 logged \"He punched her\" · 10:30 withdrawn m2",
                "",
            ),
        ],
    );
}

#[test]
fn t06_a_day_is_24_hours_across_clock_changes_and_month_ends() {
    let story = "10:00 opened immediate DA \"He punched her\"";
    check_on("2026-03-28", "PT30H", "T06", &[("spring", story, "S2 29 Mar 11:00")]);
    check_on("2026-10-24", "PT30H", "T06", &[("autumn", story, "S2 25 Oct 09:00")]);
    check_on("2026-02-28", "PT30H", "T06", &[("month end", story, "S2 1 Mar 10:00")]);
}

#[test]
fn t07_no_support_referral() {
    // Tuesday 10 March 2026: the second working day after it ends with Thursday.
    check_on(
        "2026-03-10",
        "PT100H",
        "T07",
        &[
            ("none", "10:00 opened immediate DA · 10:01 victim her", "S2 13 Mar 00:00"),
            ("nobody is named as victim", "10:00 opened immediate DA", ""),
            ("referred", "10:00 opened immediate DA · 10:01 victim her · +1 09:00 support referred her", ""),
            ("declined", "10:00 opened immediate DA · 10:01 victim her · +1 09:00 support declined her", ""),
            (
                "for stalking",
                "10:00 opened immediate DA · 10:01 victim her · +1 09:00 support referred her stalking",
                "",
            ),
            (
                "for her children alone",
                "10:00 opened immediate DA · 10:01 victim her · +1 09:00 support referred her children",
                "S2 13 Mar 00:00",
            ),
            (
                "another woman",
                "10:00 opened immediate DA · 10:01 victim her · +1 09:00 support referred other-woman",
                "S2 13 Mar 00:00",
            ),
            (
                "referred before this",
                "09:00 support referred her · 10:00 opened immediate DA · 10:01 victim her",
                "S2 13 Mar 00:00",
            ),
            (
                "late",
                "10:00 opened immediate DA · 10:01 victim her · +3 09:00 support referred her",
                "S2 13 Mar 00:00, cleared 13 Mar 09:00",
            ),
            ("noted in the desk", "10:00 opened immediate DA · 10:01 victim her · 12:00 referred referral_noted", ""),
            (
                "closing does not end it",
                "10:00 opened immediate DA · 10:01 victim her · 12:00 closed",
                "S2 13 Mar 00:00",
            ),
            (
                "one of two victims",
                "10:00 opened immediate DA · 10:01 victim her · 10:02 victim other-woman · 11:00 support referred her",
                "S2 13 Mar 00:00",
            ),
            ("not domestic abuse", "10:00 opened immediate NOISE · 10:01 victim her", ""),
        ],
    );
    // Maundy Thursday 2 April 2026: Friday, the weekend and Monday are none; the second working day is Wednesday.
    check_on(
        "2026-04-02",
        "PT200H",
        "T07",
        &[("over Easter", "10:00 opened immediate DA · 10:01 victim her", "S2 9 Apr 00:00")],
    );
    check_on(
        "2026-03-27",
        "PT200H",
        "T07",
        &[("over the clock change", "10:00 opened immediate DA · 10:01 victim her", "S2 1 Apr 00:00")],
    );
    check_on(
        "2026-10-23",
        "PT200H",
        "T07",
        &[("over the other one", "10:00 opened immediate DA · 10:01 victim her", "S2 28 Oct 00:00")],
    );
    check_on(
        "2026-12-24",
        "PT200H",
        "T07",
        &[("over Christmas", "23:59 opened immediate DA · 23:59:30 victim her", "S2 31 Dec 00:00")],
    );
}

#[test]
fn t09_high_risk_no_marac() {
    check_on(
        "2026-03-10",
        "PT100H",
        "T09",
        &[
            ("high", "10:00 opened immediate DA · 10:01 victim her · 12:00 assessed dash high", "S2 13 Mar 00:00"),
            (
                "fourteen ticks",
                "10:00 opened immediate DA · 10:01 victim her · 12:00 assessed dash medium 14-yes",
                "S2 13 Mar 00:00",
            ),
            ("thirteen", "10:00 opened immediate DA · 10:01 victim her · 12:00 assessed dash medium 13-yes", ""),
            (
                "referred",
                "10:00 opened immediate DA · 10:01 victim her · 12:00 assessed dash high · +1 09:00 marac referred her",
                "",
            ),
            (
                "referred late",
                "10:00 opened immediate DA · 10:01 victim her · 12:00 assessed dash high · +3 09:00 marac referred her",
                "S2 13 Mar 00:00, cleared 13 Mar 09:00",
            ),
            (
                "about another man",
                "10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 12:00 assessed dash high · +1 09:00 marac referred her other-man",
                "S2 13 Mar 00:00",
            ),
            (
                "high by telephone, medium with her",
                "10:00 opened immediate DA · 10:01 victim her · 10:05 assessed thrive high · 12:00 assessed dash medium",
                "",
            ),
            (
                "high by telephone alone",
                "10:00 opened immediate DA · 10:01 victim her · 10:05 assessed thrive high",
                "S2 13 Mar 00:00",
            ),
            (
                "assessed high twice, one flag",
                "10:00 opened immediate DA · 10:01 victim her · 12:00 assessed dash high · 13:00 assessed dash high",
                "S2 13 Mar 00:00",
            ),
            (
                "noted in the desk",
                "10:00 opened immediate DA · 10:01 victim her · 12:00 assessed dash high · 13:00 referred marac_referral_noted",
                "",
            ),
        ],
    );
    check_on(
        "2026-04-02",
        "PT200H",
        "T09",
        &[("over Easter", "10:00 opened none DA · 10:01 victim her · 12:00 assessed dash high", "S2 9 Apr 00:00")],
    );
}

#[test]
fn d04_checks_claimed_not_made() {
    let people = "10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him";
    let with = |rest: &str| -> &'static str { Box::leak(format!("{people} · {rest}").into_boxed_str()) };
    check(
        "D04",
        &[
            ("claimed", with("10:05 logged \"PNC checked, no trace\""), "S2 10:05, S1 10:20"),
            ("made", with("10:04 check pnc him · 10:05 logged \"PNC checked, no trace\""), ""),
            ("made about her number", with("10:04 check records number · 10:05 logged \"All checks done\""), ""),
            (
                "made about somebody else",
                with("10:04 check pnc other-man · 10:05 logged \"PNC checked, no trace\""),
                "S2 10:05, S1 10:20",
            ),
            (
                "made long ago",
                "08:00 check pnc him · +2 10:00 opened immediate DA · +2 10:01 victim her · +2 10:02 suspect him · +2 10:05 logged \"PNC checked, no trace\"",
                "S2 12 Mar 10:05, S1 12 Mar 10:20",
            ),
            (
                "by somebody else: asked, and no bell",
                with("10:04 check pnc him by op2 · 10:05 logged \"PNC checked, no trace\""),
                "S2 10:05",
            ),
            (
                "another force is handed the log on the strength of it",
                with("10:05 logged \"PNC checked, no trace\" · 10:08 passed \"Domestic, please deal\""),
                "S2 10:05, S1 10:08",
            ),
            (
                "made after, by anybody",
                with("10:05 logged \"PNC checked, no trace\" · 10:12 check pnc him by op2"),
                "S2 10:05, cleared 10:12",
            ),
            (
                "made in time, reported late",
                with("10:05 logged \"PNC checked, no trace\" · 10:04 check pnc him known 10:30"),
                "S2 10:05, S1 10:20, cleared 10:30",
            ),
            (
                "a unit was told on it",
                with("10:05 logged \"PNC checked, no trace\" · 10:07 told V1 \"Nothing known\""),
                "S2 10:05, S1 10:07",
            ),
            ("closed on it", with("10:05 logged \"PNC checked, no trace\" · 10:08 closed"), "S2 10:05, S1 10:08"),
            ("not claimed", with("10:05 logged \"PNC check to be done\""), ""),
            ("said not to be done", with("10:05 logged \"No checks done yet\""), ""),
            ("other checks", with("10:05 logged \"Welfare check done, area search negative\""), ""),
            (
                "claimed twice, one flag",
                with("10:05 logged \"PNC checked, no trace\" · 10:06 logged \"Intel checks completed\""),
                "S2 10:05, S1 10:20",
            ),
        ],
    );
    check_on(
        "2026-10-25",
        "PT3H",
        "D04",
        &[(
            "the clocks go back",
            "01:50 opened none DA · 01:55 logged \"PNC checked, no trace\"",
            "S2 01:55, S1 01:10",
        )],
    );
}

#[test]
fn d05_low_level_high_answers() {
    check(
        "D05",
        &[
            ("a critical yes", "10:00 opened immediate DA · 12:00 assessed dash medium strangled", "S1 12:00"),
            (
                "a reason given there and then does not prevent it",
                "10:00 opened immediate DA · 12:00 assessed dash medium weapons \"He is in custody\"",
                "S1 12:00",
            ),
            ("fourteen yes", "10:00 opened immediate DA · 12:00 assessed dash standard 14-yes", "S1 12:00"),
            ("thirteen", "10:00 opened immediate DA · 12:00 assessed dash standard 13-yes", ""),
            ("high", "10:00 opened immediate DA · 12:00 assessed dash high strangled,weapons", ""),
            ("no critical yes", "10:00 opened immediate DA · 12:00 assessed dash medium money,children", ""),
            (
                "reassessed",
                "10:00 opened immediate DA · 12:00 assessed dash medium strangled · 13:00 assessed dash high strangled",
                "S1 12:00, cleared 13:00",
            ),
            (
                "a level by telephone is no reassessment",
                "10:00 opened immediate DA · 12:00 assessed dash medium strangled · 13:00 assessed thrive medium",
                "S1 12:00",
            ),
            (
                "reassessed as low again",
                "10:00 opened immediate DA · 12:00 assessed dash medium strangled · 13:00 assessed dash medium strangled",
                "S1 12:00, S1 13:00, cleared 13:00",
            ),
            (
                "a second person's reason",
                "10:00 opened immediate DA · 12:00 assessed dash medium strangled · 13:00 reasoned second_reason by sup1 \"Seen with her\"",
                "S1 12:00, cleared 13:00",
            ),
            (
                "the same person's",
                "10:00 opened immediate DA · 12:00 assessed dash medium strangled · 13:00 reasoned second_reason \"Seen with her\"",
                "S1 12:00",
            ),
            ("known late", "10:00 opened immediate DA · 12:00 assessed dash medium strangled known 12:40", "S1 12:40"),
            ("not domestic abuse", "10:00 opened immediate NOISE · 12:00 assessed dash medium strangled", ""),
        ],
    );
}

#[test]
fn d07_lost_at_handover() {
    check(
        "D07",
        &[
            (
                "told without it",
                "10:00 opened immediate DA \"He has a knife\" · 10:02 assigned V1 · 10:03 told V1 \"Man and woman arguing\"",
                "S1 10:03",
            ),
            (
                "told of it",
                "10:00 opened immediate DA \"He has a knife\" · 10:02 assigned V1 · 10:03 told V1 \"Male with a knife\"",
                "",
            ),
            (
                "told that there is none",
                "10:00 opened immediate DA \"He has a knife\" · 10:02 assigned V1 · 10:03 told V1 \"No weapons\"",
                "S1 10:03",
            ),
            (
                "denied on the log",
                "10:00 opened immediate DA \"No weapons\" · 10:02 assigned V1 · 10:03 told V1 \"Man and woman arguing\"",
                "",
            ),
            (
                "passed on",
                "10:00 opened immediate DA \"He has a knife\" · 10:02 assigned V1 · 10:03 told V1 \"Arguing\" · 10:06 told V1 \"He has a knife\"",
                "S1 10:03, cleared 10:06",
            ),
            (
                "logged after the telling",
                "10:00 opened immediate DA · 10:02 assigned V1 · 10:03 told V1 \"Arguing\" · 10:10 logged \"She says he has a knife\"",
                "S1 10:15",
            ),
            (
                "and passed on in time",
                "10:00 opened immediate DA · 10:02 assigned V1 · 10:03 told V1 \"Arguing\" · 10:10 logged \"She says he has a knife\" · 10:14 told V1 \"Knife\"",
                "",
            ),
            (
                "the unit found it out itself",
                "10:00 opened immediate DA · 10:02 assigned V1 · 10:03 told V1 \"Arguing\" · 10:10 arrived V1 · 10:20 logged by V1 \"She says he has a knife\"",
                "",
            ),
            ("nobody was told anything", "10:00 opened immediate DA \"He has a knife\" · 10:02 assigned V1", ""),
            (
                "the unit that was told was pulled off",
                "10:00 opened immediate DA \"He has a knife\" · 10:02 assigned V1 · 10:03 told V1 \"Knife\" · 10:05 left V1
                 10:06 assigned V2 · 10:07 told V2 \"Arguing\"",
                "S1 10:07",
            ),
            (
                "two things lost, one flag",
                "10:00 opened immediate DA \"He has a knife. She is pregnant\" · 10:02 assigned V1 · 10:03 told V1 \"Arguing\" · 10:05 told V1 \"Knife\"",
                "S1 10:03",
            ),
            (
                "lost on the way to another force",
                "10:00 opened immediate DA \"He threatened to kill her\" · 10:05 passed \"Domestic, please deal\"",
                "S1 10:05",
            ),
            (
                "passed to another force with it",
                "10:00 opened immediate DA \"He threatened to kill her\" · 10:05 passed \"He has threatened to kill her\"",
                "",
            ),
            (
                "words known after the telling have their five minutes",
                "10:00 opened immediate DA · 10:02 assigned V1 · 10:03 told V1 \"Arguing\" · 10:01 logged known 10:08 \"He has a knife\"",
                "S1 10:13",
            ),
        ],
    );
    check_on(
        "2026-02-28",
        "PT3H",
        "D07",
        &[(
            "over midnight and the month's end",
            "23:50 opened none DA · 23:52 assigned V1 · 23:53 told V1 \"Arguing\" · 23:58 logged \"He has a knife\"",
            "S1 1 Mar 00:03",
        )],
    );
}

#[test]
fn d09_not_recognised() {
    check(
        "D09",
        &[
            ("the relationship", "10:00 opened none DISPUTE · 10:01 suspect him", "S2 10:01"),
            ("a stranger", "10:00 opened none ASSAULT · 10:01 suspect him stranger", ""),
            ("the words", "10:00 opened none DAMAGE \"Her husband smashed her phone\"", "S2 10:00"),
            ("partners, and no abuse", "10:00 opened none LOST_PROPERTY \"Her husband lost his phone\"", ""),
            ("abuse, and no partners", "10:00 opened none DAMAGE \"A male smashed the shop window\"", ""),
            ("coded", "10:00 opened none DA_DAMAGE \"Her husband smashed her phone\" · 10:01 suspect him", ""),
            (
                "coded later",
                "10:00 opened none DISPUTE · 10:01 suspect him · 10:40 coded DA_DAMAGE",
                "S2 10:01, cleared 10:40",
            ),
            ("a bare incident waits for its opening", "10:01 suspect him · 10:05 opened none DISPUTE", "S2 10:05"),
            (
                "the relationship was withdrawn",
                "10:00 opened none DISPUTE · 10:01 suspect him · 10:10 withdrawn m2",
                "S2 10:01, cleared 10:10",
            ),
        ],
    );
}

#[test]
fn what_the_desk_recognises_is_domestic_abuse_to_every_other_rule() {
    let story = "10:00 opened immediate DISPUTE · 10:01 suspect him";
    check("T01", &[("recognised", story, "S2 10:09:54, S1 10:15"), ("not", "10:00 opened immediate DISPUTE", "")]);
    check(
        "T01",
        &[(
            "and is not, once that is withdrawn",
            "10:00 opened immediate DISPUTE · 10:01 suspect him · 10:05 withdrawn m2",
            "",
        )],
    );
}
