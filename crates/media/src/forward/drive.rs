//! The thread that owns the sockets.
//!
//! One thread and one loop: it sleeps until a datagram, an alarm or an order comes, takes everything that waits, and sends all
//! that came of it with one call of the kernel for each [`batch`](super::batch).

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::num::NonZeroU64;
use std::ops::RangeInclusive;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, epoll, eventfd};
use rustix::thread::set_current_timer_slack;
use str0m::config::CryptoProvider;

use crate::call::{CallId, StreamId};
use crate::rtp::{Ports, PortsError};
use crate::srtp::Key;

use super::gather::Gather;
use super::wheel::Wheel;
use super::{Answer, ListenerId, Notice, Offer, OfferError, Tap};

/// Where calls come in and listeners are met.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The one port of all listeners, by UDP, and by TCP for networks that let no UDP through.
    pub listeners: SocketAddr,
    /// The same as browsers reach it, where this machine knows itself by another address.
    pub advertised: Option<SocketAddr>,
    /// The address at which calls' audio arrives.
    pub rtp: IpAddr,
    /// The ports at which it does; the even ones are used, all below 32768.
    pub rtp_ports: RangeInclusive<u16>,
}

/// Why nobody can listen.
#[derive(Debug, thiserror::Error)]
pub enum ListeningError {
    /// The range of ports.
    #[error("the ports for calls' audio")]
    Ports(#[from] PortsError),
    /// The listeners' port.
    #[error("the listeners' port {address} cannot be opened")]
    Listeners {
        /// The port.
        address: SocketAddr,
        /// What the kernel says.
        #[source]
        source: io::Error,
    },
    /// Something else that the kernel refuses.
    #[error("the thread for live audio cannot be made")]
    Thread(#[source] io::Error),
    /// No certificate could be made.
    #[error("no certificate for live audio could be made")]
    Certificate,
}

/// The thread has ended: nobody hears anything any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the thread for live audio has ended")]
pub struct Ended;

/// So many ports are tried where any will do.
const MOST_TRIES: usize = 16;

/// How late the kernel may wake the thread, in nanoseconds. What it gives by itself is 50,000, half of the longest pause.
const SLACK_NS: u64 = 1_000;

type Order = Box<dyn FnOnce(&mut Wheel, Instant) + Send>;

/// The running forwarder. Dropping it ends every listener's connection.
///
/// Each method waits for the thread, which answers within a few packets' time: from asynchronous code, call it where blocking
/// is allowed.
#[derive(Debug)]
pub struct Listening {
    orders: Sender<Order>,
    bell: Arc<OwnedFd>,
    ports: Ports,
    thread: Option<JoinHandle<()>>,
}

impl Listening {
    /// Opens the listeners' port and starts the thread. `notices` is told who began and ceased to hear, and at once when the
    /// thread ends, for whatever reason.
    ///
    /// # Errors
    /// When a port cannot be had, or the thread.
    pub fn start(settings: &Settings, notices: Sender<Notice>) -> Result<Self, ListeningError> {
        let ports = Ports::new(settings.rtp, settings.rtp_ports.clone())?;
        let address = settings.listeners;
        let (socket, door) = doors(address).map_err(|source| ListeningError::Listeners { address, source })?;
        let crypto: CryptoProvider = str0m::crypto::from_feature_flags();
        let certificate = crypto.dtls_provider.generate_certificate().ok_or(ListeningError::Certificate)?;
        let bell = eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC).map_err(thread_error)?;
        let bell = Arc::new(bell);
        let (orders, waiting) = channel();
        let wheel =
            Wheel::new(socket, door, settings.advertised, certificate, notices).map_err(ListeningError::Thread)?;
        let heard = Arc::clone(&bell);
        wheel.watch_bell(&heard).map_err(ListeningError::Thread)?;
        let thread = std::thread::Builder::new()
            .name("listening".to_owned())
            .spawn(move || run(wheel, &heard, &waiting))
            .map_err(ListeningError::Thread)?;
        Ok(Self { orders, bell, ports, thread: Some(thread) })
    }

    /// Opens a port for a stream of a call, and gives its address. `line` is 0 for the caller and 1 for the call taker; `from`
    /// is the one host whose packets are heard.
    ///
    /// # Errors
    /// When no port is free, or the thread has ended.
    pub fn open_stream(
        &self,
        call: CallId,
        stream: StreamId,
        line: usize,
        from: Option<IpAddr>,
    ) -> Result<SocketAddr, OpenError> {
        let ear = self.ports.open(from)?;
        let address = ear.address().map_err(PortsError::Refused)?;
        self.ask(move |wheel, _| wheel.open_stream(call, stream, line, ear))?.map_err(PortsError::Refused)?;
        Ok(address)
    }

    /// Says that a stream's packets are protected with a key from now on (SRTP), or that they are no longer. Whatever comes in
    /// another way is dropped.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn protect(&self, stream: StreamId, key: Option<Key>) -> Result<(), Ended> {
        self.ask(move |wheel, _| wheel.protect(stream, key))
    }

