//! What the thread does: takes what comes to the sockets to the recorder, and what the recorder says to the sockets.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{mpsc, oneshot};
use tokio_rustls::TlsAcceptor;

use super::handshake::Handshakes;
use super::stream::{Came, Connection};
use crate::siprec::recorder::{Flow, Hearing, Recorder, Transport};

/// Connections at one time; a switch has one or two.
const MOST_CONNECTIONS: usize = 64;
/// How long nothing is done when the kernel has no room for another connection.
const BREATH: Duration = Duration::from_millis(10);
/// The longest datagram.
const MOST_BYTES: usize = 65_535;

/// A socket and where it is reached.
type At<T> = (T, SocketAddr);

/// The sockets at which switches begin to speak.
pub(super) struct Doors {
    tcp: Option<At<TcpListener>>,
    udp: Option<UdpSocket>,
    tls: Option<(At<TcpListener>, TlsAcceptor)>,
}

impl Doors {
    /// Within the runtime that will drive them.
    pub fn new(
        plain: Option<(At<std::net::TcpListener>, std::net::UdpSocket)>,
        tls: Option<(At<std::net::TcpListener>, TlsAcceptor)>,
    ) -> io::Result<Self> {
        let take = |(tcp, at)| Ok::<_, io::Error>((TcpListener::from_std(tcp)?, at));
        let (tcp, udp) = match plain {
            Some((tcp, udp)) => (Some(take(tcp)?), Some(UdpSocket::from_std(udp)?)),
            None => (None, None),
        };
        let tls = match tls {
            Some((tcp, acceptor)) => Some((take(tcp)?, acceptor)),
            None => None,
        };
        Ok(Self { tcp, udp, tls })
    }
}

/// The next connection at a door, and how it speaks; never, where there is no such door.
async fn accept(door: Option<&At<TcpListener>>, transport: Transport) -> io::Result<(TcpStream, Flow)> {
    let Some((door, local)) = door else { return std::future::pending().await };
    let (socket, peer) = door.accept().await?;
    // An answer is one small message, and goes at once; where the kernel will not have it so, it goes later.
    let _at_once = socket.set_nodelay(true);
    Ok((socket, Flow { transport, peer, local: *local, connection: 0 }))
}

async fn receive(socket: Option<&UdpSocket>, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
    match socket {
        Some(socket) => socket.recv_from(buffer).await,
        None => std::future::pending().await,
    }
}

/// The recorder and its sockets.
pub(super) struct Rim<H> {
    recorder: Recorder<H>,
    doors: Doors,
    connections: HashMap<u64, Connection>,
    next: u64,
}

impl<H: Hearing> Rim<H> {
    pub fn new(recorder: Recorder<H>, doors: Doors) -> Self {
        Self { recorder, doors, connections: HashMap::new(), next: 1 }
    }

    /// Until it is told to stop.
    pub async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        let mut buffer = vec![0; MOST_BYTES];
        let (came, mut coming) = mpsc::channel::<Came>(256);
        let (shaken, mut shaking) = mpsc::channel(16);
        let mut handshakes = self.doors.tls.as_ref().map(|(_, acceptor)| Handshakes::new(acceptor.clone(), shaken));
        loop {
            let due = self.recorder.due();
            let sleep = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // Dropped, or told: either way it is over.
                _ = &mut stopped => break,
                () = sleep => self.recorder.wake(Instant::now()),
                datagram = receive(self.doors.udp.as_ref(), &mut buffer) => {
                    if let (Ok((length, peer)), Some((_, local))) = (datagram, &self.doors.tcp) {
                        let flow = Flow { transport: Transport::Udp, peer, local: *local, connection: 0 };
                        self.recorder.received(flow, &buffer[..length], Instant::now(), SystemTime::now());
                    }
                }
                accepted = accept(self.doors.tcp.as_ref(), Transport::Tcp) => match accepted {
                    Ok((socket, flow)) => self.connect(socket, flow, &came),
                    // No file descriptor is free: a breath, so that asking again does not take the whole processor.
                    Err(_) => tokio::time::sleep(BREATH).await,
                },
                accepted = accept(self.doors.tls.as_ref().map(|(door, _)| door), Transport::Tls) => match accepted {
                    Ok((socket, flow)) => {
                        if let Some(handshakes) = handshakes.as_mut().filter(|_| self.recorder.allows(flow.peer.ip())) {
                            handshakes.begin(flow, socket);
                        }
                    }
                    Err(_) => tokio::time::sleep(BREATH).await,
                },
                Some((flow, stream)) = shaking.recv() => self.connect(stream, flow, &came),
                Some(came) = coming.recv() => match came {
                    Came::Message(flow, bytes) => self.recorder.received(flow, &bytes, Instant::now(), SystemTime::now()),
                    Came::End(connection) => drop(self.connections.remove(&connection)),
                },
            }
            self.send();
        }
        self.recorder.stop(Instant::now());
        self.send();
        let connections: Vec<_> = self.connections.drain().map(|(_, connection)| connection).collect();
        for connection in connections {
            connection.finish().await;
        }
    }

    /// A connection stands: it is read, if it is one of a switch of ours and not one too many.
    fn connect(&mut self, socket: impl AsyncRead + AsyncWrite + Send + 'static, flow: Flow, came: &mpsc::Sender<Came>) {
        if self.recorder.allows(flow.peer.ip()) && self.connections.len() < MOST_CONNECTIONS {
            let flow = Flow { connection: self.next, ..flow };
            self.connections.insert(self.next, Connection::start(socket, flow, came.clone()));
            self.next += 1;
        }
    }

    fn send(&mut self) {
        for (flow, bytes) in self.recorder.out() {
            match flow.transport {
                // A datagram that the kernel has no room for is lost, as any may be: it is sent again.
                Transport::Udp => {
                    let _lost = self.doors.udp.as_ref().map(|udp| udp.try_send_to(&bytes, flow.peer));
                }
                Transport::Tcp | Transport::Tls => {
                    let is_stuck = self.connections.get(&flow.connection).is_some_and(|known| !known.send(bytes));
                    if is_stuck {
                        self.connections.remove(&flow.connection);
                    }
                }
            }
        }
    }
}
