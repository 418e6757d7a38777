use crate::siprec::{Problem, find, parts};

const KIND: &str = "multipart/mixed;boundary=\"b-1\"";

/// What each part's type and body are, and what was wrong.
#[track_caller]
fn check(kind: &str, body: &str, expect: &[(&str, &str)], problems: &[Problem]) {
    let (found, wrong) = parts(kind, body);
    let found: Vec<_> = found.iter().map(|part| (part.kind, part.body)).collect();
    assert_eq!((found.as_slice(), wrong.as_slice()), (expect, problems));
}

#[test]
fn parts_are_found_with_either_line_end_and_in_any_order() {
    let body = "--b-1\nContent-Type: application/sdp\n\nv=0\ns=-\n--b-1\nContent-Type: application/rs-metadata\n\
                Content-Disposition: recording-session\n\n<recording/>\n--b-1--\n";
    let expect = [("application/sdp", "v=0\ns=-"), ("application/rs-metadata", "<recording/>")];
    check(KIND, body, &expect, &[]);
    let crlf = body.replace('\n', "\r\n");
    check(KIND, &crlf, &[("application/sdp", "v=0\r\ns=-"), expect[1]], &[]);

    let turned = "--b-1\r\nC: Application/RS-Metadata+xml; a=b\r\n\r\n<r/>\r\n--b-1\r\ncontent-type:application/sdp\r\n\r\nv=0\r\n--b-1--";
    let (found, problems) = parts("Multipart/Mixed; charset=x; Boundary=b-1", turned);
    assert_eq!(problems, []);
    assert_eq!(find(&found, "application/rs-metadata").map(|part| part.body), Some("<r/>"));
    assert_eq!(find(&found, "application/sdp").map(|part| part.body), Some("v=0"));
    assert_eq!(find(&found, "application/pidf"), None);
}

#[test]
fn a_space_after_the_closing_boundary_and_words_around_the_parts_do_no_harm() {
    let body = "before\r\n--b-1 \r\nContent-Type: a/b\r\n\r\n--b-10\r\n\r\n--b-1-- \r\nafter\r\n--b-1\r\n\r\nno\r\n";
    check(KIND, body, &[("a/b", "--b-10\r\n")], &[]);
}

#[test]
fn what_is_no_multipart_is_one_part() {
    check("application/sdp", "v=0\r\n", &[("application/sdp", "v=0\r\n")], &[]);
    check("multipart/mixed", "--b-1\r\n", &[("", "--b-1\r\n")], &[Problem::NoBoundary]);
}

#[test]
fn a_message_cut_off_gives_what_there_is_and_says_so() {
    check(KIND, "--b-1\nContent-Type: a/b\n\nhalf", &[("a/b", "half")], &[Problem::NotClosed]);
    check(KIND, "nothing", &[], &[Problem::NotClosed]);
    let many = "--b-1\n\nx\n".repeat(1_000);
    let (found, problems) = parts(KIND, &many);
    assert_eq!((found.len(), problems), (16, vec![Problem::TooMany]));
}
