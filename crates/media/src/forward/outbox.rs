//! Datagrams on their way to listeners.

use std::net::SocketAddr;

use str0m::net::{DatagramSend, Protocol};

/// What is to be sent, in order.
#[derive(Debug, Default)]
pub struct Datagrams {
    pub(super) waiting: Vec<(SocketAddr, DatagramSend)>,
    /// The same for those who are reached by TCP.
    pub(super) by_tcp: Vec<(SocketAddr, DatagramSend)>,
}

impl Datagrams {
    pub(super) fn push(&mut self, way: Protocol, to: SocketAddr, datagram: DatagramSend) {
        let way = if way == Protocol::Tcp { &mut self.by_tcp } else { &mut self.waiting };
        way.push((to, datagram));
    }

    /// To whom by UDP, and what.
    pub fn iter(&self) -> impl Iterator<Item = (SocketAddr, &[u8])> {
        self.waiting.iter().map(|(to, bytes)| (*to, &**bytes))
    }

    /// Whether nothing is to be sent.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.by_tcp.is_empty()
    }

    /// Forgets all: they were sent.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.by_tcp.clear();
    }
}