    /// How many packets of a call's streams were dropped because they were not authentic, or came a second time. Of streams
    /// that are closed nothing is counted any longer.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn refused(&self, call: CallId) -> Result<u64, Ended> {
        self.ask(move |wheel, _| wheel.refused(call))
    }

    /// Closes a stream's port. What it said can be gone back to until the call ends.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn close_stream(&self, stream: StreamId) -> Result<(), Ended> {
        self.ask(move |wheel, _| wheel.close_stream(stream))
    }

    /// Ends a call: its ports close, its listeners hear no more, and what was said is forgotten.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn close_call(&self, call: CallId) -> Result<(), Ended> {
        self.ask(move |wheel, now| wheel.close_call(call, now))
    }

    /// When the last audio of a call came; nothing for one of which nothing came yet.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn last_heard(&self, call: CallId) -> Result<Option<Instant>, Ended> {
        self.ask(move |wheel, _| wheel.forwarder.last_heard(call))
    }

    /// Answers a browser's offer to hear a call.
    ///
    /// # Errors
    /// When the offer cannot be answered; [`Ended`] when the thread has ended.
    pub fn offer(&self, call: CallId, listener: ListenerId, offer: Offer) -> Result<Result<Answer, OfferError>, Ended> {
        self.ask(move |wheel, now| wheel.forwarder.offer(call, listener, &offer, now))
    }

    /// Takes a listener back by so much more, and says how far behind the present that is.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn rewind(&self, listener: ListenerId, by: Duration) -> Result<Option<Duration>, Ended> {
        self.ask(move |wheel, now| wheel.forwarder.rewind(listener, by, now))
    }

    /// Takes a listener to the present at once. False for somebody who does not listen.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn catch_up(&self, listener: ListenerId) -> Result<bool, Ended> {
        self.ask(move |wheel, now| wheel.forwarder.catch_up(listener, now))
    }

    /// Ends a listener's connection.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn leave(&self, listener: ListenerId) -> Result<(), Ended> {
        self.ask(move |wheel, _| wheel.forwarder.leave(listener))
    }

    /// From now on a keeper hears every call too, beside those who listen; without a tap nobody keeps anything any more, and
    /// whoever did learns that it is over.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn keep(&self, tap: Option<Tap>) -> Result<(), Ended> {
        self.ask(move |wheel, _| wheel.forwarder.keep(tap))
    }

    /// From now on a scribe hears those calls to which somebody listens, and as long as somebody does; without a tap nobody writes
    /// anything down any more, and whoever did learns that it is over.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn caption(&self, tap: Option<Tap>) -> Result<(), Ended> {
        self.ask(move |wheel, _| wheel.forwarder.caption(tap))
    }

    /// What somebody hears now, as time since the call's first audio; nothing for somebody who does not listen.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn place(&self, listener: ListenerId) -> Result<Option<Duration>, Ended> {
        self.ask(move |wheel, now| wheel.forwarder.place(listener, now))
    }

    /// Who hears a call, or is about to.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn listeners(&self, call: CallId) -> Result<Vec<ListenerId>, Ended> {
        self.ask(move |wheel, _| wheel.forwarder.listeners(call))
    }

    fn ask<T: Send + 'static>(
        &self,
        order: impl FnOnce(&mut Wheel, Instant) -> T + Send + 'static,
    ) -> Result<T, Ended> {
        let (reply, answer) = channel();
        let order: Order = Box::new(move |wheel, now| {
            // Whoever asked may have gone.
            let _nobody_waits = reply.send(order(wheel, now));
        });
        self.orders.send(order).map_err(|_| Ended)?;
        self.ring();
        answer.recv().map_err(|_| Ended)
    }

    fn ring(&self) {
        // A bell that cannot take another ring has not been heard yet: it rings already.
        let _rings = rustix::io::write(&*self.bell, &1_u64.to_ne_bytes());
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ended = self.orders.send(Box::new(|wheel, now| wheel.stop(now)));
        self.ring();
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// Why a stream got no port.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// None is free.
    #[error(transparent)]
    Ports(#[from] PortsError),
    /// The thread has ended.
    #[error(transparent)]
    Ended(#[from] Ended),
}

/// The same port in both ways. Where any will do, one that is free by UDP may be taken by TCP: another is tried.
fn doors(address: SocketAddr) -> io::Result<(UdpSocket, TcpListener)> {
    for _ in 0..MOST_TRIES {
        let socket = UdpSocket::bind(address)?;
        match TcpListener::bind(socket.local_addr()?) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && address.port() == 0 => {}
            opened => return Ok((socket, opened?)),
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

fn thread_error(error: rustix::io::Errno) -> ListeningError {
    ListeningError::Thread(error.into())
}

fn run(mut wheel: Wheel, bell: &OwnedFd, orders: &Receiver<Order>) {
    let mut events: Vec<epoll::Event> = Vec::with_capacity(super::wheel::MOST_EVENTS);
    let mut gather = Gather::new(Instant::now());
    // Where it is not given, a turn that waits for more waits a little longer.
    let _as_given = set_current_timer_slack(NonZeroU64::new(SLACK_NS));
    while !wheel.is_stopped() {
        if wheel.wait(&mut events).is_err() {
            return;
        }
        let now = Instant::now();
        let next = gather.next(events.len(), now);
        for event in events.drain(..) {
            if wheel.hear(event.data.u64(), now) {
                let _was_rung = rustix::io::read(bell, &mut [0; 8]);
                for order in orders.try_iter() {
                    order(&mut wheel, now);
                }
            }
        }
        wheel.finish(now);
        if let Some(pause) = next.map(|next| next.saturating_duration_since(Instant::now())) {
            std::thread::sleep(pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn started(first_port: u16) -> (Listening, Receiver<Notice>) {
        let rtp_ports = first_port..=first_port + 9;
        let settings = Settings { listeners: SocketAddr::new(HERE, 0), advertised: None, rtp: HERE, rtp_ports };
        let (notices, noticed) = channel();
        (Listening::start(&settings, notices).expect("ports"), noticed)
    }

    #[test]
    fn when_the_thread_ends_by_itself_its_callers_learn_it_without_asking() {
        let (listening, noticed) = started(27_520);
        // What no caller can do: an order that the thread does not survive.
        listening.orders.send(Box::new(|_, _| panic!("the end of this test's thread"))).expect("running");
        listening.ring();
        assert_eq!(noticed.recv_timeout(Duration::from_secs(10)), Ok(Notice::Ended));
        assert_eq!(listening.listeners(CallId(1)), Err(Ended));
        let (listening, noticed) = started(27_530);
        drop(listening);
        assert_eq!(noticed.recv_timeout(Duration::from_secs(10)), Ok(Notice::Ended), "also when it was told to end");
    }
}
