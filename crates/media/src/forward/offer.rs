//! What a browser asks for, with everything struck out that would let it speak.
//!
//! The offer is made harmless as text, before anything else reads it, so that no library's idea of a default can open a way
//! back: each line that asks to send is turned into one that does not.

use crate::call::StreamId;
use crate::rtp::Law;

use super::Track;

/// An offer that asks for nothing but to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    text: String,
    /// The media lines' ids, in order.
    mids: Vec<String>,
}

/// Why an offer is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// There is no such call, or no longer.
    #[error("there is no such call to hear")]
    NoSuchCall,
    /// Everybody is there already.
    #[error("too many people listen to this call")]
    TooMany,
    /// More than a browser writes.
    #[error("the offer is longer than {MOST_BYTES} bytes")]
    TooLong,
    /// A line of video or data: nobody listens with those.
    #[error("the offer has a line that is not audio")]
    NotAudio,
    /// No line, or more than a call has parties.
    #[error("the offer has {0} lines of audio; 1 to {MOST_LINES} can be answered")]
    Lines(usize),
    /// It cannot be read, or asks for what this server does not do.
    #[error("the offer cannot be read as WebRTC")]
    NotWebRtc,
    /// Neither A-law nor µ-law: audio is passed on untouched or not at all.
    #[error("the offer takes no G.711")]
    NoG711,
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The session description (RFC 8866), for the browser.
    pub sdp: String,
    /// Which line carries which party, in the order of the offer.
    pub tracks: Vec<Track>,
}

const MOST_BYTES: usize = 64 * 1024;
const MOST_LINES: usize = 8;

/// What a browser would send, where to, and what it would send by: none of that is for us.
const STRUCK: &[&str] = &["a=ssrc:", "a=ssrc-group:", "a=msid:", "a=candidate:", "a=simulcast:", "a=rid:"];

impl Offer {
    /// Reads an offer (RFC 8866), and strikes out what would send.
    ///
    /// # Errors
    /// When it is too long, has a line of video or of data, or no line of audio.
    pub fn read(text: &str) -> Result<Self, OfferError> {
        if text.len() > MOST_BYTES {
            return Err(OfferError::TooLong);
        }
        let (mut harmless, mut mids) = (String::with_capacity(text.len() + 64), Vec::new());
        let (mut lines, mut has_direction) = (0_usize, true);
        let mut write = |line: &str| {
            harmless.push_str(line);
            harmless.push_str("\r\n");
        };
        for line in text.lines().map(str::trim_end) {
            if let Some(media) = line.strip_prefix("m=") {
                if !has_direction {
                    // Without a word it is "sendrecv" (RFC 8866, section 6.7).
                    write("a=recvonly");
                }
                if !media.starts_with("audio ") {
                    return Err(OfferError::NotAudio);
                }
                (lines, has_direction) = (lines + 1, false);
            }
            if let Some(mid) = line.strip_prefix("a=mid:") {
                mids.push(mid.to_owned());
            }
            match line {
                "" => {}
                // Of the whole session: each line gets its own below.
                "a=sendrecv" | "a=sendonly" | "a=recvonly" | "a=inactive" if lines == 0 => {}
                "a=sendrecv" | "a=recvonly" | "a=sendonly" | "a=inactive" if has_direction => {}
                "a=sendrecv" | "a=recvonly" => {
                    has_direction = true;
                    write("a=recvonly");
                }
                "a=sendonly" | "a=inactive" => {
                    has_direction = true;
                    write("a=inactive");
                }
                line if STRUCK.iter().any(|struck| line.starts_with(struck)) => {}
                line => write(line),
            }
        }
        if !has_direction {
            write("a=recvonly");
        }
        if !(1..=MOST_LINES).contains(&lines) {
            return Err(OfferError::Lines(lines));
        }
        if mids.len() != lines {
            return Err(OfferError::NotWebRtc);
        }
        Ok(Self { text: harmless, mids })
    }

    /// The offer as it may be answered.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The media lines' ids, in order.
    pub(super) fn mids(&self) -> impl Iterator<Item = &str> {
        self.mids.iter().map(String::as_str)
    }
}

/// Whether an answer would let its reader send.
pub(super) fn would_hear(answer: &str) -> bool {
    answer.lines().any(|line| matches!(line.trim_end(), "a=sendrecv" | "a=recvonly"))
}

impl Track {
    /// A track before anything was sent on it.
    pub(super) fn new(mid: String, stream: Option<StreamId>, laws: Vec<Law>) -> Self {
        Self { mid, stream, laws }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

    fn check(lines: &str, found: Result<&str, OfferError>) {
        let read = Offer::read(&format!("{SESSION}{lines}"));
        assert_eq!(
            read.as_ref().map(|offer| offer.text().strip_prefix(SESSION).expect("kept")),
            found.as_ref().copied()
        );
    }

    #[test]
    fn law_11_listening_cannot_transmit_whatever_is_offered() {
        let line = "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\na=mid:0\r\n";
        let hears = format!("{line}a=recvonly\r\n");
        let silent = format!("{line}a=inactive\r\n");
        check(&format!("{line}a=recvonly\r\n"), Ok(&hears));
        check(&format!("{line}a=sendrecv\r\na=ssrc:7 cname:x\r\na=msid:- x\r\n"), Ok(&hears));
        check(&format!("{line}a=sendrecv\n"), Ok(&hears));
        check(line, Ok(&hears));
        check(&format!("a=sendrecv\r\n{line}"), Ok(&hears));
        check(&format!("{line}a=recvonly\r\na=sendrecv\r\n"), Ok(&hears));
        check(&format!("{line}a=sendonly\r\n"), Ok(&silent));
        check(&format!("{line}a=inactive\r\n"), Ok(&silent));
        check(&format!("{line}{}", line.replace(":0", ":1")), Ok(&format!("{hears}{}", hears.replace(":0", ":1"))));
    }

    #[test]
    fn what_nobody_listens_with_is_refused() {
        check("m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n", Err(OfferError::NotAudio));
        check("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n", Err(OfferError::NotAudio));
        check("", Err(OfferError::Lines(0)));
        check(&"m=audio 9 UDP/TLS/RTP/SAVPF 8\r\na=mid:0\r\n".repeat(9), Err(OfferError::Lines(9)));
        check("m=audio 9 UDP/TLS/RTP/SAVPF 8\r\n", Err(OfferError::NotWebRtc));
        assert_eq!(Offer::read(&"x".repeat(MOST_BYTES + 1)), Err(OfferError::TooLong));
    }

    #[test]
    fn an_answer_that_would_hear_is_known() {
        assert!(would_hear("m=audio\r\na=sendrecv\r\n") && would_hear("a=recvonly"));
        assert!(!would_hear("m=audio\r\na=sendonly\r\na=inactive\r\n"));
    }
}
