use proptest::prelude::*;

use crate::rtp::Law;
use crate::siprec::{Answer, Offer, Port, Problem, parts};

const CISCO_LIKE: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.5\r\ns=-\r\nc=IN IP4 192.0.2.5\r\nt=0 0\r\n\
    m=audio 16552 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\na=label:1\r\n\
    m=audio 16554 RTP/AVP 0 8\r\na=sendonly\r\na=label:2\r\n";

fn answer(offer: &Offer, ports: &[Port]) -> Vec<String> {
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
    assert_eq!(answer(&offer, &[Port::Hear(20_000), Port::Hear(20_002)]), expect);
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
    assert_eq!(answer(&offer, &[Port::Hear(20_000); 5]), expect);
    assert_eq!(answer(&offer, &[Port::Refuse, Port::Hear(20_000)])[0], "m=audio 0 RTP/AVP 18");
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
    assert_eq!(answer(&offer, &[Port::Hear(20_000)])[2], "a=inactive");
}

#[test]
fn what_makes_no_sense_is_named_and_the_rest_is_read() {
    let offer = Offer::read(
        "c=\nm=audio\nm=audio 70000 RTP/AVP 8\nm=audio 5000/2 RTP/AVP 8\na=label:1\nm=audio 1 RTP/AVP 8\na=label:1\n",
    );
    assert_eq!(offer.problems, [Problem::Unreadable, Problem::SameLabel]);
    assert_eq!(offer.lines.iter().map(|line| line.port).collect::<Vec<_>>(), [0, 0, 5_000, 1]);
    assert_eq!(answer(&offer, &[Port::Hear(20_000); 4])[..2], ["m=audio 0 RTP/AVP 0", "m=audio 0 RTP/AVP 0"]);
    // What a refused line names is echoed as far as it is a word, and nothing that reads like an attribute.
    let odd = Offer::read("m=audio 5000 a=sendrecv 8\nm=x=y 5002 RTP/AVP ;96\n");
    assert_eq!(answer(&odd, &[Port::Refuse; 2]), ["m=audio 0 RTP/AVP 8", "m=audio 0 RTP/AVP 0"]);
    let many = Offer::read(&"m=audio 1 RTP/AVP 8\n".repeat(1_000));
    assert_eq!((many.lines.len(), many.problems), (16, vec![Problem::TooMany]));
}

proptest! {
    #[test]
    fn no_answer_to_anything_offers_to_send(
        cuts in prop::collection::vec((0_usize..300, prop::sample::select(vec!["", "\r", "\n", "a=sendrecv", "m=", "--b", "\u{e9}", "c=IN IP4 "])), 0..8),
        ports in prop::collection::vec(prop_oneof![Just(Port::Refuse), (1_u16..).prop_map(Port::Hear)], 0..6),
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
