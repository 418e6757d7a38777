//! The sockets at which switches speak SIP.
//!
//! One thread drives them all. A connection is a task of its own, so that one that stalls delays no other, and each may have
//! only so much waiting in either direction.

mod stream;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Instant, SystemTime};

use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{mpsc, oneshot};

use super::recorder::{Flow, Hearing, Policy, Recorder, Transport};
use crate::call::{CallId, StreamId};
use crate::calls::Calls;
use crate::forward::Listening;
use stream::{Came, Connection};

/// Connections at one time; a switch has one or two.
const MOST_CONNECTIONS: usize = 64;
/// How long nothing is done when the kernel has no room for another connection.
const BREATH: std::time::Duration = std::time::Duration::from_millis(10);
/// The longest datagram.
const MOST_BYTES: usize = 65_535;

/// Where switches reach us, and what they may.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// The address for UDP and TCP both, one of this machine's. Port 0 takes any that is free.
    pub address: SocketAddr,
    /// What is allowed.
    pub policy: Policy,
}

/// Why no switch can reach us.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Switches are told this address, so it has to be one.
    #[error("{0} is every address of this machine: name the one that the switch reaches")]
    Unspecified(SocketAddr),
    /// The port.
    #[error("the port for recording sessions {address} cannot be opened")]
    Port {
        /// Which.
        address: SocketAddr,
        /// What the kernel says.
        #[source]
        source: io::Error,
    },
    /// The thread.
    #[error("the thread for recording sessions cannot be made")]
    Thread(#[source] io::Error),
    /// No random number.
    #[error("no random number for recording sessions")]
    NoRandom(#[source] getrandom::Error),
}

/// The running recording server. Dropping it ends every session with a `BYE`.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Hearing for Arc<Listening> {
    fn open(&mut self, call: CallId, stream: StreamId, line: usize, from: Option<IpAddr>) -> Option<SocketAddr> {
        self.open_stream(call, stream, line, from).ok()
    }

    fn close_stream(&mut self, stream: StreamId) {
        let _nobody_hears_any_longer = Listening::close_stream(self, stream);
    }

    fn close_call(&mut self, call: CallId) {
        let _nobody_hears_any_longer = Listening::close_call(self, call);
    }

    fn last_heard(&self, call: CallId) -> Option<Instant> {
        Listening::last_heard(self, call).ok().flatten()
    }
}

impl Server {
    /// Opens the ports and starts the thread. What switches record is in `calls`, and can be heard by `hearing`.
    ///
    /// # Errors
    /// When a port cannot be had, or the thread.
    pub fn start<H: Hearing + Send + 'static>(
        settings: &ServerSettings,
        calls: Calls,
        hearing: H,
    ) -> Result<Self, ServerError> {
        let address = settings.address;
        if address.ip().is_unspecified() {
            return Err(ServerError::Unspecified(address));
        }
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(ServerError::NoRandom)?;
        let refused = |source| ServerError::Port { address, source };
        let tcp = std::net::TcpListener::bind(address).map_err(refused)?;
        let bound = tcp.local_addr().map_err(refused)?;
        let udp = std::net::UdpSocket::bind(bound).map_err(refused)?;
        tcp.set_nonblocking(true).and_then(|()| udp.set_nonblocking(true)).map_err(refused)?;
        let recorder = Recorder::new(settings.policy.clone(), calls, hearing, u64::from_ne_bytes(seed));
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ServerError::Thread)?;
        let (stop, stopped) = oneshot::channel();
        let run = move || {
            runtime.block_on(async {
                // Both were made non-blocking above; what fails here is that the kernel has no room for them.
                let (Ok(tcp), Ok(udp)) = (TcpListener::from_std(tcp), UdpSocket::from_std(udp)) else { return };
                Rim { recorder, tcp, udp, address: bound, connections: HashMap::new(), next: 1 }.run(stopped).await;
            });
        };
        let thread = std::thread::Builder::new().name("siprec".to_owned()).spawn(run).map_err(ServerError::Thread)?;
        Ok(Self { address: bound, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it is reached, by UDP and by TCP.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

struct Rim<H> {
    recorder: Recorder<H>,
    tcp: TcpListener,
    udp: UdpSocket,
    address: SocketAddr,
    connections: HashMap<u64, Connection>,
    next: u64,
}

impl<H: Hearing> Rim<H> {
    async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        let mut buffer = vec![0; MOST_BYTES];
        let (came, mut coming) = mpsc::channel::<Came>(256);
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
                datagram = self.udp.recv_from(&mut buffer) => {
                    if let Ok((length, peer)) = datagram {
                        let flow = Flow { transport: Transport::Udp, peer, local: self.address, connection: 0 };
                        self.recorder.received(flow, &buffer[..length], Instant::now(), SystemTime::now());
                    }
                }
                accepted = self.tcp.accept() => match accepted {
                    Ok((socket, peer)) if self.recorder.allows(peer.ip()) && self.connections.len() < MOST_CONNECTIONS => {
                        let flow = Flow { transport: Transport::Tcp, peer, local: self.address, connection: self.next };
                        self.connections.insert(self.next, Connection::start(socket, flow, came.clone()));
                        self.next += 1;
                    }
                    Ok(_) => {}
                    // No file descriptor is free: a breath, so that asking again does not take the whole processor.
                    Err(_) => tokio::time::sleep(BREATH).await,
                },
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

    fn send(&mut self) {
        for (flow, bytes) in self.recorder.out() {
            match flow.transport {
                // A datagram that the kernel has no room for is lost, as any may be: it is sent again.
                Transport::Udp => drop(self.udp.try_send_to(&bytes, flow.peer)),
                Transport::Tcp => {
                    let is_stuck = self.connections.get(&flow.connection).is_some_and(|known| !known.send(bytes));
                    if is_stuck {
                        self.connections.remove(&flow.connection);
                    }
                }
            }
        }
    }
}
