//! Handshakes that go on, each in a task of its own.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::siprec::recorder::Flow;

/// A handshake that takes longer has stalled.
const PATIENCE: Duration = Duration::from_secs(10);
/// At one time. With one more, the one that has gone on for longest gives way, so that those who stall shut nobody out.
const MOST: usize = 256;

/// Handshakes with switches. Dropping it ends them.
pub(super) struct Handshakes {
    acceptor: TlsAcceptor,
    going: VecDeque<AbortHandle>,
    done: mpsc::Sender<(Flow, TlsStream<TcpStream>)>,
}

impl Handshakes {
    /// None yet. What comes of them goes to `done`.
    pub fn new(acceptor: TlsAcceptor, done: mpsc::Sender<(Flow, TlsStream<TcpStream>)>) -> Self {
        Self { acceptor, going: VecDeque::new(), done }
    }

    /// Begins one. A switch that shows no certificate, or one that is not taken, is told by TLS and by nothing else.
    pub fn begin(&mut self, flow: Flow, socket: TcpStream) {
        self.going.retain(|handshake| !handshake.is_finished());
        if self.going.len() == MOST
            && let Some(oldest) = self.going.pop_front()
        {
            oldest.abort();
        }
        let (accept, done) = (self.acceptor.accept(socket), self.done.clone());
        let task = tokio::spawn(async move {
            if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, accept).await {
                let _nobody_waits = done.send((flow, stream)).await;
            }
        });
        self.going.push_back(task.abort_handle());
    }
}

impl Drop for Handshakes {
    fn drop(&mut self) {
        self.going.iter().for_each(AbortHandle::abort);
    }
}
