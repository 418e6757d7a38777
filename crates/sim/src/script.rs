//! The scripted case: thirteen reports over fourteen months, then four calls in one night, told with invented people.
//!
//! Its truth is exact to the second, by the catalogue's default times.

use std::sync::OnceLock;

use alongside_desk::time::{Timestamp, zone};
use serde::Deserialize;

use crate::incident::Plan;
use crate::line::{Object, instant};
use crate::mistake::Mistake;
use crate::name::Name;
use crate::pair::{Offence, Pair};
use crate::person::{Force, PEOPLE, Person, Phone};
use crate::phrase::{Slots, fill};
use crate::record::{self, Habit, Written};
use crate::sheet::{Said, Sheet, on_file};
use crate::staff::INVESTIGATORS;

const DAY_S: i64 = 86_400;
/// Days before the night on which the earlier reports were made: fourteen months.
const EARLIER: [i64; 13] = [424, 391, 350, 318, 297, 240, 212, 171, 133, 96, 61, 38, 12];

#[derive(Deserialize)]
struct Role {
    given: Name,
    family: Name,
    maiden: Option<Name>,
    born: (i16, u8, u8),
}

#[derive(Deserialize)]
struct Words {
    spelled: Vec<String>,
    call_1: String,
    put_off: String,
    call_2: String,
    regraded: String,
    diverted: String,
    call_3: String,
    call_4: String,
    told: String,
    seen: String,
}

#[derive(Deserialize)]
struct Script {
    victim: Role,
    suspect: Role,
    mother: Role,
    night: Words,
}

fn script() -> &'static Script {
    static SCRIPT: OnceLock<Script> = OnceLock::new();
    SCRIPT
        .get_or_init(|| toml::from_str(include_str!("../data/script.toml")).expect("the script is part of this crate"))
}

/// When the scripted night's calls are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptTimes {
    /// The four calls, in order.
    pub calls: [Timestamp; 4],
    /// Twenty minutes before the second: where a demonstration begins.
    pub start: Timestamp,
}

impl Force {
    /// The times of the scripted night: the evening of the local day on which the feed goes live (which must then be live by
    /// 18:52 local time, else the first calls fall into the history and are not sent).
    pub fn script_times(&self) -> ScriptTimes {
        let day = instant(self.live_s).local().date();
        let calls = [(18, 52, 10), (20, 37, 0), (22, 14, 0), (23, 31, 20)].map(|(h, m, s)| civil(day.at(h, m, s, 0)));
        ScriptTimes { calls, start: instant(calls[1].ms() / 1000 - 1_200) }
    }

    /// Local midnight at the beginning of the day that goes live.
    pub(crate) fn local_midnight(&self) -> i64 {
        civil(instant(self.live_s).local().date().at(0, 0, 0, 0)).ms() / 1000
    }

    /// The pair of the scripted case.
    pub fn scripted_pair(&self) -> Pair {
        Pair { index: PEOPLE, victim: PEOPLE, suspect: PEOPLE + 1, relationship: "ex_partner" }
    }

    /// The earlier reports, oldest first: none of them led to an arrest, and few spell her name alike.
    pub(crate) fn scripted_reports(&self) -> Vec<Plan> {
        const SEEN: [(u8, Option<Offence>); 13] = {
            const ASSAULT: Option<Offence> = Some(Offence { text: "Common assault", harm: 1, meaning: "offence" });
            const STALKING: Option<Offence> = Some(Offence { text: "Stalking", harm: 10, meaning: "stalking" });
            const THREAT: Option<Offence> =
                Some(Offence { text: "Threats to kill", harm: 10, meaning: "threat_to_kill" });
            const CONTROL: Option<Offence> =
                Some(Offence { text: "Controlling or coercive behaviour", harm: 10, meaning: "control" });
            [
                (13, None),
                (21, None),
                (19, ASSAULT),
                (8, None),
                (22, CONTROL),
                (18, None),
                (1, ASSAULT),
                (20, STALKING),
                (17, None),
                (23, THREAT),
                (9, STALKING),
                (21, None),
                (16, STALKING),
            ]
        };
        let midnight_s = self.local_midnight();
        let mut earlier: Option<String> = None;
        let mut list = Vec::new();
        for (nth, (days, (hour, offence))) in EARLIER.into_iter().zip(SEEN).enumerate() {
            let called_s = midnight_s - days * DAY_S + i64::from(hour) * 3_600 + 700 + nth as i64 * 61;
            let since = EARLIER.iter().filter(|other| **other >= days && **other < days + 365).count();
            let found =
                Habit { reference: if nth % 3 == 2 { 0 } else { 70 }, born: 85, phone: 80, address: 70, slips: 95 };
            list.push(Plan {
                seed: self.seed.branch("script", nth as u64),
                pair: self.scripted_pair(),
                called_s,
                offence,
                contacts: since as u32,
                earlier: earlier.replace(self.reference(PEOPLE / 2 - 1, called_s)),
                order: None,
                mistake: offence.map(|_| Mistake::T08SuspectUntouched),
                habits: Some((found, Habit { reference: 30, ..found })),
                second_contact: false,
                sequel: false,
                before: None,
                live: true,
            });
        }
        list
    }

