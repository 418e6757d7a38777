//! The sockets: a range of ports, one for each stream, and each of them an ear without a mouth.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::net::Shutdown as How;
use rustix::net::sockopt::set_socket_recv_buffer_size;

/// Holds half a second of one stream when the process is kept from running: 25 packets, at what the kernel counts for each.
const RECEIVE_BUFFER: usize = 64 * 1024;

/// A socket that hears and cannot speak (law 11).
///
/// There is no method that writes, the socket inside is private, and its sending half is shut, so that the kernel answers
/// every attempt with "broken pipe".
#[derive(Debug)]
pub struct Ear {
    socket: UdpSocket,
    from: Option<IpAddr>,
}

impl Ear {
    /// Opens a port; what comes from another host than `from`, where one is given, is not heard.
    ///
    /// # Errors
    /// When the port is taken or the address is not this machine's.
    pub fn open(address: SocketAddr, from: Option<IpAddr>) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        socket.set_nonblocking(true)?;
        // A smaller buffer than asked for is no reason to hear nothing.
        let _as_large_as_allowed = set_socket_recv_buffer_size(&socket, RECEIVE_BUFFER);
        match rustix::net::shutdown(&socket, How::Write) {
            // Linux shuts the half and says that there was no connection to shut.
            Ok(()) | Err(rustix::io::Errno::NOTCONN) => Ok(Self { socket, from }),
            Err(error) => Err(error.into()),
        }
    }

    /// The next datagram, into `buffer`: its length, or nothing when none waits. One from a stranger has length 0.
    ///
    /// # Errors
    /// What the kernel says of the socket.
    pub fn hear(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        match self.socket.recv_from(buffer) {
            Ok((_, sender)) if self.from.is_some_and(|from| from != sender.ip().to_canonical()) => Ok(Some(0)),
            Ok((length, _)) => Ok(Some(length)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where it listens.
    ///
    /// # Errors
    /// What the kernel says of the socket.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

impl AsFd for Ear {
    /// For waiting on it.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The ports that streams are given, in turn.
#[derive(Debug)]
pub struct Ports {
    address: IpAddr,
    /// Even: RTP has even ports (RFC 3550, section 11).
    first: u16,
    count: usize,
    next: AtomicUsize,
}

/// Why no port can be had.
#[derive(Debug, thiserror::Error)]
pub enum PortsError {
    /// The range is empty, or reaches into the ports that the kernel gives away by itself.
    #[error("RTP ports {from} to {to}: a range of at least two below {EPHEMERAL} is needed")]
    Range {
        /// Where the range begins.
        from: u16,
        /// Where it ends.
        to: u16,
    },
    /// Every port was tried.
    #[error("each of the {tried} RTP ports is taken")]
    AllTaken {
        /// How many there are.
        tried: usize,
    },
    /// The kernel refuses a port for another reason than that it is taken.
    #[error("an RTP port cannot be opened")]
    Refused(#[source] io::Error),
}

/// From here up Linux gives ports to whoever asks for any (`net.ipv4.ip_local_port_range`).
const EPHEMERAL: u16 = 32_768;

impl Ports {
    /// The even ports of a range at one of this machine's addresses.
    ///
    /// # Errors
    /// When the range is empty or reaches 32768, above which a port may be taken by any program at any time.
    pub fn new(address: IpAddr, range: RangeInclusive<u16>) -> Result<Self, PortsError> {
        let (from, to) = (*range.start(), *range.end());
        let first = from.checked_next_multiple_of(2).unwrap_or(u16::MAX);
        if first == 0 || to >= EPHEMERAL || first >= to {
            return Err(PortsError::Range { from, to });
        }
        let count = usize::from((to - first) / 2 + 1);
        Ok(Self { address, first, count, next: AtomicUsize::new(0) })
    }

    /// The next port that is free. A port that was just closed comes last, so that what is still on its way to it is not
    /// taken for the next call's.
    ///
    /// # Errors
    /// When every port is taken, or the kernel refuses for another reason.
    pub fn open(&self, from: Option<IpAddr>) -> Result<Ear, PortsError> {
        for _ in 0..self.count {
            let step = self.next.fetch_add(1, Ordering::Relaxed) % self.count;
            // The step is below `count`, which was made from two ports.
            let port = self.first + u16::try_from(step * 2).unwrap_or_default();
            match Ear::open(SocketAddr::new(self.address, port), from) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                opened => return opened.map_err(PortsError::Refused),
            }
        }
        Err(PortsError::AllTaken { tried: self.count })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn law_11_listening_cannot_transmit_on_the_sockets_of_a_call() {
        let ear = Ear::open(SocketAddr::new(HERE, 0), None).expect("a port");
        let sender = UdpSocket::bind(SocketAddr::new(HERE, 0)).expect("a port");
        let to = sender.local_addr().expect("bound");
        // Inside this module the socket can be reached, and the kernel still refuses.
        let error = ear.socket.send_to(b"x", to).expect_err("nothing may leave");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        sender.set_nonblocking(true).expect("a socket");
        assert_eq!(sender.recv(&mut [0; 8]).expect_err("nothing came").kind(), io::ErrorKind::WouldBlock);
        // It still hears.
        sender.send_to(b"heard", ear.address().expect("bound")).expect("sent");
        let mut buffer = [0; 8];
        assert_eq!(ear.hear(&mut buffer).expect("a socket"), Some(5));
        assert_eq!(ear.hear(&mut buffer).expect("a socket"), None);
    }

    #[test]
    fn a_stranger_is_not_heard() {
        let elsewhere = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
        let ear = Ear::open(SocketAddr::new(HERE, 0), Some(elsewhere)).expect("a port");
        let to = ear.address().expect("bound");
        let mut buffer = [0; 8];
        UdpSocket::bind((HERE, 0)).expect("a port").send_to(b"no", to).expect("sent");
        assert_eq!(ear.hear(&mut buffer).expect("a socket"), Some(0));
        UdpSocket::bind((elsewhere, 0)).expect("a port").send_to(b"yes", to).expect("sent");
        assert_eq!(ear.hear(&mut buffer).expect("a socket"), Some(3));
    }

    #[test]
    fn ports_are_even_in_turn_and_a_taken_one_is_passed_over() {
        let ports = Ports::new(HERE, 27_301..=27_306).expect("a range");
        let taken = UdpSocket::bind((HERE, 27_304)).expect("free in this test");
        let first = ports.open(None).expect("a port");
        let second = ports.open(None).expect("a port");
        let port = |ear: &Ear| ear.address().expect("bound").port();
        assert_eq!((port(&first), port(&second)), (27_302, 27_306));
        assert!(matches!(ports.open(None), Err(PortsError::AllTaken { tried: 3 })));
        drop(taken);
        assert_eq!(port(&ports.open(None).expect("a port")), 27_304);
    }

    #[test]
    fn a_range_that_others_may_take_is_refused() {
        for range in [20_000..=32_768, 20_000..=20_000, 0..=1, 9..=9] {
            assert!(matches!(Ports::new(HERE, range.clone()), Err(PortsError::Range { .. })), "{range:?}");
        }
    }
}
