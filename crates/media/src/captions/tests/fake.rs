//! A small caption server on a real socket. No model is run in it: it answers what a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// What a caption server was sent.
pub struct Asked {
    pub head: Vec<String>,
    /// Each part of the form: its name, its own head, what it holds.
    pub parts: Vec<(String, String, Vec<u8>)>,
}

impl Asked {
    pub fn part(&self, name: &str) -> &[u8] {
        &self.parts.iter().find(|(known, ..)| known == name).unwrap_or_else(|| panic!("no part {name}")).2
    }
}

/// A caption server: what it was sent, and what it is to answer next.
pub struct Fake {
    pub url: String,
    asked: Receiver<Asked>,
    answers: Sender<Answer>,
}

pub enum Answer {
    /// A whole answer as it goes over the wire.
    Raw(Vec<u8>),
    /// Nothing at all until the client has gone.
    Nothing,
}

pub fn json(body: &str) -> Answer {
    status("200 OK", body.as_bytes())
}

pub fn status(line: &str, body: &[u8]) -> Answer {
    let head = format!("HTTP/1.1 {line}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    Answer::Raw([head.as_bytes(), body].concat())
}

impl Fake {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let ((tell, asked), (answers, next)) = (channel(), channel());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let _test_is_over = tell.send(parse(&mut stream));
                match next.recv() {
                    Ok(Answer::Raw(bytes)) => stream.write_all(&bytes).expect("sent"),
                    // Whoever has lost patience hangs up.
                    Ok(Answer::Nothing) => assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0),
                    Err(_) => return,
                }
            }
        });
        Self { url, asked, answers }
    }

    pub fn will(&self, answer: Answer) {
        self.answers.send(answer).expect("running");
    }

    pub fn asked(&self) -> Asked {
        self.asked.recv_timeout(Duration::from_secs(20)).expect("it is asked")
    }
}

fn parse(stream: &mut TcpStream) -> Asked {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a head");
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_lowercase()),
        }
    }
    let value = |name: &str| head.iter().find_map(|line| line.strip_prefix(name)).expect("a header").trim().to_owned();
    let mut body = vec![0; value("content-length:").parse().expect("a length")];
    reader.read_exact(&mut body).expect("a body");
    let kind = value("content-type:");
    let boundary = format!("--{}", kind.strip_prefix("multipart/form-data; boundary=").expect("a form"));
    let at =
        |from: usize, what: &[u8]| body[from..].windows(what.len()).position(|bytes| bytes == what).map(|at| from + at);
    let (mut parts, mut from) = (Vec::new(), boundary.len());
    assert!(body.starts_with(boundary.as_bytes()), "the form begins with its boundary");
    while body[from..].starts_with(b"\r\n") {
        let end = at(from, format!("\r\n{boundary}").as_bytes()).expect("the part ends");
        let split = at(from, b"\r\n\r\n").expect("the part's head ends");
        let own = String::from_utf8(body[from + 2..split].to_vec()).expect("text");
        let (_, rest) = own.split_once(" name=\"").expect("a name");
        let name = rest.split('"').next().expect("its end").to_owned();
        parts.push((name, own, body[split + 4..end].to_vec()));
        from = end + 2 + boundary.len();
    }
    assert_eq!(&body[from..], b"--\r\n", "the form ends");
    Asked { head, parts }
}
