//! One message, read.

use std::net::IpAddr;

/// Lines of a message's head; a long path has some forty.
const MOST_HEADERS: usize = 256;

/// One message.
pub(in crate::siprec) struct Message {
    pub start: Start,
    /// Names in small letters and in full, in the order in which they came.
    headers: Vec<(String, String)>,
    pub body: String,
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::siprec) enum Start {
    /// A request, by its method.
    Request(String),
    /// An answer, by its code.
    Response(u16),
}

/// Short names (RFC 3261, section 7.3.3, and RFC 4028).
const SHORT: &[(&str, &str)] = &[
    ("v", "via"),
    ("f", "from"),
    ("t", "to"),
    ("i", "call-id"),
    ("m", "contact"),
    ("l", "content-length"),
    ("c", "content-type"),
    ("k", "supported"),
    ("x", "session-expires"),
];

impl Message {
    /// Reads a message. Nothing for what is none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches(['\r', '\n']);
        let mut lines = text.split_inclusive('\n');
        let mut at = 0;
        let mut next = || {
            let line = lines.next()?;
            at += line.len();
            Some((line.trim_end_matches(['\r', '\n']), at))
        };
        let (first, mut head) = next()?;
        let start = Start::read(first)?;
        let mut headers: Vec<(String, String)> = Vec::new();
        while let Some((line, end)) = next() {
            head = end;
            if line.is_empty() {
                break;
            }
            if line.starts_with([' ', '\t']) {
                // A long value goes on in the next line.
                if let Some((_, value)) = headers.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                continue;
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            if headers.len() == MOST_HEADERS {
                return None;
            }
            let name = name.trim().to_ascii_lowercase();
            let name = SHORT.iter().find(|(short, _)| *short == name).map_or(name, |(_, long)| (*long).to_owned());
            // It may be echoed: a stray carriage return would be a line of its own to whoever reads it.
            headers.push((name, value.trim().chars().filter(|c| !c.is_control()).collect()));
        }
        let rest = &text[head..];
        let mut message = Self { start, headers, body: String::new() };
        // A length that cuts a letter in two is a wrong one.
        let length = message.header("content-length").and_then(|length| length.parse().ok());
        message.body = length.and_then(|length: usize| rest.get(..length)).unwrap_or(rest).to_owned();
        Some(message)
    }

    /// The first header of a name, given in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All headers of a name.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A method, if it is a request.
    pub fn method(&self) -> Option<&str> {
        match &self.start {
            Start::Request(method) => Some(method),
            Start::Response(_) => None,
        }
    }

    /// The number and method of `CSeq`.
    pub fn cseq(&self) -> Option<(u32, &str)> {
        let (number, method) = self.header("cseq")?.split_once(' ')?;
        Some((number.trim().parse().ok()?, method.trim()))
    }

    /// The tag of `From` or `To`.
    pub fn tag(&self, name: &str) -> Option<&str> {
        parameter(after_address(self.header(name)?), "tag")
    }

    /// The topmost `Via`.
    pub fn via(&self) -> Option<&str> {
        self.header("via")?.split(',').next()
    }

    /// What names the transaction.
    pub fn branch(&self) -> Option<&str> {
        parameter(self.via()?, "branch")
    }

    /// The URI of a header like `Contact`: between angle brackets, or up to the first parameter.
    pub fn uri(&self, name: &str) -> Option<&str> {
        let value = self.header(name)?;
        match value.split_once('<') {
            Some((_, rest)) => rest.split('>').next(),
            None => value.split([';', ',']).next().map(str::trim),
        }
    }
}

impl Start {
    fn read(line: &str) -> Option<Self> {
        if let Some(rest) = line.strip_prefix("SIP/2.0 ") {
            return Some(Self::Response(rest.get(..3)?.parse().ok()?));
        }
        let mut words = line.split(' ');
        let (method, _uri, version) = (words.next()?, words.next()?, words.next()?);
        let is_method = !method.is_empty() && method.len() <= 32 && method.bytes().all(|b| b.is_ascii_alphanumeric());
        (is_method && version == "SIP/2.0").then(|| Self::Request(method.to_owned()))
    }
}

/// What follows the address of `From`, `To` or `Contact`.
fn after_address(value: &str) -> &str {
    value.rsplit_once('>').map_or(value, |(_, after)| after)
}

/// A parameter of `value;name=x;..`, without quotes; the empty text when it is there and says nothing.
pub(in crate::siprec) fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    value.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// Host and port of a `Via`'s `SIP/2.0/UDP host:port;..`; the host only where it is an address.
pub(in crate::siprec) fn host_of(via: &str) -> (Option<IpAddr>, Option<u16>) {
    let sent_by = via.split(';').next().unwrap_or_default().trim().rsplit(' ').next().unwrap_or_default();
    if let Ok(address) = sent_by.parse::<std::net::SocketAddr>() {
        return (Some(address.ip()), Some(address.port()));
    }
    match sent_by.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => (host.parse().ok(), port.parse().ok()),
        _ => (sent_by.trim_matches(['[', ']']).parse().ok(), None),
    }
}
