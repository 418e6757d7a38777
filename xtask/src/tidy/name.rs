//! The women whose deaths this project learns from are not test data, and neither is anyone else who lived.
//!
//! The names are kept here as digests alone, so that they do not stand in the repository even to be forbidden. The law
//! that bears one of them may be called by its name; a full name, or a family name that is rare, may not stand anywhere.

use super::{Fault, File};

/// FNV-1a, 64 bits, of the lower-case words joined by one space.
const DIGESTS: &[u64] = &[
    0x00ee_d22a_014b_3eb3,
    0x01b3_c0dd_ab58_32fa,
    0x3b69_569c_80a1_952c,
    0x4d36_f10b_1ad8_a7b0,
    0x4ee1_c698_9649_fdd6,
    0x51ef_cd93_acad_3a8d,
    0x774f_1bd8_06bc_a3ab,
    0x7f60_13ff_9ff4_75ca,
    0x81ce_8ca3_6cb8_be1f,
    0x920f_6ee7_f379_7055,
    0x9d53_637b_109d_f95d,
    0xbd31_8767_df4f_75a2,
];

/// How many words may stand between a given and a family name (`"given": "A", "family": "B"` has one).
const WORDS_BETWEEN: usize = 1;

/// A name of a real victim or perpetrator out of the published cases.
pub fn real_people(file: &File) -> Vec<Fault> {
    let faulty = file.lines().filter(|(_, line)| names_one_of(DIGESTS, line));
    faulty.map(|(number, _)| file.fault(number, "the name of a real person out of a published case")).collect()
}

fn names_one_of(digests: &[u64], line: &str) -> bool {
    let words: Vec<String> =
        line.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let is_kept = |name: &str| digests.contains(&fnv1a(name.as_bytes()));
    words.iter().enumerate().any(|(at, word)| {
        let later = words[at + 1..].iter().take(WORDS_BETWEEN + 1);
        is_kept(word) || later.map(|other| format!("{word} {other}")).any(|pair| is_kept(&pair))
    })
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_published_one() {
        // The test vectors of the FNV reference code.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_kept_name_is_found_in_text_and_in_json() {
        let kept = [fnv1a(b"edda example"), fnv1a(b"rarename")];
        let names = |line: &str| names_one_of(&kept, line);
        assert!(names("we spoke to Edda Example."));
        assert!(names(r#""given":"EDDA","family":"Example""#));
        assert!(names("the Rarename family"));
        assert!(!names("an example of Edda's"));
        assert!(!names("someone else entirely"));
    }
}
