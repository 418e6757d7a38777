//! Names of the communities that live there, with the spellings under which others write them down.

use std::sync::OnceLock;

use serde::{Deserialize, Deserializer};

/// A name: the person's own spelling first, then those of others. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(Vec<String>);

impl Name {
    /// As the person spells it.
    pub fn own(&self) -> &str {
        &self.0[0]
    }

    /// Every spelling, the person's own first.
    pub fn spellings(&self) -> &[String] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(text.split('|').map(str::to_owned).collect()))
    }
}

/// A community and its names.
#[derive(Debug, Deserialize)]
pub struct Community {
    /// What it is called here.
    pub name: String,
    /// Households in a thousand (assumed).
    pub share: u32,
    /// The 18+1 self-defined code that most of its members give (assumed).
    pub ethnicity: String,
    /// Women's given names.
    pub female: Vec<Name>,
    /// Men's given names.
    pub male: Vec<Name>,
    /// Family names, in the masculine where that differs.
    pub family: Vec<Name>,
}

#[derive(Deserialize)]
struct File {
    community: Vec<Community>,
}

/// Every community.
pub fn communities() -> &'static [Community] {
    static LIST: OnceLock<Vec<Community>> = OnceLock::new();
    LIST.get_or_init(|| {
        let file: File = toml::from_str(include_str!("../data/names.toml")).expect("the names are part of this crate");
        file.community
    })
}

/// A Polish family name as a woman bears it: Kowalska beside Kowalski; others do not change.
pub fn feminine(family: &str) -> String {
    match family.strip_suffix("ski").map(|s| (s, "ska")).or_else(|| family.strip_suffix("cki").map(|s| (s, "cka"))) {
        Some((stem, ending)) => format!("{stem}{ending}"),
        None => family.to_owned(),
    }
}

/// A name without its marks, as a keyboard without them types it.
pub fn plain(name: &str) -> String {
    const PAIRS: &[(char, char)] = &[
        ('ą', 'a'),
        ('ć', 'c'),
        ('ę', 'e'),
        ('ł', 'l'),
        ('Ł', 'L'),
        ('ń', 'n'),
        ('ó', 'o'),
        ('ś', 's'),
        ('ź', 'z'),
        ('ż', 'z'),
        ('Ż', 'Z'),
        ('Ş', 'S'),
        ('ţ', 't'),
    ];
    name.chars().map(|c| PAIRS.iter().find(|p| p.0 == c).map_or(c, |p| p.1)).collect()
}
