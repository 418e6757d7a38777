//! One timeline of everything: when each thing happened and, where that was not at once, when it was learned.

use std::collections::BTreeSet;

use alongside_desk::message::{Body, Message};
use alongside_desk::review::StaffEvent;
use alongside_desk::stamp::IncidentId;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Subject;

use super::entry;
use crate::rooms::desk::Teller;
use crate::rooms::words::{Correction, Said, Texts, What};
use crate::views::moment;
use crate::views::part::{Piece, TimelineDay, TimelineEntry, Words};

/// What is known this much after it happened was learned later.
pub const AT_ONCE: Period = Period::seconds(60);

/// One page's entries, told to one person.
pub struct Scene<'a> {
    /// To whom, and what is known.
    pub teller: &'a Teller<'a>,
    /// What the record says.
    pub texts: &'a Texts,
    /// The log that the page is of: its entries do not say again which log they stand on.
    pub log: Option<IncidentId>,
}

impl Scene<'_> {
    /// The entries by day, newest first, with what each correction took back.
    pub fn days(&self, seqs: &BTreeSet<u64>) -> Vec<TimelineDay> {
        let mut days: Vec<TimelineDay> = Vec::new();
        let mut day = None;
        for (seq, said) in self.lines(seqs) {
            let Some(shown) = self.line(seq, said) else { continue };
            let on = said.at.local().date();
            if day != Some(on) {
                let heading = said.at.local().strftime("%A %-d %B %Y").to_string();
                let heading = (!(days.is_empty() && self.teller.now.local().date() == on)).then_some(heading);
                days.push(TimelineDay { heading, entries: Vec::new() });
                day = Some(on);
            }
            if let Some(last) = days.last_mut() {
                last.entries.push(shown);
            }
        }
        days
    }

    /// Entries that stand on the page a second time, oldest first: they are no anchors, and of an opening only what was
    /// decided is said again.
    pub fn entries(&self, seqs: &BTreeSet<u64>) -> Vec<TimelineEntry> {
        let mut said: Vec<(u64, &Said)> = seqs.iter().filter_map(|seq| Some((*seq, self.texts.get(*seq)?))).collect();
        said.sort_by_key(|(seq, said)| (said.at, *seq));
        let again = said.into_iter().filter_map(|(seq, said)| {
            let mut line = self.line(seq, said)?;
            line.id = format!("d-{seq}");
            if matches!(said.message(), Some((Message { body: Body::Opened { .. }, .. }, _))) {
                line.what.pieces.retain(|piece| !matches!(piece, Piece::Log(_)));
            }
            Some(line)
        });
        again.collect()
    }

    /// Which entries are on the page: those asked for, and what corrections among them took back.
    pub fn anchors(&self, seqs: &BTreeSet<u64>) -> BTreeSet<u64> {
        self.lines(seqs).into_iter().map(|(seq, _)| seq).collect()
    }

    fn lines(&self, seqs: &BTreeSet<u64>) -> Vec<(u64, &Said)> {
        let mut all = seqs.clone();
        let mut next: Vec<u64> = seqs.iter().copied().collect();
        while let Some(seq) = next.pop() {
            if let Some(Said { what: What::Correction(correction), .. }) = self.texts.get(seq)
                && let Some(of) = correction.of
                && all.insert(of)
            {
                next.push(of);
            }
        }
        let mut lines: Vec<(u64, &Said)> =
            all.into_iter().filter_map(|seq| Some((seq, self.texts.get(seq)?))).collect();
        lines.sort_by_key(|(seq, said)| std::cmp::Reverse((said.at, *seq)));
        lines
    }

    fn line(&self, seq: u64, said: &Said) -> Option<TimelineEntry> {
        let now = self.teller.now;
        let (what, redacted) = match &said.what {
            What::Message(message, spans) => match self.texts.corrected_by(seq) {
                Some(by) => (self.taken_back(said, by), false),
                None => (entry::message(message, spans, now), false),
            },
            What::Correction(correction) => (self.correction(seq, said, correction), false),
            What::Staff(who, event) => (self.staff(who, event)?, false),
            What::Other => return None,
            What::Redacted => (gone("These words have been taken out of the record."), true),
            What::Unread => (gone("These words could not be read just now."), true),
        };
        let what = self.with_log(what, said);
        Some(TimelineEntry {
            id: format!("e-{seq}"),
            happened: (!redacted || said.at > Timestamp::default()).then_some(said.at),
            learned_later: (said.known.since(said.at) > AT_ONCE).then_some(said.known),
            what,
            live: self.is_live(said),
            redacted,
        })
    }

    /// The words of a message that its source has taken back, struck, and where it says so.
    fn taken_back(&self, said: &Said, by: u64) -> Words {
        let mut text = String::new();
        if let Some((message, _)) = said.message() {
            for piece in entry::message(message, &[], self.teller.now).pieces {
                match piece {
                    Piece::Plain(words) | Piece::Strong(words) | Piece::Name(words) => text += &words,
                    Piece::Log(stretches) => stretches.iter().for_each(|(words, _)| text += words),
                    _ => {}
                }
            }
        }
        let is_withdrawal =
            matches!(self.texts.get(by), Some(Said { what: What::Correction(c), .. }) if c.now.is_none());
        let says = if is_withdrawal { "withdrawn" } else { "corrected" };
        Words::default()
            .and(Piece::Struck(text))
            .and(Piece::Plain(" ".to_owned()))
            .and(Piece::Link(format!("#e-{by}"), says.to_owned()))
    }

    fn correction(&self, seq: u64, said: &Said, correction: &Correction) -> Words {
        let by = correction.by.as_ref().map(|by| format!(" by {}", crate::rooms::words::plain(by))).unwrap_or_default();
        let mut words = match said.message() {
            None => Words::default().and(Piece::Strong(format!("Withdrawn{by}"))),
            Some((message, spans)) => {
                let at = moment::fact(said.known, self.teller.now);
                let mut words = match self.texts.corrected_by(seq) {
                    Some(again) => return self.taken_back(said, again),
                    None => Words::default(),
                };
                words.pieces.push(Piece::Strong(format!("Corrected{by}, {at}. ")));
                words.pieces.extend(entry::message(message, spans, self.teller.now).pieces);
                words
            }
        };
        words.pieces.push(Piece::Plain(" · ".to_owned()));
        words.pieces.push(match correction.of {
            Some(of) => Piece::Link(format!("#e-{of}"), "what it said before".to_owned()),
            None => Piece::Plain("what it said before is not in the journal".to_owned()),
        });
        words
    }

    fn staff(&self, who: &alongside_desk::Actor, event: &StaffEvent) -> Option<Words> {
        let staff = self.teller.staff;
        let name = if *who == self.teller.who { "You".to_owned() } else { staff.name(who) };
        entry::staff(event, &name, |to| staff.name(to))
    }

    /// Says which log an entry stands on, where the page gathers several.
    fn with_log(&self, words: Words, said: &Said) -> Words {
        let state = self.teller.state();
        let incident = match &said.what {
            What::Message(message, _) => message.incident.as_deref(),
            What::Correction(correction) => correction.incident.as_deref(),
            _ => None,
        };
        let Some(id) = incident.and_then(|reference| state.by_reference.get(reference).copied()) else { return words };
        if self.log == Some(id) {
            return words;
        }
        let Some(reference) = state.reference(id) else { return words };
        words
            .and(Piece::Plain(" · ".to_owned()))
            .and(Piece::Link(format!("/incidents/{}", id.0), format!("Log {}", crate::rooms::words::plain(reference))))
    }

    /// A call that has not ended.
    fn is_live(&self, said: &Said) -> bool {
        let state = self.teller.state();
        let Some((Message { body: Body::CallStarted { call, .. }, .. }, _)) = said.message() else {
            return false;
        };
        let call = state.call_by_reference.get(call.as_str()).and_then(|id| state.calls.get(id));
        call.is_some_and(|call| call.ended.is_none() && self.teller.now.since(said.at) < Period::hours(2))
    }

    /// Every entry about an incident: its log, its calls, what orders and custody flags on it rest on, what colleagues did.
    pub fn of_incident(&self, id: IncidentId) -> BTreeSet<u64> {
        let state = self.teller.state();
        let mut seqs = BTreeSet::new();
        if let Some(incident) = state.incident(id) {
            seqs.extend(incident.entries.iter().map(|entry| entry.stamp.seq));
            seqs.extend(incident.contacts.iter().map(|contact| contact.stamp.seq));
            seqs.extend(incident.arrests.iter().map(|arrest| arrest.stamp.seq));
            seqs.extend(incident.acts.iter().map(|act| act.stamp.seq));
            for call in incident.calls.iter().filter_map(|call| state.calls.get(call)) {
                seqs.extend(
                    call.started.iter().chain(call.ended.iter().map(|(stamp, _)| stamp)).map(|stamp| stamp.seq),
                );
                seqs.extend(call.backs.iter().map(|(stamp, _)| stamp.seq));
            }
        } else if let Some(past) = state.past.get(&id) {
            seqs.extend(past.opening.iter().map(|opening| opening.stamp.seq));
            seqs.extend(past.contacts.iter().map(|contact| contact.stamp.seq));
            seqs.extend(past.people.iter().map(|person| person.stamp.seq));
            seqs.extend(past.grading.iter().map(|grading| grading.stamp.seq));
            seqs.extend(past.seen.iter().map(|seen| seen.seq));
        }
        for flag in state.flags.of_incident(id) {
            let evidence = flag.now.evidence.iter().map(|evidence| evidence.seq);
            seqs.extend(evidence.filter(|seq| !self.is_of_another(*seq, id)));
            seqs.extend(state.reviews.verdicts(flag.id).iter().map(|verdict| verdict.words));
        }
        seqs.extend(self.done_about(Subject::Incident(id)));
        seqs
    }

    /// Whether an entry stands on another log.
    fn is_of_another(&self, seq: u64, id: IncidentId) -> bool {
        let state = self.teller.state();
        let said = self.texts.get(seq).and_then(|said| said.message());
        let on = said.and_then(|(message, _)| state.find(message.incident.as_deref()?));
        on.is_some_and(|on| on != state.going_on(id))
    }

    /// What colleagues did about something.
    fn done_about(&self, subject: Subject) -> BTreeSet<u64> {
        let state = self.teller.state();
        let mut seqs: BTreeSet<u64> = state.notes_of(subject).iter().map(|note| note.words).collect();
        for review in state.reviews_of(subject) {
            seqs.insert(review.id.0);
            seqs.extend(review.held.iter().map(|held| held.words));
            seqs.extend(review.handed.iter().map(|note| note.words));
            seqs.extend(review.disposed.iter().map(|disposed| disposed.words));
        }
        for action in state.reviews.actions().filter(|action| state.home(action.subject) == state.home(subject)) {
            seqs.extend(action.done.iter().chain(&action.declined).map(|note| note.words));
        }
        seqs
    }
}

fn gone(says: &str) -> Words {
    Words::default().and(Piece::Redacted(says.to_owned()))
}
