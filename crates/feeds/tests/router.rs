//! The feed's routes, without a socket: every documented answer.

mod desk_side;

use std::sync::Arc;

use alongside_desk::time::Timestamp;
use alongside_feeds::eido::EidoMap;
use alongside_feeds::http::{Feeds, router};
use alongside_feeds::intake::{Busy, FeedId, RejectedFor};
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

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let header = |name| response.headers().get(name).map(|h| h.to_str().expect("text").to_owned());
        let (kind, retry_after) = (header(header::CONTENT_TYPE).unwrap_or_default(), header(header::RETRY_AFTER));
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let body =
            serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
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

#[tokio::test]
async fn the_same_id_with_other_content_is_a_conflict_and_is_kept() {
    let door = Door::new();
    door.json(logged("1", "he is back")).await;
    let answer = door.json(logged("1", "he is gone")).await;
    insta::assert_debug_snapshot!((answer.status, answer.kind), @r#"
    (
        409,
        "application/problem+json",
    )
    "#);
    insta::assert_json_snapshot!(answer.body, @r#"
    {
      "detail": "What was taken stands. This message is kept in the rejects list. Send a correction as incident.corrected, with an id of its own.",
      "status": 409,
      "title": "This id was taken with other content",
      "type": "/api/v1/problems/conflict"
    }
    "#);
    assert_eq!(door.memory.messages("cad")[0]["text"], "he is back");
    assert_eq!(door.memory.rejected("cad")[0].why, RejectedFor::Conflict);
}

#[tokio::test]
async fn every_fault_is_named_with_its_place_and_nothing_of_the_content() {
    let door = Door::new();
    let secret = "+447700900123";
    let answer = door
        .json(json!({"id": "1", "at": secret, "type": "incident.person", "incident": "I-1", "role": secret, "person": {"phones": secret}}))
        .await;
    assert!(!answer.body.to_string().contains(secret));
    insta::assert_json_snapshot!(answer.body, @r#"
    {
      "detail": "It was not taken and is kept in the rejects list. Correct what the errors name and send it again.",
      "errors": [
        {
          "detail": "must be an RFC 3339 instant with an offset",
          "pointer": "/at"
        },
        {
          "detail": "must be one of: victim, suspect, caller, witness, child, other",
          "pointer": "/role"
        },
        {
          "detail": "must be a list of texts",
          "pointer": "/person/phones"
        }
      ],
      "status": 400,
      "title": "The message has faults",
      "type": "/api/v1/problems/faults"
    }
    "#);
    assert_eq!(door.memory.rejected("cad").len(), 1);
}

#[tokio::test]
async fn truncated_json_wrong_types_and_times_are_400_and_kept() {
    let door = Door::new();
    let message = |at: &str| json!({"id": "1", "at": at, "type": "feed.alive"}).to_string();
    let cases = [
        r#"{"id": "1", "at": "2026-04"#.to_owned(),
        "\"only text\"".to_owned(),
        r#"{"id": 7, "at": "2026-04-16T13:00:00Z", "type": "feed.alive"}"#.to_owned(),
        r#"{"id": "1", "at": "2026-04-16T13:00:00Z", "type": "incident.vanished"}"#.to_owned(),
        message("2026-04-16T14:05:01+01:00"),
        message("1970-01-01T00:00:00Z"),
        message("2026-04-16T13:00:00"),
        json!({"id": "1\u{0}", "at": NOW, "type": "feed.alive"}).to_string(),
        json!({"id": "1", "at": NOW, "type": "desk.disposed"}).to_string(),
        "{\"id\": \"\u{1}".to_owned(),
    ];
    let mut answers = Vec::new();
    for case in &cases {
        let answer = door.json(case).await;
        assert_eq!((answer.status, answer.kind.as_str()), (400, "application/problem+json"), "{case}");
        answers.push(answer.body["errors"].clone());
    }
    insta::assert_json_snapshot!(answers, @r#"
    [
      [
        {
          "detail": "ends before the JSON is complete (line 1, column 26)",
          "pointer": ""
        }
      ],
      [
        {
          "detail": "must be an object",
          "pointer": ""
        }
      ],
      [
        {
          "detail": "must be text",
          "pointer": "/id"
        }
      ],
      [
        {
          "detail": "is not a type of the contract",
          "pointer": "/type"
        }
      ],
      [
        {
          "detail": "lies more than 5 minutes ahead of receipt",
          "pointer": "/at"
        }
      ],
      [
        {
          "detail": "lies before 1990",
          "pointer": "/at"
        }
      ],
      [
        {
          "detail": "must be an RFC 3339 instant with an offset",
          "pointer": "/at"
        }
      ],
      [
        {
          "detail": "must have 1 to 200 characters, none of them a control character",
          "pointer": "/id"
        }
      ],
      [
        {
          "detail": "is an act of a person in the desk, which no feed can send",
          "pointer": "/type"
        }
      ],
      [
        {
          "detail": "is not JSON (line 1, column 9)",
          "pointer": ""
        }
      ]
    ]
    "#);
    assert_eq!(door.memory.rejected("cad").len(), cases.len());
    assert!(door.memory.taken("cad").is_empty());
    // Five minutes ahead is still within what clocks disagree by.
    assert_eq!(door.json(message("2026-04-16T14:05:00+01:00")).await.status, 202);
    assert_eq!(door.json(json!({"id": "2", "at": "1990-01-01T00:00:00Z", "type": "feed.alive"})).await.status, 202);
}

#[tokio::test]
async fn nul_and_bidi_in_a_text_are_kept_as_they_came() {
    let door = Door::new();
    let text = "nul \u{0} and \u{202e}bidi ਪੰਜਾਬੀ";
    assert_eq!(door.json(logged("1", text)).await.status, 202);
    assert_eq!(door.memory.messages("cad")[0]["text"], text);
}

#[tokio::test]
async fn a_message_over_1_mib_is_413_and_only_its_size_is_kept() {
    let door = Door::new();
    let answer = door.json(logged("1", &"x".repeat(2 << 20))).await;
    assert_eq!((answer.status, answer.body["type"].as_str()), (413, Some("/api/v1/problems/too-large")));
    let rejected = &door.memory.rejected("cad")[0];
    assert!(rejected.raw.is_empty() && rejected.size > 2 << 20);
    // In a batch it is that index alone: what came with it is not held up by it.
    let batch = json!([logged("2", "a"), logged("3", &"x".repeat(2 << 20)), logged("4", "b")]);
    let answer = door.json(batch).await;
    assert_eq!(answer.status, 202);
    insta::assert_json_snapshot!(answer.body, @r#"
    {
      "conflict": 0,
      "duplicate": 0,
      "receipts": [
        {
          "index": 0,
          "receipt": "taken"
        },
        {
          "errors": [
            {
              "detail": "is larger than 1 MiB",
              "pointer": ""
            }
          ],
          "index": 1,
          "receipt": "rejected",
          "status": 413
        },
        {
          "index": 2,
          "receipt": "taken"
        }
      ],
      "rejected": 1,
      "taken": 2
    }
    "#);
    assert_eq!(door.memory.taken("cad"), ["2", "4"]);
}

#[tokio::test]
async fn a_batch_half_bad_is_202_with_a_receipt_per_index() {
    let door = Door::new();
    door.json(logged("1", "first")).await;
    let lines = [
        logged("1", "first").to_string(),
        logged("1", "other").to_string(),
        logged("2", "new").to_string(),
        "{\"id\": \"3\", ".to_owned(),
        String::new(),
        json!({"id": "4", "at": NOW, "type": "unit.arrived", "unit": "U-1"}).to_string(),
        json!({"id": "5", "at": NOW, "type": "feed.alive", "sent": 5, "mood": "calm"}).to_string(),
    ];
    let answer = door.post(1, "cad/messages", "application/x-ndjson; charset=utf-8", lines.join("\r\n")).await;
    assert_eq!((answer.status, answer.kind.as_str()), (202, "application/json"));
    insta::assert_json_snapshot!(answer.body, @r#"
    {
      "conflict": 1,
      "duplicate": 1,
      "receipts": [
        {
          "index": 0,
          "receipt": "duplicate"
        },
        {
          "index": 1,
          "receipt": "conflict",
          "status": 409
        },
        {
          "index": 2,
          "receipt": "taken"
        },
        {
          "errors": [
            {
              "detail": "ends before the JSON is complete (line 1, column 11)",
              "pointer": ""
            }
          ],
          "index": 3,
          "receipt": "rejected",
          "status": 400
        },
        {
          "errors": [
            {
              "detail": "is missing",
              "pointer": "/incident"
            }
          ],
          "index": 4,
          "receipt": "rejected",
          "status": 400
        },
        {
          "ignored": 1,
          "index": 5,
          "receipt": "taken"
        }
      ],
      "rejected": 2,
      "taken": 2
    }
    "#);
    assert_eq!(door.memory.taken("cad"), ["1", "2", "5"]);
    // As an array, the same.
    let array = json!([logged("2", "new"), logged("6", "six"), 7]);
    let answer = door.json(array).await;
    assert_eq!(
        (answer.status, &answer.body["duplicate"], &answer.body["taken"], &answer.body["rejected"]),
        (202, &json!(1), &json!(1), &json!(1))
    );
}

#[tokio::test]
async fn a_body_that_cannot_be_split_is_400_and_nothing_of_it_is_taken() {
    let door = Door::new();
    let array = format!("[{}, {{\"id\": ", logged("1", "first"));
    let answer = door.json(&array).await;
    insta::assert_json_snapshot!(answer.body, @r#"
    {
      "detail": "Nothing was taken. Send one JSON object, an array of them, or one a line as application/x-ndjson.",
      "status": 400,
      "title": "The body cannot be split into messages",
      "type": "/api/v1/problems/not-messages"
    }
    "#);
    assert_eq!(door.memory.rejected("cad")[0].raw, array.as_bytes());
    assert_eq!(door.json("").await.status, 400);
    assert!(door.memory.taken("cad").is_empty());
}

#[tokio::test]
async fn ten_thousand_messages_or_64_mib_and_no_more() {
    let door = Door::new();
    let many = vec!["{}"; 10_001].join("\n");
    let answer = door.post(1, "cad/messages", "application/x-ndjson", many).await;
    assert_eq!((answer.status, answer.body["type"].as_str()), (413, Some("/api/v1/problems/too-many")));
    // Announced, and sent without being announced.
    let request = Request::post("/api/v1/feeds/cad/messages")
        .header(header::AUTHORIZATION, format!("Bearer {}", token(1).reveal()))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, (64_u64 << 20) + 1);
    assert_eq!(door.send(request.body(Body::empty()).expect("a request")).await.status, 413);
    let chunk = axum::body::Bytes::from(vec![b' '; 1 << 20]);
    let stream = futures_util::stream::iter((0..65).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
    assert_eq!(door.post(1, "cad/messages", "application/json", Body::from_stream(stream)).await.status, 413);
    assert!(door.memory.rejected("cad").is_empty());
}

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
async fn when_nothing_can_be_written_the_sender_is_told_when_to_try_again() {
    let door = Door::new();
    for (busy, status, kind) in [
        (Busy::Queue { retry_after_s: 2 }, 429, "/api/v1/problems/busy"),
        (Busy::Full { retry_after_s: 30 }, 503, "/api/v1/problems/cannot-write"),
        (Busy::NotReady { retry_after_s: 5 }, 503, "/api/v1/problems/not-ready"),
    ] {
        door.memory.refuse(Some(busy));
        let lines = door.post(1, "cad/messages", "application/x-ndjson", logged("1", "x").to_string()).await;
        for answer in [door.json(logged("1", "x")).await, lines] {
            assert_eq!((answer.status, answer.body["type"].as_str()), (status, Some(kind)));
            assert_eq!(answer.retry_after, Some(busy.retry_after_s().to_string()));
        }
    }
    door.memory.refuse(None);
    assert!(door.memory.taken("cad").is_empty());
    assert_eq!(door.json(logged("1", "x")).await.body["receipt"], "taken");
}

#[tokio::test]
async fn an_administrator_sees_rejects_without_content_and_resubmits_them() {
    let door = Door::new();
    let bad = json!({"id": "1", "at": NOW, "type": "incident.graded", "incident": "I-1", "grade": "grade one"});
    for _ in 0..2 {
        door.json(&bad).await;
    }
    door.json(logged("2", "as it was")).await;
    door.json(logged("2", "as it was not")).await;
    assert_eq!(door.get(1, "feeds/cad/rejects").await.status, 403);
    let list = door.get(4, "feeds/cad/rejects").await;
    assert_eq!(list.status, 200);
    insta::assert_json_snapshot!(list.body, @r#"
    {
      "next": null,
      "rejects": [
        {
          "bytes": 105,
          "errors": [
            {
              "detail": "must be one of: immediate, priority, scheduled, telephone, none",
              "pointer": "/grade"
            }
          ],
          "id": 1,
          "kept": true,
          "received": "2026-04-16T14:00:00+01:00",
          "times": 2,
          "why": "faults"
        },
        {
          "bytes": 108,
          "id": 2,
          "kept": true,
          "received": "2026-04-16T14:00:00+01:00",
          "times": 1,
          "why": "conflict"
        }
      ]
    }
    "#);
    assert_eq!(door.get(4, "feeds/cad/rejects?after=1&limit=1").await.body["rejects"][0]["id"], 2);
    // As it is, it still has its fault and stays.
    assert_eq!(door.post(4, "cad/rejects/1/resubmit", "application/json", "").await.status, 400);
    let mut good = bad.clone();
    good["grade"] = "immediate".into();
    let answer = door.post(4, "cad/rejects/1/resubmit", "application/json", good.to_string()).await;
    assert_eq!((answer.status, &answer.body["receipt"]), (202, &json!("taken")));
    assert_eq!(door.memory.rejected("cad").len(), 1);
    for gone in ["1", "99", "one"] {
        assert_eq!(door.post(4, &format!("cad/rejects/{gone}/resubmit"), "application/json", "").await.status, 404);
    }
    assert_eq!(door.post(1, "cad/rejects/2/resubmit", "application/json", "").await.status, 403);
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

#[tokio::test]
async fn an_eido_document_is_kept_whole_and_becomes_messages() {
    let door = Door::new();
    let part = |id: &str| json!({"$id": id, "lastUpdateTimeStamp": "2026-04-16T12:58:00Z"});
    let mut incident = part("i");
    incident["incidentTypeCommonRegistryText"] = "DVNA".into();
    incident["incidentCommonPriorityNumber"] = 9.into();
    incident["weather"] = "rain".into();
    let mut note = part("n");
    note["notesActionComments"] = "<p>he is <b>back</b></p>".into();
    let mut document = part("urn:emergency:uid:incidentid:a1:north.example");
    document["issuingElementIdentification"] = "cad.north.example".into();
    document["incidentComponent"] = incident;
    document["notesComponent"] = json!([note, {"no": "id"}]);
    let kind = "application/EmergencyCallData.eido+json";
    let answer = door.post(1, "cad/eido", kind, document.to_string()).await;
    assert_eq!(answer.status, 202);
    insta::assert_json_snapshot!(answer.body, @r#"
    {
      "conflict": 0,
      "duplicate": 0,
      "not_translated": {},
      "receipts": [
        {
          "index": 0,
          "receipt": "taken"
        },
        {
          "index": 1,
          "receipt": "taken"
        },
        {
          "index": 2,
          "receipt": "taken"
        },
        {
          "index": 3,
          "receipt": "taken"
        },
        {
          "errors": [
            {
              "detail": "does not have the shape of this part",
              "pointer": "/notesComponent/1"
            }
          ],
          "index": 4,
          "receipt": "rejected",
          "status": 400
        }
      ],
      "rejected": 1,
      "taken": 4,
      "unknown": {
        "incidentComponent": 1
      }
    }
    "#);
    let texts: Vec<_> = door.memory.messages("cad").iter().map(|m| m["type"].clone()).collect();
    assert_eq!(texts, ["incident.opened", "incident.coded", "incident.graded", "incident.logged"]);
    // The same document again is a retry; one that is none is refused and kept.
    let again = door.post(1, "cad/eido", kind, document.to_string()).await;
    assert_eq!((&again.body["duplicate"], &again.body["taken"]), (&json!(4), &json!(0)));
    assert_eq!(door.memory.documents(), 1);
    let refused = door.post(1, "cad/eido", kind, r#"{"componentIdentifier": "x"}"#).await;
    assert_eq!((refused.status, refused.body["errors"][0]["pointer"].as_str()), (400, Some("/$id")));
    assert_eq!(door.memory.rejected("cad").len(), 2);
}

#[tokio::test]
async fn an_eido_value_that_was_not_durable_is_said_again() {
    let door = Door::new();
    let document = json!({
        "$id": "a", "lastUpdateTimeStamp": "2026-04-16T12:58:00Z", "issuingElementIdentification": "cad.north.example",
        "incidentComponent": {"$id": "i", "lastUpdateTimeStamp": "2026-04-16T12:58:00Z", "incidentCommonPriorityNumber": 9},
    });
    door.memory.refuse(Some(Busy::Full { retry_after_s: 1 }));
    assert_eq!(door.post(1, "cad/eido", "application/json", document.to_string()).await.status, 503);
    door.memory.refuse(None);
    let mut later = document.clone();
    later["incidentComponent"]["lastUpdateTimeStamp"] = "2026-04-16T12:59:00Z".into();
    assert_eq!(door.post(1, "cad/eido", "application/json", later.to_string()).await.body["taken"], 2);
}
