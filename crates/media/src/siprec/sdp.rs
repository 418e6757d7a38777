//! What audio is offered, and the answer to it (RFC 8866, RFC 3264).

use std::fmt;
use std::net::IpAddr;

use super::Problem;
use super::crypto::{Answered, Crypto};
use crate::rtp::Law;
use crate::srtp::Key;

/// Lines of media that are read of one offer; a call has two, a conference some more.
const MOST_LINES: usize = 16;

/// The lines of media of one offer, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// One for each `m=`.
    pub lines: Vec<Line>,
    /// What was wrong with it.
    pub problems: Vec<Problem>,
}

/// One `m=` of an offer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// `audio`, and sometimes `video`.
    pub medium: String,
    /// Where the other side listens, which nothing here sends to. 0 when it has given the line up.
    pub port: u16,
    /// `RTP/AVP`, say, or `RTP/SAVP` where it is protected.
    pub protocol: String,
    /// Payload types, the one liked best first.
    pub formats: Vec<String>,
    /// Ties it to the metadata; free text that the vendor chooses.
    pub label: Option<String>,
    /// Nothing will come for now: `inactive`, or the connection 0.0.0.0 that came before it.
    pub is_held: bool,
    /// The host that the other side names for it, where that is an address.
    pub address: Option<IpAddr>,
    /// How it will be protected: the first that is understood of what is offered.
    pub crypto: Option<Crypto>,
    /// Another line offers the same with protection: that one is heard.
    pub is_spare: bool,
}

/// What an answer says of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port<'a> {
    /// Send it here. With a key of ours, of the suite that the line is protected by, where it is.
    Hear(u16, Option<&'a Key>),
    /// This line is not wanted; the others stand.
    Refuse,
}

/// An answer, as text through its `Display`.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// What it answers.
    pub offer: &'a Offer,
    /// Our address.
    pub address: IpAddr,
    /// Names the call among all of ours.
    pub session: u64,
    /// Counts the answers of one call, from 1.
    pub version: u64,
    /// One for each line, in order; a line without one is refused.
    pub ports: &'a [Port<'a>],
}

