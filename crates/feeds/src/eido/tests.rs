use alongside_desk::time::Timestamp;
use serde_json::{Value, json};

use super::{EidoMap, Made, Seen, read, translate};
use crate::intake::FeedId;

/// A domestic incident as a document: one call, a victim and a suspect, a note, a unit, a link.
fn document() -> Value {
    let head = |id: &str, at: &str| json!({"$id": id, "lastUpdateTimeStamp": at, "updatedByAgencyReference": {"$ref": "north.example"}});
    let part = |id: &str, at: &str, more: Value| {
        let mut part = head(id, at);
        part.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        part
    };
    json!({
        "$id": "urn:emergency:uid:incidentid:a1:north.example", "lastUpdateTimeStamp": "2026-04-16T20:10:00.000Z",
        "eidoVersion": "1.0", "issuingElementIdentification": "cad.north.example",
        "updatedByAgencyReference": {"$ref": "north.example"}, "weather": "rain",
        "agencyComponent": [part("north.example", "2026-04-16T20:00:00Z", json!({"agencyType": ["police"]}))],
        "incidentComponent": part("inc-1", "2026-04-16T20:06:00Z", json!({
            "incidentTypeCommonRegistryText": "DVA", "incidentTypeInternalCode": "DV1", "incidentCommonPriorityNumber": 10,
            "incidentStatusCommonRegistryText": ["ResourcesAssigned"], "locationReference": [{"$ref": "loc-1"}], "mood": "tense",
        })),
        "callComponent": [part("call-1", "2026-04-16T20:05:00Z", json!({
            "standardPrimaryCallType": "emergency", "direction": "incoming", "callStartTimestamp": "2026-04-16T20:04:10Z",
            "callStateRegistryText": "callEnd", "callBackReference": {"$ref": "cb-1"}, "agentReference": [{"$ref": "handler-7"}],
        }))],
        "callbackComponent": [part("cb-1", "2026-04-16T20:04:10Z", json!({"callBackInformationUri": ["tel:+44-7700-900123", "sip:+447700900123@osp.example"]}))],
        "personComponent": [
            part("per-1", "2026-04-16T20:06:00Z", json!({
                "personIncidentRoleRegistryText": ["Victim", "Caller"], "callBackReference": {"$ref": "cb-1"},
                "ncPersonComponent": {"personName": [{"personGivenName": [{"value": "Asha"}], "personSurName": [{"value": "Example"}]}],
                    "birthDate": [{"date": [{"value": "1990-02-03"}]}], "sexCode": [{"value": "F"}], "hairStyleCode": [{"value": "x"}]},
            })),
            part("per-2", "2026-04-16T20:06:00Z", json!({"personIncidentRoleRegistryText": ["Suspect"], "ncPersonComponent": {"personName": {"personFullName": "R Example"}}})),
        ],
        "notesComponent": [part("note-1", "2026-04-16T20:06:30Z", json!({
            "notesActionComments": "<p>He had his hands round her <b>neck</b></p><script>x()</script>", "agentReference": {"$ref": "handler-7"}}))],
        "locationComponent": [
            part("loc-1", "2026-04-16T20:05:00Z", json!({"locationTypeDescriptionRegistryText": "CurrentIncident",
                "locationByValue": "<presence><civicAddress><A3>Exampleton</A3><RD>Cutler</RD><STS>Row</STS><HNO>14</HNO><PC>ZZ1 1ZZ</PC></civicAddress></presence>"})),
            part("loc-2", "2026-04-16T20:05:00Z", json!({"locationTypeDescriptionRegistryText": "RoutingLocation", "locationByValue": "<pos>50 1</pos>"})),
        ],
        "emergencyResourceComponent": [part("unit-1", "2026-04-16T20:09:00Z", json!({
            "emergencyResourceName": "NB21", "primaryUnitStatusRegistryText": "NotAvailable", "secondaryUnitStatusRegistryText": ["Enroute"]}))],
        "dispatchComponent": [part("dis-1", "2026-04-16T20:08:00Z", json!({"emergencyResourceReference": [{"$ref": "unit-1"}], "agentReference": {"$ref": "dispatcher-2"}}))],
        "linkComponent": [part("link-1", "2026-04-16T20:09:30Z", json!({
            "incidentTrackingIdentifier": "urn:emergency:uid:incidentid:a0:north.example", "linkDirectionCode": "RELATED", "transactionReasonText": "same address"}))],
    })
}

fn feed() -> FeedId {
    FeedId::parse("cad").expect("a feed's name")
}

fn make(document: &Value, seen: &Seen) -> Made {
    let eido = read(document.to_string().as_bytes()).expect("a document");
    translate(&eido, &EidoMap::default(), &feed(), seen)
}

/// Type and the field that matters, for each message.
fn said(made: &Made) -> Vec<String> {
    let field = |v: &Value| {
        ["grade", "code", "unit", "text", "role", "into", "to", "how"]
            .iter()
            .find_map(|f| v[*f].as_str().map(str::to_owned))
    };
    made.messages
        .iter()
        .map(|m| format!("{} {}", m.value["type"].as_str().expect("a type"), field(&m.value).unwrap_or_default()))
        .collect()
}

