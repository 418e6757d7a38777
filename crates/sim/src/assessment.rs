//! The risk assessment that an officer makes with her, and what it leaves out.

use crate::incident::Story;
use crate::line::end_of_working_day_s;
use crate::mistake::Mistake;
use crate::sheet::Said;

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

/// Questions whose yes alleges no offence.
const HARMLESS: [&str; 6] =
    ["depressed_suicidal", "child_contact", "more_often", "money", "substances_mental_health", "criminal_history"];

impl Story<'_> {
    pub(crate) fn assess(&mut self, at_s: i64, unit: &str) {
        let mut answers = String::from("{");
        for (i, (question, meaning)) in DASH.iter().enumerate() {
            let yes = match *meaning {
                // What no phrase tells: asked, and now and then so (assumed); no offence is told where none was done.
                "" => self.draw.percent(7) && (self.plan.offence.is_some() || HARMLESS.contains(question)),
                "order" => self.order_in_force(),
                meaning => self.signs.contains(&meaning) && !self.unsaid(meaning),
            };
            if self.is(Mistake::I04StalkingUnasked) && *question == "stalking" {
                continue;
            }
            let crisis = yes && *question == "depressed_suicidal" && self.plan.is_by_the_book();
            // Where nobody refers her, whatever she says, she does not say this.
            let yes = yes
                && !(crisis && matches!(self.plan.mistake, Some(Mistake::I08RiskNotRaised | Mistake::T07NoReferral)));
            if crisis && yes {
                self.refer_to_mental_health(at_s - 45, unit);
            }
            let comma = if i > 0 { "," } else { "" };
            answers.push_str(&format!("{comma}\"{question}\":\"{}\"", if yes { "yes" } else { "no" }));
        }
        // Whoever says yes to the eighth question asks the eleven that follow it; in the history nobody wrote them down.
        let asked = self.plan.is_by_the_book() && !self.is(Mistake::I04StalkingUnasked);
        let followed = asked && self.signs.contains(&"stalking");
        for number in 1..=if followed { 11 } else { 0 } {
            answers.push_str(&format!(",\"stalking_{number}\":\"{}\"", if number % 4 == 1 { "yes" } else { "no" }));
        }
        answers.push('}');
        let level = self.level;
        let said = self.sheet.say(at_s, "incident.assessed", unit, |o, _| {
            o.text("tool", "dash").json("answers", &answers).text("level", level);
            o.text("reason", "Completed with her at the scene");
        });
        self.assessed_without(at_s, said);
        if self.is(Mistake::D06RiskLowered) {
            let lowered_s = self.after(at_s, 3_600, 5 * 3_600);
            let lower = if self.level == "high" { "medium" } else { "standard" };
            let lowered = self.sheet.say(lowered_s, "incident.assessed", crate::staff::INVESTIGATORS, |o, _| {
                o.text("tool", "dash").text("level", lower);
            });
            self.sheet.miss("D06", lowered_s, &[lowered, said]);
        }
    }

    /// She says that she does not want to live: the officer refers her before the form is done.
    fn refer_to_mental_health(&mut self, at_s: i64, unit: &str) {
        let her = self.her.json.clone();
        let said = self.sheet.say(at_s, "support.referred", unit, |o, _| {
            o.json("person", &her).text("service", "Crisis Line Marchford").text("kind", "mental_health");
            o.flag("consent", true);
        });
        self.sheet.mention(said, "/person", &self.victim);
    }

    /// Whether an assessment does not say so although it is so.
    pub(crate) fn unsaid(&self, meaning: &str) -> bool {
        matches!(
            (self.plan.mistake, meaning),
            (Some(Mistake::I05PregnancyUnsaid), "pregnancy")
                | (Some(Mistake::I07ControlAgain), "control")
                | (Some(Mistake::I08RiskNotRaised), "suicidality")
        )
    }

    /// An officer assessed her.
    pub(crate) fn assessed_without(&mut self, at_s: i64, said: Said) {
        match self.plan.mistake {
            Some(Mistake::I05PregnancyUnsaid) => self.sheet.miss("I05", at_s, &[said, self.opened]),
            Some(Mistake::D05LowLevel) => self.sheet.miss("D05", at_s, &[said]),
            Some(Mistake::T09NoMarac) => {
                // High by telephone, high again with her: where midnight lies between, either may start the days.
                let known_s = [self.first_assessed_s, at_s].map(|s| end_of_working_day_s(s, 2));
                self.sheet.miss_as("T09", "S2", known_s.into(), &[said]);
            }
            _ => {}
        }
    }
}
