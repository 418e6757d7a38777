//! What is asked of a caption server, and what is made of its answers.

use std::net::TcpListener;
use std::time::Duration;

use super::fake::{Answer, Fake, json, status};
use crate::captions::{AskError, Server, speech};

fn ask(fake: &Fake, answer: Answer) -> Result<String, AskError> {
    fake.will(answer);
    let server = Server::patient(&fake.url, "small", Duration::from_secs(20)).expect("on this machine");
    let words = server.words(&speech(&[0; 80]));
    fake.asked();
    words
}

#[test]
fn an_utterance_is_a_form_with_a_wav_file_and_the_answer_is_its_text() {
    let fake = Fake::start();
    let server = Server::at(&fake.url, "small-en").expect("on this machine");
    fake.will(json(r#"{"text":" He is\noutside. ","language":"english"}"#));
    let wav = speech(&[500; 8_000]);
    assert_eq!(server.words(&wav), Ok("He is outside.".to_owned()));
    let asked = fake.asked();
    assert_eq!(asked.head[0], "post /v1/audio/transcriptions http/1.1");
    assert!(!asked.head.iter().any(|line| line.starts_with("authorization") || line.starts_with("cookie")));
    let names: Vec<&str> = asked.parts.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["file", "model", "response_format"]);
    assert_eq!((asked.part("model"), asked.part("response_format")), (&b"small-en"[..], &b"json"[..]));
    assert!(asked.parts[0].1.contains("filename=\"speech.wav\"\r\nContent-Type: audio/wav"), "{}", asked.parts[0].1);
    let file = asked.part("file");
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((file, file.len(), word(24), word(40)), (&wav[..], 44 + 32_000, 16_000, 32_000));

    let elsewhere = Server::at(&format!("{}/inference", fake.url), "small").expect("on this machine");
    fake.will(json(r#"{"text":""}"#));
    assert_eq!(elsewhere.words(&wav), Ok(String::new()));
    assert_eq!(fake.asked().head[0], "post /inference http/1.1");
}

#[test]
fn whatever_is_no_answer_is_no_words() {
    let fake = Fake::start();
    for (told, answer) in [
        ("an error", status("500 Internal Server Error", b"{\"text\":\"no\"}")),
        ("no such model", status("404 Not Found", b"{}")),
        ("garbage", status("200 OK", b"\xff\x00 no json")),
        ("another thing", json(r#"{"error":"busy"}"#)),
        ("words that are none", json(r#"{"text":["a"]}"#)),
        ("far too much", status("200 OK", &[b' '; 100_000])),
        // The one to which it points would be asked, if it were followed.
        ("another address", status("302 Found\r\nLocation: http://203.0.113.9/", b"")),
    ] {
        assert_eq!(ask(&fake, answer), Err(AskError::Unfit), "{told}");
    }
    assert_eq!(
        ask(&fake, Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{".to_vec())),
        Err(AskError::Silent)
    );
    assert_eq!(ask(&fake, Answer::Raw(b"who is there?\r\n\r\n".to_vec())), Err(AskError::Silent));
    assert!(!AskError::Unfit.to_string().contains("text"), "no words in an error");

    fake.will(Answer::Nothing);
    let impatient = Server::patient(&fake.url, "small", Duration::from_millis(300)).expect("on this machine");
    assert_eq!(impatient.words(&speech(&[0; 80])), Err(AskError::Silent), "one that is slow");
    let gone = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let gone = Server::at(&format!("http://{gone}"), "small").expect("on this machine");
    assert_eq!(gone.words(&speech(&[0; 80])), Err(AskError::Silent), "one that is not there");
}
