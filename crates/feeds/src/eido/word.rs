//! EIDO's words, numbers and references, one at a time, into the feed's.

use alongside_desk::message::LONGEST_ID;
use serde_json::Value;

use super::types::Call;
use crate::intake::ContentDigest;

/// The feed's name fields, and where NIEM's JSON keeps them.
pub(super) const NAMES: &[(&str, &[&str])] = &[
    ("name", &["personFullName", "fullName"]),
    ("given", &["personGivenName", "givenName"]),
    ("family", &["personSurName", "surName"]),
];

/// The first text in a NIEM value, which wraps texts in lists and objects.
pub(super) fn first_text(value: &Value, depth: u8) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(list) if depth < 6 => list.iter().find_map(|v| first_text(v, depth + 1)),
        Value::Object(object) if depth < 6 => {
            object.iter().filter(|(name, _)| !name.starts_with('@')).find_map(|(_, v)| first_text(v, depth + 1))
        }
        _ => None,
    }
}

/// The feed's word for a role of the registry.
pub(super) fn role_of(role: &str) -> &'static str {
    match role.to_ascii_lowercase().as_str() {
        "victim" => "victim",
        "suspect" => "suspect",
        "caller" | "reportingparty" => "caller",
        "witness" => "witness",
        _ => "other",
    }
}

pub(super) fn is_outgoing(call: &Call) -> bool {
    call.direction.as_deref().is_some_and(|d| d.eq_ignore_ascii_case("outgoing"))
}

/// The line, where the call's type says so.
pub(super) fn line_of(call: &Call) -> Option<&'static str> {
    match call.standard_primary_call_type.as_deref()?.to_ascii_lowercase().as_str() {
        "emergency" => Some("999"),
        "nonemergency" | "non-emergency" => Some("101"),
        _ => None,
    }
}

/// How a call ended, if its state says that it did. `hung_up`: the incident's type is a hang-up (911H).
pub(super) fn ended_how(state: &str, hung_up: bool) -> Option<&'static str> {
    let state = state.to_ascii_lowercase();
    if state.contains("abandon") {
        Some("abandoned")
    } else if state.contains("transfer") {
        Some("transferred")
    } else if state.ends_with("end") || state.ends_with("ended") || state.ends_with("released") {
        Some(if hung_up { "abandoned" } else { "completed" })
    } else {
        None
    }
}

/// The number of a `tel:` or `sip:` address.
pub(super) fn number_of(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let user = match scheme.to_ascii_lowercase().as_str() {
        "tel" => rest,
        "sip" | "sips" => rest.split_once('@')?.0,
        _ => return None,
    };
    let user = user.split(';').next().unwrap_or_default();
    let digits: String = user.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
    let number = digits.strip_prefix('+').unwrap_or(&digits);
    (number.len() >= 3 && number.len() <= 20 && number.bytes().all(|b| b.is_ascii_digit())).then(|| digits.clone())
}

/// A reference that the feed takes: as it is when it fits, else its digest.
pub(super) fn reference(text: &str) -> String {
    let fits = !text.is_empty() && text.chars().count() <= LONGEST_ID && !text.chars().any(char::is_control);
    if fits { text.to_owned() } else { format!("sha256:{}", ContentDigest::of_bytes(text.as_bytes()).hex()) }
}

#[cfg(test)]
mod tests {
    use super::{ended_how, number_of, reference};

    #[test]
    fn numbers_are_taken_from_tel_and_sip_addresses_alone() {
        let check = |uri: &str, expect: Option<&str>| assert_eq!(number_of(uri).as_deref(), expect, "{uri}");
        check("tel:+44-7700-900-123;phone-context=x", Some("+447700900123"));
        check("sip:07700900123@osp.example;user=phone", Some("07700900123"));
        check("sip:conference@bridge.example", None);
        check("mailto:a@b.example", None);
        check("tel:", None);
        check("7700900123", None);
    }

    #[test]
    fn calls_end_as_their_state_says() {
        assert_eq!(ended_how("callAbandoned", false), Some("abandoned"));
        assert_eq!(ended_how("callEnd", true), Some("abandoned"), "a hang-up");
        assert_eq!(ended_how("callEnd", false), Some("completed"));
        assert_eq!(ended_how("callTransferred", false), Some("transferred"));
        assert_eq!(ended_how("callAnswered", true), None);
    }

    #[test]
    fn references_that_the_feed_cannot_take_become_their_digest() {
        assert_eq!(reference("urn:x"), "urn:x");
        for unfit in ["", "a\nb", &"x".repeat(201)] {
            assert!(reference(unfit).starts_with("sha256:") && reference(unfit).len() == 71);
        }
    }
}
