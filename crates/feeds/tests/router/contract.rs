//! What whoever sends has to know: their token, the forms, and where the contract is to be read.

use axum::http::{Request, header};
use serde_json::json;

use crate::door::{Door, logged, token};

#[tokio::test]
async fn a_token_is_good_for_its_own_feed_alone() {
    let door = Door::new();
    let body = || logged("1", "x").to_string();
    let no_token = Request::post("/api/v1/feeds/cad/messages").header(header::CONTENT_TYPE, "application/json");
    let answer = door.send(no_token.body(body().into()).expect("a request")).await;
    assert_eq!(answer.status, 401);
    insta::assert_json_snapshot!(answer.body, @r#"
    {
      "detail": "Nothing was taken. Send the feed's own token as Authorization: Bearer.",
      "status": 401,
      "title": "No valid token",
      "type": "/api/v1/problems/no-token"
    }
    "#);
    assert_eq!(door.post(9, "cad/messages", "application/json", body()).await.status, 401);
    // Another feed, another force, a feed that does not exist, a token for something else: one answer for all.
    let mut answers = Vec::new();
    for (number, path) in [
        (2, "cad/messages"),
        (3, "cad/messages"),
        (1, "nowhere/messages"),
        (1, "%ff/messages"),
        (4, "cad/messages"),
        (3, "cad/eido"),
    ] {
        let answer = door.post(number, path, "application/json", body()).await;
        assert_eq!(answer.status, 403, "{path}");
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert!(["cad", "telephony", "south-cad"].iter().all(|feed| door.memory.taken(feed).is_empty()));
}

#[tokio::test]
async fn forms_that_cannot_be_read_are_415_and_other_methods_405() {
    let door = Door::new();
    for kind in ["text/plain", "", "application/xml", "application/json; charset=latin1"] {
        assert_eq!(door.post(1, "cad/messages", kind, "{}").await.status, 415, "{kind}");
    }
    let zipped = Request::post("/api/v1/feeds/cad/messages")
        .header(header::AUTHORIZATION, format!("Bearer {}", token(1).reveal()))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_ENCODING, "gzip");
    assert_eq!(door.send(zipped.body("{}".into()).expect("a request")).await.status, 415);
    assert_eq!(door.post(1, "cad/eido", "application/x-ndjson", "{}").await.status, 415);
    let answer = door.get(1, "feeds/cad/messages").await;
    assert_eq!((answer.status, answer.kind.as_str()), (405, "application/problem+json"));
}

#[tokio::test]
async fn the_contract_is_published() {
    let door = Door::new();
    let schema = door.get(9, "schema.json").await.body;
    let checks = jsonschema::validator_for(&schema).expect("a valid schema");
    assert!(checks.is_valid(&logged("1", "x")) && !checks.is_valid(&json!({"id": "1"})));
    let openapi = door.get(9, "openapi.json").await.body;
    for path in ["messages", "eido", "rejects", "rejects/{id}/resubmit"] {
        let path = format!("/api/v1/feeds/{{feed}}/{path}");
        assert!(openapi["paths"][&path].is_object(), "{path}");
    }
    let page = door.get(9, "problems/conflict").await;
    assert_eq!(page.status, 200);
    assert!(page.body.as_str().expect("text").contains("409"));
}
