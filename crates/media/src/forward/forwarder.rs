//! Rooms, listeners, and what passes between them.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;
use str0m::Input;
use str0m::config::DtlsCert;
use str0m::ice::StunMessage;
use str0m::net::{Protocol, Receive};

use crate::call::{CallId, StreamId};
use crate::rtp::{Datagram, Packet, Source};

use super::MOST_LISTENERS;
use super::listener::{ListenerId, Peer, Turn};
use super::memory::Memory;
use super::offer::{Answer, Offer, OfferError};
use super::outbox::Datagrams;
use super::tap::Tap;

/// What happened to a listener, for whoever keeps the record of who listened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The connection stands: from now on this listener hears.
    Joined(CallId, ListenerId),
    /// The listener hears no longer: left, lost or replaced, or the call ended; or was answered and never came.
    Left(CallId, ListenerId),
    /// Nobody hears anything any longer: the thread has ended, told to or not. The last of the notices.
    Ended,
}

/// All calls that can be heard, and everybody who hears one.
///
/// Whoever drives it gives each datagram and each instant in [`Forwarder::due`], and sends what [`Forwarder::out`] holds.
pub struct Forwarder {
    address: SocketAddr,
    certificate: DtlsCert,
    // Keyed by what this program counts itself; what others choose keys of is below.
    rooms: FxHashMap<CallId, Room>,
    streams: FxHashMap<StreamId, (CallId, usize)>,
    peers: FxHashMap<PeerKey, Peer>,
    next_peer: PeerKey,
    by_listener: HashMap<ListenerId, PeerKey>,
    by_address: HashMap<(Protocol, SocketAddr), PeerKey>,
    by_ufrag: HashMap<String, PeerKey>,
    alarms: BinaryHeap<Reverse<(Instant, PeerKey)>>,
    out: Datagrams,
    notices: Vec<Notice>,
    /// Hears every call.
    keeper: Option<Tap>,
    /// Hears what somebody listens to.
    scribe: Option<Tap>,
}

type PeerKey = u64;

/// Somebody on the move is known by the last of the addresses.
const MOST_ADDRESSES: usize = 16;

/// A call: its parties' lines, and who hears them.
#[derive(Default)]
pub(super) struct Room {
    lines: Vec<Voice>,
    listeners: Vec<PeerKey>,
    /// When its first audio came.
    began: Option<Instant>,
}

/// One party's line, whichever stream feeds it at the moment.
#[derive(Default)]
struct Voice {
    stream: Option<StreamId>,
    source: Source,
    memory: Memory,
}

impl Room {
    /// What feeds a line.
    pub fn stream(&self, line: usize) -> Option<StreamId> {
        self.lines.get(line).and_then(|voice| voice.stream)
    }

    /// What a line remembers from a place on.
    pub fn at(&self, line: usize, place: u64) -> Option<(u64, &Packet)> {
        self.lines.get(line).and_then(|voice| voice.memory.at(place))
    }

    /// The first place of a line that was received at `at` or later.
    pub fn since(&self, line: usize, at: Instant) -> u64 {
        self.lines.get(line).map_or(0, |voice| voice.memory.since(at))
    }

    /// When the oldest of what is remembered was received.
    pub fn oldest(&self) -> Option<Instant> {
        self.lines.iter().filter_map(|voice| voice.memory.oldest()).min()
    }
}

impl Forwarder {
    /// A forwarder whose listeners reach it at `address`, by UDP or TCP, with the certificate whose fingerprint its answers carry.
    pub fn new(address: SocketAddr, certificate: DtlsCert) -> Self {
        Self {
            address,
            certificate,
            rooms: FxHashMap::default(),
            streams: FxHashMap::default(),
            peers: FxHashMap::default(),
            next_peer: 0,
            by_listener: HashMap::new(),
            by_address: HashMap::new(),
            by_ufrag: HashMap::new(),
            alarms: BinaryHeap::new(),
            out: Datagrams::default(),
            notices: Vec::new(),
            keeper: None,
            scribe: None,
        }
    }

