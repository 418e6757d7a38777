//! A records extract for judging the linker: persons as the force holds them, callers as a handler writes them down, and
//! who is who.
//!
//! How a caller differs from the record follows what was measured on other linkers, so that figures can be held beside
//! theirs (docs/linking.md): no change in one of ten, one in four of ten, up to four. What else is here (a tail of rare
//! family names, twins, sons with their father's name, telephones shared in a household) is assumed.

use std::io::{self, Write};

use crate::draw::{Draw, Seed};
use crate::line::Object;
use crate::name::{Name, communities, feminine, plain};
use crate::person::{Force, PEOPLE, Person};
use crate::record::typo;
use crate::tail;

/// How large an extract is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extract {
    /// People of the area, from the first on; one in fifty of them is not in the records. At most [`PEOPLE`].
    pub people: u32,
    /// Callers to look up.
    pub queries: u32,
    /// Callers, of a hundred, who are not in the records.
    pub strangers: u32,
}

/// One in so many people of the area is not in the records.
const UNKNOWN: u64 = 50;

/// What may be otherwise when somebody rings, and how often among a thousand changes.
const CHANGES: [(Change, u32); 13] = [
    (Change::Moved, 133),
    (Change::NumberChanged, 131),
    (Change::FamilyTypo, 108),
    (Change::GivenVariant, 97),
    (Change::BornWrong, 95),
    (Change::GivenTypo, 80),
    (Change::NoNumber, 75),
    (Change::FamilyChanged, 60),
    (Change::InitialOnly, 45),
    (Change::PostcodeTypo, 48),
    (Change::FamilyVariant, 44),
    (Change::YearOnly, 44),
    (Change::Swapped, 40),
];

/// How many changes at once, in a thousand callers each.
const HOW_MANY: [u32; 5] = [100, 374, 347, 152, 27];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Moved,
    NumberChanged,
    NoNumber,
    BornWrong,
    YearOnly,
    FamilyTypo,
    FamilyVariant,
    FamilyChanged,
    GivenTypo,
    GivenVariant,
    InitialOnly,
    PostcodeTypo,
    Swapped,
}

/// Somebody, with what the extract adds to the million.
struct Subject {
    person: Person,
    given: Vec<String>,
    family: Vec<String>,
    born: (i16, u8, u8),
    /// In E.164, where they have one: theirs, or that of the first of the household.
    phone: Option<String>,
    household: u32,
}

/// Writes the persons, one object a line.
///
/// # Errors
/// What the writer says.
pub fn write_persons(
    out: &mut impl Write,
    force: &Force,
    extract: Extract,
    progress: &mut dyn FnMut(u64),
) -> io::Result<()> {
    for index in (0..extract.people).filter(|i| !is_unknown(force.seed, *i)) {
        let subject = Subject::of(force, index);
        let mut draw = force.seed.branch("extract", u64::from(index)).draw();
        let mut said = Said::new(&subject, force);
        if draw.percent(30) {
            (said.given, said.family) = (plain(&said.given), plain(&said.family));
        }
        said.uprn &= draw.percent(60);
        writeln!(out, "{}", said.json(&format!("P{index}"), &mut draw))?;
        progress(u64::from(index));
    }
    Ok(())
}

