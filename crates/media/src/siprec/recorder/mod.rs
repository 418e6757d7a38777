//! The recording server's side of every recording session, without a clock or a socket.
//!
//! Messages and instants come in; messages, opened ears and changes of [`Calls`] come out. What is answered is answered at
//! once and finally, so that an `INVITE` has no state between its coming and its answer.
//!
//! A session ends by `BYE`, when its switch no longer knows it, or when nothing answers and nothing is heard: a call that can
//! be heard is never ended for a missing acknowledgement or refresh.

mod dialog;
mod ears;
mod identity;
mod request;
mod timer;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

use super::sip::{Message, Start};
use crate::call::{CallId, StreamId};
use crate::calls::Calls;
use crate::srtp::Key as Master;
use dialog::Dialog;

/// What opens and closes the ears of a call: the only way from here to its audio, and none of it sends.
pub trait Hearing {
    /// Opens a port for a stream; `line` is its place among what listeners hear, `from` the one host that is heard. Nothing
    /// when no port is free.
    fn open(&mut self, call: CallId, stream: StreamId, line: usize, from: Option<IpAddr>) -> Option<SocketAddr>;
    /// Says that a stream is protected with a key from now on, or that it is no longer.
    fn protect(&mut self, stream: StreamId, key: Option<Master>);
    /// Closes a stream's port.
    fn close_stream(&mut self, stream: StreamId);
    /// Ends a call.
    fn close_call(&mut self, call: CallId);
    /// When the last audio of a call came.
    fn last_heard(&self, call: CallId) -> Option<Instant>;
}

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// A datagram a message.
    Udp,
    /// A stream of them.
    Tcp,
    /// The same, encrypted, between two who have shown their certificates.
    Tls,
}

/// The way between a switch and this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    /// How.
    pub transport: Transport,
    /// The switch's end.
    pub peer: SocketAddr,
    /// Our end, as the switch reaches it.
    pub local: SocketAddr,
    /// Which connection; 0 by UDP.
    pub connection: u64,
}

/// What a recorder is told by the force.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The switches that may speak to us: from any other address nothing is read.
    pub allowed: Vec<IpAddr>,
    /// The address at which switches reach calls' ports.
    pub media: IpAddr,
    /// Hear audio from any host, not only from the one that the offer names: for switches whose audio comes from elsewhere.
    pub any_source: bool,
    /// Sessions at one time.
    pub most_sessions: usize,
}

/// Sessions that were answered and not acknowledged yet.
const MOST_PENDING: usize = 256;
/// Ended sessions that are remembered, so that a repeated `BYE` is answered.
const MOST_ENDED: usize = 1_024;

/// RFC 3261, section 17.1.1.1, and how often it doubles at most.
const T1: Duration = Duration::from_millis(500);
const T2: Duration = Duration::from_secs(4);
const PATIENCE: Duration = Duration::from_secs(32);
/// A session of which nothing is heard for so long is asked whether it still is.
const PROBE: Duration = Duration::from_secs(60);
/// Audio that came so recently says that a call goes on, whatever was lost on the way.
const ALIVE: Duration = Duration::from_secs(5);

type Key = u64;

/// Every recording session.
pub struct Recorder<H> {
    policy: Policy,
    calls: Calls,
    hearing: H,
    dialogs: HashMap<Key, Dialog>,
    next: Key,
    /// Call-ID and the switch's tag.
    by_name: HashMap<(String, String), Key>,
    alarms: BTreeSet<(Instant, Key)>,
    ended: VecDeque<Key>,
    pending: usize,
    /// Sessions that carry the halves of one call (Cisco's built-in bridge).
    pairs: HashMap<(IpAddr, String), CallId>,
    /// How many sessions carry a call.
    carried: HashMap<CallId, usize>,
    /// Makes tags.
    seed: u64,
    out: Vec<(Flow, Vec<u8>)>,
}

impl<H: Hearing> Recorder<H> {
    /// A recorder that fills `calls`. `seed` is a random number.
    pub fn new(policy: Policy, calls: Calls, hearing: H, seed: u64) -> Self {
        Self {
            policy,
            calls,
            hearing,
            dialogs: HashMap::new(),
            next: 1,
            by_name: HashMap::new(),
            alarms: BTreeSet::new(),
            ended: VecDeque::new(),
            pending: 0,
            pairs: HashMap::new(),
            carried: HashMap::new(),
            seed,
            out: Vec::new(),
        }
    }

