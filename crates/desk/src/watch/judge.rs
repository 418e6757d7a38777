//! Judging: which flags are raised, grow, rise, are answered or withdrawn by what has changed or fallen due.

use std::sync::Arc;

use super::agenda::Agenda;
use super::evaluate::{Asking, Evaluator};
use super::evidence;
use super::fact::View;
use super::flag::{Flag, Raised, Severity, Standing, Subject};
use super::item::{Item, items};
use super::policy::Rule;
use super::switch::Mode;
use crate::aspect::Aspects;
use crate::event::Event;
use crate::stamp::{Evidence, FlagId};
use crate::state::State;
use crate::time::Timestamp;

/// Judges at an instant. When something has changed, that is judged, and clocks that end at this very instant still run, since
/// another message of the same instant may follow; when nothing has, the clocks that have run out by now are judged.
pub fn judge(state: &State, agenda: &mut Agenda, now: Timestamp) -> Vec<Event> {
    let kept = agenda.take_evaluator().filter(|(version, _)| *version == state.policy.version);
    let (version, evaluator) = kept.unwrap_or_else(|| (state.policy.version.clone(), Evaluator::new(&state.policy)));
    let mut judging = Judging { state, agenda, evaluator: &evaluator, now, events: Vec::new(), silent: state.silent() };
    judging.run();
    let events = judging.events;
    agenda.keep_evaluator(version, evaluator);
    events
}

/// What the rules of one ground are judged on.
type Found<'a> = (usize, Vec<Item<'a>>);

/// What of an incident makes a call on it domestic abuse, or pursued.
const CALL_OF: Aspects = Aspects::GRADE
    .and(Aspects::CODE)
    .and(Aspects::WORDS)
    .and(Aspects::PEOPLE)
    .and(Aspects::HISTORY)
    .and(Aspects::MARKER)
    .and(Aspects::ENDING);

struct Judging<'a> {
    state: &'a State,
    agenda: &'a mut Agenda,
    evaluator: &'a Evaluator,
    now: Timestamp,
    events: Vec<Event>,
    silent: bool,
}

/// Where one item of a rule stands.
struct Verdict {
    holds: bool,
    answered: bool,
    /// When the last of what it asks for was due, or will be.
    due: Timestamp,
    /// The most severe step that has come.
    step: Option<Come>,
    /// The next step to come.
    next: Option<Timestamp>,
}

/// A step that has come: its place, how severe it is, when its clock began and when it was due.
type Come = (usize, Severity, Timestamp, Timestamp);

/// An item that belongs to a flag that is there already.
struct More<'a> {
    item: &'a Item<'a>,
    step: Come,
    evidence: Vec<Evidence>,
}

