//! Names in other scripts than Latin.
//!
//! Scripts that write few vowels or none, or whose vowels do not survive transliteration, come down to their consonants: a
//! name of theirs meets a Latin spelling by a consonant key and never by the distance of letters.

/// Blocks of scripts whose vowels cannot be relied on: Hebrew, Arabic and its forms, and the scripts of South Asia.
const CONSONANTAL: [(char, char); 5] = [
    ('\u{0590}', '\u{05ff}'),
    ('\u{0600}', '\u{08ff}'),
    ('\u{0900}', '\u{0dff}'),
    ('\u{fb1d}', '\u{fdff}'),
    ('\u{fe70}', '\u{feff}'),
];

/// Whether a word is written so.
pub fn is_consonantal(word: &str) -> bool {
    word.chars().any(|c| CONSONANTAL.iter().any(|(from, to)| (*from..=*to).contains(&c)))
}

/// A word without the Arabic article, where it is written together with it: in Latin letters it stands by itself and is passed over.
pub fn without_article(word: &str) -> &str {
    word.strip_prefix("ال").filter(|name| name.chars().count() >= 3).unwrap_or(word)
}

/// Whether a word has no vowel, as it stands after transliteration, and more than an initial.
pub fn is_bare(word: &str) -> bool {
    word.len() >= 2 && !word.bytes().any(|b| b"aeiou".contains(&b))
}

/// A word without its vowels.
pub fn bared(word: &str) -> String {
    word.chars().filter(|c| !"aeiou".contains(*c)).collect()
}

/// A bare word as it may be spoken: what stands for long vowels dropped, an `a` between the consonants.
pub fn spoken(word: &str) -> String {
    let mut spoken = String::with_capacity(word.len() * 2);
    for (letter, at) in word.chars().zip(0..) {
        if at > 0 && matches!(letter, 'y' | 'w') {
            continue;
        }
        if at > 0 {
            spoken.push('a');
        }
        spoken.push(letter);
    }
    spoken
}

/// The consonants of a word, in order, those that scripts confuse made one, doubled ones once. Written to the front of
/// `into`; returns how many.
pub fn consonants(word: &[u8], into: &mut [u8]) -> usize {
    let mut length = 0;
    for letter in word {
        let letter = match letter {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'w' => continue,
            // Between consonants it is often no more than breath: Fathima.
            b'h' if length > 0 && matches!(into[length - 1], b't' | b'd' | b'g' | b'b') => continue,
            b'c' | b'q' => b'k',
            b'z' => b's',
            b'j' => b'g',
            b'v' => b'f',
            other => *other,
        };
        if (length == 0 || into[length - 1] != letter) && length < into.len() {
            into[length] = letter;
            length += 1;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(word: &str) -> String {
        let mut letters = [0; 12];
        let length = consonants(word.as_bytes(), &mut letters);
        letters[..length].iter().map(|b| char::from(*b)).collect()
    }

    #[test]
    fn spellings_of_one_name_have_one_consonant_key() {
        for (a, b) in
            [("khld", "khalid"), ("frwq", "farooq"), ("nsryn", "nasreen"), ("hrprt", "harpreet"), ("qryshy", "qureshi")]
        {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
        assert_ne!(key("hsn"), key("mhsn"));
    }

    #[test]
    fn the_article_goes_and_nothing_else_does() {
        assert_eq!((without_article("الخطيب"), without_article("خطيب")), ("خطيب", "خطيب"));
        assert_eq!((without_article("الله"), without_article("Alhambra")), ("الله", "Alhambra"));
    }

    #[test]
    fn scripts_are_told_apart() {
        assert!(is_consonantal("محمد") && is_consonantal("ਸਿੰਘ"));
        assert!(!is_consonantal("Łukasz") && !is_consonantal("Олена"));
    }
}
