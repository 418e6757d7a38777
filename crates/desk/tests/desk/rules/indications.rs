//! I01 to I11: what the words say, and what is done about it.

use super::{check, check_on};

#[test]
fn i01_strangulation() {
    let done = "10:20 arrived V1 · 10:40 assessed dash high · 10:45 outcome medical_check · 10:50 crime recorded Strangulation";
    let with = |rest: &str| -> &'static str { Box::leak(rest.replace("DONE", done).into_boxed_str()) };
    check(
        "I01",
        &[
            ("fresh", "10:00 opened immediate DA \"He strangled her\"", "S2 10:00"),
            (
                "high, checked and recorded",
                with("10:00 opened immediate DA \"He strangled her\" · DONE · 11:00 left V1 · 11:05 closed"),
                "S2 10:00, cleared 10:50",
            ),
            (
                "the same words denied",
                "10:00 opened immediate DA \"Denies that he strangled her\" · 10:01 told V1 \"Domestic\"",
                "",
            ),
            (
                "already answered when it is told",
                with("10:00 opened immediate DA · DONE · 10:55 logged by op2 \"He strangled her, she tells us\""),
                "",
            ),
            (
                "the unit is told without it",
                "10:00 opened immediate DA \"He strangled her\" · 10:03 told V1 \"Domestic at 4 High Street\"",
                "S2 10:00, S1 10:03",
            ),
            (
                "the unit is told of it",
                "10:00 opened immediate DA \"He strangled her\" · 10:03 told V1 \"He has had her by the throat\"",
                "S2 10:00",
            ),
            (
                "passed to another force without it",
                "10:00 opened immediate DA \"He strangled her\" · 10:03 passed \"Domestic, she has moved to you\"",
                "S2 10:00, S1 10:03",
            ),
            (
                "assessed lower",
                "10:00 opened immediate DA \"He strangled her\" · 10:40 assessed dash medium",
                "S2 10:00, S1 10:40",
            ),
            (
                "the unit leaves without a medical check",
                "10:00 opened immediate DA \"He strangled her\" · 10:10 arrived V1 · 10:30 assessed dash high · 10:35 crime recorded s.75A · 10:40 left V1",
                "S2 10:00, S1 10:40",
            ),
            (
                "closed without the crime",
                "10:00 opened immediate DA \"He strangled her\" · 10:10 arrived V1 · 10:30 assessed dash high · 10:32 outcome medical_check · 10:35 crime recorded · 10:40 closed",
                "S2 10:00, S1 10:40",
            ),
            (
                "put off",
                "10:00 opened immediate DA \"He strangled her\" · 10:05 logged \"An officer will ring tomorrow\"",
                "S2 10:00, S1 10:05",
            ),
            (
                "the words and the putting off in one message",
                "10:00 opened immediate DA · 10:05 logged \"He strangled her. An officer will ring tomorrow\"",
                "S1 10:05",
            ),
            (
                "by an answer, at medium",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:40 assessed dash medium strangled=yes",
                "S1 10:40",
            ),
            ("answered no", "10:00 opened immediate DA · 10:40 assessed dash medium strangled=no", ""),
            (
                "known late",
                "10:00 opened immediate DA · 10:05 logged known 10:30 \"He strangled her\" · 10:40 told V1 \"Domestic\"",
                "S2 10:30, S1 10:40",
            ),
            (
                "told before anybody knew",
                "10:00 opened immediate DA · 10:03 told V1 \"Domestic\" · 10:05 logged \"He strangled her\"",
                "S2 10:05",
            ),
            (
                "a second call after the unit left is fresh",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:30 left V1 · 10:40 logged \"He strangled her\"",
                "S2 10:40",
            ),
            (
                "withdrawn",
                "10:00 opened immediate DA · 10:05 logged \"He strangled her\" · 10:10 withdrawn m2",
                "S2 10:05, cleared 10:10",
            ),
            ("not domestic abuse", "10:00 opened immediate ASSAULT \"He strangled her\"", ""),
        ],
    );
}

