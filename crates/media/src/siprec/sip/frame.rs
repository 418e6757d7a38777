//! Messages out of a stream of bytes (RFC 3261, section 18.3).

/// A head, and a body: a SIPREC message has two or three kilobytes.
const MOST_BYTES: usize = 64 * 1024;

/// What has come on one connection and is no whole message yet.
#[derive(Default)]
pub(in crate::siprec) struct Frames {
    waiting: Vec<u8>,
}

/// More came than any message has: where the next one begins can no longer be known.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::siprec) struct TooLong;

impl Frames {
    /// Takes what came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// The next whole message.
    pub fn next(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        // Line ends between messages keep a connection alive (RFC 5626, section 3.5.1).
        let blank = self.waiting.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.waiting.drain(..blank);
        let Some(head) = head_end(&self.waiting) else {
            return if self.waiting.len() > MOST_BYTES { Err(TooLong) } else { Ok(None) };
        };
        let length = head.checked_add(content_length(&self.waiting[..head])).ok_or(TooLong)?;
        if length > MOST_BYTES {
            return Err(TooLong);
        }
        if self.waiting.len() < length {
            return Ok(None);
        }
        Ok(Some(self.waiting.drain(..length).collect()))
    }

    /// Whether a message has begun.
    pub fn is_within(&self) -> bool {
        !self.waiting.is_empty()
    }
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    let crlf = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    let lf = bytes.windows(2).position(|two| two == b"\n\n").map(|at| at + 2);
    match (crlf, lf) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head);
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim();
        let is_length = name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("l");
        is_length.then(|| value.trim().parse().ok()).flatten()
    });
    length.unwrap_or(0)
}
