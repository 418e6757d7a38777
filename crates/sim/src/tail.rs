//! The long tail of family names: rare ones, put together from syllables, each with the spellings that an ear gives it.
//!
//! A hundred names cover a quarter of a real population; without a tail everybody would be a namesake of thousands.

use crate::draw::Draw;

/// Syllables of a community's family names.
struct Syllables {
    /// Of a hundred households, how many bear a name of the tail (assumed).
    share: u32,
    first: &'static [&'static str],
    middle: &'static [&'static str],
    last: &'static [&'static str],
    /// What an ear confuses.
    heard: &'static [(&'static str, &'static str)],
}

const BRITISH: Syllables = Syllables {
    share: 60,
    first: &[
        "Fair", "Win", "Ash", "Thorn", "Hal", "Brad", "Cran", "Dun", "Ever", "Fen", "Gar", "Hart", "Kel", "Lang",
        "Mar", "Nor", "Old", "Pem", "Rad", "Sal", "Tar", "Ul", "Wal", "Whit", "Birk", "Cold", "Shel", "Stan", "Rush",
        "Hazel",
    ],
    middle: &["", "", "", "en", "er", "ing"],
    last: &[
        "brook", "ley", "worth", "ton", "combe", "field", "wick", "bourne", "stead", "well", "gate", "shaw", "thorpe",
        "croft", "mere", "dale", "holt", "low", "by", "hurst",
    ],
    heard: &[
        ("brook", "brooke"),
        ("ley", "leigh"),
        ("combe", "coomb"),
        ("wick", "wyck"),
        ("bourne", "burn"),
        ("ai", "a"),
        ("y", "ie"),
    ],
};
const ASIAN: Syllables = Syllables {
    share: 45,
    first: &[
        "Nas", "Far", "Zam", "Kar", "Raz", "Tal", "Shar", "Bar", "Jam", "Dar", "Was", "Kash", "Moz", "Hab", "Lat",
        "Sul", "Gul", "Bal", "Raf", "Tow",
    ],
    middle: &["a", "i", "u", "ee", "oo"],
    last: &["wani", "ri", "bad", "mani", "wala", "ni", "dar", "zai", "jee", "lani", "ki", "shi", "ra", "d", "th"],
    heard: &[("ee", "i"), ("oo", "u"), ("w", "v"), ("z", "s"), ("k", "q"), ("sh", "s"), ("a", "e")],
};
const POLISH: Syllables = Syllables {
    share: 50,
    first: &[
        "Brz", "Kal", "Mal", "Now", "Ost", "Pas", "Rut", "Sob", "Tom", "Urb", "Wal", "Zab", "Gor", "Jab", "Lip", "Mik",
        "Cich", "Dob", "Grab", "Kras",
    ],
    middle: &["", "in", "ar", "on", "ul"],
    last: &["owski", "ewski", "icki", "czyk", "iak", "ek", "ecki", "asz", "owicz"],
    heard: &[("w", "v"), ("cz", "ch"), ("sz", "sh"), ("ck", "k"), ("j", "y"), ("k", "c")],
};
const OTHER: Syllables = Syllables {
    share: 45,
    first: &["Ade", "Ola", "Nwa", "Oku", "Chi", "Bog", "Vas", "Dra", "Mun", "Cos", "Tan", "Lu", "Ama", "Ebo", "Tur"],
    middle: &["", "ba", "ne", "ro", "ka", "li"],
    last: &["yo", "fo", "ri", "scu", "nu", "du", "ng", "mi", "ko", "sa"],
    heard: &[("sc", "sk"), ("ch", "sh"), ("k", "c"), ("y", "i"), ("u", "o")],
};

/// A family name of the tail in its spellings, the bearer's own first; nothing where the household bears a common one.
pub fn family(ethnicity: &str, polish: bool, draw: &mut Draw) -> Option<Vec<String>> {
    let syllables = match ethnicity {
        "W1" => &BRITISH,
        "A1" | "A2" | "A3" | "O1" => &ASIAN,
        "W4" if polish => &POLISH,
        _ => &OTHER,
    };
    if !draw.percent(syllables.share) {
        return None;
    }
    let own = [*draw.pick(syllables.first), *draw.pick(syllables.middle), *draw.pick(syllables.last)].concat();
    let heard = syllables.heard.iter().filter(|(is, _)| own.contains(is)).map(|(is, said)| own.replacen(is, said, 1));
    Some([own.clone()].into_iter().chain(heard).collect())
}
