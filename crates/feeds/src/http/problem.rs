//! Problem documents (RFC 9457). They name places and never repeat content.

use alongside_desk::message::Fault;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::intake::Busy;

/// Every kind of problem, one row of [`KINDS`] each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Faults,
    Split,
    Conflict,
    TooLarge,
    TooMany,
    MediaType,
    NoToken,
    NotAllowed,
    NotFound,
    Method,
    Slow,
    Queue,
    Full,
    NotReady,
}

/// Kind, status, last part of its `type`, title, what to do now.
#[rustfmt::skip]
const KINDS: &[(Kind, u16, &str, &str, &str)] = &[
    (Kind::Faults, 400, "faults", "The message has faults", "It was not taken and is kept in the rejects list. Correct what the errors name and send it again."),
    (Kind::Split, 400, "not-messages", "The body cannot be split into messages", "Nothing was taken. Send one JSON object, an array of them, or one a line as application/x-ndjson."),
    (Kind::Conflict, 409, "conflict", "This id was taken with other content", "What was taken stands. This message is kept in the rejects list. Send a correction as incident.corrected, with an id of its own."),
    (Kind::TooLarge, 413, "too-large", "Too large", "It was not taken. A message may have 1 MiB, a request 64 MiB."),
    (Kind::TooMany, 413, "too-many", "Too many messages in one request", "Nothing was taken. Send at most 10,000 at a time."),
    (Kind::MediaType, 415, "media-type", "Not a form that can be read here", "Nothing was taken. Send application/json or application/x-ndjson, in UTF-8, not compressed."),
    (Kind::NoToken, 401, "no-token", "No valid token", "Nothing was taken. Send the feed's own token as Authorization: Bearer."),
    (Kind::NotAllowed, 403, "not-allowed", "The token does not allow this here", "Nothing was taken. A token belongs to one feed of one force."),
    (Kind::NotFound, 404, "not-found", "There is no such reject in this feed", "It may have been resubmitted already."),
    (Kind::Method, 405, "method", "This method is not allowed here", "See /api/v1/openapi.json."),
    (Kind::Slow, 408, "slow", "The request did not arrive in time", "Nothing was taken. Send it again."),
    (Kind::Queue, 429, "busy", "Too much is waiting to be written", "Nothing was taken. Send it again after Retry-After."),
    (Kind::Full, 503, "cannot-write", "Nothing can be written now", "Nothing was taken. Send it again after Retry-After."),
    (Kind::NotReady, 503, "not-ready", "Not ready", "Nothing was taken. Send it again after Retry-After."),
];

impl Kind {
    const fn row(self) -> &'static (Self, u16, &'static str, &'static str, &'static str) {
        // The table is in the order of the variants, which a test holds.
        &KINDS[self as usize]
    }

    /// Its HTTP status.
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// Its `type`, a reference relative to the server.
    pub fn uri(self) -> String {
        format!("/api/v1/problems/{}", self.row().2)
    }
}

/// One problem, as it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind.
    pub kind: Kind,
    /// What is wrong, each with its place.
    pub faults: Vec<Fault>,
    /// When to try again, in whole seconds.
    pub retry_after_s: Option<u32>,
}

impl Problem {
    /// A problem without particulars.
    pub fn new(kind: Kind) -> Self {
        Self { kind, faults: Vec::new(), retry_after_s: None }
    }

    /// A problem with its faults.
    pub fn with(kind: Kind, faults: Vec<Fault>) -> Self {
        Self { kind, faults, retry_after_s: None }
    }

    /// A problem that passes.
    pub fn again(kind: Kind, retry_after_s: u32) -> Self {
        Self { kind, faults: Vec::new(), retry_after_s: Some(retry_after_s.max(1)) }
    }
}

impl From<Busy> for Problem {
    fn from(busy: Busy) -> Self {
        let kind = match busy {
            Busy::Queue { .. } => Kind::Queue,
            Busy::Full { .. } => Kind::Full,
            Busy::NotReady { .. } => Kind::NotReady,
        };
        Self::again(kind, busy.retry_after_s())
    }
}

/// Faults as `errors`, each with its JSON pointer.
pub(super) fn errors(faults: &[Fault]) -> Value {
    faults.iter().map(|f| json!({ "pointer": f.pointer, "detail": f.what })).collect()
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (_, status, _, title, now) = *self.kind.row();
        let mut body = json!({ "type": self.kind.uri(), "title": title, "status": status, "detail": now });
        if !self.faults.is_empty() {
            body["errors"] = errors(&self.faults);
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.kind == Kind::NoToken {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The page behind a `type`.
pub(super) async fn explain(Path(name): Path<String>) -> Response {
    match KINDS.iter().find(|row| row.2 == name) {
        Some((_, status, _, title, now)) => format!("{title} ({status})\n\n{now}\n").into_response(),
        None => Problem::new(Kind::NotFound).into_response(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_in_the_order_of_the_kinds() {
        for (place, row) in super::KINDS.iter().enumerate() {
            assert_eq!(row.0 as usize, place, "{}", row.2);
        }
    }
}
