//! Messages that are sent: answers, and the few requests of ours.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::{Message, parameter};

/// What this server understands.
const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO";

/// An answer to a request.
pub(in crate::siprec) struct Reply<'a> {
    pub request: &'a Message,
    pub code: u16,
    pub reason: &'static str,
    /// Our tag, where `To` has none yet.
    pub tag: &'a str,
    /// Where the request came from.
    pub source: SocketAddr,
    /// Whole header lines, without their ends.
    pub headers: Vec<String>,
    /// Its type and text.
    pub body: Option<(&'static str, String)>,
}

impl Reply<'_> {
    /// The message.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = format!("SIP/2.0 {} {}\r\n", self.code, self.reason);
        for (at, via) in self.request.headers("via").enumerate() {
            let via = if at == 0 { self.received(via) } else { via.to_owned() };
            line(&mut text, "Via", &via);
        }
        if self.request.tag("to").is_none() {
            // The path of requests that come later; within a dialog it stands.
            self.request.headers("record-route").for_each(|route| line(&mut text, "Record-Route", route));
        }
        for (name, lower) in [("From", "from"), ("To", "to"), ("Call-ID", "call-id"), ("CSeq", "cseq")] {
            let Some(value) = self.request.header(lower) else { continue };
            if lower == "to" && self.request.tag("to").is_none() && self.code > 100 {
                line(&mut text, name, &format!("{value};tag={}", self.tag));
            } else {
                line(&mut text, name, value);
            }
        }
        line(&mut text, "Allow", ALLOW);
        line(&mut text, "Supported", "siprec, timer, replaces");
        self.headers.iter().for_each(|header| {
            text.push_str(header);
            text.push_str("\r\n");
        });
        finish(text, self.body.as_ref())
    }

    /// The topmost `Via`, with where it really came from (RFC 3581).
    fn received(&self, via: &str) -> String {
        let (first, rest) = via.split_once(',').map_or((via, None), |(first, rest)| (first, Some(rest)));
        let mut parts: Vec<String> = Vec::new();
        for part in first.split(';').map(str::trim) {
            match part.split('=').next().unwrap_or_default() {
                "received" => {}
                "rport" => parts.push(format!("rport={}", self.source.port())),
                _ => parts.push(part.to_owned()),
            }
        }
        let asks = parameter(first, "rport").is_some();
        if asks || super::host_of(first).0 != Some(self.source.ip()) {
            parts.push(format!("received={}", self.source.ip()));
        }
        let first = parts.join(";");
        rest.map_or(first.clone(), |rest| format!("{first},{rest}"))
    }
}

/// A request of ours, from its first line and its header lines.
pub(in crate::siprec) fn request(method: &str, uri: &str, headers: &[String]) -> Vec<u8> {
    let mut text = format!("{method} {uri} SIP/2.0\r\n");
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    finish(text, None)
}

fn finish(mut text: String, body: Option<&(&'static str, String)>) -> Vec<u8> {
    if let Some((kind, body)) = body {
        line(&mut text, "Content-Type", kind);
        let _is_text = write!(text, "Content-Length: {}\r\n\r\n{body}", body.len());
    } else {
        text.push_str("Content-Length: 0\r\n\r\n");
    }
    text.into_bytes()
}

/// One header. What is echoed was one line when it was read and cannot become two.
fn line(text: &mut String, name: &str, value: &str) {
    let _is_text = write!(text, "{name}: {value}\r\n");
}
