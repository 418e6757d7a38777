//! From a request's body to messages, within bounds.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Kind, Problem};

/// Most bytes in one request (FEED.md "Delivery").
pub const LARGEST_REQUEST: usize = 64 << 20;

/// Most messages in one request (FEED.md "Delivery").
pub const MOST_MESSAGES: usize = 10_000;

/// How long a sender may pause in the middle of a body. A stalled sender holds room that others need.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The forms in which messages come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One object, or an array of objects.
    Json,
    /// One object a line.
    Lines,
}

/// The form that the request's headers name.
///
/// # Errors
/// [`Kind::MediaType`].
pub fn form_of(headers: &HeaderMap) -> Result<Form, Problem> {
    let encoded = headers.get(header::CONTENT_ENCODING).is_some_and(|e| e.as_bytes() != b"identity");
    let named = headers.get(header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let mut parts = named.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let utf8 = parts.filter_map(|p| p.split_once('=')).all(|(name, value)| {
        !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    let form = match kind.as_str() {
        "application/json" => Some(Form::Json),
        // EIDO documents are named by their own type: application/EmergencyCallData.eido+json.
        kind if kind.starts_with("application/") && kind.ends_with("+json") => Some(Form::Json),
        "application/x-ndjson" => Some(Form::Lines),
        _ => None,
    };
    form.filter(|_| utf8 && !encoded).ok_or_else(|| Problem::new(Kind::MediaType))
}

/// A whole body, and the room that it holds until it is dropped.
pub struct Collected {
    /// The body.
    pub bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

/// Reads a body to its end, at most `largest` bytes.
///
/// # Errors
/// [`Kind::TooLarge`], [`Kind::Slow`], [`Kind::Queue`] when all bodies together have no room left, [`Kind::Split`] when the connection broke.
pub async fn collect(
    headers: &HeaderMap,
    body: Body,
    largest: usize,
    room: &Arc<Semaphore>,
) -> Result<Collected, Problem> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|h| h.to_str().ok()).and_then(|h| h.parse::<usize>().ok());
    if announced.is_some_and(|n| n > largest) {
        return Err(Problem::new(Kind::TooLarge));
    }
    let (mut bytes, mut held, mut held_kib) = (Vec::new(), None::<OwnedSemaphorePermit>, 0_usize);
    let mut stream = body.into_data_stream();
    loop {
        let next = tokio::time::timeout(LONGEST_PAUSE, stream.next()).await.map_err(|_| Problem::new(Kind::Slow))?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|_| Problem::new(Kind::Split))?;
        if bytes.len() + chunk.len() > largest {
            return Err(Problem::new(Kind::TooLarge));
        }
        // Room is taken as the body grows, 64 KiB at a time.
        let want_kib = (bytes.len() + chunk.len()).div_ceil(64 * 1024) * 64;
        if want_kib > held_kib {
            let more = u32::try_from(want_kib - held_kib).unwrap_or(u32::MAX);
            let more = Arc::clone(room).try_acquire_many_owned(more).map_err(|_| Problem::again(Kind::Queue, 1))?;
            held_kib = want_kib;
            match &mut held {
                Some(held) => held.merge(more),
                None => held = Some(more),
            }
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Collected { bytes: bytes.into(), _room: held })
}

/// A body as messages.
#[derive(Debug, PartialEq, Eq)]
pub enum Split {
    /// One message, answered by itself.
    One(Bytes),
    /// A batch, answered with a receipt per index.
    Many(Vec<Bytes>),
}

/// Splits a body into messages without reading them.
///
/// # Errors
/// [`Kind::Split`] or [`Kind::TooMany`].
pub fn split(form: Form, body: &Bytes) -> Result<Split, Kind> {
    let body = if body.starts_with(b"\xef\xbb\xbf") { body.slice(3..) } else { body.clone() };
    match form {
        Form::Lines => {
            let mut messages = Vec::new();
            for line in body.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
                if messages.len() == MOST_MESSAGES {
                    return Err(Kind::TooMany);
                }
                messages.push(body.slice_ref(line));
            }
            Ok(Split::Many(messages))
        }
        Form::Json => {
            let trimmed = body.trim_ascii();
            match trimmed.first() {
                None => Err(Kind::Split),
                Some(b'[') => match serde_json::from_slice::<Bounded>(trimmed) {
                    Ok(Bounded(list)) => {
                        Ok(Split::Many(list.iter().map(|m| body.slice_ref(m.get().as_bytes())).collect()))
                    }
                    // Raw values have every shape, so the only fault of shape is our own bound.
                    Err(e) if e.classify() == serde_json::error::Category::Data => Err(Kind::TooMany),
                    Err(_) => Err(Kind::Split),
                },
                Some(_) => Ok(Split::One(body.slice_ref(trimmed))),
            }
        }
    }
}

/// An array of at most [`MOST_MESSAGES`] values, each left as it stands in the body.
struct Bounded<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Bounded<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an array of messages")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(each) = seq.next_element::<&RawValue>()? {
                    if list.len() == MOST_MESSAGES {
                        return Err(serde::de::Error::custom("too many messages"));
                    }
                    list.push(each);
                }
                Ok(list)
            }
        }
        from.deserialize_seq(Walk).map(Bounded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: Form, body: &str, expect: Result<&[&str], Kind>) {
        let split = split(form, &Bytes::copy_from_slice(body.as_bytes()));
        let split = split.map(|s| match s {
            Split::One(one) => vec![one],
            Split::Many(many) => many,
        });
        let expect = expect.map(|list| list.iter().map(|m| Bytes::copy_from_slice(m.as_bytes())).collect::<Vec<_>>());
        assert_eq!(split, expect, "{body}");
    }

    #[test]
    fn bodies_are_split_without_being_read() {
        check(Form::Json, " {\"a\": 1}\n", Ok(&["{\"a\": 1}"]));
        check(Form::Json, "{\"a\": ", Ok(&["{\"a\":"]));
        check(Form::Json, "[1, {\"a\" : [2]}, \"x\"]", Ok(&["1", "{\"a\" : [2]}", "\"x\""]));
        check(Form::Json, "[]", Ok(&[]));
        check(Form::Json, "[1, 2", Err(Kind::Split));
        check(Form::Json, "[1] [2]", Err(Kind::Split));
        check(Form::Json, "  ", Err(Kind::Split));
        check(Form::Lines, "{}\r\n\n{\"a\"\n", Ok(&["{}", "{\"a\""]));
        check(Form::Lines, "\u{feff}{}", Ok(&["{}"]));
    }

    #[test]
    fn ten_thousand_messages_and_no_more() {
        let array = |n: usize| Bytes::from(format!("[{}]", vec!["1"; n].join(",")));
        assert!(
            matches!(split(Form::Json, &array(MOST_MESSAGES)), Ok(Split::Many(list)) if list.len() == MOST_MESSAGES)
        );
        assert_eq!(split(Form::Json, &array(MOST_MESSAGES + 1)), Err(Kind::TooMany));
        assert_eq!(split(Form::Lines, &Bytes::from("1\n".repeat(MOST_MESSAGES + 1))), Err(Kind::TooMany));
    }

    #[tokio::test]
    async fn a_body_without_room_is_told_to_come_back_and_gives_back_what_it_held() {
        let room = Arc::new(Semaphore::new(128));
        let body = |kib: usize| Body::from(vec![b' '; kib * 1024]);
        let none = HeaderMap::new();
        let first = collect(&none, body(60), LARGEST_REQUEST, &room).await.expect("room for it");
        let refused = collect(&none, body(70), LARGEST_REQUEST, &room).await.err();
        assert_eq!(refused, Some(Problem::again(Kind::Queue, 1)));
        drop(first);
        assert!(collect(&none, body(70), LARGEST_REQUEST, &room).await.is_ok());
        assert_eq!(room.available_permits(), 128);
    }
}
