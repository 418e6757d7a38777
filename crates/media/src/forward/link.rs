//! Listeners whose network lets no UDP through: WebRTC's datagrams within TCP, each with its length before it (RFC 4571), on the
//! port that is passive in our answers (RFC 6544).

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

/// A datagram of WebRTC; what says that it is longer is none.
const MOST_BYTES: usize = 2_048;
/// What may wait for a listener who does not read: about three seconds of two voices. What comes then is lost: live audio does
/// not wait.
const MOST_WAITING: usize = 64 * 1024;

/// One listener's connection.
pub(super) struct Link {
    socket: TcpStream,
    pub peer: SocketAddr,
    pub since: Instant,
    came: Vec<u8>,
    waiting: Vec<u8>,
}

/// The connection has come to its end, or to what is no datagram.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Over;

impl Link {
    /// Takes a connection that was just accepted.
    pub fn new(socket: TcpStream, peer: SocketAddr, now: Instant) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, peer, since: now, came: Vec::new(), waiting: Vec::new() })
    }

    /// Takes what has come, once, and gives every whole datagram to `take`.
    pub fn read(&mut self, buffer: &mut [u8], mut take: impl FnMut(&[u8])) -> Result<(), Over> {
        match self.socket.read(buffer) {
            Ok(0) => return Err(Over),
            Ok(length) => self.came.extend_from_slice(&buffer[..length]),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            Err(_) => return Err(Over),
        }
        let mut at = 0;
        while let Some(head) = self.came.get(at..at + 2) {
            let length = usize::from(u16::from_be_bytes([head[0], head[1]]));
            if length > MOST_BYTES {
                return Err(Over);
            }
            let Some(datagram) = self.came.get(at + 2..at + 2 + length) else { break };
            take(datagram);
            at += 2 + length;
        }
        self.came.drain(..at);
        Ok(())
    }

    /// Sends a datagram whole or not at all.
    pub fn send(&mut self, datagram: &[u8]) -> Result<(), Over> {
        let Ok(length) = u16::try_from(datagram.len()) else { return Ok(()) };
        if self.waiting.len() + datagram.len() + 2 > MOST_WAITING {
            return Ok(());
        }
        self.waiting.extend(length.to_be_bytes());
        self.waiting.extend_from_slice(datagram);
        self.flush()
    }

    /// Hands over to the kernel what waits, as far as it takes it.
    pub fn flush(&mut self) -> Result<(), Over> {
        let mut at = 0;
        let mut end = Ok(());
        while at < self.waiting.len() && end.is_ok() {
            match self.socket.write(&self.waiting[at..]) {
                Ok(0) => end = Err(Over),
                Ok(length) => at += length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => end = Err(Over),
            }
        }
        self.waiting.drain(..at);
        end
    }

    /// Whether something waits for the kernel to have room.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
