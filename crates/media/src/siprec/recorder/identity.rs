//! What the headers of a message say a call is known by, and of which call it is a half.

use crate::calls::{By, KnownAs};
use crate::siprec::metadata::session_ids;
use crate::siprec::sip::{Message, parameter};

/// Every id that the headers carry.
pub(super) fn known_as(message: &Message) -> Vec<KnownAs> {
    let mut found = Vec::new();
    let mut know = |by: By, id: &str| {
        if !id.is_empty() && id.len() <= 1_024 {
            found.push(KnownAs { by, id: id.to_owned() });
        }
    };
    for value in message.headers("user-to-user") {
        know(By::Uui, value.split(';').next().unwrap_or_default().trim());
    }
    for value in message.headers("session-id") {
        session_ids(value).for_each(|id| know(By::SessionId, id));
    }
    for value in message.headers("call-info").flat_map(|value| value.split(',')) {
        let Some((_, rest)) = value.split_once('<') else { continue };
        let Some((id, parameters)) = rest.split_once('>') else { continue };
        match parameter(parameters, "purpose").map(str::to_ascii_lowercase).as_deref() {
            Some("emergency-callid") => know(By::EmergencyCallId, id.trim()),
            Some("emergency-incidentid") => know(By::EmergencyIncidentId, id.trim()),
            _ => {}
        }
    }
    message.header("call-id").into_iter().for_each(|id| know(By::SipCallId, id));
    found
}

/// Parties by the line of the offer, as older Cisco name them: `<sip:4401@..>;media-index='0'`.
pub(super) fn named(message: &Message) -> Vec<(usize, String)> {
    let values = message.headers("x-cisco-recording-participant");
    let named = values.flat_map(|value| {
        let address = value.split(';').next().unwrap_or_default().trim().trim_matches(['<', '>']).to_owned();
        let lines = parameter(value, "media-index").unwrap_or_default();
        let lines = lines.split([' ', '\'']).filter_map(|line| line.parse().ok());
        lines.map(move |line| (line, address.clone()))
    });
    named.take(16).collect()
}

/// The half of a call that a telephone's own bridge sends (Cisco): what both halves share, the party's line, and its number.
pub(super) fn half(message: &Message) -> Option<(String, usize, Option<String>)> {
    let from = message.uri("from")?;
    let shared = parameter(from, "x-refci").filter(|shared| !shared.is_empty())?;
    let (line, number) = match (parameter(from, "x-nearend"), parameter(from, "x-farend")) {
        (Some(_), _) => (1, "x-nearendaddr"),
        (_, Some(_)) => (0, "x-farendaddr"),
        _ => return None,
    };
    let number = parameter(from, number).filter(|number| !number.is_empty()).map(str::to_owned);
    Some((shared.to_owned(), line, number))
}
