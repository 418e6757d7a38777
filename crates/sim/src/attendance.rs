//! Sending, attending, turning away: what becomes of the incident on the night itself.

use crate::incident::Story;
use crate::mistake::Mistake;
use crate::sheet::{Said, on_file};

/// The target of a grade in seconds, from RULES.md's defaults.
fn target_s(grade: &str) -> Option<i64> {
    match grade {
        "immediate" => Some(900),
        "priority" => Some(3_600),
        _ => None,
    }
}

/// The questions of the police DASH form, and the meaning of the phrase bank that answers each with yes.
const DASH: [(&str, &str); 27] = [
    ("injury", "injury"),
    ("very_frightened", "fear"),
    ("afraid_of", "fear"),
    ("isolated", "control"),
    ("depressed_suicidal", ""),
    ("separated", "separation"),
    ("child_contact", ""),
    ("stalking", "stalking"),
    ("pregnant_baby", "pregnancy"),
    ("children", "children"),
    ("hurt_children", ""),
    ("threatened_children", ""),
    ("more_often", ""),
    ("worse", ""),
    ("control_jealousy", "control"),
    ("weapons", "weapon"),
    ("threats_to_kill", "threat_to_kill"),
    ("strangled", "strangulation"),
    ("sexual", ""),
    ("other_person_feared", ""),
    ("hurt_others", ""),
    ("animals", ""),
    ("money", ""),
    ("substances_mental_health", ""),
    ("suspect_suicidal", "suicidality"),
    ("breached_order", "order"),
    ("criminal_history", ""),
];

/// What officers at the scene note and what means nothing.
const AT_THE_SCENE: [&str; 6] = [
    "BWV ACTIVATED",
    "Dog in rear garden, friendly",
    "Radio signal poor here",
    "Pocket book entry made, form on tablet.",
    "HANDSET BATTERY LOW, USE SECOND",
    "Resuming shortly, paperwork to finish",
];

/// Questions whose yes alleges no offence.
const HARMLESS: [&str; 6] =
    ["depressed_suicidal", "child_contact", "more_often", "money", "substances_mental_health", "criminal_history"];

