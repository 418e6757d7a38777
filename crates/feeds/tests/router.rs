//! The feed's routes, without a socket: every documented answer.

mod desk_side;

use std::sync::Arc;

use alongside_desk::time::Timestamp;
use alongside_feeds::eido::EidoMap;
use alongside_feeds::http::{Feeds, router};
use alongside_feeds::intake::{Busy, FeedId};
use alongside_feeds::token::{Grant, Scope, Token, Tokens};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use desk_side::Memory;
use serde_json::{Value, json};
use tower::ServiceExt;

/// What was answered: status, the headers that matter, the body.
#[derive(Debug)]
struct Answer {
    status: u16,
    kind: String,
    retry_after: Option<String>,
    body: Value,
}

struct Door {
    router: Router,
    memory: Arc<Memory>,
}

const NOW: &str = "2026-04-16T14:00:00+01:00";

fn token(number: u8) -> Token {
    Token::from_random([number; 32])
}

impl Door {
    fn new() -> Self {
        let tokens = Tokens::default();
        let grants = [(1, "cad", "north", Scope::Send), (2, "telephony", "north", Scope::Send), (3, "south-cad", "south", Scope::Send), (4, "cad", "north", Scope::Administer)];
        for (number, feed, force, scope) in grants {
            let feed = FeedId::parse(feed).expect("a feed's name");
            tokens.grant(Grant { feed, force: force.into(), scope, sha256: token(number).sha256() }).expect("granted");
        }
        let memory = Arc::new(Memory::default());
        let now = Timestamp::parse(NOW).expect("an instant");
        let feeds = Feeds::new(memory.clone(), Arc::new(tokens), Arc::new(move || now), EidoMap::default());
        Self { router: router(feeds), memory }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let header = |name| response.headers().get(name).map(|h| h.to_str().expect("text").to_owned());
        let (kind, retry_after) = (header(header::CONTENT_TYPE).unwrap_or_default(), header(header::RETRY_AFTER));
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
        Answer { status, kind, retry_after, body }
    }

    async fn post(&self, number: u8, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        let bearer = format!("Bearer {}", token(number).reveal());
        let request = Request::post(format!("/api/v1/feeds/{path}"));
        let request = request.header(header::AUTHORIZATION, bearer).header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.into()).expect("a request")).await
    }

    async fn json(&self, body: impl ToString) -> Answer {
        self.post(1, "cad/messages", "application/json", body.to_string()).await
    }

    async fn get(&self, number: u8, path: &str) -> Answer {
        let bearer = format!("Bearer {}", token(number).reveal());
        let request = Request::get(format!("/api/v1/{path}")).header(header::AUTHORIZATION, bearer);
        self.send(request.body(Body::empty()).expect("a request")).await
    }
}

fn logged(id: &str, text: &str) -> Value {
    json!({"id": id, "at": "2026-04-16T13:59:00+01:00", "type": "incident.logged", "incident": "I-1", "text": text})
}

#[tokio::test]
async fn a_message_is_taken_once_and_a_retry_changes_nothing() {
    let door = Door::new();
    let first = door.json(logged("1", "he is back")).await;
    assert_eq!((first.status, first.body), (202, json!({"receipt": "taken", "ignored": 0})));
    // The same content in another order of keys, with other space, is the same message.
    let again = door.json(r#"{"text":"he is back",  "type":"incident.logged","incident":"I-1","at":"2026-04-16T13:59:00+01:00","id":"1"}"#).await;
    assert_eq!((again.status, again.body), (202, json!({"receipt": "duplicate", "ignored": 0})));
    assert_eq!(door.memory.taken("cad"), ["1"]);
}
