//! Who speaks on which stream, and what the call is known by (RFC 7865, and what vendors make of it).
//!
//! Names are matched without their prefix, since half of all vendors write another namespace than the standard's or declare
//! none; ids and labels are text that is compared and never read; times are left alone, because some have no zone and some
//! are of 1970.

mod tree;

use std::fmt;

use super::Problem;
use crate::calls::{By, KnownAs, Role};
use tree::Node;

/// What metadata have said of a call so far.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Who takes part, in the order in which they were named.
    pub participants: Vec<Participant>,
    streams: Vec<Stream>,
    /// Participant and stream.
    sends: Vec<(String, String)>,
    known_as: Vec<KnownAs>,
}

/// Somebody who takes part.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Participant {
    id: String,
    /// The address of record as it was written, with or without a scheme.
    pub address: Option<String>,
    /// The display name.
    pub name: Option<String>,
    /// Who it is in the call, where the vendor says.
    pub role: Option<Role>,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Stream {
    id: String,
    label: Option<String>,
}

/// One body of metadata.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Update {
    is_partial: bool,
    said: Metadata,
    /// Participant and stream whose tie has ended; every stream of the participant when none is named.
    ended: Vec<(String, Option<String>)>,
    /// What was wrong with it.
    pub problems: Vec<Problem>,
}

impl Update {
    /// Reads a body.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut update = Self::default();
        let root = tree::read(text, &mut update.problems);
        update.walk(&root, None);
        update
    }

    fn walk(&mut self, node: &Node, whose: Option<usize>) {
        let id = |own: &str| node.attribute(&[own, "id"]).unwrap_or_default().to_owned();
        let mut whose = whose;
        match node.kind().as_str() {
            "datamode" => self.is_partial = node.text.eq_ignore_ascii_case("partial"),
            "group" => self.know(By::GroupId, &id("group_id")),
            "sipsessionid" => {
                session_ids(&node.text).for_each(|id| self.know(By::SessionId, id));
            }
            "participant" => whose = Some(self.participant(node, id("participant_id"))),
            "stream" => {
                let label = node.text_of("label").or_else(|| node.attribute(&["label"])).map(str::to_owned);
                let id = node.attribute(&["stream_id", "id", "streamid"]).unwrap_or_default().to_owned();
                self.said.streams.push(Stream { id, label });
            }
            "participantstreamassoc" => {
                let participant = node.attribute(&["participant_id", "participant", "id"]).unwrap_or_default();
                let sent: Vec<_> = node.texts("send").map(str::to_owned).collect();
                if node.has_ended() {
                    self.ended.extend(sent.into_iter().map(|stream| (participant.to_owned(), Some(stream))));
                } else {
                    self.said.sends.extend(sent.into_iter().map(|stream| (participant.to_owned(), stream)));
                }
            }
            "participantsessionassoc" if node.has_ended() => {
                let participant = node.attribute(&["participant_id", "participant", "id"]).unwrap_or_default();
                self.ended.push((participant.to_owned(), None));
            }
            // The call's own parts, and what says nothing that is used.
            "send"
            | "recv"
            | "label"
            | "name"
            | "aor"
            | "nameid"
            | "mode"
            | "reason"
            | "group-ref"
            | "associate-time"
            | "disassociate-time"
            | "start-time"
            | "stop-time"
            | "starttime"
            | "endtime"
            | "participantsessionassoc"
            | "sessionrecordingassoc" => return,
            _ if node.children.is_empty() => self.extension(node.name(), &node.text, whose),
            _ => {}
        }
        // A header that is carried along: `<header label="X-Ref"><value>..</value></header>`.
        let carried = node.attribute(&["label", "name", "key"]).zip(node.text_of("value"));
        if let Some((name, value)) = carried {
            return self.extension(name, value, whose);
        }
        node.children.iter().for_each(|child| self.walk(child, whose));
    }

    fn participant(&mut self, node: &Node, id: String) -> usize {
        let named = node.child("nameid").unwrap_or(node);
        let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let address = named.attribute(&["aor"]).or_else(|| named.text_of("aor")).or_else(|| node.text_of("aor"));
        let name = named.text_of("name").or_else(|| node.text_of("name")).or_else(|| node.attribute(&["name"]));
        // Drafts of the standard tie the streams inside the participant.
        self.said.sends.extend(node.texts("send").map(|stream| (id.clone(), stream.to_owned())));
        self.said.participants.push(Participant { id, address: text(address), name: text(name), role: None });
        self.said.participants.len() - 1
    }

    fn extension(&mut self, name: &str, value: &str, whose: Option<usize>) {
        let participant = whose.and_then(|whose| self.said.participants.get_mut(whose));
        match (name, participant) {
            // Oracle's word for who rang.
            ("callingParty", Some(participant)) => {
                participant.role = match value {
                    "true" => Some(Role::Caller),
                    "false" => Some(Role::CallTaker),
                    _ => None,
                };
            }
            _ => self.know(By::Extension(name.to_owned()), value),
        }
    }

    fn know(&mut self, by: By, id: &str) {
        if !id.is_empty() {
            self.said.known_as.push(KnownAs { by, id: id.to_owned() });
        }
    }
}