#[test]
fn i02_threat_to_kill() {
    check(
        "I02",
        &[
            ("fifteen minutes untold", "10:00 opened immediate DA \"He says he will kill her\"", "S2 10:00, S1 10:15"),
            (
                "told and assessed high",
                "10:00 opened immediate DA \"He says he will kill her\" · 10:03 told V1 \"Threatened to kill her\" · 10:04 assessed thrive high",
                "S2 10:00, cleared 10:04",
            ),
            (
                "told, and never assessed high",
                "10:00 opened immediate DA \"He says he will kill her\" · 10:03 told V1 \"Threatened to kill her\" · 10:10 arrived V1 · 10:30 left V1",
                "S2 10:00, S1 10:30",
            ),
            (
                "a man called Osman is no warning, once he is named",
                "10:00 opened immediate DA \"OSMAN CAME TO THE HOUSE AND SHOUTED\" · 10:01 victim her · 10:02 suspect osman",
                "S2 10:00, cleared 10:02",
            ),
            (
                "nor where he was named before",
                "10:00 opened immediate DA · 10:01 victim her · 10:02 suspect osman · 10:03 logged \"Osman is still there\"",
                "",
            ),
            (
                "set right: it was another man",
                "10:00 opened immediate DA \"Osman is there\" · 10:01 victim her · 10:02 suspect osman · 10:05 withdrawn m3",
                "S2 10:00, cleared 10:02, S2 10:05, S1 10:15",
            ),
            (
                "an Osman warning where nobody is called so",
                "10:00 opened immediate DA \"Osman warning given last week\" · 10:02 suspect him",
                "S2 10:00, S1 10:15",
            ),
            ("denied", "10:00 opened immediate DA \"No threats to kill\" · 10:03 told V1 \"Domestic\"", ""),
            (
                "told without it",
                "10:00 opened immediate DA \"He says he will kill her\" · 10:03 told V1 \"Domestic\"",
                "S2 10:00, S1 10:03",
            ),
            (
                "told that there was none",
                "10:00 opened immediate DA \"He says he will kill her\" · 10:03 told V1 \"No threats to kill\"",
                "S2 10:00, S1 10:03",
            ),
            (
                "the unit itself reported it, and assessed high",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:30 assessed dash high threats_to_kill=yes",
                "",
            ),
            (
                "an answer of yes at medium",
                "10:00 opened immediate DA · 10:10 arrived V1 · 10:30 assessed dash medium threats_to_kill=yes",
                "S1 10:30",
            ),
            ("closed", "10:00 opened immediate DA \"He says he will kill her\" · 10:05 closed", "S2 10:00, S1 10:05"),
            ("over midnight", "23:50 opened immediate DA \"He says he will kill her\"", "S2 23:50, S1 11 Mar 00:05"),
        ],
    );
    // The clocks go forward at 01:00 on 29 March 2026, and back at 02:00 on 25 October.
    let story = "00:50 opened immediate DA \"He says he will kill her\"";
    check_on("2026-03-29", "PT3H", "I02", &[("forward", story, "S2 00:50, S1 02:05")]);
    let story = "01:50 opened immediate DA \"He says he will kill her\"";
    check_on("2026-10-25", "PT3H", "I02", &[("back", story, "S2 01:50, S1 01:05")]);
}

#[test]
fn i03_leaving_or_has_left() {
    check(
        "I03",
        &[
            ("she has left him", "10:00 opened immediate DA \"She has left him last week\" · 10:10 closed", "S2 10:00"),
            (
                "with control and violence, and closed",
                "10:00 opened immediate DA \"She has left him. He punched her. He checks her phone\" · 10:10 closed",
                "S2 10:00, S1 10:10",
            ),
            (
                "with control and violence, fresh",
                "10:00 opened immediate DA \"She has left him. He punched her. He checks her phone\"",
                "S2 10:00",
            ),
            (
                "assessed with it",
                "10:00 opened immediate DA \"She has left him\" · 10:10 arrived V1 · 10:30 assessed dash medium separated=yes",
                "S2 10:00, cleared 10:30",
            ),
            (
                "assessed with it, at standard",
                "10:00 opened immediate DA \"She has left him\" · 10:10 arrived V1 · 10:30 assessed dash standard separated=yes",
                "S2 10:00",
            ),
            (
                "assessed without it, with control and violence",
                "10:00 opened immediate DA \"She has left him. He punched her. He checks her phone\" · 10:10 arrived V1 · 10:30 assessed dash medium separated=no",
                "S2 10:00, S1 10:30",
            ),
            ("denied", "10:00 opened immediate DA \"She has not left him\"", ""),
        ],
    );
}

