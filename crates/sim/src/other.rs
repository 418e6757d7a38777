//! The rest of a day's work: ten incidents that are not domestic abuse for each that is.

use crate::draw::Draw;
use crate::pair::hour_of_day;
use crate::person::{Force, PEOPLE};
use crate::phrase::{self, Slots};
use crate::sheet::Sheet;
use crate::staff::Crew;

const DAY_S: i64 = 86_400;

/// Tells the other incidents of a day (UTC) that are called in inside `[from_s, to_s)`.
pub fn tell_others(force: &Force, day: i64, count: u32, (from_s, to_s): (i64, i64), sheet: &mut Sheet) {
    let seed = force.seed.branch("others", day as u64);
    for k in 0..count {
        let mut draw = seed.branch("one", u64::from(k)).draw();
        let called_s = day * DAY_S + hour_of_day(&mut draw);
        if (from_s..to_s).contains(&called_s) {
            sheet.begin(format!("o{day}-{k}"), force.reference(PEOPLE / 2 + k, called_s));
            tell(force, called_s, &mut draw, sheet);
        }
    }
}

fn tell(force: &Force, called_s: i64, draw: &mut Draw, sheet: &mut Sheet) {
    let crew = Crew::on_duty(draw);
    let caller = force.person(draw.below(u64::from(PEOPLE)) as u32);
    let home = force.home(caller.household(called_s));
    let slots = Slots { victim: "", suspect: "", place: &home.street(), unit: &crew.unit, earlier: "" };
    let line = if draw.percent(55) { "999" } else { "101" };
    let from = caller.phone(called_s).map_or_else(|| "withheld".to_owned(), |p| p.e164());
    let call = format!("C{}{:05}", called_s / 60, draw.below(100_000));
    sheet.apart(called_s, "call.started", &crew.handler, |o, _| {
        o.text("call", &call).text("line", line).text("from", &from).text("handler", &crew.handler);
    });
    let opened_s = called_s + draw.between(20, 80);
    let grade = *draw.pick(&["immediate", "priority", "priority", "scheduled", "telephone", "none"]);
    let code =
        *draw.pick(&["TRAFFIC", "THEFT", "ASB", "CONCERN FOR SAFETY", "BURGLARY", "PUBLIC ORDER", "MISSING PERSON"]);
    let words = phrase::say("not_domestic", slots, draw);
    sheet.say(opened_s, "incident.opened", &crew.handler, |o, _| {
        o.text("channel", line).text("grade", grade).text("code", code).texts("qualifiers", &[]).text("text", &words);
        o.json("location", &home.location()).text("call", &call);
    });
    sheet.apart(opened_s + draw.between(60, 300), "call.ended", &crew.handler, |o, _| {
        o.text("call", &call).text("how", "completed");
    });
    let closed_s = if matches!(grade, "telephone" | "none") {
        opened_s + draw.between(200, 5_400)
    } else {
        let arrived_s =
            opened_s + if grade == "immediate" { draw.between(240, 800) } else { draw.between(1_200, 9_000) };
        sheet.unit(arrived_s - draw.between(120, 220), "unit.assigned", &crew.dispatcher, &crew.unit);
        let words = phrase::say("neutral", slots, draw);
        sheet.log(opened_s + draw.between(100, 230), &crew.dispatcher, &words);
        sheet.unit(arrived_s, "unit.arrived", &crew.unit, &crew.unit);
        let left_s = arrived_s + draw.between(600, 5_400);
        sheet.unit(left_s, "unit.left", &crew.unit, &crew.unit);
        left_s + draw.between(60, 600)
    };
    sheet.say(closed_s, "incident.closed", &crew.dispatcher, |o, _| {
        o.text("code", code).text("reason", "Resulted");
    });
}
