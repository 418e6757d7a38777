//! The grade: given at opening, lowered without a reason or with one, and the time that it allows.

use crate::draw::Draw;
use crate::incident::{Plan, Story};
use crate::mistake::Mistake;
use crate::sheet::Said;

/// The target of a grade in seconds, from RULES.md's defaults.
pub(crate) fn target_s(grade: &str) -> Option<i64> {
    match grade {
        "immediate" => Some(900),
        "priority" => Some(3_600),
        _ => None,
    }
}

/// The grade that the incident is opened with.
pub(crate) fn grade(plan: &Plan, critical: bool, draw: &mut Draw) -> &'static str {
    let drawn = match (plan.offence.is_some(), critical) {
        (true, true) => ["immediate", "immediate", "immediate", "priority"],
        (true, false) => ["immediate", "immediate", "priority", "priority"],
        _ => ["immediate", "priority", "priority", "scheduled"],
    };
    let drawn = *draw.pick(&drawn);
    // A breach of an order is an emergency: whoever is sent has to know of the order within a quarter of an hour.
    let ordered = plan.order.is_some_and(|(from, until)| from <= plan.called_s && plan.called_s < until);
    let drawn = if (critical || ordered) && plan.is_by_the_book() { "immediate" } else { drawn };
    match plan.mistake {
        Some(Mistake::D02PutOff | Mistake::D03Redirected | Mistake::I11NeighbourWaits | Mistake::L04NobodyOwns) => {
            "scheduled"
        }
        Some(Mistake::T04Stale | Mistake::D01Downgraded | Mistake::D03Gone) => "immediate",
        Some(Mistake::T03NotRungBack | Mistake::H02SecondContact) => "priority",
        _ if plan.second_contact => "immediate",
        Some(_) if drawn == "scheduled" => "priority",
        _ => drawn,
    }
}

impl Story<'_> {
    pub(crate) fn downgrade(&mut self) -> (Said, i64) {
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
    pub(crate) fn lowered_with_reason(&mut self) -> (Said, i64) {
        let at = self.after(self.opened_s, 100, 200);
        let reason = self.phrase("well_graded_reason");
        let supervisor = self.crew.supervisor.clone();
        let said = self.sheet.say(at, "incident.graded", &supervisor, |o, _| {
            o.text("grade", "priority").text("reason", &reason);
        });
        self.grade = "priority";
        (said, at)
    }
}
