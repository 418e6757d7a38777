//! Reviews, by one-line cases: `TIME WHO VERB WORDS`, steps parted by `·`. What comes back is the last step's answer.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::*;
use crate::desk::Desk;
use crate::event::{Command, Entry, Event, Refusal, Take};
use crate::message::{StaffRole, read_line};
use crate::stamp::Evidence;
use crate::time::Timestamp;
use crate::watch::lexicon::{LEXICON, Lexicon};
use crate::watch::{Mode, Policy, Raised, Severity};

static LEXICON_READ: LazyLock<Arc<Lexicon>> =
    LazyLock::new(|| Arc::new(Lexicon::parse(LEXICON).expect("the shipped lexicon")));

static POLICY_READ: LazyLock<Arc<Policy>> = LazyLock::new(|| Arc::new(Policy::shipped()));

/// A desk with people at it.
pub(crate) struct Room {
    pub desk: Desk,
    pub flags: BTreeMap<String, FlagId>,
    pub now: Timestamp,
    seq: u64,
}

/// A time of the night of 12 March 2026, local time being UTC then; before noon is the next day.
pub(crate) fn at(time: &str) -> Timestamp {
    let day = if time < "12:00" { "2026-03-13" } else { "2026-03-12" };
    let seconds = if time.len() == 5 { ":00" } else { "" };
    Timestamp::parse(&format!("{day}T{time}{seconds}Z")).expect("a time")
}

fn who(name: &str) -> Actor {
    Actor(name.into())
}

impl Room {
    pub fn new() -> Self {
        let desk = Desk::new(POLICY_READ.clone(), LEXICON_READ.clone());
        Self { desk, flags: BTreeMap::new(), now: at("20:00"), seq: 0 }
    }

    /// A room after a story, with the answer to its last step.
    pub fn after(story: &str) -> (Self, String) {
        let mut room = Self::new();
        let mut answer = "ok".to_owned();
        for step in story.split('·').map(str::trim) {
            let words: Vec<&str> = step.split_whitespace().collect();
            room.now = at(words[0]);
            answer = room.step(&words[1..]).err().map_or_else(|| "ok".to_owned(), |refusal| refusal.to_string());
        }
        (room, answer)
    }

    fn apply(&mut self, actor: Actor, event: Event) -> u64 {
        self.seq += 1;
        let entry =
            Entry { seq: self.seq, at: self.now, known: self.now, received: self.now, actor, event: Some(event) };
        // What is kept is what comes back from the journal.
        let event = entry.event.as_ref().expect("an event");
        let body = event.encode().expect("a body");
        let decoded = Event::decode(event.kind(), Event::VERSION, &body).expect("an event");
        self.desk.apply(&Entry { event: Some(decoded), ..entry });
        self.seq
    }

    pub fn take(&mut self, line: &serde_json::Value) {
        let raw: Arc<str> = line.to_string().into();
        let message = read_line(&raw).expect("a message").message;
        let take = Take { feed: "f".into(), raw, message: message.into(), known: self.now, original: None };
        for event in self.desk.decide(&Command::Take(Box::new(take)), &who("f"), self.now).expect("taken") {
            self.apply(who("f"), event);
        }
    }

    fn message(&mut self, kind: &str, incident: &str, more: serde_json::Value) {
        let mut line = serde_json::json!({
            "id": format!("m{}", self.seq), "at": self.now, "type": kind, "incident": incident, "by": "op1",
        });
        line.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        self.take(&line);
    }

    pub fn subject(&self, reference: &str) -> Subject {
        Subject::Incident(self.desk.state().find(reference).expect("an incident"))
    }

    pub fn ask(&mut self, name: &str, ask: Ask) -> Result<u64, Refusal> {
        let command = StaffCommand { request: "r".into(), ask };
        let mut seq = self.seq;
        for event in self.desk.decide(&Command::Staff(command), &who(name), self.now)? {
            seq = self.apply(who(name), event);
        }
        Ok(seq)
    }

