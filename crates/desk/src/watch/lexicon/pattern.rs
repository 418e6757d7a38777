//! The pattern form of the lexicon file (documented at its head): read, and laid out for matching.

use std::collections::{BTreeMap, BTreeSet};

use super::text::{self, Kind};
use super::vocabulary::{Collector, KINDS, WordId};

/// The widest gap that a pattern may ask for, in words.
pub(super) const GAP_MAX: u8 = 12;
const DEPTH_MAX: usize = 12;

/// A fault in a pattern: where in its text (bytes), and what.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub at: usize,
    pub message: String,
}

/// A pattern, as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// One word out of these.
    Words(Vec<WordId>),
    All(Vec<Node>),
    Any(Vec<Node>),
    Maybe(Box<Node>),
    /// Up to so many words of any kind; `wide` may cross a comma, a dash or a colon.
    Gap {
        max: u8,
        wide: bool,
    },
    NotAhead(Box<Node>),
    NotBehind(Vec<WordId>),
    /// The subject of the clause is one of these.
    Subject(Vec<WordId>),
    /// The clause begins (`^`) or ends (`$`) here.
    Begin,
    End,
}

/// What patterns are written with: named classes, irregular forms and the default gap.
#[derive(Debug, Default)]
pub(super) struct Grammar {
    pub words: Collector,
    pub forms: BTreeMap<String, Vec<String>>,
    pub classes: BTreeMap<String, Node>,
    pub gap: u8,
}

impl Grammar {
    /// Reads one pattern. Classes that it names must have been read before it.
    pub fn read(&mut self, pattern: &str) -> Result<Node, Fault> {
        let mut reader = Reader { grammar: self, text: pattern, at: 0, depth: 0 };
        let node = reader.all()?;
        match reader.peek() {
            None => Ok(node),
            Some(_) => Err(reader.fault("a bracket or bar too many")),
        }
    }

    /// A pattern that a sign can be found by: it consumes words and neither begins nor ends in a gap.
    pub fn read_whole(&mut self, pattern: &str) -> Result<Node, Fault> {
        let node = self.read(pattern)?;
        let fault = |at, message: &str| Err(Fault { at, message: message.to_owned() });
        if let Node::All(parts) = &node {
            if matches!(parts.first(), Some(Node::Gap { .. })) {
                return fault(0, "begins with a gap");
            }
            if matches!(parts.last(), Some(Node::Gap { .. })) {
                return fault(pattern.len(), "ends with a gap");
            }
        }
        if matches!(node, Node::Gap { .. }) || anchor(&node, &BTreeSet::new()).is_none() {
            return fault(0, "has no word that must be there");
        }
        Ok(node)
    }

    fn word(&mut self, written: &str) -> Result<Node, String> {
        let (stem, verb, noun) = match written.as_bytes().last() {
            Some(b'+') => (&written[..written.len() - 1], true, false),
            Some(b'*') => (&written[..written.len() - 1], false, true),
            _ => (written, false, false),
        };
        if let Some(stem) = written.strip_suffix('~') {
            let any = ENDINGS.iter().filter_map(|ending| text::key_of(format!("{stem}{ending}").as_bytes()));
            return Ok(Node::Words(any.flat_map(|key| self.words.words(key)).collect()));
        }
        let mut spellings = vec![stem.to_owned()];
        if verb || noun {
            let base = stem.rsplit('-').next().unwrap_or(stem);
            if !base.bytes().all(|letter| letter.is_ascii_lowercase()) || base.len() < 2 {
                return Err("only a word of small letters a to z has forms".to_owned());
            }
            match self.forms.get(base) {
                Some(forms) => spellings.extend(forms.iter().map(|form| stem.replace(base, form))),
                None if verb => spellings.extend(verb_forms(stem)),
                None => spellings.push(noun_form(stem)),
            }
        }
        let mut any = Vec::new();
        for spelling in spellings {
            let mut all = Vec::new();
            let mut long = false;
            // A tail such as `'s` stands alone in a pattern, but never in a text.
            match text::key_of(spelling.as_bytes()).filter(|_| spelling.starts_with('\'')) {
                Some(tail) => all.extend(self.words.words(tail)),
                None => {
                    text::read(&spelling, |word| match word.kind {
                        Kind::Other => long = true,
                        _ => all.extend(self.words.words(word.key)),
                    });
                }
            }
            if long || all.is_empty() {
                return Err(format!("`{spelling}` is not a word of a to z and digits, at most 16 letters"));
            }
            if !self.words.has_room() {
                return Err("too many words".to_owned());
            }
            any.push(Node::All(all.into_iter().map(|word| Node::Words(vec![word])).collect()));
        }
        Ok(either(any))
    }
}

