//! What one turn of the thread does: wait, hear, forward, send.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::OwnedFd;
use std::sync::mpsc::Sender;
use std::time::Instant;

use rustc_hash::FxHashMap;
use rustix::event::{Timespec, epoll};
use rustix::net::sockopt::{set_socket_recv_buffer_size, set_socket_send_buffer_size};
use str0m::config::DtlsCert;
use str0m::net::Protocol;

use crate::call::{CallId, StreamId};
use crate::rtp::{Datagram, Ear};
use crate::srtp::{Key, Opener};

use super::links::Links;
use super::{Forwarder, Notice, batch};

/// At most so many sockets are served in one turn; the others keep their datagrams for the next.
pub(super) const MOST_EVENTS: usize = 256;

/// At most so many datagrams of listeners are taken in one turn: calls go first.
const MOST_RECEIVED: usize = 64;

/// One datagram. What is longer than this is no RTP of ours, and no listener's either.
const DATAGRAM: usize = 2_048;

/// Room for a burst to every listener while the wire is busy.
const BUFFER: usize = 4 << 20;

const BELL: u64 = 0;
const LISTENERS: u64 = 1;
const DOOR: u64 = 2;
const FIRST: u64 = 3;

pub(super) struct Wheel {
    pub forwarder: Forwarder,
    epoll: OwnedFd,
    socket: UdpSocket,
    ears: FxHashMap<u64, Hearer>,
    by_stream: HashMap<StreamId, u64>,
    streams: HashMap<CallId, Vec<StreamId>>,
    links: Links,
    next: u64,
    notices: Sender<Notice>,
    buffer: Box<[u8; DATAGRAM]>,
    stopped: bool,
}

/// One stream's port.
struct Hearer {
    stream: StreamId,
    ear: Ear,
    /// What its packets are opened with, where they are protected.
    opener: Option<Opener>,
}

