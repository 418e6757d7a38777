//! Signs, and what is done about them: asked, checked, told, referred, booked; or not, where that is the mistake.
//!
//! RULES.md "How the catalogue is read": a sign is S2 while it is fresh and S1 when an act ignores it.

use crate::draw::Draw;
use crate::incident::{Plan, Story};
use crate::line::end_of_working_day_s;
use crate::mistake::Mistake;
use crate::pair::Offence;
use crate::sheet::{Said, on_file};
use crate::staff::INVESTIGATORS;

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 86_400;
/// What the control room itself can do is S1 after so long undone (RULES.md).
pub(crate) const UNDONE_S: i64 = 900;

impl Story<'_> {
    /// Whether a sign is there of which one alone makes the risk high.
    pub(crate) fn critical(&self) -> bool {
        self.signs.iter().any(|sign| CRITICAL.contains(sign))
    }

    /// A sign is fresh from its words; from her name, where somebody has to be known first.
    fn fresh(&mut self, rule: &'static str) {
        let until_s = self.suspect_named.1;
        self.sheet.miss_as(rule, "S2", (self.opened_s, until_s), &[self.opened]);
    }

    /// The suspect is left alone for a day.
    pub(crate) fn untouched(&mut self, named: Said, named_s: i64) {
        let severity = if self.level == "high" { "S1" } else { "S2" };
        self.sheet.miss_as("T08", severity, (named_s + DAY_S, named_s + DAY_S), &[named, self.opened]);
    }

    /// What the control room does about what it has just heard.
    pub(crate) fn first_steps(&mut self, named_s: i64) {
        let handler = self.crew.handler.clone();
        let (opened, opened_s) = (self.opened, self.opened_s);
        let (named, victim_named_s) = self.victim_named;
        self.claim(named_s, &handler);
        let away = self.signs.contains(&"other_force") || self.is(Mistake::L04NobodyOwns);
        if away && !self.is(Mistake::H07NoPndCheck) {
            let him = on_file(self.force, &self.suspect, named_s, &mut self.draw);
            let said = self.sheet.say(named_s + 115, "check.made", &handler, |o, _| {
                o.text("system", "pnd").json("about", &format!("{{\"person\":{}}}", him.json));
            });
            self.sheet.mention(said, "/about/person", &self.suspect);
        }
        if self.her.json.contains("\"interpreter\":true") {
            let who = if self.is(Mistake::V03FamilyInterprets) { "family" } else { "professional" };
            let at = self.after(named_s, 130, 400);
            self.sheet.say(at, "interpreter.booked", &handler, |o, _| {
                o.text("language", self.victim.language.unwrap_or("pl")).text("who", who);
            });
        }
        if self.is(Mistake::V04VideoBesideSuspect) {
            let her = on_file(self.force, &self.victim, named_s, &mut self.draw);
            let at = self.after(named_s, 140, 220);
            let said = self.sheet.say(at, "video.offered", &handler, |o, _| {
                o.json("person", &her.json).text("with", &handler);
                o.flag("suspect_present", true).flag("safe_room", false);
            });
            self.sheet.mention(said, "/person", &self.victim);
            self.sheet.miss("V04", at, &[said]);
        }
        let (suspect_named, suspect_named_s) = self.suspect_named;
        match self.plan.mistake {
            Some(Mistake::H07NoPndCheck) => self.sheet.miss("H07", opened_s + HOUR_S, &[opened]),
            Some(Mistake::V03FamilyInterprets) => self.sheet.miss("V03", victim_named_s, &[named]),
            Some(Mistake::I11NeighbourWaits) => self.sheet.miss("I11", opened_s + HOUR_S, &[opened]),
            Some(Mistake::H04MaracRepeat) => {
                let known_s = end_of_working_day_s(opened_s, 2);
                self.sheet.miss("H04", known_s, &[opened]);
            }
            Some(Mistake::I04StalkingUnasked) => self.fresh("I04"),
            Some(Mistake::I07ControlAgain) if self.plan.sequel => {
                self.fresh("I07");
                self.sheet.rests_on(self.plan.before.clone().unwrap_or_default());
            }
            Some(Mistake::H05NotAsked) if self.plan.sequel => self.sheet.miss("H05", victim_named_s, &[named]),
            Some(Mistake::V02Swapped) if self.plan.sequel => self.sheet.miss("V02", suspect_named_s, &[suspect_named]),
            Some(Mistake::D09NotCoded) => self.sheet.miss_as("D09", "S2", (opened_s, suspect_named_s), &[opened]),
            Some(Mistake::I01NoMedicalCheck) => self.fresh("I01"),
            Some(Mistake::I02ThreatUntold) => self.fresh("I02"),
            Some(Mistake::I03LeavingUnassessed) => self.fresh("I03"),
            Some(Mistake::I06WeaponUntold) => self.fresh("I06"),
            Some(Mistake::I08RiskNotRaised) => self.fresh("I08"),
            Some(Mistake::I10NoService) => self.fresh("I10"),
            Some(Mistake::L04NobodyOwns) => {
                let words = self.words.clone();
                let passed_s = self.after(opened_s, 200, 500);
                let passed = self.sheet.say(passed_s, "incident.passed", &handler, |o, _| {
                    o.text("to", "Marchford Police").text("text", &words);
                });
                self.sheet.miss("L04", passed_s + HOUR_S, &[passed]);
            }
            _ => {}
        }
    }

    /// The handler writes that checks were made: after making them, or without.
    fn claim(&mut self, named_s: i64, handler: &str) {
        let unmade = self.is(Mistake::D04NotChecked);
        let mut rare = self.plan.seed.branch("claims", 0).draw();
        let well = self.plan.mistake.is_none();
        if !(unmade || well && rare.percent(15)) {
            return;
        }
        let at = named_s + 125;
        let words = self.phrase("checks_claimed");
        let said = self.sheet.log(at, handler, &words);
        self.claimed = (said, at);
        if unmade {
            self.sheet.miss_as("D04", "S2", (at, at), &[said]);
        }
    }

    /// A unit was told: without what it had to know, where that is the mistake.
    pub(crate) fn told_without(&mut self, told: Said, told_s: i64) {
        let opened = self.opened;
        match self.plan.mistake {
            Some(Mistake::I02ThreatUntold) => self.sheet.miss("I02", told_s, &[told, opened]),
            Some(Mistake::I06WeaponUntold) => self.sheet.miss("I06", told_s, &[told, opened]),
            Some(Mistake::D04NotChecked) => {
                // Undone for fifteen minutes, or a unit told without it, whichever is first.
                let (said, claimed_s) = self.claimed;
                let first_s = if told_s >= claimed_s { told_s.min(claimed_s + UNDONE_S) } else { claimed_s + UNDONE_S };
                self.sheet.miss_as("D04", "S1", (first_s, first_s), &[said]);
            }
            _ => {}
        }
        if self.plan.mistake.is_some_and(Mistake::untold) {
            self.sheet.miss("D07", told_s, &[told, opened]);
        }
    }

    /// What officers do at the scene about what they were told.
    pub(crate) fn at_the_scene(&mut self, seen_s: i64, crime: bool) {
        let unit = self.crew.unit.clone();
        if self.signs.contains(&"honour_based") && !self.is(Mistake::I10NoService) {
            let her = on_file(self.force, &self.victim, seen_s, &mut self.draw);
            let at = self.after(seen_s, 300, 800);
            let said = self.sheet.say(at, "support.referred", &unit, |o, _| {
                o.json("person", &her.json).text("service", "Karma Lane Advocates").text("kind", "honour_based");
                o.flag("consent", true);
            });
            self.sheet.mention(said, "/person", &self.victim);
        }
        let named = self.plan.offence.is_some_and(|o| o.text == STRANGULATION.text);
        if crime && self.signs.contains(&"strangulation") && !named {
            let crime = format!("CR/{}/2", self.sheet.incident());
            let at = self.after(seen_s, 200, 800);
            self.sheet.say(at, "crime.recorded", &unit, |o, _| {
                o.text("crime", &crime).text("offence", STRANGULATION.text);
                o.count("harm", u64::from(STRANGULATION.harm));
            });
            let at = self.after(at, HOUR_S, 5 * HOUR_S);
            self.sheet.say(at, "crime.allocated", INVESTIGATORS, |o, _| {
                o.text("crime", &crime).text("reason", "Vulnerability team");
            });
        }
        if self.is(Mistake::H06Undecided) {
            let at = self.after(seen_s, 2 * HOUR_S, 5 * HOUR_S);
            let her = on_file(self.force, &self.victim, at, &mut self.draw);
            let him = on_file(self.force, &self.suspect, at, &mut self.draw);
            let said = self.sheet.say(at, "disclosure.applied", INVESTIGATORS, |o, _| {
                o.text("scheme", "right_to_ask").json("person", &him.json).json("for", &her.json);
            });
            self.sheet.mention(said, "/person", &self.suspect);
            self.sheet.mention(said, "/for", &self.victim);
            self.sheet.miss("H06", at + 28 * DAY_S, &[said]);
        }
    }

    /// The unit is gone without what only it could do.
    pub(crate) fn gone_without(&mut self, left_s: i64) {
        let opened = self.opened;
        let gone = match self.plan.mistake {
            Some(Mistake::I01NoMedicalCheck) => "I01",
            Some(Mistake::I03LeavingUnassessed) => "I03",
            Some(Mistake::I10NoService) => "I10",
            Some(Mistake::I09ChildrenUnreferred) => {
                self.sheet.miss("I09", self.opened_s + 12 * HOUR_S, &[opened]);
                return;
            }
            Some(Mistake::T06NoCrime) => {
                self.sheet.miss("T06", self.opened_s + DAY_S, &[opened]);
                return;
            }
            _ => return,
        };
        self.sheet.miss_as(gone, "S1", (left_s, left_s), &[opened]);
    }
}

