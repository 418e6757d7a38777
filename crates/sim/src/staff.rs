//! Who works there: handlers, dispatchers, supervisors, officers on units. Their ids say their roles.

use crate::draw::{Draw, Seed};
use crate::line::{Clock, Line, Object};

const HANDLERS: i64 = 60;
const DISPATCHERS: i64 = 24;
const SUPERVISORS: i64 = 8;
const UNITS: i64 = 90;
/// The custody sergeants' desk.
pub const CUSTODY: &str = "CUST1";
/// The records bureau.
pub const RECORDS: &str = "REC2";
/// The team that investigates.
pub const INVESTIGATORS: &str = "PVP4";

/// The people who meet in one incident.
#[derive(Clone, Debug)]
pub struct Crew {
    /// Who takes the call.
    pub handler: String,
    /// Who sends.
    pub dispatcher: String,
    /// Who reviews.
    pub supervisor: String,
    /// The unit that is sent.
    pub unit: String,
    /// Another.
    pub second_unit: String,
}

impl Crew {
    /// Whoever is on duty.
    pub fn on_duty(draw: &mut Draw) -> Self {
        let unit = draw.between(0, UNITS - 1);
        Self {
            handler: handler(draw.between(0, HANDLERS - 1)),
            dispatcher: dispatcher(draw.between(0, DISPATCHERS - 1)),
            supervisor: supervisor(draw.between(0, SUPERVISORS - 1)),
            unit: call_sign(unit),
            second_unit: call_sign((unit + 1 + draw.between(0, UNITS - 3)) % UNITS),
        }
    }
}

fn handler(i: i64) -> String {
    format!("CH{}", 4100 + i * 7)
}

fn dispatcher(i: i64) -> String {
    format!("DC{}", 6200 + i * 3)
}

fn supervisor(i: i64) -> String {
    format!("SV{}", 90 + i)
}

fn call_sign(i: i64) -> String {
    let area = ["QP", "MB", "DH"][(i % 3) as usize];
    format!("{area}{:02}", 10 + i / 3)
}

type NumberToId = fn(i64) -> String;

/// The staff list, as the force's own system sends it.
pub fn listed(seed: Seed, at_s: i64) -> impl Iterator<Item = Line> {
    let mut clock = Clock::default();
    let mut teams = seed.branch("teams", 0).draw();
    let roles: [(&str, i64, NumberToId); 4] = [
        ("handler", HANDLERS, handler),
        ("dispatcher", DISPATCHERS, dispatcher),
        ("supervisor", SUPERVISORS, supervisor),
        ("officer", UNITS, call_sign),
    ];
    let bureaux = [CUSTODY, RECORDS, INVESTIGATORS].map(|id| (id.to_owned(), "other"));
    let all = roles.into_iter().flat_map(|(role, count, id)| (0..count).map(move |i| (id(i), role))).chain(bureaux);
    all.map(move |(staff, role)| {
        let mut o = Object::new();
        o.text("id", &format!("staff-{at_s}-{staff}")).time("at", at_s, &mut clock).text("type", "staff.listed");
        o.text("staff", &staff).text("role", role).text("team", ["A", "B", "C", "D", "E"][teams.place(5)]);
        Line { known_s: at_s, json: o.end() }
    })
}
