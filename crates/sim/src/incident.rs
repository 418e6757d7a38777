//! One domestic abuse incident, told from the call to the file: what was typed, by whom, when.
//!
//! A well-handled one raises none of the first sixteen rules at S1; a mistake is a change of this course, and says so to
//! the truth. Times within an incident are assumed.

use crate::draw::{Draw, Seed};
use crate::mistake::Mistake;
use crate::pair::{Offence, Pair};
use crate::person::{Force, Person};
use crate::phrase::{self, Slots};
use crate::record::{self, Habit, Written};
use crate::sheet::{Said, Sheet, on_file};
use crate::staff::Crew;

/// What is to happen.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where its chances come from.
    pub seed: Seed,
    /// Who.
    pub pair: Pair,
    /// When the call is taken, in seconds since 1970.
    pub called_s: i64,
    /// What was done to the victim, if it is a crime.
    pub offence: Option<Offence>,
    /// Reports of this pair in twelve months, this one included.
    pub contacts: u32,
    /// An earlier incident of theirs.
    pub earlier: Option<String>,
    /// A court order that protects the victim: from, until.
    pub order: Option<(i64, i64)>,
    /// What goes wrong.
    pub mistake: Option<Mistake>,
    /// How the victim and the suspect are written down, where that is not left to the mistake.
    pub habits: Option<(Habit, Habit)>,
    /// Whether it is the second contact of a night in which nobody has come yet.
    pub second_contact: bool,
    /// With everything that a live feed has; history keeps less.
    pub live: bool,
}

/// The telling of one incident.
pub(crate) struct Story<'a> {
    pub force: &'a Force,
    pub plan: &'a Plan,
    pub sheet: &'a mut Sheet,
    pub draw: Draw,
    pub crew: Crew,
    pub victim: Person,
    pub suspect: Person,
    pub her: Written,
    pub him: Written,
    pub place: String,
    pub grade: &'static str,
    pub level: &'static str,
    /// Meanings of the phrase bank that hold here.
    pub signs: Vec<&'static str>,
    /// The words of the opening entry, which the unit is told.
    pub words: String,
    pub opened: Said,
    pub opened_s: i64,
    /// When and by which message the victim and the suspect were named.
    pub victim_named: (Said, i64),
    pub suspect_named: (Said, i64),
}

/// Meanings of which one alone makes the risk high.
const CRITICAL: [&str; 4] = ["strangulation", "threat_to_kill", "weapon", "suicidality"];
/// Further signs beside an offence, with their weights (assumed).
const FURTHER: [(u32, &str); 11] = [
    (20, "fear"),
    (18, "injury"),
    (18, "children"),
    (14, "separation"),
    (9, "control"),
    (6, "stalking"),
    (5, "pregnancy"),
    (4, "suicidality"),
    (3, "weapon"),
    (3, "threat_to_kill"),
    (3, "strangulation"),
];
/// Meanings whose words are typed where they do not hold.
const TRAPS: [&str; 8] =
    ["weapon", "strangulation", "injury", "pregnancy", "threat_to_kill", "fear", "suicidality", "offence"];

/// Tells the incident of a plan onto a sheet that has been begun for it.
pub fn tell(force: &Force, plan: &Plan, sheet: &mut Sheet) {
    let mut story = Story::begin(force, plan, sheet);
    match plan.mistake {
        Some(Mistake::D02PutOff | Mistake::D03Redirected) => story.turn_away(),
        _ => {
            let arrived_s = story.send();
            story.attend(arrived_s);
        }
    }
}