    fn raised(&self, rule: &str, severity: &str, reference: &str, due: Option<&str>) -> Raised {
        let incident = self.desk.state().find(reference).expect("an incident");
        let severity = match severity {
            "S1" => Severity::S1,
            "S2" => Severity::S2,
            _ => Severity::S3,
        };
        let due = due.map_or(self.now, at);
        let from = if due == self.now { due } else { due.minus(crate::time::Period::minutes(5)) };
        Raised {
            rule: rule.into(),
            policy: "p".into(),
            severity,
            subject: Subject::Incident(incident),
            incident: Some(incident),
            victim: None,
            episode: format!("e{}", self.seq).into(),
            evidence: vec![Evidence { seq: 1, id: "m0".into() }],
            reason: format!("{rule} is so").into(),
            from,
            due,
        }
    }

    /// Opens an incident with a victim.
    pub fn open(&mut self, reference: &str) {
        self.step(&["opened", reference]).expect("opened");
    }

    /// Raises a flag now.
    pub fn raise(&mut self, rule: &str, severity: &str, reference: &str) {
        self.step(&["raise", rule, severity, reference]).expect("raised");
    }

    #[allow(clippy::too_many_lines)]
    fn step(&mut self, words: &[&str]) -> Result<u64, Refusal> {
        let word = |n: usize| words.get(n).copied().unwrap_or_else(|| panic!("{words:?} lacks a word"));
        let flag = |room: &Self, rule: &str| *room.flags.get(rule).unwrap_or_else(|| panic!("no flag {rule}"));
        let waiting = |room: &Self, reference: &str| -> Vec<FlagId> {
            room.desk.state().waiting_on(room.subject(reference)).iter().map(|f| f.id).collect()
        };
        match (word(0), words.get(1).copied().unwrap_or("")) {
            ("opened", reference) => {
                self.message("incident.opened", reference, serde_json::json!({"grade": "immediate", "code": "DA"}));
                let her = serde_json::json!({"role": "victim", "person": {"ref": format!("V-{reference}")}});
                self.message("incident.person", reference, her);
            }
            ("plain", reference) => {
                self.message("incident.opened", reference, serde_json::json!({"grade": "priority", "code": "NOISE"}));
            }
            ("closed", reference) => self.message("incident.closed", reference, serde_json::json!({})),
            ("merged", reference) => self.message("incident.merged", reference, serde_json::json!({"into": word(2)})),
            ("unit", reference) => self.message("unit.assigned", reference, serde_json::json!({"unit": "U1"})),
            ("seen", reference) => {
                self.message("unit.arrived", reference, serde_json::json!({"unit": "U1"}));
                self.message("incident.outcome", reference, serde_json::json!({"kind": "victim_seen"}));
            }
            ("raise", rule) => {
                let raised = self.raised(rule, word(2), word(3), words.get(4).copied());
                self.flags.insert(rule.to_owned(), self.desk.state().flags.next_id());
                self.apply(Actor::desk(), Event::FlagRaised(Box::new(raised)));
            }
            ("rise", rule) => {
                let now = Box::new(self.raised(rule, "S1", word(2), None));
                let (flag, severity) = (flag(self, rule), Severity::S1);
                self.apply(Actor::desk(), Event::FlagRose { flag, severity, now });
            }
            ("answer", rule) => {
                let flag = flag(self, rule);
                self.apply(Actor::desk(), Event::FlagAnswered { flag, how: "a unit arrived".into() });
            }
            ("pace", times) => {
                let pace = Command::SetPace { times: times.parse().expect("a number") };
                for event in self.desk.decide(&pace, &who("node"), self.now).expect("a pace") {
                    self.apply(who("node"), event);
                }
            }
            (name, verb) => {
                let subject = |room: &Self| room.subject(word(2));
                let ask = match verb {
                    "start" => Ask::StartShift { role: role(word(2)), until: words.get(3).map(|t| at(t)), seed: 7 },
                    "end" => {
                        let (to, note): (Option<Actor>, Option<Arc<str>>) = match words.get(2) {
                            Some(&"note") => (None, Some("please".into())),
                            Some(&"to") => (Some(who(word(3))), None),
                            _ => (None, None),
                        };
                        let open = self.desk.state().open_work(&who(name)).into_iter();
                        let handed = open.map(|work| HandedOn { work, to: to.clone(), note: note.clone() }).collect();
                        Ask::EndShift { handed }
                    }
                    "open" => Ask::Open { subject: subject(self) },
                    "take" => Ask::Take { subject: subject(self) },
                    "release" => Ask::Release { subject: subject(self) },
                    "hold" => Ask::Hold { subject: subject(self), until: at(word(3)), reason: "later".into() },
                    "give" => Ask::HandOver { subject: subject(self), to: who(word(3)), note: "yours".into() },
                    "confirm" => Ask::Confirm { flag: flag(self, word(2)), reason: "".into() },
                    "set-aside" => {
                        Ask::SetAside { flag: flag(self, word(2)), reason: words.get(3).copied().unwrap_or("").into() }
                    }
                    "dispose" => {
                        let disposition = match word(3) {
                            "missed" => Disposition::MissedOpportunity,
                            "handled" => Disposition::AlreadyHandled,
                            "none" => Disposition::NotAnOpportunity,
                            role_name => Disposition::NeedsAction { role: role(role_name), by: at(word(4)) },
                        };
                        let flags = waiting(self, word(2));
                        Ask::Dispose { subject: subject(self), flags, disposition, reason: "so".into() }
                    }
                    "not-da" => {
                        Ask::NotAbuse { subject: subject(self), flags: waiting(self, word(2)), reason: "so".into() }
                    }
                    "note" => Ask::Note { subject: subject(self), note: "so".into() },
                    "acknowledge" | "finish" | "decline" => {
                        let action = self.desk.state().reviews.actions().last().map_or(ActionId(0), |a| a.id);
                        match verb {
                            "acknowledge" => Ask::AcknowledgeAction { action },
                            "finish" => Ask::FinishAction { action, note: "".into() },
                            _ => Ask::DeclineAction { action, reason: "busy".into() },
                        }
                    }
                    "take-in" | "reason" => {
                        let Subject::Incident(incident) = subject(self) else { panic!("no incident") };
                        let answers = word(3).into();
                        match verb {
                            "reason" => Ask::Reason { incident, answers, reason: "so".into() },
                            _ => Ask::AcknowledgeHistory { incident, answers },
                        }
                    }
                    "switch" => {
                        let to = match word(3) {
                            "off" => Mode::Off,
                            "shadow" => Mode::Shadow,
                            _ => Mode::Live,
                        };
                        Ask::SwitchRule { rule: word(2).into(), to, reason: "so".into() }
                    }
                    "undo" => {
                        let last = self.desk.state().reviews.recent.get(&who(name)).and_then(|l| l.last());
                        Ask::Undo { act: last.map_or(0, |d| d.seq) }
                    }
                    other => panic!("`{other}` is no verb"),
                };
                return self.ask(name, ask);
            }
        }
        Ok(self.seq)
    }
}