    /// The night: four sheets, one a call.
    pub(crate) fn scripted_night(&self, sheet: &mut Sheet) {
        let times = self.script_times();
        let [one, two, three, four] = times.calls.map(|t| t.ms() / 1000);
        sheet.scripted = true;
        let cast = Cast {
            force: self,
            victim: self.person(PEOPLE),
            suspect: self.person(PEOPLE + 1),
            mother: self.person(PEOPLE + 2),
        };
        cast.first_call(sheet, one);
        cast.second_call(sheet, two);
        cast.third_call(sheet, three);
        cast.fourth_call(sheet, four);
        sheet.scripted = false;
    }
}

/// The instant of a local date and time; the clock's changes resolve as the library resolves them.
fn civil(at: jiff::civil::DateTime) -> Timestamp {
    at.to_zoned_datetime(zone())
        .map_or_else(|_| Timestamp::default(), |z| Timestamp::from_ms(z.timestamp().as_millisecond()))
}

/// The people of the case by number, from [`PEOPLE`] on.
pub(crate) fn person(force: &Force, index: u32) -> Person {
    let script = script();
    let (role, female) = match index - PEOPLE {
        0 => (&script.victim, true),
        1 => (&script.suspect, false),
        _ => (&script.mother, true),
    };
    let home = (force.seed.branch("script home", u64::from(index)).number() % 390_000) as u32;
    let number = (index - PEOPLE) as u16 * 2;
    Person {
        index,
        female,
        given: &role.given,
        family: &role.family,
        maiden: role.maiden.as_ref(),
        ends_feminine: index == PEOPLE,
        ethnicity: "W4",
        language: None,
        born: role.born,
        households: (home, home + 1_200),
        moved_s: force.live_s - 150 * DAY_S,
        phones: (Some(Phone::scripted(number)), Some(Phone::scripted(number + 1))),
        changed_s: force.live_s - 260 * DAY_S,
    }
}

struct Cast<'a> {
    force: &'a Force,
    victim: Person,
    suspect: Person,
    mother: Person,
}

/// One of the four logs: its opening, and the messages that name the two.
struct Log {
    opened: Said,
    victim: Said,
    suspect: Said,
    opened_s: i64,
}

const UNIT: &str = "QP17";
const LAST_UNIT: &str = "MB22";
const DISPATCHER: &str = "DC6212";