#[test]
fn i04_stalking() {
    check(
        "I04",
        &[
            ("followed", "10:00 opened immediate DA \"He follows her to work every day\"", "S2 10:00"),
            (
                "asked",
                "10:00 opened immediate DA \"He follows her to work every day\" · 10:30 assessed dash medium stalking=yes,stalking_1=yes,stalking_2=no",
                "S2 10:00, cleared 10:30",
            ),
            (
                "not asked",
                "10:00 opened immediate DA \"He follows her to work every day\" · 10:30 assessed dash medium stalking=yes,stalking_1=not_asked",
                "S2 10:00",
            ),
            (
                "recorded",
                "10:00 opened immediate DA \"He follows her to work every day\" · 11:00 crime recorded Stalking",
                "S2 10:00, cleared 11:00",
            ),
            ("by an answer alone", "10:00 opened immediate DA · 10:30 assessed dash medium stalking=yes", "S2 10:30"),
            (
                "the questions with the answer",
                "10:00 opened immediate DA · 10:30 assessed dash medium stalking=yes,stalking_3=no",
                "",
            ),
            ("denied", "10:00 opened immediate DA \"He does not follow her\"", ""),
        ],
    );
}

#[test]
fn i05_pregnant_or_new_baby() {
    check_on(
        "2026-03-10",
        "PT30H",
        "I05",
        &[
            ("nobody assesses", "10:00 opened immediate DA \"She is pregnant\"", "S2 11 Mar 10:00"),
            (
                "assessed without it",
                "10:00 opened immediate DA \"She is pregnant\" · 10:30 assessed dash medium pregnant_baby=no",
                "S2 10:30",
            ),
            (
                "assessed with it",
                "10:00 opened immediate DA \"She is pregnant\" · 10:30 assessed dash medium pregnant_baby=yes",
                "",
            ),
            (
                "set right later",
                "10:00 opened immediate DA \"She is pregnant\" · 10:30 assessed dash medium pregnant_baby=no · 11:00 assessed dash medium pregnant_baby=yes",
                "S2 10:30, cleared 11:00",
            ),
            (
                "a tool that does not ask",
                "10:00 opened immediate DA \"She is pregnant\" · 10:02 assessed thrive medium · 10:30 assessed dash medium pregnant_baby=yes",
                "",
            ),
            ("her record says so", "10:00 opened immediate DA · 10:01 victim her-pregnant", "S2 11 Mar 10:01"),
            ("a baby of six months", "10:00 opened immediate DA · 10:01 child baby child", "S2 11 Mar 10:01"),
            ("a child of six", "10:00 opened immediate DA · 10:01 child kid child", ""),
            ("denied", "10:00 opened immediate DA \"She is not pregnant\"", ""),
        ],
    );
    // 24 hours are elapsed time, whatever the clocks do.
    let story = "12:00 opened immediate DA \"She is pregnant\"";
    check_on("2026-03-28", "PT30H", "I05", &[("forward", story, "S2 29 Mar 13:00")]);
    check_on("2026-10-24", "PT30H", "I05", &[("back", story, "S2 25 Oct 11:00")]);
}