impl<'a> Story<'a> {
    fn begin(force: &'a Force, plan: &'a Plan, sheet: &'a mut Sheet) -> Self {
        let mut draw = plan.seed.draw();
        let (victim, suspect) = force.people(&plan.pair);
        let crew = Crew::on_duty(&mut draw);
        let found = matches!(
            plan.mistake,
            Some(
                Mistake::H01HistoryUnsaid
                    | Mistake::H02SecondContact
                    | Mistake::H08JustLetOut
                    | Mistake::L01OrderUntold
            )
        ) || plan.second_contact;
        let usual = if found { (Habit::FOUND, Habit::FOUND) } else { (Habit::VICTIM, Habit::SUSPECT) };
        let (hers, his) = plan.habits.unwrap_or(usual);
        let her = record::write(force, &victim, plan.called_s, hers, &mut draw);
        let him = record::write(force, &suspect, plan.called_s, his, &mut draw);
        let place = force.home(victim.household(plan.called_s)).street();
        let signs = signs(plan, &mut draw);
        let critical = signs.iter().any(|s| CRITICAL.contains(s));
        let level = match (critical, plan.offence) {
            (true, _) => "high",
            (false, Some(_)) => "medium",
            (false, None) => "standard",
        };
        let level = if plan.mistake == Some(Mistake::D06RiskLowered) && level == "standard" { "medium" } else { level };
        let grade = grade(plan, critical, &mut draw);
        let none = sheet.none();
        let mut story = Story {
            force,
            plan,
            sheet,
            draw,
            crew,
            victim,
            suspect,
            her,
            him,
            place,
            grade,
            level,
            signs,
            words: String::new(),
            opened: none,
            opened_s: 0,
            victim_named: (none, 0),
            suspect_named: (none, 0),
        };
        story.open();
        story
    }

    pub(crate) fn phrase(&mut self, meaning: &str) -> String {
        let slots = Slots {
            victim: &self.her.called,
            suspect: &self.him.called,
            place: &self.place,
            unit: &self.crew.unit,
            earlier: self.plan.earlier.as_deref().unwrap_or("last year's log"),
        };
        phrase::say(meaning, slots, &mut self.draw)
    }

    fn trap(&mut self, meaning: &str) -> String {
        let slots = Slots {
            victim: &self.her.called,
            suspect: &self.him.called,
            place: &self.place,
            unit: &self.crew.unit,
            earlier: "",
        };
        phrase::trap(meaning, slots, &mut self.draw)
    }

    /// A moment so many seconds after another.
    pub(crate) fn after(&mut self, at_s: i64, low: i64, high: i64) -> i64 {
        at_s + self.draw.between(low, high)
    }

    pub(crate) fn is(&self, mistake: Mistake) -> bool {
        self.plan.mistake == Some(mistake)
    }

    fn opening_words(&mut self) -> String {
        let mut parts = Vec::new();
        if self.is(Mistake::T03NotRungBack) {
            parts.push(self.phrase("struggle"));
        }
        if self.plan.offence.is_none() {
            parts.push(self.phrase("opening_verbal"));
        }
        for sign in self.signs.clone() {
            parts.push(self.phrase(sign));
        }
        if self.draw.percent(22) {
            let meaning = *self.draw.pick(&TRAPS);
            // Nothing is denied that is alleged in the same breath.
            let alleged = self.signs.contains(&meaning) || (meaning == "offence" && self.plan.offence.is_some());
            if !alleged {
                parts.push(self.trap(meaning));
            }
        }
        let known = self.plan.contacts >= 2 || self.plan.second_contact;
        if known && !self.is(Mistake::H01HistoryUnsaid) {
            parts.push(self.phrase("history_mentioned"));
        }
        let between = if self.draw.percent(25) { " // " } else { ". " };
        let mut text = String::new();
        for part in parts {
            if !text.is_empty() {
                text.push_str(if text.ends_with('.') && between == ". " { " " } else { between });
            }
            text.push_str(&part);
        }
        text
    }