impl Wheel {
    pub fn new(
        socket: UdpSocket,
        door: TcpListener,
        advertised: Option<SocketAddr>,
        certificate: DtlsCert,
        notices: Sender<Notice>,
    ) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        // Smaller buffers than asked for are no reason to hear nothing.
        let _as_large_as_allowed = set_socket_send_buffer_size(&socket, BUFFER);
        let _as_large_as_allowed = set_socket_recv_buffer_size(&socket, BUFFER);
        let address = match advertised {
            Some(address) => address,
            None => socket.local_addr()?,
        };
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &socket, epoll::EventData::new_u64(LISTENERS), epoll::EventFlags::IN)?;
        let links = Links::new(door)?;
        epoll::add(&epoll, &links, epoll::EventData::new_u64(DOOR), epoll::EventFlags::IN)?;
        Ok(Self {
            forwarder: Forwarder::new(address, certificate),
            epoll,
            socket,
            ears: FxHashMap::default(),
            by_stream: HashMap::new(),
            streams: HashMap::new(),
            links,
            next: FIRST,
            notices,
            buffer: Box::new([0; DATAGRAM]),
            stopped: false,
        })
    }

    pub fn watch_bell(&self, bell: &OwnedFd) -> io::Result<()> {
        let data = epoll::EventData::new_u64(BELL);
        Ok(epoll::add(&self.epoll, bell, data, epoll::EventFlags::IN)?)
    }

    pub fn open_stream(&mut self, call: CallId, stream: StreamId, line: usize, ear: Ear) -> io::Result<()> {
        self.close_ear(stream);
        let data = epoll::EventData::new_u64(self.next);
        epoll::add(&self.epoll, &ear, data, epoll::EventFlags::IN)?;
        self.ears.insert(self.next, Hearer { stream, ear, opener: None });
        self.by_stream.insert(stream, self.next);
        self.streams.entry(call).or_default().push(stream);
        self.next += 1;
        self.forwarder.open_stream(call, stream, line);
        Ok(())
    }

    pub fn protect(&mut self, stream: StreamId, key: Option<Key>) {
        let hearer = self.by_stream.get(&stream).and_then(|at| self.ears.get_mut(at));
        let Some(hearer) = hearer else { return };
        match (key, &mut hearer.opener) {
            (None, opener) => *opener = None,
            (Some(key), Some(opener)) => opener.change(key),
            (Some(key), None) => match Opener::new(key) {
                Some(opener) => hearer.opener = Some(opener),
                // What should be protected is not heard without.
                None => self.close_ear(stream),
            },
        }
    }

    pub fn refused(&self, call: CallId) -> u64 {
        let streams = self.streams.get(&call).into_iter().flatten();
        let hearers = streams.filter_map(|stream| self.ears.get(self.by_stream.get(stream)?));
        hearers.filter_map(|hearer| hearer.opener.as_ref()).map(Opener::refused).sum()
    }

    pub fn close_stream(&mut self, stream: StreamId) {
        self.close_ear(stream);
        self.forwarder.close_stream(stream);
    }

    pub fn close_call(&mut self, call: CallId, now: Instant) {
        for stream in self.streams.remove(&call).unwrap_or_default() {
            self.close_ear(stream);
        }
        self.forwarder.close_call(call, now);
    }

    fn close_ear(&mut self, stream: StreamId) {
        // A closed socket leaves the set of watched ones by itself.
        if let Some(key) = self.by_stream.remove(&stream) {
            self.ears.remove(&key);
        }
        for streams in self.streams.values_mut() {
            streams.retain(|other| *other != stream);
        }
    }

    /// Sleeps until something comes or is due.
    pub fn wait(&self, events: &mut Vec<epoll::Event>) -> io::Result<()> {
        let sleep = self.forwarder.due().map(|due| due.saturating_duration_since(Instant::now()));
        let sleep = sleep.and_then(|sleep| Timespec::try_from(sleep).ok());
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(events), sleep.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes what waits on a socket. True for the bell.
    pub fn hear(&mut self, key: u64, now: Instant) -> bool {
        match key {
            BELL => return true,
            LISTENERS => self.receive(now),
            DOOR => {
                let Self { links, epoll, next, forwarder, .. } = self;
                let key = || {
                    *next += 1;
                    *next - 1
                };
                links.accept(epoll, now, key, |at| forwarder.knows(Protocol::Tcp, at));
            }
            key => {
                // One datagram a turn: whoever has more is in the next turn's list again, and no stream waits for another's flood.
                let Some(hearer) = self.ears.get_mut(&key) else {
                    let Self { links, epoll, buffer, forwarder, .. } = self;
                    links.hear(key, epoll, &mut buffer[..], |from, datagram| {
                        forwarder.received_by(Protocol::Tcp, from, datagram, now);
                    });
                    return false;
                };
                let Ok(Some(length)) = hearer.ear.hear(&mut self.buffer[..]) else { return false };
                let packet = &mut self.buffer[..length];
                let opened = match &mut hearer.opener {
                    Some(opener) => opener.open(packet),
                    None => Some(&*packet),
                };
                if let Some(datagram) = opened.and_then(Datagram::read) {
                    self.forwarder.heard(hearer.stream, &datagram, now);
                }
            }
        }
        false
    }

    fn receive(&mut self, now: Instant) {
        for _ in 0..MOST_RECEIVED {
            match self.socket.recv_from(&mut self.buffer[..]) {
                Ok((length, from)) => self.forwarder.received(from, &self.buffer[..length], now),
                // Also what a peer's host answered to something that was sent: it is that peer's matter.
                Err(_) => return,
            }
        }
    }

    /// Does what is due, sends what came of it all, and passes on what happened.
    pub fn finish(&mut self, now: Instant) {
        self.forwarder.wake(now);
        let out = self.forwarder.out();
        if !out.is_empty() {
            batch::send(&self.socket, out);
            for (to, datagram) in &out.by_tcp {
                self.links.send(*to, datagram, &self.epoll);
            }
            out.clear();
        }
        for notice in self.forwarder.notices() {
            let _nobody_asks = self.notices.send(notice);
        }
    }

    /// Ends with this turn.
    pub fn stop(&mut self, now: Instant) {
        self.stopped = true;
        let calls: Vec<CallId> = self.streams.keys().copied().collect();
        for call in calls {
            self.close_call(call, now);
        }
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped
    }
}

impl Drop for Wheel {
    /// However the thread ends, on an error or in a panic too, whoever asked for notices learns of it now.
    fn drop(&mut self) {
        let _nobody_asks = self.notices.send(Notice::Ended);
    }
}
