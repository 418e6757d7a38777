//! The messages of one recording session, by which a switch has a server record a call (RFC 7866, RFC 7865), as text.
//!
//! It is what a switch says, not what the server reads: nothing here is shared with the server, so that neither hides the
//! other's mistakes.

use std::net::SocketAddr;

/// One recording session, from the switch's side.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// Its Call-ID.
    pub id: String,
    /// The switch.
    pub here: SocketAddr,
    /// The server.
    pub server: SocketAddr,
    /// Who the server says it is, once it has answered.
    pub to: Option<String>,
}

/// What a session records.
#[derive(Clone, Debug)]
pub struct Recorded<'a> {
    /// The telephony system's reference of the call.
    pub call: &'a str,
    /// The caller's number; none where it is withheld.
    pub from: Option<&'a str>,
    /// The call handler's staff number.
    pub handler: &'a str,
    /// Where the caller's audio comes from, and the handler's.
    pub ports: [u16; 2],
}

const BOUNDARY: &str = "the-next-part";

impl Dialog {
    /// Asks that a call be recorded.
    pub fn invite(&self, of: &Recorded<'_>) -> String {
        let host = self.here.ip();
        let mut sdp = format!("v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n");
        for (port, label) in of.ports.iter().zip(1..) {
            sdp += &format!("m=audio {port} RTP/AVP 8\r\na=sendonly\r\na=label:{label}\r\n");
        }
        let caller = of.from.map_or_else(|| "sip:anonymous@anonymous.invalid".to_owned(), |from| format!("tel:{from}"));
        let people = [("caller", caller), ("handler", format!("sip:{}@switch.example", of.handler))];
        let mut metadata = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
            <recording xmlns=\"urn:ietf:params:xml:ns:recording:1\"><datamode>complete</datamode>"
            .to_owned();
        for (place, (id, address)) in (1..).zip(&people) {
            metadata += &format!(
                "<participant participant_id=\"{id}\"><nameID aor=\"{address}\"/></participant>\
                 <stream stream_id=\"s{place}\"><label>{place}</label></stream>\
                 <participantstreamassoc participant_id=\"{id}\"><send>s{place}</send></participantstreamassoc>"
            );
        }
        metadata += "</recording>";
        let body = format!(
            "--{BOUNDARY}\r\nContent-Type: application/sdp\r\n\r\n{sdp}\r\n--{BOUNDARY}\r\n\
             Content-Type: application/rs-metadata+xml\r\nContent-Disposition: recording-session\r\n\r\n{metadata}\r\n--{BOUNDARY}--\r\n"
        );
        let more = format!(
            "Require: siprec\r\nUser-to-User: {};encoding=ascii\r\nContent-Type: multipart/mixed;boundary={BOUNDARY}\r\n",
            of.call
        );
        self.request("INVITE", 1, &more, &body)
    }

    /// Takes in the answer to it.
    pub fn ack(&self) -> String {
        self.request("ACK", 1, "", "")
    }

    /// Ends it.
    pub fn bye(&self) -> String {
        self.request("BYE", 2, "", "")
    }

    fn request(&self, method: &str, number: u32, more: &str, body: &str) -> String {
        let Self { id, here, server, to } = self;
        let srs = format!("<sip:srs@{server}>");
        let to = to.as_deref().unwrap_or(&srs);
        format!(
            "{method} sip:srs@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{id}-{number}{method}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:src@{here}>;tag={id}\r\nTo: {to}\r\nCall-ID: {id}\r\nCSeq: {number} {method}\r\n\
             Contact: <sip:src@{here}>;+sip.src\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

/// A message of the server's.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// The call is recorded, to these ports.
    Recorded {
        /// The session's Call-ID.
        id: String,
        /// Who the server says it is.
        to: String,
        /// Where the caller's audio is wanted, and the handler's.
        ports: [u16; 2],
    },
    /// It will not be recorded, or the session is unknown: the status.
    Refused(String, u16),
    /// It asks whether this switch is there (`OPTIONS`), or anything else: answered with this.
    Asks(String),
    /// Something that wants nothing.
    Other,
}

/// Reads a message.
pub fn read(text: &str) -> Said {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let header = |name: &str| {
        let of = |line: &'_ str| {
            let (is, value) = line.split_once(':')?;
            is.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        };
        head.split("\r\n").skip(1).find_map(of)
    };
    let id = header("Call-ID").unwrap_or_default();
    let Some(status) = first.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3)?.parse::<u16>().ok()) else {
        let kept = ["Via", "From", "To", "Call-ID", "CSeq"];
        let kept: Vec<String> = kept.iter().filter_map(|name| Some(format!("{name}: {}", header(name)?))).collect();
        return Said::Asks(format!("SIP/2.0 200 OK\r\n{}\r\nContent-Length: 0\r\n\r\n", kept.join("\r\n")));
    };
    let is_of_invite = header("CSeq").is_some_and(|cseq| cseq.ends_with("INVITE"));
    match status {
        100..200 => Said::Other,
        200..300 if !is_of_invite => Said::Other,
        200..300 => {
            let ports =
                body.split("\r\n").filter_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse().ok());
            match (ports.collect::<Vec<u16>>().as_slice(), header("To")) {
                (&[caller, handler], Some(to)) => Said::Recorded { id, to, ports: [caller, handler] },
                _ => Said::Refused(id, status),
            }
        }
        _ => Said::Refused(id, status),
    }
}
