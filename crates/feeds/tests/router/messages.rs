//! Messages, one or many: taken, refused, and what is said of either.

use alongside_feeds::intake::{Busy, RejectedFor};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;

use crate::door::{Door, NOW, logged, token};

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
