//! EIDO documents.

use alongside_feeds::intake::Busy;
use serde_json::json;

use crate::door::Door;

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
