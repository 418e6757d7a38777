//! Content words of a text, as hashes, so that a reason can be held against what was written before it.

/// Words that say nothing by themselves.
const EMPTY: &[&str] = &[
    "about",
    "after",
    "again",
    "been",
    "before",
    "from",
    "have",
    "having",
    "here",
    "into",
    "more",
    "officer",
    "officers",
    "police",
    "reason",
    "risk",
    "that",
    "their",
    "them",
    "then",
    "there",
    "they",
    "this",
    "told",
    "unit",
    "victim",
    "suspect",
    "were",
    "what",
    "when",
    "will",
    "with",
    "would",
    "level",
    "standard",
    "medium",
    "high",
    "assessment",
    "assessed",
    "incident",
    "male",
    "female",
    "call",
    "caller",
    "called",
    "time",
    "your",
    "only",
    "also",
    "just",
    "some",
    "very",
];

/// The words of four letters and more, folded, shortened to their first six letters, hashed; sorted, without repeats, at most 64.
pub fn content_words(text: &str) -> Vec<u32> {
    let mut words: Vec<u32> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.chars().count() >= 4)
        .map(str::to_lowercase)
        .filter(|w| !EMPTY.contains(&w.as_str()))
        .map(|w| fnv(w.chars().take(6)))
        .collect();
    words.sort_unstable();
    words.dedup();
    words.truncate(64);
    words
}

fn fnv(letters: impl Iterator<Item = char>) -> u32 {
    letters.fold(0x811c_9dc5, |hash, letter| (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193))
}
