//! What was raised, and what people said of it, read from the entries as they were written.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::{Entry, Event};
use crate::review::{Judgement, StaffEvent};
use crate::stamp::{FlagId, RecordId};
use crate::time::Timestamp;
use crate::watch::{Raised, Severity, Subject};

/// A flag that was raised.
#[derive(Debug)]
pub(super) struct Was {
    pub rule: Arc<str>,
    pub subject: Subject,
    pub victim: Option<RecordId>,
    pub episodes: Vec<Arc<str>>,
    pub raised_at: Timestamp,
    pub severity: Severity,
    /// Each with the entry that said it.
    words: Vec<(u64, Judgement)>,
}

impl Was {
    /// The last word of a person on it.
    pub fn word(&self) -> Option<Judgement> {
        self.words.last().map(|(_, word)| *word)
    }
}

/// What was.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// By the flags' ids, which are given in order.
    pub flags: Vec<Was>,
    /// How reviews of a subject ended, each with its entry.
    ended: BTreeMap<Subject, Vec<(u64, Judgement)>>,
}

impl Past {
    pub fn take(&mut self, entry: &Entry) {
        match &entry.event {
            Some(Event::FlagRaised(raised)) => self.flags.push(Was {
                rule: raised.rule.clone(),
                subject: raised.subject,
                victim: raised.victim,
                episodes: vec![raised.episode.clone()],
                raised_at: entry.known,
                severity: raised.severity,
                words: Vec::new(),
            }),
            Some(Event::FlagGrew { flag, now }) => self.grow(*flag, now, None),
            Some(Event::FlagRose { flag, severity, now }) => self.grow(*flag, now, Some(*severity)),
            Some(Event::Staff(event)) => self.staff(event, entry.seq),
            _ => {}
        }
    }

    /// How the last review of a subject ended.
    pub fn end_of(&self, subject: Subject) -> Option<Judgement> {
        self.ended.get(&subject)?.last().map(|(_, word)| *word)
    }

    fn flag(&mut self, id: FlagId) -> Option<&mut Was> {
        usize::try_from(id.0).ok().and_then(|at| self.flags.get_mut(at))
    }

    fn grow(&mut self, id: FlagId, more: &Raised, rose: Option<Severity>) {
        let Some(flag) = self.flag(id) else { return };
        if !flag.episodes.contains(&more.episode) {
            flag.episodes.push(more.episode.clone());
        }
        flag.victim = flag.victim.or(more.victim);
        flag.severity = rose.unwrap_or(flag.severity);
    }

    fn say(&mut self, flags: &[FlagId], word: Judgement, seq: u64) {
        for id in flags {
            if let Some(flag) = self.flag(*id) {
                flag.words.push((seq, word));
            }
        }
    }

    fn staff(&mut self, event: &StaffEvent, seq: u64) {
        match event {
            StaffEvent::Confirmed { flag, .. } => self.say(&[*flag], Judgement::Confirmed, seq),
            StaffEvent::SetAside { flag, .. } => self.say(&[*flag], Judgement::SetAside, seq),
            StaffEvent::Disposed { subject, flags, disposition, .. } => {
                self.say(flags, disposition.judgement(), seq);
                self.ended.entry(*subject).or_default().push((seq, disposition.judgement()));
            }
            StaffEvent::Undone { act } => {
                for words in self.flags.iter_mut().map(|flag| &mut flag.words).chain(self.ended.values_mut()) {
                    words.retain(|(seq, _)| seq != act);
                }
            }
            _ => {}
        }
    }
}
