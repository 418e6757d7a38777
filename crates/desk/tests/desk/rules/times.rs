//! T01 T02 T03 T04 T05 T08.

use super::{check, check_on};

#[test]
fn t01_nobody_arrived_in_time() {
    check(
        "T01",
        &[
            ("amber, then the target", "10:00 opened immediate DA", "S2 10:09:54, S1 10:15"),
            ("priority", "10:00 opened priority DA", "S2 10:39:36, S1 11:00"),
            ("not domestic abuse", "10:00 opened immediate ASSAULT", ""),
            ("a grade without a target", "10:00 opened scheduled DA", ""),
            ("in time", "10:00 opened immediate DA · 10:09 arrived V1", ""),
            ("at the last second", "10:00 opened immediate DA · 10:15 arrived V1", "S2 10:09:54, cleared 10:15"),
            ("late", "10:00 opened immediate DA · 10:20 arrived V1", "S2 10:09:54, S1 10:15, cleared 10:20"),
            (
                "in time, reported late",
                "10:00 opened immediate DA · 10:08 arrived V1 known 10:25",
                "S2 10:09:54, S1 10:15, cleared 10:25",
            ),
            ("assigned is not arrived", "10:00 opened immediate DA · 10:01 assigned V1", "S2 10:09:54, S1 10:15"),
            ("closing ends it", "10:00 opened immediate DA · 10:12 closed", "S2 10:09:54, cleared 10:12"),
            ("a lowering restarts it", "10:00 opened immediate DA · 10:05 graded priority", "S2 10:44:36, S1 11:05"),
            (
                "an upgrade never makes it later",
                "10:00 opened priority DA · 10:50 graded immediate",
                "S2 10:39:36, S1 11:00",
            ),
            (
                "an upgrade makes it earlier",
                "10:00 opened priority DA · 10:10 graded immediate",
                "S2 10:19:54, S1 10:25",
            ),
            (
                "a grade without target ends it",
                "10:00 opened immediate DA · 10:12 graded scheduled",
                "S2 10:09:54, cleared 10:12",
            ),
            ("coded as domestic abuse late", "10:00 opened immediate DISPUTE · 10:20 coded DA_VERBAL", "S1 10:20"),
            ("reopened", "10:00 opened immediate DA · 10:05 closed · 11:00 reopened", "S2 11:09:54, S1 11:15"),
            (
                "merged into another",
                "10:00 opened immediate DA · 10:05 opened immediate DA on B · 10:06 merged B",
                "S2 on B 10:14:54, S1 on B 10:20",
            ),
            (
                "the opening was withdrawn",
                "10:00 opened immediate DA · 10:12 withdrawn m1",
                "S2 10:09:54, cleared 10:12",
            ),
            ("the grade was corrected", "10:00 opened immediate DA · 10:05 corrected m1 grade scheduled", ""),
        ],
    );
}

#[test]
fn t01_periods_are_elapsed_across_clock_changes_midnight_and_month_ends() {
    // Clocks go forward at 01:00 on 29 March 2026 and back at 02:00 on 25 October 2026.
    check_on("2026-03-29", "PT3H", "T01", &[("spring", "00:50 opened priority DA", "S2 02:29:36, S1 02:50")]);
    check_on("2026-10-25", "PT3H", "T01", &[("autumn", "00:50 opened priority DA", "S2 01:29:36, S1 01:50")]);
    check_on(
        "2026-02-28",
        "PT3H",
        "T01",
        &[("month end", "23:55 opened immediate DA", "S2 1 Mar 00:04:54, S1 1 Mar 00:10")],
    );
}

#[test]
fn t02_unit_pulled_off_none_replaced() {
    check(
        "T02",
        &[
            ("pulled off", "10:00 opened immediate DA · 10:02 assigned V1 · 10:04 left V1", "S1 10:09"),
            (
                "replaced in time",
                "10:00 opened immediate DA · 10:02 assigned V1 · 10:04 left V1 · 10:08 assigned V2",
                "",
            ),
            (
                "replaced late",
                "10:00 opened immediate DA · 10:02 assigned V1 · 10:04 left V1 · 10:12 assigned V2",
                "S1 10:09, cleared 10:12",
            ),
            (
                "replaced before it left",
                "10:00 opened immediate DA · 10:02 assigned V1 · 10:03 assigned V2 · 10:04 left V1",
                "",
            ),
            (
                "both pulled off",
                "10:00 opened immediate DA · 10:02 assigned V1 · 10:03 assigned V2 · 10:04 left V1 · 10:06 left V2",
                "S1 10:11",
            ),
            ("it had arrived", "10:00 opened immediate DA · 10:02 assigned V1 · 10:05 arrived V1 · 10:30 left V1", ""),
            (
                "pulled off twice",
                "10:00 opened immediate DA · 10:02 assigned V1 · 10:04 left V1 · 10:12 assigned V2 · 10:14 left V2",
                "S1 10:09, cleared 10:12, S1 10:19",
            ),
            (
                "the replacement was reported late",
                "10:00 opened immediate DA · 10:02 assigned V1 · 10:04 left V1 · 10:07 assigned V2 known 10:20",
                "S1 10:09, cleared 10:20",
            ),
            ("out of order", "10:00 opened immediate DA · 10:04 left V1 · 10:02 assigned V1", "S1 10:09"),
        ],
    );
}