    /// Whether anything is read from an address at all.
    pub fn allows(&self, address: IpAddr) -> bool {
        self.policy.allowed.contains(&address.to_canonical())
    }

    /// Sessions that go on.
    pub fn sessions(&self) -> usize {
        self.dialogs.len() - self.ended.len()
    }

    /// Sessions that go on or ended lately.
    pub fn remembered(&self) -> usize {
        self.dialogs.len()
    }

    /// Takes a message. `at` is the same moment by the wall's clock.
    pub fn received(&mut self, flow: Flow, bytes: &[u8], now: Instant, at: SystemTime) {
        if !self.allows(flow.peer.ip()) {
            return;
        }
        let Some(message) = Message::read(bytes) else { return };
        match &message.start {
            Start::Request(_) => self.request(flow, &message, now, at),
            Start::Response(code) => self.response(*code, &message, now),
        }
    }

    /// When [`Recorder::wake`] has something to do next.
    pub fn due(&self) -> Option<Instant> {
        self.alarms.first().map(|(at, _)| *at)
    }

    /// Does everything that is due.
    pub fn wake(&mut self, now: Instant) {
        while let Some(&(at, key)) = self.alarms.first() {
            if at > now {
                break;
            }
            self.alarms.pop_first();
            self.ring(key, now);
        }
    }

    /// Messages to be sent, each by its flow. A flow that no longer is takes none.
    pub fn out(&mut self) -> std::vec::Drain<'_, (Flow, Vec<u8>)> {
        self.out.drain(..)
    }

    /// Ends every session, with a `BYE` each.
    pub fn stop(&mut self, now: Instant) {
        let mut keys: Vec<_> = self.dialogs.iter().filter(|(_, d)| !d.has_ended).map(|(key, _)| *key).collect();
        keys.sort_unstable();
        for key in keys {
            self.hang_up(key, now);
        }
    }

    /// The opener of ears, for tests and for whoever drives it.
    pub fn hearing(&mut self) -> &mut H {
        &mut self.hearing
    }

    fn find(&self, message: &Message, switch: &str) -> Option<Key> {
        let name = (message.header("call-id")?.to_owned(), message.tag(switch)?.to_owned());
        self.by_name.get(&name).copied()
    }

    /// A word that no other session has (SplitMix64 over a random seed).
    fn word(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Ends a session: its ears close, and its call ends with the last session that carries it.
    fn end(&mut self, key: Key, now: Instant) {
        let Some(dialog) = self.dialogs.get_mut(&key).filter(|dialog| !dialog.has_ended) else { return };
        dialog.has_ended = true;
        if dialog.unacknowledged.take().is_some() {
            self.pending -= 1;
        }
        dialog.expires_at = None;
        dialog.refresh_at = None;
        dialog.probe_at = None;
        dialog.forget_at = Some(now + PATIENCE);
        let call = dialog.call;
        let lines = std::mem::take(&mut dialog.lines);
        for line in &lines {
            if let Some(stream) = line.stream {
                self.hearing.close_stream(stream);
            }
        }
        let left = self.carried.get(&call).map_or(0, |sessions| sessions - 1);
        if left == 0 {
            self.carried.remove(&call);
            self.pairs.retain(|_, paired| *paired != call);
            self.hearing.close_call(call);
            self.calls.end(call);
        } else {
            self.carried.insert(call, left);
            self.calls.change(call, |live| {
                for line in &lines {
                    if let Some(party) = live.parties.get_mut(line.place) {
                        party.state = crate::calls::PartyState::Gone;
                    }
                }
            });
        }
        self.ended.push_back(key);
        if self.ended.len() > MOST_ENDED
            && let Some(oldest) = self.ended.front().copied()
        {
            self.forget(oldest);
        }
        self.arm(key);
    }

    fn forget(&mut self, key: Key) {
        if let Some(dialog) = self.dialogs.remove(&key) {
            self.by_name.remove(&dialog.name);
            if let Some(alarm) = dialog.alarm {
                self.alarms.remove(&(alarm, key));
            }
            self.ended.retain(|ended| *ended != key);
        }
    }
}
