//! What follows an incident over hours, days and weeks: crime, custody, release, telling her, referrals, markers.

use crate::incident::Story;
use crate::line::end_of_working_day_s;
use crate::mistake::Mistake;
use crate::place;
use crate::sheet::on_file;
use crate::staff::{CUSTODY, INVESTIGATORS, RECORDS};

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 86_400;

impl Story<'_> {
    /// Everything after the unit has gone.
    pub(crate) fn afterwards(&mut self, arrived_s: i64, crime: bool, arrested_s: Option<i64>) {
        if crime && !self.is(Mistake::T06NoCrime) {
            self.record_crime(arrived_s, arrested_s.is_some());
        }
        if let Some(arrested_s) = arrested_s {
            self.release(arrested_s);
        }
        let victim = self.victim.clone();
        let her = on_file(self.force, &victim, arrived_s, &mut self.draw);
        let at = self.after(arrived_s, 2 * HOUR_S, 20 * HOUR_S);
        let declined = self.draw.percent(30);
        if self.is(Mistake::T07NoReferral) {
            let known_s = end_of_working_day_s(self.opened_s, 2);
            self.sheet.miss("T07", known_s, &[self.opened]);
            self.marked(arrived_s, &her.json);
            return;
        }
        let service = self.draw.pick(place::services()).clone();
        let kind = if declined { "support.declined" } else { "support.referred" };
        let said = self.sheet.say(at, kind, INVESTIGATORS, |o, _| {
            o.json("person", &her.json).text("service", &service).text("kind", "domestic_abuse");
            if !declined {
                o.flag("consent", true);
            }
        });
        self.sheet.mention(said, "/person", &victim);
        if self.level == "high" && !self.is(Mistake::T09NoMarac) {
            let at = self.after(arrived_s, 8 * HOUR_S, 22 * HOUR_S);
            let him = on_file(self.force, &self.suspect, at, &mut self.draw);
            let repeat = self.plan.contacts >= 3;
            let said = self.sheet.say(at, "marac.referred", INVESTIGATORS, |o, _| {
                o.json("person", &her.json).json("suspect", &him.json).flag("repeat", repeat);
            });
            self.sheet.mention(said, "/person", &victim);
            self.sheet.mention(said, "/suspect", &self.suspect);
        }
        self.marked(arrived_s, &her.json);
    }

    fn marked(&mut self, arrived_s: i64, her: &str) {
        if self.plan.contacts >= 2 {
            let victim = self.victim.clone();
            let at = self.after(arrived_s, HOUR_S, 9 * HOUR_S);
            let said = self.sheet.apart(at, "person.marked", RECORDS, |o, clock| {
                o.json("person", her).text("marker", "repeat_victim").time("until", at + 365 * DAY_S, clock);
            });
            self.sheet.mention(said, "/person", &victim);
        }
    }

    fn record_crime(&mut self, arrived_s: i64, arrested: bool) {
        let unit = self.crew.unit.clone();
        let (offence, harm) = self.plan.offence.map_or(("Breach of order", 2), |o| (o.text, o.harm));
        let crime = format!("CR/{}", self.sheet.incident());
        // Of strangulation the crime is recorded before the unit goes.
        let soon = self.plan.is_by_the_book() && self.signs.contains(&"strangulation");
        let at = if soon { self.after(arrived_s, 300, 900) } else { self.after(arrived_s, 1_800, 2 * HOUR_S) };
        let recorded_s = at;
        let recorded = self.sheet.say(at, "crime.recorded", &unit, |o, _| {
            o.text("crime", &crime).text("offence", offence).count("harm", u64::from(harm));
        });
        if self.is(Mistake::H03HarmRising) && self.plan.sequel {
            self.sheet.miss("H03", at, &[recorded]);
        }
        let (named, named_s) = self.suspect_named;
        let untouched = self.is(Mistake::T08SuspectUntouched);
        if !untouched || self.draw.percent(50) {
            let at = self.after(recorded_s, HOUR_S, 5 * HOUR_S);
            self.sheet.say(at, "crime.allocated", INVESTIGATORS, |o, _| {
                o.text("crime", &crime).text("reason", "Vulnerability team");
            });
        }
        if untouched {
            let at = self.after(recorded_s, 9 * HOUR_S, 12 * HOUR_S);
            self.sheet.say(at, "crime.closed", INVESTIGATORS, |o, _| {
                o.text("crime", &crime).text("reason", "Victim does not support").flag("suspect_spoken", false);
            });
            self.untouched(named, named_s);
            return;
        }
        if !arrested {
            let at = self.after(named_s, 6 * HOUR_S, 22 * HOUR_S).max(arrived_s + 1_200);
            let him = on_file(self.force, &self.suspect, at, &mut self.draw);
            let said = self.sheet.say(at, "incident.outcome", INVESTIGATORS, |o, _| {
                o.text("kind", "voluntary_interview").json("person", &him.json);
            });
            self.sheet.mention(said, "/person", &self.suspect);
        }
        let at = self.after(recorded_s, 5 * DAY_S, 45 * DAY_S);
        let reason = *self.draw.pick(&["Charged", "Evidential difficulties", "Victim does not support", "Caution"]);
        self.sheet.say(at, "crime.closed", INVESTIGATORS, |o, _| {
            o.text("crime", &crime).text("reason", reason).flag("suspect_spoken", true);
        });
    }

    fn release(&mut self, arrested_s: i64) {
        let at = self.after(arrested_s, 6 * HOUR_S, 20 * HOUR_S);
        let untold = self.is(Mistake::L03ReleaseUntold);
        let unconsidered = self.is(Mistake::L02NothingConsidered);
        let drawn = match self.plan.mistake {
            Some(Mistake::L03ReleaseUntold) => 0,
            Some(Mistake::L02NothingConsidered) => 75,
            _ => self.draw.below(100),
        };
        let how = match drawn {
            0..45 => "police_bail",
            45..70 => "charged_bail",
            70..85 => "under_investigation",
            85..93 => "no_action",
            _ => "charged_remand",
        };
        let (victim, suspect) = (self.victim.clone(), self.suspect.clone());
        let her = on_file(self.force, &victim, at, &mut self.draw);
        let him = on_file(self.force, &suspect, at, &mut self.draw);
        let conditions = how.ends_with("bail");
        let apply = self.level == "high" && self.draw.percent(40);
        if !unconsidered {
            let said = self.sheet.say(at - 1_500, "order.considered", INVESTIGATORS, |o, _| {
                o.texts("kinds", &["dapn"])
                    .json("subject", &him.json)
                    .text("decision", if apply { "apply" } else { "not" });
                o.text("reason", if apply { "Risk to her on release" } else { "Conditions meet the risk" });
            });
            self.sheet.mention(said, "/subject", &suspect);
        }
        let list = format!("[{}]", her.json);
        let keep_away = format!("Not to go to {}", self.place);
        let said = self.sheet.say(at, "person.released", CUSTODY, |o, _| {
            o.json("person", &him.json).text("how", how);
            if conditions {
                // Whom they protect, and until when, the order says that is sent beside this.
                o.texts("conditions", &["Not to contact her directly or indirectly", &keep_away]);
            }
        });
        self.sheet.mention(said, "/person", &suspect);
        if unconsidered {
            self.sheet.miss("L02", at, &[said]);
        }
        if conditions {
            let order = format!("B-{}", self.sheet.incident());
            let until_s = at + 84 * DAY_S;
            let made = self.sheet.say(at, "order.made", CUSTODY, |o, clock| {
                o.text("order", &order)
                    .text("kind", "bail_condition")
                    .json("subject", &him.json)
                    .json("protects", &list);
                o.texts("conditions", &["Not to contact her directly or indirectly", &keep_away]);
                o.time("from", at, clock).time("until", until_s, clock);
            });
            self.sheet.mention(made, "/subject", &suspect);
        }
        if untold {
            let days = if self.level == "high" || self.plan.contacts >= 2 { 1 } else { 5 };
            let known_s = end_of_working_day_s(at, days);
            self.sheet.miss_as("L03", if days == 1 { "S1" } else { "S2" }, (known_s, known_s), &[said]);
        } else if how != "charged_remand" {
            let told_s = self.after(at, -1_200, 5_400);
            let told = self.sheet.say(told_s, "victim.told", INVESTIGATORS, |o, _| {
                o.text("what", "release").json("person", &her.json).json("about", &him.json);
            });
            self.sheet.mention(told, "/person", &victim);
            self.sheet.mention(told, "/about", &suspect);
        }
    }
}
