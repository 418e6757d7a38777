//! Every phone number in the repository is one that Ofcom keeps for drama, so that no test, demo or picture rings anyone.
//! Source: Ofcom, "Telephone numbers for use in TV and radio drama programmes".

use super::{Fault, File};

/// The kept ranges as national digits without the last three, which are free.
const KEPT: &[&str] = &["07700900", "01914980", "01214960"];

/// A national number has eleven digits with its leading 0.
const DIGITS: usize = 11;

/// A United Kingdom number outside the kept ranges.
pub fn numbers(file: &File) -> Vec<Fault> {
    if file.is(&["lock"]) || file.path.ends_with("package-lock.json") {
        return Vec::new();
    }
    let faulty = file.lines().filter(|(_, line)| national_numbers(line).iter().any(|number| !is_kept(number)));
    faulty.map(|(number, _)| file.fault(number, "a phone number outside the ranges kept for drama")).collect()
}

fn is_kept(number: &str) -> bool {
    KEPT.iter().any(|range| number.starts_with(range))
}

/// Everything in `line` that would ring in the United Kingdom, as eleven digits: `0…` or `+44…`, whole or in groups of
/// three and more with single spaces or hyphens between.
fn national_numbers(line: &str) -> Vec<String> {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    for (at, _) in line.match_indices(['0', '+']) {
        let stands_alone = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || b".-_/+#".contains(&bytes[at - 1]));
        if !stands_alone {
            continue;
        }
        let rest = &line[at..];
        let (mut number, groups) = match rest.strip_prefix("+44") {
            Some(rest) => ("0".to_owned(), rest.trim_start_matches([' ', '-']).trim_start_matches("(0)").trim_start()),
            None if rest.starts_with('0') => (String::new(), rest),
            None => continue,
        };
        number.push_str(&grouped_digits(groups));
        let has_area = !number.starts_with("00");
        if number.len() == DIGITS && has_area {
            found.push(number);
        }
    }
    found
}

/// The digits at the start of `text`, up to the first thing that is neither a digit nor a separator before a further
/// group. Empty when they run on into a word or a decimal.
fn grouped_digits(text: &str) -> String {
    let mut digits = String::new();
    let mut rest = text;
    loop {
        let group = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if group < 3 {
            return digits;
        }
        digits.push_str(&rest[..group]);
        rest = &rest[group..];
        if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return String::new();
        }
        match rest.strip_prefix([' ', '-']) {
            Some(next) if digits.len() < DIGITS => rest = next,
            _ => return digits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_kept_ranges_pass() {
        let faults = |text: &str| numbers(&File::new("a.md", text)).len();
        for good in
            ["07700 900123", "+447700900999", "+44 7700 900 000", "0191 498 0042", "0121-496-0001", "999 or 101"]
        {
            assert_eq!(faults(good), 0, "{good}");
        }
        // Built from pieces: the file would break its own rule.
        let outside = ["00 900123", "00900123"].map(|end| format!("079{end}"));
        let others = [format!("+44 79{}", "00 900123"), format!("0191 {} 0042", 499), format!("(0{} 7946 0123)", "20")];
        for bad in outside.iter().chain(&others) {
            assert_eq!(faults(bad), 1, "{bad}");
        }
    }

    #[test]
    fn other_digits_are_no_numbers() {
        for other in
            ["0x01234567890", "00000000001", "2.01234567890", "01234567890abc", "0 12 345 678 901", "a01234567890"]
        {
            assert_eq!(national_numbers(other), Vec::<String>::new(), "{other}");
        }
    }
}
