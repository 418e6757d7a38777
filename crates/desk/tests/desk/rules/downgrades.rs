//! D01 D02 D03 D06 D08.

use super::check;

#[test]
fn d01_downgraded() {
    check(
        "D01",
        &[
            ("no reason", "10:00 opened immediate DA · 10:05 graded priority by op2", "S1 10:05"),
            ("by the same person", "10:00 opened immediate DA · 10:05 graded priority \"Parties apart\"", "S1 10:05"),
            (
                "another person, a reason, nothing present",
                "10:00 opened immediate DA · 10:05 graded priority by op2 \"Parties apart\"",
                "",
            ),
            (
                "an indicator on the log",
                "10:00 opened immediate DA \"He punched her\" · 10:05 graded priority by op2 \"Parties apart\"",
                "S1 10:05",
            ),
            (
                "an indicator denied",
                "10:00 opened immediate DA \"No weapons\" · 10:05 graded priority by op2 \"Parties apart\"",
                "",
            ),
            (
                "history",
                "08:00 opened none DA on B · 08:01 victim her on B · 10:00 opened immediate DA · 10:01 victim her · 10:05 graded priority by op2 \"Parties apart\"",
                "S1 10:05",
            ),
            (
                "an order",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her · 10:05 graded priority by op2 \"Parties apart\"",
                "S1 10:05",
            ),
            ("raised", "10:00 opened priority DA · 10:05 graded immediate", ""),
            (
                "a supervisor lowered it with a reason",
                "09:00 staff sup1 supervisor · 10:00 opened immediate DA \"He punched her\" · 10:05 graded priority by sup1 \"Reviewed, unit with her\"",
                "",
            ),
            (
                "a supervisor gave a reason later",
                "09:00 staff sup1 supervisor · 10:00 opened immediate DA · 10:05 graded priority by op2 · 10:10 reasoned supervisor_reasoned by sup1 \"Reviewed\"",
                "S1 10:05, cleared 10:10",
            ),
            (
                "lowered twice",
                "10:00 opened immediate DA · 10:05 graded priority by op2 · 10:10 graded scheduled by op3",
                "S1 10:05, S1 10:10",
            ),
        ],
    );
}

#[test]
fn d02_closed_or_put_off() {
    check(
        "D02",
        &[
            ("closed, nobody sent", "10:00 opened immediate DA · 10:30 closed", "S1 10:30"),
            (
                "put off in words",
                "10:00 opened immediate DA · 10:30 logged \"Told her an officer will ring tomorrow\"",
                "S1 10:30",
            ),
            ("turned into an appointment", "10:00 opened immediate DA · 10:30 graded scheduled", "S1 10:30"),
            ("a grade at opening is not turned into", "10:00 opened scheduled DA", ""),
            (
                "one flag, at the first",
                "10:00 opened immediate DA · 10:30 logged \"Told her an officer will ring tomorrow\" · 10:40 graded scheduled · 10:50 closed",
                "S1 10:30",
            ),
            ("seen, then closed", "10:00 opened immediate DA · 10:10 arrived V1 · 10:20 seen · 10:30 closed", ""),
            ("sent, not seen", "10:00 opened immediate DA · 10:10 assigned V1 · 10:30 closed", "S1 10:30"),
            ("reopened", "10:00 opened immediate DA · 10:30 closed · 10:40 reopened", "S1 10:30, cleared 10:40"),
            (
                "put off, then seen",
                "10:00 opened immediate DA · 10:30 logged \"Will attend in the morning\" · 11:00 arrived V1 · 11:10 seen",
                "S1 10:30, cleared 11:10",
            ),
            ("not domestic abuse", "10:00 opened immediate NOISE · 10:30 closed", ""),
        ],
    );
}