    fn open(&mut self) {
        let called_s = self.plan.called_s;
        if self.is(Mistake::H08JustLetOut) {
            self.let_out_before();
        }
        let by_phone = self.plan.live || self.draw.percent(58);
        let emergency = self.plan.mistake.is_some() || self.plan.second_contact || self.draw.percent(74);
        let call = format!("C{}{:05}", called_s / 60, self.plan.seed.number() % 100_000);
        let crew = self.crew.clone();
        if by_phone {
            let from = self.victim.phone(called_s).map_or_else(|| "withheld".to_owned(), |p| p.e164());
            self.sheet.apart(called_s, "call.started", &crew.handler, |o, _| {
                o.text("call", &call).text("line", if emergency { "999" } else { "101" }).text("from", &from);
                o.text("handler", &crew.handler);
            });
        }
        self.opened_s = self.after(called_s, 22, 70);
        self.words = self.opening_words();
        let channel = match (by_phone, emergency) {
            (true, true) => "999",
            (true, false) => "101",
            _ => self.draw.pick(&["online", "front_counter", "officer", "partner"]),
        };
        let code = *self.draw.pick(if self.plan.offence.is_some() {
            &["DOMESTIC VIOLENCE", "DA ASSAULT", "ASSAULT"]
        } else {
            &["DOMESTIC DISPUTE", "DA NON CRIME", "DOMESTIC INCIDENT"]
        });
        let home = self.force.home(self.victim.household(called_s)).location();
        let (grade, words) = (self.grade, self.words.clone());
        self.opened = self.sheet.say(self.opened_s, "incident.opened", &crew.handler, |o, _| {
            o.text("channel", channel).text("grade", grade).text("code", code).texts("qualifiers", &["DA"]);
            o.text("text", &words).json("location", &home);
            if by_phone {
                o.text("call", &call);
            }
        });
        let opened_s = self.opened_s;
        let rung_back_s = opened_s + self.draw.between(480, 700);
        let cut_off = self.is(Mistake::T03NotRungBack);
        let named_s = if cut_off { rung_back_s + 20 } else { opened_s };
        let at = self.after(named_s, 8, 20);
        self.victim_named = (self.sheet.involve(at, &crew.handler, "victim", (&self.victim, &self.her), None), at);
        let at = self.after(at, 5, 20);
        let relationship = Some(self.plan.pair.relationship);
        self.suspect_named =
            (self.sheet.involve(at, &crew.handler, "suspect", (&self.suspect, &self.him), relationship), at);
        if by_phone && cut_off {
            let ended_s = self.after(opened_s, 4, 20);
            let ended = self.sheet.apart(ended_s, "call.ended", &crew.handler, |o, _| {
                o.text("call", &call).text("how", "abandoned");
            });
            self.sheet.apart(rung_back_s, "call.back", &crew.handler, |o, _| {
                o.text("call", &call).text("answered_by", "caller");
            });
            self.sheet.miss("T03", ended_s + 120, &[ended, self.opened]);
        } else if by_phone {
            let ended_s = self.after(opened_s, 150, 600);
            self.sheet.apart(ended_s, "call.ended", &crew.handler, |o, _| {
                o.text("call", &call).text("how", "completed");
            });
        }
        self.who_else(named_s);
        self.look_up(named_s);
        if self.is(Mistake::H01HistoryUnsaid) || self.plan.second_contact {
            let (said, at) = self.victim_named;
            self.sheet.miss("H01", at, &[self.opened, said]);
        }
        if self.plan.second_contact {
            let (said, at) = self.victim_named;
            self.sheet.miss("H02", at, &[self.opened, said]);
        }
        if self.is(Mistake::H08JustLetOut) {
            // Knowable from her name already: when she was told of the release, the two were named together.
            let (said, at) = self.victim_named;
            self.sheet.miss("H08", at, &[self.opened, said]);
        }
    }

    /// A child, or a caller who is somebody else.
    fn who_else(&mut self, named_s: i64) {
        let handler = self.crew.handler.clone();
        if self.signs.contains(&"children") && self.draw.percent(60) {
            let year = self.force.year - self.draw.between(1, 14) as i16;
            let name = self.draw.pick(&["Alfie", "Maya", "Noah", "Zoya", "Olek", "Poppy", "Theo"]);
            let at = self.after(named_s, 45, 60);
            self.sheet.say(at, "incident.person", &handler, |o, _| {
                o.text("role", "child").json("person", &format!("{{\"given\":\"{name}\",\"born\":\"{year}\"}}"));
                o.text("relationship", "child");
            });
        }
        if self.draw.percent(12) {
            let other = self.force.person(self.draw.below(u64::from(crate::person::PEOPLE)) as u32);
            let written = record::write(self.force, &other, named_s, Habit::CALLER, &mut self.draw);
            let what = *self.draw.pick(&["neighbour", "friend", "family"]);
            let at = self.after(named_s, 60, 75);
            self.sheet.involve(at, &handler, "caller", (&other, &written), Some(what));
        }
    }

