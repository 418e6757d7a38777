//! The one trial that may run in a node at a time: it reads the journal on a thread of its own and writes nothing.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use alongside_desk::lab::Report;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::Policy;
use alongside_node::{Node, Progress};

/// Where trials run.
#[derive(Debug, Default)]
pub struct Laboratory(Mutex<Option<Trial>>);

/// A trial: the newest one is kept, with its policy, until the next.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Who asked for it: the account's id.
    pub by: String,
    /// When.
    pub asked_at: Timestamp,
    /// The policy's version.
    pub version: Arc<str>,
    /// What is tried, whole.
    pub text: Arc<str>,
    /// The beginning of its span.
    pub from: Timestamp,
    /// How far it has come.
    pub stands: Stands,
    stop: Arc<AtomicBool>,
}

/// How far a trial has come.
#[derive(Debug, Clone)]
pub enum Stands {
    /// It reads: entries done, of so many.
    Running(u64, u64),
    /// It is through.
    Done(Arc<Report>),
    /// Somebody ended it.
    Stopped,
    /// The journal could not be read.
    Failed,
}

/// Another trial is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

impl Laboratory {
    /// The newest trial.
    pub fn trial(&self) -> Option<Trial> {
        self.lock().clone()
    }

    /// Begins a trial.
    ///
    /// # Errors
    /// [`Busy`] while another runs.
    pub fn begin(self: &Arc<Self>, node: Node, policy: Policy, from: Timestamp, by: String) -> Result<(), Busy> {
        let stop = Arc::new(AtomicBool::new(false));
        let asked_at = node.clock().now();
        {
            let mut newest = self.lock();
            if newest.as_ref().is_some_and(|trial| matches!(trial.stands, Stands::Running(..))) {
                return Err(Busy);
            }
            let (version, text) = (policy.version.clone(), policy.text.clone());
            let stands = Stands::Running(0, node.status().seq.0);
            *newest = Some(Trial { by, asked_at, version, text, from, stands, stop: stop.clone() });
        }
        let laboratory = Arc::clone(self);
        let told = Arc::clone(self);
        let trying = tokio::task::spawn_blocking(move || {
            let mut tell = |at: Progress| {
                if stop.load(Ordering::Relaxed) {
                    return ControlFlow::Break(());
                }
                told.stands(Stands::Running(at.done.0, at.of.0));
                ControlFlow::Continue(())
            };
            match node.try_policy(policy, from, &mut tell) {
                Ok(Some(report)) => Stands::Done(Arc::new(report)),
                Ok(None) => Stands::Stopped,
                Err(error) => {
                    tracing::error!(%error, "a trial of a policy could not read the journal");
                    Stands::Failed
                }
            }
        });
        // However it ends, another can be begun.
        tokio::spawn(async move { laboratory.stands(trying.await.unwrap_or(Stands::Failed)) });
        Ok(())
    }

    /// Ends the trial that runs, at its next step.
    pub fn stop(&self) {
        if let Some(trial) = &*self.lock() {
            trial.stop.store(true, Ordering::Relaxed);
        }
    }

    fn stands(&self, stands: Stands) {
        if let Some(trial) = &mut *self.lock() {
            trial.stands = stands;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Trial>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
