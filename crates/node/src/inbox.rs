//! The bounded queue in front of the writer.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use alongside_desk::message::Message;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::Policy;
use alongside_journal::Seq;
use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use crate::clock::Wake;
use crate::offer::{Act, Acted, Document, Offer, Receipt};
use crate::refused::Refused;
use crate::reject::RejectId;

/// An answer that is on its way. A future, and for threads without a runtime something to [`wait`](Pending::wait) for.
#[must_use = "what was asked is done only when this resolves"]
pub struct Pending<T>(oneshot::Receiver<Result<T, Refused>>);

impl<T> Pending<T> {
    pub(crate) fn new() -> (Reply<T>, Self) {
        let (send, receive) = oneshot::channel();
        (Reply(send), Self(receive))
    }

    pub(crate) fn refused(refused: Refused) -> Self {
        let (reply, pending) = Self::new();
        reply.send(Err(refused));
        pending
    }

    /// Blocks this thread until the answer is there: for threads of their own, and while a program starts or ends.
    ///
    /// # Errors
    /// [`Refused`], with nothing kept.
    pub fn wait(mut self) -> Result<T, Refused> {
        let waker = Arc::new(Parked(std::thread::current())).into();
        let mut context = Context::from_waker(&waker);
        loop {
            match Pin::new(&mut self).poll(&mut context) {
                Poll::Ready(answer) => return answer,
                Poll::Pending => std::thread::park(),
            }
        }
    }
}

/// A thread that waits for an answer.
struct Parked(std::thread::Thread);

impl std::task::Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, Refused>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(Refused::Stopping)))
    }
}

/// The other end. Whoever asked may have gone: that is no fault.
pub(crate) struct Reply<T>(oneshot::Sender<Result<T, Refused>>);

impl<T> Reply<T> {
    pub fn send(self, answer: Result<T, Refused>) {
        let _ = self.0.send(answer);
    }
}

/// What the writer is asked.
pub(crate) enum Job {
    Take {
        feed: Arc<str>,
        received: Timestamp,
        offers: Vec<Offer>,
        reply: Reply<Vec<Receipt>>,
    },
    /// Recorded messages, each with the instant at which it was known.
    Import {
        feed: Arc<str>,
        lines: Vec<Recorded>,
        reply: Reply<Vec<Receipt>>,
    },
    Keep {
        feed: Arc<str>,
        received: Timestamp,
        document: Document,
        reply: Reply<()>,
    },
    Resubmit {
        feed: Arc<str>,
        received: Timestamp,
        reject: RejectId,
        offer: Box<Offer>,
        by: Arc<str>,
        reply: Reply<Receipt>,
    },
    PutAside {
        feed: Arc<str>,
        reject: RejectId,
        reason: Arc<str>,
        by: Arc<str>,
        reply: Reply<()>,
    },
    Act {
        act: Box<Act>,
        reply: Reply<Acted>,
    },
    SetPolicy {
        policy: Arc<Policy>,
        by: Arc<str>,
        why: Arc<str>,
        reply: Reply<Seq>,
    },
    /// The pace of the clock.
    SetPace {
        times: u32,
        reply: Reply<Seq>,
    },
    /// Keep a snapshot now.
    Snapshot {
        reply: Reply<Seq>,
    },
    /// Cap the journal's size.
    Cap {
        bytes: Option<u64>,
        reply: Reply<()>,
    },
}

/// A recorded message.
#[derive(Clone)]
pub(crate) struct Recorded {
    pub raw: Arc<str>,
    pub message: Message,
    pub known: Timestamp,
}

impl Job {
    /// How much room it takes in the queue, in messages.
    pub fn weight(&self) -> usize {
        match self {
            Self::Take { offers, .. } => offers.len().max(1),
            Self::Import { lines, .. } => lines.len().max(1),
            _ => 1,
        }
    }

