//! The door before a real node: what it answers is in the journal.

use std::sync::Arc;

use alongside_desk::time::Timestamp;
use alongside_desk::watch::POLICY;
use alongside_desk::watch::lexicon::LEXICON;
use alongside_feeds::eido::EidoMap;
use alongside_feeds::http::{Feeds, router};
use alongside_feeds::intake::FeedId;
use alongside_feeds::token::{Grant, Scope, Token, Tokens};
use alongside_node::{ManualClock, Node, Options};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use tower::ServiceExt;

struct Room {
    folder: tempfile::TempDir,
    node: Node,
    router: Router,
}

fn open(folder: tempfile::TempDir) -> Room {
    let now = Timestamp::parse("2026-04-16T14:00:00+01:00").expect("an instant");
    let options = Options { clock: Arc::new(ManualClock::at(now)), ..Options::new(POLICY, LEXICON) };
    let node = Node::open(folder.path(), options, &mut |_| ()).expect("a node");
    let tokens = Tokens::default();
    for (number, scope) in [(1, Scope::Send), (2, Scope::Administer)] {
        let feed = FeedId::parse("cad").expect("a feed's name");
        let sha256 = Token::from_random([number; 32]).sha256();
        tokens.grant(Grant { feed, force: "north".into(), scope, sha256 }).expect("granted");
    }
    let clock = node.clock();
    let feeds = Feeds::new(Arc::new(node.clone()), Arc::new(tokens), Arc::new(move || clock.now()), EidoMap::default());
    Room { folder, node, router: router(feeds) }
}

impl Room {
    async fn ask(&self, number: u8, method: Method, path: &str, body: impl Into<Body>) -> (u16, Value) {
        let bearer = format!("Bearer {}", Token::from_random([number; 32]).reveal());
        let request = Request::builder().method(method).uri(format!("/api/v1/feeds/cad/{path}"));
        let request = request.header(header::AUTHORIZATION, bearer).header(header::CONTENT_TYPE, "application/json");
        let response =
            self.router.clone().oneshot(request.body(body.into()).expect("a request")).await.expect("an answer");
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    async fn send(&self, body: &Value) -> (u16, Value) {
        self.ask(1, Method::POST, "messages", body.to_string()).await
    }
}

fn opened(code: &str) -> Value {
    json!({"id": "a1", "at": "2026-04-16T13:59:58+01:00", "type": "incident.opened", "incident": "L1", "by": "op1",
           "channel": "999", "grade": "immediate", "code": code, "qualifiers": ["DA"]})
}

#[tokio::test]
async fn what_the_door_answers_is_in_the_journal_and_outlives_the_process() {
    let room = open(tempfile::tempdir().expect("a folder"));
    assert_eq!(room.send(&opened("ASSAULT")).await.0, 202);
    let seq = room.node.status().seq;
    assert_eq!(room.send(&opened("ASSAULT")).await.0, 202, "a retransmission is acknowledged again");
    assert_eq!(room.node.status().seq, seq, "and changes nothing");
    assert_eq!(room.send(&opened("THEFT")).await.0, 409);
    let faulty = json!({"id": "a2", "at": "2026-04-16T13:59:59+01:00", "type": "incident.logged", "incident": "L1"});
    assert_eq!(room.send(&faulty).await.0, 400);
    let (status, list) = room.ask(2, Method::GET, "rejects", "").await;
    assert_eq!((status, list["rejects"].as_array().map(Vec::len)), (200, Some(2)));

    let Room { folder, node, router } = room;
    drop((router, node));
    let room = open(folder);
    let (_, list) = room.ask(2, Method::GET, "rejects", "").await;
    let reject = list["rejects"][1]["id"].as_u64().expect("a number");
    let mut better = faulty;
    better["text"] = "He is at the door".into();
    let path = format!("rejects/{reject}/resubmit");
    assert_eq!(room.ask(2, Method::POST, &path, better.to_string()).await.0, 202);
    assert_eq!(room.ask(2, Method::POST, &path, better.to_string()).await.0, 404, "it has left the list");
    assert_eq!(room.send(&better).await.1["receipts"], Value::Null, "one message has no list of receipts");
    assert_eq!(room.node.status().rejects, 1);
    assert!(room.node.read(|desk| desk.state().find("L1").is_some()));
}

#[tokio::test]
async fn a_full_disk_is_a_503_with_a_time_to_come_back() {
    let room = open(tempfile::tempdir().expect("a folder"));
    let node = room.node.clone();
    tokio::task::spawn_blocking(move || node.cap(Some(1), None)).await.expect("run").expect("capped");
    let mut refused = None;
    for n in 0..500 {
        let text = "x".repeat(4000);
        let message = json!({"id": format!("f{n}"), "at": "2026-04-16T13:59:59+01:00", "type": "incident.logged",
                             "incident": "L1", "by": "op1", "text": text});
        let (status, _) = room.send(&message).await;
        if status != 202 {
            refused = Some((status, message));
            break;
        }
    }
    let (status, message) = refused.expect("the disk fills");
    assert_eq!(status, 503);
    let node = room.node.clone();
    tokio::task::spawn_blocking(move || node.cap(None, None)).await.expect("run").expect("lifted");
    assert_eq!(room.send(&message).await.0, 202, "and the very message is taken when there is space");
}