    /// From now on a keeper hears every call too; none, and nobody keeps anything any more.
    pub fn keep(&mut self, tap: Option<Tap>) {
        self.keeper = tap;
    }

    /// From now on a scribe hears those calls to which somebody listens, as long as somebody does; none, and nobody does.
    pub fn caption(&mut self, tap: Option<Tap>) {
        self.scribe = tap;
    }

    /// Says that a stream feeds a line of a call: 0 is the caller's, 1 the call taker's, in the order of the lines that
    /// browsers offer. The call begins with its first stream. A line that has a stream already goes on with the new one.
    pub fn open_stream(&mut self, call: CallId, stream: StreamId, line: usize) {
        self.close_stream(stream);
        let room = self.rooms.entry(call).or_default();
        if room.lines.len() <= line {
            room.lines.resize_with(line + 1, Voice::default);
        }
        if let Some(before) = room.lines[line].stream.replace(stream) {
            self.streams.remove(&before);
        }
        self.streams.insert(stream, (call, line));
    }

    /// Says that nothing more comes from a stream. What it said stays until the call ends.
    pub fn close_stream(&mut self, stream: StreamId) {
        let Some((call, line)) = self.streams.remove(&stream) else { return };
        if let Some(voice) = self.rooms.get_mut(&call).and_then(|room| room.lines.get_mut(line)) {
            voice.stream = None;
        }
    }

    /// When the last audio of a call came, of whichever party.
    pub fn last_heard(&self, call: CallId) -> Option<Instant> {
        self.rooms.get(&call)?.lines.iter().filter_map(|voice| voice.source.last_at()).max()
    }

    /// Ends a call: its listeners hear nothing more, and what was said is forgotten.
    pub fn close_call(&mut self, call: CallId, now: Instant) {
        let Some(room) = self.rooms.remove(&call) else { return };
        for tap in self.keeper.iter().chain(&self.scribe) {
            tap.ended(call, now);
        }
        for stream in room.lines.iter().filter_map(|voice| voice.stream) {
            self.streams.remove(&stream);
        }
        for key in room.listeners {
            self.remove(key);
        }
    }

    /// Answers somebody who wants to hear a call. An earlier connection of the same listener ends, and the new one begins
    /// where that was: so somebody goes on listening on another network.
    ///
    /// # Errors
    /// When there is no such call, too many hear it, or the offer cannot be answered.
    pub fn offer(
        &mut self,
        call: CallId,
        listener: ListenerId,
        offer: &Offer,
        now: Instant,
    ) -> Result<Answer, OfferError> {
        let room = self.rooms.get(&call).ok_or(OfferError::NoSuchCall)?;
        let before = self.by_listener.get(&listener).copied().and_then(|key| Some((key, self.peers.get(&key)?)));
        let behind = before.filter(|(_, peer)| peer.call == call).map_or(Duration::ZERO, |(_, peer)| peer.behind());
        if room.listeners.len() >= MOST_LISTENERS && before.is_none_or(|(_, peer)| peer.call != call) {
            return Err(OfferError::TooMany);
        }
        let (mut peer, answer) = Peer::answer((listener, call), offer, room, (self.address, &self.certificate), now)?;
        if !behind.is_zero() {
            peer.go_behind(behind, room, now);
        }
        if let Some((key, _)) = before {
            self.remove(key);
        }
        let key = self.next_peer;
        self.next_peer += 1;
        self.by_listener.insert(listener, key);
        self.by_ufrag.insert(peer.ufrag.clone(), key);
        self.peers.insert(key, peer);
        if let Some(room) = self.rooms.get_mut(&call) {
            room.listeners.push(key);
        }
        self.wake_peer(key, now);
        Ok(answer)
    }