    /// What the handler looks up, and the first view of the risk.
    fn look_up(&mut self, named_s: i64) {
        let handler = self.crew.handler.clone();
        let (victim, suspect) = (self.victim.clone(), self.suspect.clone());
        if self.plan.live || self.draw.percent(12) {
            for (system, who) in [("records", &victim), ("orders", &suspect)] {
                let about = on_file(self.force, who, named_s, &mut self.draw);
                let at = self.after(named_s, 40, 110);
                let said = self.sheet.say(at, "check.made", &handler, |o, _| {
                    o.text("system", system).json("about", &format!("{{\"person\":{}}}", about.json));
                });
                self.sheet.mention(said, "/about/person", who);
            }
        }
        if self.plan.live || self.draw.percent(35) {
            let level = self.level;
            let at = self.after(named_s, 90, 130);
            self.sheet.say(at, "incident.assessed", &handler, |o, _| {
                o.text("tool", "thrive").text("level", level);
                o.text("reason", "THRIVE recorded at first contact");
            });
        }
    }

    /// The suspect came out of custody or prison not long ago, and she was told.
    fn let_out_before(&mut self) {
        let released_s = self.plan.called_s - self.draw.between(3_600, 6 * 3_600);
        let him = on_file(self.force, &self.suspect, released_s, &mut self.draw);
        let her = on_file(self.force, &self.victim, released_s, &mut self.draw);
        let how = *self.draw.pick(&["prison_release", "no_action"]);
        let said = self.sheet.apart(released_s, "order.considered", crate::staff::INVESTIGATORS, |o, _| {
            o.texts("kinds", &["dapn"])
                .json("subject", &him.json)
                .text("decision", "not")
                .text("reason", "Not applicable");
        });
        self.sheet.mention(said, "/subject", &self.suspect);
        let said = self.sheet.apart(released_s, "person.released", crate::staff::CUSTODY, |o, _| {
            o.json("person", &him.json).text("how", how);
        });
        self.sheet.mention(said, "/person", &self.suspect);
        let told_s = self.after(released_s, 300, 2_400);
        let said = self.sheet.apart(told_s, "victim.told", crate::staff::INVESTIGATORS, |o, _| {
            o.text("what", "release").json("person", &her.json).json("about", &him.json);
        });
        self.sheet.mention(said, "/person", &self.victim);
        self.sheet.mention(said, "/about", &self.suspect);
    }
}

fn signs(plan: &Plan, draw: &mut Draw) -> Vec<&'static str> {
    let mut signs = Vec::new();
    let Some(offence) = plan.offence else {
        if draw.percent(35) {
            signs.push(*draw.pick(&["separation", "children"]));
        }
        return signs;
    };
    signs.push(offence.meaning);
    let more = if offence.harm > 100 { 3 } else { draw.between(0, 2) };
    for _ in 0..more {
        let sign = FURTHER[draw.weighted(FURTHER.iter().map(|f| f.0))].1;
        if !signs.contains(&sign) {
            signs.push(sign);
        }
    }
    signs
}

fn grade(plan: &Plan, critical: bool, draw: &mut Draw) -> &'static str {
    let drawn = match (plan.offence.is_some(), critical) {
        (true, true) => ["immediate", "immediate", "immediate", "priority"],
        (true, false) => ["immediate", "immediate", "priority", "priority"],
        _ => ["immediate", "priority", "priority", "scheduled"],
    };
    let drawn = *draw.pick(&drawn);
    match plan.mistake {
        Some(Mistake::D02PutOff | Mistake::D03Redirected) => "scheduled",
        Some(Mistake::T04Stale | Mistake::D01Downgraded | Mistake::D03Gone) => "immediate",
        Some(Mistake::T03NotRungBack | Mistake::H02SecondContact) => "priority",
        _ if plan.second_contact => "immediate",
        Some(_) if drawn == "scheduled" => "priority",
        _ => drawn,
    }
}