fn role(word: &str) -> StaffRole {
    StaffRole::from_word(word).unwrap_or_else(|| panic!("no role {word}"))
}

#[track_caller]
fn check(story: &str, answer: &str) {
    assert_eq!(Room::after(story).1, answer, "{story}");
}

#[test]
fn law_10_two_people_at_once_and_the_second_hears_who_was_first() {
    let night = "02:00 opened A · 02:20 raise T01 S1 A";
    check(&format!("{night} · 02:21 s-1 take A · 02:21:01 s-2 take A"), "s-1 took it at 02:21");
    check(&format!("{night} · 02:21 s-1 take A · 02:22 s-2 set-aside T01 no"), "s-1 took it at 02:21");
    check(&format!("{night} · 02:21 s-1 take A · 02:22 s-2 dispose A none"), "s-1 took it at 02:21");
    check(&format!("{night} · 02:21 s-1 take A · 02:22 s-1 release A · 02:23 s-2 take A"), "ok");
    check(&format!("{night} · 02:21 s-1 take A · 02:22 s-1 give A s-2 · 02:23 s-1 release A"), "s-2 took it at 02:22");
    check(&format!("{night} · 02:21 s-1 take A · 02:22 s-1 take A"), "You have it already.");
    check(&format!("{night} · 02:21 s-1 dispose A missed · 02:22 s-2 dispose A none"), "s-1 disposed of it at 02:21");
    check(&format!("{night} · 02:21 s-1 set-aside T01 no · 02:22 s-2 confirm T01"), "s-1 disposed of it at 02:21");
    check(
        "02:00 opened A · 02:01 opened B · 02:02 s-1 take A · 02:03 merged A B · 02:04 s-2 take B",
        "s-1 took it at 02:02",
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    check("02:00 opened A · 02:01 s-1 open A", "ok");
    check("02:00 plain A · 02:01 s-1 open A", "This incident is not coded as domestic abuse and carries no flag.");
    check("02:00 opened A · 02:01 raise T01 S1 A · 02:02 s-1 set-aside T01", "A reason is needed, in words.");
    check("02:00 opened A · 02:01 s-1 release A", "You do not have it.");
    check("02:00 opened A · 02:01 s-1 hold A 02:00", "The time until which it is held must lie ahead.");
    check("02:00 opened A · 02:01 s-1 dispose A none", "there is no such open review");
    check(
        "02:00 opened A · 02:01 s-1 open A · 02:02 s-1 dispose A dispatcher 02:01",
        "The time by which it is to be done must lie ahead.",
    );
    check(
        "02:00 opened A · 02:01 s-1 open A · 02:02 s-1 dispose A specialist 03:01",
        "An action is asked of a dispatcher, a supervisor, a handler or an officer.",
    );
}

#[test]
fn an_act_is_taken_back_within_ten_seconds_by_who_did_it_and_only_the_last() {
    let night = "02:00 opened A · 02:20 raise T01 S1 A · 02:21 s-1 take A";
    check(&format!("{night} · 02:21:10 s-1 undo · 02:21:11 s-2 take A"), "ok");
    check(
        &format!("{night} · 02:21:11 s-1 undo"),
        "More than 10 seconds have gone by: this cannot be taken back any more.",
    );
    check(&format!("{night} · 02:21:05 s-2 undo"), "This cannot be taken back any more.");
    check(
        &format!("{night} · 02:21:02 s-1 give A s-2 · 02:21:04 s-2 release A · 02:21:05 s-1 undo"),
        "s-1 has acted on it since, at 02:21",
    );
}

#[test]
fn a_switch_is_taken_back_like_any_act_while_nobody_has_switched_it_since() {
    let night = "02:00 opened A · 02:21 q-1 switch T01 off";
    let mode = |story: &str| Room::after(story).0.desk.state().switches.mode("T01");
    assert_eq!(mode(night), Mode::Off);
    let undone = format!("{night} · 02:21:10 q-1 undo");
    check(&undone, "ok");
    assert_eq!(mode(&undone), Mode::Live);
    check(
        &format!("{night} · 02:21:11 q-1 undo"),
        "More than 10 seconds have gone by: this cannot be taken back any more.",
    );
    check(&format!("{night} · 02:21:05 q-2 undo"), "This cannot be taken back any more.");
    let twice = format!("{night} · 02:21:04 q-2 switch T01 shadow");
    check(&format!("{twice} · 02:21:05 q-1 undo"), "q-2 has switched it since, at 02:21");
    assert_eq!(mode(&format!("{twice} · 02:21:05 q-2 undo")), Mode::Off, "only the newest word is gone");
    check(&format!("{undone} · 02:22 q-1 switch T01 off"), "ok");
}

#[test]
fn ten_seconds_are_a_persons_seconds_at_whatever_pace_a_night_is_played() {
    let night = "02:00 pace 12 · 02:01 opened A · 02:20 raise T01 S1 A · 02:21 s-1 take A";
    check(&format!("{night} · 02:23 s-1 undo · 02:23:01 s-2 take A"), "ok");
    check(
        &format!("{night} · 02:23:01 s-1 undo"),
        "More than 10 seconds have gone by: this cannot be taken back any more.",
    );
    let asked = format!("{night} · 02:21:30 s-1 dispose A dispatcher 02:40");
    check(&format!("{asked} · 02:23:29 d-1 acknowledge"), "there is no such action");
    check(&format!("{asked} · 02:23:30 d-1 acknowledge"), "ok");
    check(
        &format!("{asked} · 02:22 pace 1 · 02:22:01 s-1 undo"),
        "More than 10 seconds have gone by: this cannot be taken back any more.",
    );
}

#[test]
fn a_reason_names_the_fact_that_it_answers_and_a_supervisors_comes_from_one_on_shift() {
    let night = "02:00 opened A · 02:20 s-1 start specialist · 02:20 q-1 start supervisor";
    check(&format!("{night} · 02:21 s-1 reason A reason_given_after"), "ok");
    check(&format!("{night} · 02:21 q-1 reason A supervisor_reasoned"), "ok");
    check(&format!("{night} · 02:21 s-1 take-in A handler_acknowledged"), "ok");
    check(&format!("{night} · 02:21 s-1 reason A supervisor_reasoned"), "Only a supervisor on shift can give this.");
    check(&format!("{night} · 02:21 q-1 reason A handler_acknowledged"), "there is no such fact that this answers");
    check(&format!("{night} · 02:21 q-1 reason A anything"), "there is no such fact that this answers");
    let (room, _) = Room::after(&format!("{night} · 02:21 q-1 reason A supervisor_reasoned"));
    let state = room.desk.state();
    let act = &state.incident(state.find("A").expect("A")).expect("A").acts[0];
    assert!(act.by_supervisor && act.makes("supervisor_reasoned") && !act.makes("reason_given_after"));
}

#[test]
fn an_action_leaves_after_ten_seconds_and_its_role_answers() {
    let asked = "02:00 opened A · 02:20 raise T01 S1 A · 02:21 s-1 dispose A dispatcher 02:40";
    check(&format!("{asked} · 02:21:09 d-1 acknowledge"), "there is no such action");
    check(&format!("{asked} · 02:21:10 d-1 acknowledge"), "ok");
    check(&format!("{asked} · 02:21:10 d-1 acknowledge · 02:22 d-2 acknowledge"), "d-1 acknowledged it at 02:21");
    check(&format!("{asked} · 02:22 h-1 start handler · 02:22 h-1 finish"), "This was asked of the dispatcher.");
    check(&format!("{asked} · 02:22 d-1 finish · 02:23 d-2 finish"), "d-1 did it at 02:22");
    let (room, _) = Room::after(&format!("{asked} · 02:21:05 s-1 undo"));
    assert_eq!(room.desk.state().reviews.actions().count(), 0, "what was taken back never leaves");
}

#[test]
fn law_6_a_shift_ends_only_with_a_hand_over_of_what_is_open() {
    let on = "22:00 s-1 start specialist 06:00 · 02:00 opened A · 02:01 s-1 take A";
    check(&format!("{on} · 05:59 s-1 end"), "1 thing is open and has neither a note nor a name on it.");
    check(&format!("{on} · 05:59 s-1 end note"), "ok");
    check(&format!("{on} · 05:59 s-1 end to s-2 · 06:01 s-3 take A"), "s-2 took it at 05:59");
    check(&format!("{on} · 05:59 s-1 end note · 06:01 s-3 take A"), "ok");
    check(
        &format!("{on} · 02:30 s-1 dispose A officer 07:00 · 05:59 s-1 end"),
        "1 thing is open and has neither a note nor a name on it.",
    );
    check(&format!("{on} · 02:30 s-1 dispose A none · 05:59 s-1 end"), "ok");
}

#[test]
fn law_6_a_flag_waits_until_a_person_disposes_of_it_and_comes_back_when_it_rises() {
    let waits = |story: &str| {
        let (room, _) = Room::after(story);
        room.desk.state().reviews.is_waiting(room.flags["T01"])
    };
    let night = "02:00 opened A · 02:10 raise T01 S2 A";
    assert!(waits(&format!("{night} · 02:12 answer T01")), "answered is not disposed of");
    assert!(waits(&format!("{night} · 02:12 answer T01 · 02:13 closed A · 02:14 s-1 take A · 02:15 s-1 release A")));
    assert!(!waits(&format!("{night} · 02:12 answer T01 · 02:13 s-1 dispose A handled")));
    assert!(!waits(&format!("{night} · 02:13 s-1 not-da A")));
    assert!(waits(&format!("{night} · 02:13 s-1 set-aside T01 no · 02:15 rise T01 A")), "a rise is looked at again");
    assert!(waits(&format!("{night} · 02:13 s-1 set-aside T01 no · 02:13:04 s-1 undo")));
    let (room, _) = Room::after(&format!("{night} · 02:13 s-1 not-da A"));
    assert!(room.desk.state().is_da(room.desk.state().find("A").expect("A")), "it changes no fact");
}

#[test]
fn a_shift_reads_three_unflagged_incidents_drawn_by_its_seed() {
    let opened =
        "20:00 opened A · 20:01 opened B · 20:02 opened C · 20:03 opened D · 20:04 opened E · 20:05 raise T01 S1 A";
    let (room, _) = Room::after(&format!("{opened} · 22:00 s-1 start specialist · 22:01 s-2 start specialist"));
    let state = room.desk.state();
    let drawn: Vec<_> = state.reviews.shifts().map(|s| s.sample.clone()).collect();
    assert_eq!(drawn.iter().map(Vec::len).collect::<Vec<_>>(), [3, 0], "what is unread counts towards the number");
    assert!(!drawn[0].contains(&state.find("A").expect("A")), "a flagged one is no sample");
    let (other, _) = Room::after(&format!("{opened} · 22:00 s-1 start specialist"));
    assert_eq!(other.desk.state().reviews.shifts().next().map(|s| s.sample.clone()), Some(drawn[0].clone()));
}

/// Everything but the place in the journal and the clock, and acts whose time for being taken back has run out.
fn bytes(room: &Room) -> Vec<u8> {
    let mut state = room.desk.state().clone();
    (state.seq, state.clock) = (0, Timestamp::default());
    let within = state.undo_within();
    state.reviews.settle(room.now, within);
    postcard::to_allocvec(&state).expect("a snapshot")
}

#[derive(Clone, Debug)]
struct Act(usize, usize, usize);

const ACTS: [&str; 17] = [
    "take A",
    "take B",
    "release A",
    "hold A 04:00",
    "give A s-2",
    "confirm T01",
    "set-aside T01 no",
    "set-aside T02 no",
    "dispose A missed",
    "dispose A dispatcher 05:00",
    "dispose B none",
    "not-da B",
    "note A",
    "open C",
    "switch T01 off",
    "switch T01 shadow",
    "switch T01 live",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn undo_restores_exactly(acts in prop::collection::vec((0..2usize, 0..ACTS.len(), 1..9usize).prop_map(|(a, b, c)| Act(a, b, c)), 1..24)) {
        let night = "01:00 opened A · 01:01 opened B · 01:02 opened C · 01:05 raise T01 S1 A · 01:06 raise T02 S2 B · 01:07 raise D01 S1 A";
        let (mut room, _) = Room::after(&format!("{night} · 01:08 answer T02 · 01:10 s-1 start specialist"));
        for Act(person, act, wait) in acts {
            let name = ["s-1", "s-2"][person];
            room.now = room.now.plus(crate::time::Period::seconds(i64::try_from(wait).expect("small")));
            let before = bytes(&room);
            let words: Vec<&str> = std::iter::once(name).chain(ACTS[act].split_whitespace()).collect();
            let Ok(seq) = room.step(&words) else {
                prop_assert_eq!(bytes(&room), before, "a refusal changes nothing");
                continue;
            };
            let after = bytes(&room);
            prop_assert_ne!(&after, &before);
            let acted = room.desk.state().clone();
            prop_assert!(room.ask(name, Ask::Undo { act: seq }).is_ok(), "{:?}", words);
            prop_assert_eq!(bytes(&room), before, "{:?}", words);
            // Half of them stand after all.
            if wait % 2 == 0 {
                room.desk = Desk::from_state(acted, LEXICON_READ.clone());
            }
        }
    }
}
