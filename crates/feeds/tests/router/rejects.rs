//! What was not taken, for an administrator.

use serde_json::json;

use crate::door::{Door, NOW, logged};

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
