//! One domestic abuse incident, told from the call to the file: what was typed, by whom, when.
//!
//! A well-handled one deserves no flag at S1; a mistake is a change of this course, and says so to
//! the truth. Times within an incident are assumed.

use crate::draw::{Draw, Seed};
use crate::grade::grade;
use crate::mistake::Mistake;
use crate::pair::{Offence, Pair};
use crate::person::{Force, Person};
use crate::phrase::{self, Slots};
use crate::record::{self, Habit, Written};
use crate::sheet::{Said, Sheet};
use crate::sign::{CRITICAL, signs};
use crate::staff::Crew;
use crate::truth::Handled;

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
    /// Whether it is a pair's second incident, days after one that goes with it.
    pub sequel: bool,
    /// The opening message of that one.
    pub before: Option<String>,
    /// With everything that a live feed has; history keeps less.
    pub live: bool,
}

impl Plan {
    /// Whether it is handled as the catalogue wants it, save for its mistake: a live day's report. The scripted case, whose
    /// people are written down as it wants them, has a course of its own.
    pub(crate) fn is_by_the_book(&self) -> bool {
        self.live && (self.habits.is_none() || self.sequel)
    }
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
    /// When the risk was first assessed.
    pub first_assessed_s: i64,
    /// When and where somebody wrote that checks were made.
    pub claimed: (Said, i64),
}

/// Tells the incident of a plan onto a sheet that has been begun for it; which message opened it.
pub fn tell(force: &Force, plan: &Plan, sheet: &mut Sheet) -> Said {
    if plan.is_by_the_book() {
        let well = plan.mistake.is_none() && !plan.second_contact;
        sheet.handled.push(Handled { incident: sheet.incident().to_owned(), called_s: plan.called_s, well });
    }
    sheet.mistake = plan.mistake;
    let mut story = Story::begin(force, plan, sheet);
    match plan.mistake {
        Some(Mistake::D02PutOff | Mistake::D03Redirected) => story.turn_away(),
        _ => {
            let arrived_s = story.send();
            story.attend(arrived_s);
        }
    }
    story.opened
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
                    | Mistake::H03HarmRising
                    | Mistake::H04MaracRepeat
                    | Mistake::I07ControlAgain
                    | Mistake::V02Swapped
                    | Mistake::V03FamilyInterprets
                    | Mistake::H05NotAsked
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
        // She is leaving, or has left: no standard risk (RULES.md I03).
        let leaving = plan.is_by_the_book() && signs.contains(&"separation");
        let level = if leaving && level == "standard" { "medium" } else { level };
        let level = match plan.mistake {
            Some(Mistake::D05LowLevel) => "medium",
            Some(Mistake::I08RiskNotRaised) => "standard",
            _ => level,
        };
        let grade = grade(plan, critical, &mut draw);
        let none = sheet.none();
        let mut her = her;
        if plan.mistake == Some(Mistake::V03FamilyInterprets) && !her.json.contains("\"interpreter\":true") {
            her.json.truncate(her.json.len() - 1);
            her.json.push_str(",\"interpreter\":true}");
        }
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
            first_assessed_s: 0,
            claimed: (none, 0),
        };
        story.open();
        story
    }

    pub(crate) fn phrase(&mut self, meaning: &str) -> String {
        self.phrase_with_graver(meaning).0
    }

    /// The same, with the graver meaning that the words have besides.
    pub(crate) fn phrase_with_graver(&mut self, meaning: &str) -> (String, Option<&'static str>) {
        let slots = Slots {
            victim: &self.her.called,
            suspect: &self.him.called,
            place: &self.place,
            unit: &self.crew.unit,
            earlier: self.plan.earlier.as_deref().unwrap_or("last year's log"),
        };
        phrase::say_all(meaning, slots, &mut self.draw)
    }

    /// What was typed tells of more than was meant: handled well, it is handled as that.
    pub(crate) fn graver(&mut self, meaning: Option<&'static str>) {
        let well = self.plan.is_by_the_book() && self.plan.mistake.is_none();
        if let Some(meaning) = meaning.filter(|m| well && !self.signs.contains(m)) {
            self.signs.push(meaning);
            self.level = "high";
        }
    }

    pub(crate) fn trap(&mut self, meaning: &str) -> String {
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

    /// Whether an order protects her at the time of the call.
    pub(crate) fn order_in_force(&self) -> bool {
        self.plan.order.is_some_and(|(from, until)| from <= self.plan.called_s && self.plan.called_s < until)
    }
}
