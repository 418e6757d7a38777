//! The table of names: spellings, short forms, endings, particles, frequencies. `policy/names.toml`, built in.

use std::sync::LazyLock;

use serde::Deserialize;

use super::marks::hash;

const SOURCE: &str = include_str!("../../../../../policy/names.toml");

static TABLE: LazyLock<Names> =
    LazyLock::new(|| Names::read(SOURCE).expect("a test reads the built-in table of names"));

/// The built-in table.
pub fn table() -> &'static Names {
    &TABLE
}

/// A number that changes with the table.
pub fn fingerprint() -> u64 {
    hash(SOURCE.as_bytes())
}

/// A name in all its spellings, as a number. The lowest bit says that the table knows the name; two different known
/// names are never a slip of the pen apart.
pub type NameClass = u32;

/// Whether the table lists the name.
pub const fn is_known(class: NameClass) -> bool {
    class & 1 == 1
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    variants: Vec<String>,
    nicknames: Vec<String>,
    endings: Vec<String>,
    particles: Vec<String>,
    fused: Vec<String>,
    not_fused: Vec<String>,
    binding: Vec<String>,
    titles: Vec<String>,
    before_call_name: Vec<String>,
    shared_family: Vec<String>,
    same_sound: Vec<String>,
    respell: Vec<String>,
    common_given: Vec<String>,
    common_family: Vec<String>,
}

/// What is known about names. Every list is sorted for looking up, or kept in the file's order where that counts.
pub struct Names {
    spellings: Vec<(String, NameClass)>,
    /// Class to each way in which the name is written, its short forms and those that it is short for among them; sorted.
    written: Vec<(NameClass, String)>,
    /// Short form (class) to full name (class), sorted; a short form may have several.
    full: Vec<(NameClass, NameClass)>,
    endings: Vec<(String, String)>,
    particles: Vec<String>,
    fused: Vec<String>,
    not_fused: Vec<String>,
    binding: Vec<String>,
    titles: Vec<String>,
    before_call_name: Vec<NameClass>,
    shared_family: Vec<NameClass>,
    same_sound: Vec<(u8, u8)>,
    respell: Vec<(String, String)>,
    common_given: Vec<(NameClass, u32)>,
    common_family: Vec<(NameClass, u32)>,
}

