//! Whole chronologies, each in the shape of a published failure or of work done well, with every flag they raise.
//! People, places and numbers are invented; the shapes' sources stand beside them.

use crate::story::rules_raised;

const DAY: &str = "2026-03-10";

fn check(story: &str, settle: &str, expected: &[&str]) {
    assert_eq!(rules_raised(DAY, story, settle), expected);
}

#[test]
fn four_calls_in_one_night() {
    // Shape: Home Office, 20 September 2024 (four calls in one night); West Midlands inquest 2022: told that somebody would ring.
    // An ex outside is stalking (I04); that he is an ex does not say that she left within the year (I03).
    check(
        "19:00 call C1 · 19:01 opened priority DA C1 \"Ex is outside, he hit her earlier\" · 19:02 victim her · 19:02 suspect him
         19:05 ended C1 completed · 19:15 logged \"No cars. Told her an officer will ring in the morning\" by op1
         20:30 call C2 · 20:31 opened immediate DA on B C2 · 20:32 victim her on B · 20:33 suspect him on B
         20:40 graded priority on B \"Suspect has left\" · 21:00 assigned V1 on B · 21:10 left V1 on B
         22:00 call C3 · 22:01 opened priority DA on C C3 · 22:02 victim her on C
         23:10 call C4 · 23:11 opened immediate DA on D C4 · 23:12 victim her on D · 23:20 arrived V2 on D · 23:30 seen on D",
        "PT10M",
        &["D01 S1", "D02 S1", "D03 S1", "H01 S2", "H02 S1", "I04 S2", "T01 S1", "T01 S2", "T02 S1", "T04 S2"],
    );
}

#[test]
fn silent_call_from_a_number_with_history() {
    // Shape: IOPC, Hampshire, February 2023: not the top grade, and nobody rang back.
    check(
        "08:00 opened none DA on B · 08:01 victim her on B · 08:05 closed on B \"Advice given\"
         10:00 call C1 · 10:00:20 ended C1 silent · 10:01 opened scheduled UNKNOWN C1 · 10:40 rang-back C1 nobody",
        "PT1H",
        &["D02 S1", "T03 S1"],
    );
}

#[test]
fn units_leave_and_she_was_not_seen() {
    // Shape: Prevention of Future Deaths 2024-0183: twenty minutes to dispatch, away after seven, log closed.
    check(
        "10:00 opened priority DA \"Neighbour heard screaming\" by op1 · 10:02 victim her · 10:20 assigned V1 · 10:40 arrived V1
         10:47 left V1 · 10:50 logged \"No reply at the door\" by V1 · 10:55 closed \"No trace\"",
        "PT30M",
        &["D02 S1", "D08 S1", "T01 S2"],
    );
}

#[test]
fn just_bailed_and_he_has_gone() {
    // Shape: Lincolnshire inquest, 16 October 2024: bailed the same day, non-urgent because he had left, told to ring 101.
    check(
        "09:00 opened immediate DA on B \"He punched her\" · 09:01 victim her on B · 09:02 suspect him on B · 09:10 assigned V1 on B
         09:12 arrived V1 on B · 09:20 seen on B · 09:25 arrest on B · 10:00 left V1 on B · 10:05 closed on B \"File started\" · 14:00 victim-told release on B
         15:00 released police_bail on B
         23:22 opened priority DA \"He banged on the door. He has left now\" by op2 · 23:23 victim her · 23:24 suspect him
         23:26 logged \"Advised to ring 101 if he comes back\" by op2",
        "PT10M",
        &["D03 S1", "H01 S2", "H08 S1", "T01 S2"],
    );
}

#[test]
fn an_order_that_nobody_told_the_unit_of() {
    // Shape: IOPC, Essex, September 2020.
    check(
        "08:00 order O1 · 10:00 opened immediate DA by op1 · 10:00:30 victim her · 10:01 suspect him · 10:02 assigned V1 by d1
         10:03 told V1 by d1 \"Male at the door, female inside\" · 10:10 arrived V1 · 10:20 seen · 10:40 left V1 · 10:45 closed \"Advice given\"",
        "PT10M",
        &["L01 S1", "L01 S2", "T01 S2"],
    );
}

#[test]
fn risk_lowered_on_review_without_a_reason() {
    // Shape: IOPC, West Midlands: an assessment downgraded without testing why it had been set higher; no arrest.
    check(
        "10:00 opened immediate DA \"He strangled her and punched her\" · 10:01 victim her · 10:02 suspect him · 10:05 arrived V1
         10:10 seen · 10:30 assessed dash high by V1 \"Non-fatal strangulation\" · 11:00 left V1 · 11:05 closed \"Enquiries to follow\"
         16:00 assessed dash medium by sgt1",
        "PT24H",
        &["D06 S1", "I01 S1", "I01 S2", "T06 S2", "T08 S2"],
    );
}

#[test]
fn done_well_rings_no_bell() {
    check(
        "10:00 opened immediate DA by op1 \"Partner pushed her\" · 10:00:20 victim her · 10:00:40 suspect him · 10:02 assigned V1 by d1
         10:02:30 told V1 by d1 \"Partner has pushed her, he is still there\" · 10:09 arrived V1 · 10:15 seen · 10:20 arrest
         10:40 assessed dash medium by V1 \"First report, in custody\" · 11:00 crime recorded by V1 · 11:30 left V1
         11:35 closed by d1 \"All done\" · 12:00 support referred her · 17:30 considered dapn · 18:00 victim-told release · 18:10 released police_bail",
        "PT72H",
        &[],
    );
}

#[test]
fn names_in_any_script_are_people_like_others() {
    use alongside_desk::message::read_value;
    for name in ["محمد الأحمد", "Świętosława Żółć", "ਹਰਪ੍ਰੀਤ ਕੌਰ", "O’Brien-Śmith"]
    {
        let message = serde_json::json!({
            "id": "1", "at": "2026-03-10T10:00:00Z", "type": "incident.person", "incident": "A", "role": "victim",
            "person": {"name": name},
        });
        let run = crate::story::run(std::slice::from_ref(&message));
        assert!(read_value(&message).is_ok());
        assert_eq!(run.desk().state().people.records()[0].person.full_name().as_deref(), Some(name));
    }
}
