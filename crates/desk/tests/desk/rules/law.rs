//! L01 L03.

use super::{check, check_on};

#[test]
fn l01_order_in_force() {
    check(
        "L01",
        &[
            (
                "fresh, then 15 min untold",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him",
                "S2 10:02, S1 10:16",
            ),
            (
                "nobody is named as suspect",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her",
                "S2 10:03, S1 10:16",
            ),
            (
                "another man",
                "08:00 order O1 · 10:00 opened immediate DA · 10:02 suspect other-man · 10:03 victim her",
                "",
            ),
            (
                "no order any more",
                "08:00 order O1 · 09:00 order-ended O1 · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him",
                "",
            ),
            (
                "the unit is told without it",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 10:04 told V1 \"Domestic, male at the door\"",
                "S2 10:02, S1 10:04",
            ),
            (
                "a man called Bailey is no bail",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 10:03 caller bailey neighbour
                 10:04 told V1 \"Male at the door, Bailey is with her\"",
                "S2 10:02, S1 10:04",
            ),
            (
                "told of bail, by a slip, where nobody is called Bailey",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him
                 10:04 told V1 \"Male at the door, he is bailled\" · 10:20 crime recorded",
                "S2 10:02, cleared 10:20",
            ),
            (
                "passed to another force without it",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 10:04 passed \"Domestic, male at the door\"",
                "S2 10:02, S1 10:04",
            ),
            (
                "passed to another force with it",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him
                 10:04 passed \"Non-molestation order in force against him\" · 10:20 crime recorded",
                "S2 10:02, cleared 10:20",
            ),
            (
                "told and acted on",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him
                 10:04 told V1 \"There is a non-molestation order against him\" · 10:20 arrived V1 · 10:30 arrest",
                "S2 10:02, cleared 10:30",
            ),
            (
                "he is arrested for another woman",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him
                 10:04 told V1 \"NMO in force\" · 10:20 arrived V1 · 10:25 seen · 10:40 left V1
                 10:30 opened immediate DA on B · 10:31 victim other-woman on B · 10:32 suspect him on B · 10:35 arrest on B",
                "S2 10:02, S1 10:40",
            ),
            (
                "told, not acted on when the unit leaves",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him
                 10:04 told V1 \"NMO in force\" · 10:20 arrived V1 · 10:25 seen · 10:30 left V1",
                "S2 10:02, S1 10:30",
            ),
            (
                "the order was made of this incident",
                "10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 12:00 order O1",
                "",
            ),
            (
                "put off",
                "08:00 order O1 · 10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 10:05 logged \"Told her an officer will ring tomorrow\"",
                "S2 10:02, S1 10:05",
            ),
        ],
    );
}

#[test]
fn l03_victim_not_told_of_release() {
    // Thursday 12 March 2026.
    let story = "10:00 opened immediate DA · 10:01 victim her · 10:02 suspect him · 10:30 arrived V1 · 10:40 seen · 10:45 arrest";
    let with = |rest: &str| -> &'static str { Box::leak(format!("{story} · {rest}").into_boxed_str()) };
    check_on(
        "2026-03-12",
        "PT200H",
        "L03",
        &[
            ("five working days", with("19:30 released police_bail"), "S2 20 Mar 00:00"),
            ("one when marked", with("11:00 marked her repeat_victim · 19:30 released police_bail"), "S1 14 Mar 00:00"),
            ("one at high risk", with("11:00 assessed dash high · 19:30 released police_bail"), "S1 14 Mar 00:00"),
            (
                "told in time",
                with("11:00 assessed dash high · 19:30 released police_bail · 20:00 victim-told release"),
                "",
            ),
            (
                "told shortly before",
                with("11:00 assessed dash high · 19:00 victim-told release · 19:30 released police_bail"),
                "",
            ),
            (
                "told something else",
                with("11:00 assessed dash high · 19:30 released police_bail · 20:00 victim-told update"),
                "S1 14 Mar 00:00",
            ),
            (
                "told late",
                with("11:00 assessed dash high · 19:30 released police_bail · +2 09:00 victim-told release"),
                "S1 14 Mar 00:00, cleared 14 Mar 09:00",
            ),
            ("a remand is no release", with("11:00 assessed dash high · 19:30 released charged_remand"), ""),
            (
                "custody does not name the incident",
                with("11:00 assessed dash high · 19:30 released police_bail on nothing"),
                "S1 14 Mar 00:00",
            ),
        ],
    );
    // Maundy Thursday 2 April 2026: the next working day is Tuesday, after Good Friday and Easter Monday.
    check_on(
        "2026-04-02",
        "PT200H",
        "L03",
        &[("over Easter", with("11:00 assessed dash high · 19:30 released police_bail"), "S1 8 Apr 00:00")],
    );
}