#[test]
fn t03_cut_off_or_silent_call_not_pursued() {
    check(
        "T03",
        &[
            ("no history", "10:00 call C1 · 10:01 ended C1 abandoned", ""),
            (
                "history by number, no incident",
                "08:00 opened scheduled DA on B · 08:01 victim her on B · 10:00 call C1 · 10:01 ended C1 abandoned",
                "S1 on nothing 10:03",
            ),
            (
                "she is named on a log a minute later",
                "10:00 call C1 · 10:01 ended C1 abandoned · 10:02 opened scheduled DA on B · 10:02 victim her on B",
                "S1 on nothing 10:03",
            ),
            (
                "she is, and it becomes domestic abuse later",
                "10:00 call C1 · 10:01 ended C1 abandoned · 10:02 opened scheduled THEFT on B · 10:02 victim her on B · 10:10 coded DA on B",
                "S1 on nothing 10:10",
            ),
            (
                "and that log goes on as another",
                "08:00 opened scheduled DA on B · 08:01 victim her on B · 08:10 opened scheduled DA on C · 08:20 merged C on B · 10:00 call C1 · 10:01 ended C1 abandoned",
                "S1 on nothing 10:03",
            ),
            (
                "completed",
                "08:00 opened scheduled DA on B · 08:01 victim her on B · 10:00 call C1 · 10:01 ended C1 completed",
                "",
            ),
            (
                "both done",
                "08:00 opened scheduled DA on B · 08:01 victim her on B · 10:00 call C1 · 10:01 ended C1 silent
                 10:01:30 opened immediate UNKNOWN C1 · 10:02 rang-back C1 caller",
                "",
            ),
            (
                "graded, not rung back",
                "08:00 opened scheduled DA on B · 08:01 victim her on B · 10:00 call C1 · 10:01 ended C1 silent
                 10:01:30 opened immediate UNKNOWN C1",
                "S1 10:03",
            ),
            (
                "rung back, nobody answered, once",
                "08:00 opened scheduled DA on B · 08:01 victim her on B · 10:00 call C1 · 10:01 ended C1 silent
                 10:01:30 opened immediate UNKNOWN C1 · 10:02 rang-back C1 nobody",
                "S1 10:04",
            ),
            (
                "rung back twice",
                "08:00 opened scheduled DA on B · 08:01 victim her on B · 10:00 call C1 · 10:01 ended C1 silent
                 10:01:30 opened immediate UNKNOWN C1 · 10:02 rang-back C1 nobody · 10:03:30 rang-back C1 nobody",
                "",
            ),
            (
                "answered late",
                "08:00 opened scheduled DA on B · 08:01 victim her on B · 10:00 call C1 · 10:01 ended C1 silent
                 10:10 opened immediate UNKNOWN C1 · 10:12 rang-back C1 caller",
                "S1 on nothing 10:03, cleared 10:12",
            ),
        ],
    );
}

#[test]
fn t04_open_log_going_stale() {
    check(
        "T04",
        &[
            ("immediate", "10:00 opened immediate DA · 10:20 closed", "S2 10:15, cleared 10:20"),
            ("priority", "10:00 opened priority DA · 11:30 closed", "S2 11:00, cleared 11:30"),
            (
                "an entry moves it",
                "10:00 opened immediate DA · 10:10 logged \"x\" · 10:26 closed",
                "S2 10:25, cleared 10:26",
            ),
            (
                "an entry answers it and starts anew",
                "10:00 opened immediate DA · 10:20 logged \"x\" · 10:36 closed",
                "S2 10:15, cleared 10:20, S2 10:35, cleared 10:36",
            ),
            (
                "a system's entry is none",
                "10:00 opened immediate DA · 10:10 logged by CAD \"x\" · 10:16 closed",
                "S2 10:15, cleared 10:16",
            ),
            ("a unit is there", "10:00 opened immediate DA · 10:10 arrived V1 · 11:00 closed", ""),
            (
                "the unit left: quiet from then",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:30 left V1 · 10:44 closed",
                "",
            ),
            (
                "the unit left long ago",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:30 left V1 · 10:50 closed",
                "S2 10:45, cleared 10:50",
            ),
            (
                "unit messages are no entries",
                "10:00 opened immediate DA · 10:05 assigned V1 · 10:16 closed",
                "S2 10:15, cleared 10:16",
            ),
        ],
    );
}