impl Offer {
    /// Reads `text`. Lines end in CRLF or LF.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut offer = Self::default();
        let mut held_by_session = Held::default();
        let mut held: Vec<Held> = Vec::new();
        for line in text.lines() {
            let Some((key, value)) = line.trim_end().split_once('=') else { continue };
            if key == "m" {
                if offer.lines.len() == MOST_LINES {
                    offer.problem(Problem::TooMany);
                    // Refusing what is not read needs its line; nothing that speaks SIPREC gets here.
                    break;
                }
                let line = Line::read(value);
                if line.medium.is_empty() {
                    offer.problem(Problem::Unreadable);
                }
                offer.lines.push(line);
                held.push(Held::default());
                continue;
            }
            let held_here = held.last_mut().unwrap_or(&mut held_by_session);
            match (key, value) {
                ("c", _) => match value.split_ascii_whitespace().nth(2) {
                    Some(address) => {
                        held_here.by_address = Some(matches!(address, "0.0.0.0" | "::"));
                        held_here.address = address.split('/').next().and_then(|address| address.parse().ok());
                    }
                    None => offer.problem(Problem::Unreadable),
                },
                ("a", "inactive") => held_here.by_direction = Some(true),
                ("a", "sendonly" | "sendrecv" | "recvonly") => held_here.by_direction = Some(false),
                ("a", _) => {
                    if let (Some(label), Some(line)) = (value.strip_prefix("label:"), offer.lines.last_mut()) {
                        // It is echoed: a stray carriage return would be a line of its own to whoever reads it.
                        line.label = Some(label.trim().chars().filter(|c| !c.is_control()).collect());
                    }
                    if let (Some(crypto), Some(line)) = (value.strip_prefix("crypto:"), offer.lines.last_mut()) {
                        line.crypto = line.crypto.take().or_else(|| Crypto::read(crypto));
                    }
                }
                _ => {}
            }
        }
        for (line, held) in offer.lines.iter_mut().zip(held) {
            let by_address = held.by_address.or(held_by_session.by_address);
            let by_direction = held.by_direction.or(held_by_session.by_direction);
            line.address = held.address.or(held_by_session.address);
            line.is_held = by_address.unwrap_or(false) || by_direction.unwrap_or(false);
        }
        offer.spare();
        let labels: Vec<_> = offer.lines.iter().filter_map(|line| line.label.as_deref()).collect();
        if labels.iter().enumerate().any(|(at, label)| labels[..at].contains(label)) {
            offer.problem(Problem::SameLabel);
        }
        offer
    }

    /// Finds the lines that only repeat, without protection, what another offers with it.
    fn spare(&mut self) {
        let is_secure = |line: &Line| line.crypto.is_some() && line.law().is_some();
        let secure: Vec<_> = self.lines.iter().filter(|line| is_secure(line)).filter_map(|l| l.label.clone()).collect();
        for line in self.lines.iter_mut().filter(|line| line.crypto.is_none()) {
            line.is_spare = line.label.as_ref().is_some_and(|label| secure.contains(label));
        }
    }

    fn problem(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// What is said of a hold at one level.
#[derive(Clone, Copy, Default)]
struct Held {
    by_address: Option<bool>,
    by_direction: Option<bool>,
    address: Option<IpAddr>,
}

impl Line {
    fn read(value: &str) -> Self {
        let mut words = value.split_ascii_whitespace();
        let (Some(medium), Some(port), Some(protocol)) = (words.next(), words.next(), words.next()) else {
            return Self::default();
        };
        // `5004/2` is a port and how many.
        let Ok(port) = port.split('/').next().unwrap_or_default().parse() else { return Self::default() };
        let formats = words.map(str::to_owned).collect();
        Self { medium: medium.to_owned(), port, protocol: protocol.to_owned(), formats, ..Self::default() }
    }

    /// How its audio will be coded, A-law before µ-law whatever is liked best: `None` when neither is offered, when it is
    /// protected in a way that is not understood, spare, no audio, or given up.
    #[must_use]
    pub fn law(&self) -> Option<Law> {
        let is_understood = match self.protocol.as_str() {
            "RTP/AVP" => true,
            "RTP/SAVP" => self.crypto.is_some(),
            _ => false,
        };
        let is_audio = self.medium == "audio" && is_understood && self.port > 0 && !self.is_spare;
        let has = |law: &Law| self.formats.iter().any(|format| *format == payload_type(*law));
        [Law::A, Law::Mu].into_iter().find(|law| is_audio && has(law))
    }
}

/// A word of an offer that may stand in its answer: a medium, a protocol, a format (RFC 8866, section 9). Nothing that could be
/// taken for an attribute.
fn token(word: &str) -> Option<&str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '+' | '.' | '_' | '*');
    (!word.is_empty() && word.chars().all(fits)).then_some(word)
}

/// RFC 3551, table 4.
fn payload_type(law: Law) -> &'static str {
    match law {
        Law::A => "8",
        Law::Mu => "0",
    }
}

impl fmt::Display for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = if self.address.is_ipv4() { "IP4" } else { "IP6" };
        let Self { address, session, version, .. } = self;
        write!(
            f,
            "v=0\r\no=- {session} {version} IN {family} {address}\r\ns=-\r\nc=IN {family} {address}\r\nt=0 0\r\n"
        )?;
        for (at, line) in self.offer.lines.iter().enumerate() {
            let heard = match (self.ports.get(at), line.law(), &line.crypto) {
                (Some(Port::Hear(port, _)), Some(law), None) => Some((port, law, None)),
                (Some(Port::Hear(port, Some(own))), Some(law), Some(crypto)) => {
                    Some((port, law, Some(Answered { tag: &crypto.tag, own })))
                }
                _ => None,
            };
            match heard {
                Some((port, law, crypto)) => {
                    let (kind, name) = (payload_type(law), if law == Law::A { "PCMA" } else { "PCMU" });
                    let protocol = &line.protocol;
                    write!(f, "m=audio {port} {protocol} {kind}\r\na=rtpmap:{kind} {name}/8000\r\n")?;
                    if let Some(crypto) = crypto {
                        write!(f, "{crypto}\r\n")?;
                    }
                    f.write_str(if line.is_held { "a=inactive\r\n" } else { "a=recvonly\r\n" })?;
                }
                None => {
                    // A refused line still names what it refuses (RFC 3264, section 6).
                    let medium = token(&line.medium).unwrap_or("audio");
                    let protocol = token(&line.protocol).unwrap_or("RTP/AVP");
                    let format = line.formats.first().and_then(|format| token(format)).unwrap_or("0");
                    write!(f, "m={medium} 0 {protocol} {format}\r\n")?;
                }
            }
            if let Some(label) = &line.label {
                write!(f, "a=label:{label}\r\n")?;
            }
        }
        Ok(())
    }
}
