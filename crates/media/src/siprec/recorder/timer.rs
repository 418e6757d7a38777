//! What happens when nothing comes.

use std::time::{Duration, Instant};

use super::{ALIVE, Hearing, Key, PATIENCE, PROBE, Recorder};
use crate::siprec::sip::Message;

impl<H: Hearing> Recorder<H> {
    /// Sets a session's alarm anew.
    pub(super) fn arm(&mut self, key: Key) {
        let Some(dialog) = self.dialogs.get_mut(&key) else { return };
        let due = dialog.due();
        if due == dialog.alarm {
            return;
        }
        if let Some(before) = std::mem::replace(&mut dialog.alarm, due) {
            self.alarms.remove(&(before, key));
        }
        self.alarms.extend(due.map(|due| (due, key)));
    }

    /// A session's alarm rings.
    pub(super) fn ring(&mut self, key: Key, now: Instant) {
        let Some(dialog) = self.dialogs.get_mut(&key) else { return };
        dialog.alarm = None;
        let flow = dialog.flow;
        let heard = self.hearing.last_heard(dialog.call);
        let is_heard = |within: Duration| heard.is_some_and(|heard| now.saturating_duration_since(heard) <= within);
        if dialog.forget_at.is_some_and(|at| at <= now) && dialog.asked.as_ref().is_none_or(|a| a.repeat.until <= now) {
            return self.forget(key);
        }
        if let Some(answer) = &mut dialog.unacknowledged {
            if answer.until <= now {
                // Its acknowledgement was lost, or the switch is gone: the audio tells which.
                dialog.unacknowledged = None;
                self.pending -= 1;
                if !is_heard(ALIVE) {
                    return self.hang_up(key, now);
                }
            } else if answer.again_at.is_some_and(|at| at <= now) {
                answer.again(now);
                self.out.push((flow, answer.bytes.clone()));
            }
        }
        if let Some(asked) = &mut dialog.asked {
            if asked.repeat.until <= now {
                let is_over = asked.method != "UPDATE" && !is_heard(ALIVE);
                dialog.asked = None;
                if dialog.has_ended {
                    return self.forget(key);
                }
                if is_over {
                    return self.end(key, now);
                }
            } else if asked.repeat.again_at.is_some_and(|at| at <= now) {
                asked.repeat.again(now);
                self.out.push((flow, asked.repeat.bytes.clone()));
            }
        }
        if dialog.expires_at.is_some_and(|at| at <= now) {
            if !is_heard(ALIVE) {
                return self.hang_up(key, now);
            }
            dialog.expires_at = Some(now + PROBE);
        }
        if dialog.refresh_at.is_some_and(|at| at <= now) {
            dialog.refresh_at = Some(now + Duration::from_secs(dialog.timer_s / 2));
            self.ask(key, "UPDATE", now);
        }
        if let Some(dialog) = self.dialogs.get_mut(&key)
            && dialog.probe_at.is_some_and(|at| at <= now)
        {
            dialog.probe_at = Some(now + PROBE);
            if !is_heard(PROBE) && dialog.asked.is_none() {
                self.ask(key, "OPTIONS", now);
            }
        }
        self.arm(key);
    }

    /// An answer to a request of ours.
    pub(super) fn response(&mut self, code: u16, message: &Message, now: Instant) {
        let Some(key) = self.find(message, "to") else { return };
        let Some(dialog) = self.dialogs.get_mut(&key) else { return };
        let Some(asked) = &dialog.asked else { return };
        if code < 200 || message.cseq() != Some((asked.cseq, asked.method)) {
            return;
        }
        let method = asked.method;
        dialog.asked = None;
        if dialog.has_ended {
            return self.forget(key);
        }
        // Either says that the switch knows no such session (RFC 3261, section 12.2.1.2).
        if matches!(code, 408 | 481) {
            return self.end(key, now);
        }
        if method == "UPDATE" && code < 300 && dialog.expires_at.is_some() {
            dialog.expires_at = Some(now + Duration::from_secs(dialog.timer_s));
        }
        self.arm(key);
    }

    /// Sends a request of ours.
    pub(super) fn ask(&mut self, key: Key, method: &'static str, now: Instant) {
        let branch = self.word();
        let Some(dialog) = self.dialogs.get_mut(&key) else { return };
        let bytes = dialog.ask(method, branch, now);
        self.out.push((dialog.flow, bytes));
    }

    /// Ends a session from our side.
    pub(super) fn hang_up(&mut self, key: Key, now: Instant) {
        self.end(key, now);
        self.ask(key, "BYE", now);
        if let Some(dialog) = self.dialogs.get_mut(&key) {
            dialog.forget_at = Some(now + PATIENCE);
        }
        self.arm(key);
    }
}
