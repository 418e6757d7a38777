//! The feed over HTTP (FEED.md "Delivery").

mod body;
mod messages;
mod openapi;
mod problem;
mod rejects;

use std::sync::{Arc, Mutex};

use alongside_desk::time::Timestamp;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use tokio::sync::Semaphore;

pub use body::{Form, LARGEST_REQUEST, MOST_MESSAGES, Split, split};
pub use problem::{Kind, Problem};

use crate::eido::{EidoMap, Seen};
use crate::intake::{FeedId, Intake};
use crate::token::{Denied, Scope, Tokens};

/// Where the time comes from. The binary hands in the system's clock, a demo a scaled one, a test its own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How much of all request bodies may be in memory at once, in KiB.
const ROOM_KIB: usize = 256 * 1024;

/// What the routes share. Cloning is cheap.
pub struct Feeds<I>(Arc<Inner<I>>);

struct Inner<I> {
    intake: Arc<I>,
    tokens: Arc<Tokens>,
    clock: Clock,
    eido: EidoMap,
    seen: Mutex<Seen>,
    room: Arc<Semaphore>,
}

impl<I> Clone for Feeds<I> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<I: Intake> Feeds<I> {
    /// The door in front of an intake.
    pub fn new(intake: Arc<I>, tokens: Arc<Tokens>, clock: Clock, eido: EidoMap) -> Self {
        let room = Arc::new(Semaphore::new(ROOM_KIB));
        Self(Arc::new(Inner { intake, tokens, clock, eido, seen: Mutex::new(Seen::default()), room }))
    }

    /// The tokens, to grant and revoke.
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// The feed of the path, if the request's token allows it.
    fn admit(
        &self,
        headers: &HeaderMap,
        feed: Result<Path<String>, PathRejection>,
        scope: Scope,
    ) -> Result<FeedId, Problem> {
        let feed = feed.map(|Path(feed)| feed).unwrap_or_default();
        self.admit_to(headers, &feed, scope)
    }

    fn admit_to(&self, headers: &HeaderMap, feed: &str, scope: Scope) -> Result<FeedId, Problem> {
        let authorization = headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok());
        self.0.tokens.allow(authorization, feed, scope).map_err(|denied| match denied {
            Denied::NoToken => Problem::new(Kind::NoToken),
            Denied::NotHere => Problem::new(Kind::NotAllowed),
        })
    }
}

/// Every route of the feed, from `/api/v1` on. Mounted beside the pages; it sets no fallback of its own.
pub fn router<I: Intake>(feeds: Feeds<I>) -> Router {
    Router::new()
        .route("/api/v1/feeds/{feed}/messages", post(messages::send::<I>))
        .route("/api/v1/feeds/{feed}/eido", post(messages::send_eido::<I>))
        .route("/api/v1/feeds/{feed}/rejects", get(rejects::get_list::<I>))
        .route("/api/v1/feeds/{feed}/rejects/{id}/resubmit", post(rejects::post_resubmit::<I>))
        .route("/api/v1/schema.json", get(openapi::schema))
        .route("/api/v1/openapi.json", get(openapi::document))
        .route("/api/v1/problems/{kind}", get(problem::explain))
        .method_not_allowed_fallback(|| async { Problem::new(Kind::Method) })
        // The bound is counted while reading, in `body`.
        .layer(DefaultBodyLimit::disable())
        .with_state(feeds)
}