impl Cast<'_> {
    /// Opens one of the four logs.
    fn open(
        &self,
        sheet: &mut Sheet,
        nth: u64,
        called_s: i64,
        (handler, line, grade): (&str, &str, &str),
        words: &str,
    ) -> Log {
        let reference = self.force.reference(PEOPLE / 2 - 2 - nth as u32, called_s);
        sheet.begin(format!("s{}-{nth}", self.force.local_midnight() / DAY_S), reference);
        let mut draw = self.force.seed.branch("script call", nth).draw();
        let caller = if nth == 3 { &self.mother } else { &self.victim };
        let from = caller.phone(called_s).map_or_else(|| "withheld".to_owned(), |p| p.e164());
        let call = format!("S{}{nth}", called_s / 60);
        sheet.apart(called_s, "call.started", handler, |o, _| {
            o.text("call", &call).text("line", line).text("from", &from).text("handler", handler);
        });
        let her = self.as_heard(nth, called_s);
        let his = Habit { reference: 0, slips: 0, ..Habit::SUSPECT };
        let him = record::write(self.force, &self.suspect, called_s, his, &mut draw);
        let text = self.fill(words, &her, &him);
        let opened_s = called_s + 35;
        let home = self.force.home(self.victim.household(called_s)).location();
        let opened = sheet.say(opened_s, "incident.opened", handler, |o, _| {
            o.text("channel", line).text("grade", grade).text("code", "DOMESTIC INCIDENT").texts("qualifiers", &["DA"]);
            o.text("text", &text).json("location", &home).text("call", &call);
        });
        let named_s = opened_s + 20;
        let named = sheet.involve(named_s, handler, "victim", (&self.victim, &her), None);
        let suspect = sheet.involve(named_s + 15, handler, "suspect", (&self.suspect, &him), Some("ex_partner"));
        if nth == 3 {
            let mother = record::write(self.force, &self.mother, called_s, Habit::FOUND, &mut draw);
            sheet.involve(named_s + 30, handler, "caller", (&self.mother, &mother), Some("parent"));
        }
        sheet.miss("H01", named_s, &[opened, named]);
        if nth > 1 {
            sheet.miss("H02", named_s, &[opened, named]);
        }
        let how = if nth == 4 { "abandoned" } else { "completed" };
        let ended_s = if nth == 4 { called_s + 80 } else { called_s + 340 };
        let ended = sheet.apart(ended_s, "call.ended", handler, |o, _| {
            o.text("call", &call).text("how", how);
        });
        if nth == 4 {
            sheet.apart(ended_s + 50, "call.back", handler, |o, _| {
                o.text("call", &call).text("answered_by", "nobody");
            });
            sheet.miss("T03", ended_s + 170, &[ended, opened]);
        }
        Log { opened, victim: named, suspect, opened_s }
    }

    /// The victim as the handler of that call writes her down. Her number, birth date and home are right each time, so that
    /// the night does not hang on the seed; her name is another each time, and nobody has looked for her reference.
    fn as_heard(&self, nth: u64, called_s: i64) -> Written {
        let spelled = &script().night.spelled;
        let name = spelled.get(nth as usize - 1).map_or("", String::as_str);
        let (year, month, day) = self.victim.born;
        let mut o = Object::new();
        o.text("name", name).text("born", &format!("{year:04}-{month:02}-{day:02}")).text("sex", "female");
        if let Some(phone) = self.victim.phone(called_s) {
            o.texts("phones", &[&phone.e164()]);
        }
        o.json("location", &self.force.home(self.victim.household(called_s)).location());
        let called = name.split(' ').next().unwrap_or_default().to_owned();
        Written { json: o.end(), called }
    }

    fn fill(&self, words: &str, her: &Written, him: &Written) -> String {
        fill(words, Slots { victim: &her.called, suspect: &him.called, place: "", unit: UNIT, earlier: "" })
    }

    fn words(&self, words: &str) -> String {
        let slots = Slots { victim: "JAWORZELSKA", suspect: "SZCZEPIELAK", place: "", unit: UNIT, earlier: "" };
        fill(words, slots)
    }

    fn first_call(&self, sheet: &mut Sheet, called_s: i64) {
        let words = &script().night;
        let Log { opened, opened_s, .. } = self.open(sheet, 1, called_s, ("CH4212", "999", "priority"), &words.call_1);
        let put_off_s = opened_s + 805;
        let put_off = sheet.log(put_off_s, "CH4212", &words.put_off);
        sheet.miss("D02", put_off_s, &[put_off, opened]);
        sheet.miss("T01", opened_s + 3_600, &[opened]);
        sheet.miss("T04", put_off_s + 3_600, &[put_off]);
    }

    fn second_call(&self, sheet: &mut Sheet, called_s: i64) {
        let words = &script().night;
        let Log { opened, opened_s, .. } = self.open(sheet, 2, called_s, ("CH4345", "999", "immediate"), &words.call_2);
        let regraded_s = opened_s + 710;
        let regraded = sheet.say(regraded_s, "incident.graded", "CH4345", |o, _| {
            o.text("grade", "priority").text("reason", &words.regraded);
        });
        sheet.miss("D01", regraded_s, &[regraded, opened]);
        sheet.miss("D03", regraded_s, &[regraded]);
        let assigned_s = regraded_s + 1_880;
        let assigned = sheet.unit(assigned_s, "unit.assigned", DISPATCHER, UNIT);
        let left_s = assigned_s + 640;
        let left = sheet.unit(left_s, "unit.left", DISPATCHER, UNIT);
        let diverted = self.words(&words.diverted);
        sheet.log(left_s + 25, DISPATCHER, &diverted);
        sheet.miss("T02", left_s + 300, &[left, assigned]);
        sheet.miss("T01", regraded_s + 3_600, &[regraded]);
        sheet.miss("T04", left_s + 25 + 3_600, &[left]);
    }

    fn third_call(&self, sheet: &mut Sheet, called_s: i64) {
        let words = &script().night;
        let Log { opened, victim, opened_s, .. } =
            self.open(sheet, 3, called_s, ("CH4170", "999", "priority"), &words.call_3);
        sheet.miss("T01", opened_s + 3_600, &[opened]);
        sheet.miss("T04", opened_s + 50 + 3_600, &[victim]);
    }

    fn fourth_call(&self, sheet: &mut Sheet, called_s: i64) {
        let words = &script().night;
        let Log { victim, suspect, opened_s, .. } =
            self.open(sheet, 4, called_s, ("CH4366", "999", "immediate"), &words.call_4);
        let mut draw = self.force.seed.branch("script end", 0).draw();
        sheet.unit(opened_s + 70, "unit.assigned", DISPATCHER, LAST_UNIT);
        let told = self.words(&words.told);
        sheet.say(opened_s + 85, "unit.told", DISPATCHER, |o, _| {
            o.text("unit", LAST_UNIT).text("text", &told);
        });
        let there_s = opened_s + 560;
        sheet.unit(there_s, "unit.arrived", LAST_UNIT, LAST_UNIT);
        let seen = self.words(&words.seen);
        sheet.log(there_s + 150, LAST_UNIT, &seen);
        let her = on_file(self.force, &self.victim, there_s, &mut draw);
        let him = on_file(self.force, &self.suspect, there_s, &mut draw);
        for (after, kind, who, written) in [
            (180, "victim_seen", &self.victim, &her),
            (210, "arrest", &self.suspect, &him),
            (420, "medical_check", &self.victim, &her),
            (600, "children_seen", &self.victim, &her),
        ] {
            let said = sheet.say(there_s + after, "incident.outcome", LAST_UNIT, |o, _| {
                o.text("kind", kind).json("person", &written.json);
            });
            sheet.mention(said, "/person", who);
        }
        let said = sheet.say(there_s + 240, "person.arrested", LAST_UNIT, |o, _| {
            o.json("person", &him.json).text("for", "Wounding with intent");
        });
        sheet.mention(said, "/person", &self.suspect);
        sheet.say(there_s + 1_500, "incident.assessed", LAST_UNIT, |o, _| {
            let answers = "{\"injury\":\"yes\",\"very_frightened\":\"yes\",\"separated\":\"yes\",\"stalking\":\"yes\",\
                           \"children\":\"yes\",\"worse\":\"yes\",\"weapons\":\"yes\",\"threats_to_kill\":\"yes\",\"strangled\":\"no\"}";
            o.text("tool", "dash").json("answers", answers).text("level", "high").text("reason", "All of tonight");
        });
        sheet.say(there_s + 2_400, "crime.recorded", LAST_UNIT, |o, _| {
            o.text("crime", "CR/S4").text("offence", "Wounding with intent").count("harm", 1100);
        });
        sheet.say(there_s + 2_700, "crime.allocated", INVESTIGATORS, |o, _| {
            o.text("crime", "CR/S4").text("reason", "Major incident team");
        });
        for (message, who, written) in [(victim, &self.victim, &her), (suspect, &self.suspect, &him)] {
            let corrects = sheet.id(message);
            let said = sheet.say(there_s + 2_800, "incident.corrected", LAST_UNIT, |o, _| {
                o.text("corrects", &corrects).json("fields", &format!("{{\"person\":{}}}", written.json));
            });
            sheet.mention(said, "/fields/person", who);
        }
        sheet.unit(there_s + 3_000, "unit.left", LAST_UNIT, LAST_UNIT);
        sheet.log(there_s + 3_060, DISPATCHER, "Male in custody, she is at hospital with an officer.");
        sheet.say(there_s + 3_300, "incident.closed", DISPATCHER, |o, _| {
            o.text("code", "DOMESTIC").text("reason", "Arrest made, see entries");
        });
    }
}
