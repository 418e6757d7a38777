//! What is around the words: a rule of the house, something on television, hearsay, and who did it to whom.

use super::program::Found;
use super::stance::{Cue, Sentence};
use super::text::Break;
use super::{Stance, Who};

/// How far behind its words the other of the two may stand ("she hit with a pan her husband"), in words.
const OTHER_REACH: usize = 3;

impl Sentence<'_> {
    fn any(&self, cue: Cue) -> bool {
        (0..self.tokens.len()).any(|at| self.has(at, cue))
    }

    /// The whole sentence is a rule for its readers, or is of something else.
    pub fn aside(&self, found: Found) -> Option<Stance> {
        // Words that are themselves the cue ("school rang") are not what it is about.
        let outside = |cue| (0..self.tokens.len()).any(|at| self.has(at, cue) && !found.names(at));
        if outside(Cue::Policy) {
            return Some(Stance::Supposed);
        }
        outside(Cue::Elsewhere).then_some(Stance::Elsewhere)
    }

    /// "If he came with a weapon": the clause that `if` opens, until somebody else begins another ("if she leaves he
    /// will kill her").
    pub fn is_supposed(&self, found: Found, reach: usize) -> bool {
        let mut subjects = usize::from(self.has(found.start, Cue::Subject));
        let mut at = found.start;
        while at > 0 && found.start - at < reach && self.tokens[at].before == Break::None {
            at -= 1;
            if self.has(at, Cue::If) {
                return subjects <= 1;
            }
            subjects += usize::from(self.has(at, Cue::Subject));
        }
        false
    }

    /// "?strangled": the writer doubts the word.
    pub fn is_doubted(&self, found: Found) -> bool {
        let bytes = self.text.as_bytes();
        (found.start..found.end).filter(|&at| found.names(at)).any(|at| {
            let start = self.tokens[at].start as usize;
            let mut before = bytes[..start].iter().rev();
            before.next() == Some(&b'?') && before.next().is_none_or(u8::is_ascii_whitespace)
        })
    }

    /// A form's field that is answered no: "APPT BOOKED: N".
    pub fn is_template_no(&self, found: Found) -> bool {
        let answer = (found.end..self.tokens.len()).find(|&at| self.tokens[at].before != Break::None);
        answer.is_some_and(|at| self.tokens[at].before == Break::Hard && self.has(at, Cue::AnswerNo))
    }

    /// Somebody who passes it on is named before the words.
    pub fn is_hearsay(&self, found: Found) -> bool {
        (0..found.start).any(|at| self.has(at, Cue::Hearsay))
    }

    /// Who did it to whom: hers only where she is the nearest subject and he stands behind the deed.
    pub fn who(&self, found: Found) -> Who {
        if self.any(Cue::Mutual) {
            return Who::Unclear;
        }
        let subject = (0..=found.start).rev().find(|&at| self.has(at, Cue::Victims) || self.has(at, Cue::Accused));
        let is_she = subject.is_some_and(|at| self.has(at, Cue::Victims));
        let until = (found.end + OTHER_REACH).min(self.tokens.len());
        let is_to_him = (found.start + 1..until).any(|at| self.has(at, Cue::Accused));
        if is_she && is_to_him { Who::VictimToSuspect } else { Who::SuspectToVictim }
    }
}