    /// Answers that it was not done.
    pub fn refuse(self, refused: Refused) {
        match self {
            Self::Take { reply, .. } | Self::Import { reply, .. } => reply.send(Err(refused)),
            Self::Keep { reply, .. } | Self::PutAside { reply, .. } | Self::Cap { reply, .. } => {
                reply.send(Err(refused));
            }
            Self::Resubmit { reply, .. } => reply.send(Err(refused)),
            Self::Act { reply, .. } => reply.send(Err(refused)),
            Self::SetPolicy { reply, .. } | Self::SetPace { reply, .. } | Self::Snapshot { reply, .. } => {
                reply.send(Err(refused))
            }
        }
    }
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    weight: usize,
    moved: bool,
    closed: bool,
}

/// The queue.
pub(crate) struct Inbox {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    room: Condvar,
    most: usize,
}

impl Inbox {
    /// Holds jobs of `most` messages together; a job larger than that fits only into an empty queue.
    pub fn new(most: usize) -> Self {
        Self { waiting: Mutex::default(), changed: Condvar::new(), room: Condvar::new(), most }
    }

    /// Puts a job in, or refuses it.
    pub fn put(&self, job: Job) {
        let weight = job.weight();
        let mut waiting = self.waiting.lock();
        let refused = if waiting.closed {
            Refused::Stopping
        } else if waiting.weight > 0 && waiting.weight + weight > self.most {
            Refused::Busy { retry_after_s: 1 }
        } else {
            waiting.weight += weight;
            waiting.jobs.push_back(job);
            self.changed.notify_one();
            return;
        };
        drop(waiting);
        job.refuse(refused);
    }

    /// Puts a job in as soon as there is room for it; for bulk work on a thread of its own.
    pub fn put_when_room(&self, job: Job) {
        let weight = job.weight();
        {
            let mut waiting = self.waiting.lock();
            while !waiting.closed && waiting.weight > 0 && waiting.weight + weight > self.most {
                self.room.wait(&mut waiting);
            }
        }
        self.put(job);
    }

    /// How many messages wait.
    pub fn weight(&self) -> usize {
        self.waiting.lock().weight
    }

    /// Takes what waits, up to so many messages together but at least one job; waits for at most `wait`, or until a job comes, the
    /// clock is moved or the queue is closed. `None`: closed and drained.
    pub fn take(&self, most: usize, wait: Option<Duration>) -> Option<Vec<Job>> {
        let until = wait.map(|wait| Instant::now() + wait);
        let mut waiting = self.waiting.lock();
        while waiting.jobs.is_empty() && !waiting.moved && !waiting.closed {
            match until {
                Some(until) if self.changed.wait_until(&mut waiting, until).timed_out() => break,
                Some(_) => {}
                None => self.changed.wait(&mut waiting),
            }
        }
        waiting.moved = false;
        if waiting.jobs.is_empty() && waiting.closed {
            return None;
        }
        let mut taken = Vec::new();
        let mut weight = 0;
        while let Some(job) = waiting.jobs.pop_front_if(|job| weight == 0 || weight + job.weight() <= most) {
            weight += job.weight();
            taken.push(job);
        }
        waiting.weight -= weight;
        self.room.notify_all();
        Some(taken)
    }

    /// Takes no more in; what waits is still done.
    pub fn close(&self) {
        self.waiting.lock().closed = true;
        self.changed.notify_all();
        self.room.notify_all();
    }

    pub fn is_closed(&self) -> bool {
        self.waiting.lock().closed
    }

    /// Refuses everything that waits and takes no more in: the writer is gone.
    pub fn abandon(&self) {
        let jobs = {
            let mut waiting = self.waiting.lock();
            waiting.closed = true;
            waiting.weight = 0;
            std::mem::take(&mut waiting.jobs)
        };
        self.room.notify_all();
        jobs.into_iter().for_each(|job| job.refuse(Refused::Stopping));
    }
}

impl Wake for Inbox {
    fn wake(&self) {
        self.waiting.lock().moved = true;
        self.changed.notify_all();
    }
}