/// Writes the callers, one object a line, and beside them the labels as CSV: `query`, `person` (empty for a stranger), and
/// for tables `origin`, `changes`, `home`, `number`.
///
/// # Errors
/// What the writers say.
pub fn write_queries(
    queries: &mut impl Write,
    labels: &mut impl Write,
    force: &Force,
    extract: Extract,
) -> io::Result<()> {
    writeln!(labels, "query,person,origin,changes,home,number")?;
    for number in 0..extract.queries {
        let mut draw = force.seed.branch("caller", u64::from(number)).draw();
        let stranger = draw.percent(extract.strangers);
        let index = if stranger {
            stranger_index(force.seed, extract, &mut draw)
        } else {
            let mut index = draw.below(u64::from(extract.people)) as u32;
            while is_unknown(force.seed, index) {
                index = (index + 1) % extract.people;
            }
            index
        };
        let subject = Subject::of(force, index);
        let changes = changes(&mut draw);
        let mut said = Said::new(&subject, force);
        if draw.percent(60) {
            (said.given, said.family) = (plain(&said.given), plain(&said.family));
        }
        said.uprn &= draw.percent(30);
        for change in &changes {
            said.change(*change, &subject, force, number, &mut draw);
        }
        said.as_typed(force, &mut draw);
        writeln!(queries, "{}", said.json(&format!("Q{number}"), &mut draw))?;
        let person = if stranger { String::new() } else { format!("P{index}") };
        let home = if changes.contains(&Change::Moved) { "moved" } else { "same" };
        let phone = match (&subject.phone, &said.phone) {
            (_, None) => "none",
            (Some(old), Some(new)) if old == new => "same",
            _ => "changed",
        };
        writeln!(labels, "Q{number},{person},{},{},{home},{phone}", origin(&subject.person), changes.len())?;
    }
    Ok(())
}

fn is_unknown(seed: Seed, index: u32) -> bool {
    seed.branch("unknown", u64::from(index)).number().is_multiple_of(UNKNOWN)
}

/// Half of the strangers live with people who are in the records, or next to them.
fn stranger_index(seed: Seed, extract: Extract, draw: &mut Draw) -> u32 {
    if extract.people < PEOPLE && draw.percent(50) {
        return extract.people + draw.below(u64::from(PEOPLE - extract.people)) as u32;
    }
    let mut index = draw.below(u64::from(extract.people)) as u32;
    while !is_unknown(seed, index) {
        index = (index + 1) % extract.people;
    }
    index
}

/// The groups that the figures are told by.
fn origin(person: &Person) -> &'static str {
    match person.ethnicity {
        "W1" => "british",
        "A1" | "A2" | "A3" | "O1" => "arabic_south_asian",
        "W4" if person.ends_feminine || person.is_polish() => "polish",
        _ => "other",
    }
}

fn changes(draw: &mut Draw) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for _ in 0..draw.weighted(HOW_MANY.into_iter()) {
        let change = CHANGES[draw.weighted(CHANGES.iter().map(|(_, share)| *share))].0;
        // The same part is not changed twice over.
        let clash = |other: &Change| {
            let pairs = [
                [Change::NumberChanged, Change::NoNumber],
                [Change::BornWrong, Change::YearOnly],
                [Change::GivenTypo, Change::InitialOnly],
                [Change::GivenVariant, Change::InitialOnly],
                [Change::Swapped, Change::InitialOnly],
            ];
            *other == change || pairs.iter().any(|p| p.contains(other) && p.contains(&change))
        };
        if !changes.iter().any(clash) {
            changes.push(change);
        }
    }
    changes
}

impl Subject {
    fn of(force: &Force, index: u32) -> Self {
        let person = force.person(index);
        let household = person.households.0;
        let (first, _) = force.members(household);
        let mut draw = force.seed.branch("subject", u64::from(index)).draw();
        let shared = force.seed.branch("tail", u64::from(household)).draw();
        let own_seed = force.seed.branch("own-tail", u64::from(index)).draw();
        // Who bears the household's name bears it whole.
        let bears_shared = index == first || std::ptr::eq(person.family, force.person(first).family);
        let mut tail = if bears_shared { shared } else { own_seed };
        let mut family: Vec<String> = tail::family(person.ethnicity, person.is_polish(), &mut tail)
            .unwrap_or_else(|| person.family.spellings().to_vec());
        if person.ends_feminine {
            family = family.iter().map(|f| feminine(f)).chain([family[0].clone()]).collect();
        }
        let mut given = person.given.spellings().to_vec();
        let mut born = person.born;
        let place = index - first;
        let elder = |i: u32| std::ptr::eq(force.person(i).given, person.given);
        if (first..index).any(elder) {
            // Nobody gives two children one name.
            let community =
                communities().iter().find(|c| [&c.female, &c.male].into_iter().any(|l| holds(l, person.given)));
            let names = community.map(|c| if holds(&c.female, person.given) { &c.female } else { &c.male });
            given = names.map_or(given, |names| draw.pick(names).spellings().to_vec());
        }
        if place >= 2 {
            let father = force.person(first);
            if father.female == person.female && draw.percent(3) {
                given = father.given.spellings().to_vec();
            }
            if place >= 3 && draw.percent(3) {
                born = force.person(index - 1).born;
            }
        }
        let age = person.age(force.year);
        let shares = age < 14 || place == 1 && draw.percent(10);
        let owner = if shares { first } else { index };
        let phone = draw.percent(85).then(|| number("44770 0900", owner));
        Self { person, given, family, born, phone, household }
    }
}

