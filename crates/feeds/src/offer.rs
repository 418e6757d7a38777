//! From bytes to a message that may be taken live, or to its faults.

use alongside_desk::message::{Body, Fault, Read, read, read_value};
use alongside_desk::time::{Period, Timestamp};
use axum::body::Bytes;
use serde_json::Value;

use crate::intake::{ContentDigest, Offered};

/// Largest message, in bytes (FEED.md "Delivery").
pub const LARGEST_MESSAGE: usize = 1 << 20;

/// How far ahead of receipt a live message may say that it happened (FEED.md "Three times").
pub const FURTHEST_AHEAD: Period = Period::minutes(5);

/// Reads one live message.
pub fn offer(raw: Bytes, received: Timestamp) -> Offered {
    let size = raw.len();
    if size > LARGEST_MESSAGE {
        let content = ContentDigest::of_bytes(&raw);
        return Offered { raw: Bytes::new(), size, content, reading: Err(vec![fault("", "is larger than 1 MiB")]) };
    }
    match serde_json::from_slice::<Value>(&raw) {
        Ok(value) => {
            let content = ContentDigest::of_value(&value);
            Offered { raw, size, content, reading: read_value(&value).and_then(|r| live(r, received)) }
        }
        Err(_) => {
            let reading = read(&raw);
            Offered { size, content: ContentDigest::of_bytes(&raw), raw, reading }
        }
    }
}

/// Something that came and is no message at all.
pub fn faulty(raw: Bytes, faults: Vec<Fault>) -> Offered {
    let (size, content) = (raw.len(), ContentDigest::of_bytes(&raw));
    let raw = if size > LARGEST_MESSAGE { Bytes::new() } else { raw };
    Offered { raw, size, content, reading: Err(faults) }
}

/// What holds for a live message besides its form.
///
/// # Errors
/// The faults of its time and type.
pub fn live(read: Read, received: Timestamp) -> Result<Read, Vec<Fault>> {
    let mut faults = Vec::new();
    if read.message.at < Timestamp::EARLIEST {
        faults.push(fault("/at", "lies before 1990"));
    }
    if read.message.at > received.plus(FURTHEST_AHEAD) {
        faults.push(fault("/at", "lies more than 5 minutes ahead of receipt"));
    }
    if matches!(read.message.body, Body::Act { .. }) {
        // Only a signed-in person acts in the desk; in files these lines are read by `replay`.
        faults.push(fault("/type", "is an act of a person in the desk, which no feed can send"));
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

pub(crate) fn fault(pointer: &str, what: &str) -> Fault {
    Fault { pointer: pointer.to_owned(), what: what.to_owned() }
}