/// What `stem~` may end in. Endings that a stem does not have make words that nobody writes.
const ENDINGS: [&str; 38] = [
    "", "s", "e", "es", "ed", "ing", "er", "ers", "ion", "ions", "ive", "ation", "ations", "al", "ally", "ant", "ancy",
    "ent", "ence", "ency", "y", "ies", "ied", "ying", "ous", "ously", "ise", "ised", "ising", "ment", "ful", "ate",
    "ated", "ating", "ly", "ity", "ness", "ery",
];

/// Regular forms of a verb. It makes more than English has ("stabed"); what nobody writes harms nobody.
fn verb_forms(stem: &str) -> Vec<String> {
    let letters = stem.as_bytes();
    let last = letters[letters.len() - 1];
    let vowel = |letter: u8| matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u');
    let mut forms = vec![noun_form(stem)];
    if last == b'e' {
        forms.push(format!("{stem}d"));
        forms.push(format!("{}ing", &stem[..stem.len() - 1]));
        return forms;
    }
    let before = letters[letters.len() - 2];
    if last == b'y' && !vowel(before) {
        forms.push(format!("{}ied", &stem[..stem.len() - 1]));
    } else {
        forms.push(format!("{stem}ed"));
    }
    forms.push(format!("{stem}ing"));
    let short = letters.len() >= 3 && vowel(before) && !vowel(letters[letters.len() - 3]);
    if short && !vowel(last) && !matches!(last, b'w' | b'x' | b'y') {
        let last = char::from(last);
        forms.push(format!("{stem}{last}ed"));
        forms.push(format!("{stem}{last}ing"));
    }
    forms
}

fn noun_form(stem: &str) -> String {
    let letters = stem.as_bytes();
    match letters {
        [.., before, b'y'] if !matches!(before, b'a' | b'e' | b'i' | b'o' | b'u') => {
            format!("{}ies", &stem[..stem.len() - 1])
        }
        [.., b's' | b'x' | b'z'] | [.., b'c' | b's', b'h'] => format!("{stem}es"),
        _ => format!("{stem}s"),
    }
}

/// Alternatives, the single words among them as one set; longer ones are tried first, so that spans are whole.
pub(super) fn either(alternatives: Vec<Node>) -> Node {
    let mut words = BTreeSet::new();
    let mut others = Vec::new();
    for alternative in alternatives {
        let flat = if let Node::Any(inner) = alternative { inner } else { vec![alternative] };
        for node in flat {
            match node {
                Node::Words(set) => words.extend(set),
                Node::All(parts) if parts.len() == 1 && matches!(parts[0], Node::Words(_)) => {
                    if let Some(Node::Words(set)) = parts.into_iter().next() {
                        words.extend(set);
                    }
                }
                other if others.contains(&other) => {}
                other => others.push(other),
            }
        }
    }
    if !words.is_empty() {
        others.push(Node::Words(words.into_iter().collect()));
    }
    if others.len() == 1 { others.remove(0) } else { Node::Any(others) }
}

struct Reader<'a> {
    grammar: &'a mut Grammar,
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault { at: self.at, message: message.into() }
    }

    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text.as_bytes().get(self.at).copied()
    }

    fn takes(&mut self, sign: &str) -> bool {
        let takes = self.text[self.at..].starts_with(sign);
        if takes {
            self.at += sign.len();
        }
        takes
    }

    fn all(&mut self) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.fault("brackets too deep"));
        }
        let mut parts = Vec::new();
        while let Some(next) = self.peek() {
            if matches!(next, b')' | b'|') {
                break;
            }
            match self.term()? {
                Node::All(inner) => parts.extend(inner),
                node => parts.push(node),
            }
        }
        self.depth -= 1;
        match parts.len() {
            0 => Err(self.fault("nothing stands here")),
            1 => Ok(parts.remove(0)),
            _ => Ok(Node::All(parts)),
        }
    }

    fn term(&mut self) -> Result<Node, Fault> {
        if self.takes("<!") {
            let at = self.at;
            return match self.atom()? {
                Node::Words(words) => Ok(Node::NotBehind(words)),
                _ => {
                    Err(Fault { at, message: "`<!` looks back at one word: a word or a class of single words".into() })
                }
            };
        }
        if self.takes("<") {
            let at = self.at;
            return match self.atom()? {
                Node::Words(words) => Ok(Node::Subject(words)),
                _ => {
                    Err(Fault { at, message: "`<` names who the subject is: a word or a class of single words".into() })
                }
            };
        }
        if self.takes("!") {
            return Ok(Node::NotAhead(Box::new(self.atom()?)));
        }
        if self.takes("^") {
            return Ok(Node::Begin);
        }
        if self.takes("$") {
            return Ok(Node::End);
        }
        if self.takes("..") {
            return self.gap();
        }
        let node = self.atom()?;
        Ok(if self.takes("?") { Node::Maybe(Box::new(node)) } else { node })
    }

    fn gap(&mut self) -> Result<Node, Fault> {
        let wide = self.takes(".");
        let digits = self.text[self.at..].bytes().take_while(u8::is_ascii_digit).count();
        let written = &self.text[self.at..self.at + digits];
        let max = if digits == 0 { Some(self.grammar.gap) } else { written.parse().ok() };
        match max.filter(|max| (1..=GAP_MAX).contains(max)) {
            Some(max) => {
                self.at += digits;
                Ok(Node::Gap { max, wide })
            }
            None => Err(self.fault(format!("a gap holds 1 to {GAP_MAX} words"))),
        }
    }

    fn atom(&mut self) -> Result<Node, Fault> {
        if self.takes("(") {
            let mut alternatives = vec![self.all()?];
            while self.takes("|") {
                alternatives.push(self.all()?);
            }
            return if self.takes(")") { Ok(either(alternatives)) } else { Err(self.fault("a bracket stays open")) };
        }
        let rest = &self.text[self.at..];
        let long = rest.find(|c: char| c.is_whitespace() || "()|?!$^<".contains(c)).unwrap_or(rest.len());
        let written = &rest[..long];
        if written.is_empty() {
            return Err(self.fault("a word, a class or a bracket is missing"));
        }
        let node = match written.strip_prefix('@') {
            Some(name) => match KINDS.iter().find(|kind| kind.0 == name) {
                Some(kind) => Ok(Node::Words(vec![kind.1])),
                None => self.grammar.classes.get(name).cloned().ok_or_else(|| format!("no class is named `{name}`")),
            },
            None => self.grammar.word(written),
        };
        let node = node.map_err(|message| self.fault(message))?;
        self.at += long;
        Ok(node)
    }
}