fn holds(list: &[Name], name: &Name) -> bool {
    list.iter().any(|n| std::ptr::eq(n, name))
}

/// A number that begins as those kept for drama do and is six digits longer than any that rings, so that a million people
/// can have one each.
fn number(range: &str, index: u32) -> String {
    let digits: String = range.chars().filter(char::is_ascii_digit).collect();
    format!("+{digits}{:06}", (u64::from(index) * 7919 + 13) % 1_000_000)
}

/// What is written down of somebody.
struct Said {
    given: String,
    family: String,
    born: Option<String>,
    female: bool,
    phone: Option<String>,
    address: String,
    postcode: Option<String>,
    uprn: bool,
    property: String,
    household: u32,
}

impl Said {
    fn new(subject: &Subject, force: &Force) -> Self {
        let home = force.home(subject.household);
        let (year, month, day) = subject.born;
        Self {
            given: subject.given[0].clone(),
            family: subject.family[0].clone(),
            born: Some(format!("{year:04}-{month:02}-{day:02}")),
            female: subject.person.female,
            phone: subject.phone.clone(),
            address: home.typed(false),
            postcode: Some(home.postcode.clone()),
            uprn: true,
            property: home.uprn,
            household: subject.household,
        }
    }

    fn change(&mut self, change: Change, subject: &Subject, force: &Force, query: u32, draw: &mut Draw) {
        let (year, month, day) = subject.born;
        match change {
            Change::Moved => {
                self.household = draw.below(u64::from(crate::person::HOUSEHOLDS)) as u32;
                let home = force.home(self.household);
                (self.address, self.postcode, self.property) =
                    (home.typed(false), Some(home.postcode.clone()), home.uprn.clone());
            }
            Change::NumberChanged => self.phone = Some(number("44191 4980", query)),
            Change::NoNumber => self.phone = None,
            Change::BornWrong => {
                let (year, month, day) = match draw.below(4) {
                    0 if day <= 12 && day != month => (year, day, month),
                    1 => (year - 1 + 2 * draw.below(2) as i16, month, day),
                    2 => (year, 1 + (month + draw.below(11) as u8) % 12, day),
                    _ => (year, month, 1 + (day + draw.below(27) as u8) % 28),
                };
                self.born = Some(format!("{year:04}-{month:02}-{day:02}"));
            }
            Change::YearOnly => self.born = Some(format!("{year:04}")),
            Change::FamilyTypo => self.family = typo(&self.family, draw),
            Change::FamilyVariant => self.family.clone_from(other(&subject.family, draw)),
            Change::FamilyChanged => {
                let bearer = force.person(draw.below(u64::from(PEOPLE)) as u32);
                self.family = bearer.family(0);
            }
            Change::GivenTypo => self.given = typo(&self.given, draw),
            Change::GivenVariant => self.given.clone_from(other(&subject.given, draw)),
            Change::InitialOnly => self.given = self.given.chars().take(1).collect(),
            Change::PostcodeTypo => self.postcode = self.postcode.as_ref().map(|p| typo(p, draw)),
            Change::Swapped => std::mem::swap(&mut self.given, &mut self.family),
        }
    }

