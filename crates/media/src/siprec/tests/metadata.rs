//! Metadata as each vendor writes them; every body here is our own, made from what is known of theirs.

use proptest::prelude::*;

use crate::calls::{By, Role};
use crate::siprec::{Metadata, Problem, Update};

/// What the bodies say, one after another: the speakers of each label as `address|name|role`, then what the call is known by.
#[track_caller]
fn check(bodies: &[&str], speakers: &[(&str, &[&str])], known: &[(By, &str)]) {
    let mut metadata = Metadata::default();
    for body in bodies {
        let update = Update::read(body);
        assert_eq!(update.problems, [], "{body}");
        metadata.take(update);
    }
    for (label, expect) in speakers {
        assert_eq!(described(&metadata, label), *expect, "label {label}");
    }
    let found: Vec<_> = metadata.known_as().iter().map(|known| (known.by.clone(), known.id.as_str())).collect();
    assert_eq!(found, known);
}

fn described(metadata: &Metadata, label: &str) -> Vec<String> {
    let speakers = metadata.speakers(label).into_iter();
    let one = speakers.map(|who| {
        let role = match who.role {
            Some(Role::Caller) => "caller",
            Some(Role::CallTaker) => "taker",
            None => "",
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        format!("{}|{}|{role}", text(&who.address), text(&who.name))
    });
    one.collect()
}

fn extension(name: &str) -> By {
    By::Extension(name.to_owned())
}

const STANDARD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<recording xmlns='urn:ietf:params:xml:ns:recording:1'>\r\n\
    <datamode>complete</datamode>\r\n<group group_id=\"7+OTCyoxTmqmqyA/1weDAg==\"><associate-time>2026-02-03T10:00:00Z</associate-time></group>\r\n\
    <session session_id=\"hVpd7YQgRW2nD22h7q60JQ==\"><sipSessionID>ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2</sipSessionID>\
    <group-ref>7+OTCyoxTmqmqyA/1weDAg==</group-ref></session>\r\n\
    <participant participant_id=\"p1\"><nameID aor=\"sip:07700900461@pbx.example\"><name xml:lang=\"en\">Caller &amp; Co</name></nameID></participant>\r\n\
    <participant participant_id=\"p2\"><nameID aor=\"sip:4401@pbx.example\"/></participant>\r\n\
    <stream stream_id=\"s1\" session_id=\"x\"><label>96</label></stream><stream stream_id=\"s2\" session_id=\"x\"><label>97</label></stream>\r\n\
    <participantstreamassoc participant_id=\"p1\"><send>s1</send><recv>s2</recv></participantstreamassoc>\r\n\
    <participantstreamassoc participant_id=\"p2\"><send>s2</send><recv>s1</recv></participantstreamassoc>\r\n</recording>";

const STANDARD_KNOWN: [(By, &str); 3] = [
    (By::GroupId, "7+OTCyoxTmqmqyA/1weDAg=="),
    (By::SessionId, "ab30317f1a784dc48ff824d0d3715d86"),
    (By::SessionId, "47755a9de7794ba387653f2099600ef2"),
];

#[test]
fn the_standard_and_cisco_cube() {
    let speakers: &[(&str, &[&str])] = &[
        ("96", &["sip:07700900461@pbx.example|Caller & Co|"]),
        ("97", &["sip:4401@pbx.example||"]),
        ("98", &[]),
        ("", &[]),
    ];
    check(&[STANDARD], speakers, &STANDARD_KNOWN);
}

#[test]
fn audiocodes_with_an_id_whose_prefix_nobody_declared() {
    let body = "<recording xmlns='urn:ietf:params:xml:ns:recording'><datamode>complete</datamode><group id=\"g\"/>\
        <session id=\"s\"><group-ref>g</group-ref><start-time>2026-02-03T10:00:00</start-time>\
        <ac:AvayaUCID xmlns=\"urn:ietf:params:xml:ns:AudioCodes\">04FA080017007A</ac:AvayaUCID></session>\
        <participant id=\"a\" session=\"s\"><nameID aor=\"07700900461@192.0.2.5\"></nameID><send>1</send><recv>2</recv></participant>\
        <participant id=\"b\" session=\"s\"><nameID aor=\"4401@192.0.2.5\"/><send>2</send><recv>1</recv></participant>\
        <stream id=\"1\" session=\"s\"><label>1</label></stream><stream id=\"2\" session=\"s\"><label>2</label></stream></recording>";
    let speakers: &[(&str, &[&str])] = &[("1", &["07700900461@192.0.2.5||"]), ("2", &["4401@192.0.2.5||"])];
    check(&[body], speakers, &[(By::GroupId, "g"), (extension("AvayaUCID"), "04FA080017007A")]);
}

#[test]
fn oracle_says_who_rang_and_carries_headers_along() {
    let body = "<?xml version='1.0'?><recording xmlns='urn:ietf:params:xml:ns:recording'><dataMode>complete</dataMode>\
        <session id=\"s\"><associate-time>2026-02-03T10:00:00</associate-time>\
        <extensiondata xmlns:apkt=\"urn:example:apkt\"><apkt:ucid>00FA0800</apkt:ucid><apkt:request-uri>sip:999@switch.example</apkt:request-uri>\
        <apkt:realm>psap</apkt:realm><apkt:header label=\"X-Cad\"><value>CAD-1104</value></apkt:header></extensiondata></session>\
        <participant id=\"t\" session=\"s\"><nameID aor=\"sip:4401@switch.example\"><name>4401</name></nameID><send>two</send><recv>one</recv>\
        <extensiondata><apkt:callingParty>false</apkt:callingParty></extensiondata></participant>\
        <participant id=\"c\" session=\"s\"><nameID aor=\"sip:07700900461@net.example\"/><send>one</send>\
        <extensiondata><apkt:callingParty>true</apkt:callingParty></extensiondata></participant>\
        <stream id=\"one\" session=\"s\"><label>16777227</label><mode>separate</mode></stream>\
        <stream id=\"two\" session=\"s\"><label>16777228</label><mode>separate</mode></stream></recording>";
    let speakers: &[(&str, &[&str])] = &[
        ("16777227", &["sip:07700900461@net.example||caller"]),
        ("16777228", &["sip:4401@switch.example|4401|taker"]),
    ];
    let known = [
        (extension("ucid"), "00FA0800"),
        (extension("request-uri"), "sip:999@switch.example"),
        (extension("realm"), "psap"),
        (extension("X-Cad"), "CAD-1104"),
    ];
    check(&[body], speakers, &known);
}

#[test]
fn ribbon_writes_a_prefix_everywhere_and_dates_of_1970() {
    let body = "<tns:recording xmlns:tns=\"urn:ietf:params:xml:ns:recording:1\"><tns:datamode>complete</tns:datamode>\
        <tns:session session_id=\"s\"><tns:start-time>1970-01-01T00:00:00Z</tns:start-time></tns:session>\
        <tns:participant participant_id=\"a\"><tns:nameID aor=\"07700900461\"/></tns:participant>\
        <tns:stream stream_id=\"x\" session_id=\"s\"><tns:label>11</tns:label></tns:stream>\
        <tns:participantstreamassoc participant_id=\"a\"><tns:send>x</tns:send></tns:participantstreamassoc>\
        <c:callData xmlns:c=\"urn:example:calldata\"><c:gcid>77-01</c:gcid></c:callData></tns:recording>";
    check(&[body], &[("11", &["07700900461||"])], &[(extension("gcid"), "77-01")]);
}

#[test]
fn metaswitch_mixes_both_parties_into_one_stream() {
    let body = "<recording><datamode>complete</datamode><session session_id=\"s\"/>\
        <participant participant_id=\"a\"><nameID aor=\"tel:07700900461\"/></participant>\
        <participant participant_id=\"b\"><nameID aor=\"tel:01914980101\"/></participant>\
        <stream stream_id=\"m\"><label>1</label></stream>\
        <participantstreamassoc participant_id=\"a\"><send>m</send></participantstreamassoc>\
        <participantstreamassoc participant_id=\"b\"><send>m</send></participantstreamassoc>\
        <extensiondata><dialedDigits>999</dialedDigits><systemName>north</systemName></extensiondata></recording>";
    let known = [(extension("dialedDigits"), "999"), (extension("systemName"), "north")];
    check(&[body], &[("1", &["tel:07700900461||", "tel:01914980101||"])], &known);
}

#[test]
fn broadworks_and_webex_name_the_root_differently() {
    let body = "<recording_metadata xmlns=\"urn:ietf:params:xml:ns:siprec\"><dataMode>complete</dataMode>\
        <group id=\"urn:uuid:0001\"/><session id=\"urn:uuid:0002\"><group-ref>urn:uuid:0001</group-ref></session>\
        <participant id=\"urn:uuid:3\"><aor>sip:07700900461@bw.example</aor><name>A</name><send>urn:uuid:5</send></participant>\
        <stream id=\"urn:uuid:5\"><label>1</label></stream></recording_metadata>";
    check(&[body], &[("1", &["sip:07700900461@bw.example|A|"])], &[(By::GroupId, "urn:uuid:0001")]);
}

#[test]
fn avaya_gives_streams_no_id_and_names_nobody() {
    let body = "<recording xmlns='urn:ietf:params:xml:ns:recording:1'><datamode>complete</datamode>\
        <participant participant_id=\"p\"><nameID aor=\"sip:ASBCE@192.0.2.5\"><name>ASBCE</name></nameID></participant>\
        <stream stream_id=\"\" session_id=\"s\"><label>1</label></stream><stream stream_id=\"\" session_id=\"s\"><label>2</label></stream>\
        <participantstreamassoc participant_id=\"p\"><send></send></participantstreamassoc></recording>";
    check(&[body], &[("1", &[]), ("2", &[])], &[]);
}

#[test]
fn sems_and_opensips_label_as_they_like() {
    let sems = "<recording><datamode>complete</datamode><participant id=\"1\"><nameID aor=\"sip:07700900461@a.example\"/></participant>\
        <stream id=\"sa\"><label>a_leg</label></stream><stream id=\"sb\"><label>b_leg</label></stream>\
        <participantstreamassoc id=\"1\"><send>sa</send></participantstreamassoc></recording>";
    check(&[sems], &[("a_leg", &["sip:07700900461@a.example||"]), ("b_leg", &[])], &[]);
    // The group is free text, which a force may fill with its own number.
    let opensips = "<?xml version=\"1.0\"?><recording xmlns=\"urn:ietf:params:xml:ns:recording\"><datamode>complete</datamode>\
        <group group_id=\"CAD 1104\"><associate-time>2026-02-03T10:00:00+0000</associate-time></group>\
        <participant participant_id=\"c\"><nameID aor=\"sip:07700900461@o.example\"/></participant>\
        <stream stream_id=\"z\"><label>1</label></stream><stream stream_id=\"y\"><label>0</label></stream>\
        <participantstreamassoc participant_id=\"c\"><send>z</send></participantstreamassoc></recording>";
    check(&[opensips], &[("1", &["sip:07700900461@o.example||"]), ("0", &[])], &[(By::GroupId, "CAD 1104")]);
}

#[test]
fn partial_metadata_change_what_they_name_and_complete_ones_replace() {
    let transfer = "<recording><datamode>partial</datamode>\
        <participant participant_id=\"p2\"><nameID><name>Desk 2</name></nameID></participant>\
        <participant participant_id=\"p3\"><nameID aor=\"sip:4402@pbx.example\"/></participant>\
        <participantstreamassoc participant_id=\"p1\"><send>s1</send></participantstreamassoc>\
        <participantstreamassoc participant_id=\"p3\"><send>s2</send></participantstreamassoc></recording>";
    let both: &[&str] = &["sip:4401@pbx.example|Desk 2|", "sip:4402@pbx.example||"];
    check(&[STANDARD, transfer], &[("97", both)], &STANDARD_KNOWN);
    let left = "<recording><datamode>Partial</datamode><participantsessionassoc participant_id=\"p2\" session_id=\"x\">\
        <disassociate-time>2026-02-03T10:05:00Z</disassociate-time></participantsessionassoc></recording>";
    check(&[STANDARD, transfer, left], &[("97", &both[1..])], &STANDARD_KNOWN);
    let untied = "<recording><datamode>partial</datamode><participantstreamassoc participant_id=\"p1\"><send>s1</send>\
        <disassociate-time>2026-02-03T10:05:00Z</disassociate-time></participantstreamassoc></recording>";
    check(&[STANDARD, untied], &[("96", &[]), ("97", &["sip:4401@pbx.example||"])], &STANDARD_KNOWN);
    check(&[STANDARD, "<recording><datamode>complete</datamode></recording>"], &[("96", &[])], &[]);
}

#[test]
fn what_is_broken_gives_what_was_read_before_the_break() {
    let cut = &STANDARD[..STANDARD.find("<participantstreamassoc participant_id=\"p2\"").expect("there")];
    let update = Update::read(cut);
    assert_eq!(update.problems, [Problem::NotClosed]);
    let mut metadata = Metadata::default();
    metadata.take(update);
    assert_eq!(described(&metadata, "96"), ["sip:07700900461@pbx.example|Caller & Co|"]);
    assert_eq!(Update::read("").problems, [Problem::Unreadable]);
    assert_eq!(Update::read("no metadata").problems, [Problem::Unreadable]);
    assert_eq!(Update::read(&"<a>".repeat(10_000)).problems, [Problem::TooMany]);
    assert_eq!(Update::read(&format!("<r>{}</r>", "<a/>".repeat(10_000))).problems, [Problem::TooMany]);
    let bomb =
        "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><recording><group id=\"&b;\"/><x>&b;</x></recording>";
    let mut metadata = Metadata::default();
    metadata.take(Update::read(bomb));
    assert_eq!(metadata.known_as(), []);
}

#[test]
fn a_switch_that_only_ever_adds_takes_no_more_than_its_share() {
    let mut metadata = Metadata::default();
    for n in 0..2_000 {
        let body =
            format!("<r><datamode>partial</datamode><participant id=\"{n}\"/><stream id=\"{n}\"/><x>{n}</x></r>");
        metadata.take(Update::read(&body));
    }
    assert_eq!((metadata.participants.len(), metadata.known_as().len()), (128, 128));
}

#[test]
fn nothing_that_metadata_say_comes_out_of_debug() {
    let mut metadata = Metadata::default();
    let update = Update::read(STANDARD);
    let written = format!("{update:?}");
    metadata.take(update);
    let written = written + &format!("{metadata:?} {:?}", metadata.participants);
    assert!(!written.contains("07700") && !written.contains("pbx") && !written.contains("ab30"), "{written}");
}

proptest! {
    #[test]
    fn no_metadata_are_too_odd(
        cuts in prop::collection::vec((0_usize..2_000, prop::sample::select(vec!["<", ">", "/", "&", "</session>", "<recording>", "\u{e9}", "\"", "<![CDATA["])), 0..8),
        end in 0_usize..2_000,
    ) {
        let mut text = STANDARD.to_owned();
        for (at, what) in cuts {
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.insert_str(at, what);
        }
        text.truncate((0..=end.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
        let mut metadata = Metadata::default();
        metadata.take(Update::read(&text));
        prop_assert!(metadata.speakers("96").len() <= 128);
    }
}