/// What is wrong with a table of names.
#[derive(Debug, thiserror::Error)]
pub enum NamesError {
    /// Not TOML, or not the fields of the table.
    #[error("the table of names cannot be read")]
    Unreadable(#[from] toml::de::Error),
    /// An item that is not as its list wants it.
    #[error("`{0}` is not as its list wants it")]
    Malformed(String),
    /// A spelling in two classes.
    #[error("`{0}` stands in two classes")]
    Twice(String),
}

impl Names {
    /// Reads a table.
    pub fn read(text: &str) -> Result<Self, NamesError> {
        let file: File = toml::from_str(text)?;
        let mut spellings: Vec<(String, NameClass)> = Vec::new();
        for line in &file.variants {
            let head = line.split(' ').next().unwrap_or_default();
            spellings.extend(line.split(' ').map(|s| (s.to_owned(), known(head))));
        }
        spellings.sort();
        if let Some(pair) = spellings.windows(2).find(|p| p[0].0 == p[1].0) {
            return Err(NamesError::Twice(pair[0].0.clone()));
        }
        let variants = spellings.clone();
        let mut learn = |name: &str| -> NameClass {
            let class = class_in(&variants, name).unwrap_or_else(|| known(name));
            spellings.push((name.to_owned(), class));
            class
        };
        let mut full = Vec::new();
        for line in &file.nicknames {
            let (name, shorts) = line.split_once(": ").ok_or_else(|| NamesError::Malformed(line.clone()))?;
            let name = learn(name);
            full.extend(shorts.split(' ').map(|short| (learn(short), name)));
        }
        full.sort_unstable();
        full.dedup();
        let common = |lines: &[String], learn: &mut dyn FnMut(&str) -> NameClass| {
            let mut counts = Vec::new();
            for line in lines {
                let (name, count) = pair(line)?;
                let count = count.parse().map_err(|_| NamesError::Malformed(line.clone()))?;
                counts.push((learn(&name), count));
            }
            counts.sort_unstable();
            Ok::<_, NamesError>(counts)
        };
        let common_given = common(&file.common_given, &mut learn)?;
        let common_family = common(&file.common_family, &mut learn)?;
        let classes = |names: &[String]| {
            let mut all: Vec<_> = names.iter().map(|n| class_in(&variants, n).unwrap_or_else(|| known(n))).collect();
            all.sort_unstable();
            all
        };
        let (before_call_name, shared_family) = (classes(&file.before_call_name), classes(&file.shared_family));
        spellings.sort();
        spellings.dedup();
        let written = written(&spellings, &full);
        let pairs = |lines: &[String]| lines.iter().map(|l| pair(l)).collect::<Result<Vec<_>, _>>();
        let same_sound = file
            .same_sound
            .iter()
            .map(|s| <[u8; 2]>::try_from(s.as_bytes()).map(|[a, b]| (a, b)))
            .collect::<Result<_, _>>()
            .map_err(|_| NamesError::Malformed("same_sound".to_owned()))?;
        Ok(Self {
            spellings,
            written,
            full,
            endings: pairs(&file.endings)?,
            particles: sorted(file.particles),
            fused: file.fused,
            not_fused: sorted(file.not_fused),
            binding: sorted(file.binding),
            titles: sorted(file.titles),
            before_call_name,
            shared_family,
            same_sound,
            respell: pairs(&file.respell)?,
            common_given,
            common_family,
        })
    }

    /// The class of a name as folded: its own where no other spelling is known.
    pub fn class(&self, name: &str) -> NameClass {
        if let Some(class) = class_in(&self.spellings, name) {
            return class;
        }
        for (from, to) in &self.endings {
            if let Some(stem) = name.strip_suffix(from.as_str()).filter(|stem| stem.len() >= 3) {
                let masculine = format!("{stem}{to}");
                return class_in(&self.spellings, &masculine).unwrap_or_else(|| own(&masculine));
            }
        }
        own(name)
    }

    /// The class of a family name: also without a particle that was written together with it.
    pub fn family_class(&self, name: &str) -> NameClass {
        if class_in(&self.spellings, name).is_none() && !holds(&self.not_fused, name) {
            for particle in &self.fused {
                if let Some(rest) = name.strip_prefix(particle.as_str()).filter(|rest| rest.len() >= 4) {
                    return self.class(rest);
                }
            }
        }
        self.class(name)
    }

    /// The full names that a short form may stand for.
    pub fn full(&self, class: NameClass) -> impl Iterator<Item = NameClass> + '_ {
        let start = self.full.partition_point(|(short, _)| *short < class);
        self.full[start..].iter().take_while(move |(short, _)| *short == class).map(|(_, full)| *full)
    }

    /// Whether one is a short form of the other, or both of the same name.
    pub fn related(&self, a: NameClass, b: NameClass) -> bool {
        self.full(a).any(|f| f == b || self.full(b).any(|g| g == f)) || self.full(b).any(|g| g == a)
    }

    /// Every way in which a name is written: its spellings, those of its short forms, and those of the names that it is short for.
    pub fn written(&self, class: NameClass) -> impl Iterator<Item = &str> {
        let start = self.written.partition_point(|(of, _)| *of < class);
        self.written[start..].iter().take_while(move |(of, _)| *of == class).map(|(_, text)| text.as_str())
    }

    /// Written or left out at will.
    pub fn is_particle(&self, word: &str) -> bool {
        holds(&self.particles, word)
    }