    /// Takes a packet of a call. It is on its way to everybody who hears that call live when this returns.
    pub fn heard(&mut self, stream: StreamId, datagram: &Datagram<'_>, now: Instant) {
        let Some(&(call, line)) = self.streams.get(&stream) else { return };
        let Some(room) = self.rooms.get_mut(&call) else { return };
        let Some(packet) = room.lines[line].source.take(datagram, now) else { return };
        let (mut gone, mut is_heard) = (Vec::new(), false);
        for &key in &room.listeners {
            let Some(peer) = self.peers.get_mut(&key).filter(|peer| peer.hears()) else { continue };
            is_heard = true;
            if peer.is_live() {
                if peer.send(line, &packet, now, &mut self.out) == Turn::Gone {
                    gone.push(key);
                }
                set_alarm(&mut self.alarms, key, peer, None);
            } else {
                let due = now + peer.behind();
                if peer.alarm.is_none_or(|alarm| due < alarm) {
                    peer.alarm = Some(due);
                    self.alarms.push(Reverse((due, key)));
                }
            }
        }
        let began = *room.began.get_or_insert(packet.at);
        for tap in self.keeper.iter().chain(self.scribe.as_ref().filter(|_| is_heard)) {
            tap.said(call, line, &packet, began);
        }
        room.lines[line].memory.keep(packet);
        for key in gone {
            self.remove(key);
        }
    }

    /// Takes a datagram that came to the listeners' port, by UDP.
    pub fn received(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) {
        self.received_by(Protocol::Udp, from, bytes, now);
    }

    /// Whether a listener has proved to be at an address.
    pub(super) fn knows(&self, way: Protocol, at: SocketAddr) -> bool {
        self.by_address.contains_key(&(way, at))
    }

    /// Takes a datagram that came to the listeners' port in either way.
    pub(super) fn received_by(&mut self, way: Protocol, from: SocketAddr, bytes: &[u8], now: Instant) {
        let Ok(receive) = Receive::new(way, from, self.address, bytes) else { return };
        let from = (way, from);
        let input = Input::Receive(now, receive);
        let known = self.by_address.get(&from).copied();
        let takes = |key: &PeerKey| self.peers.get(key).is_some_and(|peer| peer.takes(&input));
        let Some(key) = known.filter(takes).or_else(|| self.by_name(bytes).filter(takes)) else { return };
        let Some(peer) = self.peers.get_mut(&key) else { return };
        if known != Some(key) {
            self.by_address.insert(from, key);
            if peer.addresses.len() >= MOST_ADDRESSES {
                self.by_address.remove(&peer.addresses.remove(0));
            }
            peer.addresses.push(from);
        }
        let turn = peer.receive(input, &mut self.out);
        self.settle(key, turn);
    }

    /// Whose a STUN message is, by the name that our answer gave.
    fn by_name(&self, bytes: &[u8]) -> Option<PeerKey> {
        // Anything but STUN begins with a larger byte (RFC 7983).
        bytes.first().filter(|first| **first < 4)?;
        let message = StunMessage::parse(bytes).ok()?;
        let (ours, _) = message.split_username()?;
        self.by_ufrag.get(ours).copied()
    }

    /// When [`Forwarder::wake`] has something to do next.
    pub fn due(&self) -> Option<Instant> {
        self.alarms.peek().map(|Reverse((at, _))| *at)
    }

    /// Does everything that is due.
    pub fn wake(&mut self, now: Instant) {
        while let Some(&Reverse((at, key))) = self.alarms.peek() {
            if at > now {
                break;
            }
            self.alarms.pop();
            // An alarm that was set before an earlier one has nothing to say.
            if self.peers.get(&key).is_some_and(|peer| peer.alarm == Some(at)) {
                self.wake_peer(key, now);
            }
        }
    }

