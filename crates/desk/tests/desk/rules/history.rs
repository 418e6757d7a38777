//! H01 H02 H08.

use super::{check, check_on};

#[test]
fn h01_repeat_victim() {
    check(
        "H01",
        &[
            ("once", "10:00 opened immediate DA · 10:01 victim her", ""),
            (
                "twice in a week",
                "08:00 opened immediate DA on B · 08:01 victim her on B · 10:00 opened immediate DA · 10:01 victim her",
                "S2 10:01",
            ),
            (
                "the other was not domestic abuse",
                "08:00 opened immediate THEFT on B · 08:01 victim her on B · 10:00 opened immediate DA · 10:01 victim her",
                "",
            ),
            (
                "acknowledged",
                "08:00 opened immediate DA on B · 08:01 victim her on B · 10:00 opened immediate DA · 10:01 victim her · 10:05 acknowledged handler_acknowledged",
                "S2 10:01, cleared 10:05",
            ),
            (
                "marker and history mentioned",
                "07:00 marked her repeat_victim · 08:00 opened immediate DA on B · 08:01 victim her on B · 10:00 opened immediate DA \"Repeat victim, earlier reports\" · 10:01 victim her",
                "",
            ),
            (
                "marker, history not mentioned",
                "07:00 marked her repeat_victim · 08:00 opened immediate DA on B \"Repeat victim, earlier reports\" · 08:01 victim her on B · 10:00 opened immediate DA · 10:01 victim her",
                "S2 10:01",
            ),
            (
                "another woman",
                "08:00 opened immediate DA on B · 08:01 victim other-woman on B · 10:00 opened immediate DA · 10:01 victim her",
                "",
            ),
            (
                "sure match counts",
                "08:00 opened immediate DA on B · 08:01 victim her on B · 10:00 opened immediate DA · 10:01 victim her-unreffed",
                "S2 10:01",
            ),
            (
                "a name alone does not",
                "08:00 opened immediate DA on B · 08:01 victim her on B · 10:00 opened immediate DA · 10:01 victim somebody-like-her",
                "",
            ),
        ],
    );
    check_on(
        "2026-03-10",
        "PT1H",
        "H01",
        &[
            (
                "three in a year",
                "10:00 opened none DA on B · 10:01 victim her on B · +100 10:00 opened none DA on C · +100 10:01 victim her on C
                 +200 10:00 opened immediate DA · +200 10:01 victim her",
                "S2 26 Sep 10:01",
            ),
            (
                "two far apart",
                "10:00 opened none DA on B · 10:01 victim her on B · +200 10:00 opened immediate DA · +200 10:01 victim her",
                "",
            ),
        ],
    );
}

#[test]
fn h02_second_contact_tonight() {
    check(
        "H02",
        &[
            ("one contact", "10:00 call C1 · 10:01 opened immediate DA C1 · 10:02 victim her", ""),
            (
                "two contacts",
                "10:00 opened immediate DA on B · 10:01 victim her on B · 11:00 opened immediate DA · 11:01 victim her",
                "S1 11:01",
            ),
            (
                "13 hours apart",
                "00:00 opened immediate DA on B · 00:01 victim her on B · 13:00 opened immediate DA · 13:01 victim her",
                "",
            ),
            (
                "seen between",
                "10:00 opened immediate DA on B · 10:01 victim her on B · 10:20 arrived V1 on B · 10:25 seen on B
                 11:00 opened immediate DA · 11:01 victim her",
                "",
            ),
            (
                "attended between, not seen",
                "10:00 opened immediate DA on B · 10:01 victim her on B · 10:20 arrived V1 on B · 10:25 left V1 on B
                 11:00 opened immediate DA · 11:01 victim her",
                "S1 11:01",
            ),
            (
                "seen after",
                "10:00 opened immediate DA on B · 10:01 victim her on B · 11:00 opened immediate DA · 11:01 victim her
                 11:20 arrived V1 · 11:25 seen",
                "S1 11:01, cleared 11:25",
            ),
            (
                "THRIVE is not seeing her",
                "10:00 opened immediate DA on B · 10:01 victim her on B · 10:20 assessed thrive medium on B
                 11:00 opened immediate DA · 11:01 victim her",
                "S1 11:01",
            ),
            (
                "she rings again and it is put on the same log",
                "10:00 call C1 · 10:01 opened immediate DA C1 · 10:02 victim her · 11:00 call C2 · 11:01 attached C2 on A",
                "S1 11:01",
            ),
            (
                "ringing her back is no contact",
                "10:00 call C1 · 10:01 opened immediate DA C1 · 10:02 victim her · 10:30 rang-back C1 caller",
                "",
            ),
            (
                "a silent call first",
                "10:00 call C1 · 10:01 ended C1 silent · 11:00 call C2 · 11:01 opened immediate DA C2 · 11:02 victim her",
                "S1 11:02",
            ),
            (
                "four contacts are one flag an incident",
                "10:00 opened immediate DA on B · 10:01 victim her on B · 11:00 opened immediate DA on C · 11:01 victim her on C · 12:00 opened immediate DA · 12:01 victim her",
                "S1 on C 11:01, S1 12:01",
            ),
        ],
    );
}

#[test]
fn h08_just_let_out() {
    check(
        "H08",
        &[
            (
                "let out this morning",
                "08:00 released police_bail on nothing · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him",
                "S1 10:02",
            ),
            (
                "she was told of his release, and her name alone is known",
                "08:00 released police_bail on nothing · 08:30 victim-told release on nothing · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him",
                "S1 10:01",
            ),
            (
                "she was told of his release, and it is another man",
                "08:00 released police_bail on nothing · 08:30 victim-told release on nothing · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect other-man",
                "S1 10:01, cleared 10:02",
            ),
            (
                "remanded is not let out",
                "08:00 released charged_remand on nothing · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him",
                "",
            ),
            (
                "another man",
                "08:00 released police_bail on nothing · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect other-man",
                "",
            ),
            (
                "seen",
                "08:00 released no_action on nothing · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 10:20 arrived V1 · 10:30 seen",
                "S1 10:02, cleared 10:30",
            ),
            (
                "four days ago",
                "08:00 released police_bail on nothing · +4 10:00 opened immediate DA · +4 10:01 victim her · +4 10:02 suspect him",
                "",
            ),
            (
                "the pair is known, he is not yet named",
                "06:00 opened scheduled DA on B · 06:01 victim her on B · 06:02 suspect him on B · 08:00 released police_bail on B · 10:00 opened immediate DA · 10:01 victim her",
                "S1 10:01",
            ),
            (
                "released after the contact",
                "10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 11:00 released police_bail on nothing",
                "",
            ),
        ],
    );
}
