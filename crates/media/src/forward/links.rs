//! Every connection by TCP, and the port that they come to.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::epoll::{self, EventData, EventFlags};

use super::link::{Link, Over};

/// Connections at one time. With one more, the oldest of those gives way of which no listener is known.
const MOST_LINKS: usize = 256;
/// So many are accepted in one turn: calls go first.
const MOST_ACCEPTED: usize = 16;
/// A connection of which no listener is known by then is nobody's.
const UNKNOWN: Duration = Duration::from_secs(10);

/// The connections.
pub(super) struct Links {
    door: TcpListener,
    by_key: HashMap<u64, (Link, EventFlags)>,
    by_peer: HashMap<SocketAddr, u64>,
}

impl Links {
    /// None yet.
    pub fn new(door: TcpListener) -> io::Result<Self> {
        door.set_nonblocking(true)?;
        Ok(Self { door, by_key: HashMap::new(), by_peer: HashMap::new() })
    }

    /// Takes who has come, under the keys that `next` gives. `knows` says whether a listener is at an address.
    pub fn accept(
        &mut self,
        epoll: &OwnedFd,
        now: Instant,
        mut next: impl FnMut() -> u64,
        knows: impl Fn(SocketAddr) -> bool,
    ) {
        for _ in 0..MOST_ACCEPTED {
            let Ok((socket, peer)) = self.door.accept() else { return };
            let strangers = self.by_key.iter().filter(|(_, (link, _))| !knows(link.peer));
            let late = strangers.clone().filter(|(_, (link, _))| now.duration_since(link.since) > UNKNOWN);
            let mut gone: Vec<u64> = late.map(|(key, _)| *key).collect();
            if gone.is_empty() && self.by_key.len() >= MOST_LINKS {
                gone.extend(strangers.min_by_key(|(_, (link, _))| link.since).map(|(key, _)| *key));
            }
            gone.into_iter().for_each(|key| self.close(key));
            if self.by_key.len() >= MOST_LINKS {
                continue;
            }
            let key = next();
            let Ok(link) = Link::new(socket, peer, now) else { continue };
            if epoll::add(epoll, &link, EventData::new_u64(key), EventFlags::IN).is_ok() {
                self.by_key.insert(key, (link, EventFlags::IN));
                self.by_peer.insert(peer, key);
            }
        }
    }

    /// Gives what has come by a connection to `take`, with whose it is. False when there is no such connection.
    pub fn hear(
        &mut self,
        key: u64,
        epoll: &OwnedFd,
        buffer: &mut [u8],
        mut take: impl FnMut(SocketAddr, &[u8]),
    ) -> bool {
        let Some((link, _)) = self.by_key.get_mut(&key) else { return false };
        let peer = link.peer;
        let end = link.flush().and_then(|()| link.read(buffer, |datagram| take(peer, datagram)));
        self.settle(key, epoll, end);
        true
    }

    /// Sends a datagram to whoever is at an address by TCP.
    pub fn send(&mut self, to: SocketAddr, datagram: &[u8], epoll: &OwnedFd) {
        let Some(key) = self.by_peer.get(&to).copied() else { return };
        let Some((link, _)) = self.by_key.get_mut(&key) else { return };
        let end = link.send(datagram);
        self.settle(key, epoll, end);
    }

    /// Closes what is over, and has the kernel say when there is room for what waits.
    fn settle(&mut self, key: u64, epoll: &OwnedFd, end: Result<(), Over>) {
        let Some((link, watched)) = self.by_key.get_mut(&key) else { return };
        if end.is_err() {
            return self.close(key);
        }
        let wanted = if link.is_waiting() { EventFlags::IN | EventFlags::OUT } else { EventFlags::IN };
        if *watched != wanted && epoll::modify(epoll, &*link, EventData::new_u64(key), wanted).is_ok() {
            *watched = wanted;
        }
    }

    fn close(&mut self, key: u64) {
        // A closed socket leaves the set of watched ones by itself.
        if let Some((link, _)) = self.by_key.remove(&key) {
            self.by_peer.remove(&link.peer);
        }
    }
}

impl AsFd for Links {
    /// The port, for waiting on it.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.door.as_fd()
    }
}