#[test]
fn a_document_becomes_messages_that_the_feed_takes() {
    let (document, seen) = (document(), Seen::default());
    let made = make(&document, &seen);
    let received = Timestamp::parse("2026-04-16T20:11:00Z").expect("an instant");
    for message in &made.messages {
        let read = message.offer(received).reading.unwrap_or_else(|f| panic!("{}: {f:?}", message.value));
        assert_eq!(read.ignored, 0, "{}", message.value);
    }
    let values: Vec<Value> = made
        .messages
        .iter()
        .map(|m| {
            let mut value = m.value.clone();
            value.as_object_mut().expect("an object").retain(|name, _| name != "id" && name != "incident");
            value
        })
        .collect();
    insta::assert_json_snapshot!(values, @r#"
    [
      {
        "at": "2026-04-16T21:04:10+01:00",
        "call": "call-1",
        "channel": "999",
        "type": "incident.opened"
      },
      {
        "at": "2026-04-16T21:06:00+01:00",
        "code": "DV1",
        "qualifiers": [
          "DA"
        ],
        "type": "incident.coded"
      },
      {
        "at": "2026-04-16T21:06:00+01:00",
        "grade": "immediate",
        "type": "incident.graded"
      },
      {
        "at": "2026-04-16T21:06:00+01:00",
        "location": {
          "address": "14 Cutler Row, Exampleton",
          "postcode": "ZZ1 1ZZ"
        },
        "type": "incident.located"
      },
      {
        "at": "2026-04-16T21:06:00+01:00",
        "person": {
          "born": "1990-02-03",
          "family": "Example",
          "given": "Asha",
          "phones": [
            "+447700900123"
          ],
          "sex": "F"
        },
        "role": "caller",
        "type": "incident.person"
      },
      {
        "at": "2026-04-16T21:06:00+01:00",
        "person": {
          "born": "1990-02-03",
          "family": "Example",
          "given": "Asha",
          "phones": [
            "+447700900123"
          ],
          "sex": "F"
        },
        "role": "victim",
        "type": "incident.person"
      },
      {
        "at": "2026-04-16T21:06:00+01:00",
        "person": {
          "name": "R Example"
        },
        "role": "suspect",
        "type": "incident.person"
      },
      {
        "at": "2026-04-16T21:04:10+01:00",
        "by": "handler-7",
        "call": "call-1",
        "from": "+447700900123",
        "handler": "handler-7",
        "line": "999",
        "type": "call.started"
      },
      {
        "at": "2026-04-16T21:04:10+01:00",
        "by": "handler-7",
        "call": "call-1",
        "type": "call.attached"
      },
      {
        "at": "2026-04-16T21:05:00+01:00",
        "by": "handler-7",
        "call": "call-1",
        "how": "completed",
        "type": "call.ended"
      },
      {
        "at": "2026-04-16T21:06:30+01:00",
        "by": "handler-7",
        "text": "He had his hands round her neck",
        "type": "incident.logged"
      },
      {
        "at": "2026-04-16T21:09:00+01:00",
        "by": "dispatcher-2",
        "type": "unit.assigned",
        "unit": "NB21"
      },
      {
        "at": "2026-04-16T21:09:30+01:00",
        "to": "urn:emergency:uid:incidentid:a0:north.example",
        "type": "incident.linked",
        "why": "same address"
      }
    ]
    "#);
}

#[test]
fn what_is_not_known_is_counted_and_what_has_no_place_too() {
    let document = document();
    let eido = read(document.to_string().as_bytes()).expect("a document");
    assert_eq!(json!(eido.unknown), json!({"document": 1, "incidentComponent": 1}));
    assert_eq!(json!(make(&document, &Seen::default()).not_translated), json!({"ncPersonComponent": 1}));
}

#[test]
fn a_document_sent_again_is_a_retry_and_a_later_one_says_only_what_is_new() {
    let (first, mut seen) = (document(), Seen::default());
    let made = make(&first, &seen);
    seen.remember(&feed(), &made);
    let ids = |made: &Made| made.messages.iter().map(|m| (m.value["id"].clone(), m.content)).collect::<Vec<_>>();
    assert_eq!(ids(&make(&first, &seen)), ids(&made), "a retry");

    let mut second = first.clone();
    second["incidentComponent"]["lastUpdateTimeStamp"] = "2026-04-16T20:20:00Z".into();
    second["incidentComponent"]["incidentCommonPriorityNumber"] = 7.into();
    second["emergencyResourceComponent"][0]["lastUpdateTimeStamp"] = "2026-04-16T20:21:00Z".into();
    second["emergencyResourceComponent"][0]["secondaryUnitStatusRegistryText"] = "On Scene".into();
    let later = make(&second, &seen);
    let known = ids(&made);
    let fresh: Vec<_> = later
        .messages
        .iter()
        .filter(|m| !known.contains(&(m.value["id"].clone(), m.content)))
        .map(|m| &m.value)
        .collect();
    insta::assert_json_snapshot!(fresh.iter().map(|v| (&v["type"], &v["at"])).collect::<Vec<_>>(), @r#"
    [
      [
        "incident.graded",
        "2026-04-16T21:20:00+01:00"
      ],
      [
        "unit.arrived",
        "2026-04-16T21:21:00+01:00"
      ]
    ]
    "#);
    assert!(!said(&later).contains(&"incident.coded DV1".to_owned()), "the code has not changed");
    seen.remember(&feed(), &later);

    // Back to what it was before: a new statement with an id of its own.
    let mut third = second.clone();
    third["incidentComponent"]["lastUpdateTimeStamp"] = "2026-04-16T20:30:00Z".into();
    third["incidentComponent"]["incidentCommonPriorityNumber"] = 10.into();
    let again = make(&third, &seen);
    let grade = |made: &Made| {
        made.messages.iter().find(|m| m.value["type"] == "incident.graded").map(|m| m.value["id"].clone())
    };
    assert!(grade(&again).is_some() && grade(&again) != grade(&made));
}

#[test]
fn priority_10_is_the_highest_and_the_forces_own_map_goes_first() {
    let grade = |number: Value, map: &EidoMap| {
        let mut document = document();
        document["incidentComponent"]["incidentCommonPriorityNumber"] = number;
        document["incidentComponent"]["incidentPriorityInternalText"] = "G2".into();
        let eido = read(document.to_string().as_bytes()).expect("a document");
        let made = translate(&eido, map, &feed(), &Seen::default());
        made.messages
            .iter()
            .find(|m| m.value["type"] == "incident.graded")
            .map(|m| m.value["grade"].as_str().expect("a word").to_owned())
    };
    let ours = EidoMap::default();
    assert_eq!(grade(json!(10), &ours).as_deref(), Some("immediate"));
    assert_eq!(grade(json!("1"), &ours).as_deref(), Some("telephone"));
    assert_eq!(grade(json!(11), &ours), None);
    let theirs = EidoMap::parse("priority_text = {G2 = \"priority\"}").expect("a map");
    assert_eq!(grade(json!(10), &theirs).as_deref(), Some("priority"));
    assert!(EidoMap::parse("priority = {10 = \"soon\"}").is_err());
}

#[test]
fn merges_splits_closing_and_reopening_follow_the_incident() {
    let check = |merge: &str, status: &str| {
        let mut document = document();
        document["linkComponent"] = Value::Null;
        document["mergeComponent"] = json!({"$id": "m", "lastUpdateTimeStamp": "2026-04-16T20:09:00Z", "incidentTrackingIdentifier": "other", "incidentMergeDirectionCode": merge});
        document["incidentComponent"]["incidentStatusCommonRegistryText"] = json!(status);
        document["incidentComponent"]["dispositionComponent"] =
            json!([{"$id": "d", "dispositionCommonRegistryCode": "NoAction"}]);
        said(&make(&document, &Seen::default())).split_off(12)
    };
    let this = "urn:emergency:uid:incidentid:a1:north.example";
    assert_eq!(check("REPLACING", "Closed"), [format!("incident.merged {this}"), "incident.closed NoAction".into()]);
    assert_eq!(check("REPLACED", "ReOpened"), ["incident.merged other", "incident.reopened "]);
    assert_eq!(check("SPLIT", "Active"), ["incident.linked other"]);
}

#[test]
fn a_broken_part_is_named_and_never_takes_the_others_with_it() {
    let mut broken = document();
    broken["notesComponent"] = json!([{"notesActionComments": "no id: Asha"}, broken["notesComponent"][0]]);
    let eido = read(broken.to_string().as_bytes()).expect("a document");
    assert_eq!(eido.faulty.iter().map(|f| f.fault.pointer.as_str()).collect::<Vec<_>>(), ["/notesComponent/0"]);
    assert!(!format!("{:?}", eido.faulty[0].fault).contains("Asha"));
    assert!(said(&make(&broken, &Seen::default())).iter().any(|s| s.starts_with("incident.logged")));
}

#[test]
fn what_is_no_eido_document_is_a_fault() {
    let faults = |json: &str| {
        read(json.as_bytes())
            .expect_err("a fault")
            .into_iter()
            .map(|f| format!("{} {}", f.pointer, f.what))
            .collect::<Vec<_>>()
    };
    assert_eq!(faults("[]"), [" must be an object"]);
    assert!(faults("{\"$id\": ")[0].contains("ends before"));
    assert_eq!(faults("{\"componentIdentifier\": \"x\", \"lastUpdateTimeStamp\": \"yesterday\"}").len(), 3);
}

#[test]
fn parts_without_a_readable_time_take_the_documents() {
    let mut document = document();
    document["personComponent"][0]["lastUpdateTimeStamp"] = "2026-04-16T20:06:00".into();
    let made = make(&document, &Seen::default());
    assert_eq!(made.not_translated["lastUpdateTimeStamp"], 1);
    let victim = made.messages.iter().find(|m| m.value["role"] == "victim").expect("the victim");
    assert_eq!(victim.value["at"], "2026-04-16T21:10:00+01:00");
}
