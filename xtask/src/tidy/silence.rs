//! Law 11 in what browsers run: listening cannot transmit, so nothing asks for a microphone or sends on a connection.

use super::{Fault, File};

/// Each is built from pieces, so that this folder needs no exception from itself.
const WORDS: &[(&str, &str, &str)] = &[
    ("getUser", "Media", "no page asks for a microphone or a camera"),
    ("media", "Devices", "no page asks for a microphone or a camera"),
    ("Media", "Recorder", "no browser keeps what it hears"),
    ("replace", "Track", "no connection of a page sends"),
    ("add", "Track(", "no connection of a page sends"),
    ("direction: \"send", "", "no connection of a page sends"),
];

/// A word by which a page could be heard.
pub fn of_pages(file: &File) -> Vec<Fault> {
    if !file.path.starts_with("crates/web/") || !file.is(&["ts", "js", "html"]) {
        return Vec::new();
    }
    let found = file.lines().flat_map(|(number, line)| {
        let words = WORDS.iter().filter(|(a, b, _)| line.contains(&format!("{a}{b}")));
        words.map(move |(a, b, why)| file.fault(number, format!("law 11: `{a}{b}`: {why}"))).collect::<Vec<_>>()
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_could_be_heard_is_a_fault() {
        let faults = |path: &str, text: &str| of_pages(&File::new(path, text)).len();
        let asks = format!("navigator.{}{}", "media", "Devices");
        assert_eq!(faults("crates/web/assets/src/listen.ts", &asks), 1);
        assert_eq!(faults("tests/browser/listen.spec.ts", &asks), 0, "a test may look whether it was asked");
        assert_eq!(
            faults("crates/web/assets/src/listen.ts", "addTransceiver(\"audio\", { direction: \"recvonly\" })"),
            0
        );
    }
}