#[test]
fn t05_no_risk_assessment() {
    check_on(
        "2026-03-10",
        "PT30H",
        "T05",
        &[
            ("none by 24 h", "10:00 opened immediate DA · 10:10 arrived V1", "S2 11 Mar 10:10"),
            (
                "THRIVE is none",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:30 assessed thrive medium",
                "S2 11 Mar 10:10",
            ),
            ("DASH", "10:00 opened immediate DA · 10:10 arrived V1 · 10:30 assessed dash medium", ""),
            (
                "DARA late",
                "10:00 opened immediate DA · 10:10 arrived V1 · +1 12:00 assessed dara medium",
                "S2 11 Mar 10:10, cleared 11 Mar 12:00",
            ),
            ("nobody attended", "10:00 opened immediate DA", ""),
            (
                "closing does not end it",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:30 closed",
                "S2 11 Mar 10:10",
            ),
            (
                "from the first arrival",
                "10:00 opened immediate DA · 10:20 arrived V2 · 10:10 arrived V1",
                "S2 11 Mar 10:10",
            ),
        ],
    );
}

#[test]
fn t08_suspect_untouched() {
    check_on(
        "2026-03-10",
        "PT30H",
        "T08",
        &[
            ("words and a name", "10:00 opened immediate DA \"He punched her\" · 10:02 suspect him", "S2 11 Mar 10:02"),
            ("no offence alleged", "10:00 opened immediate DA \"They are arguing\" · 10:02 suspect him", ""),
            ("nobody named", "10:00 opened immediate DA \"He punched her\" · 10:02 suspect someone", ""),
            ("arrested in time", "10:00 opened immediate DA \"He punched her\" · 10:02 suspect him · 10:40 arrest", ""),
            (
                "arrested by custody's word",
                "10:00 opened immediate DA \"He punched her\" · 10:02 suspect him · 10:40 arrested him on nothing",
                "",
            ),
            (
                "arrested a day late",
                "10:00 opened immediate DA \"He punched her\" · 10:02 suspect him · +1 12:00 arrested him",
                "S2 11 Mar 10:02, cleared 11 Mar 12:00",
            ),
            ("interviewed", "10:00 opened immediate DA \"He punched her\" · 10:02 suspect him · 12:00 interview", ""),
            (
                "interviewed at high risk",
                "10:00 opened immediate DA \"He punched her\" · 10:02 suspect him · 11:00 assessed dash high · 12:00 interview",
                "S1 11 Mar 10:02",
            ),
            (
                "another man was arrested",
                "10:00 opened immediate DA \"He punched her\" · 10:02 suspect him · 10:40 arrested other-man on nothing",
                "S2 11 Mar 10:02",
            ),
            (
                "arrested for another woman",
                "10:00 opened immediate DA \"He punched her\" · 10:01 victim her · 10:02 suspect him
                 12:00 opened immediate DA on B · 12:01 victim other-woman on B · 12:02 suspect him on B · 12:30 arrest on B",
                "S2 11 Mar 10:02",
            ),
            (
                "arrested on another log of hers",
                "10:00 opened immediate DA \"He punched her\" · 10:01 victim her · 10:02 suspect him
                 12:00 opened immediate DA on B · 12:01 victim her on B · 12:02 suspect him on B · 12:30 arrest on B",
                "",
            ),
            (
                "arrested on a log that turns out to be hers",
                "10:00 opened immediate DA \"He punched her\" · 10:01 victim her · 10:02 suspect him
                 12:00 opened immediate DA on B · 12:02 suspect him on B · 12:30 arrest on B · +1 12:00 victim her on B",
                "S2 11 Mar 10:02, cleared 11 Mar 12:00",
            ),
            (
                "no crime, with a reason",
                "10:00 opened immediate DA \"He punched her\" · 10:02 suspect him · 12:00 outcome no_crime \"Toy bat, both laughing\"",
                "",
            ),
            (
                "by the crime alone",
                "10:00 opened immediate DA \"They are arguing\" · 10:02 suspect him · 11:00 crime recorded",
                "S2 11 Mar 10:02",
            ),
        ],
    );
}
