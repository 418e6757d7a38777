//! What is said on calls, for whoever keeps it or writes it down: beside those who listen, and never in their way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Instant;

use crate::call::CallId;
use crate::rtp::Packet;

/// Packets that may wait for a keeper whose disk is slow (D): some thirteen seconds of fifty calls, 16 MB. What comes then is
/// not kept.
const MOST_WAITING: usize = 65_536;

/// Something that was said, or the end of a call.
#[derive(Debug)]
pub enum Tapped {
    /// Something was said.
    Said(Said),
    /// The call has ended, at this instant.
    Ended(CallId, Instant),
}

/// A packet of a call.
#[derive(Debug)]
pub struct Said {
    /// Which call.
    pub call: CallId,
    /// On which line: 0 is the caller's.
    pub line: usize,
    /// What was said.
    pub packet: Packet,
    /// When the call's first audio came, of whichever line.
    pub began: Instant,
}

/// The forwarder's end.
#[derive(Debug)]
pub struct Tap {
    to: Sender<Tapped>,
    waiting: Arc<AtomicUsize>,
}

/// The keeper's end.
#[derive(Debug)]
pub struct Tapping {
    from: Receiver<Tapped>,
    waiting: Arc<AtomicUsize>,
}

/// Nothing more is ever said: the forwarder has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silent;

/// Both ends.
pub fn tap() -> (Tap, Tapping) {
    let ((to, from), waiting) = (channel(), Arc::new(AtomicUsize::new(0)));
    (Tap { to, waiting: Arc::clone(&waiting) }, Tapping { from, waiting })
}

impl Tap {
    pub(crate) fn said(&self, call: CallId, line: usize, packet: &Packet, began: Instant) {
        if self.waiting.load(Ordering::Relaxed) < MOST_WAITING {
            self.tell(Tapped::Said(Said { call, line, packet: packet.clone(), began }));
        }
    }

    /// Ends always go through: there is one for each call.
    pub(crate) fn ended(&self, call: CallId, now: Instant) {
        self.tell(Tapped::Ended(call, now));
    }

    fn tell(&self, what: Tapped) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _nobody_keeps = self.to.send(what);
    }
}

impl Tapping {
    /// The next, or nothing when `until` has come first.
    ///
    /// # Errors
    /// [`Silent`] when there will be nothing more.
    pub fn next(&self, until: Option<Instant>) -> Result<Option<Tapped>, Silent> {
        let taken = match until {
            None => self.from.recv().map_err(|_| Silent).map(Some),
            Some(until) => match self.from.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(what) => Ok(Some(what)),
                Err(RecvTimeoutError::Timeout) => Ok(None),
                Err(RecvTimeoutError::Disconnected) => Err(Silent),
            },
        };
        if let Ok(Some(_)) = &taken {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::rtp::Law;

    #[test]
    fn a_keeper_that_stands_still_takes_only_so_much_memory_and_learns_of_every_end() {
        let (tap, tapping) = tap();
        let payload = Arc::from([0; 160]);
        let packet = Packet { sequence: 0, time: 0, marker: false, law: Law::A, at: Instant::now(), payload };
        for _ in 0..MOST_WAITING + 1_000 {
            tap.said(CallId(1), 0, &packet, packet.at);
        }
        tap.ended(CallId(1), Instant::now());
        drop(tap);
        let (mut said, mut ended) = (0, 0);
        while let Ok(Some(what)) = tapping.next(Some(Instant::now() + Duration::from_secs(10))) {
            match what {
                Tapped::Said(..) => said += 1,
                Tapped::Ended(..) => ended += 1,
            }
        }
        assert_eq!((said, ended), (MOST_WAITING, 1));
        assert_eq!(tapping.next(None).err(), Some(Silent));
    }
}
