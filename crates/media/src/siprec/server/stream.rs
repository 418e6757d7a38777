//! One connection of a switch.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::siprec::recorder::Flow;
use crate::siprec::sip::Frames;

/// What came of a connection.
pub(super) enum Came {
    Message(Flow, Vec<u8>),
    End(u64),
}

/// Answers that may wait for a switch that does not read.
const MOST_WAITING: usize = 64;
/// A message that has begun comes to its end within this, or never.
const MESSAGE: Duration = Duration::from_secs(10);
/// Good-byes are written within this.
const GOOD_BYE: Duration = Duration::from_secs(1);

/// Our end of it. Dropping it closes the connection.
pub(super) struct Connection {
    waiting: mpsc::Sender<Vec<u8>>,
    reader: JoinHandle<()>,
    writer: JoinHandle<()>,
}

impl Connection {
    /// Reads messages into `came`, and writes what is sent.
    pub fn start(socket: impl AsyncRead + AsyncWrite + Send + 'static, flow: Flow, came: mpsc::Sender<Came>) -> Self {
        let (mut read, mut write) = tokio::io::split(socket);
        let (waiting, mut answers) = mpsc::channel::<Vec<u8>>(MOST_WAITING);
        let reader = tokio::spawn(async move {
            let (mut frames, mut buffer) = (Frames::default(), vec![0; 16 * 1024]);
            'connection: loop {
                let length = if frames.is_within() {
                    tokio::time::timeout(MESSAGE, read.read(&mut buffer)).await.unwrap_or(Ok(0))
                } else {
                    read.read(&mut buffer).await
                };
                let Ok(length @ 1..) = length else { break };
                frames.push(&buffer[..length]);
                loop {
                    match frames.next() {
                        Ok(Some(message)) => {
                            if came.send(Came::Message(flow, message)).await.is_err() {
                                return;
                            }
                        }
                        Ok(None) => break,
                        Err(_) => break 'connection,
                    }
                }
            }
            let _nobody_waits = came.send(Came::End(flow.connection)).await;
        });
        let writer = tokio::spawn(async move {
            while let Some(bytes) = answers.recv().await {
                if write.write_all(&bytes).await.is_err() || write.flush().await.is_err() {
                    return;
                }
            }
            let _has_gone = write.shutdown().await;
        });
        Self { waiting, reader, writer }
    }

    /// Sends a message. False when so many wait that nobody reads them.
    pub fn send(&self, bytes: Vec<u8>) -> bool {
        !matches!(self.waiting.try_send(bytes), Err(mpsc::error::TrySendError::Full(_)))
    }

    /// Writes what waits, and closes.
    pub async fn finish(mut self) {
        let (unused, _) = mpsc::channel(1);
        drop(std::mem::replace(&mut self.waiting, unused));
        let _written = tokio::time::timeout(GOOD_BYE, &mut self.writer).await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.reader.abort();
        self.writer.abort();
    }
}