/// The words of which one must be there for the pattern to match, the fewest and the rarest; `None` when nothing must.
pub(super) fn anchor(node: &Node, common: &BTreeSet<WordId>) -> Option<Vec<WordId>> {
    let weight = |words: &Vec<WordId>| -> usize {
        words.iter().map(|word| if common.contains(word) { 10_000 } else { 1 }).sum()
    };
    match node {
        Node::Words(words) => Some(words.clone()),
        Node::All(parts) => parts.iter().filter_map(|part| anchor(part, common)).min_by_key(weight),
        Node::Any(alternatives) => {
            let mut all = BTreeSet::new();
            for alternative in alternatives {
                all.extend(anchor(alternative, common)?);
            }
            Some(all.into_iter().collect())
        }
        _ => None,
    }
}

/// The other words that must be there: one set for each part of the pattern that has one, rarest first.
pub(super) fn needs(node: &Node, common: &BTreeSet<WordId>) -> Vec<Vec<WordId>> {
    let Node::All(parts) = node else { return Vec::new() };
    let mut sets: Vec<Vec<WordId>> = parts.iter().filter_map(|part| anchor(part, common)).collect();
    sets.sort_by_key(|words| words.iter().map(|word| if common.contains(word) { 10_000 } else { 1 }).sum::<usize>());
    sets
}

/// Takes up the words that a pattern can begin with; false when it may consume nothing, so that what follows it may
/// begin too. `None`: any word.
fn take_starts(node: &Node, starts: &mut BTreeSet<WordId>) -> Option<bool> {
    match node {
        Node::Words(words) => {
            starts.extend(words);
            Some(true)
        }
        Node::All(parts) => {
            for part in parts {
                if take_starts(part, starts)? {
                    return Some(true);
                }
            }
            Some(false)
        }
        Node::Any(alternatives) => {
            let mut consumes = true;
            for alternative in alternatives {
                consumes &= take_starts(alternative, starts)?;
            }
            Some(consumes)
        }
        Node::Maybe(inner) => {
            take_starts(inner, starts)?;
            Some(false)
        }
        Node::Gap { .. } => None,
        Node::NotAhead(_) | Node::NotBehind(_) | Node::Subject(_) | Node::Begin | Node::End => Some(false),
    }
}

/// The words that a pattern can begin with; `None` when it can begin with any.
pub(super) fn starts(node: &Node) -> Option<Vec<WordId>> {
    let mut starts = BTreeSet::new();
    take_starts(node, &mut starts)?.then(|| starts.into_iter().collect())
}

/// Every word that a pattern names.
pub(super) fn words_in(node: &Node, each: &mut impl FnMut(WordId)) {
    match node {
        Node::Words(words) | Node::NotBehind(words) | Node::Subject(words) => words.iter().copied().for_each(each),
        Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| words_in(part, each)),
        Node::Maybe(inner) | Node::NotAhead(inner) => words_in(inner, each),
        Node::Gap { .. } | Node::Begin | Node::End => {}
    }
}