    /// Makes one name with the next word.
    pub fn binds(&self, word: &str) -> bool {
        holds(&self.binding, word)
    }

    /// A title, no name.
    pub fn is_title(&self, word: &str) -> bool {
        holds(&self.titles, word)
    }

    /// Often written before the name people are called by.
    pub fn is_before_call_name(&self, class: NameClass) -> bool {
        self.before_call_name.binary_search(&class).is_ok()
    }

    /// A community's name or a courtesy.
    pub fn is_shared_family(&self, class: NameClass) -> bool {
        self.shared_family.binary_search(&class).is_ok()
    }

    /// Whether two first letters may stand for the same sound.
    pub fn may_sound_alike(&self, a: u8, b: u8) -> bool {
        a == b || self.same_sound.contains(&(a, b)) || self.same_sound.contains(&(b, a))
    }

    /// A name spelled so that the sounds of several languages come together.
    pub fn respelled(&self, name: &str) -> String {
        self.respell.iter().fold(name.to_owned(), |name, (from, to)| {
            if name.contains(from.as_str()) { name.replace(from.as_str(), to) } else { name }
        })
    }

    /// People per 100,000 who bear a first name, where the table says.
    pub fn common_given(&self, class: NameClass) -> Option<u32> {
        count_of(&self.common_given, class)
    }

    /// People per 100,000 who bear a family name, where the table says.
    pub fn common_family(&self, class: NameClass) -> Option<u32> {
        count_of(&self.common_family, class)
    }
}

/// By class, its spellings and those of the names that stand beside it in `full`, whichever is the short one.
fn written(spellings: &[(String, NameClass)], full: &[(NameClass, NameClass)]) -> Vec<(NameClass, String)> {
    let mut written = Vec::new();
    for (text, class) in spellings {
        written.push((*class, text.clone()));
        for (short, name) in full {
            if short == class {
                written.push((*name, text.clone()));
            }
            if name == class {
                written.push((*short, text.clone()));
            }
        }
    }
    written.sort();
    written.dedup();
    written
}

fn known(name: &str) -> NameClass {
    own(name) | 1
}

fn own(name: &str) -> NameClass {
    // The upper half: the mixing leaves it as good as the lower.
    ((hash(name.as_bytes()) >> 32) as u32) & !1
}

fn class_in(spellings: &[(String, NameClass)], name: &str) -> Option<NameClass> {
    spellings.binary_search_by(|(s, _)| s.as_str().cmp(name)).ok().map(|at| spellings[at].1)
}

fn count_of(counts: &[(NameClass, u32)], class: NameClass) -> Option<u32> {
    counts.binary_search_by_key(&class, |(c, _)| *c).ok().map(|at| counts[at].1)
}

fn pair(line: &str) -> Result<(String, String), NamesError> {
    let (a, b) = line.split_once(' ').ok_or_else(|| NamesError::Malformed(line.to_owned()))?;
    Ok((a.to_owned(), b.to_owned()))
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort_unstable();
    words
}

fn holds(words: &[String], word: &str) -> bool {
    words.binary_search_by(|w| w.as_str().cmp(word)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_reads_and_holds_each_spelling_once() {
        let names = Names::read(SOURCE).expect("reads");
        assert!(names.spellings.windows(2).all(|p| p[0].0 < p[1].0));
        assert!(names.spellings.iter().all(|(s, _)| s.bytes().all(|b| b.is_ascii_lowercase())));
    }

    #[test]
    fn a_mistake_in_the_table_is_named() {
        let twice = SOURCE.replacen("\"patel pattel\"", "\"patel malik\"", 1);
        assert!(matches!(Names::read(&twice), Err(NamesError::Twice(name)) if name == "malik"));
        let unread = SOURCE.replacen("\"smith 1200\"", "\"smith many\"", 1);
        assert!(matches!(Names::read(&unread), Err(NamesError::Malformed(_))));
    }
}