impl Judging<'_> {
    fn run(&mut self) {
        let found = crate::person::look_up(self.state, self.agenda.take_look_ups());
        if !found.is_empty() {
            // What a match changes is judged once it is written down: the changes stay on the agenda until then.
            self.events = found;
            return;
        }
        if self.agenda.has_changes() {
            let mut subjects = self.agenda.take_changes();
            let mut pursued: Vec<Subject> = Vec::new();
            for (subject, aspects) in &subjects {
                if let Subject::Incident(id) = subject
                    && aspects.touches(CALL_OF)
                {
                    let calls = self.state.incident(*id).map_or(&[][..], |i| &i.calls);
                    pursued.extend(calls.iter().map(|c| Subject::Call(*c)).filter(|c| self.is_pursued(*c)));
                }
            }
            // Two logs may hold the same call; it is judged once.
            for call in pursued {
                subjects.entry(call).or_insert(Aspects::ALL);
            }
            for (subject, aspects) in subjects {
                self.subject(subject, aspects, None);
            }
            return;
        }
        for (feed, health) in &self.state.feeds {
            let due = health.last_heard.plus(self.state.policy.feed_silence);
            if health.sends_alive && health.silent_since.is_none() && due <= self.now {
                self.events.push(Event::FeedSilent { feed: feed.clone(), since: health.last_heard });
                self.silent = true;
            }
        }
        for (_, subject, rule) in self.agenda.take_due(self.now) {
            self.subject(subject, Aspects::ALL, Some(rule));
        }
    }

    /// Whether a call was cut off or silent, or was once thought to have been.
    fn is_pursued(&self, subject: Subject) -> bool {
        let Subject::Call(id) = subject else { return false };
        self.state.calls.get(&id).is_some_and(crate::call::Call::was_cut_off)
            || self.state.flags.on(subject).next().is_some()
    }

    /// Judges the rules that read what has changed on a subject; or one rule, when its clock has run out.
    fn subject(&mut self, subject: Subject, aspects: Aspects, only: Option<u16>) {
        let state = self.state;
        let is_da = match subject {
            Subject::Incident(id) => state.is_da(id),
            Subject::Call(_) | Subject::Person(_) => true,
        };
        let flags: Vec<&Flag> = state.flags.on(subject).collect();
        let has_flags = flags.iter().any(|f| f.is_open());
        if let Subject::Incident(id) = subject
            && !has_flags
            && state.incident(id).is_some_and(|i| i.asleep)
        {
            return;
        }
        let mut clocks = self.agenda.take_clocks(subject);
        // What rules are judged on is found once for all of them.
        let mut found: Vec<Found> = Vec::new();
        for (n, rule) in state.policy.rules.iter().enumerate() {
            let n = u16::try_from(n).unwrap_or(u16::MAX);
            let asked = only.map_or_else(|| rule.reads.touches(aspects), |only| only == n);
            let in_scope = is_da || rule.any_scope;
            if !asked || !rule.on.fits(subject) || !(in_scope || has_flags) {
                continue;
            }
            let place = found.iter().position(|(ground, _)| *ground == rule.ground);
            let place = place.unwrap_or_else(|| {
                found.push((rule.ground, items(state, rule.on, &rule.about, subject)));
                found.len() - 1
            });
            let items = if in_scope { found[place].1.as_slice() } else { &[] };
            let next = self.rule(rule, subject, &flags, items, only.is_some());
            self.agenda.set_clock(&mut clocks, subject, n, next);
        }
        self.agenda.keep_clocks(subject, clocks);
    }

    /// Judges one rule on a subject. Returns when its clock runs out next.
    fn rule(
        &mut self,
        rule: &Rule,
        subject: Subject,
        flags: &[&Flag],
        found: &[Item],
        ran_out: bool,
    ) -> Option<Timestamp> {
        let state = self.state;
        let open: Vec<&Flag> = flags.iter().copied().filter(|f| f.is_open() && f.now.rule == rule.id).collect();
        let mode = state.switches.mode(&rule.id);
        let mut next: Option<Timestamp> = None;
        let mut held: Vec<(u32, bool, Option<Arc<str>>)> = open.iter().map(|f| (f.id.0, false, None)).collect();
        let mut raised_now = false;
        let mut more: Vec<(FlagId, Severity, More)> = Vec::new();
        for item in found {
            // What was known before the force went live is history, and raises nothing (FEED.md "Three times").
            let history = state.policy.live_from.is_some_and(|from| item.known < from);
            if history || answered_before(rule, flags, item) {
                continue;
            }
            let verdict = self.verdict(rule, item, ran_out);
            let flag = open.iter().find(|f| f.episodes.contains(&item.episode));
            let flag = flag.or_else(|| open.first().filter(|_| rule.one_at_a_time));
            if let Some(flag) = flag
                && flag.episodes.contains(&item.episode)
                && let Some(held) = held.iter_mut().find(|h| h.0 == flag.id.0)
            {
                held.1 |= verdict.holds && !verdict.answered;
                if verdict.answered && held.2.is_none() {
                    held.2 = Some(self.how(rule, item, verdict.due));
                }
            }
            if !verdict.holds || verdict.answered {
                continue;
            }
            next = [next, verdict.next].into_iter().flatten().min();
            let Some(step) = verdict.step else { continue };
            if rule.absence && self.silent {
                self.agenda.park(subject);
                continue;
            }
            let Some(flag) = flag else {
                match mode {
                    Mode::Off => {}
                    Mode::Shadow if state.switches.is_cast(&rule.id, subject, &item.episode, step.1) => {}
                    Mode::Shadow => {
                        let raised = self.raised(rule, item, subject, step, self.evidence(rule, item));
                        self.events.push(Event::FlagShadowed(Box::new(raised)));
                    }
                    // It belongs to the flag just raised, and is added to it when that is written down.
                    Mode::Live if raised_now && rule.one_at_a_time => self.agenda.touch(subject, rule.reads),
                    Mode::Live => {
                        raised_now = true;
                        let raised = self.raised(rule, item, subject, step, self.evidence(rule, item));
                        self.events.push(Event::FlagRaised(Box::new(raised)));
                    }
                }
                continue;
            };
            if let Some(held) = held.iter_mut().find(|h| h.0 == flag.id.0) {
                held.1 = true;
            }
            // Switched off: what is there stands, and nothing comes of it but its answer.
            if mode != Mode::Off {
                more.push((flag.id, step.1, More { item, step, evidence: self.evidence(rule, item) }));
            }
        }
        // The most severe first, so that a flag rises once, and what comes after it only adds to it.
        more.sort_by_key(|(flag, severity, _)| (*flag, std::cmp::Reverse(*severity)));
        let mut risen: Option<FlagId> = None;
        for (id, _, more) in more {
            let Some(flag) = state.flags.get(id) else { continue };
            self.more(rule, flag, subject, more, risen == Some(id));
            risen = Some(id);
        }
        for flag in open {
            let Some((_, still, answered)) = held.iter().find(|h| h.0 == flag.id.0) else { continue };
            if *still {
                continue;
            }
            let how = answered.clone().or_else(|| rule.gone_answers.then(|| rule.gone.clone()));
            self.events.push(match how {
                Some(how) => Event::FlagAnswered { flag: flag.id, how },
                None => Event::FlagWithdrawn { flag: flag.id, why: rule.gone.clone() },
            });
        }
        next
    }

    fn verdict(&self, rule: &Rule, item: &Item, ran_out: bool) -> Verdict {
        let mut verdict = Verdict { holds: false, answered: false, due: item.at, step: None, next: None };
        let mut asking = Asking::new(View { state: self.state, item }, rule);
        if !self.evaluator.holds(&rule.when, &asking)
            || rule.unless.as_ref().is_some_and(|u| self.evaluator.holds(u, &asking))
        {
            return verdict;
        }
        verdict.holds = true;
        let from = self.evaluator.instant(&rule.from, &asking).unwrap_or(item.at);
        for (n, step) in rule.steps.iter().enumerate() {
            if step.when.as_ref().is_some_and(|w| !self.evaluator.holds(w, &asking)) {
                continue;
            }
            let due = step.due.as_ref().map_or(Some(from), |d| self.evaluator.instant(d, &asking));
            let Some(due) = due else { continue };
            // A step without a period comes at once; one with a period comes when that has run out.
            let come = step.due.is_none() || due < self.now || (ran_out && due <= self.now);
            if !come {
                verdict.next = [verdict.next, Some(due)].into_iter().flatten().min();
            } else if verdict.step.is_none_or(|s| step.severity > s.1) {
                verdict.step = Some((n, step.severity, from, due));
            }
        }
        verdict.due = verdict.step.map(|s| s.3).or(verdict.next).unwrap_or(from);
        asking.due(verdict.due);
        verdict.answered = self.evaluator.holds(&rule.answered, &asking);
        verdict
    }

    /// How an item was answered, in plain words.
    fn how(&self, rule: &Rule, item: &Item, due: Timestamp) -> Arc<str> {
        if self.agenda.is_wordless() {
            return Arc::default();
        }
        let mut asking = Asking::new(View { state: self.state, item }, rule);
        asking.due(due);
        let how = rule.answers.iter().find(|(when, _)| self.evaluator.holds(when, &asking));
        how.map_or_else(|| "answered".into(), |(_, says)| asking.sentence(says, self.now).into())
    }

    /// The messages that a flag on this item rests on, oldest first.
    fn evidence(&self, rule: &Rule, item: &Item) -> Vec<Evidence> {
        let view = View { state: self.state, item };
        let mut found: Vec<Evidence> = item.evidence.clone();
        for name in &rule.evidence {
            found.extend(evidence::gather(&view, name));
        }
        found.sort();
        found.dedup();
        found
    }

    fn raised(
        &self,
        rule: &Rule,
        item: &Item,
        subject: Subject,
        (step, severity, from, due): Come,
        evidence: Vec<Evidence>,
    ) -> Raised {
        let reason = if self.agenda.is_wordless() { Arc::default() } else { self.reason(rule, item, step, due) };
        Raised {
            rule: rule.id.clone(),
            policy: self.state.policy.version.clone(),
            severity,
            subject,
            incident: item.incident_id,
            victim: item.victim.or_else(|| item.incident.and_then(|i| i.victims().next())),
            episode: item.episode.clone(),
            evidence,
            reason,
            from,
            due,
        }
    }

    /// Why an item is a flag, in one sentence.
    fn reason(&self, rule: &Rule, item: &Item, step: usize, due: Timestamp) -> Arc<str> {
        let mut asking = Asking::new(View { state: self.state, item }, rule);
        asking.due(due);
        let says = rule.steps.get(step).and_then(|s| s.says.as_ref()).unwrap_or(&rule.says);
        let reason = asking.sentence(says, self.now);
        match item.leans_on.first() {
            Some(lean) => format!("If she is the same ({}): {reason}", lean.reasons.join(", ")).into(),
            None => reason.into(),
        }
    }

    /// A flag that is there already: it rises, or grows by new evidence or another episode.
    fn more(&mut self, rule: &Rule, flag: &Flag, subject: Subject, more: More, again: bool) {
        let More { item, step, evidence } = more;
        let severity = step.1;
        let rises = severity > flag.now.severity && !again;
        let new_episode = !flag.episodes.contains(&item.episode);
        let new_evidence = evidence.iter().any(|e| !flag.now.evidence.contains(e));
        let found_owner = flag.now.incident.is_none() && item.incident_id.is_some();
        if !rises && !new_episode && (again || !(new_evidence || found_owner)) {
            return;
        }
        let now = Box::new(self.raised(rule, item, subject, step, evidence));
        self.events.push(if rises {
            Event::FlagRose { flag: flag.id, severity, now }
        } else {
            Event::FlagGrew { flag: flag.id, now }
        });
    }
}

/// An answered flag is raised again only by a new episode.
fn answered_before(rule: &Rule, flags: &[&Flag], item: &Item) -> bool {
    flags.iter().any(|f| {
        matches!(f.standing, Standing::Answered { .. }) && f.now.rule == rule.id && f.episodes.contains(&item.episode)
    })
}

impl State {
    fn silent(&self) -> bool {
        self.feeds.values().any(|f| f.silent_since.is_some())
    }
}
