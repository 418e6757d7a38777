//! Sending, attending, turning away: what becomes of the incident on the night itself.

use crate::grade::target_s;
use crate::incident::Story;
use crate::mistake::Mistake;
use crate::sheet::{Said, on_file};
use crate::sign::UNDONE_S;

/// What officers at the scene note and what means nothing.
const AT_THE_SCENE: [&str; 6] = [
    "BWV ACTIVATED",
    "Dog in rear garden, friendly",
    "Radio signal poor here",
    "Pocket book entry made, form on tablet.",
    "HANDSET BATTERY LOW, USE SECOND",
    "Resuming shortly, paperwork to finish",
];

impl Story<'_> {
    /// Regrading, assigning, telling, waiting; when a unit arrives.
    pub(crate) fn send(&mut self) -> i64 {
        let crew = self.crew.clone();
        let opened_s = self.opened_s;
        let (mut graded, mut graded_s) = (self.opened, opened_s);
        if self.is(Mistake::D01Downgraded) || self.is(Mistake::D03Gone) {
            (graded, graded_s) = self.downgrade();
        }
        if self.plan.mistake.is_none()
            && self.plan.live
            && self.grade == "immediate"
            && self.draw.percent(4)
            && !self.critical()
        {
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
        // Handled well, a unit that has longer to come is sent and told at once all the same.
        let prompt = self.plan.is_by_the_book() && self.plan.mistake.is_none() && self.grade == "priority";
        let assigned_s = if prompt { assigned_s.min(graded_s + 600) } else { assigned_s };
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
        if self.plan.mistake.is_some_and(Mistake::untold) {
            text = format!("{}. Attend please", self.place);
        }
        let told = self.sheet.say(told_s, "unit.told", &crew.dispatcher, |o, _| {
            o.text("unit", &unit).text("text", &text);
        });
        if order && self.is(Mistake::L01OrderUntold) {
            // Untold for a quarter of an hour, from whoever of the two shows that it is hers; or a unit told without it.
            let known_s = told_s.min(self.victim_named.1 + UNDONE_S);
            let until_s = told_s.min(self.suspect_named.1 + UNDONE_S);
            self.sheet.miss_as("L01", "S1", (known_s, until_s), &[self.suspect_named.0]);
        }
        self.told_without(told, told_s);
        self.crew.unit = unit;
        arrived_s.max(told_s + 60)
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
        let must = self.level == "high"
            || breach
            || matches!(
                self.plan.mistake,
                Some(Mistake::L03ReleaseUntold | Mistake::L02NothingConsidered | Mistake::T06NoCrime)
            );
        let arrest = crime && !self.is(Mistake::T08SuspectUntouched) && (must || self.draw.percent(45));
        let arrested_s = arrest.then(|| self.arrest(at));
        if self.signs.contains(&"children") {
            let done: &[&str] = if self.is(Mistake::I09ChildrenUnreferred) {
                &["children_seen"]
            } else {
                &["children_seen", "children_referred"]
            };
            for kind in done {
                let when = self.after(at, 200, 900);
                self.sheet.say(when, "incident.outcome", &unit, |o, _| {
                    o.text("kind", kind);
                });
            }
        }
        if (self.signs.contains(&"injury") || self.signs.contains(&"strangulation"))
            && !self.is(Mistake::I01NoMedicalCheck)
        {
            let when = self.after(at, 200, 900);
            self.sheet.say(when, "incident.outcome", &unit, |o, _| {
                o.text("kind", "medical_check").text("detail", "Ambulance crew at scene");
            });
        }
        let assessed_s = self.after(at, 900, 1_800);
        if self.plan.is_by_the_book() {
            self.at_the_scene(at, crime);
        }
        if self.is(Mistake::T05NoAssessment) || self.is(Mistake::I03LeavingUnassessed) {
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
        self.gone_without(left_s);
        if self.is(Mistake::L01OrderUntold) && self.plan.offence.is_some() {
            let (named, named_s) = self.suspect_named;
            self.untouched(named, named_s);
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
            let stands = if who.index == self.victim.index { &mut self.her } else { &mut self.him };
            stands.json = written.json;
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
        self.sheet.say(closed_s, "incident.closed", &handler, |o, _| {
            o.text("code", "DOMESTIC").text("reason", "Other channel");
        });
        // "Come to the station in office hours" puts her off as much as it sends her elsewhere: known from then on.
        self.sheet.miss_as("D02", "S1", (at, closed_s), &[said, self.opened]);
        if self.plan.offence.is_some() {
            let (named, named_s) = self.suspect_named;
            self.untouched(named, named_s);
        }
    }
}
