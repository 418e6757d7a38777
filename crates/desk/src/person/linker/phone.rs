//! Telephone numbers, in the one form in which the desk compares them.

/// A telephone number as the digits of its international form; national numbers are read as British. `None` for
/// `withheld` and for numbers shorter than seven digits, which are services.
pub fn phone(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let international = if text.trim_start().starts_with('+') {
        // `+44 (0)7700 900123`: the zero is not dialled.
        digits.replacen("440", "44", usize::from(digits.starts_with("440")))
    } else if let Some(rest) = digits.strip_prefix("00") {
        rest.to_owned()
    } else if let Some(rest) = digits.strip_prefix('0') {
        format!("44{rest}")
    } else if digits.len() == 10 && digits.starts_with('7') {
        format!("44{digits}")
    } else {
        digits
    };
    (7..=15).contains(&international.len()).then(|| international.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for written in ["07700 900123", "+447700900123", "+44 (0)7700 900123", "0044 7700 900123", "7700900123"] {
            assert_eq!(phone(written), Some(447_700_900_123), "{written}");
        }
        for none in ["withheld", "999", "0", "", "+4477009001234567"] {
            assert_eq!(phone(none), None, "{none}");
        }
    }
}
