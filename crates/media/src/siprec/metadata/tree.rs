//! XML as a small tree, however it is broken: what was read before the break stands.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::siprec::Problem;

/// Elements of one body; a call of two has some fifteen.
const MOST_NODES: usize = 2_000;
/// The standard's depth is 4, extensions are a little deeper.
const MOST_DEPTH: usize = 24;
/// One value: the longest that a vendor allows is 2,048 bytes. A longer one is left out, since half an id is none.
const MOST_TEXT: usize = 4_096;

/// One element.
#[derive(Default)]
pub(super) struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    /// Its own text, without space around it.
    pub text: String,
    pub children: Vec<Self>,
}

impl Node {
    /// Its name without the prefix.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same in small letters: vendors differ in those too.
    pub fn kind(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    /// The first of these attributes that is there.
    pub fn attribute(&self, names: &[&str]) -> Option<&str> {
        let named = |name: &&str| self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        names.iter().find_map(named).map(|(_, value)| value.as_str())
    }

    /// The first child of a kind.
    pub fn child(&self, kind: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name.eq_ignore_ascii_case(kind))
    }

    /// The text of the first child of a kind.
    pub fn text_of(&self, kind: &str) -> Option<&str> {
        self.child(kind).map(|child| child.text.as_str())
    }

    /// The texts of all children of a kind.
    pub fn texts<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        self.children.iter().filter(move |child| child.name.eq_ignore_ascii_case(kind)).map(|child| child.text.as_str())
    }

    /// Whether what it ties together is tied no longer.
    pub fn has_ended(&self) -> bool {
        self.text_of("disassociate-time").is_some_and(|time| !time.is_empty())
    }

    fn new(start: &BytesStart<'_>) -> Self {
        let mut attributes = start.attributes();
        let attributes = attributes.with_checks(false).flatten().filter_map(|attribute| {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            let name = attribute.key.local_name().as_ref().to_owned();
            (value.len() <= MOST_TEXT).then(|| (name, value.trim().to_owned()))
        });
        Self { name: start.local_name().as_ref().to_owned(), attributes: attributes.collect(), ..Self::default() }
    }

    fn close(mut self) -> Self {
        self.text = match self.text.trim() {
            text if text.len() > MOST_TEXT => String::new(),
            text => text.to_owned(),
        };
        self
    }
}

/// The root element; an empty one when there is none.
pub(super) fn read(text: &str, problems: &mut Vec<Problem>) -> Node {
    let mut reader = Reader::from_str(text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut open = vec![Node::default()];
    let mut nodes = 0_usize;
    loop {
        let event = reader.read_event();
        if matches!(event, Ok(Event::Start(_) | Event::Empty(_))) {
            nodes += 1;
            if nodes > MOST_NODES || open.len() > MOST_DEPTH {
                problems.push(Problem::TooMany);
                break;
            }
        }
        let is_open = open.len() > 1;
        let Some(last) = open.last_mut() else { break };
        match event {
            Ok(Event::Start(start)) => open.push(Node::new(&start)),
            Ok(Event::Empty(start)) => last.children.push(Node::new(&start)),
            Ok(Event::End(_)) if is_open => close(&mut open),
            Ok(Event::Text(piece)) => last.text.push_str(&piece.xml10_content()),
            Ok(Event::CData(piece)) => last.text.push_str(&piece.xml10_content()),
            // Entities that the XML defines itself stay unread.
            Ok(Event::GeneralRef(piece)) => last.text.extend(meant(&piece)),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                problems.push(Problem::Unreadable);
                break;
            }
        }
    }
    if open.len() > 1 && problems.is_empty() {
        problems.push(Problem::NotClosed);
    }
    while open.len() > 1 {
        close(&mut open);
    }
    let root = open.pop().unwrap_or_default();
    if root.children.is_empty() && problems.is_empty() {
        problems.push(Problem::Unreadable);
    }
    root
}

fn close(open: &mut Vec<Node>) {
    if let Some(node) = open.pop()
        && let Some(parent) = open.last_mut()
    {
        parent.children.push(node.close());
    }
}

fn meant(piece: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    match (&*piece.xml10_content(), piece.resolve_char_ref()) {
        (_, Ok(Some(char))) => Some(char),
        ("amp", _) => Some('&'),
        ("lt", _) => Some('<'),
        ("gt", _) => Some('>'),
        ("quot", _) => Some('"'),
        ("apos", _) => Some('\''),
        _ => None,
    }
}
