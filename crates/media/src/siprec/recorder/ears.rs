//! From lines of an offer to ears and parties.

use std::net::IpAddr;

use super::dialog::{Dialog, Line};
use super::{Hearing, Key, Recorder};
use crate::call::CallId;
use crate::calls::{Party, PartyState, Role};
use crate::siprec::{Answer, Ask, Crypto, Offer, Port};
use crate::srtp::Key as Master;

impl<H: Hearing> Recorder<H> {
    /// Opens what a new description brings, closes what it takes away. False when there is something to hear in it and no
    /// port for any of it.
    pub(super) fn listen(&mut self, key: Key, offer: Offer) -> bool {
        let Some(dialog) = self.dialogs.get_mut(&key) else { return false };
        let (call, mut lines) = (dialog.call, std::mem::take(&mut dialog.lines));
        // A description that leaves lines out takes them away (RFC 3264 forbids it).
        for gone in lines.drain(offer.lines.len().min(lines.len())..) {
            if let Some(stream) = gone.stream {
                self.hearing.close_stream(stream);
            }
        }
        let (mut wanted, mut opened) = (0, 0);
        for (at, described) in offer.lines.iter().enumerate() {
            if lines.len() == at {
                let place = place(dialog, &offer, at, &lines);
                lines.push(Line { place, ..Line::default() });
            }
            let line = &mut lines[at];
            let from = described.address.filter(|address| !self.policy.any_source && !address.is_unspecified());
            let is_heard = described.law().is_some();
            // Another host takes over: the ear is deaf to it, so there is to be another ear.
            let has_moved = from.is_some() && line.from.is_some() && from != line.from;
            if let Some(stream) = line.stream.filter(|_| !is_heard || has_moved) {
                self.hearing.close_stream(stream);
                line.stream = None;
            }
            wanted += usize::from(is_heard);
            if is_heard && line.stream.is_none() {
                let stream = self.calls.stream();
                let from = from.or(line.from);
                if let Some(address) = self.hearing.open(call, stream, line.place, from) {
                    (line.stream, line.port, line.from, line.key) = (Some(stream), address.port(), from, None);
                }
            }
            agree(&mut self.hearing, line, described.crypto.as_ref());
            opened += usize::from(line.stream.is_some());
        }
        dialog.lines = lines;
        dialog.offer = offer;
        wanted == 0 || opened > 0
    }

    /// Opens the lines of an offer of our own: as many as the metadata have streams, or one.
    pub(super) fn listen_unasked(&mut self, key: Key) -> bool {
        let Some(dialog) = self.dialogs.get_mut(&key) else { return false };
        if !dialog.lines.is_empty() {
            return true;
        }
        let labels: Vec<_> = dialog.metadata.labels().take(2).map(str::to_owned).collect();
        for at in 0..labels.len().max(1) {
            let place = dialog.half.as_ref().map_or(at, |(place, _)| *place);
            let stream = self.calls.stream();
            let mut line = Line { place, ..Line::default() };
            let described = crate::siprec::Line { label: labels.get(at).cloned(), ..crate::siprec::Line::default() };
            if let Some(address) = self.hearing.open(dialog.call, stream, place, None) {
                (line.stream, line.port) = (Some(stream), address.port());
            }
            dialog.lines.push(line);
            dialog.offer.lines.push(described);
        }
        dialog.lines.iter().any(|line| line.stream.is_some())
    }

    /// The description that answers the switch's.
    pub(super) fn answer(dialog: &mut Dialog, media: IpAddr) -> String {
        dialog.version += 1;
        let ports: Vec<_> = dialog.lines.iter().map(Line::described).collect();
        let (offer, session, version) = (&dialog.offer, dialog.session, dialog.version);
        Answer { offer, address: media, session, version, ports: &ports }.to_string()
    }

    /// The description that asks for what the switch did not offer.
    pub(super) fn offer(dialog: &mut Dialog, media: IpAddr) -> String {
        dialog.version += 1;
        let lines = dialog.lines.iter().zip(&dialog.offer.lines);
        let lines: Vec<_> = lines.map(|(line, known)| (line.port, known.label.as_deref())).collect();
        Ask { address: media, session: dialog.session, version: dialog.version, lines: &lines }.to_string()
    }