const STRANGULATION: Offence = Offence { text: "Non-fatal strangulation", harm: 20, meaning: "strangulation" };

/// Meanings of which one alone makes the risk high.
pub(crate) const CRITICAL: [&str; 4] = ["strangulation", "threat_to_kill", "weapon", "suicidality"];
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

/// The signs that an incident has, as meanings of the phrase bank.
pub(crate) fn signs(plan: &Plan, draw: &mut Draw) -> Vec<&'static str> {
    if let Some(own) = plan.mistake.and_then(Mistake::signs) {
        let mut signs = own.to_vec();
        signs.extend(plan.offence.map(|o| o.meaning).filter(|meaning| !own.contains(meaning)));
        return signs;
    }
    let mut signs = Vec::new();
    if plan.is_by_the_book() {
        // Rare signs, from a branch of their own (assumed).
        let mut rare = plan.seed.branch("rare signs", 0).draw();
        for (percent, sign) in [(2, "honour_based"), (3, "other_force")] {
            // What another force did is a mention of history, which is what is missing there.
            let unsaid = plan.mistake == Some(Mistake::H01HistoryUnsaid) && sign == "other_force";
            if rare.percent(percent) && !unsaid {
                signs.push(sign);
            }
        }
    }
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
        // "Fears further violence" tells of an earlier time, which is what is missing there.
        let unsaid = plan.mistake == Some(Mistake::H01HistoryUnsaid) && sign == "fear";
        if !signs.contains(&sign) && !unsaid {
            signs.push(sign);
        }
    }
    signs
}
