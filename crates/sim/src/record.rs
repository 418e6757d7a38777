//! How somebody gets written down: spelled by ear, half remembered, without a date, under a maiden name.
//!
//! The rates are assumed (docs/synthetic-force.md): no force has published its own.

use crate::draw::Draw;
use crate::line::Object;
use crate::name::plain;
use crate::person::{Force, Person};

/// How much of a person is usually taken down, in so many of a hundred.
#[derive(Clone, Copy, Debug)]
pub struct Habit {
    /// The force's reference is there.
    pub reference: u32,
    /// A birth date, or part of one, is there.
    pub born: u32,
    /// The number is there, if they have one.
    pub phone: u32,
    /// An address is there.
    pub address: u32,
    /// Something is written otherwise than the person would.
    pub slips: u32,
}

impl Habit {
    /// A victim.
    pub const VICTIM: Self = Self { reference: 55, born: 82, phone: 80, address: 78, slips: 24 };
    /// A suspect whom the victim names.
    pub const SUSPECT: Self = Self { reference: 48, born: 62, phone: 10, address: 40, slips: 28 };
    /// Somebody else who rings.
    pub const CALLER: Self = Self { reference: 6, born: 15, phone: 70, address: 30, slips: 20 };
    /// Custody, courts and files: nothing is missing, nothing slips.
    pub const FILE: Self = Self { reference: 100, born: 100, phone: 0, address: 100, slips: 0 };
    /// A handler who wrote everything down and did not look for the record.
    pub const UNREFERENCED: Self = Self { reference: 0, born: 100, phone: 100, address: 100, slips: 0 };
    /// A handler who found the record.
    pub const FOUND: Self = Self { reference: 100, born: 100, phone: 100, address: 100, slips: 6 };
}

/// A person as one source has them.
#[derive(Clone, Debug)]
pub struct Written {
    /// The `person` of FEED.md.
    pub json: String,
    /// What a log calls them: given or family name.
    pub called: String,
}

/// Writes a person down.
pub fn write(force: &Force, person: &Person, at_s: i64, habit: Habit, draw: &mut Draw) -> Written {
    let (given, family) = names(person, habit, draw);
    let mut o = Object::new();
    if draw.percent(habit.reference) {
        // Whoever looks for the record finds the one that is used.
        let second = habit.slips > 0 && draw.percent(5) && habit.reference < 100;
        o.text("ref", &person.reference(second));
    }
    if habit.slips > 0 && draw.percent(30) {
        o.text("name", &format!("{given} {family}"));
    } else {
        o.text("given", &given).text("family", &family);
    }
    if draw.percent(habit.born) {
        o.text("born", &birth(person, habit, draw));
    }
    if draw.percent(90) {
        o.text("sex", if person.female { "female" } else { "male" });
    }
    if let Some(phone) = person.phone(at_s)
        && draw.percent(habit.phone)
    {
        o.texts("phones", &[&phone.e164()]);
    }
    if draw.percent(habit.address) {
        o.json("location", &address(force, person, at_s, habit, draw));
    }
    if let Some(language) = person.language {
        o.text("language", language);
        if habit.slips > 0 && draw.percent(40) {
            o.flag("interpreter", true);
        }
    }
    if draw.percent(35) {
        o.text("ethnicity", person.ethnicity);
    }
    let called = if draw.percent(60) { given } else { family.to_uppercase() };
    Written { json: o.end(), called }
}

fn names(person: &Person, habit: Habit, draw: &mut Draw) -> (String, String) {
    let slip = |draw: &mut Draw, part: u32| habit.slips > 0 && draw.percent(habit.slips * part / 100);
    let spellings = person.given.spellings();
    let mut given = if slip(draw, 70) { draw.pick(spellings).clone() } else { spellings[0].clone() };
    let mut family = match person.maiden {
        Some(maiden) if slip(draw, 40) => maiden.own().to_owned(),
        _ if slip(draw, 60) => person.family(draw.place(person.family.spellings().len())),
        _ => person.family(0),
    };
    // A masculine ending where hers is feminine is the commonest slip of all with Polish names.
    if person.ends_feminine && slip(draw, 80) {
        person.family.own().clone_into(&mut family);
    }
    if draw.percent(if habit.slips == 0 { 20 } else { 70 }) {
        given = plain(&given);
        family = plain(&family);
    }
    if slip(draw, 15) {
        family = typo(&family, draw);
    }
    if slip(draw, 8) {
        std::mem::swap(&mut given, &mut family);
    }
    (given, family)
}

fn birth(person: &Person, habit: Habit, draw: &mut Draw) -> String {
    let (year, month, day) = person.born;
    if habit.slips > 0 && draw.percent(8) {
        return format!("{year:04}");
    }
    let (year, month, day) = match if habit.slips > 0 { draw.below(100) } else { 99 } {
        0..2 if day <= 12 => (year, day, month),
        2..4 => (year - 1 + 2 * draw.below(2) as i16, month, day),
        4..6 => (year, month, 1 + draw.below(28) as u8),
        _ => (year, month, day),
    };
    format!("{year:04}-{month:02}-{day:02}")
}

fn address(force: &Force, person: &Person, at_s: i64, habit: Habit, draw: &mut Draw) -> String {
    let home = force.home(person.household(at_s));
    if habit.slips == 0 {
        return home.location();
    }
    let mut o = Object::new();
    o.text("address", &home.typed(draw.percent(30)));
    if draw.percent(80) {
        let postcode = if draw.percent(4) { typo(&home.postcode, draw) } else { home.postcode.clone() };
        o.text("postcode", &postcode);
    }
    if draw.percent(50) {
        o.text("uprn", &home.uprn);
    }
    o.end()
}

/// One slip of the finger: two letters swapped, one left out or one doubled.
pub fn typo(text: &str, draw: &mut Draw) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return text.to_owned();
    }
    let at = 1 + draw.place(letters.len() - 2);
    match draw.below(3) {
        0 => letters.swap(at, at + 1),
        1 => {
            letters.remove(at);
        }
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}