#[test]
fn i06_weapon_or_certificate() {
    check(
        "I06",
        &[
            ("fifteen minutes untold", "10:00 opened immediate DA \"He has a knife\"", "S2 10:00, S1 10:15"),
            (
                "told",
                "10:00 opened immediate DA \"He has a knife\" · 10:03 told V1 \"He is armed with a knife\" · 11:00 closed",
                "S2 10:00, cleared 10:03",
            ),
            (
                "told without it",
                "10:00 opened immediate DA \"He has a knife\" · 10:03 told V1 \"Domestic\"",
                "S2 10:00, S1 10:03",
            ),
            ("denied", "10:00 opened immediate DA \"No weapons\" · 10:03 told V1 \"Domestic\"", ""),
            (
                "told already when it is said again",
                "10:00 opened immediate DA \"He has a knife\" · 10:03 told V1 \"He has a knife\" · 10:30 logged by op2 \"Knife in the kitchen\"",
                "S2 10:00, cleared 10:03",
            ),
            (
                "the unit found it",
                "10:00 opened immediate DA · 10:05 assigned V1 · 10:20 logged by V1 \"Knife seized\"",
                "",
            ),
            (
                "a marker",
                "08:00 marked him weapons · 10:00 opened immediate DA · 10:02 suspect him",
                "S2 10:02, S1 10:17",
            ),
            (
                "a marker that has run out with the other man",
                "08:00 marked other-man weapons · 10:00 opened immediate DA · 10:02 suspect him",
                "",
            ),
            (
                "a certificate, told and reviewed",
                "08:00 marked him firearms_certificate · 10:00 opened immediate DA · 10:02 suspect him · 10:04 told V1 \"Shotgun certificate held\" · 10:20 arrived V1 · 10:30 reviewed him · 10:40 left V1",
                "S2 10:02, cleared 10:30",
            ),
            (
                "a certificate, told and never reviewed",
                "08:00 marked him firearms_certificate · 10:00 opened immediate DA · 10:02 suspect him · 10:04 told V1 \"Shotgun certificate held\" · 10:20 arrived V1 · 10:40 left V1",
                "S2 10:02, S1 10:40",
            ),
            (
                "reviewed only before this",
                "08:00 marked him firearms_certificate · 09:00 reviewed him · 10:00 opened immediate DA · 10:02 suspect him · 10:04 told V1 \"Shotgun certificate held\"",
                "S2 10:02",
            ),
            (
                "the same marker on another incident is another fact",
                "08:00 marked him weapons · 10:00 opened immediate DA on B · 10:02 suspect him on B · 10:04 told V1 on B \"Weapons marker\" · 12:00 opened immediate DA · 12:02 suspect him · 12:04 told V1 \"Weapons marker\"",
                "S2 on B 10:02, cleared on B 10:04, S2 12:02, cleared 12:04",
            ),
        ],
    );
}

#[test]
fn i07_coercive_control() {
    let twice = "08:00 opened none DA on B \"He checks her phone\" · 08:01 victim her on B · 10:00 opened immediate DA \"He controls her money\"";
    let with = |rest: &str| -> &'static str { Box::leak(format!("{twice} · {rest}").into_boxed_str()) };
    check(
        "I07",
        &[
            ("once", "10:00 opened immediate DA \"He checks her phone\" · 10:01 victim her", ""),
            ("twice", with("10:01 victim her"), "S2 10:01"),
            ("twice, of another woman", with("10:01 victim other-woman"), ""),
            (
                "denied now",
                "08:00 opened none DA on B \"He checks her phone\" · 08:01 victim her on B · 10:00 opened immediate DA \"He does not check her phone\" · 10:01 victim her",
                "",
            ),
            (
                "answered so",
                with("10:01 victim her · 10:30 assessed dash medium control_jealousy=yes"),
                "S2 10:01, cleared 10:30",
            ),
            ("recorded", with("10:01 victim her · 11:00 crime recorded Coercive_control"), "S2 10:01, cleared 11:00"),
            ("an answer of no", with("10:01 victim her · 10:30 assessed dash medium control_jealousy=no"), "S2 10:01"),
            (
                "she rings again about the same log",
                "10:00 call C1 · 10:01 opened immediate DA C1 \"He checks her phone\" · 10:02 victim her · 11:00 call C2 · 11:01 attached C2 · 11:02 logged \"He takes her bank card\"",
                "S2 11:02",
            ),
            (
                "the first contact is told of late",
                "08:00 opened none DA on B · 08:01 victim her on B · 10:00 opened immediate DA \"He controls her money\" · 10:01 victim her · 08:30 logged on B known 12:00 \"He checks her phone\"",
                "S2 12:00",
            ),
        ],
    );
    let story = "10:00 opened none DA on B \"He checks her phone\" · 10:01 victim her on B · 10:05 closed on B
                 +100 10:00 opened immediate DA \"He controls her money\" · +100 10:01 victim her";
    check_on("2026-03-10", "PT1H", "I07", &[("long ago, kept as history", story, "S2 18 Jun 10:01")]);
}