impl Story<'_> {
    /// Whether an order protects her at the time of the call.
    pub(crate) fn order_in_force(&self) -> bool {
        self.plan.order.is_some_and(|(from, until)| from <= self.plan.called_s && self.plan.called_s < until)
    }

    /// Regrading, assigning, telling, waiting; when a unit arrives.
    pub(crate) fn send(&mut self) -> i64 {
        let crew = self.crew.clone();
        let opened_s = self.opened_s;
        let (mut graded, mut graded_s) = (self.opened, opened_s);
        if self.is(Mistake::D01Downgraded) || self.is(Mistake::D03Gone) {
            (graded, graded_s) = self.downgrade();
        }
        if self.plan.mistake.is_none() && self.plan.live && self.grade == "immediate" && self.draw.percent(4) {
            (graded, graded_s) = self.lowered_with_reason();
        }
        let target = target_s(self.grade);
        let usual = match self.grade {
            "immediate" => self.draw.between(250, 560),
            "priority" => self.draw.between(700, 2_300),
            _ => self.draw.between(4 * 3_600, 16 * 3_600),
        };
        let arrived_s = match self.plan.mistake {
            Some(Mistake::T01Late) => graded_s + target.unwrap_or(3_600) + self.draw.between(240, 1_800),
            Some(Mistake::T04Stale) => graded_s + 900 + self.draw.between(420, 1_500),
            Some(Mistake::T02PulledOff) => self.pull_off(),
            // The second call comes at most 70 minutes later; nobody has been by then.
            Some(Mistake::H02SecondContact) => opened_s + self.draw.between(5_400, 6_300),
            Some(Mistake::T03NotRungBack) => opened_s + self.draw.between(1_500, 2_300),
            _ => graded_s + usual,
        };
        let unit = if self.is(Mistake::T02PulledOff) { crew.second_unit.clone() } else { crew.unit.clone() };
        let assigned_s = (arrived_s - self.draw.between(200, 420)).max(graded_s + 45);
        self.wait(assigned_s);
        if let Some(target) = target
            && arrived_s > graded_s + target
        {
            self.sheet.miss("T01", graded_s + target, &[graded]);
        }
        self.sheet.unit(assigned_s, "unit.assigned", &crew.dispatcher, &unit);
        let told_s = self.after(assigned_s, 12, 40);
        let mut text = format!("{}. {} v {}. {}", self.place, self.her.called, self.him.called, self.words);
        let order = self.order_in_force();
        if order && !self.is(Mistake::L01OrderUntold) {
            text = format!("{}. {}", text.trim_end_matches('.'), self.phrase("order_told"));
        }
        let told = self.sheet.say(told_s, "unit.told", &crew.dispatcher, |o, _| {
            o.text("unit", &unit).text("text", &text);
        });
        if order && self.is(Mistake::L01OrderUntold) {
            self.sheet.miss("L01", told_s, &[told, self.suspect_named.0]);
        }
        self.crew.unit = unit;
        arrived_s.max(told_s + 60)
    }

    fn downgrade(&mut self) -> (Said, i64) {
        let at = self.after(self.opened_s, 150, 420);
        let gone = self.is(Mistake::D03Gone);
        let reason = gone.then(|| self.phrase("has_gone"));
        let handler = self.crew.handler.clone();
        let said = self.sheet.say(at, "incident.graded", &handler, |o, _| {
            o.text("grade", "priority");
            if let Some(reason) = &reason {
                o.text("reason", reason);
            }
        });
        self.grade = "priority";
        self.sheet.miss("D01", at, &[said, self.opened]);
        if gone {
            self.sheet.miss("D03", at, &[said]);
        }
        (said, at)
    }

    /// A supervisor lowers the grade and says which fact allows it: nothing is missed.
    fn lowered_with_reason(&mut self) -> (Said, i64) {
        let at = self.after(self.opened_s, 100, 200);
        let reason = self.phrase("well_graded_reason");
        let supervisor = self.crew.supervisor.clone();
        let said = self.sheet.say(at, "incident.graded", &supervisor, |o, _| {
            o.text("grade", "priority").text("reason", &reason);
        });
        self.grade = "priority";
        (said, at)
    }

    /// The only unit leaves before it arrives, and for a while there is no other. When the next one arrives.
    fn pull_off(&mut self) -> i64 {
        let crew = self.crew.clone();
        let assigned_s = self.after(self.opened_s, 50, 110);
        let assigned = self.sheet.unit(assigned_s, "unit.assigned", &crew.dispatcher, &crew.unit);
        let left_s = self.after(assigned_s, 120, 240);
        let left = self.sheet.unit(left_s, "unit.left", &crew.dispatcher, &crew.unit);
        let why = *self.draw.pick(&[
            "DIVERTED TO RTC PERSONS TRAPPED",
            "Unit taken for a missing child.",
            "RESOURCE REDEPLOYED",
        ]);
        self.sheet.log(left_s + 20, &crew.dispatcher, &format!("{} {why}", crew.unit));
        self.sheet.miss("T02", left_s + 300, &[left, assigned]);
        let next_s = self.after(left_s, 420, 1_300);
        next_s + self.draw.between(420, 600)
    }

    /// The entries of a dispatcher who keeps an eye on an open log until a unit is on its way.
    fn wait(&mut self, until_s: i64) {
        if self.is(Mistake::T04Stale) {
            let (said, last_s) = self.sheet.last_entry();
            self.sheet.miss("T04", last_s + 900, &[said]);
            return;
        }
        let (low, high) = match self.grade {
            "immediate" => (360, 620),
            "priority" => (900, 2_100),
            _ => (3 * 3_600, 5 * 3_600),
        };
        let mut at = self.after(self.opened_s, 150, 360);
        let dispatcher = self.crew.dispatcher.clone();
        // Longest wait 20 h at 3 h a step, or 110 min at 6 min a step.
        for _ in 0..24 {
            if at >= until_s - 30 || (!self.plan.live && (at > self.opened_s + 600 || self.draw.percent(50))) {
                break;
            }
            let text = self.phrase("neutral");
            self.sheet.log(at, &dispatcher, &text);
            at = self.after(at, low, high);
        }
    }

    /// The unit is there.
    pub(crate) fn attend(&mut self, arrived_s: i64) {
        let unit = self.crew.unit.clone();
        let arrived = self.sheet.unit(arrived_s, "unit.arrived", &unit, &unit);
        if self.is(Mistake::D08NotSeen) {
            self.turned_away_at_the_door(arrived, arrived_s);
            return;
        }
        let at = self.after(arrived_s, 120, 420);
        let words = self.phrase("victim_seen_words");
        if self.plan.live || self.draw.percent(25) {
            // One note in twenty is sent only when the tablet finds a network again.
            let known_s = if self.plan.live && self.draw.percent(5) { at + self.draw.between(600, 2_400) } else { at };
            self.sheet.late((at, known_s), "incident.logged", &unit, |o, _| {
                o.text("text", &words);
            });
        }
        let her = on_file(self.force, &self.victim, at, &mut self.draw);
        let said = self.sheet.say(at + 40, "incident.outcome", &unit, |o, _| {
            o.text("kind", "victim_seen").json("person", &her.json).text("detail", "Seen by the unit");
        });
        self.sheet.mention(said, "/person", &self.victim);
        let breach = self.order_in_force();
        let crime = (self.plan.offence.is_some() || breach) && !self.is(Mistake::L01OrderUntold);
        self.set_right(at + 50, crime);
        let must = self.level == "high" || breach || self.is(Mistake::L03ReleaseUntold);
        let arrest = crime && !self.is(Mistake::T08SuspectUntouched) && (must || self.draw.percent(45));
        let arrested_s = arrest.then(|| self.arrest(at));
        if self.signs.contains(&"children") {
            for kind in ["children_seen", "children_referred"] {
                let when = self.after(at, 200, 900);
                self.sheet.say(when, "incident.outcome", &unit, |o, _| {
                    o.text("kind", kind);
                });
            }
        }
        if self.signs.contains(&"injury") || self.signs.contains(&"strangulation") {
            let when = self.after(at, 200, 900);
            self.sheet.say(when, "incident.outcome", &unit, |o, _| {
                o.text("kind", "medical_check").text("detail", "Ambulance crew at scene");
            });
        }
        let assessed_s = self.after(at, 900, 1_800);
        if self.is(Mistake::T05NoAssessment) {
            self.sheet.miss("T05", arrived_s + 86_400, &[arrived]);
        } else {
            self.assess(assessed_s, &unit);
        }
        if self.plan.live || self.draw.percent(12) {
            let text = *self.draw.pick(&AT_THE_SCENE);
            self.sheet.log(assessed_s + 120, &unit, text);
        }
        let left_s = self.after(assessed_s, 300, 1_500);
        self.leave(left_s, if crime { "Crime recorded, see entries" } else { "Attended, seen, advice given" });
        if self.is(Mistake::L01OrderUntold) && self.plan.offence.is_some() {
            let (named, named_s) = self.suspect_named;
            self.sheet.miss("T08", named_s + 86_400, &[named, self.opened]);
        }
        self.afterwards(arrived_s, crime, arrested_s);
    }

    /// An officer at the scene finds out who they are, and the log's persons are set right (how often is assumed).
    fn set_right(&mut self, at_s: i64, crime: bool) {
        let often = match (self.plan.live, crime) {
            (true, _) => 90,
            (false, true) => 55,
            (false, false) => 8,
        };
        if self.plan.habits.is_some() || !self.draw.percent(often) {
            return;
        }
        let unit = self.crew.unit.clone();
        let parts = [
            (self.victim.clone(), self.victim_named.0, self.her.json.contains(&self.victim.reference(false))),
            (self.suspect.clone(), self.suspect_named.0, self.him.json.contains(&self.suspect.reference(false))),
        ];
        for (who, named, _) in parts.into_iter().filter(|(_, _, right)| !right) {
            let written = on_file(self.force, &who, at_s, &mut self.draw);
            let corrects = self.sheet.id(named);
            let said = self.sheet.say(at_s, "incident.corrected", &unit, |o, _| {
                o.text("corrects", &corrects).json("fields", &format!("{{\"person\":{}}}", written.json));
            });
            self.sheet.mention(said, "/fields/person", &who);
        }
    }

    fn arrest(&mut self, at_s: i64) -> i64 {
        let unit = self.crew.unit.clone();
        let at_s = self.after(at_s, 240, 800);
        let him = on_file(self.force, &self.suspect, at_s, &mut self.draw);
        let said = self.sheet.say(at_s, "incident.outcome", &unit, |o, _| {
            o.text("kind", "arrest").json("person", &him.json);
        });
        self.sheet.mention(said, "/person", &self.suspect);
        let offence = self.plan.offence.map_or("Breach of order", |o| o.text);
        let said = self.sheet.say(at_s + 30, "person.arrested", &unit, |o, _| {
            o.json("person", &him.json).text("for", offence);
        });
        self.sheet.mention(said, "/person", &self.suspect);
        at_s
    }

    fn assess(&mut self, at_s: i64, unit: &str) {
        let mut answers = String::from("{");
        for (i, (question, meaning)) in DASH.iter().enumerate() {
            let yes = match *meaning {
                // What no phrase tells: asked, and now and then so (assumed); no offence is told where none was done.
                "" => self.draw.percent(7) && (self.plan.offence.is_some() || HARMLESS.contains(question)),
                "order" => self.order_in_force(),
                meaning => self.signs.contains(&meaning),
            };
            let comma = if i > 0 { "," } else { "" };
            answers.push_str(&format!("{comma}\"{question}\":\"{}\"", if yes { "yes" } else { "no" }));
        }
        answers.push('}');
        let level = self.level;
        let said = self.sheet.say(at_s, "incident.assessed", unit, |o, _| {
            o.text("tool", "dash").json("answers", &answers).text("level", level);
            o.text("reason", "Completed with her at the scene");
        });
        if self.is(Mistake::D06RiskLowered) {
            let lowered_s = self.after(at_s, 3_600, 5 * 3_600);
            let lower = if self.level == "high" { "medium" } else { "standard" };
            let lowered = self.sheet.say(lowered_s, "incident.assessed", crate::staff::INVESTIGATORS, |o, _| {
                o.text("tool", "dash").text("level", lower);
            });
            self.sheet.miss("D06", lowered_s, &[lowered, said]);
        }
    }

    fn leave(&mut self, left_s: i64, reason: &str) -> (Said, i64) {
        let (unit, dispatcher) = (self.crew.unit.clone(), self.crew.dispatcher.clone());
        self.sheet.unit(left_s, "unit.left", &unit, &unit);
        let closed_s = self.after(left_s, 60, 420);
        let closed = self.sheet.say(closed_s, "incident.closed", &dispatcher, |o, _| {
            o.text("code", "DOMESTIC").text("reason", reason);
        });
        (closed, closed_s)
    }

    /// He opens the door, and that is that.
    fn turned_away_at_the_door(&mut self, arrived: Said, arrived_s: i64) {
        let unit = self.crew.unit.clone();
        let at = self.after(arrived_s, 180, 420);
        let words = self.phrase("suspect_alone_spoke");
        let said = self.sheet.log(at, &unit, &words);
        self.sheet.miss("D08", at, &[said, arrived]);
        self.sheet.miss("T05", arrived_s + 86_400, &[arrived]);
        let left_s = self.after(at, 60, 240);
        let (closed, closed_s) = self.leave(left_s, "No offences apparent");
        self.sheet.miss("D02", closed_s, &[closed, arrived]);
        let crime = self.plan.offence.is_some();
        // At high risk an interview by appointment would be another missed opportunity; this one stays the only one.
        let arrested_s = (crime && self.level == "high").then(|| self.arrest(left_s + 2 * 3_600));
        self.afterwards(arrived_s, crime, arrested_s);
    }

    /// Put off, or sent to another channel: nobody is sent tonight.
    pub(crate) fn turn_away(&mut self) {
        let handler = self.crew.handler.clone();
        let at = self.after(self.opened_s, 200, 420);
        if self.is(Mistake::D02PutOff) {
            let words = self.phrase("put_off");
            let said = self.sheet.log(at, &handler, &words);
            self.sheet.miss("D02", at, &[said, self.opened]);
            let next_day_s = self.after(at, 15 * 3_600, 20 * 3_600);
            self.sheet.unit(next_day_s - 900, "unit.assigned", &self.crew.dispatcher.clone(), &self.crew.unit.clone());
            self.attend(next_day_s);
            return;
        }
        let words = format!("{}. {}", self.phrase("has_gone"), self.phrase("redirected"));
        let said = self.sheet.log(at, &handler, &words);
        self.sheet.miss("D03", at, &[said, self.opened]);
        let closed_s = self.after(at, 30, 240);
        let closed = self.sheet.say(closed_s, "incident.closed", &handler, |o, _| {
            o.text("code", "DOMESTIC").text("reason", "Other channel");
        });
        self.sheet.miss("D02", closed_s, &[closed, self.opened]);
        if self.plan.offence.is_some() {
            let (named, named_s) = self.suspect_named;
            self.sheet.miss("T08", named_s + 86_400, &[named, self.opened]);
        }
    }
}