    fn wake_peer(&mut self, key: PeerKey, now: Instant) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        peer.alarm = None;
        let turn = peer.wake(self.rooms.get(&peer.call), now, &mut self.out);
        self.settle(key, turn);
    }

    fn settle(&mut self, key: PeerKey, turn: Turn) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        match turn {
            Turn::Gone => return self.remove(key),
            Turn::Joined => self.notices.push(Notice::Joined(peer.call, peer.id)),
            Turn::On => {}
        }
        set_alarm(&mut self.alarms, key, peer, self.rooms.get(&peer.call));
    }

    /// Takes a listener back by so much more than now, and says how far behind the present that is: at most two minutes,
    /// and not before the call began. Nothing for somebody who does not listen.
    pub fn rewind(&mut self, listener: ListenerId, by: Duration, now: Instant) -> Option<Duration> {
        self.go_behind(listener, now, |behind| behind.saturating_add(by))
    }

    /// Takes a listener to the present at once. False for somebody who does not listen.
    pub fn catch_up(&mut self, listener: ListenerId, now: Instant) -> bool {
        self.go_behind(listener, now, |_| Duration::ZERO).is_some()
    }

    fn go_behind(
        &mut self,
        listener: ListenerId,
        now: Instant,
        to: impl FnOnce(Duration) -> Duration,
    ) -> Option<Duration> {
        let key = *self.by_listener.get(&listener)?;
        let peer = self.peers.get_mut(&key)?;
        let behind = peer.go_behind(to(peer.behind()), self.rooms.get(&peer.call)?, now);
        self.wake_peer(key, now);
        Some(behind)
    }

    /// What somebody hears now, as time since the call's first audio; nothing for somebody who does not listen, or before it.
    pub fn place(&self, listener: ListenerId, now: Instant) -> Option<Duration> {
        let peer = self.peers.get(self.by_listener.get(&listener)?)?;
        let began = self.rooms.get(&peer.call)?.began?;
        Some(now.saturating_duration_since(began).saturating_sub(peer.behind()))
    }

    /// Ends a listener's connection.
    pub fn leave(&mut self, listener: ListenerId) {
        if let Some(key) = self.by_listener.get(&listener).copied() {
            self.remove(key);
        }
    }

    /// Who hears a call, or is about to: nobody listens unseen.
    pub fn listeners(&self, call: CallId) -> Vec<ListenerId> {
        let keys = self.rooms.get(&call).map_or(&[][..], |room| &room.listeners);
        keys.iter().filter_map(|key| self.peers.get(key)).map(|peer| peer.id).collect()
    }

    fn remove(&mut self, key: PeerKey) {
        let Some(mut peer) = self.peers.remove(&key) else { return };
        peer.close(&mut self.out);
        self.by_ufrag.remove(&peer.ufrag);
        for address in &peer.addresses {
            if self.by_address.get(address) == Some(&key) {
                self.by_address.remove(address);
            }
        }
        if self.by_listener.get(&peer.id) == Some(&key) {
            self.by_listener.remove(&peer.id);
        }
        if let Some(room) = self.rooms.get_mut(&peer.call) {
            room.listeners.retain(|other| *other != key);
        }
        self.notices.push(Notice::Left(peer.call, peer.id));
    }

    /// What is to be sent to listeners. Whoever sends it clears it.
    pub fn out(&mut self) -> &mut Datagrams {
        &mut self.out
    }

    /// What happened to listeners since this was last asked.
    pub fn notices(&mut self) -> std::vec::Drain<'_, Notice> {
        self.notices.drain(..)
    }
}

/// Sets a peer's alarm, unless an earlier one is set.
fn set_alarm(alarms: &mut BinaryHeap<Reverse<(Instant, PeerKey)>>, key: PeerKey, peer: &mut Peer, room: Option<&Room>) {
    let due = peer.due(room);
    if peer.alarm.is_none_or(|alarm| due < alarm) {
        peer.alarm = Some(due);
        alarms.push(Reverse((due, key)));
    }
}
