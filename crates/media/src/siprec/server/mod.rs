//! The sockets at which switches speak SIP.
//!
//! One thread drives them all. A connection is a task of its own, and so is a TLS handshake, so that one that stalls delays no
//! other, and each may have only so much waiting in either direction.

mod handshake;
mod rim;
mod stream;
mod tls;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::sync::oneshot;

use super::recorder::{Hearing, Policy, Recorder};
use crate::call::{CallId, StreamId};
use crate::calls::Calls;
use crate::forward::Listening;
use crate::srtp::Key;
use rim::{Doors, Rim};

pub use tls::{Tls, TlsError, TlsFiles};

/// Where switches reach us, and what they may.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// The address for UDP and TCP both, one of this machine's. Port 0 takes any that is free.
    pub plain: Option<SocketAddr>,
    /// The port for TLS.
    pub tls: Option<Tls>,
    /// What is allowed.
    pub policy: Policy,
}

/// Why no switch can reach us.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Switches are told this address, so it has to be one.
    #[error("{0} is every address of this machine: name the one that the switch reaches")]
    Unspecified(SocketAddr),
    /// Neither plain nor by TLS.
    #[error("no port for recording sessions is asked for")]
    NoPort,
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
    plain: Option<SocketAddr>,
    tls: Option<SocketAddr>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Hearing for Arc<Listening> {
    fn open(&mut self, call: CallId, stream: StreamId, line: usize, from: Option<IpAddr>) -> Option<SocketAddr> {
        self.open_stream(call, stream, line, from).ok()
    }

    fn protect(&mut self, stream: StreamId, key: Option<Key>) {
        let _nobody_hears_any_longer = Listening::protect(self, stream, key);
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
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(ServerError::NoRandom)?;
        let plain = settings.plain.map(bind).transpose()?;
        let udp = plain.as_ref().map(|(_, bound)| udp(*bound)).transpose()?;
        let tls = settings.tls.as_ref().map(|tls| bind(tls.address)).transpose()?;
        let acceptor = settings.tls.as_ref().map(|tls| tls.acceptor.clone());
        let address = |door: &Option<(std::net::TcpListener, SocketAddr)>| door.as_ref().map(|(_, bound)| *bound);
        let (plain_at, tls_at) = (address(&plain), address(&tls));
        if plain_at.is_none() && tls_at.is_none() {
            return Err(ServerError::NoPort);
        }
        let recorder = Recorder::new(settings.policy.clone(), calls, hearing, u64::from_ne_bytes(seed));
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ServerError::Thread)?;
        let (stop, stopped) = oneshot::channel();
        let run = move || {
            runtime.block_on(async {
                // All are non-blocking; what fails here is that the kernel has no room for them.
                let Ok(doors) = Doors::new(plain.zip(udp), tls.zip(acceptor)) else { return };
                Rim::new(recorder, doors).run(stopped).await;
            });
        };
        let thread = std::thread::Builder::new().name("siprec".to_owned()).spawn(run).map_err(ServerError::Thread)?;
        Ok(Self { plain: plain_at, tls: tls_at, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it is reached by UDP and by TCP.
    #[must_use]
    pub fn plain(&self) -> Option<SocketAddr> {
        self.plain
    }

    /// Where it is reached by TLS.
    #[must_use]
    pub fn tls(&self) -> Option<SocketAddr> {
        self.tls
    }
}

fn bind(address: SocketAddr) -> Result<(std::net::TcpListener, SocketAddr), ServerError> {
    if address.ip().is_unspecified() {
        return Err(ServerError::Unspecified(address));
    }
    let refused = |source| ServerError::Port { address, source };
    let tcp = std::net::TcpListener::bind(address).map_err(refused)?;
    tcp.set_nonblocking(true).map_err(refused)?;
    let bound = tcp.local_addr().map_err(refused)?;
    Ok((tcp, bound))
}

fn udp(address: SocketAddr) -> Result<std::net::UdpSocket, ServerError> {
    let refused = |source| ServerError::Port { address, source };
    let socket = std::net::UdpSocket::bind(address).map_err(refused)?;
    socket.set_nonblocking(true).map_err(refused)?;
    Ok(socket)
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}