    /// In a hurry: shortened, without a postcode, in capitals.
    fn as_typed(&mut self, force: &Force, draw: &mut Draw) {
        self.address = force.home(self.household).typed(draw.percent(30));
        self.postcode = self.postcode.take().filter(|_| draw.percent(80));
        if draw.percent(20) {
            (self.given, self.family) = (self.given.to_uppercase(), self.family.to_uppercase());
        }
    }

    fn json(&self, id: &str, draw: &mut Draw) -> String {
        let mut o = Object::new();
        o.text("id", id);
        if draw.percent(25) {
            o.text("name", &format!("{} {}", self.given, self.family));
        } else {
            o.text("given", &self.given).text("family", &self.family);
        }
        if let Some(born) = &self.born {
            o.text("born", born);
        }
        if draw.percent(90) {
            o.text("sex", if self.female { "female" } else { "male" });
        }
        if let Some(phone) = &self.phone {
            let national = phone.replacen("+44", "0", 1);
            o.texts("phones", &[if draw.percent(40) { &national } else { phone }]);
        }
        let mut place = Object::new();
        place.text("address", &self.address);
        if let Some(postcode) = &self.postcode {
            place.text("postcode", postcode);
        }
        if self.uprn {
            place.text("uprn", &self.property);
        }
        o.json("location", &place.end());
        o.end()
    }
}

/// Another spelling than the first, where there is one.
fn other<'a>(spellings: &'a [String], draw: &mut Draw) -> &'a String {
    if spellings.len() < 2 { &spellings[0] } else { &spellings[1 + draw.place(spellings.len() - 1)] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alongside_desk::time::Timestamp;

    fn written(seed: u64) -> [String; 3] {
        let force = Force::new(seed, Timestamp::parse("2026-11-14T18:00:00Z").expect("an instant"), 3);
        let extract = Extract { people: 4_000, queries: 1_000, strangers: 20 };
        let [mut persons, mut queries, mut labels] = [const { Vec::new() }; 3];
        write_persons(&mut persons, &force, extract, &mut |_| ()).expect("writes");
        write_queries(&mut queries, &mut labels, &force, extract).expect("writes");
        [persons, queries, labels].map(|bytes| String::from_utf8(bytes).expect("text"))
    }

    #[test]
    fn an_extract_follows_from_its_seed_and_its_labels_fit_its_records() {
        let [persons, queries, labels] = written(3);
        assert_eq!([&persons, &queries, &labels], written(3).each_ref());
        assert_ne!(persons, written(4)[0]);
        assert_eq!(queries.lines().count(), 1_000);
        let is_there = |id: &str| persons.contains(&format!("\"id\":\"{id}\""));
        let (known, strangers): (Vec<&str>, Vec<&str>) =
            labels.lines().skip(1).map(|l| l.split(',').nth(1).expect("a cell")).partition(|p| !p.is_empty());
        assert!(known.iter().all(|id| is_there(id)));
        assert!((150..250).contains(&strangers.len()), "{}", strangers.len());
        // One in fifty is not in the records.
        assert!((3_800..4_000).contains(&persons.lines().count()));
    }

    #[test]
    fn everybody_has_an_own_number_that_rings_nowhere() {
        let [persons, queries, _] = written(3);
        let numbers: Vec<&str> =
            persons.lines().chain(queries.lines()).filter_map(|l| l.split("\"phones\":[\"").nth(1)).collect();
        assert!(numbers.len() > 3_000);
        for number in numbers {
            let number = number.split('"').next().expect("a number");
            let kept =
                ["+447700900", "07700900", "+441914980", "01914980"].iter().any(|range| number.starts_with(range));
            assert!(kept && number.len() > "+447700900123".len(), "longer than any that rings: {number}");
        }
    }

    #[test]
    fn the_shares_of_origin_are_those_of_the_force() {
        let [.., labels] = written(5);
        let share = |origin: &str| labels.lines().filter(|l| l.contains(origin)).count();
        assert!((170..270).contains(&share("arabic_south_asian")), "22 in 100");
        assert!((30..90).contains(&share("polish")), "6 in 100");
    }
}