#[test]
fn i08_suicidality() {
    check(
        "I08",
        &[
            (
                "assessed standard",
                "10:00 opened immediate DA \"He says he will kill himself\" · 10:30 assessed dash standard",
                "S2 10:00, S1 10:30",
            ),
            (
                "assessed medium, the first time",
                "10:00 opened immediate DA \"He says he will kill himself\" · 10:30 assessed dash medium",
                "S2 10:00, cleared 10:30",
            ),
            (
                "medium before and after",
                "10:00 opened immediate DA · 10:05 assessed thrive medium · 10:10 logged \"She took an overdose\" · 10:30 assessed dash medium",
                "S2 10:10, S1 10:30",
            ),
            (
                "raised",
                "10:00 opened immediate DA · 10:05 assessed thrive medium · 10:10 logged \"She took an overdose\" · 10:30 assessed dash high",
                "S2 10:10, cleared 10:30",
            ),
            (
                "referred",
                "10:00 opened immediate DA \"She is suicidal\" · 10:01 victim her · 10:30 support referred her mental_health",
                "S2 10:00, cleared 10:30",
            ),
            (
                "referred in the desk",
                "10:00 opened immediate DA \"She is suicidal\" · 10:30 referred referred_in_desk",
                "S2 10:00, cleared 10:30",
            ),
            (
                "a referral about something else",
                "10:00 opened immediate DA \"She is suicidal\" · 10:30 referred handler_acknowledged",
                "S2 10:00",
            ),
            (
                "declined is no referral",
                "10:00 opened immediate DA \"She is suicidal\" · 10:01 victim her · 10:30 support declined her mental_health · 10:40 closed",
                "S2 10:00, S1 10:40",
            ),
            (
                "told without it",
                "10:00 opened immediate DA \"She is suicidal\" · 10:03 told V1 \"Domestic\"",
                "S2 10:00, S1 10:03",
            ),
            ("denied", "10:00 opened immediate DA \"No thoughts of suicide\" · 10:03 told V1 \"Domestic\"", ""),
            (
                "by an answer, at standard",
                "10:00 opened immediate DA · 10:30 assessed dash standard suspect_suicidal=yes",
                "S1 10:30",
            ),
        ],
    );
}

#[test]
fn i09_children() {
    check_on(
        "2026-03-10",
        "PT20H",
        "I09",
        &[
            ("neither", "10:00 opened immediate DA \"Two children upstairs\"", "S2 22:00"),
            (
                "seen only",
                "10:00 opened immediate DA \"Two children upstairs\" · 10:30 outcome children_seen",
                "S2 22:00",
            ),
            (
                "both",
                "10:00 opened immediate DA \"Two children upstairs\" · 10:30 outcome children_seen · 11:00 outcome children_referred",
                "",
            ),
            (
                "both, after the shift",
                "10:00 opened immediate DA · 10:01 child kid child · 10:30 outcome children_seen · 23:00 outcome children_referred",
                "S2 22:00, cleared 23:00",
            ),
            (
                "referred to their service",
                "10:00 opened immediate DA \"Two children upstairs\" · 10:01 victim her · 10:30 outcome children_seen · 11:00 support referred her children",
                "",
            ),
            (
                "closing does not end it",
                "10:00 opened immediate DA \"Two children upstairs\" · 10:30 closed",
                "S2 22:00",
            ),
            ("denied", "10:00 opened immediate DA \"No children\"", ""),
            ("over midnight", "14:00 opened immediate DA \"Two children upstairs\"", "S2 11 Mar 02:00"),
        ],
    );
    let story = "00:30 opened immediate DA \"Two children upstairs\"";
    check_on("2026-03-29", "PT20H", "I09", &[("forward", story, "S2 13:30")]);
    check_on("2026-10-25", "PT20H", "I09", &[("back", story, "S2 11:30")]);
}

