use proptest::prelude::*;

use crate::rtp::Law;
use crate::siprec::{Answer, Offer, Port, Problem, parts};
use crate::srtp::{Key, Suite};

const CISCO_LIKE: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.5\r\ns=-\r\nc=IN IP4 192.0.2.5\r\nt=0 0\r\n\
    m=audio 16552 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\na=label:1\r\n\
    m=audio 16554 RTP/AVP 0 8\r\na=sendonly\r\na=label:2\r\n";

fn answer(offer: &Offer, ports: &[Port<'_>]) -> Vec<String> {
    let answer = Answer { offer, address: [192, 0, 2, 9].into(), session: 7, version: 3, ports };
    answer.to_string().split_terminator("\r\n").skip(5).map(str::to_owned).collect()
}

#[test]
fn an_answer_echoes_labels_in_their_order_and_prefers_a_law() {
    let offer = Offer::read(CISCO_LIKE);
    let expect = [
        "m=audio 20000 RTP/AVP 8",
        "a=rtpmap:8 PCMA/8000",
        "a=recvonly",
        "a=label:1",
        "m=audio 20002 RTP/AVP 8",
        "a=rtpmap:8 PCMA/8000",
        "a=recvonly",
        "a=label:2",
    ];
    assert_eq!(answer(&offer, &[Port::Hear(20_000, None), Port::Hear(20_002, None)]), expect);
    let text = Answer { offer: &offer, address: "2001:db8::9".parse().unwrap(), session: 7, version: 3, ports: &[] }
        .to_string();
    assert!(
        text.starts_with("v=0\r\no=- 7 3 IN IP6 2001:db8::9\r\ns=-\r\nc=IN IP6 2001:db8::9\r\nt=0 0\r\n"),
        "{text}"
    );
}

#[test]
fn one_line_is_refused_and_the_call_is_not() {
    let offer = Offer::read(
        "c=IN IP4 192.0.2.5\nm=audio 5000 RTP/AVP 18 0\na=label:a_leg\na=direction:both\na=sendonly\n\
         m=audio 5002 RTP/AVP 18\na=label:b_leg\nm=video 5004 RTP/AVP 96\nm=audio 5006 RTP/SAVP 8\nm=audio 0 RTP/AVP 8\n",
    );
    let laws: Vec<_> = offer.lines.iter().map(crate::siprec::Line::law).collect();
    assert_eq!(laws, [Some(Law::Mu), None, None, None, None]);
    let expect = [
        "m=audio 20000 RTP/AVP 0",
        "a=rtpmap:0 PCMU/8000",
        "a=recvonly",
        "a=label:a_leg",
        "m=audio 0 RTP/AVP 18",
        "a=label:b_leg",
        "m=video 0 RTP/AVP 96",
        "m=audio 0 RTP/SAVP 8",
        "m=audio 0 RTP/AVP 8",
    ];
    assert_eq!(answer(&offer, &[Port::Hear(20_000, None); 5]), expect);
    assert_eq!(answer(&offer, &[Port::Refuse, Port::Hear(20_000, None)])[0], "m=audio 0 RTP/AVP 18");
}

#[test]
fn a_hold_is_seen_however_it_is_said() {
    let held = |text: &str| Offer::read(text).lines.iter().map(|line| line.is_held).collect::<Vec<_>>();
    assert_eq!(held(CISCO_LIKE), [false, false]);
    // BroadWorks: the address alone, and no direction.
    assert_eq!(held("c=IN IP4 0.0.0.0\nm=audio 1 RTP/AVP 8\nm=audio 2 RTP/AVP 8\n"), [true, true]);
    // AudioCodes: an address for each line.
    let each =
        "m=audio 1 RTP/AVP 8\nc=IN IP4 192.0.2.5\na=inactive\nm=audio 2 RTP/AVP 8\nc=IN IP4 192.0.2.5\na=sendonly\n";
    assert_eq!(held(each), [true, false]);
    assert_eq!(held("c=IN IP4 0.0.0.0\na=inactive\nm=audio 1 RTP/AVP 8\nc=IN IP4 192.0.2.5\na=sendonly\n"), [false]);
    let offer = Offer::read(each);
    assert_eq!(answer(&offer, &[Port::Hear(20_000, None)])[2], "a=inactive");
}

#[test]
fn what_makes_no_sense_is_named_and_the_rest_is_read() {
    let offer = Offer::read(
        "c=\nm=audio\nm=audio 70000 RTP/AVP 8\nm=audio 5000/2 RTP/AVP 8\na=label:1\nm=audio 1 RTP/AVP 8\na=label:1\n",
    );
    assert_eq!(offer.problems, [Problem::Unreadable, Problem::SameLabel]);
    assert_eq!(offer.lines.iter().map(|line| line.port).collect::<Vec<_>>(), [0, 0, 5_000, 1]);
    assert_eq!(answer(&offer, &[Port::Hear(20_000, None); 4])[..2], ["m=audio 0 RTP/AVP 0", "m=audio 0 RTP/AVP 0"]);
    // What a refused line names is echoed as far as it is a word, and nothing that reads like an attribute.
    let odd = Offer::read("m=audio 5000 a=sendrecv 8\nm=x=y 5002 RTP/AVP ;96\n");
    assert_eq!(answer(&odd, &[Port::Refuse; 2]), ["m=audio 0 RTP/AVP 8", "m=audio 0 RTP/AVP 0"]);
    let many = Offer::read(&"m=audio 1 RTP/AVP 8\n".repeat(1_000));
    assert_eq!((many.lines.len(), many.problems), (16, vec![Problem::TooMany]));
}

/// RFC 4568, section 10.1: thirty bytes.
const INLINE: &str = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

#[test]
fn the_first_protection_that_is_understood_is_answered_with_a_key_of_our_own() {
    let offer = Offer::read(&format!(
        "c=IN IP4 192.0.2.5\nm=audio 5000 RTP/SAVP 8\na=crypto:1 F8_128_HMAC_SHA1_80 {INLINE}\na=crypto:7 aes_cm_128_hmac_sha1_32 {INLINE}|2^20|1:4 WSH=64 -X=1\n\
         a=crypto:8 AES_CM_128_HMAC_SHA1_80 {INLINE}\na=label:1\nm=audio 5002 RTP/SAVP 8\na=label:2\nm=audio 5004 RTP/SAVPF 8\na=crypto:1 AES_CM_128_HMAC_SHA1_80 {INLINE}\n"
    ));
    let crypto = offer.lines[0].crypto.as_ref().expect("one that is understood");
    assert_eq!((crypto.tag.as_str(), crypto.key.suite()), ("7", Suite::Aes128Tag32));
    assert_eq!(crypto.key.bytes(), b"YS___semctl () {\t220;}\n}\nunles");
    assert!(!format!("{offer:?}").contains("WVNf"), "a key is in no output");
    let own = Key::new(Suite::Aes128Tag32, &[0; 30], 0).expect("a key");
    let expect = [
        "m=audio 20000 RTP/SAVP 8",
        "a=rtpmap:8 PCMA/8000",
        "a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "a=recvonly",
        "a=label:1",
        "m=audio 0 RTP/SAVP 8",
        "a=label:2",
        "m=audio 0 RTP/SAVPF 8",
    ];
    assert_eq!(answer(&offer, &[Port::Hear(20_000, Some(&own)); 3]), expect);
    assert_eq!(answer(&offer, &[Port::Hear(20_000, None)])[0], "m=audio 0 RTP/SAVP 8", "or not at all");
}

#[test]
fn a_protection_that_asks_for_more_than_is_understood_is_passed_over() {
    for wrong in [
        "1 AES_CM_128_HMAC_SHA1_80",
        "x AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
        "1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkg",
        "1 AES_256_CM_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
        "1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz;inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
        "1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz UNENCRYPTED_SRTP",
        "1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|1:999",
        "1 AES_CM_128_HMAC_SHA1_80 uri:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
    ] {
        let offer = Offer::read(&format!("c=IN IP4 192.0.2.5\nm=audio 5000 RTP/SAVP 8\na=crypto:{wrong}\n"));
        assert_eq!((offer.lines[0].law(), &offer.lines[0].crypto), (None, &None), "{wrong}");
    }
}

#[test]
fn what_is_offered_both_ways_is_heard_protected() {
    let crypto = format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 {INLINE}\n");
    // On one line, as those do who take either.
    let offer = Offer::read(&format!("c=IN IP4 192.0.2.5\nm=audio 5000 RTP/AVP 8\n{crypto}"));
    let own = Key::new(Suite::Aes128Tag80, &[0; 30], 0).expect("a key");
    let said = answer(&offer, &[Port::Hear(20_000, Some(&own))]);
    assert_eq!(said[0], "m=audio 20000 RTP/AVP 8");
    assert!(said[2].starts_with("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"), "{said:?}");
    // On two, one of which is given up.
    let plain = "m=audio 5002 RTP/AVP 8\na=label:1\n";
    for text in [
        format!("c=IN IP4 192.0.2.5\nm=audio 5000 RTP/SAVP 8\n{crypto}a=label:1\n{plain}"),
        format!("c=IN IP4 192.0.2.5\n{plain}m=audio 5000 RTP/SAVP 8\n{crypto}a=label:1\n"),
    ] {
        let offer = Offer::read(&text);
        let heard: Vec<_> = offer.lines.iter().map(|line| line.law().map(|_| line.port)).collect();
        assert!(heard.contains(&Some(5_000)) && heard.contains(&None), "{heard:?}");
    }
}

proptest! {
    #[test]
    fn no_answer_to_anything_offers_to_send(
        cuts in prop::collection::vec((0_usize..300, prop::sample::select(vec!["", "\r", "\n", "a=sendrecv", "m=", "--b", "\u{e9}", "c=IN IP4 "])), 0..8),
        ports in prop::collection::vec(prop_oneof![Just(Port::Refuse), (1_u16..).prop_map(|port| Port::Hear(port, None))], 0..6),
    ) {
        let mut text = CISCO_LIKE.to_owned();
        for (at, what) in cuts {
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.insert_str(at, what);
        }
        let offer = Offer::read(&text);
        let lines = answer(&offer, &ports);
        prop_assert_eq!(lines.iter().filter(|line| line.starts_with("m=")).count(), offer.lines.len());
        for line in &lines {
            prop_assert!(!line.contains('\r') && !line.contains('\n'));
            prop_assert!(!["a=sendonly", "a=sendrecv"].contains(&line.as_str()), "{}", line);
        }
        let (found, _) = parts("multipart/mixed;boundary=b", &text);
        prop_assert!(found.len() <= 16);
    }
}
