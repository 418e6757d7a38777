//! Invented towns, streets and homes. Postcode areas ZH, ZF, ZE and ZW are not in use.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::draw::Seed;
use crate::line::Object;
use crate::name::Name;

/// Homes in one street.
const HOMES_A_STREET: u32 = 60;

/// An invented town.
#[derive(Debug, Deserialize)]
pub struct Town {
    /// Its name.
    pub name: String,
    /// Its postcode area.
    pub area: String,
    /// Streets in a thousand.
    pub weight: u32,
}

#[derive(Debug, Deserialize)]
struct Places {
    town: Vec<Town>,
    streets: Vec<String>,
    kinds: Vec<Name>,
    services: Vec<String>,
}

fn places() -> &'static Places {
    static PLACES: OnceLock<Places> = OnceLock::new();
    PLACES
        .get_or_init(|| toml::from_str(include_str!("../data/places.toml")).expect("the places are part of this crate"))
}

/// Support services that take referrals.
pub fn services() -> &'static [String] {
    &places().services
}

/// A home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// A flat's number, where it is one.
    pub flat: Option<u32>,
    /// The house number.
    pub number: u32,
    /// The street's first word.
    pub street: &'static str,
    /// `Road`, `Lane`... and how it is shortened.
    pub kind: &'static Name,
    /// The town.
    pub town: &'static str,
    /// An invented postcode.
    pub postcode: String,
    /// Twelve digits beginning with 99, like a UPRN and none.
    pub uprn: String,
}

impl Home {
    /// The home of a household.
    pub fn of(seed: Seed, household: u32) -> Self {
        let list = places();
        let street = household / HOMES_A_STREET;
        let place = household % HOMES_A_STREET;
        let own = seed.branch("street", u64::from(street));
        let mut draw = own.draw();
        let town = &list.town[draw.weighted(list.town.iter().map(|t| t.weight))];
        // Street names come round in turn, so that a town has hardly two of one name.
        let word = &list.streets[street as usize % list.streets.len()];
        let kind = &list.kinds[(street as usize / list.streets.len()) % list.kinds.len()];
        let flats = draw.percent(18);
        let letters = [b'A' + draw.below(24) as u8, b'A' + draw.below(24) as u8];
        let side = u8::try_from(place % 2).unwrap_or_default();
        let postcode = format!(
            "{}{} {}{}{}",
            town.area,
            1 + draw.below(29),
            1 + draw.below(9),
            char::from(letters[0]),
            char::from(letters[1] + side)
        );
        Self {
            flat: flats.then_some(1 + place % 12),
            number: if flats { 1 + place / 12 } else { 1 + place },
            street: word,
            kind,
            town: &town.name,
            postcode,
            uprn: format!("99{household:010}"),
        }
    }

    /// The street, in full.
    pub fn street(&self) -> String {
        format!("{} {}", self.street, self.kind.own())
    }

    /// The address without its postcode, as somebody types it; `short` as somebody in a hurry does.
    pub fn typed(&self, short: bool) -> String {
        let spellings = self.kind.spellings();
        let kind = spellings.get(usize::from(short)).unwrap_or(&spellings[0]);
        let flat = self.flat.map_or_else(String::new, |n| if short { format!("F{n} ") } else { format!("Flat {n}, ") });
        let town = if short { String::new() } else { format!(", {}", self.town) };
        format!("{flat}{} {} {kind}{town}", self.number, self.street)
    }

    /// The `location` of FEED.md as the gazetteer knows it.
    pub fn location(&self) -> String {
        let mut o = Object::new();
        o.text("address", &self.typed(false))
            .text("postcode", &self.postcode)
            .text("uprn", &self.uprn)
            .text("from", "gazetteer");
        o.end()
    }
}