#[test]
fn i10_honour_based_abuse() {
    check(
        "I10",
        &[
            ("fresh", "10:00 opened immediate DA \"She has brought shame on the family\"", "S2 10:00"),
            (
                "a relative interprets",
                "10:00 opened immediate DA \"She has brought shame on the family\" · 10:05 interpreter family",
                "S2 10:00, S1 10:05",
            ),
            (
                "a professional interprets",
                "10:00 opened immediate DA \"She has brought shame on the family\" · 10:05 interpreter professional",
                "S2 10:00",
            ),
            (
                "a relative interprets, by the words",
                "10:00 opened immediate DA \"She has brought shame on the family, her brother is interpreting\"",
                "S1 10:00",
            ),
            (
                "a service is engaged",
                "10:00 opened immediate DA \"She has brought shame on the family\" · 10:01 victim her · 10:30 support referred her honour_based · 10:40 interpreter family",
                "S2 10:00, cleared 10:30",
            ),
            (
                "another service",
                "10:00 opened immediate DA \"She has brought shame on the family\" · 10:01 victim her · 10:30 support referred her housing · 10:40 closed",
                "S2 10:00, S1 10:40",
            ),
            ("denied", "10:00 opened immediate DA \"Denies any honour based abuse\"", ""),
        ],
    );
}

#[test]
fn i11_others_are_ringing() {
    check(
        "I11",
        &[
            ("by the target", "10:00 opened immediate DA · 10:01 caller next-door neighbour", "S2 10:15"),
            ("an hour at most", "10:00 opened scheduled DA · 10:01 caller next-door neighbour", "S2 11:00"),
            ("in words", "10:00 opened priority DA \"Neighbour reports shouting\"", "S2 11:00"),
            ("by a service", "10:00 opened priority DA via partner", "S2 11:00"),
            (
                "closed with nobody sent",
                "10:00 opened priority DA \"Neighbour reports shouting\" · 10:20 closed",
                "S2 10:20",
            ),
            ("sent", "10:00 opened priority DA \"Neighbour reports shouting\" · 10:20 assigned V1", ""),
            (
                "sent late",
                "10:00 opened priority DA \"Neighbour reports shouting\" · 11:20 assigned V1",
                "S2 11:00, cleared 11:20",
            ),
            ("she rang herself", "10:00 opened priority DA · 10:01 victim her · 10:02 caller her", ""),
            ("her partner rang", "10:00 opened priority DA · 10:01 victim her · 10:02 caller someone", ""),
            (
                "two people about one pair",
                "08:00 opened none DA on B · 08:01 victim her on B · 08:02 caller next-door neighbour on B · 08:05 assigned V1 on B · 10:00 opened priority DA · 10:01 victim her · 10:02 caller friend-of-hers friend",
                "S2 10:02",
            ),
            (
                "the same neighbour twice",
                "08:00 opened none DA on B · 08:01 victim her on B · 08:02 caller next-door neighbour on B · 08:05 assigned V1 on B · 10:00 opened priority DA · 10:01 victim her · 10:02 caller next-door neighbour · 10:30 assigned V1",
                "",
            ),
            (
                "about another woman",
                "08:00 opened none DA on B · 08:01 victim other-woman on B · 08:02 caller next-door neighbour on B · 08:05 assigned V1 on B · 10:00 opened priority DA · 10:01 victim her · 10:02 caller friend-of-hers friend · 10:30 assigned V1",
                "",
            ),
        ],
    );
}