#[test]
fn d03_he_has_gone() {
    check(
        "D03",
        &[
            (
                "lowered because he left",
                "10:00 opened immediate DA · 10:05 graded priority \"Suspect has left the scene\"",
                "S1 10:05",
            ),
            (
                "left on the log, then lowered",
                "10:00 opened immediate DA · 10:04 logged \"SUSP HAS MADE OFF\" · 10:05 graded priority",
                "S1 10:05",
            ),
            (
                "he has not left",
                "10:00 opened immediate DA · 10:04 logged \"He has not left\" · 10:05 graded priority",
                "",
            ),
            ("lowered for something else", "10:00 opened immediate DA · 10:05 graded priority \"Duplicate\"", ""),
            (
                "told to ring 101",
                "10:00 opened priority DA \"He has left now\" · 10:05 logged \"Advised to ring 101 if he comes back\"",
                "S1 10:05",
            ),
            (
                "regraded up",
                "10:00 opened immediate DA · 10:05 graded priority \"Suspect has left\" · 10:20 graded immediate",
                "S1 10:05, cleared 10:20",
            ),
        ],
    );
}

#[test]
fn d06_risk_lowered_no_reason() {
    check(
        "D06",
        &[
            (
                "no reason",
                "10:00 opened immediate DA · 10:10 assessed dash high · 12:00 assessed dash medium",
                "S1 12:00",
            ),
            (
                "a reason and nothing new",
                "10:00 opened immediate DA · 10:10 assessed dash high · 12:00 assessed dash medium \"Discussed with sergeant\"",
                "S1 12:00",
            ),
            (
                "a reason after an arrest",
                "10:00 opened immediate DA · 10:10 assessed dash high · 11:00 arrest · 12:00 assessed dash medium \"In custody now\"",
                "",
            ),
            (
                "a reason tied to a new entry",
                "10:00 opened immediate DA · 10:10 assessed dash high · 11:00 logged \"Moved to her sister's in another county\" · 12:00 assessed dash medium \"Staying with sister, address unknown to him\"",
                "",
            ),
            (
                "an entry it does not speak of",
                "10:00 opened immediate DA · 10:10 assessed dash high · 11:00 logged \"V3 refuelling\" · 12:00 assessed dash medium \"Parties calmer\"",
                "S1 12:00",
            ),
            ("raised", "10:00 opened immediate DA · 10:10 assessed dash medium · 12:00 assessed dash high", ""),
            (
                "reason given later",
                "10:00 opened immediate DA · 10:10 assessed dash high · 12:00 assessed dash medium · 12:30 reasoned reason_given_after by sup1 \"He was remanded\"",
                "S1 12:00, cleared 12:30",
            ),
            (
                "another incident",
                "10:00 opened immediate DA · 10:10 assessed dash high · 12:00 opened immediate DA on B · 12:10 assessed dash medium on B",
                "",
            ),
        ],
    );
}

#[test]
fn d08_victim_not_seen() {
    check(
        "D08",
        &[
            ("left unseen", "10:00 opened immediate DA · 10:10 arrived V1 · 10:20 left V1", "S1 10:20"),
            ("seen", "10:00 opened immediate DA · 10:10 arrived V1 · 10:15 seen · 10:20 left V1", ""),
            (
                "a DASH is seeing her",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:15 assessed dash medium · 10:20 left V1",
                "",
            ),
            (
                "another unit is still there",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:11 arrived V2 · 10:20 left V1",
                "",
            ),
            ("closed with the unit there", "10:00 opened immediate DA · 10:10 arrived V1 · 10:20 closed", "S1 10:20"),
            ("nobody ever arrived", "10:00 opened immediate DA · 10:05 assigned V1 · 10:20 left V1 · 10:25 closed", ""),
            (
                "he alone was spoken to",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:15 logged by V1 \"Spoke to male only at the door, he says all in order\"",
                "S1 10:15",
            ),
            (
                "reported late that she was seen",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:20 left V1 · 10:15 seen known 10:40",
                "S1 10:20, cleared 10:40",
            ),
        ],
    );
}
