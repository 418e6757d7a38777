//! What was raised, and what people said of it, read from the entries as they were written.

use std::collections::{BTreeMap, BTreeSet};
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
    /// What each act of a person spoke of, by its entry: it may be taken back.
    spoken_of: BTreeMap<u64, Act>,
    /// The rules' ids, each once: years of flags name the same few.
    rules: BTreeSet<Arc<str>>,
}

/// What an act spoke of.
#[derive(Debug, Default)]
struct Act {
    flags: Vec<FlagId>,
    ended: Option<Subject>,
}

impl Past {
    pub fn take(&mut self, entry: &Entry) {
        match &entry.event {
            Some(Event::FlagRaised(raised)) => {
                let rule = self.rule(&raised.rule);
                self.flags.push(Was {
                    rule,
                    subject: raised.subject,
                    victim: raised.victim,
                    episodes: vec![raised.episode.clone()],
                    raised_at: entry.known,
                    severity: raised.severity,
                    words: Vec::new(),
                });
            }
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

    fn rule(&mut self, id: &Arc<str>) -> Arc<str> {
        if let Some(known) = self.rules.get(id) {
            return known.clone();
        }
        self.rules.insert(id.clone());
        id.clone()
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
        self.spoken_of.entry(seq).or_default().flags.extend(flags);
    }

    fn staff(&mut self, event: &StaffEvent, seq: u64) {
        match event {
            StaffEvent::Confirmed { flag, .. } => self.say(&[*flag], Judgement::Confirmed, seq),
            StaffEvent::SetAside { flag, .. } => self.say(&[*flag], Judgement::SetAside, seq),
            StaffEvent::Disposed { subject, flags, disposition, .. } => {
                self.say(flags, disposition.judgement(), seq);
                self.ended.entry(*subject).or_default().push((seq, disposition.judgement()));
                self.spoken_of.entry(seq).or_default().ended = Some(*subject);
            }
            StaffEvent::Undone { act } => {
                let Act { flags, ended } = self.spoken_of.remove(act).unwrap_or_default();
                for id in flags {
                    if let Some(flag) = self.flag(id) {
                        flag.words.retain(|(seq, _)| seq != act);
                    }
                }
                if let Some(words) = ended.and_then(|subject| self.ended.get_mut(&subject)) {
                    words.retain(|(seq, _)| seq != act);
                }
            }
            _ => {}
        }
    }
}
