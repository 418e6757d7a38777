//! Flags with their reasons, their clocks, the entries that they rest on and what people said of them.

use std::collections::BTreeSet;

use alongside_desk::message::ActKind;
use alongside_desk::review::{Answerable, Judgement, Verdict};
use alongside_desk::stamp::{Evidence, FlagId};
use alongside_desk::watch::{Flag, Severity, Standing};

use super::timeline::Scene;
use crate::door::Action;
use crate::rooms::act;
use crate::rooms::desk::Teller;
use crate::rooms::words::{What, apart, plain};
use crate::views::case::{Flag as View, FlagClock, FlagGroup};
use crate::views::moment;
use crate::views::part::{Act, Countdown, Piece, Tag, Words};

/// What this person could give that a flag waits for.
pub fn answers(teller: &Teller<'_>, flag: FlagId) -> impl Iterator<Item = &'static Answerable> {
    let state = teller.state();
    let role = state.role_of(&teller.who);
    let may = teller.may(Action::Answer) && state.flags.get(flag).is_some_and(|flag| flag.now.incident.is_some());
    state.answerable(flag).filter(move |answers| may && answers.only.is_none_or(|only| role == Some(only)))
}

/// What a flag says, with the sums that it rests on one key away.
fn sentence(reason: &str) -> Words {
    let (says, sums) = apart(reason);
    let words = Words::plain(plain(&says));
    match sums {
        Some(sums) => words.and(Piece::Plain(" ".to_owned())).and(Piece::More("How sure".to_owned(), plain(&sums))),
        None => words,
    }
}

impl Scene<'_> {
    /// Flags by severity, open ones first, each linked to the entries on this page that it rests on.
    pub fn flags(&self, flags: &BTreeSet<FlagId>, anchors: &BTreeSet<u64>) -> Vec<FlagGroup> {
        let state = self.teller.state();
        let mut flags: Vec<&Flag> = flags.iter().filter_map(|id| state.flags.get(*id)).collect();
        flags.sort_by_key(|flag| {
            let is_done = !state.reviews.is_waiting(flag.id);
            (!flag.is_open(), is_done, std::cmp::Reverse((flag.raised_at(), flag.id)))
        });
        let group = |(severity, tag): (Severity, Tag)| FlagGroup {
            tag,
            flags: flags
                .iter()
                .filter(|flag| flag.now.severity == severity)
                .map(|flag| self.flag(flag, anchors))
                .collect(),
        };
        let all = [(Severity::S1, Tag::S1), (Severity::S2, Tag::S2), (Severity::S3, Tag::S3)];
        all.into_iter().map(group).filter(|group| !group.flags.is_empty()).collect()
    }

    /// What was answered and waits for a look, in words.
    pub fn answered(&self, flags: &BTreeSet<FlagId>) -> String {
        let state = self.teller.state();
        let waits = |flag: &&Flag| !flag.is_open() && state.reviews.is_waiting(flag.id);
        match flags.iter().filter_map(|id| state.flags.get(*id)).filter(waits).count() {
            0 => String::new(),
            n => format!("{n} answered, not yet looked at"),
        }
    }

    fn flag(&self, flag: &Flag, anchors: &BTreeSet<u64>) -> View {
        let state = self.teller.state();
        let rule = state.policy.rule(&flag.now.rule);
        let name = rule.map_or_else(|| "A rule of an earlier policy".to_owned(), |rule| rule.name.to_string());
        let clock = match &flag.standing {
            Standing::Answered { at, .. } => FlagClock::Answered(*at, at.since(flag.raised_at())),
            Standing::Withdrawn { at, .. } => FlagClock::Withdrawn(*at),
            Standing::Open if flag.now.due > flag.now.from => FlagClock::Deadline(Countdown {
                at: flag.now.due,
                from: Some(flag.now.from),
                to: rule.map(|rule| rule.to.to_string()).unwrap_or_default(),
                up: false,
            }),
            Standing::Open => FlagClock::OpenSince(flag.raised_at()),
        };
        let rests_on = flag.now.evidence.iter().map(|evidence| self.rests_on(evidence, anchors)).collect();
        View {
            id: format!("f-{}", flag.id.0),
            rule: flag.now.rule.to_string(),
            name,
            clock,
            sentence: sentence(&self.teller.staff.told(&flag.now.reason)),
            rests_on,
            acts: self.flag_acts(flag),
            judged: self.judged(flag),
        }
    }

    /// Where the entry stands, and when it happened.
    fn rests_on(&self, evidence: &Evidence, anchors: &BTreeSet<u64>) -> (String, String) {
        let state = self.teller.state();
        let said = self.texts.get(evidence.seq);
        let at = said.map_or_else(|| "an entry".to_owned(), |said| moment::fact(said.at, self.teller.now));
        let elsewhere = said.and_then(|said| said.message()).and_then(|(message, _)| message.incident.as_deref());
        let elsewhere = elsewhere.and_then(|reference| state.by_reference.get(reference));
        match elsewhere {
            Some(id) if !anchors.contains(&evidence.seq) => (format!("/incidents/{}#e-{}", id.0, evidence.seq), at),
            _ => (format!("#e-{}", evidence.seq), at),
        }
    }

    fn flag_acts(&self, flag: &Flag) -> Vec<Act> {
        let state = self.teller.state();
        let subject = state.home_of(flag);
        let is_anothers = state.open_review(subject).is_some_and(|review| review.is_anothers(&self.teller.who));
        let mut acts: Vec<Act> = answers(self.teller, flag.id).map(|answers| self.answer_act(flag, answers)).collect();
        if state.reviews.is_waiting(flag.id) && !is_anothers && self.teller.may(Action::Judge) {
            acts.push(Act::open("confirm", "Confirm", "", format!("/flags/{}/confirm", flag.id.0)));
            acts.push(Act::open("set-aside", "Set aside", "", format!("/flags/{}/set-aside", flag.id.0)));
        }
        acts
    }

    fn answer_act(&self, flag: &Flag, answers: &Answerable) -> Act {
        let key = flag.id.0.to_string();
        match answers.kind {
            ActKind::Acknowledged => {
                let form = act::form_id("take-in", &key, self.teller.state().seq, None);
                Act::post("take-in", "Acknowledge the history", "", format!("/flags/{key}/take-in"), form)
            }
            _ => Act::open("reason", "Give a reason", "", format!("/flags/{key}/reason")),
        }
    }

    /// What became of it, in words; nothing while it is open and nobody has said anything.
    fn judged(&self, flag: &Flag) -> Option<String> {
        let state = self.teller.state();
        let record = match &flag.standing {
            Standing::Open => None,
            Standing::Answered { how, .. } => Some(format!("Answered: {}", plain(how))),
            Standing::Withdrawn { why, .. } => Some(format!("Withdrawn: {}", plain(why))),
        };
        let said = state.reviews.verdicts(flag.id).last().map(|verdict| self.verdict(verdict));
        let waits = (record.is_some() && state.reviews.is_waiting(flag.id)).then(|| "Not yet looked at".to_owned());
        let parts: Vec<String> = [record, said, waits].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(". "))
    }

    fn verdict(&self, verdict: &Verdict) -> String {
        use alongside_desk::review::StaffEvent;
        let did = match verdict.judgement {
            Judgement::Confirmed => "Confirmed",
            Judgement::Handled => "Already handled, says",
            Judgement::ActionAsked => "Action asked",
            Judgement::SetAside => "Set aside",
        };
        let name = self.teller.staff.name(&verdict.by);
        let reason = match self.texts.get(verdict.words).map(|said| &said.what) {
            Some(What::Staff(_, event)) => match &**event {
                StaffEvent::Confirmed { reason, .. }
                | StaffEvent::SetAside { reason, .. }
                | StaffEvent::Disposed { reason, .. } => reason.to_string(),
                _ => String::new(),
            },
            _ => String::new(),
        };
        let reason = if reason.trim().is_empty() { String::new() } else { format!(": {}", plain(&reason)) };
        let by = if did.ends_with("says") { "" } else { " by" };
        format!("{did}{by} {name}, {}{reason}", moment::fact(verdict.at, self.teller.now))
    }
}
