//! Datagrams on their way to listeners.

use std::net::SocketAddr;

use str0m::net::DatagramSend;

/// What is to be sent, in order.
#[derive(Debug, Default)]
pub struct Datagrams {
    pub(super) waiting: Vec<(SocketAddr, DatagramSend)>,
}

impl Datagrams {
    /// To whom, and what.
    pub fn iter(&self) -> impl Iterator<Item = (SocketAddr, &[u8])> {
        self.waiting.iter().map(|(to, bytes)| (*to, &**bytes))
    }

    /// Whether nothing is to be sent.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Forgets all: they were sent.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }
}