    /// Tells the list of calls who speaks on which line, and whether.
    pub(super) fn tell(&mut self, key: Key) {
        let Some(dialog) = self.dialogs.get(&key) else { return };
        let parties: Vec<_> =
            dialog.lines.iter().enumerate().map(|(at, line)| (line.place, party(dialog, at))).collect();
        let known = dialog.metadata.known_as().to_vec();
        self.calls.change(dialog.call, |live| {
            for (place, party) in parties {
                if live.parties.len() <= place {
                    let nobody = Party { state: PartyState::Gone, ..Party::default() };
                    live.parties.resize(place + 1, nobody);
                }
                live.parties[place] = party;
            }
            known.into_iter().for_each(|known| live.learn(known));
        });
    }

    /// One more session carries a call.
    pub(super) fn carry(&mut self, call: CallId) {
        *self.carried.entry(call).or_default() += 1;
    }
}

impl Line {
    fn described(&self) -> Port<'_> {
        self.stream.map_or(Port::Refuse, |_| Port::Hear(self.port, self.own.as_ref()))
    }
}

/// Takes the protection that is offered for a line. A description that says the same again changes nothing: what was counted
/// by the key goes on.
fn agree<H: Hearing>(hearing: &mut H, line: &mut Line, offered: Option<&Crypto>) {
    let key = offered.map(|crypto| &crypto.key);
    let Some(stream) = line.stream.filter(|_| line.key.as_ref() != key) else { return };
    let suite = key.map(Master::suite);
    if line.own.as_ref().map(Master::suite) != suite {
        line.own = suite.and_then(|suite| Master::random(suite).ok());
    }
    if line.own.is_some() == key.is_some() {
        line.key = key.cloned();
        hearing.protect(stream, line.key.clone());
    } else {
        // Without random numbers there is no answer, and without an answer nothing to hear.
        hearing.close_stream(stream);
        line.stream = None;
    }
}

/// Who speaks on a line of the offer, as far as anything says.
fn party(dialog: &Dialog, at: usize) -> Party {
    let described = dialog.offer.lines.get(at);
    let line = &dialog.lines[at];
    let state = match described {
        _ if line.stream.is_none() => PartyState::Gone,
        Some(described) if described.is_held => PartyState::Held,
        _ => PartyState::Going,
    };
    let speakers = described.and_then(|line| line.label.as_deref()).map(|label| dialog.metadata.speakers(label));
    match speakers.as_deref() {
        Some([speaker]) => {
            Party { state, role: speaker.role, address: speaker.address.clone(), name: speaker.name.clone() }
        }
        // Several on one line are nobody in particular.
        Some([_, _, ..]) => Party { state, ..Party::default() },
        _ => {
            let half = dialog.half.as_ref();
            let named = dialog.named.iter().find(|(line, _)| *line == at).map(|(_, address)| address.clone());
            let role = half.map(|(place, _)| if *place == 0 { Role::Caller } else { Role::CallTaker });
            Party { state, role, address: half.and_then(|(_, number)| number.clone()).or(named), name: None }
        }
    }
}

/// Where a line stands among the call's parties: the caller's first and the call taker's second where the switch says who is
/// who, else as they were offered.
fn place(dialog: &Dialog, offer: &Offer, at: usize, before: &[Line]) -> usize {
    let free = |place: &usize| before.iter().all(|line| line.place != *place);
    if let Some((place, _)) = dialog.half.as_ref().filter(|(place, _)| free(place)) {
        return *place;
    }
    let role = |line: &crate::siprec::Line| {
        let speakers = line.label.as_deref().map(|label| dialog.metadata.speakers(label))?;
        if let [speaker] = speakers.as_slice() { speaker.role } else { None }
    };
    let said = |role: Role| if role == Role::Caller { 0 } else { 1 };
    if let Some(place) = role(&offer.lines[at]).map(said).filter(free) {
        return place;
    }
    let taken: Vec<_> = offer.lines[at..].iter().filter_map(role).map(said).collect();
    (0..).find(|place| free(place) && !taken.contains(place)).unwrap_or(before.len())
}
