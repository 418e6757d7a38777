//! Who looks at what: journalled on a thread of its own, before the page is shown (law 8).

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use alongside_journal::{ActorId, AppendError, Moment, NewView, Seq, SqliteViews, StreamId, ViewSeq, Views as _};

use crate::clock::Clock;
use crate::inbox::{Pending, Reply};
use crate::refused::Refused;

/// Views that may wait; each is a person's page, so that a thousand is a minute of a large control room.
const MOST_WAITING: usize = 1024;

/// Views in one commit.
const MOST_TOGETHER: usize = 256;

/// A view about to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Who looks, by a pseudonymous id: 1 to 64 bytes of printable ASCII without spaces.
    pub actor: Arc<str>,
    /// The screen: 1 to 64 bytes of printable ASCII without spaces.
    pub screen: &'static str,
    /// Which moment of looking.
    pub moment: Moment,
    /// Whose data: the streams on the screen ([`Node::stream`](crate::Node::stream)).
    pub subjects: Vec<StreamId>,
    /// With what rights.
    pub rights: String,
    /// The first and last journal place shown; the same for a page.
    pub shown: (Seq, Seq),
    /// Why.
    pub why: String,
}

enum Job {
    View { view: NewView, reply: Reply<ViewSeq> },
    Cap { bytes: Option<u64>, reply: Reply<()> },
}

/// The thread that journals views, and the way to it.
pub(crate) struct ViewLog {
    jobs: SyncSender<Job>,
}

impl ViewLog {
    pub fn start(views: SqliteViews) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (jobs, waiting) = sync_channel(MOST_WAITING);
        let thread = std::thread::Builder::new().name("views".into()).spawn(move || run(views, &waiting))?;
        Ok((Self { jobs }, thread))
    }

    pub fn record(&self, view: View, clock: &dyn Clock) -> Pending<ViewSeq> {
        let (reply, pending) = Pending::new();
        let View { actor, screen, moment, subjects, rights, shown, why } = view;
        let at = clock.now();
        let view =
            NewView { at, actor: ActorId::new(actor), screen: screen.into(), moment, subjects, rights, shown, why };
        self.put(Job::View { view, reply });
        pending
    }

    pub fn cap(&self, bytes: Option<u64>) -> Pending<()> {
        let (reply, pending) = Pending::new();
        self.put(Job::Cap { bytes, reply });
        pending
    }

    fn put(&self, job: Job) {
        match self.jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => job.refuse(Refused::Busy { retry_after_s: 1 }),
            Err(TrySendError::Disconnected(job)) => job.refuse(Refused::Stopping),
        }
    }
}

impl Job {
    fn refuse(self, refused: Refused) {
        match self {
            Self::View { reply, .. } => reply.send(Err(refused)),
            Self::Cap { reply, .. } => reply.send(Err(refused)),
        }
    }
}

fn run(mut log: SqliteViews, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let more = std::iter::from_fn(|| jobs.try_recv().ok()).take(MOST_TOGETHER - 1);
        let mut views = Vec::new();
        let mut replies = Vec::new();
        for job in std::iter::once(first).chain(more) {
            match job {
                Job::View { view, reply } => {
                    views.push(view);
                    replies.push(reply);
                }
                Job::Cap { bytes, reply } => reply.send(log.cap(bytes).map_err(|error| refused(&error.into()))),
            }
        }
        if let [view] = &views[..] {
            let answer = log.append_views(std::slice::from_ref(view)).map_err(|error| refused(&error));
            replies.into_iter().for_each(|reply| reply.send(answer.clone()));
            continue;
        }
        match log.append_views(&views) {
            Ok(last) => {
                let first = last.0 + 1 - views.len() as u64;
                (first..).zip(replies).for_each(|(seq, reply)| reply.send(Ok(ViewSeq(seq))));
            }
            // One that cannot be written must not take the others with it.
            Err(_) => {
                for (view, reply) in views.iter().zip(replies) {
                    reply.send(log.append_views(std::slice::from_ref(view)).map_err(|error| refused(&error)));
                }
            }
        }
    }
}

fn refused(error: &AppendError) -> Refused {
    tracing::error!(error = %Chain(error), "a view cannot be journalled: its page is not shown");
    Refused::CannotWrite { retry_after_s: 5 }
}

/// An error and what lies beneath it, in one line.
pub(crate) struct Chain<'a>(pub &'a (dyn std::error::Error + 'a));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}