impl Metadata {
    /// Takes a body: `complete` replaces what was said before, `partial` adds to it and changes what it names.
    pub fn take(&mut self, update: Update) {
        if !update.is_partial {
            *self = Self::default();
        }
        for new in update.said.participants {
            let known = self.participants.iter_mut().find(|known| !new.id.is_empty() && known.id == new.id);
            match known {
                Some(known) => {
                    known.address = new.address.or_else(|| known.address.take());
                    known.name = new.name.or_else(|| known.name.take());
                    known.role = new.role.or(known.role);
                }
                None => self.participants.push(new),
            }
        }
        for new in update.said.streams {
            // Some give no id: then the label is one.
            let known = self.streams.iter_mut().find(|known| match new.id.as_str() {
                "" => known.label == new.label,
                id => known.id == id,
            });
            match known {
                Some(known) => known.label = new.label.or_else(|| known.label.take()),
                None => self.streams.push(new),
            }
        }
        let ended = update.ended;
        self.sends.retain(|(participant, stream)| {
            !ended.iter().any(|(who, what)| who == participant && what.as_ref().is_none_or(|what| what == stream))
        });
        for tie in update.said.sends {
            if !self.sends.contains(&tie) {
                self.sends.push(tie);
            }
        }
        for known in update.said.known_as {
            if !self.known_as.contains(&known) {
                self.known_as.push(known);
            }
        }
        // A switch that only ever adds is at fault: what it said first stands.
        self.participants.truncate(MOST);
        self.streams.truncate(MOST);
        self.sends.truncate(MOST);
        self.known_as.truncate(MOST);
    }

    /// Who speaks on the stream of a label, in the order in which they were tied to it: nobody when metadata do not say, more
    /// than one where the switch mixes.
    pub fn speakers(&self, label: &str) -> Vec<&Participant> {
        let is_this = |stream: &str| {
            let named = self.streams.iter().any(|known| known.id == stream && known.label.as_deref() == Some(label));
            // Where no stream has that id, the tie may name the label itself.
            named || (stream == label && !self.streams.iter().any(|known| known.id == stream))
        };
        let tied = self.sends.iter().filter(|(_, stream)| !stream.is_empty() && is_this(stream));
        tied.filter_map(|(who, _)| self.participants.iter().find(|known| known.id == *who)).collect()
    }

    /// What the call is known by.
    pub fn known_as(&self) -> &[KnownAs] {
        &self.known_as
    }

    /// The labels of the streams, in their order: the lines to ask for where the switch leaves the offer to us.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.streams.iter().filter_map(|stream| stream.label.as_deref())
    }
}

/// Each kind of thing that one call's metadata can name: a conference has tens.
const MOST: usize = 128;

/// The ids of `ab12;remote=cd34` (RFC 7989, section 5), without the one that means none.
pub(super) fn session_ids(text: &str) -> impl Iterator<Item = &str> {
    text.split(';')
        .map(|part| part.trim().strip_prefix("remote=").unwrap_or(part.trim()))
        .filter(|id| !id.contains('=') && id.chars().any(|c| c != '0'))
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Metadata({} participants, {} streams)", self.participants.len(), self.streams.len())
    }
}

impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Participant({:?})", self.role)
    }
}

impl fmt::Debug for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Update({:?}, {:?})", self.said, self.problems)
    }
}
