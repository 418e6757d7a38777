//! V01 V02 V03 V04: how she was spoken to.

use super::check;

#[test]
fn v01_unsafe_contact() {
    let call = "09:59 call C1 · 10:00 opened none DA C1 · 10:01 victim her";
    let with = |rest: &str| -> &'static str { Box::leak(format!("{call} · {rest}").into_boxed_str()) };
    check(
        "V01",
        &[
            ("he answered the call-back", with("10:05 rang-back C1 suspect"), "S1 10:05"),
            ("she did", with("10:05 rang-back C1 caller"), ""),
            (
                "the call was put on another log since, and stays on this one",
                with("10:03 opened none THEFT on B · 10:04 attached C1 on B · 10:05 rang-back C1 suspect"),
                "S1 10:05",
            ),
            ("nobody did", with("10:05 rang-back C1 nobody"), ""),
            (
                "and she a later one",
                with("10:05 rang-back C1 suspect · 10:15 rang-back C1 caller"),
                "S1 10:05, cleared 10:15",
            ),
            ("and she was seen", with("10:05 rang-back C1 suspect · 10:15 seen"), "S1 10:05, cleared 10:15"),
            ("she had been reached before", with("10:03 rang-back C1 caller · 10:05 rang-back C1 suspect"), "S1 10:05"),
            ("he was spoken to first", with("10:05 logged by V1 \"Spoke to male first at the door\""), "S1 10:05"),
            ("in his hearing", with("10:05 logged by V1 \"She was spoken to in front of him\""), "S1 10:05"),
            ("out of his hearing", with("10:05 logged by V1 \"She was spoken to out of his earshot\""), ""),
            ("twice, one flag", with("10:05 rang-back C1 suspect · 10:07 rang-back C1 suspect"), "S1 10:05"),
            (
                "the call is attached later",
                "09:59 call C1 · 10:00 rang-back C1 suspect · 10:05 opened none DA · 10:06 victim her · 10:10 attached C1",
                "S1 10:10",
            ),
            (
                "she was seen in time, reported late",
                with("10:05 rang-back C1 suspect · 10:15 seen known 10:40"),
                "S1 10:05, cleared 10:40",
            ),
        ],
    );
}

#[test]
fn v02_counter_allegation() {
    let before = "09:00 opened none DA on B · 09:01 victim him on B";
    let now = "10:00 opened none DA · 10:01 victim her · 10:02 suspect him";
    let with = |a: &str, b: &str| -> &'static str { Box::leak(format!("{a} · {b}").into_boxed_str()) };
    check(
        "V02",
        &[
            ("a known victim is now suspect", with(before, now), "S2 10:02"),
            ("nobody known as a victim", now, ""),
            ("both are", with(now, "10:05 victim him"), "S2 10:05"),
            ("in words", with(now, "10:05 logged \"He states that she hit him first\""), "S2 10:05"),
            (
                "noted",
                with(with(before, now), "10:20 logged \"Primary aggressor is the male\""),
                "S2 10:02, cleared 10:20",
            ),
            ("noted in the desk", with(with(before, now), "10:20 noted aggressor_noted"), "S2 10:02, cleared 10:20"),
            ("another note in the desk", with(with(before, now), "10:20 noted supervisor_reasoned"), "S2 10:02"),
            (
                "not yet identified",
                with(with(before, now), "10:20 logged \"Primary aggressor not yet identified\""),
                "S2 10:02",
            ),
            ("a victim of something else", with("09:00 opened none THEFT on B · 09:01 victim him on B", now), ""),
        ],
    );
}

#[test]
fn v03_language() {
    check(
        "V03",
        &[
            ("words", "10:00 opened none DA \"Caller speaks no English\"", "S2 10:00"),
            ("a need on her record", "10:00 opened none DA · 10:01 victim her-with-interpreter", "S2 10:01"),
            ("no need", "10:00 opened none DA \"Interpreter not required\"", ""),
            ("she speaks it", "10:00 opened none DA \"She speaks good English\"", ""),
            (
                "a professional is booked",
                "10:00 opened none DA \"Caller speaks no English\" · 10:10 interpreter professional",
                "S2 10:00, cleared 10:10",
            ),
            (
                "an officer is none",
                "10:00 opened none DA \"Caller speaks no English\" · 10:10 interpreter officer",
                "S2 10:00",
            ),
            ("family interprets", "10:00 opened none DA · 10:10 interpreter family", "S2 10:10"),
            (
                "a child, in words",
                "10:00 opened none DA · 10:10 logged \"Daughter is translating for her\"",
                "S2 10:10",
            ),
            (
                "booked before it was said",
                "09:50 interpreter professional · 10:00 opened none DA \"Caller speaks no English\"",
                "",
            ),
            ("not domestic abuse", "10:00 opened none NOISE \"Caller speaks no English\"", ""),
        ],
    );
}

#[test]
fn v04_video_used_wrongly() {
    check(
        "V04",
        &[
            ("he is there", "10:00 opened priority DA · 10:05 video offered he-is-there", "S1 10:05"),
            ("no safe room", "10:00 opened priority DA · 10:05 video offered no-room", "S1 10:05"),
            ("top grade", "10:00 opened immediate DA · 10:05 video offered", "S1 10:05"),
            ("as it should be", "10:00 opened priority DA · 10:05 video offered", ""),
            ("top grade later", "10:00 opened priority DA · 10:05 video offered · 10:10 graded immediate", ""),
            (
                "an order is in force",
                "08:00 order O1 · 10:00 opened priority DA · 10:01 victim her · 10:02 suspect him · 10:05 video offered",
                "S1 10:05",
            ),
            (
                "an order against another man",
                "08:00 order O1 · 10:00 opened priority DA · 10:01 victim her · 10:02 suspect other-man · 10:05 video offered",
                "",
            ),
            (
                "offered and held, one flag",
                "10:00 opened priority DA · 10:05 video offered he-is-there · 10:15 video held he-is-there",
                "S1 10:05",
            ),
            (
                "nothing takes it back but the source",
                "10:00 opened priority DA · 10:05 video offered no-room · 10:09 withdrawn m2",
                "S1 10:05, cleared 10:09",
            ),
            ("known late", "10:00 opened priority DA · 10:05 video offered no-room known 10:30", "S1 10:30"),
            ("not domestic abuse", "10:00 opened priority NOISE · 10:05 video offered no-room", ""),
        ],
    );
}
