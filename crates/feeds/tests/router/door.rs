//! The routes with a desk in memory behind them.

use std::sync::Arc;

use alongside_desk::time::Timestamp;
use alongside_feeds::eido::EidoMap;
use alongside_feeds::http::{Feeds, router};
use alongside_feeds::intake::FeedId;
use alongside_feeds::token::{Grant, Scope, Token, Tokens};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::desk_side::Memory;

/// What was answered: status, the headers that matter, the body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub retry_after: Option<String>,
    pub body: Value,
}

/// The routes, and what came through them.
pub struct Door {
    router: Router,
    pub memory: Arc<Memory>,
}

/// The time at which everything comes.
pub const NOW: &str = "2026-04-16T14:00:00+01:00";

pub fn token(number: u8) -> Token {
    Token::from_random([number; 32])
}

impl Door {
    pub fn new() -> Self {
        let tokens = Tokens::default();
        let grants = [
            (1, "cad", "north", Scope::Send),
            (2, "telephony", "north", Scope::Send),
            (3, "south-cad", "south", Scope::Send),
            (4, "cad", "north", Scope::Administer),
        ];
        for (number, feed, force, scope) in grants {
            let feed = FeedId::parse(feed).expect("a feed's name");
            tokens.grant(Grant { feed, force: force.into(), scope, sha256: token(number).sha256() }).expect("granted");
        }
        let memory = Arc::new(Memory::default());
        let now = Timestamp::parse(NOW).expect("an instant");
        let feeds = Feeds::new(memory.clone(), Arc::new(tokens), Arc::new(move || now), EidoMap::default());
        Self { router: router(feeds), memory }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let header = |name| response.headers().get(name).map(|h| h.to_str().expect("text").to_owned());
        let (kind, retry_after) = (header(header::CONTENT_TYPE).unwrap_or_default(), header(header::RETRY_AFTER));
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let body =
            serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
        Answer { status, kind, retry_after, body }
    }

    pub async fn post(&self, number: u8, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        let bearer = format!("Bearer {}", token(number).reveal());
        let request = Request::post(format!("/api/v1/feeds/{path}"));
        let request = request.header(header::AUTHORIZATION, bearer).header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.into()).expect("a request")).await
    }

    pub async fn json(&self, body: impl ToString) -> Answer {
        self.post(1, "cad/messages", "application/json", body.to_string()).await
    }

    pub async fn get(&self, number: u8, path: &str) -> Answer {
        let bearer = format!("Bearer {}", token(number).reveal());
        let request = Request::get(format!("/api/v1/{path}")).header(header::AUTHORIZATION, bearer);
        self.send(request.body(Body::empty()).expect("a request")).await
    }
}

pub fn logged(id: &str, text: &str) -> Value {
    json!({"id": id, "at": "2026-04-16T13:59:00+01:00", "type": "incident.logged", "incident": "I-1", "text": text})
}
